"""From JSON bodies to drafts and changes; all problems are found before any is reported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches

from datagateway_api.core import dates, icat_schema
from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema
from datagateway_api.core.errors import BadRequest, PreconditionFailed, TooLarge
from datagateway_api.core.query.parse import shown
from datagateway_api.core.values import Scalar, convert
from datagateway_api.core.writing.model import Change, Draft, Moments, Problem

ASSIGNED = ("id", "createId", "createTime", "modId", "modTime")
LARGEST_ID = 2**63 - 1
MOST_PROBLEMS = 100
MOST_OBJECTS = 100_000


def refuse(problems: Sequence[Problem]) -> BadRequest:
    """Return the error that lists problems, the first one in its message."""
    first = problems[0]
    where = " ".join(part for part in (first.place, first.field) if part)
    more = f" (and {len(problems) - 1} more, see details)" if len(problems) > 1 else ""
    return BadRequest(
        f"{where}: {first.reason}{more}",
        details=[problem.as_detail() for problem in problems[:MOST_PROBLEMS]],
    )


def check_unmodified(changes: Sequence[Change], found: Mapping[int, datetime | None]) -> None:
    """Compare what changes expect with the modTimes found, by id. Raises PreconditionFailed.

    For backends, which must let nobody else in between this and the changing.
    """
    problems = [
        Problem(change.place, "modTime", _newer(change, found[change.id]))
        for change in changes
        if change.unmodified is not None and found[change.id] not in change.unmodified
    ]
    if problems:
        where = f"{problems[0].place}: " if problems[0].place else ""
        more = f" (and {len(problems) - 1} more, see details)" if len(problems) > 1 else ""
        raise PreconditionFailed(
            f"{where}{problems[0].reason}{more}",
            details=[problem.as_detail() for problem in problems[:MOST_PROBLEMS]],
        )


def _newer(change: Change, found: datetime | None) -> str:
    since = f" at {dates.wire(found)}" if found is not None else ""
    return (
        f"{change.entity.name} {change.id} is not as If-Match says: "
        f"it was last changed{since}; read it again"
    )


class BodyChecker:
    """Holds bodies against one schema."""

    def __init__(self, schema: Schema) -> None:
        """Take the schema of the catalogue."""
        self._schema = schema

    def creation(self, entity: Entity, body: object) -> tuple[Draft, ...]:
        """Read an object, or a list of them, to be created. Raises BadRequest, TooLarge."""
        reading = _Reading(self._schema)
        drafts = tuple(reading.draft(entity, item, place) for place, item in _items(body))
        reading.finish()
        return drafts

    def changes(
        self, entity: Entity, body: object, unmodified: Moments | None = None
    ) -> tuple[Change, ...]:
        """Read an object, or a list of them, each with the id of what it changes."""
        reading = _Reading(self._schema, unmodified)
        changes = tuple(reading.change(entity, item, place, None) for place, item in _items(body))
        seen: set[int] = set()
        for change in changes:
            if change.id and change.id in seen:
                reading.problem(change.place, "id", f"{change.id} is given more than once")
            seen.add(change.id)
        reading.finish()
        return changes

    def change(
        self, entity: Entity, id_: int, body: object, unmodified: Moments | None = None
    ) -> Change:
        """Read the changes of one object, whose id is in the address."""
        if not isinstance(body, dict):
            raise BadRequest(f"the body must be a JSON object, got {shown(body)}")
        reading = _Reading(self._schema, unmodified)
        change = reading.change(entity, body, "", id_)
        reading.finish()
        return change


def _items(body: object) -> Iterator[tuple[str, object]]:
    if isinstance(body, dict):
        return iter((("", body),))
    if isinstance(body, list):
        return ((f"[{number}]", item) for number, item in enumerate(body))
    raise BadRequest(f"the body must be an object or a list of objects, got {shown(body)}")


@dataclass
class _Reading:
    """The reading of one body, collecting its problems as far as they are told."""

    schema: Schema
    unmodified: Moments | None = None
    problems: list[Problem] = field(default_factory=list)
    objects: int = 0

    def problem(self, place: str, name: str, reason: str) -> None:
        """Note a problem. Raises BadRequest when there are as many as an answer lists."""
        self.problems.append(Problem(place, name, reason))
        if len(self.problems) == MOST_PROBLEMS:
            self.finish()

    def count(self) -> None:
        """Note one object more. Raises TooLarge when there are too many for one request."""
        self.objects += 1
        if self.objects > MOST_OBJECTS:
            raise TooLarge(f"a request may write at most {MOST_OBJECTS} objects; send several")

    def finish(self) -> None:
        """Raise BadRequest when there were problems."""
        if self.problems:
            raise refuse(self.problems)

    def draft(
        self,
        entity: Entity,
        item: object,
        place: str,
        owner: Draft | None = None,
        through: Relation | None = None,
    ) -> Draft:
        """Read one object to be created, be it at the top or below its owner."""
        self.count()
        values: dict[Field, Scalar | None] = {}
        keys: dict[Relation, int | None] = {}
        children: dict[Relation, tuple[Draft, ...]] = {}
        draft = Draft(place, entity, values, keys, children, owner, through)
        if not self._is_object(item, place):
            return draft
        assert isinstance(item, dict)
        for name, raw in item.items():
            step = self._step(entity, name, place)
            if isinstance(step, Field):
                self._value(values, step, raw, place)
            elif step is not None and step.name == draft.implied:
                self.problem(place, name, "follows from where the object stands, leave it out")
            elif step is not None and step.is_many:
                children[step] = self._children(draft, step, raw)
            elif step is not None:
                self._key(keys, step, raw, name, place)
        self._complete(draft)
        return draft

    def change(self, entity: Entity, item: object, place: str, id_: int | None) -> Change:
        """Read one change; without ``id_`` the object itself must have the id."""
        self.count()
        values: dict[Field, Scalar | None] = {}
        keys: dict[Relation, int | None] = {}
        if not self._is_object(item, place):
            return Change(place, entity, 0, values, keys, self.unmodified)
        assert isinstance(item, dict)
        found = id_ if id_ is not None else self._id_of(item, place)
        for name, raw in item.items():
            if name == "id" and id_ is None:
                continue
            step = self._step(entity, name, place)
            if isinstance(step, Field):
                self._value(values, step, raw, place)
            elif step is not None and step.is_many:
                self.problem(place, name, "is a list of other objects; change those themselves")
            elif step is not None:
                self._key(keys, step, raw, name, place)
        return Change(place, entity, found, values, keys, self.unmodified)

    def _is_object(self, item: object, place: str) -> bool:
        if isinstance(item, dict):
            return True
        self.problem(place, "", f"must be an object, got {shown(item)}")
        return False

    def _id_of(self, item: Mapping[str, object], place: str) -> int:
        found = _id(item.get("id"))
        if found is None:
            given = f", got {shown(item['id'])}" if "id" in item else ""
            self.problem(place, "id", f"must be the whole number of what is to change{given}")
        return found or 0

    def _step(self, entity: Entity, name: str, place: str) -> Field | Relation | None:
        """Find a key of an object: an attribute, a relation, or a relation's name with ID."""
        if name in ASSIGNED:
            self.problem(place, name, "is set by the server, leave it out")
            return None
        step: Field | Relation | None = entity.fields.get(name) or entity.relations.get(name)
        if step is None and name.endswith(("ID", "Id")):
            relation = entity.relations.get(name[:-2])
            step = relation if relation is not None and not relation.is_many else None
        if step is None:
            hint = _hint(name, entity)
            self.problem(place, name[:80], f"{entity.name} has no such attribute or relation{hint}")
        return step

    def _value(
        self, values: dict[Field, Scalar | None], field_: Field, raw: object, place: str
    ) -> None:
        if raw is None:
            if not field_.nullable:
                self.problem(place, field_.name, "cannot be null")
            values[field_] = None
            return
        try:
            if field_.type is FieldType.TEXT and not isinstance(raw, str):
                raise ValueError("a text")
            value = convert(field_, raw)
        except ValueError as error:
            self.problem(place, field_.name, f"must be {error}, got {shown(raw)}")
            values[field_] = None
            return
        if isinstance(value, str) and field_.length and len(value) > field_.length:
            self.problem(
                place, field_.name, f"has {len(value)} characters, {field_.length} are allowed"
            )
        values[field_] = value

    def _key(
        self,
        keys: dict[Relation, int | None],
        relation: Relation,
        raw: object,
        name: str,
        place: str,
    ) -> None:
        if relation in keys:
            self.problem(place, name, f"{relation.name} is given twice")
        if raw is None:
            if not relation.nullable:
                self.problem(place, name, "cannot be null")
            keys[relation] = None
            return
        found = _id(raw)
        if found is None and isinstance(raw, dict) and set(raw) == {"id"}:
            found = _id(raw["id"])
        if found is None:
            self.problem(place, name, f'must be an id, or {{"id": id}}, got {shown(raw)}')
        keys[relation] = found

    def _children(self, owner: Draft, relation: Relation, raw: object) -> tuple[Draft, ...]:
        """Read what is to be created below an object; ICAT's lists lead nowhere in circles."""
        if not isinstance(raw, list):
            self.problem(
                owner.place, relation.name, f"must be a list of objects to create, got {shown(raw)}"
            )
            return ()
        target = self.schema.target(relation)
        place = f"{owner.place}.{relation.name}" if owner.place else relation.name
        return tuple(
            self.draft(target, item, f"{place}[{number}]", owner, relation)
            for number, item in enumerate(raw)
        )

    def _complete(self, draft: Draft) -> None:
        """Note what is mandatory and absent, unless ICAT has a default for it."""
        for field_ in draft.entity.fields.values():
            is_given = field_ in draft.values or field_.name in ASSIGNED
            if not is_given and not field_.nullable and field_.default is None:
                self.problem(draft.place, field_.name, "is required")
        for relation in draft.entity.to_one:
            is_given = relation in draft.keys or relation.name == draft.implied
            if not is_given and not relation.nullable:
                self.problem(draft.place, relation.name, "is required")


def _hint(name: str, entity: Entity) -> str:
    """Return what may be meant by a name that an entity does not have."""
    if icat_schema.is_of_later_release(entity, name):
        return " in this catalogue: its ICAT release predates it"
    folded = {known.lower(): known for known in entity.names}
    near = [
        folded[match] for match in get_close_matches(name[:64].lower(), folded, n=3, cutoff=0.5)
    ]
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _id(raw: object) -> int | None:
    """Return a whole number that can be an id, else None."""
    if isinstance(raw, str) and raw.isascii() and raw.isdecimal() and len(raw) < 20:
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 < raw <= LARGEST_ID:
        return None
    return raw
