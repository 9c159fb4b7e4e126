"""The science of the search over HTTP: techniques, units, relevance, and both scorers."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from click.testing import CliRunner

from datagateway_api.__main__ import main
from datagateway_api.backends.database.tables import describe
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.search import science
from datagateway_api.search.science.relevance import builtin
from test.api.search.conftest import OpenSearch
from test.support import panosc, scoring_service, search_fixture
from test.support.scoring_service import ScoringService
from test.support.search_fixture import PANET, TAGS, pid
from test.support.searching import Asking, search_app

TECHNIQUES = str(Path(science.__file__).with_name("techniques_demo.csv"))
EVERY = set(TAGS)


def fill(folder: Path) -> str:
    url = f"sqlite:///{folder}/catalogue.db"
    panosc.fill(url, search_fixture.fixture())
    return url


@pytest.fixture(scope="module")
def db_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fill(tmp_path_factory.mktemp("science"))


@pytest.fixture(scope="module")
def search(db_url: str) -> Asking:
    return Asking(search_app(db_url, panet_file=TECHNIQUES))


@pytest.fixture(scope="module")
def either(open_search: OpenSearch, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """The same with each backend in turn."""
    folder = tmp_path_factory.mktemp("either")
    fill(folder)
    return open_search(folder / "catalogue.db", panet_file=TECHNIQUES)


def numbers(search: Asking, relation: str, where: object) -> set[int]:
    """Return the numbers of the data sets that a condition on related objects leaves."""
    asked = {"include": [{"relation": relation, "scope": {"where": where}}]}
    found = {pid.rpartition("/")[2] for pid in search.pids("/Datasets", asked)}
    # ICAT's anon may see all here, what is under embargo too.
    return {int(name) for name in found - {"secret"}}


# Techniques


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"pid": f"{PANET}01200"}, {7, 8, 9, 10}),
        ({"pid": f"{PANET}01124"}, {2, 3, 4, 5, 9, 10}),
        ({"pid": {"neq": f"{PANET}01200"}}, {1, 2, 3, 4, 5, 6}),
        ({"pid": {"neq": f"{PANET}01124"}}, {1, 6, 7, 8}),
        ({"and": [{"pid": f"{PANET}01124"}, {"pid": f"{PANET}00207"}]}, set()),
        ({"or": [{"pid": f"{PANET}01124"}, {"pid": f"{PANET}00207"}]}, EVERY - {1, 7}),
        ({"and": [{"pid": f"{PANET}01200"}, {"pid": f"{PANET}01124"}]}, {9, 10}),
        ({"and": [{"pid": f"{PANET}01200"}, {"pid": {"neq": f"{PANET}01124"}}]}, {7, 8}),
        ({"or": [{"pid": {"neq": f"{PANET}01200"}}, {"pid": f"{PANET}00207"}]}, EVERY - {7, 9, 10}),
        ({"pid": {"nin": [f"{PANET}01200", f"{PANET}01124"]}}, {1, 6}),
        ({"name": "SAS"}, {2, 3, 4, 5, 9, 10}),
        ({"name": "Small-Angle Scattering"}, {2, 3, 4, 5, 9, 10}),
        ({"name": "saxs"}, {2, 3, 4, 5, 9, 10}),
        ({"panetId": "PaNET01162"}, {3, 9}),
        ({"name": "magnetic x-ray tomography"}, {6, 8}),
        ({"name": "no such thing"}, set()),
    ],
)
def test_a_technique_stands_for_all_of_its_kinds(either, where, expected):
    assert numbers(either, "techniques", where) == expected


def test_without_a_table_a_technique_stands_for_itself(db_url):
    plain = Asking(search_app(db_url))
    assert numbers(plain, "techniques", {"pid": f"{PANET}01200"}) == {7, 8, 9, 10}
    assert numbers(plain, "techniques", {"pid": f"{PANET}01124"}) == set()


def test_all_that_is_wrong_with_the_named_files_is_reported_at_once(db_url, tmp_path, monkeypatch):
    mapping, table = tmp_path / "mapping.json", tmp_path / "table.csv"
    mapping.write_text("{")
    table.write_text("ID,Label,Parent\nID,A rdfs:label,SC %\nx:a,alpha,beta\nx:b,,\n")
    monkeypatch.setattr(builtin, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError) as caught:
        search_app(db_url, mapping_file=str(mapping), panet_file=str(table))
    keys = [problem.partition(": ")[0] for problem in caught.value.problems]
    assert keys == [
        "search_api.mapping_file",
        "search_api.panet_file",
        "search_api.panet_file",
        "search_api.search_scoring",
    ]


# Units


def warm(value: object, unit: str) -> dict[str, object]:
    return {"and": [{"name": "temperature"}, {"value": value}, {"unit": unit}]}


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (20, "celsius", {1, 2, 3}),
        (293.15, "K", {1, 2, 3}),
        (68, "fahrenheit", {1, 2, 3}),
        ("20", "degC", {1, 2, 3}),
        ({"gte": "20"}, "celsius", {1, 2, 3, 5}),
        ({"lte": 20}, "celsius", {1, 2, 3, 6}),
        ({"gt": 20}, "celsius", {5}),
        ({"lt": "20"}, "celsius", {6}),
        ({"between": [290, 300]}, "kelvin", {1, 2, 3}),
        ({"between": ["19", "21"]}, "°C", {1, 2, 3}),
        ({"inq": [20, 293.15]}, "celsius", {1, 2, 3, 5}),
        ({"neq": 20}, "celsius", {5, 6}),
        ({"nin": [20, 293.15]}, "celsius", {6}),
        (20, "Florp", {4}),
        (20, "bar", set()),
        (20, "no such unit", set()),
        ({"gt": 0}, "", set()),
    ],
)
def test_a_value_is_compared_in_the_unit_of_the_question(either, value, unit, expected):
    assert numbers(either, "parameters", warm(value, unit)) - {7} == expected


def test_the_answer_is_in_the_unit_of_the_question_and_stored_data_stay(either):
    scope = {"where": warm(20, "celsius"), "fields": ["value", "unit"]}
    asked = {"where": {"pid": pid(1)}, "include": [{"relation": "parameters", "scope": scope}]}
    [row] = either.rows("/Datasets", asked)
    assert row["parameters"] == [{"value": 20, "unit": "celsius"}]
    [row] = either.rows("/Datasets", {"where": {"pid": pid(1)}, "include": ["parameters"]})
    assert [(p["value"], p["unit"]) for p in row["parameters"]] == [(293.15, "K")]


@pytest.mark.parametrize("unit", ["9**9**9", "((m", "m^99", "' OR 1=1", "x" * 5000, "%", "1/0"])
def test_no_unit_is_an_error(either, unit):
    assert numbers(either, "parameters", warm(20, unit)) == set()


# Relevance


def scores(search: Asking, query: str, path: str = "/Documents", **asked: object) -> dict:
    rows = search.rows(path, {"query": query, **asked})
    return {row["pid"].rpartition("/")[2]: row["score"] for row in rows}


@pytest.fixture(scope="module")
def service(db_url: str) -> Iterator[ScoringService]:
    with scoring_service.running() as service:
        yield service


@pytest.fixture(scope="module")
def config(db_url: str, service: ScoringService, tmp_path_factory: pytest.TempPathFactory) -> str:
    section = {"extension": "/api", "backend": "db", "db_url": db_url}
    file = tmp_path_factory.mktemp("config") / "config.yaml"
    scoring = {"api_url": service.url, "api_request_timeout": 5, "limit": 50}
    file.write_text(yaml.safe_dump({"search_api": {**section, "search_scoring": scoring}}))
    return str(file)


@pytest.fixture(scope="module")
def fed(config: str, service: ScoringService) -> str:
    """Feed the service, and return what the command printed."""
    result = CliRunner().invoke(main, ["feed-scoring", "--config", config, "--compute"])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def by_service(fed: str, db_url: str, service: ScoringService) -> Asking:
    scoring = {"api_url": service.url, "api_request_timeout": 5}
    return Asking(search_app(db_url, search_scoring=scoring, default_score=0.25))


@pytest.mark.parametrize("kind", ["search", "by_service"])
def test_rows_come_best_first_between_0_and_1_and_others_are_dropped(request, kind):
    found = scores(request.getfixturevalue(kind), "copper neutrons")
    assert [*found] == sorted(found, key=lambda name: (-found[name], name))
    assert "both" in found
    assert found.keys() <= {"both", "copper", "neutron"}
    assert all(0 < score < 1 for score in found.values())


@pytest.mark.parametrize("kind", ["search", "by_service"])
def test_what_is_under_embargo_is_never_scored(request, kind):
    search = request.getfixturevalue(kind)
    for query in ("kryptonite", "embargoed copper neutron kryptonite"):
        assert "secret" not in scores(search, query)
        assert "secret" not in scores(search, query, "/Datasets")
    assert scores(search, "kryptonite") == {}


@pytest.mark.parametrize("kind", ["search", "by_service"])
def test_conditions_and_limit_hold_for_scored_rows(request, kind):
    search = request.getfixturevalue(kind)
    best = [*scores(search, "copper")]
    assert [*scores(search, "copper", limit=1)] == best[:1]
    assert [*scores(search, "copper", limit=1, skip=1)] == best[1:2]
    assert [*scores(search, "copper", where={"title": {"like": "Two"}})] == ["both"]
    techniques = {"relation": "techniques", "scope": {"where": {"pid": f"{PANET}01162"}}}
    datasets = {"relation": "datasets", "scope": {"include": [techniques]}}
    assert [*scores(search, "copper", include=[datasets])] == ["copper"]


@pytest.mark.parametrize("kind", ["search", "by_service"])
def test_many_scores_are_answered_like_few(request, kind, monkeypatch):
    search = request.getfixturevalue(kind)
    asked: dict[str, Any] = {"limit": 1, "skip": 1, "where": {"title": {"neq": "x"}}}
    few = scores(search, "copper neutron"), scores(search, "copper neutron", **asked)
    monkeypatch.setattr("datagateway_api.search.scoring.MOST_NAMED", 1)
    assert (scores(search, "copper neutron"), scores(search, "copper neutron", **asked)) == few
    assert [len(each) for each in few] == [3, 1]


@pytest.mark.parametrize("kind", ["search", "by_service"])
def test_data_sets_and_instruments_are_scored_too(request, kind):
    search = request.getfixturevalue(kind)
    assert scores(search, "run", "/Datasets").keys() == {str(number) for number in EVERY}
    assert search.rows("/Instruments", {"query": "anything"}) == []


def test_an_outage_of_the_service_leaves_the_rows_unscored(db_url, service, caplog):
    away = Asking(search_app(db_url, search_scoring={"api_url": "http://127.0.0.1:9/score"}))
    found = scores(away, "copper")
    assert found == dict.fromkeys(["both", "copper", "neutron", "none"], 0)
    assert "rows go unscored: it cannot be reached" in caplog.text
    for _ in range(3):
        scores(away, "copper")
    assert away.client.get("/api/").get_json()["scoring"] == {"enabled": True, "reachable": False}


def test_scoring_switched_off_accepts_the_question_and_ignores_it(db_url):
    off = Asking(search_app(db_url, search_scoring={"enabled": False}, default_score=0.5))
    assert set(scores(off, "copper").values()) == {0.5}
    assert len(scores(off, "copper")) == 4
    assert off.client.get("/api/").get_json()["scoring"] == {"enabled": False, "reachable": False}


def test_the_index_follows_the_catalogue(tmp_path):
    url = fill(tmp_path)
    search = Asking(search_app(url))
    assert scores(search, "kryptonite") == {}
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE INVESTIGATION SET RELEASEDATE = '2020-01-01' WHERE DOI LIKE '%secret'")
        )
    assert scores(search, "kryptonite").keys() == {"secret"}
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE INVESTIGATION SET SUMMARY = 'of vibranium', MOD_TIME = '2030-01-01' "
                "WHERE DOI LIKE '%none'"
            )
        )
    engine.dispose()
    assert scores(search, "vibranium").keys() == {"none"}


# Speed


def add_documents(url: str, count: int) -> None:
    """Add public documents of random words."""
    pick = random.Random(1)
    vocabulary = [*(f"word{n}" for n in range(5000)), *(["copper", "neutron"] * 40)]
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        table = describe(icat_schema.load()).by_entity["Investigation"]
        like = connection.execute(sa.select(table).limit(1)).mappings().one()
        rows = [
            {
                **like,
                "ID": 1000 + number,
                "NAME": f"many {number}",
                "DOI": f"10.5072/many/{number}",
                "TITLE": " ".join(pick.choices(vocabulary, k=8)),
                "SUMMARY": " ".join(pick.choices(vocabulary, k=30)),
            }
            for number in range(count)
        ]
        connection.execute(table.insert(), rows)
    engine.dispose()


def test_a_question_to_10_000_documents_takes_no_150_ms_after_the_first(tmp_path):
    url = fill(tmp_path)
    add_documents(url, 10_000)
    search = Asking(search_app(url))
    asked = {"query": "copper neutrons", "limit": 50}
    assert len(search.rows("/Documents", asked)) == 50
    used = []
    for _ in range(5):
        begun = time.thread_time()
        search.rows("/Documents", asked)
        used.append(time.thread_time() - begun)
    assert min(used) < 0.15


# Feeding the service


def test_the_command_sends_all_that_is_public_and_nothing_else(fed, service, config):
    assert fed.splitlines() == [
        "datasets: 10 new, 0 changed, 0 removed",
        "documents: 4 new, 0 changed, 0 removed",
        "instruments: 0 new, 0 changed, 0 removed",
        "It computes its weights now.",
    ]
    assert not any("secret" in id_ for id_ in service.items)
    assert "kryptonite" not in repr(service.items)
    again = CliRunner().invoke(main, ["feed-scoring", "--config", config])
    assert "documents: 0 new, 0 changed, 0 removed" in again.output


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"datagateway_api": {}}, "search_api: is not switched on"),
        ({"search_api": {}}, "search_api.search_scoring.api_url: must name the scoring service"),
        (
            {"search_api": {"search_scoring": {"api_url": "http://127.0.0.1:9/score"}}},
            "the scoring service cannot be fed: it cannot be reached",
        ),
    ],
)
def test_the_command_says_what_is_missing(db_url, tmp_path, sections, message):
    common = {"extension": "/api", "backend": "db", "db_url": db_url}
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump({key: {**common, **more} for key, more in sections.items()}))
    result = CliRunner().invoke(main, ["feed-scoring", "--config", str(file)])
    assert result.exit_code == 1
    assert message in result.stderr
    assert "Traceback" not in result.output
