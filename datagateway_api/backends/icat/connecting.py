"""Clients of python-icat: the first one learns about ICAT, all others are cheap copies of it.

The first client fetches and parses the WSDL and asks for the description of each of ICAT's
entities, which takes a second and more than fifty calls. A copy shares what was learned and has its
own session and its own transport, made by python-icat's rules for TLS and proxies. No client ever
logs out by itself: sessions belong to users.
"""

import logging
from dataclasses import dataclass
from typing import Any

import icat.client
import suds.client
import suds.options
from icat.sslcontext import HTTPSTransport

from datagateway_api.backends.icat.errors import reached
from datagateway_api.core.entities import Entity, Schema


@dataclass(frozen=True, slots=True)
class Access:
    """Where ICAT is and how it is reached; ``timeout`` is in seconds, for one call."""

    url: str
    check_cert: bool = True
    timeout: float = 30.0


class First(icat.client.Client):
    """The client that learns about ICAT; it logs nobody out."""

    def set_options(self, **options: Any) -> None:
        """Set suds' options, the time limit last: another transport brings its own."""
        limits = {name: options.pop(name) for name in ("timeout",) if name in options}
        super().set_options(**options)
        super().set_options(**limits)

    def cleanup(self) -> None:
        """Leave all sessions as they are."""


class Copy(icat.client.Client):
    """A client that shares with the first one what that has learned."""

    def __init__(self, first: icat.client.Client) -> None:
        """Take the first client. Nothing is fetched, so this takes a fraction of a millisecond."""
        self.ids = None
        self.sessionId: str | None = None
        self.autoLogout = False
        self.url = first.url
        self.kwargs = first.kwargs
        self.apiversion = first.apiversion
        self.entityInfoCache = first.entityInfoCache
        self.typemap = first.typemap
        self.sslContext = first.sslContext
        self.options = suds.options.Options()
        proxy = first.kwargs.get("proxy") or {}
        self.set_options(transport=HTTPSTransport(first.sslContext, proxy=proxy))
        self.set_options(timeout=first.options.timeout, cache=None)
        self.wsdl = first.wsdl
        self.factory = first.factory
        self.service = suds.client.ServiceSelector(self, first.wsdl.services)
        self.sd = first.sd
        self.messages: dict[str, Any] = {"tx": None, "rx": None}
        self._schedule_auto_refresh("never")
        self._keep_opener()

    def cleanup(self) -> None:
        """Forget the session without ending it."""
        self.sessionId = None

    def _keep_opener(self) -> None:
        """Let the transport make its chain of handlers once, not with every call."""
        transport = self.options.transport
        transport.proxy = transport.options.proxy
        transport.urlopener = transport.u2opener()


def first_client(access: Access) -> icat.client.Client:
    """Connect to ICAT and learn about it.

    Raises BackendUnavailable when it cannot be reached, BackendError when it is no ICAT.
    """
    # What suds writes for debugging holds passwords and session ids.
    logging.getLogger("suds").setLevel(logging.WARNING)
    with reached():
        return First(access.url, checkCert=access.check_cert, timeout=access.timeout, cache=None)


def location(client: icat.client.Client) -> str:
    """Return the address that the WSDL gives for calls."""
    return str(client.wsdl.services[0].ports[0].location)


def schema_of(client: icat.client.Client, newest: Schema) -> Schema:
    """Return the part of the newest schema that ICAT, as it described itself, has."""
    known = {
        cls.BeanName: cls.MetaAttr | cls.InstAttr | cls.InstRel | cls.InstMRel
        for cls in client.typemap.values()
        if cls.BeanName is not None
    }

    def has_column(entity: Entity, column: str) -> bool:
        names = [field.name for field in entity.fields.values() if field.column == column]
        names += [relation.name for relation in entity.to_one if relation.column == column]
        return any(name in known[entity.name] or name == "id" for name in names)

    return newest.cut(lambda entity: entity.name in known, has_column)
