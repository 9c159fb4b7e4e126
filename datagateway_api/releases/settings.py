"""The section ``releases`` of the settings."""

from types import MappingProxyType
from typing import Final

from pydantic import Field

from datagateway_api.settings import Section, Whole
from datagateway_api.settings.models import Users
from datagateway_api.settings.store import DatabaseUrl, LoginSettings, StoreSettings


class ReleasesSection(StoreSettings, LoginSettings, Section):
    """The settings of the open-data releases."""

    db_url: DatabaseUrl = Field(
        "sqlite:///releases.db",
        repr=False,
        validate_default=True,
        description="The database that this mode keeps its releases in, as an SQLAlchemy URL.",
    )
    writers: Users = Field(
        default_factory=lambda: MappingProxyType({}),
        repr=False,
        description="The users who may upload and change, each with the line that "
        "`hash-password` prints for a password.",
    )
    max_page: Whole = Field(
        5000, ge=1, le=100_000, description="The most datasets that one list may ask for."
    )
    max_upload_bytes: Whole = Field(
        104_857_600,
        ge=1024,
        description="The largest upload that is accepted, in bytes, packed or unpacked.",
    )


SECTION: Final = ReleasesSection
