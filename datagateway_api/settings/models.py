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


class BackendSettings(Frozen):
    """How a mode reaches its catalogue."""

    backend: Annotated[Literal["db"], BeforeValidator(values.available_backend)] = Field(
        examples=["db"], description="`db` reads the catalogue's database directly."
    )
    db_url: Annotated[str, AfterValidator(values.database_url)] = Field(
        repr=False,
        examples=["sqlite:///catalogue.db"],
        description="The catalogue's database, as an SQLAlchemy URL.",
    )
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
