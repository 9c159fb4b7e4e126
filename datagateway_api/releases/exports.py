"""Whole releases, streamed: as JSON, as one object a line, and as CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import orjson
from sqlalchemy import Connection, select

from datagateway_api.core.entities import FieldType
from datagateway_api.releases.csv_rows import extra_cell
from datagateway_api.releases.entity import FIELDS
from datagateway_api.releases.tables import DATASET

Pieces: TypeAlias = Iterable[Sequence[str]]
"""Datasets as JSON texts, some at a time."""


def json_pieces(release: Mapping[str, object], pieces: Pieces) -> Iterator[bytes]:
    """Yield a release as one JSON object, its datasets last."""
    yield orjson.dumps(release)[:-1] + b',"datasets":['
    opening = ""
    for texts in pieces:
        if texts:
            yield (opening + ",".join(texts)).encode()
            opening = ","
    yield b"]}"


def ndjson_pieces(pieces: Pieces) -> Iterator[bytes]:
    """Yield one dataset a line."""
    for texts in pieces:
        yield "".join([f"{text}\n" for text in texts]).encode()


def csv_pieces(pieces: Pieces, extra: Sequence[str]) -> Iterator[bytes]:
    """Yield a CSV file with a column for each field, and for those that the release has added."""
    yield _lines([[*FIELDS, *extra]])
    for texts in pieces:
        yield _lines(_cells(orjson.loads(text), extra) for text in texts)


def extra_names(connection: Connection, release_id: int) -> list[str]:
    """Return the names of the fields that a release has added, in the order of the alphabet."""
    mine = (DATASET.c.release_id == release_id) & (DATASET.c.extra != "{}")
    found: set[str] = set()
    for (text,) in connection.execute(select(DATASET.c.extra).where(mine)):
        found |= orjson.loads(text).keys()
    return sorted(found)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    # Its usual line end; with another, Python before 3.13 would leave some of its parts unquoted.
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(dataset: Mapping[str, Any], extra: Sequence[str]) -> list[str]:
    cells = [_WRITERS[field.type](dataset[name]) for name, field in FIELDS.items()]
    return [*cells, *(extra_cell(dataset[name]) if name in dataset else "" for name in extra)]


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> str:
    return "" if value is None else orjson.dumps(value).decode()


def _list(value: object) -> str:
    return orjson.dumps(value).decode()


_WRITERS: Final[Mapping[FieldType, Callable[[object], str]]] = {
    FieldType.TEXT: _plain,
    FieldType.LONG: _number,
    FieldType.DOUBLE: _number,
    FieldType.LIST: _list,
}
