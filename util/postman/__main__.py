"""The command line: `python -m util.postman` writes postman_collection.json anew."""

from pathlib import Path

import click

from util.postman.collection import build


@click.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="postman_collection.json",
    show_default=True,
    help="The file to write.",
)
def main(output: Path) -> None:
    """Write the Postman collection, from the same data as the OpenAPI documents."""
    output.write_text(build(), encoding="utf-8")
    click.echo(f"Wrote {output}.")


if __name__ == "__main__":
    main()
