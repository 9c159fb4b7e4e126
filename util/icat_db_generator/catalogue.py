"""All rows of one catalogue: the regular ones, then the varied ones."""

from collections.abc import Iterator, Mapping
from itertools import chain

from util.icat_db_generator.facility_rows import FACILITY
from util.icat_db_generator.investigation_rows import investigation_makers
from util.icat_db_generator.parameter_rows import parameter_makers
from util.icat_db_generator.publication_rows import publication_makers
from util.icat_db_generator.rows import Row, Rows
from util.icat_db_generator.size import Size
from util.icat_db_generator.source import Maker, Source, make_pool
from util.icat_db_generator.varied_facility import add_varied_facility
from util.icat_db_generator.varied_investigations import add_varied_investigation
from util.icat_db_generator.varied_publications import add_varied_publication

LARGE = "Datafile"
"""The entity whose regular rows are made while they are written, because they may be millions."""


class Catalogue:
    """The rows of a catalogue, which depend on the seed and the size alone."""

    def __init__(self, seed: int, size: Size) -> None:
        """Make all rows but the regular datafiles."""
        self._seed = seed
        self._pool = make_pool(seed)
        self._counts = size.counts()
        investigations = investigation_makers(size)
        self._large = investigations[LARGE]
        self._rows = Rows(LARGE, self._counts[LARGE])
        self._add_regular(FACILITY)
        self._add_regular(investigations)
        self._add_regular(publication_makers(size))
        self._add_regular(parameter_makers(self._rows.of("ParameterType")))
        self._add_varied(size.varied)

    def rows(self, entity: str) -> Iterator[tuple[int, Row]]:
        """Yield an entity's rows with their ids, in order."""
        kept = self._rows.of(entity)
        if entity != LARGE:
            return iter(enumerate(kept, 1))
        return chain(self._regular(LARGE, self._large), enumerate(kept, self._counts[LARGE] + 1))

    def total(self) -> int:
        """Return the number of rows of all entities."""
        return self._rows.total()

    def _add_regular(self, makers: Mapping[str, Maker]) -> None:
        for entity, make in makers.items():
            if entity != LARGE:
                for _, row in self._regular(entity, make):
                    self._rows.add(entity, row)

    def _regular(self, entity: str, make: Maker) -> Iterator[tuple[int, Row]]:
        source = self._source(entity)
        for number in range(1, self._counts[entity] + 1):
            yield number, make(number, source)

    def _add_varied(self, count: int) -> None:
        known = add_varied_facility(self._rows)
        source = self._source("varied")
        for number in range(count):
            varied = add_varied_investigation(self._rows, number, known, source)
            add_varied_publication(self._rows, varied, known)

    def _source(self, subject: str) -> Source:
        return Source(self._pool, self._counts, self._seed, subject)
