"""Who may do what: the rules against a real database."""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from test.support import servers
from test.support.small_icat import ANN, BOB, ROOT, ZONE, SmallIcat, small_icat
from util.icat_server.query import Searcher
from util.icat_server.rules import Rules
from util.icat_server.rules.engine import Flag

NOBODY = "anon/anon"


@pytest.fixture(scope="module")
def icat(database_server: servers.DatabaseServer) -> Iterator[SmallIcat]:
    url = database_server.create_database()
    with small_icat(url) as icat:
        yield icat
    database_server.drop_database(url)


ALLOWED: list[tuple[str, Flag, str, Sequence[int], str | None, bool]] = [
    (ROOT, "D", "Facility", [1], None, True),
    (NOBODY, "R", "Facility", [1], None, True),
    (NOBODY, "D", "Facility", [1], None, False),
    (NOBODY, "C", "InvestigationType", [1], None, True),
    (NOBODY, "U", "InvestigationType", [1], None, False),
    # Rules with conditions: the object must be in what one of them finds.
    (NOBODY, "R", "Investigation", [1], None, True),
    (NOBODY, "R", "Investigation", [1, 2], None, False),
    (BOB, "R", "Investigation", [1, 2], None, True),
    (BOB, "R", "Investigation", [1, 2, 3], None, False),
    (BOB, "R", "Investigation", [99], None, False),
    (BOB, "R", "Investigation", [1, 1, 2, 2], None, True),
    (BOB, "R", "Sample", [1], None, False),
    (ANN, "U", "Sample", [1], None, True),
    (ANN, "U", "Sample", [2], None, False),
    (ANN, "D", "Sample", [1], None, False),
    # A rule that joins but has no condition.
    (ANN, "D", "Dataset", [1, 2, 3], None, True),
    # A rule about one attribute is none about the whole object.
    (BOB, "U", "Facility", [1], "description", True),
    (BOB, "U", "Facility", [1], "name", False),
    (BOB, "U", "Facility", [1], None, False),
]


@pytest.mark.parametrize(("user", "flag", "entity", "ids", "field", "expected"), ALLOWED)
def test_rules_say_who_may_do_what(
    icat: SmallIcat,
    user: str,
    flag: Flag,
    entity: str,
    ids: Sequence[int],
    field: str | None,
    expected: bool,
) -> None:
    allowed = icat.rules.allows(icat.connection, user, flag, icat.entity(entity), ids, field)
    assert allowed is expected


def test_many_objects_are_asked_for_in_few_statements(icat: SmallIcat) -> None:
    statements: list[object] = []
    sa.event.listen(icat.engine, "before_cursor_execute", lambda *given: statements.append(given))
    ids = [1, 2, *range(1000, 1500)]
    assert not icat.rules.allows(icat.connection, BOB, "R", icat.entity("Investigation"), ids)
    assert len(statements) == 2


@pytest.fixture
def alone(sqlite_server: servers.SqliteFiles) -> Iterator[SmallIcat]:
    """A catalogue that a test may change."""
    with small_icat(sqlite_server.create_database()) as icat:
        yield icat


def _count(icat: SmallIcat, text: str, user: str) -> int:
    return len(icat.ask(text, user))


def _execute(icat: SmallIcat, statement: str) -> None:
    icat.connection.execute(sa.text(statement))


def test_what_is_public_is_remembered_until_a_rule_comes_or_goes(alone: SmallIcat) -> None:
    assert _count(alone, "Facility", NOBODY) == 1
    _execute(alone, "DELETE FROM RULE_ WHERE WHAT = 'Facility'")
    assert _count(alone, "Facility", NOBODY) == 1
    alone.rules.forget()
    assert _count(alone, "Facility", NOBODY) == 0


def test_a_public_step_is_remembered_until_one_comes_or_goes(alone: SmallIcat) -> None:
    text = "SELECT o FROM Investigation o INCLUDE o.keywords"

    def keywords() -> int:
        [bean] = alone.ask(text, NOBODY)
        return len(bean.manys["keywords"])  # type: ignore[union-attr]

    assert keywords() == 2
    _execute(alone, "DELETE FROM PUBLICSTEP")
    assert keywords() == 2
    alone.rules.forget()
    assert keywords() == 0


def test_rules_with_conditions_and_memberships_count_at_once(alone: SmallIcat) -> None:
    assert _count(alone, "Dataset", ANN) == 3
    _execute(alone, "DELETE FROM USERGROUP")
    assert _count(alone, "Dataset", ANN) == 1
    _execute(alone, "UPDATE RULE_ SET CRUDFLAGS = 'U' WHERE WHAT LIKE 'Dataset <->%'")
    assert _count(alone, "Dataset", ANN) == 0


def test_a_rule_that_others_wrote_wrongly_is_left_out(
    alone: SmallIcat, caplog: pytest.LogCaptureFixture
) -> None:
    _execute(alone, "UPDATE RULE_ SET WHAT = 'Nonsense' WHERE WHAT LIKE 'Dataset <->%'")
    assert _count(alone, "Dataset", BOB) == 0
    assert _count(alone, "Facility", BOB) == 1
    assert "Nonsense is not an ICAT entity" in caplog.text


def test_a_catalogue_without_derived_columns_has_the_same_rules(
    sqlite_server: servers.SqliteFiles,
) -> None:
    with small_icat(sqlite_server.create_database()) as icat:
        for name in icat.catalogue.derived.values():
            _execute(icat, f"ALTER TABLE RULE_ DROP COLUMN {name.column}")
        found = icat.catalogue.inspect(icat.connection)
        assert not found.derived
        searcher = Searcher(found, Rules(found, frozenset([ROOT]), zone=ZONE), zone=ZONE)
        assert len(searcher.search(icat.connection, BOB, "Dataset")) == 1


def test_threads_of_many_users_never_see_each_others_answers(alone: SmallIcat) -> None:
    expected = {ROOT: 3, ANN: 1, BOB: 2, NOBODY: 1}
    text = "SELECT o FROM Investigation o"

    def work(number: int) -> None:
        user = list(expected)[number % len(expected)]
        with alone.engine.connect() as connection:
            for turn in range(25):
                limited = f"{text} LIMIT 0, {10 + turn % 5}"
                found = alone.searcher.search(connection, user, limited)
                assert len(found) == expected[user]
                if turn % 5 == 0:
                    alone.rules.forget()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(16)))
    finally:
        sys.setswitchinterval(interval)


def test_what_is_read_while_a_rule_goes_is_not_remembered(alone: SmallIcat) -> None:
    changes = ["DELETE FROM RULE_ WHERE WHAT = 'Facility'"]

    def change(*given: object) -> None:
        # Amid the reading: the rules are read already, the public steps not yet.
        if "PUBLICSTEP" in str(given[2]) and changes:
            with alone.engine.connect() as other:
                other.execute(sa.text(changes.pop()))
            alone.rules.forget()

    sa.event.listen(alone.engine, "before_cursor_execute", change)
    assert _count(alone, "Facility", NOBODY) == 1
    assert not changes
    assert _count(alone, "Facility", NOBODY) == 0
