"""How long a backend's operations take, for whoever wants to know."""

import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Final, ParamSpec, TypeVar

from datagateway_api.backends.base import Backend

P = ParamSpec("P")
R = TypeVar("R")

Observe = Callable[[float], None]

UNTIMED: Final = frozenset(("schema", "call_count", "close"))
"""What asks nothing of the catalogue, as a rule."""


def measure(backend: Backend, observe: Callable[[str, float], None]) -> None:
    """Have each operation of a backend tell its name and its seconds when it ends or fails."""
    for name in sorted(Backend.__abstractmethods__ - UNTIMED):
        setattr(backend, name, _timed(getattr(backend, name), partial(observe, name)))


def _timed(operation: Callable[P, R], observe: Observe) -> Callable[P, R]:
    @wraps(operation)
    def timed(*arguments: P.args, **named: P.kwargs) -> R:
        began = time.perf_counter()
        try:
            return operation(*arguments, **named)
        finally:
            observe(time.perf_counter() - began)

    return timed
