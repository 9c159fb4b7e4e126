"""From what a filter asks of PaNOSC objects to a condition on ICAT's rows.

Pure: the mapping, the rules of visibility and what is known of units and techniques go in.
Negations (``neq``, ``nin``, ``nlike``, ``nilike``, ``nor``) hold wherever the opposite does not, so
also where there is no value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from datagateway_api.core.entities import Entity, Relation
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Path
from datagateway_api.search import techniques
from datagateway_api.search.asked_units import without_units
from datagateway_api.search.comparing import compare, contains, is_missing, is_there
from datagateway_api.search.filters import (
    Every,
    Field,
    Filter,
    Has,
    Include,
    Neither,
    Some,
    Test,
    Text,
    Where,
)
from datagateway_api.search.logic import Truth, every, negated, related, some
from datagateway_api.search.mapping import Link, Mapping, Source, is_many
from datagateway_api.search.operators import BY_NAME
from datagateway_api.search.panosc import Kind
from datagateway_api.search.pids import compare_pid
from datagateway_api.search.public import PUBLIC, holds_for_public
from datagateway_api.search.science.techniques import Hierarchy
from datagateway_api.search.science.units import compatible
from datagateway_api.search.values import InUnit, compare_value
from datagateway_api.search.visibility import Visibility


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What conditions are translated with. ``units`` gives the unit texts of the catalogue."""

    mapping: Mapping
    visibility: Visibility
    hierarchy: Hierarchy
    units: Callable[[], Sequence[str]]


