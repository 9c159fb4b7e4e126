"""The schemas of bodies and answers say what the rest of the program does."""

import json
import re
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from datagateway_api.catalogue.openapi import describe
from datagateway_api.catalogue.openapi_schemas import example_body, example_changes
from datagateway_api.catalogue.settings import CatalogueSection
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import FieldType
from datagateway_api.core.errors import ApiError, BadRequest
from datagateway_api.core.query.operators import OPERATOR_NAMES
from datagateway_api.core.writing.check import BodyChecker
from datagateway_api.web.openapi import errors, rendered

SCHEMA = icat_schema.load()
SECTION = CatalogueSection.model_validate(
    {"extension": "/", "backend": "db", "db_url": "sqlite:///x.db"}
)
NAMES = list(SCHEMA.entities)


@cache
def document() -> dict[str, Any]:
    return rendered(describe(SCHEMA, SECTION, ""))


def accepts(name: str, path: str, method: str, body: object) -> bool:
    """Whether the documented schema of a request's body accepts a body."""
    registry = Registry().with_resource("urn:x", DRAFT202012.create_resource(document()))
    place = f"/{SCHEMA.entities[name].endpoint}{path}".replace("/", "~1")
    pointer = f"#/paths/{place}/{method}/requestBody/content/application~1json/schema"
    return Draft202012Validator({"$ref": f"urn:x{pointer}"}, registry=registry).is_valid(body)


def is_refused(check: Any, *arguments: object) -> bool:
    try:
        check(*arguments)
    except BadRequest:
        return True
    return False


WHOLE = {"name": "a", "title": "b", "visitId": "c", "facility": 1, "type": 1}
CHILD = {"name": "d", "complete": True, "type": 1}
CREATIONS = [
    ("Investigation", WHOLE, True),
    ("Investigation", [WHOLE, WHOLE], True),
    ("Investigation", [], True),
    ("Investigation", 1, False),
    ("Investigation", None, False),
    ("Investigation", [1], False),
    ("Investigation", {}, False),
    ("Investigation", {**WHOLE, "facility": {"id": 1}}, True),
    ("Investigation", {**WHOLE, "facility": {"id": 1, "name": "x"}}, False),
    ("Investigation", {**WHOLE, "facility": None}, False),
    ("Investigation", {**WHOLE, "facility": 0}, False),
    ("Investigation", {**WHOLE, "facility": 2**63}, False),
    ("Investigation", {**WHOLE, "facilityID": 1}, False),
    ("Investigation", {k: v for k, v in WHOLE.items() if k != "facility"}, False),
    ("Investigation", {k: v for k, v in WHOLE.items() if k != "name"}, False),
    (
        "Investigation",
        {**{k: v for k, v in WHOLE.items() if k != "type"}, "typeID": 1},
        True,
    ),
    ("Investigation", {**WHOLE, "name": None}, False),
    ("Investigation", {**WHOLE, "name": 1}, False),
    ("Investigation", {**WHOLE, "name": "x" * 255}, True),
    ("Investigation", {**WHOLE, "name": "x" * 256}, False),
    ("Investigation", {**WHOLE, "summary": None}, True),
    ("Investigation", {**WHOLE, "id": 1}, False),
    ("Investigation", {**WHOLE, "createId": "x"}, False),
    ("Investigation", {**WHOLE, "modTime": "2000-01-01"}, False),
    ("Investigation", {**WHOLE, "nothing": 1}, False),
    ("Investigation", {**WHOLE, "startDate": "2000-01-01"}, True),
    ("Investigation", {**WHOLE, "startDate": "2000-01-01 10:00:00"}, True),
    ("Investigation", {**WHOLE, "startDate": "2000-01-01T10:00:00.5Z"}, True),
    ("Investigation", {**WHOLE, "startDate": "2000-01-01 10:00:00+00:00"}, True),
    ("Investigation", {**WHOLE, "startDate": "yesterday"}, False),
    ("Investigation", {**WHOLE, "startDate": 1}, False),
    ("Investigation", {**WHOLE, "datasets": []}, True),
    ("Investigation", {**WHOLE, "datasets": [CHILD, CHILD]}, True),
    ("Investigation", {**WHOLE, "datasets": CHILD}, False),
    ("Investigation", {**WHOLE, "datasets": [{**CHILD, "investigation": 1}]}, False),
    ("Investigation", {**WHOLE, "datasets": [{"name": "d", "complete": True}]}, False),
    ("Investigation", {**WHOLE, "datasets": [{**CHILD, "datafiles": [{"name": "e"}]}]}, True),
    ("Investigation", {**WHOLE, "datasets": [{**CHILD, "datafiles": [{}]}]}, False),
    ("Dataset", {**CHILD, "investigation": 1, "sample": None}, True),
    ("Dataset", {"name": "d", "type": 1, "investigation": 1}, True),
    ("Study", {"name": "s", "status": "NEW"}, True),
    ("Study", {"name": "s", "status": None}, True),
    ("Study", {"name": "s", "status": "OLD"}, False),
    ("Study", {"name": "s", "user": None}, True),
    ("Facility", {"name": "f", "daysUntilRelease": 5}, True),
    ("Facility", {"name": "f", "daysUntilRelease": 1.5}, False),
    ("DatasetParameter", {"type": 1, "dataset": 1, "numericValue": 1}, True),
    ("DatasetParameter", {"type": 1, "dataset": 1, "numericValue": "much"}, False),
]
CHANGES = [
    ("Investigation", {"id": 1, "name": "x"}, True),
    ("Investigation", [{"id": 1}, {"id": 2, "type": 3}], True),
    ("Investigation", {"name": "x"}, False),
    ("Investigation", {"id": 0, "name": "x"}, False),
    ("Investigation", {"id": 1, "name": None}, False),
    ("Investigation", {"id": 1, "modId": "x"}, False),
    ("Investigation", {"id": 1, "datasets": []}, False),
    ("Investigation", {"id": 1, "facility": None}, False),
    ("Dataset", {"id": 1, "sample": None}, True),
]


