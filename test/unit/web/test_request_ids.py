"""The id of a request."""

import re

import pytest
from flask import Flask

from datagateway_api.web.request_ids import install, request_id

APP = Flask("test", static_folder=None)


def found(given: str | None) -> str:
    headers = {} if given is None else {"X-Request-Id": given}
    with APP.test_request_context(headers=headers):
        assert request_id() == request_id()
        return request_id()


@pytest.mark.parametrize("given", ["a", "A-1_b.c", "x" * 64])
def test_a_client_may_give_the_id(given):
    assert found(given) == given


@pytest.mark.parametrize("given", [None, "", " ", "a b", "x" * 65, "é", "a\tb", "<script>", "a;b"])
def test_any_other_request_gets_a_new_one(given):
    first, second = found(given), found(given)
    assert first != second
    assert re.fullmatch("[0-9a-f]{16}", first)


def test_every_answer_of_an_app_has_the_id():
    app = Flask("test", static_folder=None)
    install(app)
    response = app.test_client().get("/nothing", headers={"X-Request-Id": "r1"})
    assert response.headers["X-Request-Id"] == "r1"
