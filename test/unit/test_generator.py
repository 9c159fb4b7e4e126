"""The generator on SQLite: what a filled catalogue holds, and how it is asked for."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from datagateway_api.backends.database.create import create_catalogue
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BackendUnavailable, ConfigurationError
from util.icat_db_generator import generate
from util.icat_db_generator.__main__ import main

TABLES = {entity.table for entity in icat_schema.load().entities.values()}


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def query(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def dump(path: Path) -> list[str]:
    """All statements that make the database again, sorted: indexes come in any order."""
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.iterdump())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "catalogue.db"
    generate(url(path), years=2, progress=False)
    return path


@pytest.fixture(scope="module")
def database(filled: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(filled)) as connection:
        yield connection


def values(database: sqlite3.Connection, sql: str) -> set:
    return {row[0] for row in database.execute(sql)}


def number(database: sqlite3.Connection, sql: str) -> int:
    return database.execute(sql).fetchone()[0]


# The same again


def test_the_same_seed_gives_the_same_catalogue_to_the_last_value(filled, tmp_path):
    generate(url(tmp_path / "again.db"), years=2, progress=False)
    assert dump(tmp_path / "again.db") == dump(filled)


def test_another_seed_gives_another_catalogue_of_the_same_size(filled, tmp_path):
    generate(url(tmp_path / "other.db"), seed=2, years=2, progress=False)
    assert dump(tmp_path / "other.db") != dump(filled)
    for table in TABLES:
        count = f"SELECT count(*) FROM {table}"
        assert query(tmp_path / "other.db", count) == query(filled, count)


# Shape


def test_every_table_has_rows_numbered_from_1_without_gaps(database):
    for table in TABLES:
        sql = f"SELECT count(*), min(ID), max(ID) FROM {table}"
        count, least, most = database.execute(sql).fetchone()
        assert (least, most) == (1, count), table


def test_keys_hold_and_the_file_is_sound(database):
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(
    ("table", "count", "name"),
    [
        ("INVESTIGATION", 23, "INVESTIGATION"),
        ("DATASET", 47, "DATASET"),
        ("DATAFILE", 719, "Datafile"),
        ("INSTRUMENT", 14, "INSTRUMENT"),
        ("SAMPLE", 23, "SAMPLE"),
        ("STUDY", 499, "STUDY"),
        ("PARAMETERTYPE", 49, "PARAMETERTYPE"),
    ],
)
def test_regular_rows_come_first_and_are_named_after_their_number(database, table, count, name):
    odd = f"NAME <> '{name} ' || ID"
    assert number(database, f"SELECT count(*) FROM {table} WHERE ID <= {count} AND {odd}") == 0
    assert number(database, f"SELECT count(*) FROM {table} WHERE ID > {count}") > 0


def test_datasets_and_datafiles_belong_where_version_10_put_them(database):
    datasets = database.execute(
        "SELECT ID, INVESTIGATION_ID, SAMPLE_ID FROM DATASET WHERE ID <= 47"
    ).fetchall()
    assert datasets == [(i, i % 24 or 23, i % 24 or 23) for i in range(1, 48)]
    datafiles = database.execute("SELECT ID, DATASET_ID FROM DATAFILE WHERE ID <= 719").fetchall()
    assert datafiles == [(i, i % 47 + 1) for i in range(1, 720)]


def test_the_facility_is_lils_and_its_cycles_are_named_by_year(database):
    assert values(database, "SELECT NAME FROM FACILITY") == {"LILS"}
    names = [name for (name,) in database.execute("SELECT NAME FROM FACILITYCYCLE ORDER BY ID")]
    assert names[:4] == ["2000 cycle 2", "2000 cycle 3", "2000 cycle 4", "2001 cycle 1"]
    assert len(names) == 7


def test_datasets_lie_within_their_investigations(database):
    outside = (
        "SELECT count(*) FROM DATASET d JOIN INVESTIGATION i ON i.ID = d.INVESTIGATION_ID WHERE "
        "d.STARTDATE < i.STARTDATE OR d.END_DATE > i.ENDDATE OR d.STARTDATE > d.END_DATE"
    )
    assert number(database, outside) == 0


def test_scale_multiplies_the_datafiles_whose_names_stay_unique(tmp_path):
    generate(url(tmp_path / "large.db"), years=1, scale=3, progress=False)
    names = query(tmp_path / "large.db", "SELECT NAME, DATASET_ID FROM DATAFILE WHERE ID <= 1077")
    assert [name for name, _ in names] == [f"Datafile {i}" for i in range(1, 1078)]
    assert {dataset for _, dataset in names} == set(range(1, 24))
    rest = query(tmp_path / "large.db", "SELECT NAME FROM DATAFILE WHERE ID > 1077")
    assert not [name for (name,) in rest if name.startswith("Datafile")]


# Variety


@pytest.mark.parametrize(
    ("table", "owner"),
    [
        ("INVESTIGATIONUSER", "INVESTIGATION_ID"),
        ("INVESTIGATIONINSTRUMENT", "INVESTIGATION_ID"),
        ("INVESTIGATIONGROUP", "INVESTIGATION_ID"),
        ("KEYWORD", "INVESTIGATION_ID"),
        ("DATACOLLECTIONDATASET", "DATACOLLECTION_ID"),
        ("DATACOLLECTIONDATAFILE", "DATACOLLECTION_ID"),
        ("DATACOLLECTIONINVESTIGATION", "DATACOLLECTION_ID"),
        ("DATAPUBLICATIONDATE", "DATAPUBLICATION_ID"),
        ("DATAPUBLICATIONUSER", "DATAPUBLICATION_ID"),
        ("AFFILIATION", "DATAPUBLICATIONUSER_ID"),
    ],
)
def test_some_have_several_of_what_most_have_one_of(database, table, owner):
    several = f"SELECT {owner} FROM {table} GROUP BY {owner} HAVING count(*) > 1"
    assert len(database.execute(several).fetchall()) >= 12


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("INVESTIGATION", "STARTDATE"),
        ("INVESTIGATION", "ENDDATE"),
        ("INVESTIGATION", "RELEASEDATE"),
        ("INVESTIGATION", "DOI"),
        ("DATASET", "STARTDATE"),
        ("DATASET", "SAMPLE_ID"),
        ("SAMPLE", "SAMPLETYPE_ID"),
        ("DATAFILE", "LOCATION"),
        ("DATAFILE", "DATAFILEFORMAT_ID"),
        ("DATAPUBLICATION", "PUBLICATIONDATE"),
        ("STUDY", "USER_ID"),
        ("STUDY", "STATUS"),
        ("RULE_", "GROUPING_ID"),
    ],
)
def test_what_may_be_missing_is_missing_here_and_there(database, table, column):
    missing = number(database, f"SELECT count(*) FROM {table} WHERE {column} IS NULL")
    assert 2 <= missing < number(database, f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize(
    "odd", ["'", '"', "\\", "%", "_", "o.", "UPPER", "Å", "ü", "Ω", "玻璃", "µ"]
)
def test_odd_characters_are_found_in_titles(database, odd):
    assert any(odd in title for title in values(database, "SELECT TITLE FROM INVESTIGATION"))


def test_people_have_names_as_people_have(database):
    assert {"simple/demo", "simple/d'arcy"} <= values(database, "SELECT NAME FROM USER_")
    assert {"Róisín D'Arcy", "Käthe Weiß", "陈静 (Jing Chen)"} <= values(
        database, "SELECT FULLNAME FROM USER_"
    )
    demo = (
        "SELECT count(*) FROM INVESTIGATIONUSER iu JOIN USER_ u ON u.ID = iu.USER_ID "
        "WHERE u.NAME = 'simple/demo'"
    )
    assert number(database, demo) >= 3


def test_datafiles_are_empty_or_huge_but_always_have_a_size(database):
    sizes = values(database, "SELECT FILESIZE FROM DATAFILE")
    assert {None, 0} & sizes == {0}
    assert max(sizes) > 2**32


@pytest.mark.parametrize(
    "owner", ["INVESTIGATION", "SAMPLE", "DATASET", "DATAFILE", "DATACOLLECTION"]
)
def test_parameters_have_values_of_their_types_zero_and_less_included(database, owner):
    sql = (
        "SELECT t.VALUETYPE, p.DATETIME_VALUE IS NOT NULL, p.NUMERIC_VALUE IS NOT NULL, "
        f"p.STRING_VALUE IS NOT NULL FROM {owner}PARAMETER p "
        "JOIN PARAMETERTYPE t ON t.ID = p.PARAMETER_TYPE_ID"
    )
    assert set(database.execute(sql)) == {(0, 1, 0, 0), (1, 0, 1, 0), (2, 0, 0, 1)}
    numbers = values(database, f"SELECT NUMERIC_VALUE FROM {owner}PARAMETER")
    assert {0.0, -1.25} <= numbers


def test_texts_are_among_those_permitted_where_any_are(database):
    wrong = (
        "SELECT count(*) FROM DATASETPARAMETER p JOIN PARAMETERTYPE t "
        "ON t.ID = p.PARAMETER_TYPE_ID WHERE t.VALUETYPE = 2 "
        "AND EXISTS (SELECT 1 FROM PERMISSIBLESTRINGVALUE v WHERE v.PARAMETERTYPE_ID = t.ID) "
        "AND p.STRING_VALUE NOT IN "
        "(SELECT v.VALUE FROM PERMISSIBLESTRINGVALUE v WHERE v.PARAMETERTYPE_ID = t.ID)"
    )
    assert number(database, wrong) == 0


def test_units_are_those_of_the_field(database):
    units = {"K", "bar", "Å", "eV", "mm", "µm"}
    assert units <= values(database, "SELECT UNITS FROM PARAMETERTYPE")


def test_data_publications_of_both_types_have_dates_and_users(database):
    sql = (
        "SELECT t.NAME, count(*) FROM DATAPUBLICATION p JOIN DATAPUBLICATIONTYPE t "
        "ON t.ID = p.DATAPUBLICATIONTYPE_ID GROUP BY t.NAME"
    )
    assert dict(database.execute(sql)) == {"User-defined": 7, "Investigation": 7}
    bare = (
        "SELECT count(*) FROM DATAPUBLICATION p WHERE p.DATAPUBLICATIONTYPE_ID IS NOT NULL AND "
        "(p.ID NOT IN (SELECT DATAPUBLICATION_ID FROM DATAPUBLICATIONDATE) "
        "OR p.ID NOT IN (SELECT DATAPUBLICATION_ID FROM DATAPUBLICATIONUSER))"
    )
    assert number(database, bare) == 0


def test_investigations_are_released_long_ago_or_far_in_the_future(database):
    dates = values(database, "SELECT RELEASEDATE FROM INVESTIGATION") - {None}
    assert min(dates) < "2005" < "2999" < max(dates)


def test_dois_have_slashes_and_techniques_have_panet_addresses(database):
    for table in ("INVESTIGATION", "DATASET", "DATAFILE", "DATACOLLECTION"):
        dois = values(database, f"SELECT DOI FROM {table}")
        assert any(doi and doi.startswith("10.5072/") for doi in dois)
    pids = values(database, "SELECT PID FROM TECHNIQUE")
    assert "http://purl.org/pan-science/PaNET/PaNET01124" in pids


def test_studies_have_every_status(database):
    assert values(database, "SELECT STATUS FROM STUDY") == {None, 0, 1, 2, 3}


# File sizes


WRONG_SUMS = (
    "SELECT count(*) FROM DATASET d WHERE (d.FILESIZE, d.FILECOUNT) <> "
    "(SELECT coalesce(sum(f.FILESIZE), 0), count(*) FROM DATAFILE f WHERE f.DATASET_ID = d.ID)",
    "SELECT count(*) FROM INVESTIGATION i WHERE (i.FILESIZE, i.FILECOUNT) <> (SELECT "
    "coalesce(sum(d.FILESIZE), 0), coalesce(sum(d.FILECOUNT), 0) FROM DATASET d "
    "WHERE d.INVESTIGATION_ID = i.ID)",
)


@pytest.mark.parametrize("sql", WRONG_SUMS)
def test_sizes_are_the_sums_of_the_datafiles(database, sql):
    assert number(database, sql) == 0


def test_triggers_keep_the_sizes_right_afterwards(tmp_path):
    generate(url(tmp_path / "new.db"), years=1, progress=False)
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        connection.execute("DELETE FROM DATAFILE WHERE NAME LIKE 'Datafile %'")
        assert [number(connection, sql) for sql in WRONG_SUMS] == [0, 0]


# Databases as they are found


def test_a_catalogue_laid_out_before_is_filled_with_the_same_rows(filled, tmp_path):
    create_catalogue(url(tmp_path / "laid_out.db"))
    generate(url(tmp_path / "laid_out.db"), years=2, progress=False)
    for table in TABLES:
        rows = f"SELECT * FROM {table} ORDER BY ID"
        assert query(tmp_path / "laid_out.db", rows) == query(filled, rows), table
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    assert query(tmp_path / "laid_out.db", triggers) == query(filled, triggers)


@pytest.mark.parametrize("version", ["4.11", "5.0"])
def test_a_catalogue_of_an_older_icat_gets_what_it_has_room_for(tmp_path, version):
    path = tmp_path / "old.db"
    create_catalogue(url(path), version)
    written = generate(url(path), years=1, progress=False)
    schema = icat_schema.as_of(version)
    counts = {
        e.table: query(path, f"SELECT count(*) FROM {e.table}") for e in schema.entities.values()
    }
    assert all(count > 0 for ((count,),) in counts.values())
    assert sum(count for ((count,),) in counts.values()) == written


def test_a_database_with_rows_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "used.db"
    generate(url(path), years=1, progress=False)
    before = dump(path)
    with pytest.raises(ConfigurationError, match="holds a catalogue already, with rows in 53 tab"):
        generate(url(path), years=1, seed=2, progress=False)
    assert dump(path) == before


def test_a_database_with_one_of_the_tables_is_refused(tmp_path):
    path = tmp_path / "part.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE INVESTIGATION (ID INTEGER)")
    with pytest.raises(
        ConfigurationError, match=r"some of ICAT's tables only \(INVESTIGATION, …\)"
    ):
        generate(url(path), progress=False)


def test_a_file_that_cannot_be_opened_is_no_traceback(tmp_path):
    with pytest.raises(BackendUnavailable, match="cannot be reached"):
        generate(url(tmp_path / "none" / "such.db"), years=1, progress=False)


# Command line


def test_the_command_fills_a_database_and_tells_the_number_of_rows(tmp_path):
    path = tmp_path / "new.db"
    result = CliRunner().invoke(main, ["-s", "3", "-y", "1", "--db-url", url(path)])
    total = sum(query(path, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES)
    assert result.exit_code == 0
    assert result.stdout == f"Wrote {total} rows.\n"
    assert f"{total}/{total}" in result.stderr


def test_the_command_is_silent_when_asked(tmp_path):
    arguments = ["--years", "1", "--quiet", "--db-url", url(tmp_path / "new.db")]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing option '--db-url'"),
        (["--db-url", "nonsense"], "must be a database URL"),
        (["--db-url", "sqlite:///x.db", "--years", "0"], "0 is not in the range"),
        (["--db-url", "sqlite:///x.db", "--scale", "half"], "'half' is not a valid integer"),
    ],
)
def test_a_wrong_command_is_explained(arguments, message):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_command_names_the_remedy_for_a_database_with_rows(tmp_path):
    arguments = ["-y", "1", "--quiet", "--db-url", url(tmp_path / "new.db")]
    CliRunner().invoke(main, arguments)
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "name an empty database" in result.stderr
    assert "Traceback" not in result.output
