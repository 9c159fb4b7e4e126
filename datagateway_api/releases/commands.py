"""``datagateway-api releases …``: what a data manager does on the command line."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from datagateway_api.core.errors import ApiError

if TYPE_CHECKING:
    from datagateway_api.releases.publisher import Publisher

URL_VARIABLE: Final = "DATAGATEWAY_RELEASES_URL"
USER_VARIABLE: Final = "DATAGATEWAY_RELEASES_USER"
PASSWORD_VARIABLE: Final = "DATAGATEWAY_RELEASES_PASSWORD"  # noqa: S105 a name
MOST_SHOWN: Final = 50

_url = click.option(
    "--url",
    required=True,
    envvar=URL_VARIABLE,
    help=f"The address below which the releases are served. ${URL_VARIABLE} stands for it.",
)
_user = click.option(
    "--user",
    envvar=USER_VARIABLE,
    help=f"Who writes; ${USER_VARIABLE} stands for it. The password is asked for, "
    f"or read from ${PASSWORD_VARIABLE}.",
)


@click.group()
def releases() -> None:
    """Upload, publish, export and list open-data releases."""


@releases.command()
@click.argument("release")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_url
@_user
@click.option("--description", help="What the release is.")
@click.option("--doi", help="The DOI of the release.")
@click.option("--force", is_flag=True, help="Change it even if it is published.")
def upload(
    release: str,
    file: Path,
    url: str,
    user: str | None,
    description: str | None,
    doi: str | None,
    force: bool,
) -> None:
    """Create or update the datasets of RELEASE from FILE (.json, .ndjson or .csv, or .gz)."""
    publisher = _publisher(url, user)
    about = {"description": description, "doi": doi}
    parts = {name: text for name, text in about.items() if text is not None}
    answer = _explained(lambda: _sent(publisher, release, file, parts, is_forced=force))
    click.echo(_outcome(answer))


@releases.command()
@click.argument("release")
@_url
@_user
def publish(release: str, url: str, user: str | None) -> None:
    """Publish RELEASE: from then on it refuses changes."""
    publisher = _publisher(url, user)
    _explained(lambda: publisher.publish(release))
    click.echo(f"{release} is published.")


@releases.command()
@click.argument("release")
@_url
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "ndjson", "csv"]),
    default="json",
    show_default=True,
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. Without it the release is printed.",
)
def export(release: str, url: str, format_: str, output: Path | None) -> None:
    """Get RELEASE as a file, which can be uploaded again."""
    from datagateway_api.releases.publisher import Publisher

    pieces = _explained(lambda: Publisher(url).export(release, format_))
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        _write(output, pieces)
    except OSError as error:
        raise click.ClickException(f"{output}: cannot be written: {error.strerror}") from error
    click.echo(f"{release} is in {output}.", err=True)


@releases.command("list")
@_url
def list_(url: str) -> None:
    """List all releases: name, state, number of datasets, last change."""
    from datagateway_api.releases.publisher import Publisher

    found = _explained(Publisher(url).releases)
    rows = [("release", "state", "datasets", "last change")]
    for each in found:
        names = ("name", "state", "dataset_count", "modified_at")
        rows.append(tuple(str(each[name]) for name in names))  # type: ignore[arg-type]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


@releases.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The settings file. Without it: $DATAGATEWAY_API_CONFIG, else ./config.yaml.",
)
@click.option("--db-url", help="The database to use, instead of the one in the settings.")
def upgrade(config: Path | None, db_url: str | None) -> None:
    """Make the tables of the store, or bring them up to date."""
    from datagateway_api.releases.migrations import migrations
    from datagateway_api.settings import values

    if config is not None and db_url is not None:
        raise click.UsageError("--config and --db-url exclude each other")
    if db_url is None:
        db_url = _configured(config)
    try:
        db_url = values.database_url(db_url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--db-url") from error
    click.echo(f"The store is at revision {migrations().upgrade(db_url)}.")


def _configured(config: Path | None) -> str:
    from datagateway_api.releases.settings import SECTION
    from datagateway_api.settings import load_section

    return load_section(config, os.environ, "releases", SECTION).db_url


def _publisher(url: str, user: str | None) -> "Publisher":
    """Return the server, logged in to."""
    from datagateway_api.releases.publisher import Publisher

    if not user:
        raise click.UsageError(f"--user, or ${USER_VARIABLE}, must say who writes")
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None:
        password = click.prompt("Password", hide_input=True, err=True)
    publisher = Publisher(url)
    _explained(lambda: publisher.log_in(user, password))
    return publisher


def _sent(
    publisher: "Publisher", release: str, file: Path, parts: dict[str, str], *, is_forced: bool
) -> Any:
    """Upload a file, and show how far that is."""
    from tqdm import tqdm

    from datagateway_api.releases.publisher import named_file

    with file.open("rb") as opened:
        form = named_file(file, parts, opened)
        with tqdm(total=len(form), unit="B", unit_scale=True, desc=file.name) as bar:
            form.report = bar.update
            return publisher.upload(release, form, force=is_forced)


def _explained(work: Callable[[], Any]) -> Any:
    """Do some work; where the server names rows, print each of them, and end."""
    try:
        return work()
    except ApiError as error:
        details = error.details or []
        for each in details[:MOST_SHOWN]:
            click.echo(_line(each), err=True)
        if len(details) > MOST_SHOWN:
            click.echo(f"… and {len(details) - MOST_SHOWN} more problems", err=True)
        number = f"{len(details)} problems, nothing was stored" if details else error.message
        raise click.ClickException(number) from error


def _line(detail: dict[str, object]) -> str:
    row = "the file" if detail.get("row") is None else f"row {detail['row']}"
    place = row if detail.get("field") is None else f"{row}, {detail['field']}"
    return f"{place}: {detail.get('reason')}"


def _outcome(answer: Any) -> str:
    return (
        f"{answer['release']}: {answer['created']} created, {answer['updated']} updated, "
        f"{answer['unchanged']} unchanged."
    )


def _write(output: Path, pieces: Iterable[bytes]) -> None:
    """Write a file in one step, so that half of it never passes for the whole."""
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)
