"""The servers that other tests stand on."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from test.support.servers import DatabaseServer, NetworkServer

SMILE = "Grüße, \N{SNOWMAN} and \N{GRINNING FACE}"


@pytest.fixture(params=["mariadb", "postgresql"])
def network_server(request) -> NetworkServer:
    return request.getfixturevalue(f"{request.param}_server")


def ask(url: str, statement: str, **values: str) -> object:
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.execute(sa.text(statement), values).scalar()


def test_a_fresh_database_is_empty(database_url):
    assert sa.inspect(sa.create_engine(database_url, poolclass=NullPool)).get_table_names() == []


def test_a_fresh_database_holds_any_unicode_text(database_url):
    assert ask(database_url, "SELECT :text", text=SMILE) == SMILE


def test_a_dropped_database_is_gone(network_server):
    url = network_server.create_database()
    network_server.drop_database(url)
    with pytest.raises(DBAPIError):
        ask(url, "SELECT 1")


@pytest.mark.parametrize(
    ("collation", "is_equal"), [("utf8mb4_general_ci", True), ("utf8mb4_bin", False)]
)
def test_mariadb_compares_by_the_asked_collation(mariadb_server, collation, is_equal):
    url = mariadb_server.create_database(collation)
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (name VARCHAR(9))")
        connection.exec_driver_sql("INSERT INTO t VALUES ('Spin')")
    assert ask(url, "SELECT count(*) FROM t WHERE name = 'spin'") == int(is_equal)
    mariadb_server.drop_database(url)


@pytest.mark.parametrize(("collation", "first"), [(None, "B"), ("en-US", "a")])
def test_postgresql_orders_by_the_asked_collation(postgresql_server, collation, first):
    url = postgresql_server.create_database(collation)
    statement = "SELECT t FROM (VALUES ('a'), ('B')) AS v (t) ORDER BY t LIMIT 1"
    assert ask(url, statement) == first
    postgresql_server.drop_database(url)


def test_a_stopped_server_refuses_and_a_restarted_one_keeps_its_data(network_server):
    url = network_server.create_database()
    with network_server.stopped(), pytest.raises(DBAPIError):
        ask(url, "SELECT 1")
    assert ask(url, "SELECT 1") == 1
    network_server.drop_database(url)


def test_every_kind_of_database_is_offered_by_its_name(database_server: DatabaseServer, request):
    assert request.node.callspec.params == {"database_server": database_server.name}
