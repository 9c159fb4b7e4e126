"""What the reference implementation's own tests ask of its sample data, in small.

Written from the facts of that data: four data sets in two documents, with instruments, one sample,
two techniques, parameters with units, and members.
"""

from typing import Any

HANDLE = "20.500.12269"
SANS = ("panosc-tech1", "small-angle neutron scattering", "PaNET01189")
XAS = ("panosc-tech2", "x-ray absorption", "PaNET01227")
INSTRUMENTS = [
    "LoKI",
    "DREAM",
    "MAGiC",
    "HEIMDAL",
    "NMX",
    "BEER",
    "ODIN",
    "ESTIA",
    "FREIA",
    "SKADI",
    "BIFROST",
    "CSPEC",
    "MIRACLES",
    "T-REX",
    "VESPA",
]
PARAMETERS: dict[int, list[tuple[str, str | float, str]]] = {
    1: [("chemical_formula", "Cu", ""), ("sample_state", "solid", "")],
    2: [("photon_energy", 930, "eV")],
    3: [("temperature", 20, "celsius")],
    4: [("wavelength", 1064, "nm")],
}
AT = {1: "LoKI", 2: "ODIN", 3: "FREIA", 4: "HEIMDAL"}


def instrument(name: str) -> str:
    """Return the pid of an instrument."""
    return f"{HANDLE}/instrument-{INSTRUMENTS.index(name) + 1}"


def dataset(number: int) -> str:
    """Return the pid of a data set."""
    return f"{HANDLE}/panosc-dataset{number}"


def document(number: int) -> str:
    """Return the pid of a document."""
    return f"10.5072/panosc-document{number}"


def fixture() -> dict[str, Any]:
    """Return the data in the form that :func:`test.support.panosc.fill` takes."""
    techniques = [
        {
            "pid": f"{HANDLE}/{local}",
            "name": name,
            "panetId": f"http://purl.org/pan-science/PaNET/{p}",
        }
        for local, name, p in (SANS, XAS)
    ]
    copper = f"{HANDLE}/panosc-sample1"
    return {
        "facility": "ESS",
        "instruments": [{"pid": instrument(name), "name": name} for name in INSTRUMENTS],
        "techniques": techniques,
        "samples": [{"pid": copper, "name": "solid copper cylinder"}],
        "persons": [
            {"id": "panosc-person1", "fullName": "John Smith"},
            {"id": "panosc-person2", "fullName": "James Chadwick"},
        ],
        "affiliations": [
            {"id": 1, "name": "ESS", "address": "a street", "city": "Lund", "country": "Sweden"}
        ],
        "datasets": [
            {
                "pid": dataset(number),
                "title": f"PaNOSC Test Dataset {number}",
                "isPublic": True,
                "creationDate": "2020-05-05T15:01:02.341Z",
                "instrument": AT[number],
                "techniques": ["tech1" if number < 3 else "tech2"],
                "samples": [copper],
                "files": [{"name": f"panosc-file{number}.hdf"}],
                "parameters": [_parameter(*each) for each in PARAMETERS[number]],
            }
            for number in AT
        ],
        "documents": [
            _document(1, "publication", "PaNOSC Test Publication", (1, 2), ("1", "2")),
            _document(2, "proposal", "PaNOSC Test Proposal", (3, 4), ("2", "1")),
        ],
    }


def _parameter(name: str, value: str | float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit}


def _document(
    number: int, kind: str, title: str, datasets: tuple[int, ...], persons: tuple[str, str]
) -> dict[str, Any]:
    roles = ("principal investigator", "owner")
    return {
        "pid": document(number),
        "type": kind,
        "title": title,
        "isPublic": True,
        "datasets": [dataset(each) for each in datasets],
        "parameters": [_parameter("wavelength", 1064, "nm")] if number == 1 else [],
        "members": [
            {"role": role, "person": f"panosc-person{person}", "affiliation": 1}
            for role, person in zip(roles, persons, strict=True)
        ],
    }
