"""The database backend keeps the contract of writing, on each kind of database, and does more."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from datagateway_api.core.errors import (
    AlreadyExists,
    ApiError,
    BackendUnavailable,
    BadRequest,
    NotFound,
    PreconditionFailed,
)
from datagateway_api.core.query.model import Asked
from datagateway_api.sql.connections import Limits
from test.contract.databases import backend_over, connected, quoted, run
from test.contract.served import Served
from test.contract.test_database_backend import ServedDatabase
from test.contract.writing import Writing, fresh, moments, refused
from test.contract.writing_contract import WritingContract
from test.support.catalogue import ROWS, fill

CLIENTS = 6


@pytest.fixture(scope="module")
def database(module_database_url: str) -> Iterator[ServedDatabase]:
    """The small catalogue in a database of each kind."""
    fill(module_database_url)
    served = ServedDatabase(module_database_url, backend_over(module_database_url))
    yield served
    served.backend.close()


@pytest.fixture
def write(database) -> Writing:
    return Writing(database.backend)


class TestDatabaseWriting(WritingContract):
    """The contract, kept by the database backend."""

    @pytest.fixture
    def served(self, database: ServedDatabase) -> Served:
        return database


@pytest.fixture(scope="module")
def small_file(sqlite_server) -> Iterator[Path]:
    """The small catalogue in an SQLite file, to be copied."""
    url = sqlite_server.create_database()
    fill(url)
    run(url, "PRAGMA journal_mode = DELETE")
    yield Path(sa.make_url(url).database or "")
    sqlite_server.drop_database(url)


def each_row() -> Iterator[tuple[str, int]]:
    numbers: dict[str, int] = {}
    for name, _ in ROWS:
        numbers[name] = numbers.get(name, 0) + 1
        yield name, numbers[name]


@pytest.mark.parametrize(("entity", "id_"), list(each_row()))
def test_deleting_any_row_takes_what_its_lists_lead_to_and_nothing_else(
    small_file, tmp_path, entity, id_
):
    shutil.copy(small_file, tmp_path / "copy.sqlite")
    write = Writing(backend_over(f"sqlite:///{tmp_path}/copy.sqlite"))
    doomed = closure(write, entity, id_)
    before = everything(write)
    write.delete(entity, id_)
    assert everything(write) == before - doomed
    write.backend.close()


def everything(write: Writing) -> set[tuple[str, int]]:
    return {(name, id_) for name in write.backend.schema().entities for id_ in write.ids(name)}


def closure(write: Writing, entity: str, id_: int) -> set[tuple[str, int]]:
    """Follow the to-many relations of a row by reading."""
    found = {(entity, id_)}
    many = [r for r in write.entity(entity).relations.values() if r.is_many]
    row = write.get(entity, id_, Asked(include=tuple(r.name for r in many)))
    for relation in many:
        for below in row[relation.name]:
            found |= closure(write, relation.target, below["id"])
    return found


def test_a_key_that_the_database_holds_for_the_same_is_told_as_taken(database, write):
    """MariaDB's default collation ignores case, accents and closing spaces."""
    own = write.investigation(keywords=[{"name": "Straße"}, {"name": "cafe"}])
    taken = {"name": "CAFÉ ", "investigation": own["id"]}
    repeated = [{"name": n, "investigation": own["id"]} for n in ("new", "NEW")]
    changes = [{"id": each["id"], "name": n} for each, n in zip(own["keywords"], "aA", strict=True)]
    if "mysql" not in database.url:
        assert write.create("Keyword", [taken, *repeated])
        assert write.change_all("Keyword", changes)
        return
    found = refused(AlreadyExists, write.create, "Keyword", [repeated[0], taken])
    assert found.places == [("[1]", "name, investigation")]
    assert "CAFÉ " in found.message
    found = refused(AlreadyExists, write.create, "Keyword", repeated)
    assert found.details[0][2] == "Keyword has the same unique key as [0]"
    found = refused(AlreadyExists, write.change_all, "Keyword", changes)
    assert found.details[0][2] == "Keyword has the same unique key as [0]"
    id_ = own["keywords"][1]["id"]
    assert write.change("Keyword", id_, {"name": "CAFE"})["name"] == "CAFE"


def test_after_a_write_reads_still_see_one_moment(write, clients):
    """MariaDB keeps the level of isolation with the connection."""
    reader = clients[0].backend._connections
    for each in clients[:2]:
        each.create("Study", {"name": "any"})
    sql = "SELECT count(*) FROM " + reader.engine.dialect.identifier_preparer.quote("STUDY")
    lease = reader.lease()
    with lease.snapshot():
        before = list(lease.rows(sql, ()))
        clients[1].create("Study", {"name": "any"})
        assert list(lease.rows(sql, ())) == before
    lease.release()


