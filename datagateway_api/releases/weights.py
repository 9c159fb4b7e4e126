"""The names of the weights that the events of datasets have, by dataset number and tag."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from datagateway_api.core.errors import NotFound
from datagateway_api.releases.check import is_whole, name_problem
from datagateway_api.releases.documents import Changed
from datagateway_api.releases.entity import LONGEST_NUMBER
from datagateway_api.releases.history import Author
from datagateway_api.releases.problems import Problems, given, refused
from datagateway_api.releases.tables import WEIGHT
from datagateway_api.releases.writing import ROWS_AT_ONCE, Change, Outcome, opened

SUBJECT: Final = "the weights"
MOST_ASKED: Final = 5000

Weights: TypeAlias = Mapping[tuple[str, str], list[str]]
"""Names of weights by dataset number and tag."""


def checked(raw: object) -> Weights:
    """Return ``{number: {tag: [name, …]}}`` checked. Raises Unprocessable with every problem."""
    if not isinstance(raw, dict):
        raise refused(f"must be an object such as {{dsid: {{tag: [name]}}}}, {given(raw)}", SUBJECT)
    problems = Problems(SUBJECT)
    found: dict[tuple[str, str], list[str]] = {}
    for place, (number, tags) in enumerate(raw.items(), 1):
        wrong = name_problem(number, LONGEST_NUMBER)
        if wrong is None and not isinstance(tags, dict):
            wrong = f"must be an object of tags with lists of names, {given(tags)}"
        if wrong is not None:
            problems.add(place, number, wrong)
            continue
        for tag, names in tags.items():
            wrong = name_problem(tag, LONGEST_NUMBER) or _names_problem(names)
            if wrong is not None:
                problems.add(place, f"{number}.{tag}", wrong)
            found[number, tag] = names
    problems.check()
    return found


def _names_problem(names: object) -> str | None:
    if not isinstance(names, list) or not all(
        isinstance(each, str) and each and is_whole(each) for each in names
    ):
        return f"must be a list of texts that are not empty, {given(names)}"
    return None


def upload(connection: Connection, name: str, weights: Weights, author: Author) -> Outcome:
    """Create or replace lists of names. Raises NotFound and Conflict, as other changes do."""
    change = opened(connection, name, author)
    outcome = Outcome()
    pairs = list(weights)
    for start in range(0, len(pairs), ROWS_AT_ONCE):
        _apply(change, weights, pairs[start : start + ROWS_AT_ONCE], outcome)
    if outcome.has_changed:
        done = {"created": outcome.created, "updated": outcome.updated}
        change.log.act("weights", done)
        change.finish()
    return outcome


def _apply(
    change: Change, weights: Weights, pairs: Sequence[tuple[str, str]], outcome: Outcome
) -> None:
    number, tag = WEIGHT.c.dataset_number, WEIGHT.c.e_tag
    mine = WEIGHT.c.release_id == change.id
    wanted = number.in_({pair[0] for pair in pairs})
    rows = change.connection.execute(select(number, tag, WEIGHT.c.names).where(mine, wanted))
    stored = {(row[0], row[1]): row[2] for row in rows}
    texts = {pair: orjson.dumps(weights[pair]).decode() for pair in pairs}
    new = [pair for pair in pairs if pair not in stored]
    changed = [pair for pair in pairs if pair in stored and stored[pair] != texts[pair]]
    outcome.created += len(new)
    outcome.updated += len(changed)
    outcome.unchanged += len(pairs) - len(new) - len(changed)
    if new:
        values = [
            {"release_id": change.id, "dataset_number": n, "e_tag": t, "names": texts[n, t]}
            for n, t in new
        ]
        change.connection.execute(insert(WEIGHT), values)
    if changed:
        statement = update(WEIGHT).where(
            mine, number == bindparam("its_number"), tag == bindparam("its_tag")
        )
        values = [{"its_number": n, "its_tag": t, "names": texts[n, t]} for n, t in changed]
        change.connection.execute(statement, values)
    for pair in changed:
        old = orjson.loads(stored[pair])
        change.log.change(pair[0], [Changed(f"weights.{pair[1]}", old, weights[pair])])


def by_number(connection: Connection, number: str) -> dict[str, Any]:
    """Return the lists of a dataset by tag. Raises NotFound where there is none."""
    found = by_numbers(connection, [number])
    if number not in found:
        raise NotFound(f"there are no weights of a dataset {number}")
    return found[number]


def by_tag(connection: Connection, number: str, tag: str) -> list[str]:
    """Return one list. Raises NotFound."""
    names = by_number(connection, number).get(tag)
    if names is None:
        raise NotFound(f"there are no weights of a dataset {number} with the tag {tag}")
    return list(names)


def by_numbers(connection: Connection, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the lists of several datasets by number and tag; those without any are left out.

    Where releases have the same number and tag, the newest release counts.
    """
    found: dict[str, dict[str, Any]] = {}
    for number, tag, names in _rows(connection, numbers):
        found.setdefault(number, {})[tag] = orjson.loads(names)
    return found


def _rows(connection: Connection, numbers: Sequence[str]) -> Iterator[Any]:
    statement = select(WEIGHT.c.dataset_number, WEIGHT.c.e_tag, WEIGHT.c.names)
    statement = statement.where(WEIGHT.c.dataset_number.in_(numbers))
    order = (WEIGHT.c.dataset_number, WEIGHT.c.release_id, WEIGHT.c.e_tag)
    yield from connection.execute(statement.order_by(*order))
