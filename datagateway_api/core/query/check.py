"""From ``Asked`` to ``Query``: every name found in the schema, every operand converted."""

from collections.abc import Iterable
from dataclasses import replace

from datagateway_api.core.entities import Entity, Field, FieldType, Schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.includes import MOST_RELATIONS, includes
from datagateway_api.core.query.model import (
    AllOf,
    AnyOf,
    Asked,
    Comparison,
    Condition,
    Include,
    Order,
    Path,
    Query,
)
from datagateway_api.core.query.names import Names
from datagateway_api.core.query.operands import Operands
from datagateway_api.core.query.operators import (
    BY_NAME,
    EQ,
    ISNULL,
    LIST_OPERATORS,
    NE,
    OPERATOR_NAMES,
    Operator,
)
from datagateway_api.core.query.parse import shown

DEEPEST = 100
MOST_CONDITIONS = 1000


class Checker:
    """Holds what was asked against one schema, within the limits of the settings."""

    def __init__(
        self,
        schema: Schema,
        *,
        max_limit: int | None,
        max_depth: int,
        undoubles: bool,
        max_includes: int = MOST_RELATIONS,
    ) -> None:
        """Take the schema, the largest limit, the deepest path and how apostrophes are read."""
        self.names = Names(schema, max_depth=max_depth)
        self.operands = Operands(undoubles=undoubles)
        self.max_limit = max_limit
        self.max_includes = max_includes

    def rows(self, entity: Entity, asked: Asked) -> Query:
        """Check a list or findone request. Raises BadFilter."""
        if asked.distinct is not None:
            return self._distinct(entity, asked)
        self._check_limit(asked.limit)
        return Query(
            entity,
            where=self._where(entity, asked),
            order=self._order(entity, asked),
            limit=asked.limit,
            skip=asked.skip,
            include=self._includes(entity, asked),
            fields=self._fields(entity, asked),
            total=asked.total,
        )

    def first(self, entity: Entity, asked: Asked) -> Query:
        """Check a findone request, which is for one row whatever its limit."""
        return self.rows(entity, replace(asked, limit=min(1, _or(asked.limit, 1))))

    def count(self, entity: Entity, asked: Asked) -> Query:
        """Check a count request; what a count ignores is checked all the same."""
        self._includes(entity, asked)
        self._order(entity, asked)
        self._fields(entity, asked)
        distinct = self._paths(entity, asked.distinct or ())
        group_by = self._paths(entity, asked.group_by or ())
        if asked.group_by is not None and not group_by:
            raise BadFilter('group_by needs at least one path, such as "type.id"')
        if distinct and group_by:
            raise BadFilter("distinct and group_by exclude each other")
        return Query(entity, where=self._where(entity, asked), distinct=distinct, group_by=group_by)

    def by_id(self, entity: Entity, asked: Asked) -> Query:
        """Check a request for one object by its id."""
        return Query(
            entity,
            include=self._includes(entity, asked),
            fields=self._fields(entity, asked),
        )

    def _distinct(self, entity: Entity, asked: Asked) -> Query:
        if asked.include:
            raise BadFilter("distinct returns only the paths it names, so include is refused")
        if asked.fields is not None:
            raise BadFilter("distinct returns only the paths it names, so fields is refused")
        self._check_limit(asked.limit)
        distinct = self._paths(entity, asked.distinct or ())
        order = self._order(entity, asked, expands=False)
        chosen = {path.names for path in distinct}
        for key in order:
            if key.path.names not in chosen:
                raise BadFilter(f"with distinct, order may name only its paths, got {key.path}")
        return Query(
            entity,
            where=self._where(entity, asked),
            order=order,
            limit=asked.limit,
            skip=asked.skip,
            distinct=distinct,
            total=asked.total,
        )

    def _includes(self, entity: Entity, asked: Asked) -> tuple[Include, ...]:
        return includes(self.names, entity, asked.include, self.max_includes)

    def _check_limit(self, limit: int | None) -> None:
        if self.max_limit is not None and (limit is None or limit > self.max_limit):
            given = "none was given" if limit is None else f"got {limit}"
            raise BadFilter(f"limit must be at most {self.max_limit} on this server, {given}")

    def _fields(self, entity: Entity, asked: Asked) -> tuple[Field, ...]:
        if asked.fields is not None and not asked.fields:
            raise BadFilter('fields needs at least one name, such as ["name","title"]')
        return tuple(self.names.field(entity, name) for name in asked.fields or ())

    def _paths(self, entity: Entity, names: Iterable[str]) -> tuple[Path, ...]:
        found = {path.names: path for path in (self.names.path(entity, name) for name in names)}
        return tuple(found.values())

    def _order(self, entity: Entity, asked: Asked, *, expands: bool = True) -> tuple[Order, ...]:
        keys: dict[tuple[str, ...], Order] = {}
        for text in asked.order:
            for key in self._order_keys(entity, text, expands=expands):
                keys.setdefault(key.path.names, key)
        return tuple(keys.values())

    def _order_keys(self, entity: Entity, text: str, *, expands: bool) -> list[Order]:
        """Read ``path [asc|desc]``; a relation expands to its target's natural order."""
        words = text.split()
        if not words or len(words) > 2:
            raise BadFilter(f'order must read "path asc" or "path desc", got {shown(text)}')
        direction = words[1].lower() if len(words) == 2 else "asc"
        if direction not in ("asc", "desc"):
            raise BadFilter(f"order must end in asc or desc, got {shown(text)}")
        path = self.names.path(entity, words[0])
        if path.field.type is FieldType.LIST:
            raise BadFilter(f"{path} is a list, by which nothing can be ordered")
        paths = [path]
        if path.ends_in_relation and expands:
            target = self.names.schema.target(path.relations[-1])
            prefix = ".".join(path.names[:-1])
            known = [n for n in target.natural_order if self._exists(target, n)]
            paths = [self.names.path(entity, f"{prefix}.{name}") for name in known] or paths
        return [Order(p, direction == "desc") for p in paths]

    def _exists(self, entity: Entity, dotted: str) -> bool:
        try:
            self.names.path(entity, dotted)
        except BadFilter:
            return False
        return True

    def _where(self, entity: Entity, asked: Asked) -> Condition | None:
        if not asked.where:
            return None
        reader = _Where(self.names, self.operands, entity)
        return _all([reader.read(where, "", 0) for where in asked.where])


