"""From the query string of a request to what is asked of the datasets."""

from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlencode

from flask import Response, request
from werkzeug.http import parse_etags

from datagateway_api.core.errors import BadFilter, BadRequest
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import Asked, Query
from datagateway_api.core.query.parse import parse, shown
from datagateway_api.releases.entity import DATASET, SCHEMA
from datagateway_api.releases.lists import Page
from datagateway_api.releases.settings import ReleasesSection
from datagateway_api.releases.tags import Revisions, tag

LIST: Final = ("where", "order", "limit", "skip", "fields", "total")
COUNT: Final = ("where",)
PAGING: Final = ("limit", "skip")
RELEASE_NAME: Final = "release_name"
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
        return self._read(_query_string(), LIST, is_lean)

    def counted(self) -> Page:
        """Return what a count is asked for. Raises BadFilter."""
        return self._read(_query_string(), COUNT, False)

    def paging(self) -> tuple[int, int]:
        """Return skip and limit of a list that takes nothing else. Raises BadFilter."""
        asked = parse(_query_string(), PAGING)
        self._check(asked)
        return asked.skip, self._limit(asked)

    def _page(self, query_string: bytes, known: tuple[str, ...], is_lean: bool) -> Page:
        release, rest = _release_name(query_string, known)
        asked = parse(rest, known)
        return Page(self._query(asked, known), release, is_lean)

    def _query(self, asked: Asked, known: tuple[str, ...]) -> Query:
        if known is COUNT:
            return self.checker.count(DATASET, asked)
        return self.checker.rows(DATASET, replace(asked, limit=self._limit(asked)))

    def _limit(self, asked: Asked) -> int:
        return min(USUAL_LIMIT, self._most) if asked.limit is None else asked.limit

    def _check(self, asked: Asked) -> None:
        self.checker.rows(DATASET, replace(asked, limit=self._limit(asked)))


def checker_for(section: ReleasesSection) -> Checker:
    """Return what checks queries on datasets, within the limits of the section."""
    return Checker(SCHEMA, max_limit=section.max_page, max_depth=DEEPEST, undoubles=False)


def tag_of(revisions: Revisions) -> tuple[str, bool]:
    """Return the tag of what the request asks for, and whether the client has that answer."""
    found = tag(revisions, f"{request.path}?{request.query_string.decode('latin-1')}")
    had = parse_etags(request.headers.get("If-None-Match"))
    # A layer that packs answers adds how to their tags, after a colon.
    names = {each.partition(":")[0] for each in (*had.as_set(include_weak=True),)}
    return found, found in names or had.star_tag


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


def _release_name(query_string: bytes, known: tuple[str, ...]) -> tuple[str | None, bytes]:
    """Part the name of the release from the parameters of the query language."""
    if RELEASE_NAME.encode() not in query_string.lower():
        return None, query_string
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, max_num_fields=500)
    except ValueError as error:
        raise BadFilter("at most 500 query parameters are accepted") from error
    rest = [(key, value) for key, value in pairs if key.lower() != RELEASE_NAME.encode()]
    names = [value for key, value in pairs if key.lower() == RELEASE_NAME.encode()]
    try:
        return (names[-1].decode() if names else None), urlencode(rest).encode()
    except UnicodeDecodeError as error:
        raise BadFilter("the query string is not UTF-8") from error
