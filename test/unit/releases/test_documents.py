"""What is laid over a stored dataset: nothing else changes, and nothing twice."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagateway_api.releases.check import Clean, fields
from datagateway_api.releases.documents import SkimIds, Stored, changes, row
from datagateway_api.releases.entity import FIELDS, NUMBER
from datagateway_api.releases.problems import Problems

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
numbers = st.floats(allow_nan=False, allow_infinity=False)
skims = st.lists(
    st.fixed_dictionaries({"skim_type": texts, "file_list": st.lists(texts, max_size=2)}),
    max_size=3,
    unique_by=lambda skim: skim["skim_type"],
)
uploads = st.fixed_dictionaries(
    {},
    optional={
        "process": texts,
        "kFactor": st.none() | numbers,
        "nEvents": st.none() | st.integers(-(2**62), 2**62),
        "keywords": st.none() | st.lists(texts, max_size=3),
        "file_list": st.lists(texts, max_size=3),
        "skims": skims,
        "own": st.none() | st.booleans() | st.integers(0, 3) | numbers | texts,
    },
)


def checked(raw: dict[str, Any]) -> Clean:
    problems = Problems()
    clean = fields({"dataset_number": "1", **raw}, 1, problems)
    problems.check()
    return clean


def stored(columns: dict[str, Any]) -> Stored:
    return Stored(1, columns["head"], columns["file_list"], columns["skims"])


def bare(dataset: dict[str, Any]) -> dict[str, Any]:
    """A dataset's fields, its skims as they were uploaded."""
    found = {name: value for name, value in dataset.items() if name != "release"}
    names = ("skim_type", "file_list", "description")
    found["skims"] = [{name: skim[name] for name in names} for skim in dataset["skims"]]
    return found


@given(st.lists(uploads, min_size=1, max_size=5))
def test_uploads_are_laid_over_each_other_field_by_field(raws):
    ids = SkimIds(1)
    wanted: dict[str, Any] = dict.fromkeys(FIELDS)
    wanted |= {"keywords": [], "file_list": [], "skims": []}
    now: Stored | None = None
    for raw in raws:
        clean = checked(raw)
        if now is not None:
            before = bare(now.fields())
            differing = {each.name for each in changes(now, clean)}
            assert all(before[name] == clean[name] for name in clean.keys() - differing)
        now = stored(row("r", now, clean, ids))
        wanted |= clean
        assert bare(now.fields()) == wanted
        assert changes(now, clean) == []
        assert now.fields()["release"] == {"name": "r"}


@given(uploads)
def test_the_text_that_is_stored_is_the_answer(raw):
    columns = row("r", None, checked(raw), SkimIds(1))
    parts = ['"file_list":' + str(columns["file_list"]), '"skims":' + str(columns["skims"])]
    answer = orjson.loads(",".join([str(columns["head"]), *parts]) + "}")
    assert set(FIELDS) <= set(answer)
    lean = orjson.loads(f'{columns["head"]},"skims":{columns["lean_skims"]}}}')
    assert "file_list" not in lean
    assert [skim["id"] for skim in lean["skims"]] == [skim["id"] for skim in answer["skims"]]
    assert not any("file_list" in skim for skim in lean["skims"])


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, 1.0), (0, False), ("1", 1), (None, "")])
def test_a_field_of_its_own_changes_with_its_type(old, new):
    now = stored(row("r", None, checked({"own": old}), SkimIds(1)))
    (change,) = changes(now, checked({"own": new}))
    assert (change.name, change.old, change.new) == ("own", old, new)


def test_a_skim_of_a_type_keeps_its_id_and_others_get_new_ones():
    ids = SkimIds(7)
    first = stored(row("r", None, checked({"skims": [{"skim_type": t} for t in "ab"]}), ids))
    second = row("r", first, checked({"skims": [{"skim_type": t} for t in "bc"]}), ids)
    found = {skim["skim_type"]: skim["id"] for skim in orjson.loads(str(second["skims"]))}
    assert found == {"b": 8, "c": 9}
    assert NUMBER.name in orjson.loads(str(second["skims"]))[0]
