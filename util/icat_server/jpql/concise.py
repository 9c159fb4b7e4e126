"""The old concise syntax, ``[off,num] Entity.attr [cond] <-> Entity [cond]``, made JPQL."""

from collections.abc import Iterator, Sequence

from datagateway_api.core.entities import Entity
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql import include
from util.icat_server.jpql.include import Step
from util.icat_server.jpql.reader import Reader
from util.icat_server.jpql.search import Clauses, Limit, Search, from_clauses
from util.icat_server.jpql.tokens import Token, Type, bad, tokenize

_AGGREGATES = ("COUNT", "MAX", "MIN", "AVG", "SUM")
_COMPARISONS = (Type.COMPARE, "IN", "BETWEEN", "LIKE")
_VALUES = (
    Type.NAME, Type.STRING, Type.INTEGER, Type.REAL, Type.PARAMETER, Type.TIMESTAMP,
    "TRUE", "FALSE",
)  # fmt: skip
_AND = Token("AND", "AND")
_OPEN = Token(Type.OPEN, "(")
_CLOSE = Token(Type.CLOSE, ")")


def read_concise(catalogue: Catalogue, text: str) -> Search:
    """Read a query in the old syntax. Raises IcatError."""
    tokens = list(_signed(tokenize(text, is_concise=True)))
    return _Concise(catalogue, Reader(tokens)).read()


def _signed(tokens: Sequence[Token]) -> Iterator[Token]:
    """Put signs and numbers together: there is no arithmetic in this syntax."""
    sign = ""
    for token in tokens:
        is_number = token.type in (Type.INTEGER, Type.REAL)
        if sign and not is_number:
            yield Token(Type.MINUS, sign)
        if token.type == Type.MINUS:
            sign = token.value
            continue
        yield Token(token.type, sign + token.value, token.end) if sign and is_number else token
        sign = ""
    if sign:
        yield Token(Type.MINUS, sign)


class _Concise:
    """The reading of one query."""

    def __init__(self, catalogue: Catalogue, reader: Reader) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._conditions: list[list[Token]] = []

    def read(self) -> Search:
        """Read all of it."""
        limit = self._limit()
        select, first = self._selected()
        order, includes = self._order_and_includes(first)
        named = [first]
        self._condition(first)
        while self._reader.peek() is not None:
            self._reader.next(Type.SEPARATOR)
            entity = self._entity(self._reader.next(Type.NAME).value)
            named.append(entity)
            self._condition(entity)
        from_ = [_word("FROM"), _name(first.name), _word("AS"), _variable(first)]
        from_ += _joins(self._catalogue, named)
        where = [_word("WHERE")] if self._conditions else []
        for at, condition in enumerate(self._conditions):
            where += [_AND] * bool(at) + [_OPEN, *condition, _CLOSE]
        clauses = Clauses(select, from_, where, order, limit)
        return from_clauses(self._catalogue, clauses, includes)

    def _limit(self) -> Limit | None:
        offset = self._reader.take(Type.INTEGER)
        if offset is None and self._reader.peek() != Type.COMMA:
            return None
        self._reader.next(Type.COMMA)
        count = self._reader.take(Type.INTEGER)
        return Limit(int(offset.value) if offset else 0, int(count.value) if count else None)

    def _entity(self, name: str) -> Entity:
        entity = self._catalogue.entity(name)
        if entity is None:
            raise bad(f"{name} is not an ICAT entity")
        return entity

    def _selected(self) -> tuple[list[Token], Entity]:
        reader = self._reader
        tokens = [_word("SELECT")]
        distinct = reader.take("DISTINCT")
        if distinct is not None:
            tokens.append(distinct)
        aggregate = reader.take(*_AGGREGATES) if distinct is None else None
        if aggregate is None:
            token = reader.next(Type.NAME, *(_AGGREGATES if distinct is None else ()))
            entity, path = self._path(token.value)
            return [*tokens, path], entity
        tokens += [aggregate, reader.next(Type.OPEN)]
        inner = reader.take("DISTINCT")
        entity, path = self._path(reader.next(Type.NAME).value)
        tokens += ([inner] if inner is not None else []) + [path, reader.next(Type.CLOSE)]
        return tokens, entity

    def _path(self, text: str) -> tuple[Entity, Token]:
        name, *rest = text.split(".")
        entity = self._entity(name)
        return entity, _name(".".join([_variable(entity).value, *rest]))

    def _order_and_includes(self, first: Entity) -> tuple[list[Token], tuple[Step, ...]]:
        order: list[Token] = []
        includes: tuple[Step, ...] = ()
        while self._reader.peek() in ("INCLUDE", "ORDER"):
            if self._reader.next().type == "INCLUDE":
                includes = self._includes(first)
                continue
            self._reader.next("BY")
            order = [_word("ORDER"), _word("BY"), *self._order(first)]
        return order, includes

    def _includes(self, first: Entity) -> tuple[Step, ...]:
        if include.is_one(self._reader):
            return include.all_to_one(self._catalogue, first)
        return include.by_types(self._catalogue, first, include.names(self._reader))

    def _order(self, first: Entity) -> Iterator[Token]:
        while True:
            yield _name(f"{_variable(first).value}.{self._reader.next(Type.NAME).value}")
            direction = self._reader.take("ASC", "DESC")
            if direction is not None:
                yield direction
            comma = self._reader.take(Type.COMMA)
            if comma is None:
                return
            yield comma

    def _condition(self, entity: Entity) -> None:
        if self._reader.take(Type.BRACKET) is None:
            return
        condition = list(_Condition(self._catalogue, self._reader, entity).read())
        self._reader.next(Type.BRACKET_END)
        self._conditions.append(condition)


