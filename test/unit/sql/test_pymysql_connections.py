"""One TLS context for all connections that name no certificates."""

import ssl
from typing import Any

import pymysql
import pytest

from datagateway_api.sql.pymysql_connections import SharedTls, connect


def unconnected(**options: object) -> Any:
    found = connect(None, None, [], {"defer_connect": True, **options})
    assert isinstance(found, SharedTls)
    return found


def test_connections_share_a_context_that_offers_tls_and_does_not_insist():
    first, second = unconnected(), unconnected()
    assert isinstance(first.ctx, ssl.SSLContext)
    assert first.ctx is second.ctx
    assert (first.ssl, first._ssl_required) == (True, False)
    plain: Any = pymysql.connections.Connection(defer_connect=True)
    for name in ("verify_mode", "check_hostname", "options", "verify_flags"):
        assert getattr(first.ctx, name) == getattr(plain.ctx, name)


@pytest.mark.parametrize("options", [{"ssl_verify_cert": True}, {"ssl": {"check_hostname": True}}])
def test_who_asks_for_more_gets_a_context_of_its_own(options):
    found = unconnected(**options)
    assert found._ssl_required
    assert found.ctx is not unconnected().ctx


def test_who_wants_no_tls_gets_none():
    assert not unconnected(ssl_disabled=True).ssl
