"""Lists of datasets: one statement, whose rows are JSON texts that need only be joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import Select, bindparam, false, func, select

from datagateway_api.core.errors import NotFound
from datagateway_api.core.query.model import Query
from datagateway_api.releases.conditions import Conditions, column
from datagateway_api.releases.entity import DATASET as ENTITY
from datagateway_api.releases.entity import NUMBER
from datagateway_api.releases.tables import DATASET, RELEASE
from datagateway_api.releases.tags import Revisions, TagOf, Tags, unknown
from datagateway_api.sql.connections import Connections, Lease
from datagateway_api.sql.dialects import Dialect, Sql, sql_text
from datagateway_api.sql.pieces import row_pieces
from datagateway_api.sql.prepared import Prepared, prepare
from datagateway_api.sql.streams import Row

MOST_KEPT: Final = 256
ROWS_IN_A_PIECE: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, its tag, and the number of datasets without skip and limit if asked for.

    ``body`` is None where the client has the answer already.
    """

    tag: str
    body: bytes | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked of the datasets, of one release or of all.

    ``is_lean`` leaves out files, ``with_release`` adds the release to the fields that are chosen.
    """

    query: Query
    release: str | None = None
    is_lean: bool = False
    with_release: bool = False


class Lists:
    """Reads datasets."""

    def __init__(self, dialect: Dialect, engine_dialect: Any) -> None:
        """Take the dialects of the store."""
        self._dialect = dialect
        self._engine_dialect = engine_dialect
        self._prepared = lru_cache(maxsize=MOST_KEPT)(self._prepare)
        self._one = prepare(self._one_statement(), engine_dialect)
        self._all = prepare(self._whole_release(), engine_dialect)
        self.tags = Tags(engine_dialect)

    def page(self, connections: Connections, page: Page, tag_of: TagOf) -> Found:
        """Return a page. Raises NotFound for an unknown release."""
        found = connections.run(lambda lease: self._page(lease, page, tag_of))
        if found is None:
            raise unknown(page.release)
        return found

    def count(self, connections: Connections, page: Page) -> int:
        """Return how many datasets there are. Raises NotFound for an unknown release."""

        def work(lease: Lease) -> int | None:
            with lease.snapshot():
                revisions = self.tags.of(lease, page.release)
                is_absent = page.release is not None and not revisions
                return None if is_absent else self._total(lease, page, revisions)

        found = connections.run(work)
        if found is None:
            raise unknown(page.release)
        return found

    def one(self, connections: Connections, release: str, key: str) -> bytes:
        """Return a dataset by its number or short name, in any case. Raises NotFound."""
        folded = key.lower()
        values = {"release": release, "exact": key, "folded": folded}

        def work(lease: Lease) -> Sequence[Row]:
            return lease.rows(self._one.sql, self._one.parameters(values))

        rows = connections.run(work)
        if not rows:
            raise NotFound(f"there is no dataset {key} in a release {release}")
        return str(rows[0][0]).encode()

    def whole(self, connections: Connections, release_id: int) -> Iterator[Sequence[str]]:
        """Return the datasets of a release as JSON texts, piece by piece."""
        parameters = self._all.parameters({"release": release_id})
        pieces = row_pieces(connections, self._all.sql, parameters, ROWS_IN_A_PIECE)
        return ([row[0] for row in rows] for rows in pieces)

    def _page(self, lease: Lease, page: Page, tag_of: TagOf) -> Found | None:
        with lease.snapshot():
            revisions = self.tags.of(lease, page.release)
            if page.release is not None and not revisions:
                return None
            tag, is_known = tag_of(revisions)
            total = self._total(lease, page, revisions) if page.query.total else None
            rows = [] if is_known else self._rows(lease, page, revisions)
        return Found(tag, None if is_known else _array(rows, page), total)

    def _rows(self, lease: Lease, page: Page, revisions: Revisions) -> Sequence[Row]:
        if not page.query.limit:
            return []
        plan, values = self._prepared(_shape(page))
        paging = {"limit": page.query.limit, "skip": page.query.skip}
        return lease.rows(plan.sql, plan.parameters(values | _which(page, revisions) | paging))

    def _total(self, lease: Lease, page: Page, revisions: Revisions) -> int:
        plan, values = self._prepared(_shape(page), counts=True)
        rows = lease.rows(plan.sql, plan.parameters(values | _which(page, revisions)))
        return int(rows[0][0])

    def _prepare(self, page: Page, *, counts: bool = False) -> tuple[Prepared, dict[str, object]]:
        conditions = Conditions(self._dialect)
        if counts:
            statement = self._filtered(select(func.count()), page, conditions)
        elif page.query.order or page.release is None:
            statement = self._sorted(page, conditions)
        else:
            found = self._filtered(select(self._text(page)), page, conditions)
            statement = _paged(found.order_by(DATASET.c.dataset_number))
        return prepare(statement, self._engine_dialect), conditions.values

    def _sorted(self, page: Page, conditions: Conditions) -> Select[Any]:
        """Sort the keys alone, and read the long texts of those rows only that the page has."""
        keys = self._filtered(select(DATASET.c.id), page, conditions)
        wanted = _paged(keys.order_by(*self._order(page))).subquery()
        joined = DATASET.join(wanted, DATASET.c.id == wanted.c.id)
        joined = joined.join(RELEASE, DATASET.c.release_id == RELEASE.c.id)
        return select(self._text(page)).select_from(joined).order_by(*self._order(page))

    def _filtered(self, statement: Select[Any], page: Page, conditions: Conditions) -> Select[Any]:
        statement = statement.select_from(DATASET.join(RELEASE))
        if page.release is not None:
            statement = statement.where(DATASET.c.release_id == bindparam("release"))
        if page.query.where is not None:
            statement = statement.where(conditions.compile(page.query.where))
        return statement

    def _order(self, page: Page) -> list[Sql]:
        keys = [
            self._dialect.ordered(
                self._dialect.comparable(key.path.field, column(key.path)),
                is_descending=key.is_descending,
            )
            for key in page.query.order
        ]
        last = [DATASET.c.dataset_number]
        return [*keys, RELEASE.c.name, *last] if page.release is None else [*keys, *last]

    def _text(self, page: Page) -> Sql:
        """Return a dataset's JSON; where ``fields`` cut it, without files if none asks for them."""
        names = {field.name for field in page.query.fields}
        if page.is_lean or (names and not names & {"file_list", "skims"}):
            return self._dialect.concat(
                [DATASET.c.head, sql_text(',"skims":'), DATASET.c.lean_skims, sql_text("}")]
            )
        return self._dialect.concat(
            [
                DATASET.c.head,
                sql_text(',"file_list":'),
                DATASET.c.file_list,
                sql_text(',"skims":'),
                DATASET.c.skims,
                sql_text("}"),
            ]
        )

    def _one_statement(self) -> Select[Any]:
        whole = self._text(Page(Query(ENTITY)))
        exact: Sql = bindparam("exact")
        folded: Sql = bindparam("folded")
        number, short = DATASET.c.dataset_number, DATASET.c.physics_short
        release = select(RELEASE.c.id).where(RELEASE.c.name == bindparam("release"))
        mine = DATASET.c.release_id == release.scalar_subquery()
        # Written out, so that each half finds its index.
        by_number = mine & (DATASET.c.number_key == folded)
        is_one = by_number | (mine & (DATASET.c.physics_key == folded))
        best = [number == exact, DATASET.c.number_key == folded, short == exact]
        ranked = [func.coalesce(each, false()).desc() for each in best]
        statement = select(whole).where(is_one).order_by(*ranked, number)
        return statement.limit(1)

    def _whole_release(self) -> Select[Any]:
        whole = self._text(Page(Query(ENTITY)))
        mine = DATASET.c.release_id == bindparam("release")
        return select(whole).where(mine).order_by(DATASET.c.dataset_number)


def _paged(statement: Select[Any]) -> Select[Any]:
    return statement.limit(bindparam("limit")).offset(bindparam("skip"))


def _shape(page: Page) -> Page:
    """Return what a page's statement depends on, which the place of the page is not."""
    return replace(page, query=replace(page.query, limit=None, skip=0, total=False))


def _which(page: Page, revisions: Revisions) -> dict[str, object]:
    return {"release": revisions[0][0]} if page.release is not None else {}


def _array(rows: Sequence[Row], page: Page) -> bytes:
    fields = page.query.fields
    if fields:
        names = [NUMBER.name, *(field.name for field in fields if field is not NUMBER)]
        names += ["release"] * page.with_release
        cut = ({name: whole[name] for name in names} for whole in map(_loaded, rows))
        return orjson.dumps(list(cut))
    return f"[{','.join([row[0] for row in rows])}]".encode()


def _loaded(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(row[0])
    return found
