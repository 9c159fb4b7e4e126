"""Running statements: what each may be bound to, and the database's errors as ICAT's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import sqlalchemy as sa

from util.icat_server.errors import IcatError, Kind


def parameters(user: str, zone: tzinfo) -> dict[str, object]:
    """Return what ``:user``, CURRENT_TIMESTAMP and CURRENT_DATE stand for now."""
    now = datetime.now(UTC)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "user": user,
        "now": now.replace(tzinfo=None),
        "today": today.astimezone(UTC).replace(tzinfo=None),
    }


def rows(
    connection: sa.Connection, statement: sa.Select[Any], bound: Mapping[str, object]
) -> Sequence[Any]:
    """Run a statement and return all rows. Raises IcatError (INTERNAL)."""
    try:
        return connection.execute(statement, bound).fetchall()
    except (sa.exc.SQLAlchemyError, OverflowError, ValueError) as error:
        raise IcatError(Kind.INTERNAL, "The database cannot run this query") from error
    except RecursionError as error:
        raise IcatError(Kind.INTERNAL, "The query is too large") from error
