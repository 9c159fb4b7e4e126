"""Messages about names that do not exist, with those that come near."""

from collections.abc import Iterable
from difflib import get_close_matches

from datagateway_api.core.query.parse import shown
from datagateway_api.search.places import Place

LONGEST_NAME = 64


def unknown(place: Place, owner: str, name: object, known: Iterable[str]) -> str:
    """Say that an owner has no such name, and which it has."""
    names = list(known)
    near = get_close_matches(str(name)[:LONGEST_NAME], names, n=2, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else f"it has: {', '.join(names)}"
    return f"{place}: {owner} has no {shown(name)}; {hint}"
