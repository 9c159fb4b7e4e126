"""Checks of single values: each answers with the value to keep, or raises ValueError in words."""

import re
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic_core import PydanticCustomError

from datagateway_api.settings.report import masked, shown

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

Text = TypeVar("Text", str, str | None)

_MOUNT_POINT: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_HASH: Final = re.compile(r"scrypt\$(\d{1,8})\$(\d{1,4})\$(\d{1,4})\$([^$]+)\$([^$]+)")
_HASH_BYTES: Final = 32
_MOST_SCRYPT_BYTES: Final = 2**26
_ORIGIN: Final = re.compile(r"\*|https?://[^/\s*]+")
_DB_URL: Final = (
    "must be a database URL such as sqlite:///catalogue.db or mysql://user:password@host/name"
)

_DRIVERS: Final[Mapping[str, str]] = {
    "sqlite": "pysqlite",
    "mysql": "pymysql",
    "mariadb": "pymysql",
    "postgresql": "psycopg",
}
"""The kinds of database, with the driver that a URL naming none gets."""

_INSTALL: Final[Mapping[str, str]] = {
    "pymysql": "pip install 'datagateway-api[mysql]'",
    "psycopg": "pip install 'datagateway-api[postgresql]'",
    "oracledb": "pip install oracledb",
}


def mount_point(text: str) -> str:
    """A URL path without slash at its end; ``/`` becomes the empty text."""
    path = text.strip()
    if path in ("", "/"):
        return ""
    if not path.startswith("/"):
        raise ValueError(f"must start with '/', got {shown(text)}")
    if path.endswith("/"):
        raise ValueError(f"must not end with '/', got {shown(text)}")
    if not _MOUNT_POINT.fullmatch(path):
        raise ValueError(f"must be '/' and letters, digits, '.', '_', '~', '-', got {shown(text)}")
    return path


def database_url(text: str) -> str:
    """A database URL with its driver named and found installed; no error quotes a password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise ValueError(_DB_URL) from error
    kind, _, driver = url.drivername.partition("+")
    if kind not in _DRIVERS:
        raise ValueError(f"{_DB_URL}, of {', '.join(_DRIVERS)}, got {shown(kind)}")
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("must name a file: each connection would have a memory of its own")
    if kind != "sqlite":
        driver = driver or _DRIVERS[kind]
        url = url.set(drivername=f"{kind}+{driver}")
        if not url.database:
            raise ValueError(f"must end with '/' and the name of a database, got {masked(text)}")
    _check_driver(url, driver)
    return url.render_as_string(hide_password=False)


def _check_driver(url: "URL", driver: str) -> None:
    from sqlalchemy.exc import NoSuchModuleError

    try:
        dialect = url.get_dialect()
        dialect.import_dbapi()
    except NoSuchModuleError as error:
        raise ValueError(f"names an unknown driver, {shown(driver)}: leave it out") from error
    except ImportError as error:
        remedy = _INSTALL.get(driver, f"leave '+{driver}' out for the usual one")
        raise ValueError(f"needs the driver {driver}, which is not installed: {remedy}") from error
    if dialect.is_async:
        raise ValueError(f"names the asynchronous driver {driver}: leave '+{driver}' out")


def no_flag(value: object) -> object:
    """Keep true and false from counting as the numbers 1 and 0."""
    if isinstance(value, bool):
        raise PydanticCustomError("flag", "a number was expected")
    return value


def icat_url(text: str) -> str:
    """The address of an ICAT, which may end after its host."""
    url = urlsplit(text.strip())
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError(
            f"must be like https://icat.example or http://host:8080, got {shown(text)}"
        )
    if url.username or url.password:
        raise ValueError("must not hold a user's name or password")
    return text.strip()


def time_zone(name: str) -> str:
    """A time zone by its name in the IANA database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"must be the name of a time zone such as Europe/London, got {shown(name)}"
        ) from error
    return name


def given_when(value: Text, is_needed: bool, by: str, example: str) -> Text:
    """Refuse nothing where another setting needs something."""
    if is_needed and not value:
        raise ValueError(f"is required with {by}, for example {example}")
    return value


def at_least(number: int, bound: object, name: str) -> int:
    """Refuse a number less than another setting's, as far as that one is right."""
    if isinstance(bound, int) and number < bound:
        raise ValueError(f"must be at least {name}, which is {bound}, got {number}")
    return number


def at_most(number: int, bound: object, name: str) -> int:
    """Refuse a number larger than another setting's, as far as that one is right."""
    if isinstance(bound, int) and number > bound:
        raise ValueError(f"must be at most {name}, which is {bound}, got {number}")
    return number


def nothing_as_empty(value: object) -> object:
    """``key:`` with all below it commented out is null in YAML, and means no entries."""
    return {} if value is None else value


def password_hashes(users: Mapping[str, str]) -> Mapping[str, str]:
    """User names with lines printed by ``hash-password``, unchangeable."""
    for name, line in users.items():
        if not name.strip():
            raise ValueError("must not have a user without a name")
        if not _is_hash(line):
            raise ValueError(
                f"{shown(name)} must have a line made by: python -m datagateway_api hash-password"
            )
    return MappingProxyType(dict(users))


def _is_hash(line: str) -> bool:
    """Say whether scrypt can check a password against a line, in a bearable amount of memory."""
    found = _HASH.fullmatch(line)
    if found is None:
        return False
    cost, block, parallel = (int(number) for number in found.groups()[:3])
    try:
        b64decode(found.group(4), validate=True)
        digest = b64decode(found.group(5), validate=True)
    except ValueError:
        return False
    if len(digest) != _HASH_BYTES:
        return False
    is_power_of_two = cost > 1 and cost.bit_count() == 1
    fits = 128 * block * (cost + parallel) <= _MOST_SCRYPT_BYTES
    return is_power_of_two and fits and block > 0 and parallel > 0


def listed(value: object) -> object:
    """A text with commas as a list, which is how a variable gives one."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def origins(values: tuple[str, ...]) -> tuple[str, ...]:
    """Origins in the one form in which a browser sends them."""
    for origin in values:
        if not _ORIGIN.fullmatch(origin):
            form = "'*' or like https://host or http://host:port, without a path"
            raise ValueError(f"each must be {form}, got {shown(origin)}")
    return values


def log_file(text: str) -> str:
    """A file that can be opened for writing, as far as its folder tells."""
    if text != "-" and not Path(text).parent.is_dir():
        raise ValueError(f"must be '-' or a file in a folder that exists, got {shown(text)}")
    return text


def folder(text: str) -> str:
    """A folder that exists."""
    if not Path(text).is_dir():
        raise ValueError(f"must be a folder that exists, got {shown(text)}")
    return text


def upper(value: object) -> object:
    """A text in upper case."""
    return value.upper() if isinstance(value, str) else value
