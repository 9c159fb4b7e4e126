"""The WSDL of ICAT's web service, generated from the contract."""

from lxml import etree

from util.icat_server.contract import NAMESPACE, OPERATIONS, PATH, Operation
from util.icat_server.soap.xsd import XS

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
ADDRESSING = "http://www.w3.org/2007/05/addressing/metadata"
HTTP = "http://schemas.xmlsoap.org/soap/http"
_FAULT = "IcatException"
_NAMES = {None: WSDL, "soap": SOAP, "tns": NAMESPACE, "xsd": XS, "wsam": ADDRESSING}


def wsdl_document(base: str) -> bytes:
    """Return the WSDL of a server at ``scheme://host:port``, as the client addressed it."""
    root = etree.Element(
        _wsdl("definitions"),
        {"targetNamespace": NAMESPACE, "name": "ICATService"},
        nsmap=_NAMES,  # type: ignore[arg-type] # lxml takes None for the default namespace
    )
    address = base + PATH
    # Imported, not written out: only so does suds find types that have no name of their own.
    schema = etree.SubElement(_below(root, "types"), f"{{{XS}}}schema")
    etree.SubElement(
        schema,
        f"{{{XS}}}import",
        {"namespace": NAMESPACE, "schemaLocation": f"{address}?xsd=1"},
    )
    _add_messages(root)
    _add_port_type(root)
    _add_binding(root)
    port = _below(_below(root, "service", name="ICATService"), "port", name="ICATPort")
    port.set("binding", "tns:ICATPortBinding")
    etree.SubElement(port, f"{{{SOAP}}}address", {"location": address})
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _wsdl(name: str) -> str:
    return f"{{{WSDL}}}{name}"


def _below(above: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(above, _wsdl(tag), attributes)


def _add_messages(root: etree._Element) -> None:
    for operation in OPERATIONS:
        for name in (operation.name, f"{operation.name}Response"):
            message = _below(root, "message", name=name)
            _below(message, "part", name="parameters", element=f"tns:{name}")
    _below(_below(root, "message", name=_FAULT), "part", name="fault", element=f"tns:{_FAULT}")


def _add_port_type(root: etree._Element) -> None:
    port_type = _below(root, "portType", name="ICAT")
    for operation in OPERATIONS:
        name = operation.name
        above = _below(port_type, "operation", name=name)
        _action(_below(above, "input", message=f"tns:{name}"), f"{name}Request")
        _action(_below(above, "output", message=f"tns:{name}Response"), f"{name}Response")
        if operation.has_faults:
            fault = _below(above, "fault", message=f"tns:{_FAULT}", name=_FAULT)
            _action(fault, f"{name}/Fault/{_FAULT}")


def _action(element: etree._Element, name: str) -> None:
    element.set(f"{{{ADDRESSING}}}Action", f"{NAMESPACE}/ICAT/{name}")


def _add_binding(root: etree._Element) -> None:
    binding = _below(root, "binding", name="ICATPortBinding", type="tns:ICAT")
    etree.SubElement(binding, f"{{{SOAP}}}binding", {"transport": HTTP, "style": "document"})
    for operation in OPERATIONS:
        _add_bound(binding, operation)


def _add_bound(binding: etree._Element, operation: Operation) -> None:
    above = _below(binding, "operation", name=operation.name)
    etree.SubElement(above, f"{{{SOAP}}}operation", {"soapAction": ""})
    for direction in ("input", "output"):
        etree.SubElement(_below(above, direction), f"{{{SOAP}}}body", {"use": "literal"})
    if operation.has_faults:
        fault = _below(above, "fault", name=_FAULT)
        etree.SubElement(fault, f"{{{SOAP}}}fault", {"name": _FAULT, "use": "literal"})
