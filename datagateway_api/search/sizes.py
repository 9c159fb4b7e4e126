"""How large an answer becomes: objects that are read once may be written many times."""

from collections.abc import Iterable
from typing import Any, Final

from datagateway_api.core.errors import BadFilter

MOST_OBJECTS: Final = 1_000_000
"""Objects in one answer: what a few nested includes would multiply without end is refused."""


def check(objects: Iterable[dict[str, Any]], most: int = MOST_OBJECTS) -> None:
    """Raise BadFilter for more objects, those inside others included, than one answer may hold.

    Objects may be shared, but not inside themselves.
    """
    known: dict[int, int] = {}
    total = 0
    for each in objects:
        total += _count(each, known)
        if total > most:
            raise BadFilter(
                f"include: the answer would hold more than {most} objects; "
                "ask for fewer rows, or include less of them"
            )


def _count(made: dict[str, Any], known: dict[int, int]) -> int:
    number = known.get(id(made))
    if number is None:
        number = 1
        for value in made.values():
            if isinstance(value, dict):
                number += _count(value, known)
            elif isinstance(value, list):
                number += sum(_count(each, known) for each in value if isinstance(each, dict))
        known[id(made)] = number
    return number
