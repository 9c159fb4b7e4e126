"""The reader: an account that may read everything, for lists that ICAT's rules make slow.

The files of one dataset and the datasets of one investigation are such lists. Whether the user may
see the dataset or investigation is asked with the user's own session and remembered for a while;
then the list is read by the reader. A query that looks anywhere else, by a condition, an order or
an include, is the user's own: the reader would see there what the user may not.
"""

import logging
from collections.abc import Iterable, Iterator
from threading import Lock

from cachetools import TTLCache

from datagateway_api.backends.base import Caller, Credentials
from datagateway_api.backends.icat.clients import Clients
from datagateway_api.backends.icat.connecting import Copy
from datagateway_api.backends.icat.errors import translated
from datagateway_api.backends.icat.searches import Searches
from datagateway_api.backends.icat.sessions import Sessions
from datagateway_api.core.errors import ApiError
from datagateway_api.core.query.model import (
    AllOf,
    Comparison,
    Condition,
    Not,
    Path,
    Query,
    Related,
)
from datagateway_api.core.query.operators import EQ

log = logging.getLogger(__name__)

PARENTS = {"Datafile": "dataset", "Dataset": "investigation"}
MOST_REMEMBERED = 128
SECONDS_REMEMBERED = 600


class Reader:
    """Decides which queries the reader may answer. Safe between threads."""

    def __init__(
        self,
        account: Credentials,
        clients: Clients[Copy],
        sessions: Sessions,
        searches: Searches,
    ) -> None:
        """Take the reader's account and what asks ICAT."""
        self._account = account
        self._clients = clients
        self._sessions = sessions
        self._searches = searches
        self._seen: TTLCache[tuple[str, str, int], bool] = TTLCache(
            MOST_REMEMBERED, SECONDS_REMEMBERED
        )
        self._lock = Lock()

    def for_query(self, caller: Caller, query: Query) -> Caller | None:
        """Return the reader for a query that it may answer for a user, else None.

        A reader that cannot log in is a matter for the log: the user's own query does, too.
        """
        id_ = parent_id(query)
        if id_ is None or not self._sees(caller, query, id_):
            return None
        try:
            with translated():
                return self._sessions.service_caller(self._account)
        except ApiError as error:
            log.error("the reader of use_reader_for_performance cannot log in: %s", error)
            return None

    def _sees(self, caller: Caller, query: Query, id_: int) -> bool:
        relation = query.entity.relations[PARENTS[query.entity.name]]
        parent = self._searches.schema.target(relation)
        key = (caller.user_name, parent.name, id_)
        with self._lock:
            known = self._seen.get(key)
        if known is None:
            fields = (parent.fields["id"],)
            with translated(), self._clients.lease(caller.session_id) as client:
                known = bool(self._searches.by_ids(client, parent, [id_], fields=fields))
            with self._lock:
                self._seen[key] = known
        return known


def parent_id(query: Query) -> int | None:
    """Return the id of the one parent that a query is confined to, if it looks nowhere else."""
    parent = PARENTS.get(query.entity.name)
    if parent is None or query.where is None:
        return None
    if any(include.relation.name != parent or include.children for include in query.include):
        return None
    if not all(_stays(path, parent) for path in _paths(query)):
        return None
    parts = query.where.parts if isinstance(query.where, AllOf) else (query.where,)
    return next((id_ for part in parts if (id_ := _equal_id(part, parent)) is not None), None)


def _equal_id(condition: Condition, parent: str) -> int | None:
    """Return the id that a condition demands of the parent, if that is all it does."""
    if not isinstance(condition, Comparison) or condition.operator is not EQ:
        return None
    return int(str(condition.operand)) if condition.path.names == (parent, "id") else None


def _stays(path: Path | None, parent: str) -> bool:
    return path is not None and path.names[:-1] in ((), (parent,))


def _paths(query: Query) -> Iterator[Path | None]:
    """Yield all paths that a query looks along, None for a way that is not told by a path."""
    yield from _condition_paths(query.where)
    yield from (key.path for key in query.order)
    yield from query.distinct
    yield from query.group_by


def _condition_paths(condition: Condition | None) -> Iterable[Path | None]:
    match condition:
        case None:
            return ()
        case Comparison(path):
            return (path,)
        case Related():
            return (None,)
        case Not(part):
            return _condition_paths(part)
    return (path for part in condition.parts for path in _condition_paths(part))
