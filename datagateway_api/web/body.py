"""Request bodies: JSON only, of a bounded size."""

import orjson
from flask import request

from datagateway_api.core.errors import BadRequest, TooLarge, UnsupportedMediaType


def json_body() -> object:
    """Return the JSON value in the body of the current request.

    Raises TooLarge for a body beyond the limit, UnsupportedMediaType for another content type,
    BadRequest for no or malformed JSON.
    """
    data = request.get_data(cache=False)
    limit = request.max_content_length
    if request.content_length is None and limit is not None and len(data) >= limit:
        # A body in chunks, whose length nobody tells beforehand, is cut at the limit.
        raise TooLarge("the request body is larger than this server accepts")
    if not data:
        raise BadRequest("the body is empty; it must be JSON")
    if not request.is_json:
        raise UnsupportedMediaType("the body must be JSON, with Content-Type: application/json")
    try:
        value: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is not JSON: {error.msg} at character {error.pos}") from error
    return value


def json_object() -> dict[str, object]:
    """Return the JSON object in the body. Raises BadRequest for any other JSON value."""
    value = json_body()
    if not isinstance(value, dict):
        raise BadRequest("the body must be a JSON object")
    return value
