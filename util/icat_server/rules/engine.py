"""Which rules apply to whom, and what they allow."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from threading import Lock
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from datagateway_api.core.entities import Entity, Relation
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError
from util.icat_server.jpql.compiler import Compiler
from util.icat_server.jpql.execution import parameters, rows
from util.icat_server.jpql.syntax import Path, Select
from util.icat_server.rules.derive import DerivedRule, derive, read_what

log = logging.getLogger(__name__)
LONGEST_IN = 1000

Flag: TypeAlias = Literal["C", "R", "U", "D"]
Sql: TypeAlias = sa.ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """What rules allow: all objects, or those that one of the rules' queries finds."""

    is_all: bool
    whats: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Say whether no rule applies at all."""
        return not self.is_all and not self.whats


ALL = Grant(is_all=True)


@dataclass(frozen=True, slots=True)
class Public:
    """The entities that everybody may read, and the steps that need no leave."""

    tables: frozenset[str] = frozenset()
    steps: frozenset[tuple[str, str]] = frozenset()


NOTHING_PUBLIC = Public()


@dataclass(frozen=True, slots=True)
class Applicable:
    """The rules that apply to a user at one moment; None for a root user, who needs none."""

    user: str
    rules: tuple[DerivedRule, ...] | None
    whats: tuple[str, ...] = ()
    public: Public = NOTHING_PUBLIC

    def grant(self, flag: Flag, entity: Entity, field_: str | None = None) -> Grant:
        """Return what the user may do with an entity's objects, or with one attribute of them."""
        if self.rules is None or (flag == "R" and entity.name in self.public.tables):
            return ALL
        found = []
        for rule, what in zip(self.rules, self.whats, strict=True):
            is_meant = rule.bean == entity.name and flag in rule.flags
            if not is_meant or rule.attribute not in (None, field_):
                continue
            if not rule.restricted:
                return ALL
            found.append(what)
        return Grant(is_all=False, whats=tuple(dict.fromkeys(found)))

    def include(self, origin: Entity, relation: Relation, target: Entity) -> Grant:
        """Return what may be read of the targets of a relation that is included."""
        if (origin.name, relation.name) in self.public.steps:
            return ALL
        return self.grant("R", target)


