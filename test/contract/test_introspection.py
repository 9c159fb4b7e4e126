"""Catalogues as they are found: of old and new ICAT releases, in any case, or not at all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from datagateway_api.backends.database.create import create_catalogue
from datagateway_api.backends.database.tables import describe
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Schema
from datagateway_api.core.errors import ApiError
from datagateway_api.core.query.model import Asked
from test.contract.asking import Asking, body
from test.contract.databases import backend_over, connected, quoted, run
from test.support.catalogue import app_over, client_of, fill
from test.support.servers import DatabaseServer

NEWEST = icat_schema.load()


@dataclass(frozen=True)
class Release:
    """A catalogue of one ICAT release."""

    schema: Schema
    url: str
    client: FlaskClient

    @property
    def absent(self) -> list[str]:
        """The entities that came with later releases."""
        return [name for name in NEWEST.entities if name not in self.schema.entities]


@pytest.fixture(scope="module", params=["4.11", "5.0", "6.2"])
def release(database_server: DatabaseServer, request) -> Iterator[Release]:
    url = database_server.create_database()
    fill(url, request.param)
    with client_of(app_over(url)) as client:
        yield Release(icat_schema.as_of(request.param), url, client)
    database_server.drop_database(url)


def names(schema: Schema) -> dict[str, list[str]]:
    return {e.name: sorted((*e.fields, *e.relations)) for e in schema.entities.values()}


def test_the_schema_is_cut_to_what_the_database_has(release: Release):
    backend = backend_over(release.url)
    assert names(backend.schema()) == names(release.schema)
    backend.close()


def test_every_entity_of_the_release_is_served_with_all_its_relations(release: Release):
    for entity in release.schema.entities.values():
        include = json.dumps(list(entity.relations))
        answer = release.client.get(f"/{entity.endpoint}", query_string={"include": include})
        assert answer.status_code == 200
        for row in body(answer):
            assert sorted(row) == names(release.schema)[entity.name]


def test_an_entity_of_a_later_release_has_no_endpoint(release: Release):
    for name in release.absent:
        endpoint = NEWEST.entities[name].endpoint
        for address in (endpoint, f"{endpoint}/count", f"{endpoint}/findone", f"{endpoint}/1"):
            answer = release.client.get(f"/{address}")
            assert (answer.status_code, body(answer)["code"]) == (404, "not_found")
            assert name in body(answer)["message"]


def test_an_absent_entity_is_told_only_to_those_logged_in(release: Release):
    for entity in NEWEST.entities.values():
        strangers = release.client.application.test_client()
        for query in ("", "?where=nonsense"):
            assert strangers.get(f"/{entity.endpoint}{query}").status_code == 401
            forged = {"Authorization": "Bearer forged"}
            answer = strangers.get(f"/{entity.endpoint}{query}", headers=forged)
            assert (answer.status_code, body(answer)["code"]) == (403, "session_invalid")


def test_naming_what_a_later_release_added_is_a_bad_filter(release: Release):
    for entity in release.schema.entities.values():
        newest = NEWEST.entities[entity.name]
        # Without the relation, "subjects" is found as the plural of the attribute "subject".
        for name in sorted({*newest.fields, *newest.relations} - {*entity.names, "subjects"}):
            for query in (
                {"where": json.dumps({name: {"isnull": True}})},
                {"order": name},
                {"distinct": name},
                {"fields": name} if name in newest.fields else {"include": name},
            ):
                answer = release.client.get(f"/{entity.endpoint}", query_string=query)
                assert (answer.status_code, body(answer)["code"]) == (400, "bad_filter")
                assert name in body(answer)["message"]
                assert entity.name in body(answer)["message"]


def test_no_row_is_lost_by_the_cut(release: Release):
    tables = describe(release.schema).by_entity
    with connected(release.url) as connection:
        for name, entity in release.schema.entities.items():
            statement = sa.select(sa.func.count()).select_from(tables[name])
            wanted = connection.execute(statement).scalar()
            assert body(release.client.get(f"/{entity.endpoint}/count")) == wanted


@pytest.fixture
def network_url(database_url: str) -> str:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite's names have no case")
    return database_url


def test_tables_and_columns_are_found_whatever_their_case(network_url: str):
    fill(network_url)
    with connected(network_url) as connection:
        renamings = list(_renamings(connection))
        for statement in renamings:
            connection.exec_driver_sql(quoted(connection, statement))
        tables = sa.inspect(connection).get_table_names()
        assert "investigation" in tables
        assert "INVESTIGATION" not in tables
    backend = backend_over(network_url)
    ask = Asking(backend)
    assert names(backend.schema()) == names(NEWEST)
    asked = Asked(
        where=({"investigationUsers.user.name": "simple/li"},),
        order=("type.name", "keywords.name"),
        include=("type", "datasets.datafiles", "investigationUsers.user"),
    )
    row = ask.rows("Investigation", asked)[0]
    assert row["investigationUsers"][0]["user"]["fullName"] == "李雷"
    assert ask.groups("Dataset", Asked(group_by=("type.name",)))[0]["count"] == 2
    assert ask.rows("Dataset", Asked(distinct=("sample.name",)))
    for name, entity in NEWEST.entities.items():
        ask.rows(name, Asked(include=tuple(entity.relations)))
    backend.close()


def _renamings(connection: sa.Connection) -> Iterator[str]:
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        if connection.dialect.name == "postgresql":
            for column in inspector.get_columns(table):
                name = column["name"]
                yield f'ALTER TABLE "{table}" RENAME COLUMN "{name}" TO "{name.lower()}"'
        yield f'ALTER TABLE "{table}" RENAME TO "{table.lower()}"'


def test_an_empty_database_is_unavailable_until_a_catalogue_is_made(database_url: str):
    with connected(database_url) as connection:
        assert sa.inspect(connection).get_table_names() == []
    app = app_over(database_url)
    client = app.test_client()
    for method, address in (("POST", "/sessions"), ("GET", "/investigations")):
        answer = client.open(
            address,
            method=method,
            json={"mechanism": "anon"} if method == "POST" else None,
            headers={"Authorization": "Bearer any"},
        )
        assert (answer.status_code, body(answer)["code"]) == (503, "backend_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert "create-catalogue" in body(answer)["message"]
    create_catalogue(database_url)
    sleep(1.1)
    with client_of(app) as client:
        answer = client.get("/investigations")
        assert (answer.status_code, body(answer)) == (200, [])


def test_a_missing_sqlite_file_is_unavailable_and_not_made(sqlite_server):
    url = sqlite_server.create_database()
    client = app_over(url).test_client()
    assert client.post("/sessions", json={"mechanism": "anon"}).status_code == 503
    assert not Path(sa.make_url(url).database or "").exists()


def test_a_database_of_something_else_is_no_catalogue(database_url: str):
    run(database_url, 'CREATE TABLE "INVESTIGATIONS" ("ID" INTEGER)')
    backend = backend_over(database_url)
    with pytest.raises(ApiError, match="create-catalogue"):
        backend.schema()
    backend.close()
