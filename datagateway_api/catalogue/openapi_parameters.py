"""The query parameters in OpenAPI, each with examples that work for the entity at hand."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

import orjson

from datagateway_api.core.entities import Entity
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.operators import OPERATOR_NAMES, OPERATORS
from datagateway_api.core.query.parse import COUNT, LARGEST, PARAMETERS, parse
from datagateway_api.web.openapi import Json, content, ref

_SHARED: Final = ("id", "limit", "skip", "total", "If-None-Match", "If-Match")
_USUAL_LIMIT: Final = 10
_ALWAYS: Final[Mapping[str, str]] = {
    "order": "modTime desc",
    "distinct": "createId",
    "fields": "createId",
    "group_by": "createId",
}
"""What every entity has, for where the example of the parameters' table does not fit."""


class Parameters:
    """The parameters of a catalogue whose requests a checker accepts."""

    def __init__(self, checker: Checker) -> None:
        """Take the checker of the catalogue's requests."""
        self._checker = checker

    def shared(self) -> Iterator[tuple[str, Json]]:
        """Yield the parameters, by component name, that are the same for every entity."""
        most = self._checker.max_limit
        bounds = {"minimum": 0, "maximum": LARGEST if most is None else most}
        limit = _plain("limit", {"type": "integer", **bounds}, min(_USUAL_LIMIT, bounds["maximum"]))
        # Swagger UI fills this one in, so that nobody asks for a whole catalogue by mistake.
        limit["example"] = limit["schema"]["examples"][0]
        yield "limit", limit if most is None else limit | {"required": True}
        yield "skip", _plain("skip", {"type": "integer", "minimum": 0, "maximum": LARGEST}, 0)
        yield "total", _plain("total", {"type": "boolean"}, True)

    def of(self, entity: Entity) -> Iterator[tuple[str, Json]]:
        """Yield the parameters, by component name, whose examples belong to an entity."""
        for name in COUNT:
            if name == "where":
                yield _component(entity, name), self._where(entity)
            elif name not in _SHARED and (name != "include" or entity.relations):
                yield _component(entity, name), self._paths(entity, name)

    def names(self, entity: Entity, known: tuple[str, ...]) -> list[str]:
        """Return the component names of those of an entity's parameters that an address takes."""
        return [
            name if name in _SHARED else _component(entity, name)
            for name in known
            if name != "include" or entity.relations
        ]

    def _where(self, entity: Entity) -> Json:
        examples = {
            operator.name: {"summary": operator.help, "value": orjson.loads(operator.example)}
            for operator in OPERATORS
            if self._fits(entity, "where", operator.example)
        }
        lines = [
            f"{_described('where', next(iter(examples.values()))['value'])}",
            f"Operators: {', '.join(f'`{name}`' for name in OPERATOR_NAMES)}; see Schema.",
            "May be given several times: all must hold.",
        ]
        return {
            "name": "where",
            "in": "query",
            "description": " ".join(lines),
            "content": content(ref("schemas", "Where"), examples=examples),
        }

    def _paths(self, entity: Entity, name: str) -> Json:
        items: Json = {"type": "string", "minLength": 1}
        if name == "fields":
            items["enum"] = list(entity.fields)
        schema = {"type": "array", "items": items, "minItems": 1}
        found = _plain(name, schema, self._example(entity, name))
        return found | {"style": "form", "explode": False}

    def _example(self, entity: Entity, name: str) -> list[str]:
        fitting = [
            path
            for path in _dotted(orjson.loads(PARAMETERS[name].example))
            if self._fits(entity, name, path)
        ]
        if fitting:
            return fitting
        return [_ALWAYS[name] if name in _ALWAYS else next(iter(entity.relations))]

    def _fits(self, entity: Entity, name: str, text: str) -> bool:
        asked = parse(f"{name}={quote(text)}".encode(), COUNT)
        try:
            self._checker.count(entity, asked)
        except BadFilter:
            return False
        return True


def _component(entity: Entity, name: str) -> str:
    return f"{entity.name}.{name}"


def _plain(name: str, schema: Json, example: object) -> Json:
    return {
        "name": name,
        "in": "query",
        "description": _described(name, example),
        "schema": {**schema, "examples": [example]},
    }


def _described(name: str, example: object) -> str:
    """The help of a parameter as a sentence, with its example as one would write it."""
    text = PARAMETERS[name].help
    words = ",".join(example) if isinstance(example, list) else orjson.dumps(example).decode()
    return f"{text[0].upper()}{text[1:]}, for example `{words}`."


def _dotted(value: Any) -> Iterator[str]:
    """Yield the dotted paths of an ``include``, or the texts of a list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _dotted(item)
    else:
        for name, below in value.items():
            yield from (f"{name}.{path}" for path in _dotted(below))
