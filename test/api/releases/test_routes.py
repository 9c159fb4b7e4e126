"""Every route of the open-data releases, on every database."""

import csv
import io
import json
from uuid import uuid4

import pytest

from datagateway_api.releases import entity
from test.support.releases import EXT, ROWS, WRITER, form_of

FIELDS = [*entity.FIELDS]
FIELDS[FIELDS.index("file_list") : FIELDS.index("file_list")] = ["release"]


@pytest.fixture
def name(any_releases):
    """A new release with the three datasets."""
    release = f"r-{uuid4().hex[:8]}"
    assert any_releases.upload(release, ROWS).json == outcome(release, created=3)
    return release


def outcome(release: str, created: int = 0, updated: int = 0, unchanged: int = 0) -> dict:
    return {"release": release, "created": created, "updated": updated, "unchanged": unchanged}


def bare(datasets: list[dict]) -> list[dict]:
    """Datasets without what their release adds."""
    found = json.loads(json.dumps(datasets))
    for dataset in found:
        dataset.pop("release")
        for skim in dataset["skims"]:
            assert skim.pop("id")
            skim.pop("release_name")
    return found


def test_a_dataset_is_answered_with_every_field(any_releases, name):
    first, second, third = any_releases.json("/datasets", release_name=name)
    assert list(first) == FIELDS
    assert first["dataset_number"] == "301204"
    assert first["sumOfWeightsSquared"] == 1e300
    assert first["description"] == "A Z' — heavy, neutral"
    assert first["release"] == {"name": name}
    assert first["skims"] == [
        {"id": 1, **ROWS[0]["skims"][0], "dataset_number": "301204", "release_name": name}
    ]
    assert second["campaign"] == {"name": "mc20a", "year": 2020}
    assert (second["file_list"], second["skims"], second["nEvents"]) == ([], [], None)
    assert (third["dataset_number"], third["keywords"]) == ("data", [])


def test_uploading_again_changes_nothing(any_releases, name):
    before = any_releases.get("/datasets", release_name=name)
    history = any_releases.json(f"/releases/{name}/history")
    assert any_releases.upload(name, ROWS).json == outcome(name, unchanged=3)
    after = any_releases.get("/datasets", release_name=name)
    assert after.data == before.data
    assert after.headers["ETag"] == before.headers["ETag"]
    assert any_releases.json(f"/releases/{name}/history") == history


def test_fields_absent_from_an_upload_keep_their_value(any_releases, name):
    rows = [{"dataset_number": "301204", "kFactor": 2.5}, {"dataset_number": 5, "process": "x"}]
    assert any_releases.upload(name, rows).json == outcome(name, created=1, updated=1)
    found = any_releases.json(f"/metadata/{name}/301204")
    assert (found["kFactor"], found["nEvents"], found["skims"][0]["id"]) == (2.5, 100, 1)
    assert len(any_releases.json("/datasets", release_name=name)) == 4


def test_the_order_of_keys_is_no_change_and_another_kind_of_number_is(any_releases, name):
    def upload(value: object) -> object:
        row = {"dataset_number": "data", "own": value}
        return any_releases.upload(name, [row]).json

    assert upload({"a": 1, "b": [2]}) == outcome(name, updated=1)
    assert upload({"b": [2], "a": 1}) == outcome(name, unchanged=1)
    assert upload({"a": 1.0, "b": [2]}) == outcome(name, updated=1)


def test_a_skim_keeps_its_id(any_releases, name):
    skims = [{"skim_type": "GamGam", "file_list": []}, {"skim_type": "exactly4lep"}]
    any_releases.upload(name, [{"dataset_number": 301204, "skims": skims}])
    found = any_releases.json(f"/metadata/{name}/301204")["skims"]
    assert [(skim["skim_type"], skim["id"]) for skim in found] == [
        ("GamGam", 2),
        ("exactly4lep", 1),
    ]
    assert found[1]["description"] is None


