"""The image: its files are sound, and its entry point does what it says, in a plain shell."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from datagateway_api.catalogue.settings import CatalogueSection
from datagateway_api.modes import section_models
from datagateway_api.settings import load_settings
from test.support.catalogue import fill
from util.server_process import free_port

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
ENTRYPOINT = ROOT / "docker" / "entrypoint.sh"
HEALTHCHECK = ROOT / "docker" / "healthcheck.py"
SETTINGS = Path("/tmp/datagateway-api-settings.yaml")
BIN = Path(sys.executable).parent
ICAT = "https://icat.example.org:8181"
PREFIX = "DATAGATEWAY_API__"


def copied() -> list[str]:
    """What the Dockerfile copies out of the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()]


def test_the_dockerfile_has_nothing_that_hadolint_objects_to():
    hadolint = BIN / "hadolint"
    if not hadolint.exists():
        pytest.skip("hadolint is absent; remedy: make setup")
    done = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_everything_that_is_copied_exists_and_is_let_through():
    let_through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert copied()
    for source in copied():
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in let_through, source
    assert [name for name in let_through if not (ROOT / name).exists()] == []


def test_the_image_runs_under_a_number_that_is_not_root_s():
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_the_image_is_made_with_the_versions_that_make_setup_has():
    setup = (ROOT / "util" / "setup.sh").read_text()
    versions = re.search(r"poetry_version=(\S+) export_version=(\S+)", setup)
    assert versions
    wanted = (ROOT / "docker" / "requirements-poetry.txt").read_text()
    assert f"poetry=={versions[1]}\n" in wanted
    assert f"poetry-plugin-export=={versions[2]}\n" in wanted


def test_the_services_are_built_from_stages_that_exist_and_wait_for_services_that_exist():
    stages = re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE)
    assert stages[-1] == "api"
    for service in COMPOSE["services"].values():
        if "build" in service:
            assert service["build"]["target"] in stages
            assert (ROOT / service["build"]["context"] / "Dockerfile").exists()
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
        named = [volume.split(":")[0] for volume in service.get("volumes", ())]
        assert set(named) <= set(COMPOSE["volumes"])


def test_the_settings_of_the_composed_service_are_valid():
    environ = {
        name: re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", text)
        for name, text in COMPOSE["services"]["api"]["environment"].items()
    }
    assert all(name.startswith(PREFIX) for name in environ)
    section = load_settings(None, environ, section_models()).sections["datagateway_api"]
    assert isinstance(section, CatalogueSection)
    database = COMPOSE["services"]["database"]["environment"]
    assert section.read_only
    assert str(section.db_url).endswith(f"@database/{database['MARIADB_DATABASE']}?charset=utf8mb4")


def test_the_generator_knows_the_options_that_the_composed_one_gets(tmp_path):
    service = COMPOSE["services"]["mock-data"]
    shell, _, script, name = service["entrypoint"]
    script = script.replace("$$", "$").replace("exec python", f"exec {sys.executable}")
    command = [shell, "-c", script, name, *service["command"], "--years", "1"]
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path / 'mock.db'}", "PYTHONPATH": str(ROOT)}
    for said in ("", "left as it is"):
        done = subprocess.run(
            command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True
        )
        assert said in done.stdout


