"""SOAP answers: envelopes around what an operation returns."""

from collections.abc import Iterable

from util.icat_server.authenticators import Authenticator
from util.icat_server.contract import NAMESPACE
from util.icat_server.entity_info import EntityInfo, FieldInfo
from util.icat_server.soap.envelope import ENVELOPE
from util.icat_server.soap.text import escape, flag
from util.icat_server.soap.xsd import XS

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<S:Envelope xmlns:S="{ENVELOPE}" xmlns:xs="{XS}" xmlns:xsi="{XSI}" '
    f'xmlns:ns2="{NAMESPACE}"><S:Body>'
)


def answer(operation: str, returned: str = "") -> bytes:
    """Return the envelope of an operation's answer around its ``return`` elements."""
    name = f"ns2:{operation}Response"
    return f"{_HEAD}<{name}>{returned}</{name}></S:Body></S:Envelope>".encode()


def texts(values: Iterable[object]) -> str:
    """Return values as ``return`` elements."""
    return "".join(f"<return>{escape(str(value))}</return>" for value in values)


def authenticators(found: Iterable[Authenticator]) -> str:
    """Return mechanisms as ``return`` elements."""
    return "".join(f"<return>{_authenticator(each)}</return>" for each in found)


def entity_info(info: EntityInfo) -> str:
    """Return what is told of an entity as a ``return`` element."""
    names = "".join(f"<fieldNames>{name}</fieldNames>" for name in info.unique)
    constraint = f"<constraints>{names}</constraints>" if names else ""
    fields = "".join(f"<fields>{_field(field)}</fields>" for field in info.fields)
    return f"<return>{_element('classComment', info.comment)}{constraint}{fields}</return>"


def _authenticator(found: Authenticator) -> str:
    keys = "".join(
        f"<keys><hide>{flag(key.is_hidden)}</hide><name>{escape(key.name)}</name></keys>"
        for key in found.keys
    )
    return f"<admin>false</admin>{keys}<mnemonic>{escape(found.mnemonic)}</mnemonic>"


def _field(field: FieldInfo) -> str:
    return (
        f"{_element('comment', field.comment)}<name>{field.name}</name>"
        f"<notNullable>{flag(field.is_not_nullable)}</notNullable>"
        f"<relType>{field.rel_type}</relType>"
        f"{_element('stringLength', field.length)}<type>{field.type}</type>"
    )


def _element(name: str, value: str | int | None) -> str:
    return "" if value is None else f"<{name}>{escape(str(value))}</{name}>"
