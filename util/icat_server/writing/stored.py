"""What the catalogue holds of a bean already."""

from collections.abc import Mapping

import sqlalchemy as sa

from datagateway_api.core.entities import Entity
from util.icat_server.beans import Bean
from util.icat_server.catalogue import Catalogue
from util.icat_server.contract import is_parameter
from util.icat_server.errors import IcatError, Kind
from util.icat_server.writing.rows import bean_id


def stored_row(connection: sa.Connection, catalogue: Catalogue, bean: Bean) -> Mapping[str, object]:
    """Return the row of a bean by its columns' names. Raises IcatError where there is none."""
    entity, id_ = bean.entity, bean_id(bean)
    if id_ is None:
        raise IcatError(Kind.NO_SUCH_OBJECT_FOUND, f"{entity.name} has null primary key.")
    table = catalogue.table(entity)
    row = connection.execute(sa.select(table).where(table.c["ID"] == id_)).first()
    if row is None:
        raise IcatError(Kind.NO_SUCH_OBJECT_FOUND, f"{entity.name}[id:{id_}] not found.")
    return {str(column.key): value for column, value in zip(table.columns, row, strict=True)}


def stored_bean(catalogue: Catalogue, entity: Entity, row: Mapping[str, object]) -> Bean:
    """Return a row as a bean, whose related objects have their ids only."""
    bean = Bean(entity, {})
    for relation in entity.to_one:
        key = row[str(relation.column)]
        if isinstance(key, int):
            bean.ones[relation.name] = Bean(catalogue.target(relation), {"id": key})
    for name, field in entity.fields.items():
        value = row[field.column]
        if field.choices and isinstance(value, int):
            value = field.choices[value]
        bean.values[name] = value  # type: ignore[assignment]
    return bean


def load_types(connection: sa.Connection, catalogue: Catalogue, bean: Bean) -> None:
    """Have the parameters in a tree of beans know their types as they are stored."""
    type_ = bean.ones.get("type")
    if is_parameter(bean.entity) and type_ is not None and bean_id(type_) is not None:
        type_.values = stored_bean(
            catalogue, type_.entity, stored_row(connection, catalogue, type_)
        ).values
    for children in bean.manys.values():
        for child in children:
            load_types(connection, catalogue, child)
