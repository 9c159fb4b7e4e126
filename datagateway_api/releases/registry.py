"""The releases themselves, as they are answered."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Select, func, select

from datagateway_api.core import dates
from datagateway_api.releases.tables import DATASET, RELEASE
from datagateway_api.releases.tags import Revisions, unknown

_COLUMNS = (
    RELEASE.c.id,
    RELEASE.c.name,
    RELEASE.c.description,
    RELEASE.c.doi,
    RELEASE.c.state,
    RELEASE.c.created_at,
    RELEASE.c.created_by,
    RELEASE.c.modified_at,
    RELEASE.c.modified_by,
)


@dataclass(frozen=True, slots=True)
class Release:
    """One release: its answer, without its datasets, and its revision."""

    answer: dict[str, object]
    revision: int

    @property
    def revisions(self) -> Revisions:
        """The revision as tags want it."""
        return [(self.id, self.revision)]

    @property
    def id(self) -> int:
        """The id of the release."""
        found = self.answer["id"]
        assert isinstance(found, int)
        return found


def listed(connection: Connection) -> bytes:
    """Return all releases with the number of their datasets, by name, as a JSON array."""
    rows = connection.execute(_with_counts().order_by(RELEASE.c.name))
    return orjson.dumps([_answer(row._asdict()) for row in rows])


def one(connection: Connection, name: str) -> Release:
    """Return one release. Raises NotFound."""
    row = connection.execute(_with_counts().where(RELEASE.c.name == name)).first()
    if row is None:
        raise unknown(name)
    return Release(_answer(row._asdict()), row.revision)


def _with_counts() -> Select[Any]:
    number = (
        select(func.count())
        .select_from(DATASET)
        .where(DATASET.c.release_id == RELEASE.c.id)
        .scalar_subquery()
    )
    return select(*_COLUMNS, RELEASE.c.revision, number.label("dataset_count"))


def _answer(row: dict[str, Any]) -> dict[str, object]:
    # SQLAlchemy's names are texts of a kind of their own.
    found = {str(name): value for name, value in row.items() if name != "revision"}
    return found | {name: dates.wire(row[name]) for name in ("created_at", "modified_at")}
