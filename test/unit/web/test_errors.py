"""From exceptions to the one body shape."""

import logging

import pytest
from flask import Flask
from werkzeug import exceptions

from datagateway_api.core import errors
from datagateway_api.web.errors import ZERO_WIDTH_SPACE, answer, install, meaning

APP = Flask("test", static_folder=None)


def answered(error: Exception):
    with APP.test_request_context(headers={"X-Request-Id": "r1"}):
        return answer(error)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.BadFilter("x"), 400, "bad_filter"),
        (errors.NoCredentials("x"), 401, "no_credentials"),
        (errors.SessionInvalid("x"), 403, "session_invalid"),
        (errors.NotFound("x"), 404, "not_found"),
        (errors.BackendError("x"), 502, "backend_error"),
        (errors.BackendUnavailable("x"), 503, "backend_unavailable"),
        (errors.BackendTimeout("x"), 504, "backend_unavailable"),
        (exceptions.BadRequest(), 400, "bad_request"),
        (exceptions.BadRequestKeyError("x"), 400, "bad_request"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.MethodNotAllowed(["GET"]), 405, "method_not_allowed"),
        (exceptions.RequestEntityTooLarge(), 413, "too_large"),
        (exceptions.UnsupportedMediaType(), 415, "unsupported_media_type"),
        (exceptions.ImATeapot(), 400, "bad_request"),
        (exceptions.InternalServerError(), 500, "internal"),
        (exceptions.ServiceUnavailable(), 500, "internal"),
        (ValueError("SELECT secret"), 500, "internal"),
        (KeyError("password"), 500, "internal"),
    ],
)
def test_an_exception_has_a_status_and_a_code(error, status, code):
    found = meaning(error)
    assert (found.status, found.code) == (status, code)


def test_an_answer_has_the_one_shape():
    response = answered(errors.NotFound("there is no Dataset with id 5"))
    assert response.status_code == 404
    assert response.mimetype == "application/json"
    assert response.json == {
        "message": "there is no Dataset with id 5",
        "code": "not_found",
        "status": 404,
        "requestId": "r1",
    }


def test_details_are_answered_where_there_are_any():
    response = answered(errors.AlreadyExists("taken", details=[{"field": "name"}]))
    assert response.json["details"] == [{"field": "name"}]
    assert "details" not in answered(errors.AlreadyExists("taken", details=[])).json


def test_the_message_of_a_failure_tells_nothing_of_its_cause(caplog):
    response = answered(ValueError("SELECT secret FROM USER_"))
    assert "secret" not in response.get_data(as_text=True)
    assert "log holds the cause" in response.json["message"]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "[r1]" in record.getMessage()
    assert record.exc_info


def test_a_client_s_mistake_is_logged_without_a_traceback(caplog):
    caplog.set_level(logging.INFO)
    answered(errors.BadFilter("limit must be a whole number"))
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.INFO, None)
    assert record.getMessage() == "400 bad_filter [r1]"


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (errors.BackendUnavailable("away"), "5"),
        (errors.BackendUnavailable("busy", retry_after=1), "1"),
        (errors.Forbidden("too often", retry_after=60), "60"),
        (errors.Forbidden("no"), None),
        (errors.BadFilter("no"), None),
    ],
)
def test_an_answer_says_when_to_try_again(error, seconds):
    assert answered(error).headers.get("Retry-After") == seconds


def test_allow_is_kept_and_no_other_header():
    response = answered(exceptions.MethodNotAllowed(["GET", "POST"]))
    assert response.headers["Allow"] == "GET, POST"
    plain = answered(exceptions.Unauthorized(www_authenticate=None))
    assert "Allow" not in plain.headers


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("unknown Session", f"unknown Sess{ZERO_WIDTH_SPACE}ion"),
        ("SESSION_", f"SESS{ZERO_WIDTH_SPACE}ION_"),
        ("sessions session", f"sess{ZERO_WIDTH_SPACE}ions sess{ZERO_WIDTH_SPACE}ion"),
        ("possess", "possess"),
    ],
)
def test_the_word_session_logs_nobody_out_by_mistake(message, shown):
    assert answered(errors.BadFilter(message)).json["message"] == shown
    assert "session" not in answered(errors.Forbidden(message)).json["message"].lower()


def test_the_word_session_is_whole_where_the_session_is_the_problem():
    assert answered(errors.SessionInvalid("the session ended")).json["message"] == (
        "the session ended"
    )


def test_an_app_answers_its_own_failures_in_the_one_shape():
    app = Flask("test", static_folder=None)
    install(app)
    response = app.test_client().get("/nothing")
    assert response.status_code == 404
    assert b'"not_found"' in response.data
