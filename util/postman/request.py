"""One request of the collection as plain data, and how an OpenAPI operation becomes one."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Variables: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A parameter of the query or a header; one that is off is there to be switched on."""

    name: str
    value: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request, the status of its answer, and which parts of that go into which variables."""

    name: str
    method: str
    path: str
    status: int
    query: tuple[Pair, ...] = ()
    headers: tuple[Pair, ...] = ()
    body: str | None = None
    needs_session: bool = True
    saves: Variables = field(default_factory=dict)


class Document:
    """An OpenAPI document, and its operations as requests."""

    def __init__(self, body: Json) -> None:
        """Take the document."""
        self.body = body

    def operations(self, tag: str) -> dict[tuple[str, str], Json]:
        """Return a tag's operations by method and path."""
        return {
            (method, path): operation
            for path, methods in self.body["paths"].items()
            for method, operation in methods.items()
            if tag in operation["tags"]
        }

    def request(self, method: str, path: str, on: tuple[str, ...] = ()) -> Request:
        """Return an operation as a request, with its examples; of its parameters few are on."""
        operation = self.body["paths"][path][method]
        parameters = [self._found(each) for each in operation.get("parameters", ())]
        filled = path
        for each in parameters:
            if each["in"] == "path":
                filled = filled.replace(f"{{{each['name']}}}", _text(_example(each)))
        return Request(
            name=operation["summary"],
            method=method.upper(),
            path=filled,
            status=min(int(status) for status in operation["responses"]),
            query=_pairs(parameters, "query", on),
            headers=_pairs(parameters, "header", on) + _accepted(operation),
            body=_body(operation),
            needs_session=bool(operation.get("security", self.body.get("security"))),
        )

    def asked(self, method: str, path: str) -> Iterator[tuple[str, tuple[Pair, ...]]]:
        """Yield the named examples of an operation's query, each as a query that is on."""
        for part in self.body["paths"][path][method].get("parameters", ()):
            parameter = self._found(part)
            examples = parameter.get("content", {}).get("application/json", {}).get("examples", {})
            for name, example in examples.items():
                yield name, (Pair(parameter["name"], json.dumps(example["value"]), True),)

    def _found(self, part: Json) -> Json:
        if "$ref" not in part:
            return part
        found: Any = self.body
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)


def dumped(value: object) -> str:
    """Return a body as one reads it; the ids that variables hold are numbers."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return re.sub(r'"(\{\{\w+Id\}\})"', r"\1", text)


def _pairs(parameters: list[Json], place: str, on: tuple[str, ...]) -> tuple[Pair, ...]:
    return tuple(
        Pair(each["name"], _text(_example(each)), each["name"] in on or _is_needed(each))
        for each in parameters
        if each["in"] == place
    )


def _is_needed(parameter: Json) -> bool:
    return bool(parameter.get("required")) and parameter["in"] == "query"


def _accepted(operation: Json) -> tuple[Pair, ...]:
    """Return a header for each further type in which an answer can be had."""
    answers = operation["responses"].get("200", {}).get("content", {})
    others = [kind for kind in answers if kind != "application/json"]
    return tuple(Pair("Accept", kind) for kind in others if "application/json" in answers)


def _example(parameter: Json) -> object:
    """Return a value of a parameter for which the operation works."""
    if "content" in parameter:
        examples = parameter["content"]["application/json"].get("examples", {})
        return json.dumps(next((each["value"] for each in examples.values()), {}))
    if "example" in parameter:
        return parameter["example"]
    return parameter["schema"]["examples"][0]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return ",".join(map(str, value)) if isinstance(value, list) else json.dumps(value)


def _body(operation: Json) -> str | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in content:
        return dumped(content["example"])
    examples = content.get("examples", {})
    return dumped(next(iter(examples.values()))["value"]) if examples else None
