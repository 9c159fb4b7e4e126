"""What ICAT's query language means, and what its rules let be seen, on each kind of database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from test.support import servers
from test.support.small_icat import ANN, BOB, ROOT, SmallIcat, small_icat
from util.icat_server.beans import Bean, Item, Row, Scalar
from util.icat_server.errors import IcatError, Kind
from util.icat_server.query import searcher


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
    (I + "LOCATE('s', o.title) = 9", []),
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


def test_case_is_folded_beyond_ascii(icat: SmallIcat) -> None:
    # PostgreSQL does so by a collation that its tables of ICAT's have not.
    if icat.engine.dialect.name != "postgresql":
        text = I + "LOWER(o.title) LIKE 'ångström%' AND UPPER(o.title) LIKE 'ÅNGSTRÖM%'"
        assert _answer(icat.ask(text)) == ["nobody"]


REFUSED = [
    (D + "o.id = 'abc'", Kind.INTERNAL),
    (D + "o.id = '1.0'", Kind.INTERNAL),
    (D + "o.id = ' 1'", Kind.INTERNAL),
    (D + "o.id = TRUE", Kind.INTERNAL),
    (D + "o.complete = 'yes'", Kind.INTERNAL),
    (D + "o.startDate = '2000-01-01T00:00:00'", Kind.INTERNAL),
    (D + "o.startDate = ''", Kind.INTERNAL),
    (D + "o.startDate = 5", Kind.INTERNAL),
    (D + "o.investigation = 1", Kind.INTERNAL),
    (D + "o.name = :other", Kind.INTERNAL),
    (D + "o.name + 1 = 2", Kind.INTERNAL),
    (D + "o.name LIKE 'x' ESCAPE 'xy'", Kind.INTERNAL),
    (D + "FUNCTION('SLEEP', 5) = 1", Kind.INTERNAL),
    (D + "CAST(o.id AS BLOB) = '1'", Kind.INTERNAL),
    (D + "o.complete", Kind.BAD_PARAMETER),
    (D + "o.bogus = 1", Kind.BAD_PARAMETER),
    (D + "p.name = 'x'", Kind.BAD_PARAMETER),
    (D + "o.datafiles.name = 'x'", Kind.BAD_PARAMETER),
    (D + "o.datafiles = 1", Kind.BAD_PARAMETER),
    (D + "o.name IS EMPTY", Kind.BAD_PARAMETER),
    (D + "o.id IN ()", Kind.BAD_PARAMETER),
    (D + "LENGTH(o.name, 1) = 1", Kind.BAD_PARAMETER),
    (D + "(o.name = 'x') = 1", Kind.BAD_PARAMETER),
    (D + "EXISTS (SELECT d, d.name FROM Dataset d)", Kind.BAD_PARAMETER),
    (D + "EXISTS (SELECT o FROM Nothing o)", Kind.BAD_PARAMETER),
    ("SELECT COUNT(*) FROM Dataset o", Kind.BAD_PARAMETER),
    ("SELECT o.name AS n FROM Dataset o", Kind.BAD_PARAMETER),
    ("SELECT o FROM Dataset o ORDER BY 'x'", Kind.BAD_PARAMETER),
    ("UPDATE Dataset o SET o.name = 'x'", Kind.BAD_PARAMETER),
    ("", Kind.BAD_PARAMETER),
]


@pytest.mark.parametrize(("text", "kind"), REFUSED, ids=[text or "empty" for text, _ in REFUSED])
def test_what_is_wrong_is_refused_as_by_icat(icat: SmallIcat, text: str, kind: Kind) -> None:
    assert icat.error(text) == kind


def test_an_error_of_the_database_is_icats_own_kind_and_names_no_sql(icat: SmallIcat) -> None:
    many = ", ".join(["o.id"] * 2500)
    if icat.engine.dialect.name == "sqlite":
        with pytest.raises(IcatError) as caught:
            icat.ask(f"SELECT {many} FROM Dataset o")
        assert caught.value.kind == Kind.INTERNAL
        assert "SELECT" not in caught.value.message


def test_more_than_the_server_gives_is_refused(icat: SmallIcat) -> None:
    everything = "SELECT o FROM Dataset o, Dataset p, Dataset q, Dataset r"
    with pytest.raises(IcatError, match="more than 50 entities") as caught:
        icat.ask(everything)
    assert caught.value.kind == Kind.VALIDATION
    assert len(icat.ask(everything + " LIMIT 0, 50")) == 50
    assert icat.error(everything + " LIMIT 0, 51") == Kind.VALIDATION


# What rules let be seen.

SEEN: list[tuple[str, dict[str, list[object]]]] = [
    # A rule without a condition and without a group makes a table public.
    ("SELECT o FROM Facility o", {ANN: ["ESNF"], BOB: ["ESNF"], "anon/anon": ["ESNF"]}),
    # It does so even if it allows only to create.
    ("SELECT o FROM InvestigationType o", {"anon/anon": ["experiment"]}),
    ("SELECT o FROM DatasetType o", {ANN: [], "anon/anon": []}),
    ("SELECT o.name FROM Investigation o",
     {ROOT: ["open", "embargo", "nobody"], ANN: ["open"], BOB: ["open", "embargo"],
      "anon/anon": ["open"]}),
    # A group's rule that joins but has no condition allows all.
    ("SELECT o FROM Dataset o", {ANN: ["a", "b", "c"], BOB: ["a"], "anon/anon": ["a"]}),
    ("COUNT(Dataset)", {ANN: [3], BOB: [1]}),
    ("SELECT COUNT(o) FROM DatasetType o", {ANN: [0]}),
    ("SELECT COUNT(o), MIN(o.name) FROM DatasetType o", {ANN: []}),
    # Only what is selected must be readable, not what is joined or compared.
    ("SELECT o FROM Facility o JOIN o.datasetTypes t WHERE t.name = 'raw'", {BOB: ["ESNF"]}),
    # An attribute of a related object needs leave to read that one.
    ("SELECT o.type.name FROM Dataset o", {ANN: []}),
    ("SELECT o.investigation.name FROM Dataset o ORDER BY o.id",
     {ANN: ["open"], BOB: ["open", "embargo"]}),
    ("SELECT o.name, o.investigation.name FROM Dataset o", {BOB: [("a", "open")]}),
    ("SELECT o FROM Sample o", {ANN: ["s one"], BOB: []}),
    # An error shows only where the query would run.
    ("SELECT o FROM DatasetType o WHERE o.bogus = 1", {ANN: []}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "by_user"), SEEN, ids=[text for text, _ in SEEN])
def test_a_user_sees_what_rules_let_be_read(
    icat: SmallIcat, text: str, by_user: dict[str, list[object]]
) -> None:
    assert {user: _answer(icat.ask(text, user)) for user in by_user} == by_user


def _tree(bean: Bean) -> dict[str, object]:
    ones = {n: one and _tree(one) for n, one in bean.ones.items()}
    manys = {n: [_tree(each) for each in many] for n, many in bean.manys.items()}
    return {"": bean.values.get("name", bean.values.get("role")), **ones, **manys}


INCLUDED = (
    "SELECT o FROM Dataset o INCLUDE o.investigation i, i.keywords, i.type, o.datafiles, o.type"
)


def test_what_is_included_is_read_as_a_tree(icat: SmallIcat) -> None:
    trees = [_tree(bean) for bean in icat.ask(INCLUDED) if isinstance(bean, Bean)]
    raw, experiment = {"": "raw"}, {"": "experiment"}
    assert trees == [
        {
            "": "a",
            "investigation": {
                "": "open",
                "keywords": [{"": "spin"}, {"": "ice"}],
                "type": experiment,
            },
            "datafiles": [{"": "f1"}, {"": "f2"}],
            "type": raw,
        },
        {
            "": "b",
            "investigation": {"": "embargo", "keywords": [{"": "glass"}], "type": experiment},
            "datafiles": [{"": "f3"}],
            "type": raw,
        },
        {
            "": "c",
            "investigation": {"": "nobody", "keywords": [], "type": experiment},
            "datafiles": [],
            "type": raw,
        },
    ]


def test_what_may_not_be_read_is_left_out_of_what_is_included(icat: SmallIcat) -> None:
    trees = [_tree(bean) for bean in icat.ask(INCLUDED, ANN) if isinstance(bean, Bean)]
    keywords = [{"": "spin"}, {"": "ice"}]
    # Keywords have no rule, but their step is public; datafiles and dataset types have neither.
    investigation = {"": "open", "keywords": keywords, "type": {"": "experiment"}}
    assert trees == [
        {"": "a", "investigation": investigation, "datafiles": [], "type": None},
        {"": "b", "investigation": None, "datafiles": [], "type": None},
        {"": "c", "investigation": None, "datafiles": [], "type": None},
    ]


def test_include_1_and_types_in_the_old_syntax(icat: SmallIcat) -> None:
    [bean] = icat.ask("Dataset INCLUDE 1 [name = 'a']")
    assert isinstance(bean, Bean)
    assert _tree(bean) == {
        "": "a", "investigation": {"": "open"}, "sample": {"": "s one"}, "type": {"": "raw"},
    }  # fmt: skip
    [bean] = icat.ask("Investigation INCLUDE Dataset, Datafile, Keyword [name = 'open']")
    assert isinstance(bean, Bean)
    files = [{"": "f1"}, {"": "f2"}]
    assert _tree(bean)["datasets"] == [{"": "a", "datafiles": files}]


def test_too_much_to_include_is_refused(icat: SmallIcat) -> None:
    text = (
        "SELECT o FROM Facility o INCLUDE o.investigations i, i.datasets d, d.investigation e,"
        " e.datasets d2, d2.type t, t.datasets d3, d3.type t3, t3.datasets d4, d4.datafiles,"
        " d4.type t4, t4.datasets, d4.investigation e4, e4.datasets, e4.keywords, e4.type it,"
        " it.investigations i5, i5.datasets, i5.keywords, i5.investigationUsers, d3.datafiles,"
        " d2.datafiles, d.datafiles, i.keywords, e.keywords, i5.samples, i.samples, e.samples"
    )
    with pytest.raises(IcatError, match="attempt to process more than 50") as caught:
        icat.ask(text)
    assert caught.value.kind == Kind.VALIDATION


def test_each_step_of_an_include_is_one_statement(icat: SmallIcat) -> None:
    statements = []

    def note(*given: object) -> None:
        statements.append(given[2])

    sa.event.listen(icat.engine, "before_cursor_execute", note)
    try:
        icat.ask(INCLUDED)
        as_root = len(statements)
        icat.ask(INCLUDED, BOB)
    finally:
        sa.event.remove(icat.engine, "before_cursor_execute", note)
    assert as_root == 1 + 5
    # One more finds the rules that apply; what cannot be read at all is not asked for.
    assert len(statements) - as_root <= 1 + as_root


# Getting one object.


def test_an_object_is_got_with_what_is_included(icat: SmallIcat) -> None:
    get = icat.searcher.get
    assert _tree(get(icat.connection, ROOT, "Dataset", 1)) == {"": "a"}
    both = {"": "a", "investigation": {"": "open"}, "datafiles": [{"": "f1"}, {"": "f2"}]}
    for text in (
        "Dataset INCLUDE Investigation, Datafile",
        "Dataset d INCLUDE d.investigation, d.datafiles",
        "Dataset AS d INCLUDE d.investigation i, d.datafiles",
    ):
        assert _tree(get(icat.connection, ROOT, text, 1)) == both
    assert _tree(get(icat.connection, ANN, "Dataset d INCLUDE 1", 2)) == {
        "": "b", "investigation": None, "sample": None, "type": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("user", "text", "id_", "kind", "message"),
    [
        (ROOT, "Bogus", 1, Kind.BAD_PARAMETER, "Bogus is not an ICAT entity"),
        (ROOT, "Dataset d, x", 1, Kind.BAD_PARAMETER, "No more input expected at token ,"),
        (ROOT, "Dataset", 99, Kind.NO_SUCH_OBJECT_FOUND, "Dataset[id:99] not found."),
        (BOB, "Dataset", 99, Kind.NO_SUCH_OBJECT_FOUND, "Dataset[id:99] not found."),
        (BOB, "Dataset", 2, Kind.INSUFFICIENT_PRIVILEGES,
         "READ access to this Dataset is not allowed."),
    ],
)  # fmt: skip
def test_what_cannot_be_got_is_refused(
    icat: SmallIcat, user: str, text: str, id_: int, kind: Kind, message: str
) -> None:
    with pytest.raises(IcatError) as caught:
        icat.searcher.get(icat.connection, user, text, id_)
    assert caught.value.kind == kind
    assert caught.value.message.startswith(message)


def test_a_query_asked_again_is_neither_read_nor_compiled(
    icat: SmallIcat, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def noting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            calls.append(name)
            return function(*given)

        return call

    for name in ("read", "plan"):
        monkeypatch.setattr(searcher, name, noting(name, getattr(searcher, name)))
    text = "SELECT o FROM Dataset o WHERE o.name = 'asked for the first time'"
    for user in (ROOT, ROOT, BOB, BOB, ROOT):
        icat.ask(text, user)
    # The rules that apply to another user make another statement.
    assert calls == ["read", "plan", "plan"]
