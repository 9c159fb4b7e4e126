"""Entity tags of lists: made from the releases' revisions, so a 304 needs no list to be read."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import bindparam, select

from datagateway_api import __version__
from datagateway_api.core.errors import NotFound
from datagateway_api.releases.tables import RELEASE
from datagateway_api.sql.connections import Lease
from datagateway_api.sql.prepared import prepare

LENGTH: Final = 20

Revisions: TypeAlias = Sequence[tuple[int, int]]
"""Of each release its id and its revision, which every change counts up."""

TagOf: TypeAlias = Callable[[Revisions], tuple[str, bool]]
"""From revisions to the tag of what is asked, and whether the client has that answer."""


class Tags:
    """Reads revisions, within the snapshot in which the list itself is read."""

    def __init__(self, engine_dialect: Any) -> None:
        """Take the store's dialect."""
        columns = select(RELEASE.c.id, RELEASE.c.revision)
        named = columns.where(RELEASE.c.name == bindparam("name"))
        self._one = prepare(named, engine_dialect)
        self._all = prepare(columns.order_by(RELEASE.c.id), engine_dialect)

    def of(self, lease: Lease, release: str | None) -> Revisions:
        """Return the revision of one release, nothing if there is none, or those of all."""
        prepared = self._all if release is None else self._one
        rows = lease.rows(prepared.sql, prepared.parameters({"name": release}))
        return [(int(id_), int(revision)) for id_, revision in rows]


def tag(revisions: Revisions, asked: str) -> str:
    """Return the tag of what is asked; it opens with the sum of the revisions."""
    text = f"{__version__} {list(revisions)} {asked}"
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:LENGTH]
    return f"{sum(revision for _, revision in revisions)}-{digest}"


def unknown(release: str | None) -> NotFound:
    """Return the error for a release that is not there."""
    return NotFound(f"there is no release {release}")
