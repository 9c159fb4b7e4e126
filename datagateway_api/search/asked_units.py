"""The unit that a condition on parameters asks in."""

from collections.abc import Iterator
from dataclasses import dataclass

from datagateway_api.search.filters import Every, Field, Neither, Some, Test, Where


@dataclass(frozen=True, slots=True)
class AskedUnit:
    """A unit to answer in, for parameters of these names, or of any when there are none."""

    unit: str
    names: frozenset[str] = frozenset()


def without_units(parts: tuple[Where, ...]) -> tuple[tuple[str, ...] | None, tuple[Where, ...]]:
    """Split conditions that hold together into the units they ask in, and the others.

    None says that they name no unit. A further unit among them stays a mere condition.
    """
    flat = tuple(_flat(parts))
    for number, part in enumerate(flat):
        units = _units(part)
        if units is not None:
            return units, (*flat[:number], *flat[number + 1 :])
    return None, flat


def asked_units(where: Where | None) -> Iterator[AskedUnit]:
    """Yield the units in which a where asks, in the order in which they stand there."""
    match where:
        case Every(parts):
            units, rest = without_units(parts)
            names = frozenset(name for part in rest for name in _names(part))
            yield from (AskedUnit(unit, names) for unit in units or ())
            for part in rest:
                yield from asked_units(part)
        case Some(parts):
            for part in parts:
                yield from asked_units(part)
        case Field():
            yield from (AskedUnit(unit) for unit in _units(where) or ())
        case Neither():
            return


def _flat(parts: tuple[Where, ...]) -> Iterator[Where]:
    for part in parts:
        if isinstance(part, Every):
            yield from _flat(part.parts)
        else:
            yield part


def _units(part: Where) -> tuple[str, ...] | None:
    return _equals(part, "unit")


def _names(part: Where) -> tuple[str, ...]:
    return _equals(part, "name") or ()


def _equals(part: Where, name: str) -> tuple[str, ...] | None:
    """Return the texts that a condition wants an attribute to be one of."""
    if not isinstance(part, Field) or part.name != name or len(part.tests) != 1:
        return None
    test: Test = part.tests[0]
    if test.operator not in ("eq", "inq"):
        return None
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    texts = tuple(operand for operand in operands if isinstance(operand, str))
    return texts if len(texts) == len(operands) else None
