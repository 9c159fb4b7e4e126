import time
import uuid
from urllib.error import URLError

import icat
import pytest

from test.support.icat_server import IcatServer

ROOT = {"username": "root", "password": "root-password"}


@pytest.fixture(scope="module")
def client(stand_in):
    made = icat.Client(stand_in.url)
    yield made
    made.cleanup()


def test_the_newest_interface_is_spoken(client):
    assert client.apiversion == "6.2.0"
    assert client.service.getVersion() == "6.2.0"
    assert len(client.getEntityNames()) == 53
    assert client.getEntityInfo("Parameter").fields[0].name == "createId"
    with pytest.raises(icat.ICATParameterError, match=r"^Präparat is not an ICAT entity$"):
        client.getEntityInfo("Präparat")


def test_the_mechanisms_tell_what_they_ask_for(client):
    told = {each.mnemonic: each for each in client.getAuthenticatorInfo()}
    assert list(told) == ["simple", "db", "anon"]
    assert [(k.name, k.hide) for k in told["db"].keys] == [("username", False), ("password", True)]
    assert not hasattr(told["anon"], "keys")


@pytest.mark.parametrize(
    ("mechanism", "credentials", "name"),
    [
        ("simple", ROOT, "simple/root"),
        ("db", {"username": "bob", "password": "bob-password"}, "db/bob"),
        ("anon", {}, "anon/anon"),
        ("anon", {"username": "", "password": ""}, "anon/anon"),
    ],
)
def test_a_user_is_called_by_mechanism_and_name(client, mechanism, credentials, name):
    session_id = client.login(mechanism, credentials)
    assert uuid.UUID(session_id).version == 4
    assert client.getUserName() == name
    assert 119 < client.getRemainingMinutes() <= 120
    client.logout()


@pytest.mark.parametrize(
    ("mechanism", "credentials", "message"),
    [
        ("ldap", ROOT, "Authenticator mnemonic ldap not recognised"),
        ("simple", {**ROOT, "password": "x"}, "The username and password do not match "),
        ("simple", {"username": "x", "password": "x"}, "The username and password do not match "),
        ("db", {"password": "x"}, "username cannot be null or empty."),
        ("db", {"username": "bob", "password": ""}, "password cannot be null or empty."),
    ],
)
def test_wrong_credentials_open_no_session(client, mechanism, credentials, message):
    with pytest.raises(icat.ICATSessionError) as caught:
        client.login(mechanism, credentials)
    assert caught.value.message == message
    assert caught.value.offset is None


@pytest.mark.parametrize(
    ("session_id", "message"),
    [
        (None, "Session Id cannot be null or empty."),
        ("", "Session Id cannot be null or empty."),
        ("nonsense", "Unable to find user by sessionid: nonsense"),
    ],
)
@pytest.mark.parametrize("operation", ["getUserName", "getRemainingMinutes", "refresh", "logout"])
def test_an_unknown_session_is_a_fault(client, session_id, message, operation):
    with pytest.raises(icat.exception.suds.WebFault, match=message) as caught:
        getattr(client.service, operation)(session_id)
    assert caught.value.fault.detail.IcatException.type == "SESSION"


def test_a_session_that_was_ended_is_unknown(client):
    session_id = client.login("simple", ROOT)
    client.logout()
    client.sessionId = session_id
    with pytest.raises(icat.ICATSessionError, match="Unable to find user by sessionid"):
        client.getUserName()
    client.sessionId = None


def test_a_session_ends_by_itself_and_can_be_revived(tmp_path):
    url = f"sqlite:///{tmp_path}/catalogue.sqlite"
    with IcatServer(tmp_path, url, "--lifetime-minutes", "0.01") as server:
        client = icat.Client(server.url)
        session_id = client.login("simple", ROOT)
        assert client.getRemainingMinutes() <= 0.01
        time.sleep(0.6)
        with pytest.raises(icat.ICATSessionError, match=f"^Session id:{session_id} has expired$"):
            client.getUserName()
        client.refresh()
        assert client.getUserName() == "simple/root"
        client.cleanup()


def test_settings_are_told_to_root_only(client):
    client.login("simple", ROOT)
    assert "maxEntities 10000" in client.getProperties()
    assert "rootUserNames simple/root" in client.getProperties()
    client.login("anon", {})
    with pytest.raises(icat.ICATPrivilegesError, match=r"^user must be in rootUserNames$"):
        client.getProperties()
    client.logout()


def test_sessions_outlive_an_outage_and_answers_can_be_held_back(tmp_path):
    with IcatServer(tmp_path, f"sqlite:///{tmp_path}/catalogue.sqlite") as server:
        client = icat.Client(server.url)
        client.login("simple", ROOT)
        with server.stopped(), pytest.raises(URLError):
            client.getUserName()
        assert client.getUserName() == "simple/root"
        server.restart("--delay-ms", "200")
        started = time.monotonic()
        assert client.getUserName() == "simple/root"
        assert time.monotonic() - started >= 0.2
        client.cleanup()
