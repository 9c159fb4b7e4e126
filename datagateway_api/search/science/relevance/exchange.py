"""One JSON request to a scoring service, bounded in time and size."""

import json
import time
from collections.abc import Callable
from typing import Final, Literal

import requests
from requests.utils import get_auth_from_url
from urllib3.exceptions import HTTPError, ReadTimeoutError

Auth = tuple[str, str] | Callable[[requests.PreparedRequest], requests.PreparedRequest]

LARGEST_ANSWER: Final = 32 * 2**20
_PIECE: Final = 65_536


class Failed(Exception):
    """The service did not answer as it should; ``status`` is 0 where it gave no answer at all.

    The message names the kind of failure only: an address may hold a password.
    """

    def __init__(self, what: str, status: int = 0) -> None:
        super().__init__(what)
        self.status = status

    @property
    def is_refusal(self) -> bool:
        """Whether the service works and refused just this request."""
        return 400 <= self.status < 500


def ask(
    method: Literal["GET", "POST", "DELETE"], url: str, body: object = None, *, seconds: float
) -> object:
    """Send a request and return what its answer's JSON says; raise Failed."""
    try:
        with requests.Session() as session:
            session.auth = _credentials(url)
            with session.request(
                method, url, json=body, timeout=seconds, stream=True, allow_redirects=False
            ) as response:
                if not 200 <= response.status_code < 300:
                    raise Failed(f"it answered {response.status_code}", response.status_code)
                return _content(response, time.monotonic() + seconds)
    except (requests.Timeout, ReadTimeoutError) as error:
        raise Failed("it did not answer in time") from error
    except requests.ConnectionError as error:
        raise Failed("it cannot be reached") from error
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise Failed(f"it cannot be asked ({type(error).__name__})") from error


def _credentials(url: str) -> Auth:
    """Return the credentials in an address, and never those of the server's own account.

    Without any, requests would look into the account's netrc file.
    """
    named = get_auth_from_url(url)
    return named if any(named) else _unchanged


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _content(response: requests.Response, end: float) -> object:
    content = bytearray()
    # Not iter_content, which waits for a whole piece, however slowly it trickles in.
    while piece := response.raw.read1(_PIECE, decode_content=True):
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise Failed("its answer is too large", response.status_code)
        if time.monotonic() > end:
            raise Failed("it did not answer in time")
    try:
        return json.loads(content) if content else None
    except (ValueError, RecursionError) as error:
        raise Failed("its answer is no JSON", response.status_code) from error
