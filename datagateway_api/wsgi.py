"""The entry for WSGI servers: ``gunicorn datagateway_api.wsgi``."""

import os
import sys
from typing import TYPE_CHECKING

from datagateway_api.app import create_app
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.modes import section_models
from datagateway_api.settings import load_settings
from datagateway_api.web import logs

if TYPE_CHECKING:
    from flask import Flask


def build() -> "Flask":
    """Return an app from the settings as they are now. Raises ConfigurationError."""
    settings = load_settings(None, os.environ, section_models())
    logs.configure(settings)
    return create_app(settings)


try:
    application = build()
except ConfigurationError as error:
    sys.exit("The settings cannot be used:\n  " + "\n  ".join(error.problems))
