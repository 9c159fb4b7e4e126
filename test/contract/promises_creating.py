"""What every backend promises about creating objects."""

from datetime import datetime, timedelta

import pytest

from datagateway_api.core import dates
from datagateway_api.core.errors import AlreadyExists, BadRequest
from datagateway_api.core.query.model import Asked
from test.contract.writing import Body, Writing, fresh, refused

TEXTS = (
    "it's",
    "children''s",
    "'; DROP TABLE KEYWORD; --",
    "back\\slash \\' \\n",
    '"quoted" | pipe * star [bracket] ? %s %(name)s :name ${x} {0}',
    "tab\tnew line\ncarriage\rreturn \u0001 \u001f \u007f",
    "Grüße, \N{SNOWMAN} 中文 \N{GRINNING FACE} e\u0301",
    "\u200b\ufeff\u2028",
    " spaces before and after ",
    "",
    "2020-01-01",
    "5",
    "null",
    "o.name",
    "UPPER",
)
RELATION_FORMS: tuple[dict[str, object], ...] = (
    {"investigation": 1},
    {"investigation": "1"},
    {"investigation": {"id": 1}},
    {"investigation": {"id": "1"}},
    {"investigationID": 1},
    {"investigationId": 1},
    {"investigationID": {"id": 1}},
)
DATES = (
    ("2020-02-29", "2020-02-29 00:00:00+00:00"),
    ("2020-02-29 12:30:15", "2020-02-29 12:30:15+00:00"),
    ("2020-02-29T12:30:15Z", "2020-02-29 12:30:15+00:00"),
    ("2020-02-29 12:30:15.25+00:00", "2020-02-29 12:30:15.250000+00:00"),
    ("2020-02-29T23:30:00-05:30", "2020-03-01 05:00:00+00:00"),
    ("0001-01-01", "0001-01-01 00:00:00+00:00"),
    ("9999-12-31T23:59:59", "9999-12-31 23:59:59+00:00"),
)
LARGEST = 2**63 - 1


