"""The three small data sets of the PaNOSC fixture, or others of its form, as an ICAT catalogue."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from datagateway_api.backends.database.create import create_catalogue
from datagateway_api.backends.database.tables import Tables, describe
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import FieldType

RELEASED = "2020-01-01T00:00:00.000Z"
"""Of documents that are public, and of which the fixture does not say since when."""
CREATED = datetime.fromisoformat("2024-01-01")

Json = Mapping[str, Any]


def fill(url: str, fixture: Json, rules: Iterable[str] = ()) -> None:
    """Lay out a catalogue and put one data set of the fixture into it.

    ``rules`` say, in ICAT's way, what everybody may read.
    """
    create_catalogue(url)
    schema = icat_schema.load()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        loader = _Loader(connection, describe(schema))
        loader.load(fixture)
        for what in rules:
            loader.add("Rule", what=what, crudFlags="R")
    engine.dispose()


class _Loader:
    def __init__(self, connection: sa.Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables
        self._schema = tables.schema
        self._numbers: dict[str, int] = {}
        self._ids: dict[tuple[str, object], int] = {}

    def load(self, fixture: Json) -> None:
        self._facility = self.add("Facility", name=fixture["facility"])
        self._raw = self.add("DatasetType", name="raw", facility=self._facility)
        for each in fixture.get("instruments", ()):
            self._ids["instrument", each["name"]] = self.add(
                "Instrument", name=each["name"], pid=each["pid"], facility=self._facility
            )
        for each in fixture.get("techniques", ()):
            id_ = self.add(
                "Technique", name=each["name"], pid=each["pid"], description=each.get("panetId")
            )
            for key in (each["pid"], each["pid"].rpartition("panosc-")[2]):
                self._ids["technique", key] = id_
        for each in fixture.get("persons", ()):
            self._ids["person", each["id"]] = self.add(
                "User", name=each["id"], fullName=each["fullName"]
            )
        self._fixture = fixture
        datasets = {each["pid"]: each for each in fixture["datasets"]}
        for each in fixture["documents"]:
            self._document(each, datasets)

    def add(self, entity: str, **attributes: object) -> int:
        """Insert one row and return its id."""
        number = self._numbers[entity] = self._numbers.get(entity, 0) + 1
        known = self._schema.entities[entity]
        row: dict[str, object] = {
            known.fields["createId"].column: "simple/root",
            known.fields["createTime"].column: CREATED,
            known.fields["modId"].column: "simple/root",
            known.fields["modTime"].column: CREATED,
        }
        row |= {f.column: False for f in known.fields.values() if f.type is FieldType.FLAG}
        for key, value in attributes.items():
            step = known.fields.get(key) or known.relations[key]
            row[str(step.column)] = value
        table = self._tables.by_entity[entity]
        self._connection.execute(table.insert(), {**row, "ID": number})
        return number

    def _document(self, each: Json, datasets: Mapping[str, Json]) -> None:
        released = each.get("releaseDate", RELEASED if each["isPublic"] else None)
        id_ = self.add(
            "Investigation",
            name=each["pid"].rpartition("/")[2],
            visitId="-",
            doi=each["pid"],
            title=each["title"],
            summary=each.get("summary"),
            releaseDate=_moment(released),
            startDate=_moment(each.get("startDate")),
            endDate=_moment(each.get("endDate")),
            type=self._once("InvestigationType", name=each["type"], facility=self._facility),
            facility=self._facility,
        )
        for word in each.get("keywords", ()):
            self.add("Keyword", name=word, investigation=id_)
        for member in each.get("members", ()):
            self._member(id_, member)
        self._parameters("InvestigationParameter", "investigation", id_, each)
        samples: dict[str, int] = {}
        for pid in each.get("datasets", ()):
            self._dataset(id_, datasets[pid], samples)

    def _member(self, investigation: int, member: Json) -> None:
        user = self._ids["person", member["person"]]
        self.add("InvestigationUser", role=member["role"], investigation=investigation, user=user)
        if ("affiliated", user) in self._ids:
            return
        found = next(a for a in self._fixture["affiliations"] if a["id"] == member["affiliation"])
        publication = self._ids.get(("publication", 0)) or self.add(
            "DataPublication",
            pid="not-shown",
            title="carries the affiliations",
            publicationDate=_moment(RELEASED),
            content=self.add("DataCollection"),
            facility=self._facility,
        )
        self._ids["publication", 0] = publication
        self._ids["affiliated", user] = affiliated = self.add(
            "DataPublicationUser",
            fullName=member["person"],
            contributorType="Researcher",
            orderKey=str(user),
            publication=publication,
            user=user,
        )
        address = ", ".join((found["address"], found["city"], found["country"]))
        self.add("Affiliation", name=found["name"], fullReference=address, user=affiliated)

    def _dataset(self, investigation: int, each: Json, samples: dict[str, int]) -> None:
        for pid in each.get("samples", ()):
            if pid not in samples:
                name = next(s["name"] for s in self._fixture["samples"] if s["pid"] == pid)
                samples[pid] = self.add("Sample", name=name, pid=pid, investigation=investigation)
        id_ = self.add(
            "Dataset",
            name=each["title"],
            doi=each["pid"],
            complete=True,
            startDate=_moment(each.get("creationDate")),
            investigation=investigation,
            sample=next((samples[pid] for pid in each.get("samples", ())), None),
            type=self._raw,
        )
        for name in each.get("techniques", ()):
            self.add("DatasetTechnique", dataset=id_, technique=self._ids["technique", name])
        if "instrument" in each:
            instrument = self._ids["instrument", each["instrument"]]
            self.add("DatasetInstrument", dataset=id_, instrument=instrument)
        for file in each.get("files", ()):
            self.add("Datafile", name=file["name"], fileSize=file.get("size"), dataset=id_)
        if "size" in each:
            table = self._tables.by_entity["Dataset"]
            change = table.update().where(table.c["ID"] == id_).values(FILESIZE=each["size"])
            self._connection.execute(change)
        self._parameters("DatasetParameter", "dataset", id_, each)

    def _parameters(self, entity: str, owner: str, id_: int, each: Json) -> None:
        for parameter in each.get("parameters", ()):
            value = parameter["value"]
            is_text = isinstance(value, str)
            kind = self._once(
                "ParameterType",
                name=parameter["name"],
                units=parameter["unit"],
                valueType=2 if is_text else 1,
                applicableToDataset=True,
                applicableToInvestigation=True,
                facility=self._facility,
            )
            column = "stringValue" if is_text else "numericValue"
            self.add(entity, **{owner: id_, "type": kind, column: value})

    def _once(self, entity: str, **attributes: object) -> int:
        key = (entity, tuple(attributes.items()))
        if key not in self._ids:
            self._ids[key] = self.add(entity, **attributes)
        return self._ids[key]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None)
