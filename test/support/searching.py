"""Apps that serve the search API, and what a request to one answers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from datagateway_api.app import create_app
from datagateway_api.modes import section_models
from datagateway_api.settings import load_settings

DATA = Path(__file__).parents[1] / "data" / "search"
PANOSC_MAPPING = str(DATA / "panosc_mapping.json")
V10_MAPPING = str(DATA / "v10_mapping.json")
BOTH_MAPPING = str(DATA / "both_mapping.json")
"""Documents are investigations and data publications."""


def search_app(
    db_url: str,
    *,
    catalogue: str | None = None,
    server: Mapping[str, object] = {},
    **changes: object,
) -> Flask:
    """Return an app that serves the search, and the catalogue too where its extension is given."""
    section = {"extension": "/api", "backend": "db", "db_url": db_url, **changes}
    environ = {"DATAGATEWAY_API__SEARCH_API": json.dumps(section)}
    environ |= {f"DATAGATEWAY_API__{name.upper()}": str(value) for name, value in server.items()}
    if catalogue is not None:
        other = {"extension": catalogue, "backend": "db", "db_url": db_url}
        environ["DATAGATEWAY_API__DATAGATEWAY_API"] = json.dumps(other)
    return create_app(load_settings(None, environ, section_models()))


class Asking:
    """Somebody who asks one search in its own words."""

    def __init__(self, app: Flask, extension: str = "/api") -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.extension = extension

    def answer(self, path: str, **parameters: object) -> TestResponse:
        """Send parameters as JSON."""
        texts = {name: json.dumps(value) for name, value in parameters.items()}
        return self.client.get(self.extension + path, query_string=texts)

    def rows(self, path: str, asked: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Return a list's objects."""
        response = self.answer(path, filter=asked)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = json.loads(response.data)
        return found

    def pids(self, path: str, asked: Mapping[str, object] | None = None) -> list[str]:
        return [str(row.get("pid", row.get("id"))) for row in self.rows(path, asked)]

    def count(self, path: str, where: object = None) -> int:
        response = self.answer(f"{path}/count", where=where)
        assert response.status_code == 200, response.text
        return int(json.loads(response.data)["count"])

    def one(self, path: str, asked: Mapping[str, object] | None = None) -> dict[str, Any]:
        response = self.answer(path, filter=asked)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = json.loads(response.data)
        return found
