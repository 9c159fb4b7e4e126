"""How many statements a request costs, and that none leaves a transaction open."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import Pool

from datagateway_api.backends.base import Credentials
from datagateway_api.backends.database import backend as backend_module
from datagateway_api.core.errors import ApiError, NotFound
from datagateway_api.core.query.model import Asked
from test.contract.asking import Asking, text, where
from test.contract.databases import backend_over, connected
from test.support.catalogue import app_over, client_of, fill

ANON = Credentials("anon", "", "")
DEEP = {"datasets": {"datafiles": "datafileFormat", "sample": "type"}}
WIDE = ["type", "facility", "keywords", "samples", "investigationInstruments.instrument"]


@pytest.fixture(scope="module")
def url(module_database_url: str) -> str:
    fill(module_database_url)
    return module_database_url


@pytest.fixture(scope="module")
def ask(url: str) -> Iterator[Asking]:
    backend = backend_over(url)
    yield Asking(backend)
    backend.close()


def cost(ask: Asking, work: Callable[[], Any]) -> int:
    """Return how many statements some work ran."""
    before = ask.backend.call_count()
    work()
    return ask.backend.call_count() - before


LISTS = [
    (Asked(), 1),
    (Asked(limit=1), 1),
    (Asked(limit=2000), 1),
    (Asked(limit=10**9, skip=1), 1),
    (Asked(limit=0), 0),
    (Asked(fields=("name",)), 1),
    (Asked(distinct=("type.name",)), 1),
    (Asked(distinct=("type.name", "keywords.name"), limit=2), 1),
    (Asked(order=("keywords.name desc", "type.name", "investigationUsers.user.name")), 1),
    (where({"or": [{"keywords.name": "iron"}, {"datasets.datafiles.name": "a.nxs"}]}), 1),
    (where({"datasets.sample.type.name": "metal", "datasets.complete": True}), 1),
    (Asked(include=("type",)), 2),
    (Asked(include=("datasets",), limit=1), 2),
    (Asked(include=("type", "type", "type.facility")), 3),
    (Asked(include=(WIDE,)), 7),
    (Asked(include=(DEEP,)), 6),
    (Asked(include=(DEEP, WIDE), order=("type.name",), limit=25), 12),
    (Asked(total=True), 2),
    (Asked(total=True, limit=0), 1),
    (Asked(total=True, include=("type",), limit=2), 3),
]


@pytest.mark.parametrize(("asked", "number"), LISTS)
def test_a_list_costs_one_statement_and_one_for_each_included_path(ask: Asking, asked, number):
    assert cost(ask, lambda: text(ask.answer("Investigation", asked))) == number


@pytest.mark.parametrize("rows", [1, 2, 6])
def test_the_number_of_rows_makes_no_difference(ask: Asking, rows):
    asked = Asked(include=(DEEP, WIDE), limit=rows)
    assert cost(ask, lambda: ask.rows("Investigation", asked)) == 12


def test_relations_that_lead_nowhere_cost_nothing_further(ask: Asking):
    asked = Asked(where=({"id": 3},), include=("datasets.datafiles.datafileFormat",))
    assert cost(ask, lambda: ask.rows("Investigation", asked)) == 2
    assert cost(ask, lambda: ask.rows("Job", asked_all("Job", ask))) == 1


def asked_all(entity: str, ask: Asking) -> Asked:
    return Asked(include=tuple(ask.entity(entity).relations))


def test_count_findone_and_by_id_cost_one(ask: Asking):
    condition = where({"keywords.name": "iron", "type.name": "experiment"})
    distinct = Asked(where=condition.where, distinct=("keywords.name",))
    groups = Asked(where=condition.where, group_by=("type.name", "keywords.name"))
    for work in (
        lambda: ask.count("Investigation", condition),
        lambda: ask.count("Investigation", distinct),
        lambda: ask.groups("Investigation", groups),
        lambda: ask.find_one("Investigation", condition),
        lambda: ask.get("Investigation", 1),
        lambda: ask.get("Investigation", 1, Asked(fields=("name",))),
    ):
        assert cost(ask, work) == 1


def test_findone_and_by_id_cost_one_more_for_each_included_path(ask: Asking):
    asked = Asked(include=(DEEP, WIDE))
    assert cost(ask, lambda: ask.find_one("Investigation", asked)) == 12
    assert cost(ask, lambda: ask.get("Investigation", 1, asked)) == 12


def test_what_is_not_found_costs_one(ask: Asking):
    def look() -> None:
        with pytest.raises(NotFound):
            ask.get("Investigation", 99, Asked(include=(DEEP,)))

    assert cost(ask, look) == 1


def test_the_session_is_looked_up_once_in_the_configured_time(url: str):
    for seconds, wanted in ((60, 1), (0, 3)):
        backend = backend_over(url, cache_seconds=seconds)
        session_id = backend.login(ANON)
        before = backend.call_count()
        for _ in range(3):
            backend.authenticate(session_id)
        assert backend.call_count() - before == wanted
        backend.close()


def test_an_unknown_session_is_looked_up_every_time(url: str):
    backend = backend_over(url, cache_seconds=60)
    backend.schema()
    before = backend.call_count()
    for _ in range(2):
        with pytest.raises(ApiError):
            backend.authenticate("unknown")
    assert backend.call_count() - before == 2
    backend.close()


@contextmanager
def watched_sqlite() -> Iterator[Callable[[], int]]:
    """Yield a function that counts the SELECTs that SQLite itself ran so far."""
    seen: list[str] = []

    def watch(raw: Any, _: object) -> None:
        raw.set_trace_callback(seen.append)

    sa.event.listen(Pool, "connect", watch)
    yield lambda: sum(each.lstrip().upper().startswith("SELECT") for each in seen)
    sa.event.remove(Pool, "connect", watch)


@contextmanager
def watched_mariadb(url: str) -> Iterator[Callable[[], int]]:
    """Yield a function that tells how many SELECTs the server ran so far."""
    with connected(url) as connection:

        def count() -> int:
            statement = "SHOW GLOBAL STATUS LIKE 'Com_select'"
            return int(connection.exec_driver_sql(statement).one()[1])

        yield count


REQUESTS = [
    ("/investigations", {}, 1),
    ("/investigations", {"limit": "2", "total": "true"}, 2),
    ("/investigations", {"include": json.dumps([DEEP, WIDE])}, 12),
    ("/investigations", {"include": json.dumps([DEEP, WIDE]), "limit": "1"}, 12),
    ("/investigations/1", {}, 1),
    ("/investigations/1", {"include": "datasets"}, 2),
    ("/investigations/findone", {"order": "startDate desc"}, 1),
    ("/investigations/count", {"where": '{"keywords.name":"iron"}'}, 1),
    ("/investigations/count", {"group_by": "type.id"}, 1),
    ("/investigations", {"distinct": "type.name"}, 1),
    ("/investigations", {"where": "nonsense"}, 0),
]


def test_the_database_itself_counts_as_many(url: str):
    if "postgresql" in url:
        pytest.skip("PostgreSQL counts statements only with an extension")
    watch = watched_sqlite() if url.startswith("sqlite") else watched_mariadb(url)
    with watch as count, client_of(app_over(url, session_cache_seconds=60)) as client:
        client.get("/investigations", query_string={"include": json.dumps([DEEP, WIDE])})
        for address, query, number in REQUESTS:
            before = count()
            client.get(address, query_string=query)
            assert count() - before == number, (address, query)


def open_transactions(connection: sa.Connection) -> int:
    """Return how many transactions other connections have open on this database."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        busy, in_log, moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return int(busy or in_log != moved)
    if connection.dialect.name == "mysql":
        sleep(0.11)  # InnoDB shows what it saw up to a tenth of a second ago.
    statement = {
        "mysql": "SELECT count(*) FROM information_schema.innodb_trx "
        "WHERE trx_mysql_thread_id <> connection_id()",
        "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL "
        "AND datname = current_database() AND pid <> pg_backend_pid()",
    }[connection.dialect.name]
    return int(connection.exec_driver_sql(statement).scalar() or 0)


