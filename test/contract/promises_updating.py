"""What every backend promises about changing objects."""

import pytest

from datagateway_api.core.errors import AlreadyExists, BadRequest, NotFound, PreconditionFailed
from test.contract.writing import Writing, moments, refused

META = ("id", "createId", "createTime", "modId", "modTime")
UNKNOWN = 10**9


class UpdatingPromises:
    """Section 4 of the specification, `PATCH`."""

    def test_a_change_touches_what_it_names_and_nothing_else(self, write: Writing):
        before = write.dataset(description="old", startDate="2020-01-01", complete=True)
        after = write.change("Dataset", before["id"], {"description": "it''s new"})
        assert after["description"] == "it''s new"
        same = [name for name in before if name not in ("description", "modId", "modTime")]
        assert {name: after[name] for name in same} == {name: before[name] for name in same}
        assert write.get("Dataset", before["id"]) == after

    def test_every_change_notes_its_user_and_moment(self, write: Writing, other):
        before = write.dataset()
        for body in ({"description": "new"}, {"description": "new"}, {}):
            after = write.change("Dataset", before["id"], body, other)
            assert after["modId"] == other.user_name != before["createId"]
            assert after["modTime"] > before["modTime"]
            assert (after["createId"], after["createTime"]) == (
                before["createId"],
                before["createTime"],
            )

    def test_changes_are_answered_in_their_order(self, write: Writing):
        ids = [write.dataset()["id"] for _ in "abc"]
        order = [ids[2], ids[0], ids[1]]
        body = [{"id": id_, "description": f"number {id_}"} for id_ in order]
        after = write.change_all("Dataset", body)
        assert [row["id"] for row in after] == order
        assert [row["description"] for row in after] == [each["description"] for each in body]

    def test_one_object_with_its_id_is_answered_as_a_list(self, write: Writing):
        id_ = write.dataset()["id"]
        after = write.change_all("Dataset", {"id": str(id_), "location": "there"})
        assert [(row["id"], row["location"]) for row in after] == [(id_, "there")]

    def test_no_changes_are_no_mistake(self, write: Writing):
        assert write.change_all("Dataset", []) == []

    @pytest.mark.parametrize("name", ["sample", "sampleID", "sampleId"])
    def test_a_relation_is_set_moved_and_cleared(self, write: Writing, name):
        own = write.dataset()
        for given, found in ((1, 1), ({"id": 2}, 2), ("1", 1), (None, None)):
            write.change("Dataset", own["id"], {name: given})
            related = write.related("Dataset", own["id"], "sample")
            assert (related and related["id"]) == found

    def test_null_clears_an_optional_attribute(self, write: Writing):
        own = write.dataset(description="old", startDate="2020-01-01")
        after = write.change("Dataset", own["id"], {"description": None, "startDate": None})
        assert (after["description"], after["startDate"]) == (None, None)

    def test_null_is_refused_where_something_is_mandatory(self, write: Writing):
        own = write.dataset()["id"]
        body = {"name": None, "complete": None, "investigation": None, "typeID": None}
        found = refused(BadRequest, write.change, "Dataset", own, body)
        assert found.details == [("", name, "cannot be null") for name in body]

    def test_values_are_converted_as_on_creation(self, write: Writing):
        own = write.create("Study", {"name": "any"})["id"]
        body = {"status": "complete", "startDate": "2020-02-29T12:00:00+02:00"}
        after = write.change("Study", own, body)
        assert (after["status"], after["startDate"]) == ("COMPLETE", "2020-02-29 10:00:00+00:00")

    @pytest.mark.parametrize("name", META)
    def test_what_the_server_sets_is_refused(self, write: Writing, name):
        own = write.dataset()["id"]
        found = refused(BadRequest, write.change, "Dataset", own, {name: 1})
        assert found.details == [("", name, "is set by the server, leave it out")]
        if name != "id":
            found = refused(BadRequest, write.change_all, "Dataset", [{"id": own, name: 1}])
            assert found.places == [("[0]", name)]

    def test_lists_of_other_objects_are_refused(self, write: Writing):
        own = write.dataset()["id"]
        for value in ([], [{"name": "a"}], 1, None):
            found = refused(BadRequest, write.change, "Dataset", own, {"datafiles": value})
            assert found.places == [("", "datafiles")]

    def test_an_unknown_id_is_not_found(self, write: Writing):
        with pytest.raises(NotFound, match=f"no Dataset with id {UNKNOWN}"):
            write.change("Dataset", UNKNOWN, {})
        own = write.dataset(description="old")["id"]
        body = [{"id": own, "description": "new"}, {"id": UNKNOWN, "description": "new"}]
        with pytest.raises(NotFound, match=rf"\[1\]: there is no Dataset with id {UNKNOWN}"):
            write.change_all("Dataset", body)
        assert write.get("Dataset", own)["description"] == "old"

    def test_an_unknown_related_object_changes_nothing(self, write: Writing):
        own = [write.dataset(description="old")["id"] for _ in "ab"]
        body = [{"id": id_, "description": "new"} for id_ in own]
        body[1] |= {"sample": UNKNOWN, "typeID": UNKNOWN}
        found = refused(BadRequest, write.change_all, "Dataset", body)
        assert found.places == [("[1]", "sample"), ("[1]", "type")]
        assert [write.get("Dataset", id_)["description"] for id_ in own] == ["old", "old"]

    def test_every_change_has_a_moment_of_its_own(self, write: Writing):
        own = write.dataset()
        found = [own] + [write.change("Dataset", own["id"], {}) for _ in range(5)]
        assert len(moments(*found)) == len(found)
        assert [row["modTime"] for row in found] == sorted(row["modTime"] for row in found)

    def test_what_is_as_expected_is_changed(self, write: Writing):
        own = write.dataset(description="old")
        after = write.change("Dataset", own["id"], {"description": "new"}, None, moments(own))
        assert after["description"] == "new"
        both = moments(own, after)
        again = write.change("Dataset", own["id"], {"description": "newer"}, None, both)
        assert again["description"] == "newer"

    def test_what_was_changed_by_somebody_else_is_not(self, write: Writing, other):
        own = write.dataset(description="old")
        newer = write.change("Dataset", own["id"], {"description": "theirs"}, other)
        for expected in (moments(own), frozenset()):
            change = {"description": "mine"}
            with pytest.raises(PreconditionFailed, match=f"Dataset {own['id']} is not as"):
                write.change("Dataset", own["id"], change, None, expected)
        assert write.get("Dataset", own["id"]) == newer

    def test_where_one_of_several_was_changed_none_is(self, write: Writing):
        own = [write.dataset(description="old") for _ in "abc"]
        write.change("Dataset", own[1]["id"], {})
        body = [{"id": row["id"], "description": "new"} for row in own]
        found = refused(PreconditionFailed, write.change_all, "Dataset", body, moments(*own))
        assert found.places == [("[1]", "modTime")]
        assert [write.get("Dataset", row["id"])["description"] for row in own] == ["old"] * 3

    def test_an_unknown_id_is_not_found_whatever_is_expected(self, write: Writing):
        refused(NotFound, write.change, "Dataset", UNKNOWN, {}, None, frozenset())

    def test_an_id_may_be_given_once_only(self, write: Writing):
        own = write.dataset()["id"]
        found = refused(BadRequest, write.change_all, "Dataset", [{"id": own}, {"id": str(own)}])
        assert found.details == [("[1]", "id", f"{own} is given more than once")]

    @pytest.mark.parametrize("id_", [None, 0, -1, 1.5, "x", True, 2**63, [1], {"id": 1}])
    def test_an_id_that_can_be_none_is_refused(self, write: Writing, id_):
        found = refused(BadRequest, write.change_all, "Dataset", [{"id": id_}])
        assert found.places == [("[0]", "id")]

    def test_a_taken_key_is_named_with_its_values(self, write: Writing):
        own = write.investigation(keywords=[{"name": "a"}, {"name": "b"}])
        first, second = (each["id"] for each in own["keywords"])
        found = refused(AlreadyExists, write.change, "Keyword", second, {"name": "a"})
        reason = f'Keyword exists with name = "a", investigation = {own["id"]}'
        assert found.details == [("", "name, investigation", reason)]
        body = [{"id": first}, {"id": second, "name": "a"}]
        found = refused(AlreadyExists, write.change_all, "Keyword", body)
        assert found.details == [("[1]", "name, investigation", reason)]
        assert write.get("Keyword", second)["name"] == "b"

    def test_moving_an_object_may_take_a_key_too(self, write: Writing):
        there = write.investigation(keywords=[{"name": "a"}])["id"]
        mine = write.investigation(keywords=[{"name": "a"}])["keywords"][0]["id"]
        found = refused(AlreadyExists, write.change, "Keyword", mine, {"investigation": there})
        assert f"investigation = {there}" in found.message

    def test_an_object_may_keep_its_own_key(self, write: Writing):
        own = write.investigation(keywords=[{"name": "a"}])
        id_ = own["keywords"][0]["id"]
        body = {"name": "a", "investigation": own["id"]}
        assert write.change("Keyword", id_, body)["name"] == "a"

    def test_two_objects_may_not_be_given_one_key(self, write: Writing):
        own = write.investigation(keywords=[{"name": "a"}, {"name": "b"}])
        body = [{"id": each["id"], "name": "same"} for each in own["keywords"]]
        found = refused(AlreadyExists, write.change_all, "Keyword", body)
        reason = "Keyword has the same unique key as [0]"
        assert found.details == [("[1]", "name, investigation", reason)]
        names = [write.get("Keyword", each["id"])["name"] for each in own["keywords"]]
        assert names == ["a", "b"]

    def test_sizes_follow_a_changed_and_a_moved_file(self, write: Writing):
        source = write.dataset(datafiles=[{"name": "a", "fileSize": 5}])
        target = write.dataset()
        file = source["datafiles"][0]["id"]
        write.change("Datafile", file, {"fileSize": 12})
        assert self.sizes(write, source) == [(12, 1), (12, 1)]
        write.change("Datafile", file, {"dataset": target["id"]})
        assert self.sizes(write, source) == [(0, 0), (0, 0)]
        assert self.sizes(write, target) == [(12, 1), (12, 1)]

    def test_sizes_follow_a_moved_dataset(self, write: Writing):
        own = write.dataset(datafiles=[{"name": "a", "fileSize": 5}])
        old, new = write.related("Dataset", own["id"], "investigation"), write.investigation()
        write.change("Dataset", own["id"], {"investigation": new["id"]})
        for investigation, wanted in ((old, (0, 0)), (new, (5, 1))):
            row = write.get("Investigation", investigation["id"])
            assert (row["fileSize"], row["fileCount"]) == wanted
        assert self.sizes(write, own)[0] == (5, 1)

    def sizes(self, write: Writing, dataset) -> list[tuple[int, int]]:
        """Return size and number of the files of a dataset and of its investigation."""
        above = write.related("Dataset", dataset["id"], "investigation")
        rows = write.get("Dataset", dataset["id"]), above
        return [(row["fileSize"], row["fileCount"]) for row in rows]
