"""From the query string of a request to what is asked of the datasets."""

from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from flask import Response, request
from werkzeug.http import parse_etags

from datagateway_api.core.errors import BadFilter, BadRequest
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import Asked
from datagateway_api.core.query.parse import parse, shown
from datagateway_api.releases.entity import DATASET, NUMBER, SCHEMA
from datagateway_api.releases.lists import Page
from datagateway_api.releases.settings import ReleasesSection
from datagateway_api.releases.tags import Revisions, tag
from datagateway_api.web.conditional import with_compressed

LIST: Final = ("where", "order", "limit", "skip", "fields", "total")
PAGING: Final = ("limit", "skip")
RELEASE_NAME: Final = b"release_name"
USUAL_LIMIT: Final = 100
MOST_KEPT: Final = 1000
DEEPEST: Final = 2


class Asker:
    """Reads requests. A query string met before is not read again."""

    def __init__(self, section: ReleasesSection) -> None:
        """Take the limits of the settings."""
        self._most = section.max_page
        self.checker = checker_for(section)
        self._read = lru_cache(maxsize=MOST_KEPT)(self._page)

    def page(self, *, is_lean: bool = False) -> Page:
        """Return what a list is asked for. Raises BadFilter."""
        return self._read(_query_string(), is_lean=is_lean)

    def counted(self) -> Page:
        """Return what a count is asked for, which ignores all but conditions. Raises BadFilter."""
        return self._read(_query_string(), counts=True)

    def paging(self) -> tuple[int, int]:
        """Return skip and limit of a list that takes nothing else. Raises BadFilter."""
        asked = parse(_query_string(), PAGING)
        self._check(asked)
        return asked.skip, self._limit(asked)

    def _page(self, query_string: bytes, *, is_lean: bool = False, counts: bool = False) -> Page:
        release, rest = _release_name(query_string)
        asked = parse(rest, LIST)
        if counts:
            return Page(self.checker.count(DATASET, asked), release)
        asked, with_release = _with_release(asked)
        query = self.checker.rows(DATASET, replace(asked, limit=self._limit(asked)))
        if is_lean and any(field.name == "file_list" for field in query.fields):
            raise BadFilter("the lean list has no file_list; the full list of datasets has it")
        return Page(query, release, is_lean, with_release)

    def _limit(self, asked: Asked) -> int:
        return min(USUAL_LIMIT, self._most) if asked.limit is None else asked.limit

    def _check(self, asked: Asked) -> None:
        self.checker.rows(DATASET, replace(asked, limit=self._limit(asked)))


def checker_for(section: ReleasesSection) -> Checker:
    """Return what checks queries on datasets, within the limits of the section."""
    return Checker(SCHEMA, max_limit=section.max_page, max_depth=DEEPEST, undoubles=False)


def storable(name: str) -> str:
    """Return a name without NUL, which PostgreSQL takes in no value, and which no name has."""
    return name.replace("\0", "\N{REPLACEMENT CHARACTER}")


def tag_of(revisions: Revisions) -> tuple[str, bool]:
    """Return the tag of what the request asks for, and whether the client has that answer."""
    found = tag(revisions, f"{request.path}?{request.query_string.decode('latin-1')}")
    had = parse_etags(request.headers.get("If-None-Match"))
    return found, any(map(had.contains_weak, with_compressed(found)))


def not_modified(tag_: str) -> Response:
    """Return the empty answer for a client that has the other one."""
    return with_tag(Response(status=304), tag_)


def with_tag(response: Response, tag_: str) -> Response:
    """Name an answer, for ``If-None-Match``."""
    response.set_etag(tag_)
    return response


def flag(name: str) -> bool:
    """Return a parameter that is true or false, and false if it is not given."""
    given = request.args.get(name, "false").lower()
    if given not in ("true", "false", "1", "0"):
        raise BadRequest(f"{name} must be true or false, got {shown(given)}")
    return given in ("true", "1")


def _query_string() -> bytes:
    found: bytes = request.environ.get("QUERY_STRING", "").encode("latin-1")
    return found


def _with_release(asked: Asked) -> tuple[Asked, bool]:
    """Part the release, which every dataset is answered with, from the fields that are attributes.

    ``Release`` is one of these: the release of the software.
    """
    names = asked.fields or ()
    if "release" not in names:
        return asked, False
    others = tuple(name for name in names if name != "release")
    return replace(asked, fields=others or (NUMBER.name,)), True


def _release_name(query_string: bytes) -> tuple[str | None, bytes]:
    """Part the name of the release from the parameters of the query language, left as they are."""
    name: str | None = None
    rest: list[bytes] = []
    for part in query_string.split(b"&"):
        key, _, value = part.partition(b"=")
        if unquote_to_bytes(key).lower() != RELEASE_NAME:
            rest.append(part)
            continue
        try:
            name = storable(unquote_to_bytes(value.replace(b"+", b" ")).decode())
        except UnicodeDecodeError as error:
            raise BadFilter("the query string is not UTF-8") from error
    return name, b"&".join(rest)
