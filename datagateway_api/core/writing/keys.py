"""Unique keys: whether objects of a request share one, and which of them are taken, in words."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from datagateway_api.core import dates
from datagateway_api.core.entities import Entity
from datagateway_api.core.errors import AlreadyExists
from datagateway_api.core.query.parse import shown
from datagateway_api.core.writing.check import MOST_PROBLEMS
from datagateway_api.core.writing.model import Change, Draft, Problem

Item: TypeAlias = Draft | Change
Key: TypeAlias = tuple[object, ...]
Wanted: TypeAlias = tuple[Item, Key]
LONGEST_IN = 500


class StoredKeys(Protocol):
    """The unique keys of the objects that the catalogue holds already."""

    def now(self, entity: Entity, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """Return the values of the unique key of some objects, by id."""

    def has_any(self, wanted: Sequence[Wanted]) -> bool:
        """Say whether there is one of some keys of an entity.

        A single change does not meet the object that it changes.
        """


def check_among(drafts: Iterable[Draft]) -> None:
    """Raise AlreadyExists when two new objects of a request have one key."""
    problems = _repeats(((draft, _draft_key(draft)) for draft in drafts), lambda part: part)
    if problems:
        raise _already_exists(problems)


def taken(stored: StoredKeys, items: Sequence[Item]) -> AlreadyExists | None:
    """Return an error that names the keys of a request that are taken, None where none is."""
    wanted = _wanted(stored, items)
    problems: list[Problem] = []
    for chunk in _chunks(wanted):
        _find_taken(stored, chunk, problems)
    # The database's own idea of equal texts may be wider than Python's.
    problems = problems or _repeats(wanted, folded)
    return _already_exists(problems[:MOST_PROBLEMS]) if problems else None


def _wanted(stored: StoredKeys, items: Sequence[Item]) -> list[Wanted]:
    """Return the keys that items are to have; a change keeps what it does not name."""
    wanted: list[Wanted] = [
        (item, _draft_key(item)) for item in items if isinstance(item, Draft) and item.entity.unique
    ]
    changes = [item for item in items if isinstance(item, Change) and item.entity.unique]
    for start in range(0, len(changes), LONGEST_IN):
        wanted += _changed_keys(stored, changes[start : start + LONGEST_IN])
    return wanted


def _changed_keys(stored: StoredKeys, changes: Sequence[Change]) -> list[Wanted]:
    entity = changes[0].entity
    now = stored.now(entity, [change.id for change in changes])
    keys = [
        (change, key_of(entity, {**now[change.id], **_given(change)}))
        for change in changes
        if change.id in now
    ]
    return [(change, key) for change, key in keys if key != key_of(entity, now[change.id])]


def _find_taken(stored: StoredKeys, wanted: Sequence[Wanted], problems: list[Problem]) -> None:
    """Note which of some keys of one entity are taken, by halves so that few are asked for."""
    if len(problems) >= MOST_PROBLEMS or not stored.has_any(wanted):
        return
    if len(wanted) > 1:
        middle = len(wanted) // 2
        _find_taken(stored, wanted[:middle], problems)
        _find_taken(stored, wanted[middle:], problems)
        return
    item, key = wanted[0]
    named = ", ".join(
        f"{name} = {_shown(value)}" for name, value in zip(item.entity.unique, key, strict=True)
    )
    problems.append(_problem(item, f"{item.entity.name} exists with {named}"))


def _chunks(wanted: Iterable[Wanted]) -> Iterable[Sequence[Wanted]]:
    """Yield keys by entity, some at a time; those of objects below new ones cannot be taken."""
    by_entity: dict[str, list[Wanted]] = {}
    for item, key in wanted:
        if not any(isinstance(part, tuple) for part in key):
            by_entity.setdefault(item.entity.name, []).append((item, key))
    for entries in by_entity.values():
        for start in range(0, len(entries), LONGEST_IN):
            yield entries[start : start + LONGEST_IN]


def _repeats(wanted: Iterable[Wanted], same: Callable[[object], object]) -> list[Problem]:
    """Return the items whose key an earlier one has; ``same`` is equal for equal parts of keys."""
    seen: dict[Key, str] = {}
    problems = []
    for item, key in wanted:
        if key:
            parts = (item.entity.name, *(same(part) for part in key))
            first = seen.setdefault(parts, item.place)
            if first != item.place:
                reason = f"{item.entity.name} has the same unique key as {first}"
                problems.append(_problem(item, reason))
    return problems


def _draft_key(draft: Draft) -> Key:
    """Return an object's key, in which a tuple stands for the id of a new owner."""
    given = _given(draft)
    if draft.implied is not None:
        given[draft.implied] = ("new", id(draft.owner))
    return key_of(draft.entity, given)


def key_of(entity: Entity, given: Mapping[str, object]) -> Key:
    """Return the values of an entity's unique key."""
    return tuple(given.get(name) for name in entity.unique)


def _given(item: Item) -> dict[str, object]:
    given: dict[str, object] = {field.name: value for field, value in item.values.items()}
    return given | {relation.name: id_ for relation, id_ in item.keys.items()}


def folded(part: object) -> object:
    """Return a text without case, accents and closing spaces, as lenient collations see it."""
    if not isinstance(part, str):
        return part
    decomposed = unicodedata.normalize("NFKD", part.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).rstrip()


def _shown(value: object) -> str:
    return dates.wire(value) if isinstance(value, datetime) else shown(value)


def _problem(item: Item, reason: str) -> Problem:
    return Problem(item.place, ", ".join(item.entity.unique), reason)


def _already_exists(problems: Sequence[Problem]) -> AlreadyExists:
    first = problems[0]
    where = f"{first.place}: " if first.place else ""
    return AlreadyExists(
        f"{where}{first.reason}",
        details=[problem.as_detail() for problem in problems[:MOST_PROBLEMS]],
    )
