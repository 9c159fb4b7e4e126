"""Regular rows that belong to the facility as a whole: its types, people, groups and studies."""

from collections.abc import Mapping

from util.icat_db_generator.rows import Row
from util.icat_db_generator.size import cycle_name, cycle_period, investigation_period
from util.icat_db_generator.source import Maker, Source

VALUE_TYPES = ("DATE_AND_TIME", "NUMERIC", "STRING")


def _instrument(number: int, source: Source) -> Row:
    return {
        "name": f"INSTRUMENT {number}",
        "fullName": source.sentence(),
        "description": source.text(),
        "type": str(number),
        "url": source.url(),
        "facility": 1,
    }


def _user(number: int, source: Source) -> Row:
    first, last = source.choice(source.pool.first_names), source.choice(source.pool.last_names)
    return {
        "name": f"{first}{number}",
        "fullName": f"{first} {last}",
        "email": f"{first}.{last}@example.org".lower(),
        "orcidId": source.orcid(),
    }


def _parameter_type(number: int, source: Source) -> Row:
    return {
        "name": f"PARAMETERTYPE {number}",
        "units": f"unit {number}",
        "unitsFullName": source.word(),
        "description": source.text(),
        "valueType": source.choice(VALUE_TYPES),
        "minimumNumericValue": float(source.number(0, 9)),
        "maximumNumericValue": float(source.number(10, 100)),
        "applicableToDataCollection": True,
        "applicableToDatafile": True,
        "applicableToDataset": True,
        "applicableToInvestigation": True,
        "applicableToSample": True,
        "enforced": source.is_likely(0.5),
        "verified": source.is_likely(0.5),
        "facility": 1,
    }


def _cycle(number: int, source: Source) -> Row:
    period = cycle_period(number)
    return {
        "name": cycle_name(number),
        "description": source.text(),
        "startDate": period.start,
        "endDate": period.end,
        "facility": 1,
    }


def _study(number: int, source: Source) -> Row:
    period = investigation_period(number)
    return {
        "name": f"STUDY {number}",
        "description": source.text(),
        "pid": source.isbn(number),
        "status": source.choice(("NEW", "IN_PROGRESS")),
        "startDate": period.start,
        "endDate": period.end,
        "user": number,
    }


def _funding(number: int, source: Source) -> Row:
    return {
        "funderName": source.choice(source.pool.companies),
        "funderIdentifier": source.isbn(number),
        "awardNumber": f"{source.number(0, 9_999_999)}{number:03}",
        "awardTitle": source.sentence(),
    }


def _named(kind: str) -> Maker:
    """Return the maker of a type with a name and a description."""

    def make(number: int, source: Source) -> Row:
        name = f"{kind} {number}"
        return {"name": name, "description": source.text(), "facility": 1}

    return make


FACILITY: Mapping[str, Maker] = {
    "Facility": lambda _number, _source: {
        "name": "LILS",
        "fullName": "Lorem Ipsum Light Source",
        "description": "Lorem ipsum light source",
        "daysUntilRelease": 10,
    },
    "Application": lambda i, s: {
        "name": f"APPLICATION {i}",
        "version": str(s.number(1, 4)),
        "facility": 1,
    },
    "DatafileFormat": lambda i, s: {
        "name": f"DATAFILEFORMAT {i}",
        "version": str(s.number(1, 14)),
        "description": s.text(),
        "facility": 1,
    },
    "DataPublicationType": lambda i, s: {
        "name": s.pool.words[i],
        "description": s.text(),
        "facility": 1,
    },
    "DatasetType": _named("DATASETTYPE"),
    "FacilityCycle": _cycle,
    "FundingReference": _funding,
    "Grouping": lambda i, s: {"name": f"GROUPING {i}"},
    "Instrument": _instrument,
    "InstrumentScientist": lambda i, s: {"instrument": i, "user": s.any_of("User")},
    "InvestigationType": _named("INVESTIGATIONTYPE"),
    "ParameterType": _parameter_type,
    "PermissibleStringValue": lambda i, s: {"value": f"value {i}", "type": i},
    "SampleType": lambda i, s: {
        "name": f"SAMPLETYPE {i}",
        "molecularFormula": str(s.number(1, 15000)),
        "safetyInformation": s.text(),
        "facility": 1,
    },
    "Study": _study,
    "Technique": lambda i, s: {
        "name": s.pool.sentences[i],
        "description": s.text(),
        "pid": s.word(),
    },
    "User": _user,
    "UserGroup": lambda i, s: {"user": i, "grouping": s.any_of("Grouping")},
}
"""Entity -> maker. Every instrument, user and study is the one of its own number."""
