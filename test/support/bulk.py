"""Very many datafiles, put into the small catalogue by the database itself."""

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

_NUMBERS = {
    "sqlite": "WITH RECURSIVE seq(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM seq "
    "WHERE n < {last}) SELECT {columns} FROM seq",
    "mysql": "SELECT {columns} FROM (SELECT seq AS n FROM seq_{first}_to_{last}) numbers",
    "postgresql": "SELECT {columns} FROM generate_series({first}, {last}) AS numbers(n)",
}
_NAMES = {
    "sqlite": "'file ' || n || '.nxs'",
    "mysql": "CONCAT('file ', n, '.nxs')",
    "postgresql": "'file ' || n || '.nxs'",
}
_COLUMNS = [
    "ID",
    "CREATE_ID",
    "CREATE_TIME",
    "MOD_ID",
    "MOD_TIME",
    "NAME",
    "FILESIZE",
    "DATASET_ID",
]


def add_datafiles(url: str, number: int) -> None:
    """Add datafiles to the three datasets of the small catalogue, until there are `number`."""
    engine = sa.create_engine(url, poolclass=NullPool)
    kind = engine.dialect.name
    stamp = ("" if kind == "sqlite" else "TIMESTAMP ") + "'2024-01-01 00:00:00.000000'"
    quote = engine.dialect.identifier_preparer.quote
    table = quote("DATAFILE")
    columns = (
        f"n, 'simple/root', {stamp}, 'simple/root', {stamp}, {_NAMES[kind]}, n * 10, 1 + n % 3"
    )
    with engine.begin() as connection:
        largest = connection.execute(sa.text(f"SELECT MAX({quote('ID')}) FROM {table}"))
        first = largest.scalar_one() + 1
        if first > number:
            return
        _drop_triggers(connection)
        numbers = _NUMBERS[kind].format(columns=columns, first=first, last=number)
        names = ", ".join(quote(name) for name in _COLUMNS)
        statement = sa.text(f"INSERT INTO {table} ({names}) {numbers}")
        connection.execute(statement)


def _drop_triggers(connection: sa.Connection) -> None:
    """Drop the triggers that add up sizes row by row, where a name is enough to drop them."""
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "mysql": "SELECT trigger_name FROM information_schema.triggers "
        "WHERE trigger_schema = DATABASE()",
    }.get(connection.dialect.name)
    for (name,) in connection.execute(sa.text(listing)).all() if listing else ():
        connection.execute(sa.text(f"DROP TRIGGER {name}"))
