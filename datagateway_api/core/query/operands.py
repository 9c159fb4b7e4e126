"""From the operands of a request to values of a field's type."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from math import isfinite

import re2

from datagateway_api.core import dates
from datagateway_api.core.entities import Field, FieldType
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Operand, Path, Scalar
from datagateway_api.core.query.operators import OperandKind, Operator
from datagateway_api.core.query.parse import shown

_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,30}\s*\Z")
_DECIMAL = re.compile(
    r"\s*[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?\s*\Z"
)
_FLAGS: Mapping[object, bool] = {"true": True, "false": False, "1": True, "0": False}
LONGEST_LIST = 20_000


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
            raise BadFilter(f"{operator.name} on {path}: at most {LONGEST_LIST} values, please")
        return tuple(self._value(path, item) for item in raw)

    def _value(self, path: Path, raw: object) -> Scalar:
        if isinstance(raw, str) and self.undoubles:
            raw = raw.replace("''", "'")
        try:
            return _CONVERTERS[path.field.type](path.field, raw)
        except ValueError as error:
            wanted = str(error) or _WANTED[path.field.type]
            raise BadFilter(f"{path} must be {wanted}, got {shown(raw)}") from error

    def _pattern(self, path: Path, operator: Operator, raw: object) -> str:
        if isinstance(raw, bool):
            raw = "true" if raw else "false"
        if isinstance(raw, (int, float)):
            raw = str(raw)
        if not isinstance(raw, str):
            raise BadFilter(f"{operator.name} on {path} must be given a text, got {shown(raw)}")
        text = _text(path.field, raw.replace("''", "'") if self.undoubles else raw)
        if operator.name == "regexp":
            _check_expression(path, text)
        return text


def _flag_operand(path: Path, operator: Operator, raw: object) -> bool:
    try:
        return _flag(path.field, raw)
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


def _text(field: Field, raw: object) -> str:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise ValueError
    text = str(raw)
    if "\0" in text:
        raise BadFilter(f"{field.name}: no text in a catalogue holds the NUL character")
    return text


def _whole(field: Field, raw: object) -> int:
    bits = 63 if field.type is FieldType.LONG else 31
    if isinstance(raw, str) and _WHOLE.match(raw):
        raw = int(raw)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError
    if not -(2**63) <= raw < 2**63:
        raise ValueError(f"a whole number of at most {bits} bits")
    return raw


def _double(field: Field, raw: object) -> float:
    if isinstance(raw, str) and _DECIMAL.match(raw):
        raw = float(raw)
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not isfinite(raw):
        raise ValueError
    return float(raw)


def _flag(field: Field, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    found = _FLAGS.get(str(raw).lower()) if isinstance(raw, (str, int)) else None
    if found is None:
        raise ValueError
    return found


def _date(field: Field, raw: object) -> datetime:
    if not isinstance(raw, str):
        raise ValueError
    try:
        return dates.parse(raw)
    except ValueError as error:
        raise ValueError from error


def _choice(field: Field, raw: object) -> str:
    wanted = raw.upper() if isinstance(raw, str) else None
    if wanted not in field.choices:
        raise ValueError("one of " + ", ".join(field.choices))
    return wanted


_CONVERTERS: Mapping[FieldType, Callable[[Field, object], Scalar]] = {
    FieldType.TEXT: _text,
    FieldType.LONG: _whole,
    FieldType.INTEGER: _whole,
    FieldType.DOUBLE: _double,
    FieldType.FLAG: _flag,
    FieldType.DATE: _date,
    FieldType.ENUM: _choice,
}
_WANTED: Mapping[FieldType, str] = {
    FieldType.TEXT: "a text",
    FieldType.LONG: "a whole number",
    FieldType.INTEGER: "a whole number",
    FieldType.DOUBLE: "a number",
    FieldType.FLAG: "true or false",
    FieldType.DATE: "a date such as 2003-12-31 or 2003-12-31 23:59:59 or 2003-12-31T23:59:59Z",
    FieldType.ENUM: "one of the field's names",
}
