"""Entity tags: who has an answer already is told so, who saw an older object changes nothing.

The tag of one object is ``"<modTime as digits>-<digest of the answer>"``. The digest tells answers
with different ``include`` and ``fields`` apart; for ``If-Match`` only the modTime counts.
"""

import hashlib
import re
from datetime import datetime
from typing import Final

from flask import Response, request
from werkzeug.http import parse_etags

from datagateway_api.core.errors import PreconditionFailed
from datagateway_api.core.writing.model import Moments

ENCODINGS: Final = ("zstd", "br", "gzip")
"""The forms in which an answer is sent compressed, the best one first."""

_MODIFIED = re.compile(rb',"modTime":"([^"]+)"')
_NO_DIGIT = re.compile(rb"[^0-9]")
_MOMENT = re.compile(r"(\d{14})(\d{6})?0000(?:-|\Z)")
"""Date, time and perhaps a fraction, then the offset, which is always nought."""


def tagged(response: Response) -> Response:
    """Add the tag of a whole answer; where the client has it (If-None-Match), return 304."""
    response.set_etag(_digest(response.get_data()))
    return _conditional(response)


def tagged_by_time(response: Response, *, hides_time: bool = False) -> Response:
    """Add the tag of one object, and answer the request's conditions as :func:`tagged` does.

    With ``hides_time`` the object's modTime was read for the tag alone.
    """
    return _conditional(with_time_tag(response, hides_time=hides_time))


def with_time_tag(response: Response, *, hides_time: bool = False) -> Response:
    """Add the tag of one object. Its own attributes stand before what it includes."""
    body = response.get_data()
    found = _MODIFIED.search(body)
    modified = _NO_DIGIT.sub(b"", found.group(1)).decode() if found else ""
    if hides_time:
        body = _MODIFIED.sub(b"", body, count=1)
        response.set_data(body)
    response.set_etag(f"{modified}-{_digest(body)}")
    return response


def unmodified() -> Moments | None:
    """Return the modTimes that the request's If-Match names; None where anything will do.

    Weak tags, and those that are not of one object, name none: with them nothing is changed.
    """
    header = request.environ.get("HTTP_IF_MATCH")
    if header is None:
        return None
    tags = parse_etags(header)
    if tags.star_tag:
        return None
    return frozenset(moment for tag in tags.as_set() if tag for moment in _moments(tag))


def with_compressed(tag: str) -> tuple[str, ...]:
    """Return an answer's tag, and those that it has compressed."""
    return (tag, *(f"{tag}:{encoding}" for encoding in ENCODINGS))


def _moments(tag: str) -> list[datetime]:
    found = _MOMENT.match(tag)
    if found is None:
        return []
    try:
        return [datetime.strptime(found[1] + (found[2] or "000000"), "%Y%m%d%H%M%S%f")]  # noqa: DTZ007 UTC
    except ValueError:
        return []


def _conditional(response: Response) -> Response:
    """Hold an answer's tag against the request's conditions; compressed, it has a tag of its own.

    Raises PreconditionFailed where If-Match names other answers.
    """
    tag, _ = response.get_etag()
    tags = with_compressed(tag or "")
    wanted = request.environ.get("HTTP_IF_MATCH")
    if wanted is not None and not any(each in parse_etags(wanted) for each in tags):
        raise PreconditionFailed("the answer is not one that If-Match names")
    had = parse_etags(request.environ.get("HTTP_IF_NONE_MATCH"))
    for each in tags:
        if had.contains_weak(each):
            response.status_code = 304
            response.set_etag(each)
            break
    return response


def _digest(body: bytes) -> str:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()[:20]
