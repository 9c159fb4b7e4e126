"""Varied data collections, each filled, with the data publications and jobs that use them."""

from collections.abc import Sequence

from util.icat_db_generator.rows import Row, Rows
from util.icat_db_generator.size import moment
from util.icat_db_generator.varied_facility import USERS, Known
from util.icat_db_generator.varied_investigations import TITLES, Varied, add_parameters

DATES = (
    ("Collected", "2018-05-01/2018-06-15"),
    ("Issued", "2021"),
    ("Updated", "2022-06-01T10:30:00Z"),
)
SUBJECTS: Sequence[Row] = (
    {"name": "Optics & o.ptoelectronics", "subjectScheme": "PaN"},
    {
        "name": "Weiß's chemistry, 50%",
        "subjectScheme": "Dewey Decimal Classification",
        "schemeURI": "https://dewey.example.org/",
        "valueURI": "https://dewey.example.org/540",
        "classificationCode": "540",
        "pid": "10.5072/subject/540",
    },
)


def add_varied_publication(rows: Rows, varied: Varied, known: Known) -> None:
    """Add a filled data collection, the publication of it, and a job that read it."""
    number = varied.number
    collection = rows.add(
        "DataCollection", {"doi": f"10.5072/collection/{number + 1}" if number % 2 else None}
    )
    below: Row = {"dataCollection": collection}
    for dataset in varied.datasets:
        rows.add("DataCollectionDataset", {**below, "dataset": dataset})
    for datafile in varied.datafiles[:3]:
        rows.add("DataCollectionDatafile", {**below, "datafile": datafile})
    for investigation in (varied.investigation, number + 1):
        rows.add("DataCollectionInvestigation", {**below, "investigation": investigation})
    add_parameters(rows, number, "DataCollection", collection, known)
    _add_details(rows, number, _add_publication(rows, number, collection, known), known)
    rows.add(
        "Job",
        {
            "application": known.application,
            "arguments": None if number % 3 == 2 else f"--o.ut='y' 25% --n={number}",
            "inputDataCollection": None if number % 4 == 3 else collection,
            "outputDataCollection": number + 1 if number % 2 else None,
        },
    )


def _add_publication(rows: Rows, number: int, collection: int, known: Known) -> int:
    """Add a publication of either type; every third one is not published yet."""
    return rows.add(
        "DataPublication",
        {
            "pid": f"10.5072/data/{number + 1}",
            "title": f"{TITLES[number % len(TITLES)]}: l'été d'Ångström",
            "description": None if number % 4 == 3 else "o.pen files of 50% _coverage_",
            "subject": "UPPER" if number % 2 else None,
            "internalId": f"internal/{number + 1}" if number % 2 else None,
            "publicationDate": None if number % 3 == 0 else moment("2021-06-01T10:30:00"),
            "content": collection,
            "type": known.publication_types[number % 2],
            "facility": 1,
        },
    )


def _add_details(rows: Rows, number: int, publication: int, known: Known) -> None:
    below: Row = {"publication": publication}
    for date_type, date in DATES:
        rows.add("DataPublicationDate", {**below, "dateType": date_type, "date": date})
    for order, kind in enumerate(("Creator", "ContactPerson")):
        position = (number + order) % len(known.users)
        person = {key: USERS[position].get(key) for key in ("fullName", "givenName", "familyName")}
        role = {"contributorType": kind, "orderKey": str(order + 1)}
        user = known.users[position]
        author = rows.add("DataPublicationUser", {**below, **person, **role, "user": user})
        for name, pid in (
            ("Université de l'Été", None),
            ("o.Lab 中文", "https://ror.example.org/lab"),
        ):
            rows.add(
                "Affiliation",
                {"user": author, "name": name, "pid": pid, "fullReference": "2, place de l'Arche"},
            )
    for subject in SUBJECTS:
        rows.add("Subject", {**subject, "dataPublication": publication})
    for relation, item in (("HasVersion", "Dataset"), ("IsSupplementTo", None)):
        identifier = f"10.5072/{relation}/{number + 1}"
        related = {"relationType": relation, "identifier": identifier, "relatedItemType": item}
        rows.add("RelatedItem", {**below, **related, "title": None})
    funding = known.funding[number % len(known.funding)]
    rows.add("DataPublicationFunding", {"dataPublication": publication, "funding": funding})
