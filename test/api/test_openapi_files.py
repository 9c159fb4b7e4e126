"""The OpenAPI document in files: by the command, and at start-up when generate_swagger says so."""

import json
import logging

import pytest
from click.testing import CliRunner, Result

from datagateway_api.__main__ import main
from datagateway_api.core.errors import ConfigurationError
from test.support.configured import configured, environment

NAME = "catalogue.openapi.json"
AWAY = "mysql://nobody:x@127.0.0.1:1/x"


def run(url: str, *options: str, **server: object) -> Result:
    return CliRunner().invoke(main, ["openapi", *options], env=environment(url, server))


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_command_prints_the_document(sqlite_url):
    result = run(sqlite_url, url_prefix="/gateway")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["servers"] == [{"url": "/gateway"}]


def test_the_command_writes_the_document_that_is_served(sqlite_url, tmp_path):
    result = run(sqlite_url, "--output", "it.json")
    assert (result.exit_code, result.stdout) == (0, "")
    served = configured(sqlite_url, {}).test_client().get("/openapi.json").data
    assert (tmp_path / "it.json").read_bytes() == served
    assert [path.name for path in tmp_path.iterdir()] == ["it.json"]


def test_the_command_says_when_the_file_cannot_be_written(sqlite_url):
    result = run(sqlite_url, "--output", "nowhere/it.json")
    assert result.exit_code == 1
    assert "cannot be written: No such file or directory" in result.stderr


def test_the_command_says_when_the_catalogue_is_away():
    result = run(AWAY)
    assert result.exit_code == 1
    assert "cannot be reached" in result.stderr


def test_the_command_refuses_a_mode_that_is_not_there(sqlite_url):
    result = run(sqlite_url, "--mode", "nothing")
    assert result.exit_code == 2
    assert "choose with --mode one of: catalogue" in result.stderr


def test_nothing_is_written_at_start_unless_asked_for(sqlite_url, tmp_path):
    configured(sqlite_url, {})
    assert list(tmp_path.iterdir()) == []


def test_generate_swagger_writes_the_document_at_start(sqlite_url, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    app = configured(sqlite_url, {"generate_swagger": "true", "swagger_folder": str(folder)})
    assert [path.name for path in folder.iterdir()] == [NAME]
    assert (folder / NAME).read_bytes() == app.test_client().get("/openapi.json").data


def test_generate_swagger_writes_into_the_working_directory(sqlite_url, tmp_path):
    configured(sqlite_url, {"generate_swagger": "true"})
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_generate_swagger_waits_for_no_catalogue_that_is_away(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        configured(AWAY, {"generate_swagger": "true"})
    assert list(tmp_path.iterdir()) == []
    assert "generate_swagger: nothing is written" in caplog.text


def test_generate_swagger_says_when_it_cannot_write(sqlite_url, tmp_path):
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / "in the way").touch()
    with pytest.raises(ConfigurationError, match="swagger_folder: cannot be written to"):
        configured(sqlite_url, {"generate_swagger": "true"})
