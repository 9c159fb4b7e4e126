"""Varied rows of the facility as a whole, and the ids that investigations refer to them by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from util.icat_db_generator.rows import Row, Rows
from util.icat_db_generator.size import moment
from util.icat_db_generator.varied_science import PANET, Science, add_science

USERS: Sequence[Row] = (
    {"name": "simple/demo", "fullName": "Dana Demo", "email": "demo@example.org"},
    {
        "name": "simple/d'arcy",
        "fullName": "Róisín D'Arcy",
        "givenName": "Róisín",
        "familyName": "D'Arcy",
        "email": "roisin.d'arcy@example.org",
        "affiliation": "University College, Cork's campus",
    },
    {
        "name": "simple/weiß_2",
        "fullName": "Käthe Weiß",
        "givenName": "Käthe",
        "familyName": "Weiß",
        "affiliation": "Universität Tübingen",
    },
    {"name": "陈静", "fullName": "陈静 (Jing Chen)", "givenName": "静", "familyName": "陈"},
    {"name": "o.kim%", "fullName": "UPPER o.Kim 80%", "orcidId": None},
    {"name": "db/ångström", "fullName": "Åsa Ångström", "familyName": "Ångström"},
    {"name": "nobody", "fullName": None},
)
INSTRUMENTS: Sequence[Row] = (
    {
        "name": "L'ARC",
        "fullName": "L'Arc β-diffractometer",
        "description": "UPPER beam of o.line, 50% duty, slits of 20 µm",
        "type": "neutron",
        "pid": "DOI:10.5072/instrument/l-arc",
        "url": "https://l-arc.example.org/?a=1&b=2",
        "startDate": moment("2008-07-01"),
    },
    {"name": "port_7%", "pid": "10.5072/instrument/7", "endDate": moment("2019-12-31T23:59:59")},
    {"name": "Ångström-Ω", "fullName": "Small angles at Ångström scale", "type": "x-ray"},
    {"name": "UPPER", "fullName": "中子衍射仪", "description": None},
)
PARAMETER_TYPES: Sequence[Row] = (
    {
        "name": "temperature",
        "units": "K",
        "unitsFullName": "kelvin",
        "valueType": "NUMERIC",
        "minimumNumericValue": 0.0,
        "maximumNumericValue": 2000.0,
        "pid": "http://qudt.org/vocab/quantitykind/Temperature",
    },
    {"name": "pressure", "units": "bar", "valueType": "NUMERIC"},
    {"name": "wavelength", "units": "Å", "unitsFullName": "ångström", "valueType": "NUMERIC"},
    {"name": "energy", "units": "eV", "unitsFullName": "electronvolt", "valueType": "NUMERIC"},
    {"name": "sample thickness", "units": "mm", "valueType": "NUMERIC"},
    {"name": "beam_size%", "units": "µm", "valueType": "NUMERIC"},
    {"name": "measured at", "units": "ISO 8601", "valueType": "DATE_AND_TIME"},
    {"name": "phase", "units": "N/A", "valueType": "STRING", "enforced": True},
    {"name": "o.bservation", "units": "-", "valueType": "STRING"},
)
FLAGS: Row = {
    "applicableToDataCollection": True,
    "applicableToDatafile": True,
    "applicableToDataset": True,
    "applicableToInvestigation": True,
    "applicableToSample": True,
    "enforced": False,
    "verified": True,
}
PHASES = ("solid", "liquid", "gas", "liquid crystal's", "UPPER phase", "α-phase (50%)")
TECHNIQUES: Sequence[Row] = (
    {"name": "small angle scattering-based techniques", "pid": f"{PANET}01124"},
    {"name": "small angle x-ray scattering", "pid": f"{PANET}01188"},
    {"name": "small angle neutron scattering", "pid": f"{PANET}01189"},
    {"name": "neutron powder diffraction", "pid": f"{PANET}01100"},
    {"name": "x-ray absorption spectroscopy", "pid": f"{PANET}01196"},
    {"name": "neutron reflectometry", "pid": f"{PANET}01239"},
    {"name": "o'scopy at 50% of Ångström scale", "description": "made here, no part of PaNET"},
)
FUNDING: Sequence[Row] = (
    {
        "funderName": "Fonds de l'Arche",
        "awardNumber": "o.1/50%",
        "awardTitle": "Spins à l'échelle de l'Ångström",
        "acknowledgement": "We thank the funder's 100% support.",
    },
    {"funderName": "UPPER Council", "awardNumber": "UC_2020/1", "funderIdentifier": None},
)
RULES: Sequence[Row] = (
    {"crudFlags": "R", "what": "SELECT o FROM Facility o"},
    {
        "crudFlags": "R",
        "what": "SELECT o FROM Investigation o WHERE o.releaseDate < CURRENT_TIMESTAMP",
    },
    {"crudFlags": "CRUD", "what": "SELECT o FROM Sample o WHERE o.name = 'vanadium'"},
    {"crudFlags": "CRUD", "what": "SELECT o FROM Job o WHERE o.createId = :user"},
    {
        "crudFlags": "RU",
        "what": "Dataset <-> Investigation <-> InvestigationUser <-> User [name = :user]",
    },
)
PUBLIC_STEPS = (
    ("Investigation", "samples"),
    ("Investigation", "datasets"),
    ("Dataset", "investigation"),
    ("Datafile", "dataset"),
    ("Job", "inputDataCollection"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """Ids of the varied rows of the facility."""

    users: Sequence[int]
    instruments: Sequence[int]
    investigation_type: int
    publication_types: Sequence[int]
    formats: Sequence[int]
    groupings: Sequence[int]
    techniques: Sequence[int]
    funding: Sequence[int]
    application: int
    parameter_types: Mapping[str, int]
    science: Science


def add_varied_facility(rows: Rows) -> Known:
    """Add the rows, and return their ids."""
    users = [rows.add("User", row) for row in USERS]
    instruments = [rows.add("Instrument", {**row, "facility": 1}) for row in INSTRUMENTS]
    types = _add_parameter_types(rows)
    groupings = _add_groups(rows, users)
    for number, user in enumerate(users):
        instrument = instruments[number % len(instruments)]
        rows.add("InstrumentScientist", {"user": user, "instrument": instrument})
    for origin, field in PUBLIC_STEPS:
        rows.add("PublicStep", {"origin": origin, "field": field})
    return Known(
        users=users,
        instruments=instruments,
        investigation_type=_add_type(
            rows, "InvestigationType", "Director's choice", "80% o.verlap"
        ),
        publication_types=[
            _add_type(rows, "DataPublicationType", "User-defined", "chosen by a user"),
            _add_type(rows, "DataPublicationType", "Investigation", None),
        ],
        formats=[
            rows.add("DatafileFormat", {"name": name, "version": version, "facility": 1})
            for name, version in (("NeXus", "4.4.0"), ("o.raw", "1"), ("UPPER/TIFF", "5_6%"))
        ],
        groupings=groupings,
        techniques=[rows.add("Technique", row) for row in TECHNIQUES],
        funding=[rows.add("FundingReference", row) for row in FUNDING],
        application=rows.add(
            "Application", {"name": "o.reduce's", "version": "2.0β", "facility": 1}
        ),
        parameter_types=types,
        science=add_science(rows, FLAGS),
    )


def _add_type(rows: Rows, entity: str, name: str, description: str | None) -> int:
    return rows.add(entity, {"name": name, "description": description, "facility": 1})


def _add_parameter_types(rows: Rows) -> Mapping[str, int]:
    """Add the parameter types; the texts that one of them permits are listed."""
    types = {
        str(row["name"]): rows.add("ParameterType", {**FLAGS, **row, "facility": 1})
        for row in PARAMETER_TYPES
    }
    for phase in PHASES:
        rows.add("PermissibleStringValue", {"value": phase, "type": types["phase"]})
    return types


def _add_groups(rows: Rows, users: Sequence[int]) -> Sequence[int]:
    """Add user groups, and access rules for everyone and for a group."""
    groupings = [rows.add("Grouping", {"name": name}) for name in ("d'equipe", "UPPER_staff 100%")]
    for user in users:
        rows.add("UserGroup", {"user": user, "grouping": groupings[user % 2]})
    for number, rule in enumerate(RULES):
        grouping = groupings[number % 2] if number > 1 else None
        rows.add("Rule", {**rule, "grouping": grouping})
    return groupings
