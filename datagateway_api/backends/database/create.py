"""Laying out an empty catalogue: ICAT's tables, keys, indexes and file-size triggers."""

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url

from datagateway_api.backends.database.errors import translated
from datagateway_api.backends.database.tables import Tables, describe
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import ConfigurationError


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
    for statement in _trigger_statements(connection.dialect.name):
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
    if connection.dialect.name in ("mysql", "mariadb"):
        charset = connection.execute(text("SELECT @@character_set_database")).scalar()
        if charset != "utf8mb4":
            raise ConfigurationError(
                [
                    f"db_url: the database's character set is {charset}; "
                    "run ALTER DATABASE … CHARACTER SET utf8mb4 first"
                ]
            )


def _add(row: str, sign: str) -> tuple[str, str]:
    """Return the two updates that add or take one datafile's size, for OLD or NEW."""
    sizes = (
        f"{{q}}FILESIZE{{q}} = COALESCE({{q}}FILESIZE{{q}}, 0) {sign} "
        f"COALESCE({row}.{{q}}FILESIZE{{q}}, 0), "
        f"{{q}}FILECOUNT{{q}} = COALESCE({{q}}FILECOUNT{{q}}, 0) {sign} 1"
    )
    return (
        f"UPDATE {{q}}DATASET{{q}} SET {sizes} WHERE {{q}}ID{{q}} = {row}.{{q}}DATASET_ID{{q}}",
        f"UPDATE {{q}}INVESTIGATION{{q}} SET {sizes} WHERE {{q}}ID{{q}} = "
        f"(SELECT d.{{q}}INVESTIGATION_ID{{q}} FROM {{q}}DATASET{{q}} d "
        f"WHERE d.{{q}}ID{{q}} = {row}.{{q}}DATASET_ID{{q}})",
    )


def _move(row: str, sign: str) -> str:
    """Return the update that adds or takes one dataset's sums, for OLD or NEW."""
    sums = ", ".join(
        f"{{q}}{name}{{q}} = COALESCE({{q}}{name}{{q}}, 0) {sign} "
        f"COALESCE({row}.{{q}}{name}{{q}}, 0)"
        for name in ("FILESIZE", "FILECOUNT")
    )
    return (
        f"UPDATE {{q}}INVESTIGATION{{q}} SET {sums} "
        f"WHERE {{q}}ID{{q}} = {row}.{{q}}INVESTIGATION_ID{{q}}"
    )


_TRIGGERS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("DATAFILE_INSERTED", "INSERT", "DATAFILE", "", _add("NEW", "+")),
    ("DATAFILE_DELETED", "DELETE", "DATAFILE", "", _add("OLD", "-")),
    (
        "DATAFILE_UPDATED",
        "UPDATE",
        "DATAFILE",
        "OLD.{q}DATASET_ID{q} <> NEW.{q}DATASET_ID{q} "
        "OR COALESCE(OLD.{q}FILESIZE{q}, 0) <> COALESCE(NEW.{q}FILESIZE{q}, 0)",
        (*_add("OLD", "-"), *_add("NEW", "+")),
    ),
    (
        "DATASET_MOVED",
        "UPDATE",
        "DATASET",
        "OLD.{q}INVESTIGATION_ID{q} <> NEW.{q}INVESTIGATION_ID{q}",
        (_move("OLD", "-"), _move("NEW", "+")),
    ),
    ("DATASET_DELETED", "DELETE", "DATASET", "", (_move("OLD", "-"),)),
)
"""Name, event, table, condition and statements; ``{q}`` stands for the database's quote."""


def _trigger_statements(dialect: str) -> list[str]:
    """Return the CREATE TRIGGER statements in a database's own form."""
    found: list[str] = []
    for name, event, table, condition, updates in _TRIGGERS:
        quote = "`" if dialect in ("mysql", "mariadb") else '"'
        when = condition.replace("{q}", quote)
        body = " ".join(update.replace("{q}", quote) + ";" for update in updates)
        head = f"CREATE TRIGGER {quote}{name}{quote} AFTER {event} ON {quote}{table}{quote}"
        if dialect == "postgresql":
            function = name.lower()
            found.append(
                f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {body} RETURN NULL; END $$"
            )
            guard = f" WHEN ({when})" if when else ""
            found.append(f"{head} FOR EACH ROW{guard} EXECUTE FUNCTION {function}()")
        elif dialect == "sqlite":
            guard = f" WHEN {when}" if when else ""
            found.append(f"{head} FOR EACH ROW{guard} BEGIN {body} END")
        else:
            inner = f"IF {when} THEN {body} END IF;" if when else body
            found.append(f"{head} FOR EACH ROW BEGIN {inner} END")
    return found
