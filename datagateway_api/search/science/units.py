"""Units of measurement: what an asked value is in the units that are stored, and back.

All is computed in decimals, because people write decimals: 20 °C is exactly 293.15 K then, and no
noise of binary fractions decides whether a row is found. No text is ever an error: what is no
known unit has no conversion, and equals only itself.
"""

import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from datagateway_api.search.science.unit_names import LONGEST, canonical, folded

if TYPE_CHECKING:
    from pint import UnitRegistry

NOISE: Final = 1e-9
"""Two values count as equal when they differ by no more than this part of their size."""
_LARGEST: Final = sys.float_info.max
_KEPT: Final = 4096
_MAGNETIC: Final[Mapping[str, str]] = {
    "gauss": "1e-4 * tesla",
    "oersted": "79.57747154594767 * ampere / meter",
}
"""Gaussian units in SI: as pint has them, they convert into nothing that a facility stores."""

_lock = RLock()


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a value in one unit becomes a value in another: times ``scale``, plus ``offset``."""

    scale: Decimal = Decimal(1)
    offset: Decimal = Decimal(0)

    def __call__(self, value: float) -> float:
        """Return the converted value; what exceeds all floats becomes the largest of its sign."""
        if self.is_identity or not math.isfinite(value):
            return value
        converted = float(Decimal(repr(value)) * self.scale + self.offset)
        return max(-_LARGEST, min(_LARGEST, converted))

    @property
    def is_identity(self) -> bool:
        """Whether values stay as they are."""
        return self.scale == 1 and not self.offset

    def around(self, value: float) -> tuple[float, float]:
        """Return the range in which a stored value counts as equal to an asked one.

        Where values stay as they are it is the value alone. Where not, the stored value may be
        the outcome of somebody's conversion, and differ in its last digits.
        """
        converted = self(value)
        if self.is_identity:
            return converted, converted
        margin = NOISE * max(abs(converted), abs(float(self.offset)))
        return converted - margin, converted + margin


SAME: Final = Conversion()


def convert(value: float, from_unit: str, to_unit: str) -> float | None:
    """Return a value in another unit, or None where that makes no sense."""
    conversion = between(from_unit, to_unit)
    if conversion is None or not math.isfinite(value):
        return None
    return conversion(value)


def to_asked(value: float, stored_unit: str, asked_unit: str) -> float | None:
    """Return a stored value in the unit of the question, or None where that makes no sense."""
    return convert(value, stored_unit, asked_unit)


def compatible(asked_unit: str, stored_units: Iterable[str]) -> Mapping[str, Conversion]:
    """Return those of the stored units that an asked value can be put into, and how."""
    conversions = {unit: between(asked_unit, unit) for unit in stored_units}
    return MappingProxyType({unit: way for unit, way in conversions.items() if way is not None})


def number(text: str) -> float | None:
    """Return the number that a text writes, or None; infinity and not-a-number are none."""
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def between(from_unit: str, to_unit: str) -> Conversion | None:
    """Return the way from one unit to another, or None where there is none."""
    if from_unit == to_unit:
        return SAME
    if max(len(from_unit), len(to_unit)) > LONGEST:
        return SAME if folded(from_unit) == folded(to_unit) else None
    return _between(from_unit, to_unit)


@lru_cache(_KEPT)
def _between(from_unit: str, to_unit: str) -> Conversion | None:
    with _lock:
        names = canonical(from_unit, name_of), canonical(to_unit, name_of)
        if names[0] is None or names[1] is None:
            return SAME if folded(from_unit) == folded(to_unit) else None
        return _computed(names[0], names[1])


def _computed(from_unit: str, to_unit: str) -> Conversion | None:
    """Take two points of the line that every conversion here is."""
    from pint import PintError

    registry = _registry()
    try:
        units = registry.parse_units(from_unit), registry.parse_units(to_unit)
        # Not the dimension: to that, an angle, a count and a share are all mere numbers.
        if registry.get_root_units(units[0])[1] != registry.get_root_units(units[1])[1]:
            return None
        at_0, at_1 = (
            registry.Quantity(Decimal(point), units[0]).to(units[1]).magnitude for point in (0, 1)
        )
        return Conversion(at_1 - at_0, at_0)
    except (PintError, ArithmeticError, TypeError, ValueError):
        # Logarithmic units, and exponents beyond everything.
        return None


def name_of(text: str) -> tuple[str, str] | None:
    """Return the prefix and the name of one unit as pint knows it, or None."""
    with _lock:
        found = _registry().parse_unit_name(text)
    if not found:
        return None
    prefix, name, _ = found[0]
    return prefix, f"si_{name}" if name in _MAGNETIC else name


@cache
def _registry() -> "UnitRegistry[Decimal]":
    """Build the registry at the first use: it takes a noticeable time."""
    from pint import UnitRegistry

    registry: UnitRegistry[Decimal] = UnitRegistry(
        non_int_type=Decimal, on_redefinition="raise", cache_folder=None
    )
    for name, value in _MAGNETIC.items():
        registry.define(f"si_{name} = {value}")
    return registry
