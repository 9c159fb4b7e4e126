"""From the operands of a request to values of a field's type."""

from functools import lru_cache

import re2

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Operand, Path
from datagateway_api.core.query.operators import OperandKind, Operator
from datagateway_api.core.query.parse import shown
from datagateway_api.core.values import Scalar, convert, flag, text_of

LONGEST_LIST = 20_000
LONGEST_PATTERN = 10_000


class Operands:
    """Converts operands; ``undoubles`` reads a doubled apostrophe in a text as one."""

    def __init__(self, *, undoubles: bool) -> None:
        """Take the one setting that concerns operands."""
        self.undoubles = undoubles

    def convert(self, path: Path, operator: Operator, raw: object) -> Operand:
        """Convert an operand to the type of the path's field.

        Raises BadFilter naming the field, the type and what was given.
        """
        kind = operator.operand
        if kind is OperandKind.FLAG:
            return _flag_operand(path, operator, raw)
        if kind is OperandKind.PATTERN:
            return self._pattern(path, operator, raw)
        if kind is OperandKind.VALUE:
            return self._value(path, raw)
        if not isinstance(raw, list):
            raise BadFilter(
                f"{operator.name} on {path} must be given a list such as {operator.example}, "
                f"got {shown(raw)}"
            )
        if kind is OperandKind.PAIR and len(raw) != 2:
            raise BadFilter(
                f"{operator.name} on {path} must be given exactly two values such as "
                f"{operator.example}, got {len(raw)}"
            )
        if len(raw) > LONGEST_LIST:
            raise BadFilter(f"{operator.name} on {path}: at most {LONGEST_LIST} values")
        return tuple(self._value(path, item) for item in raw)

    def _value(self, path: Path, raw: object) -> Scalar:
        if isinstance(raw, str) and self.undoubles:
            raw = raw.replace("''", "'")
        try:
            return convert(path.field, raw)
        except ValueError as error:
            raise BadFilter(f"{path} must be {error}, got {shown(raw)}") from error

    def _pattern(self, path: Path, operator: Operator, raw: object) -> str:
        if isinstance(raw, bool):
            raw = "true" if raw else "false"
        if isinstance(raw, (int, float)):
            raw = str(raw)
        if not isinstance(raw, str):
            raise BadFilter(f"{operator.name} on {path} must be given a text, got {shown(raw)}")
        try:
            text = text_of(raw.replace("''", "'") if self.undoubles else raw)
        except ValueError as error:
            raise BadFilter(f"{operator.name} on {path} must be given {error}") from error
        if len(text) > LONGEST_PATTERN:
            raise BadFilter(f"{operator.name} on {path}: at most {LONGEST_PATTERN} characters")
        if operator.name == "regexp":
            _check_expression(path, text)
        return text


def _flag_operand(path: Path, operator: Operator, raw: object) -> bool:
    try:
        return flag(raw)
    except ValueError as error:
        raise BadFilter(
            f"{operator.name} on {path} must be given true or false, got {shown(raw)}"
        ) from error


@lru_cache(maxsize=256)
def expression(pattern: str) -> "re2._Regexp[str]":
    """Compile a regular expression, in RE2's syntax, whose matching time is linear.

    Raises ValueError with the reason when the pattern is wrong or too large.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it cannot be compiled"
        raise ValueError(reason.decode() if isinstance(reason, bytes) else reason) from error


def _check_expression(path: Path, pattern: str) -> None:
    try:
        expression(pattern)
    except ValueError as error:
        raise BadFilter(
            f"regexp on {path}: {shown(pattern)} is not a regular expression in RE2 syntax: {error}"
        ) from error
