"""The guide to the search API has what its tables promise, and its examples are true."""

import json
import re
from pathlib import Path

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.search.binding import bind
from datagateway_api.search.mapping_file import Faults, parse
from datagateway_api.search.operators import OPERATORS
from datagateway_api.search.panosc import ENTITIES
from datagateway_api.search.parts import EXAMPLE, checked_mapping

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide" / "search.md").read_text(encoding="utf-8")
SHIPPED = ROOT / "datagateway_api" / "search" / EXAMPLE
NAMED = re.compile(r"`([^`]+)`")
ROWS = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if line.startswith("| `")]


def row_of(name: str) -> list[str]:
    found = [cells for cells in ROWS if name in NAMED.findall(cells[0])]
    assert found, f"docs/guide/search.md has no row for `{name}`"
    return found[0]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_every_operator_has_a_row_with_its_example(operator):
    assert f"`{operator.example}`" in row_of(operator.name)[1]
    assert set(operator.aliases) < set(NAMED.findall(row_of(operator.name)[0])) | {""}


@pytest.mark.parametrize("name", ENTITIES)
def test_every_class_has_a_row_that_names_its_attributes_and_relations(name):
    assert set(ENTITIES[name].names) - set(NAMED.findall(row_of(name)[1])) - {"isPublic"} == set()


def test_the_shipped_mapping_has_no_fault():
    assert set(checked_mapping(None).classes) == set(ENTITIES)


def test_the_shipped_mapping_gives_every_name_a_place():
    shipped = json.loads(SHIPPED.read_text("utf-8"))
    for name, entity in ENTITIES.items():
        assert set(shipped[name]) == {"base_icat_entity", *entity.names}


def test_the_mapping_of_another_facility_has_no_fault():
    (text,) = (
        block
        for block in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
        if "study.pid" in block
    )
    shipped = json.loads(SHIPPED.read_text("utf-8"))
    faults = Faults()
    bind(parse({**shipped, **json.loads("{" + text + "}"), "Member": {
        **shipped["Member"], "base_icat_entity": "InvestigationUser"}, "Affiliation": {
        **shipped["Affiliation"], "base_icat_entity": "User"}}, faults),
        icat_schema.load(), faults)  # fmt: skip
    places = {fault.partition(":")[0] for fault in faults.found}
    assert not places & {"Document", "Instrument"}, faults.found
    assert not any(place.startswith(("Document.", "Instrument.")) for place in places), places
