"""The formats in which a list is answered: JSON, or as the request's Accept asks for it.

Backends give JSON arrays, whole or in pieces of whole rows; the other formats are made from those
piece by piece, so that a list of any length takes little memory.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any, Final, TypeAlias

from flask import Response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from datagateway_api.web.api import JSON, json_response
from datagateway_api.web.request_ids import request_id
from datagateway_api.web.streaming import Watched

NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
KINDS: Final = (JSON, NDJSON, CSV)
"""What a list can be answered as; of those that a request likes equally the first is taken."""

Columns: TypeAlias = Sequence[tuple[str, ...]]
Cells: TypeAlias = Callable[[Any], list[object]]

_BETWEEN: Final = re.compile(r"[\[\],\s]*")
_decode: Final = json.JSONDecoder().raw_decode
_STARTS_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER: Final = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?\Z", re.ASCII)


def wanted_kind() -> str:
    """Return what the current request wants a list as; JSON where it wants none of these."""
    accept: str | None = request.environ.get("HTTP_ACCEPT")
    return JSON if accept is None else _best(accept)


@lru_cache(maxsize=200)
def _best(accept: str) -> str:
    asked = parse_accept_header(accept, MIMEAccept)
    plain = MIMEAccept([(kind.partition(";")[0].strip(), quality) for kind, quality in asked])
    return max(KINDS, key=plain.quality)


@dataclass(frozen=True, slots=True)
class Format:
    """How a list is written: its content type, what comes first, and how a piece is rewritten."""

    content_type: str
    opening: bytes
    rewrite: Callable[[bytes], bytes]


def table(columns: Columns) -> Format:
    """Return the format CSV: a header of dotted names, then a record for each row."""
    cells = _cells(columns)

    def rewrite(piece: bytes) -> bytes:
        return _records(cells(row) for row, _ in rows(piece))

    header = _records([[".".join(column) for column in columns]])
    return Format(f"{CSV}; charset=utf-8; header=present", header, rewrite)


def lines() -> Format:
    """Return the format NDJSON: each row as JSON on a line of its own."""
    return Format(
        NDJSON, b"", lambda piece: "".join(f"{text}\n" for _, text in rows(piece)).encode()
    )


def list_response(body: bytes | Iterator[bytes], format_: Format | None) -> Response:
    """Return the answer with a list in a format, None being JSON; caches learn of the others."""
    if format_ is None:
        response = json_response(body)
    elif isinstance(body, bytes):
        written = format_.opening + format_.rewrite(body)
        response = Response(written, content_type=format_.content_type)
    else:
        rewritten = Watched(_Rewritten(body, format_), request_id())
        response = Response(rewritten, content_type=format_.content_type)
    response.vary.add("Accept")
    return response


def rows(piece: bytes) -> Iterator[tuple[Any, str]]:
    """Yield the objects in a piece of a JSON array, each with its very text."""
    text = piece.decode()
    place = _next(text, 0)
    while place < len(text):
        row, end = _decode(text, place)
        yield row, text[place:end]
        place = _next(text, end)


class _Rewritten(Iterator[bytes]):
    """The pieces of a list in another format; closing it closes what they come from."""

    def __init__(self, pieces: Iterator[bytes], format_: Format) -> None:
        self._pieces = pieces
        self._format = format_
        self._opening = format_.opening

    def __next__(self) -> bytes:
        """Return the next piece that is not empty."""
        written = b""
        while not written:
            written = self._opening + self._format.rewrite(next(self._pieces))
            self._opening = b""
        return written

    def close(self) -> None:
        """Free what the pieces come from, however many were read."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()


def _next(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _cells(columns: Columns) -> Cells:
    """Return what takes the cells of a record out of a row."""
    if all(len(column) == 1 for column in columns):
        names = [column[0] for column in columns]
        return lambda row: [_cell(row[name]) for name in names]
    return lambda row: [_cell(_value(row, column)) for column in columns]


def _value(row: Any, column: Sequence[str]) -> object:
    """Follow a column's steps; where a related object is absent, so is all below it."""
    for name in column:
        if row is None:
            return None
        row = row[name]
    found: object = row
    return found


def _cell(value: object) -> object:
    """Return a value as it stands in a cell; no text may pass for a spreadsheet's formula."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in _STARTS_FORMULA and not _NUMBER.match(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _records(records: Iterable[list[object]]) -> bytes:
    buffer = StringIO(newline="")
    csv.writer(buffer).writerows(records)
    return buffer.getvalue().encode()
