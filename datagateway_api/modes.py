"""The modes: from a key of the configuration to the package that serves it.

A mode is imported only when its key is present, so one that is switched off costs nothing.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from datagateway_api.settings import Section, Settings

if TYPE_CHECKING:
    from flask import Flask

PACKAGES: Final[Mapping[str, str]] = {
    "datagateway_api": "datagateway_api.catalogue",
    "search_api": "datagateway_api.search",
    "releases": "datagateway_api.releases",
}
"""One row a mode: its key in the configuration, its package."""


class Mode(Protocol):
    """The module ``mode`` of every mode's package."""

    def mount(self, app: "Flask", section: Section) -> None:
        """Add the mode's routes below ``section.extension``; raise ConfigurationError."""


class ModeSettings(Protocol):
    """The module ``settings`` of every mode's package."""

    @property
    def SECTION(self) -> type[Section]:  # noqa: N802 a constant of the module
        """The model of the mode's section."""


class _SectionModels(Mapping[str, type[Section]]):
    """Every mode's section model by key; looking one up imports that mode's settings."""

    def __getitem__(self, key: str) -> type[Section]:
        return cast(ModeSettings, import_module(f"{PACKAGES[key]}.settings")).SECTION

    def __iter__(self) -> Iterator[str]:
        return iter(PACKAGES)

    def __len__(self) -> int:
        return len(PACKAGES)

    def __contains__(self, key: object) -> bool:
        return key in PACKAGES


def section_models() -> Mapping[str, type[Section]]:
    """The section models that ``load_settings`` asks for, imported one by one as it does."""
    return _SectionModels()


def mount_all(app: "Flask", settings: Settings) -> None:
    """Mount every mode that is switched on, in the order of the table."""
    for key, package in PACKAGES.items():
        if key in settings.sections:
            cast(Mode, import_module(f"{package}.mode")).mount(app, settings.sections[key])
