"""The command line: what each command prints, and with which status it ends."""

import os
import pty
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner, Result

from datagateway_api.__main__ import main
from datagateway_api.demo import run as demo
from datagateway_api.demo.place import Demo
from datagateway_api.modes import section_models
from datagateway_api.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = "datagateway_api: {extension: /, backend: db, db_url: 'sqlite:///x.db'}\n"
HASH = re.compile(r"scrypt\$\d+\$\d+\$\d+\$[\w+/=-]+\$[\w+/=-]+\n")


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith("DATAGATEWAY_API_"):
            monkeypatch.delenv(name)


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=typed, prog_name="datagateway-api")


def test_the_help_lists_every_command():
    result = run("--help")
    assert result.exit_code == 0
    for name in ("serve", "check-config", "hash-password", "create-catalogue", "demo"):
        assert f"  {name} " in result.output


def test_the_help_loads_no_heavy_library():
    code = (
        "import sys, datagateway_api.__main__\n"
        "heavy = {'flask', 'sqlalchemy', 'pydantic', 'yaml', 'werkzeug'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


# check-config


def test_check_config_prints_the_effective_settings_with_secrets_masked():
    text = MINIMAL.replace("sqlite:///x.db", "mysql://root:geheim@h/n")
    Path("config.yaml").write_text(text + "port: 8000\n")
    result = run("check-config")
    assert result.exit_code == 0
    assert "port: 8000\n" in result.stdout
    assert "  db_url: mysql+pymysql://root:***@h/n\n" in result.stdout
    assert result.stderr == "The settings are valid.\n"


def test_what_check_config_prints_is_itself_valid_when_it_holds_no_secret():
    Path("config.yaml").write_text(MINIMAL)
    Path("again.yaml").write_text(run("check-config").stdout)
    models = section_models()
    assert load_settings(Path("again.yaml"), {}, models) == load_settings(None, {}, models)


def test_check_config_lists_all_problems_and_fails():
    Path("c.yaml").write_text("prot: 1\nport: 0\n")
    result = run("check-config", "--config", "c.yaml")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "These problems were found:",
        "  port: must be a whole number from 1 to 65535, got 0",
        "  prot: is not a setting; did you mean port?",
        f"  no mode is switched on: add a section for one of them ({', '.join(section_models())})",
    ]


def test_check_config_reads_the_environment(monkeypatch):
    Path("config.yaml").write_text(MINIMAL)
    monkeypatch.setenv("DATAGATEWAY_API__PORT", "8001")
    assert "port: 8001\n" in run("check-config").stdout


# serve


def test_serve_refuses_the_debugger_where_others_can_reach_it():
    Path("config.yaml").write_text(MINIMAL + "debug_mode: true\n")
    result = run("serve", "--host", "0.0.0.0")
    assert result.exit_code == 1
    assert "use host 127.0.0.1 or debug_mode: false" in result.stderr


@pytest.mark.parametrize("port", ["0", "70000", "x"])
def test_serve_refuses_a_port_that_cannot_be(port):
    assert run("serve", "--port", port).exit_code == 2


# hash-password


def test_hash_password_reads_one_line_that_is_piped_in():
    result = run("hash-password", typed="geheim wörter\nmore\n")
    assert result.exit_code == 0
    assert HASH.fullmatch(result.stdout)


def test_hash_password_salts():
    outputs = {run("hash-password", typed="geheim\n").stdout for _ in range(2)}
    assert len(outputs) == 2


def test_a_printed_hash_is_accepted_by_the_settings():
    line = run("hash-password", typed="geheim\n").stdout.strip()
    text = MINIMAL.replace("}", f", mechanisms: {{simple: {{users: {{alice: {line}}}}}}}}}", 1)
    Path("config.yaml").write_text(text)
    assert run("check-config").exit_code == 0


@pytest.mark.parametrize("typed", ["", "\n", "\r\n"])
def test_hash_password_refuses_an_empty_password(typed):
    result = run("hash-password", typed=typed)
    assert result.exit_code == 1
    assert "the password is empty" in result.stderr


