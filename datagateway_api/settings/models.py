"""The frozen models of all settings; a field's description is its line in the documentation."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)

from datagateway_api.settings import values

MountPoint = Annotated[str, AfterValidator(values.mount_point)]
Whole = Annotated[int, BeforeValidator(values.no_flag)]
Seconds = Annotated[float, BeforeValidator(values.no_flag)]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(values.upper)
]
Origins = Annotated[tuple[str, ...], BeforeValidator(values.listed), AfterValidator(values.origins)]
Users = Annotated[
    Mapping[str, str],
    BeforeValidator(values.nothing_as_empty),
    AfterValidator(values.password_hashes),
    PlainSerializer(dict),
]


class Frozen(BaseModel):
    """What every settings model is: unchangeable, without unknown keys, silent about its input."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_as_empty(cls, value: object) -> object:
        return values.nothing_as_empty(value)


class Section(Frozen):
    """What every mode's section has."""

    extension: MountPoint = Field(
        examples=["/"],
        description="The path below `url_prefix` at which this mode answers; `/` is the top. "
        "Two modes cannot share one.",
    )


class SimpleMechanism(Frozen):
    """Users who log in with a name and a password."""

    users: Users = Field(
        default_factory=lambda: MappingProxyType({}),
        repr=False,
        description="User names, each with the line that `hash-password` prints for a password.",
    )


class Mechanisms(Frozen):
    """The ways to log in that the database backend offers."""

    anon: bool = Field(False, description="Whether anybody may log in without name and password.")
    simple: SimpleMechanism = Field(default_factory=SimpleMechanism)


class Reader(Frozen):
    """An account of ICAT that reads quickly because it may read everything."""

    model_config = ConfigDict(validate_default=True)

    enabled: bool = Field(
        False,
        description="Whether the files of one dataset and the datasets of one investigation are "
        "read by the reader, once the user was found to see the dataset or the investigation.",
    )
    reader_mechanism: str = Field(
        "simple", min_length=1, description="The mechanism that the reader logs in with."
    )
    reader_username: str = Field("", description="The reader's user name.")
    reader_password: str = Field("", repr=False, description="The reader's password.")

    @field_validator("reader_username", "reader_password", mode="after")
    @classmethod
    def _has_account(cls, value: str, info: ValidationInfo) -> str:
        example = "reader" if info.field_name == "reader_username" else "the reader's password"
        is_needed = info.data.get("enabled") is True
        return values.given_when(value, is_needed, "enabled: true", example)


class ChosenBackend(Frozen):
    """Which of the two ways to the catalogue is taken."""

    backend: Literal["db", "python_icat"] = Field(
        examples=["db"],
        description="`db` reads the catalogue's database directly, without permissions; "
        "`python_icat` asks ICAT, whose own rules then decide.",
    )


class IcatSettings(ChosenBackend):
    """How the backend `python_icat` reaches ICAT."""

    icat_url: Annotated[str, AfterValidator(values.icat_url)] | None = Field(
        None,
        validate_default=True,
        description="Where ICAT is, such as `https://icat.example:8181`. "
        "Required with `backend: python_icat`.",
    )
    icat_check_cert: bool = Field(
        True, description="Whether ICAT's certificate must be one that this machine trusts."
    )
    icat_timeout: Seconds = Field(
        30, gt=0, description="How long one call of ICAT may take, in seconds."
    )
    icat_read_through: Literal["auto", "soap", "rest"] = Field(
        "auto",
        description="The interface of ICAT that rows are read through; `auto` takes REST, "
        "the faster one, where ICAT offers it.",
    )
    icat_time_zone: Annotated[str, AfterValidator(values.time_zone)] = Field(
        "UTC",
        description="The time zone that ICAT's application server runs in, by which it reads "
        "the dates in conditions.",
    )
    icat_sorts_nulls_first: bool = Field(
        True,
        description="Whether ICAT's database takes null for the smallest value, as MariaDB and "
        "MySQL do; false for Oracle and PostgreSQL.",
    )
    client_pool_init_size: Whole = Field(
        2, ge=0, le=1000, description="How many clients of ICAT are made at once."
    )
    client_pool_max_size: Whole = Field(
        5,
        ge=1,
        le=1000,
        validate_default=True,
        description="The most clients of ICAT that one server process has: "
        "no more requests are answered at a time.",
    )
    client_cache_size: Whole = Field(
        5,
        ge=0,
        le=1000,
        validate_default=True,
        description="How many clients are kept ready for the users who came last.",
    )
    client_pool_timeout: Seconds = Field(
        10, gt=0, description="How long a request waits for a free client, in seconds."
    )
    use_reader_for_performance: Reader = Field(default_factory=Reader)

    @field_validator("icat_url", mode="after")
    @classmethod
    def _has_icat(cls, value: str | None, info: ValidationInfo) -> str | None:
        is_needed = info.data.get("backend") == "python_icat"
        return values.given_when(value, is_needed, "backend: python_icat", "https://icat.example")

    @field_validator("client_pool_max_size", mode="after")
    @classmethod
    def _holds_first_clients(cls, value: int, info: ValidationInfo) -> int:
        return values.at_least(
            value, info.data.get("client_pool_init_size"), "client_pool_init_size"
        )

    @field_validator("client_cache_size", mode="after")
    @classmethod
    def _fits_in_pool(cls, value: int, info: ValidationInfo) -> int:
        name = "client_pool_max_size"
        return values.at_most(value, info.data.get(name), name)


