"""Creating beans with all that hangs below them."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from datagateway_api.core.entities import Entity
from util.icat_server.beans import Bean
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.rules import Applicable, Rules
from util.icat_server.writing.hooks import check_bean
from util.icat_server.writing.rows import (
    Refused,
    attribute_columns,
    bean_id,
    check_row,
    creation_columns,
    explain_key,
    explain_row,
)


class Creation:
    """Inserts beans and their children, table by table."""

    def __init__(self, catalogue: Catalogue, rules: Rules) -> None:
        """Take the tables, and the rules on who may."""
        self._catalogue = catalogue
        self._rules = rules

    def create(
        self, connection: sa.Connection, who: Applicable, beans: Sequence[Bean]
    ) -> list[int]:
        """Create beans of one entity at once and return their ids.

        Raises Refused, or an error of SQLAlchemy, for what the database does not take, and
        IcatError for all else; in no order where several beans are at fault.
        """
        for bean in beans:
            self._prepare(connection, bean)
        ids = self._insert(connection, who.user, beans)
        entity = beans[0].entity
        if not self._rules.permits(connection, who, "C", entity, ids):
            raise IcatError(
                Kind.INSUFFICIENT_PRIVILEGES,
                f"CREATE access to this {entity.name} is not allowed.",
            )
        return ids

    def explain(self, connection: sa.Connection, bean: Bean) -> None:
        """Raise IcatError with the reason for which the database did not take a bean.

        Like ICAT, this looks at the bean itself and not at its children.
        """
        row = self._row("", bean)
        table = self._catalogue.table(bean.entity)
        explain_key(connection, table, bean.entity, row)
        explain_row(bean.entity, row)

    def _prepare(self, connection: sa.Connection, bean: Bean) -> None:
        """Check a bean and all below it, after telling those below whose they are."""
        check_bean(connection, self._catalogue, bean)
        for name, children in bean.manys.items():
            inverse = bean.entity.relations[name].inverse
            assert inverse is not None
            for child in children:
                child.ones[inverse] = bean
                self._prepare(connection, child)

    def _insert(self, connection: sa.Connection, user: str, beans: Sequence[Bean]) -> list[int]:
        entity = beans[0].entity
        rows = [self._row(user, bean) for bean in beans]
        for row in rows:
            check_row(entity, row)
        ids = insert_rows(connection, self._catalogue.table(entity), rows)
        for bean, id_ in zip(beans, ids, strict=True):
            bean.values["id"] = id_
        for relation in entity.relations.values():
            children = [child for bean in beans for child in bean.manys.get(relation.name, ())]
            if children:
                self._insert(connection, user, children)
        return ids

    def _row(self, user: str, bean: Bean) -> dict[str, object]:
        row = creation_columns(user) | attribute_columns(bean)
        for relation in bean.entity.to_one:
            related = bean.ones.get(relation.name)
            if related is not None and bean_id(related) is None:
                raise Refused
            row[str(relation.column)] = bean_id(related)
        if bean.entity.name == "Rule":
            row |= rule_columns(self._catalogue, self._rules, bean)
        return row


def rule_columns(catalogue: Catalogue, rules: Rules, bean: Bean) -> Mapping[str, object]:
    """Return the columns that a rule derives from its texts, as far as its table has them."""
    what, flags = bean.values.get("what"), bean.values.get("crudFlags")
    values = rules.derive(_text(what), _text(flags)).columns()
    return {field.column: values[name] for name, field in catalogue.derived.items()}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def insert_rows(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, object]]
) -> list[int]:
    """Insert rows, in bulk where the database returns their ids, and return the ids in order.

    SQLite counts up from row to row, but SQLAlchemy would insert them one by one to be sure.
    """
    bound = [{f"b_{key}": value for key, value in row.items()} for row in rows]
    statement = sa.insert(table).values({table.c[k]: sa.bindparam(f"b_{k}") for k in rows[0]})
    if len(rows) > 1 and connection.dialect.insert_executemany_returning:
        counts_up = connection.dialect.name == "sqlite"
        returning = statement.returning(table.c["ID"], sort_by_parameter_order=not counts_up)
        ids = connection.scalars(returning, bound).all()
        return sorted(ids) if counts_up else list(ids)
    results = (connection.execute(statement, row) for row in bound)
    return [result.inserted_primary_key[0] for result in results]  # type: ignore[index]


def runs(beans: Sequence[Bean]) -> list[tuple[int, list[Bean]]]:
    """Split beans into the longest runs of one entity, each with the index of its first."""
    found: list[tuple[int, list[Bean]]] = []
    entity: Entity | None = None
    for index, bean in enumerate(beans):
        if bean.entity is not entity:
            found.append((index, []))
            entity = bean.entity
        found[-1][1].append(bean)
    return found