def test_statements_are_few_however_many_objects_are_written(database, write):
    own = write.dataset()["id"]
    before = write.backend.call_count()
    write.create("Datafile", [{"name": f"f{n}", "dataset": own} for n in range(5000)])
    assert write.backend.call_count() - before <= 15
    files = write.ids_of("Datafile", "dataset.id", own)
    assert len(files) == 5000
    before = write.backend.call_count()
    write.delete("Dataset", own)
    assert write.backend.call_count() - before <= 60


def test_ids_follow_the_order_of_a_long_list(write):
    own = write.dataset()["id"]
    names = [f"{n * 7919 % 3001}" for n in range(3001)]
    created = write.create("Datafile", [{"name": n, "dataset": own} for n in names])
    assert [row["name"] for row in created] == names
    assert [row["id"] for row in created] == sorted(row["id"] for row in created)
    write.delete("Dataset", own)


def together(clients: list[Writing], work: Callable[[Writing, int], object]) -> list[Any]:
    """Let all clients work at the same moment; return what each returned or raised."""
    gate = threading.Barrier(len(clients))

    def one(who: int) -> object:
        gate.wait()
        try:
            return work(clients[who], who)
        except ApiError as error:
            return error

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(one, range(len(clients))))


@pytest.fixture
def clients(database) -> Iterator[list[Writing]]:
    """Several backends, as several server processes have them, that wait long for each other."""
    limits = Limits(pool_size=2, connection_timeout=20)
    found = [Writing(backend_over(database.url, limits=limits)) for _ in range(CLIENTS)]
    yield found
    for each in found:
        each.backend.close()


@pytest.mark.parametrize("round_", range(5))
def test_of_many_who_create_one_key_exactly_one_wins(clients, write, round_):
    own = write.investigation()["id"]
    body = [{"name": name, "investigation": own} for name in ("same", fresh(), fresh())]
    found = together(clients, lambda each, _: each.create("Keyword", body))
    assert sorted(type(each).__name__ for each in found) == ["AlreadyExists"] * 5 + ["list"]
    for each in found:
        if isinstance(each, AlreadyExists):
            assert each.message == f'[0]: Keyword exists with name = "same", investigation = {own}'
    assert len(write.related("Investigation", own, "keywords")) == 3


def test_of_many_who_create_crossing_keys_one_wins_and_none_fails_otherwise(clients, write):
    own = write.investigation()["id"]
    names = ["a", "b", "c", "d"]
    bodies = [
        [{"name": name, "investigation": own} for name in names[n % 4 :] + names[: n % 4]]
        for n in range(CLIENTS)
    ]
    found = together(clients, lambda each, who: each.create("Keyword", bodies[who]))
    assert sorted(type(each).__name__ for each in found) == ["AlreadyExists"] * 5 + ["list"]
    assert len(write.related("Investigation", own, "keywords")) == 4


@pytest.mark.parametrize("round_", range(3))
def test_of_many_who_change_what_they_all_saw_exactly_one_wins(clients, write, round_):
    own = write.dataset()

    def change(each: Writing, who: int) -> object:
        body = {"description": f"by {who}"}
        return each.change("Dataset", own["id"], body, None, moments(own))

    found = together(clients, change)
    assert sorted(type(each).__name__ for each in found) == ["PreconditionFailed"] * 5 + ["dict"]
    (winner,) = [each for each in found if isinstance(each, dict)]
    assert write.get("Dataset", own["id"]) == winner


def test_of_many_who_change_or_delete_what_they_all_saw_exactly_one_wins(clients, write):
    for _ in range(3):
        own = write.dataset()

        def work(each: Writing, who: int, own=own) -> object:
            if who % 2:
                each.delete("Dataset", own["id"], moments(own))
                return None
            return each.change("Dataset", own["id"], {"description": "new"}, None, moments(own))

        found = together(clients, work)
        failed = [each for each in found if isinstance(each, ApiError)]
        assert len(failed) == CLIENTS - 1
        assert {type(each) for each in failed} <= {PreconditionFailed, NotFound}


