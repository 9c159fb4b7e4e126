"""Scores from the PaNOSC scoring service, against a real HTTP server, outages included."""

import json
import logging
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import NoReturn

import pytest

from datagateway_api.core.errors import BackendUnavailable
from datagateway_api.search.science.relevance import Corpus, Item
from datagateway_api.search.science.relevance.breaker import SECONDS, Breaker
from datagateway_api.search.science.relevance.feeding import AT_ONCE, Fed, Feeder
from datagateway_api.search.science.relevance.scorer import BEST
from datagateway_api.search.science.relevance.service import ServiceScorer
from test.support import scoring_service
from test.support.scoring_service import ScoringService
from util.server_process import free_port


def _never() -> NoReturn:
    pytest.fail("the service knows the documents itself: the catalogue is not asked")


UNREAD = Corpus(_never, _never)
COPPER = Item("10.5072/doc/1", "Copper cylinders under load")
BOTH = Item("10.5072/doc/2", "copper seen with neutrons: a neutron run")
OTHER = Item("10.5072/doc/3", "unrelated")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def service() -> Iterator[ScoringService]:
    with scoring_service.running() as service:
        Feeder(service.url, seconds=5).feed("documents", [COPPER, BOTH, OTHER])
        yield service


def scorer(service: ScoringService, **options) -> ServiceScorer:
    return ServiceScorer(service.url, **{"seconds": 5, "limit": 1000, **options})


def scored(asking: ServiceScorer, query: str = "copper neutron") -> dict[str, float]:
    scores = asking.score(query, "documents", UNREAD)
    assert scores is not None
    return dict(scores)


def test_question_group_and_limit_are_sent_and_scores_come_by_pid(service):
    scores = scorer(service, limit=77).score("copper neutron", "documents", UNREAD)
    assert service.asked == [{"query": "copper neutron", "group": "documents", "limit": 77}]
    assert scores == {BOTH.id: BEST, COPPER.id: 0.5 * BEST}


def test_the_limit_cuts_the_least_relevant(service):
    assert scored(scorer(service, limit=1)).keys() == {BOTH.id}


def test_another_group_has_other_documents(service):
    assert scorer(service).score("copper", "datasets", UNREAD) == {}


@pytest.mark.parametrize("query", ["", " \t"])
def test_an_empty_question_is_not_sent(service, query):
    assert scorer(service).score(query, "documents", UNREAD) == {}
    assert service.asked == []


def test_scores_lie_strictly_between_0_and_1_and_others_are_dropped(service):
    sent = [1, 1.7, 0.4, 0, -1, None, "0.5", True, 1e-30]
    entries = [{"itemId": f"p{n}", "score": score, "group": ""} for n, score in enumerate(sent)]
    entries.append({"itemId": 7, "score": 0.25})
    service.answer = json.dumps({"scores": entries}).encode()
    scores = scored(scorer(service))
    assert scores.keys() == {"p0", "p1", "p2", "p8", "7"}
    assert all(0 < score < 1 for score in scores.values())
    assert scores["p0"] == scores["p1"] > scores["p2"] > scores["7"] > scores["p8"]


def test_the_better_of_two_scores_of_one_document_counts(service):
    entries = [{"itemId": "p", "score": 0.5}, {"itemId": "p", "score": 0.2}]
    service.answer = json.dumps({"scores": entries}).encode()
    assert scorer(service).score("x", "documents", UNREAD) == {"p": 0.5 * BEST}


# Outages and nonsense: no scores, a warning, never an error


@pytest.mark.parametrize(
    ("status", "answer", "what"),
    [
        (500, b"oops", "it answered 500"),
        (400, b'{"detail": "index 2 is out of bounds"}', "it answered 400"),
        (404, b"<html>", "it answered 404"),
        (307, b"", "it answered 307"),
        (200, b"<html>", "its answer is no JSON"),
        (200, b"\xff", "its answer is no JSON"),
        (200, b"", "its answer holds no list of scores"),
        (200, b"[]", "its answer holds no list of scores"),
        (200, b'{"scores": {}}', "its answer holds no list of scores"),
        (200, b'{"scores": [1]}', "its answer holds a score without an itemId"),
        (200, b'{"scores": [{"score": 1}]}', "its answer holds a score without an itemId"),
        (200, b"[" * 100_000, "its answer is no JSON"),
    ],
)
def test_nonsense_is_no_scores_and_a_warning(service, caplog, status, answer, what):
    service.status, service.answer = status, answer
    assert scorer(service).score("copper", "documents", UNREAD) is None
    assert [(r.levelno, what in r.getMessage()) for r in caplog.records] == [
        (logging.WARNING, True)
    ]


def test_an_answer_that_takes_too_long_is_given_up(service, caplog):
    service.delay = 1.0
    begun = time.monotonic()
    assert scorer(service, seconds=0.1).score("copper", "documents", UNREAD) is None
    assert time.monotonic() - begun < 0.9
    assert "it did not answer in time" in caplog.text


