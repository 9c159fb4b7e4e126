"""The operations of the resources that belong to no entity, in OpenAPI."""

from collections.abc import Mapping

from flask_restful import Resource

from datagateway_api.catalogue.resources import Ping
from datagateway_api.web.openapi import FAILURES, Json, failures, success
from datagateway_api.web.openapi_sessions import session_operations
from datagateway_api.web.sessions import Sessions


def plain_operations(*, allows_anon: bool) -> Mapping[type[Resource], Mapping[str, Json]]:
    """Return the operations of the resources that belong to no entity, by method."""
    return {Sessions: session_operations(allows_anon=allows_anon), Ping: {"GET": _ping()}}


def _ping() -> Json:
    return {
        "tags": ["Service"],
        "operationId": "ping",
        "summary": "Ask whether the catalogue answers",
        "security": [],
        "responses": {"200": success("It does.", {"type": "string"}), **failures(*FAILURES)},
    }
