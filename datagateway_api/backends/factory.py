"""From a section of the settings to its backend: the one place that imports implementations."""

from typing import TYPE_CHECKING

from datagateway_api.backends.base import Backend

if TYPE_CHECKING:
    from datagateway_api.settings import BackendSettings


def backend_for(section: "BackendSettings") -> Backend:
    """Return the backend that a mode's section asks for, without connecting."""
    from datagateway_api.accounts.sessions import SessionRules
    from datagateway_api.backends.database.backend import DatabaseBackend
    from datagateway_api.sql.connections import Limits

    limits = Limits(
        pool_size=section.connection_pool_size,
        connection_timeout=section.connection_timeout,
        pool_timeout=section.pool_timeout,
        query_timeout=section.query_timeout,
    )
    rules = SessionRules(
        allows_anon=section.mechanisms.anon,
        users=section.mechanisms.simple.users,
        minutes=section.session_minutes,
        cache_seconds=section.session_cache_seconds,
        failures_per_minute=section.login_failures_per_minute,
    )
    return DatabaseBackend(section.db_url, limits, rules)


def create_catalogue(db_url: str, icat_version: str | None = None) -> int:
    """Lay out an empty catalogue in a database and return the number of its tables."""
    from datagateway_api.backends.database.create import create_catalogue as create

    return create(db_url, icat_version)


def hash_password(password: str) -> str:
    """Return a password's hash, as the ``simple`` mechanism's users have it."""
    from datagateway_api.accounts.passwords import hash_password as hash_

    return hash_(password)
