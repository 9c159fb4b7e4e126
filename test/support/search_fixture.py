"""A small catalogue for the science of the search: kinds of techniques, units, words, embargo."""

from typing import Any

PANET = "http://purl.org/pan-science/PaNET/PaNET"
NAMES = {
    "01183": "resonant inelastic x-ray scattering",
    "01275": "anomalous solution x-ray scattering",
    "01162": "grazing incidence small angle x-ray scattering",
    "01281": "inelastic x-ray small angle scattering",
    "01282": "soft x-ray small angle scattering",
    "01313": "magnetic x-ray tomography",
    "01200": "x-ray emission spectroscopy",
}
TAGS = {
    1: ["01183"],
    2: ["01275"],
    3: ["01162"],
    4: ["01281"],
    5: ["01282"],
    6: ["01313"],
    7: ["01200"],
    8: ["01200", "01313"],
    9: ["01200", "01162"],
    10: ["01200", "01275"],
}
"""The ten data sets of the standard's worked examples, by number."""
TEMPERATURES: dict[int, tuple[float | str, str]] = {
    1: (293.15, "K"),
    2: (20, "celsius"),
    3: (68, "°F"),
    4: (20, "florp"),
    5: (293.15, "celsius"),
    6: (20, "K"),
    7: ("20", "degC"),
}
"""By data set; 1 to 3 are equally warm, and 7 is a text."""
TEXTS = {
    "copper": ("O'Brien's copper", "Copper cylinders under load"),
    "neutron": ("Neutron run", "neutron imaging of pumps"),
    "both": ("Two beams", "copper and neutrons at once"),
    "none": ("Nothing of the kind", None),
}
SECRET = ("Embargoed copper neutron", "copper neutron kryptonite")


def pid(number: int) -> str:
    """Return the pid of a data set; as every DOI, it has a slash."""
    return f"10.5072/data/{number}"


def fixture() -> dict[str, Any]:
    """Return the catalogue in the form that :func:`test.support.panosc.fill` takes."""
    documents: list[dict[str, Any]] = [
        {
            "pid": f"10.5072/doc/{name}",
            "type": "investigation",
            "title": title,
            "summary": summary,
            "isPublic": True,
            "datasets": [],
        }
        for name, (title, summary) in TEXTS.items()
    ]
    documents[0]["datasets"] = [pid(number) for number in TAGS]
    secret = {"pid": "10.5072/doc/secret", "title": SECRET[0], "summary": SECRET[1]}
    embargo: dict[str, Any] = {"isPublic": False, "releaseDate": "2999-01-01T00:00:00.000Z"}
    documents.append({**documents[1], **secret, **embargo, "datasets": ["10.5072/data/secret"]})
    datasets = [
        {
            "pid": pid(number),
            "title": f"run {number}",
            "isPublic": True,
            "techniques": [PANET + tag for tag in tags],
            "parameters": [
                {"name": "temperature", "value": value, "unit": unit}
                for value, unit in [TEMPERATURES[number]]
            ]
            if number in TEMPERATURES
            else [],
        }
        for number, tags in TAGS.items()
    ]
    hidden = {"pid": "10.5072/data/secret", "title": SECRET[1], "isPublic": False, "techniques": []}
    return {
        "facility": "LILS",
        "techniques": [{"pid": PANET + tag, "name": name} for tag, name in NAMES.items()],
        "documents": documents,
        "datasets": [*datasets, hidden],
    }
