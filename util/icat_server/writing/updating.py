"""Updating a bean: all of it as SOAP does, or some of it as REST does."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import sqlalchemy as sa

from datagateway_api.core.entities import Relation
from util.icat_server.beans import Bean
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.rules import Applicable, Rules
from util.icat_server.writing.creation import rule_columns
from util.icat_server.writing.hooks import check_bean
from util.icat_server.writing.rows import (
    attribute_columns,
    bean_id,
    change_columns,
    explain_row,
)
from util.icat_server.writing.stored import load_types, stored_bean, stored_row

Flag: TypeAlias = Literal["C", "U", "D"]
_ACCESS: Mapping[Flag, str] = {"C": "CREATE", "U": "UPDATE", "D": "DELETE"}


class Updating:
    """Overwrites what a row holds."""

    def __init__(self, catalogue: Catalogue, rules: Rules) -> None:
        """Take the tables, and the rules on who may."""
        self._catalogue = catalogue
        self._rules = rules

    def update(self, connection: sa.Connection, who: Applicable, bean: Bean) -> None:
        """Overwrite all attributes and to-one relations with what the bean has, or lacks."""
        row = stored_row(connection, self._catalogue, bean)
        self._allow(connection, who, "U", bean)
        self._overwrite(connection, who, bean, row)

    def change(self, connection: sa.Connection, who: Applicable, bean: Bean) -> None:
        """Overwrite those attributes and to-one relations that the bean names.

        A rule may allow this for the attributes one by one.
        """
        if bean.manys:
            name = next(iter(bean.manys))
            raise IcatError(Kind.BAD_PARAMETER, f"{name} of a stored object cannot be written")
        row = stored_row(connection, self._catalogue, bean)
        entity, ids = bean.entity, [bean_id(bean) or 0]
        names = [name for name in (*bean.values, *bean.ones) if name != "id"]
        if not all(self._rules.permits(connection, who, "U", entity, ids, name) for name in names):
            self._allow(connection, who, "U", bean)
        whole = stored_bean(self._catalogue, entity, row)
        whole.values |= bean.values
        whole.ones |= bean.ones
        load_types(connection, self._catalogue, whole)
        self._overwrite(connection, who, whole, row)

    def _overwrite(
        self, connection: sa.Connection, who: Applicable, bean: Bean, before: Mapping[str, object]
    ) -> None:
        entity = bean.entity
        row = attribute_columns(bean)
        for relation in entity.to_one:
            row[str(relation.column)] = self._existing(connection, relation, bean)
        has_new_key = _changes_key(bean, before, row)
        if has_new_key:
            self._allow(connection, who, "D", bean)
        check_bean(connection, self._catalogue, bean)
        if entity.name == "Rule":
            row |= rule_columns(self._catalogue, self._rules, bean)
        explain_row(entity, row)
        table = self._catalogue.table(entity)
        values = {table.c[key]: value for key, value in (row | change_columns(who.user)).items()}
        connection.execute(sa.update(table).where(table.c["ID"] == bean_id(bean)).values(values))
        if has_new_key:
            self._allow(connection, who, "C", bean)

    def _existing(self, connection: sa.Connection, relation: Relation, bean: Bean) -> int | None:
        """Return the id of a related object, None where there is no such object."""
        id_ = bean_id(bean.ones.get(relation.name))
        if id_ is None:
            return None
        table = self._catalogue.table(self._catalogue.target(relation))
        return connection.scalar(sa.select(table.c["ID"]).where(table.c["ID"] == id_))

    def _allow(self, connection: sa.Connection, who: Applicable, flag: Flag, bean: Bean) -> None:
        if not self._rules.permits(connection, who, flag, bean.entity, [bean_id(bean) or 0]):
            raise IcatError(
                Kind.INSUFFICIENT_PRIVILEGES,
                f"{_ACCESS[flag]} access to this {bean.entity.name} is not allowed.",
            )


def _changes_key(bean: Bean, before: Mapping[str, object], row: Mapping[str, object]) -> bool:
    """Say whether a relation of the unique key changes. Raises IcatError when it goes."""
    entity, changes = bean.entity, False
    for name in entity.unique:
        relation = entity.relations.get(name)
        if relation is None:
            continue
        new = row[str(relation.column)]
        if new is None:
            message = f"Attempt to set field {name} of {entity.name}:{bean_id(bean)} to null"
            raise IcatError(Kind.INTERNAL, message)
        changes |= new != before[str(relation.column)]
    return changes
