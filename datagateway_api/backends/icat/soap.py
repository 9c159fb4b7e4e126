"""Calls of ICAT's SOAP service over python-icat's transport, answered as parsed XML.

python-icat leaves messages to suds, which builds an object for each element of an answer: forty
times the time that ICAT itself takes. So the envelopes are written and read here, while addresses,
sessions, TLS and proxies stay with python-icat's client.
"""

import re
import threading
from collections.abc import Iterator
from typing import TypeAlias
from xml.sax.saxutils import escape

import icat.client
from lxml import etree
from suds.transport import Request, TransportError

from datagateway_api.backends.icat.connecting import location
from datagateway_api.backends.icat.errors import Fault, reached
from datagateway_api.core.errors import BackendError, BadRequest

Element: TypeAlias = etree._Element

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ICAT = "http://icatproject.org"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL = f"{{{XSI}}}nil"
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}

_OPENING = (
    f'<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="{ENVELOPE}" '
    f'xmlns:i="{ICAT}" xmlns:xsi="{XSI}"><S:Body>'
)
_CLOSING = "</S:Body></S:Envelope>"
_NO_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FAULT_STATUS = 500


class Calls(threading.local):
    """How many calls a thread has made."""

    count = 0


CALLS = Calls()


def text_xml(text: str) -> str:
    """Return a text as it stands in XML; a carriage return would be read as a line feed.

    Raises BadRequest for characters that XML, and so ICAT's service, cannot carry.
    """
    found = _NO_XML.search(text)
    if found is not None:
        raise BadRequest(f"ICAT cannot take the character U+{ord(found[0]):04X}, leave it out")
    return escape(text, {"\r": "&#13;"})


def element(name: str, text: str) -> str:
    """Return an element that holds a text."""
    return f"<{name}>{text_xml(text)}</{name}>"


def call(client: icat.client.Client, operation: str, content: str = "") -> Element:
    """Call an operation, whose content is XML, and return the element that answers it.

    Raises Fault for what ICAT answers instead, BackendUnavailable, BackendTimeout, BackendError.
    """
    message = f"{_OPENING}<i:{operation}>{content}</i:{operation}>{_CLOSING}"
    answer = _parsed(_sent(client, message.encode()))
    body = answer.find(f"{{{ENVELOPE}}}Body")
    if body is None or len(body) == 0:
        raise BackendError("what answers at icat_url is no ICAT: it sent no envelope")
    if body[0].tag == f"{{{ENVELOPE}}}Fault":
        raise _fault(body[0])
    return body[0]


def call_in_session(client: icat.client.Client, operation: str, content: str = "") -> Element:
    """Call an operation that wants a session: the client's own."""
    return call(client, operation, element("sessionId", client.sessionId or "") + content)


def one_text(answer: Element) -> str:
    """Return the one value that an operation returned as text."""
    return answer.findtext("return") or ""


def texts(answer: Element) -> Iterator[str]:
    """Yield the values that an operation returned as texts."""
    return (item.text or "" for item in answer)


def _sent(client: icat.client.Client, message: bytes) -> bytes:
    CALLS.count += 1
    request = Request(location(client), message)
    request.headers = dict(HEADERS)
    with reached():
        try:
            answer: bytes = client.options.transport.send(request).message
        except TransportError as error:
            if error.httpcode != _FAULT_STATUS:
                raise
            answer = error.fp.read()
            error.fp.close()
    return answer


def _parsed(answer: bytes) -> Element:
    """Parse an answer; characters that XML forbids, which old rows may hold, are left out."""
    for recovers in (False, True):
        parser = etree.XMLParser(
            recover=recovers, huge_tree=True, resolve_entities=False, no_network=True
        )
        try:
            root: Element | None = etree.fromstring(answer, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root
    raise BackendError("what answers at icat_url is no ICAT: it sent no XML")


def _fault(fault: Element) -> Fault:
    detail = fault.find(f"detail/{{{ICAT}}}IcatException")
    message = fault.findtext("faultstring") or ""
    if detail is None:
        return Fault("INTERNAL", message)
    offset = int(detail.findtext("offset") or -1)
    return Fault(detail.findtext("type") or "INTERNAL", message, offset if offset >= 0 else None)