class CreatingPromises:
    """Section 4 of the specification, `POST`."""

    def test_a_created_object_is_answered_as_it_is_read(self, write: Writing):
        created = write.create("Keyword", {"name": fresh(), "investigation": 1})
        assert created == write.get("Keyword", created["id"])

    def test_the_user_and_the_moment_are_noted(self, write: Writing, other):
        before = dates.now() - timedelta(seconds=1)
        created = write.create("Keyword", {"name": fresh(), "investigation": 1}, other)
        assert created["createId"] == created["modId"] == other.user_name
        assert created["createTime"] == created["modTime"]
        moment = datetime.fromisoformat(created["createTime"]).replace(tzinfo=None)
        assert before <= moment <= dates.now() + timedelta(seconds=1)

    def test_a_list_is_answered_in_its_order(self, write: Writing):
        names = [fresh(start) for start in "zamb"]
        created = write.create("Keyword", [{"name": n, "investigation": 1} for n in names])
        assert [row["name"] for row in created] == names
        ids = [row["id"] for row in created]
        assert ids == sorted(set(ids))

    def test_an_empty_list_creates_nothing(self, write: Writing):
        before = write.total("Keyword")
        assert write.create("Keyword", []) == []
        assert write.total("Keyword") == before

    @pytest.mark.parametrize("form", RELATION_FORMS, ids=str)
    def test_a_relation_is_given_by_the_id_of_its_target(self, write: Writing, form):
        created = write.create("Keyword", {"name": fresh(), **form})
        assert write.related("Keyword", created["id"], "investigation")["id"] == 1

    @pytest.mark.parametrize("form", [{}, {"sample": None}, {"sampleID": None}], ids=str)
    def test_an_optional_relation_may_be_absent_or_null(self, write: Writing, form):
        created = write.dataset(**form)
        assert write.related("Dataset", created["id"], "sample") is None

    def test_what_is_left_out_is_null_but_for_icats_defaults(self, write: Writing):
        created = write.dataset(datafiles=[{"name": "a"}])
        given = {"id", "createId", "createTime", "modId", "modTime", "name", "datafiles"}
        defaults = {"complete": False, "fileSize": 0, "fileCount": 1}
        assert {k: v for k, v in created.items() if k not in given and v is not None} == defaults
        assert created["datafiles"][0]["fileSize"] == 0
        type_ = write.get("ParameterType", write.parameter_type())
        flags = {name: value for name, value in type_.items() if isinstance(value, bool)}
        assert flags == {name: name == "applicableToDataset" for name in flags}
        assert len(flags) == 7

    @pytest.mark.parametrize("text", TEXTS)
    def test_a_text_is_kept_as_it_is(self, write: Writing, text):
        created = write.create("Study", {"name": "any", "description": text})
        assert created["description"] == text
        assert write.get("Study", created["id"])["description"] == text

    @pytest.mark.parametrize("char", ["a", "ü", "\N{GRINNING FACE}", "'"])
    def test_a_text_may_be_as_long_as_its_column_in_characters(self, write: Writing, char):
        for field, length in (("name", 255), ("description", 4000)):
            body = {"name": "any", field: char * length}
            assert write.create("Study", body)[field] == char * length
            body[field] += char
            reason = f"has {length + 1} characters, {length} are allowed"
            assert refused(BadRequest, write.create, "Study", body).details == [("", field, reason)]

    @pytest.mark.parametrize("number", [0, -1, LARGEST, -LARGEST - 1, 2**53 + 1])
    def test_a_long_keeps_all_its_bits(self, write: Writing, number):
        # Sums have 64 bits too, so the file is the only one there.
        created = write.dataset(datafiles=[{"name": "a", "fileSize": number}])
        assert created["datafiles"][0]["fileSize"] == created["fileSize"] == number

    @pytest.mark.parametrize("number", [2**31 - 1, -(2**31), 0])
    def test_an_integer_has_32_bits(self, write: Writing, number):
        body = {"name": fresh(), "daysUntilRelease": number}
        assert write.create("Facility", body)["daysUntilRelease"] == number

    @pytest.mark.parametrize("number", [0.1, -273.15, 1e300, 2.2250738585072014e-308, 3, 1e22])
    def test_a_double_keeps_all_its_digits(self, write: Writing, number):
        type_ = write.parameter_type()
        created = write.dataset(parameters=[{"type": type_, "numericValue": number}])
        assert created["parameters"][0]["numericValue"] == number

    @pytest.mark.parametrize(("given", "answered"), DATES)
    def test_a_date_is_read_in_any_form_and_answered_in_utc(self, write: Writing, given, answered):
        assert write.create("Study", {"name": "any", "startDate": given})["startDate"] == answered

    @pytest.mark.parametrize("given", ["STRING", "string", "String"])
    def test_an_enum_is_given_by_its_name(self, write: Writing, given):
        id_ = write.parameter_type(valueType=given)
        assert write.get("ParameterType", id_)["valueType"] == "STRING"

    @pytest.mark.parametrize(("given", "flag"), [(True, True), ("true", True), (0, False)])
    def test_a_flag_is_read_as_in_a_condition(self, write: Writing, given, flag):
        assert write.dataset(complete=given)["complete"] is flag

    def test_children_of_any_depth_are_created_and_answered(self, write: Writing):
        parameter = {"type": write.parameter_type(applicableToDatafile=True), "numericValue": 1}
        created = write.investigation(
            datasets=[
                {"name": "d1", "type": 1, "datafiles": [{"name": "b"}, {"name": "a"}]},
                {"name": "d2", "type": 1, "datafiles": [{"name": "a", "parameters": [parameter]}]},
            ],
            keywords=[{"name": "z"}, {"name": "a"}],
        )
        names = [[file["name"] for file in each["datafiles"]] for each in created["datasets"]]
        assert names == [["b", "a"], ["a"]]
        assert [each["name"] for each in created["keywords"]] == ["z", "a"]
        assert created["datasets"][1]["datafiles"][0]["parameters"][0]["numericValue"] == 1
        includes = ({"datasets": {"datafiles": "parameters"}}, "keywords")
        assert created == write.get("Investigation", created["id"], Asked(include=includes))

    def test_a_relation_that_only_some_objects_name_is_empty_for_the_others(self, write: Writing):
        given: tuple[Body, ...] = ({"datafiles": [{"name": "a"}]}, {"parameters": []}, {})
        bodies = [{"name": fresh(), "investigation": 1, "type": 1, **more} for more in given]
        created = write.create("Dataset", bodies)
        assert [len(each["datafiles"]) for each in created] == [1, 0, 0]
        assert [each["parameters"] for each in created] == [[], [], []]

    def test_a_child_may_name_other_relations_of_its_own(self, write: Writing):
        own = write.investigation()
        sample = {"name": fresh(), "investigation": own["id"]}
        below = {"name": "d", "type": 1, "investigation": own["id"]}
        created = write.create("Sample", sample | {"datasets": [below]})
        id_ = created["datasets"][0]["id"]
        assert write.related("Dataset", id_, "sample")["id"] == created["id"]
        assert write.related("Dataset", id_, "investigation")["id"] == own["id"]

    def test_sizes_are_summed_up_to_the_investigation(self, write: Writing):
        files = [{"name": "a", "fileSize": 7}, {"name": "b", "fileSize": 2**40}, {"name": "c"}]
        created = write.investigation(datasets=[{"name": "d", "type": 1, "datafiles": files}])
        for entity, id_ in (
            ("Dataset", created["datasets"][0]["id"]),
            ("Investigation", created["id"]),
        ):
            row = write.get(entity, id_)
            assert (row["fileSize"], row["fileCount"]) == (2**40 + 7, 3)
        assert (created["fileSize"], created["datasets"][0]["fileCount"]) == (2**40 + 7, 3)

    def test_a_bad_item_keeps_the_whole_list_from_being_created(self, write: Writing):
        bad = ({"investigation": 10**9, "name": "x"}, {"investigation": 1, "name": "iron"})
        for item in bad:
            before = write.total("Keyword")
            good = [{"investigation": 1, "name": fresh()} for _ in range(3)]
            with pytest.raises(BadRequest, match=r"\[3\]"):
                write.create("Keyword", [*good, item])
            assert write.total("Keyword") == before

    def test_a_bad_child_keeps_everything_above_it_from_being_created(self, write: Writing):
        before = write.total("Investigation", "Dataset", "Datafile")
        files = [{"name": "a"}, {"name": "b", "datafileFormat": 10**9}]
        place = "datasets[0].datafiles[1]"
        found = refused(
            BadRequest,
            lambda: write.investigation(
                datasets=[{"name": "d", "type": 1, "datafiles": files}], keywords=[{"name": "k"}]
            ),
        )
        reason = "there is no DatafileFormat with id 1000000000"
        assert found.details == [(place, "datafileFormat", reason)]
        assert found.message == f"{place} datafileFormat: {reason}"
        assert write.total("Investigation", "Dataset", "Datafile") == before

    def test_all_that_is_wrong_is_told_at_once(self, write: Writing):
        body = [
            {"name": "x" * 256, "nam": 1, "createId": "me", "complete": "maybe"},
            {"name": None, "investigation": {}, "type": 1, "startDate": "soon"},
            5,
            {"name": 5, "investigation": 1, "type": 1, "datafiles": [{"fileSize": 1.5}, None]},
        ]
        found = refused(BadRequest, write.create, "Dataset", body)
        assert set(found.places) == {
            ("[0]", "name"), ("[0]", "nam"), ("[0]", "createId"), ("[0]", "complete"),
            ("[0]", "investigation"), ("[0]", "type"),
            ("[1]", "name"), ("[1]", "investigation"), ("[1]", "startDate"),
            ("[2]", ""),
            ("[3]", "name"), ("[3].datafiles[0]", "fileSize"), ("[3].datafiles[0]", "name"),
            ("[3].datafiles[1]", ""),
        }  # fmt: skip
        assert found.message.endswith("(and 13 more, see details)")

    def test_every_related_object_that_is_unknown_is_told_at_once(self, write: Writing):
        body = [
            {"name": "a", "investigation": 10**9, "type": 1},
            {"name": "a", "investigation": 1, "type": 10**9, "sample": 10**9 + 1},
        ]
        found = refused(BadRequest, write.create, "Dataset", body)
        assert found.places == [("[0]", "investigation"), ("[1]", "type"), ("[1]", "sample")]

    def test_a_taken_key_is_named_with_its_values(self, write: Writing):
        name = fresh("it's ü")
        write.create("Keyword", {"name": name, "investigation": 1})
        found = refused(AlreadyExists, write.create, "Keyword", {"name": name, "investigation": 1})
        reason = f'Keyword exists with name = "{name}", investigation = 1'
        assert found.details == [("", "name, investigation", reason)]
        assert found.message == reason

    def test_every_taken_key_of_a_list_is_named(self, write: Writing):
        names = [fresh() for _ in range(30)]
        taken = {3, 4, 17, 29}
        write.create("Keyword", [{"name": names[n], "investigation": 1} for n in taken])
        body = [{"name": name, "investigation": 1} for name in names]
        found = refused(AlreadyExists, write.create, "Keyword", body)
        assert [place for place, _ in found.places] == [f"[{number}]" for number in sorted(taken)]

    def test_a_key_with_dates_is_named(self, write: Writing):
        own = write.investigation()["id"]
        shift = {"investigation": own, "startDate": "2020-01-01", "endDate": "2020-01-02 12:00"}
        write.create("Shift", shift)
        found = refused(AlreadyExists, write.create, "Shift", shift)
        assert "startDate = 2020-01-01 00:00:00+00:00" in found.message
        assert write.create("Shift", shift | {"endDate": "2020-01-03"})

    def test_a_key_taken_within_the_request_names_both_items(self, write: Writing):
        one, other = ({"name": fresh(), "investigation": 1} for _ in "ab")
        found = refused(AlreadyExists, write.create, "Keyword", [one, other, one])
        reason = "Keyword has the same unique key as [0]"
        assert found.details == [("[2]", "name, investigation", reason)]

    def test_children_of_one_object_may_not_share_a_key_but_those_of_two_may(self, write: Writing):
        with pytest.raises(AlreadyExists, match=r"keywords\[1\].* as keywords\[0\]"):
            write.investigation(keywords=[{"name": "same"}, {"name": "same"}])
        bodies = [
            {"name": fresh(), "visitId": "1", "title": "t", "facility": 1, "type": 1}
            | {"keywords": [{"name": "same"}]}
            for _ in "ab"
        ]
        assert len(write.create("Investigation", bodies)) == 2

    def test_children_of_two_objects_may_not_share_a_key_without_those(self, write: Writing):
        publication = {"pid": fresh(), "title": "t", "facility": 1}
        bodies = [{"dataPublications": [publication]}, {"dataPublications": [publication]}]
        before = write.total("DataCollection")
        found = refused(AlreadyExists, write.create, "DataCollection", bodies)
        place = "dataPublications[0]"
        assert found.places == [(f"[1].{place}", "facility, pid")]
        assert f"[0].{place}" in found.message
        assert write.total("DataCollection") == before

    def test_the_taken_key_of_a_child_is_named(self, write: Writing):
        publication: Body = {"pid": fresh(), "title": "t", "facility": 1}
        body = {"dataPublications": [{"pid": fresh(), "title": "t", "facility": 1}, publication]}
        write.create("DataPublication", publication | {"content": 1})
        found = refused(AlreadyExists, write.create, "DataCollection", body)
        assert found.places == [("dataPublications[1]", "facility, pid")]
        assert publication["pid"] in found.message
