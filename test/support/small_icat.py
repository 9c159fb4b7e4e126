"""A small catalogue with rules, for tests of searching as several users."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from datagateway_api.core.entities import Entity
from test.support.icat_dump import connect, load
from util.icat_server.beans import Row
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError
from util.icat_server.query import Searcher
from util.icat_server.rules import Rules

ROOT = "simple/root"
ANN, BOB = "db/ann", "db/bob"
ZONE = ZoneInfo("Europe/Berlin")

DUMP = """
user:
  u1: {name: db/ann, fullName: Ann Ångström}
  u2: {name: db/bob}
grouping:
  g1: {name: staff, userGroups: [{user: u1}]}
rule:
  # Everybody: facilities and types freely, investigations that are released.
  r1: {crudFlags: R, what: Facility}
  r2: {crudFlags: C, what: InvestigationType}
  r3:
    crudFlags: R
    what: SELECT i FROM Investigation i WHERE i.releaseDate < CURRENT_TIMESTAMP
  r4:
    crudFlags: R
    what: "Investigation <-> InvestigationUser <-> User [name=:user]"
  r5: {crudFlags: R, what: "Dataset <-> Investigation [name='open']"}
  r6: {crudFlags: U, what: SELECT f.description FROM Facility f WHERE f.name = 'ESNF'}
  # The staff: all datasets, and changes to what is theirs.
  r7: {crudFlags: CRUD, what: SELECT d FROM Dataset d JOIN d.investigation i, grouping: g1}
  r8: {crudFlags: RU, what: "Sample [name LIKE 's%']", grouping: g1}
publicStep:
  s1: {origin: Investigation, field: keywords}
facility:
  f1: {name: ESNF}
datasetType:
  t1: {name: raw, facility: f1}
investigationType:
  it1: {name: experiment, facility: f1}
investigation:
  i1:
    name: open
    visitId: '1'
    title: Spin ice
    facility: f1
    type: it1
    doi: '10.1/open'
    releaseDate: '2001-01-01'
    startDate: '2000-07-01T00:30:00'
    keywords: [{name: spin}, {name: ice}]
    investigationUsers: [{user: u1, role: PI}]
  i2:
    name: embargo
    visitId: '1'
    title: spin glass
    facility: f1
    type: it1
    releaseDate: '2999-01-01'
    keywords: [{name: glass}]
    investigationUsers: [{user: u2, role: PI}]
  i3: {name: nobody, visitId: 100%_x, title: Ångström scale, facility: f1, type: it1}
sample:
  sa1: {name: s one, investigation: i1}
  sa2: {name: other, investigation: i2}
dataset:
  d1:
    name: a
    complete: true
    investigation: i1
    type: t1
    sample: sa1
    datafiles: [{name: f1, fileSize: 10}, {name: f2, fileSize: 5}]
  d2: {name: b, complete: false, investigation: i2, type: t1, datafiles: [{name: f3}]}
  d3: {name: c, complete: false, investigation: i3, type: t1}
"""


@dataclass(frozen=True)
class SmallIcat:
    """The catalogue in a database, and what searches it."""

    engine: sa.Engine
    connection: sa.Connection
    catalogue: Catalogue
    rules: Rules
    searcher: Searcher

    def entity(self, name: str) -> Entity:
        return self.catalogue.schema.entities[name]

    def ask(self, text: str, user: str = ROOT) -> list[Row]:
        return self.searcher.search(self.connection, user, text)

    def error(self, text: str, user: str = ROOT) -> str | None:
        """Return the kind of error that a query gives, if any."""
        try:
            self.ask(text, user)
        except IcatError as error:
            return str(error.kind)
        return None


@contextmanager
def small_icat(url: str) -> Iterator[SmallIcat]:
    """Make the catalogue in an empty database."""
    engine = connect(url)
    try:
        with engine.connect() as connection:
            catalogue = Catalogue.new()
            catalogue.metadata.create_all(connection)
            load(connection, catalogue, DUMP)
            rules = Rules(catalogue, frozenset([ROOT]), zone=ZONE)
            searcher = Searcher(catalogue, rules, zone=ZONE, max_entities=50)
            yield SmallIcat(engine, connection, catalogue, rules, searcher)
    finally:
        engine.dispose()