def test_old_names_of_fields_are_accepted(any_releases, name):
    rows = [{"dataset_number": "9", "crossSection_pb": 3, "e-tag": "e1"}]
    any_releases.upload(name, rows)
    found = any_releases.json(f"/metadata/{name}/9")
    assert (found["cross_section_pb"], found["e_tag"]) == (3.0, "e1")
    assert "crossSection_pb" not in found


def test_an_object_with_datasets_says_more_of_its_release(any_releases, name):
    body = {"description": "All of it", "doi": "10.7483/X", "datasets": []}
    assert any_releases.upload(name, body).status_code == 200
    found = any_releases.json(f"/releases/{name}")
    assert (found["description"], found["doi"], found["dataset_count"]) == (
        "All of it",
        "10.7483/X",
        3,
    )
    any_releases.upload(name, [], description="Some of it")
    assert any_releases.json(f"/releases/{name}")["description"] == "Some of it"


def test_all_releases_are_listed_with_their_counts(any_releases, name):
    found = {each["name"]: each for each in any_releases.json("/releases")}
    assert found[name]["dataset_count"] == 3
    assert found[name]["state"] == "draft"
    assert found[name]["created_by"] == f"simple/{WRITER}"
    assert list(found) == sorted(found)


def test_one_release_comes_with_its_datasets(any_releases, name):
    found = any_releases.json(f"/releases/{name}")
    assert found["datasets"] == any_releases.json("/datasets", release_name=name)


def test_lean_datasets_have_no_lists_of_files(any_releases, name):
    whole = any_releases.json("/datasets", release_name=name)
    lean = any_releases.json("/datasets/lean", release_name=name)
    for dataset in whole:
        del dataset["file_list"]
        for skim in dataset["skims"]:
            del skim["file_list"]
    assert lean == whole


def test_datasets_are_counted(any_releases, name):
    assert any_releases.json("/datasets/count", release_name=name) == {"count": 3}
    total = sum(each["dataset_count"] for each in any_releases.json("/releases"))
    assert any_releases.json("/datasets/count") == {"count": total}


@pytest.mark.parametrize(
    "key", ["301204", "Pythia8_Zprime_tt", "pythia8_zprime_tt", "PYTHIA8_ZPRIME_TT", "301204/"]
)
def test_metadata_is_found_by_number_and_by_name_in_any_case(any_releases, name, key):
    assert any_releases.json(f"/metadata/{name}/{key}")["dataset_number"] == "301204"


def test_an_exact_number_goes_before_all_else(any_releases, name):
    any_releases.upload(name, [
        {"dataset_number": "A1", "physics_short": "other"},
        {"dataset_number": "a1", "physics_short": "another"},
        {"dataset_number": "b", "physics_short": "A1"},
    ])  # fmt: skip
    assert any_releases.json(f"/metadata/{name}/A1")["dataset_number"] == "A1"
    assert any_releases.json(f"/metadata/{name}/a1")["dataset_number"] == "a1"
    assert any_releases.json(f"/metadata/{name}/DATA")["dataset_number"] == "data"


@pytest.mark.parametrize(
    "path",
    [
        "/metadata/{}/nothing",
        "/metadata/nothing/301204",
        "/releases/nothing",
        "/releases/nothing/export",
        "/releases/nothing/history",
        "/datasets?release_name=nothing",
        "/datasets/lean?release_name=nothing",
        "/datasets/count?release_name=nothing",
        "/weights/dsid/1",
        "/weights/dsid/301204/tag/none",
        "/weights/dsid/%00",
        "/weights/dsid/301204/tag/%00",
        "/metadata/{}/%00",
        "/metadata/{}/%FF",
        "/metadata/%00/data",
        "/releases/%00",
        "/releases/%00/export",
        "/releases/%00/history",
        "/datasets?release_name=%00",
        "/datasets/count?release_name=%C3%A9",
        "/nothing",
        "/metadata/{}/a/b",
    ],
)
def test_what_is_missing_is_404(any_releases, name, path):
    assert any_releases.get(path.format(name)).status_code == 404


