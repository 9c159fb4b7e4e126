"""The databases that the benchmark reads: filled once, and kept where they are ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

from util.database_servers import NetworkServer
from util.icat_db_generator import generate

SEED = 1


def prepared(db_url: str, years: int) -> str:
    """Fill a database that holds no catalogue yet, and return its URL."""
    engine = create_engine(make_url(db_url))
    try:
        names = {name.lower() for name in inspect(engine).get_table_names()}
    finally:
        engine.dispose()
    if "investigation" not in names:
        generate(db_url, seed=SEED, years=years, scale=1, progress=False)
    return db_url


def kept_sqlite(folder: Path, years: int) -> str:
    """Return the URL of a SQLite file in a folder, filled under another name if it is new."""
    file = folder / f"catalogue-{years}-years.db"
    if not file.exists():
        half = folder / "half-made.db"
        for each in folder.glob(f"{half.name}*"):
            each.unlink()
        prepared(f"sqlite:///{half}", years)
        half.replace(file)
    return f"sqlite:///{file}"


@contextmanager
def thrown_away(server: NetworkServer, years: int) -> Iterator[str]:
    """Yield the URL of a catalogue on a server that ends with the block."""
    try:
        yield prepared(server.create_database(), years)
    finally:
        server.close()
