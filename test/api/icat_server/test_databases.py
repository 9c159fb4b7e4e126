"""The databases that the stand-in stores in, and shares with the database backend."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import icat
import pytest
import requests

from test.support.catalogue import app_over, client_of, fill
from test.support.icat_server import IcatServer

ROOT = {"username": "root", "password": "root-password"}
ALICE = {"username": "alice", "password": "alice-password"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory, sqlite_server):
    """A stand-in and the API of the database backend over one file that holds a catalogue."""
    url = sqlite_server.create_database()
    fill(url)
    folder = tmp_path_factory.mktemp("shared")
    with IcatServer(folder, url) as server, client_of(app_over(url, read_only=False)) as api:
        client = icat.Client(server.url)
        client.login("simple", ROOT)
        yield client, api
        client.cleanup()
    sqlite_server.drop_database(url)


def test_stand_in_and_database_backend_serve_one_file(shared):
    client, api = shared
    facility = client.search("SELECT o FROM Facility o")[0]
    assert facility.name == api.get("/facilities").get_json()[0]["name"] == "LILS"

    instrument = client.new("Instrument", name="I99", fullName="Ünique", facility=facility)
    instrument.create()
    seen = api.get(f"/instruments/{instrument.id}").get_json()
    assert (seen["fullName"], seen["createId"]) == ("Ünique", "simple/root")

    changed = api.patch(f"/instruments/{instrument.id}", json={"fullName": "changed"})
    assert changed.status_code == 200
    [again] = client.search(f"SELECT o FROM Instrument o WHERE o.id = {instrument.id}")
    assert (again.fullName, again.modId) == ("changed", "anon/anon")

    client.delete(instrument)
    assert api.get(f"/instruments/{instrument.id}").status_code == 404


def test_dates_and_enums_mean_the_same_to_both(shared):
    client, api = shared
    facility = client.search("SELECT o FROM Facility o")[0]
    type_ = client.new(
        "ParameterType", name="shared", units="K", valueType="STRING", facility=facility
    )
    type_.create()
    assert api.get(f"/parametertypes/{type_.id}").get_json()["valueType"] == "STRING"
    investigation = client.search("SELECT o FROM Investigation o WHERE o.startDate IS NOT NULL")[0]
    row = api.get(f"/investigations/{investigation.id}").get_json()
    assert datetime.fromisoformat(row["startDate"]) == investigation.startDate


def test_a_session_of_either_is_one_of_both(shared):
    client, api = shared
    told = api.get("/sessions", headers={"Authorization": f"Bearer {client.sessionId}"})
    assert told.get_json()["username"] == "simple/root"
    theirs = api.get("/sessions").get_json()["id"]
    assert client.service.getUserName(theirs) == "anon/anon"


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def anywhere(request, tmp_path_factory):
    """A client of a stand-in over a database server."""
    database = request.getfixturevalue(f"{request.param}_server")
    url = database.create_database()
    folder = tmp_path_factory.mktemp("stand-in")
    with IcatServer(folder, url, "--time-zone", "Europe/Berlin") as server:
        client = icat.Client(server.url)
        client.login("simple", ROOT)
        yield client
        client.cleanup()
    database.drop_database(url)


def test_a_database_server_does_as_well(anywhere):
    client = anywhere
    facility = client.new("Facility", name="ESNF", description="L'été 李雷 🜚")
    facility.create()
    for duplicate in (facility, client.new("Facility", name="ESNF")):
        with pytest.raises(icat.ICATObjectExistsError, match="Facility exists with name = 'ESNF'"):
            client.create(duplicate)
    type_ = client.new("InvestigationType", name="t", facility=facility)
    type_.create()
    made = client.new(
        "Investigation",
        name="1",
        visitId="1",
        title="t",
        facility=facility,
        type=type_,
        startDate=datetime.fromisoformat("2007-01-01T00:00:00"),
    )
    made.keywords.append(client.new("Keyword", name="a"))
    made.keywords.append(client.new("Keyword", name="b"))
    made.create()
    [found] = client.search("SELECT o FROM Investigation o INCLUDE o.keywords, o.facility")
    assert found.startDate == datetime(2006, 12, 31, 23, tzinfo=UTC)
    assert found.facility.description == "L'été 李雷 🜚"
    assert sorted(each.name for each in found.keywords) == ["a", "b"]
    found.title = "x" * 300
    with pytest.raises(icat.ICATValidationError, match="title cannot have length > 255"):
        found.update()
    client.delete(facility)
    assert client.search("SELECT COUNT(o) FROM Keyword o") == [0]


def test_many_are_created_at_once_or_not_at_all(anywhere):
    client = anywhere
    ids = client.createMany([client.new("User", name=f"simple/{n}") for n in range(20)])
    names = client.search("SELECT o.name FROM User o ORDER BY o.id")
    assert names == [f"simple/{n}" for n in range(20)]
    assert client.search("SELECT o.id FROM User o ORDER BY o.id") == ids
    with pytest.raises(icat.ICATObjectExistsError) as caught:
        client.createMany([client.new("User", name=f"simple/{n}") for n in (30, 31, 5, 32)])
    assert caught.value.offset == 2
    assert client.search("SELECT COUNT(o) FROM User o") == [20]
    client.deleteMany(client.search("SELECT o FROM User o"))


def test_rules_hold_there(anywhere):
    client = anywhere
    client.createMany([client.new("User", name=name) for name in ("simple/alice", "simple/bob")])
    what = "SELECT u FROM User u WHERE u.name = :user"
    client.new("Rule", crudFlags="RD", what=what).create()
    client.login("simple", ALICE)
    assert client.search("SELECT u.name FROM User u") == ["simple/alice"]
    client.deleteMany(client.search("SELECT u FROM User u"))
    client.login("simple", ROOT)
    assert client.search("SELECT u.name FROM User u") == ["simple/bob"]


def test_a_failure_of_the_server_itself_tells_nothing_of_the_database(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    with IcatServer(tmp_path, f"sqlite:///{path}") as server:
        client = icat.Client(server.url)
        client.login("simple", ROOT)
        session_id = client.sessionId
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TABLE SESSION_")
        with pytest.raises(icat.ICATInternalError, match=r"^The server failed; its log says more$"):
            client.search("SELECT o FROM Facility o")
        answer = requests.get(f"{server.base}/icat/session/{session_id}", timeout=30)
        assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
        assert "SESSION_" not in answer.text
        client.sessionId = None