def test_one_dataset_is_corrected(any_releases, name):
    body = {"updates": {"kFactor": "2", "keywords": ["a"], "crossSection_pb": 1, "own": [1]}}
    response = any_releases.patch(f"/release/update/{name}/301204", body)
    fields = ["kFactor", "keywords", "cross_section_pb", "own"]
    assert response.json["updated"] == 1
    assert set(response.json["fields"]) == set(fields)
    found = any_releases.json(f"/metadata/{name}/301204")
    assert [found[field] for field in fields] == [2.0, ["a"], 1.0, [1]]
    assert found["nEvents"] == 100


def test_several_datasets_are_corrected(any_releases, name):
    items = [
        {"dataset_number": 301204, "updates": {"kFactor": 3}},
        {"dataset_number": "absent", "updates": {"kFactor": 3}},
        {"dataset_number": "data", "updates": {"process": None}},
    ]
    response = any_releases.patch(f"/release/update/{name}", {"datasets": items})
    assert response.json == {"updated": 2, "not_found": ["absent"]}
    assert any_releases.json(f"/metadata/{name}/301204")["kFactor"] == 3.0


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("nothing/301204", {"updates": {"kFactor": 1}}, 404),
        ("{}/nothing", {"updates": {"kFactor": 1}}, 404),
        ("nothing", {"datasets": []}, 404),
        ("{}/301204", {"kFactor": 1}, 422),
        ("{}/301204", {"updates": {}}, 422),
        ("{}/301204", {"updates": []}, 422),
        ("{}/301204", [], 422),
        ("{}/301204", {"updates": {"kFactor": "a"}}, 422),
        ("{}/301204", {"updates": {"kFactor": 1}, "more": 1}, 422),
        ("{}/301204", {"updates": {"dataset_number": "2"}}, 422),
        ("{}/301204", {"updates": {"release": {"name": "other"}}}, 422),
        ("{}/%00", {"updates": {"kFactor": 1}}, 404),
        ("%00", {"datasets": []}, 404),
        ("{}", {"updates": {"kFactor": 1}}, 422),
        ("{}", {"datasets": [{"dataset_number": "1"}]}, 422),
        ("{}", {"datasets": [{"updates": {"kFactor": 1}}]}, 422),
        ("{}", {"datasets": [5]}, 422),
        ("{}", {"datasets": [{"dataset_number": "1", "updates": {"nEvents": 1.5}}]}, 422),
        ("{}", {"datasets": [{"dataset_number": "data", "updates": {"nEvents": 1}}] * 2}, 422),
    ],
)
def test_a_correction_of_an_unknown_form_is_refused(any_releases, name, path, body, status):
    before = any_releases.get("/datasets", release_name=name).data
    response = any_releases.patch("/release/update/" + path.format(name), body)
    assert response.status_code == status
    if status == 422:
        assert response.json["details"]
    assert any_releases.get("/datasets", release_name=name).data == before


def test_a_correction_with_one_bad_row_changes_none(any_releases, name):
    items = [
        {"dataset_number": 301204, "updates": {"kFactor": 9}},
        {"dataset_number": "data", "updates": {"nEvents": "many", "kFactor": "x"}},
    ]
    response = any_releases.patch(f"/release/update/{name}", {"datasets": items})
    places = {(each["row"], each["field"]) for each in response.json["details"]}
    assert places == {(2, "nEvents"), (2, "kFactor")}
    assert any_releases.json(f"/metadata/{name}/301204")["kFactor"] == 1.25


@pytest.mark.parametrize("form", ["json", "ndjson", "csv"])
def test_an_export_can_be_uploaded_again(any_releases, name, form):
    any_releases.patch(f"/release/update/{name}/data", {"updates": {
        "own text": "5", "own number": 5.0, "own flag": True, "own list": ["a", None],
        'own "odd",\nname;\u2028': 1,
        "own quotes": '"', "own empty": "", "own nothing": None, "own version": "2.10",
        "process": 'a,"b";c\nd', "keywords": ["a;b", "c,d", "'"],
    }})  # fmt: skip
    export = any_releases.get(f"/releases/{name}/export", format=form)
    assert f'filename="{name}.{form}"' in export.headers["Content-Disposition"]
    assert any_releases.upload(name, export.data, f"x.{form}").json == outcome(name, unchanged=3)
    copy = f"copy-{uuid4().hex[:8]}"
    assert any_releases.upload(copy, export.data, f"x.{form}").json == outcome(copy, created=3)
    one, other = (bare(any_releases.json("/datasets", release_name=r)) for r in (name, copy))
    assert one == other


