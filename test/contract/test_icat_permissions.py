"""ICAT's rules decide what a user sees and changes, and the reader changes nothing about that."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from datagateway_api.backends.base import Credentials
from datagateway_api.backends.icat.backend import IcatBackend
from datagateway_api.backends.icat.clients import Sizes
from datagateway_api.core.errors import BackendError, Forbidden, NotFound
from datagateway_api.core.query.model import Asked
from test.contract.asking import where
from test.contract.icats import (
    ALICE,
    READER,
    ROOT,
    ServedIcat,
    caller_of,
    served_icat,
    writing_as,
)
from test.contract.writing import Writing, refused

ROOTS = ("--root-users", "simple/root simple/reader")
RULES = (
    ("R", "SELECT o FROM Investigation o WHERE o.id = 1"),
    ("R", "SELECT o FROM Dataset o WHERE o.id IN (1, 2)"),
    ("R", "SELECT o FROM Datafile o WHERE o.name = 'a.nxs'"),
    ("R", "Facility"),
    ("RCUD", "Study"),
    ("RU", "SELECT o FROM Keyword o WHERE o.name LIKE 'i%'"),
)


@pytest.fixture(scope="module")
def icat(tmp_path_factory) -> Iterator[ServedIcat]:
    with served_icat(tmp_path_factory.mktemp("rules"), *ROOTS) as served:
        root = writing_as(served.backend, ROOT)
        for flags, what in RULES:
            root.create("Rule", {"crudFlags": flags, "what": what})
        yield served


@pytest.fixture
def root(icat) -> Writing:
    return writing_as(icat.backend, ROOT)


@pytest.fixture
def alice(icat) -> Writing:
    return writing_as(icat.backend, ALICE)


@pytest.fixture
def read_by_reader(icat) -> Iterator[IcatBackend]:
    backend = icat.backend_with(reader=READER)
    yield backend
    backend.close()


def test_a_user_sees_what_the_rules_let_her_see(alice, root):
    assert root.ids("Investigation") == [1, 2, 3, 4, 5, 6]
    assert alice.ids("Investigation") == [1]
    assert alice.count("Investigation") == 1
    assert alice.get("Investigation", 1)["id"] == 1
    with pytest.raises(NotFound):
        alice.get("Investigation", 2)
    with pytest.raises(NotFound):
        alice.find_one("Investigation", where({"id": 2}))


def test_what_a_user_may_not_see_is_left_out_of_what_is_included(alice):
    row = alice.get("Investigation", 1, Asked(include=("keywords", "type", "datasets.datafiles")))
    assert [keyword["name"] for keyword in row["keywords"]] == ["iron"]
    assert row["type"] is None
    assert [[file["name"] for file in each["datafiles"]] for each in row["datasets"]] == [
        ["a.nxs"],
        [],
    ]


def test_what_the_rules_forbid_is_forbidden_and_no_matter_of_the_session(alice):
    body = {"name": "new", "visitId": "1", "title": "t", "facility": 1, "type": 1}
    for work in (
        lambda: alice.create("Investigation", body),
        lambda: alice.change("Facility", 1, {"fullName": "Mine"}),
        lambda: alice.delete("Investigation", 1),
    ):
        found = refused(Forbidden, work)
        assert "is not allowed" in found.message
        assert "session" not in found.message.lower()


def test_a_user_changes_what_the_rules_let_her_change(alice):
    own = alice.create("Study", {"name": "mine"})
    assert own["createId"] == "simple/alice"
    assert alice.change("Study", own["id"], {"description": "new"})["description"] == "new"
    alice.delete("Study", own["id"])


def test_an_object_whose_relations_a_user_may_not_read_is_not_changed_by_her(alice, root):
    """ICAT would take what it left out of its answer for what is to be cleared."""
    study = root.create("Study", {"name": "with a user", "user": 1})["id"]
    with pytest.raises(Forbidden, match="may not read its user"):
        alice.change("Study", study, {"description": "new"})
    assert root.related("Study", study, "user")["id"] == 1
    root.delete("Study", study)


def test_changes_that_cannot_be_undone_are_told_honestly(alice, root):
    """She may change only what begins with i, so what she renamed is beyond her."""
    rule = {"crudFlags": "R", "what": "SELECT o FROM Investigation o WHERE o.title = 'Own'"}
    rule_id = root.create("Rule", rule)["id"]
    own = root.investigation(keywords=[{"name": "i1"}, {"name": "i2"}, {"name": "i3"}])
    ids = [keyword["id"] for keyword in own["keywords"]]
    body = [{"id": id_, "name": name} for id_, name in zip(ids, ("x", "y", "x"), strict=True)]
    found = refused(BackendError, alice.change_all, "Keyword", body)
    assert f"could not be put back: Keyword {ids[0]}, {ids[1]}" in found.message
    root.delete("Investigation", own["id"])
    root.delete("Rule", rule_id)


def test_users_with_different_rights_never_see_each_others_rows(icat):
    sizes = Sizes(cache=2, pool_init=1, pool_max=3, timeout=60)
    backend = icat.backend_with(sizes=sizes)
    users = [writing_as(backend, credentials) for credentials in (ROOT, ALICE) * 4]
    wanted = [6, 1] * 4

    def work(number: int) -> set[int]:
        return {users[number].count("Investigation") for _ in range(15)}

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [{number} for number in wanted]


def of_parent(id_: int, **asked: Any) -> Asked:
    return replace(where({"dataset.id": id_}), **asked)


def test_the_reader_lists_what_is_below_what_the_user_sees(icat, alice, read_by_reader):
    assert alice.ids("Datafile", of_parent(1)) == [1]
    reading = writing_as(read_by_reader, ALICE)
    assert reading.ids("Datafile", of_parent(1)) == [1, 2]
    assert reading.count("Datafile", of_parent(1)) == 2
    asked = of_parent(1, order=("name desc",), include=("dataset",))
    assert reading.find_one("Datafile", asked)["dataset"]["id"] == 1
    assert reading.ids("Dataset", where({"investigation.id": 1, "name": {"like": "2"}})) == [2]


def test_the_reader_shows_nothing_below_what_the_user_does_not_see(read_by_reader):
    reading = writing_as(read_by_reader, ALICE)
    assert reading.ids("Datafile", of_parent(3)) == []
    assert reading.ids("Dataset", where({"investigation.id": 2})) == []
    assert reading.count("Datafile", of_parent(99)) == 0


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        where({"dataset.id": {"in": [1, 3]}}),
        where({"or": [{"dataset.id": 1}, {"id": {"gt": 0}}]}),
        of_parent(1, include=("dataset.investigation",)),
        of_parent(1, include=("datafileFormat",)),
        of_parent(1, order=("datafileFormat.name",)),
        where({"dataset.id": 1}, {"dataset.investigation.investigationUsers.role": "PI"}),
        Asked(where=({"dataset.id": 1},), distinct=("datafileFormat.version",)),
    ],
)
def test_a_query_that_looks_further_is_the_users_own(alice, read_by_reader, asked):
    reading = writing_as(read_by_reader, ALICE)
    assert reading.rows("Datafile", asked) == alice.rows("Datafile", asked)


def test_what_a_user_may_see_is_asked_once_a_while_for_each_user(read_by_reader):
    reading, other = writing_as(read_by_reader, ALICE), writing_as(read_by_reader, ROOT)
    numbers = []
    for who in (reading, reading, other, other):
        before = read_by_reader.call_count()
        who.rows("Datafile", of_parent(2))
        numbers.append(read_by_reader.call_count() - before)
    # The first also logs the reader in and asks for its name and its time.
    assert numbers[1:] == [1, 2, 1]


def test_a_reader_that_cannot_log_in_is_no_matter_of_the_users(icat, alice, caplog):
    wrong = Credentials("simple", "reader", "wrong")
    reading = writing_as(icat.backend_with(reader=wrong), ALICE)
    assert reading.rows("Datafile", of_parent(1)) == alice.rows("Datafile", of_parent(1))
    assert "the reader of use_reader_for_performance cannot log in" in caplog.text
    assert "wrong" not in caplog.text


def test_a_reader_whose_session_ended_logs_in_again(icat, read_by_reader):
    reading = writing_as(read_by_reader, ALICE)
    assert reading.ids("Datafile", of_parent(1)) == [1, 2]
    icat.backend.logout(read_by_reader.service_caller(READER))
    # The request that meets the ended session is the user's own, the next is the reader's again.
    assert reading.ids("Datafile", of_parent(1)) == [1]
    assert reading.ids("Datafile", of_parent(1)) == [1, 2]


def test_the_service_has_an_anonymous_session_that_is_opened_again_when_it_ends(icat):
    backend = icat.backend_with()
    first = backend.service_caller()
    assert first.user_name == "anon/anon"
    assert backend.service_caller() == first
    icat.backend.logout(first)
    query = writing_as(icat.backend, ROOT).query("Facility", Asked())
    with pytest.raises(Forbidden, match="unknown or has expired"):
        backend.list(first, query)
    second = backend.service_caller()
    assert second != first
    assert backend.list(second, query).body.startswith(b"[")
    assert backend.service_caller(READER).user_name == "simple/reader"
    assert caller_of(backend, ALICE).user_name == "simple/alice"
