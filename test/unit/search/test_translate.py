"""From what is asked of PaNOSC objects to conditions on ICAT's rows, written as short texts."""

from datetime import datetime

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import AllOf, AnyOf, Comparison, Not, Related
from datagateway_api.search.binding import bind
from datagateway_api.search.filters import Filter
from datagateway_api.search.logic import every, negated, related, some
from datagateway_api.search.mapping_file import Faults
from datagateway_api.search.panosc import ENTITIES
from datagateway_api.search.parse import parse, parse_where
from datagateway_api.search.parts import checked_mapping
from datagateway_api.search.science.techniques import Hierarchy
from datagateway_api.search.translate import Knowledge, Translator
from datagateway_api.search.visibility import PUBLIC_BY_DATE, Visibility
from test.support.searching import PANOSC_MAPPING

SCHEMA = icat_schema.load()
NOW = datetime.fromisoformat("2026-01-01")
UNITS = ("K", "celsius", "nm", "florp")


def translator(rules=None) -> Translator:
    mapping = bind(checked_mapping(PANOSC_MAPPING), SCHEMA)
    visibility = Visibility(SCHEMA, rules or {}, Faults())
    return Translator(Knowledge(mapping, visibility, Hierarchy.empty(), lambda: UNITS), NOW)


OPEN, BY_DATE = translator(), translator(PUBLIC_BY_DATE)
SOURCES = {
    name: each[0] for name, each in bind(checked_mapping(PANOSC_MAPPING), SCHEMA).sources.items()
}


def target(relation):
    return ENTITIES[relation.target]


def text(condition) -> str:
    """Write a condition shortly: names and operators, ``some x: …`` and ``not …``."""
    match condition:
        case bool():
            return str(condition)
        case Comparison(path, operator, operand, is_whole):
            shown = operand.isoformat()[:10] if isinstance(operand, datetime) else operand
            return f"{path} {operator.name}{' whole' if is_whole else ''} {shown}"
        case AllOf(parts):
            return "(" + " and ".join(text(part) for part in parts) + ")"
        case AnyOf(parts):
            return "(" + " or ".join(text(part) for part in parts) + ")"
        case Not(part):
            return f"not {text(part)}"
        case Related(relations, where):
            return f"some {'.'.join(r.name for r in relations)}: {text(where if where else True)}"
    raise AssertionError(condition)


def where_text(entity: str, where: object) -> str:
    asked = parse_where(where, ENTITIES[entity], target)
    return text(OPEN.where(SOURCES[entity], asked.where))


@pytest.mark.parametrize(
    ("entity", "where", "expected"),
    [
        ("Dataset", {}, "True"),
        ("Dataset", {"title": "a"}, "name eq a"),
        ("Dataset", {"title": 5}, "name eq 5"),
        ("Dataset", {"title": {"like": "a"}}, "name like a"),
        ("Dataset", {"title": {"like": "a%"}}, "name like whole a%"),
        ("Dataset", {"title": {"regexp": "/a/i"}}, "name regexp (?i)a"),
        ("Dataset", {"title": {"neq": "a"}}, "not name eq a"),
        ("Dataset", {"title": {"nin": []}}, "True"),
        ("Dataset", {"title": {"inq": []}}, "False"),
        ("Dataset", {"title": None}, "False"),
        ("Dataset", {"size": None}, "fileSize isnull True"),
        ("Dataset", {"size": {"inq": [1, None]}}, "(fileSize in (1,) or fileSize isnull True)"),
        ("Dataset", {"size": "7"}, "fileSize eq 7"),
        ("Dataset", {"creationDate": {"lte": "2020-05"}}, "startDate lte 2020-05-01"),
        ("Dataset", {"pid": "a"}, "doi eq a"),
        ("Dataset", {"pid": "pid:7"}, "(doi eq pid:7 or id in (7,))"),
        (
            "Dataset",
            {"pid": {"like": "pid:7%"}},
            "(doi like whole pid:7% or (doi isnull True and id like whole 7%))",
        ),
        ("Dataset", {"pid": {"neq": "a"}}, "not doi eq a"),
        ("Dataset", {"isPublic": True}, "True"),
        ("Dataset", {"isPublic": "false"}, "False"),
        ("Dataset", {"isPublic": {"nin": [True]}}, "False"),
        ("Dataset", {"or": [{"isPublic": False}, {"title": "a"}]}, "name eq a"),
        ("Dataset", {"nor": [{"title": "a"}, {"title": "b"}]}, "(not name eq a and not name eq b)"),
        ("Dataset", {"text": "a"}, "name ilike a"),
        ("Document", {"text": "50"}, "(title ilike 50 or summary ilike 50)"),
        ("Dataset", {"text": "5.0%_"}, r"(name ilike 5.0%_ and name regexp (?i)5\.0%_)"),
        (
            "Instrument",
            {"text": "5%"},
            "((name ilike 5% and name regexp (?i)5%) or "
            "(facility.name ilike 5% and facility.name regexp (?i)5%))",
        ),
        ("Document", {"type": "a"}, "type.name eq a"),
        ("Document", {"keywords": "a"}, "some keywords: name eq a"),
        ("Document", {"keywords": {"neq": "a"}}, "not some keywords: name eq a"),
        ("Document", {"keywords": None}, "not some keywords: name isnull False"),
        (
            "Document",
            {"and": [{"keywords": "a"}, {"keywords": "b"}]},
            "(some keywords: name eq a and some keywords: name eq b)",
        ),
        ("Document", {"datasets.title": "a"}, "some datasets: name eq a"),
        (
            "Document",
            {"members.role": "a", "members.person.fullName": "b"},
            "some investigationUsers: (role eq a and some user: fullName eq b)",
        ),
        ("Document", {"datasets.files.size": 0}, "some datasets.datafiles: fileSize eq 0"),
        ("Instrument", {"facility": "a"}, "facility.name eq a"),
        (
            "Dataset",
            {"techniques.name": {"neq": "a"}},
            "not some datasetTechniques.technique: "
            "(name eq a or pid in ('a',) or description in ('a',) or name in ('A', 'a'))",
        ),
        ("Parameter", {"value": 10}, "numericValue eq 10.0"),
        ("Parameter", {"value": "a"}, "stringValue eq a"),
        ("Parameter", {"value": "10"}, "(numericValue eq 10.0 or stringValue eq 10)"),
        (
            "Parameter",
            {"value": {"between": ["2020-01-01", "2020-01-02"]}},
            "(stringValue between ('2020-01-01', '2020-01-02') or dateTimeValue between "
            "(datetime.datetime(2020, 1, 1, 0, 0), datetime.datetime(2020, 1, 2, 0, 0)))",
        ),
        ("Parameter", {"value": {"like": "1"}}, "stringValue like 1"),
        ("Parameter", {"value": True}, "False"),
        ("Parameter", {"unit": "nm"}, "type.units in ('nm',)"),
        ("Parameter", {"unit": {"neq": "nm"}}, "not type.units eq nm"),
        (
            "Parameter",
            {"value": {"gt": "5"}, "unit": "florp"},
            "(type.units in ('florp',) and (numericValue gt 5.0 or stringValue gt 5))",
        ),
    ],
)  # fmt: skip
def test_a_where(entity, where, expected):
    assert where_text(entity, where) == expected


