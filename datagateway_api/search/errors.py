"""The body of every failure of the search API, as LoopBack writes it."""

from typing import Final

import orjson

from datagateway_api.core.errors import ApiError, MethodNotAllowed, NotFound

CODE: Final = "MODEL_NOT_FOUND"
NAME: Final = "Error"


def unknown_object(entity: str, pid: str) -> NotFound:
    """Return the error for an object that is not there, or may not be seen."""
    shown = pid if len(pid) <= 200 else pid[:197] + "…"
    return NotFound(f'Unknown "{entity}" id "{shown}".', details=[{"code": CODE}])


def body_of(error: ApiError, id_: str, status: int) -> bytes:
    """Return the JSON of an error: ``{"error":{"statusCode","name","message","code"?}}``."""
    body: dict[str, object] = {"statusCode": status, "name": NAME, "message": error.message}
    for detail in error.details or ():
        body |= detail
    return orjson.dumps({"error": body})


def as_reference(error: ApiError) -> ApiError:
    """Return what the reference answers: it knows no address for methods that write."""
    if isinstance(error, MethodNotAllowed):
        return NotFound("There is no method to handle this: the search API only reads.")
    return error