class _Where:
    """Reads the ``where`` objects of one request."""

    def __init__(self, names: Names, operands: Operands, entity: Entity) -> None:
        self._names = names
        self._operands = operands
        self._entity = entity
        self._count = 0

    def read(self, raw: object, prefix: str, depth: int) -> Condition:
        """Read one object, whose keys are paths (below ``prefix``), ``and`` or ``or``."""
        if not isinstance(raw, dict) or not raw:
            raise BadFilter(
                f'where must be an object such as {{"name":{{"eq":"a"}}}}, got {shown(raw)}'
            )
        if depth > DEEPEST:
            raise BadFilter(f"where is nested more than {DEEPEST} deep")
        return _all([self._key(key, value, prefix, depth) for key, value in raw.items()])

    def _key(self, key: str, value: object, prefix: str, depth: int) -> Condition:
        word = key.lower()
        if word in ("and", "or"):
            if not isinstance(value, list) or not value:
                raise BadFilter(
                    f"{word} must be a list of at least one condition, got {shown(value)}"
                )
            parts = [self.read(part, prefix, depth + 1) for part in value]
            return _all(parts) if word == "and" else _any(parts)
        dotted = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            return self._object(dotted, value, depth)
        return self._compare(self._names.path(self._entity, dotted), "eq", value)

    def _object(self, dotted: str, value: dict[str, object], depth: int) -> Condition:
        path = self._names.path(self._entity, dotted)
        if path.ends_in_relation and not all(key.lower() in BY_NAME for key in value):
            return self.read(value, dotted, depth + 1)
        if not value:
            raise BadFilter(f'{path} needs an operator, such as {{"{dotted}":{{"eq":"a"}}}}')
        return _all([self._compare(path, name, operand) for name, operand in value.items()])

    def _compare(self, path: Path, name: str, raw: object) -> Condition:
        operator = BY_NAME.get(name.lower())
        if operator is None:
            known = ", ".join(OPERATOR_NAMES)
            raise BadFilter(f"{path}: unknown operator {shown(name)}; the operators are: {known}")
        _check_fits(path, operator)
        self._count += 1
        if self._count > MOST_CONDITIONS:
            raise BadFilter(f"where may hold at most {MOST_CONDITIONS} conditions")
        if raw is None and operator in (EQ, NE):
            return Comparison(path, ISNULL, operator is EQ)
        return Comparison(path, operator, self._operands.convert(path, operator, raw))


def _check_fits(path: Path, operator: Operator) -> None:
    is_list = path.field.type is FieldType.LIST
    if is_list and operator not in LIST_OPERATORS:
        raise BadFilter(f"{path} is a list, which only contains can test, not {operator.name}")
    if operator in LIST_OPERATORS and not is_list:
        raise BadFilter(f"{operator.name} is for lists, and {path} is none: use eq or like")


def _or(limit: int | None, otherwise: int) -> int:
    return otherwise if limit is None else limit


def _all(parts: list[Condition]) -> Condition:
    flat: list[Condition] = []
    for part in parts:
        flat += part.parts if isinstance(part, AllOf) else (part,)
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def _any(parts: list[Condition]) -> Condition:
    flat: list[Condition] = []
    for part in parts:
        flat += part.parts if isinstance(part, AnyOf) else (part,)
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))
