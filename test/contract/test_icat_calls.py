"""How often the ICAT backend calls ICAT, and what its further settings change."""

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from datagateway_api.backends.icat import backend as backend_module
from datagateway_api.backends.icat import searches as searches_module
from datagateway_api.backends.icat.backend import ReadThrough
from datagateway_api.backends.icat.clients import Sizes
from datagateway_api.core.errors import BadFilter, BadRequest
from datagateway_api.core.query.model import Asked
from test.contract.asking import Asking, text, where
from test.contract.icats import EVERYBODY_IS_ROOT, ServedIcat, served_icat
from test.contract.promises_rows import BY_START
from test.contract.reference import small_catalogue


@pytest.fixture(scope="module")
def icat(tmp_path_factory) -> Iterator[ServedIcat]:
    folder = tmp_path_factory.mktemp("calls")
    options = (*EVERYBODY_IS_ROOT, "--time-zone", "Europe/Berlin")
    with served_icat(folder, *options) as served:
        served.ways = backend_module.Ways(session_cache_seconds=0, time_zone="Europe/Berlin")
        yield served


@pytest.fixture(params=[ReadThrough.REST, ReadThrough.SOAP], ids=lambda road: road.value)
def ask(icat, request) -> Iterator[Asking]:
    backend = icat.backend_with(read_through=request.param)
    yield Asking(backend)
    backend.close()


def calls(ask: Asking, work) -> int:
    before = ask.backend.call_count()
    work()
    return ask.backend.call_count() - before


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (Asked(), 1),
        (Asked(limit=0), 0),
        (Asked(limit=2, skip=1, order=("type.name desc",)), 1),
        (Asked(include=({"datasets": ["datafiles", "sample.type"]}, "type", "keywords")), 1),
        (where({"keywords.name": "iron", "investigationUsers.user.name": {"like": "o"}}), 1),
        (Asked(distinct=("name", "type.name")), 1),
        (Asked(total=True, limit=2), 2),
        (Asked(order=("keywords.name",)), 2),
        (where({"startDate": {"like": "2020"}}), 2),
    ],
)
def test_a_list_is_one_search(ask, asked, wanted):
    query = ask.query("Investigation", asked)
    assert calls(ask, lambda: ask.backend.list(ask.caller, query)) == wanted


def test_one_row_and_a_number_are_one_search(ask):
    assert calls(ask, lambda: ask.get("Investigation", 1, Asked(include=("type",)))) == 1
    assert calls(ask, lambda: ask.find_one("Investigation", Asked(order=("name",)))) == 1
    assert calls(ask, lambda: ask.count("Investigation", where({"keywords.name": "iron"}))) == 1
    assert calls(ask, lambda: ask.groups("Investigation", Asked(group_by=("type.id",)))) == 1
    assert calls(ask, lambda: ask.count("Investigation", Asked(distinct=("title",)))) == 1
    assert calls(ask, lambda: ask.count("Investigation", Asked(distinct=("doi",)))) == 2


def test_a_session_is_looked_up_with_one_call_and_remembered_for_seconds(icat):
    backend = icat.backend_with(session_cache_seconds=60)
    ask = Asking(backend)
    again = icat.backend_with(session_cache_seconds=0)
    for one, wanted in ((backend, 0), (again, 1)):
        one.schema()
        before = one.call_count()
        assert one.authenticate(ask.caller.session_id) == ask.caller
        assert one.call_count() - before == wanted


def test_a_remembered_session_that_icat_ended_is_forgotten_when_icat_says_so(icat):
    backend, other = icat.backend_with(session_cache_seconds=60), icat.backend_with()
    ask = Asking(backend)
    other.logout(ask.caller)
    assert backend.authenticate(ask.caller.session_id)
    for work in (ask.rows, lambda _: backend.authenticate(ask.caller.session_id)):
        with pytest.raises(Exception, match="unknown or has expired"):
            work("Facility")


def test_a_further_client_asks_icat_for_nothing(icat):
    backend = icat.backend_with(sizes=Sizes(cache=0, pool_init=0, pool_max=50))
    backend.schema()
    catalogue = backend._catalogue.known
    assert catalogue is not None
    started = time.monotonic()
    with icat.server.stopped():
        leases = [catalogue.clients.lease(f"session {n}") for n in range(50)]
        clients = [lease.__enter__() for lease in leases]
        seconds = time.monotonic() - started
    assert len({id(client) for client in clients}) == 50
    assert [client.sessionId for client in clients] == [f"session {n}" for n in range(50)]
    assert all(client.typemap is clients[0].typemap for client in clients)
    assert seconds < 10
    for lease in leases:
        lease.__exit__(None, None, None)


def test_a_pool_of_ten_is_there_within_half_as_long_again_as_a_pool_of_one(icat):
    """The processor's time, since the clock also tells what else the machine does."""
    backend = icat.backend_with(sizes=Sizes(cache=1, pool_init=1, pool_max=10))
    started = time.process_time()
    backend.schema()
    one = time.process_time() - started
    catalogue = backend._catalogue.known
    assert catalogue is not None
    assert backend.pool_state() == {"in_use": 0, "idle": 1, "most": 10}
    with ExitStack() as stack:
        started = time.process_time()
        for _ in range(10):
            stack.enter_context(catalogue.clients.lease(None))
        further = time.process_time() - started
        assert backend.pool_state() == {"in_use": 10, "idle": 0, "most": 10}
    assert one + further <= 1.5 * one


