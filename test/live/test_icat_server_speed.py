"""How long the stand-in for ICAT takes to answer, over HTTP, and to start."""

import time
from statistics import median

import requests

from test.support.icat_server import IcatServer
from util.icat_server.contract import PATH

ANSWERS = 40
LONGEST_MS = 10.0
ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    '<n:search xmlns:n="http://icatproject.org"><sessionId>{}</sessionId><query>{}</query>'
    "</n:search></e:Body></e:Envelope>"
)


def milliseconds(ask):
    """The time that most answers stay below when nothing else runs: that of the quicker half."""
    found = []
    for _ in range(ANSWERS):
        started = time.perf_counter()
        assert ask().status_code == 200
        found.append((time.perf_counter() - started) * 1000)
    return median(sorted(found)[: ANSWERS // 2])


def test_a_page_of_investigations_takes_no_more_than_ten_milliseconds(tmp_path):
    query = "SELECT o FROM Investigation o LIMIT 0, 25"
    with (
        IcatServer(tmp_path, f"sqlite:///{tmp_path}/seeded.sqlite", "--seed-catalogue") as server,
        requests.Session() as http,
    ):
        content = (
            '{"plugin":"simple","credentials":[{"username":"root"},{"password":"root-password"}]}'
        )
        answer = http.post(f"{server.base}/icat/session", data={"json": content}, timeout=30)
        session_id = answer.json()["sessionId"]
        body = ENVELOPE.format(session_id, query)
        params = {"sessionId": session_id, "query": query}

        def soap():
            return http.post(f"{server.base}{PATH}", data=body, timeout=30)

        def rest():
            return http.get(f"{server.base}/icat/entityManager", params=params, timeout=30)

        assert soap().text.count('<return xsi:type="ns2:investigation">') == 25
        assert len(rest().json()) == 25
        assert milliseconds(soap) <= LONGEST_MS
        assert milliseconds(rest) <= LONGEST_MS
