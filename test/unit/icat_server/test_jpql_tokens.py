"""ICAT's tokenizers."""

import pytest

from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.tokens import LONGEST_TEXT, is_jpql, tokenize

TOKENS = [
    ("select o.name", [("SELECT", "select"), ("NAME", "o.name")]),
    ("$x _y.$z Ångström", [("NAME", "$x"), ("NAME", "_y.$z"), ("NAME", "Ångström")]),
    ("'it''s' ''", [("STRING", "it's"), ("STRING", "")]),
    ("1 1.5 1e3 2.E-4 0.", [("INTEGER", "1"), ("REAL", "1.5"), ("REAL", "1e3"), ("REAL", "2.E-4"),
                            ("REAL", "0.")]),
    ("o.id-5", [("NAME", "o.id"), ("MINUS", "-"), ("INTEGER", "5")]),
    ("<> != <= >= < > =", [("COMPARE", text) for text in ("<>", "!=", "<=", ">=", "<", ">", "=")]),
    (":user", [("PARAMETER", "user")]),
    ("{ts 2020-01-02 03:04:05}", [("TIMESTAMP", "2020-01-02 03:04:05")]),
    ("(+*/,)", [("LPAR", "("), ("PLUS", "+"), ("STAR", "*"), ("SLASH", "/"), ("COMMA", ","),
                ("RPAR", ")")]),
    ("exists regexp", [("NAME", "exists"), ("NAME", "regexp")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_a_text_is_split_as_by_icat(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(token.type, token.value) for token in tokenize(text)] == expected


def test_tokens_are_shown_as_they_are_written() -> None:
    text = "SELECT o . 'it''s' :user {ts 2020-01-02 03:04:05} -".replace(" . ", " ")
    assert " ".join(token.text for token in tokenize(text)) == text


def test_only_the_old_syntax_has_brackets_and_arrows() -> None:
    text = "A <-> B[x<1]"
    types = [token.type for token in tokenize(text, is_concise=True)]
    assert types == ["NAME", "ENTSEP", "NAME", "LSQB", "NAME", "COMPARE", "INTEGER", "RSQB"]
    with pytest.raises(IcatError):
        tokenize(text)


REFUSED = [
    ("o # x", "Unexpected character '#' near \"o # x\" in state NONE for string: o # x"),
    ("o\tx", "Unexpected character '\t'"),
    ("o;x", "Unexpected character ';'"),
    ('"x"', "Unexpected character '\"'"),
    ("{d 2020-01-01}", "Unexpected character '{'"),
    ("{ts '2020-01-01 00:00:00'}", "Unexpected character '{'"),
    ("!x", "Unexpected character '!'"),
    ("it's", "Unexpected end of string in state INQUOTES for string: it's"),
    ("9223372036854775808", "The number 9223372036854775808 is too large"),
    ("\ud800", "The query is no Unicode text"),
    ("(" * 101, "The query has more than 100 brackets within each other"),
    ("x" * (LONGEST_TEXT + 1), "The query is longer than"),
]


@pytest.mark.parametrize(
    ("text", "message"), REFUSED, ids=[ascii(text[:40]) for text, _ in REFUSED]
)
def test_what_icat_does_not_know_is_refused(text: str, message: str) -> None:
    with pytest.raises(IcatError) as caught:
        tokenize(text)
    assert caught.value.kind == Kind.BAD_PARAMETER
    assert caught.value.message.startswith(message)


def test_the_greatest_long_is_a_number() -> None:
    assert tokenize("9223372036854775807")[0].type == "INTEGER"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("SELECT o", True), ("  select o", True), ("Selection", True), ("Dataset", False),
     ("\tSELECT", True), ("", False)],
)  # fmt: skip
def test_a_text_that_starts_with_select_is_jpql(text: str, expected: bool) -> None:
    assert is_jpql(text) is expected
