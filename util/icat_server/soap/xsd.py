"""The XML schema of ICAT's web service, generated from the entities and the contract."""

from collections.abc import Iterator, Sequence

from lxml import etree

from datagateway_api.core.entities import Entity, Field, Relation, Schema
from util.icat_server.contract import (
    ELEMENTS,
    ENUMS,
    FIELD_ENUMS,
    NAMESPACE,
    OPERATIONS,
    PARAMETER_FIELDS,
    SYSTEM_FIELDS,
    TYPES,
    XSD_TYPES,
    Part,
    is_parameter,
    type_name,
)

XS = "http://www.w3.org/2001/XMLSchema"
_BASE = "entityBaseBean"
_PARAMETER = "parameter"
_RULE_EXTRAS = (Part("attribute", "xs:string"), Part("searchJPQL", "xs:string"))
"""Two members of a rule that ICAT's WSDL has and no answer ever holds."""


def schema_document(schema: Schema) -> bytes:
    """Return the schema document."""
    root = etree.Element(
        _xs("schema"),
        {"version": "1.0", "targetNamespace": NAMESPACE},
        nsmap={"xs": XS, "tns": NAMESPACE},
    )
    for name in (*ELEMENTS, *_operation_elements()):
        etree.SubElement(root, _xs("element"), {"name": name, "type": f"tns:{name}"})
    _add_operation_types(root)
    for name, parts in TYPES.items():
        _add_type(root, name, parts)
    _add_entity_types(root, schema)
    for name, values in (ENUMS | _field_enums(schema)).items():
        _add_enum(root, name, values)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _xs(name: str) -> str:
    return f"{{{XS}}}{name}"


def _operation_elements() -> Iterator[str]:
    for operation in OPERATIONS:
        yield operation.name
        yield f"{operation.name}Response"


def _add_operation_types(root: etree._Element) -> None:
    for operation in OPERATIONS:
        _add_type(root, operation.name, operation.takes)
        returned = (operation.returns,) if operation.returns is not None else ()
        _add_type(root, f"{operation.name}Response", returned)


def _add_type(
    root: etree._Element,
    name: str,
    parts: Sequence[Part],
    *,
    extends: str | None = None,
    is_abstract: bool = False,
) -> None:
    attributes = {"name": name} | ({"abstract": "true"} if is_abstract else {})
    above = etree.SubElement(root, _xs("complexType"), attributes)
    if extends is not None:
        content = etree.SubElement(above, _xs("complexContent"))
        above = etree.SubElement(content, _xs("extension"), {"base": f"tns:{extends}"})
    _add_parts(above, parts)


def _add_parts(above: etree._Element, parts: Sequence[Part]) -> None:
    sequence = etree.SubElement(above, _xs("sequence"))
    for part in parts:
        element = etree.SubElement(sequence, _xs("element"), _attributes(part))
        if not part.type:
            _add_credentials(element)


def _attributes(part: Part) -> dict[str, str]:
    found = {"name": part.name}
    if part.type:
        found["type"] = part.type
    if part.is_nillable:
        found["nillable"] = "true"
    if part.is_optional:
        found["minOccurs"] = "0"
    if part.is_many:
        found["maxOccurs"] = "unbounded"
    return found


def _add_credentials(element: etree._Element) -> None:
    """Write the type without a name of a login's credentials: a list of pairs."""
    inner = etree.SubElement(etree.SubElement(element, _xs("complexType")), _xs("sequence"))
    entry = etree.SubElement(
        inner, _xs("element"), {"name": "entry", "minOccurs": "0", "maxOccurs": "unbounded"}
    )
    pair = etree.SubElement(entry, _xs("complexType"))
    _add_parts(pair, (Part("key", "xs:string"), Part("value", "xs:string")))


def _add_entity_types(root: etree._Element, schema: Schema) -> None:
    some = schema.entities["DatasetParameter"]
    base = [_field(some, some.fields[name]) for name in SYSTEM_FIELDS]
    _add_type(root, _BASE, base, is_abstract=True)
    shared = [_field(some, some.fields[name]) for name in PARAMETER_FIELDS]
    shared.append(_relation(schema, some.relations["type"]))
    _add_type(root, _PARAMETER, shared, extends=_BASE, is_abstract=True)
    for entity in schema.entities.values():
        parent = _PARAMETER if is_parameter(entity) else _BASE
        _add_type(root, type_name(entity), _own_parts(schema, entity), extends=parent)


def _own_parts(schema: Schema, entity: Entity) -> list[Part]:
    inherited = {*SYSTEM_FIELDS}
    if is_parameter(entity):
        inherited |= {*PARAMETER_FIELDS, "type"}
    parts = [_field(entity, field) for field in entity.fields.values()]
    parts += [_relation(schema, relation) for relation in entity.relations.values()]
    if entity.name == "Rule":
        parts += _RULE_EXTRAS
    return sorted((p for p in parts if p.name not in inherited), key=lambda part: part.name)


def _field(entity: Entity, field: Field) -> Part:
    enum = FIELD_ENUMS.get((entity.name, field.name))
    type_ = f"tns:{enum}" if enum else XSD_TYPES[field.type]
    return Part(field.name, type_, is_optional=type_ != "xs:boolean")


def _relation(schema: Schema, relation: Relation) -> Part:
    type_ = f"tns:{type_name(schema.target(relation))}"
    return Part(relation.name, type_, is_many=relation.is_many, is_nillable=relation.is_many)


def _field_enums(schema: Schema) -> dict[str, tuple[str, ...]]:
    return {
        name: schema.entities[entity].fields[field].choices
        for (entity, field), name in FIELD_ENUMS.items()
        if entity in schema.entities
    }


def _add_enum(root: etree._Element, name: str, values: Sequence[str]) -> None:
    simple = etree.SubElement(root, _xs("simpleType"), {"name": name})
    restriction = etree.SubElement(simple, _xs("restriction"), {"base": "xs:string"})
    for value in values:
        etree.SubElement(restriction, _xs("enumeration"), {"value": value})
