"""The generator on every database: the same rows, sizes kept right, ids that go on."""

import pytest
import sqlalchemy as sa

from datagateway_api.backends.database.create import create_catalogue
from datagateway_api.backends.database.tables import describe
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import ConfigurationError
from util.icat_db_generator import generate
from util.icat_db_generator.size import CREATED

TABLES = describe(icat_schema.load())
MADE = {
    "CREATE_ID": "simple/root",
    "CREATE_TIME": CREATED,
    "MOD_ID": "simple/root",
    "MOD_TIME": CREATED,
}


def contents(url: str) -> dict[str, list[tuple]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.execute(sa.select(table).order_by(table.c.ID))]
            for name, table in TABLES.by_entity.items()
        }
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> dict[str, list[tuple]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('expected')}/catalogue.db"
    generate(url, years=1, progress=False)
    return contents(url)


def test_every_database_gets_the_same_rows(database_url, expected):
    generate(database_url, years=1, progress=False)
    assert contents(database_url) == expected


def test_tables_laid_out_before_get_the_same_rows(database_url, expected):
    create_catalogue(database_url)
    generate(database_url, years=1, progress=False)
    assert contents(database_url) == expected


def test_a_filled_database_is_refused(database_url):
    generate(database_url, years=1, progress=False)
    with pytest.raises(ConfigurationError, match="holds a catalogue already"):
        generate(database_url, years=1, progress=False)


@pytest.mark.parametrize("is_laid_out", [False, True])
def test_later_rows_get_ids_that_follow_and_count_in_the_sizes(database_url, expected, is_laid_out):
    if is_laid_out:
        create_catalogue(database_url)
    generate(database_url, years=1, progress=False)
    datafile, dataset = TABLES.by_entity["Datafile"], TABLES.by_entity["Dataset"]
    size = sa.select(dataset.c.FILESIZE, dataset.c.FILECOUNT).where(dataset.c.ID == 1)
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        before = connection.execute(size).one()
        added = connection.execute(
            datafile.insert().values(NAME="later", DATASET_ID=1, FILESIZE=7, **MADE)
        )
        after = connection.execute(size).one()
    engine.dispose()
    assert added.inserted_primary_key == (len(expected["Datafile"]) + 1,)
    assert tuple(after) == (before[0] + 7, before[1] + 1)
