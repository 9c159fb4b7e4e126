"""From the rows of an upload to datasets that can be stored, or to everything that is wrong."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import orjson

from datagateway_api.core.entities import Field, FieldType
from datagateway_api.core.values import convert, text_of
from datagateway_api.releases.entity import ALIASES, BLANKS, FIELDS, LONGEST_NAME, NUMBER
from datagateway_api.releases.problems import Problems, Unreadable, given, repeated

Clean: TypeAlias = dict[str, Any]
"""Values by field: as they will be answered, but for skims, which lack what the server adds."""

LARGEST: Final = 4 << 20
"""Bytes of JSON that one dataset may have: four times that fits into MariaDB's usual packet."""

IGNORED: Final = frozenset(("release",))
"""What exports hold and the address of an upload says."""

_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]*")
_SKIM_KEYS: Final = frozenset(("skim_type", "file_list", "description"))
_SKIM_IGNORED: Final = frozenset(("id", "dataset_number", "release_name"))


class Unfit(ValueError):
    """What is wrong inside a field, which ``Problems`` is told of."""


def datasets(rows: Iterable[object], problems: Problems) -> list[Clean]:
    """Check every row; those that are right are returned, each with its ``dataset_number``."""
    found: list[Clean] = []
    seen: dict[str, int] = {}
    for place, raw in enumerate(rows, 1):
        clean = dataset(raw, place, problems)
        number = clean.get(NUMBER.name)
        if number is None:
            continue
        if number in seen:
            problems.add(place, NUMBER.name, f"{number} is already in row {seen[number]}")
        seen.setdefault(number, place)
        found.append(clean)
    return found


def dataset(raw: object, place: int, problems: Problems) -> Clean:
    """Check one row, which must have its number."""
    if not isinstance(raw, dict):
        reason = f"must be an object, {given(raw)}"
        if isinstance(raw, Unreadable):
            reason = raw.reason
        problems.add(place, None, reason)
        return {}
    if raw.get(NUMBER.name) is None:
        problems.add(place, NUMBER.name, "is required")
    return fields(raw, place, problems)


def fields(raw: Mapping[str, object], place: int | None, problems: Problems) -> Clean:
    """Check values by the names of their fields; what is wrong is left out and told."""
    clean: Clean = {}
    for key, value in raw.items():
        name = ALIASES.get(key, key)
        if name in IGNORED:
            continue
        try:
            found = _READERS.get(name, _extra)(name, value)
        except ValueError as error:
            problems.add(place, key, str(error))
            continue
        if name in clean:
            problems.add(place, name, f"is given twice, as {key} too")
        clean[name] = found
    return clean


def name_problem(name: str, longest: int) -> str | None:
    """Return what is wrong with a text that is to stand in an address, if anything."""
    if not _NUMBER.fullmatch(name) or len(name) > longest:
        return (
            f"must be at most {longest} letters, digits and . _ : + - and begin with a letter "
            f"or a digit, {given(name)}"
        )
    return None


def _number(_: str, raw: object) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, (str, int)):
        raise Unfit(f"must be a whole number or a text, {given(raw)}")
    text = str(raw).strip()
    assert NUMBER.length is not None
    problem = name_problem(text, NUMBER.length)
    if problem is not None:
        raise Unfit(problem)
    return text


def _text(name: str, raw: object) -> str | None:
    field = FIELDS[name]
    if raw is None:
        return None
    try:
        text = text_of(raw)
    except ValueError as error:
        raise Unfit(f"must be {error}, {given(raw)}") from error
    assert field.length is not None
    if len(text) > field.length:
        raise Unfit(f"must have at most {field.length} characters, got {len(text)}")
    _check_characters(text)
    return text if text.strip() else None


def _value(name: str, raw: object) -> object:
    if raw is None:
        return None
    try:
        return convert(FIELDS[name], raw)
    except ValueError as error:
        raise Unfit(f"must be {error}, {given(raw)}") from error


def _list(name: str, raw: object) -> list[str]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise Unfit(f"must be a list of texts, {given(raw)}")
    for place, item in enumerate(raw, 1):
        if not isinstance(item, str) or not item or "\0" in item:
            raise Unfit(f"item {place} of {name} must be a text that is not empty, {given(item)}")
        if not item.isascii():
            _check_characters(item)
    if sum(map(len, raw)) > LARGEST:
        raise Unfit(f"must have at most {LARGEST} characters in all")
    return raw


def _skims(_: str, raw: object) -> list[dict[str, object]]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise Unfit(f"must be a list of objects, {given(raw)}")
    found = [_skim(place, item) for place, item in enumerate(raw, 1)]
    twice = repeated(str(skim["skim_type"]) for skim in found)
    if twice is not None:
        raise Unfit(f"skim_type {twice} is given twice")
    return found


def _skim(place: int, raw: object) -> dict[str, object]:
    if not isinstance(raw, dict) or not isinstance(raw.get("skim_type"), str):
        raise Unfit(f"item {place} must be an object with the text skim_type, {given(raw)}")
    unknown = [key for key in raw if key not in _SKIM_KEYS and key not in _SKIM_IGNORED]
    if unknown:
        known = ", ".join(sorted(_SKIM_KEYS))
        raise Unfit(f"item {place}: {given(unknown[0])}, but a skim has {known}")
    kind = raw["skim_type"]
    if not kind or len(kind) > LONGEST_NAME or "\0" in kind:
        raise Unfit(f"item {place}: skim_type must have 1 to {LONGEST_NAME} characters")
    _check_characters(kind)
    try:
        files = _list("file_list", raw.get("file_list"))
        description = _text("description", raw.get("description"))
    except Unfit as error:
        raise Unfit(f"item {place}: {error}") from error
    return {"skim_type": kind, "file_list": files, "description": description}


def _extra(name: str, raw: object) -> object:
    """Keep a field that releases have of their own, as it is."""
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise Unfit(f"the name of a field must have 1 to {LONGEST_NAME} characters")
    if name != name.strip(BLANKS):
        raise Unfit("the name of a field must not begin or end with a blank")
    try:
        length = len(orjson.dumps(raw)) + len(orjson.dumps(name))
    except TypeError as error:
        raise Unfit("must be JSON: no NaN, no Infinity, whole characters, few levels") from error
    if length > LARGEST:
        raise Unfit(f"must have at most {LARGEST} bytes as JSON")
    return raw


def _check_characters(text: str) -> None:
    if not is_whole(text):
        raise Unfit("must consist of whole characters")


def is_whole(text: str) -> bool:
    """Say whether a text has no half of a character, which cannot be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _reader(field: Field) -> Callable[[str, object], object]:
    if field.type is FieldType.TEXT:
        return _text
    return _list if field.type is FieldType.LIST else _value


_READERS: Final[Mapping[str, Callable[[str, object], object]]] = {
    **{name: _reader(field) for name, field in FIELDS.items()},
    "dataset_number": _number,
    "skims": _skims,
}
