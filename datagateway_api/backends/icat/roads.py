"""The two roads to a search's answer: SOAP, and ICAT's REST interface where there is one.

Both give the same rows. REST sends JSON, which takes a fraction of the time to read, and knows
nulls and control characters; but it takes the query in the address, so long queries go by SOAP.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import icat.client
import orjson
from suds.transport import Request, TransportError

from datagateway_api.backends.icat.connecting import location
from datagateway_api.backends.icat.errors import Fault, reached
from datagateway_api.backends.icat.records import Row, Shape, tuple_of_element
from datagateway_api.backends.icat.soap import CALLS, call_in_session, element, texts
from datagateway_api.backends.icat.values import JSON, XML
from datagateway_api.core.entities import FieldType
from datagateway_api.core.errors import ApiError

SOAP_PATH, REST_PATH = "/ICATService", "/icat"
LONGEST_ADDRESS = 6000
"""Characters of an address that any server takes; many refuse more than 8192."""


class Road(ABC):
    """How searches are sent and their answers read, with the client's session."""

    @abstractmethod
    def takes(self, query: str) -> bool:
        """Say whether this road can carry a query."""

    @abstractmethod
    def rows(self, client: icat.client.Client, query: str, shape: Shape) -> list[Row]:
        """Return the objects that a query selects."""

    @abstractmethod
    def tuples(
        self, client: icat.client.Client, query: str, types: Sequence[FieldType]
    ) -> list[list[object]]:
        """Return the rows of a query that selects several values."""

    @abstractmethod
    def numbers(self, client: icat.client.Client, query: str) -> list[int]:
        """Return the values of a query that selects one whole number."""


class SoapRoad(Road):
    """Searches by SOAP."""

    def takes(self, query: str) -> bool:
        return True

    def rows(self, client: icat.client.Client, query: str, shape: Shape) -> list[Row]:
        return [shape.of_element(item) for item in self._search(client, query)]

    def tuples(
        self, client: icat.client.Client, query: str, types: Sequence[FieldType]
    ) -> list[list[object]]:
        readers = [XML[type_] for type_ in types]
        return [tuple_of_element(readers, item) for item in self._search(client, query)]

    def numbers(self, client: icat.client.Client, query: str) -> list[int]:
        return [int(text) for text in texts(self._search(client, query))]

    def _search(self, client: icat.client.Client, query: str) -> Any:
        return call_in_session(client, "search", element("query", query))


class RestRoad(Road):
    """Searches by ICAT's REST interface, over python-icat's transport."""

    def __init__(self, base: str) -> None:
        """Take the address of the interface."""
        self._base = base

    def is_there(self, client: icat.client.Client) -> bool:
        """Say whether the interface answers."""
        try:
            return isinstance(orjson.loads(self._got(client, f"{self._base}/version")), dict)
        except (ApiError, Fault, orjson.JSONDecodeError):
            return False

    def takes(self, query: str) -> bool:
        return len(query) < LONGEST_ADDRESS and len(urlencode({"q": query})) < LONGEST_ADDRESS

    def rows(self, client: icat.client.Client, query: str, shape: Shape) -> list[Row]:
        found = []
        for item in self._search(client, query):
            (inner,) = item.values()
            found.append(shape.of_object(inner))
        return found

    def tuples(
        self, client: icat.client.Client, query: str, types: Sequence[FieldType]
    ) -> list[list[object]]:
        readers = [JSON[type_] for type_ in types]
        return [
            [None if v is None else read(v) for read, v in zip(readers, item, strict=False)]
            for item in self._search(client, query)
        ]

    def numbers(self, client: icat.client.Client, query: str) -> list[int]:
        return [int(value) for value in self._search(client, query) if value is not None]

    def _search(self, client: icat.client.Client, query: str) -> list[Any]:
        parameters = urlencode({"sessionId": client.sessionId or "", "query": query})
        answer = self._got(client, f"{self._base}/entityManager?{parameters}")
        try:
            found: list[Any] = orjson.loads(answer)
        except orjson.JSONDecodeError:
            # Java writes numbers that JSON does not know, such as NaN.
            found = json.loads(answer)
        return found

    def _got(self, client: icat.client.Client, address: str) -> bytes:
        CALLS.count += 1
        with reached():
            try:
                with client.options.transport.open(Request(address)) as answer:
                    body: bytes = answer.read()
                return body
            except TransportError as error:
                fault = _fault(error)
                if fault is None:
                    raise
                raise fault from error


def rest_road(client: icat.client.Client) -> RestRoad:
    """Return the road to the REST interface beside the SOAP service."""
    return RestRoad(location(client).partition(SOAP_PATH)[0] + REST_PATH)


def _fault(error: TransportError) -> Fault | None:
    """Return what ICAT said instead of an answer, or None when it was not ICAT that spoke."""
    body = error.fp.read() if error.fp is not None else b""
    if error.fp is not None:
        error.fp.close()
    try:
        found = orjson.loads(body)
        return Fault(found["code"], found["message"], found.get("offset"))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
