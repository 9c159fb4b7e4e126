"""JPQL's grammar."""

import pytest

from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.parser import LONGEST_CHAIN, parse
from util.icat_server.jpql.syntax import (
    Aggregate,
    And,
    Arithmetic,
    Between,
    Compare,
    Exists,
    Function,
    In,
    IsEmpty,
    IsNull,
    Like,
    Literal,
    Member,
    Negative,
    Node,
    Not,
    Now,
    Or,
    OrderKey,
    Parameter,
    Path,
    Range,
    Select,
    Timestamp,
    Trim,
)
from util.icat_server.jpql.tokens import tokenize


def _parse(text: str) -> Select:
    return parse(tokenize(text), text)


X, Y, ONE, TWO = Path("o.x"), Path("o.y"), Literal(1), Literal(2)
INNER = Select((Path("d"),), is_distinct=False, ranges=(Range(Path("D"), "d"),))
IS_ONE = Compare("=", X, ONE)

CONDITIONS: list[tuple[str, Node]] = [
    ("o.x = 1", IS_ONE),
    ("o.x != 1", Compare("<>", X, ONE)),
    ("o.x = NULL", Compare("=", X, Literal(None))),
    ("o.x = True", Compare("=", X, Literal(True))),
    ("o.x = 'a'", Compare("=", X, Literal("a"))),
    ("o.x = -1.5", Compare("=", X, Literal(-1.5))),
    ("o.x = :user", Compare("=", X, Parameter("user"))),
    ("o.x < Current_Date", Compare("<", X, Now("CURRENT_DATE"))),
    ("o.x = {ts 2020-01-01 00:00:00}", Compare("=", X, Timestamp("2020-01-01 00:00:00"))),
    # Precedence, and brackets around conditions as around values.
    ("o.x = 1 OR o.x = 1 AND NOT o.x = 1", Or((IS_ONE, And((IS_ONE, Not(IS_ONE)))))),
    ("(o.x = 1 OR o.x = 1) AND o.x = 1", And((Or((IS_ONE, IS_ONE)), IS_ONE))),
    ("(o.x) = ((1))", IS_ONE),
    ("o.x + 1 * 2 - 1 > 1", Compare(">", Arithmetic(X, (("+", Arithmetic(ONE, (("*", TWO),))),
                                                        ("-", ONE))), ONE)),
    ("o.x-1 > 1", Compare(">", Arithmetic(X, (("-", ONE),)), ONE)),
    ("-o.x = +1", Compare("=", Negative(X), ONE)),
    # Operators.
    ("o.x NOT LIKE 'a' ESCAPE '$'", Not(Like(X, Literal("a"), Literal("$")))),
    ("o.x regexp 'a'", Like(X, Literal("a"), None, is_regexp=True)),
    ("o.x IN (1, 2)", In(X, (ONE, TWO))),
    ("o.x NOT IN (SELECT d FROM D d)", Not(In(X, (INNER,)))),
    ("o.x BETWEEN 1 AND 2 AND o.x = 1", And((Between(X, ONE, TWO), IS_ONE))),
    ("o.x IS NOT NULL", Not(IsNull(X))),
    ("o.x IS EMPTY", IsEmpty(X)),
    ("o.x MEMBER OF o.y", Member(X, Y)),
    ("o.x NOT MEMBER o.y", Not(Member(X, Y))),
    ("EXISTS (SELECT d FROM D d)", Exists(INNER)),
    ("o.x > ALL (SELECT d FROM D d)", Compare(">", X, INNER, "ALL")),
    ("o.x > SOME (SELECT d FROM D d)", Compare(">", X, INNER, "ANY")),
    ("(SELECT d FROM D d) = 1", Compare("=", INNER, ONE)),
    # Functions.
    ("UPPER(o.x) = 1", Compare("=", Function("UPPER", (X,)), ONE)),
    ("FUNCTION('year', o.x) = 1", Compare("=", Function("YEAR", (X,)), ONE)),
    ("TRIM(o.x) = 1", Compare("=", Trim("BOTH", None, X), ONE)),
    ("TRIM(LEADING 'a' FROM o.x) = 1", Compare("=", Trim("LEADING", "a", X), ONE)),
    ("TRIM(FROM o.x) = 1", Compare("=", Trim("BOTH", None, X), ONE)),
    # Words that are keywords only in their places.
    ("first.last = 1", Compare("=", Path("first.last"), ONE)),
    ("exists = 1", Compare("=", Path("exists"), ONE)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CONDITIONS, ids=[text for text, _ in CONDITIONS])
def test_a_condition_is_parsed(text: str, expected: Node) -> None:
    assert _parse(f"SELECT o FROM E o WHERE {text}").where == expected


def test_all_clauses_are_parsed() -> None:
    text = (
        "SELECT DISTINCT o.x, COUNT(DISTINCT(o.y)), OBJECT(o) FROM E AS o JOIN o.a b"
        " LEFT OUTER JOIN b.c AS d, IN (o.e) f, G g WHERE o.x = 1 GROUP BY o.x, o.y"
        " HAVING COUNT(o) > 1 ORDER BY o.x DESC NULLS LAST, o.y ASC, COUNT(o)"
    )
    count = Aggregate("COUNT", Path("o"), is_distinct=False)
    assert _parse(text) == Select(
        items=(X, Aggregate("COUNT", Y, is_distinct=True), Path("o")),
        is_distinct=True,
        ranges=(
            Range(Path("E"), "o"),
            Range(Path("o.a"), "b", "INNER"),
            Range(Path("b.c"), "d", "LEFT"),
            Range(Path("o.e"), "f", "INNER"),
            Range(Path("G"), "g"),
        ),
        where=IS_ONE,
        group=(X, Y),
        having=Compare(">", count, ONE),
        order=(OrderKey(X, is_descending=True, nulls="LAST"), OrderKey(Y), OrderKey(count)),
    )


REFUSED = [
    "SELECT o",
    "SELECT o FROM E",
    "SELECT FROM E o",
    "SELECT o FROM E o WHERE",
    "SELECT o FROM E o WHERE o.x = 1 AND",
    "SELECT o FROM E o WHERE (o.x = 1",
    "SELECT o FROM E o WHERE o.x = 1)",
    "SELECT o FROM E o WHERE o.x IN ()",
    "SELECT o FROM E o WHERE o.x LIKE",
    "SELECT o FROM E o JOIN o.x",
    "SELECT o FROM E o ORDER BY",
    "SELECT COUNT(*) FROM E o",
    "SELECT o.x AS n FROM E o",
    "UNION",
    "",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_jpql_is_refused(text: str) -> None:
    with pytest.raises(IcatError, match="Syntax error parsing") as caught:
        _parse(text)
    assert caught.value.kind == Kind.BAD_PARAMETER


BOMBS = {
    "nots": "NOT " * 5000 + "o.x = 1",
    "signs": "o.x = " + "- " * 5000 + "o.y",
    "chain": " OR ".join(["o.x = 1"] * (LONGEST_CHAIN + 1)),
    "sum": "o.x = " + " + ".join(["1"] * 10_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_too_deep_or_too_long_is_refused(name: str) -> None:
    with pytest.raises(IcatError, match="too deeply nested"):
        _parse("SELECT o FROM E o WHERE " + BOMBS[name])


def test_a_long_list_is_not_too_deep() -> None:
    text = "SELECT o FROM E o WHERE o.x IN (" + ", ".join(map(str, range(2000))) + ")"
    assert _parse(text).where == In(X, tuple(Literal(number) for number in range(2000)))
