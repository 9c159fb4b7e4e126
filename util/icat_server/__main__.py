"""The command line of the stand-in for ICAT: `python -m util.icat_server`."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from datagateway_api.core.errors import ApiError
from datagateway_api.settings.values import database_url
from util.icat_server.authenticators import read_users
from util.icat_server.contract import API_VERSION, PATH
from util.icat_server.database import Database, lay_out
from util.icat_server.icat import Icat, Settings
from util.icat_server.serve import Server
from util.icat_server.web import WebApplication

WARNING = "For development and tests: a stand-in for ICAT, not for data that anybody needs."


class _Zone(click.ParamType[ZoneInfo]):
    """The name of a time zone."""

    name = "zone"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        try:
            return ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError) as error:
            self.fail(f"{value} is no time zone; Europe/Berlin is one", param, ctx)
            raise AssertionError from error


@click.command()
@click.option(
    "--db-url",
    help="SQLite, MariaDB or PostgreSQL, laid out when empty.  [default: a temporary file]",
)
@click.option(
    "--users",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML: passwords by user under simple and db, anon: true.  "
    "[default: simple/root and simple/reader, each with its name as password, and anon]",
)
@click.option("--root-users", default="simple/root", show_default=True, help="By blanks.")
@click.option("--seed-catalogue", is_flag=True, help="Fill an empty database with mock data.")
@click.option(
    "--file-size-triggers/--no-file-size-triggers",
    default=True,
    show_default=True,
    help="Whether new tables sum up file sizes, as most ICATs' do; with mock data they always do.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option(
    "--time-zone",
    "zone",
    type=_Zone(),
    default="UTC",
    show_default=True,
    help="Of moments that come without one.",
)
@click.option(
    "--lifetime-minutes", type=click.FloatRange(0, min_open=True), default=120, show_default=True
)
@click.option("--max-entities", type=click.IntRange(1), default=10_000, show_default=True)
@click.option(
    "--delay-ms", type=click.IntRange(0), default=0, help="Hold each answer back, to be slow."
)
def main(
    db_url: str | None,
    users: Path | None,
    root_users: str,
    seed_catalogue: bool,
    file_size_triggers: bool,
    host: str,
    port: int,
    zone: ZoneInfo,
    lifetime_minutes: float,
    max_entities: int,
    delay_ms: int,
) -> None:
    """Serve a stand-in for an ICAT server, over SOAP and REST."""
    settings = Settings(
        root_users=frozenset(root_users.split()),
        zone=zone,
        lifetime=timedelta(minutes=lifetime_minutes),
        max_entities=max_entities,
    )
    with _temporary_folder() as folder:
        url = _checked(db_url or f"sqlite:///{folder}/catalogue.sqlite")
        try:
            icat = _prepare(url, _Content(users, seed_catalogue, file_size_triggers), settings)
        except ApiError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"ICAT {API_VERSION} at http://{host}:{port}{PATH}?wsdl", err=True)
        click.echo(WARNING, err=True)
        Server(WebApplication(icat, delay_seconds=delay_ms / 1000), host, port).run()


@contextmanager
def _temporary_folder() -> Iterator[str]:
    """Have a folder until this process ends; those that it forks leave this block earlier."""
    folder, owner = tempfile.mkdtemp(prefix="icat-server-"), os.getpid()
    try:
        yield folder
    finally:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Content:
    """Who may log in, and what a new database is filled with."""

    users: Path | None
    is_seeded: bool
    has_triggers: bool


def _checked(db_url: str) -> str:
    try:
        return database_url(db_url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--db-url") from error


def _prepare(db_url: str, content: _Content, settings: Settings) -> Icat:
    authenticators = read_users(content.users)
    lay_out(db_url, has_triggers=content.has_triggers)
    database = Database(db_url)
    if content.is_seeded and database.is_empty():
        # Faker takes longer to import than all else here to start.
        from util.icat_db_generator.load import generate

        generate(db_url, progress=False)
    # Each process opens connections of its own.
    database.close()
    return Icat(database, authenticators, settings)


if __name__ == "__main__":
    main()
