"""A query's columns as a table."""

import pytest

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.columns import columns
from datagateway_api.core.query.model import Asked
from test.support.queries import SCHEMA, checker

STAMPS = ["id", "createId", "createTime", "modId", "modTime"]


def names(entity: str, asked: Asked) -> list[str]:
    query = checker().rows(SCHEMA.entities[entity], asked)
    return [".".join(column) for column in columns(query, SCHEMA)]


def test_a_row_has_the_columns_of_its_attributes_in_their_order():
    assert names("Keyword", Asked()) == [*STAMPS, "name"]


def test_fields_choose_columns_and_the_id_is_always_one():
    assert names("Keyword", Asked(fields=("name",))) == ["id", "name"]
    assert names("Keyword", Asked(fields=("name", "createId"))) == ["id", "createId", "name"]


def test_included_objects_have_dotted_columns_below_each_other():
    found = names("Datafile", Asked(fields=("name",), include=("dataset.type", "datafileFormat")))
    dataset = [*STAMPS, "complete", "description", "doi", "endDate", "fileCount", "fileSize"]
    dataset += ["location", "name", "startDate"]
    wanted = ["id", "name"]
    format_ = [*STAMPS, "description", "name", "type", "version"]
    type_ = [*STAMPS, "description", "name"]
    below = [f"dataset.{name}" for name in dataset] + [f"dataset.type.{name}" for name in type_]
    others = [f"datafileFormat.{name}" for name in format_]
    assert sorted(found) == sorted([*wanted, *below, *others])
    assert found[:2] == wanted
    assert len(set(found)) == len(found)


def test_distinct_paths_are_the_columns():
    asked = Asked(distinct=("type.name", "investigationUsers.user.name"))
    assert names("Investigation", asked) == ["type.name", "investigationUsers.user.name"]


@pytest.mark.parametrize(
    ("include", "place"),
    [("datasets", "datasets"), ("type.investigations", "type.investigations"),
     ({"type": ["facility", "investigations"]}, "type.investigations")],
)  # fmt: skip
def test_lists_have_no_place_in_a_table(include, place):
    with pytest.raises(BadFilter, match=f"{place} is a list.*NDJSON"):
        names("Investigation", Asked(include=(include,)))
