"""Tokens to a parsed select, by a LALR(1) parser that is built once."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path as File
from typing import Any

from lark import Lark, Token, UnexpectedInput
from lark.lexer import Lexer

from util.icat_server.errors import IcatError
from util.icat_server.jpql import syntax
from util.icat_server.jpql import tokens as icat
from util.icat_server.jpql.builder import Builder
from util.icat_server.jpql.tokens import Type

DEEPEST_TREE = 150
LONGEST_CHAIN = 800
_CALLED = frozenset(("EXISTS", "SOME", "FUNCTION", "CAST", "EXTRACT", "COALESCE", "NULLIF"))
_RESERVED = frozenset(("REGEXP", "CASE", "WHEN", "THEN", "ELSE", "END"))
_WORDS = """
NOT DISTINCT ALL ANY SOME FIRST LAST CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME COUNT MIN MAX SUM
AVG ABS CONCAT LENGTH LOCATE LOWER MOD SIZE SQRT SUBSTRING UPPER COALESCE NULLIF LEADING TRAILING
BOTH
"""
_CARRYING = frozenset(_WORDS.split())
"""The keywords that mean more than their place says; the others are named with a leading _."""


def parse(tokens: Sequence[icat.Token], shown: str) -> syntax.Select:
    """Parse a whole select. Raises IcatError (BAD_PARAMETER); ``shown`` is the text to quote."""
    try:
        parsed: syntax.Select = _lark().parse(tokens)  # type: ignore[assignment]
    except UnexpectedInput as error:
        at = getattr(error, "token", None)
        place = "the end" if at is None or at.type == "$END" else str(at)
        raise syntax_error(shown, f"The query cannot be understood at {place}.") from error
    if _is_too_large(parsed):
        raise icat.bad("The query is too deeply nested")
    return parsed


def syntax_error(shown: str, reason: str) -> IcatError:
    """Return the error of a query that is no JPQL."""
    return icat.bad(
        "An exception occurred while creating a query in EntityManager: \n"
        f"Exception Description: Syntax error parsing [{shown}]. \n{reason}"
    )


@cache
def _lark() -> Lark:
    grammar = File(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar, parser="lalr", lexer=_Tokens, transformer=Builder(), start="select"
    )  # fmt: skip


class _Tokens(Lexer):
    """Hands ICAT's tokens to lark; words that only JPQL knows become keywords where they are."""

    def __init__(self, lexer_conf: Any) -> None:
        """Take nothing from lark's own lexing."""

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        tokens: Sequence[icat.Token] = data
        for at, token in enumerate(tokens):
            follower = tokens[at + 1] if at + 1 < len(tokens) else None
            type_ = _type(token, tokens[at - 1] if at else None, follower)
            yield Token(type_, token.value, end_pos=token.end)


def _type(token: icat.Token, before: icat.Token | None, after: icat.Token | None) -> str:
    if token.type != Type.NAME:
        if token.type in icat.KEYWORDS and token.type not in _CARRYING:
            return "_" + token.type
        return str(token.type)
    word = token.value.upper()
    is_keyword = (
        word in _RESERVED
        or (word in _CALLED and after is not None and after.type == Type.OPEN)
        or (word == "OF" and before is not None and before.type == "MEMBER")
        or (word == "NULLS" and after is not None and after.value.upper() in ("FIRST", "LAST"))
        or (word in ("FIRST", "LAST") and before is not None and before.value.upper() == "NULLS")
    )
    if not is_keyword:
        return "NAME"
    return word if word in _CARRYING else "_" + word


def _is_too_large(root: syntax.Select) -> bool:
    """Say whether a tree is deeper, or a chain of operators longer, than a database can take."""
    pending: list[tuple[Any, int]] = [(root, 1)]
    while pending:
        node, depth = pending.pop()
        is_chain = isinstance(node, syntax.And | syntax.Or | syntax.Arithmetic)
        if depth > DEEPEST_TREE or (is_chain and _length(node) > LONGEST_CHAIN):
            return True
        if isinstance(node, tuple):
            pending += [(each, depth) for each in node]
        elif hasattr(node, "__slots__") and not isinstance(node, str):
            pending += [(getattr(node, name), depth + 1) for name in node.__slots__]
    return False


def _length(node: syntax.And | syntax.Or | syntax.Arithmetic) -> int:
    return len(node.rest) if isinstance(node, syntax.Arithmetic) else len(node.parts)