def test_no_transaction_is_left_open(url: str, monkeypatch):
    backend = backend_over(url)
    ask = Asking(backend)
    pieces = Asked(include=("type", "datasets"))

    def half_a_list() -> None:
        body = ask.answer("Investigation", pieces).body
        assert not isinstance(body, bytes)
        next(body)
        body.close()  # type: ignore[attr-defined]

    def refused() -> None:
        with pytest.raises(NotFound):
            ask.get("Investigation", 99, pieces)

    works: list[Callable[[], Any]] = [
        lambda: backend.login(ANON),
        lambda: backend.refresh(ask.caller),
        lambda: backend.logout(backend.authenticate(backend.login(ANON))),
        lambda: ask.rows("Investigation"),
        lambda: ask.rows("Investigation", Asked(limit=2)),
        lambda: ask.rows("Investigation", pieces),
        lambda: ask.find_one("Investigation", pieces),
        lambda: ask.count("Investigation"),
        lambda: ask.groups("Investigation", Asked(group_by=("type.id",))),
        refused,
        backend.ping,
    ]
    with connected(url) as watcher:
        for work in works:
            work()
            assert open_transactions(watcher) == 0
        monkeypatch.setattr(backend_module, "ROWS_IN_A_PIECE", 2)
        for work in (lambda: ask.rows("Investigation", pieces), half_a_list):
            work()
            assert open_transactions(watcher) == 0
    backend.close()


def test_the_watch_for_open_transactions_sees_one(url: str):
    with connected(url) as watcher, connected(url) as other:
        other.execute(sa.text("BEGIN") if url.startswith("sqlite") else sa.text("SELECT 1"))
        tables = sa.table("SESSION_", sa.column("ID"))
        other.execute(sa.insert(tables).values(ID="left open"))
        assert open_transactions(watcher) == 1
        other.rollback()


def test_lists_in_pieces_are_the_same_as_whole_ones(url: str, monkeypatch):
    backend = backend_over(url)
    ask = Asking(backend)
    for asked in (
        Asked(order=("startDate desc",)),
        Asked(include=(DEEP, WIDE), skip=1),
        Asked(distinct=("keywords.name",)),
        Asked(limit=5, include=("keywords",)),
    ):
        whole = ask.rows("Investigation", asked)
        for size in (1, 2, 4, 5, 6, 7):
            with monkeypatch.context() as patched:
                patched.setattr(backend_module, "ROWS_IN_A_PIECE", size)
                assert ask.rows("Investigation", asked) == whole
    backend.close()
