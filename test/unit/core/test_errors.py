"""Every error class has its status, its stable code and its help."""

import pytest

from datagateway_api.core import errors
from datagateway_api.core.errors import ApiError

CODES = {
    "ApiError": (500, "internal"),
    "BadRequest": (400, "bad_request"),
    "BadFilter": (400, "bad_filter"),
    "AlreadyExists": (400, "already_exists"),
    "NoCredentials": (401, "no_credentials"),
    "Forbidden": (403, "forbidden"),
    "SessionInvalid": (403, "session_invalid"),
    "NotFound": (404, "not_found"),
    "MethodNotAllowed": (405, "method_not_allowed"),
    "Conflict": (409, "conflict"),
    "TooLarge": (413, "too_large"),
    "PreconditionFailed": (412, "precondition_failed"),
    "UrlTooLong": (414, "too_large"),
    "UnsupportedMediaType": (415, "unsupported_media_type"),
    "Unprocessable": (422, "unprocessable"),
    "BackendError": (502, "backend_error"),
    "BackendUnavailable": (503, "backend_unavailable"),
    "BackendTimeout": (504, "backend_unavailable"),
    "ConfigurationError": (500, "internal"),
}


def classes() -> dict[str, type[ApiError]]:
    found = vars(errors).values()
    return {c.__name__: c for c in found if isinstance(c, type) and issubclass(c, ApiError)}


def test_statuses_and_codes_are_stable():
    assert {name: (c.status, c.code) for name, c in classes().items()} == CODES


@pytest.mark.parametrize("name", CODES)
def test_the_drawing_of_the_tree_shows_every_class(name):
    line = next(part for part in (errors.__doc__ or "").splitlines() if f"{name} " in part)
    if name != "ConfigurationError":
        status, code = CODES[name]
        assert line.split()[-2:] == [str(status), code]


@pytest.mark.parametrize("name", CODES)
def test_every_class_explains_itself_to_a_client(name):
    assert classes()[name].help.endswith(".")


def test_an_error_keeps_its_message_and_details():
    error = errors.AlreadyExists("taken", details=[{"field": "name"}], retry_after=3)
    assert (error.message, str(error), error.retry_after) == ("taken", "taken", 3)
    assert error.details == [{"field": "name"}]


def test_an_unavailable_backend_always_says_when_to_try_again():
    assert errors.BackendUnavailable("away").retry_after == 5
    assert errors.BackendTimeout("slow", retry_after=1).retry_after == 1


def test_a_configuration_error_lists_its_problems():
    error = errors.ConfigurationError(["a: is wrong", "b: is missing"])
    assert error.problems == ("a: is wrong", "b: is missing")
    assert error.message == "a: is wrong\nb: is missing"
