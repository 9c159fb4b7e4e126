"""Load by wrk: requests over and over, on connections that are kept, for a fixed time."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from util.benchmark.gunicorn_server import GunicornServer

CONNECTIONS = 8
SCRIPT = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did: latencies and CPU time in milliseconds."""

    requests_per_second: float
    p50: float
    p99: float
    cpu: float
    bytes: int


def measure(
    server: GunicornServer, paths: Sequence[str], token: str, seconds: int, warm_up_seconds: int = 1
) -> Load:
    """Warm a server up, then load it and watch its workers.

    Raises RuntimeError when anything but a 200 is answered.
    """
    header = {"Authorization": f"Bearer {token}"}
    status, body = server.ask(paths[0], header)
    if status != 200:
        raise RuntimeError(f"{paths[0]} is answered by {status}: {body[:300]!r}")
    with TemporaryDirectory() as folder:
        listed = Path(folder) / "paths"
        listed.write_text("\n".join(paths), encoding="utf-8")
        _wrk(server, listed, token, warm_up_seconds)
        before = server.cpu_seconds()
        found = _wrk(server, listed, token, seconds)
        used = server.cpu_seconds() - before
    if found["errors"]:
        raise RuntimeError(f"{found['errors']} of {found['requests']} requests failed: {paths[0]}")
    return Load(
        requests_per_second=found["requests"] / found["microseconds"] * 1e6,
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
        cpu=used * 1000 / found["requests"],
        bytes=len(body),
    )


def _wrk(server: GunicornServer, listed: Path, token: str, seconds: int) -> dict[str, float]:
    """Run wrk and return what the end of the script prints, times in microseconds."""
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--latency"]
    command += ["--duration", f"{seconds}s", "--timeout", "30s", "--script", str(SCRIPT)]
    command += ["--header", f"Authorization: Bearer {token}", server.url, "--", str(listed)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.rpartition("MEASURED ")[2])
    return found
