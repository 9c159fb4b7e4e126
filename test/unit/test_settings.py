"""Settings: from a file and an environment to frozen models, or to all problems at once."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from datagateway_api.catalogue.settings import CatalogueSection
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.modes import section_models
from datagateway_api.settings import Section, Settings, load_settings, source, values
from datagateway_api.settings.report import effective, masked, rows, shown

HASH = "scrypt$16384$8$1$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM="
MINIMAL = "datagateway_api: {extension: /, backend: db, db_url: 'sqlite:///x.db'}\n"


def load(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ or {}, section_models())


def catalogue(settings: Settings) -> CatalogueSection:
    section = settings.sections["datagateway_api"]
    assert isinstance(section, CatalogueSection)
    return section


def problems_of(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, text, environ)
    return list(caught.value.problems)


def with_section(line: str) -> str:
    lines = {"extension": "/", "backend": "db", "db_url": "sqlite:///x.db"}
    key, _, value = line.partition(": ")
    lines[key] = value
    return "datagateway_api:\n" + "".join(f"  {k}: {v}\n" for k, v in lines.items())


def test_a_file_with_one_minimal_section_is_enough(tmp_path):
    settings = load(tmp_path, MINIMAL)
    section = catalogue(settings)
    assert (settings.host, settings.port, settings.url_prefix) == ("127.0.0.1", 5000, "")
    assert (settings.log_level, settings.log_location) == ("INFO", "-")
    assert settings.cors_origins == ("*",)
    assert section.extension == ""
    assert section.read_only is True
    assert section.mechanisms.anon is False
    assert section.mechanisms.simple.users == {}
    assert section.max_limit is None
    assert section.undouble_apostrophes is True


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        ('port: "5000"', "port", 5000),
        ("port: 8000", "port", 8000),
        ("log_level: debug", "log_level", "DEBUG"),
        ("log_location: /dev/stdout", "log_location", "/dev/stdout"),
        ("url_prefix: /", "url_prefix", ""),
        ("url_prefix: ' /gateway '", "url_prefix", "/gateway"),
        ("cors_origins: https://a.example", "cors_origins", ("https://a.example",)),
        (
            "cors_origins: [https://a.example, 'http://b:80']",
            "cors_origins",
            ("https://a.example", "http://b:80"),
        ),
    ],
)
def test_server_settings_are_read_and_normalised(tmp_path, text, attribute, expected):
    assert getattr(load(tmp_path, f"{MINIMAL}{text}\n"), attribute) == expected


@pytest.mark.parametrize(
    ("line", "attribute", "expected"),
    [
        ("extension: /", "extension", ""),
        ("extension: ''", "extension", ""),
        ("extension: /data/api", "extension", "/data/api"),
        ("extension: ' /api '", "extension", "/api"),
        ("max_limit: 0", "max_limit", 0),
        ("max_limit: null", "max_limit", None),
        ("db_url: mysql://u:p@h/n", "db_url", "mysql+pymysql://u:p@h/n"),
        ("db_url: mariadb://u:p@h/n", "db_url", "mariadb+pymysql://u:p@h/n"),
        ("db_url: mysql+pymysql://u:p%40x@h/n", "db_url", "mysql+pymysql://u:p%40x@h/n"),
        ("db_url: postgresql://u:p@h/n", "db_url", "postgresql+psycopg://u:p@h/n"),
        ("db_url: 'sqlite:////tmp/a.db'", "db_url", "sqlite:////tmp/a.db"),
        ("session_cache_seconds: 0", "session_cache_seconds", 0),
        ("query_timeout: 0.5", "query_timeout", 0.5),
    ],
)
def test_section_settings_are_read_and_normalised(tmp_path, line, attribute, expected):
    assert getattr(catalogue(load(tmp_path, with_section(line))), attribute) == expected


PROBLEMS = [
    ("port: 0", "port: must be a whole number from 1 to 65535, got 0"),
    ("port: true", "port: must be a whole number from 1 to 65535, got true"),
    ("port: http", "port: must be a whole number from 1 to 65535, got 'http'"),
    ("host: 5", "host: must be text, got 5"),
    ("debug_mode: perhaps", "debug_mode: must be true or false, got 'perhaps'"),
    ("debug_mode: null", "debug_mode: must be true or false, got null"),
    ("url_prefix: x", "url_prefix: must start with '/', got 'x'"),
    ("log_level: LOUD", "log_level: must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
    ("log_location: /no/such/x", "log_location: must be '-' or a file in a folder that exists"),
    ("cors_origins: [https://a/]", "cors_origins: each must be '*' or like https://host"),
    ("cors_origins: [1]", "cors_origins.0: must be text, got 1"),
    ("cors_origins: 1", "cors_origins: must be a list of texts, got 1"),
    ("prot: 1", "prot: is not a setting; did you mean port?"),
    ("datagateway_ap: {}", "datagateway_ap: is not a setting; did you mean datagateway_api?"),
    ("sections: {}", "sections: is not a setting"),
    ("zzz: 1", "zzz: is not a setting"),
    ("generate_swagger: maybe", "generate_swagger: must be true or false, got 'maybe'"),
    ("swagger_folder: /no/such", "swagger_folder: must be a folder that exists, got '/no/such'"),
    ("test_user_credentials: {}", "test_user_credentials: is retired: "),
    ("test_mechanism: simple", "test_mechanism: is retired: "),
]


@pytest.mark.parametrize(("line", "expected"), PROBLEMS)
def test_a_wrong_server_setting_is_named_with_what_was_expected(tmp_path, line, expected):
    (problem,) = problems_of(tmp_path, f"{MINIMAL}{line}\n")
    assert problem.startswith(expected)


SECTION_PROBLEMS = [
    ("extension: api", "extension: must start with '/', got 'api'"),
    ("extension: /api/", "extension: must not end with '/', got '/api/'"),
    ("extension: /<id>", "extension: must be '/' and letters, digits"),
    ("extension: //x", "extension: must be '/' and letters, digits"),
    ("extension: 4", "extension: must be text, got 4"),
    ("backend: python_icat", "icat_url: is required with backend: python_icat, for example"),
    ("backend: dbb", "backend: must be one of db, python_icat, got 'dbb'"),
    ("db_url: null", "db_url: is required with backend: db, for example sqlite:///catalogue.db"),
    ("db_url: 'sqlite://'", "db_url: must name a file"),
    ("db_url: 'sqlite:///:memory:'", "db_url: must name a file"),
    ("db_url: nonsense", "db_url: must be a database URL such as sqlite:///catalogue.db"),
    ("db_url: postgres://h/n", "db_url: must be a database URL such as"),
    ("db_url: 7", "db_url: must be text"),
    ("db_url: mysql://u:p@h", "db_url: must end with '/' and the name of a database"),
    ("db_url: mysql+nix://u:p@h/n", "db_url: names an unknown driver, 'nix'"),
    ("db_url: sqlite+nix:///a.db", "db_url: names an unknown driver, 'nix'"),
    ("db_url: mysql://u:p@h:port/n", "db_url: must be a database URL such as"),
    ("read_only: 5", "read_only: must be true or false, got 5"),
    ("mechanisms: {ano: true}", "mechanisms.ano: is not a setting; did you mean anon?"),
    ("mechanisms: {anon: 3}", "mechanisms.anon: must be true or false, got 3"),
    ("mechanisms: simple", "mechanisms: must be a mapping of settings, got text"),
    ("mechanisms: {simple: {users: [a]}}", "mechanisms.simple.users: must be a mapping of names"),
    ("mechanisms: {simple: {users: {a: b}}}", "mechanisms.simple.users: 'a' must have a line"),
    (f"mechanisms: {{simple: {{users: {{'': {HASH}}}}}}}", "mechanisms.simple.users: must not"),
    ("mechanisms: {simple: {users: {a: 5}}}", "mechanisms.simple.users.a: must be text"),
    ("session_minutes: 0", "session_minutes: must be a whole number > 0, got 0"),
    ("session_minutes: 1.5", "session_minutes: must be a whole number > 0, got 1.5"),
    ("session_cache_seconds: 61", "session_cache_seconds: must be a number from 0 to 60, got 61"),
    ("session_cache_seconds: true", "session_cache_seconds: must be a number from 0 to 60"),
    ("login_failures_per_minute: 0", "login_failures_per_minute: must be a whole number >= 1"),
    ("connection_pool_size: 201", "connection_pool_size: must be a whole number from 2 to 200"),
    ("connection_timeout: 0", "connection_timeout: must be a number > 0, got 0"),
    ("pool_timeout: -1", "pool_timeout: must be a number > 0, got -1"),
    ("query_timeout: .inf", "query_timeout: must be a number > 0, got inf"),
    ("query_timeout: .nan", "query_timeout: must be a number > 0, got nan"),
    ("max_limit: -1", "max_limit: must be a whole number >= 0, got -1"),
    ("max_limit: {}", "max_limit: must be a whole number >= 0, got {}"),
    ("max_path_depth: 0", "max_path_depth: must be a whole number >= 1, got 0"),
    ("undouble_apostrophes: 7", "undouble_apostrophes: must be true or false, got 7"),
    ("max_limt: 1", "max_limt: is not a setting; did you mean max_limit?"),
    ("icat_url: 'ftp://h'", "icat_url: must be like https://icat.example or http://host:8080"),
    ("icat_url: icat.example", "icat_url: must be like https://icat.example"),
    ("icat_url: 'https://u:p@h'", "icat_url: must not hold a user's name or password"),
    ("icat_check_cert: 5", "icat_check_cert: must be true or false, got 5"),
    ("icat_timeout: 0", "icat_timeout: must be a number > 0, got 0"),
    ("icat_read_through: xml", "icat_read_through: must be one of auto, soap, rest, got 'xml'"),
    ("icat_time_zone: Mars", "icat_time_zone: must be the name of a time zone such as"),
    ("icat_time_zone: /etc", "icat_time_zone: must be the name of a time zone such as"),
    ("client_cache_size: 6", "client_cache_size: must be at most client_pool_max_size, which is 5"),
    ("client_cache_size: -1", "client_cache_size: must be a whole number from 0 to 1000, got -1"),
    ("client_pool_init_size: 6", "client_pool_max_size: must be at least client_pool_init_size"),
    ("client_pool_max_size: 0", "client_pool_max_size: must be a whole number from 1 to 1000"),
    ("client_pool_timeout: 0", "client_pool_timeout: must be a number > 0, got 0"),
    ("use_reader_for_performance: {maxsize: 1}", "use_reader_for_performance.maxsize: is not"),
    (
        "use_reader_for_performance: {enabled: true, reader_username: reader}",
        "use_reader_for_performance.reader_password: is required with enabled: true, for example "
        "the reader's password",
    ),
]


@pytest.mark.parametrize(("line", "expected"), SECTION_PROBLEMS)
def test_a_wrong_section_setting_is_named_with_what_was_expected(tmp_path, line, expected):
    (problem,) = problems_of(tmp_path, with_section(line))
    assert problem.startswith(f"datagateway_api.{expected}")


def test_a_missing_driver_is_named_with_what_installs_it(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pymysql", None)
    (problem,) = problems_of(tmp_path, with_section("db_url: mysql://u:geheim@h/n"))
    assert problem == (
        "datagateway_api.db_url: needs the driver pymysql, which is not installed: "
        "pip install 'datagateway-api[mysql]'"
    )


def test_all_problems_are_reported_at_once(tmp_path):
    text = "prot: 1\nport: 0\ndatagateway_api: {extension: x, max_limit: -1}\n"
    assert problems_of(tmp_path, text) == [
        "port: must be a whole number from 1 to 65535, got 0",
        "prot: is not a setting; did you mean port?",
        "datagateway_api.extension: must start with '/', got 'x'",
        "datagateway_api.backend: is required, for example db",
        "datagateway_api.max_limit: must be a whole number >= 0, got -1",
    ]


def test_the_error_text_holds_every_problem(tmp_path):
    with pytest.raises(ConfigurationError, match=r"(?s)port: .*prot: "):
        load(tmp_path, f"{MINIMAL}prot: 1\nport: 0\n")


@pytest.mark.parametrize("text", ["", "port: 5000\n", "# nothing\n"])
def test_no_mode_switched_on_is_a_problem(tmp_path, text):
    (problem,) = problems_of(tmp_path, text)
    assert problem.startswith("no mode is switched on: add a section")


def test_a_section_with_everything_commented_out_lacks_its_required_settings(tmp_path):
    problems = problems_of(tmp_path, "datagateway_api:\n")
    assert [problem.split(":")[0] for problem in problems] == [
        "datagateway_api.extension",
        "datagateway_api.backend",
    ]


def test_mappings_with_everything_commented_out_are_empty(tmp_path):
    section = catalogue(load(tmp_path, with_section("mechanisms: {simple: {users: null}}")))
    assert section.mechanisms.simple.users == {}
    assert catalogue(load(tmp_path, with_section("mechanisms: null"))).mechanisms.anon is False


def test_two_modes_cannot_share_an_extension(tmp_path):
    models = {"one": Section, "two": Section, "three": Section}
    file = tmp_path / "config.yaml"
    file.write_text("one: {extension: /a}\ntwo: {extension: ' /a'}\nthree: {extension: /}\n")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file, {}, models)
    assert caught.value.problems == (
        "two.extension: cannot be the same as one.extension, got '/a'",
    )


# The file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c\n", ", line 1, column 5: mapping values are not allowed here"),
        ("port: 1\n  host: x\n", ", line 2, column 7: "),
        ("port: 1\nport: 2\n", ", line 2, column 1: the key 'port' is given twice"),
        (
            "datagateway_api:\n  extension: /\n  extension: /b\n",
            ", line 3, column 3: the key 'extension' is given twice",
        ),
        ("a: [1\n", ", line 2, column 1: "),
        ("just text\n", ": must hold lines of the form 'setting: value'"),
        ("- 1\n", ": must hold lines of the form 'setting: value'"),
        ("a: !!python/object:os.system x\n", ", line 1, column 4: could not determine"),
        ("{[1]: 2}\n", ", line 1, column 2: found unhashable key"),
        ("a: \x07\n", ": is not YAML text in UTF-8"),
    ],
)
def test_a_file_that_is_not_yaml_is_reported_with_its_place(tmp_path, text, expected):
    (problem,) = problems_of(tmp_path, text)
    assert problem.startswith(f"{tmp_path / 'config.yaml'}{expected}")


def test_merged_yaml_keys_may_be_overridden(tmp_path):
    text = (
        "datagateway_api:\n  <<: {extension: /a, backend: db}\n"
        "  extension: /b\n  db_url: 'sqlite:///x'\n"
    )
    assert catalogue(load(tmp_path, text)).extension == "/b"


def test_a_file_that_is_missing_is_reported(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.yaml: cannot be read: No such file"):
        load_settings(tmp_path / "none.yaml", {}, section_models())


def test_the_option_wins_over_the_variable_and_that_over_the_file_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for port, name in enumerate(("config.yaml", "b.yaml", "c.yaml"), start=1):
        Path(name).write_text(f"{MINIMAL}port: {port}\n")
    environ = {"DATAGATEWAY_API_CONFIG": "b.yaml"}
    assert load_settings(None, {}, section_models()).port == 1
    assert load_settings(None, environ, section_models()).port == 2
    assert load_settings(Path("c.yaml"), environ, section_models()).port == 3


def test_without_any_settings_the_error_says_how_to_make_some(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"cp config\.yaml\.example config\.yaml"):
        load_settings(None, {"PATH": "/bin"}, section_models())


# The environment


def test_the_environment_alone_is_enough(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environ = {
        "DATAGATEWAY_API__PORT": "8000",
        "DATAGATEWAY_API__DATAGATEWAY_API__EXTENSION": "/",
        "datagateway_api__datagateway_api__backend": "db",
        "DATAGATEWAY_API__DATAGATEWAY_API__DB_URL": "sqlite:///y.db",
    }
    settings = load_settings(None, environ, section_models())
    assert settings.port == 8000
    assert catalogue(settings).db_url == "sqlite:///y.db"


@pytest.mark.parametrize(
    ("name", "text", "attribute", "expected"),
    [
        ("PORT", "8000", "port", 8000),
        ("DEBUG_MODE", "true", "debug_mode", True),
        ("CORS_ORIGINS", "https://a, https://b", "cors_origins", ("https://a", "https://b")),
        ("CORS_ORIGINS", '["https://a"]', "cors_origins", ("https://a",)),
        ("URL_PREFIX", "/x", "url_prefix", "/x"),
    ],
)
def test_a_variable_wins_over_the_file(tmp_path, name, text, attribute, expected):
    settings = load(tmp_path, MINIMAL + "port: 1\n", {f"DATAGATEWAY_API__{name}": text})
    assert getattr(settings, attribute) == expected


@pytest.mark.parametrize(
    ("name", "text", "path", "expected"),
    [
        ("MAX_LIMIT", "5", "max_limit", 5),
        ("MAX_LIMIT", "null", "max_limit", None),
        ("MECHANISMS__ANON", "true", "mechanisms.anon", True),
        ("MECHANISMS", '{"anon": true}', "mechanisms.anon", True),
        (
            "MECHANISMS__SIMPLE__USERS",
            f'{{"Zoë": "{HASH}"}}',
            "mechanisms.simple.users",
            {"Zoë": HASH},
        ),
        ("SESSION_CACHE_SECONDS", "0.5", "session_cache_seconds", 0.5),
    ],
)
def test_a_variable_reaches_into_a_section(tmp_path, name, text, path, expected):
    environ = {f"DATAGATEWAY_API__DATAGATEWAY_API__{name}": text}
    value: object = catalogue(load(tmp_path, with_section("max_limit: 7"), environ))
    for part in path.split("."):
        value = getattr(value, part)
    assert value == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("DATAGATEWAY_API__PROT", "1", "prot: is not a setting; did you mean port? (set by"),
        (
            "DATAGATEWAY_API__PORT",
            "x",
            "port: must be a whole number from 1 to 65535, got 'x' (set",
        ),
        ("DATAGATEWAY_API__", "x", "DATAGATEWAY_API__: must be DATAGATEWAY_API__ and a setting"),
        (
            "DATAGATEWAY_API__PORT__X",
            "1",
            "port: must be a whole number from 1 to 65535, got a map",
        ),
        ("DATAGATEWAY_API__CORS_ORIGINS", "[1", "DATAGATEWAY_API__CORS_ORIGINS: opens with '['"),
        ("DATAGATEWAY_API__DATAGATEWAY_API__EXTENSION__X", "1", "DATAGATEWAY_API__DATAGATEWAY_API"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path, name, text, expected):
    (problem,) = problems_of(tmp_path, MINIMAL, {name: text})
    assert problem.startswith(expected)
    assert name in problem


# Secrets


def test_no_secret_is_shown_by_repr_str_or_report(tmp_path):
    text = with_section("db_url: mysql://root:geheim@h/n?password=geheim2")
    text += f"  mechanisms: {{simple: {{users: {{alice: {HASH}}}}}}}\n"
    settings = load(tmp_path, text)
    report = str(effective(settings))
    for words in (repr(settings), str(settings), repr(catalogue(settings)), report):
        assert "geheim" not in words
        assert "scrypt" not in words
    assert "mysql+pymysql://root:***@h/n" in report
    assert "'alice': '***'" in report


@pytest.mark.parametrize(
    "line",
    [
        "db_url: mysql://root:geheim@h",
        "db_url: nix://root:geheim@h/n",
        "db_url: mysql://root:geheim@h:x/n",
        "db_url: [mysql://root:geheim@h/n]",
        "db_ulr: mysql://root:geheim@h/n",
        "mechanisms: {simple: {users: {alice: geheim}}}",
        "mechanisms: {simple: {users: geheim}}",
        "mechanisms: {simple: geheim}",
    ],
)
def test_no_problem_quotes_a_secret(tmp_path, line):
    problems = problems_of(tmp_path, with_section(line))
    assert "geheim" not in "\n".join(problems)


def test_a_section_given_as_a_url_is_not_quoted(tmp_path):
    (problem,) = problems_of(tmp_path, "datagateway_api: mysql://root:geheim@h/n\n")
    assert problem == "datagateway_api: must be a mapping of settings, got text"


def test_a_model_built_directly_does_not_quote_its_input():
    with pytest.raises(ValidationError) as caught:
        CatalogueSection(extension="/", backend="db", db_url="mysql://root:geheim@h")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "scrypt",
        "scrypt$16384$8$1$c2FsdA==",
        "scrypt$16384$8$1$c2FsdA==$",
        "scrypt$16384$8$1$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM",
        "scrypt$16384$8$1$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM=$",
        "scrypt$16383$8$1$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM=",
        "scrypt$1$8$1$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM=",
        "scrypt$16384$0$1$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM=",
        "scrypt$16384$8$0$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM=",
        "scrypt$67108864$8$1$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM=",
        "bcrypt$16384$8$1$c2FsdA==$dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSBoYXM=",
    ],
)
def test_a_line_that_no_password_can_be_checked_against_is_refused(line):
    with pytest.raises(ValueError, match="'alice' must have a line made by"):
        values.password_hashes({"alice": line})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mysql://u:p@h/n", "mysql://u:***@h/n"),
        ("mysql://u:p@p:@h/n", "mysql://u:***@h/n"),
        ("mysql://u@h/n?passwd=x&a=b", "mysql://u@h/n?passwd=***&a=b"),
        ("sqlite:///a.db", "sqlite:///a.db"),
        ("scrypt$1$2", "***"),
    ],
)
def test_masking_keeps_what_is_no_secret(text, expected):
    assert masked(text) == expected


# The models


def test_settings_cannot_be_changed(tmp_path):
    text = with_section(f"mechanisms: {{simple: {{users: {{alice: {HASH}}}}}}}")
    settings = load(tmp_path, text)
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.sections["x"] = catalogue(settings)  # type: ignore[index]
    with pytest.raises(TypeError):
        catalogue(settings).mechanisms.simple.users["x"] = HASH  # type: ignore[index]


def test_settings_can_be_built_without_a_file():
    section = CatalogueSection(extension="/", backend="db", db_url="sqlite:///x.db")
    settings = Settings(sections={"datagateway_api": section})
    assert settings.sections["datagateway_api"] is section


def test_every_setting_has_a_documentation_row_with_help():
    found = list(rows(CatalogueSection, "datagateway_api."))
    assert {row.key for row in found} >= {
        "datagateway_api.extension",
        "datagateway_api.db_url",
        "datagateway_api.mechanisms.simple.users",
        "datagateway_api.max_limit",
    }
    assert all(row.help.endswith(".") for row in found)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        ("a", "'a'"),
        ("x" * 50, f"'{'x' * 40}…'"),
        (1.5, "1.5"),
        (["a", 1], "['a', 1]"),
        ({}, "{}"),
        ({"a": 1}, "a mapping"),
        (b"", "a bytes"),
    ],
)
def test_values_are_shown_as_in_yaml(value, expected):
    assert shown(value) == expected


def test_a_mode_that_is_switched_off_is_not_looked_up(tmp_path):
    class Careful(dict[str, type[Section]]):
        def __getitem__(self, key: str) -> type[Section]:
            assert key == "one"
            return Section

    file = tmp_path / "config.yaml"
    file.write_text("one: {extension: /}\n")
    settings = load_settings(file, {}, Careful(one=Section, two=Section))
    assert list(settings.sections) == ["one"]


def test_the_prefix_of_variables_cannot_be_mistaken_for_the_variable_of_the_file():
    assert not source.FILE_VARIABLE.startswith(source.PREFIX)
