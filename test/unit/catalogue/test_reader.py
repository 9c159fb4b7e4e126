"""What every reading request does before the backend is asked for rows."""

from unittest.mock import Mock, create_autospec

import pytest
from flask import Flask

from datagateway_api.backends.base import Backend, Caller
from datagateway_api.catalogue.reader import Reader
from datagateway_api.catalogue.settings import CatalogueSection
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BadFilter, NoCredentials, NotFound, SessionInvalid
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.parse import BY_ID, COUNT, LIST

APP = Flask("test", static_folder=None)


SCHEMAS = {version: icat_schema.as_of(version) for version in ("6.2", "4.11")}
SECTION = CatalogueSection(extension="/", backend="db", db_url="sqlite:///unused.db")


def backend_of(version: str) -> Mock:
    """A backend without rows, which knows one session and the schema of one release."""
    backend: Mock = create_autospec(Backend, instance=True)
    backend.schema.return_value = SCHEMAS[version]
    backend.authenticate.side_effect = authenticate
    return backend


def authenticate(session_id: str) -> Caller:
    if session_id != "known":
        raise SessionInvalid("the session is unknown")
    return Caller(session_id, "anon/anon")


def reader(version: str = "6.2", **changes: object) -> Reader:
    return Reader(backend_of(version), SECTION.model_copy(update=changes))


def query(of: Reader, text: str, entity: str = "Investigation", known=LIST, check=Checker.rows):
    with APP.test_request_context(query_string=text):
        return of.query(entity, known, check)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, NoCredentials),
        ({"Authorization": "known"}, SessionInvalid),
        ({"Authorization": "Bearer other"}, SessionInvalid),
    ],
)
def test_a_request_without_a_good_session_is_refused(headers, expected):
    with APP.test_request_context(headers=headers), pytest.raises(expected):
        reader().caller()


def test_a_request_with_a_good_session_has_a_caller():
    with APP.test_request_context(headers={"Authorization": "Bearer known"}):
        assert reader().caller().user_name == "anon/anon"


def test_a_query_string_is_checked_against_the_entity():
    found = query(reader(), "limit=5&order=name")
    assert (found.entity.name, found.limit, str(found.order[0].path)) == (
        "Investigation",
        5,
        "name",
    )


def test_the_same_query_string_is_checked_once():
    of = reader()
    assert query(of, "limit=5") is query(of, "limit=5")
    assert query(of, "limit=5") is not query(of, "limit=6")
    assert query(of, "limit=5") is not query(of, "limit=5", entity="Dataset")
    assert query(of, "limit=5") is not query(of, "limit=5", known=COUNT, check=Checker.count)


def test_a_bad_query_stays_bad():
    of = reader()
    for _ in range(2):
        with pytest.raises(BadFilter, match="limit must be JSON"):
            query(of, "limit=x1")


def test_a_request_knows_only_its_own_parameters():
    with pytest.raises(BadFilter, match='unknown query parameter "limit"'):
        query(reader(), "limit=5", known=BY_ID, check=Checker.by_id)


@pytest.mark.parametrize(
    ("changes", "text", "message"),
    [
        ({"max_limit": 10}, "limit=11", "limit must be at most 10"),
        ({"max_limit": 10}, "", "limit must be at most 10"),
        ({"max_path_depth": 1}, 'where={"type.facility.name":"a"}', "more than 1 relations"),
    ],
)
def test_the_limits_of_the_settings_hold(changes, text, message):
    with pytest.raises(BadFilter, match=message):
        query(reader(**changes), text)


def test_the_setting_about_apostrophes_holds():
    text = 'where={"name":"it\'\'s"}'
    assert query(reader(), text).where.operand == "it's"
    assert query(reader(undouble_apostrophes=False), text).where.operand == "it''s"


def test_an_entity_that_the_catalogue_lacks_is_not_found():
    with pytest.raises(NotFound, match="this catalogue has no Technique"):
        query(reader("4.11"), "", entity="Technique")


def test_a_query_that_is_not_latin_letters_is_read():
    assert query(reader(), 'where={"name":"Größe 中"}').where.operand == "Größe 中"


def test_a_new_schema_makes_a_new_checker():
    backend = backend_of("4.11")
    of = Reader(backend, SECTION)
    with pytest.raises(BadFilter):
        query(of, "order=fileCount")
    backend.schema.return_value = SCHEMAS["6.2"]
    assert str(query(of, "order=fileCount").order[0].path) == "fileCount"
