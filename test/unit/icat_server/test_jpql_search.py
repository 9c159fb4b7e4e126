"""ICAT's own reading of JPQL: clauses, variables, what must be authorised, INCLUDE, LIMIT."""

from collections.abc import Sequence

import pytest

from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.include import Step
from util.icat_server.jpql.reading import read
from util.icat_server.jpql.search import Limit

CATALOGUE = Catalogue.new()

TARGETS = [
    ("SELECT o FROM Dataset o", [("o", "Dataset")]),
    ("SELECT o.name, O.doi FROM Dataset o", [("o", "Dataset")]),
    ("SELECT o.name, o.investigation.name FROM Dataset o",
     [("o", "Dataset"), ("o.investigation", "Investigation")]),
    ("SELECT o.investigation.facility FROM Dataset o",
     [("o.investigation.facility", "Facility")]),
    ("SELECT i FROM Dataset o JOIN o.investigation AS i", [("i", "Investigation")]),
    ("SELECT f.investigations FROM Facility f", [("f_investigations$", "Investigation")]),
    ("SELECT COUNT(DISTINCT(o.sample)) FROM Dataset o", [("o.sample", "Sample")]),
    ("SELECT r.bean FROM Rule r", [("r", "Rule")]),
    ("SELECT 1 FROM Facility o", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TARGETS, ids=[text for text, _ in TARGETS])
def test_what_is_selected_is_to_be_authorised(text: str, expected: list[tuple[str, str]]) -> None:
    search = read(CATALOGUE, text)
    assert [(target.path, target.entity.name) for target in search.targets] == expected
    assert search.failure is None


def test_a_selected_collection_becomes_a_join() -> None:
    search = read(CATALOGUE, "SELECT f.investigations FROM Facility f WHERE f.id = 1")
    assert search.text == (
        "SELECT f_investigations$ FROM Facility f JOIN f.investigations AS f_investigations$"
        " WHERE f.id = 1"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT COUNT(o) FROM Dataset o", True),
        ("SELECT COUNT(o), COUNT(o) FROM Dataset o", True),
        ("SELECT COUNT(o), MIN(o.id) FROM Dataset o", False),
        ("SELECT MIN(o.id) FROM Dataset o", False),
        ("COUNT(Dataset)", True),
    ],
)
def test_a_count_of_one_path_is_known(text: str, expected: bool) -> None:
    assert read(CATALOGUE, text).is_count is expected


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("", None),
        ("LIMIT 0, 25", Limit(0, 25)),
        ("limit 7,*", Limit(7, None)),
        ("INCLUDE 1 LIMIT 1, 2", Limit(1, 2)),
        ("LIMIT 1, 2 INCLUDE 1", Limit(1, 2)),
    ],
)
def test_a_limit_is_read_before_or_after_includes(tail: str, expected: Limit | None) -> None:
    assert read(CATALOGUE, f"SELECT o FROM Dataset o {tail}").limit == expected


def _paths(steps: Sequence[Step]) -> list[str]:
    found = []
    for step in steps:
        found.append(step.relation.name)
        found += [f"{step.relation.name}.{path}" for path in _paths(step.children)]
    return found


