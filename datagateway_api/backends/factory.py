"""From a section of the settings to its backend: the one place that imports implementations."""

from datagateway_api.backends.base import Backend, Credentials
from datagateway_api.settings import BackendSettings, ReadingSettings


def backend_for(section: ReadingSettings) -> Backend:
    """Return the backend that a mode's section asks for, without connecting."""
    return _icat(section) if section.backend == "python_icat" else _database(section)


def _database(section: ReadingSettings) -> Backend:
    from datagateway_api.accounts.sessions import SessionRules
    from datagateway_api.backends.database.backend import DatabaseBackend
    from datagateway_api.sql.connections import Limits

    limits = Limits(
        pool_size=section.connection_pool_size,
        connection_timeout=section.connection_timeout,
        pool_timeout=section.pool_timeout,
        query_timeout=section.query_timeout,
    )
    # A mode that only reads for itself lets nobody log in.
    rules = SessionRules()
    if isinstance(section, BackendSettings):
        rules = SessionRules(
            allows_anon=section.mechanisms.anon,
            users=section.mechanisms.simple.users,
            minutes=section.session_minutes,
            cache_seconds=section.session_cache_seconds,
            failures_per_minute=section.login_failures_per_minute,
        )
    assert section.db_url is not None, "the settings demand it for this backend"
    return DatabaseBackend(section.db_url, limits, rules)


def _icat(section: ReadingSettings) -> Backend:
    from datagateway_api.backends.icat.backend import IcatBackend, ReadThrough, Ways
    from datagateway_api.backends.icat.clients import Sizes
    from datagateway_api.backends.icat.connecting import Access

    assert section.icat_url is not None, "the settings demand it for this backend"
    access = Access(section.icat_url, section.icat_check_cert, section.icat_timeout)
    sizes = Sizes(
        cache=section.client_cache_size,
        pool_init=section.client_pool_init_size,
        pool_max=section.client_pool_max_size,
        timeout=section.client_pool_timeout,
    )
    reader = section.use_reader_for_performance
    account = Credentials(reader.reader_mechanism, reader.reader_username, reader.reader_password)
    ways = Ways(
        read_through=ReadThrough(section.icat_read_through),
        time_zone=section.icat_time_zone,
        sorts_nulls_first=section.icat_sorts_nulls_first,
        session_cache_seconds=(
            section.session_cache_seconds if isinstance(section, BackendSettings) else 0
        ),
        reader=account if reader.enabled else None,
    )
    return IcatBackend(access, sizes, ways)


def create_catalogue(db_url: str, icat_version: str | None = None) -> int:
    """Lay out an empty catalogue in a database and return the number of its tables."""
    from datagateway_api.backends.database.create import create_catalogue as create

    return create(db_url, icat_version)


def hash_password(password: str) -> str:
    """Return a password's hash, as the ``simple`` mechanism's users have it."""
    from datagateway_api.accounts.passwords import hash_password as hash_

    return hash_(password)
