"""The rows of a CSV file, with cells turned into what the fields want."""

import ast
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson

from datagateway_api.core.entities import FieldType
from datagateway_api.releases.entity import ALIASES, BLANKS, FIELDS
from datagateway_api.releases.problems import Unreadable, refused, repeated

DELIMITERS: Final = (",", ";", "\t", "|")
LARGEST_CELL: Final = 16 << 20
LONGEST_LITERAL: Final = 1 << 20

_WITH_FRACTION: Final = re.compile(r"\s*([+-]?[0-9]{1,30})\.0*\s*")


def csv_rows(data: bytes) -> list[object]:
    """Return the rows. Raises Unprocessable where there is no header of names to read them by."""
    file = io.StringIO(_decoded(data), newline="")
    csv.field_size_limit(LARGEST_CELL)
    header, delimiter = _header(file)
    rows: list[object] = []
    for cells in _records(file, delimiter):
        if len(cells) != len(header):
            reason = f"has {len(cells)} cells, and the header has {len(header)}"
            rows.append(Unreadable(reason))
        else:
            rows.append(_row(header, cells))
    return rows


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(f"is not UTF-8: {error.reason} at byte {error.start}") from error


def _header(file: io.StringIO) -> tuple[list[str], str]:
    """Return the names in the first record, and the delimiter that finds most of them."""
    found = {each: _first(file, each) for each in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda each: len(found[each]))
    names = [name.strip(BLANKS) for name in found[delimiter]]
    if not names or "" in names:
        raise refused("the first line must name every column")
    twice = repeated(names)
    if twice is not None:
        raise refused(f"the first line names {twice[:80]} twice")
    if FIELDS["dataset_number"].name not in names:
        raise refused("the first line must name the column dataset_number")
    return names, delimiter


def _first(file: io.StringIO, delimiter: str) -> list[str]:
    file.seek(0)
    try:
        return next(filter(_is_filled, csv.reader(file, delimiter=delimiter)), [])
    except csv.Error:
        return []


def _is_filled(cells: list[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _records(file: io.StringIO, delimiter: str) -> Iterator[list[str]]:
    """Yield the records below the header, but for empty ones."""
    file.seek(0)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    records = filter(_is_filled, reader)
    try:
        next(records, None)
        yield from records
    except csv.Error as error:
        raise refused(f"is not CSV: {error} (line {reader.line_num})") from error


def _row(header: list[str], cells: list[str]) -> dict[str, object]:
    row: dict[str, object] = {}
    for name, cell in zip(header, cells, strict=True):
        read = _READERS.get(ALIASES.get(name, name))
        if read is not None:
            row[name] = read(cell)
        elif cell != "":
            row[name] = _extra(cell)
    return row


def _plain(cell: str) -> object:
    return cell if cell.strip() else None


def _whole(cell: str) -> object:
    """Read a whole number, also as programs write it that know fractions alone."""
    found = _WITH_FRACTION.fullmatch(cell)
    return found[1] if found else _plain(cell)


def _list(cell: str) -> object:
    """Read a JSON array, a Python list or texts parted by semicolons."""
    text = cell.strip()
    if text.startswith("["):
        return _bracketed(text)
    return [item.strip() for item in text.split(";") if item.strip()]


def _bracketed(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        value = ast.literal_eval(text) if len(text) <= LONGEST_LITERAL else text
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text
    return list(value) if isinstance(value, (list, tuple)) else text


def _skims(cell: str) -> object:
    text = cell.strip()
    return _bracketed(text) if text else []


def _extra(cell: str) -> Any:
    """Read what was written as JSON, such as a number; all else is a text."""
    try:
        value = orjson.loads(cell)
    except orjson.JSONDecodeError:
        return cell
    return value if _written(value) == cell else cell


def extra_cell(value: object) -> str:
    """Return the cell of a field of the release's own, from which the same value is read."""
    if isinstance(value, str):
        return value if value != "" and _extra(value) == value else _written(value)
    return _written(value)


def _written(value: object) -> str:
    return orjson.dumps(value).decode()


_BY_TYPE: Final[Mapping[FieldType, Callable[[str], object]]] = {
    FieldType.TEXT: _plain,
    FieldType.DOUBLE: _plain,
    FieldType.LONG: _whole,
    FieldType.LIST: _list,
}
_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    **{name: _BY_TYPE[field.type] for name, field in FIELDS.items()},
    "skims": _skims,
}
