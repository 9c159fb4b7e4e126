"""Regular rows of data collections and data publications; a publication's rows have its number."""

from collections.abc import Mapping

from util.icat_db_generator.rows import Row
from util.icat_db_generator.size import Size, moment
from util.icat_db_generator.source import Maker, Source

CONTRIBUTOR_TYPES = (
    "ContactPerson",
    "Creator",
    "DataCollector",
    "DataCurator",
    "DataManager",
    "Editor",
    "Producer",
    "ProjectLeader",
    "ProjectMember",
    "Researcher",
)
DATE_TYPES = ("Accepted", "Available", "Collected", "Created", "Issued", "Submitted", "Updated")
RELATION_TYPES = ("Cites", "HasVersion", "IsCitedBy", "IsReferencedBy", "References", "Reviews")
RELATED_TYPES = ("Book", "ConferencePaper", "DataPaper", "Dataset", "Dissertation", "Preprint")


def publication_makers(size: Size) -> Mapping[str, Maker]:
    """Return entity -> maker."""
    publications = 12 * size.years - 1

    def related_item(number: int, source: Source) -> Row:
        return {
            "identifier": source.isbn(number),
            "title": source.sentence(),
            "fullReference": source.text(),
            "relationType": source.choice(RELATION_TYPES),
            "relatedItemType": source.choice(RELATED_TYPES),
            "publication": number % publications + 1,
        }

    return {**_OF_PUBLICATIONS, "RelatedItem": related_item}


def _publication(number: int, source: Source) -> Row:
    return {
        "pid": source.isbn(number),
        "title": source.sentence(),
        "description": source.text(),
        "subject": source.word(),
        "publicationDate": moment(_day(source)),
        "content": source.any_of("DataCollection"),
        "facility": 1,
    }


def _publication_user(number: int, source: Source) -> Row:
    first, last = source.choice(source.pool.first_names), source.choice(source.pool.last_names)
    return {
        "fullName": f"{first} {last}",
        "givenName": first,
        "familyName": last,
        "email": f"{first}.{last}@example.org".lower(),
        "contributorType": source.choice(CONTRIBUTOR_TYPES),
        "orderKey": str(source.number(1, 9)),
        "publication": number,
        "user": source.any_of("User"),
    }


def _day(source: Source) -> str:
    return f"{source.number(2004, 2023)}-{source.number(1, 12):02}-{source.number(1, 28):02}"


_OF_PUBLICATIONS: Mapping[str, Maker] = {
    "Affiliation": lambda i, s: {
        "name": s.choice(s.pool.companies),
        "fullReference": s.text(),
        "pid": s.isbn(i),
        "user": i,
    },
    "DataCollection": lambda i, s: {"doi": s.isbn(i)},
    "DataCollectionInvestigation": lambda i, s: {
        "investigation": i,
        "dataCollection": s.any_of("DataCollection"),
    },
    "DataPublication": _publication,
    "DataPublicationDate": lambda i, s: {
        "date": _day(s),
        "dateType": s.choice(DATE_TYPES),
        "publication": i,
    },
    "DataPublicationFunding": lambda i, s: {
        "dataPublication": i,
        "funding": s.any_of("FundingReference"),
    },
    "DataPublicationUser": _publication_user,
}
