"""Which of several pytest processes runs what: most side by side, the live tests by themselves.

`pytest -n 2 --dist loadscope` starts two processes. A module, or a class in one, runs in one of
them, so that what it set up is set up once. The live tests watch the time and stop servers; they
come last, in one process, when the others have ended.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

ALONE = "test/live/"


def is_alone(node_id: str) -> bool:
    """Say whether a test must have the machine for itself."""
    return node_id.startswith(ALONE)


class Scheduling(LoadScopeScheduling):
    """xdist's own distribution by module and class, with the live tests at the end."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        # The order of the collection, which has the live tests last.
        config.option.loadscopereorder = False
        super().__init__(config, log)
        self._last: WorkerController | None = None

    def remove_node(self, node: WorkerController) -> str | None:
        crashed = super().remove_node(node)
        for other in self.nodes:
            self._reschedule(other)
        return crashed

    def _split_scope(self, nodeid: str) -> str:
        """Leave parameters out, which may have colons."""
        return super()._split_scope(nodeid.split("[", 1)[0])

    def _reschedule(self, node: WorkerController) -> None:
        if not self._must_wait(node):
            super()._reschedule(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if not self._must_wait(node):
            super()._assign_work_unit(node)

    def _must_wait(self, node: WorkerController) -> bool:
        """Say whether only live tests are left and others still run; end all but one process."""
        if not self.workqueue or not is_alone(next(iter(self.workqueue))):
            return False
        if self._last not in self.nodes:
            self._last = node
        if node is not self._last and not node.shutting_down:
            node.shutdown()
        return len(self.nodes) > 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the live tests last, in one process as well."""
    items.sort(key=lambda item: is_alone(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Distribute by module and class, if that is what was asked for."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadscope" else None
