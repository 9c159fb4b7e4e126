"""What a query includes, as a tree of steps from the selected entity."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from datagateway_api.core.entities import Entity, Relation
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError
from util.icat_server.jpql.reader import Reader
from util.icat_server.jpql.tokens import Type, bad

MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One relation to include, and what to include from its targets."""

    origin: Entity
    relation: Relation
    target: Entity
    children: tuple["Step", ...] = ()


@dataclass(slots=True)
class _Branch:
    """A place in the tree while it grows."""

    entity: Entity
    children: dict[str, "_Branch"] = field(default_factory=dict)

    def steps(self) -> tuple[Step, ...]:
        return tuple(
            Step(self.entity, self.entity.relations[name], branch.entity, branch.steps())
            for name, branch in self.children.items()
        )


def all_to_one(catalogue: Catalogue, entity: Entity) -> tuple[Step, ...]:
    """Return the steps of ``INCLUDE 1``."""
    return tuple(Step(entity, r, catalogue.target(r)) for r in entity.to_one)


def is_one(reader: Reader) -> bool:
    """Take a ``1`` that stands for all to-one relations, if it comes next."""
    if reader.peek() != Type.INTEGER:
        return False
    if reader.next().value != "1":
        raise bad("Only 1 is allowed as a number in INCLUDE")
    if reader.peek() == Type.COMMA:
        raise bad('"INCLUDE 1" must not be followed by other things to include.')
    return True


def read(catalogue: Catalogue, reader: Reader, variable: str, root: Entity) -> tuple[Step, ...]:
    """Read ``v.relation[.relation ..] [[AS] alias], ...``; ``variable`` is the selected one."""
    trunk = _Branch(root)
    branches = {variable.lower(): trunk} if variable else {}
    steps = 0
    while True:
        path = reader.next(Type.NAME).value
        steps += path.count(".")
        if steps > MOST_STEPS:
            raise _too_many()
        end = _grow(catalogue, branches, path)
        has_as = reader.take("AS")
        alias = reader.next(Type.NAME) if has_as else reader.take(Type.NAME)
        if alias is not None:
            if alias.value.lower() in branches:
                raise bad(f"variable {alias.value.upper()} is defined twice in INCLUDE clause")
            branches[alias.value.lower()] = end
        if not reader.take(Type.COMMA):
            return trunk.steps()


def _grow(catalogue: Catalogue, branches: dict[str, _Branch], path: str) -> _Branch:
    start, *names = path.split(".")
    if not names:
        raise bad(f"Path {path} must contain a '.'")
    branch = branches.get(start.lower())
    if branch is None:
        raise bad(f"variable {start.upper()} mentioned in INCLUDE clause is not defined")
    for name in names:
        relation = branch.entity.relations.get(name)
        if relation is None:
            entity = branch.entity.name
            raise bad(f"Problem with INCLUDE clause: {name} is not a field of {entity}")
        if name in branch.children:
            raise bad(f"INCLUDE clause contains redundant path to {name}")
        grown = _Branch(catalogue.target(relation))
        branch.children[name] = grown
        branch = grown
    return branch


def names(reader: Reader) -> list[str]:
    """Read ``Type, ...``."""
    found = [reader.next(Type.NAME).value]
    while reader.take(Type.COMMA):
        found.append(reader.next(Type.NAME).value)
    return found


def by_types(catalogue: Catalogue, root: Entity, names: Iterable[str]) -> tuple[Step, ...]:
    """Return the steps of the old ``INCLUDE Type, ...``: to the listed types over listed ones.

    Below a to-one step only to-one relations are followed.
    """
    wanted = dict.fromkeys(names)
    for name in wanted:
        if catalogue.entity(name) is None:
            raise bad(f"{name} is not an ICAT entity")
    trunk = _Branch(root)
    reached: list[str] = []
    pending = [(trunk, True, frozenset((root.name,)))]
    while pending:
        branch, may_be_many, above = pending.pop()
        for relation in _towards(branch.entity, wanted.keys() - above, may_be_many=may_be_many):
            child = branch.children[relation.name] = _Branch(catalogue.target(relation))
            reached.append(relation.target)
            pending.append((child, relation.is_many, above | {relation.target}))
        if len(reached) > MOST_STEPS:
            raise _too_many()
    for name in wanted:
        if name not in reached:
            raise bad(f"Unable to reach {name} in list of INCLUDES.")
    return trunk.steps()


def _towards(entity: Entity, names: Set[str], *, may_be_many: bool) -> list[Relation]:
    """Return the relations that lead to one of the named entities."""
    return [
        relation
        for relation in entity.relations.values()
        if relation.target in names and (may_be_many or not relation.is_many)
    ]


def _too_many() -> IcatError:
    return bad(f"The INCLUDE clause means more than {MOST_STEPS} steps")
