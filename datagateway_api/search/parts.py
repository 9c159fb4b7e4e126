"""What a search is put together from: the mapping, the techniques and the scorer of a section."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final, TypeVar

from datagateway_api.backends.base import Backend, Credentials
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.search import mapping_file
from datagateway_api.search.binding import bind
from datagateway_api.search.knowing import Knowing
from datagateway_api.search.mapping_file import Faults, MappingFile
from datagateway_api.search.reading import Reader
from datagateway_api.search.science.relevance.builtin import BuiltinScorer
from datagateway_api.search.science.relevance.scorer import Scorer
from datagateway_api.search.science.relevance.service import ServiceScorer
from datagateway_api.search.science.techniques import Hierarchy
from datagateway_api.search.scoring import GROUPS, Scoring
from datagateway_api.search.service import Search
from datagateway_api.search.settings import ScoringSettings, SearchSection
from datagateway_api.search.visibility import PUBLIC_BY_DATE, Visibility

EXAMPLE: Final = "search_api_mapping.json.example"
KEY: Final = "search_api"
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Parts:
    """What is read once, at start. Without a scorer nothing is scored."""

    file: MappingFile
    hierarchy: Hierarchy
    scorer: Scorer | None

    def search(self, section: SearchSection, backend: Backend) -> Search:
        """Put the search together, without HTTP and without connecting."""
        credentials = Credentials(section.mechanism, section.username, section.password)
        reader = Reader(backend, credentials)
        rules = rules_of(self.file, has_permissions=section.backend == "python_icat")
        knowing = Knowing(self.file, rules, self.hierarchy, reader)
        scoring = Scoring(self.scorer, section.default_score, groups_of(section))
        return Search(reader, knowing, scoring, section.facility)


def parts_of(section: SearchSection) -> Parts:
    """Read what a section names. Raises ConfigurationError with every fault and its key."""
    problems: list[str] = []
    file = _tried("mapping_file", lambda: checked_mapping(section.mapping_file), problems)
    hierarchy = _tried("panet_file", lambda: _hierarchy(section.panet_file), problems)
    scorer = _tried("search_scoring", lambda: _scorer(section.search_scoring), problems)
    if file is None or hierarchy is None or problems:
        raise ConfigurationError(problems)
    return Parts(file, hierarchy, scorer)


def checked_mapping(path: str | None) -> MappingFile:
    """Read the mapping file, or the example, and hold all of it against ICAT's newest schema."""
    if path is None:
        with as_file(files("datagateway_api.search").joinpath(EXAMPLE)) as example:
            return _checked(example)
    return _checked(Path(path))


def rules_of(file: MappingFile, *, has_permissions: bool) -> Mapping[str, object]:
    """Return the rules of visibility: the file's, or by date where the backend has none itself."""
    if file.visibility is not None:
        return file.visibility
    return {} if has_permissions else PUBLIC_BY_DATE


def groups_of(section: SearchSection) -> Mapping[str, str]:
    """Return the scorer's group of each class that has lists."""
    return {**GROUPS, "Document": section.search_scoring.group}


def _tried(key: str, make: Callable[[], Part], problems: list[str]) -> Part | None:
    """Return what is made; what is wrong with it goes to the problems, under its key."""
    try:
        return make()
    except ConfigurationError as error:
        problems += [f"{KEY}.{key}: {problem}" for problem in error.problems]
        return None


def _checked(path: Path) -> MappingFile:
    faults = Faults()
    file = mapping_file.read(path, faults)
    schema = icat_schema.load()
    bind(file, schema, faults)
    Visibility(schema, file.visibility or {}, faults)
    if faults.found:
        raise ConfigurationError([f"{path}: {fault}" for fault in faults.found])
    return file


def _hierarchy(path: str | None) -> Hierarchy:
    return Hierarchy.empty() if path is None else Hierarchy.load(path)


def _scorer(scoring: ScoringSettings) -> Scorer | None:
    if not scoring.enabled:
        return None
    if scoring.api_url is None:
        return BuiltinScorer(scoring.index_seconds)
    return ServiceScorer(scoring.api_url, seconds=scoring.api_request_timeout, limit=scoring.limit)
