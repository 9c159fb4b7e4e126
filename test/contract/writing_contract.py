"""The promises of ``Backend`` about writing; every implementation's tests subclass this."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import pytest

from datagateway_api.backends.base import Caller
from test.contract.promises_creating import CreatingPromises
from test.contract.promises_deleting import DeletingPromises
from test.contract.promises_hooks import HookPromises
from test.contract.promises_updating import UpdatingPromises
from test.contract.served import Served
from test.contract.writing import Writing


class WritingContract(CreatingPromises, UpdatingPromises, DeletingPromises, HookPromises, ABC):
    """Section 4 of the specification.

    A subclass gives ``served``: the small catalogue behind its implementation, for these tests
    only. Each test works on objects of its own; the small catalogue's may get new neighbours.
    """

    @pytest.fixture
    @abstractmethod
    def served(self) -> Iterator[Served]:
        """Yield the small catalogue behind an implementation."""

    @pytest.fixture
    def write(self, served: Served) -> Writing:
        return Writing(served.backend)

    @pytest.fixture
    def other(self, served: Served) -> Caller:
        """Somebody else's session."""
        return served.backend.authenticate(served.backend.login(served.right))
