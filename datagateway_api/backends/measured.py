"""How long an operation takes, for whoever wants to know."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def timed(operation: Callable[P, R], observe: Callable[[float], None]) -> Callable[P, R]:
    """Return an operation that tells its seconds when it ends or fails."""

    @wraps(operation)
    def measured(*arguments: P.args, **named: P.kwargs) -> R:
        began = time.perf_counter()
        try:
            return operation(*arguments, **named)
        finally:
            observe(time.perf_counter() - began)

    return measured
