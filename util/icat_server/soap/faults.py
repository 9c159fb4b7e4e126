"""SOAP faults: ICAT's exceptions, and what JAX-WS says of a call that cannot be made."""

from util.icat_server.contract import NAMESPACE
from util.icat_server.errors import IcatError
from util.icat_server.soap.envelope import ENVELOPE
from util.icat_server.soap.text import escape


def icat_fault(error: IcatError) -> bytes:
    """Return the fault for one of ICAT's exceptions."""
    message = escape(error.message)
    detail = (
        f'<detail><ns2:IcatException xmlns:ns2="{NAMESPACE}"><message>{message}</message>'
        f"<offset>{error.offset}</offset><type>{error.kind}</type></ns2:IcatException></detail>"
    )
    return _fault("S:Server", message, detail)


def client_fault(message: str) -> bytes:
    """Return the fault for what is no call of this service."""
    return _fault("S:Client", escape(message), "")


def server_fault(message: str) -> bytes:
    """Return the fault for a call that the service cannot make sense of."""
    return _fault("S:Server", escape(message), "")


def _fault(code: str, escaped: str, detail: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<S:Envelope xmlns:S="{ENVELOPE}"><S:Body><S:Fault><faultcode>{code}</faultcode>'
        f"<faultstring>{escaped}</faultstring>{detail}</S:Fault></S:Body></S:Envelope>"
    ).encode()
