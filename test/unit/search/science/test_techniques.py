"""The hierarchy of techniques: reading a table, and what is of a kind."""

from importlib.resources import as_file, files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.search.science.technique_table import NAMESPACE, Technique
from datagateway_api.search.science.techniques import Hierarchy
from test.support.search_fixture import TAGS

PANET = f"{NAMESPACE}PaNET"
HEAD = (
    "ID,Label,Other,Type,Parent,Parent,Same\nID,A rdfs:label,A skos:altLabel,TYPE,SC %,SC %,EC %\n"
)


@pytest.fixture(scope="module")
def demo() -> Hierarchy:
    with as_file(files("datagateway_api.search.science") / "techniques_demo.csv") as path:
        return Hierarchy.load(path)


@pytest.fixture(scope="module")
def full(shared_data: Path) -> Hierarchy:
    return Hierarchy.load(shared_data / "PaNET.csv")


def table(tmp_path: Path, rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(head + rows, encoding="utf-8")
    return path


def found(hierarchy: Hierarchy, asked: str) -> set[int]:
    closure = hierarchy.closure(asked)
    return {n for n, tags in TAGS.items() if any(PANET + tag in closure for tag in tags)}


# The standard's examples: each leaf is about the data set, with its descendants

EXAMPLES = [
    ("XES", "01200", {7, 8, 9, 10}),
    ("SAS", "01124", {2, 3, 4, 5, 9, 10}),
    ("magnetism", "00207", {6, 8}),
    ("GISAXS", "01162", {3, 9}),
    ("inelastic x-ray scattering", "01182", {1, 4, 7, 8, 9, 10}),
    ("x-ray technique", "01012", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
]


@pytest.mark.parametrize("size", ["demo", "full"])
@pytest.mark.parametrize(("name", "number", "expected"), EXAMPLES)
def test_a_technique_finds_data_tagged_with_it_or_a_kind_of_it(
    request, size, name, number, expected
):
    hierarchy = request.getfixturevalue(size)
    assert found(hierarchy, PANET + number) == expected
    if not (size == "full" and name == "x-ray technique"):
        assert found(hierarchy, name.upper()) == expected


@pytest.mark.parametrize("size", ["demo", "full"])
def test_the_worked_examples_come_out(request, size):
    hierarchy = request.getfixturevalue(size)
    every = set(TAGS)
    emission, small, magnetic = (
        found(hierarchy, PANET + number) for number in ("01200", "01124", "00207")
    )
    assert emission == {7, 8, 9, 10}
    assert small == {2, 3, 4, 5, 9, 10}
    assert every - emission == {1, 2, 3, 4, 5, 6}
    assert every - small == {1, 6, 7, 8}
    assert small & magnetic == set()
    assert small | magnetic == {2, 3, 4, 5, 6, 8, 9, 10}
    assert emission & small == {9, 10}
    assert emission - small == {7, 8}
    assert (every - emission) | magnetic == {1, 2, 3, 4, 5, 6, 8}
    assert every - (emission | small) == {1, 6}


# The full table


@pytest.mark.parametrize(
    ("number", "size"), [("01124", 22), ("00207", 11), ("01012", 89), ("01200", 1)]
)
def test_the_full_table_gives_closures_of_the_known_sizes(full, number, size):
    closure = full.closure(PANET + number)
    assert len([pid for pid in closure if pid.startswith(NAMESPACE)]) == size


def test_the_full_table_is_read_whole(full):
    assert len(full) == 510
    assert PANET + "01189" in full.closure("small angle scattering")


def test_the_demo_table_holds_techniques_of_panet_only(demo, full):
    pids = {
        pid for top in ("01012", "00101", "01124", "01125") for pid in demo.closure(PANET + top)
    }
    pids = {pid for pid in pids if pid.startswith(NAMESPACE)}
    assert len(pids) > 30
    assert all(len(full.names(pid)) > 1 for pid in pids)


# How a technique is asked for, and how data are tagged


@pytest.mark.parametrize(
    "asked",
    [
        PANET + "01188",
        "https://purl.org/pan-science/PaNET/PaNET01188",
        "HTTP://PURL.ORG/pan-science/panet/panet01188",
        "PaNET01188",
        "panet01188",
        "PaNET:PaNET01188",
        "small angle x-ray scattering",
        "Small-Angle X-ray Scattering",
        " small angle X RAY scattering ",
        "SAXS",
        "saxs",
    ],
)
def test_a_technique_is_asked_for_by_pid_or_name_in_any_case(demo, asked):
    closure = demo.closure(asked)
    assert asked in closure
    assert closure - {asked} == demo.closure(PANET + "01188") - {asked}
    assert {PANET + "01162", "PaNET01162", "PaNET:PaNET01162"} <= closure
    assert PANET + "01189" not in closure


def test_a_name_may_lack_the_words_that_most_names_end_in(demo, full):
    assert PANET + "01162" in full.closure("small angle scattering")
    assert PANET + "01162" in demo.closure("small-angle scattering-based techniques")
    assert {"SAS", "small angle scattering", "small angle scattering-based techniques"} <= (
        full.names("SAS")
    )


def test_an_unknown_technique_matches_itself_only(demo):
    assert demo.closure("10.5072/my-technique") == {"10.5072/my-technique"}
    assert demo.names("our own way") == {"our own way"}


def test_without_a_table_each_technique_stands_for_itself():
    empty = Hierarchy.empty()
    assert len(empty) == 0
    assert empty.closure(PANET + "01124") == {PANET + "01124"}
    assert empty.names("SAS") == {"SAS"}


# Reading a table


def test_parents_are_addresses_short_forms_labels_or_joined_in_an_expression(tmp_path):
    rows = """x:a,alpha,,owl:Class,,,
x:b,beta and more,b,owl:Class,x:a,,
x:c,gamma,,,beta and more,,https://elsewhere.example.org/c
x:d,delta,,owl:Class,,,('alpha' and x:c and ('has' some 'x'))
x:e,epsilon,,owl:Class,,,('has' some 'alpha')
x:f,zeta,,owl:Class,,,('alpha' or 'gamma')
x:p,has,,owl:ObjectProperty,,,
"""
    hierarchy = Hierarchy.load(table(tmp_path, rows))
    assert len(hierarchy) == 6
    assert hierarchy.closure("alpha") == {"alpha", "x:a", "x:b", "x:c", "x:d"}
    assert hierarchy.closure("B") == {"B", "x:b", "x:c", "x:d"}
    assert hierarchy.closure("gamma") == {"gamma", "x:c", "x:d"}
    assert hierarchy.closure("has") == {"has"}


def test_rows_of_one_technique_are_taken_together(tmp_path):
    rows = "x:a,alpha,,,,,\nx:b,beta,,,,,\nx:c,gamma,,,x:a,,\nx:c,gamma,third,,,,x:b\n"
    hierarchy = Hierarchy.load(table(tmp_path, rows))
    assert "x:c" in hierarchy.closure("alpha") & hierarchy.closure("beta")
    assert "x:c" in hierarchy.closure("third")


def test_headings_gaps_short_rows_and_further_columns_do_no_harm(tmp_path):
    head = "Nr,ID,Label,Note,Parent\n,ID,A rdfs:label,,SC %\n"
    rows = ",,,,\na heading,,,,\n1,x:a,alpha\n2,x:b,beta,a note,alpha\n\n"
    hierarchy = Hierarchy.load(table(tmp_path, rows, head))
    assert hierarchy.closure("alpha") == {"alpha", "x:a", "x:b"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "x:a,alpha,,,x:b,,\nx:b,beta,,,x:a,,\n",
            "row [34]: a technique cannot lie below itself: ",
        ),
        (
            "x:a,alpha,,,x:a,,\n",
            "row 3: a technique cannot lie below itself: 'alpha' below 'alpha'",
        ),
        ("x:a,alpha,,,nowhere,,\n", "row 3: there is no technique 'nowhere'"),
        ("x:a,alpha,,,PaNET:PaNET99999,,\n", "row 3: there is no technique 'PaNET:PaNET99999'"),
        ("\n\nx:a,,,,,,\n", "row 5: x:a has no label"),
        (",alpha,,,,,\n", "row 3: 'alpha' has no id"),
        ("01188,alpha,,,,,\n", "row 3: the id must be an address or like PaNET:PaNET00001, got '0"),
        ("x:a,alpha,,,,,,,surplus\n", "row 3: must have at most 7 columns, got 9"),
        ("", "there is no technique in it"),
    ],
)
def test_a_malformed_row_is_named(tmp_path, rows, message):
    with pytest.raises(ConfigurationError, match=f"^table.csv: {message}"):
        Hierarchy.load(table(tmp_path, rows))


