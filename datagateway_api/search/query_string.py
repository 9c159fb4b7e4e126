"""From a raw query string to the decoded filter, where and query of a request."""

from dataclasses import dataclass
from typing import Final

import orjson

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.parse import pairs, shown
from datagateway_api.search.brackets import decode, is_bracketed

_EXAMPLES: Final = {"filter": '{"limit":10}', "where": '{"title":"a"}'}


@dataclass(frozen=True, slots=True)
class Given:
    """What a query string says; None where it says nothing."""

    filter: object = None
    where: object = None
    query: str | None = None


NOTHING: Final = Given()


def read(query_string: bytes) -> Given:
    """Decode a query string, in which unknown parameters are passed over. Raises BadFilter."""
    if not query_string:
        return NOTHING
    given = pairs(query_string)
    words = [text for name, text in given if name == "query"]
    return Given(
        filter=_value(given, "filter"),
        where=_value(given, "where"),
        query=_query(words[-1]) if words else None,
    )


def _value(given: list[tuple[str, str]], parameter: str) -> object:
    whole = [text for name, text in given if name == parameter and text.strip()]
    parts = [(name, text) for name, text in given if is_bracketed(name, parameter)]
    if len(whole) + bool(parts) > 1:
        raise BadFilter(f"{parameter} is given more than once")
    if parts:
        return decode(parts, parameter)
    return _json(parameter, whole[0]) if whole else None


def _json(parameter: str, text: str) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFilter(
            f"{parameter} must be JSON such as {_EXAMPLES[parameter]}, got {shown(text)}: "
            f"{error.msg} at character {error.pos}"
        ) from error
    if value is not None and not isinstance(value, dict):
        raise BadFilter(
            f"{parameter} must be an object such as {_EXAMPLES[parameter]}, got {shown(value)}"
        )
    return value


def _query(text: str) -> str | None:
    """Read the words to search for: plain, or as a JSON text."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = text
    words = value if isinstance(value, str) else text
    return None if value is None or not words.strip() else words
