"""What ICAT checks of some entities before it writes them, beyond types and keys.

The rules are those of ICAT's own entity classes: a parameter's type must be applicable to what it
describes and, where it is enforced, its value must be allowed; a rule's flags are letters of CRUD;
a public step's field is a relation of its origin.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, select

from datagateway_api.backends.database.tables import Tables
from datagateway_api.core.writing.check import refuse
from datagateway_api.core.writing.model import Change, Draft, Problem

SUFFIX = "Parameter"
LONGEST_IN = 1000


def check_hooks(connection: Connection, tables: Tables, items: Sequence[Draft | Change]) -> None:
    """Raise BadRequest with everything that ICAT would refuse."""
    parameters = [item for item in items if item.entity.name.endswith(SUFFIX)]
    problems = _Parameters(connection, tables).check(parameters) if parameters else []
    for item in items:
        if item.entity.name == "Rule":
            problems += _rule(item)
        elif item.entity.name == "PublicStep" and isinstance(item, Draft):
            problems += _public_step(item, tables)
    if problems:
        raise refuse(problems)


def _given(item: Draft | Change) -> dict[str, object]:
    return {field.name: value for field, value in item.values.items()}


def _rule(item: Draft | Change) -> list[Problem]:
    flags = _given(item).get("crudFlags")
    if flags is None or set(str(flags).strip().upper()) <= set("CRUD"):
        return []
    return [Problem(item.place, "crudFlags", f'must be letters of CRUD, got "{flags}"')]


def _public_step(item: Draft, tables: Tables) -> list[Problem]:
    given = _given(item)
    origin = tables.schema.entities.get(str(given.get("origin")))
    if origin is None:
        return [Problem(item.place, "origin", "must be the name of an entity")]
    if str(given.get("field")) not in origin.relations:
        return [Problem(item.place, "field", f"must be a relation of {origin.name}")]
    return []


class _Parameters:
    """Checks parameters against their types."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables

    def check(self, items: Sequence[Draft | Change]) -> list[Problem]:
        drafts = [item for item in items if isinstance(item, Draft)]
        types = self._types([self._type_id(draft) for draft in drafts])
        problems = []
        for draft in drafts:
            found = types.get(self._type_id(draft))
            if found is not None:
                problems += self._one(draft, found)
        return problems

    def _type_id(self, draft: Draft) -> int:
        return draft.keys.get(draft.entity.relations["type"]) or 0

    def _types(self, ids: Sequence[int]) -> dict[int, Row[tuple[object, ...]]]:
        table = self._tables.by_entity["ParameterType"]
        wanted = sorted(set(ids))
        found: dict[int, Row[tuple[object, ...]]] = {}
        for start in range(0, len(wanted), LONGEST_IN):
            chunk = wanted[start : start + LONGEST_IN]
            for row in self._connection.execute(select(table).where(table.c["ID"].in_(chunk))):
                found[row._mapping[table.c["ID"]]] = row
        return found

    def _one(self, draft: Draft, row: Row[tuple[object, ...]]) -> list[Problem]:
        table = self._tables.by_entity["ParameterType"]
        facts = row._mapping
        name = facts[table.c["NAME"]]
        subject = draft.entity.name.removesuffix(SUFFIX)
        if not facts[table.c[f"APPLICABLETO{subject.upper()}"]]:
            return [Problem(draft.place, "type", f"{name} is not applicable to a {subject}")]
        if not facts[table.c["ENFORCED"]]:
            return []
        given = _given(draft)
        number = given.get("numericValue")
        if isinstance(number, float):
            low, high = (
                facts[table.c[column]] for column in ("MINIMUMNUMERICVALUE", "MAXIMUMNUMERICVALUE")
            )
            if low is not None and number < low:
                return [
                    Problem(draft.place, "numericValue", f"{number} < {low}, the least of {name}")
                ]
            if high is not None and number > high:
                return [
                    Problem(draft.place, "numericValue", f"{number} > {high}, the most of {name}")
                ]
        text = given.get("stringValue")
        allowed = self._permissible(self._type_id(draft)) if text is not None else []
        if allowed and text not in allowed:
            return [Problem(draft.place, "stringValue", f"is not one of {', '.join(allowed)}")]
        return []

    def _permissible(self, type_id: int) -> list[str]:
        table = self._tables.by_entity["PermissibleStringValue"]
        values = select(table.c["VALUE"]).where(table.c["PARAMETERTYPE_ID"] == type_id)
        return [str(value) for value in self._connection.scalars(values)]
