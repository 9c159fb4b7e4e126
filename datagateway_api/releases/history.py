"""Who changed what, from, to and when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import Connection, RowMapping, func, insert, select

from datagateway_api.core import dates
from datagateway_api.core.errors import NotFound
from datagateway_api.releases.documents import Changed
from datagateway_api.releases.tables import HISTORY, RELEASE

ROWS_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change, when, and whether against the state of the release."""

    user: str
    at: datetime
    is_forced: bool = False


@dataclass(slots=True)
class Log:
    """Collects the entries of one transaction."""

    release: str
    author: Author
    entries: list[dict[str, object]]

    def act(self, action: str, new: object = None) -> None:
        """Note something done to the release as a whole."""
        self.entries.append(self._entry(action, None, None, None, new))

    def change(self, number: str | None, changes: Sequence[Changed]) -> None:
        """Note changed fields, of a dataset or of the release itself."""
        for each in changes:
            entry = self._entry("change", number, each.name, each.old, each.new)
            self.entries.append(entry)

    def write(self, connection: Connection) -> None:
        """Write the entries that were collected since the last time."""
        for start in range(0, len(self.entries), ROWS_AT_ONCE):
            connection.execute(insert(HISTORY), self.entries[start : start + ROWS_AT_ONCE])
        self.entries.clear()

    def _entry(
        self, action: str, number: str | None, name: str | None, old: object, new: object
    ) -> dict[str, object]:
        return {
            "release_name": self.release,
            "dataset_number": number,
            "action": action,
            "field": name,
            "old": orjson.dumps(old).decode(),
            "new": orjson.dumps(new).decode(),
            "forced": int(self.author.is_forced),
            "at": self.author.at,
            "by": self.author.user,
        }


def entries(connection: Connection, release: str, skip: int, limit: int) -> tuple[bytes, int]:
    """Return entries as a JSON array, the newest first, and how many there are in all.

    Raises NotFound where neither the release nor any trace of it is there.
    """
    mine = HISTORY.c.release_name == release
    total = connection.execute(select(func.count()).where(mine)).scalar_one()
    if not total:
        known = connection.execute(select(RELEASE.c.id).where(RELEASE.c.name == release)).first()
        if known is None:
            raise NotFound(f"there is no release {release}")
    rows = select(HISTORY).where(mine).order_by(HISTORY.c.id.desc()).limit(limit).offset(skip)
    found = connection.execute(rows).mappings()
    return orjson.dumps(list(_answered(found))), total


def _answered(rows: Iterable[RowMapping]) -> Iterator[dict[str, object]]:
    for row in rows:
        yield {
            "action": row["action"],
            "dataset_number": row["dataset_number"],
            "field": row["field"],
            "from": orjson.loads(row["old"]),
            "to": orjson.loads(row["new"]),
            "forced": bool(row["forced"]),
            "at": dates.wire(row["at"]),
            "by": row["by"],
        }