class _Condition:
    """The reading of what stands in brackets after an entity."""

    def __init__(self, catalogue: Catalogue, reader: Reader, entity: Entity) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._entity = entity

    def read(self) -> Iterator[Token]:
        """Yield the condition as tokens of JPQL."""
        yield from self._term()
        while (joint := self._reader.take("AND", "OR")) is not None:
            yield joint
            yield from self._term()

    def _term(self) -> Iterator[Token]:
        while (negation := self._reader.take("NOT")) is not None:
            yield negation
        if self._reader.take(Type.OPEN) is not None:
            yield _OPEN
            yield from self.read()
            yield self._reader.next(Type.CLOSE)
        else:
            yield from self._comparison()

    def _comparison(self) -> Iterator[Token]:
        left = self._reader.next(*_VALUES)
        if self._reader.peek() not in _COMPARISONS:
            self._reader.next(">", "<", "!=", "=", "<>", ">=", "<=", "IN", "BETWEEN")
        operator = self._reader.next()
        if operator.type in ("IN", "BETWEEN"):
            field = self._field(left, left, operator)
            yield from (self._attribute(left), operator)
            yield from self._members(field) if operator.type == "IN" else self._bounds(field)
            return
        right = self._reader.next(*_VALUES)
        if self._is_attribute(left):
            yield from (self._attribute(left), operator, *self._value(right, left))
        elif self._is_attribute(right):
            yield from (*self._value(left, right), operator, self._attribute(right))
        else:
            self._field(left, right, operator)

    def _members(self, attribute: Token) -> Iterator[Token]:
        yield self._reader.next(Type.OPEN)
        yield from self._value(self._reader.next(*_VALUES), attribute)
        while (comma := self._reader.take(Type.COMMA)) is not None:
            yield comma
            yield from self._value(self._reader.next(*_VALUES), attribute)
        yield self._reader.next(Type.CLOSE)

    def _bounds(self, attribute: Token) -> Iterator[Token]:
        yield from self._value(self._reader.next(*_VALUES), attribute)
        yield self._reader.next("AND")
        yield from self._value(self._reader.next(*_VALUES), attribute)

    def _is_attribute(self, token: Token) -> bool:
        return token.type == Type.NAME and self._end(token) is not None

    def _end(self, token: Token) -> tuple[Entity, str] | None:
        """Return the entity and the name that a path ends with, or None if there is none."""
        entity = self._entity
        *names, last = token.value.split(".")
        for name in names:
            relation = entity.relations.get(name)
            if relation is None:
                return None
            entity = self._catalogue.target(relation)
        known = last in entity.relations or self._catalogue.attribute(entity, last) is not None
        return (entity, last) if known else None

    def _field(self, left: Token, right: Token, operator: Token) -> Token:
        if self._is_attribute(left):
            return left
        shown = f"{left.text} {operator.text}" + ("" if right is left else f" {right.text}")
        raise bad(f"Attribute comparisons require one attribute name and one value: {shown}")

    def _attribute(self, token: Token) -> Token:
        return _name(f"{_variable(self._entity).value}.{token.value}")

    def _value(self, token: Token, attribute: Token) -> Iterator[Token]:
        """Yield a value; a bare word is a constant of the attribute's enum."""
        if token.type == Type.NAME:
            end = self._end(attribute)
            assert end is not None
            yield _name(f"{_enum(self._catalogue, *end)}.{token.value}")
        else:
            yield token


def _enum(catalogue: Catalogue, entity: Entity, name: str) -> str:
    field = catalogue.attribute(entity, name)
    if field is None or not field.choices:
        return "java.lang." + (field.type.value if field else "Object")
    return "org.icatproject." + catalogue.enum(field.choices)


def _joins(catalogue: Catalogue, named: list[Entity]) -> list[Token]:
    """Return the joins from the first entity to all others, over relations in both directions."""
    wanted = {entity.name for entity in named}
    reached: set[str] = {named[0].name}
    tokens: list[Token] = []
    pending = [(named[0], "")]
    while pending:
        entity, before = pending.pop(0)
        steps = [
            relation
            for relation in entity.relations.values()
            if relation.target in wanted and relation.target != before
        ]
        if len({relation.target for relation in steps}) < len(steps):
            raise IcatError(Kind.INTERNAL, "There are two relations between the same entities")
        for relation in steps:
            if relation.target in reached:
                raise bad(
                    f"Can't have loop in graph of entities. '{relation.target}' was encountered"
                    f" twice following {entity.name} -> {relation.target}"
                )
            reached.add(relation.target)
            target = catalogue.target(relation)
            path = _name(f"{_variable(entity).value}.{relation.name}")
            tokens += [_word("JOIN"), path, _word("AS"), _variable(target)]
            pending.append((target, entity.name))
    for name in wanted - reached:
        raise bad(f"Unable to reach {name}")
    return tokens


def _word(keyword: str) -> Token:
    return Token(keyword, keyword)


def _name(text: str) -> Token:
    return Token(Type.NAME, text)


def _variable(entity: Entity) -> Token:
    return _name(entity.name + "$")
