"""One run through ICAT: a stand-in over a catalogue, the API before it, and what reading costs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from datagateway_api.settings.source import FILE_VARIABLE
from util.benchmark.icat_floor import CASES, ROOT, Costs, IcatCase, IcatFloor
from util.benchmark.load import measure
from util.benchmark.report import padded_table
from util.benchmark.run import Run
from util.icat_server.process import IcatServer

ROADS = ("soap", "rest")
COLUMNS = (
    "case",
    "requests/s SOAP",
    "requests/s REST",
    "client.search ms",
    "plain XML ms",
    "SOAP ms",
    "share",
    "REST ms",
    "share",
)


@dataclass(frozen=True, slots=True)
class IcatResult:
    """One case: how many requests the service answers a second on each road, and the costs."""

    name: str
    path: str
    per_second: dict[str, float]
    costs: Costs

    def as_json(self) -> dict[str, object]:
        """Return all of it, and what of client.search each road takes."""
        costs = self.costs
        shares = {
            "soap": costs.soap / costs.client_search,
            "rest": costs.rest / costs.client_search,
        }
        return {**asdict(self), "shares": shares}


def icat_results(
    run: Run, db_url: str, names: Sequence[str], tell: Callable[[str], None]
) -> list[IcatResult]:
    """Measure the cases with one of these names over a stand-in that serves a database."""
    cases = [case for case in CASES if case.name in names]
    with IcatServer(run.folder, db_url) as icat:
        per_second = {road: _loads(run, icat.url, road, cases, tell) for road in ROADS}
        floor = IcatFloor(icat.url)
        found = []
        for number, case in enumerate(cases):
            tell(f"measuring by itself: {case.name}")
            speeds = {road: per_second[road][number] for road in ROADS}
            found.append(IcatResult(case.name, case.path, speeds, floor.costs(case)))
        floor.close()
    return found


def icat_table(results: Sequence[IcatResult]) -> str:
    """Return the results as a table in Markdown."""
    return padded_table([COLUMNS, *(_cells(result) for result in results)])


def _cells(result: IcatResult) -> tuple[str, ...]:
    costs = result.costs
    return (
        result.name,
        *(f"{result.per_second[road]:.0f}" for road in ROADS),
        f"{costs.client_search:.1f}",
        f"{costs.plain:.1f}",
        f"{costs.soap:.1f}",
        f"{costs.soap / costs.client_search:.3f}",
        f"{costs.rest:.1f}",
        f"{costs.rest / costs.client_search:.3f}",
    )


def _loads(
    run: Run, icat_url: str, road: str, cases: Sequence[IcatCase], tell: Callable[[str], None]
) -> list[float]:
    config = {FILE_VARIABLE: str(_write_config(run.folder, icat_url, road))}
    found = []
    with run.server("datagateway_api.wsgi", config) as server:
        body = {"mechanism": ROOT.mechanism, "username": ROOT.username, "password": ROOT.password}
        header = {"Content-Type": "application/json"}
        status, answer = server.ask("/sessions", header, json.dumps(body).encode())
        if status != 201:
            raise RuntimeError(f"the login is answered by {status}: {answer[:300]!r}")
        token = str(json.loads(answer)["sessionID"])
        for case in cases:
            tell(f"measuring by {road}: {case.name}")
            found.append(measure(server, [case.path], token, run.seconds).requests_per_second)
    return found


def _write_config(folder: Path, icat_url: str, road: str) -> Path:
    settings = {
        "log_level": "WARNING",
        "log_location": str(folder / "server.log"),
        "datagateway_api": {
            "extension": "/",
            "backend": "python_icat",
            "icat_url": icat_url,
            "icat_read_through": road,
        },
    }
    file = folder / "config-icat.yaml"
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return file
