"""Regular rows of investigations and what hangs on them, datasets and datafiles included."""

from collections.abc import Mapping

from util.icat_db_generator.rows import Row
from util.icat_db_generator.size import CREATED, Size, investigation_period, years_after
from util.icat_db_generator.source import Maker, Source

YEARS_OF_EMBARGO = 3
LARGEST_FILE = 213_000_000


def investigation_makers(size: Size) -> Mapping[str, Maker]:
    """Return entity -> maker; what belongs to one investigation has its number."""
    makers = dict(_OF_INVESTIGATIONS)
    makers["Dataset"] = _dataset_maker(12 * size.years)
    makers["Datafile"] = _datafile_maker(24 * size.years - 1)
    investigations = 12 * size.years - 1
    makers["Publication"] = lambda i, s: {
        "fullReference": s.text(),
        "doi": s.isbn(i),
        "url": s.url(),
        "repository": s.url(),
        "repositoryId": str(s.number(1, 20_000_000)),
        "investigation": i % investigations + 1,
    }
    return makers


def _investigation(number: int, source: Source) -> Row:
    period = investigation_period(number)
    return {
        "name": f"INVESTIGATION {number}",
        "visitId": str(source.number(1, 100)),
        "title": source.sentence(),
        "summary": source.text(),
        "doi": source.isbn(number),
        "startDate": period.start,
        "endDate": period.end,
        "releaseDate": years_after(period.end, YEARS_OF_EMBARGO),
        "facility": 1,
        "type": source.any_of("InvestigationType"),
    }


def _shift(number: int, source: Source) -> Row:
    period = investigation_period(number).part(source.number(0, 30), 3)
    return {
        "comment": source.text(),
        "startDate": period.start,
        "endDate": period.end,
        "investigation": number,
    }


def _dataset_maker(cycle: int) -> Maker:
    """Return the maker: numbers run through the investigations, and two fall on the last one."""

    def make(number: int, source: Source) -> Row:
        investigation = number % cycle or cycle - 1
        period = investigation_period(investigation).part(source.number(0, 60), 14)
        return {
            "name": f"DATASET {number}",
            "description": source.text(),
            "doi": source.isbn(number),
            "location": source.path(),
            "complete": source.is_likely(0.5),
            "startDate": period.start,
            "endDate": period.end,
            "investigation": investigation,
            "sample": investigation,
            "type": source.any_of("DatasetType"),
        }

    return make


def _datafile_maker(datasets: int) -> Maker:
    def make(number: int, source: Source) -> Row:
        return {
            "name": f"Datafile {number}",
            "description": source.sentence(),
            "doi": source.isbn(number),
            "location": source.path(),
            "checksum": source.hexadecimal(128),
            "fileSize": source.number(1000, LARGEST_FILE),
            "datafileCreateTime": CREATED,
            "datafileModTime": CREATED,
            "dataset": number % datasets + 1,
            "datafileFormat": source.any_of("DatafileFormat"),
        }

    return make


_OF_INVESTIGATIONS: Mapping[str, Maker] = {
    "DatasetInstrument": lambda i, s: {"instrument": i, "dataset": s.any_of("Dataset")},
    "DatasetTechnique": lambda i, s: {"technique": i, "dataset": s.any_of("Dataset")},
    "Investigation": _investigation,
    "InvestigationFacilityCycle": lambda i, s: {
        "facilityCycle": i,
        "investigation": s.any_of("Investigation"),
    },
    "InvestigationFunding": lambda i, s: {
        "investigation": i,
        "funding": s.any_of("FundingReference"),
    },
    "InvestigationGroup": lambda i, s: {
        "role": s.text(),
        "investigation": i,
        "grouping": s.any_of("Grouping"),
    },
    "InvestigationInstrument": lambda i, s: {
        "investigation": i,
        "instrument": s.any_of("Instrument"),
    },
    "InvestigationUser": lambda i, s: {
        "role": s.choice(("PI", "CI")),
        "investigation": i,
        "user": s.any_of("User"),
    },
    "Keyword": lambda i, s: {
        "name": f"{s.word()}{i}",
        "investigation": s.any_of("Investigation"),
    },
    "Sample": lambda i, s: {
        "name": f"SAMPLE {i}",
        "investigation": i,
        "type": s.any_of("SampleType"),
    },
    "Shift": _shift,
    "StudyInvestigation": lambda i, s: {"investigation": i, "study": s.any_of("Study")},
}
