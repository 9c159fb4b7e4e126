"""The entry for WSGI servers: ``gunicorn datagateway_api.wsgi``."""

import os
import sys

from datagateway_api.app import create_app
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.modes import section_models
from datagateway_api.settings import load_settings
from datagateway_api.web import logs

try:
    _settings = load_settings(None, os.environ, section_models())
    logs.configure(_settings)
    application = create_app(_settings)
except ConfigurationError as error:
    sys.exit("The settings cannot be used:\n  " + "\n  ".join(error.problems))
