"""Running a Postman collection against an app, as Newman does: variables, tests and scripts."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_VARIABLE = re.compile(r"\{\{(\$?\w+)\}\}")
_TEST = re.compile(r'pm\.test\("[^"]+", \(\) => pm\.response\.to\.have\.status\((\d{3})\)\);')
_STORE = re.compile(
    r'pm\.(?:environment|collectionVariables)\.set\("(\w+)", pm\.response\.json\(\)([\w.\[\]]+)\);'
)

Item = dict[str, Any]


def items(part: Item, *names: str) -> Iterator[tuple[str, Item]]:
    """Yield the requests of a collection or folder in their order, each with its place."""
    for item in part["item"]:
        place = (*names, item["name"])
        if "item" in item:
            yield from items(item, *place)
        else:
            yield " / ".join(place), item


class Runner:
    """Sends requests one after the other; what scripts store is there for those that follow."""

    def __init__(self, client: FlaskClient, collection: Item, variables: Mapping[str, str]) -> None:
        self._client = client
        self._auth = collection["auth"]
        self.variables = {each["key"]: each["value"] for each in collection["variable"]}
        self.variables |= variables

    def send(self, item: Item) -> TestResponse:
        """Send a request, and raise AssertionError where its own test fails."""
        request = item["request"]
        headers = self._pairs(request["header"])
        auth = request.get("auth", self._auth)
        if auth["type"] == "bearer":
            headers["Authorization"] = f"Bearer {self.filled(auth['bearer'][0]['value'])}"
        body = request.get("body")
        response = self._client.open(
            self.path(request["url"]),
            method=request["method"],
            headers=headers,
            query_string=self._pairs(request["url"].get("query", [])),
            data=self.filled(body["raw"]) if body is not None else None,
        )
        for event in item["event"]:
            for line in event["script"]["exec"]:
                self._run(line, response)
        return response

    def path(self, url: Item) -> str:
        """Return the address that a request asks, without its query."""
        (host,) = url["host"]
        whole = "/".join([host, *url["path"]])
        assert url["raw"].partition("?")[0] == whole
        return self.filled(whole).removeprefix(self.variables["host"])

    def filled(self, text: str) -> str:
        """Return a text with its variables replaced; unknown ones raise KeyError."""
        return _VARIABLE.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        return str(uuid4()) if found[1] == "$guid" else self.variables[found[1]]

    def _pairs(self, pairs: list[Item]) -> dict[str, str]:
        return {p["key"]: self.filled(p["value"]) for p in pairs if not p.get("disabled")}

    def _run(self, line: str, response: TestResponse) -> None:
        """Run one line of a script, of which the collection has two kinds."""
        if test := _TEST.fullmatch(line):
            assert response.status_code == int(test[1]), response.text
            return
        store = _STORE.fullmatch(line)
        assert store is not None, f"no such line is known: {line}"
        found = json.loads(response.data)
        for step in re.findall(r"\w+", store[2]):
            found = found[int(step)] if step.isdigit() else found[step]
        self.variables[store[1]] = str(found)
