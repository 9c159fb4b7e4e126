"""A small catalogue with rows known one by one, in any database, and apps and backends over it."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from datagateway_api.app import create_app
from datagateway_api.backends.database.create import create_catalogue
from datagateway_api.backends.database.tables import describe
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import FieldType
from datagateway_api.modes import section_models
from datagateway_api.settings import load_settings

CREATED = datetime(2024, 1, 1)
USER, PASSWORD = "tester", "right horse"

ROWS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("Facility", {"name": "LILS", "fullName": "Lovely Interesting Light Source"}),
    ("InvestigationType", {"name": "experiment", "facility": 1}),
    ("InvestigationType", {"name": "calibration", "facility": 1}),
    ("InvestigationType", {"name": "unused", "facility": 1}),
    ("DatasetType", {"name": "raw", "facility": 1}),
    ("DatasetType", {"name": "processed", "facility": 1}),
    ("DatafileFormat", {"name": "NeXus", "version": "4", "facility": 1}),
    ("Instrument", {"name": "I01", "fullName": "Imaging", "facility": 1}),
    ("Instrument", {"name": "I02", "fullName": "Powder", "facility": 1}),
    ("User", {"name": "simple/o'brien", "fullName": "Seán O'Brien"}),
    ("User", {"name": "simple/müller", "fullName": "Jürgen Müller"}),
    ("User", {"name": "simple/li", "fullName": "李雷"}),
    # Investigations: 1 ordinary, 2 shares its users, 3 without anything below it, 4 with odd
    # characters and null dates, 5 with no users but keywords, 6 whose title repeats 1's.
    (
        "Investigation",
        {
            "name": "INVESTIGATION 1",
            "visitId": "1",
            "title": "Spin waves in iron",
            "summary": "It's about spins",
            "doi": "10.5072/1",
            "startDate": datetime(2020, 1, 1),
            "endDate": datetime(2020, 1, 5, 12, 30, 15, 250000),
            "releaseDate": datetime(2023, 1, 1),
            "facility": 1,
            "type": 1,
        },
    ),
    (
        "Investigation",
        {
            "name": "INVESTIGATION 2",
            "visitId": "1",
            "title": "Phonons in ice",
            "startDate": datetime(2021, 6, 1),
            "endDate": datetime(2021, 6, 9),
            "facility": 1,
            "type": 1,
        },
    ),
    (
        "Investigation",
        {
            "name": "INVESTIGATION 3",
            "visitId": "2",
            "title": "aardvark bones",
            "startDate": datetime(2019, 3, 31, 23, 59, 59),
            "facility": 1,
            "type": 2,
        },
    ),
    (
        "Investigation",
        {
            "name": "O'HARA 60%_x",
            "visitId": "o.4",
            "title": 'Café "quoted" back\\slash | pipe * star [bracket] ? Ω 中文 \U0001f600',
            "summary": "line one\nline two\ttabbed \u0001 control",
            "facility": 1,
            "type": 2,
        },
    ),
    (
        "Investigation",
        {
            "name": "UPPER 5",
            "visitId": "5",
            "title": "50% solution of under_score",
            "startDate": datetime(2022, 2, 28),
            "facility": 1,
            "type": 1,
        },
    ),
    (
        "Investigation",
        {
            "name": "INVESTIGATION 6",
            "visitId": "10",
            "title": "Spin waves in iron",
            "startDate": datetime(2020, 1, 1),
            "facility": 1,
            "type": 1,
        },
    ),
    ("InvestigationUser", {"role": "PI", "investigation": 1, "user": 1}),
    ("InvestigationUser", {"role": "CI", "investigation": 1, "user": 2}),
    ("InvestigationUser", {"role": "CI", "investigation": 2, "user": 1}),
    ("InvestigationUser", {"role": "PI", "investigation": 2, "user": 2}),
    ("InvestigationUser", {"role": "PI", "investigation": 4, "user": 3}),
    ("InvestigationInstrument", {"investigation": 1, "instrument": 1}),
    ("InvestigationInstrument", {"investigation": 1, "instrument": 2}),
    ("InvestigationInstrument", {"investigation": 2, "instrument": 2}),
    ("Keyword", {"name": "iron", "investigation": 1}),
    ("Keyword", {"name": "spin", "investigation": 1}),
    ("Keyword", {"name": "ice", "investigation": 2}),
    ("Keyword", {"name": "Bragg's law", "investigation": 5}),
    ("Keyword", {"name": "iron", "investigation": 5}),
    ("SampleType", {"name": "metal", "molecularFormula": "Fe", "facility": 1}),
    ("Sample", {"name": "rod", "investigation": 1, "type": 1}),
    ("Sample", {"name": "untyped", "investigation": 2}),
    (
        "Dataset",
        {
            "name": "DATASET 1",
            "complete": True,
            "startDate": datetime(2020, 1, 2),
            "investigation": 1,
            "sample": 1,
            "type": 1,
        },
    ),
    ("Dataset", {"name": "DATASET 2", "complete": False, "investigation": 1, "type": 2}),
    (
        "Dataset",
        {"name": "DATASET 1", "complete": True, "investigation": 2, "sample": 2, "type": 1},
    ),
    ("Datafile", {"name": "a.nxs", "fileSize": 10, "dataset": 1, "datafileFormat": 1}),
    ("Datafile", {"name": "b.nxs", "fileSize": 5_368_709_121, "dataset": 1}),
    ("Datafile", {"name": "c 100%.raw", "fileSize": 0, "dataset": 2}),
    ("Datafile", {"name": "d.nxs", "dataset": 3}),
    (
        "ParameterType",
        {
            "name": "temperature",
            "units": "K",
            "valueType": 1,
            "minimumNumericValue": -1.5,
            "maximumNumericValue": 1e300,
            "applicableToDataset": True,
            "facility": 1,
        },
    ),
    ("ParameterType", {"name": "note", "units": "-", "valueType": 2, "facility": 1}),
    ("ParameterType", {"name": "taken", "units": "-", "valueType": 0, "facility": 1}),
    ("DatasetParameter", {"numericValue": 0.1, "error": 0.0, "dataset": 1, "type": 1}),
    ("DatasetParameter", {"stringValue": "o.k. it''s 5%", "dataset": 1, "type": 2}),
    (
        "DatasetParameter",
        {"dateTimeValue": datetime(1999, 12, 31, 23, 59, 59), "dataset": 1, "type": 3},
    ),
    ("DatasetParameter", {"numericValue": -273.15, "dataset": 3, "type": 1}),
    ("Study", {"name": "study 1", "status": 1, "user": 1}),
    ("Study", {"name": "study 2"}),
    ("DataCollection", {"doi": "10.5072/c"}),
    ("DataCollectionInvestigation", {"dataCollection": 1, "investigation": 1}),
    ("DataPublication", {"pid": "10.5072/p", "title": "Open data", "content": 1, "facility": 1}),
    ("RelatedDatafile", {"relation": "copy", "sourceDatafile": 1, "destDatafile": 2}),
)


def fill(url: str, icat_version: str | None = None) -> None:
    """Create the catalogue in an empty database; what an ICAT release lacks is left out."""
    create_catalogue(url, icat_version)
    schema = icat_schema.load() if icat_version is None else icat_schema.as_of(icat_version)
    tables = describe(schema)
    engine = sa.create_engine(url)
    numbers: dict[str, int] = {}
    with engine.begin() as connection:
        for name, attributes in ROWS:
            if name not in schema.entities:
                continue
            numbers[name] = numbers.get(name, 0) + 1
            row = _row(schema, name, attributes)
            connection.execute(tables.by_entity[name].insert(), {**row, "ID": numbers[name]})
        if connection.dialect.name == "postgresql":
            for name in numbers:
                _go_on_after(connection, tables.by_entity[name])
    engine.dispose()


def _go_on_after(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL count on after ids that were given."""
    sequence = sa.func.pg_get_serial_sequence(f'"{table.name}"', "ID")
    last = sa.select(sa.func.max(table.c["ID"])).scalar_subquery()
    connection.execute(sa.select(sa.func.setval(sequence, last)))


