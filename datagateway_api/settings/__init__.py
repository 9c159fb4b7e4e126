"""The settings: file and environment in, one frozen ``Settings`` out, or all problems at once."""

from datagateway_api.settings.load import load_section, load_settings
from datagateway_api.settings.models import (
    BackendSettings,
    Section,
    ServerSettings,
    Settings,
    Whole,
)

__all__ = [
    "BackendSettings",
    "Section",
    "ServerSettings",
    "Settings",
    "Whole",
    "load_section",
    "load_settings",
]
