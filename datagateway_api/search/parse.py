"""From a decoded filter to plain data: every name held against the PaNOSC model.

Messages name the place of a mistake as one would write it: ``where.and[1].title``.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.parse import LARGEST, shown
from datagateway_api.search.filters import Filter, Include, Order
from datagateway_api.search.near import unknown
from datagateway_api.search.panosc import PanoscEntity, Relation
from datagateway_api.search.parse_include import Item, items
from datagateway_api.search.parse_where import WhereParser
from datagateway_api.search.places import Place

DEEPEST_INCLUDE: Final = 10
MOST_INCLUDES: Final = 50
MOST_ORDERS: Final = 20
KEYS: Final = ("where", "include", "order", "fields", "limit", "skip", "offset", "query")

Target: TypeAlias = Callable[[Relation], PanoscEntity]


def parse(raw: object, entity: PanoscEntity, target: Target, place: Place | None = None) -> Filter:
    """Read a filter; null, an empty text and ``{}`` ask nothing. Raises BadFilter."""
    return _Parser(target).filter(raw, entity, place or Place("filter"), 0)


def parse_where(raw: object, entity: PanoscEntity, target: Target) -> Filter:
    """Read a where that stands alone, as on count. Raises BadFilter."""
    return Filter(entity, where=WhereParser(target).read(raw, entity, Place("where")))


class _Parser:
    """Reads one request's filter with the filters of its scopes."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._where = WhereParser(target)
        self._includes = 0

    def filter(self, raw: object, entity: PanoscEntity, place: Place, depth: int) -> Filter:
        if raw is None or raw == "":
            return Filter(entity)
        if not isinstance(raw, dict):
            raise BadFilter(f'{place} must be an object such as {{"limit":10}}, got {shown(raw)}')
        for key in raw:
            if key not in KEYS:
                raise BadFilter(unknown(place, "a filter", key, KEYS))
        skip = raw.get("skip") if raw.get("skip") is not None else raw.get("offset")
        name = "skip" if raw.get("skip") is not None else "offset"
        found = Filter(
            entity,
            where=self._where.read(raw.get("where"), entity, place / "where"),
            include=self._include(raw.get("include"), entity, place / "include", depth),
            order=_order(raw.get("order"), entity, place / "order"),
            fields=_fields(raw.get("fields"), entity, place / "fields"),
            limit=_whole(raw.get("limit"), place / "limit") or None,
            skip=_whole(skip, place / name),
            query=_query(raw.get("query"), place / "query"),
        )
        if depth == 0:
            _check_pid(found, place / "fields")
        return found

    def _include(
        self, raw: object, entity: PanoscEntity, place: Place, depth: int
    ) -> tuple[Include, ...]:
        if depth > DEEPEST_INCLUDE:
            raise BadFilter(f"{place} is nested more than {DEEPEST_INCLUDE} deep")
        return tuple(self._item(item, entity, depth) for item in items(raw, place))

    def _item(self, item: Item, entity: PanoscEntity, depth: int) -> Include:
        self._includes += 1
        if self._includes > MOST_INCLUDES:
            raise BadFilter(f"include may name at most {MOST_INCLUDES} relations")
        relation = entity.relations.get(item.relation)
        if relation is None:
            raise BadFilter(unknown(item.place, entity.name, item.relation, entity.relations))
        target = self._target(relation)
        scope = self.filter(item.scope, target, item.place / "scope", depth + 1)
        return Include(relation.name, scope)


def _check_pid(found: Filter, place: Place) -> None:
    """Refuse, as the reference does, to include something in an object without its pid."""
    has_pid = found.fields is None or "pid" not in found.entity.attributes or "pid" in found.fields
    if found.include and not has_pid:
        raise BadFilter(f"{place} must keep pid where something is included")


def _order(raw: object, entity: PanoscEntity, place: Place) -> tuple[Order, ...]:
    """Read sort keys; names that the entity lacks are passed over, as the reference does."""
    if raw is None or raw in ("", {}):
        return ()
    texts = raw if isinstance(raw, list) else [raw]
    if len(texts) > MOST_ORDERS:
        raise BadFilter(f"{place} may hold at most {MOST_ORDERS} keys")
    found: dict[str, Order] = {}
    for number, text in enumerate(texts):
        here = place[number] if isinstance(raw, list) else place
        key = _order_key(text, here)
        if key.name in entity.attributes:
            found.setdefault(key.name, key)
    return tuple(found.values())


def _order_key(text: object, place: Place) -> Order:
    words = text.split() if isinstance(text, str) else []
    if len(words) not in (1, 2) or (words[1:2] and words[1].upper() not in ("ASC", "DESC")):
        raise BadFilter(f'{place} must read "name ASC" or "name DESC", got {shown(text)}')
    return Order(words[0], len(words) == 2 and words[1].upper() == "DESC")


def _fields(raw: object, entity: PanoscEntity, place: Place) -> frozenset[str] | None:
    """Read which attributes to answer with; names that the entity lacks are passed over."""
    if raw is None or raw in ("", [], {}):
        return None
    if isinstance(raw, str):
        raw = [raw]
    if isinstance(raw, list) and all(isinstance(name, str) for name in raw):
        return frozenset(raw) & frozenset(entity.attributes)
    if not isinstance(raw, Mapping):
        raise BadFilter(
            f'{place} must be a list such as ["pid","title"] or an object such as '
            f'{{"summary":false}}, got {shown(raw)}'
        )
    flags = {name: _flag(value, place / name) for name, value in raw.items()}
    kept = frozenset(name for name, flag in flags.items() if flag)
    if kept:
        return kept & frozenset(entity.attributes)
    return frozenset(entity.attributes) - frozenset(flags)


def _flag(raw: object, place: Place) -> bool:
    found = {"true": True, "false": False, "1": True, "0": False}.get(str(raw).lower())
    if found is None or not isinstance(raw, (bool, str, int)):
        raise BadFilter(f"{place} must be true or false, got {shown(raw)}")
    return found


def _whole(raw: object, place: Place) -> int:
    if raw is None:
        return 0
    value = raw
    if isinstance(raw, str) and raw.isascii() and raw.strip().isdecimal():
        value = int(raw.strip()[:30])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise BadFilter(f"{place} must be a whole number >= 0, got {shown(raw)}")
    return value


def _query(raw: object, place: Place) -> str | None:
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str):
        raise BadFilter(f'{place} must be a text such as "copper", got {shown(raw)}')
    return raw if raw.strip() else None
