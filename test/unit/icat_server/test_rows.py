import pytest

from datagateway_api.core import icat_schema
from util.icat_server.beans import Bean
from util.icat_server.errors import IcatError, Kind
from util.icat_server.writing.creation import runs
from util.icat_server.writing.rows import Refused, attribute_columns, check_row, explain_row

ENTITIES = icat_schema.load().entities
COMPLETE = {"NAME": "n", "VISIT_ID": "1", "TITLE": "t", "FACILITY_ID": 1, "TYPE_ID": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TITLE": None, "NAME": None}, "Investigation: name cannot be null."),
        ({"NAME": "x" * 256, "FACILITY_ID": None}, "Investigation: facility cannot be null."),
        ({"NAME": "x" * 256}, "Investigation: name cannot have length > 255"),
        ({"TYPE_ID": None, "VISIT_ID": None}, "Investigation: type cannot be null."),
        ({"SUMMARY": "x" * 4001}, "Investigation: summary cannot have length > 4000"),
    ],
)
def test_the_first_problem_by_name_is_told(changes, message):
    row = COMPLETE | changes
    with pytest.raises(IcatError) as caught:
        explain_row(ENTITIES["Investigation"], row)
    assert (caught.value.kind, caught.value.message) == (Kind.VALIDATION, message)
    with pytest.raises(Refused):
        check_row(ENTITIES["Investigation"], row)


@pytest.mark.parametrize("changes", [{}, {"NAME": "李" * 255}, {"DOI": None}, {"ID": None}])
def test_a_row_without_problems_passes(changes):
    check_row(ENTITIES["Investigation"], COMPLETE | changes)
    explain_row(ENTITIES["Investigation"], COMPLETE | changes)


def test_what_is_not_given_is_what_java_makes_of_it():
    row = attribute_columns(Bean(ENTITIES["Dataset"], {"name": "d", "id": 7, "createId": "x"}))
    assert (row["NAME"], row["COMPLETE"], row["FILESIZE"], row["DOI"]) == ("d", False, 0, None)
    assert not {"ID", "CREATE_ID", "MOD_TIME"} & set(row)


def test_enums_are_stored_by_their_place():
    row = attribute_columns(Bean(ENTITIES["ParameterType"], {"valueType": "NUMERIC"}))
    assert row["VALUETYPE"] == 1


def test_beans_are_written_in_runs_of_one_entity():
    names = ["User", "User", "Facility", "User"]
    beans = [Bean(ENTITIES[name], {}) for name in names]
    assert [(start, len(run)) for start, run in runs(beans)] == [(0, 2), (2, 1), (3, 1)]
    assert runs([]) == []
