"""The section ``datagateway_api`` of the settings."""

from typing import Final

from pydantic import Field

from datagateway_api.settings import BackendSettings, Section, Whole


class CatalogueSection(BackendSettings, Section):
    """The settings of the catalogue API."""

    max_limit: Whole | None = Field(
        None,
        ge=0,
        description="The most rows one list may ask for; without one there is no bound.",
    )
    max_path_depth: Whole = Field(
        10, ge=1, description="The most relations that a dotted path in a query may walk."
    )
    max_includes: Whole = Field(
        100, ge=1, description="The most relations that one request may include."
    )
    undouble_apostrophes: bool = Field(
        True,
        description="Read a doubled apostrophe in a where text as one, "
        "which the DataGateway front-end relies on.",
    )


SECTION: Final = CatalogueSection
