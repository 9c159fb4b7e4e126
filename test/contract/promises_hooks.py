"""What every backend promises of ICAT's own rules: for parameters, rules and public steps."""

import pytest

from datagateway_api.core.errors import BadRequest
from test.contract.writing import Body, Writing, refused

SUBJECTS = ("Dataset", "Datafile", "Investigation", "Sample", "DataCollection")
LIMITS = {"minimumNumericValue": -1.5, "maximumNumericValue": 10}
NAMES = ("good", "it's fine")


def limited(write: Writing, **more: object) -> int:
    """Return an enforced type of numbers between -1.5 and 10."""
    return write.parameter_type(enforced=True, **LIMITS, **more)


def chosen(write: Writing, **more: object) -> int:
    """Return an enforced type of a few texts."""
    values = [{"value": name} for name in NAMES]
    given = {"enforced": True, "valueType": "STRING", "permissibleStringValues": values}
    return write.parameter_type(**given | more)


def parameter(type_: int, **more: object) -> Body:
    return {"dataset": 3, "type": type_, **more}


class HookPromises:
    """Sections 5 and 6 of icat_soap.md: entity hooks, on creation and on update."""

    @pytest.mark.parametrize("subject", SUBJECTS)
    def test_a_parameter_of_a_type_for_others_is_refused(self, write: Writing, subject):
        flags = {f"applicableTo{each}": each != subject for each in SUBJECTS}
        type_ = write.parameter_type(**flags)
        name = subject[0].lower() + subject[1:]
        body = {name: 1, "type": type_, "numericValue": 1}
        found = refused(BadRequest, write.create, f"{subject}Parameter", body)
        assert found.places == [("", "type")]
        assert found.message.endswith(f"is not applicable to a {subject}")
        write.change("ParameterType", type_, {f"applicableTo{subject}": True})
        assert write.create(f"{subject}Parameter", body)["numericValue"] == 1

    def test_a_nested_parameter_is_checked_too(self, write: Writing):
        bad = {"type": limited(write), "numericValue": 11}
        found = refused(BadRequest, lambda: write.dataset(parameters=[bad]))
        assert found.places == [("parameters[0]", "numericValue")]

    @pytest.mark.parametrize("number", [-1.5, 0, 10])
    def test_a_number_within_the_limits_may_be_written(self, write: Writing, number):
        body = parameter(limited(write), numericValue=number)
        assert write.create("DatasetParameter", body)["numericValue"] == number

    @pytest.mark.parametrize(
        ("number", "reason"), [(-1.6, "-1.6 < -1.5"), (10.1, "10.1 > 10"), (1e308, "1e+308 > 10")]
    )
    def test_a_number_beyond_the_limits_is_refused(self, write: Writing, number, reason):
        body = parameter(limited(write), numericValue=number)
        found = refused(BadRequest, write.create, "DatasetParameter", [body])
        assert found.places == [("[0]", "numericValue")]
        assert reason in found.message

    def test_a_text_must_be_one_of_those_allowed(self, write: Writing):
        for type_, text in ((chosen(write), NAMES[1]), (chosen(write), NAMES[0])):
            body = parameter(type_, stringValue=text)
            assert write.create("DatasetParameter", body)["stringValue"] == text
            write.delete("ParameterType", type_)
        body = parameter(chosen(write), stringValue="bad")
        found = refused(BadRequest, write.create, "DatasetParameter", body)
        assert found.details == [("", "stringValue", "is not one of good, it's fine")]

    def test_any_text_may_be_written_where_none_is_listed(self, write: Writing):
        type_ = chosen(write, permissibleStringValues=[])
        body = parameter(type_, stringValue="any")
        assert write.create("DatasetParameter", body)["stringValue"] == "any"

    def test_a_type_that_is_not_enforced_allows_any_value(self, write: Writing):
        body = parameter(write.parameter_type(**LIMITS), numericValue=11)
        assert write.create("DatasetParameter", body)["numericValue"] == 11
        body = parameter(chosen(write, enforced=False), stringValue="any")
        assert write.create("DatasetParameter", body)["stringValue"] == "any"

    def test_limits_hold_for_values_of_the_types_own_kind(self, write: Writing):
        body = parameter(chosen(write, **LIMITS), stringValue="good", numericValue=11)
        assert write.create("DatasetParameter", body)["numericValue"] == 11

    def test_a_value_may_be_absent(self, write: Writing):
        for type_ in (limited(write), chosen(write)):
            assert write.create("DatasetParameter", parameter(type_))["numericValue"] is None

    def test_every_bad_parameter_of_a_request_is_told(self, write: Writing):
        numbers, texts = limited(write), chosen(write)
        body = [
            parameter(numbers, numericValue=-2),
            parameter(texts, stringValue="good"),
            parameter(texts, dataset=1, stringValue="bad"),
        ]
        found = refused(BadRequest, write.create, "DatasetParameter", body)
        assert found.places == [("[0]", "numericValue"), ("[2]", "stringValue")]

    def test_a_changed_value_is_held_against_the_stored_type(self, write: Writing):
        number = write.create("DatasetParameter", parameter(limited(write), numericValue=1))["id"]
        text = write.create("DatasetParameter", parameter(chosen(write), stringValue="good"))["id"]
        body = [{"id": number, "numericValue": 11}, {"id": text, "stringValue": "bad"}]
        found = refused(BadRequest, write.change_all, "DatasetParameter", body)
        assert found.places == [("[0]", "numericValue"), ("[1]", "stringValue")]
        assert write.change("DatasetParameter", number, {"numericValue": 10})["numericValue"] == 10

    def test_a_stored_value_is_held_against_a_changed_type(self, write: Writing):
        free = write.parameter_type()
        own = write.create("DatasetParameter", parameter(free, numericValue=11))["id"]
        found = refused(BadRequest, write.change, "DatasetParameter", own, {"type": limited(write)})
        assert found.places == [("", "numericValue")]
        both = {"type": limited(write), "numericValue": 9}
        assert write.change("DatasetParameter", own, both)["numericValue"] == 9
        for_others = write.parameter_type(applicableToDataset=False)
        found = refused(BadRequest, write.change, "DatasetParameter", own, {"type": for_others})
        assert found.places == [("", "type")]

    def test_any_change_of_a_parameter_is_held_against_its_type_as_it_is_now(self, write: Writing):
        type_ = write.parameter_type(**LIMITS)
        own = write.create("DatasetParameter", parameter(type_, numericValue=11))["id"]
        write.change("ParameterType", type_, {"enforced": True})
        found = refused(BadRequest, write.change, "DatasetParameter", own, {"error": 0.5})
        assert found.places == [("", "numericValue")]

    def test_a_parameter_below_its_new_type_is_held_against_it(self, write: Writing):
        def create(**more: object) -> object:
            below = [{"dataset": 3, "numericValue": 11}]
            return write.parameter_type(datasetParameters=below, **more)

        assert create()
        for more, field in (
            ({"applicableToDataset": False}, "type"),
            ({"enforced": True, **LIMITS}, "numericValue"),
        ):
            found = refused(BadRequest, lambda more=more: create(**more))
            assert found.places == [("datasetParameters[0]", field)]

    @pytest.mark.parametrize("flags", ["R", "CRUD", "crud", "DURC", " R ", "RR"])
    def test_a_rule_has_flags_of_crud(self, write: Writing, flags):
        own = write.create("Rule", {"crudFlags": flags, "what": "Facility"})
        assert own["crudFlags"] == flags
        write.delete("Rule", own["id"])

    @pytest.mark.parametrize("flags", ["X", "CRUX", "C,R", "R-", "é"])
    def test_a_rule_with_other_flags_is_refused(self, write: Writing, flags):
        body = {"crudFlags": flags, "what": "Facility"}
        found = refused(BadRequest, write.create, "Rule", body)
        assert found.places == [("", "crudFlags")]
        own = write.create("Rule", body | {"crudFlags": "R"})["id"]
        found = refused(BadRequest, write.change, "Rule", own, {"crudFlags": flags})
        assert found.places == [("", "crudFlags")]
        assert write.change("Rule", own, {"what": "Dataset"})["what"] == "Dataset"
        write.delete("Rule", own)

    def test_a_public_step_leads_along_a_relation(self, write: Writing):
        own = write.create("PublicStep", {"origin": "Dataset", "field": "datafiles"})["id"]
        for body, field in (
            ({"field": "nope"}, "field"),
            ({"field": "name"}, "field"),
            ({"origin": "Facility"}, "field"),
            ({"origin": "Nothing"}, "origin"),
        ):
            found = refused(BadRequest, write.change, "PublicStep", own, body)
            assert found.places == [("", field)]
            given = {"origin": "Dataset", "field": "sample", **body}
            assert refused(BadRequest, write.create, "PublicStep", given).places == [("", field)]
        assert write.change("PublicStep", own, {"field": "investigation"})
        both = {"origin": "Facility", "field": "instruments"}
        assert write.change("PublicStep", own, both)["origin"] == "Facility"
        write.delete("PublicStep", own)

    def test_the_type_of_a_parameter_is_mandatory(self, write: Writing):
        body = {"dataset": 1, "numericValue": 1}
        found = refused(BadRequest, write.create, "DatasetParameter", body)
        assert found.details == [("", "type", "is required")]

    def test_an_unknown_type_of_a_parameter_is_told_as_such(self, write: Writing):
        found = refused(BadRequest, write.create, "DatasetParameter", parameter(10**9))
        assert found.details == [("", "type", "there is no ParameterType with id 1000000000")]
