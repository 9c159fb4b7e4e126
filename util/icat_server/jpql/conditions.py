"""JPQL's conditions as SQL."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from datagateway_api.core.entities import FieldType
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql import syntax
from util.icat_server.jpql.scopes import Scope
from util.icat_server.jpql.typed import Sql, Typed

if TYPE_CHECKING:
    from util.icat_server.jpql.compiler import Compiler

_OPERATORS: Mapping[str, Callable[[Any, Any], Sql]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
DEFAULT_ESCAPE = "\\"


class Conditions:
    """One method for each kind of condition."""

    def __init__(self, compiler: "Compiler") -> None:
        self._compiler = compiler
        self._kinds: Mapping[type[Any], Callable[[Any, Scope], Sql]] = {
            syntax.Compare: self._compare,
            syntax.Like: self._like,
            syntax.In: self._in,
            syntax.Between: self._between,
            syntax.IsNull: self._is_null,
            syntax.IsEmpty: self._is_empty,
            syntax.Member: self._member,
            syntax.Exists: self._exists,
            syntax.Not: lambda node, scope: sa.not_(self.compile(node.of, scope)),
            syntax.And: lambda node, scope: sa.and_(*(self.compile(n, scope) for n in node.parts)),
            syntax.Or: lambda node, scope: sa.or_(*(self.compile(n, scope) for n in node.parts)),
        }

    def compile(self, node: syntax.Node, scope: Scope) -> Sql:
        """Compile any condition; a value alone is none."""
        kind = self._kinds.get(type(node))
        if kind is None:
            raise self._compiler.not_jpql("The expression is not a valid conditional expression.")
        return kind(node, scope)

    def _compare(self, node: syntax.Compare, scope: Scope) -> Sql:
        left = self._compiler.value(node.left, scope)
        if node.quantifier is not None:
            assert isinstance(node.right, syntax.Select)
            return self._quantified(node, left, node.right, scope)
        return self._operate(node.operator, left, self._compiler.value(node.right, scope))

    def _operate(self, operator: str, left: Typed, right: Typed) -> Sql:
        """Compare two values; ``= NULL`` is a test for null here, as in EclipseLink."""
        if left.is_null:
            left, right = right, left
        if right.is_null and operator in ("=", "<>"):
            return left.sql.is_(None) if operator == "=" else left.sql.is_not(None)
        left, right = self._compiler.unify(left, right)
        return _OPERATORS[operator](left.sql, right.sql)

    def _quantified(
        self, node: syntax.Compare, left: Typed, select: syntax.Select, scope: Scope
    ) -> Sql:
        """Compare with ALL or ANY of a sub-select, which SQLite does not know, by EXISTS.

        ALL fails at the first row that compares false or null, so one such row is looked for.
        """
        statement, item = self._compiler.sub_select(select, scope)
        matches = self._operate(node.operator, left, item)
        is_single = isinstance(select.items[0], syntax.Aggregate) and not select.group
        if is_single:
            value = Typed(statement.scalar_subquery(), item.type, item.entity, item.choices)
            return self._operate(node.operator, left, value)
        narrow = statement.having if select.group else statement.where
        if node.quantifier == "ANY":
            return narrow(matches).exists()
        return ~narrow(sa.or_(sa.not_(matches), matches.is_(None))).exists()

    def _like(self, node: syntax.Like, scope: Scope) -> Sql:
        value, pattern = (
            self._compiler.argument(self._compiler.value(each, scope), FieldType.TEXT).sql
            for each in (node.value, node.pattern)
        )
        if node.is_regexp:
            return value.regexp_match(pattern)
        escape = DEFAULT_ESCAPE
        if node.escape is not None:
            given = node.escape.value if isinstance(node.escape, syntax.Literal) else None
            if not isinstance(given, str) or len(given) != 1:
                raise IcatError(Kind.INTERNAL, "ESCAPE must be one character")
            escape = given
        return value.like(pattern, escape=escape)

    def _in(self, node: syntax.In, scope: Scope) -> Sql:
        value = self._compiler.value(node.value, scope)
        if len(node.members) == 1 and isinstance(node.members[0], syntax.Select):
            statement, item = self._compiler.sub_select(node.members[0], scope)
            value, _ = self._compiler.unify(value, item)
            return value.sql.in_(statement)
        plain = [each.value for each in node.members if isinstance(each, syntax.Literal)]
        if value.constant is None and value.type is not None and len(plain) == len(node.members):
            values = [self._compiler.convert(each, value.type) for each in plain]
            return value.sql.in_(values)
        members = [self._compiler.value(member, scope) for member in node.members]
        if value.constant is not None:
            value = self._compiler.literal(value, members[0])
        return value.sql.in_([self._compiler.unify(value, member)[1].sql for member in members])

    def _between(self, node: syntax.Between, scope: Scope) -> Sql:
        value, low, high = (
            self._compiler.value(each, scope) for each in (node.value, node.low, node.high)
        )
        if value.constant is not None:
            value = self._compiler.literal(value, low if low.constant is None else high)
        low = self._compiler.unify(value, low)[1]
        high = self._compiler.unify(value, high)[1]
        return value.sql.between(low.sql, high.sql)

    def _is_null(self, node: syntax.IsNull, scope: Scope) -> Sql:
        return self._compiler.value(node.of, scope).sql.is_(None)

    def _is_empty(self, node: syntax.IsEmpty, scope: Scope) -> Sql:
        if not isinstance(node.of, syntax.Path):
            raise self._compiler.not_jpql("IS EMPTY is of a path.")
        origin, relation = self._compiler.collection(node.of, scope)
        target = scope.new(self._compiler.catalogue.target(relation))
        return ~sa.exists().where(scope.link(origin, relation, target)).correlate_except(
            target.table
        )

    def _member(self, node: syntax.Member, scope: Scope) -> Sql:
        value = self._compiler.value(node.value, scope)
        origin, relation = self._compiler.collection(node.of, scope)
        target = scope.new(self._compiler.catalogue.target(relation))
        if value.entity is not target.entity:
            raise self._compiler.problem(f"'{node.of.text}' holds other objects.")
        found = sa.exists().where(scope.link(origin, relation, target), target.id == value.sql)
        return found.correlate_except(target.table)

    def _exists(self, node: syntax.Exists, scope: Scope) -> Sql:
        return self._compiler.sub_select(node.select, scope)[0].exists()
