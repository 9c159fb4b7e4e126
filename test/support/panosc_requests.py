"""Further requests to the data sets of the PaNOSC fixture, with answers worked out by hand.

Each is: the data set, the path, the query string's filter (or a text: the query string itself), and
what the answer is like: see :func:`is_like`.
"""

from typing import Any

PANET = "http://purl.org/pan-science/PaNET/PaNET"
XES, SAXS, MAGNETIC = (PANET + number for number in ("01200", "01124", "00207"))


def include(relation: str, where: object = None, *below: object, **scope: object) -> Any:
    """Return an include with its scope."""
    if where is not None:
        scope["where"] = where
    if below:
        scope["include"] = list(below)
    return {"relation": relation, "scope": scope}


def f1(*numbers: int) -> list[str]:
    return [f"20.500.12269/panosc-dataset{number}" for number in numbers]


def f2(*numbers: int) -> list[str]:
    return sorted(f"f2/ds{number}" for number in numbers)


def f3(*names: str) -> list[str]:
    return [f"f3/{name}" for name in names]


def documents(*numbers: int) -> list[str]:
    return [f"10.5072/panosc-document{number}" for number in numbers]


LITERALS: list[tuple[str, str, Any, Any]] = [
    ("F3", "/Datasets", {"where": {"size": 123.0}}, f3("ds-plain")),
    ("F3", "/Datasets", {"where": {"size": "123"}}, f3("ds-plain")),
    ("F3", "/Datasets", {"where": {"size": 123.5}}, []),
    ("F3", "/Datasets", {"where": {"size": {"gt": 122.5}}}, f3("ds-plain")),
    ("F3", "/Datasets", {"where": {"size": {"gt": 123.5}}}, []),
    ("F3", "/Datasets", {"where": {"size": {"gte": 122.5}}}, f3("ds-plain")),
    ("F3", "/Datasets", {"where": {"size": {"lt": "123.5"}}}, f3("ds-plain")),
    ("F3", "/Datasets", {"where": {"size": {"lt": 122.5}}}, []),
    ("F3", "/Datasets", {"where": {"size": {"lte": 122.5}}}, []),
    ("F3", "/Datasets", {"where": {"size": {"between": [122.5, 123.5]}}}, f3("ds-plain")),
    ("F3", "/Datasets", {"where": {"size": {"between": ["122.1", "122.9"]}}}, []),
    ("F3", "/Datasets", {"where": {"size": {"inq": [1.5, 123]}}}, f3("ds-plain")),
    ("F3", "/Datasets", {"where": {"size": {"inq": [123, None]}, "title": "both"}}, f3("ds-both")),
    ("F3", "/Datasets", {"where": {"size": {"nin": [1.5, None]}}}, f3("ds-plain")),
    ("F1", "/Documents", {"where": {"summary": None}}, documents(1, 2)),
    ("F1", "/Documents", {"where": {"summary": {"neq": None}}}, []),
    ("F1", "/Instruments", {"where": {"name": ""}}, []),
    ("F1", "/Instruments", {"where": {"name": {"like": ".*K"}}}, []),
    (
        "F1",
        "/Datasets",
        {"where": {"creationDate": "2020-05-05T17:01:02.341+02:00"}},
        f1(1, 2, 3, 4),
    ),
    ("F1", "/Datasets", {"where": {"creationDate": {"lt": "20200505T150102.341Z"}}}, []),
    ("F1", "/Datasets", {"where": {"creationDate": {"lte": "2020-05-05"}}}, []),
    (
        "F1",
        "/Datasets",
        "filter[where][creationDate][gt]=2020-05-05T17:01:02+02:00&filter[limit]=1",
        f1(1),
    ),
    (
        "F3",
        "/Documents",
        {"where": {"keywords": {"neq": "copper"}}},
        f3("doc-empty", "doc-neutron"),
    ),
    ("F3", "/Documents", {"where": {"keywords": None}}, f3("doc-empty")),
    (
        "F3",
        "/Documents",
        {"where": {"keywords": {"nlike": "cop%"}}},
        f3("doc-empty", "doc-neutron"),
    ),
    (
        "F3",
        "/Documents",
        {"where": {"nor": [{"keywords": "copper"}, {"title": {"like": "data"}}]}},
        f3("doc-neutron"),
    ),
    ("F1", "/Instruments", {"where": {"text": "L_KI"}}, []),
    ("F1", "/Instruments", {"where": {"text": "%"}}, []),
    (
        "F1",
        "/Instruments",
        {"where": {"name": {"like": "L_KI"}, "text": "okI"}},
        [{"name": "LoKI"}],
    ),
    ("F1", "/Documents", {"where": {"datasets": {"text": "dataset_1"}}}, []),
    ("F3", "/Documents", {"where": {"title": {"regexp": "^O'B"}}}, f3("doc-copper")),
    ("F3", "/Documents", {"where": {"datasets.files": {"size": 0, "name": "data.bin"}}}, []),
    (
        "F3",
        "/Documents",
        {"where": {"datasets.files.size": {"gt": 0}, "datasets.files.name": "data.bin"}},
        f3("doc-copper"),
    ),
]
VISIBILITY: list[tuple[str, str, Any, Any]] = [
    ("F1", "/Documents", {"where": {"nor": [{"isPublic": False}]}}, documents(1, 2)),
    ("F1", "/Documents", {"where": {"isPublic": {"nin": [True]}}}, []),
    ("F1", "/Documents", {"where": {"datasets.isPublic": "false"}}, []),
    ("F1", "/Documents", {"include": [include("datasets", {"isPublic": False})]}, []),
    (
        "F1",
        "/Documents",
        {"include": [include("datasets", {"or": [{"isPublic": False}, {"title": {"like": "3"}}]})]},
        [{"pid": documents(2)[0], "datasets": [{"pid": f1(3)[0]}]}],
    ),
    (
        "F3",
        "/Documents",
        {"where": {"nor": [{"title": "x"}]}},
        f3("doc-both", "doc-copper", "doc-empty", "doc-neutron"),
    ),
    ("F3", "/Documents", {"where": {"releaseDate": {"gt": "2500-01-01"}}}, []),
    ("F3", "/Documents", {"query": "embargoed"}, []),
]
INCLUDES: list[tuple[str, str, Any, Any]] = [
    (
        "F1",
        "/Documents",
        {
            "include": [
                include("datasets", None, include("parameters", {"name": "photon_energy"})),
                include("datasets", {"title": {"like": "1"}}),
            ]
        },
        [
            {
                "pid": documents(1)[0],
                "datasets": [{"pid": f1(1)[0]}, {"pid": f1(2)[0], "parameters": [{"value": 930}]}],
            }
        ],
    ),
    (
        "F1",
        "/Documents",
        {"include": [include("datasets", None, limit="1", order="title DESC", fields=["pid"])]},
        [{"datasets": [{"pid": f1(2)[0]}]}, {"datasets": [{"pid": f1(4)[0]}]}],
    ),
    (
        "F1",
        "/Documents",
        {
            "include": [
                include(
                    "datasets", {"title": {"like": "Test"}}, limit=1, offset=1, order="pid DESC"
                )
            ]
        },
        [{"datasets": [{"pid": f1(1)[0]}]}, {"datasets": [{"pid": f1(3)[0]}]}],
    ),
    (
        "F1",
        "/Documents",
        {
            "include": [
                include(
                    "members",
                    None,
                    include("person", {"text": "CHADWICK"}, fields=["fullName"]),
                    fields=["role"],
                )
            ]
        },
        [
            {"members": [{"role": "owner", "person": {"fullName": "James Chadwick"}}]},
            {"members": [{"role": "principal investigator"}]},
        ],
    ),
    (
        "F1",
        "/Instruments",
        {
            "include": [include("datasets", None, include("documents", {"type": "proposal"}))],
            "order": "name",
        },
        [
            {"name": "FREIA", "datasets": [{"pid": f1(3)[0], "documents": [{"type": "proposal"}]}]},
            {"name": "HEIMDAL"},
        ],
    ),
    (
        "F1",
        "/Instruments",
        {
            "include": [
                include(
                    "datasets",
                    None,
                    include("techniques", None, include("datasets", {"title": {"like": "%4"}})),
                )
            ],
            "order": "name DESC",
            "limit": 1,
            "skip": 1,
        },
        [{"name": "FREIA", "datasets": [{"techniques": [{"datasets": [{"pid": f1(4)[0]}]}]}]}],
    ),
    (
        "F1",
        "/Documents/10.5072/panosc-document1",
        {
            "include": [include("datasets", None, include("instrument", {"name": "LoKI"}))],
            "skip": 9,
        },
        {"datasets": [{"pid": f1(1)[0], "instrument": {"name": "LoKI"}}]},
    ),
    (
        "F1",
        "/Datasets",
        {"include": {"files": "dataset"}, "limit": 1},
        [{"files": [{"name": "panosc-file1.hdf", "dataset": {"pid": f1(1)[0]}}]}],
    ),
    (
        "F1",
        "/Datasets",
        "filter[include][0][relation]=files&filter[include][0][scope][where][name][like]=file2&filter[fields][pid]=true",
        [{"pid": f1(2)[0], "files": [{"name": "panosc-file2.hdf"}]}],
    ),
    (
        "F1",
        f"/Datasets/{f1(1)[0]}/files",
        {"include": [include("dataset", None, include("instrument"))], "fields": ["name"]},
        [{"name": "panosc-file1.hdf", "dataset": {"instrument": {"name": "LoKI"}}}],
    ),
    (
        "F1",
        f"/Datasets/{f1(1)[0]}/files",
        {"include": [include("dataset", {"title": "other"})]},
        [],
    ),
    (
        "F3",
        "/Datasets/f3/ds-plain/files",
        {"order": "size DESC", "fields": ["size"]},
        [{"size": 123}, {"size": 0}],
    ),
    (
        "F3",
        "/Datasets/f3%2Fds-plain/FILES/count",
        'where={"or":[{"size":{"gt":122.5}},{"text":"EMPTY"}]}',
        {"count": 2},
    ),
    (
        "F3",
        "/Documents",
        {"order": "keywords", "fields": ["keywords"]},
        [
            {"keywords": []},
            {"keywords": ["copper", "neutron"]},
            {"keywords": ["copper"]},
            {"keywords": ["neutron"]},
        ],
    ),
    (
        "F3",
        "/Documents",
        {
            "order": ["keywords DESC", "title"],
            "fields": ["pid", "keywords"],
            "limit": 1,
            "skip": 1,
            "where": {"keywords": "neutron"},
        },
        [{"pid": "f3/doc-both", "keywords": ["copper", "neutron"]}],
    ),
    (
        "F3",
        "/Datasets",
        {
            "where": {"title": "both"},
            "include": [include("documents", order="keywords DESC", fields=["keywords"])],
        },
        [{"documents": [{"keywords": ["copper", "neutron"]}]}],
    ),
]
SCIENCE: list[tuple[str, str, Any, Any]] = [
    ("F3", "/Datasets", {"include": [include("parameters", {"value": 10})]}, []),
    (
        "F3",
        "/Datasets",
        {"include": [include("parameters", {"value": {"inq": [0, "10"]}}, order="name DESC")]},
        [{"parameters": [{"value": "10"}, {"value": 0}]}],
    ),
    (
        "F3",
        "/Datasets",
        {"include": [include("parameters", {"value": {"neq": 0}})]},
        f3("ds-plain", "ds-units"),
    ),
    (
        "F3",
        "/Datasets",
        {
            "include": [
                include(
                    "parameters",
                    {"name": "beam_size", "value": {"gte": "100", "lte": "100.0"}, "unit": "cm"},
                )
            ]
        },
        [{"parameters": [{"value": 100, "unit": "cm"}]}],
    ),
    (
        "F3",
        "/Datasets",
        {
            "include": [
                include(
                    "parameters",
                    {
                        "or": [
                            {"name": "beam_size", "value": 100, "unit": "cm"},
                            {"name": "field", "value": 0, "unit": "mT"},
                        ]
                    },
                )
            ]
        },
        [
            {"parameters": [{"value": 0, "unit": "mT"}]},
            {"parameters": [{"value": 100, "unit": "cm"}]},
        ],
    ),
    (
        "F3",
        "/Datasets",
        {
            "where": {
                "parameters.name": "beam_size",
                "parameters.value": 100,
                "parameters.unit": "cm",
            }
        },
        f3("ds-units"),
    ),
    (
        "F3",
        "/Datasets/count",
        'where={"parameters":{"value":{"between":["99","101"]},"unit":"cm"}}',
        {"count": 1},
    ),
    (
        "F1",
        "/Datasets",
        "filter[include][0][relation]=parameters&filter[include][0][scope][where][name]=temperature&filter[include][0][scope][where][value][lt]=300&filter[include][0][scope][where][unit]=K",
        [{"parameters": [{"value": 293.15, "unit": "K"}]}],
    ),
    (
        "F1",
        "/Datasets",
        {
            "include": [
                include("parameters", {"name": "chemical_formula", "value": {"like": "Cu"}}),
                include("parameters", {"name": "sample_state"}),
            ]
        },
        [{"parameters": [{"value": "Cu"}, {"value": "solid"}]}],
    ),
    ("F2", "/Datasets", {"where": {"techniques.name": "xes"}}, f2(7, 8, 9, 10)),
    ("F2", "/Datasets", {"where": {"techniques.panetId": "PaNET01200"}}, f2(7, 8, 9, 10)),
    ("F2", "/Datasets", {"where": {"techniques": {"pid": {"nin": [XES, SAXS]}}}}, f2(1, 6)),
    ("F2", "/Datasets", {"where": {"nor": [{"techniques.pid": XES}]}}, f2(1, 2, 3, 4, 5, 6)),
    (
        "F2",
        "/Datasets",
        {"where": {"techniques": {"pid": {"eq": SAXS, "neq": XES}}}},
        f2(2, 3, 4, 5),
    ),
    (
        "F2",
        "/Datasets",
        {
            "include": [
                include("techniques", {"pid": SAXS}),
                include("techniques", {"name": "XES"}),
            ],
            "limit": 1,
        },
        [{"pid": "f2/ds10", "techniques": [{"pid": XES}, {"pid": PANET + "01275"}]}],
    ),
    (
        "F2",
        "/Datasets",
        {
            "include": [include("techniques", {"pid": XES}, fields=["name"])],
            "limit": 2,
            "skip": 1,
            "order": "title DESC",
        },
        [
            {"pid": "f2/ds8", "techniques": [{"name": "x-ray emission spectroscopy"}]},
            {"pid": "f2/ds7"},
        ],
    ),
    (
        "F2",
        "/Documents",
        {
            "include": [
                include("datasets", None, include("techniques", {"pid": MAGNETIC}), fields=["pid"])
            ]
        },
        [
            {
                "datasets": [
                    {"pid": "f2/ds6"},
                    {"pid": "f2/ds8", "techniques": [{"pid": PANET + "01313"}]},
                ]
            }
        ],
    ),
    (
        "F3",
        "/Datasets",
        {"where": {"techniques.pid": {"neq": XES}}, "limit": 2},
        f3("ds-both", "ds-plain"),
    ),
    (
        "F3",
        "/Documents",
        {
            "query": "copper neutron",
            "where": {"keywords": "copper"},
            "include": [include("datasets", {"title": "both"})],
        },
        f3("doc-both"),
    ),
    (
        "F3",
        "/Documents",
        {"query": "copper neutron", "limit": 1, "skip": 2, "fields": ["title"]},
        [{"title": "Two beams"}],
    ),
    ("F1", "/Instruments", {"query": "loki"}, [{"name": "LoKI"}]),
    ("F3", "/Datasets", "query=run&filter[limit]=1", f3("ds-run1")),
]
REQUESTS = [*LITERALS, *VISIBILITY, *INCLUDES, *SCIENCE]


def is_like(found: Any, wanted: Any) -> bool:
    """Say whether an answer has what is wanted: a text is a pid, lists are as long as wanted."""
    if isinstance(wanted, dict):
        return all(name in found and is_like(found[name], each) for name, each in wanted.items())
    if isinstance(wanted, list):
        pairs = list(zip(found, wanted, strict=False))
        return len(found) == len(wanted) and all(is_like(*pair) for pair in pairs)
    return bool((found["pid"] if isinstance(found, dict) else found) == wanted)
