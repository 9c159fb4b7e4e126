"""What each rule of the grammar becomes: the parsed data, built while the parser reduces."""

from lark import Token, Transformer, v_args

from util.icat_server.jpql import syntax
from util.icat_server.jpql.syntax import Node, OrderKey, Path, Range, Select


@v_args(inline=True)
class Builder(Transformer[Token, Select]):
    """One method for each rule or alias in ``grammar.lark``."""

    def select(
        self,
        is_distinct: bool,
        items: tuple[Node, ...],
        ranges: tuple[Range, ...],
        where: Node | None,
        group: tuple[Node, ...],
        having: Node | None,
        order: tuple[OrderKey, ...],
    ) -> Select:
        return Select(items, is_distinct, ranges, where, group, having, order)

    def distinct(self, word: Token | None) -> bool:
        return word is not None

    def items(self, *items: Node) -> tuple[Node, ...]:
        return items

    def variable(self, name: Token) -> Node:
        return Path(str(name))

    def ranges(self, *ranges: Range) -> tuple[Range, ...]:
        return ranges

    def range(self, path: Token, variable: Token) -> Range:
        return Range(Path(str(path)), str(variable))

    def member(self, path: Token, variable: Token) -> Range:
        return Range(Path(str(path)), str(variable), "INNER")

    def join(self, side: str, path: Token, variable: Token) -> Range:
        return Range(Path(str(path)), str(variable), side)

    def inner(self) -> str:
        return "INNER"

    def left(self) -> str:
        return "LEFT"

    def where(self, condition: Node | None) -> Node | None:
        return condition

    def having(self, condition: Node | None) -> Node | None:
        return condition

    def group(self, *values: Node | None) -> tuple[Node, ...]:
        return tuple(value for value in values if value is not None)

    def order(self, *keys: OrderKey | None) -> tuple[OrderKey, ...]:
        return tuple(key for key in keys if key is not None)

    def key(self, value: Node, is_descending: bool, nulls: str) -> OrderKey:
        return OrderKey(value, is_descending, nulls)

    def ascending(self) -> bool:
        return False

    def descending(self) -> bool:
        return True

    def nulls(self, word: Token | None) -> str:
        return str(word).upper() if word else ""

    # Conditions.

    def or_(self, *parts: Node) -> Node:
        return syntax.Or(parts)

    def and_(self, *parts: Node) -> Node:
        return syntax.And(parts)

    def not_(self, _: Token, of: Node) -> Node:
        return syntax.Not(of)

    def negated(self, word: Token | None) -> bool:
        return word is not None

    def quantifier(self, word: Token) -> str:
        return "ALL" if word.upper() == "ALL" else "ANY"

    def compare(self, left: Node, operator: Token, right: Node) -> Node:
        return syntax.Compare(_operator(operator), left, right)

    def compare_all(self, left: Node, operator: Token, quantifier: str, right: Node) -> Node:
        return syntax.Compare(_operator(operator), left, right, quantifier)

    def like(self, value: Node, is_negated: bool, pattern: Node, escape: Node | None) -> Node:
        return _negate(is_negated, syntax.Like(value, pattern, escape))

    def regexp(self, value: Node, is_negated: bool, pattern: Node) -> Node:
        return _negate(is_negated, syntax.Like(value, pattern, None, is_regexp=True))

    def in_(self, value: Node, is_negated: bool, *members: Node) -> Node:
        return _negate(is_negated, syntax.In(value, members))

    def between(self, value: Node, is_negated: bool, low: Node, high: Node) -> Node:
        return _negate(is_negated, syntax.Between(value, low, high))

    def member_of(self, value: Node, is_negated: bool, path: Token) -> Node:
        return _negate(is_negated, syntax.Member(value, Path(str(path))))

    def is_null(self, value: Node, is_negated: bool) -> Node:
        return _negate(is_negated, syntax.IsNull(value))

    def is_empty(self, of: Node, is_negated: bool) -> Node:
        return _negate(is_negated, syntax.IsEmpty(of))

    def exists(self, select: Select) -> Node:
        return syntax.Exists(select)

    # Values.

    def arithmetic(self, first: Node, *rest: Token | Node) -> Node:
        return syntax.Arithmetic(first, tuple(zip(map(str, rest[::2]), rest[1::2], strict=True)))  # type: ignore[arg-type]

    def negative(self, _: Token, of: Node) -> Node:
        if isinstance(of, syntax.Literal) and type(of.value) in (int, float):
            return syntax.Literal(-of.value)  # type: ignore[operator]
        return syntax.Negative(of)

    def positive(self, _: Token, of: Node) -> Node:
        return of

    def path(self, name: Token) -> Node:
        return Path(str(name))

    def string(self, text: Token) -> Node:
        return syntax.Literal(str(text))

    def integer(self, text: Token) -> Node:
        return syntax.Literal(int(text))

    def real(self, text: Token) -> Node:
        return syntax.Literal(float(text))

    def true(self) -> Node:
        return syntax.Literal(True)

    def false(self) -> Node:
        return syntax.Literal(False)

    def null(self) -> Node:
        return syntax.Literal(None)

    def parameter(self, name: Token) -> Node:
        return syntax.Parameter(str(name))

    def timestamp(self, text: Token) -> Node:
        return syntax.Timestamp(str(text))

    def now(self, name: Token) -> Node:
        return syntax.Now(name.upper())

    def aggregate(self, name: Token) -> str:
        return name.upper()

    def aggregated(self, name: str, is_distinct: bool, of: Node) -> Node:
        return syntax.Aggregate(name, of, is_distinct)

    def function(self, name: Token) -> str:
        return name.upper()

    def call(self, name: str, *arguments: Node) -> Node:
        return syntax.Function(name, arguments)

    def function_call(self, name: Token, *arguments: Node) -> Node:
        return syntax.Function(name.upper(), arguments)

    def trim_side(self, word: Token) -> str:
        return word.upper()

    def trim(self, side: str | None, of: Node) -> Node:
        return syntax.Trim(side or "BOTH", None, of)

    def trim_from(self, side: str | None, character: Token | None, of: Node) -> Node:
        return syntax.Trim(side or "BOTH", None if character is None else str(character), of)

    def cast(self, of: Node, type_: Token, *_: Token | None) -> Node:
        return syntax.Cast(of, type_.upper())

    def extract(self, part: Token, of: Node) -> Node:
        return syntax.Extract(part.upper(), of)

    def case(self, *parts: Node) -> Node:
        branches = tuple(zip(parts[:-1:2], parts[1:-1:2], strict=True))
        return syntax.Case(branches, parts[-1])


def _operator(written: Token) -> str:
    return "<>" if written == "!=" else str(written)


def _negate(is_negated: bool, condition: Node) -> Node:
    return syntax.Not(condition) if is_negated else condition
