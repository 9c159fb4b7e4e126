"""Apps with settings of the server as a whole, beside those of the catalogue."""

import json
from collections.abc import Mapping

from flask import Flask

from datagateway_api.app import create_app
from datagateway_api.modes import section_models
from datagateway_api.settings import load_settings
from test.support.catalogue import USER, password_hash

PREFIX = "DATAGATEWAY_API__"


def environment(url: str, server: Mapping[str, object], **section: object) -> dict[str, str]:
    """Return the variables that configure a catalogue over a database, anon and USER allowed."""
    catalogue = {
        "extension": "/",
        "backend": "db",
        "db_url": url,
        "mechanisms": {"anon": True, "simple": {"users": {USER: password_hash()}}},
        **section,
    }
    settings = {**server, "datagateway_api": catalogue}
    return {
        f"{PREFIX}{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }


def configured(url: str, server: Mapping[str, object], **section: object) -> Flask:
    """Return an app over a catalogue's database."""
    return create_app(load_settings(None, environment(url, server, **section), section_models()))
