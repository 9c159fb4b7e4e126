"""PyMySQL's connections, with one TLS context for all of a process.

To make one reads every certificate of the machine, which takes longer than to connect; while a
database is away, each request that tries to connect would pay for it.
"""

from threading import Lock
from typing import Any, ClassVar

from pymysql.connections import Connection


class SharedTls(Connection):
    """A connection that offers TLS, as PyMySQL does unless it is told more."""

    _lock: ClassVar[Lock] = Lock()
    _context: ClassVar[Any] = None

    def _create_ssl_ctx(self, sslp: Any) -> Any:
        """Return the context of all connections, or one of its own for certificates of its own."""
        make: Any = super()._create_ssl_ctx  # type: ignore[misc]
        if sslp:
            return make(sslp)
        with SharedTls._lock:
            if SharedTls._context is None:
                SharedTls._context = make({})
        return SharedTls._context


def connect(_dialect: object, _record: object, arguments: list[Any], options: Any) -> SharedTls:
    """Connect in SQLAlchemy's place."""
    return SharedTls(*arguments, **options)
