"""What ICAT's entity classes check before they are written."""

from collections.abc import Mapping

import sqlalchemy as sa

from util.icat_server.beans import Bean
from util.icat_server.catalogue import Catalogue
from util.icat_server.contract import is_parameter
from util.icat_server.errors import IcatError, Kind
from util.icat_server.soap.text import double
from util.icat_server.writing.rows import bean_id

_ARTICLES = {"Investigation": "an"}


def check_bean(connection: sa.Connection, catalogue: Catalogue, bean: Bean) -> None:
    """Raise IcatError for what ICAT refuses about one bean; a rule is the rules' business."""
    if is_parameter(bean.entity):
        _check_parameter(connection, catalogue, bean)
    elif bean.entity.name == "PublicStep":
        _check_public_step(catalogue, bean)


def _check_parameter(connection: sa.Connection, catalogue: Catalogue, bean: Bean) -> None:
    """Hold a parameter against its type as the client sent it, which is how ICAT does it."""
    type_ = bean.ones.get("type")
    if type_ is None:
        raise IcatError(Kind.VALIDATION, "Type of parameter is not set")
    facts = type_.values
    subject = bean.entity.name.removesuffix("Parameter")
    name = f"Parameter of type {facts.get('name')}"
    if not facts.get(f"applicableTo{subject}"):
        article = _ARTICLES.get(subject, "a")
        raise IcatError(Kind.VALIDATION, f"{name} is not applicable to {article} {subject}")
    if not facts.get("enforced"):
        return
    if facts.get("valueType") == "NUMERIC":
        _check_number(name, bean.values.get("numericValue"), facts)
    elif facts.get("valueType") == "STRING":
        allowed = _allowed(connection, catalogue, bean_id(type_))
        value = bean.values.get("stringValue")
        if allowed and value is not None and value not in allowed:
            listed = ", ".join(allowed)
            raise IcatError(
                Kind.VALIDATION, f"{name} has value {value} not in allowed set [{listed}]"
            )


def _check_number(name: str, value: object, facts: Mapping[str, object]) -> None:
    if not isinstance(value, int | float):
        return
    low, high = facts.get("minimumNumericValue"), facts.get("maximumNumericValue")
    if isinstance(low, int | float) and value < low:
        raise IcatError(Kind.VALIDATION, f"{name} has value {double(value)} < {double(low)}")
    if isinstance(high, int | float) and value > high:
        raise IcatError(Kind.VALIDATION, f"{name} has value {double(value)} > {double(high)}")


def _allowed(connection: sa.Connection, catalogue: Catalogue, type_id: int | None) -> list[str]:
    """Return the permissible values of a parameter type; where there are none, all are."""
    entity = catalogue.schema.entities["PermissibleStringValue"]
    table = catalogue.table(entity)
    value = table.c[entity.fields["value"].column]
    key = table.c[str(entity.relations["type"].column)]
    return list(connection.scalars(sa.select(value).where(key == type_id).order_by(value)))


def _check_public_step(catalogue: Catalogue, bean: Bean) -> None:
    origin, field = bean.values.get("origin"), bean.values.get("field")
    entity = catalogue.entity(str(origin))
    if entity is None:
        raise IcatError(Kind.BAD_PARAMETER, f"{origin} is not an ICAT entity")
    if str(field) not in entity.relations:
        raise IcatError(Kind.BAD_PARAMETER, f"{origin} has no relationship field {field}")
