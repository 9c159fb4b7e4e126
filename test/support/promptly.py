"""A bound on how long something takes, which a busy machine does not break."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def promptly(seconds: float) -> Iterator[None]:
    """Demand that a block takes so much of its thread's time, and waits no longer than ten times.

    A machine that runs other things makes a request wait, but does not make it compute longer.
    """
    began, computed = time.monotonic(), time.thread_time()
    yield
    assert time.thread_time() - computed < seconds
    assert time.monotonic() - began < 10 * seconds
