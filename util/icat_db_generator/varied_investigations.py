"""Varied investigations with all that hangs on them, datasets and datafiles included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from util.icat_db_generator.rows import Row, Rows
from util.icat_db_generator.size import moment
from util.icat_db_generator.source import Source
from util.icat_db_generator.varied_facility import PHASES, Known
from util.icat_db_generator.varied_science import add_findings, add_sample_findings, describe

NAMES = ("O'ROURKE", "UPPER", "o.beam", "CM_50%", "Ångström", "BL-λ", "实验", "Weiß's")
TITLES = (
    "Vesuvius's glasses: cliché, für Tungstène, Ω and 玻璃",
    "UPPER bounds of o.rder in alloys",
    "40% mixtures of hydro_carbons",
    'Weiß\'s "quoted" back\\slash, [bracket] and * star',
    "Lattice spacing in Ångström, from 10 µm grains",
    "Strain (σ ≥ 0.5 GPa) in turbine blades; o.verheated",
)
KEYWORDS = (
    "Debye's rings",
    "o.ptics",
    "UPPER bound",
    "40% mixture",
    "hydro_gen",
    "tungstène",
    "Ångström",
    "玻璃",
    "µm grains",
    'in "quotes"',
    "back\\slash",
)
ROLES = ("PI", "CI", "visitor's guest")
RELEASES = (moment("2021-03-31"), moment("2999-12-31"), None, moment("2018-02-28T12:30:00"))
SIZES = (0, 5_368_709_121, 3_000_000_000, 1)
NUMBERS = (0.0, -1.25, 273.15, -273.15, 1e-9, 6.02214076e23)
COMMENTS = ("o.k.", "UPPER", "it's 5% off", "Größe _ Ω", "")
FILES = ("no_events.nxs", "D'Alembert 90%.raw", "UPPER_BIG.dat", "Bügel µm.tiff")


@dataclass(frozen=True, slots=True)
class Varied:
    """Ids of one varied investigation and of what a data collection can hold of it."""

    number: int
    investigation: int
    datasets: Sequence[int]
    datafiles: Sequence[int]


def add_varied_investigation(rows: Rows, number: int, known: Known, source: Source) -> Varied:
    """Add the investigation of a number, from 0, with everything below it."""
    begun = moment("2015-01-31T09:30:00") + timedelta(days=97 * number % 3000, seconds=number)
    investigation = rows.add("Investigation", _investigation(number, begun, known))
    _add_surroundings(rows, number, investigation, known)
    _add_people(rows, number, investigation, known)
    _add_shifts_and_studies(rows, number, investigation, begun, known)
    sample = _add_samples(rows, number, investigation, source)
    datasets = _add_datasets(rows, number, investigation, begun, sample)
    datafiles = [
        _add_datafile(rows, number, order, dataset, known, source)
        for dataset in datasets[:2]
        for order in range(len(FILES))
    ]
    relation = {"sourceDatafile": datafiles[0], "destDatafile": datafiles[1]}
    rows.add("RelatedDatafile", {"relation": "reduced 'by hand'", **relation})
    for dataset in datasets[:2]:
        for order in range(2):
            instrument = known.instruments[(number + order) % len(known.instruments)]
            technique = known.techniques[(number + order) % len(known.techniques)]
            rows.add("DatasetInstrument", {"dataset": dataset, "instrument": instrument})
            rows.add("DatasetTechnique", {"dataset": dataset, "technique": technique})
    _add_science(rows, number, investigation, sample, datasets, known)
    owners = {"Investigation": investigation, "Sample": sample, "Datafile": datafiles[0]}
    for entity, owner in {**owners, "Dataset": datasets[0]}.items():
        add_parameters(rows, number, entity, owner, known)
    return Varied(number, investigation, datasets, datafiles)


def add_parameters(rows: Rows, number: int, entity: str, owner: int, known: Known) -> None:
    """Add parameters of all three types of value to one row of an entity."""
    relation = entity[0].lower() + entity[1:]
    numeric = [name for name in known.parameter_types if name not in ("measured at", "phase")][:-1]
    values: dict[str, Row] = {
        numeric[(number + order) % len(numeric)]: {
            "numericValue": NUMBERS[(number + order) % len(NUMBERS)],
            "error": None if order else 0.0,
        }
        for order in range(3)
    }
    values["measured at"] = {
        "dateTimeValue": moment("1999-12-31T23:59:59.500000") + timedelta(days=number)
    }
    values["phase"] = {"stringValue": PHASES[number % len(PHASES)]}
    values["o.bservation"] = {"stringValue": COMMENTS[number % len(COMMENTS)]}
    for name, value in values.items():
        type_ = known.parameter_types[name]
        rows.add(f"{entity}Parameter", {relation: owner, "type": type_, **value})


def _investigation(number: int, begun: datetime, known: Known) -> Row:
    """Return the investigation; of every four, one lacks the start, one the end and one both."""
    return {
        "name": f"{NAMES[number % len(NAMES)]} {number + 1}",
        "visitId": f"{number % 3 + 1}-ü",
        "title": TITLES[number // 2 % len(TITLES)],
        "summary": None if number % 5 == 4 else f"Run {number} of the user's plan: 80% o.verlap",
        **describe(number),
        "doi": None if number % 4 == 3 else f"10.5072/investigation/{number + 1}",
        "startDate": None if number % 4 in (1, 3) else begun,
        "endDate": None if number % 4 in (2, 3) else begun + timedelta(days=3),
        "releaseDate": RELEASES[number // 4 % len(RELEASES)],
        "facility": 1,
        "type": known.investigation_type if number % 2 else 1,
    }


def _add_science(
    rows: Rows, number: int, investigation: int, sample: int, datasets: Sequence[int], known: Known
) -> None:
    for order, dataset in enumerate(datasets[:2]):
        add_findings(rows, number, order, {"dataset": dataset}, known.science)
    for owner in ({"investigation": investigation}, {"sample": sample}):
        add_sample_findings(rows, number, owner, known.science)


def _add_surroundings(rows: Rows, number: int, investigation: int, known: Known) -> None:
    below: Row = {"investigation": investigation}
    for order in range(2):
        instrument = known.instruments[(number + order) % len(known.instruments)]
        rows.add("InvestigationInstrument", {**below, "instrument": instrument})
        rows.add("InvestigationFacilityCycle", {**below, "facilityCycle": order + 1})
    for order in range(4):
        name = KEYWORDS[(number + order) % len(KEYWORDS)]
        rows.add("Keyword", {**below, "name": name})
    funding = known.funding[number % len(known.funding)]
    rows.add("InvestigationFunding", {**below, "funding": funding})
    rows.add(
        "Publication",
        {
            **below,
            "fullReference": f"D'Arcy, R. and Weiß, K.: {TITLES[number % len(TITLES)]}",
            "doi": f"10.5072/publication/{number + 1}" if number % 2 else None,
        },
    )


def _add_people(rows: Rows, number: int, investigation: int, known: Known) -> None:
    """Add three users, the first of them in two roles, and two groups."""
    below: Row = {"investigation": investigation}
    for order, role in enumerate((*ROLES, "local contact")):
        user = known.users[(number + order % len(ROLES)) % len(known.users)]
        rows.add("InvestigationUser", {**below, "user": user, "role": role})
    for grouping in known.groupings:
        rows.add("InvestigationGroup", {**below, "grouping": grouping, "role": "reader's"})


def _add_shifts_and_studies(
    rows: Rows, number: int, investigation: int, begun: datetime, known: Known
) -> None:
    for order in range(2):
        start = begun + timedelta(hours=8 * order)
        rows.add(
            "Shift",
            {
                "comment": "beam o.ff, 50%" if order else None,
                "startDate": start,
                "endDate": start + timedelta(hours=8),
                "investigation": investigation,
                "instrument": known.instruments[number % len(known.instruments)],
            },
        )
    study = rows.add(
        "Study",
        {
            "name": f"L'Étude {number + 1}",
            "pid": f"10.5072/study/{number + 1}",
            "status": ("NEW", "IN_PROGRESS", "COMPLETE", "CANCELLED", None)[number % 5],
            "startDate": begun if number % 2 else None,
            "user": known.users[number % len(known.users)] if number % 3 else None,
        },
    )
    rows.add("StudyInvestigation", {"study": study, "investigation": investigation})


def _add_samples(rows: Rows, number: int, investigation: int, source: Source) -> int:
    """Add a sample with a type and one without, and return the first."""
    type_ = source.any_of("SampleType")
    names = (f"Probe d'{number + 1}", f"UPPER_{number + 1} 50% Ω")
    first, _ = (
        rows.add(
            "Sample",
            {"name": name, "pid": pid, "type": sample_type, "investigation": investigation},
        )
        for name, pid, sample_type in (
            (names[0], f"10.5072/sample/{number + 1}", type_),
            (names[1], None, None),
        )
    )
    return first


def _add_datasets(
    rows: Rows, number: int, investigation: int, begun: datetime, sample: int
) -> Sequence[int]:
    """Add a complete dataset, one without sample and dates, and one that stays empty."""
    return [
        rows.add("Dataset", {"investigation": investigation, "type": order % 3 + 1, **attributes})
        for order, attributes in enumerate(
            (
                {
                    "name": f"Bügel's run_{number + 1}%",
                    "description": "UPPER o.ther side",
                    "doi": f"10.5072/dataset/{number + 1}",
                    "location": f"/data/bügel's/{number + 1}",
                    "startDate": begun,
                    "endDate": begun + timedelta(hours=7, microseconds=500_000),
                    "sample": sample,
                    "complete": True,
                },
                {"name": f"RUN o.{number + 1}", "complete": False},
                {"name": "empty", "complete": True, "sample": sample},
            )
        )
    ]


def _add_datafile(
    rows: Rows, number: int, order: int, dataset: int, known: Known, source: Source
) -> int:
    """Add a datafile; what it lacks depends on its order within the dataset."""
    name = FILES[order]
    written = moment("2020-02-29T12:34:56.123000") + timedelta(days=number)
    return rows.add(
        "Datafile",
        {
            "name": name,
            "description": None if order == 0 else f"größer als {SIZES[order]} Byte",
            "doi": f"10.5072/datafile/{number + 1}.{order}" if order == 2 else None,
            "location": None if order == 3 else f"/data/o.{dataset}/{name}",
            "checksum": source.hexadecimal(128) if order else "",
            "fileSize": SIZES[order],
            "datafileCreateTime": None if order == 0 else written,
            "datafileModTime": None if order == 1 else written,
            "datafileFormat": known.formats[order] if order < len(known.formats) else None,
            "dataset": dataset,
        },
    )
