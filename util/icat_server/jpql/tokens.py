"""ICAT's tokenizers: one for JPQL, and one for the old concise syntax, which has brackets too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from util.icat_server.errors import IcatError, Kind

LONGEST_TEXT = 250_000
DEEPEST_NESTING = 100
LARGEST_LONG = (1 << 63) - 1

_KEYWORDS = """
ABS ALL AND ANY AS ASC AVG BETWEEN BOTH BY CONCAT COUNT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP
DESC DISTINCT EMPTY ESCAPE FALSE FETCH FROM GROUP HAVING IN INCLUDE INNER IS JOIN LEADING LEFT
LENGTH LIKE LIMIT LOCATE LOWER MAX MEMBER MIN MOD NOT NULL OBJECT OR ORDER OUTER SELECT SIZE SQRT
SUBSTRING SUM TRAILING TRIM TRUE UPPER WHERE
"""
KEYWORDS = frozenset(_KEYWORDS.split())


class Type(StrEnum):
    """The types of tokens that are no keywords; a keyword's type is its own name."""

    NAME = "NAME"
    STRING = "STRING"
    INTEGER = "INTEGER"
    REAL = "REAL"
    PARAMETER = "PARAMETER"
    TIMESTAMP = "TIMESTAMP"
    COMPARE = "COMPARE"
    STAR = "STAR"
    SLASH = "SLASH"
    PLUS = "PLUS"
    MINUS = "MINUS"
    OPEN = "LPAR"
    CLOSE = "RPAR"
    COMMA = "COMMA"
    BRACKET = "LSQB"
    BRACKET_END = "RSQB"
    SEPARATOR = "ENTSEP"


@dataclass(frozen=True, slots=True)
class Token:
    """A token; ``value`` is a string's content, a parameter's name, a time's text, else the text.

    ``end`` is where it ends in the query's text.
    """

    type: str
    value: str
    end: int = 0

    @property
    def text(self) -> str:
        """The token as it stands in a query."""
        if self.type == Type.STRING:
            return "'" + self.value.replace("'", "''") + "'"
        if self.type == Type.PARAMETER:
            return ":" + self.value
        return "{ts " + self.value + "}" if self.type == Type.TIMESTAMP else self.value


_JPQL = re.compile(
    r"""(?P<BLANK>\x20+)
    |(?P<NAME>[^\W\d][\w.$]*|[$][\w.$]*)
    |'(?P<STRING>(?:[^']|'')*)'
    |(?P<REAL>\d+(?:[.]\d*(?:[eE][+-]?\d{1,3})?|[eE][+-]?\d{1,3}))
    |(?P<INTEGER>\d+)
    |:(?P<PARAMETER>[^\W\d][\w.$]*)
    |[{]ts[ ](?P<TIMESTAMP>\d{4}-\d\d-\d\d[ ]\d\d:\d\d:\d\d)[}]
    |(?P<COMPARE><>|!=|<=|>=|<(?!->)|>|=)
    |(?P<STAR>[*])|(?P<SLASH>/)|(?P<PLUS>[+])|(?P<MINUS>-)
    |(?P<LPAR>[(])|(?P<RPAR>[)])|(?P<COMMA>,)
    """,
    re.VERBOSE,
)
_CONCISE = re.compile(_JPQL.pattern + r"|(?P<LSQB>\[)|(?P<RSQB>\])|(?P<ENTSEP><->)", re.VERBOSE)


def is_jpql(text: str) -> bool:
    """Say whether ICAT reads a text as JPQL, not as the old concise syntax."""
    return text.strip()[:6].upper() == "SELECT"


def tokenize(text: str, *, is_concise: bool = False) -> tuple[Token, ...]:
    """Split a query's text; a blank is the only white space.

    Raises IcatError (BAD_PARAMETER) for characters ICAT does not know, and for texts that are too
    long or too deeply nested to be meant.
    """
    if len(text) > LONGEST_TEXT:
        raise bad(f"The query is longer than {LONGEST_TEXT} characters")
    if not _is_unicode(text):
        raise bad("The query is no Unicode text")
    tokens = tuple(_tokens(text, _CONCISE if is_concise else _JPQL))
    depth = deepest = 0
    for token in tokens:
        depth += (token.type == Type.OPEN) - (token.type == Type.CLOSE)
        deepest = max(depth, deepest)
    if deepest > DEEPEST_NESTING:
        raise bad(f"The query has more than {DEEPEST_NESTING} brackets within each other")
    return tokens


def _tokens(text: str, pattern: re.Pattern[str]) -> Iterator[Token]:
    position = 0
    while position < len(text):
        found = pattern.match(text, position)
        if found is None:
            raise _unknown(text, position)
        position, type_ = found.end(), str(found.lastgroup)
        if type_ == "BLANK":
            continue
        value = found[type_]
        if type_ == Type.NAME and value.upper() in KEYWORDS:
            type_ = value.upper()
        elif type_ == Type.STRING:
            value = value.replace("''", "'")
        elif type_ == Type.INTEGER:
            _check_size(value)
        yield Token(type_, value, position)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_size(digits: str) -> None:
    if len(digits) > 18 and (len(digits) > 40 or int(digits) > LARGEST_LONG):
        raise bad(f"The number {digits[:40]} is too large")


def _unknown(text: str, position: int) -> IcatError:
    if text[position] == "'":
        return bad(f"Unexpected end of string in state INQUOTES for string: {text}")
    near = text[max(0, position - 4) : position + 5]
    return bad(
        f"Unexpected character '{text[position]}' near \"{near}\" in state NONE for string: {text}"
    )


def bad(message: str) -> IcatError:
    """Return the error of a query that is wrong in itself."""
    return IcatError(Kind.BAD_PARAMETER, message)