def test_an_answer_that_trickles_is_given_up(service, caplog):
    service.drips = True
    begun = time.monotonic()
    assert scorer(service, seconds=0.2).score("copper", "documents", UNREAD) is None
    assert time.monotonic() - begun < 2
    assert "it did not answer in time" in caplog.text


def test_a_password_in_the_address_is_never_logged(caplog):
    caplog.set_level(logging.DEBUG)
    url = f"http://feeder:s3cret@127.0.0.1:{free_port()}/score"
    away = ServiceScorer(url, seconds=1, limit=10)
    assert away.score("copper", "documents", UNREAD) is None
    assert "it cannot be reached" in caplog.text
    mine = [r for r in caplog.records if r.name.startswith("datagateway_api")]
    assert not any("s3cret" in r.getMessage() or "feeder" in r.getMessage() for r in mine)
    assert "s3cret" not in caplog.text
    assert "s3cret" not in repr(away)


def test_only_credentials_in_the_address_are_sent(service, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login root password hidden\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    scored(scorer(service))
    named = service.url.replace("http://", "http://feeder:s3cret@")
    scored(ServiceScorer(named, seconds=5, limit=10))
    assert service.credentials == [None, "Basic " + b64encode(b"feeder:s3cret").decode()]


@pytest.mark.parametrize("url", ["http://", "ftp://127.0.0.1/score", "http://[::1", "nonsense"])
def test_an_impossible_address_is_an_outage_too(url, caplog):
    assert ServiceScorer(url, seconds=1, limit=10).score("x", "documents", UNREAD) is None
    assert "rows go unscored" in caplog.text


# The circuit breaker


def test_an_outage_does_not_slow_every_request_and_ends_by_itself(service):
    clock = Clock()
    asking = scorer(service, seconds=0.1, breaker=Breaker(clock))
    service.status = 503
    for _ in range(10):
        assert asking.score("copper", "documents", UNREAD) is None
    assert len(service.asked) == 3
    assert not asking.is_reachable()
    clock.now += SECONDS
    for _ in range(5):
        assert asking.score("copper", "documents", UNREAD) is None
    assert len(service.asked) == 4
    service.status = 200
    clock.now += SECONDS
    assert asking.score("copper", "documents", UNREAD)
    assert asking.is_reachable()
    assert asking.score("copper", "documents", UNREAD)


def test_a_refused_question_takes_the_service_from_nobody(service):
    asking = scorer(service)
    service.status = 400
    for _ in range(5):
        assert asking.score("odd", "documents", UNREAD) is None
    service.status = 200
    assert asking.score("copper", "documents", UNREAD)
    assert asking.is_reachable()


def test_a_success_between_failures_starts_the_count_again():
    breaker = Breaker(Clock())
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        assert breaker.lets_through()
        breaker.succeeded()
    assert not breaker.is_open


# Feeding it


def test_feeding_sends_what_is_new_or_changed_and_removes_what_is_gone(service):
    feeder = Feeder(service.url, seconds=5)
    changed = Item(COPPER.id, "Silver cylinders")
    new = Item("10.5072/doc/4", "new")
    assert feeder.feed("documents", [changed, BOTH, new, new]) == Fed(1, 1, 1)
    assert service.items.keys() == {COPPER.id, BOTH.id, new.id}
    assert scorer(service).score("silver", "documents", UNREAD) == {COPPER.id: BEST}
    assert feeder.feed("documents", [changed, BOTH, new]) == Fed(0, 0, 0)


def test_feeding_leaves_other_groups_alone_and_takes_many(service):
    feeder = Feeder(service.url + "/", seconds=5)
    many = [Item(f"10.5072/data/{n}#?", f"run {n}") for n in range(2 * AT_ONCE + 1)]
    assert feeder.feed("datasets", many) == Fed(len(many), 0, 0)
    assert len(service.items) == len(many) + 3
    assert feeder.feed("datasets", many[1:]) == Fed(0, 0, 1)
    assert COPPER.id in service.items
    assert many[0].id not in service.items


def test_no_name_of_a_field_is_long_enough_to_be_scored(service):
    assert {len(name) for item in service.items.values() for name in item["fields"]} == {1}


def test_weights_are_computed_when_asked_unless_that_is_under_way(service):
    feeder = Feeder(service.url, seconds=5)
    assert feeder.start_computing()
    service.is_computing = True
    assert not feeder.start_computing()
    assert service.computed == 2


def test_a_service_that_is_away_cannot_be_fed():
    feeder = Feeder(f"http://u:s3cret@127.0.0.1:{free_port()}/score", seconds=1)
    for act in (feeder.start_computing, lambda: feeder.feed("documents", [COPPER])):
        with pytest.raises(BackendUnavailable, match="it cannot be reached") as caught:
            act()
        assert "s3cret" not in str(caught.value)