class Translator:
    """Translates the conditions of one request, all for the same moment."""

    def __init__(self, knowledge: Knowledge, now: datetime) -> None:
        """Take what is known, and the moment at which visibility is judged."""
        self._mapping = knowledge.mapping
        self._visibility = knowledge.visibility
        self._hierarchy = knowledge.hierarchy
        self._units = knowledge.units
        self._now = now

    def rows(self, source: Source, asked: Filter, *, joins: bool = True) -> Truth:
        """Return what rows of a source must meet for a filter with its includes."""
        parts = [self.visible(source), self.where(source, asked.where)]
        if joins:
            parts += [self.join(source, include) for include in asked.include]
        return every(parts)

    def visible(self, source: Source, coming_by: Relation | None = None) -> Truth:
        """Return what a row of a source must meet to be an object that may be seen."""
        rules = self._visibility.condition(source.icat, self._now, coming_by)
        identity = some(is_there(path) for path in source.identity) if source.identity else True
        return every([*rules, identity])

    def join(self, source: Source, include: Include) -> Truth:
        """Return what an include with a where asks of the rows that include it."""
        if not include.joins:
            return True
        links = source.links[include.relation]
        where = include.scope.where
        if include.scope.entity.name == techniques.ENTITY and where is not None:
            there = some(self.behind(link, True) for link in links)
            return every((there, self._techniques(links, where)))
        return some(self.behind(link, self.scope(link.target, include.scope)) for link in links)

    def scope(self, target: Source, scope: Filter) -> Truth:
        """Return what a row meets that is a match of a scope."""
        where = scope.where
        if where is not None and target.entity.name == techniques.ENTITY:
            where = techniques.shown(where)
        nested = [self.join(target, include) for include in scope.include]
        return every((self.where(target, where), *nested))

    def behind(self, link: Link, where: Truth) -> Truth:
        """Hold where some visible row at the end of a link meets a condition."""
        steps = link.relations
        last = steps[-1] if steps else None
        found = every((where, self.visible(link.target, last)))
        return self.along(steps, found)

    def along(self, steps: Sequence[Relation], found: Truth) -> Truth:
        """Hold where a condition is met behind steps, all rows passed being visible."""
        for number in range(len(steps) - 1, 0, -1):
            passed = self.passed(steps[number - 1])
            if passed is True:
                continue
            found = every((passed, related(tuple(steps[number:]), found)))
            steps = steps[:number]
        return related(tuple(steps), found)

    def target(self, step: Relation) -> Entity:
        """Return the entity that a step leads to."""
        return self._visibility.schema.target(step)

    def ways_back(self, steps: Sequence[Relation]) -> tuple[Relation, ...]:
        """Return the relations from the end of a path back to its beginning."""
        found = []
        for step in reversed(steps):
            assert step.inverse is not None
            found.append(self.target(step).relations[step.inverse])
        return tuple(found)

    def passed(self, step: Relation) -> Truth:
        """Return what the row that a step leads to must meet to be visible."""
        return every(self._visibility.condition(self.target(step), self._now, step))

    def sorts_by(self, path: Path) -> bool:
        """Say whether all that a path passes may be seen where the row that it starts at may."""
        ways = (step for step in path.relations if step.is_many or step.nullable)
        return all(self.passed(step) is True for step in ways)

    def where(self, source: Source, where: Where | None, unit: InUnit | None = None) -> Truth:
        """Return a where as a condition on a source's rows."""
        match where:
            case None:
                return True
            case Every(parts):
                return self._every(source, parts, unit)
            case Some(parts):
                return some(self.where(source, part, unit) for part in parts)
            case Neither(parts):
                return negated(some(self.where(source, part, unit) for part in parts))
            case Has(relation, inner):
                return self._has(source, relation, inner)
            case Text(words):
                return self._text(source, words)
            case Field() as field:
                return self._field(source, field, unit)

    def _every(self, source: Source, parts: tuple[Where, ...], unit: InUnit | None) -> Truth:
        if source.entity.name != "Parameter":
            return every(self.where(source, part, unit) for part in parts)
        asked, rest = without_units(parts)
        if asked is None:
            return every(
                self._tests(source, part, unit)
                if isinstance(part, Field) and part.name == "unit"
                else self.where(source, part, unit)
                for part in rest
            )
        return some(self._in_unit(source, text, rest) for text in asked)

    def _in_unit(self, source: Source, text: str, parts: tuple[Where, ...]) -> Truth:
        """Hold for parameters in any unit that converts into the asked one, and meet the rest."""
        ways: dict[tuple[object, ...], list[str]] = {}
        conversions = dict(compatible(text, sorted({*self._units(), text})))
        for stored, way in conversions.items():
            ways.setdefault((way.scale, way.offset), []).append(stored)
        return some(
            every(
                (
                    self._plain_unit(source, tuple(stored)),
                    *(
                        self.where(source, part, InUnit(tuple(stored), conversions[stored[0]]))
                        for part in parts
                    ),
                )
            )
            for stored in ways.values()
        )

    def _plain_unit(self, source: Source, texts: tuple[str, ...]) -> Truth:
        return self._test(source, "unit", Test("inq", texts, "unit"), None)

    def _has(self, source: Source, relation: str, where: Where) -> Truth:
        links = source.links[relation]
        if source.entity.relations[relation].target == techniques.ENTITY:
            return self._techniques(links, where)
        return some(self.behind(link, self.where(link.target, where)) for link in links)

    def _techniques(self, links: tuple[Link, ...], where: Where) -> Truth:
        """Judge each condition on techniques by all tags together, not tag by tag."""
        match where:
            case Every(parts):
                return every(self._techniques(links, part) for part in parts)
            case Some(parts):
                return some(self._techniques(links, part) for part in parts)
            case Neither(parts):
                return negated(some(self._techniques(links, part) for part in parts))
            case Field(name, tests, place) if len(tests) > 1:
                return every(self._techniques(links, Field(name, (test,), place)) for test in tests)
            case Field(name, (test,), place) if BY_NAME[test.operator].opposite:
                opposite = Field(name, (_opposite(test),), place)
                return negated(self._techniques(links, opposite))
        return some(self.behind(link, self.where(link.target, where)) for link in links)

    def _text(self, source: Source, words: str) -> Truth:
        if not source.entity.searched:
            return True
        return some(
            self._on(path, lambda own: contains(own, words))
            for name in source.entity.searched
            for path in source.attributes[name]
        )

    def _field(self, source: Source, field: Field, unit: InUnit | None) -> Truth:
        if field.name == PUBLIC:
            return every(holds_for_public(test) for test in field.tests)
        if not self._mapping.has(source.entity, field.name):
            raise BadFilter(
                f"{field.place}: this catalogue has no {field.name} of {source.entity.name}"
            )
        if field.name == "unit" and unit is None:
            return self._every(source, (field,), unit)
        return self._tests(source, field, unit)

    def _tests(self, source: Source, field: Field, unit: InUnit | None) -> Truth:
        return every(self._test(source, field.name, test, unit) for test in field.tests)

    def _test(self, source: Source, name: str, test: Test, unit: InUnit | None) -> Truth:
        operator = BY_NAME[test.operator]
        if operator.opposite is not None:
            return negated(self._test(source, name, _opposite(test), unit))
        if test.operator == "inq" and isinstance(test.operand, tuple) and None in test.operand:
            known = tuple(item for item in test.operand if item is not None)
            return some(
                (
                    self._test(source, name, Test("inq", known, test.place), unit),
                    self._test(source, name, Test("eq", None, test.place), unit),
                )
            )
        paths = source.attributes[name]
        if test.operand is None:
            return every(self._missing(path) for path in paths)
        plain = self._plain(source, name, paths, test, unit)
        if source.entity.name == techniques.ENTITY:
            return some((plain, *techniques.kinds(self._hierarchy, source, name, test)))
        return plain

    def _plain(
        self,
        source: Source,
        name: str,
        paths: tuple[Path, ...],
        test: Test,
        unit: InUnit | None,
    ) -> Truth:
        if source.entity.attributes[name].kind is Kind.VALUE:
            return compare_value(paths, test, unit)
        if name == "pid":
            return some(
                self._first(paths, number, lambda own: compare_pid(own, test), test)
                for number in range(len(paths))
            )
        return some(
            self._first(paths, number, lambda own: compare(own, test), test)
            for number in range(len(paths))
        )

    def _first(
        self, paths: tuple[Path, ...], number: int, made: Callable[[Path], Truth], test: Test
    ) -> Truth:
        """Compare one of the paths, where those before it have no value.

        Equality with an identifier is excepted: whoever knows one of several may use it.
        """
        found = self._on(paths[number], made)
        if test.operator in ("eq", "inq") and paths[number].field.name == "id":
            return found
        return every((*(self._missing(path) for path in paths[:number]), found))

    def _on(self, path: Path, made: Callable[[Path], Truth]) -> Truth:
        """Compare a path: as it is, or at the end of what it passes when that may be hidden."""
        if self._is_open(path):
            return made(path)
        return self._path(path, made(Path((), path.field)))

    def _is_open(self, path: Path) -> bool:
        return not is_many(path) and all(self.passed(step) is True for step in path.relations)

    def _path(self, path: Path, found: Truth) -> Truth:
        last = path.relations[-1:]
        if last:
            found = every((found, self.passed(last[0])))
        return self.along(path.relations, found)

    def _missing(self, path: Path) -> Truth:
        if not path.relations:
            return is_missing(path) if path.field.nullable else False
        return negated(self._on(path, is_there))


def _opposite(test: Test) -> Test:
    opposite = BY_NAME[test.operator].opposite
    assert opposite is not None
    return Test(opposite, test.operand, test.place)
