"""Open-data releases measured: uploads by time and memory, reads by CPU time of the worker.

``python -m util.benchmark.releases --postgresql``
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import orjson

from datagateway_api.accounts.passwords import hash_password
from datagateway_api.releases.migrations import migrations
from datagateway_api.releases.publisher import Publisher, named_file
from datagateway_api.settings.source import PREFIX
from util.benchmark.gunicorn_server import GunicornServer
from util.benchmark.load import Load, measure
from util.database_servers import ServerAbsent, start_mariadb, start_postgresql
from util.open_data import datasets

EXT, RELEASE = "/releases-api", "measured"
USER, PASSWORD = "curator", "curator's"
BYTES = 30_000_000
PATHS = {
    "1000 datasets": f"{EXT}/datasets?release_name={RELEASE}&skip=1000&limit=1000",
    "1000 lean datasets": f"{EXT}/datasets/lean?release_name={RELEASE}&skip=1000&limit=1000",
    "count": f"{EXT}/datasets/count?release_name={RELEASE}",
    "one dataset by name": f"{EXT}/metadata/{RELEASE}/Synthetic_ttbar_12",
    "contains, order, 25": f"{EXT}/datasets?release_name={RELEASE}&limit=25"
    "&order=cross_section_pb&where=%7B%22keywords%22%3A%7B%22contains%22%3A%22top%22%7D%7D",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload: how long it took, and the most memory that the worker had meanwhile."""

    name: str
    seconds: float
    peak_mb: float
    answer: object


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured on one database."""

    file_mb: float
    uploads: list[Upload]
    reads: dict[str, Load]


@click.command()
@click.option("--mariadb", is_flag=True, help="A throw-away MariaDB server.")
@click.option("--postgresql", is_flag=True, help="A throw-away PostgreSQL server.")
@click.option("--number", type=click.IntRange(1001), default=10_000, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=3, show_default=True, help="Per read.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write results there.")
def main(
    mariadb: bool, postgresql: bool, number: int, seconds: int, json_file: Path | None
) -> None:
    """Measure uploads of so many datasets, and reads of what they hold. SQLite by default."""
    with TemporaryDirectory() as name, _database(Path(name), mariadb, postgresql) as db_url:
        found = _measured(Path(name), db_url, number, seconds)
    for upload in found.uploads:
        click.echo(
            f"{upload.name}: {upload.seconds:.2f} s, worker {upload.peak_mb:.0f} MB, "
            f"{found.file_mb:.1f} MB file, {upload.answer}"
        )
    for case, load in found.reads.items():
        click.echo(
            f"{case}: {load.cpu:.2f} ms CPU, {load.requests_per_second:.0f} requests/s, "
            f"{load.bytes} bytes"
        )
    if json_file is not None:
        json_file.write_text(json.dumps(asdict(found), indent=2))


@contextmanager
def _database(folder: Path, mariadb: bool, postgresql: bool) -> Iterator[str]:
    if not (mariadb or postgresql):
        yield f"sqlite:///{folder / 'releases.db'}"
        return
    try:
        server = start_mariadb() if mariadb else start_postgresql()
    except ServerAbsent as absent:
        raise click.ClickException(str(absent)) from absent
    try:
        yield server.create_database()
    finally:
        server.close()


def _measured(folder: Path, db_url: str, number: int, seconds: int) -> Found:
    file = folder / "release.json"
    rows = list(datasets(number))
    for row in rows:
        _fit(row, BYTES // 10_000)
    file.write_bytes(orjson.dumps(rows))
    migrations().upgrade(db_url)
    section = {"extension": EXT, "db_url": db_url, "writers": {USER: hash_password(PASSWORD)}}
    environ = {k: v for k, v in os.environ.items() if not k.upper().startswith(PREFIX)}
    environ |= {f"{PREFIX}RELEASES": json.dumps(section), f"{PREFIX}LOG_LEVEL": "WARNING"}
    log = folder / "server.log"
    with GunicornServer("datagateway_api.wsgi", 1, 4, environ, log) as server:
        publisher = Publisher(server.url + EXT)
        publisher.log_in(USER, PASSWORD)
        names = ("the first upload", "the same upload again")
        uploads = [_upload(server, publisher, file, name) for name in names]
        reads = {name: measure(server, [path], "none", seconds) for name, path in PATHS.items()}
    return Found(file.stat().st_size / 1e6, uploads, reads)


def _fit(row: dict[str, object], length: int) -> None:
    """Shorten the addresses of files until a dataset has about so many bytes."""
    files = row["file_list"]
    assert isinstance(files, list)
    surplus = len(orjson.dumps(row)) - length
    if surplus > 0:
        cut = surplus // len(files) + 1
        row["file_list"] = [each[:30] + each[30 + cut :] for each in files]


def _upload(server: GunicornServer, publisher: Publisher, file: Path, name: str) -> Upload:
    (worker,) = server.worker_ids()
    Path(f"/proc/{worker}/clear_refs").write_text("5")
    started = time.monotonic()
    with file.open("rb") as opened:
        answer = publisher.upload(RELEASE, named_file(file, {}, opened), force=False)
    seconds = time.monotonic() - started
    status = Path(f"/proc/{worker}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return Upload(name, seconds, int(peak.split()[1]) / 1000, answer)


if __name__ == "__main__":
    main()
