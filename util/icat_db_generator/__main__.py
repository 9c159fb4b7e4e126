"""The command line of the generator: `python -m util.icat_db_generator`."""

import click

from datagateway_api.core.errors import ApiError
from datagateway_api.settings.values import database_url
from util.icat_db_generator.load import AlreadyFilled, generate


@click.command()
@click.option("-s", "--seed", default=1, show_default=True, help="Equal seeds make equal rows.")
@click.option(
    "-y",
    "--years",
    type=click.IntRange(1, 500),
    default=5,
    show_default=True,
    help="Twelve investigations a year, and all that belongs to them.",
)
@click.option(
    "--scale",
    type=click.IntRange(1, 1_000_000),
    default=1,
    show_default=True,
    help="Multiplies the datafiles, for load tests.",
)
@click.option(
    "--db-url",
    required=True,
    help="An empty database, or one laid out by create-catalogue: sqlite:///catalogue.db",
)
@click.option("--if-empty", is_flag=True, help="Leave a database that holds rows as it is.")
@click.option("--quiet", is_flag=True, help="Show no progress and no result.")
def main(seed: int, years: int, scale: int, db_url: str, if_empty: bool, quiet: bool) -> None:
    """Fill an empty database with the mock catalogue of a facility."""
    try:
        url = database_url(db_url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--db-url") from error
    try:
        rows = generate(url, seed=seed, years=years, scale=scale, progress=not quiet)
    except AlreadyFilled as error:
        if not if_empty:
            raise click.ClickException(str(error)) from error
        click.echo("The database holds a catalogue already, which is left as it is.")
        return
    except ApiError as error:
        raise click.ClickException(str(error)) from error
    if not quiet:
        click.echo(f"Wrote {rows} rows.")


if __name__ == "__main__":
    main()
