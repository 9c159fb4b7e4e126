"""Answers that includes would multiply without end are refused before they are written."""

import pytest

from datagateway_api.core.errors import BadFilter
from datagateway_api.search.sizes import check


def nested(depth: int, width: int) -> dict[str, object]:
    """Return an object that holds the next one so many times, so deep."""
    made: dict[str, object] = {"pid": "x", "keywords": ["a", "b"]}
    for _ in range(depth):
        made = {"pid": "x", "datasets": [made] * width, "instrument": made}
    return made


def test_an_ordinary_answer_is_let_through():
    check([nested(2, 3)] * 10, most=10 * (1 + 4 + 16))


def test_each_object_counts_wherever_it_is_written():
    with pytest.raises(BadFilter, match="more than 209 objects"):
        check([nested(2, 3)] * 10, most=10 * (1 + 4 + 16) - 1)


def test_what_grows_without_end_is_counted_quickly():
    with pytest.raises(BadFilter):
        check([nested(10, 1000)])
