"""ICAT's SOAP contract: operations and types beyond the entities, as data.

Order and optionality are those of ICAT 6.2, so that the WSDL and the schema can be generated.
"""

from dataclasses import dataclass

from datagateway_api.core.entities import Entity, FieldType

API_VERSION = "6.2.0"
NAMESPACE = "http://icatproject.org"
PATH = "/ICATService/ICAT"
BASE_BEAN = "EntityBaseBean"
PARAMETER = "Parameter"
SYSTEM_FIELDS = ("createId", "createTime", "id", "modId", "modTime")
SELF_MADE_FIELDS = frozenset(SYSTEM_FIELDS)
PARAMETER_FIELDS = (
    "dateTimeValue",
    "error",
    "numericValue",
    "rangeBottom",
    "rangeTop",
    "stringValue",
)
"""What the five kinds of parameters inherit, besides the relation `type`."""

XSD_TYPES = {
    FieldType.TEXT: "xs:string",
    FieldType.LONG: "xs:long",
    FieldType.INTEGER: "xs:int",
    FieldType.DOUBLE: "xs:double",
    FieldType.FLAG: "xs:boolean",
    FieldType.DATE: "xs:dateTime",
}
ENUMS = {
    "icatExceptionType": (
        "BAD_PARAMETER",
        "INTERNAL",
        "INSUFFICIENT_PRIVILEGES",
        "NO_SUCH_OBJECT_FOUND",
        "OBJECT_ALREADY_EXISTS",
        "SESSION",
        "VALIDATION",
        "NOT_IMPLEMENTED",
    ),
    "relType": ("ATTRIBUTE", "MANY", "ONE"),
    "accessType": ("READ", "UPDATE", "DELETE", "CREATE"),
}
FIELD_ENUMS = {
    ("Study", "status"): "studyStatus",
    ("ParameterType", "valueType"): "parameterValueType",
}
"""The types of those attributes that are enums, whose values are in the schema of the entities."""


@dataclass(frozen=True, slots=True)
class Part:
    """One child element of a complex type."""

    name: str
    type: str
    is_optional: bool = True
    is_many: bool = False
    is_nillable: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what it takes, and what its `return` is."""

    name: str
    takes: tuple[Part, ...] = ()
    returns: Part | None = None
    has_faults: bool = True


_SESSION = Part("sessionId", "xs:string")
_QUERY = Part("query", "xs:string")
_BEAN = Part("bean", "tns:entityBaseBean")
_BEANS = Part("beans", "tns:entityBaseBean", is_many=True)


def _returns(type_: str, *, is_optional: bool = True, is_many: bool = False) -> Part:
    return Part("return", type_, is_optional, is_many)


_TEXT = _returns("xs:string")
_TEXTS = _returns("xs:string", is_many=True)
_DUMMY = """datafile datafileFormat datafileParameter dataset datasetParameter datasetType facility
    facilityCycle instrumentScientist user instrument investigation investigationType
    investigationUser keyword parameterType publication relatedDatafile sample sampleParameter
    shift study studyInvestigation studyStatus application job dataCollection
    dataCollectionParameter dataCollectionDataset dataCollectionDatafile grouping userGroup
    publicStep fieldSet"""

OPERATIONS = (
    Operation("create", (_SESSION, _BEAN), _returns("xs:long", is_optional=False)),
    Operation("createMany", (_SESSION, _BEANS), _returns("xs:long", is_many=True)),
    Operation("delete", (_SESSION, _BEAN)),
    Operation("deleteMany", (_SESSION, _BEANS)),
    # Does nothing: ICAT has it to bring types into the WSDL.
    Operation(
        "dummy",
        tuple(Part(f"arg{number}", f"tns:{name}") for number, name in enumerate(_DUMMY.split())),
        has_faults=False,
    ),
    Operation(
        "get",
        (_SESSION, _QUERY, Part("primaryKey", "xs:long", is_optional=False)),
        _returns("tns:entityBaseBean"),
    ),
    Operation("getApiVersion", (), _TEXT),
    Operation("getAuthenticatorInfo", (), _returns("tns:authenticatorInfo", is_many=True)),
    Operation("getEntityInfo", (Part("beanName", "xs:string"),), _returns("tns:entityInfo")),
    Operation("getEntityNames", (), _TEXTS),
    Operation("getProperties", (_SESSION,), _TEXTS),
    Operation("getRemainingMinutes", (_SESSION,), _returns("xs:double", is_optional=False)),
    Operation("getUserName", (_SESSION,), _TEXT),
    Operation("getVersion", (), _TEXT),
    Operation(
        "isAccessAllowed",
        (_SESSION, _BEAN, Part("accessType", "tns:accessType")),
        _returns("xs:boolean", is_optional=False),
    ),
    # Its credentials are a type without a name, which the schema writes out.
    Operation(
        "login",
        (Part("plugin", "xs:string"), Part("credentials", "", is_optional=False)),
        _TEXT,
    ),
    Operation("logout", (_SESSION,)),
    Operation("refresh", (_SESSION,)),
    Operation("search", (_SESSION, _QUERY), _returns("xs:anyType", is_many=True)),
    Operation("update", (_SESSION, _BEAN)),
)

TYPES: dict[str, tuple[Part, ...]] = {
    "IcatException": (
        Part("message", "xs:string"),
        Part("offset", "xs:int", is_optional=False),
        Part("type", "tns:icatExceptionType"),
    ),
    "authenticatorCredentialKey": (
        Part("hide", "xs:boolean", is_optional=False),
        Part("name", "xs:string"),
        Part("pattern", "xs:string"),
    ),
    "authenticatorInfo": (
        Part("admin", "xs:boolean", is_optional=False),
        Part("friendly", "xs:string"),
        Part("keys", "tns:authenticatorCredentialKey", is_many=True, is_nillable=True),
        Part("mnemonic", "xs:string"),
    ),
    "constraint": (Part("fieldNames", "xs:string", is_many=True, is_nillable=True),),
    "entityField": (
        Part("comment", "xs:string"),
        Part("name", "xs:string"),
        Part("notNullable", "xs:boolean", is_optional=False),
        Part("relType", "tns:relType"),
        Part("stringLength", "xs:int"),
        Part("type", "xs:string"),
    ),
    "entityInfo": (
        Part("classComment", "xs:string"),
        Part("constraints", "tns:constraint", is_many=True, is_nillable=True),
        Part("fields", "tns:entityField", is_many=True, is_nillable=True),
    ),
    "fieldSet": (Part("fields", "xs:anyType", is_many=True, is_nillable=True),),
}
ELEMENTS = (
    "IcatException",
    "datafile",
    "datafileParameter",
    "dataset",
    "datasetParameter",
    "fieldSet",
    "investigationParameter",
    "sampleParameter",
)
"""The types that are global elements too, besides those of the operations."""


def type_name(entity: Entity) -> str:
    """Return the name of an entity's type on the wire."""
    return entity.name[0].lower() + entity.name[1:]


def is_parameter(entity: Entity) -> bool:
    """Say whether an entity is one of the five kinds of parameters."""
    return entity.name.endswith(PARAMETER)
