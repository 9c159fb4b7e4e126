"""From one checked comparison to SQL, and from its operand to the values to bind."""

import re
from collections.abc import Callable, Mapping

from sqlalchemy import bindparam, false

from datagateway_api.core.entities import Field, FieldType
from datagateway_api.core.query.model import Comparison, Operand
from datagateway_api.core.query.operands import expression
from datagateway_api.sql.dialects import Dialect, Sql

_ORDINAL_TYPES = (FieldType.ENUM, FieldType.FLAG)
_COMPARE: Mapping[str, Callable[[Sql, Sql], Sql]] = {
    "lt": lambda column, bind: column < bind,
    "lte": lambda column, bind: column <= bind,
    "gt": lambda column, bind: column > bind,
    "gte": lambda column, bind: column >= bind,
}
_SORTED = (*_COMPARE, "between")


def operator_sql(dialect: Dialect, comparison: Comparison, column: Sql, name: str) -> Sql:
    """Return any comparison but ``isnull`` as SQL; ``name`` is the name of its bind."""
    field, operator = comparison.path.field, comparison.operator.name
    bind: Sql = bindparam(name)
    if operator in _SORTED:
        compared = dialect.comparable(field, column)
        if operator == "between":
            return compared.between(bind, bindparam(name + "b"))
        return _COMPARE[operator](compared, bind)
    if operator in ("eq", "ne"):
        return column == bind if operator == "eq" else column != bind
    if operator in ("in", "nin"):
        if not comparison.operand:
            return false()
        found = dialect.one_of(column, bind)
        return found if operator == "in" else ~found & column.is_not(None)
    return _pattern_sql(dialect, comparison, column, bind)


def _pattern_sql(dialect: Dialect, comparison: Comparison, column: Sql, bind: Sql) -> Sql:
    field, operator = comparison.path.field, comparison.operator.name
    if field.type in _ORDINAL_TYPES:
        return dialect.one_of(column, bind)
    if operator == "regexp":
        matched = dialect.regexp(dialect.text(field, column), bind)
    else:
        assert isinstance(comparison.operand, str)
        matched = dialect.like(
            dialect.text(field, column),
            bind,
            ignores_case="ilike" in operator,
            is_ascii=comparison.operand.isascii(),
        )
    return ~matched & column.is_not(None) if operator.startswith("n") else matched


def variant(comparison: Comparison) -> object:
    """Return what of an operand changes the statement, not only its values."""
    operand, name = comparison.operand, comparison.operator.name
    if name == "isnull":
        return operand
    if isinstance(operand, tuple):
        return bool(operand)
    return operand.isascii() if isinstance(operand, str) and "ilike" in name else None


def bind_values(comparison: Comparison, name: str, dialect: Dialect) -> dict[str, object]:
    """Return the values to bind for one comparison, as the driver wants them."""
    field, operand, operator = comparison.path.field, comparison.operand, comparison.operator.name
    if operator == "isnull" or operand == ():
        return {}
    if operator in ("in", "nin"):
        assert isinstance(operand, tuple)
        return {name: dialect.bind_list([_plain(field, item, dialect) for item in operand])}
    if operator == "between":
        assert isinstance(operand, tuple)
        first, second = (_plain(field, item, dialect, is_sorted=True) for item in operand)
        return {name: first, name + "b": second}
    if "like" in operator or operator == "regexp":
        assert isinstance(operand, str)
        return {name: _pattern_value(comparison, operand, dialect)}
    return {name: _plain(field, operand, dialect, is_sorted=operator in _SORTED)}


def _plain(field: Field, value: Operand, dialect: Dialect, *, is_sorted: bool = False) -> object:
    assert not isinstance(value, tuple)
    if is_sorted and field.type is FieldType.FLAG:
        return int(bool(value))
    if field.type is FieldType.ENUM:
        return field.choices.index(str(value))
    return dialect.bind(value)


def _pattern_value(comparison: Comparison, operand: str, dialect: Dialect) -> object:
    """Return the pattern, or for enums and flags the ordinals whose names meet the operator."""
    field, operator, is_whole = (
        comparison.path.field,
        comparison.operator.name,
        comparison.is_whole,
    )
    ignores_case = "ilike" in operator
    if field.type not in _ORDINAL_TYPES:
        if operator == "regexp":
            return operand
        return dialect.pattern(operand, ignores_case=ignores_case, is_whole=is_whole)
    names = field.choices or ("false", "true")
    if operator == "regexp":
        search = expression(operand).search
        found: list[object] = [n for n, name in enumerate(names) if search(name)]
    else:
        wanted = not operator.startswith("n")
        found = [
            n
            for n, name in enumerate(names)
            if _is_like(name, operand, ignores_case, is_whole) is wanted
        ]
    if field.type is FieldType.FLAG:
        found = [bool(n) for n in found]
    return dialect.bind_list(found or [None])


def _is_like(name: str, operand: str, ignores_case: bool, is_whole: bool) -> bool:
    if is_whole:
        # The names are the program's own and short, so backtracking costs nothing.
        flags = re.DOTALL | (re.IGNORECASE if ignores_case else 0)
        wild = {"%": ".*", "_": "."}
        pattern = "".join(wild.get(char, re.escape(char)) for char in re.sub("%+", "%", operand))
        return re.fullmatch(pattern, name, flags) is not None
    return _contains(name, operand, ignores_case)


def _contains(name: str, operand: str, ignores_case: bool) -> bool:
    """Match the parts between wildcards one after the other, each as early as it can be.

    That is right because both ends are open, and takes linear time for any number of wildcards.
    """
    flags = re.DOTALL | (re.IGNORECASE if ignores_case else 0)
    place = 0
    for part in operand.split("%"):
        pattern = "".join("." if char == "_" else re.escape(char) for char in part)
        found = re.compile(pattern, flags).search(name, place)
        if found is None:
            return False
        place = found.end()
    return True
