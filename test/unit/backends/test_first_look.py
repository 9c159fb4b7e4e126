"""One look at a catalogue for all threads, and no flood of looks while it is away."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from datagateway_api.backends import first_look
from datagateway_api.backends.first_look import FirstLook
from datagateway_api.core.errors import BackendUnavailable


def test_threads_that_ask_at_once_look_once():
    looks: list[int] = []
    together = Barrier(8)

    def look() -> str:
        looks.append(1)
        return "catalogue"

    first = FirstLook(look, "away")

    def ask(_: int) -> str:
        together.wait()
        return first.found()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == ["catalogue"] * 8
    assert len(looks) == 1
    assert first.known == "catalogue"


def test_while_it_is_away_the_last_reason_is_given_without_another_look(
    monkeypatch: pytest.MonkeyPatch,
):
    reasons = iter(["no route", "still no route"])

    def look() -> str:
        raise BackendUnavailable(next(reasons))

    first = FirstLook(look, "away")
    for _ in range(3):
        with pytest.raises(BackendUnavailable, match=r"^no route"):
            first.found()
    monkeypatch.setattr(first_look, "SECONDS_BETWEEN_LOOKS", 0.0)
    with pytest.raises(BackendUnavailable, match=r"^still no route"):
        first.found()
    assert first.known is None
