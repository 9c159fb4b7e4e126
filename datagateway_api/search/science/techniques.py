"""The hierarchy of techniques: asked for one, what all is one of its kind.

A technique has any number of parents, and what is tagged with a technique is tagged with all of
its ancestors in meaning. Without a table every technique stands for itself.
"""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import Final

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.search.science.technique_table import (
    NAMESPACE,
    PREFIX,
    Technique,
    plain,
    read,
    without_ending,
)

_SECURE: Final = NAMESPACE.replace("http:", "https:")


class Hierarchy:
    """Techniques with their descendants; unchangeable, so threads may share it."""

    def __init__(self, techniques: Mapping[str, Technique]) -> None:
        """Take techniques by address; raise ConfigurationError for a technique above itself."""
        _refuse_cycles(techniques)
        children: dict[str, list[str]] = {}
        called: dict[str, set[str]] = {}
        for pid, technique in techniques.items():
            for parent in technique.parents:
                children.setdefault(parent, []).append(pid)
            for name in {_key(spelling) for spelling in _spellings(pid)}:
                called.setdefault(name, set()).add(pid)
            for name in technique.names:
                called.setdefault(_key(name), set()).add(pid)
        self._techniques = MappingProxyType(dict(techniques))
        self._children = children
        self._called = called

    @classmethod
    def empty(cls) -> "Hierarchy":
        """Return the hierarchy in which each technique stands for itself."""
        return cls({})

    @classmethod
    def load(cls, path: Path | str) -> "Hierarchy":
        """Read a table in PaNET's form; raise ConfigurationError with every fault and its row."""
        file = Path(path)
        try:
            return cls(read(file))
        except ConfigurationError as error:
            raise ConfigurationError([f"{file.name}: {what}" for what in error.problems]) from error

    def __len__(self) -> int:
        return len(self._techniques)

    def closure(self, asked: str) -> frozenset[str]:
        """Return the pids of a technique and of all its descendants.

        The technique is given by address, short id (`PaNET01124`), name or synonym, in any case;
        the pids come in every spelling in which data may be tagged with them. What was asked is
        always among them.
        """
        found = (spelling for pid in self._below(asked) for spelling in _spellings(pid))
        return frozenset((asked, *found))

    def names(self, asked: str) -> frozenset[str]:
        """Return the names of a technique and of all its descendants, synonyms included.

        A name comes with and without what PaNET ends most of them in ("-based techniques").
        """
        found = (name for pid in self._below(asked) for name in self._techniques[pid].names)
        return frozenset((asked, *(way for name in found for way in (name, without_ending(name)))))

    def _below(self, asked: str) -> frozenset[str]:
        """Return what a text means, with all that lies below."""
        found = set(self._called.get(_key(asked), ()))
        waiting = list(found)
        while waiting:
            for child in self._children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return frozenset(found)


def _spellings(pid: str) -> Sequence[str]:
    """Return the ways in which a technique's address is written down."""
    if not pid.startswith(NAMESPACE):
        return (pid,)
    short = pid.removeprefix(NAMESPACE)
    return (pid, _SECURE + short, short, PREFIX + short)


def _key(text: str) -> str:
    """Return a tag or a question as it is looked up: an address in lower case, a name plain."""
    return text.strip().casefold() if ":" in text else plain(text)


def _refuse_cycles(techniques: Mapping[str, Technique]) -> None:
    try:
        TopologicalSorter({pid: t.parents for pid, t in techniques.items()}).prepare()
    except CycleError as error:
        circle = [techniques[pid] for pid in error.args[1]]
        names = " below ".join(f"'{technique.names[0]}'" for technique in circle[::-1])
        raise ConfigurationError(
            [f"row {circle[0].row}: a technique cannot lie below itself: {names}"]
        ) from error