def test_all_faults_are_reported_at_once(tmp_path):
    rows = "x:a,,,,,,\n,beta,,,,,\nx:c,gamma,,,nowhere,x:d,\n"
    with pytest.raises(ConfigurationError) as caught:
        Hierarchy.load(table(tmp_path, rows))
    assert [problem.split(":")[1].strip() for problem in caught.value.problems] == [
        "row 3",
        "row 4",
        "row 5",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "this is no CSV file in UTF-8"),
        (b'ID\n"unclosed', "this is no CSV file in UTF-8"),
        (b"", "row 2: must say which column is 'ID' and 'A rdfs:label'"),
        (b"ID,Label\nID,other\n", "row 2: must say which column is 'A rdfs:label'"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, message):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        Hierarchy.load(path)


def test_a_missing_file_is_no_traceback(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.csv: the table cannot be read: No such"):
        Hierarchy.load(tmp_path / "none.csv")


# Properties


@st.composite
def hierarchies(draw: st.DrawFn) -> Hierarchy:
    """Any hierarchy without circles: parents come before their children."""
    size = draw(st.integers(1, 12))
    return Hierarchy(
        {
            f"x:{n}": Technique(
                row=n,
                pid=f"x:{n}",
                names=(f"name {n}",),
                parents=tuple(draw(st.sets(st.sampled_from([f"x:{m}" for m in range(n)]))))
                if n
                else (),
            )
            for n in range(size)
        }
    )


@settings(max_examples=40)
@given(hierarchies())
def test_a_closure_holds_itself_and_the_closures_of_all_in_it(hierarchy):
    for number in range(len(hierarchy)):
        closure = hierarchy.closure(f"x:{number}")
        assert f"x:{number}" in closure
        assert all(hierarchy.closure(pid) <= closure for pid in closure)


@settings(max_examples=40)
@given(hierarchies())
def test_what_is_asked_by_name_is_what_is_asked_by_pid(hierarchy):
    for number in range(len(hierarchy)):
        name, pid = f"name {number}", f"x:{number}"
        assert hierarchy.closure(name) == hierarchy.closure(pid) | {name}
        assert hierarchy.closure(name.upper()) == hierarchy.closure(pid) | {name.upper()}
        below = {f"name {each.removeprefix('x:')}" for each in hierarchy.closure(pid)}
        assert hierarchy.names(pid) == below | {pid}


def test_a_chain_of_thousands_is_no_deep_recursion():
    chain = {
        f"x:{n}": Technique(n, f"x:{n}", (f"n{n}",), (f"x:{n - 1}",) if n else ())
        for n in range(5000)
    }
    assert len(Hierarchy(chain).closure("x:0")) == 5000
