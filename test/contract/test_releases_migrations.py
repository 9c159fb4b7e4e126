"""The store's migrations: up and down, from every revision, on every database."""

import subprocess
import sys
from contextlib import ExitStack
from subprocess import PIPE

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.releases.migrations import migrations
from datagateway_api.releases.tables import METADATA
from test.contract.databases import connected, run, scalar
from test.support.releases import ROWS, opened

OURS = "releases_"


def tables(url: str) -> set[str]:
    with connected(url) as connection:
        return set(sa.inspect(connection).get_table_names())


def differences(url: str) -> list[object]:
    """What the tables in the database lack or have beyond those that the program describes."""
    with connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, METADATA)
    return [each for each in found if "releases_revision" not in str(each)]


def test_the_newest_revision_has_just_the_tables_of_the_program(database_url):
    assert migrations().upgrade(database_url) == migrations().newest == "0002"
    assert differences(database_url) == []
    assert tables(database_url) == {*METADATA.tables, "releases_revision"}


def test_every_step_can_be_taken_back_and_again(database_url):
    store = migrations()
    for revision in store.revisions:
        assert store.upgrade(database_url, revision) == revision
        assert store.downgrade(database_url, "-1") in (None, *store.revisions)
        assert store.upgrade(database_url, revision) == revision
    assert differences(database_url) == []
    assert store.downgrade(database_url) is None
    assert tables(database_url) == {"releases_revision"}


@pytest.mark.parametrize("revision", migrations().revisions)
def test_a_store_of_any_revision_is_brought_up_with_what_it_holds(database_url, revision):
    store = migrations()
    store.upgrade(database_url, revision)
    run(
        database_url,
        "INSERT INTO releases_release (name, state, created_at, created_by, modified_at, "
        "modified_by, revision, next_skim) VALUES ('old', 'draft', :at, 'x', :at, 'x', 1, 1)",
        {"at": "2026-01-01 00:00:00"},
    )
    assert store.upgrade(database_url) == store.newest
    with opened(database_url) as releases:
        assert [each["name"] for each in releases.json("/releases")] == ["old"]
        assert releases.upload("old", ROWS).get_json()["created"] == 3


def test_upgrading_twice_changes_nothing(database_url):
    migrations().upgrade(database_url)
    run(database_url, "INSERT INTO releases_session (id) VALUES ('kept')")
    assert migrations().upgrade(database_url) == "0002"
    assert scalar(database_url, "SELECT count(*) FROM releases_session") == 1


def test_other_tables_of_the_database_are_left_alone(database_url):
    run(database_url, "CREATE TABLE other (id INTEGER)")
    migrations().upgrade(database_url)
    migrations().downgrade(database_url)
    assert "other" in tables(database_url)


def test_an_unknown_revision_is_refused(database_url):
    with pytest.raises(ConfigurationError, match="revision"):
        migrations().upgrade(database_url, "9999")


UPGRADING = """
import sys
from datagateway_api.releases.migrations import migrations
store = migrations()
print("ready", flush=True)
sys.stdin.readline()
print(store.upgrade(sys.argv[1]))
"""


def test_several_processes_can_upgrade_at_once(database_url):
    command = [sys.executable, "-c", UPGRADING, database_url]
    with ExitStack() as ends:
        running = [
            ends.enter_context(subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True))
            for _ in range(3)
        ]
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        found = [process.communicate(timeout=60)[0] for process in running]
    assert found == [f"{migrations().newest}\n"] * 3