DATASET = "SELECT o FROM Dataset o "
INCLUDES = [
    (DATASET + "INCLUDE 1", ["investigation", "sample", "type"]),
    (DATASET + "INCLUDE o.investigation i, i.facility",
     ["investigation", "investigation.facility"]),
    (DATASET + "INCLUDE O.datafiles.parameters.type AS t, t.facility, o.type",
     ["datafiles", "datafiles.parameters", "datafiles.parameters.type",
      "datafiles.parameters.type.facility", "type"]),
    # Variables of FROM have other names here.
    ("SELECT o FROM Dataset o JOIN o.datafiles s1 INCLUDE o.type AS s1, s1.facility",
     ["type", "type.facility"]),
    ("SELECT o.investigation FROM Dataset o INCLUDE 1", ["facility", "type"]),
    ("SELECT DISTINCT(o) FROM Dataset o INCLUDE o.type", ["type"]),
    ("Dataset INCLUDE Investigation, Facility", ["investigation", "investigation.facility"]),
    ("Dataset INCLUDE 1", ["investigation", "sample", "type"]),
    ("Datafile INCLUDE Dataset, DatafileParameter, ParameterType",
     ["dataset", "parameters", "parameters.type"]),
    # Below a to-one relation only to-one relations are followed.
    ("Datafile INCLUDE Dataset, DatasetType", ["dataset", "dataset.type"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), INCLUDES, ids=[text for text, _ in INCLUDES])
def test_includes_are_a_tree_of_steps(text: str, expected: list[str]) -> None:
    assert _paths(read(CATALOGUE, text).includes) == expected


REFUSED = [
    ("SELECT f FROM facility f",
     "No information to determine type of facility in the FROM clause"),
    ("SELECT o FROM Session o", "No information to determine type of Session in the FROM clause"),
    ("SELECT o FROM Dataset o, Dataset O",
     "JPQL indentification variable Ohas already been defined in the FROM clause"),
    ("SELECT o FROM Dataset o JOIN o.bogus b", "Dataset has no relationship field bogus"),
    ("SELECT o FROM Dataset o JOIN x.datafiles b",
     "idVar 'x' referenced in the FROM clause is not defined before."),
    ("SELECT o FROM Dataset o JOIN FETCH o.type", "The FETCH keyword is not permitted"),
    ("SELECT p FROM Dataset o",
     "idVar 'p' referenced in the SELECT clause is not defined in the FROM clause."),
    ("SELECT COALESCE(o.doi, o.name) FROM Dataset o",
     "idVar 'COALESCE' referenced in the SELECT clause is not defined in the FROM clause."),
    ("SELECT o.bogus FROM Dataset o", "Dataset has no field bogus"),
    ("SELECT o.name.x FROM Dataset o", "Dataset has no field name"),
    ("SELECT o.datafiles.name FROM Dataset o", "o.datafiles has many values"),
    (DATASET + "LIMIT 2", "Attempt to read beyond end"),
    (
        DATASET + "LIMIT -1, 2",
        "Expected token from types [INTEGER] at token - in o LIMIT < - > 1 , ",
    ),
    (DATASET + "LIMIT 1, 2 x", "No more input expected at token x in , 2 < x > "),
    (DATASET + "WHERE o.x = org.icatproject.core.entity.StudyStatus.NEW",
     "Enum literal org.icatproject.core.entity.StudyStatus.NEW must contain exactly 4 parts"),
    (DATASET + "INCLUDE 1, o.datafiles",
     '"INCLUDE 1" must not be followed by other things to include.'),
    (DATASET + "INCLUDE 2", "Only 1 is allowed as a number in INCLUDE"),
    (DATASET + "INCLUDE o.type, o.type", "INCLUDE clause contains redundant path to type"),
    (DATASET + "INCLUDE o.type t, o.sample T", "variable T is defined twice in INCLUDE clause"),
    (DATASET + "INCLUDE x.type", "variable X mentioned in INCLUDE clause is not defined"),
    (DATASET + "INCLUDE type", "Path type must contain a '.'"),
    (DATASET + "INCLUDE o.name",
     "Problem with INCLUDE clause: name is not a field of Dataset"),
    ("SELECT o.name FROM Dataset o INCLUDE o.type",
     "variable O mentioned in INCLUDE clause is not defined"),
    ("SELECT o.investigation FROM Dataset o INCLUDE o.type",
     "variable O mentioned in INCLUDE clause is not defined"),
    ("SELECT o, o.name FROM Dataset o INCLUDE o.type",
     "INCLUDE is only valid for one quantity in the SELECT clause"),
    (DATASET + "INCLUDE o" + ".investigation.datasets" * 101,
     "The INCLUDE clause means more than 200 steps"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text[:90] for text, _ in REFUSED])
def test_what_icat_itself_refuses_has_its_words(text: str, message: str) -> None:
    with pytest.raises(IcatError) as caught:
        read(CATALOGUE, text)
    assert caught.value.kind == Kind.BAD_PARAMETER
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        DATASET + "WHERE",
        DATASET + "JOIN o.datafiles",
        DATASET + "ORDER BY 'x'",
        "SELECT CONCAT(o.name, '-x') FROM Facility o",
        DATASET + "WHERE it''s",
    ],
)
def test_what_is_no_jpql_is_remembered_for_when_the_query_is_run(text: str) -> None:
    search = read(CATALOGUE, text)
    assert search.select is None
    assert search.failure is not None
    assert search.failure.kind == Kind.BAD_PARAMETER
