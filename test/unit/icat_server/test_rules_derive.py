"""What a rule means."""

import pytest

from util.icat_db_generator import varied_facility
from util.icat_server.catalogue import DERIVED, Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.rules import Rules

RULES = Rules(Catalogue.new(), frozenset())

DERIVED_FROM = [
    ("Dataset", "CRUD", ("Dataset", None, False)),
    ("Dataset [name = 'x']", " r ", ("Dataset", None, True)),
    ("Grouping <-> UserGroup <-> User [name=:user]", "R", ("Grouping", None, True)),
    ("SELECT o FROM Dataset o", "R", ("Dataset", None, False)),
    # A rule that only joins counts as unrestricted.
    ("SELECT o FROM Dataset o JOIN o.investigation i", "R", ("Dataset", None, False)),
    ("SELECT i FROM Dataset o JOIN o.investigation i WHERE o.name = 'x'", "RU",
     ("Investigation", None, True)),
    ("SELECT o.description FROM Facility o", "U", ("Facility", "description", False)),
    ("SELECT o.description FROM Facility o WHERE o.id = 1", "U", ("Facility", "description", True)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "flags", "expected"), DERIVED_FROM, ids=[what for what, _, _ in DERIVED_FROM]
)
def test_a_rule_is_derived_from_its_query(
    what: str, flags: str, expected: tuple[str, str | None, bool]
) -> None:
    rule = RULES.derive(what, flags)
    assert (rule.bean, rule.attribute, rule.restricted) == expected
    assert rule.flags == flags.strip().upper()


def test_a_rule_has_three_queries() -> None:
    rule = RULES.derive("SELECT o FROM Dataset o WHERE o.name = 'it''s' OR o.id = 1", "RU")
    where = "o.name = 'it''s' OR o.id = 1"
    assert rule.columns() == {
        "bean": "Dataset",
        "attribute": None,
        "restricted": True,
        "c": False,
        "r": True,
        "u": True,
        "d": False,
        "crudJPQL": f"SELECT COUNT(o) FROM Dataset o WHERE ({where}) AND o.id = :pkid",
        "includeJPQL": f"SELECT o.id FROM Dataset o WHERE ({where}) AND o.id IN (:pkids)",
        "searchJPQL": f"SELECT o.id FROM Dataset o WHERE {where}",
    }
    assert rule.columns().keys() == DERIVED.keys()


def test_the_queries_of_an_unrestricted_rule_have_no_condition_of_its_own() -> None:
    rule = RULES.derive("Dataset", "R")
    assert rule.crud_jpql == (
        "SELECT COUNT(Dataset$) FROM Dataset AS Dataset$ WHERE Dataset$.id = :pkid"
    )
    assert rule.search_jpql == "SELECT Dataset$.id FROM Dataset AS Dataset$"


REFUSED = [
    ("Dataset", "RX", Kind.BAD_PARAMETER),
    ("Dataset", None, Kind.INTERNAL),
    (None, "R", Kind.INTERNAL),
    ("", "R", Kind.BAD_PARAMETER),
    ("Bogus", "R", Kind.BAD_PARAMETER),
    ("COUNT(Dataset)", "R", Kind.BAD_PARAMETER),
    ("DISTINCT Dataset", "R", Kind.BAD_PARAMETER),
    ("0,1 Dataset", "R", Kind.BAD_PARAMETER),
    ("Dataset INCLUDE 1", "R", Kind.BAD_PARAMETER),
    ("Dataset ORDER BY name", "R", Kind.BAD_PARAMETER),
    ("SELECT o FROM Dataset o WHERE o.bogus = 1", "R", Kind.BAD_PARAMETER),
    ("SELECT o FROM Dataset o WHERE", "R", Kind.BAD_PARAMETER),
    ("SELECT o, o.name FROM Dataset o", "R", Kind.BAD_PARAMETER),
    ("SELECT o.investigation FROM Dataset o", "R", Kind.BAD_PARAMETER),
    ("SELECT o.investigation.name FROM Dataset o", "U", Kind.BAD_PARAMETER),
    ("SELECT o.description FROM Facility o", "RU", Kind.BAD_PARAMETER),
    ("SELECT 1 FROM Facility o", "R", Kind.BAD_PARAMETER),
    ("SELECT o FROM Facility o GROUP BY o.id", "R", Kind.BAD_PARAMETER),
]


@pytest.mark.parametrize(
    ("what", "flags", "kind"), REFUSED, ids=[f"{what} {flags}" for what, flags, _ in REFUSED]
)
def test_what_is_no_rule_is_refused(what: str | None, flags: str | None, kind: Kind) -> None:
    with pytest.raises(IcatError) as caught:
        RULES.derive(what, flags)
    assert caught.value.kind == kind


@pytest.mark.parametrize("what", [str(rule["what"]) for rule in varied_facility.RULES])
def test_the_rules_of_the_mock_data_are_rules(what: str) -> None:
    assert RULES.derive(what, "R").bean in what
