"""What the mock catalogue holds for the search: techniques, measured values, words to find."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from datagateway_api.search.science.techniques import Hierarchy
from datagateway_api.search.science.units import convert
from util.icat_db_generator import generate

PUBLIC = "i.RELEASEDATE < '2026-01-01'"


@pytest.fixture(scope="module", params=[1, 2], ids=["seed 1", "seed 2"])
def database(request, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("science") / "catalogue.db"
    generate(f"sqlite:///{path}", seed=request.param, years=1, progress=False)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def rows(database: sqlite3.Connection, sql: str) -> list[tuple]:
    return database.execute(sql).fetchall()


def test_public_data_are_tagged_with_techniques_of_the_demo_table_and_their_kinds(database):
    with as_file(files("datagateway_api.search.science") / "techniques_demo.csv") as path:
        hierarchy = Hierarchy.load(path)
    tags = rows(
        database,
        "SELECT d.ID, t.PID FROM DATASETTECHNIQUE dt JOIN TECHNIQUE t ON t.ID = dt.TECHNIQUE_ID "
        "JOIN DATASET d ON d.ID = dt.DATASET_ID JOIN INVESTIGATION i ON i.ID = d.INVESTIGATION_ID "
        f"WHERE {PUBLIC} AND t.PID LIKE 'http%'",
    )
    small, saxs, gisaxs = (
        {dataset for dataset, pid in tags if pid in hierarchy.closure(name)}
        for name in ("SAS", "SAXS", "GISAXS")
    )
    assert set() < gisaxs < saxs < small


@pytest.mark.parametrize("owner", ["DATASET", "SAMPLE", "INVESTIGATION"])
def test_one_quantity_comes_in_several_units(database, owner):
    found = rows(
        database,
        f"SELECT t.NAME, t.UNITS, p.NUMERIC_VALUE FROM {owner}PARAMETER p "
        "JOIN PARAMETERTYPE t ON t.ID = p.PARAMETER_TYPE_ID WHERE t.VALUETYPE = 1",
    )
    temperatures = {(unit, value) for name, unit, value in found if name == "sample_temperature"}
    assert {("K", 293.15), ("celsius", 20.0)} <= temperatures
    assert convert(20.0, "celsius", "K") == 293.15
    assert {unit for name, unit, _ in found if name == "incident_wavelength"} == {"angstrom", "nm"}
    assert "counts per florp" in {unit for _, unit, _ in found}


def test_texts_and_dates_are_values_too_and_texts_may_look_like_numbers_or_be_empty(database):
    found = rows(
        database,
        "SELECT t.NAME, p.STRING_VALUE, p.DATETIME_VALUE FROM DATASETPARAMETER p "
        "JOIN PARAMETERTYPE t ON t.ID = p.PARAMETER_TYPE_ID",
    )
    labels = {text for name, text, _ in found if name == "run_label"}
    assert {"10", "May", ""} <= labels
    assert "Cu" in {text for name, text, _ in found if name == "sample_chemical_formula"}
    assert any(date for name, _, date in found if name == "measurement_begun")


def test_some_documents_can_be_found_by_words_and_some_are_under_embargo(database):
    found = rows(database, f"SELECT TITLE, SUMMARY, {PUBLIC} FROM INVESTIGATION i")
    copper = [is_public for title, _, is_public in found if "Copper" in title]
    neutrons = [is_public for title, _, is_public in found if "neutrons" in title]
    assert 1 in copper
    assert 1 in neutrons
    assert rows(database, "SELECT 1 FROM INVESTIGATION WHERE RELEASEDATE > '2900-01-01'")
    assert rows(database, "SELECT 1 FROM INVESTIGATION WHERE RELEASEDATE IS NULL")


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT 1 FROM INVESTIGATION i WHERE {PUBLIC} AND i.DOI LIKE '10.%/%/%'",
        "SELECT 1 FROM DATASET d JOIN INVESTIGATION i ON i.ID = d.INVESTIGATION_ID "
        f"WHERE {PUBLIC} AND d.DOI LIKE '10.%/%/%'",
        f"SELECT 1 FROM KEYWORD k JOIN INVESTIGATION i ON i.ID = k.INVESTIGATION_ID WHERE {PUBLIC}",
        "SELECT 1 FROM DATASETINSTRUMENT di JOIN INSTRUMENT n ON n.ID = di.INSTRUMENT_ID "
        "WHERE n.PID LIKE '10.%/%'",
        "SELECT 1 FROM DATAPUBLICATION p JOIN DATAPUBLICATIONUSER u ON u.DATAPUBLICATION_ID = p.ID "
        "JOIN AFFILIATION a ON a.DATAPUBLICATIONUSER_ID = u.ID "
        "JOIN RELATEDITEM r ON r.DATAPUBLICATION_ID = p.ID WHERE p.PUBLICATIONDATE IS NOT NULL",
        "SELECT 1 FROM INVESTIGATIONUSER iu JOIN USER_ u ON u.ID = iu.USER_ID "
        "WHERE u.AFFILIATION IS NOT NULL",
    ],
)
def test_what_the_search_shows_is_there(database, sql):
    assert rows(database, sql)
