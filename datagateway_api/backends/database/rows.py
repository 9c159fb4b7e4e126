"""From plans to JSON: run the statements, put the included rows where they belong."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from datagateway_api.backends.database.compile import MOST_INCLUDED
from datagateway_api.backends.database.plans import IncludePlan, Plan
from datagateway_api.core.errors import BadFilter
from datagateway_api.sql.connections import Lease
from datagateway_api.sql.dialects import Dialect
from datagateway_api.sql.streams import Row

ROWS_IN_A_PIECE = 5000
MOST_TEXT = 1 << 27
"""Characters that the rows of one piece may have with all they include: what a few nested lists
would multiply without end must not fill the server's memory."""


def fetch(lease: Lease, plan: Plan, values: dict[str, object], dialect: Dialect) -> bytes:
    """Return all rows of a plan as a JSON array."""
    if plan.block is not None:
        joined = _fetch_block(lease, plan, values)
        if joined is not None:
            return joined
    rows = lease.rows(plan.prepared.sql, plan.prepared.parameters(values))
    return array(texts(lease, plan, rows, dialect))


def array(items: Iterable[str]) -> bytes:
    """Return JSON texts as a JSON array."""
    return f"[{','.join(items)}]".encode()


def texts(lease: Lease, plan: Plan, rows: Sequence[Row], dialect: Dialect) -> list[str]:
    """Return the JSON text of each row, with what it includes."""
    bodies = [plan.render(row) for row in rows]
    return _complete(lease, plan.includes, rows, bodies, dialect)


def pieces(
    lease: Lease, plan: Plan, chunks: Iterator[Sequence[Row]], dialect: Dialect
) -> Iterator[bytes]:
    """Yield a JSON array in pieces, of which only one is in memory at a time."""
    opening = "["
    for rows in chunks:
        yield (opening + ",".join(texts(lease, plan, rows, dialect))).encode()
        opening = ","
    yield b"[]" if opening == "[" else b"]"


def _fetch_block(lease: Lease, plan: Plan, values: dict[str, object]) -> bytes | None:
    """Return the rows as the database joined them, or None when it had to cut the text."""
    assert plan.block is not None
    joined, number, length = lease.rows(plan.block.sql, plan.block.parameters(values))[0]
    if not number:
        return b"[]"
    body: bytes = joined.encode() if joined is not None else b""
    return b"[" + body + b"]" if len(body) == length + number - 1 else None


def _complete(
    lease: Lease,
    includes: tuple[IncludePlan, ...],
    rows: Sequence[Row],
    bodies: list[str],
    dialect: Dialect,
) -> list[str]:
    """Add the included rows to texts left open for them."""
    if not includes or not rows:
        return bodies
    for include in includes:
        keys = [row[include.key] for row in rows]
        found = _included(lease, include, keys, dialect)
        opening = f',"{include.name}":'
        absent = opening + ("[]" if include.is_many else "null")
        added = {key: opening + text for key, text in found.items()}
        _check_size(sum(len(added.get(key, absent)) for key in keys) + sum(map(len, bodies)))
        bodies = [body + added.get(key, absent) for body, key in zip(bodies, keys, strict=True)]
    return [body + "}" for body in bodies]


def _check_size(length: int) -> None:
    if length > MOST_TEXT:
        raise BadFilter(
            "include: the answer would be too large; ask for fewer rows, or include less of them"
        )


def _included(
    lease: Lease, include: IncludePlan, keys: list[Any], dialect: Dialect
) -> dict[Any, str]:
    wanted = sorted({key for key in keys if key is not None})
    if not wanted:
        return {}
    parameters = include.prepared.parameters({"ids": dialect.bind_list(wanted)})
    rows = lease.rows(include.prepared.sql, parameters)
    if len(rows) > MOST_INCLUDED:
        raise BadFilter(
            f"include: {include.name} has more than {MOST_INCLUDED} rows; "
            "ask for fewer rows, or list them on their own"
        )
    bodies = [include.render(row) for row in rows]
    done = _complete(lease, include.children, rows, bodies, dialect)
    place = include.tie
    if not include.is_many:
        return {row[place]: text for row, text in zip(rows, done, strict=True)}
    lists: dict[Any, list[str]] = {}
    for row, text in zip(rows, done, strict=True):
        lists.setdefault(row[place], []).append(text)
    return {key: f"[{','.join(items)}]" for key, items in lists.items()}
