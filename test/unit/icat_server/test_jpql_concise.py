"""The old concise syntax, by the JPQL that it becomes."""

import pytest

from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.concise import read_concise
from util.icat_server.jpql.search import Limit

CATALOGUE = Catalogue.new()

TRANSLATED = [
    ("Facility", "SELECT Facility$ FROM Facility AS Facility$"),
    ("Dataset.name", "SELECT Dataset$.name FROM Dataset AS Dataset$"),
    ("DISTINCT Dataset", "SELECT DISTINCT Dataset$ FROM Dataset AS Dataset$"),
    ("MAX (Dataset.id)", "SELECT MAX ( Dataset$.id ) FROM Dataset AS Dataset$"),
    ("COUNT(DISTINCT Dataset.name)",
     "SELECT COUNT ( DISTINCT Dataset$.name ) FROM Dataset AS Dataset$"),
    ("Dataset ORDER BY name, id DESC",
     "SELECT Dataset$ FROM Dataset AS Dataset$ ORDER BY Dataset$.name , Dataset$.id DESC"),
    ("Dataset [type.name = 'raw']",
     "SELECT Dataset$ FROM Dataset AS Dataset$ WHERE ( Dataset$.type.name = raw )"),
    ("Dataset [(id > -1 OR 2 > id) AND NOT complete = TRUE]",
     "SELECT Dataset$ FROM Dataset AS Dataset$ WHERE ( ( Dataset$.id > -1 OR 2 > Dataset$.id )"
     " AND NOT Dataset$.complete = TRUE )"),
    ("Dataset [id IN (1, 2) AND id BETWEEN 1 AND 2 AND name LIKE 'x' AND createId = :user]",
     "SELECT Dataset$ FROM Dataset AS Dataset$ WHERE ( Dataset$.id IN ( 1 , 2 ) AND"
     " Dataset$.id BETWEEN 1 AND 2 AND Dataset$.name LIKE x AND Dataset$.createId = :user )"),
    ("Dataset [startDate > {ts 2010-01-01 00:00:00}]",
     "SELECT Dataset$ FROM Dataset AS Dataset$ WHERE"
     " ( Dataset$.startDate > {ts 2010-01-01 00:00:00} )"),
    ("ParameterType [valueType = NUMERIC]",
     "SELECT ParameterType$ FROM ParameterType AS ParameterType$ WHERE"
     " ( ParameterType$.valueType = org.icatproject.ParameterValueType.NUMERIC )"),
    ("Facility [name = name]",
     "SELECT Facility$ FROM Facility AS Facility$ WHERE"
     " ( Facility$.name = java.lang.String.name )"),
    ("Datafile.name [id > 1] <-> Dataset <-> Investigation [name='x']",
     "SELECT Datafile$.name FROM Datafile AS Datafile$ JOIN Datafile$.dataset AS Dataset$"
     " JOIN Dataset$.investigation AS Investigation$ WHERE ( Datafile$.id > 1 ) AND"
     " ( Investigation$.name = x )"),
    # The order in which the entities are named does not matter.
    ("Datafile <-> Investigation <-> Dataset",
     "SELECT Datafile$ FROM Datafile AS Datafile$ JOIN Datafile$.dataset AS Dataset$"
     " JOIN Dataset$.investigation AS Investigation$"),
    ("Grouping <-> UserGroup <-> User [name=:user]",
     "SELECT Grouping$ FROM Grouping AS Grouping$ JOIN Grouping$.userGroups AS UserGroup$"
     " JOIN UserGroup$.user AS User$ WHERE ( User$.name = :user )"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TRANSLATED, ids=[text for text, _ in TRANSLATED])
def test_the_old_syntax_becomes_jpql(text: str, expected: str) -> None:
    search = read_concise(CATALOGUE, text)
    assert search.text == expected
    assert search.failure is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,3 User", Limit(0, 3)),
        ("0, 3 User", Limit(0, 3)),
        (",3 User", Limit(0, 3)),
        ("2, User", Limit(2, None)),
        ("User", None),
    ],
)
def test_a_limit_comes_first(text: str, expected: Limit | None) -> None:
    assert read_concise(CATALOGUE, text).limit == expected


REFUSED = [
    ("Bogus", "Bogus is not an ICAT entity"),
    ("DELETE FROM Dataset o", "DELETE is not an ICAT entity"),
    ("Facility.bogus", "Facility has no field bogus"),
    ("Facility bogus", "Expected token from types [ENTSEP] at token bogus in Facility < bogus > "),
    ("Facility [name = 'x'", "Attempt to read beyond end"),
    ("Facility [bogus = 1]",
     "Attribute comparisons require one attribute name and one value: bogus = 1"),
    ("Facility [1 = 1]", "Attribute comparisons require one attribute name and one value: 1 = 1"),
    ("Facility [1 IN (1)]", "Attribute comparisons require one attribute name and one value: 1 IN"),
    ("Dataset [doi IS NULL]",
     "Expected token from types [>, <, !=, =, <>, >=, <=, IN, BETWEEN] at token IS in [ doi < IS >"
     " NULL ] "),
    ("Dataset [id = - 'x']", "Expected token from types"),
    ("Dataset [id = -]", "Expected token from types"),
    ("Dataset INCLUDE Bogus", "Bogus is not an ICAT entity"),
    ("Dataset INCLUDE DatafileParameter",
     "Unable to reach DatafileParameter in list of INCLUDES."),
    ("Investigation INCLUDE Instrument, InvestigationInstrument, DatasetInstrument",
     "Unable to reach DatasetInstrument in list of INCLUDES."),
    ("Investigation <-> Instrument", "Unable to reach Instrument"),
    ("Dataset <-> Datafile <-> DatafileParameter <-> ParameterType <-> DatasetParameter",
     "Can't have loop in graph of entities."),
    ("Dataset [" + "(" * 200 + "id = 1" + ")" * 200 + "]", "The query has more than 100 brackets"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text[:90] for text, _ in REFUSED])
def test_what_is_wrong_in_the_old_syntax_is_refused(text: str, message: str) -> None:
    with pytest.raises(IcatError) as caught:
        read_concise(CATALOGUE, text)
    assert caught.value.kind == Kind.BAD_PARAMETER
    assert caught.value.message.startswith(message)


def test_two_relations_between_the_same_entities_break_icat() -> None:
    with pytest.raises(IcatError) as caught:
        read_concise(CATALOGUE, "DataCollection <-> Job")
    assert caught.value.kind == Kind.INTERNAL
