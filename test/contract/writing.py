"""Writing through a backend in the words of the API's bodies, without HTTP."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from datagateway_api.backends.base import Backend, Caller
from datagateway_api.core import dates
from datagateway_api.core.errors import ApiError
from datagateway_api.core.query.model import Asked
from datagateway_api.core.writing.check import BodyChecker
from datagateway_api.core.writing.model import Moments
from test.contract.asking import Asking, where

NUMBERS = count(1)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error's message and its details, each as item, field and reason."""

    message: str
    details: list[tuple[object, ...]]

    @property
    def places(self) -> list[tuple[object, ...]]:
        """Item and field of each detail."""
        return [detail[:2] for detail in self.details]


def fresh(start: str = "fresh") -> str:
    """Return a name that no row has."""
    return f"{start} {next(NUMBERS)}"


class Writing(Asking):
    """Somebody logged in, who writes to one backend and reads its JSON."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._bodies = BodyChecker(backend.schema())

    def create(self, entity: str, body: Any, caller: Caller | None = None) -> Any:
        """Create an object, or a list of them, and return the same."""
        drafts = self._bodies.creation(self.entity(entity), body)
        created = json.loads(self.backend.create(caller or self.caller, drafts))
        return created if isinstance(body, list) else created[0]

    def change(
        self,
        entity: str,
        id_: int,
        body: Any,
        caller: Caller | None = None,
        unmodified: Moments | None = None,
    ) -> Any:
        """Change one object and return it."""
        change = self._bodies.change(self.entity(entity), id_, body, unmodified)
        return json.loads(self.backend.update(caller or self.caller, (change,)))[0]

    def change_all(self, entity: str, body: Any, unmodified: Moments | None = None) -> Any:
        """Change objects that hold their ids, and return them."""
        changes = self._bodies.changes(self.entity(entity), body, unmodified)
        return json.loads(self.backend.update(self.caller, changes))

    def delete(self, entity: str, id_: int, unmodified: Moments | None = None) -> None:
        self.backend.delete(self.caller, self.entity(entity), id_, unmodified)

    def total(self, *entities: str) -> list[int]:
        """Return how many rows some entities have."""
        return [self.count(entity) for entity in entities]

    def related(self, entity: str, id_: int, relation: str) -> Any:
        """Return what a relation of one object leads to."""
        return self.get(entity, id_, Asked(include=(relation,)))[relation]

    def ids_of(self, entity: str, path: str, value: object) -> list[int]:
        """Return the ids of the rows with a value at a path."""
        return self.ids(entity, where({path: value}))

    def investigation(self, **more: Any) -> Body:
        """Create an investigation of one's own, with anything below it."""
        body = {"name": fresh(), "visitId": "1", "title": "Own", "facility": 1, "type": 1}
        created: Body = self.create("Investigation", body | more)
        return created

    def dataset(self, **more: Any) -> Body:
        """Create a dataset in an investigation of one's own."""
        given = {"name": fresh(), "type": 1, **more}
        investigation = given.pop("investigation", None) or self.investigation()["id"]
        created: Body = self.create("Dataset", given | {"investigation": investigation})
        return created

    def parameter_type(self, **more: Any) -> int:
        """Create a type of parameters of datasets and return its id."""
        body = {"name": fresh(), "units": "K", "facility": 1, "valueType": "NUMERIC"}
        flags = {"applicableToDataset": True}
        found: int = self.create("ParameterType", body | flags | more)["id"]
        return found


def moments(*rows: Body) -> Moments:
    """Return the modTimes of rows, of which a row must have one to be written to."""
    return frozenset(dates.parse(row["modTime"]) for row in rows)


def refused(error: type[ApiError], work: Callable[..., object], *arguments: object) -> Refusal:
    """Return the error that some work must raise: of just this class, and none below it."""
    with pytest.raises(error) as found:
        work(*arguments)
    assert type(found.value) is error, found.value
    details = [tuple(each.values()) for each in found.value.details or ()]
    return Refusal(found.value.message, details)
