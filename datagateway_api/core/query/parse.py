"""From a query string to ``Asked``: names, JSON and whole numbers, but no schema."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Asked

WORDS = re.compile(r"[^\W\d][\w.]*( +[^\W\d]\w*)?( *, *[^\W\d][\w.]*( +[^\W\d]\w*)?)*\Z")
LARGEST = 2**63 - 1
MOST_PARAMETERS = 500


LIST = ("where", "order", "limit", "skip", "include", "distinct", "fields", "total")
COUNT = (*LIST, "group_by")
BY_ID = ("include", "fields")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: its name, how its values are read, an example and its help."""

    name: str
    read: Callable[["Parameter", list[str]], object]
    example: str
    help: str


def parse(query_string: bytes, known: tuple[str, ...]) -> Asked:
    """Read a raw query string, in which only the ``known`` parameters may stand.

    Raises BadFilter naming the parameter that is wrong.
    """
    if not query_string:
        return _NOTHING
    given: dict[str, list[str]] = {}
    for name, text in pairs(query_string):
        key = name.lower()
        if key not in known:
            raise BadFilter(_unknown(name, known))
        given.setdefault(key, []).append(text)
    values = {key: PARAMETERS[key].read(PARAMETERS[key], texts) for key, texts in given.items()}
    return Asked(**values)  # type: ignore[arg-type]


def pairs(query_string: bytes) -> list[tuple[str, str]]:
    """Return the names and texts of a query string's parameters; raise BadFilter."""
    try:
        return parse_qsl(
            query_string.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except UnicodeDecodeError as error:
        raise BadFilter("the query string is not UTF-8") from error
    except ValueError as error:
        raise BadFilter(f"at most {MOST_PARAMETERS} query parameters are accepted") from error


def _unknown(name: str, known: tuple[str, ...]) -> str:
    return f"unknown query parameter {shown(name)}; known here are: {', '.join(known)}"


def shown(value: object) -> str:
    """Return a value as it may stand in a message: as JSON and not too long."""
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, RecursionError):
        text = f'"{type(value).__name__}"'
    return text if len(text) <= 80 else text[:77] + "…"


def decode(parameter: Parameter, text: str) -> object:
    """Read one JSON value. Raises BadFilter with the place of the mistake."""
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFilter(
            f"{parameter.name} must be JSON such as {parameter.example}, got {shown(text)}: "
            f"{error.msg} at character {error.pos}"
        ) from error
    return value


def _objects(parameter: Parameter, texts: list[str]) -> tuple[object, ...]:
    return tuple(decode(parameter, text) for text in texts)


def _include(parameter: Parameter, texts: list[str]) -> tuple[object, ...]:
    return tuple(
        _split(text) if WORDS.match(text) and text not in _LITERALS else decode(parameter, text)
        for text in texts
    )


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


def _words(parameter: Parameter, texts: list[str]) -> tuple[str, ...]:
    words: list[str] = []
    for text in texts:
        words += _one_list(parameter, text)
    return tuple(words)


def _some_words(parameter: Parameter, texts: list[str]) -> tuple[str, ...]:
    words = _words(parameter, texts)
    if not words:
        raise BadFilter(f"{parameter.name} needs at least one name, such as {parameter.example}")
    return words


def _one_list(parameter: Parameter, text: str) -> list[str]:
    if WORDS.match(text) and text not in _LITERALS:
        return _split(text)
    value = decode(parameter, text)
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return value
    raise BadFilter(
        f"{parameter.name} must be a text or a list of texts, such as {parameter.example}, "
        f"got {shown(value)}"
    )


def _number(parameter: Parameter, texts: list[str]) -> int:
    return [_whole(parameter, decode(parameter, text)) for text in texts][-1]


def _whole(parameter: Parameter, value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.strip().isdecimal():
        value = int(value.strip()[:30])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise BadFilter(f"{parameter.name} must be a whole number >= 0, got {shown(value)}")
    return value


def _flag(parameter: Parameter, texts: list[str]) -> bool:
    value = decode(parameter, texts[-1])
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower(), value)
    if not isinstance(value, bool):
        raise BadFilter(f"{parameter.name} must be true or false, got {shown(value)}")
    return value


_NOTHING = Asked()
_LITERALS = frozenset(("null", "true", "false"))

_ROWS = (
    Parameter("where", _objects, '{"name":{"ilike":"a"}}', "conditions that rows must meet"),
    Parameter("order", _words, '"startDate desc"', "sort keys, the first one first"),
    Parameter("limit", _number, "25", "how many rows at the most; the last one given counts"),
    Parameter("skip", _number, "50", "how many rows to leave out first"),
    Parameter(
        "include", _include, '{"datasets":"type"}', "related objects to return with each row"
    ),
    Parameter("distinct", _some_words, '["type.name"]', "return unique rows of just these paths"),
    Parameter("fields", _words, '["name","title"]', "return just these attributes, and the id"),
    Parameter("total", _flag, "true", "add the X-Total-Count header, which ignores limit and skip"),
    Parameter("group_by", _words, '"type.id"', "count the rows for each value of these paths"),
)
PARAMETERS: Mapping[str, Parameter] = {row.name: row for row in _ROWS}