def test_a_unit_is_every_unit_that_converts():
    found = where_text("Parameter", {"and": [{"name": "t"}, {"value": {"lt": 300}}, {"unit": "K"}]})
    kelvin, celsius = found.strip("()").split(") or (")
    assert kelvin == "type.units in ('K',) and type.name eq t and numericValue lt 300.0"
    assert celsius.startswith(
        "type.units in ('celsius',) and type.name eq t and numericValue lt 26.8"
    )


@pytest.mark.parametrize(
    ("entity", "asked", "expected"),
    [
        ("Dataset", {}, "investigation.releaseDate lte 2026-01-01"),
        ("Instrument", {}, "True"),
        ("File", {}, "dataset.investigation.releaseDate lte 2026-01-01"),
        (
            "Instrument",
            {"where": {"datasets.title": "a"}},
            "some datasetInstruments: (investigation.releaseDate)",
        ),
    ],
)
def test_what_is_hidden_is_in_every_condition(entity, asked, expected):
    found = text(BY_DATE.rows(SOURCES[entity], parse(asked, ENTITIES[entity], target)))
    if "some" not in expected:
        assert found == expected
    else:
        assert found == (
            "some datasetInstruments: (dataset.investigation.releaseDate lte 2026-01-01 and "
            "some dataset: (name eq a and investigation.releaseDate lte 2026-01-01))"
        )


def test_rules_that_hold_already_are_not_asked_again():
    asked = parse({"where": {"datasets.files.name": "a"}}, ENTITIES["Document"], target)
    found = text(BY_DATE.rows(SOURCES["Document"], asked))
    assert found == "(releaseDate lte 2026-01-01 and some datasets.datafiles: name eq a)"


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ("datasets", "True"),
        ({"relation": "datasets", "scope": {"limit": 1}}, "True"),
        ({"relation": "datasets", "scope": {"where": {}}}, "True"),
        ({"relation": "datasets", "scope": {"where": {"title": "a"}}}, "some datasets: name eq a"),
        (
            [
                {"relation": "parameters", "scope": {"where": {"name": "a"}}},
                {"relation": "parameters", "scope": {"where": {"name": "b"}}},
            ],
            "(some parameters: type.name eq a and some parameters: type.name eq b)",
        ),
        (
            {
                "relation": "datasets",
                "scope": {
                    "include": [
                        {"relation": "files", "scope": {"where": {"name": "a"}}},
                        {"relation": "samples", "scope": {"where": {"name": "b"}}},
                    ]
                },
            },
            "some datasets: (some datafiles: name eq a and some sample: name eq b)",
        ),
    ],
)
def test_an_include_with_a_where_is_a_condition_on_its_parents(include, expected):
    asked = parse({"include": include}, ENTITIES["Document"], target)
    assert text(OPEN.rows(SOURCES["Document"], asked)) == expected
    assert text(OPEN.rows(SOURCES["Document"], asked, joins=False)) == "True"


def test_what_the_catalogue_lacks_is_refused():
    with pytest.raises(
        BadFilter, match=r"where\.license: this catalogue has no license of Document"
    ):
        where_text("Document", {"license": "CC0"})


A, B = (
    OPEN.where(SOURCES["Dataset"], parse_where({"title": n}, ENTITIES["Dataset"], target).where)
    for n in "ab"
)


def test_what_is_known_is_left_out():
    assert every([True, A, True]) is A
    assert every([A, False]) is False
    assert every([]) is True
    assert some([False, A]) is A
    assert some([A, True]) is True
    assert some([]) is False
    assert negated(True) is False
    assert negated(negated(A)) == A
    assert related((), A) is A
    assert text(negated(every([A, B]))) == "(not name eq a or not name eq b)"
    assert text(every([every([A, B]), A])) == "(name eq a and name eq b and name eq a)"
    assert Filter(ENTITIES["Dataset"]).with_more(where=None, query=None) == Filter(
        ENTITIES["Dataset"]
    )
