"""The triggers that keep fileSize and fileCount of datasets and investigations right.

They follow ICAT's own: a datafile's size counts for its dataset and its investigation. SQLite and
MariaDB run them row by row; PostgreSQL once a statement, since there a row that is updated ten
thousand times in one transaction leaves ten thousand versions behind.
"""

SUMS_REST = "@catalogue_sums_rest"
"""A variable of a MariaDB connection that deletes datasets: their files need not be subtracted."""


def trigger_statements(dialect: str) -> list[str]:
    """Return the CREATE TRIGGER statements in a database's own form."""
    if dialect == "postgresql":
        return [statement for trigger in _BY_STATEMENT for statement in _by_statement(*trigger)]
    return [_by_row(dialect, *trigger) for trigger in _BY_ROW]


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


_BY_ROW: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
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
"""Name, event, table, condition and updates; ``{q}`` stands for the database's quote."""


def _by_row(
    dialect: str, name: str, event: str, table: str, condition: str, updates: tuple[str, ...]
) -> str:
    quote = '"' if dialect == "sqlite" else "`"
    when = condition.replace("{q}", quote)
    body = " ".join(update.replace("{q}", quote) + ";" for update in updates)
    head = f"CREATE TRIGGER {quote}{name}{quote} AFTER {event} ON {quote}{table}{quote}"
    if dialect == "sqlite":
        guard = f" WHEN {when}" if when else ""
        return f"{head} FOR EACH ROW{guard} BEGIN {body} END"
    if name == "DATAFILE_DELETED":
        when = f"{SUMS_REST} IS NULL"
    inner = f"IF {when} THEN {body} END IF;" if when else body
    return f"{head} FOR EACH ROW BEGIN {inner} END"


_ADDED = 'SELECT "DATASET_ID", coalesce("FILESIZE", 0) AS size, 1 AS number FROM added'
_REMOVED = 'SELECT "DATASET_ID", -coalesce("FILESIZE", 0), -1 FROM removed'
_DATASET_ADDED = (
    'SELECT a."INVESTIGATION_ID", coalesce(a."FILESIZE", 0) AS size, '
    'coalesce(a."FILECOUNT", 0) AS number FROM added a '
    'JOIN removed r USING ("ID") WHERE a."INVESTIGATION_ID" <> r."INVESTIGATION_ID"'
)
_DATASET_REMOVED = (
    'SELECT r."INVESTIGATION_ID", -coalesce(r."FILESIZE", 0) AS size, '
    '-coalesce(r."FILECOUNT", 0) AS number FROM removed r'
)
_DATASET_LEFT = (
    f'{_DATASET_REMOVED} JOIN added a USING ("ID") '
    'WHERE a."INVESTIGATION_ID" <> r."INVESTIGATION_ID"'
)


def _apply(table: str, key: str, changes: str) -> str:
    """Return an update that adds changes of size and number, summed by the row they are for."""
    sums = f'SELECT "{key}" AS id, sum(size) AS size, sum(number) AS number FROM ({changes}) c'
    return (
        f'UPDATE "{table}" t SET "FILESIZE" = coalesce(t."FILESIZE", 0) + s.size, '
        f'"FILECOUNT" = coalesce(t."FILECOUNT", 0) + s.number '
        f'FROM ({sums} GROUP BY "{key}" HAVING sum(size) <> 0 OR sum(number) <> 0) s '
        f'WHERE t."ID" = s.id;'
    )


def _of_datafiles(changes: str) -> tuple[str, str]:
    of_investigations = (
        'SELECT d."INVESTIGATION_ID", size, number '
        f'FROM ({changes}) f JOIN "DATASET" d ON d."ID" = f."DATASET_ID"'
    )
    return (
        _apply("INVESTIGATION", "INVESTIGATION_ID", of_investigations),
        _apply("DATASET", "DATASET_ID", changes),
    )


_NEW, _OLD = "NEW TABLE AS added", "OLD TABLE AS removed"
_BY_STATEMENT: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("DATAFILE_INSERTED", "INSERT", "DATAFILE", _NEW, _of_datafiles(_ADDED)),
    (
        "DATAFILE_DELETED",
        "DELETE",
        "DATAFILE",
        _OLD,
        _of_datafiles(_REMOVED.replace(", 0), -1", ", 0) AS size, -1 AS number")),
    ),
    (
        "DATAFILE_UPDATED",
        "UPDATE",
        "DATAFILE",
        f"{_OLD} {_NEW}",
        _of_datafiles(f"{_ADDED} UNION ALL {_REMOVED}"),
    ),
    (
        "DATASET_MOVED",
        "UPDATE",
        "DATASET",
        f"{_OLD} {_NEW}",
        (
            _apply(
                "INVESTIGATION",
                "INVESTIGATION_ID",
                f"{_DATASET_ADDED} UNION ALL {_DATASET_LEFT}",
            ),
        ),
    ),
    (
        "DATASET_DELETED",
        "DELETE",
        "DATASET",
        _OLD,
        (_apply("INVESTIGATION", "INVESTIGATION_ID", _DATASET_REMOVED),),
    ),
)
"""Name, event, table, the changed rows' names, and the updates."""


def _by_statement(
    name: str, event: str, table: str, rows: str, updates: tuple[str, ...]
) -> tuple[str, str]:
    function = name.lower()
    return (
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {' '.join(updates)} RETURN NULL; END $$",
        f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" REFERENCING {rows} '
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    )
