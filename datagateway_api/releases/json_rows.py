"""The rows of a JSON or NDJSON file."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

import orjson

from datagateway_api.releases.problems import NotFinite, Unreadable, given, refused

BOM: Final = b"\xef\xbb\xbf"
ABOUT: Final = ("description", "doi")
"""What a file may say of its release beside the datasets."""


def json_rows(data: bytes) -> tuple[list[object], Mapping[str, object]]:
    """Return the rows, and what the file says of the release itself.

    Raises Unprocessable for what is not JSON, and for other values than a list of datasets.
    """
    value = loaded(data)
    about: dict[str, object] = {}
    if isinstance(value, dict):
        if "datasets" not in value:
            raise refused("must be a list of datasets, or an object with the key datasets")
        about = {name: value[name] for name in ABOUT if name in value}
        value = value["datasets"]
    if not isinstance(value, list):
        raise refused(f"the datasets must be a list, {given(value)}")
    return value, about


def ndjson_rows(data: bytes) -> list[object]:
    """Return the rows of a file with one object a line; an empty line holds none."""
    rows: list[object] = []
    for line in data.removeprefix(BOM).split(b"\n"):
        if not line.strip():
            continue
        try:
            rows.append(_load(line))
        except ValueError as error:
            rows.append(Unreadable(str(error)))
    return rows


def loaded(data: bytes, subject: str = "the file") -> Any:
    """Return a JSON value; raises Unprocessable with the place of the mistake."""
    try:
        return _load(data.removeprefix(BOM))
    except ValueError as error:
        raise refused(str(error), subject) from error


def _load(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        reason = f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        return _with_infinities(data, reason)


def _with_infinities(data: bytes, reason: str) -> Any:
    """Read JSON once more, as Python writes it. Raises ValueError for what is still none."""
    try:
        return json.loads(data.decode(), parse_constant=lambda _: NotFinite(), parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ValueError(reason) from error


def _finite(text: str) -> float | NotFinite:
    number = float(text)
    return number if isfinite(number) else NotFinite()
