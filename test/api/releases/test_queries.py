"""The query language over datasets keeps the catalogue's promises, on every database.

What is expected is computed here in Python, over the datasets as they are answered.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from test.support.releases import EXT

RELEASE = "asked"
NAMES = [
    "Alpha",
    "alpha",
    "ALPHA_2",
    "bé'ta",
    "BÉTA",
    "100%",
    "100_",
    "a\\b",
    "[x]*?",
    None,
    "ß",
    "Ω ω",
]
Row = dict[str, Any]


def rows() -> list[Row]:
    found = []
    for place, name in enumerate(NAMES):
        row: Row = {"dataset_number": f"n{place:02}", "physics_short": name}
        row["cross_section_pb"] = None if place % 4 == 3 else (place - 4) / 2
        row["nEvents"] = None if place % 5 == 4 else place % 3
        row["keywords"] = ["top", "Top", 'q"uote', "a,b", "a\\b", "é", "%", ","][place % 8 :][:2]
        row["file_list"] = [f"root://x/{place}.root"] * (place % 2)
        row["skims"] = [{"skim_type": "4lep" if place % 2 else "3lep"}] if place % 3 else []
        row["Release"] = f"R{place % 2}"
        found.append(row)
    return found


@pytest.fixture(scope="module")
def asked(any_releases):
    any_releases.upload(RELEASE, rows())
    any_releases.upload("other", [{"dataset_number": "n00", "physics_short": "elsewhere"}])
    return any_releases


def numbers(releases, **parameters: object) -> list[str]:
    found = releases.json("/datasets", release_name=RELEASE, **parameters)
    return [each["dataset_number"] for each in found]


def like(pattern: str, *, flags: re.RegexFlag = re.NOFLAG) -> Callable[[str], bool]:
    parts = ["." if c == "_" else ".*" if c == "%" else re.escape(c) for c in pattern]
    return lambda value: re.search("".join(parts), value, flags | re.DOTALL) is not None


def ilike(pattern: str) -> Callable[[str], bool]:
    found = like(pattern.lower())
    return lambda value: found(value.lower())


def has(name: str, test: Callable[[Any], bool]) -> Callable[[Row], bool]:
    """A row whose field is not null and meets a test."""
    return lambda row: row[name] is not None and test(row[name])


NAME, SIZE, COUNT = "physics_short", "cross_section_pb", "nEvents"
CASES: list[tuple[Any, Callable[[Row], bool]]] = [
    ({NAME: "Alpha"}, has(NAME, lambda v: v == "Alpha")),
    ({NAME: {"eq": "alpha"}}, has(NAME, lambda v: v == "alpha")),
    ({NAME: "bé'ta"}, has(NAME, lambda v: v == "bé'ta")),
    ({NAME: "a\\b"}, has(NAME, lambda v: v == "a\\b")),
    ({NAME: None}, lambda row: row[NAME] is None),
    ({NAME: {"ne": None}}, lambda row: row[NAME] is not None),
    ({NAME: {"isnull": True}}, lambda row: row[NAME] is None),
    ({NAME: {"isnull": False}}, lambda row: row[NAME] is not None),
    ({NAME: {"ne": "Alpha"}}, has(NAME, lambda v: v != "Alpha")),
    ({NAME: {"in": ["Alpha", "ß", "nothing"]}}, has(NAME, lambda v: v in ("Alpha", "ß"))),
    ({NAME: {"in": []}}, lambda row: False),
    ({NAME: {"nin": ["Alpha", "ß"]}}, has(NAME, lambda v: v not in ("Alpha", "ß"))),
    ({NAME: {"nin": []}}, lambda row: True),
    *[({NAME: {"like": p}}, has(NAME, like(p)))
      for p in ("lph", "Alpha", "A%_2", "100%", "100_", "\\", "[", "*", "?", "'", "Ω")],
    *[({NAME: {"ilike": p}}, has(NAME, ilike(p))) for p in ("ALPHA", "béta", "É", "Ω", "a_b", "ß")],
    ({NAME: {"nlike": "lph"}}, has(NAME, lambda v: not like("lph")(v))),
    ({NAME: {"nilike": "ALPH"}}, has(NAME, lambda v: not ilike("ALPH")(v))),
    ({NAME: {"regexp": "^[aA]l"}}, has(NAME, lambda v: re.search("^[aA]l", v) is not None)),
    ({NAME: {"regexp": "a$|%"}}, has(NAME, lambda v: re.search("a$|%", v) is not None)),
    ({NAME: {"gt": "a"}}, has(NAME, lambda v: v > "a")),
    ({NAME: {"lte": "Alpha"}}, has(NAME, lambda v: v <= "Alpha")),
    ({NAME: {"between": ["A", "Z"]}}, has(NAME, lambda v: "A" <= v <= "Z")),
    ({SIZE: 0}, has(SIZE, lambda v: v == 0)),
    ({SIZE: "0.5"}, has(SIZE, lambda v: v == 0.5)),
    ({SIZE: {"gt": 0}}, has(SIZE, lambda v: v > 0)),
    ({SIZE: {"gte": -0.5, "lt": 2}}, has(SIZE, lambda v: -0.5 <= v < 2)),
    ({SIZE: {"between": [-1, 1]}}, has(SIZE, lambda v: -1 <= v <= 1)),
    ({SIZE: {"ne": 0}}, has(SIZE, lambda v: v != 0)),
    ({SIZE: {"nin": [0, 0.5]}}, has(SIZE, lambda v: v not in (0, 0.5))),
    ({SIZE: {"like": ".5"}}, has(SIZE, lambda v: ".5" in str(v))),
    ({COUNT: 1}, has(COUNT, lambda v: v == 1)),
    ({COUNT: {"in": ["0", 2]}}, has(COUNT, lambda v: v in (0, 2))),
    ({COUNT: {"isnull": True}}, lambda row: row[COUNT] is None),
    ({"Release": "R1"}, lambda row: row["Release"] == "R1"),
    ({"release.name": RELEASE}, lambda row: True),
    ({"release.name": {"ne": RELEASE}}, lambda row: False),
    ({"release": {"state": "draft"}}, lambda row: True),
    *[({"keywords": {"contains": k}}, lambda row, k=k: k in row["keywords"])
      for k in ("top", "Top", "TOP", 'q"uote', "a,b", "a", "a\\b", "é", "%", ",", "", "to")],
    ({"KEYWORDS": {"CONTAINS": "top"}}, lambda row: "top" in row["keywords"]),
    ({"file_list": {"contains": "root://x/3.root"}},
     lambda row: "root://x/3.root" in row["file_list"]),
    ({"skims": {"contains": "4lep"}}, lambda row: "4lep" in [s["skim_type"] for s in row["skims"]]),
    ({"or": [{NAME: "Alpha"}, {SIZE: {"gt": 1}}]},
     lambda row: row[NAME] == "Alpha" or (row[SIZE] or 0) > 1),
    ({"and": [{COUNT: 1}, {"or": [{NAME: None}, {"keywords": {"contains": "top"}}]}]},
     lambda row: row[COUNT] == 1 and (row[NAME] is None or "top" in row["keywords"])),
    ({NAME: {"ne": "x"}, SIZE: {"isnull": False}},
     lambda row: row[NAME] is not None and row[SIZE] is not None),
]  # fmt: skip


@pytest.mark.parametrize(("where", "test"), CASES, ids=[str(where)[:60] for where, _ in CASES])
def test_a_condition_finds_just_the_datasets_that_meet_it(asked, where, test):
    wanted = [row["dataset_number"] for row in rows() if test(row)]
    assert numbers(asked, where=where) == wanted
    counted = asked.json("/datasets/count", release_name=RELEASE, where=where)
    assert counted == {"count": len(wanted)}


@pytest.mark.parametrize("name", [NAME, SIZE, COUNT])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_order_puts_nulls_first_and_is_total(asked, name, direction):
    wanted = sorted(rows(), key=lambda row: row["dataset_number"])
    values = sorted({row[name] for row in wanted if row[name] is not None})
    ranks = {None: -1, **{value: place for place, value in enumerate(values)}}
    factor = 1 if direction == "asc" else -1
    wanted.sort(key=lambda row: factor * ranks[row[name]])
    found = numbers(asked, order=f"{name} {direction}")
    assert found == [row["dataset_number"] for row in wanted]


def test_pages_of_an_ordered_list_never_overlap(asked):
    pages = [numbers(asked, order="nEvents desc", limit=5, skip=skip) for skip in (0, 5, 10, 15)]
    assert [n for page in pages for n in page] == numbers(asked, order="nEvents desc")
    assert pages[-1] == []


def test_total_counts_without_skip_and_limit(asked):
    query = {"release_name": RELEASE, "where": {SIZE: {"gt": 0}}, "limit": 2, "total": True}
    response = asked.get("/datasets", **query)
    number = sum(row[SIZE] is not None and row[SIZE] > 0 for row in rows())
    assert (response.headers["X-Total-Count"], len(response.json)) == (str(number), 2)
    empty = asked.get("/datasets/lean", release_name=RELEASE, limit=0, total=True)
    assert (empty.headers["X-Total-Count"], empty.json) == (str(len(NAMES)), [])


def test_fields_choose_what_is_answered(asked):
    found = asked.json("/datasets", release_name=RELEASE, fields=["kfactor", "file_list"], limit=2)
    assert found[1] == {
        "dataset_number": "n01", "kFactor": None, "file_list": ["root://x/1.root"]
    }  # fmt: skip
    (lean,) = asked.json("/datasets/lean", release_name=RELEASE, fields="skims", limit=1, skip=1)
    assert list(lean) == ["dataset_number", "skims"]
    assert "file_list" not in lean["skims"][0]


def test_the_release_is_a_field_too(asked):
    query = {"release_name": RELEASE, "limit": 1}
    (found,) = asked.json("/datasets", fields="release", **query)
    assert found == {"dataset_number": "n00", "release": {"name": RELEASE}}
    (found,) = asked.json("/datasets", fields=["Release", "release"], **query)
    assert found == {"dataset_number": "n00", "Release": "R0", "release": {"name": RELEASE}}


def test_a_count_ignores_what_pages_are_made_of(asked):
    query = {
        "release_name": RELEASE,
        "limit": 1,
        "skip": 5,
        "order": "kFactor",
        "fields": "process",
    }
    assert asked.json("/datasets/count", **query) == {"count": len(NAMES)}


@pytest.mark.parametrize("name", ["%C3%A9", "a%FFb", "a+b%26c", ""])
def test_any_name_of_a_release_is_looked_for(asked, name):
    response = asked.client.get(f"{EXT}/datasets?release_name={name}&limit=1")
    assert response.status_code == (400 if "FF" in name else 404)


def test_the_lean_list_has_no_files_to_choose(asked):
    response = asked.get("/datasets/lean", release_name=RELEASE, fields="file_list")
    assert (response.status_code, response.json["code"]) == (400, "bad_filter")


def test_all_releases_are_asked_without_a_name(asked):
    found = asked.json("/datasets", where={"dataset_number": "n00"})
    assert [each["release"]["name"] for each in found] == [RELEASE, "other"]
    by_release = asked.json("/datasets", order="release desc", where={"dataset_number": "n00"})
    assert [each["release"]["name"] for each in by_release] == ["other", RELEASE]


@pytest.mark.parametrize(
    "query",
    [
        {"where": {"nothing": 1}},
        {"where": {"kFactor": {"eq": "x"}}},
        {"where": {"keywords": "top"}},
        {"where": {"keywords": {"like": "top"}}},
        {"where": {"keywords": {"isnull": True}}},
        {"where": {"process": {"contains": "top"}}},
        {"where": {"keywords": {"contains": ["top"]}}},
        {"where": {"process": {"regexp": "("}}},
        {"where": "{"},
        {"where": []},
        {"order": "keywords"},
        {"order": "kFactor sideways"},
        {"fields": "nothing"},
        {"fields": "[]"},
        {"distinct": "process"},
        {"release_name": "asked", "group_by": "process"},
        {"skip": "-1"},
    ],
)
def test_a_bad_query_is_refused(asked, query):
    response = asked.get("/datasets", **query)
    assert (response.status_code, response.json["code"]) == (400, "bad_filter")


@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", '"; DROP TABLE releases_dataset; --', "%' OR '1'='1", "\\'", "')) --"]
)
@pytest.mark.parametrize("operator", ["eq", "like", "ilike", "gt", "regexp"])
def test_values_are_never_read_as_sql(asked, operator, value):
    text = re.escape(value) if operator == "regexp" else value
    response = asked.get("/datasets/count", where={NAME: {operator: text}})
    assert response.status_code == 200
    if operator != "gt":
        assert response.json == {"count": 0}
    assert asked.json("/datasets/count", where={"keywords": {"contains": value}}) == {"count": 0}
    assert asked.json("/datasets/count", release_name=RELEASE) == {"count": len(NAMES)}