def test_a_csv_export_has_a_column_for_each_field(any_releases, name):
    text = any_releases.get(f"/releases/{name}/export", format="csv").text
    header, *rows = csv.reader(io.StringIO(text))
    assert header == [*(f for f in FIELDS if f != "release"), "campaign"]
    assert [row[0] for row in rows] == ["301204", "410470", "data"]


def test_an_unknown_format_is_refused(any_releases, name):
    assert any_releases.get(f"/releases/{name}/export", format="xml").status_code == 400


def test_a_published_release_refuses_changes(any_releases, name):
    assert any_releases.put(f"/weights/{name}", {}).status_code == 200
    assert any_releases.post(f"/releases/{name}/publish").json["state"] == "published"
    assert any_releases.post(f"/releases/{name}/publish").json["state"] == "published"
    change = {"updates": {"kFactor": 7}}
    refused = [
        any_releases.upload(name, ROWS),
        any_releases.patch(f"/release/update/{name}/data", change),
        any_releases.patch(f"/release/update/{name}", {"datasets": []}),
        any_releases.put(f"/weights/{name}", {}),
        any_releases.delete(f"/releases/{name}"),
    ]
    assert [response.status_code for response in refused] == [409] * 5
    assert refused[0].json["code"] == "conflict"
    forced = any_releases.patch(f"/release/update/{name}/data", change, "?force=true")
    assert forced.status_code == 200
    newest, *_ = any_releases.json(f"/releases/{name}/history")
    assert (newest["field"], newest["to"], newest["forced"]) == ("kFactor", 7.0, True)
    assert any_releases.upload(name, ROWS, query="?force=maybe").status_code == 400


def test_a_draft_can_be_deleted_and_leaves_its_history(any_releases, name):
    any_releases.put(f"/weights/{name}", {"301204": {"e1": ["n"]}})
    response = any_releases.delete(f"/releases/{name}")
    assert (response.status_code, response.data) == (204, b"")
    assert any_releases.get(f"/releases/{name}").status_code == 404
    assert any_releases.delete(f"/releases/{name}").status_code == 404
    newest, *_ = any_releases.json(f"/releases/{name}/history")
    assert (newest["action"], newest["to"]) == ("delete", {"datasets": 3})
    assert any_releases.upload(name, ROWS).json == outcome(name, created=3)


def test_history_tells_who_changed_what(any_releases, name):
    any_releases.upload(name, [{"dataset_number": "data", "keywords": ["k"], "nEvents": 5}])
    response = any_releases.get(f"/releases/{name}/history", limit=3)
    upload, *changes = response.json
    assert (upload["action"], upload["to"]) == ("upload", {"created": 0, "updated": 1})
    found = {c["field"]: (c["dataset_number"], c["from"], c["to"], c["by"]) for c in changes}
    by = f"simple/{WRITER}"
    assert found == {"nEvents": ("data", None, 5, by), "keywords": ("data", [], ["k"], by)}
    assert response.headers["X-Total-Count"] == "5"
    rest = any_releases.json(f"/releases/{name}/history", skip=3)
    assert [each["action"] for each in rest] == ["upload", "create"]


def test_weights_are_served_as_the_client_expects(any_releases, name):
    number = str(uuid4().int % 10**9)
    body = {number: {"e3723": ["nominal", "muR=0.5,muF=1.0"], "e1": []}, "410470": {"e2": ["n"]}}
    assert any_releases.put(f"/weights/{name}", body).json == outcome(name, created=3)
    assert any_releases.put(f"/weights/{name}", body).json == outcome(name, unchanged=3)
    assert any_releases.json(f"/weights/dsid/{number}") == {"weights": body[number]}
    assert any_releases.json(f"/weights/dsid/{number}/tag/e3723") == body[number]["e3723"]
    assert any_releases.json(f"/weights/dsids/{number},77")[number] == body[number]
    body[number]["e1"] = ["x"]
    assert any_releases.put(f"/weights/{name}", body).json == outcome(name, updated=1, unchanged=2)
    assert any_releases.json(f"/weights/dsid/{number}/tag/e1") == ["x"]


