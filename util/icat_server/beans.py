"""What ICAT hands out: beans (objects with what was included) and typed scalars."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from datagateway_api.core.entities import Entity

Value: TypeAlias = bool | int | float | str | datetime
"""A value of an attribute: text and enum names as str, dates as naive UTC."""


@dataclass(slots=True)
class Bean:
    """An object of an entity: its own attributes, and the related objects that are with it.

    ``values`` has every attribute by its ICAT name, ``id`` and the four of the system included,
    None for null. ``ones`` and ``manys`` have only the relations that were included.
    """

    entity: Entity
    values: dict[str, Value | None]
    ones: dict[str, "Bean | None"] = field(default_factory=dict)
    manys: dict[str, list["Bean"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A selected value that is no bean.

    ``xsd`` is long, int, double, string, boolean, dateTime, or the name of one of ICAT's enums
    (``parameterValueType``, ``studyStatus``).
    """

    value: Value
    xsd: str


Item: TypeAlias = Bean | Scalar | None
Row: TypeAlias = Item | tuple[Item, ...]
"""One result of a search: an item, or a tuple of them where several were selected."""
