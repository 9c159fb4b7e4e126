"""Changing a release: each function runs in one transaction, under a lock on the release's row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from datagateway_api.core.errors import AlreadyExists, Conflict, NotFound
from datagateway_api.releases.check import LARGEST, Clean
from datagateway_api.releases.documents import Changed, SkimIds, Stored, changes, row
from datagateway_api.releases.entity import NUMBER
from datagateway_api.releases.files import Upload
from datagateway_api.releases.history import Author, Log
from datagateway_api.releases.problems import refused
from datagateway_api.releases.tables import DATASET, HISTORY, RELEASE, WEIGHT
from datagateway_api.sql.connections import Connections

T = TypeVar("T")
DRAFT: Final = "draft"
PUBLISHED: Final = "published"
ROWS_AT_ONCE: Final = 500
ATTEMPTS: Final = 3
MANY: Final = 1000

Rows: TypeAlias = Sequence[Clean]


@dataclass(slots=True)
class Outcome:
    """What became of the rows of an upload."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    not_found: list[str] = field(default_factory=list)

    @property
    def has_changed(self) -> bool:
        """Whether anything is different from before."""
        return bool(self.created or self.updated)


@dataclass(slots=True)
class Change:
    """A release being changed: its locked row, the ids for its skims and the log."""

    connection: Connection
    release: RowMapping
    log: Log
    ids: SkimIds

    @property
    def id(self) -> int:
        """The id of the release."""
        return int(self.release["id"])

    def finish(self, **values: object) -> None:
        """Write the log, and on the release that it was changed, by whom and when."""
        self.log.write(self.connection)
        author = self.log.author
        touched = {"modified_at": author.at, "modified_by": author.user, **values}
        self.connection.execute(
            update(RELEASE)
            .where(RELEASE.c.id == self.id)
            .values(revision=RELEASE.c.revision + 1, next_skim=self.ids.next, **touched)
        )


def changing(connections: Connections, work: Callable[[Connection], T]) -> T:
    """Do some work in one transaction; again, where another made the same release meanwhile."""
    for _ in range(1, ATTEMPTS):
        try:
            return connections.write(work)
        except AlreadyExists:
            continue
    return connections.write(work)


def opened(connection: Connection, name: str, author: Author, *, creates: bool = False) -> Change:
    """Lock a release, made as a draft if it may be.

    Raises NotFound, and Conflict for a published one unless the author forces it.
    """
    found = _locked(connection, name)
    log = Log(name, author, [])
    if found is None:
        if not creates:
            raise NotFound(f"there is no release {name}")
        found = _made(connection, name, author)
        log.act("create")
    elif found["state"] == PUBLISHED and not author.is_forced:
        raise Conflict(f"the release {name} is published; to change it all the same: ?force=true")
    return Change(connection, found, log, SkimIds(int(found["next_skim"])))


def upload(connection: Connection, name: str, content: Upload, author: Author) -> Outcome:
    """Create or update datasets by their number; fields that a row leaves out keep their value."""
    change = opened(connection, name, author, creates=True)
    about = _about(change, content.about)
    outcome = apply(change, content.rows, creates=True)
    if outcome.created >= MANY and connection.dialect.name == "postgresql":
        # Its planner would take the table for empty until it looks by itself, a minute later.
        connection.exec_driver_sql(f"ANALYZE {DATASET.name}")
    if outcome.has_changed:
        change.log.act("upload", {"created": outcome.created, "updated": outcome.updated})
    if outcome.has_changed or about or change.log.entries:
        change.finish(**about)
    return outcome


def amend(connection: Connection, name: str, rows: Rows, author: Author) -> Outcome:
    """Update datasets that are there, and tell of those that are not."""
    change = opened(connection, name, author)
    outcome = apply(change, rows, creates=False)
    if outcome.has_changed:
        change.finish()
    return outcome


def publish(connection: Connection, name: str, author: Author) -> None:
    """Publish a release; one that is published stays so."""
    found = _locked(connection, name)
    if found is None:
        raise NotFound(f"there is no release {name}")
    if found["state"] == PUBLISHED:
        return
    change = Change(connection, found, Log(name, author, []), SkimIds(int(found["next_skim"])))
    change.log.change(None, [Changed("state", DRAFT, PUBLISHED)])
    change.finish(state=PUBLISHED)