@pytest.mark.parametrize(
    "body",
    [[], {"1": []}, {"1": {"e": "n"}}, {"1": {"e": [1]}}, {"../1": {"e": []}}, {"1": {"": []}}],
)
def test_malformed_weights_are_refused(any_releases, name, body):
    response = any_releases.put(f"/weights/{name}", body)
    assert (response.status_code, bool(response.json["details"])) == (422, True)


@pytest.mark.parametrize("text", ['{"1":{"e":["½"]}}', '{"1":{"½":["n"]}}', '{"½":{"e":["n"]}}'])
def test_weights_with_half_of_a_character_are_refused(any_releases, name, text):
    data, kind = form_of(text.replace("½", "\\ud800").encode(), "weights.json", None, {})
    path = f"{EXT}/weights/{name}"
    response = any_releases.client.put(
        path, data=data, content_type=kind, headers=any_releases.headers
    )
    assert (response.status_code, len(response.json["details"])) == (422, 1)


def test_weights_of_an_unknown_release_are_404(any_releases):
    assert any_releases.put("/weights/nothing", {"1": {"e": ["n"]}}).status_code == 404


def test_pages_are_in_order_and_end(any_releases):
    release = f"pages-{uuid4().hex[:8]}"
    numbers = [str(n) for n in range(250)]
    any_releases.upload(release, [{"dataset_number": n} for n in reversed(numbers)])
    pages = [
        any_releases.json("/datasets", release_name=release, skip=s) for s in (0, 100, 200, 300)
    ]
    assert [len(page) for page in pages] == [100, 100, 50, 0]
    found = [dataset["dataset_number"] for page in pages for dataset in page]
    assert found == sorted(numbers)


@pytest.mark.parametrize("limit", ["5001", "-1", "x", "1.5"])
def test_a_limit_beyond_the_bounds_is_refused(any_releases, limit):
    response = any_releases.get("/datasets", limit=limit)
    assert (response.status_code, response.json["code"]) == (400, "bad_filter")


@pytest.mark.parametrize(
    "path", ["/datasets?distinct=process", "/datasets/count?group_by=process", "/releases?a=b"]
)
def test_an_unknown_parameter_is_refused(any_releases, path):
    assert any_releases.get(path).status_code == 400


def test_a_release_can_hold_any_characters(any_releases, name):
    text = "Ω 玻璃 𝔘𝔫𝔦 'quoted' \"twice\" \\ % _ \x7f \u2028"
    row = {"dataset_number": "u", "process": text, "keywords": [text], text: {text: text}}
    assert any_releases.upload(name, [row]).status_code == 200
    found = any_releases.json(f"/metadata/{name}/u")
    assert (found["process"], found["keywords"], found[text]) == (text, [text], {text: text})
    where = {"keywords": {"contains": text}}
    assert len(any_releases.json("/datasets", release_name=name, where=where)) == 1


def test_the_page_and_the_document_are_served(any_releases):
    assert any_releases.client.get(EXT).mimetype == "text/html"
    assert any_releases.client.get(f"{EXT}/openapi.json").json["info"]["title"]


def test_a_dataset_has_a_largest_size_however_it_grows(any_releases, name):
    address = "root://x/" + "y" * 1000
    files = [address] * 3500
    updates = [{"file_list": files}, {"skims": [{"skim_type": "a", "file_list": files}]}]
    answers = [
        any_releases.patch(f"/release/update/{name}/data", {"updates": each}) for each in updates
    ]
    assert [answer.status_code for answer in answers] == [200, 422]
    assert "the dataset data would have" in answers[1].json["message"]
    found = any_releases.json(f"/metadata/{name}/data")
    assert (found["file_list"], found["skims"]) == (files, [])
