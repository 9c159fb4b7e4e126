"""The README has a row for each operator, error code, parameter and setting, and none is stale."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from datagateway_api.core import errors
from datagateway_api.core.errors import ApiError, ConfigurationError
from datagateway_api.core.query.operators import LIST_OPERATORS, OPERATORS
from datagateway_api.core.query.parse import PARAMETERS
from datagateway_api.modes import section_models
from datagateway_api.releases.entity import FIELDS
from datagateway_api.settings import ServerSettings
from datagateway_api.settings.report import rows as settings_of
from test.support.catalogue import app_over, client_of, fill

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([^`]+)`")


def table_rows() -> Iterator[tuple[set[str], list[str]]]:
    """Each row of the README's tables: the names in its first cell, and its further cells."""
    for line in README.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| ") and NAMED.search(cells[0]):
            yield set(NAMED.findall(cells[0])), cells[1:]


ROWS = list(table_rows())


def cells_of(name: str) -> list[str]:
    """The further cells of the row that names something; without such a row the test fails."""
    found = [cells for names, cells in ROWS if name in names]
    assert found, f"README.md has no row for `{name}`"
    return found[0]


def error_classes() -> list[type[ApiError]]:
    found = vars(errors).values()
    return [
        each
        for each in found
        if isinstance(each, type) and issubclass(each, ApiError) and each is not ConfigurationError
    ]


def setting_names() -> list[str]:
    found = [row.key for row in settings_of(ServerSettings)]
    for model in section_models().values():
        found += [row.key for row in settings_of(model)]
    return [*dict.fromkeys(found)]


@pytest.mark.parametrize(
    "name",
    [name for row in (*OPERATORS, *LIST_OPERATORS) for name in (row.name, *row.aliases)],
    ids=str,
)
def test_every_operator_has_a_row(name):
    assert cells_of(name)


@pytest.mark.parametrize("row", [*OPERATORS, *LIST_OPERATORS], ids=lambda row: row.name)
def test_the_row_of_an_operator_shows_its_example(row):
    assert f"`{row.example}`" in cells_of(row.name)[0]


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_query_parameter_has_a_row(name):
    assert NAMED.search(cells_of(name)[0])


@pytest.mark.parametrize("cls", error_classes(), ids=lambda cls: cls.__name__)
def test_every_error_code_has_a_row_with_its_status(cls):
    assert str(cls.status) in re.findall(r"\d+", cells_of(cls.code)[0])


@pytest.mark.parametrize("name", setting_names())
def test_every_setting_has_a_row(name):
    assert cells_of(name)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('docs')}/catalogue.db"
    fill(url)
    with client_of(app_over(url)) as client:
        yield client


@pytest.mark.parametrize("row", OPERATORS, ids=lambda row: row.name)
def test_the_example_of_an_operator_runs(row, client):
    response = client.get("/investigations", query_string={"where": row.example})
    assert response.status_code == 200, response.json
    number = client.get("/investigations/count", query_string={"where": row.example})
    assert number.json == len(response.json)


@pytest.mark.parametrize("row", PARAMETERS.values(), ids=lambda row: row.name)
def test_the_examples_of_a_parameter_run(row, client):
    for example in (row.example, NAMED.findall(cells_of(row.name)[0])[0]):
        response = client.get("/investigations/count", query_string={row.name: example})
        assert response.status_code == 200, response.json


def test_the_guide_for_data_managers_has_a_row_for_each_field():
    guide = Path(__file__).parents[2] / "docs" / "guide" / "releases.md"
    rows = re.findall(r"^\| `(\w+)` \|", guide.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in rows if name in FIELDS] == list(FIELDS)
