"""Giving the PaNOSC scoring service the documents that it is to score.

The service pulls nothing: it knows what it was sent. Its weights are computed when it is told to,
which takes a while and is left to the operator, see :func:`start_computing`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import quote

from datagateway_api.core.errors import BackendUnavailable
from datagateway_api.search.science.relevance.exchange import Failed, ask
from datagateway_api.search.science.relevance.scorer import Item

AT_ONCE: Final = 200
_PAGE: Final = 1000
_RUNNING: Final = 409
_FIELD: Final = "t"
"""The service scores names of fields too, unless they have one letter."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What was sent: how many documents were new, changed, and gone."""

    added: int
    changed: int
    removed: int


class Feeder:
    """Keeps what a service knows of a group equal to the documents that there are."""

    def __init__(self, api_url: str, *, seconds: float) -> None:
        """Take the address for scores, which ends in `/score`, and how long an answer may take."""
        self._base = api_url.rstrip("/").removesuffix("/score")
        self._seconds = seconds

    def feed(self, group: str, items: Iterable[Item]) -> Fed:
        """Send new and changed documents and remove others. Raises BackendUnavailable."""
        try:
            known = dict(self._known(group))
            added = changed = 0
            differing = _differing(items, known)
            while batch := [*islice(differing, AT_ONCE)]:
                for item, is_known in batch:
                    if is_known:
                        # Replacing is not offered for ids with a slash, as every DOI has.
                        self._remove(item.id)
                        changed += 1
                added += sum(not is_known for _, is_known in batch)
                self._send(group, [item for item, _ in batch])
            # What was met is taken out on the way: these are left.
            for gone in known:
                self._remove(gone)
        except Failed as error:
            raise BackendUnavailable(f"the scoring service cannot be fed: {error}") from error
        return Fed(added, changed, len(known))

    def start_computing(self) -> bool:
        """Have the service compute its weights; say no when it is at it. Raises likewise."""
        try:
            ask("POST", f"{self._base}/compute", seconds=self._seconds)
        except Failed as error:
            if error.status == _RUNNING:
                return False
            raise BackendUnavailable(f"the scoring service cannot compute: {error}") from error
        return True

    def _known(self, group: str) -> Iterator[tuple[str, object]]:
        """Yield the ids of a group with their fields."""
        offset = 0
        while True:
            url = f"{self._base}/items/?limit={_PAGE}&offset={offset}"
            page = ask("GET", url, seconds=self._seconds)
            if not isinstance(page, list):
                raise Failed("its list of items is none")
            for entry in page:
                if isinstance(entry, dict) and entry.get("group") == group:
                    yield str(entry.get("id")), entry.get("fields")
            if len(page) < _PAGE:
                return
            offset += len(page)

    def _send(self, group: str, items: Iterable[Item]) -> None:
        body = [{"id": item.id, "group": group, "fields": _fields(item)} for item in items]
        ask("POST", f"{self._base}/items/", body, seconds=self._seconds)

    def _remove(self, id_: str) -> None:
        ask("DELETE", f"{self._base}/items/{quote(id_, safe='/')}", seconds=self._seconds)


def _fields(item: Item) -> Mapping[str, str]:
    # The service reads the fields as JSON text, where a line break would become a letter n.
    return {_FIELD: " ".join(item.text.split())}


def _differing(items: Iterable[Item], known: dict[str, object]) -> Iterator[tuple[Item, bool]]:
    """Yield items that are not known as they are, and whether they are known at all."""
    met: set[str] = set()
    for item in items:
        if item.id in met:
            continue
        met.add(item.id)
        is_known = item.id in known
        if known.pop(item.id, None) != _fields(item):
            yield item, is_known
