"""The catalogue's database: the tables of the database backend, one file or server for both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from datagateway_api.backends.database.create import create_tables, create_triggers
from datagateway_api.backends.database.tables import MissingTables, Tables
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Schema
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.sql.connections import Connections, Limits
from util.icat_server.catalogue import Catalogue
from util.icat_server.jpql import functions

_LIMITS = Limits(pool_size=32, connection_timeout=10.0, pool_timeout=30.0, query_timeout=120.0)


class Database:
    """Connections to one catalogue's database, and its tables. Safe between threads."""

    def __init__(self, db_url: str) -> None:
        """Connect. Raises ConfigurationError when the database lacks some of the tables."""
        self._connections = Connections(db_url, _LIMITS)
        _hurry(self.engine)
        functions.install(self.engine)
        self._writing = self.engine.execution_options(
            isolation_level=self._connections.dialect.write_level
        )
        with self.engine.connect() as connection:
            self.catalogue = _complete(connection)
        self.tables = _tables(self.catalogue)

    @property
    def engine(self) -> sa.Engine:
        """The engine whose connections read, each statement on its own."""
        return self._connections.engine

    @property
    def schema(self) -> Schema:
        """The entities, all of the newest ICAT known."""
        return self.catalogue.schema

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Lend a connection for reading."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Lend a connection within one transaction, undone by an exception."""
        with self._writing.begin() as connection:
            begin = self._connections.dialect.begin_write
            if begin is not None:
                connection.exec_driver_sql(begin)
            yield connection

    def is_empty(self) -> bool:
        """Say whether the catalogue holds nothing: without a facility there is nothing else."""
        table = self.tables.by_entity["Facility"]
        with self.reading() as connection:
            return connection.execute(sa.select(table.c["ID"]).limit(1)).first() is None

    def close(self) -> None:
        """Close the idle connections."""
        self._connections.close()


def lay_out(db_url: str, *, has_triggers: bool = True) -> None:
    """Create the tables where there are none.

    With triggers, the file sizes of datasets and investigations follow their datafiles.
    """
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).touch()
    engine = sa.create_engine(url, hide_parameters=True)
    _hurry(engine)
    try:
        with engine.begin() as connection:
            names = {name.lower() for name in sa.inspect(connection).get_table_names()}
            if "session_" in names:
                return
            tables = _tables(Catalogue.new())
            create_tables(connection, tables)
            if has_triggers:
                create_triggers(connection, tables)
    finally:
        engine.dispose()


def _hurry(engine: sa.Engine) -> None:
    """Have SQLite wait for no disk: what a power cut leaves behind is not worth keeping."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(
            engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF").close()
        )


def _tables(catalogue: Catalogue) -> Tables:
    return Tables(catalogue.schema, catalogue.tables, catalogue.sessions, catalogue.metadata)


def _complete(connection: sa.Connection) -> Catalogue:
    schema = icat_schema.load()
    try:
        catalogue = Catalogue.inspect(connection, schema)
    except MissingTables as error:
        raise ConfigurationError([f"db_url: these tables are missing: {error}"]) from error
    found = catalogue.schema.entities
    lacks = [
        entity.name
        for entity in schema.entities.values()
        if entity.name not in found or found[entity.name].names != entity.names
    ]
    if lacks:
        raise ConfigurationError(
            [f"db_url: the tables are those of an older ICAT: {', '.join(lacks[:5])} differ"]
        )
    return catalogue
