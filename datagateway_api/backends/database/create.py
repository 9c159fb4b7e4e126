"""Laying out an empty catalogue: ICAT's tables, keys, indexes and file-size triggers."""

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url

from datagateway_api.backends.database.tables import Tables, describe
from datagateway_api.backends.database.triggers import trigger_statements
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.sql.errors import translated


def create_catalogue(db_url: str, icat_version: str | None = None) -> int:
    """Create the tables of an ICAT release (the newest one known) and return their number.

    Raises ConfigurationError when some of them exist, the release is unknown, or the database
    could not hold every character.
    """
    try:
        schema = icat_schema.load() if icat_version is None else icat_schema.as_of(icat_version)
    except ValueError as error:
        raise ConfigurationError([f"icat-version: {error}"]) from error
    tables = describe(schema)
    engine = create_engine(make_url(db_url), hide_parameters=True)
    try:
        with translated(), engine.begin() as connection:
            _check_room(connection, tables)
            create_tables(connection, tables)
            create_triggers(connection, tables)
    finally:
        engine.dispose()
    return len(tables.metadata.tables)


def create_tables(connection: Connection, tables: Tables) -> None:
    """Create tables, keys and indexes, without triggers."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    tables.metadata.create_all(connection)


def create_triggers(connection: Connection, tables: Tables) -> None:
    """Create the triggers that keep fileSize and fileCount right (ICAT 5 and later)."""
    if "fileSize" not in tables.schema.entities["Dataset"].fields:
        return
    for statement in trigger_statements(connection.dialect.name):
        connection.execute(text(statement))


def sum_file_sizes(connection: Connection) -> None:
    """Set fileSize and fileCount of all datasets and investigations from their datafiles."""
    quote = connection.dialect.identifier_preparer.quote
    dataset, investigation, datafile = (
        quote(name) for name in ("DATASET", "INVESTIGATION", "DATAFILE")
    )
    id_, size, count = quote("ID"), quote("FILESIZE"), quote("FILECOUNT")
    for table, child, key, number in (
        (dataset, datafile, quote("DATASET_ID"), "count(*)"),
        (investigation, dataset, quote("INVESTIGATION_ID"), f"coalesce(sum(c.{count}), 0)"),
    ):
        below = f"FROM {child} c WHERE c.{key} = {table}.{id_}"
        connection.execute(
            text(
                f"UPDATE {table} SET {size} = (SELECT coalesce(sum(c.{size}), 0) {below}), "
                f"{count} = (SELECT {number} {below})"
            )
        )


def _check_room(connection: Connection, tables: Tables) -> None:
    wanted = {name.lower() for name in tables.metadata.tables}
    found = sorted(n for n in inspect(connection).get_table_names() if n.lower() in wanted)
    if found:
        raise ConfigurationError(
            [f"db_url: the database holds ICAT tables already ({', '.join(found[:3])}, …)"]
        )
    name = connection.dialect.name
    if name in _CHARSETS:
        statement, needed, remedy = _CHARSETS[name]
        charset = connection.execute(text(statement)).scalar()
        if charset != needed:
            raise ConfigurationError(
                [f"db_url: the database's character set is {charset}; {remedy}"]
            )


_ALTER = (
    "SELECT @@character_set_database",
    "utf8mb4",
    "run ALTER DATABASE … CHARACTER SET utf8mb4 first",
)
_CHARSETS = {
    "mysql": _ALTER,
    "mariadb": _ALTER,
    "postgresql": (
        "SHOW server_encoding",
        "UTF8",
        "make a new one with CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'",
    ),
}
"""How each database tells its character set, the one that holds all texts, and the remedy."""
