"""Apps with a store of open-data releases, and the client that writes to them."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from datagateway_api.app import create_app
from datagateway_api.core.errors import BackendUnavailable
from datagateway_api.releases.migrations import migrations
from datagateway_api.releases.settings import ReleasesSection
from datagateway_api.settings import Settings
from test.support import documented
from test.support.checked import check_error

EXT = "/releases-api"
WRITER, PASSWORD = "curator", "open sesame"
TYPES = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv"}

ROWS: list[dict[str, Any]] = [
    {
        "dataset_number": 301204,
        "physics_short": "Pythia8_Zprime_tt",
        "e_tag": "e3723",
        "cross_section_pb": 0.5,
        "genFiltEff": 1.0,
        "kFactor": 1.25,
        "nEvents": 100,
        "sumOfWeights": 100.5,
        "sumOfWeightsSquared": 1e300,
        "process": "pp>Z'>tt",
        "generator": "Pythia8",
        "keywords": ["top", "BSM"],
        "file_list": ["root://eospublic.cern.ch:1094//eos/opendata/atlas/a.root"],
        "description": "A Z' — heavy, neutral",
        "CoMEnergy": "13TeV",
        "skims": [
            {
                "skim_type": "exactly4lep",
                "file_list": ["root://eospublic.cern.ch:1094//eos/opendata/atlas/s.root"],
                "description": "Four leptons",
            }
        ],
    },
    {"dataset_number": "410470", "physics_short": "PhPy8EG_ttbar", "keywords": ["top"],
     "cross_section_pb": 730.0, "campaign": {"name": "mc20a", "year": 2020}},
    {"dataset_number": "data", "physics_short": "data", "file_list": ["root://x//d.root"]},
]  # fmt: skip


def form_of(
    data: bytes, name: str, media_type: str | None, parts: dict[str, str]
) -> tuple[bytes, str]:
    """Return the body of a form with a file, and its media type."""
    edge, head = "edge-of-the-parts", "Content-Disposition: form-data; name="
    kind = f"\r\nContent-Type: {media_type}" if media_type else ""
    lines = [f'--{edge}\r\n{head}"{key}"\r\n\r\n{text}\r\n' for key, text in parts.items()]
    lines.append(f'--{edge}\r\n{head}"file"; filename="{name}"{kind}\r\n\r\n')
    body = "".join(lines).encode() + data + f"\r\n--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"


@cache
def password_hash() -> str:
    """Return the hash of PASSWORD, of a small cost so that tests are quick."""
    salt = b"a salt of no use"
    digest = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=16, r=8, p=1, dklen=32)
    return f"scrypt$16$8$1${b64encode(salt).decode()}${b64encode(digest).decode()}"


def section(url: str, **values: Any) -> ReleasesSection:
    """Return the section of a store, which WRITER may write to."""
    chosen = {"extension": EXT, "db_url": url, "writers": {WRITER: password_hash()}, **values}
    return ReleasesSection.model_validate(chosen)


def app_over(url: str, *, upgrades: bool = True, **values: Any) -> Flask:
    """Return an app over a store, whose tables are made first."""
    if upgrades:
        migrations().upgrade(url)
    return create_app(Settings(sections={"releases": section(url, **values)}))


class CheckedClient(FlaskClient):
    """A test client that raises for any answer that the document does not promise."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response: TestResponse = super().open(*args, **kwargs)
        if response.status_code >= 400 and response.request.method != "HEAD":
            check_error(response)
        with suppress(BackendUnavailable):
            documented.validate(response, self.application, EXT)
        return response


@contextmanager
def opened(
    url: str, *, upgrades: bool = True, logs_in: bool = True, **values: Any
) -> Iterator["Releases"]:
    """Yield a data manager over a store."""
    app = app_over(url, upgrades=upgrades, **values)
    yield Releases(CheckedClient(app, app.response_class), logs_in=logs_in)
    app.extensions["datagateway_api.releases"].store.close()


class Releases:
    """What a data manager does to releases, over a test client."""

    def __init__(self, client: FlaskClient, *, logs_in: bool = True) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {self.log_in()}"} if logs_in else {}

    def log_in(self, name: str = WRITER, password: str = PASSWORD) -> str:
        body = {"username": name, "password": password}
        response = self.client.post(f"{EXT}/sessions", json=body)
        assert response.status_code == 201, response.text
        return str(response.json["sessionID"])  # type: ignore[index]

    def upload(
        self,
        release: str,
        content: object,
        name: str = "release.json",
        media_type: str | None = None,
        query: str = "",
        **form: str,
    ) -> TestResponse:
        """Upload bytes as they are, a text in UTF-8, or anything else as JSON."""
        data = content.encode() if isinstance(content, str) else content
        if not isinstance(data, bytes):
            data = json.dumps(data).encode()
        body, kind = form_of(data, name, media_type, form)
        path = f"{EXT}/release/create/{release}{query}"
        return self.client.put(path, headers=self.headers, data=body, content_type=kind)

    def get(self, path: str, **parameters: object) -> TestResponse:
        # Characters stand in it as they are, as browsers send them.
        query = {
            k: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)
            for k, v in parameters.items()
        }
        return self.client.get(EXT + path, query_string=query or None)

    def json(self, path: str, **parameters: object) -> Any:
        response = self.get(path, **parameters)
        assert response.status_code == 200, response.text
        return orjson.loads(response.data)

    def patch(self, path: str, body: object, query: str = "") -> TestResponse:
        return self.client.patch(EXT + path + query, json=body, headers=self.headers)

    def put(self, path: str, body: object) -> TestResponse:
        return self.client.put(EXT + path, json=body, headers=self.headers)

    def post(self, path: str) -> TestResponse:
        return self.client.post(EXT + path, headers=self.headers)

    def delete(self, path: str) -> TestResponse:
        return self.client.delete(EXT + path, headers=self.headers)
