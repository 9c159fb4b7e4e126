"""Reading a SOAP envelope: the operation that is called, and its arguments."""

from dataclasses import dataclass, field

from lxml import etree

from util.icat_server.contract import NAMESPACE, OPERATIONS

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
MOST_BYTES = 64 * 1024 * 1024
_OPERATIONS = {operation.name for operation in OPERATIONS}


class BadEnvelope(Exception):
    """What came is no call of this service; the message goes to the client."""


@dataclass(frozen=True, slots=True)
class Call:
    """One operation with its arguments, of which each may come several times."""

    operation: str
    arguments: dict[str, list[etree._Element]] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return an argument as text, None where it is absent."""
        found = self.arguments.get(name)
        return None if found is None else found[0].text or ""

    def whole_number(self, name: str) -> int:
        """Return an argument as a number, 0 where it is none, as Java has it."""
        try:
            number = int(self.text(name) or "0")
        except ValueError:
            return 0
        return number if -(2**63) <= number < 2**63 else 0

    def all(self, name: str) -> list[etree._Element]:
        """Return all values of an argument."""
        return self.arguments.get(name, [])


def read_call(body: bytes) -> Call:
    """Read an envelope. Raises BadEnvelope for what is no call of this service."""
    root = _parse(body)
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise BadEnvelope("Expected a SOAP 1.1 envelope")
    found = root.find(f"{{{ENVELOPE}}}Body")
    if found is None or not len(found):
        raise BadEnvelope("The envelope has no body")
    wrapper = found[0]
    name = etree.QName(wrapper)
    if name.namespace != NAMESPACE or name.localname not in _OPERATIONS:
        raise BadEnvelope(f"Cannot find dispatch method for {wrapper.tag}")
    call = Call(name.localname)
    for child in wrapper:
        call.arguments.setdefault(str(child.tag), []).append(child)
    return call


def _parse(body: bytes) -> etree._Element:
    """Parse a document without declarations: so no entities, and nothing from elsewhere."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadEnvelope(f"Couldn't create SOAP message: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadEnvelope("Couldn't create SOAP message: it has a document type")
    return root
