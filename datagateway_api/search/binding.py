"""From a mapping file to the sources of one catalogue's schema."""

from dataclasses import dataclass

from datagateway_api.core.entities import Entity, FieldType, Schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Path
from datagateway_api.core.query.names import Names
from datagateway_api.search.mapping import Link, Mapping, Source
from datagateway_api.search.mapping_file import Class, Faults, MappingFile
from datagateway_api.search.panosc import ENTITIES, Attribute, Kind

DEEPEST_PATH = 10
_TEXTS = (FieldType.TEXT, FieldType.LONG, FieldType.INTEGER, FieldType.ENUM)
_FIELDS = {
    Kind.TEXT: _TEXTS,
    Kind.TEXTS: _TEXTS,
    Kind.WHOLE: (FieldType.LONG, FieldType.INTEGER),
    Kind.DATE: (FieldType.DATE,),
    Kind.VALUE: (FieldType.DOUBLE, FieldType.TEXT, FieldType.DATE),
}


def bind(file: MappingFile, schema: Schema, faults: Faults | None = None) -> Mapping:
    """Find every path of a file in a schema.

    What an older ICAT lacks is left out in silence; with ``faults`` everything is noted there.
    """
    return _Binder(file, schema, faults or Faults()).bind()


@dataclass(frozen=True, slots=True)
class _Base:
    """One ICAT entity under one PaNOSC class."""

    name: str
    icat: Entity


class _Binder:
    def __init__(self, file: MappingFile, schema: Schema, faults: Faults) -> None:
        self._file = file
        self._schema = schema
        self._names = Names(schema, max_depth=DEEPEST_PATH)
        self._faults = faults
        self._sources: dict[str, dict[str, Source]] = {}

    def bind(self) -> Mapping:
        bases = {name: self._bases(name, part) for name, part in self._file.classes.items()}
        for name, found in bases.items():
            attributes = {
                key: self._attribute(name, key, paths, found)
                for key, paths in self._file.classes[name].attributes.items()
            }
            self._sources[name] = {
                base.icat.name: Source(
                    ENTITIES[name],
                    base.icat,
                    {
                        key: attributes.get(key, {}).get(base.icat.name, ())
                        for key in ENTITIES[name].attributes
                    },
                )
                for base in found
            }
        for name, found in bases.items():
            self._add_links(name, self._file.classes[name], found)
        return Mapping({name: tuple(each.values()) for name, each in self._sources.items()})

    def _bases(self, name: str, part: Class) -> list[_Base]:
        found = []
        for base in part.bases:
            icat = self._schema.entities.get(base)
            if icat is None:
                self._faults.add(f"{name}.base_icat_entity", f"ICAT has no entity {base}")
            else:
                found.append(_Base(name, icat))
        return found

    def _attribute(
        self, name: str, key: str, paths: tuple[str, ...], bases: list[_Base]
    ) -> dict[str, tuple[Path, ...]]:
        """Find an attribute's paths for each base; a path must exist for one of them."""
        place = f"{name}.{key}"
        found: dict[str, list[Path]] = {base.icat.name: [] for base in bases}
        for text in paths:
            problems = []
            for base in bases:
                try:
                    path = self._path(base.icat, text, ENTITIES[name].attributes[key])
                except BadFilter as error:
                    problems.append(error.message)
                else:
                    found[base.icat.name].append(path)
            if bases and len(problems) == len(bases):
                self._faults.add(place, problems[0])
        for entity, each in found.items():
            if key in ("pid", "id") and paths and not each:
                self._faults.add(place, f"gives no path that {entity} has")
        return {entity: tuple(each) for entity, each in found.items()}

    def _path(self, icat: Entity, text: str, attribute: Attribute) -> Path:
        path = self._names.path(icat, text)
        if path.ends_in_relation:
            raise BadFilter(f'"{text}" is a relation of ICAT; name an attribute behind it')
        if path.field.type not in _FIELDS[attribute.kind]:
            kind = path.field.type.value
            raise BadFilter(f'"{text}" is a {kind} of ICAT, but must be {attribute.kind.value}')
        return path

    def _add_links(self, name: str, part: Class, bases: list[_Base]) -> None:
        for base in bases:
            source = self._sources[name][base.icat.name]
            links = {key: self._links(source, part, key) for key in source.entity.relations}
            object.__setattr__(source, "links", links)
        for key, ways in part.relations.items():
            for text in ways.paths:
                self._check_way(f"{name}.{key}", text, ways.target, bases)

    def _links(self, source: Source, part: Class, key: str) -> tuple[Link, ...]:
        ways = part.relations.get(key)
        if ways is None:
            return ()
        found = [self._link(source.icat, text, ways.target) for text in ways.paths]
        return tuple(link for link in found if link is not None)

    def _link(self, icat: Entity, text: str, target: str) -> Link | None:
        steps = []
        here = icat
        for name in [] if text == "." else text.split("."):
            relation = here.relations.get(name)
            if relation is None or relation.target not in self._schema.entities:
                return None
            steps.append(relation)
            here = self._schema.target(relation)
        found = self._sources.get(target, {}).get(here.name)
        return None if found is None else Link(tuple(steps), found)

    def _check_way(self, place: str, text: str, target: str, bases: list[_Base]) -> None:
        """Note a way that leads from no base to an ICAT entity of the target's class.

        Where either is not known its own fault is noted already.
        """
        if not bases or not self._sources.get(target):
            return
        if any(self._link(base.icat, text, target) is not None for base in bases):
            return
        wanted = " or ".join(self._sources[target])
        names = " or ".join(base.icat.name for base in bases)
        self._faults.add(place, f'"{text}" does not lead from {names} to {wanted} in ICAT')
