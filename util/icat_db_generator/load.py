"""Writing a catalogue into a database, in bulk and in one transaction."""

from collections.abc import Callable
from itertools import islice

from sqlalchemy import Connection, Table, create_engine, func, inspect, select, text
from sqlalchemy.engine import make_url
from tqdm import tqdm

from datagateway_api.backends.database.create import (
    create_tables,
    create_triggers,
    sum_file_sizes,
)
from datagateway_api.backends.database.tables import (
    MissingTables,
    Tables,
    describe,
    inspect_tables,
)
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.sql.errors import translated
from util.icat_db_generator.catalogue import Catalogue
from util.icat_db_generator.insertion import Insertion
from util.icat_db_generator.size import Size

ROWS_AT_ONCE = 5000


class AlreadyFilled(ConfigurationError):
    """The database holds rows of a catalogue."""


def generate(
    db_url: str, *, seed: int = 1, years: int = 5, scale: int = 1, progress: bool = True
) -> int:
    """Fill a database, and lay out ICAT's tables if it has none; return the number of rows.

    Raises AlreadyFilled when it holds rows already, and ValueError for a size out of range.
    """
    catalogue = Catalogue(seed, Size(years, scale))
    engine = create_engine(make_url(db_url), hide_parameters=True)
    try:
        with translated(), engine.connect() as connection:
            _hurry(connection)
            tables = _empty_tables(connection)
            with tqdm(total=catalogue.total(), unit=" rows", disable=not progress) as bar:
                _switch_triggers(connection, tables, "DISABLE")
                written = _write_all(connection, tables, catalogue, bar.update)
                _switch_triggers(connection, tables, "ENABLE")
            _finish(connection, tables)
            connection.commit()
    finally:
        engine.dispose()
    return written


def _hurry(connection: Connection) -> None:
    """Have SQLite wait for no disk: what a power cut leaves behind is not worth keeping."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        connection.exec_driver_sql("PRAGMA cache_size = -256000")


def _empty_tables(connection: Connection) -> Tables:
    """Return the catalogue's tables, made now unless they are there, without a row."""
    wanted = describe(icat_schema.load())
    names = {name.lower() for name in wanted.metadata.tables}
    found = [name for name in inspect(connection).get_table_names() if name.lower() in names]
    if not found:
        create_tables(connection, wanted)
        return wanted
    try:
        tables = inspect_tables(connection, wanted.schema)
    except MissingTables as error:
        raise ConfigurationError(
            [f"db_url: the database holds some of ICAT's tables only ({', '.join(found[:3])}, …)"]
        ) from error
    filled = [t.name for t in tables.by_entity.values() if _has_rows(connection, t)]
    if filled:
        raise AlreadyFilled(
            [
                f"db_url: the database holds a catalogue already, with rows in {len(filled)} "
                f"tables ({', '.join(filled[:3])}, …); name an empty database"
            ]
        )
    return tables


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(select(table.c.ID).limit(1)).first() is not None


def _switch_triggers(connection: Connection, tables: Tables, action: str) -> None:
    """Have PostgreSQL's triggers rest: to them, each datafile takes longer than the one before.

    They would update the same few rows in one transaction, which keeps every version of a row.
    """
    if connection.dialect.name == "postgresql":
        table = connection.dialect.identifier_preparer.format_table(tables.by_entity["Datafile"])
        connection.execute(text(f"ALTER TABLE {table} {action} TRIGGER USER"))


def _write_all(
    connection: Connection, tables: Tables, catalogue: Catalogue, count: Callable[[int], object]
) -> int:
    """Write every entity that the database has, parents before children."""
    written = 0
    for entity in _parents_first(tables):
        table = tables.by_entity[entity.name]
        insertion = Insertion(connection, entity, table)
        rows = catalogue.rows(entity.name)
        last = 0
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            insertion.run(batch)
            last += len(batch)
            count(len(batch))
        _continue_ids(connection, table, last)
        written += last
    return written


def _parents_first(tables: Tables) -> list[Entity]:
    by_table = {entity.table: entity for entity in tables.schema.entities.values()}
    ordered = describe(icat_schema.load()).metadata.sorted_tables
    return [by_table[table.name] for table in ordered if table.name in by_table]


def _continue_ids(connection: Connection, table: Table, last: int) -> None:
    """Have PostgreSQL number later rows after those written with their ids."""
    if connection.dialect.name != "postgresql" or not last:
        return
    quoted = connection.dialect.identifier_preparer.format_table(table)
    sequence = connection.scalar(select(func.pg_get_serial_sequence(quoted, table.c.ID.name)))
    if sequence is not None:
        connection.execute(select(func.setval(sequence, last)))


def _finish(connection: Connection, tables: Tables) -> None:
    """Sum the file sizes, and have triggers keep them right unless such are there already."""
    if "fileSize" not in tables.schema.entities["Dataset"].fields:
        return
    sum_file_sizes(connection)
    if not _has_triggers(connection):
        create_triggers(connection, tables)


def _has_triggers(connection: Connection) -> bool:
    query = _TRIGGERS.get(connection.dialect.name, _OTHER_TRIGGERS)
    return connection.execute(text(query)).first() is not None


_OTHER_TRIGGERS = (
    "SELECT 1 FROM information_schema.triggers "
    "WHERE lower(event_object_table) = 'datafile' AND event_object_schema = database()"
)
_TRIGGERS = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = 'datafile'",
    "postgresql": _OTHER_TRIGGERS.replace("database()", "current_schema()"),
}
