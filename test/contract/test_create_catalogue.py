"""Catalogues as they are laid out here: tables, keys, indexes and the file-size triggers."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from datagateway_api.backends.database.create import create_catalogue
from datagateway_api.backends.database.tables import INDEXED, describe
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import ConfigurationError
from test.contract.databases import connected, quoted, run, scalar
from test.support.catalogue import fill

NEWEST = icat_schema.load()
CREATED = "'a', '2024-01-01 00:00:00', 'a', '2024-01-01 00:00:00'"


@pytest.fixture(scope="module")
def laid_out(module_database_url: str) -> str:
    """A catalogue just laid out."""
    assert create_catalogue(module_database_url) == len(NEWEST.entities) + 1
    return module_database_url


@pytest.fixture(scope="module")
def inspector(laid_out: str) -> Iterator[sa.Inspector]:
    with connected(laid_out) as connection:
        yield sa.inspect(connection)


def test_a_new_catalogue_has_all_tables_and_columns(inspector: sa.Inspector):
    tables = {entity.table for entity in NEWEST.entities.values()}
    assert set(inspector.get_table_names()) == tables | {"SESSION_"}
    for entity in NEWEST.entities.values():
        found = {column["name"]: column for column in inspector.get_columns(entity.table)}
        keys = [str(relation.column) for relation in entity.to_one]
        assert sorted(found) == sorted([*(f.column for f in entity.fields.values()), *keys])
        for field in entity.fields.values():
            assert found[field.column]["nullable"] is field.nullable
            assert getattr(found[field.column]["type"], "length", None) == field.length
        assert inspector.get_pk_constraint(entity.table)["constrained_columns"] == ["ID"]


def test_a_new_catalogue_has_icats_unique_keys(inspector: sa.Inspector):
    for entity in NEWEST.entities.values():
        found = inspector.get_unique_constraints(entity.table)
        wanted = [
            str(entity.relations[name].column)
            if name in entity.relations
            else entity.fields[name].column
            for name in entity.unique
        ]
        assert [sorted(each["column_names"]) for each in found] == (
            [sorted(wanted)] if wanted else []
        )


def test_a_new_catalogue_has_foreign_keys_for_all_relations(inspector: sa.Inspector):
    for entity in NEWEST.entities.values():
        found = {
            (key["constrained_columns"][0], key["referred_table"], key["referred_columns"][0])
            for key in inspector.get_foreign_keys(entity.table)
        }
        wanted = {(r.column, NEWEST.target(r).table, "ID") for r in entity.to_one}
        assert found == wanted


def test_a_new_catalogue_has_indexes_on_what_filters_use(inspector: sa.Inspector):
    for entity in NEWEST.entities.values():
        found = {index["column_names"][0] for index in inspector.get_indexes(entity.table)}
        found |= {key["column_names"][0] for key in inspector.get_unique_constraints(entity.table)}
        keys = {relation.column for relation in entity.to_one}
        wanted = {f.column for f in entity.fields.values() if f.name in INDEXED}
        assert keys | wanted <= found


def test_a_new_catalogue_has_the_file_size_triggers(laid_out: str):
    if laid_out.startswith("sqlite"):
        number = scalar(laid_out, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
    else:
        here = "database()" if "mysql" in laid_out else "'public'"
        number = scalar(
            laid_out,
            f"SELECT count(*) FROM information_schema.triggers WHERE trigger_schema = {here}",
        )
    assert number == 5


def test_a_catalogue_older_than_file_sizes_has_no_triggers(database_url: str):
    create_catalogue(database_url, "4.11")
    source = {
        "sqlite": "sqlite_master WHERE type = 'trigger'",
        "mysql+pymysql": "information_schema.triggers WHERE trigger_schema = database()",
        "postgresql+psycopg": "information_schema.triggers",
    }[database_url.partition(":")[0]]
    assert scalar(database_url, f"SELECT count(*) FROM {source}") == 0


def test_a_database_with_icat_tables_is_refused_and_left_alone(database_url: str):
    run(database_url, 'CREATE TABLE "Datafile" ("ID" INTEGER)')
    with pytest.raises(ConfigurationError, match="ICAT tables already"):
        create_catalogue(database_url)
    with connected(database_url) as connection:
        assert sa.inspect(connection).get_table_names() == ["Datafile"]


@pytest.mark.parametrize("version", ["4.3", "1", "six", "", "6.x"])
def test_an_unknown_release_is_refused(version):
    with pytest.raises(ConfigurationError, match="icat-version"):
        create_catalogue("sqlite://", version)


@pytest.mark.parametrize(
    ("server", "statement"),
    [
        ("mariadb", "CREATE DATABASE narrow CHARACTER SET latin1"),
        ("postgresql", "CREATE DATABASE narrow TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"),
    ],
)
def test_a_database_that_cannot_hold_every_character_is_refused(server, statement, request):
    network = request.getfixturevalue(f"{server}_server")
    network.execute(statement)
    url = network.url.set(database="narrow").render_as_string(hide_password=False)
    with pytest.raises(ConfigurationError, match=r"(?i)latin1"):
        create_catalogue(url)
    network.drop_database(url)


STEPS = (
    "INSERT INTO DATAFILE (ID, CREATE_ID, CREATE_TIME, MOD_ID, MOD_TIME, NAME, FILESIZE, "
    f"DATASET_ID) VALUES (10, {CREATED}, 'new', 7, 1)",
    "INSERT INTO DATAFILE (ID, CREATE_ID, CREATE_TIME, MOD_ID, MOD_TIME, NAME, DATASET_ID) "
    f"VALUES (11, {CREATED}, 'without size', 2), (12, {CREATED}, 'another', 3)",
    "UPDATE DATAFILE SET FILESIZE = 70 WHERE ID = 10",
    "UPDATE DATAFILE SET FILESIZE = 5 WHERE ID = 11",
    "UPDATE DATAFILE SET FILESIZE = NULL WHERE ID = 10",
    "UPDATE DATAFILE SET FILESIZE = FILESIZE + 1 WHERE DATASET_ID = 1",
    "UPDATE DATAFILE SET NAME = 'renamed' WHERE ID = 11",
    "UPDATE DATAFILE SET DATASET_ID = 2 WHERE ID = 2",
    "UPDATE DATAFILE SET DATASET_ID = 3, FILESIZE = 9 WHERE ID = 11",
    "UPDATE DATASET SET INVESTIGATION_ID = 3 WHERE ID = 2",
    "UPDATE DATASET SET INVESTIGATION_ID = 2, NAME = 'moved' WHERE ID = 1",
    "UPDATE DATASET SET NAME = 'renamed' WHERE ID = 3",
    "DELETE FROM RELATEDDATAFILE",
    "DELETE FROM DATAFILE WHERE ID = 1",
    "DELETE FROM DATAFILE WHERE DATASET_ID = 3",
    "DELETE FROM DATASETPARAMETER",
    "DELETE FROM DATASET WHERE ID = 3",
    "DELETE FROM DATAFILE",
)


def test_the_triggers_keep_file_sizes_right_through_every_change(database_url: str):
    fill(database_url)
    assert _stored(database_url) == _summed(database_url)
    tables = describe(NEWEST).metadata.tables
    capitals = {*tables, *(c.name for table in tables.values() for c in table.c)}
    for step in STEPS:
        words = (f'"{w}"' if w in capitals else w for w in _split(step))
        run(database_url, "".join(words))
        assert _stored(database_url) == _summed(database_url), step
    assert set(_stored(database_url).values()) <= {(0, 0)}


def _split(statement: str) -> list[str]:
    """Return the words of a statement and what is between them."""
    return re.split(r"(\w+)", statement)


Sums = dict[tuple[str, int], tuple[int, int]]


def _stored(url: str) -> Sums:
    return _sums(url, 'SELECT "ID", "FILESIZE", "FILECOUNT" FROM "{table}"')


def _summed(url: str) -> Sums:
    """Return the sums over the datafiles there are."""
    statement = (
        'SELECT p."ID", sum(f."FILESIZE"), count(f."ID") FROM "{table}" p '
        'LEFT JOIN "DATASET" d ON d."{key}" = p."ID" '
        'LEFT JOIN "DATAFILE" f ON f."DATASET_ID" = d."ID" GROUP BY p."ID"'
    )
    return _sums(url, statement)


def _sums(url: str, statement: str) -> Sums:
    found: Sums = {}
    with connected(url) as connection:
        for table, key in (("DATASET", "ID"), ("INVESTIGATION", "INVESTIGATION_ID")):
            text = statement.format(table=table, key=key)
            for id_, size, count in connection.execute(sa.text(quoted(connection, text))):
                found[table, id_] = (int(size or 0), int(count or 0))
    return found