class ReadingSettings(IcatSettings):
    """How a mode reads a catalogue: in its database, or through ICAT.

    The settings of the way that is not taken may be there, and mean nothing.
    """

    db_url: Annotated[str, AfterValidator(values.database_url)] | None = Field(
        None,
        repr=False,
        validate_default=True,
        description="The catalogue's database, as an SQLAlchemy URL. Required with `backend: db`.",
    )
    connection_pool_size: Whole = Field(
        8, ge=2, le=200, description="The most database connections one server process opens."
    )
    connection_timeout: Seconds = Field(
        2, gt=0, description="How long connecting to the database may take, in seconds."
    )
    pool_timeout: Seconds = Field(
        2, gt=0, description="How long a request waits for a free connection, in seconds."
    )
    query_timeout: Seconds = Field(
        30, gt=0, description="How long one SQL statement may run, in seconds."
    )

    @field_validator("db_url", mode="after")
    @classmethod
    def _has_database(cls, value: str | None, info: ValidationInfo) -> str | None:
        is_needed = info.data.get("backend") == "db"
        return values.given_when(value, is_needed, "backend: db", "sqlite:///catalogue.db")


class BackendSettings(ReadingSettings):
    """How a mode reaches its catalogue for users who log in, to read and to write."""

    read_only: bool = Field(
        True, description="Whether every request that would change the catalogue is refused."
    )
    mechanisms: Mechanisms = Field(default_factory=Mechanisms)
    session_minutes: Whole = Field(
        120, gt=0, description="How long a session lives after login or refresh, in minutes."
    )
    session_cache_seconds: Seconds = Field(
        3,
        ge=0,
        le=60,
        description="How long a session found valid is not looked up again, in seconds; "
        "0 looks it up every time.",
    )
    login_failures_per_minute: Whole = Field(
        5, ge=1, description="Failed logins of one user after which further ones have to wait."
    )


class ServerSettings(Frozen):
    """What concerns the server as a whole."""

    url_prefix: MountPoint = Field(
        "", description="The path a proxy puts before every address; `/` means none."
    )
    trusted_proxies: Whole = Field(
        0,
        ge=0,
        le=10,
        description="How many proxies in front set `X-Forwarded-*` headers that can be believed.",
    )
    host: str = Field(
        "127.0.0.1", min_length=1, description="The address the development server listens on."
    )
    port: Whole = Field(
        5000, ge=1, le=65535, description="The port the development server listens on."
    )
    debug_mode: bool = Field(
        False, description="Whether the development server shows tracebacks in the browser."
    )
    flask_reloader: bool = Field(
        False, description="Whether the development server restarts when its source changes."
    )
    log_level: LogLevel = Field("INFO", description="The least severe log lines to write.")
    log_location: Annotated[str, AfterValidator(values.log_file)] = Field(
        "-", description="The file the log goes to; `-` is standard output."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Whether a log line is plain text or one JSON object."
    )
    metrics_path: MountPoint | None = Field(
        None,
        description="The path at which Prometheus finds metrics, such as `/metrics`; "
        "without one nothing is counted.",
    )
    max_body_bytes: Whole = Field(
        16_777_216, ge=1024, description="The largest request body that is accepted, in bytes."
    )
    max_url_bytes: Whole = Field(
        8000, ge=256, description="The longest path and query that are accepted, in bytes."
    )
    generate_swagger: bool = Field(
        False,
        description="Whether each mode's OpenAPI document is written to a file at start-up. "
        "It is served without that, too.",
    )
    swagger_folder: Annotated[str, AfterValidator(values.folder)] = Field(
        ".", description="The folder for those files, such as `catalogue.openapi.json`."
    )
    cors_origins: Origins = Field(
        ("*",), description="The web sites whose pages may call this API; `*` is all."
    )


class Settings(ServerSettings):
    """Everything one app is built from; ``sections`` holds the modes that are switched on."""

    sections: Annotated[
        Mapping[str, Section], AfterValidator(MappingProxyType), PlainSerializer(dict)
    ] = Field(default_factory=lambda: MappingProxyType({}))
