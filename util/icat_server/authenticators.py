"""Who may log in: the authenticators ``simple``, ``db`` and ``anon``, from a YAML file."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from datagateway_api.core.errors import ConfigurationError
from util.icat_server.errors import IcatError, Kind

ANON = "anon"
USERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"simple": {"root": "root", "reader": "reader"}}
)
"""Who may log in where no file says so."""


@dataclass(frozen=True, slots=True)
class CredentialKey:
    """One thing that a mechanism asks for."""

    name: str
    is_hidden: bool = False


_PASSWORD_KEYS = (CredentialKey("username"), CredentialKey("password", is_hidden=True))


@dataclass(frozen=True, slots=True)
class Authenticator:
    """One mechanism by its mnemonic, with its users' passwords; ``anon`` has none."""

    mnemonic: str
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def keys(self) -> tuple[CredentialKey, ...]:
        """What to give when logging in."""
        return () if self.mnemonic == ANON else _PASSWORD_KEYS

    def user_name(self, credentials: Mapping[str, str]) -> str:
        """Return the user's name, mechanism included. Raises IcatError for wrong credentials."""
        if self.mnemonic == ANON:
            return f"{ANON}/{ANON}"
        name, password = credentials.get("username"), credentials.get("password")
        if not name:
            raise IcatError(Kind.SESSION, "username cannot be null or empty.")
        if not password:
            raise IcatError(Kind.SESSION, "password cannot be null or empty.")
        known = self.passwords.get(name)
        if known is None or not hmac.compare_digest(known.encode(), password.encode()):
            raise IcatError(Kind.SESSION, "The username and password do not match ")
        return f"{self.mnemonic}/{name}"


class Authenticators:
    """All mechanisms of one server, in order."""

    def __init__(self, users: Mapping[str, Mapping[str, str]], *, allows_anon: bool) -> None:
        """Take the passwords by mechanism and user."""
        found = [Authenticator(mnemonic, passwords) for mnemonic, passwords in users.items()]
        if allows_anon:
            found.append(Authenticator(ANON))
        self._all = {each.mnemonic: each for each in found}

    def __iter__(self) -> Iterator[Authenticator]:
        return iter(self._all.values())

    def user_name(self, mnemonic: str | None, credentials: Mapping[str, str]) -> str:
        """Return the user's name. Raises IcatError for an unknown mechanism or a wrong password."""
        found = self._all.get(mnemonic or "")
        if found is None:
            raise IcatError(Kind.SESSION, f"Authenticator mnemonic {mnemonic} not recognised")
        return found.user_name(credentials)


class _File(BaseModel):
    """The file: passwords by user under ``simple`` and ``db``; ``anon`` is true or false."""

    model_config = ConfigDict(extra="forbid")

    simple: dict[str, str] = {}
    db: dict[str, str] = {}
    anon: bool = False


def read_users(path: Path | None) -> Authenticators:
    """Return the mechanisms of a YAML file, or the usual ones.

    Raises ConfigurationError naming what is wrong with the file.
    """
    if path is None:
        return Authenticators(USERS, allows_anon=True)
    try:
        content = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError([f"{path}: cannot be read: {error}"]) from error
    except ValidationError as error:
        problems = [
            f"{path}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
        ]
        raise ConfigurationError(problems) from error
    by_mechanism = {"simple": content.simple, "db": content.db}
    users = {mnemonic: found for mnemonic, found in by_mechanism.items() if found}
    return Authenticators(users, allows_anon=content.anon)
