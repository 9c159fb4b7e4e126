"""JPQL's values as SQL: paths, literals, functions, aggregates, arithmetic, sub-selects."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from datagateway_api.core.entities import FieldType
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql import functions, syntax
from util.icat_server.jpql.literals import local_time
from util.icat_server.jpql.scopes import Scope
from util.icat_server.jpql.typed import SQL_TYPES, Sql, Typed, bound

if TYPE_CHECKING:
    from util.icat_server.jpql.compiler import Compiler

_CASTS = {
    **dict.fromkeys(("VARCHAR", "CHAR", "TEXT", "STRING"), FieldType.TEXT),
    **dict.fromkeys(("INTEGER", "INT", "BIGINT", "LONG"), FieldType.LONG),
    **dict.fromkeys(("DOUBLE", "FLOAT", "REAL", "DECIMAL", "NUMERIC"), FieldType.DOUBLE),
}
_PARTS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
NOW = sa.bindparam("now", type_=sa.DateTime())
TODAY = sa.bindparam("today", type_=sa.DateTime())
USER = sa.bindparam("user", type_=sa.String())


class Values:
    """One method for each kind of value."""

    def __init__(self, compiler: "Compiler") -> None:
        self._compiler = compiler
        self._kinds: Mapping[type[Any], Callable[[Any, Scope], Typed]] = {
            syntax.Path: compiler.path,
            syntax.Literal: lambda node, scope: compiler.constant(node.value),
            syntax.Timestamp: self._timestamp,
            syntax.Parameter: self._parameter,
            syntax.Now: self._now,
            syntax.Function: self._function,
            syntax.Trim: self._trim,
            syntax.Cast: self._cast,
            syntax.Extract: self._extract,
            syntax.Case: self._case,
            syntax.Aggregate: self._aggregate,
            syntax.Negative: self._negative,
            syntax.Arithmetic: self._arithmetic,
            syntax.Select: self._select,
        }

    def compile(self, node: syntax.Node, scope: Scope) -> Typed:
        """Compile any value; a condition is none."""
        kind = self._kinds.get(type(node))
        if kind is None:
            raise self._compiler.not_jpql("A condition stands where a value is expected.")
        return kind(node, scope)

    def _timestamp(self, node: syntax.Timestamp, scope: Scope) -> Typed:
        moment = local_time(node.text, self._compiler.zone)
        return Typed(bound(moment, FieldType.DATE), FieldType.DATE)

    def _parameter(self, node: syntax.Parameter, scope: Scope) -> Typed:
        if node.name != "user":
            raise IcatError(
                Kind.INTERNAL,
                f"Query argument {node.name} not found in the list of parameters provided during"
                " query execution.",
            )
        return Typed(USER, FieldType.TEXT)

    def _now(self, node: syntax.Now, scope: Scope) -> Typed:
        return Typed(TODAY if node.name == "CURRENT_DATE" else NOW, FieldType.DATE)

    def _select(self, node: syntax.Select, scope: Scope) -> Typed:
        statement, item = self._compiler.sub_select(node, scope)
        return Typed(statement.scalar_subquery(), item.type, item.entity, item.choices)

    # Aggregates and arithmetic.

    def _aggregate(self, node: syntax.Aggregate, scope: Scope) -> Typed:
        of = self.compile(node.of, scope)
        of_sql = of.sql
        if of.type is FieldType.FLAG:  # PostgreSQL finds no least one of those.
            of_sql = sa.cast(of_sql, sa.Integer())
        sql: Sql = of_sql.distinct() if node.is_distinct else of_sql
        if node.name == "COUNT":
            return Typed(sa.func.count(sql), FieldType.LONG)
        if node.name in ("MIN", "MAX"):
            return Typed(getattr(sa.func, node.name.lower())(sql), of.type, choices=of.choices)
        if not of.is_number:
            raise IcatError(Kind.INTERNAL, f"{node.name} is for numbers only")
        if node.name == "AVG":
            return Typed(sa.func.avg(sql), FieldType.DOUBLE)
        is_whole = of.type is not FieldType.DOUBLE
        return Typed(sa.func.sum(sql), FieldType.LONG if is_whole else FieldType.DOUBLE)

    def _negative(self, node: syntax.Negative, scope: Scope) -> Typed:
        of = self._number(self.compile(node.of, scope))
        return Typed(-of.sql, of.type)

    def _arithmetic(self, node: syntax.Arithmetic, scope: Scope) -> Typed:
        first = self._number(self.compile(node.first, scope))
        rest = [(sign, self._number(self.compile(of, scope))) for sign, of in node.rest]
        return reduce(lambda left, step: _reckon(left, *step), rest, first)

    def _number(self, value: Typed) -> Typed:
        if value.constant is not None and isinstance(value.constant, str):
            return self._compiler.of_type(value, FieldType.DOUBLE)
        if not value.is_number and not value.is_null:
            raise IcatError(Kind.INTERNAL, "Only numbers can be reckoned with")
        return value

    # Functions.

    def _function(self, node: syntax.Function, scope: Scope) -> Typed:
        if node.name == "SIZE":
            return self._size(node, scope)
        function = functions.FUNCTIONS.get(node.name)
        if function is None:
            raise IcatError(Kind.INTERNAL, f"Function {node.name} is not known")
        if not function.least <= len(node.arguments) <= function.most:
            raise self._compiler.not_jpql(f"{node.name} has a wrong number of arguments.")
        arguments = [self.compile(argument, scope) for argument in node.arguments]
        for at, type_ in enumerate(function.types[: len(arguments)]):
            arguments[at] = self._compiler.argument(arguments[at], type_)
        if function.is_alike:
            first = next((each for each in arguments if each.constant is None), arguments[0])
            arguments = [self._compiler.unify(first, each)[1] for each in arguments]
        return function.build(arguments)

    def _size(self, node: syntax.Function, scope: Scope) -> Typed:
        if len(node.arguments) != 1 or not isinstance(node.arguments[0], syntax.Path):
            raise self._compiler.not_jpql("SIZE is of one path.")
        origin, relation = self._compiler.collection(node.arguments[0], scope)
        target = scope.new(self._compiler.catalogue.target(relation))
        counted = sa.select(sa.func.count()).select_from(target.table)
        counted = counted.where(scope.link(origin, relation, target))
        size = counted.correlate_except(target.table).scalar_subquery()
        return Typed(size, FieldType.INTEGER)

    def _trim(self, node: syntax.Trim, scope: Scope) -> Typed:
        of = self._compiler.argument(self.compile(node.of, scope), FieldType.TEXT)
        if node.character is not None and len(node.character) != 1:
            raise self._compiler.not_jpql("TRIM is of one character.")
        return Typed(functions.trim(node.side, node.character or " ", of.sql), FieldType.TEXT)

    def _cast(self, node: syntax.Cast, scope: Scope) -> Typed:
        of = self.compile(node.of, scope)
        type_ = _CASTS.get(node.type)
        if type_ is None:
            raise IcatError(Kind.INTERNAL, f"Type {node.type} is not known")
        sql_type = sa.String(4000) if type_ is FieldType.TEXT else SQL_TYPES[type_]
        return Typed(sa.cast(of.sql, sql_type), type_)

    def _extract(self, node: syntax.Extract, scope: Scope) -> Typed:
        of = self._compiler.of_type(self.compile(node.of, scope), FieldType.DATE)
        if node.part not in _PARTS or of.type is not FieldType.DATE:
            raise IcatError(Kind.INTERNAL, f"{node.part} cannot be extracted")
        return Typed(sa.extract(node.part.lower(), of.sql), FieldType.INTEGER)

    def _case(self, node: syntax.Case, scope: Scope) -> Typed:
        results = [self.compile(result, scope) for _, result in node.branches]
        results.append(self.compile(node.otherwise, scope))
        model = next((each for each in results if each.constant is None), results[0])
        unified: list[Sql] = [self._compiler.unify(model, each)[1].sql for each in results]
        conditions = [self._compiler.condition(when, scope) for when, _ in node.branches]
        branches = zip(conditions, unified[:-1], strict=True)
        return Typed(sa.case(*branches, else_=unified[-1]), model.type, choices=model.choices)


def _reckon(left: Typed, sign: str, right: Typed) -> Typed:
    """Reckon with two numbers; whole ones divide to a whole one, as on H2."""
    is_double = FieldType.DOUBLE in (left.type, right.type)
    is_int = left.type is right.type is FieldType.INTEGER
    type_ = FieldType.DOUBLE if is_double else FieldType.INTEGER if is_int else FieldType.LONG
    if sign == "/":
        return Typed(left.sql / right.sql if is_double else left.sql // right.sql, type_)
    results = {"+": left.sql + right.sql, "-": left.sql - right.sql, "*": left.sql * right.sql}
    return Typed(results[sign], type_)
