"""What the search knows of a catalogue: the mapping bound to its schema, its units, its rules."""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

from datagateway_api.core.entities import Schema
from datagateway_api.core.query.model import Path
from datagateway_api.search.binding import bind
from datagateway_api.search.mapping_file import Faults, MappingFile
from datagateway_api.search.reading import Reader
from datagateway_api.search.science.techniques import Hierarchy
from datagateway_api.search.translate import Knowledge
from datagateway_api.search.visibility import Visibility

SECONDS_KEPT: Final = 5.0


class Knowing:
    """Makes and keeps the knowledge of the catalogue that a reader reads. Safe between threads."""

    def __init__(
        self,
        file: MappingFile,
        rules: Mapping[str, object],
        hierarchy: Hierarchy,
        reader: Reader,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the mapping, the rules of visibility and the techniques, without connecting."""
        self._file = file
        self._rules = rules
        self._hierarchy = hierarchy
        self._reader = reader
        self._clock = clock
        self._lock = Lock()
        self._known: tuple[Schema, Knowledge] | None = None
        self._units: tuple[float, tuple[str, ...]] = (float("-inf"), ())

    def now(self) -> Knowledge:
        """Return what is known. Raises BackendUnavailable when the catalogue is away."""
        schema = self._reader.schema
        with self._lock:
            if self._known is None or self._known[0] is not schema:
                visibility = Visibility(schema, self._rules, Faults())
                mapping = bind(self._file, schema)
                knowledge = Knowledge(mapping, visibility, self._hierarchy, self.units)
                self._known = (schema, knowledge)
            return self._known[1]

    def units(self) -> tuple[str, ...]:
        """Return the unit texts of the catalogue's parameters, some seconds old at the most."""
        made, units = self._units
        if self._clock() - made > SECONDS_KEPT:
            made = self._clock()
            units = tuple(sorted(self._read_units()))
            self._units = (made, units)
        return units

    def _read_units(self) -> set[str]:
        sources = self.now().mapping.sources["Parameter"]
        holders = {
            (self._reader.schema.target(path.relations[-1]), path.field)
            for source in sources
            for path in source.attributes["unit"]
            if path.relations
        }
        return {
            text
            for entity, field in holders
            for (text,) in self._reader.rows(entity, (Path((), field),), True)
            if text is not None
        }