def run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the entry point in a plain shell, with nothing of this process's environment."""
    return subprocess.run(
        ["/bin/sh", str(ENTRYPOINT), *command],
        env={"PATH": f"{BIN}:/usr/bin:/bin", **environ},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def variables(**environ: str) -> dict[str, str]:
    """The settings that a program started by the entry point finds in its environment."""
    found = dict(line.split("=", 1) for line in run("env", **environ).stdout.splitlines())
    return {
        name.removeprefix(PREFIX): text for name, text in found.items() if name.startswith(PREFIX)
    }


CATALOGUE = {f"{PREFIX}DATAGATEWAY_API__EXTENSION": "/"}
SEARCH = {f"{PREFIX}SEARCH_API__EXTENSION": "/search-api"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, {}),
        ({"LOG_LOCATION": "/tmp/x"}, {"LOG_LOCATION": "/tmp/x"}),
        ({"LOG_LOCATION": "/a", f"{PREFIX}LOG_LOCATION": "/b"}, {"LOG_LOCATION": "/b"}),
        ({"LOG_LOCATION": "/a", f"{PREFIX}log_location": "/b"}, {"log_location": "/b"}),
        (
            {"ICAT_URL": ICAT},
            {
                "DATAGATEWAY_API__BACKEND": "python_icat",
                "DATAGATEWAY_API__EXTENSION": "/",
                "DATAGATEWAY_API__ICAT_URL": ICAT,
            },
        ),
        (
            {"ICAT_URL": ICAT, "ICAT_CHECK_CERT": "false", **CATALOGUE},
            {
                "DATAGATEWAY_API__EXTENSION": "/",
                "DATAGATEWAY_API__ICAT_URL": ICAT,
                "DATAGATEWAY_API__ICAT_CHECK_CERT": "false",
            },
        ),
        (
            {"ICAT_URL": ICAT, "ICAT_CHECK_CERT": "false", **SEARCH},
            {
                "SEARCH_API__EXTENSION": "/search-api",
                "SEARCH_API__ICAT_URL": ICAT,
                "SEARCH_API__ICAT_CHECK_CERT": "false",
            },
        ),
        (
            {"ICAT_URL": "https://a b", **CATALOGUE, f"{PREFIX}DATAGATEWAY_API__ICAT_URL": ICAT},
            {"DATAGATEWAY_API__EXTENSION": "/", "DATAGATEWAY_API__ICAT_URL": ICAT},
        ),
    ],
    ids=lambda value: "-".join(value) or "nothing",
)
def test_short_variables_are_settings_unless_the_long_ones_are_there(environ, expected):
    assert variables(**environ) == expected


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        ("datagateway_api:\n  extension: /\n", {"DATAGATEWAY_API"}),
        ("search_api:\n  extension: /s\n", {"SEARCH_API"}),
        ("datagateway_api: {}\nsearch_api: {}\n", {"DATAGATEWAY_API", "SEARCH_API"}),
        ("# search_api:\nlog_level: INFO\ndatagateway_api: {}\n", {"DATAGATEWAY_API"}),
    ],
)
def test_an_icat_goes_to_the_sections_that_the_file_has(tmp_path, text, modes):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    found = variables(DATAGATEWAY_API_CONFIG=str(path), ICAT_URL=ICAT)
    assert found == {f"{mode}__ICAT_URL": ICAT for mode in modes}


def test_an_icat_alone_makes_valid_settings():
    done = run("check-config", ICAT_URL=ICAT, ICAT_CHECK_CERT="false")
    assert done.returncode == 0, done.stderr
    found = yaml.safe_load(done.stdout)["datagateway_api"]
    assert (found["backend"], found["icat_url"]) == ("python_icat", ICAT)
    assert found["icat_check_cert"] is False


def test_wrong_settings_end_the_container_with_every_problem():
    done = run("gunicorn", **CATALOGUE, **{f"{PREFIX}LOG_LEVEL": "LOUD"})
    assert done.returncode == 1
    assert "log_level: must be one of" in done.stderr
    assert "datagateway_api.backend: is required" in done.stderr


def test_commands_of_the_service_and_of_others_run(tmp_path):
    assert run("hash-password").returncode == 1
    assert run("python", "-c", "print(6 * 7)").stdout == "42\n"


@pytest.fixture
def container(tmp_path):
    """The service as the container runs it, with the address of its health check."""
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    fill(url)
    environ = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": "1",
        "LOG_LOCATION": str(tmp_path / "api.log"),
        f"{PREFIX}URL_PREFIX": "/gateway",
        f"{PREFIX}DATAGATEWAY_API__EXTENSION": "/topcat",
        f"{PREFIX}DATAGATEWAY_API__BACKEND": "db",
        f"{PREFIX}DATAGATEWAY_API__DB_URL": url,
    }
    process = subprocess.Popen(
        [str(ENTRYPOINT)], env=environ, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    yield environ
    process.terminate()
    assert process.wait(60) == 0
    SETTINGS.unlink(missing_ok=True)


def is_healthy(environ: dict[str, str]) -> bool:
    done = subprocess.run(
        [sys.executable, HEALTHCHECK], check=False, env=environ, capture_output=True
    )
    return done.returncode == 0


def test_a_container_gets_healthy_logs_where_it_was_told_and_ends_in_order(container, tmp_path):
    deadline = time.monotonic() + 60
    while not (SETTINGS.exists() and is_healthy(container)):
        assert time.monotonic() < deadline, "it did not become healthy"
        time.sleep(0.1)
    assert "GET /topcat/ping 200" in (tmp_path / "api.log").read_text()
    assert not is_healthy({**container, "PORT": str(free_port())})


def test_the_entry_point_can_be_run_and_stops_at_the_first_failure():
    assert os.access(ENTRYPOINT, os.X_OK)
    assert "\nset -eu\n" in ENTRYPOINT.read_text()


@pytest.mark.skipif(shutil.which("dash") is None, reason="dash is absent: Debian's own /bin/sh")
def test_debian_s_shell_reads_the_entry_point():
    subprocess.run(["dash", "-n", str(ENTRYPOINT)], check=True)
