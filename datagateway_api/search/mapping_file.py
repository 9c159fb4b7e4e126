"""The mapping file: read once, checked against the PaNOSC model and ICAT's schema.

The format is that of datagateway-api 10's ``search_api_mapping.json``, of which every file can be
read; what is new is optional (several ICAT entities for any class, a list of relation paths,
``panetId``, ``visibility``).
"""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Final, TypeAlias

import orjson

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.core.query.parse import shown
from datagateway_api.search.panosc import ENTITIES

BASE: Final = "base_icat_entity"
VISIBILITY: Final = "visibility"

Raw: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ways:
    """What the file says of one relation: PaNOSC's name of its target, and the ICAT paths."""

    target: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """What the file says of one PaNOSC class: ICAT entities, attributes, relations."""

    bases: tuple[str, ...]
    attributes: MappingOf[str, tuple[str, ...]]
    relations: MappingOf[str, Ways]


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping file whose form is right; ``visibility`` None means that it says nothing."""

    classes: MappingOf[str, Class]
    visibility: MappingOf[str, object] | None


class Faults:
    """Collects what is wrong, each with its path in the file."""

    def __init__(self) -> None:
        """Start without any."""
        self.found: list[str] = []

    def add(self, place: str, problem: str) -> None:
        """Note one."""
        self.found.append(f"{place}: {problem}")


def read(path: FilePath, faults: Faults) -> MappingFile:
    """Read a file, noting every fault of its form. Raises ConfigurationError if it is no JSON."""
    try:
        raw: object = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read: {error.strerror}"]) from error
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ConfigurationError([f"{path}, {place}: is not JSON: {error.msg}"]) from error
    return parse(raw, faults)


def parse(raw: object, faults: Faults) -> MappingFile:
    """Read a decoded file, noting every fault of its form."""
    if not isinstance(raw, dict):
        faults.add("the file", f"must be an object with {', '.join(ENTITIES)}")
        return MappingFile({}, None)
    for name in raw:
        if name not in ENTITIES and name != VISIBILITY:
            faults.add(name, f"is no PaNOSC class; they are: {', '.join(ENTITIES)}")
    classes: dict[str, Class] = {}
    for name in ENTITIES:
        part = raw.get(name)
        if isinstance(part, dict):
            classes[name] = _class(name, part, faults)
        else:
            faults.add(name, f"must be an object with {BASE} and the attributes of {name}")
    return MappingFile(classes, _visibility(raw.get(VISIBILITY), faults))


def _class(name: str, raw: Raw, faults: Faults) -> Class:
    entity = ENTITIES[name]
    for key in raw:
        if key != BASE and key not in entity.names:
            faults.add(f"{name}.{key}", f"{name} has: {', '.join((BASE, *entity.names))}")
    bases = _texts(raw.get(BASE), f"{name}.{BASE}", faults)
    if not bases:
        faults.add(f"{name}.{BASE}", 'must name an ICAT entity such as "Dataset", or a list')
    attributes = {
        key: _texts(raw.get(key), f"{name}.{key}", faults)
        for key in entity.attributes
        if key != "isPublic"
    }
    for key in ("pid", "title", "name", "fullName", "id"):
        if key in attributes and not attributes[key]:
            faults.add(f"{name}.{key}", "must not be missing or empty: clients rely on it")
    relations = {
        key: _ways(raw[key], f"{name}.{key}", relation.target, faults)
        for key, relation in entity.relations.items()
        if raw.get(key) not in (None, "")
    }
    return Class(bases, attributes, relations)


def _texts(raw: object, place: str, faults: Faults) -> tuple[str, ...]:
    """Read a text or a list of texts; an empty one is left out."""
    if raw is None:
        return ()
    items = raw if isinstance(raw, list) else [raw]
    texts = tuple(item for item in items if isinstance(item, str))
    if len(texts) < len(items):
        faults.add(place, f'must be a path such as "name", or a list of paths, got {shown(raw)}')
    return tuple(text for text in texts if text)


def _ways(raw: object, place: str, target: str, faults: Faults) -> Ways:
    if not isinstance(raw, dict) or list(raw) != [target]:
        faults.add(place, f'must be like {{"{target}": "path"}}, got {shown(raw)}')
        return Ways(target, ())
    return Ways(target, _texts(raw[target], f"{place}.{target}", faults))


def _visibility(raw: object, faults: Faults) -> MappingOf[str, object] | None:
    if raw is None:
        return None
    if not isinstance(raw, dict) or not all(isinstance(where, dict) for where in raw.values()):
        faults.add(
            VISIBILITY,
            "must be an object of conditions by ICAT entity, such as "
            '{"Investigation": {"releaseDate": {"lte": "now"}}}',
        )
        return None
    return raw
