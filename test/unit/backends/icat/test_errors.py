"""What ICAT answers instead of a result becomes the project's own errors, and says no more."""

from urllib.error import URLError

import pytest
from suds.transport import TransportError

from datagateway_api.backends.icat.errors import Fault, meaning, reached, translated
from datagateway_api.core.errors import (
    AlreadyExists,
    BackendError,
    BackendTimeout,
    BackendUnavailable,
    BadRequest,
    Forbidden,
    NotFound,
    SessionInvalid,
)


@pytest.mark.parametrize(
    ("type_", "error"),
    [
        ("SESSION", SessionInvalid),
        ("INSUFFICIENT_PRIVILEGES", Forbidden),
        ("NO_SUCH_OBJECT_FOUND", NotFound),
        ("OBJECT_ALREADY_EXISTS", AlreadyExists),
        ("VALIDATION", BadRequest),
        ("BAD_PARAMETER", BadRequest),
        ("INTERNAL", BackendError),
        ("NOT_IMPLEMENTED", BackendError),
        ("SOMETHING_NEW", BackendError),
    ],
)
def test_a_type_of_fault_has_its_error(type_, error):
    with pytest.raises(error) as found, translated():
        raise Fault(type_, "its words", 0)
    assert type(found.value) is error
    assert isinstance(found.value.__cause__, Fault)


@pytest.mark.parametrize("type_", ["VALIDATION", "INSUFFICIENT_PRIVILEGES", "BAD_PARAMETER"])
def test_what_icat_says_is_shown_but_for_queries_and_talk_of_sessions(type_):
    assert "name cannot be null" in meaning(Fault(type_, "Facility: name cannot be null.")).message
    for words in ("Syntax error parsing [SELECT o FROM X o]", "the Session id:5 has expired"):
        message = meaning(Fault(type_, words)).message
        assert "no reason that can be shown" in message
        assert "session" not in message.lower()
    assert len(meaning(Fault(type_, "x" * 5000)).message) < 600


def test_the_session_id_in_icats_words_is_not_shown():
    error = meaning(Fault("SESSION", "Unable to find user by sessionid: abc-def"))
    assert "abc-def" not in error.message


def test_sql_in_icats_words_is_not_logged(caplog):
    meaning(Fault("INTERNAL", "Query failed.\nCall: SELECT NAME FROM USER_ WHERE ID = 5"))
    assert "Query failed." in caplog.text
    assert "USER_" not in caplog.text


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (URLError(ConnectionRefusedError()), BackendUnavailable),
        (URLError(TimeoutError()), BackendUnavailable),
        (ConnectionResetError(), BackendUnavailable),
        (TimeoutError(), BackendTimeout),
        (TransportError("Bad Gateway", 502), BackendUnavailable),
        (TransportError("Service Unavailable", 503), BackendUnavailable),
        (TransportError("Not Found", 404), BackendError),
    ],
)
def test_a_failure_to_reach_icat_has_its_error(raised, error):
    with pytest.raises(error) as found, reached():
        raise raised
    assert type(found.value) is error


def test_an_error_of_our_own_is_left_alone():
    for own in (NotFound("x"), Fault("SESSION", "y"), ZeroDivisionError()):
        with pytest.raises(type(own)) as found, reached():
            raise own
        assert found.value is own