def test_closing_a_backend_ends_no_session(icat):
    backend = icat.backend_with()
    ask = Asking(backend)
    ask.rows("Facility")
    backend.close()
    assert icat.backend.authenticate(ask.caller.session_id) == ask.caller


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        (("startDate",), BY_START),
        (("startDate desc",), [5, 2, 1, 6, 3, 4]),
        (("keywords.name",), [3, 4, 6, 5, 2, 1]),
        (("keywords.name desc",), [1, 5, 2, 3, 4, 6]),
    ],
)
def test_nulls_are_sorted_the_same_where_the_database_sorts_them_last(icat, order, wanted):
    ask = Asking(icat.backend_with(sorts_nulls_first=False))
    assert ask.ids("Investigation", Asked(order=order)) == wanted


def test_unique_rows_are_the_same_where_the_database_sorts_nulls_last(icat):
    first, last = (Asking(icat.backend_with(sorts_nulls_first=flag)) for flag in (True, False))
    for distinct in (("doi",), ("summary", "type.name"), ("startDate",)):
        asked = Asked(distinct=distinct, order=(f"{distinct[0]} desc",))
        assert last.rows("Investigation", asked) == first.rows("Investigation", asked)


@pytest.mark.parametrize("name", ["eq", "lt", "lte", "gt", "gte", "ne"])
def test_a_date_is_compared_in_the_time_zone_of_icats_server(icat, ask, name):
    world = small_catalogue(ask.backend.schema())
    entity = ask.entity("Investigation")
    wrong = Asking(icat.backend_with(time_zone="UTC"))
    differ = False
    for operand in ("2020-01-01", "2020-01-01 00:30", "2020-01-05 12:30:15.25"):
        for path in ("startDate", "endDate"):
            asked = where({path: {name: operand}})
            wanted = world.ids(entity, ask.query("Investigation", asked).where)
            assert ask.ids("Investigation", asked) == wanted
            differ |= wrong.ids("Investigation", asked) != wanted
    assert differ, "the zone makes no difference, so nothing is shown"


def test_a_long_list_comes_page_by_page(icat, monkeypatch):
    for module in (backend_module, searches_module):
        monkeypatch.setattr(module, "ROWS_IN_A_PIECE", 2)
    ask = Asking(icat.backend)
    whole = ask.rows("Investigation", Asked(limit=6))
    for order, limit in itertools.product(((), ("keywords.name",)), (None, 1, 2, 3, 4, 5, 6, 7)):
        rows = ask.rows("Investigation", Asked(order=order, limit=limit))
        assert len(rows) == min(limit or 6, 6)
        if not order:
            assert rows == whole[:limit]
    found = ask.answer("InvestigationUser", Asked(distinct=("investigation.id",)))
    assert len(json.loads(text(found))) == ask.count(
        "InvestigationUser", Asked(distinct=("investigation.id",))
    )
    assert ask.count("Investigation", Asked(distinct=("name", "visitId"))) == 6
    assert len(ask.groups("Investigation", Asked(group_by=("name",)))) == 6


def test_what_is_more_than_icat_returns_at_once_comes_by_halves(icat):
    ask = Asking(icat.backend)
    asked = Asked(include=("investigationUsers.user", "keywords"))
    wanted = ask.rows("Investigation", asked)
    icat.server.restart("--max-entities", "9")
    try:
        assert ask.rows("Investigation", asked) == wanted
        icat.server.restart("--max-entities", "2")
        assert ask.ids("Investigation") == [1, 2, 3, 4, 5, 6]
        assert ask.ids("DatasetParameter", Asked(order=("dataset.datafiles.name",))) == [1, 2, 3, 4]
        users = ask.rows("InvestigationUser", Asked(distinct=("id", "role", "user.name")))
        assert [row["id"] for row in users] == [1, 2, 3, 4, 5]
        assert len(ask.groups("InvestigationUser", Asked(group_by=("id",)))) == 5
        with pytest.raises(BadFilter, match="one row with all it includes is more than ICAT"):
            ask.rows("Facility", Asked(include=("investigations",)))
    finally:
        icat.server.restart()


def test_a_pattern_on_too_many_dates_is_refused(icat, monkeypatch):
    monkeypatch.setattr("datagateway_api.backends.icat.matching.MOST_VALUES", 3)
    monkeypatch.setattr(searches_module, "MOST_VALUES", 3)
    ask = Asking(icat.backend)
    with pytest.raises(BadFilter, match="startDate: there are more than 3 rows"):
        ask.rows("Investigation", where({"startDate": {"like": "2020"}}))


def test_a_condition_with_what_xml_cannot_carry_is_refused_or_goes_by_rest(icat):
    asked = where({"summary": {"like": "tabbed \u0001 control"}})
    assert Asking(icat.backend_with(read_through=ReadThrough.REST)).ids("Investigation", asked) == [
        4
    ]
    soap = Asking(icat.backend_with(read_through=ReadThrough.SOAP))
    with pytest.raises(BadRequest, match=r"cannot take the character U\+0001"):
        soap.ids("Investigation", asked)
