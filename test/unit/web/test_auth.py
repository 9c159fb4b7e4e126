"""The session id in the Authorization header."""

import pytest
from flask import Flask

from datagateway_api.core.errors import NoCredentials, SessionInvalid
from datagateway_api.web.auth import LONGEST_SESSION_ID, session_id

APP = Flask("test", static_folder=None)


def found(**headers: str) -> str:
    with APP.test_request_context(headers=headers):
        return session_id()


@pytest.mark.parametrize(
    "given", ["a", "5a3f0d4c-57a1-4b1a-8a10-2d3d1f4a7c11", "é", "x" * LONGEST_SESSION_ID]
)
def test_the_session_id_stands_after_the_scheme(given):
    assert found(Authorization=f"Bearer {given}") == given


def test_no_header_is_no_credentials():
    with pytest.raises(NoCredentials, match="log in and send Bearer <id>"):
        found()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  a",
        "Bearer a b",
        "bearer a",
        "Basic dXNlcjpwYXNz",
        "a",
        "Bearer " + "x" * (LONGEST_SESSION_ID + 1),
    ],
)
def test_a_malformed_header_is_an_invalid_session(header):
    with pytest.raises(SessionInvalid, match='must read "Bearer <session id>"'):
        found(Authorization=header)
