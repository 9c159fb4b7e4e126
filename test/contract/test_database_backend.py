"""The database backend keeps the contract, on every database; and what only it promises."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from time import sleep
from uuid import uuid4

import pytest

from datagateway_api.accounts.sessions import SessionRules
from datagateway_api.backends.base import Backend, Credentials
from datagateway_api.backends.database.backend import DatabaseBackend
from datagateway_api.core import dates
from datagateway_api.core.errors import BadRequest, Forbidden, SessionInvalid
from datagateway_api.core.query.model import Asked
from datagateway_api.sql.connections import Limits
from test.contract.asking import Asking, where
from test.contract.backend_contract import BackendContract
from test.contract.databases import backend_over, run, scalar
from test.contract.promises_sessions import ANON, logged_in
from test.contract.served import Served
from test.support.catalogue import PASSWORD, USER, fill


@dataclass
class ServedDatabase(Served):
    """The small catalogue in a database."""

    url: str
    backend: DatabaseBackend
    right = Credentials("simple", USER, PASSWORD)
    wrong = (
        Credentials("simple", USER, "wrong"),
        Credentials("simple", USER, ""),
        Credentials("simple", USER, PASSWORD + " "),
        Credentials("simple", "nobody", PASSWORD),
        Credentials("simple", "", ""),
    )
    life = timedelta(minutes=120)
    user_name = f"simple/{USER}"

    def another_backend(self) -> Backend:
        return backend_over(self.url)

    def issue_session(self, user_name: str, life: timedelta) -> str:
        return issue(self.url, user_name, life)


def issue(url: str, user_name: str, life: timedelta) -> str:
    """Write a session's row as ICAT does."""
    session_id = f"issued-by-icat-{uuid4()}"
    values = {"id": session_id, "ends": dates.now() + life, "user": user_name}
    run(url, 'INSERT INTO "SESSION_" ("ID", "EXPIREDATETIME", "USERNAME") '
        "VALUES (:id, :ends, :user)", values)  # fmt: skip
    return session_id


@pytest.fixture(scope="module")
def database(module_database_url: str) -> Iterator[ServedDatabase]:
    """The small catalogue in a database of each kind."""
    fill(module_database_url)
    served = ServedDatabase(module_database_url, backend_over(module_database_url))
    yield served
    served.backend.close()


class TestDatabaseBackend(BackendContract):
    """The contract, kept by the database backend."""

    @pytest.fixture
    def served(self, database: ServedDatabase) -> Served:
        return database


def test_failed_logins_slow_one_user_down_and_nobody_else(database):
    backend = backend_over(database.url)
    for _ in range(5):
        with pytest.raises(Forbidden):
            backend.login(Credentials("simple", USER, "wrong"))
    with pytest.raises(Forbidden, match="wait") as found:
        backend.login(database.right)
    assert found.value.retry_after
    with pytest.raises(Forbidden, match="do not match"):
        backend.login(Credentials("simple", "another", "wrong"))
    assert logged_in(backend, ANON).user_name == "anon/anon"
    backend.close()


def test_a_user_who_mistyped_a_few_times_gets_in(database):
    backend = backend_over(database.url)
    for _ in range(4):
        with pytest.raises(Forbidden):
            backend.login(Credentials("simple", USER, "wrong"))
    assert backend.login(database.right)
    backend.close()


def test_a_mechanism_that_is_not_configured_is_unknown(database):
    backend = DatabaseBackend(database.url, Limits(), SessionRules())
    for credentials in (ANON, database.right):
        with pytest.raises(BadRequest, match="unknown mechanism"):
            backend.login(credentials)
    backend.close()


def test_expired_sessions_are_removed(database):
    expired = issue(database.url, "simple/li", timedelta(days=-1))
    fresh = issue(database.url, "simple/li", timedelta(days=1))
    backend = backend_over(database.url)
    backend.login(ANON)
    left = 'SELECT count(*) FROM "SESSION_" WHERE "ID" = '
    assert scalar(database.url, f"{left}'{expired}'") == 0
    assert scalar(database.url, f"{left}'{fresh}'") == 1
    backend.close()


def test_a_session_found_valid_is_believed_for_the_configured_time_only(database):
    session_id = issue(database.url, "simple/li", timedelta(hours=1))
    backend = backend_over(database.url, cache_seconds=60)
    backend.authenticate(session_id)
    before = backend.call_count()
    assert backend.authenticate(session_id).user_name == "simple/li"
    assert backend.call_count() == before
    backend.close()


def test_a_remembered_session_ends_at_its_time_all_the_same(database):
    session_id = issue(database.url, "simple/li", timedelta(seconds=1.5))
    backend = backend_over(database.url, cache_seconds=60)
    assert backend.authenticate(session_id).user_name == "simple/li"
    sleep(1.6)
    with pytest.raises(SessionInvalid):
        backend.authenticate(session_id)
    backend.close()


def test_texts_are_sorted_by_code_point_where_no_collation_says_otherwise(database):
    ask = Asking(database.backend)
    ids = ask.ids("Investigation", Asked(order=("title",)))
    by_code_point = [5, 4, 2, 1, 6, 3]
    by_letter = [5, 3, 4, 2, 1, 6]
    assert ids == (by_letter if "mysql" in database.url else by_code_point)
    wanted = [] if "mysql" not in database.url else [1, 6]
    assert ask.ids("Investigation", where({"title": "SPIN WAVES IN IRON"})) == wanted
    assert ask.ids("Investigation", where({"title": {"like": "SPIN"}})) == wanted


@pytest.mark.parametrize(
    ("operator", "operand", "is_found"),
    [
        ("eq", "90", True), ("ne", 90, False), ("lt", 2**31 - 1, True), ("gte", 90.0, True),
        ("in", [1, 90, -(2**31)], True), ("nin", [90], False), ("between", [-90, 90], True),
        ("like", "9", True), ("nlike", "0", False), ("regexp", "^90$", True),
        ("isnull", False, True),
    ],
)  # fmt: skip
def test_an_operator_works_on_the_one_field_of_32_bits(database, operator, operand, is_found):
    run(database.url, 'UPDATE "FACILITY" SET "DAYSUNTILRELEASE" = 90')
    found = Asking(database.backend).ids(
        "Facility", where({"daysUntilRelease": {operator: operand}})
    )
    run(database.url, 'UPDATE "FACILITY" SET "DAYSUNTILRELEASE" = NULL')
    assert found == ([1] if is_found else [])
