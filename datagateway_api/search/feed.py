"""Giving an external scoring service what the search finds: all that is public, and no more."""

from collections.abc import Iterator

from datagateway_api.backends.factory import backend_for
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.search.parts import groups_of, parts_of
from datagateway_api.search.science.relevance.feeding import Fed, Feeder
from datagateway_api.search.settings import SearchSection
from datagateway_api.settings import Section


def feed(section: Section | None) -> Iterator[tuple[str, Fed]]:
    """Bring each group of the scoring service up to date, and yield what that took.

    Raises ConfigurationError when no service is named, BackendUnavailable when one of both is away.
    """
    service = feeder(section)
    assert isinstance(section, SearchSection)
    backend = backend_for(section)
    try:
        search = parts_of(section).search(section, backend)
        for entity, group in groups_of(section).items():
            yield group, service.feed(group, search.texts(entity))
    finally:
        backend.close()


def feeder(section: Section | None) -> Feeder:
    """Return what feeds the service that a section names. Raises ConfigurationError."""
    if not isinstance(section, SearchSection):
        raise ConfigurationError(["search_api: is not switched on, so there is nothing to feed"])
    scoring = section.search_scoring
    if scoring.api_url is None:
        raise ConfigurationError(
            ["search_api.search_scoring.api_url: must name the scoring service that is to be fed"]
        )
    return Feeder(scoring.api_url, seconds=scoring.api_request_timeout)
