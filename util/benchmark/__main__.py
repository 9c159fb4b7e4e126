"""The command line of the benchmark: `python -m util.benchmark`."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import orjson

from util.benchmark.cases import CASES, PATHS, Case
from util.benchmark.catalogues import kept_sqlite, prepared, thrown_away
from util.benchmark.icat_floor import CASES as ICAT_CASES
from util.benchmark.icat_run import IcatResult, icat_results, icat_table
from util.benchmark.load import CONNECTIONS
from util.benchmark.report import Result, machine, table
from util.benchmark.run import THREADS, WORKERS, Run
from util.benchmark.search_cases import SEARCH_CASES
from util.database_servers import ServerAbsent, start_mariadb, start_postgresql

FOLDER = Path(".benchmark")
ALL = (*CASES, *SEARCH_CASES)
ICAT_NAMES = tuple(case.name for case in ICAT_CASES)


@click.command()
@click.option("--db-url", help="A database: filled if it is empty, else read as it is.")
@click.option("--sqlite", is_flag=True, help="A SQLite file; so it is if nothing else is chosen.")
@click.option("--mariadb", is_flag=True, help="A throw-away MariaDB server.")
@click.option("--postgresql", is_flag=True, help="A throw-away PostgreSQL server.")
@click.option("--years", type=click.IntRange(1, 80), default=20, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=5, show_default=True, help="Per case.")
@click.option("--cases", help="Only those cases whose names hold one of these words: ping,deep")
@click.option("--fixed", is_flag=True, help="Repeat one request instead of varying its values.")
@click.option(
    "--backend",
    type=click.Choice(["db", "python_icat"]),
    default="db",
    show_default=True,
    help="python_icat: three lists through a stand-in for ICAT over the database.",
)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write results there.")
def main(
    db_url: str | None,
    sqlite: bool,
    mariadb: bool,
    postgresql: bool,
    years: int,
    seconds: int,
    cases: str | None,
    fixed: bool,
    backend: str,
    json_file: Path | None,
) -> None:
    """Measure what requests cost, beside what they would cost at the least."""
    if shutil.which("wrk") is None:
        raise click.ClickException("wrk is absent; remedy: install the Debian package wrk")
    folder = FOLDER.absolute()
    folder.mkdir(exist_ok=True)
    is_icat = backend == "python_icat"
    chosen = _chosen(cases, ICAT_NAMES if is_icat else None)
    run = Run(folder, seconds, fixed or is_icat)
    _introduce(chosen, run)
    found: dict[str, Sequence[Result] | Sequence[IcatResult]] = {}
    is_sqlite = sqlite or not (db_url or mariadb or postgresql)
    wanted = {"sqlite": is_sqlite, "mariadb": mariadb, "postgresql": postgresql}
    for name, database in _databases(wanted, db_url, folder, years):
        with database as url:
            if is_icat:
                results = icat_results(run, url, [case.name for case in chosen], _tell)
                found[name], shown = results, icat_table(results)
            else:
                measured = run.results(url, chosen, _tell)
                found[name], shown = measured, table(measured)
        _tell("")
        click.echo(f"\n{name}\n\n{shown}")
    if json_file is not None:
        plain = {name: [each.as_json() for each in results] for name, results in found.items()}
        json_file.write_bytes(orjson.dumps(plain, option=orjson.OPT_INDENT_2))


def _databases(
    wanted: dict[str, bool], db_url: str | None, folder: Path, years: int
) -> Iterator[tuple[str, AbstractContextManager[str]]]:
    """Yield a name and the URL of each database, started and filled when its turn comes."""
    try:
        if db_url is not None:
            yield "the given database", nullcontext(prepared(db_url, years))
        if wanted["sqlite"]:
            yield "SQLite", nullcontext(kept_sqlite(folder, years))
        if wanted["mariadb"]:
            yield "MariaDB", thrown_away(start_mariadb(), years)
        if wanted["postgresql"]:
            yield "PostgreSQL", thrown_away(start_postgresql(), years)
    except ServerAbsent as absent:
        raise click.ClickException(str(absent)) from absent


def _chosen(words: str | None, known: Sequence[str] | None) -> list[Case]:
    cases = [case for case in ALL if known is None or case.name in known]
    if words is None:
        return cases
    found = [case for case in cases if any(word.strip() in case.name for word in words.split(","))]
    if not found:
        names = "; ".join(case.name for case in cases)
        raise click.BadParameter(f"no case's name holds that; the names are: {names}")
    return found


def _introduce(cases: Sequence[Case], run: Run) -> None:
    varied = (
        "one and the same request, over and over"
        if run.is_fixed
        else f"{PATHS} different requests in turn, $ marks what varies"
    )
    click.echo(
        f"gunicorn with {WORKERS} workers of {THREADS} threads; wrk with {CONNECTIONS} kept "
        f"connections, {run.seconds} s each; {machine()}\nEach case is {varied}:\n"
    )
    for case in cases:
        click.echo(f"  {case.name}: {case.shown(is_fixed=run.is_fixed)}")
    click.echo("")


def _tell(text: str) -> None:
    """Show on one line what goes on, where somebody looks on."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)


if __name__ == "__main__":
    main()