@pytest.mark.parametrize(("name", "body", "is_right"), CREATIONS)
def test_a_body_that_creates_is_documented_as_it_is_checked(name, body, is_right):
    checker = BodyChecker(SCHEMA)
    assert accepts(name, "", "post", body) is is_right
    assert is_refused(checker.creation, SCHEMA.entities[name], body) is not is_right


@pytest.mark.parametrize(("name", "body", "is_right"), CHANGES)
def test_a_body_that_changes_is_documented_as_it_is_checked(name, body, is_right):
    checker = BodyChecker(SCHEMA)
    assert accepts(name, "", "patch", body) is is_right
    assert is_refused(checker.changes, SCHEMA.entities[name], body) is not is_right


def test_a_body_that_changes_one_object_does_not_name_it():
    entity, checker = SCHEMA.entities["Investigation"], BodyChecker(SCHEMA)
    for body, is_right in (({"name": "x"}, True), ({"id": 1, "name": "x"}, False)):
        assert accepts("Investigation", "/{id}", "patch", body) is is_right
        assert is_refused(checker.change, entity, 1, body) is not is_right


@pytest.mark.parametrize("name", NAMES)
def test_the_example_bodies_of_every_entity_are_right(name):
    entity, checker = SCHEMA.entities[name], BodyChecker(SCHEMA)
    created, changed = example_body(entity), example_changes(entity)
    assert accepts(name, "", "post", created)
    assert checker.creation(entity, created)
    assert accepts(name, "/{id}", "patch", changed)
    assert checker.change(entity, 1, changed).id == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_of_an_object_has_what_its_entity_has(name):
    entity, schemas = SCHEMA.entities[name], document()["components"]["schemas"]
    schema = schemas[name]
    assert set(schema["properties"]) == set(entity.names)
    assert schema["required"] == list(entity.fields)
    for field in entity.fields.values():
        found = schema["properties"][field.name]
        assert found.get("maxLength") == field.length
        assert ("null" in found["type"]) is field.nullable
        if field.type is FieldType.ENUM:
            assert [value for value in found["enum"] if value] == list(field.choices)
    (example,) = schema["examples"]
    registry = Registry().with_resource("urn:x", DRAFT202012.create_resource(document()))
    pointer = {"$ref": f"urn:x#/components/schemas/{name}"}
    Draft202012Validator(pointer, registry=registry).validate(example)


def test_every_error_code_and_status_is_documented():
    properties = document()["components"]["schemas"]["Error"]["properties"]
    assert set(properties["code"]["enum"]) == {error.code for error in errors()}
    assert ApiError in set(errors())
    answers = describe(SCHEMA, SECTION, "").to_dict()["components"]["responses"]
    for error in errors():
        assert f"`{error.code}`" in answers[f"Error{error.status}"]["description"]


def test_only_errors_that_an_address_can_give_are_in_the_document():
    answers = document()["components"]["responses"]
    assert {"Error400", "Error404", "Error405", "Error412", "Error500"} <= set(answers)
    assert "Error409" not in answers


def test_every_reference_leads_somewhere():
    text = json.dumps(document())
    for kind, name in set(re.findall(r'"#/components/(\w+)/([^"]+)"', text)):
        assert name in document()["components"][kind]
    assert text.count('"$ref"') == len(re.findall(r'"\$ref": "#/components/\w+/[^"/]+"', text))


def test_every_operator_is_documented():
    condition = document()["components"]["schemas"]["Condition"]
    assert set(condition["properties"]) == set(OPERATOR_NAMES)


def test_the_place_below_which_the_catalogue_answers_is_documented():
    (server,) = rendered(describe(SCHEMA, SECTION, "/gateway/icat"))["servers"]
    assert server["url"] == "/gateway/icat"