class Rules:
    """The authorisation of a catalogue. Safe between threads.

    Rules are read anew for each question. What is public is remembered, as in ICAT, until
    :meth:`forget`.
    """

    def __init__(
        self, catalogue: Catalogue, root_users: frozenset[str], *, zone: tzinfo = UTC
    ) -> None:
        self._catalogue = catalogue
        self._root_users = root_users
        self._zone = zone
        self._lock = Lock()
        self._public: Public | None = None
        self._age = 0
        self._statement = _applicable(catalogue)
        self._derive = lru_cache(maxsize=4096)(self.derive)
        self._ids = lru_cache(maxsize=1024)(self._compile)

    def derive(self, what: str | None, flags: str | None) -> DerivedRule:
        """Return what a rule means. Raises IcatError (BAD_PARAMETER, INTERNAL for null)."""
        return derive(self._catalogue, self._zone, what, flags)

    def forget(self) -> None:
        """Forget what is public; to be called after a rule or public step came or went."""
        with self._lock:
            self._public = None
            self._age += 1

    def is_root(self, user: str) -> bool:
        """Say whether a user may do everything."""
        return user in self._root_users

    def applicable(self, connection: sa.Connection, user: str) -> Applicable:
        """Return the rules that apply to a user now."""
        if self.is_root(user):
            return Applicable(user, None)
        with self._lock:
            public, age = self._public, self._age
        found = list(self._read(connection, user))
        if public is None:
            public = self._find_public(connection, found)
            with self._lock:
                # Unless it was to be forgotten since the rules were read.
                if age == self._age:
                    self._public = public
        return Applicable(
            user, tuple(rule for _, rule, _ in found), tuple(what for what, _, _ in found), public
        )

    def allows(
        self,
        connection: sa.Connection,
        user: str,
        flag: Flag,
        entity: Entity,
        ids: Sequence[int],
        field: str | None = None,
    ) -> bool:
        """Say whether a user may do something with all of some objects."""
        applicable = self.applicable(connection, user)
        return self.permits(connection, applicable, flag, entity, ids, field)

    def permits(
        self,
        connection: sa.Connection,
        applicable: Applicable,
        flag: Flag,
        entity: Entity,
        ids: Sequence[int],
        field: str | None = None,
    ) -> bool:
        """Say the same of rules that were read before, perhaps before those objects were made."""
        grant = applicable.grant(flag, entity, field)
        if grant.is_all or grant.is_nothing:
            return grant.is_all
        id_ = self._catalogue.column(entity, "id")
        wanted = sorted(set(ids))
        bound = parameters(applicable.user, self._zone)
        for start in range(0, len(wanted), LONGEST_IN):
            chunk = wanted[start : start + LONGEST_IN]
            statement = sa.select(sa.func.count()).where(id_.in_(chunk), self.condition(grant, id_))
            if rows(connection, statement, bound)[0][0] < len(chunk):
                return False
        return True

    def condition(self, grant: Grant, id_: Sql) -> Sql:
        """Return the condition that an id is of an object that is granted."""
        if grant.is_all:
            return sa.true()
        return sa.or_(sa.false(), *(id_.in_(self._ids(what)) for what in grant.whats))

    def _compile(self, what: str) -> sa.Select[Any]:
        """Compile a rule's query to a sub-select of ids, independent of what is around it."""
        search, select = read_what(self._catalogue, what)
        variable = Path(select.items[0].names[0])  # type: ignore[union-attr]
        ids = Select((variable,), is_distinct=False, ranges=select.ranges, where=select.where)
        return Compiler(self._catalogue, self._zone, search.text).sub_select(ids, None)[0]

    def _read(self, connection: sa.Connection, user: str) -> "list[tuple[str, DerivedRule, bool]]":
        """Return the text and meaning of rules that apply, and whether they are everybody's."""
        if "Rule" not in self._catalogue.tables:
            return []
        found = []
        for row in rows(connection, self._statement, {"user": user}):
            what, flags, grouping = row
            try:
                found.append((what, self._derive(what, flags), grouping is None))
            except IcatError as error:
                # ICAT would not have let it in, but others write to the database too.
                log.warning("A rule that cannot be understood is ignored: %s", error.message)
        return found

    def _find_public(
        self, connection: sa.Connection, found: "Sequence[tuple[str, DerivedRule, bool]]"
    ) -> Public:
        tables = {rule.bean for _, rule, is_open in found if is_open and not rule.restricted}
        return Public(frozenset(tables), self._steps(connection))

    def _steps(self, connection: sa.Connection) -> frozenset[tuple[str, str]]:
        entity = self._catalogue.entity("PublicStep")
        if entity is None:
            return frozenset()
        columns = [self._catalogue.column(entity, name) for name in ("origin", "field")]
        found = rows(connection, sa.select(*columns), {})
        return frozenset((origin, name) for origin, name in found)


def _applicable(catalogue: Catalogue) -> sa.Select[Any]:
    """Return the statement for the rules of nobody's group or of a group of the user's."""
    entities: Mapping[str, Entity] = catalogue.schema.entities
    if "Rule" not in entities:
        return sa.select(sa.null())
    rule = catalogue.tables["Rule"]
    grouping = catalogue.column(entities["Rule"], "grouping")
    condition: Sql = grouping.is_(None)
    if "UserGroup" in entities and "User" in entities:
        member, person = entities["UserGroup"], entities["User"]
        name, id_ = (catalogue.column(person, name) for name in ("name", "id"))
        mine = sa.select(catalogue.column(member, "grouping")).where(
            catalogue.column(member, "user") == id_, name == sa.bindparam("user")
        )
        condition = sa.or_(condition, grouping.in_(mine))
    columns = [catalogue.column(entities["Rule"], name) for name in ("what", "crudFlags")]
    return sa.select(*columns, grouping).where(condition).order_by(rule.c.ID)
