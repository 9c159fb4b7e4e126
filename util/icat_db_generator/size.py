"""How many rows a catalogue gets, and when its investigations and cycles take place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Size:
    """What a catalogue's size follows from; `scale` multiplies its datafiles only."""

    years: int
    scale: int

    def __post_init__(self) -> None:
        """Raise ValueError for what no catalogue can have."""
        for name, most in (("years", 500), ("scale", 1_000_000)):
            value = getattr(self, name)
            if not 1 <= value <= most:
                raise ValueError(f"{name} must be from 1 to {most}, got {value}")

    @property
    def varied(self) -> int:
        """The number of investigations that `variety` adds."""
        return 10 + 2 * self.years

    def counts(self) -> Mapping[str, int]:
        """Return the number of rows of each entity that have the regular shape."""
        years = self.years
        by_count = {
            1: ("Facility",),
            3: ("DatasetType", "InvestigationType"),
            9: ("DatafileFormat",),
            14: ("Instrument", "InstrumentScientist", "DatasetInstrument"),
            19: ("DataPublicationType",),
            29: ("Grouping",),
            49: ("ParameterType", "PermissibleStringValue", "DatasetParameter"),
            79: ("Application", "SampleType"),
            99: (
                "DataCollection",
                "DataCollectionParameter",
                "FundingReference",
                "Technique",
                "DatasetTechnique",
            ),
            499: ("User", "UserGroup", "Study", "Keyword"),
        }
        found = {name: count for count, names in by_count.items() for name in names}
        found |= dict.fromkeys(("FacilityCycle", "InvestigationFacilityCycle"), 4 * years - 1)
        found |= dict.fromkeys(PER_INVESTIGATION, 12 * years - 1)
        found |= dict.fromkeys(("Dataset", "RelatedItem"), 24 * years - 1)
        found |= {"Publication": 36 * years - 1, "DatafileParameter": 360 * years - 1}
        found["Datafile"] = (360 * years - 1) * self.scale
        return MappingProxyType(found)


PER_INVESTIGATION = (
    "Investigation",
    "InvestigationUser",
    "InvestigationInstrument",
    "InvestigationGroup",
    "InvestigationParameter",
    "InvestigationFunding",
    "Sample",
    "SampleParameter",
    "Shift",
    "StudyInvestigation",
    "DataCollectionInvestigation",
    "DataPublication",
    "DataPublicationDate",
    "DataPublicationFunding",
    "DataPublicationUser",
    "Affiliation",
)


@dataclass(frozen=True, slots=True)
class Period:
    """A start and an end, naive UTC."""

    start: datetime
    end: datetime

    def part(self, skipped_days: int, days: int) -> "Period":
        """Return a period of some days within this one, which must be long enough."""
        start = self.start + timedelta(days=skipped_days)
        return Period(start, min(self.end, start + timedelta(days=days)))


def investigation_period(number: int) -> Period:
    """Return when an investigation of the regular shape took place, in a quarter of 20 years."""
    return _quarter(FIRST_YEAR + number % 80 // 4, number % 4 + 1, first_day=1, last_day=-1)


def cycle_period(number: int) -> Period:
    """Return when a facility cycle takes place, which its investigations' periods lie within."""
    return _quarter(FIRST_YEAR + number // 4, number % 4 + 1, first_day=0, last_day=0)


def cycle_name(number: int) -> str:
    """Return a cycle's name, such as ``2005 cycle 1``."""
    return f"{FIRST_YEAR + number // 4} cycle {number % 4 + 1}"


def moment(text: str) -> datetime:
    """Return a moment written in ISO 8601 as naive UTC."""
    return datetime.fromisoformat(text)


CREATED = moment("2024-01-01")
"""When all rows were made, fixed so that equal catalogues are equal to the last byte."""


def years_after(start: datetime, years: int) -> datetime:
    """Return the same day of a later year; not for 29 February."""
    return start.replace(year=start.year + years)


def _quarter(year: int, quarter: int, *, first_day: int, last_day: int) -> Period:
    start = f"{year}-{2 * quarter:02}-{quarter + first_day:02}"
    end = f"{year}-{2 * quarter + 3:02}-{5 * quarter + last_day:02}"
    return Period(moment(start), moment(end))