def remove(connection: Connection, name: str, author: Author) -> None:
    """Delete a draft with all that it holds, but for its history."""
    change = opened(connection, name, author)
    mine = DATASET.c.release_id == change.id
    count = connection.execute(select(func.count()).where(mine)).scalar_one()
    change.log.act("delete", {"datasets": count})
    change.log.write(connection)
    connection.execute(delete(WEIGHT).where(WEIGHT.c.release_id == change.id))
    connection.execute(delete(DATASET).where(mine))
    connection.execute(delete(RELEASE).where(RELEASE.c.id == change.id))


def apply(change: Change, rows: Rows, *, creates: bool) -> Outcome:
    """Lay rows over what is stored, by the piece, each with one statement a table."""
    outcome = Outcome()
    for start in range(0, len(rows), ROWS_AT_ONCE):
        _apply(change, rows[start : start + ROWS_AT_ONCE], outcome, creates=creates)
        # Old and new lists of files are too much to keep until the end.
        change.log.write(change.connection)
    return outcome


def _apply(change: Change, rows: Rows, outcome: Outcome, *, creates: bool) -> None:
    stored = _stored(change, [clean[NUMBER.name] for clean in rows])
    new: list[dict[str, object]] = []
    changed: list[dict[str, object]] = []
    for clean in rows:
        number = clean[NUMBER.name]
        before = stored.get(number)
        if before is None and not creates:
            outcome.not_found.append(number)
            continue
        found = changes(before, clean) if before is not None else []
        if before is not None and not found:
            outcome.unchanged += 1
            continue
        columns = row(change.release["name"], before, clean, change.ids)
        _check_size(number, columns)
        if before is None:
            new.append({**columns, "release_id": change.id})
        else:
            changed.append({**columns, "changed_id": before.id})
            change.log.change(number, found)
    outcome.created += len(new)
    outcome.updated += len(changed)
    if new:
        change.connection.execute(insert(DATASET), new)
    if changed:
        mine = DATASET.c.id == bindparam("changed_id")
        change.connection.execute(update(DATASET).where(mine), changed)


def _check_size(number: str, columns: Mapping[str, object]) -> None:
    """Refuse what no database would take in one statement, however many uploads it came in."""
    size = sum(len(str(columns[name]).encode()) for name in ("head", "file_list", "skims"))
    if size > LARGEST:
        raise refused(f"the dataset {number} would have {size} bytes, and may have {LARGEST}")


def _stored(change: Change, numbers: Sequence[str]) -> Mapping[str, Stored]:
    columns = (DATASET.c.id, DATASET.c.head, DATASET.c.file_list, DATASET.c.skims)
    wanted = DATASET.c.dataset_number.in_(numbers)
    mine = DATASET.c.release_id == change.id
    rows = change.connection.execute(select(DATASET.c.dataset_number, *columns).where(mine, wanted))
    return {number: Stored(*rest) for number, *rest in rows}


def _locked(connection: Connection, name: str) -> RowMapping | None:
    statement = select(RELEASE).where(RELEASE.c.name == name).with_for_update()
    return connection.execute(statement).mappings().first()


def _made(connection: Connection, name: str, author: Author) -> RowMapping:
    """Make a release. Its revision starts above that of any release deleted before.

    SQLite gives the id of a deleted one again, and entity tags are made of the two. Every change
    adds to the history, so that its last id is never below a revision.
    """
    last = connection.execute(select(func.coalesce(func.max(HISTORY.c.id), 0))).scalar_one()
    values: dict[str, Any] = {
        "name": name,
        "state": DRAFT,
        "created_at": author.at,
        "created_by": author.user,
        "modified_at": author.at,
        "modified_by": author.user,
        "revision": last,
        "next_skim": 1,
    }
    connection.execute(insert(RELEASE).values(**values))
    found = _locked(connection, name)
    assert found is not None
    return found


def _about(change: Change, about: Mapping[str, str | None]) -> dict[str, object]:
    """Return what is new of the release itself, and note it."""
    new = [
        Changed(name, change.release[name], value)
        for name, value in about.items()
        if change.release[name] != value
    ]
    change.log.change(None, new)
    return {each.name: each.new for each in new}