def _row(schema, name: str, attributes: Mapping[str, object]) -> dict[str, object]:
    entity = schema.entities[name]
    row: dict[str, object] = {
        "CREATE_ID": "simple/root",
        "CREATE_TIME": CREATED,
        "MOD_ID": "simple/root",
        "MOD_TIME": CREATED,
    }
    for field in entity.fields.values():
        if field.type is FieldType.FLAG:
            row[field.column] = False
    for key, value in attributes.items():
        if key in entity.fields:
            row[entity.fields[key].column] = value
        elif key in entity.relations:
            row[str(entity.relations[key].column)] = value
    return row


def password_hash() -> str:
    """Return the hash of PASSWORD, of a small cost so that tests are quick."""
    salt = b"a salt of no use"
    digest = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=16, r=8, p=1, dklen=32)
    return f"scrypt$16$8$1${b64encode(salt).decode()}${b64encode(digest).decode()}"


def app_over(url: str, **changes: object) -> Flask:
    """Return an app over a catalogue's database, at extension ``/``, anon and USER allowed.

    URLs may be of any length, so that it is seen what else bounds a query.
    """
    section = {
        "extension": "/",
        "backend": "db",
        "db_url": url,
        "mechanisms": {"anon": True, "simple": {"users": {USER: password_hash()}}},
        **changes,
    }
    environ = {
        "DATAGATEWAY_API__DATAGATEWAY_API": json.dumps(section),
        "DATAGATEWAY_API__MAX_URL_BYTES": str(1 << 30),
    }
    return create_app(load_settings(None, environ, section_models()))


@contextmanager
def client_of(app: Flask) -> Iterator[FlaskClient]:
    """Yield a client with an anonymous session, and close the app's connections after it."""
    client = app.test_client()
    try:
        answer = client.post("/sessions", json={"mechanism": "anon"})
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.get_json()['sessionID']}"
        yield client
    finally:
        # Also after a failed test, which would else make a later one fail.
        app.extensions["datagateway_api.catalogue"].close()
