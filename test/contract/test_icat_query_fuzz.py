"""Whatever is asked, only ICAT's own errors come back, and soon."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from test.support.servers import SqliteFiles
from test.support.small_icat import BOB, ROOT, SmallIcat, small_icat
from util.icat_server.errors import IcatError

ROOT_FOLDER = Path(__file__).parents[2]
RECORDED = ROOT_FOLDER.parent / "shared" / "data" / "icat_queries_golden.jsonl"
SOUND = [
    "SELECT o FROM Dataset o WHERE o.name = 'a' AND NOT (o.id IN (1, 2) OR o.complete = TRUE)",
    "SELECT DISTINCT o.name, COUNT(f) FROM Dataset o LEFT JOIN o.datafiles AS f GROUP BY o.name"
    " HAVING COUNT(f) > 1 ORDER BY o.name DESC LIMIT 0, 5",
    "SELECT o FROM Dataset o WHERE EXISTS (SELECT f FROM o.datafiles f WHERE f.fileSize > ALL"
    " (SELECT MIN(g.fileSize) FROM Datafile g)) INCLUDE o.investigation i, i.keywords",
    "SELECT o FROM Investigation o WHERE o.startDate BETWEEN '2000-01-01' AND CURRENT_TIMESTAMP"
    " AND TRIM(BOTH ' ' FROM UPPER(o.title)) LIKE '%x!%' ESCAPE '!' AND o.doi IS NOT NULL",
    "SELECT i FROM Investigation i, Dataset d WHERE d MEMBER OF i.datasets AND SIZE(i.keywords) > 0"
    " AND MOD(d.id + 1, 2) * -1.5 < {ts 2010-01-01 00:00:00}",
    "SELECT CASE WHEN o.id = 1 THEN o.name ELSE 'x' END FROM Dataset o WHERE o.name REGEXP '^a'",
    "0, 5 DISTINCT Dataset.name INCLUDE Datafile ORDER BY name [complete = TRUE AND id > -1]"
    " <-> Investigation [name = 'open' OR createId = :user] <-> Keyword",
    "MAX(Dataset.id) [name LIKE 'a%' AND id BETWEEN 1 AND 9]",
]
PIECES = [
    "(", ")", "'", "''", "=", ".", "-", "%", "\\", "0", "9" * 30, ":", ":user", "{ts ", "}", "\x00",
    "\n", "\ud800", "é", ",", "<->", "[", "]", "NULL", "1e999", "1e300", "*", "NOT", "IN", "SELECT",
    "o.investigation.facility", "o.", "org.icatproject.StudyStatus.NEW", "REGEXP '('",
    "{ts 2000-13-45 99:99:99}", "9223372036854775807", "INCLUDE 1", "LIMIT 0, 9223372036854775807",
]  # fmt: skip


def _sound() -> list[str]:
    """Return queries to spoil; a clone without the recorded ones has those above."""
    if not RECORDED.is_file():
        return SOUND
    lines = RECORDED.read_text(encoding="utf-8").splitlines()
    return SOUND + sorted({json.loads(line)["query"] for line in lines})


WORDS = sorted({word for query in SOUND for word in query.split(" ")}) + PIECES


@st.composite
def _spoilt(draw: st.DrawFn) -> str:
    words = draw(st.sampled_from(_QUERIES)).split(" ")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(words)))
        word = draw(st.sampled_from(WORDS))
        match draw(st.integers(0, 3)):
            case 0:
                del words[at : at + 1]
            case 1:
                words.insert(at, word)
            case 2:
                words[at : at + 1] = [word]
            case _:
                words[at : at + 1] = [part + word for part in words[at : at + 1]]
    return " ".join(words)


_QUERIES = _sound()


@pytest.fixture(scope="module")
def icat(sqlite_server: SqliteFiles) -> Iterator[SmallIcat]:
    with small_icat(sqlite_server.create_database()) as icat:
        yield icat


def _ask(icat: SmallIcat, text: str) -> None:
    for user in (ROOT, BOB):
        try:
            icat.ask(text, user)
        except IcatError as error:
            assert error.message  # noqa: PT017 any of these errors will do


@settings(max_examples=1500)
@given(text=_spoilt())
def test_spoilt_queries_give_icats_errors_only(icat: SmallIcat, text: str) -> None:
    _ask(icat, text)


LEAVES = st.sampled_from(
    [
        "o", "o.id", "o.name", "o.complete", "o.startDate", "o.investigation", "o.sample.name",
        "o.investigation.releaseDate", "o.datafiles", "i.title", "i", "p.type.valueType",
        "p.numericValue", "1", "-2", "1.5", "'x'", "'2001-01-01'", "TRUE", "NULL", ":user",
        "{ts 2000-01-01 00:00:00}", "CURRENT_DATE", "org.icatproject.ParameterValueType.NUMERIC",
        "9223372036854775807",
    ]
)  # fmt: skip
SHAPES = st.sampled_from(
    [
        "UPPER({0})", "LENGTH({0})", "ABS({0})", "SQRT({0})", "SIZE({0})", "CONCAT({0}, {1})",
        "MOD({0}, {1})", "LOCATE({0}, {1})", "SUBSTRING({0}, {1})", "COALESCE({0}, {1})",
        "NULLIF({0}, {1})", "({0} + {1})", "({0} / {1})", "-({0})", "TRIM(LEADING FROM {0})",
        "EXTRACT(YEAR FROM {0})", "CAST({0} AS VARCHAR)", "CAST({0} AS BIGINT)",
        "CASE WHEN {0} = {1} THEN {0} ELSE {1} END",
        "(SELECT MAX(x.id) FROM Dataset x WHERE x.name = {0} OR x = {1})",
        "(SELECT COUNT(x) FROM o.datafiles x WHERE x.fileSize > {0} AND {1} IS NULL)",
    ]
)  # fmt: skip
CONDITIONS = st.sampled_from(
    [
        "{0} = {1}", "{0} < {1}", "NOT {0} <> {1}", "{0} LIKE {1}", "{0} IN ({1}, {0})",
        "{0} BETWEEN {1} AND {0}", "{0} IS NOT NULL", "{0} IS EMPTY", "({0} = 1 OR {1} >= 2)",
        "{0} > ALL (SELECT x.id FROM Dataset x WHERE x.id < {1})",
        "{0} = ANY (SELECT x FROM i.datasets x WHERE x.name = {1})",
        "{0} NOT IN (SELECT x.name FROM Datafile x WHERE x.dataset = {1})",
    ]
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.builds(lambda shape, *of: shape.format(*of), SHAPES, inner, inner),
    max_leaves=6,
)
ITEMS = st.sampled_from(["o", "COUNT(o)", "DISTINCT o.name", "MIN(o.startDate)", "o.id * 2, p"])


@settings(max_examples=250)
@given(item=ITEMS, condition=CONDITIONS, left=VALUES, right=VALUES)
def test_any_types_anywhere_give_icats_errors_only(
    icat: SmallIcat, item: str, condition: str, left: str, right: str
) -> None:
    where = condition.format(left, right)
    joins = "Dataset o JOIN o.investigation i LEFT JOIN o.parameters p"
    _ask(icat, f"SELECT {item} FROM {joins} WHERE {where} LIMIT 0, 20")


@settings(max_examples=300)
@given(text=st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_garbage_gives_icats_errors_only(icat: SmallIcat, text: str) -> None:
    _ask(icat, text)
    _ask(icat, "SELECT o FROM Dataset o WHERE " + text)
    try:
        icat.searcher.get(icat.connection, ROOT, text, 1)
    except IcatError as error:
        assert error.message  # noqa: PT017


BOMBS = {
    "brackets": "SELECT o FROM Dataset o WHERE " + "(" * 10_000 + "o.id = 1" + ")" * 10_000,
    "brackets in the old syntax": "Dataset [" + "(" * 10_000 + "id = 1" + ")" * 10_000 + "]",
    "nots": "SELECT o FROM Dataset o WHERE " + "NOT " * 10_000 + "o.id = 1",
    "nots in the old syntax": "Dataset [" + "NOT " * 10_000 + "id = 1]",
    "ors": "SELECT o FROM Dataset o WHERE " + " OR ".join(["o.id = 1"] * 10_000),
    "sums": "SELECT o FROM Dataset o WHERE o.id = " + " + ".join(["1"] * 10_000),
    "a megabyte of text": "SELECT o FROM Dataset o WHERE o.name = '" + "x" * 1_000_000 + "'",
    "a megabyte of brackets": "(" * 1_000_000,
    "quotes": "'" * 249_999,
    "path": "SELECT o FROM Dataset o WHERE o" + ".investigation.facility" * 5_000 + ".id = 1",
    "selected path": "SELECT o" + ".investigation.facility" * 5_000 + " FROM Dataset o",
    "includes": "SELECT o FROM Dataset o INCLUDE o" + ".investigation.datasets" * 5_000,
    "sub-selects": "SELECT o FROM Dataset o WHERE "
    + "".join(f"EXISTS (SELECT d{n} FROM Dataset d{n} WHERE " for n in range(99))
    + "o.id = 1" + ")" * 99,
    "items": "SELECT " + ", ".join(["o.id"] * 3_000) + " FROM Dataset o",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_quickly(icat: SmallIcat, name: str) -> None:
    started = time.process_time()
    with pytest.raises(IcatError):
        icat.ask(BOMBS[name])
    assert time.process_time() - started < 3


def test_deep_nesting_within_the_limit_is_answered(icat: SmallIcat) -> None:
    assert icat.error("SELECT o FROM Dataset o WHERE " + "(" * 99 + "o.id = 1" + ")" * 99) is None
    ids = ", ".join(map(str, range(10_000)))
    assert icat.error(f"SELECT o FROM Dataset o WHERE o.id IN ({ids})") is None
