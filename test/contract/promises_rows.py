"""What every backend promises about the rows it returns."""

import itertools
import json

import pytest

from datagateway_api.core.errors import NotFound
from datagateway_api.core.query.model import Asked
from test.contract.asking import Asking, text, where
from test.contract.reference import small_catalogue, wire_text

BY_START = [4, 3, 1, 6, 2, 5]
"""Investigations by start: one has none, two began at the same moment."""


class RowPromises:
    """Section 3 of the specification, but for the conditions."""

    def test_a_row_has_every_attribute_and_no_foreign_key(self, ask: Asking):
        for entity in ask.backend.schema().entities.values():
            for row in ask.rows(entity.name):
                assert sorted(row) == sorted(entity.fields)

    def test_every_value_comes_in_the_form_of_its_type(self, ask: Asking):
        world = small_catalogue(ask.backend.schema())
        for name, rows in world.rows.items():
            fields = ask.entity(name).fields.values()
            wanted = [{f.name: _json(f, row[f.name]) for f in fields} for row in rows.values()]
            assert ask.rows(name) == wanted

    def test_json_is_compact(self, ask: Asking):
        body = text(ask.answer("Facility", Asked(fields=("name", "daysUntilRelease"))))
        assert body == '[{"id":1,"daysUntilRelease":null,"name":"LILS"}]'

    def test_a_list_without_order_is_by_id(self, ask: Asking):
        assert ask.ids("Investigation") == [1, 2, 3, 4, 5, 6]

    def test_a_list_of_nothing_is_empty(self, ask: Asking):
        assert ask.rows("Job") == []

    def test_nulls_come_first_when_ascending_and_ties_by_id(self, ask: Asking):
        assert ask.ids("Investigation", Asked(order=("startDate",))) == BY_START
        assert ask.ids("Investigation", Asked(order=("startDate asc", "id desc"))) == [
            4, 3, 6, 1, 2, 5,
        ]  # fmt: skip

    def test_nulls_come_last_when_descending_and_ties_by_id(self, ask: Asking):
        assert ask.ids("Investigation", Asked(order=("startDate desc",))) == [5, 2, 1, 6, 3, 4]

    @pytest.mark.parametrize("limit", [None, 3, 10])
    def test_null_is_smaller_than_zero_and_than_an_empty_text(self, ask: Asking, limit):
        for order, wanted in (
            ("fileSize", [4, 3, 1, 2]),
            ("fileSize desc", [2, 1, 3, 4]),
            ("datafileFormat.version", [2, 3, 4, 1]),
        ):
            assert ask.ids("Datafile", Asked(order=(order,), limit=limit)) == wanted[:limit]

    def test_keys_are_used_in_their_order(self, ask: Asking):
        assert ask.ids("Dataset", Asked(order=("name desc", "id desc"))) == [2, 3, 1]
        assert ask.ids("Dataset", Asked(order=("type.name", "id desc"))) == [2, 3, 1]

    def test_missing_relations_are_sorted_as_nulls_and_never_lost(self, ask: Asking):
        assert ask.ids("Dataset", Asked(order=("sample.type.name", "id"))) == [2, 3, 1]
        assert ask.ids("Dataset", Asked(order=("sample.type.name desc",))) == [1, 2, 3]
        assert ask.ids("Dataset", Asked(order=("sample.id desc",))) == [3, 1, 2]

    def test_through_a_to_many_path_the_smallest_value_counts_when_ascending(self, ask: Asking):
        assert ask.ids("Investigation", Asked(order=("keywords.name",))) == [3, 4, 6, 5, 2, 1]

    def test_through_a_to_many_path_the_largest_value_counts_when_descending(self, ask: Asking):
        order = ("keywords.name desc",)
        assert ask.ids("Investigation", Asked(order=order)) == [1, 5, 2, 3, 4, 6]

    def test_order_may_walk_several_to_many_steps(self, ask: Asking):
        assert ask.ids("Investigation", Asked(order=("datasets.datafiles.fileSize desc",))) == [
            1, 2, 3, 4, 5, 6,
        ]  # fmt: skip
        order = ("investigationUsers.user.name desc", "id desc")
        assert ask.ids("Investigation", Asked(order=order)) == [2, 1, 4, 6, 5, 3]

    def test_order_by_a_relation_is_its_targets_natural_order(self, ask: Asking):
        assert ask.ids("Investigation", Asked(order=("type",))) == [3, 4, 1, 2, 5, 6]

    @pytest.mark.parametrize(
        "order",
        [
            (),
            ("startDate",),
            ("startDate desc",),
            ("type.name",),
            ("keywords.name desc",),
            ("type",),
        ],
    )
    @pytest.mark.parametrize("size", [1, 2, 4])
    def test_pages_never_overlap_and_make_up_the_list(self, ask: Asking, order, size):
        pages = []
        for skip in itertools.count(0, size):
            pages.append(ask.ids("Investigation", Asked(order=order, limit=size, skip=skip)))
            if not pages[-1]:
                break
        assert list(itertools.chain(*pages)) == ask.ids("Investigation", Asked(order=order))
        assert [len(page) for page in pages[:-2]] == [size] * (len(pages) - 2)

    def test_limit_zero_returns_nothing(self, ask: Asking):
        assert ask.rows("Investigation", Asked(limit=0)) == []

    def test_a_limit_or_skip_of_any_size_is_taken(self, ask: Asking):
        most = 2**63 - 1
        assert ask.ids("Investigation", Asked(limit=most)) == [1, 2, 3, 4, 5, 6]
        assert ask.ids("Investigation", Asked(limit=most, skip=4)) == [5, 6]
        assert ask.ids("Investigation", Asked(skip=most)) == []
        assert ask.ids("Investigation", Asked(skip=5)) == [6]

    def test_the_total_ignores_limit_and_skip(self, ask: Asking):
        asked = Asked(where=({"type.id": 1},), limit=1, skip=1, total=True)
        assert ask.answer("Investigation", asked).total == 4
        assert ask.answer("Investigation", Asked(limit=0, total=True)).total == 6
        assert ask.answer("Investigation", Asked()).total is None

    def test_relations_not_asked_for_are_absent(self, ask: Asking):
        row = ask.get("Investigation", 1, Asked(include=("type",)))
        assert set(row) - set(ask.entity("Investigation").fields) == {"type"}
        assert set(row["type"]) == set(ask.entity("InvestigationType").fields)

    def test_a_to_one_relation_is_an_object_or_null(self, ask: Asking):
        rows = ask.rows("Dataset", Asked(include=("sample",)))
        assert [row["sample"] and row["sample"]["name"] for row in rows] == [
            "rod",
            None,
            "untyped",
        ]

    def test_a_to_many_relation_is_an_array_by_id_empty_when_there_is_none(self, ask: Asking):
        rows = ask.rows("Investigation", Asked(include=("keywords",), order=("id desc",)))
        found = {row["id"]: [keyword["id"] for keyword in row["keywords"]] for row in rows}
        assert found == {1: [1, 2], 2: [3], 3: [], 4: [], 5: [4, 5], 6: []}

    def test_includes_nest_and_may_be_plain_and_with_children(self, ask: Asking):
        include = ({"datasets": ["datafiles", {"sample": "type"}]}, "datasets", "type")
        row = ask.get("Investigation", 1, Asked(include=include))
        assert [len(dataset["datafiles"]) for dataset in row["datasets"]] == [2, 1]
        assert row["datasets"][0]["sample"]["type"]["name"] == "metal"
        assert row["datasets"][1]["sample"] is None
        assert row["type"]["name"] == "experiment"

    def test_a_missing_object_has_nothing_below_it(self, ask: Asking):
        rows = ask.rows("Dataset", Asked(include=("sample.type", "sample.parameters")))
        assert rows[1]["sample"] is None
        assert rows[2]["sample"]["type"] is None
        assert rows[2]["sample"]["parameters"] == []

    def test_one_related_object_is_returned_with_each_row_that_leads_to_it(self, ask: Asking):
        rows = ask.rows("InvestigationUser", Asked(include=("user", "investigation.type")))
        assert [row["user"]["id"] for row in rows] == [1, 2, 1, 2, 3]
        assert [row["investigation"]["type"]["id"] for row in rows] == [1, 1, 1, 1, 2]

    def test_an_include_may_lead_back_to_where_it_came_from(self, ask: Asking):
        include = ("datasets.investigation.datasets.type",)
        row = ask.get("Investigation", 2, Asked(include=include))
        inner = row["datasets"][0]["investigation"]
        assert inner["id"] == 2
        assert inner["datasets"][0]["type"]["name"] == "raw"

    def test_every_relation_can_be_included(self, ask: Asking):
        for entity in ask.backend.schema().entities.values():
            asked = Asked(include=tuple(entity.relations))
            for row in ask.rows(entity.name, asked):
                for relation in entity.relations.values():
                    kind = list if relation.is_many else dict | None
                    assert isinstance(row[relation.name], kind)

    def test_fields_returns_those_attributes_and_the_id(self, ask: Asking):
        asked = Asked(fields=("visitId", "name"), limit=1, include=("type",))
        row = ask.rows("Investigation", asked)[0]
        assert row.pop("type")["name"] == "experiment"
        assert row == {"id": 1, "name": "INVESTIGATION 1", "visitId": "1"}

    def test_distinct_returns_unique_rows_of_the_paths_alone(self, ask: Asking):
        found = ask.rows("InvestigationUser", Asked(distinct=("role",)))
        assert found == [{"role": "CI"}, {"role": "PI"}]

    def test_distinct_nests_dotted_paths_that_share_a_relation(self, ask: Asking):
        asked = Asked(distinct=("type.name", "facility.name", "type.id"))
        assert ask.rows("Investigation", asked) == [
            {"type": {"name": "calibration", "id": 2}, "facility": {"name": "LILS"}},
            {"type": {"name": "experiment", "id": 1}, "facility": {"name": "LILS"}},
        ]

    def test_distinct_through_a_to_many_path_has_each_value_once(self, ask: Asking):
        asked = Asked(distinct=("keywords.name",), where=({"keywords.name": {"like": "i%"}},))
        found = [row["keywords"]["name"] for row in ask.rows("Investigation", asked)]
        assert found.count("iron") == 1
        assert {"iron", "ice"} <= set(found)

    def test_distinct_takes_order_limit_skip_and_total(self, ask: Asking):
        asked = Asked(distinct=("name",), order=("name desc",), limit=1, skip=1, total=True)
        rows = ask.answer("Dataset", asked)
        assert json.loads(text(rows)) == [{"name": "DATASET 1"}]
        assert rows.total == 2

    def test_distinct_keeps_a_null_value_once(self, ask: Asking):
        found = ask.rows("Dataset", Asked(distinct=("endDate",)))
        assert found == [{"endDate": None}]

    @pytest.mark.parametrize(
        ("entity", "distinct"),
        [
            ("Dataset", ("name",)),
            ("Dataset", ("id", "name")),
            ("Dataset", ("sample.id",)),
            ("Dataset", ("sample.name", "type.name")),
            ("Investigation", ("keywords.name",)),
            ("Investigation", ("keywords.name", "investigationUsers.role")),
            ("Datafile", ("datafileFormat.id", "dataset.investigation.id")),
        ],
    )
    def test_count_with_distinct_counts_its_rows(self, ask: Asking, entity, distinct):
        asked = Asked(distinct=distinct)
        rows = ask.rows(entity, asked)
        assert len({json.dumps(row, sort_keys=True) for row in rows}) == len(rows)
        assert ask.count(entity, asked) == len(rows)

    def test_count_ignores_order_limit_skip_and_include(self, ask: Asking):
        asked = Asked(
            where=({"type.id": 1},), order=("name",), limit=1, skip=3, include=("datasets",)
        )
        assert ask.count("Investigation", asked) == 4

    def test_groups_come_largest_first_with_their_counts(self, ask: Asking):
        assert ask.groups("Investigation", Asked(group_by=("type.id",))) == [
            {"type": {"id": 1}, "count": 4},
            {"type": {"id": 2}, "count": 2},
        ]

    def test_groups_may_be_of_several_paths_and_of_nulls(self, ask: Asking):
        found = ask.groups("Dataset", Asked(group_by=("sample.name", "type.name")))
        assert found == [
            {"sample": {"name": None}, "type": {"name": "processed"}, "count": 1},
            {"sample": {"name": "rod"}, "type": {"name": "raw"}, "count": 1},
            {"sample": {"name": "untyped"}, "type": {"name": "raw"}, "count": 1},
        ]

    def test_a_group_through_a_to_many_path_counts_an_entity_once(self, ask: Asking):
        asked = Asked(group_by=("investigationUsers.investigation.id",))
        found = {
            row["investigationUsers"]["investigation"]["id"]: row["count"]
            for row in ask.groups("Investigation", asked)
        }
        assert found == {1: 1, 2: 1, 4: 1, None: 3}

    def test_groups_heed_the_conditions(self, ask: Asking):
        asked = Asked(group_by=("type.name",), where=({"keywords.name": "iron"},))
        found = ask.groups("Investigation", asked)
        assert found == [{"type": {"name": "experiment"}, "count": 2}]

    def test_find_one_is_the_first_row_of_the_list(self, ask: Asking):
        for asked in (Asked(order=("startDate desc",)), Asked(skip=2), Asked(include=("type",))):
            assert ask.find_one("Investigation", asked) == ask.rows("Investigation", asked)[0]

    def test_find_one_of_nothing_is_not_found(self, ask: Asking):
        with pytest.raises(NotFound):
            ask.find_one("Investigation", where({"name": "no such name"}))

    def test_get_is_the_row_with_that_id(self, ask: Asking):
        assert ask.get("Investigation", 4) == ask.rows("Investigation")[3]
        asked = Asked(fields=("name",), include=("keywords",))
        row = ask.get("Investigation", 5, asked)
        assert sorted(row) == ["id", "keywords", "name"]

    @pytest.mark.parametrize("id_", [0, 7, 2**31, 2**63 - 1])
    def test_an_unknown_id_is_not_found(self, ask: Asking, id_):
        with pytest.raises(NotFound):
            ask.get("Investigation", id_)


def _json(field, value):
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return wire_text(field, value)
