"""The forms in which ``include`` is written, brought into one."""

from collections.abc import Iterator
from dataclasses import dataclass

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.parse import shown
from datagateway_api.search.places import Place

KEYS = ("relation", "scope")


@dataclass(frozen=True, slots=True)
class Item:
    """One relation to include with the raw filter of its scope."""

    relation: str
    scope: object
    place: Place


def items(raw: object, place: Place) -> Iterator[Item]:
    """Yield what an include names: a name, an object or a list of these; null is nothing.

    An object has ``relation`` and perhaps ``scope``, or LoopBack's other form: relations by name,
    each with what to include below it. Raises BadFilter.
    """
    if raw is None or raw in ("", {}):
        return
    if isinstance(raw, list):
        for number, item in enumerate(raw):
            if isinstance(item, list) or item is None:
                raise _wrong(item, place[number])
            yield from items(item, place[number])
    elif isinstance(raw, str):
        yield Item(raw, None, place)
    elif isinstance(raw, dict):
        yield from _object(raw, place)
    else:
        raise _wrong(raw, place)


def _object(raw: dict[str, object], place: Place) -> Iterator[Item]:
    if "relation" not in raw and "scope" not in raw:
        for name, below in raw.items():
            yield Item(name, {"include": below}, place / name)
        return
    relation = raw.get("relation")
    if not isinstance(relation, str) or any(key not in KEYS for key in raw):
        raise _wrong(raw, place)
    yield Item(relation, raw.get("scope"), place)


def _wrong(raw: object, place: Place) -> BadFilter:
    return BadFilter(
        f'{place} must be a name such as "datasets" or an object such as '
        f'{{"relation":"datasets","scope":{{"where":{{"title":"a"}}}}}}, got {shown(raw)}'
    )
