"""Conditions on techniques: one stands for all of its kinds."""

from collections.abc import Iterator
from typing import Final

from datagateway_api.core.entities import FieldType
from datagateway_api.search.comparing import among
from datagateway_api.search.filters import Every, Field, Has, Neither, Some, Test, Text, Where
from datagateway_api.search.logic import Truth
from datagateway_api.search.mapping import Source
from datagateway_api.search.operators import BY_NAME
from datagateway_api.search.science.techniques import Hierarchy

ENTITY: Final = "Technique"
IDENTIFIERS: Final = ("pid", "panetId")


def kinds(hierarchy: Hierarchy, source: Source, name: str, test: Test) -> Iterator[Truth]:
    """Yield conditions that rows meet which are a kind of a technique asked for by equality.

    The technique is named by pid, panetId or name; its kinds are known by each of these.
    """
    if test.operator not in ("eq", "inq") or name not in (*IDENTIFIERS, "name"):
        return
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    asked = [operand for operand in operands if isinstance(operand, str)]
    pids = tuple(sorted({pid for each in asked for pid in hierarchy.closure(each)}))
    names = tuple(
        sorted({way for each in asked for n in hierarchy.names(each) for way in _ways(n)})
    )
    fields = {
        path.names: path
        for attribute in IDENTIFIERS
        for path in source.attributes[attribute]
        if path.field.type is FieldType.TEXT and not path.relations
    }
    yield from (among(path, pids) for path in fields.values())
    yield from (among(path, names) for path in source.attributes["name"] if not path.relations)


def _ways(name: str) -> tuple[str, ...]:
    """Return the ways in which a catalogue may write a name in upper and lower case."""
    return (name, name.lower(), name.upper(), name.capitalize(), name.title())


def shown(where: Where) -> Where:
    """Return what tags of a data set that meets a where must meet themselves to be answered.

    Each part may be met by another tag; where there is a part that asks for a tag, the tags that
    only meet what another part refuses are left out.
    """
    match where:
        case Every(parts):
            asking = [part for part in parts if _asks(part)]
            return Some(tuple(shown(part) for part in asking or parts)) if parts else where
        case Some(parts):
            return Some(tuple(shown(part) for part in parts))
        case Neither():
            return Every(())
        case Field(name, tests, place) if len(tests) > 1:
            return shown(Every(tuple(Field(name, (test,), place) for test in tests)))
    return where


def _asks(where: Where) -> bool:
    """Say whether a where wants some tag to be there."""
    match where:
        case Every(parts) | Some(parts):
            return any(_asks(part) for part in parts)
        case Field(_, tests, _):
            return any(BY_NAME[test.operator].opposite is None for test in tests)
        case Has() | Text():
            return True
    return False
