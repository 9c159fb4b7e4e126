"""Parsed JPQL to SQLAlchemy Core: what both values and conditions need, and whole selects."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from datagateway_api.core.entities import Entity, FieldType, Relation
from util.icat_server.catalogue import ENUMS, Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql import functions, syntax
from util.icat_server.jpql.conditions import Conditions
from util.icat_server.jpql.literals import Constant, convert
from util.icat_server.jpql.scopes import Scope, Source
from util.icat_server.jpql.tokens import bad
from util.icat_server.jpql.typed import Sql, Typed, bound, of_constant, of_field
from util.icat_server.jpql.values import Values

_LITERAL = "org.icatproject."


class Compiler:
    """Compiles the parts of one query; ``text`` is quoted in its errors.

    Errors are IcatError: BAD_PARAMETER for what is no JPQL on this catalogue, INTERNAL for
    literals that cannot become what they are compared with.
    """

    def __init__(self, catalogue: Catalogue, zone: tzinfo, text: str) -> None:
        self.catalogue = catalogue
        self.zone = zone
        self._text = text
        self._values = Values(self)
        self._conditions = Conditions(self)

    def value(self, node: syntax.Node, scope: Scope) -> Typed:
        """Compile a value."""
        return self._values.compile(node, scope)

    def condition(self, node: syntax.Node, scope: Scope) -> Sql:
        """Compile a condition."""
        return self._conditions.compile(node, scope)

    # Paths.

    def path(self, path: syntax.Path, scope: Scope) -> Typed:
        """Compile a variable, or a path to an attribute or a to-one relation."""
        if path.text.startswith(_LITERAL):
            return self._enum(path)
        origin, _, name = self.origin(path, scope)
        if name is None:
            return Typed(origin.id, entity=origin.entity)
        field = self.catalogue.attribute(origin.entity, name)
        if field is not None:
            return of_field(origin.column(field.column), field)
        relation = self._relation(path, origin.entity, name)
        if relation.is_many:
            raise self.problem(f"The path '{path.text}' is of a collection.")
        key = origin.column(self.catalogue.foreign_key(relation))
        return Typed(key, entity=self.catalogue.target(relation))

    def origin(self, path: syntax.Path, scope: Scope) -> tuple[Source, Scope, str | None]:
        """Follow all but the last name; return that with where it is of, and whose scope."""
        start, *names = path.names
        found = scope.find(start)
        if found is None:
            raise self.problem(f"The identification variable '{start}' is not defined.")
        owner, source = found
        if not names:
            return source, owner, None
        for name in names[:-1]:
            relation = self._relation(path, source.entity, name)
            if relation.is_many:
                raise self.problem(f"The path '{path.text}' leads through a collection.")
            source = owner.step(source, relation)
        return source, owner, names[-1]

    def collection(self, path: syntax.Path, scope: Scope) -> tuple[Source, Relation]:
        """Return a to-many relation with the source it starts from."""
        origin, _, name = self.origin(path, scope)
        relation = origin.entity.relations.get(name or "")
        if relation is None or not relation.is_many:
            raise self.problem(f"The path '{path.text}' is not of a collection.")
        return origin, relation

    def joined(self, path: syntax.Path, scope: Scope) -> Source:
        """Return the table of the object that a path leads to, joined if need be."""
        origin, owner, name = self.origin(path, scope)
        if name is None:
            return origin
        return owner.step(origin, self._relation(path, origin.entity, name))

    def _relation(self, path: syntax.Path, entity: Entity, name: str) -> Relation:
        relation = entity.relations.get(name)
        if relation is None:
            raise self.problem(
                f"The state field path '{path.text}' cannot be resolved to a valid type."
            )
        return relation

    def _enum(self, path: syntax.Path) -> Typed:
        *_, class_, constant = path.names
        choices = ENUMS.get(class_, ())
        if constant not in choices:
            raise self.problem(f"The enum constant '{path.text}' is not known.")
        ordinal = choices.index(constant)
        return Typed(bound(ordinal, FieldType.ENUM), FieldType.ENUM, choices=choices)

    # Literals.

    def unify(self, left: Typed, right: Typed) -> tuple[Typed, Typed]:
        """Return both sides of a comparison with literals made of the other side's type."""
        if left.constant is not None and right.constant is None:
            return self.literal(left, right), right
        if right.constant is not None and left.constant is None:
            return left, self.literal(right, left)
        if (left.entity is None) != (right.entity is None) and not (left.is_null or right.is_null):
            raise IcatError(Kind.INTERNAL, "An object cannot be compared with a value")
        return left, right

    def literal(self, literal: Typed, other: Typed) -> Typed:
        """Return a literal as a value of another expression's type."""
        if literal.constant is None:
            return literal
        if other.entity is not None:
            raise IcatError(
                Kind.INTERNAL,
                f"\nException Description: The object [{literal.constant}] could not be converted"
                f" to [class org.icatproject.core.entity.{other.entity.name}].",
            )
        if other.type is None:
            return literal
        return self.of_type(literal, other.type)

    def of_type(self, value: Typed, type_: FieldType) -> Typed:
        """Return a literal as a value of a type; anything else as it is."""
        if value.constant is None:
            return value
        return Typed(bound(convert(value.constant, type_, self.zone), type_), type_)

    def argument(self, value: Typed, type_: FieldType) -> Typed:
        """Return a value as a function of texts or of numbers wants it."""
        value = self.of_type(value, type_)
        if value.is_null or value.type is type_:
            return value
        if type_ is FieldType.TEXT:
            return Typed(sa.cast(value.sql, sa.String(4000)), type_)
        if not value.is_number:
            raise IcatError(Kind.INTERNAL, "Only numbers can be reckoned with")
        return value

    def convert(self, value: Constant | None, type_: FieldType) -> object:
        """Return a literal's value as one of a type."""
        return sa.literal_column("NULL") if value is None else convert(value, type_, self.zone)

    def constant(self, value: str | int | float | bool | None) -> Typed:
        """Compile a literal that stands alone."""
        return of_constant(value)

    # Selects.

    def ranges(self, select: syntax.Select, scope: Scope) -> None:
        """Compile a FROM clause into a scope."""
        for each in select.ranges:
            if scope.is_defined(each.variable):
                raise self.problem(f"The variable '{each.variable}' is defined twice.")
            scope.define(each.variable, self._range(each, scope))

    def _range(self, each: syntax.Range, scope: Scope) -> Source:
        if len(each.path.names) == 1:
            entity = self.catalogue.entity(each.path.text)
            if entity is None or each.join:
                raise self.problem(f"'{each.path.text}' is not an entity.")
            return scope.range(entity)
        origin, owner, name = self.origin(each.path, scope)
        relation = self._relation(each.path, origin.entity, name or "")
        if owner is not scope:
            return scope.correlated(origin, relation)
        return scope.join(origin, relation, is_outer=each.join == "LEFT")

    def sub_select(
        self, select: syntax.Select, outer: Scope | None
    ) -> tuple[sa.Select[Any], Typed]:
        """Compile a sub-select of one item; return that too, an object standing for its id."""
        if len(select.items) != 1:
            raise self.problem("A sub-select must have one item.")
        scope = Scope(self.catalogue, outer)
        self.ranges(select, scope)
        item = self.value(select.items[0], scope)
        statement = sa.select(item.sql)
        if select.is_distinct:
            statement = statement.distinct()
        return self.finish(statement, select, scope), item

    def finish(
        self,
        statement: sa.Select[Any],
        select: syntax.Select,
        scope: Scope,
        more: Callable[[], list[Sql]] = list,
    ) -> sa.Select[Any]:
        """Add all clauses to a select of items; ``more`` returns further conditions."""
        if select.where is not None:
            statement = statement.where(self.condition(select.where, scope))
        statement = statement.where(*more())
        if select.group:
            statement = statement.group_by(*(self.value(n, scope).sql for n in select.group))
        if select.having is not None:
            statement = statement.having(self.condition(select.having, scope))
        keys = [each for key in select.order for each in self._order_key(key, scope)]
        return scope.finish(statement.order_by(*keys) if keys else statement)

    def _order_key(self, key: syntax.OrderKey, scope: Scope) -> list[Sql]:
        """Return what to sort by; MariaDB does not know NULLS FIRST, but can sort by nullness."""
        value = self.value(key.value, scope).sql
        ordered = functions.ordered(value, is_descending=key.is_descending)
        if not key.nulls:
            return [ordered]
        is_null = value.is_(None)
        return [is_null.desc() if key.nulls == "FIRST" else is_null.asc(), ordered]

    # Errors.

    def problem(self, reason: str) -> IcatError:
        """Return the error of a query that is JPQL, but not of this catalogue."""
        return self._error("Problem compiling", reason)

    def not_jpql(self, reason: str) -> IcatError:
        """Return the error of a query that is no JPQL."""
        return self._error("Syntax error parsing", reason)

    def _error(self, what: str, reason: str) -> IcatError:
        return bad(
            "An exception occurred while creating a query in EntityManager: \n"
            f"Exception Description: {what} [{self._text}]. \n{reason}"
        )