def test_changes_count_up_in_a_catalogue_that_keeps_whole_seconds(database):
    if "mysql" not in database.url:
        pytest.skip("only MariaDB's and MySQL's dates can be of whole seconds")
    column = "DATETIME{} NOT NULL"
    run(database.url, f'ALTER TABLE "STUDY" MODIFY "MOD_TIME" {column.format("")}')
    write = Writing(backend_over(database.url))
    own = write.create("Study", {"name": "any"})
    found = [own] + [write.change("Study", own["id"], {}) for _ in range(4)]
    assert len(moments(*found)) == len(found)
    refused(PreconditionFailed, write.change, "Study", own["id"], {}, None, moments(*found[:-1]))
    assert write.change("Study", own["id"], {"name": "b"}, None, moments(found[-1]))["name"] == "b"
    write.backend.close()
    run(database.url, f'ALTER TABLE "STUDY" MODIFY "MOD_TIME" {column.format("(6)")}')


def test_many_who_add_files_to_one_dataset_all_succeed_and_the_sums_are_right(clients, write):
    own = write.investigation(datasets=[{"name": "d", "type": 1}])
    dataset = own["datasets"][0]["id"]

    def add(each: Writing, who: int) -> int:
        for turn in range(5):
            body = [
                {"name": f"{who} {turn} {n}", "dataset": dataset, "fileSize": 1} for n in range(20)
            ]
            each.create("Datafile", body)
        return who

    assert together(clients, add) == list(range(CLIENTS))
    for entity, id_ in (("Dataset", dataset), ("Investigation", own["id"])):
        row = write.get(entity, id_)
        assert (row["fileSize"], row["fileCount"]) == (100 * CLIENTS, 100 * CLIENTS)


def test_of_many_who_update_one_row_each_is_answered_its_own_and_the_last_stays(clients, write):
    own = write.dataset()["id"]

    def change(each: Writing, who: int) -> list[object]:
        bodies = [{"name": f"{who} {n}", "description": f"{who} {n}"} for n in range(10)]
        after = [each.change("Dataset", own, body) for body in bodies]
        assert [(row["name"], row["description"]) for row in after] == [
            (body["name"], body["description"]) for body in bodies
        ]
        return after

    found = together(clients, change)
    assert not [each for each in found if isinstance(each, ApiError)]
    row = write.get("Dataset", own)
    assert row["name"] == row["description"]
    assert row in [after[-1] for after in found]


def test_many_who_update_the_same_rows_in_any_order_all_succeed(clients, write):
    ids = [write.dataset()["id"] for _ in range(20)]

    def change(each: Writing, who: int) -> int:
        order = ids if who % 2 else ids[::-1]
        each.change_all("Dataset", [{"id": id_, "description": str(who)} for id_ in order])
        return who

    assert together(clients, change) == list(range(CLIENTS))
    rows = [write.get("Dataset", id_)["description"] for id_ in ids]
    assert len(set(rows)) == 1, "two requests were mixed"


def test_files_that_come_while_their_dataset_goes_are_refused_or_go_with_it(clients, write):
    own = write.dataset(datafiles=[{"name": f"f{n}"} for n in range(500)])["id"]

    def work(each: Writing, who: int) -> object:
        if who == 0:
            each.delete("Dataset", own)
            return None
        body = [{"name": f"{who} {n}", "dataset": own} for n in range(50)]
        return each.create("Datafile", body)

    first, *found = together(clients, work)
    assert first is None
    assert {type(each) for each in found} <= {list, BadRequest}
    for each in found:
        if isinstance(each, BadRequest):
            assert each.message.startswith(f"[0] dataset: there is no Dataset with id {own}")
    assert write.ids_of("Datafile", "dataset.id", own) == []


def test_a_database_that_stays_locked_is_busy(database, write):
    """A row, or for SQLite the file, that somebody else holds for long."""
    if "sqlite" not in database.url:
        pytest.skip("only SQLite has one lock for all that write")
    backend = backend_over(database.url, limits=Limits(connection_timeout=0.2))
    with connected(database.url) as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(BackendUnavailable) as found:
            Writing(backend).create("Study", {"name": "any"})
        assert found.value.retry_after
        assert time.monotonic() - started < 5
    backend.close()


def test_a_number_beyond_what_sums_hold_is_refused(database, write):
    if "sqlite" in database.url:
        pytest.skip("SQLite goes on in floating point")
    body = [{"name": name, "fileSize": 2**63 - 1} for name in "ab"]
    refused(BadRequest, lambda: write.dataset(datafiles=body))


def test_the_server_counts_on_after_given_ids(database, write):
    with connected(database.url) as connection:
        sql = quoted(connection, 'SELECT max("ID") FROM "USER_"')
        last = connection.exec_driver_sql(sql).scalar()
    assert write.create("User", {"name": fresh("new")})["id"] > (last or 0)
