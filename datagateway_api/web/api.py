"""Flask-RESTful with this project's errors, and answers from JSON bytes."""

from collections.abc import Iterator

from flask import Response
from flask_restful import Api

from datagateway_api.web.errors import answer
from datagateway_api.web.request_ids import request_id
from datagateway_api.web.streaming import Watched

JSON = "application/json"


class JsonApi(Api):
    """An Api that leaves every failure to the one catch-all."""

    def handle_error(self, e: Exception) -> Response:
        """Answer an exception in the one shape."""
        return answer(e)


def json_response(body: bytes | Iterator[bytes], status: int = 200) -> Response:
    """Return JSON, whole or in pieces."""
    if not isinstance(body, bytes):
        body = Watched(body, request_id())
    return Response(body, status, mimetype=JSON)
