"""The promises of ``Backend``, one test each; every implementation's tests subclass this."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import pytest

from datagateway_api.backends.base import Backend
from test.contract.asking import Asking
from test.contract.promises_conditions import ConditionPromises
from test.contract.promises_own_conditions import OwnConditionPromises
from test.contract.promises_rows import RowPromises
from test.contract.promises_sessions import SessionPromises
from test.contract.served import Served


class BackendContract(SessionPromises, RowPromises, ConditionPromises, OwnConditionPromises, ABC):
    """Sections 2, 3 and 6 of the specification, as far as a backend keeps them.

    A subclass gives ``served``: the small catalogue (`test.support.catalogue`) behind its
    implementation, best filled once for all its tests, which leave the rows as they are.
    """

    @pytest.fixture
    @abstractmethod
    def served(self) -> Iterator[Served]:
        """Yield the small catalogue behind an implementation."""

    @pytest.fixture
    def backend(self, served: Served) -> Backend:
        return served.backend

    @pytest.fixture
    def ask(self, backend: Backend) -> Asking:
        return Asking(backend)

    def test_the_schema_is_always_the_same_object(self, backend: Backend):
        assert backend.schema() is backend.schema()

    def test_the_schema_has_every_entity_of_the_newest_icat(self, backend: Backend):
        assert len(backend.schema().entities) == 53
