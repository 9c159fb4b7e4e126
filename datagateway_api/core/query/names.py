"""From the dotted names of a request to the fields and relations of a schema."""

from difflib import get_close_matches
from functools import cached_property, lru_cache

from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity, Field, Relation, Schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Path

MOST_KEPT = 4096
LONGEST_SEGMENT = 64


class Names:
    """Finds paths in one schema. Safe between threads; finds the same path only once."""

    def __init__(self, schema: Schema, *, max_depth: int) -> None:
        """Take the schema and how many relations a path may walk."""
        self.schema = schema
        self.max_depth = max_depth
        self._steps = {name: _Steps(schema, e) for name, e in schema.entities.items()}
        self.path = lru_cache(maxsize=MOST_KEPT)(self._path)

    def _path(self, entity: Entity, dotted: str) -> Path:
        """Find a dotted path. A path that ends in a relation means its target's id.

        Raises BadFilter naming the segment that is wrong, its entity and near misses.
        """
        relations: list[Relation] = []
        here = entity
        segments = dotted.split(".")
        for place, segment in enumerate(segments):
            step = self.step(here, segment, dotted)
            is_last = place == len(segments) - 1
            if isinstance(step, Field):
                if not is_last:
                    raise BadFilter(
                        f'"{dotted}": {here.name}.{step.name} is an attribute, '
                        f"so nothing can follow it"
                    )
                return Path(tuple(relations), step)
            relations.append(step)
            self._check_depth(len(relations), dotted)
            here = self.schema.target(step)
            if is_last:
                return Path(tuple(relations), here.fields["id"], not _is_id(step, segment))
        raise AssertionError("a split text has at least one segment")

    def relation(self, entity: Entity, segment: str, dotted: str) -> Relation:
        """Find one relation. Raises BadFilter when the name is an attribute or unknown."""
        step = self.step(entity, segment, dotted)
        if isinstance(step, Field):
            raise BadFilter(
                f'"{dotted}": {entity.name}.{step.name} is an attribute, not a relation; '
                f"the relations of {entity.name} are: {_listed(entity.relations)}"
            )
        return step

    def field(self, entity: Entity, name: str) -> Field:
        """Find one attribute. Raises BadFilter when the name is a relation or unknown."""
        step = self.step(entity, name, name)
        if isinstance(step, Relation):
            raise BadFilter(
                f'"{name}" is a relation of {entity.name}, not an attribute; '
                f"use include to return related objects"
            )
        return step

    def step(self, entity: Entity, segment: str, dotted: str) -> Field | Relation:
        """Find one segment. Raises BadFilter with near misses when there is none."""
        found = self._steps[entity.name].find(segment)
        if found is None:
            near = get_close_matches(segment[:LONGEST_SEGMENT], entity.names, n=3, cutoff=0.5)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            if icat_schema.is_of_later_release(entity, segment):
                hint = " in this catalogue: its ICAT release predates it"
            where = "" if segment == dotted else f' in "{_short(dotted)}"'
            raise BadFilter(
                f'{entity.name} has no attribute or relation "{_short(segment)}"{where}{hint}'
            )
        return found

    def _check_depth(self, depth: int, dotted: str) -> None:
        if depth > self.max_depth:
            raise BadFilter(
                f'"{_short(dotted)}" walks more than {self.max_depth} relations, '
                f"the most that this server accepts (max_path_depth)"
            )


class _Steps:
    """The names that may follow one entity, in the order in which they are tried."""

    def __init__(self, schema: Schema, entity: Entity) -> None:
        self._schema = schema
        self._entity = entity
        self._exact: dict[str, Field | Relation] = {**entity.fields, **entity.relations}

    def find(self, segment: str) -> Field | Relation | None:
        if not segment or len(segment) > LONGEST_SEGMENT:
            return None
        found = self._exact.get(segment)
        if found is None:
            name = segment.lower()
            found = self._folded.get(name) or self._by_number(name) or self._by_target.get(name)
        return found or self._by_foreign_key(segment)

    @cached_property
    def _folded(self) -> dict[str, Field | Relation]:
        return {name.lower(): step for name, step in self._exact.items()}

    @cached_property
    def _by_target(self) -> dict[str, Relation]:
        """Relations by their target's name or endpoint, where only one leads there."""
        relations = self._entity.relations.values()
        targets = [relation.target for relation in relations]
        alone = {r.target: r for r in relations if targets.count(r.target) == 1}
        by_name = {target.lower(): relation for target, relation in alone.items()}
        by_endpoint = {self._schema.entities[t].endpoint: r for t, r in alone.items()}
        return {**by_endpoint, **by_name}

    def _by_number(self, name: str) -> Field | Relation | None:
        """Try the singular as the plural and the other way round."""
        others = [name + "s", name[:-1] + "ies" if name.endswith("y") else name + "es"]
        if name.endswith("ies"):
            others.append(name[:-3] + "y")
        if name.endswith("s"):
            others.append(name[:-1])
        return next((self._folded[other] for other in others if other in self._folded), None)

    def _by_foreign_key(self, segment: str) -> Relation | None:
        """Read ``facilityID`` or ``facilityId`` as the relation ``facility``."""
        if not segment.endswith(("ID", "Id")):
            return None
        found = self.find(segment[:-2])
        return found if isinstance(found, Relation) and not found.is_many else None


def _is_id(relation: Relation, segment: str) -> bool:
    """Say whether the segment named the foreign key (``facilityID``), not the relation."""
    return segment.endswith(("ID", "Id")) and segment.lower() != relation.name.lower()


def _listed(names: object) -> str:
    return ", ".join(names) if isinstance(names, dict) and names else "none"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"
