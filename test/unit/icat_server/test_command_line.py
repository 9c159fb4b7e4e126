from pathlib import Path

import pytest
from click.testing import CliRunner

from util.icat_server import __main__ as command_line


class Served:
    """Stands for the server, so that no port is taken: it keeps what it was to serve, and where."""

    def __init__(self, application, host, port):
        self.application, self.host, self.port = application, host, port
        self.was_run = False

    def run(self):
        self.was_run = True


@pytest.fixture
def served(monkeypatch):
    """All servers that the command line made."""
    made = []

    def make(*arguments):
        made.append(Served(*arguments))
        return made[-1]

    monkeypatch.setattr(command_line, "Server", make)
    return made


def run(*options):
    return CliRunner().invoke(command_line.main, options)


def test_it_says_what_it_is_for_and_listens_on_this_machine_only(served):
    done = run()
    assert done.exit_code == 0
    assert "for development and tests" in done.output.lower()
    assert "http://127.0.0.1:8080/ICATService/ICAT?wsdl" in done.output
    assert (served[-1].host, served[-1].port, served[-1].was_run) == ("127.0.0.1", 8080, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--db-url", "nonsense"], "--db-url"),
        (["--db-url", "sqlite://"], "must name a file"),
        (["--time-zone", "Mars/Olympus"], "Mars/Olympus is no time zone"),
        (["--users", "absent.yaml"], "--users"),
        (["--port", "0"], "--port"),
        (["--lifetime-minutes", "0"], "--lifetime-minutes"),
    ],
)
def test_a_wrong_option_is_named(served, options, message):
    done = run(*options)
    assert done.exit_code != 0
    assert message in done.output
    assert "Traceback" not in done.output
    assert served == []


def test_a_database_of_an_older_icat_is_refused(served, tmp_path):
    from datagateway_api.backends.database.create import create_catalogue

    url = f"sqlite:///{tmp_path}/old.sqlite"
    (tmp_path / "old.sqlite").touch()
    create_catalogue(url, "4.11")
    done = run("--db-url", url)
    assert done.exit_code == 1
    assert "the tables are those of an older ICAT" in done.output


def test_a_new_catalogue_can_be_filled_with_mock_data(served, tmp_path):
    url = f"sqlite:///{tmp_path}/new.sqlite"
    for _ in range(2):
        done = run("--db-url", url, "--seed-catalogue")
        assert done.exit_code == 0, done.output
    icat = served[-1].application.icat
    session_id = icat.sessions.login("simple", {"username": "root", "password": "root"})
    [count] = icat.search(session_id, "SELECT COUNT(o) FROM Investigation o")
    assert count.value > 50
    assert icat.search(session_id, "SELECT o FROM Investigation o WHERE o.fileCount > 0")


GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "icat-server.md"


@pytest.mark.parametrize(
    "option", [name for each in command_line.main.params for name in each.opts]
)
def test_the_guide_explains_every_option(option):
    assert any(f"`{option}`" in row for row in GUIDE.read_text().splitlines() if row[:1] == "|")
