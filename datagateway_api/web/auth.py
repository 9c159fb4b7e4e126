"""Credentials in the Authorization header."""

from flask import request

from datagateway_api.core.errors import NoCredentials, SessionInvalid

LONGEST_SESSION_ID = 255


def session_id() -> str:
    """Return the session id of the current request.

    Raises NoCredentials without a header, SessionInvalid for anything but ``Bearer <id>``.
    """
    header: str | None = request.environ.get("HTTP_AUTHORIZATION")
    if header is None:
        raise NoCredentials("the Authorization header is missing; log in and send Bearer <id>")
    scheme, _, found = header.partition(" ")
    if scheme != "Bearer" or not found or " " in found or len(found) > LONGEST_SESSION_ID:
        raise SessionInvalid('the Authorization header must read "Bearer <session id>"')
    return found
