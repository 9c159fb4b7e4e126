"""What ICAT's query language means, and what its rules let be seen, on each kind of database."""

from collections.abc import Iterator

import pytest

from test.support import servers
from test.support.small_icat import SmallIcat, small_icat
from util.icat_server.beans import Bean, Item, Row, Scalar


@pytest.fixture(scope="module")
def icat(database_server: servers.DatabaseServer) -> Iterator[SmallIcat]:
    is_mariadb = isinstance(database_server, servers.Mariadb)
    url = database_server.create_database("utf8mb4_bin" if is_mariadb else None)
    with small_icat(url) as icat:
        yield icat
    database_server.drop_database(url)


def _shown(item: Item) -> object:
    if isinstance(item, Bean):
        return item.values["name"]
    return item.value if isinstance(item, Scalar) else item


def _answer(rows: list[Row]) -> list[object]:
    return [tuple(map(_shown, row)) if isinstance(row, tuple) else _shown(row) for row in rows]


D = "SELECT o FROM Dataset o WHERE "
I = "SELECT o FROM Investigation o WHERE "  # noqa: E741
ASKED: list[tuple[str, list[object]]] = [
    ("SELECT o FROM Dataset o", ["a", "b", "c"]),
    ("SELECT o.name FROM Dataset o ORDER BY o.name DESC LIMIT 1, 1", ["b"]),
    ("SELECT o FROM Dataset o LIMIT 1, *", ["b", "c"]),
    ("SELECT o FROM Dataset o LIMIT 0, 0", []),
    # A path through a to-one relation is an inner join for the whole query.
    (D + "o.sample.name = 's one' OR o.name = 'b'", ["a"]),
    (D + "o.sample.id IS NULL", []),
    (D + "o.sample IS NULL", ["b", "c"]),
    ("SELECT o FROM Dataset o LEFT JOIN o.sample s WHERE s.id IS NULL", ["b", "c"]),
    ("SELECT o FROM Dataset o LEFT JOIN o.sample s ORDER BY s.name, o.name", ["b", "c", "a"]),
    ("SELECT o FROM Dataset o LEFT JOIN o.sample s ORDER BY s.name DESC, o.name", ["a", "b", "c"]),
    ("SELECT o FROM Dataset o LEFT JOIN o.sample s ORDER BY s.name NULLS LAST, o.name DESC",
     ["a", "c", "b"]),
    ("SELECT o FROM Dataset o LEFT JOIN o.sample s ORDER BY s.name DESC NULLS FIRST, o.name",
     ["b", "c", "a"]),
    # A join over many duplicates.
    ("SELECT o FROM Dataset o JOIN o.datafiles f", ["a", "a", "b"]),
    ("SELECT DISTINCT o FROM Dataset o JOIN o.datafiles f ORDER BY o.id", ["a", "b"]),
    ("SELECT o.datafiles FROM Dataset o ORDER BY o.id", ["f1", "f2", "f3"]),
    ("SELECT o FROM Dataset o, IN (o.datafiles) f WHERE f.name = 'f3'", ["b"]),
    ("SELECT o.name, i.name FROM Dataset o, Investigation i WHERE o.investigation = i AND i.id = 2",
     [("b", "embargo")]),
    # Literals become of the type that they are compared with.
    (D + "o.complete = 'T'", ["a"]),
    (D + "o.complete <> 0", ["a"]),
    (D + "o.complete IN ('true', 1)", ["a"]),
    (D + "o.id IN ('1', 2.9)", ["a", "b"]),
    (D + "o.id BETWEEN '2' AND 3.7", ["b", "c"]),
    (D + "'2' = o.id", ["b"]),
    (D + "-o.id = -2", ["b"]),
    (I + "o.visitId = 1", ["open", "embargo"]),
    (I + "o.releaseDate = '2001/1/1'", ["open"]),
    (I + "o.releaseDate = {ts 2001-01-01 00:00:00}", ["open"]),
    # 00:30 in summer in Berlin is the day before in UTC.
    (I + "o.startDate < '2000-07-01 00:31:00' AND o.startDate > '2000-07-01'", ["open"]),
    (I + "o.startDate < CURRENT_DATE AND o.startDate < CURRENT_TIMESTAMP", ["open"]),
    (I + "EXTRACT(YEAR FROM o.releaseDate) = 2998", ["embargo"]),
    # Null is neither equal nor unequal, but for a literal NULL.
    (I + "o.doi <> 'x'", ["open"]),
    (I + "NOT o.doi = 'x'", ["open"]),
    (I + "o.doi = NULL", ["embargo", "nobody"]),
    (I + "o.doi != NULL", ["open"]),
    (I + "o.doi > NULL", []),
    (I + "o.id IN (NULL)", []),
    (I + "o.id IN (1, NULL)", ["open"]),
    (I + "o.id NOT IN (1, NULL)", []),
    # Texts are compared by case.
    (I + "o.title LIKE 'spin%'", ["embargo"]),
    (I + "UPPER(o.title) LIKE UPPER('spin%')", ["open", "embargo"]),
    (I + "LOWER(o.title) LIKE 'ångström%'", ["nobody"]),
    (I + "o.title NOT LIKE '%spin%'", ["open", "nobody"]),
    (I + "o.visitId LIKE '100!%!_x' ESCAPE '!'", ["nobody"]),
    (I + r"o.visitId LIKE '100\%\_x'", ["nobody"]),
    (I + "o.title REGEXP '^[Ss]pin .*s$'", ["embargo"]),
    ("SELECT o.title FROM Investigation o ORDER BY o.title",
     ["Spin ice", "spin glass", "Ångström scale"]),
    # Functions.
    (I + "LENGTH(o.title) = 14", ["nobody"]),
    (I + "CONCAT(o.name, '/', o.visitId) = 'open/1'", ["open"]),
    (I + "SUBSTRING(o.title, 6) = 'ice'", ["open"]),
    (I + "SUBSTRING(o.title, 1, 4) = 'Spin'", ["open"]),
    (I + "LOCATE('s', o.title) = 9", ["embargo"][:0]),
    (I + "LOCATE('s', o.title, 2) = 9", ["embargo"]),
    (I + "TRIM(LEADING 'o' FROM o.name) = 'pen'", ["open"]),
    (I + "TRIM(TRAILING 'n' FROM TRIM(o.name)) = 'ope'", ["open"]),
    (I + "MOD(o.id, 2) = 0 AND ABS(o.id - 5) = 3 AND SQRT(o.id + 2) = 2", ["embargo"]),
    (I + "COALESCE(o.doi, o.name) = 'nobody'", ["nobody"]),
    (I + "NULLIF(o.name, 'open') IS NULL", ["open"]),
    (I + "CASE WHEN o.id = 1 THEN 'x' ELSE o.name END = 'x'", ["open"]),
    (I + "CAST(o.id AS VARCHAR(10)) = '2'", ["embargo"]),
    (I + "FUNCTION('LOWER', o.title) = 'spin ice'", ["open"]),
    # Sub-selects and collections.
    (D + "o.datafiles IS EMPTY", ["c"]),
    (D + "o.datafiles IS NOT EMPTY AND SIZE(o.datafiles) < 2", ["b"]),
    (D + "(SELECT COUNT(f) FROM o.datafiles f) = 2", ["a"]),
    (D + "EXISTS (SELECT f FROM Datafile f WHERE f.dataset = o AND f.fileSize > 7)", ["a"]),
    (D + "o.id NOT IN (SELECT f.dataset.id FROM Datafile f)", ["c"]),
    (D + "o IN (SELECT f.dataset FROM Datafile f WHERE f.name = 'f3')", ["b"]),
    (D + "o.id >= ALL (SELECT d.id FROM Dataset d)", ["c"]),
    (D + "o.id < ANY (SELECT d.id FROM Dataset d WHERE d.name = 'b')", ["a"]),
    (D + "o.id = SOME (SELECT MAX(d.id) FROM Dataset d)", ["c"]),
    (D + "o.id > ALL (SELECT MIN(d.id) FROM Dataset d GROUP BY d.complete HAVING MIN(d.id) < 9)",
     ["c"]),
    ("SELECT i FROM Investigation i, Dataset d WHERE d MEMBER OF i.datasets AND d.name = 'c'",
     ["nobody"]),
    ("SELECT i FROM Investigation i, Dataset d WHERE d NOT MEMBER i.datasets AND i.id = 1"
     " AND d.id = 3", ["open"]),
    (D + "EXISTS (SELECT f FROM o.datafiles f WHERE EXISTS"
     " (SELECT d FROM Dataset d WHERE d = o AND f.dataset = d AND f.name = 'f2'))", ["a"]),
    # Aggregates.
    ("SELECT COUNT(o), MIN(o.fileSize), MAX(o.fileSize), SUM(o.fileSize) FROM Datafile o",
     [(3, 0, 10, 15)]),
    ("SELECT AVG(o.fileSize) FROM Datafile o", [5.0]),
    ("SELECT COUNT(DISTINCT(o.dataset)) FROM Datafile o", [2]),
    ("SELECT MIN(o.id) FROM Datafile o WHERE o.id < 0", [None]),
    ("SELECT MIN(o.complete), MAX(o.complete) FROM Dataset o", [(False, True)]),
    ("SELECT o.dataset.name, COUNT(o) FROM Datafile o GROUP BY o.dataset.name"
     " HAVING COUNT(o) > 1 ORDER BY o.dataset.name", [("a", 2)]),
    ("SELECT o.name, COUNT(f) FROM Dataset o LEFT JOIN o.datafiles f GROUP BY o.name"
     " ORDER BY COUNT(f), o.name", [("c", 0), ("b", 1), ("a", 2)]),
    ("SELECT o.fileSize * 2 + 1, o.fileSize / 4, o.fileSize / 4.0 FROM Datafile o WHERE o.id = 1",
     [(21, 2, 2.5)]),
    ("SELECT 1, o.doi FROM Investigation o WHERE o.id > 1", [(1, None), (1, None)]),
    # The old syntax.
    ("Dataset.name", ["a", "b", "c"]),
    ("1, Dataset ORDER BY name", ["b", "c"]),
    (",2 Dataset.name ORDER BY id DESC", ["c", "b"]),
    ("COUNT(Dataset) [complete = FALSE]", [2]),
    ("DISTINCT Dataset.name <-> Investigation [name='open' OR NOT (id < 3)]", ["a", "c"]),
    ("Dataset <-> Datafile [fileSize BETWEEN 1 AND 9]", ["a"]),
    ("Dataset [id IN (1, 3) AND -1 < id]", ["a", "c"]),
    ("Investigation <-> InvestigationUser [role = 'PI'] <-> User [name = :user]", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ASKED, ids=[text for text, _ in ASKED])
def test_a_query_means_what_icat_means(icat: SmallIcat, text: str, expected: list[object]) -> None:
    given = _answer(icat.ask(text))
    if text.startswith("SELECT DISTINCT"):
        given, expected = sorted(given, key=str), sorted(expected, key=str)
    assert given == expected
