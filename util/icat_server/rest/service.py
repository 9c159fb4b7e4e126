"""The calls of ICAT's REST interface: from a request to a response."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeAlias

import orjson
from werkzeug.wrappers import Request, Response

from util.icat_server.contract import API_VERSION
from util.icat_server.errors import IcatError, Kind, internal_error
from util.icat_server.icat import Icat
from util.icat_server.rest.documents import DocumentWriter, properties
from util.icat_server.rest.reading import DocumentReader, parse

log = logging.getLogger(__name__)
PREFIX = "/icat/"
STATUS = {
    Kind.BAD_PARAMETER: 400,
    Kind.INTERNAL: 500,
    Kind.INSUFFICIENT_PRIVILEGES: 403,
    Kind.NO_SUCH_OBJECT_FOUND: 404,
    Kind.OBJECT_ALREADY_EXISTS: 412,
    Kind.SESSION: 403,
    Kind.VALIDATION: 412,
    Kind.NOT_IMPLEMENTED: 501,
}
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, PUT",
}
_NOTHING = object()
_Call: TypeAlias = Callable[[Request, list[str]], object]


class RestService:
    """Answers REST calls out of one ICAT."""

    def __init__(self, icat: Icat) -> None:
        """Take the ICAT."""
        self._icat = icat
        self._writer = DocumentWriter(icat.schema, icat.settings.zone)
        self._reader = DocumentReader(icat.schema, icat.settings.zone)
        self._calls: Mapping[tuple[str, str, int], _Call] = {
            ("GET", "version", 0): lambda *_: {"version": API_VERSION},
            ("GET", "properties", 0): lambda *_: properties(icat.settings, icat.authenticators),
            ("POST", "session", 0): self._login,
            ("GET", "session", 1): self._session,
            ("PUT", "session", 1): self._refresh,
            ("DELETE", "session", 1): self._logout,
            ("GET", "user", 1): self._user,
            ("GET", "user", 2): self._user,
            ("GET", "entityManager", 0): self._read,
            ("POST", "entityManager", 0): self._write,
            ("DELETE", "entityManager", 0): self._delete,
        }

    def answer(self, request: Request) -> Response:
        """Answer a request whose path starts with the prefix."""
        if request.method == "OPTIONS":
            return Response(status=204, headers=_HEADERS)
        name, *rest = request.path.removeprefix(PREFIX).strip("/").split("/")
        call = self._calls.get((request.method, name, len(rest)))
        try:
            if call is None:
                message = f"{request.method} {request.path} is not implemented"
                raise IcatError(Kind.NOT_IMPLEMENTED, message)
            content = call(request, rest)
        except IcatError as error:
            return _json(_error(error), STATUS[error.kind])
        except Exception:
            log.exception("a call failed")
            return _json(_error(internal_error()), STATUS[Kind.INTERNAL])
        if content is _NOTHING:
            return Response(status=204, headers=_HEADERS)
        return _json(content, 200)

    def _login(self, request: Request, _: list[str]) -> object:
        content = parse("json", request.form.get("json"))
        given = content if isinstance(content, dict) else {}
        credentials = given.get("credentials")
        if not isinstance(credentials, list):
            raise IcatError(Kind.BAD_PARAMETER, "credentials must be a list of objects")
        pairs = {
            str(key): str(value)
            for each in credentials
            if isinstance(each, dict)
            for key, value in each.items()
        }
        return {"sessionId": self._icat.sessions.login(given.get("plugin"), pairs)}

    def _session(self, _: Request, rest: list[str]) -> object:
        session = self._icat.sessions.find(rest[0])
        return {"userName": session.user, "remainingMinutes": session.remaining_minutes}

    def _refresh(self, _: Request, rest: list[str]) -> object:
        self._icat.sessions.refresh(rest[0])
        return _NOTHING

    def _logout(self, _: Request, rest: list[str]) -> object:
        self._icat.sessions.logout(rest[0])
        return _NOTHING

    def _user(self, _: Request, rest: list[str]) -> object:
        return {"loggedIn": self._icat.sessions.is_logged_in("/".join(rest))}

    def _read(self, request: Request, _: list[str]) -> object:
        session_id, query = request.args.get("sessionId"), request.args.get("query")
        if query is None:
            raise IcatError(Kind.BAD_PARAMETER, "query is not set")
        id_ = request.args.get("id")
        if id_ is None:
            return self._writer.rows(self._icat.search(session_id, query))
        if not id_.isdecimal() or int(id_) >= 2**63:
            raise IcatError(Kind.BAD_PARAMETER, f"id must be a number, got {id_}")
        return self._writer.bean(self._icat.get(session_id, query, int(id_)))

    def _write(self, request: Request, _: list[str]) -> object:
        beans = self._reader.beans(request.form.get("entities"))
        return self._icat.write(request.form.get("sessionId"), beans)

    def _delete(self, request: Request, _: list[str]) -> object:
        beans = self._reader.beans(request.args.get("entities"))
        for offset, bean in enumerate(beans):
            if list(bean.values) != ["id"] or bean.ones or bean.manys:
                message = f"only the id of {bean.entity.name} may be given"
                raise IcatError(Kind.BAD_PARAMETER, message, offset)
        self._icat.delete(request.args.get("sessionId"), beans)
        return _NOTHING


def _json(content: object, status: int) -> Response:
    return Response(orjson.dumps(content), status, _HEADERS, content_type="application/json")


def _error(error: IcatError) -> dict[str, object]:
    offset = {"offset": error.offset} if error.offset >= 0 else {}
    return {"code": error.kind.value, "message": error.message, **offset}
