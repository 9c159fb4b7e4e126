"""The built-in scorer: what it finds, on what scale, and when it reads the documents again."""

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.search.science.relevance import Corpus, Item
from datagateway_api.search.science.relevance import builtin as module
from datagateway_api.search.science.relevance.builtin import MOST_GROUPS, BuiltinScorer
from datagateway_api.search.science.relevance.scorer import bounded
from datagateway_api.search.science.relevance.words import (
    LONGEST_TEXT,
    STOP_WORDS,
    stemmer,
    words,
)

TEXTS = {
    "copper": "O'Brien's copper. Copper cylinders under load",
    "neutron": "Neutron run: neutron imaging of pumps",
    "both": "Two beams: copper and neutrons",
    "none": "unrelated text",
    "other": "Ångström-Größen, 玻璃, naïve crystallisation in γ-Fe2O3",
    "empty": "",
}


def corpus(texts: dict[str, str] | None = None, version: object = 1) -> Corpus:
    items = [Item(id_, text) for id_, text in (TEXTS if texts is None else texts).items()]
    return Corpus(lambda: items, lambda: version)


def best_first(query: str, texts: dict[str, str] | None = None) -> list[str]:
    scores = BuiltinScorer().score(query, "documents", corpus(texts))
    return sorted(scores, key=lambda id_: -scores[id_])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("copper neutron", ["both", "copper", "neutron"]),
        ("COPPER", ["copper", "both"]),
        ("cylinder", ["copper"]),
        ("the loads of a cylinder", ["copper"]),
        ("obrien", ["copper"]),
        ("O’Brien", ["copper"]),
        ("angstrom grossen", ["other"]),
        ("ANGSTRÖM", ["other"]),
        ("玻", ["other"]),
        ("naive crystallization", ["other"]),
        ("fe2o3", ["other"]),
        ("pump!!! (image)", ["neutron"]),
        ("unheard-of", []),
        ("the of and", []),
        ("", []),
        (" \n", []),
        ("% \x00 '", []),
    ],
)
def test_documents_that_share_words_are_found_best_first(query, found):
    answer = best_first(query)
    assert answer[:1] == found[:1]
    assert set(answer) == set(found)


def test_a_rare_word_counts_more_than_a_common_one():
    texts = {f"d{n}": "neutron beam" for n in range(20)} | {"rare": "neutron vanadium"}
    assert best_first("neutron vanadium", texts)[0] == "rare"


def test_a_document_that_says_just_the_question_scores_below_1_and_above_all_others():
    texts = {"exact": "copper copper", "close": "copper tin"}
    scores = BuiltinScorer().score("copper copper", "documents", corpus(texts))
    assert 1 > scores["exact"] > scores["close"] > 0


def test_groups_are_apart():
    scorer = BuiltinScorer()
    assert scorer.score("copper", "documents", corpus())
    assert not scorer.score("copper", "datasets", corpus({"x": "tin"}))
    assert scorer.score("copper", "documents", corpus())


@pytest.mark.parametrize("texts", [{}, {"a": ""}, {"a": "the", "b": "§"}])
def test_documents_without_words_are_never_found(texts):
    assert BuiltinScorer().score("copper the", "documents", corpus(texts)) == {}


def test_it_is_always_there():
    assert BuiltinScorer().is_reachable()


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        *((score, None) for score in (0, -1, float("nan"), float("inf"), "1", None, True)),
        *((0.5, 0.4995), (1, 0.999), (7, 0.999)),
    ],
)
def test_scores_are_brought_within_bounds(score, expected):
    assert bounded(score) == (None if expected is None else pytest.approx(expected))


# When documents are read


class Catalogue:
    """Documents that count how often they are read."""

    def __init__(self) -> None:
        self.texts = {"a": "copper"}
        self.version: object = 1
        self.reads = 0

    def corpus(self) -> Corpus:
        return Corpus(self._read, lambda: self.version)

    def _read(self) -> Iterable[Item]:
        self.reads += 1
        for id_, text in self.texts.items():
            yield Item(id_, text)


def test_documents_are_read_once_until_they_change():
    catalogue, scorer = Catalogue(), BuiltinScorer()
    for _ in range(3):
        assert scorer.score("copper", "documents", catalogue.corpus()).keys() == {"a"}
    assert catalogue.reads == 1
    catalogue.texts["b"] = "copper tin"
    catalogue.version = 2
    assert scorer.score("copper", "documents", catalogue.corpus()).keys() == {"a", "b"}
    assert catalogue.reads == 2


def test_documents_are_read_again_when_what_was_read_is_old():
    now = [1000.0]
    catalogue, scorer = Catalogue(), BuiltinScorer(max_seconds=60, clock=lambda: now[0])
    scorer.score("copper", "documents", catalogue.corpus())
    catalogue.texts["b"] = "copper"
    now[0] += 59
    assert len(scorer.score("copper", "documents", catalogue.corpus())) == 1
    now[0] += 1
    assert len(scorer.score("copper", "documents", catalogue.corpus())) == 2
    assert catalogue.reads == 2


