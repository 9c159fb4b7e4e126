"""``EXT/sessions``: logging in and out, in every mode whose users log in."""

from typing import Protocol

import orjson
from flask import Response
from flask_restful import Resource
from pydantic import BaseModel, ConfigDict, ValidationError

from datagateway_api.accounts.model import Caller, Credentials, Session
from datagateway_api.core import dates
from datagateway_api.core.errors import BadRequest
from datagateway_api.web.api import json_response
from datagateway_api.web.auth import session_id
from datagateway_api.web.body import json_object


class SessionKeeper(Protocol):
    """What keeps sessions: a backend, or a store of the mode's own."""

    def login(self, credentials: Credentials) -> str:
        """Open a session and return its id."""

    def authenticate(self, session_id: str) -> Caller:
        """Return whose session this is."""

    def session(self, caller: Caller) -> Session:
        """Return the caller's session as it is now."""

    def refresh(self, caller: Caller) -> None:
        """Extend the life of the caller's session."""

    def logout(self, caller: Caller) -> None:
        """End the caller's session."""


class _Login(BaseModel):
    """The body of a login."""

    model_config = ConfigDict(strict=True)

    username: str = ""
    password: str = ""
    mechanism: str = "simple"


class Sessions(Resource):
    """``EXT/sessions``: log in, look, extend, log out."""

    def __init__(self, backend: SessionKeeper) -> None:
        """Take what keeps the sessions."""
        self.backend = backend

    def post(self) -> Response:
        """Open a session."""
        body = json_object()
        try:
            login = _Login.model_validate(body)
        except ValidationError as error:
            fields = ", ".join(str(problem["loc"][0]) for problem in error.errors())
            raise BadRequest(f"{fields} must be a text") from error
        missing = [name for name in ("username", "password") if name not in body]
        if missing and login.mechanism != "anon":
            raise BadRequest(f"the body must have {' and '.join(missing)}")
        credentials = Credentials(login.mechanism, login.username, login.password)
        return json_response(orjson.dumps({"sessionID": self.backend.login(credentials)}), 201)

    def get(self) -> Response:
        """Return the id, the end of life and the user of the session."""
        session = self.backend.session(self.backend.authenticate(session_id()))
        return json_response(
            orjson.dumps(
                {
                    "id": session.id,
                    "expireDateTime": dates.wire(session.expires),
                    "username": session.user_name,
                }
            )
        )

    def put(self) -> Response:
        """Extend the session's life."""
        caller = self.backend.authenticate(session_id())
        self.backend.refresh(caller)
        return json_response(orjson.dumps(caller.session_id))

    def delete(self) -> Response:
        """End the session."""
        self.backend.logout(self.backend.authenticate(session_id()))
        return json_response(b"", 204)
