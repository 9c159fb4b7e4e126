"""How a row becomes JSON text: what the database can write, it writes; Python joins the rest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, TypeAlias

import orjson

from datagateway_api.core import dates
from datagateway_api.core.entities import Field, FieldType
from datagateway_api.sql.dialects import Dialect, Sql, sql_text
from datagateway_api.sql.streams import Row

Part: TypeAlias = "str | tuple[Field, Sql]"
Encoder: TypeAlias = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class RowText:
    """The columns to select and how to join them; ``encoders`` None means already text."""

    columns: tuple[Sql, ...]
    encoders: tuple[Encoder | None, ...]

    def renderer(self) -> Callable[[Row], str]:
        """Return a function from a row, which may have further columns, to JSON text."""
        if self.encoders == (None,):
            return _first
        encoders = tuple(str if encoder is None else encoder for encoder in self.encoders)

        def render(row: Row) -> str:
            return "".join([encode(value) for encode, value in zip(encoders, row, strict=False)])

        return render


def compose(dialect: Dialect, parts: Iterable[Part]) -> RowText:
    """Turn constant texts and fields into as few columns as possible.

    Neighbours that the database can write become one column; a field that only Python writes
    takes the constant text before it along, so it costs no column of its own.
    """
    columns: list[Sql] = []
    encoders: list[Encoder | None] = []
    run: list[Sql] = []
    constant = ""

    def flush_run() -> None:
        if run:
            columns.append(dialect.concat(run) if len(run) > 1 else run[0])
            encoders.append(None)
            run.clear()

    for part in parts:
        if isinstance(part, str):
            constant += part
            continue
        field, value = part
        written = dialect.json(field, value)
        if written is None:
            flush_run()
            columns.append(value)
            encoders.append(_after(constant, encoder_for(field)))
        else:
            run += [sql_text(constant), written] if constant else [written]
        constant = ""
    if constant:
        run.append(sql_text(constant))
    flush_run()
    return RowText(tuple(columns), tuple(encoders))


def encoder_for(field: Field) -> Encoder:
    """Return the function that writes a field's value, as the driver gives it, as JSON."""
    if field.type is FieldType.ENUM:
        names = {ordinal: f'"{name}"' for ordinal, name in enumerate(field.choices)}
        return lambda value: names.get(value, "null")
    return _ENCODERS[field.type]


def _first(row: Row) -> str:
    return str(row[0])


def _after(constant: str, encode: Encoder) -> Encoder:
    return (lambda value: constant + encode(value)) if constant else encode


def _text(value: Any) -> str:
    return "null" if value is None else orjson.dumps(str(value)).decode()


def _whole(value: Any) -> str:
    return "null" if value is None else str(int(value))


def _double(value: Any) -> str:
    if value is None or not isfinite(value):
        return "null"
    return repr(float(value))


def _flag(value: Any) -> str:
    return "null" if value is None else "true" if value else "false"


def _date(value: Any) -> str:
    if value is None:
        return "null"
    moment = value if isinstance(value, datetime) else dates.parse(str(value))
    return f'"{dates.wire(moment)}"'


_ENCODERS: dict[FieldType, Encoder] = {
    FieldType.TEXT: _text,
    FieldType.LONG: _whole,
    FieldType.INTEGER: _whole,
    FieldType.DOUBLE: _double,
    FieldType.FLAG: _flag,
    FieldType.DATE: _date,
}
