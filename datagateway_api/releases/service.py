"""What the resources of this mode share: the store, the lists, and who is asking."""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_restful import Resource

from datagateway_api.core import dates
from datagateway_api.core.errors import BadRequest
from datagateway_api.releases.asking import Asker, flag, storable
from datagateway_api.releases.history import Author
from datagateway_api.releases.lists import Lists
from datagateway_api.releases.settings import ReleasesSection
from datagateway_api.releases.store import Store
from datagateway_api.sql.connections import Connections
from datagateway_api.web.access_log import name_user
from datagateway_api.web.auth import session_id


@dataclass(frozen=True, slots=True)
class Service:
    """One mounted mode."""

    store: Store
    section: ReleasesSection
    lists: Lists
    asker: Asker

    @classmethod
    def of(cls, section: ReleasesSection) -> "Service":
        """Build what a section asks for, without connecting."""
        store = Store(section)
        return cls(store, section, Lists(store.dialect, store.engine_dialect), Asker(section))

    @property
    def connections(self) -> Connections:
        """The connections. Raises BackendUnavailable while the store is not ready."""
        return self.store.connections

    def author(self) -> Author:
        """Return who makes the change that the request asks for.

        Raises NoCredentials, SessionInvalid, and Forbidden for anybody but a writer.
        """
        caller = self.store.authenticate(session_id())
        name_user(caller.user_name)
        return Author(caller.user_name, dates.now(), is_forced=flag("force"))


class ReleasesResource(Resource):
    """The base of this mode's resources."""

    def __init__(self, service: Service) -> None:
        """Take what they share."""
        self.service = service

    def dispatch_request(self, **names: str) -> Any:
        """Answer the request, with names from its address that can be looked for."""
        return super().dispatch_request(**{key: storable(name) for key, name in names.items()})


def nothing_asked(*known: str) -> None:
    """Raise BadRequest for query parameters that an address does not know."""
    unknown = [name for name in request.args if name not in known]
    if unknown:
        listed = ", ".join(known) or "none"
        raise BadRequest(f"unknown query parameter {unknown[0][:80]}; known here are: {listed}")
