"""The settings: file and environment in, one frozen ``Settings`` out, or all problems at once."""

from datagateway_api.settings.load import load_section, load_settings
from datagateway_api.settings.models import (
    BackendSettings,
    ReadingSettings,
    Seconds,
    Section,
    ServerSettings,
    Settings,
    Whole,
)

__all__ = [
    "BackendSettings",
    "ReadingSettings",
    "Seconds",
    "Section",
    "ServerSettings",
    "Settings",
    "Whole",
    "load_section",
    "load_settings",
]