def test_an_empty_question_reads_nothing():
    catalogue = Catalogue()
    BuiltinScorer().score("", "documents", catalogue.corpus())
    assert catalogue.reads == 0


def test_a_failed_reading_is_tried_again_at_the_next_question():
    scorer = BuiltinScorer()

    def fail() -> Iterable[Item]:
        raise LookupError("away")

    for _ in range(2):
        with pytest.raises(LookupError):
            scorer.score("copper", "documents", Corpus(fail, lambda: 1))
    assert scorer.score("copper", "documents", corpus())


def test_the_first_questions_wait_for_one_reading_between_them():
    catalogue, scorer = Catalogue(), BuiltinScorer()
    with ThreadPoolExecutor(8) as threads:
        found = list(
            threads.map(
                lambda _: scorer.score("copper", "documents", catalogue.corpus()), range(16)
            )
        )
    assert all(scores.keys() == {"a"} for scores in found)
    assert catalogue.reads == 1


def test_while_one_thread_reads_again_the_others_go_on_with_what_was_read():
    scorer, begun, go_on = BuiltinScorer(), Event(), Event()
    scorer.score("copper", "documents", corpus({"old": "copper"}, 1))

    def slow() -> Iterable[Item]:
        begun.set()
        assert go_on.wait(10)
        yield Item("new", "copper")

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(scorer.score, "copper", "documents", Corpus(slow, lambda: 2))
        assert begun.wait(10)
        assert scorer.score("copper", "documents", Corpus(slow, lambda: 2)).keys() == {"old"}
        go_on.set()
        assert reading.result(10).keys() == {"new"}
    assert scorer.score("copper", "documents", Corpus(slow, lambda: 2)).keys() == {"new"}


# Bounds


def test_only_so_many_groups_are_kept():
    catalogue, scorer = Catalogue(), BuiltinScorer()
    for number in range(MOST_GROUPS + 1):
        scorer.score("copper", f"group {number}", catalogue.corpus())
    scorer.score("copper", f"group {MOST_GROUPS}", catalogue.corpus())
    assert catalogue.reads == MOST_GROUPS + 1
    scorer.score("copper", "group 0", catalogue.corpus())
    assert catalogue.reads == MOST_GROUPS + 2


def test_only_so_many_documents_are_read_with_a_warning(monkeypatch, caplog):
    monkeypatch.setattr(module, "MOST_ITEMS", 3)
    texts = {f"d{n}": "copper" for n in range(4)}
    scores = BuiltinScorer().score("copper", "documents", corpus(texts))
    assert scores.keys() == {"d0", "d1", "d2"}
    assert "only the first 3 documents are scored" in caplog.text


def test_only_the_beginning_of_a_long_text_counts():
    text = "copper " + "x" * 100 + " tin " + " " * LONGEST_TEXT + "vanadium"
    found = set(words(text, stemmer()))
    assert found == {"copper", "tin"}


def test_no_stop_word_is_a_word_of_the_field():
    assert not STOP_WORDS & {"system", "fire", "mill", "find", "detail", "bottom", "interest"}


@pytest.mark.parametrize("absent", ["sklearn", "snowballstemmer"])
def test_without_the_libraries_the_remedy_is_named_at_start(monkeypatch, absent):
    monkeypatch.setitem(sys.modules, absent, None)
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == absent else object())
    with pytest.raises(ConfigurationError, match=absent) as caught:
        BuiltinScorer()
    assert "pip install 'datagateway-api[relevance]'" in str(caught.value)


# Properties

WORDS = st.lists(st.sampled_from(["copper", "neutron", "Ångström", "玻璃", "x1", "the", "run"]))
DOCUMENTS = st.lists(WORDS.map(" ".join) | st.text(max_size=30), max_size=8)
QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@QUICK
@given(DOCUMENTS, WORDS.map(" ".join) | st.text(max_size=20))
def test_scores_lie_strictly_between_0_and_1(texts, query):
    documents = {str(n): text for n, text in enumerate(texts)}
    scores = BuiltinScorer().score(query, "documents", corpus(documents))
    assert scores.keys() <= documents.keys()
    assert all(0 < score < 1 for score in scores.values())


@QUICK
@given(DOCUMENTS, WORDS.map(" ".join), st.randoms(use_true_random=False))
def test_the_order_of_the_documents_changes_nothing(texts, query, shuffler):
    documents = list(enumerate(texts))
    before = BuiltinScorer().score(query, "d", corpus({str(n): text for n, text in documents}))
    shuffler.shuffle(documents)
    after = BuiltinScorer().score(query, "d", corpus({str(n): text for n, text in documents}))
    assert after == pytest.approx(before, rel=1e-5)
