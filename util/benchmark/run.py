"""One run: the server and both floors, one case after the other, on one database."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from datagateway_api.settings.source import FILE_VARIABLE, PREFIX
from util.benchmark.cases import Case
from util.benchmark.gunicorn_server import GunicornServer
from util.benchmark.load import Load, measure
from util.benchmark.raw_floor import RawReader, cpu_milliseconds
from util.benchmark.report import Result
from util.benchmark.search_cases import EXTENSION

WORKERS, THREADS = 2, 4
SOME_IDS = 'SELECT "ID" FROM "INVESTIGATION" ORDER BY "ID" LIMIT 5000'


@dataclass(frozen=True, slots=True)
class Run:
    """How to measure: where files may lie, for how long, and whether requests stay the same."""

    folder: Path
    seconds: int
    is_fixed: bool

    def results(
        self, db_url: str, cases: Sequence[Case], tell: Callable[[str], None]
    ) -> list[Result]:
        """Measure all cases, telling of each."""
        reader = RawReader(db_url)
        ids = [int(row[0]) for row in reader.rows(SOME_IDS)]
        loads = self._loads(db_url, cases, ids, tell)
        floors = self._floors([load.bytes for load in loads], tell)
        found = []
        for case, load, floor in zip(cases, loads, floors, strict=True):
            raw = cpu_milliseconds(reader, case.raw)
            found.append(
                Result(case.name, case.shown(is_fixed=self.is_fixed), load, floor.cpu, raw)
            )
        return found

    def _loads(
        self, db_url: str, cases: Sequence[Case], ids: Sequence[int], tell: Callable[[str], None]
    ) -> list[Load]:
        config = {FILE_VARIABLE: str(self._write_config(db_url))}
        found = []
        with self.server("datagateway_api.wsgi", config) as server:
            token = _log_in(server)
            for case in cases:
                tell(f"measuring: {case.name}")
                paths = case.paths(ids, is_fixed=self.is_fixed)
                found.append(measure(server, paths, token, self.seconds, case.warm_up_seconds))
        return found

    def _floors(self, sizes: list[int], tell: Callable[[str], None]) -> list[Load]:
        found = []
        with self.server(f"util.benchmark.flask_floor:create_app({sizes})", {}) as server:
            for number, size in enumerate(sizes):
                tell(f"measuring: a bare resource of {size} bytes")
                found.append(measure(server, [f"/{number}"], "none", self.seconds))
        return found

    def server(self, application: str, environ: dict[str, str]) -> GunicornServer:
        """Return a server whose settings are its own, whatever the environment holds."""
        own = {name: v for name, v in os.environ.items() if not name.upper().startswith(PREFIX)}
        log = self.folder / "server.log"
        return GunicornServer(application, WORKERS, THREADS, {**own, **environ}, log)

    def _write_config(self, db_url: str) -> Path:
        settings = {
            "log_level": "WARNING",
            "log_location": str(self.folder / "server.log"),
            "datagateway_api": {
                "extension": "/",
                "backend": "db",
                "db_url": db_url,
                "mechanisms": {"anon": True},
            },
            "search_api": {"extension": EXTENSION, "backend": "db", "db_url": db_url},
        }
        file = self.folder / "config.yaml"
        file.touch(mode=0o600)
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return file


def _log_in(server: GunicornServer) -> str:
    status, body = server.ask(
        "/sessions", {"Content-Type": "application/json"}, b'{"mechanism":"anon"}'
    )
    if status != 201:
        raise RuntimeError(f"the login is answered by {status}: {body[:300]!r}")
    return str(json.loads(body)["sessionID"])
