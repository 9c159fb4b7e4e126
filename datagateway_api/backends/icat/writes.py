"""Creating, updating and deleting through ICAT, which checks, cascades and authorises.

What a request creates is one ``createMany``: one transaction of ICAT's. ICAT updates one object a
call, and takes it whole. So each is read first and goes back as it came but for what changes; when
one of several is refused, those before it are put back as they were. Between the reading and the
update of an object somebody else can change it, and ICAT has no lock against that: the times of
If-Match are compared after the reading, so what remains is the time of a call or two.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import icat.client

from datagateway_api.backends.icat import beans
from datagateway_api.backends.icat.diagnosis import Stored, explain, missing_targets
from datagateway_api.backends.icat.errors import Fault, meaning
from datagateway_api.backends.icat.records import Row
from datagateway_api.backends.icat.searches import LONGEST_IN, Searches
from datagateway_api.backends.icat.soap import Element, call_in_session, element, texts
from datagateway_api.backends.icat.values import body_of, moment
from datagateway_api.core.entities import Entity, Relation
from datagateway_api.core.errors import ApiError, BackendError, Forbidden, NotFound
from datagateway_api.core.writing.check import check_unmodified, refuse
from datagateway_api.core.writing.keys import check_among
from datagateway_api.core.writing.model import Change, Draft, Moments, written_tree

log = logging.getLogger(__name__)


class Writer:
    """Writes with one client, which has the user's session."""

    def __init__(self, client: icat.client.Client, searches: Searches) -> None:
        """Take the client and what reads with it."""
        self._client = client
        self._searches = searches

    def create(self, drafts: Sequence[Draft]) -> bytes:
        """Create objects of one entity, and all below them; return them in order.

        What the user may create but not read is answered with its id alone.
        """
        everything = [draft for top in drafts for draft in top.walk()]
        check_among(everything)
        types = self._types(everything)
        content = "".join(
            beans.bean("beans", draft.entity, beans.of_draft(draft, types)) for draft in drafts
        )
        try:
            answer = call_in_session(self._client, "createMany", content)
        except Fault as fault:
            raise explain(fault, self._client, self._searches, everything) from fault
        ids = [int(text) for text in texts(answer)]
        tree = written_tree(drafts)
        found = self._searches.by_ids(self._client, drafts[0].entity, ids, tree)
        return _in_order(ids, found)

    def update(self, changes: Sequence[Change]) -> bytes:
        """Change objects of one entity; return them in order."""
        entity = changes[0].entity
        stored = self._stored(entity, [change.id for change in changes])
        for change in changes:
            if change.id not in stored:
                where = f"{change.place}: " if change.place else ""
                raise NotFound(f"{where}{_unknown(entity, change.id)}")
        check_unmodified(changes, {id_: _mod_time(found) for id_, found in stored.items()})
        problems = missing_targets(Stored(self._client, self._searches), changes)
        if problems:
            raise refuse(problems)
        self._check_hidden(changes, stored)
        types = self._types(changes)
        self._update_all(changes, stored, types)
        ids = [change.id for change in changes]
        return _in_order(ids, self._searches.by_ids(self._client, entity, ids))

    def delete(self, entity: Entity, id_: int, unmodified: Moments | None) -> None:
        """Delete an object and all that depends on it."""
        if unmodified is not None:
            stored = self._stored(entity, [id_])
            if id_ not in stored:
                raise NotFound(_unknown(entity, id_))
            doomed = Change("", entity, id_, {}, {}, unmodified)
            check_unmodified([doomed], {id_: _mod_time(stored[id_])})
        try:
            content = beans.bean("bean", entity, element("id", str(id_)))
            call_in_session(self._client, "delete", content)
        except Fault as fault:
            if fault.type != "NO_SUCH_OBJECT_FOUND":
                raise
            raise NotFound(_unknown(entity, id_)) from fault

    def _update_all(
        self,
        changes: Sequence[Change],
        stored: Mapping[int, Element],
        types: beans.Types,
    ) -> None:
        """Update one object after the other; put those updated back when one is refused."""
        for number, change in enumerate(changes):
            try:
                self._update_one(change.entity, beans.of_change(change, stored[change.id], types))
            except (Fault, ApiError) as error:
                self._undo(changes[:number], stored, error)
                if isinstance(error, ApiError):
                    raise
                raise explain(error, self._client, self._searches, changes) from error

    def _update_one(self, entity: Entity, content: str) -> None:
        call_in_session(self._client, "update", beans.bean("bean", entity, content))

    def _undo(
        self, done: Sequence[Change], stored: Mapping[int, Element], error: Fault | ApiError
    ) -> None:
        """Put objects back as they were, the last first. Raises BackendError where that fails."""
        left = list(done)
        try:
            while left:
                self._update_one(left[-1].entity, beans.of_stored(stored[left[-1].id]))
                left.pop()
        except (Fault, ApiError) as failure:
            reason = error if isinstance(error, ApiError) else meaning(error)
            ids = ", ".join(str(change.id) for change in left)
            log.error("changes of %s %s could not be undone", left[0].entity.name, ids)
            raise BackendError(
                f"{reason.message}; what was changed before could not be put back: "
                f"{left[0].entity.name} {ids}"
            ) from failure

    def _stored(self, entity: Entity, ids: Sequence[int]) -> dict[int, Element]:
        """Return objects with their to-one relations, as ICAT returns them."""
        include = " INCLUDE 1" if entity.to_one else ""
        found: dict[int, Element] = {}
        for start in range(0, len(ids), LONGEST_IN):
            search = self._searches.statements.by_ids(entity, ids[start : start + LONGEST_IN], ())
            query = element("query", search.all() + include)
            for item in call_in_session(self._client, "search", query):
                found[int(item.findtext("id") or 0)] = item
        return found

    def _types(self, items: Iterable[Draft | Change]) -> beans.Types:
        """Return the types that parameters are to have."""
        wanted: dict[int, None] = {}
        for item in items:
            if beans.is_parameter(item.entity):
                ids = (id_ for relation, id_ in item.keys.items() if relation.name == beans.TYPE)
                wanted.update((id_, None) for id_ in ids if id_ is not None)
        return self._stored(self._searches.schema.entities["ParameterType"], list(wanted))

    def _check_hidden(self, changes: Sequence[Change], stored: Mapping[int, Element]) -> None:
        """Refuse to update where the user may not read a related object.

        ICAT leaves such a relation out, and would take it for one that is to be cleared.
        """
        for relation in changes[0].entity.to_one:
            absent = [
                change
                for change in changes
                if relation not in change.keys and stored[change.id].find(relation.name) is None
            ]
            hidden = self._related(changes[0].entity, relation, [c.id for c in absent])
            for change in absent:
                if change.id in hidden:
                    where = f"{change.place}: " if change.place else ""
                    raise Forbidden(
                        f"{where}{change.entity.name} {change.id} cannot be changed by a user who "
                        f"may not read its {relation.name}"
                    )

    def _related(self, entity: Entity, relation: Relation, ids: Sequence[int]) -> set[int]:
        """Return which objects have a relation, be its target readable or not."""
        found: set[int] = set()
        for start in range(0, len(ids), LONGEST_IN):
            search = self._searches.statements.related(
                entity, relation, ids[start : start + LONGEST_IN]
            )
            query = element("query", search.all())
            answer = call_in_session(self._client, "search", query)
            found.update(int(text) for text in texts(answer))
        return found


def _in_order(ids: Sequence[int], found: Mapping[int, Row]) -> bytes:
    return body_of([found.get(id_, {"id": id_}) for id_ in ids])


def _mod_time(stored: Element) -> datetime:
    return moment(stored.findtext("modTime") or "")


def _unknown(entity: Entity, id_: int) -> str:
    return f"there is no {entity.name} with id {id_}"
