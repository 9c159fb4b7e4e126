"""What science is about in varied investigations: techniques, measured values, titles to find.

Names and units of parameters are those that the PaNOSC portal asks for. The same quantity comes
in several units, as it does where instruments differ: a type per name and unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from util.icat_db_generator.rows import Row, Rows
from util.icat_db_generator.size import moment

PANET = "http://purl.org/pan-science/PaNET/PaNET"

TECHNIQUES: Sequence[Row] = (
    {"name": "grazing incidence small angle x-ray scattering", "pid": f"{PANET}01162"},
    {"name": "anomalous solution x-ray scattering", "pid": f"{PANET}01275"},
    {"name": "x-ray emission spectroscopy", "pid": f"{PANET}01200"},
    {"name": "resonant inelastic x-ray scattering", "pid": f"{PANET}01183"},
    {"name": "magnetic x-ray tomography", "pid": f"{PANET}01313"},
    {"name": "x-ray absorption near edge structure", "pid": f"{PANET}01199"},
)

NUMERIC: Mapping[tuple[str, str], Sequence[float]] = {
    ("sample_temperature", "K"): (293.15, 77.0, 4.2, 0.0),
    ("sample_temperature", "celsius"): (20.0, -196.15, 850.0, 0.0),
    ("sample_pressure", "Pa"): (101_325.0, 0.0, 250_000.0),
    ("sample_pressure", "bar"): (1.01325, 2.5),
    ("incident_wavelength", "angstrom"): (1.5, 0.71, 6.0),
    ("incident_wavelength", "nm"): (0.15, 0.6),
    ("incident_photon_energy", "eV"): (930.0, 7112.0),
    ("incident_photon_energy", "keV"): (0.93, 12.4),
    ("count_rate", "counts per florp"): (12.0, 0.0),
}
"""By name and unit: the values; the first ones of one name are the same quantity."""

FORMULAS = ("Cu", "Fe2O3", "H2O", "C60", "Ångström's Fe-γ")
LABELS = ("10", "20", "May", "")
SUBJECTS: Sequence[tuple[str, str]] = (
    (
        "Copper cylinders under load, seen with neutrons",
        "Neutron diffraction shows how copper yields: strain in cylinders of copper under load.",
    ),
    (
        "Protein solutions at low temperature",
        "Small angle scattering of lysozyme in solution, cooled until it crystallises.",
    ),
    (
        "Magnetic domains of cobalt films in three dimensions",
        "Tomography with polarised x-rays maps the magnetisation of thin cobalt films.",
    ),
    (
        "Iron oxide catalysts at work",
        "X-ray absorption follows the oxidation of iron while carbon monoxide is burnt.",
    ),
    (
        "Neutron imaging of water in fuel cells",
        "Where water gathers in a running fuel cell, imaged with cold neutrons.",
    ),
)


@dataclass(frozen=True, slots=True)
class Science:
    """Ids of what investigations refer to."""

    techniques: Sequence[int]
    numeric: Mapping[tuple[str, str], int]
    formula: int
    label: int
    begun: int


def add_science(rows: Rows, flags: Row) -> Science:
    """Add the techniques and parameter types."""

    def type_(name: str, units: str, kind: str) -> int:
        return rows.add(
            "ParameterType",
            {**flags, "name": name, "units": units, "valueType": kind, "facility": 1},
        )

    return Science(
        techniques=[rows.add("Technique", row) for row in TECHNIQUES],
        numeric={key: type_(*key, "NUMERIC") for key in NUMERIC},
        formula=type_("sample_chemical_formula", "", "STRING"),
        label=type_("run_label", "-", "STRING"),
        begun=type_("measurement_begun", "UTC", "DATE_AND_TIME"),
    )


def describe(number: int) -> Row:
    """Return the title and summary of every other investigation; others have those they have."""
    if number % 2:
        return {}
    title, summary = SUBJECTS[number // 2 % len(SUBJECTS)]
    return {"title": title, "summary": summary}


def add_findings(rows: Rows, number: int, order: int, owner: Row, science: Science) -> None:
    """Tag a data set with one or two techniques, and note what was measured in it."""
    dataset = owner["dataset"]
    techniques = science.techniques
    for step in range(1 + (number + order) % 2):
        technique = techniques[(number + order + 2 * step) % len(techniques)]
        rows.add("DatasetTechnique", {"dataset": dataset, "technique": technique})
    for row in _values(number + order, science):
        rows.add("DatasetParameter", {**owner, **row})


def add_sample_findings(rows: Rows, number: int, owner: Row, science: Science) -> None:
    """Note of a sample, or of an investigation, what the portal asks for."""
    entity = "SampleParameter" if "sample" in owner else "InvestigationParameter"
    for row in _values(number, science):
        rows.add(entity, {**owner, **row})


def _values(number: int, science: Science) -> Sequence[Row]:
    """Return one value of each quantity, in the unit whose turn it is, and a text and a date."""
    by_name: dict[str, list[str]] = {}
    for name, unit in NUMERIC:
        by_name.setdefault(name, []).append(unit)
    found: list[Row] = []
    for place, (name, units) in enumerate(by_name.items()):
        key = name, units[(number + place) % len(units)]
        values = NUMERIC[key]
        value = values[(number + place) // len(units) % len(values)]
        found.append({"type": science.numeric[key], "numericValue": value})
    found.append({"type": science.formula, "stringValue": FORMULAS[number % len(FORMULAS)]})
    found.append({"type": science.label, "stringValue": LABELS[number % len(LABELS)]})
    begun = moment(f"2019-{number % 12 + 1:02}-28T06:30:00.250000")
    return [*found, {"type": science.begun, "dateTimeValue": begun}]
