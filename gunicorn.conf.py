"""What plain `gunicorn` reads in this folder: the settings that come with the package."""

from datagateway_api.gunicorn_conf import *  # noqa: F403
