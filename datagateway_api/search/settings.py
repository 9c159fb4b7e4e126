"""The section ``search_api`` of the settings."""

from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from datagateway_api.search.setting_values import existing_file, scoring_url
from datagateway_api.settings import ReadingSettings, Seconds, Section, Whole, values
from datagateway_api.settings.models import Frozen

Score = Annotated[float, BeforeValidator(values.no_flag)]


class ScoringSettings(Frozen):
    """How lists that are asked for with ``query`` are scored."""

    enabled: bool = Field(
        True, description="Whether `query` scores; without that it is accepted and ignored."
    )
    api_url: Annotated[str, AfterValidator(scoring_url)] | None = Field(
        None,
        repr=False,
        description="Where a PaNOSC scoring service takes questions, such as "
        "`http://localhost:9000/score`; without one the built-in scorer is used.",
    )
    api_request_timeout: Seconds = Field(
        5, gt=0, description="How long the scoring service may take to answer, in seconds."
    )
    group: str = Field(
        "documents",
        min_length=1,
        description="The group in which the scoring service keeps the documents.",
    )
    limit: Whole = Field(
        1000, ge=1, description="How many scores are asked for of the scoring service."
    )
    index_seconds: Seconds = Field(
        600, gt=0, description="The greatest age of the built-in scorer's index, in seconds."
    )


class SearchSection(ReadingSettings, Section):
    """The settings of the search API."""

    mechanism: str = Field(
        "anon",
        min_length=1,
        description="With `backend: python_icat`: the mechanism by which the search logs in to "
        "ICAT. What this account may see is what is public.",
    )
    username: str = Field("", description="The account's user name; anon needs none.")
    password: str = Field("", repr=False, description="The account's password.")
    mapping_file: Annotated[str, AfterValidator(existing_file)] | None = Field(
        None,
        description="How PaNOSC's classes are drawn from ICAT's entities; without one as in "
        "`search_api_mapping.json.example`.",
    )
    facility: str = Field(
        "", description="The facility's name in the status object at the extension."
    )
    panet_file: Annotated[str, AfterValidator(existing_file)] | None = Field(
        None,
        description="PaNET's table of techniques, `PaNET.csv`; without one a technique "
        "stands for itself only.",
    )
    search_scoring: ScoringSettings = Field(default_factory=ScoringSettings)
    default_score: Score = Field(
        0,
        ge=0,
        le=1,
        description="The score of every row of a list that was asked for without `query`. "
        "The federated search hides rows that score 0 unless it is told otherwise.",
    )


SECTION: Final = SearchSection