def test_hash_password_asks_twice_without_echo_on_a_terminal():
    terminal, side = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "datagateway_api", "hash-password"],
            cwd=ROOT,
            stdin=side,
            stdout=subprocess.PIPE,
            stderr=side,
            start_new_session=True,
        ) as child:
            assert read_until(terminal, b"Password: ").endswith(b"Password: ")
            os.write(terminal, b"geheim\n")
            echoed = read_until(terminal, b"confirmation: ")
            os.write(terminal, b"geheim\n")
            output, _ = child.communicate(timeout=30)
        assert child.returncode == 0
        assert b"geheim" not in echoed
        assert HASH.search(output.decode())
    finally:
        os.close(terminal)
        os.close(side)


def read_until(terminal: int, end: bytes) -> bytes:
    seen = b""
    while not seen.endswith(end):
        seen += os.read(terminal, 1024)
    return seen


# create-catalogue


def test_create_catalogue_makes_the_tables_once():
    first = run("create-catalogue", "--db-url", "sqlite:///new.db")
    assert first.exit_code == 0
    assert re.fullmatch(r"Created [1-9]\d tables\.\n", first.stdout)
    second = run("create-catalogue", "--db-url", "sqlite:///new.db")
    assert second.exit_code == 1
    assert "the database holds ICAT tables already" in second.stderr


def test_create_catalogue_uses_the_database_of_the_settings():
    Path("config.yaml").write_text(MINIMAL)
    assert run("create-catalogue").exit_code == 0
    assert Path("x.db").exists()


def test_create_catalogue_takes_either_a_url_or_settings():
    result = run("create-catalogue", "--config", "c.yaml", "--db-url", "sqlite:///x.db")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_create_catalogue_refuses_a_url_that_is_none():
    result = run("create-catalogue", "--db-url", "nonsense")
    assert result.exit_code == 2
    assert "must be a database URL such as" in result.stderr


def test_create_catalogue_refuses_an_icat_version_that_is_too_old():
    result = run("create-catalogue", "--db-url", "sqlite:///x.db", "--icat-version", "3.0")
    assert result.exit_code == 1
    assert "ICAT 3.0 is older" in result.stderr
    assert "Traceback" not in result.output


# demo


def test_demo_refuses_a_port_in_use_and_names_another():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("demo", "--port", str(port))
    assert result.exit_code == 1
    assert f"make demo PORT={port + 1}" in result.stderr
    assert not Path(".demo").exists()


def test_demo_says_when_the_generator_is_missing(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "util.icat_db_generator", None)
    with pytest.raises(click.ClickException, match="cannot be imported"):
        demo._make_catalogue(Demo(tmp_path, 5000, 1))


def test_the_demo_password_is_kept_and_only_its_owner_reads_it(tmp_path):
    file = tmp_path / "password"
    first = demo._password(file)
    assert len(first) >= 12
    assert demo._password(file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_interrupted_catalogue_is_not_kept(tmp_path, monkeypatch):
    def interrupted(db_url: str, **_options: object) -> None:
        Path(db_url.removeprefix("sqlite:///")).write_bytes(b"half")
        raise KeyboardInterrupt

    generator = ModuleType("generator")
    monkeypatch.setattr(generator, "generate", interrupted, raising=False)
    monkeypatch.setitem(sys.modules, "util.icat_db_generator", generator)
    with pytest.raises(KeyboardInterrupt):
        demo._make_catalogue(Demo(tmp_path, 5000, 1))
    assert list(tmp_path.iterdir()) == []


def test_the_settings_of_the_demo_are_valid_and_hold_no_password(tmp_path):
    file = demo._write_config(Demo(tmp_path, 5001, 1), "geheim")
    settings = load_settings(file, {}, section_models())
    assert settings.port == 5001
    assert settings.sections["datagateway_api"].extension == ""
    assert "geheim" not in file.read_text()
