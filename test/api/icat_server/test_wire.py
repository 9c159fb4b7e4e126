"""What goes over the wire: hostile bodies, kept connections, many clients at once."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import icat
import pytest
import requests

from util.icat_server.contract import PATH

ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    '<n:{0} xmlns:n="http://icatproject.org">{1}</n:{0}></e:Body></e:Envelope>'
)
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">'
    '<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>'
)


def call(stand_in, body):
    return requests.post(
        f"{stand_in.base}{PATH}", data=body.encode(), headers={"SOAPAction": '""'}, timeout=60
    )


def search(session_id, query):
    arguments = f"<sessionId>{session_id}</sessionId><query>{query}</query>"
    return ENVELOPE.format("search", arguments)


@pytest.mark.parametrize(
    "body",
    [
        BOMB + search("s", "&f;"),
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x">' + search("s", "q"),
        "<a>" * 100_000,
        "no XML",
        "",
        ENVELOPE.format("dropEverything", ""),
        ENVELOPE.format("create", "<sessionId>s</sessionId><bean><name>x</name></bean>"),
        ENVELOPE.format("create", "<sessionId>s</sessionId>"),
    ],
)
def test_what_is_no_call_is_a_plain_fault(stand_in, body):
    answer = call(stand_in, body)
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert "faultstring" in answer.text
    assert "IcatException" not in answer.text


def test_a_huge_body_is_refused_before_it_is_read(stand_in):
    with socket.create_connection(("127.0.0.1", stand_in.port), timeout=30) as connection:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_null_that_was_selected_is_dropped(stand_in, root):
    root.new("User", name="simple/nobody").create()
    answer = call(stand_in, search(root.sessionId, "SELECT o.fullName FROM User o"))
    assert answer.status_code == 200
    assert "<return" not in answer.text
    answer = call(stand_in, search(root.sessionId, "SELECT o.name, o.fullName FROM User o"))
    assert (
        '<return xsi:type="ns2:fieldSet"><fields xsi:type="xs:string">simple/nobody</fields>'
        in (answer.text)
    )
    assert '<fields xsi:nil="true"/></return>' in answer.text
    root.deleteMany(root.search("SELECT o FROM User o"))


def test_addresses_are_those_that_the_client_used(stand_in):
    headers = {"Host": "icat.example.org:8181"}
    wsdl = requests.get(f"{stand_in.base}{PATH}?wsdl", headers=headers, timeout=30)
    assert f'location="http://icat.example.org:8181{PATH}"' in wsdl.text
    xsd = requests.get(f"{stand_in.base}{PATH}?xsd=1", timeout=30)
    assert 'name="investigation"' in xsd.text
    for path in ("", PATH, "/ICATService", "/nonsense"):
        assert requests.get(f"{stand_in.base}{path}", timeout=30).status_code == 404
    assert requests.put(f"{stand_in.base}{PATH}", timeout=30).status_code == 405


def test_a_connection_is_kept(stand_in):
    connection = HTTPConnection("127.0.0.1", stand_in.port, timeout=30)
    for _ in range(3):
        connection.request("POST", PATH, ENVELOPE.format("getApiVersion", ""))
        answer = connection.getresponse()
        assert answer.version == 11
        assert b"6.2.0" in answer.read()
        opened = connection.sock
    assert connection.sock is opened
    connection.close()


@pytest.mark.usefixtures("clean")
def test_clients_at_once_do_not_mix(stand_in):
    def work(number):
        client = icat.Client(stand_in.url)
        mechanism, name = [("simple", "alice"), ("db", "bob"), ("simple", "root")][number % 3]
        client.login(mechanism, {"username": name, "password": f"{name}-password"})
        for turn in range(8):
            assert client.getUserName() == f"{mechanism}/{name}"
            if name == "root":
                client.new("User", name=f"simple/{number}-{turn}").create()
            assert (client.search("SELECT COUNT(o) FROM User o") > [0]) == (name == "root")
        client.logout()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))


@pytest.mark.usefixtures("clean")
def test_of_clients_that_create_the_same_one_wins(stand_in, root):
    barrier = threading.Barrier(8)

    def work(number):
        entities = '[{"User":{"name":"simple/same"}}]'
        barrier.wait()
        answer = requests.post(
            f"{stand_in.base}/icat/entityManager",
            data={"sessionId": root.sessionId, "entities": entities},
            timeout=60,
        )
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(8))) == [200] + [412] * 7


def test_the_log_says_what_the_server_is_for(stand_in):
    assert "For development and tests" in stand_in.log.read_text()


def test_a_slow_server_can_be_played(stand_in, tmp_path):
    started = time.monotonic()
    with stand_in.frozen(), pytest.raises(requests.Timeout):
        requests.get(f"{stand_in.base}/icat/version", timeout=0.2)
    assert requests.get(f"{stand_in.base}/icat/version", timeout=30).ok
    assert time.monotonic() - started > 0.2
