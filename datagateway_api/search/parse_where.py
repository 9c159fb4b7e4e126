"""From a decoded ``where`` to plain data."""

from collections.abc import Callable
from typing import Final

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.parse import shown
from datagateway_api.search.filters import Every, Field, Has, Neither, Raw, Some, Test, Text, Where
from datagateway_api.search.near import unknown
from datagateway_api.search.operators import BY_NAME, Operator
from datagateway_api.search.panosc import PanoscEntity, Relation
from datagateway_api.search.places import Place

DEEPEST: Final = 100
RELATION: Final = 10
"""One relation counts as so many levels of nesting: each is a sub-select in a sub-select."""
MOST_TESTS: Final = 1000
LONGEST_LIST: Final = 20_000
LONGEST_TEXT: Final = 10_000
_GROUPS: Final[dict[str, Callable[[tuple[Where, ...]], Where]]] = {
    "and": Every,
    "or": Some,
    "nor": Neither,
}
_PATTERNS: Final = ("like", "nlike", "ilike", "nilike", "regexp")
_NULLABLE: Final = ("eq", "neq", "inq", "nin")


class WhereParser:
    """Reads the wheres of one request, of which all together may be only so large."""

    def __init__(self, target: Callable[[Relation], PanoscEntity]) -> None:
        """Take what finds the entity that a relation leads to."""
        self._target = target
        self._tests = 0

    def read(self, raw: object, entity: PanoscEntity, place: Place) -> Where | None:
        """Read a where; null, an empty text and ``{}`` are none. Raises BadFilter."""
        if raw is None or raw in ("", {}):
            return None
        return self._object(raw, entity, place, 0)

    def _object(self, raw: object, entity: PanoscEntity, place: Place, depth: int) -> Where:
        if not isinstance(raw, dict):
            raise BadFilter(f'{place} must be an object such as {{"title":"a"}}, got {shown(raw)}')
        return self._pairs(list(raw.items()), entity, place, depth)

    def _pairs(
        self, pairs: list[tuple[str, object]], entity: PanoscEntity, place: Place, depth: int
    ) -> Where:
        """Read keys that hold together; those that start with one relation speak of one row."""
        if depth > DEEPEST:
            raise BadFilter(f"{place}: where is nested more than {DEEPEST} deep")
        parts: list[Where] = []
        below: dict[str, list[tuple[str, object]]] = {}
        for key, value in pairs:
            first, _, rest = key.partition(".")
            if first in entity.relations:
                below.setdefault(first, []).append((rest, value))
            else:
                parts.append(self._key(key, value, entity, place, depth))
        for name, inner in below.items():
            parts.append(self._related(name, inner, entity, place / name, depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _related(
        self,
        name: str,
        inner: list[tuple[str, object]],
        entity: PanoscEntity,
        place: Place,
        depth: int,
    ) -> Where:
        flat: list[tuple[str, object]] = []
        for rest, value in inner:
            if rest:
                flat.append((rest, value))
            elif isinstance(value, dict):
                flat += value.items()
            else:
                raise BadFilter(
                    f"{place} is a relation: name one of its attributes, as in "
                    f'{{"{name}.pid":"a"}}, or give an object, got {shown(value)}'
                )
        target = self._target(entity.relations[name])
        return Has(name, self._pairs(flat, target, place, depth + RELATION))

    def _key(
        self, key: str, value: object, entity: PanoscEntity, place: Place, depth: int
    ) -> Where:
        here = place / key
        if key in _GROUPS:
            if not isinstance(value, list) or not value:
                raise BadFilter(f"{here} must be a list of conditions, got {shown(value)}")
            parts = [
                self._object(part, entity, here[number], depth + 1)
                for number, part in enumerate(value)
            ]
            return _GROUPS[key](tuple(parts))
        if key == "text":
            return self._text(value, here)
        if key not in entity.attributes:
            names = (*entity.names, *_GROUPS, "text")
            raise BadFilter(unknown(place, entity.name, key, names))
        return self._field(key, value, here)

    def _text(self, value: object, place: Place) -> Where:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
            raise BadFilter(f"{place} must be a text, got {shown(value)}")
        self._count(place)
        return Text(value) if value else Every(())

    def _field(self, name: str, value: object, place: Place) -> Field:
        if not isinstance(value, dict):
            return Field(name, (self._test(BY_NAME["eq"], value, place),), str(place))
        if not value:
            raise BadFilter(f'{place} needs an operator, such as {{"eq":"a"}}')
        tests = []
        for word, operand in value.items():
            operator = BY_NAME.get(word)
            if operator is None:
                raise BadFilter(unknown(place, "where", word, [*BY_NAME]))
            tests.append(self._test(operator, operand, place / word))
        return Field(name, tuple(tests), str(place))

    def _test(self, operator: Operator, raw: object, place: Place) -> Test:
        self._count(place)
        if operator.takes_list:
            return Test(operator.name, _list(operator, raw, place), str(place))
        value = _scalar(operator, raw, place)
        if operator.name in _PATTERNS:
            value = _pattern(value, place)
        return Test(operator.name, value, str(place))

    def _count(self, place: Place) -> None:
        self._tests += 1
        if self._tests > MOST_TESTS:
            raise BadFilter(f"{place}: where may hold at most {MOST_TESTS} conditions")


def _list(operator: Operator, raw: object, place: Place) -> tuple[Raw, ...]:
    if isinstance(raw, dict) and raw and all(key.isdecimal() for key in raw):
        raw = list(raw.values())
    if not isinstance(raw, list):
        raise BadFilter(f"{place} must be a list such as in {operator.example}, got {shown(raw)}")
    if operator.name == "between" and len(raw) != 2:
        raise BadFilter(f"{place} must be a list of two values, got {len(raw)}")
    if len(raw) > LONGEST_LIST:
        raise BadFilter(f"{place}: at most {LONGEST_LIST} values")
    return tuple(_scalar(operator, item, place[number]) for number, item in enumerate(raw))


def _scalar(operator: Operator, raw: object, place: Place) -> Raw:
    if raw is None and operator.name in _NULLABLE:
        return None
    if not isinstance(raw, (str, int, float)):
        raise BadFilter(f"{place} must be a single value, got {shown(raw)}")
    if isinstance(raw, str) and "\0" in raw:
        raise BadFilter(f"{place} must be a text without the NUL character")
    return raw


def _pattern(value: Raw, place: Place) -> str:
    if isinstance(value, bool) or value is None:
        raise BadFilter(f"{place} must be a text, got {shown(value)}")
    text = str(value)
    if len(text) > LONGEST_TEXT:
        raise BadFilter(f"{place}: at most {LONGEST_TEXT} characters")
    return text
