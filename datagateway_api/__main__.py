"""The command line: ``datagateway-api`` or ``python -m datagateway_api``.

Each command imports what it needs when it runs, so ``--help`` is quick.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from datagateway_api.core.errors import ApiError, ConfigurationError

if TYPE_CHECKING:
    from datagateway_api.settings import Settings

_OF_MODES: Mapping[str, str] = {"releases": "datagateway_api.releases.commands"}
"""Groups of commands that modes bring along, each with its module."""

_config = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The settings file. Without it: $DATAGATEWAY_API_CONFIG, else ./config.yaml.",
)


class _Commands(click.Group):
    """A group whose commands end with a message and status 1 where an ApiError leaves them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, those of modes as well."""
        return sorted([*super().list_commands(ctx), *_OF_MODES])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; a mode's own are imported when they are asked for."""
        if cmd_name in _OF_MODES:
            module = import_module(_OF_MODES[cmd_name])
            return cast(click.Command, getattr(module, cmd_name))
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            click.echo("These problems were found:", err=True)
            for problem in error.problems:
                click.echo(f"  {problem}", err=True)
            ctx.exit(1)
        except ApiError as error:
            raise click.ClickException(error.message) from error


@click.group(cls=_Commands)
def main() -> None:
    """Serve an ICAT catalogue over REST."""


@main.command()
@_config
@click.option("--host", help="The address to listen on, instead of the setting 'host'.")
@click.option("--port", type=click.IntRange(1, 65535), help="Instead of the setting 'port'.")
def serve(config: Path | None, host: str | None, port: int | None) -> None:
    """Start the development server. In production use gunicorn datagateway_api.wsgi."""
    from werkzeug.serving import run_simple

    from datagateway_api.app import create_app
    from datagateway_api.web import logs

    settings = _settings(config)
    host = host or settings.host
    if settings.debug_mode and host not in ("127.0.0.1", "::1", "localhost"):
        raise click.ClickException(
            f"debug_mode lets every visitor run code here, and {host} is open to visitors: "
            "use host 127.0.0.1 or debug_mode: false"
        )
    logs.configure(settings)
    run_simple(
        host,
        port or settings.port,
        create_app(settings),
        threaded=True,
        use_reloader=settings.flask_reloader,
        use_debugger=settings.debug_mode,
    )


@main.command("check-config")
@_config
def check_config(config: Path | None) -> None:
    """Print the settings in effect with secrets masked, or every problem they have."""
    import yaml

    from datagateway_api.settings.report import effective

    report = effective(_settings(config))
    sections = report.pop("sections")
    for part in (report, sections):
        click.echo(yaml.safe_dump(part, sort_keys=False, allow_unicode=True), nl=False)
    click.echo("The settings are valid.", err=True)


@main.command()
@_config
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write. Without it the document is printed.",
)
@click.option("--mode", help="Whose document, when several modes are switched on.")
def openapi(config: Path | None, output: Path | None, mode: str | None) -> None:
    """Write the OpenAPI document of the catalogue that the settings name."""
    from datagateway_api.app import create_app
    from datagateway_api.web import docs_ui

    settings = _settings(config)
    found = docs_ui.documents(create_app(settings), settings.url_prefix)
    chosen = [each for each in found if mode in (None, each)]
    if len(chosen) != 1:
        raise click.UsageError(f"choose with --mode one of: {', '.join(found)}")
    document = found[chosen[0]]
    if output is None:
        click.echo(document)
        return
    try:
        docs_ui.write(output, document)
    except OSError as error:
        raise click.ClickException(f"{output}: cannot be written: {error.strerror}") from error


@main.command("hash-password")
def hash_password() -> None:
    """Print the line to put into the settings for a password typed, or piped in as one line."""
    from datagateway_api.backends import factory

    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.ClickException("the password is empty: nobody may log in without one")
    click.echo(factory.hash_password(password))


@main.command("create-catalogue")
@_config
@click.option("--db-url", help="The database to use, instead of the one in the settings.")
@click.option("--icat-version", help="The ICAT version whose tables to make. Without it: 6.2.")
def create_catalogue(config: Path | None, db_url: str | None, icat_version: str | None) -> None:
    """Lay out an empty catalogue in a database that has no tables yet."""
    from datagateway_api.backends import factory
    from datagateway_api.settings import values

    if config is not None and db_url is not None:
        raise click.UsageError("--config and --db-url exclude each other")
    if db_url is None:
        db_url = _db_url(_settings(config))
    try:
        db_url = values.database_url(db_url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--db-url") from error
    count = factory.create_catalogue(db_url, icat_version)
    click.echo(f"Created {count} tables.")


@main.command("feed-scoring")
@_config
@click.option("--compute", is_flag=True, help="Then have the service compute its weights.")
def feed_scoring(config: Path | None, compute: bool) -> None:
    """Send all that the search finds to the scoring service that the settings name."""
    from datagateway_api.search import feed

    section = _settings(config).sections.get("search_api")
    for group, fed in feed.feed(section):
        click.echo(f"{group}: {fed.added} new, {fed.changed} changed, {fed.removed} removed")
    if compute:
        started = feed.feeder(section).start_computing()
        click.echo("It computes its weights now." if started else "It was at its weights already.")


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True)
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Where the catalogue, its settings and the password are kept.",
)
@click.option(
    "--years",
    type=click.IntRange(1, 80),
    default=5,
    show_default=True,
    help="Years of mock data, when the catalogue is made.",
)
def demo(port: int, directory: Path, years: int) -> None:
    """Make a mock catalogue once, serve it, and show how to query it."""
    from datagateway_api.demo.place import Demo
    from datagateway_api.demo.run import run

    run(Demo(directory.absolute(), port, years))


def _settings(config: Path | None) -> "Settings":
    from datagateway_api.modes import section_models
    from datagateway_api.settings import load_settings

    return load_settings(config, os.environ, section_models())


def _db_url(settings: "Settings") -> str:
    """The one database that the sections name."""
    from datagateway_api.settings import ReadingSettings

    sections: Iterable[object] = settings.sections.values()
    backends = [section for section in sections if isinstance(section, ReadingSettings)]
    urls = {section.db_url for section in backends if section.db_url is not None}
    if len(urls) != 1:
        raise click.UsageError(f"the settings name {len(urls)} databases: choose with --db-url")
    return urls.pop()


if __name__ == "__main__":
    main(prog_name="datagateway-api")
