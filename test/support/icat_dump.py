"""Writing a dump of python-icat's straight into the tables, with the ids ICAT would give."""

import sqlite3
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import yaml

from datagateway_api.core.entities import Entity, FieldType
from test.support.python_icat import example_file
from util.icat_server.catalogue import Catalogue
from util.icat_server.jpql import functions
from util.icat_server.rules import Rules

OWNER = "simple/root"
ZONE = ZoneInfo("Europe/Berlin")
# python-icat creates the types of one part of a dump in this order.
_NAMES = """
User Grouping UserGroup Rule PublicStep Facility Instrument InstrumentScientist ParameterType
PermissibleStringValue DataPublicationType InvestigationType SampleType DatasetType DatafileFormat
Technique FacilityCycle Application FundingReference Investigation InvestigationParameter Keyword
Publication Shift InvestigationFunding InvestigationGroup InvestigationInstrument InvestigationUser
Sample SampleParameter Dataset DatasetParameter DatasetInstrument DatasetTechnique Datafile
DatafileParameter DataCollection DataCollectionParameter DataCollectionDataset
DataCollectionDatafile DataPublication DataPublicationDate DataPublicationFunding
DataPublicationUser Affiliation RelatedItem Study StudyInvestigation RelatedDatafile Job
"""
_ORDER = _NAMES.split()


def connect(url: str) -> sa.Engine:
    """Return an engine whose statements stand alone, and for which SQLite waits for no disk."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    functions.install(engine)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _hurry)
    return engine


def _hurry(raw: sqlite3.Connection, record: object) -> None:
    raw.execute("PRAGMA synchronous = OFF")
    raw.execute("PRAGMA journal_mode = MEMORY")


def load_example(connection: sa.Connection, catalogue: Catalogue) -> None:
    """Write python-icat's example catalogue for ICAT 6.2."""
    load(connection, catalogue, example_file("icatdump-6.2.yaml"))


def load(connection: sa.Connection, catalogue: Catalogue, dump: str) -> None:
    """Write a dump in python-icat's YAML."""
    loader = _Loader(connection, catalogue)
    for part in yaml.safe_load_all(dump):
        objects = {name[0].upper() + name[1:]: found for name, found in part.items()}
        assert objects.keys() <= set(_ORDER)
        for name in _ORDER:
            for key, facts in sorted(objects.get(name, {}).items()):
                loader.create(catalogue.schema.entities[name], facts, key=key)


class _Loader:
    def __init__(self, connection: sa.Connection, catalogue: Catalogue) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._rules = Rules(catalogue, frozenset())
        self._ids: dict[str, int] = {}
        self._counts: Counter[str] = Counter()
        self._now = datetime.now(UTC).replace(tzinfo=None)

    def create(self, entity: Entity, facts: Any, *, key: str = "", owner: Any = ()) -> None:
        self._counts[entity.name] += 1
        id_ = self._counts[entity.name]
        if key:
            self._ids[key] = id_
        row = {"ID": id_, "CREATE_ID": OWNER, "MOD_ID": OWNER}
        row |= {"CREATE_TIME": self._now, "MOD_TIME": self._now}
        row |= dict(owner)
        for field in entity.fields.values():
            if field.default is not None:
                row[field.column] = field.default
        row |= self._columns(entity, facts)
        self._connection.execute(self._catalogue.table(entity).insert(), row)
        for name in facts:
            relation = entity.relations.get(name)
            if relation is not None and relation.is_many:
                target = self._catalogue.target(relation)
                inverse = {self._catalogue.foreign_key(relation): id_}
                for child in facts[name]:
                    self.create(target, child, owner=inverse)

    def _columns(self, entity: Entity, facts: Any) -> dict[str, object]:
        row: dict[str, object] = {}
        for name, value in facts.items():
            field = entity.fields.get(name)
            if field is not None:
                row[field.column] = _value(field, value)
            elif not entity.relations[name].is_many:
                row[self._catalogue.foreign_key(entity.relations[name])] = self._ids[value]
        if entity.name == "Rule":
            derived = self._rules.derive(facts["what"], facts["crudFlags"]).columns()
            row |= {self._catalogue.derived[name].column: v for name, v in derived.items()}
        return row


def _value(field: Any, value: Any) -> object:
    if field.type is FieldType.ENUM:
        return field.choices.index(value)
    if field.type is FieldType.DOUBLE:
        return float(value)
    if field.type is FieldType.DATE:
        moment = datetime.fromisoformat(value)
        local = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
        return local.astimezone(UTC).replace(tzinfo=None)
    return value
