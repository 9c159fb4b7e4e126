"""A data manager's side of the API: what the commands ask a running server for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Final
from urllib.parse import quote

import requests

from datagateway_api.core.errors import ApiError, BackendUnavailable

SECONDS_TO_CONNECT: Final = 10
SECONDS_TO_ANSWER: Final = 600
PIECE: Final = 1 << 20


class Refused(ApiError):
    """The server refused what was asked of it; ``details`` are the rows it names."""

    help = "Raised by the command line only: the server's own answer."


class Form:
    """A form with one file, read piece by piece while it is sent; ``report`` is told how far."""

    def __init__(self, file: BinaryIO, name: str, length: int, parts: Mapping[str, str]) -> None:
        """Take an open file, its name and length, and the further parts."""
        self.boundary = token_hex(16)
        start = f"--{self.boundary}\r\nContent-Disposition: form-data; name="
        texts = [f'{start}"{key}"\r\n\r\n{text}\r\n' for key, text in parts.items()]
        texts.append(f'{start}"file"; filename="{_quoted(name)}"\r\n\r\n')
        self._head = "".join(texts).encode()
        self._tail = f"\r\n--{self.boundary}--\r\n".encode()
        self._file = file
        self._length = len(self._head) + length + len(self._tail)
        self.report: Callable[[int], object] = lambda number: None

    def __len__(self) -> int:
        """Return how many bytes will be sent."""
        return self._length

    def read(self, size: int) -> bytes:
        """Return the next bytes, and tell how many they are."""
        if self._head:
            found, self._head = self._head, b""
        else:
            found = self._file.read(size)
        if not found:
            found, self._tail = self._tail, b""
        self.report(len(found))
        return found


class Publisher:
    """One server, by the address below which it serves releases."""

    def __init__(self, url: str) -> None:
        """Take the address, such as ``https://example.org/releases-api``."""
        self._url = url.rstrip("/")
        self._session = requests.Session()

    def log_in(self, user: str, password: str) -> None:
        """Log in for all that follows. Raises Refused for the wrong password."""
        answer = self._ask("POST", "/sessions", json={"username": user, "password": password})
        self._session.headers["Authorization"] = f"Bearer {answer.json()['sessionID']}"

    def upload(self, release: str, form: Form, *, force: bool) -> object:
        """Upload a file and return what became of its rows."""
        kind = {"Content-Type": f"multipart/form-data; boundary={form.boundary}"}
        path = f"/release/create/{quote(release, safe='')}"
        return self._ask("PUT", path, data=form, headers=kind, params=_force(force)).json()

    def publish(self, release: str) -> object:
        """Publish a release and return it."""
        return self._ask("POST", f"/releases/{quote(release, safe='')}/publish").json()

    def releases(self) -> list[dict[str, object]]:
        """Return all releases."""
        found: list[dict[str, object]] = self._ask("GET", "/releases").json()
        return found

    def export(self, release: str, format_: str) -> Iterator[bytes]:
        """Yield a release as a file. Raises Refused at once if there is none."""
        path = f"/releases/{quote(release, safe='')}/export"
        answer = self._ask("GET", path, params={"format": format_}, stream=True)
        return _pieces(answer)

    def _ask(self, method: str, path: str, **more: object) -> requests.Response:
        with _reached(self._url):
            answer = self._session.request(
                method,
                self._url + path,
                timeout=(SECONDS_TO_CONNECT, SECONDS_TO_ANSWER),
                **more,  # type: ignore[arg-type]
            )
        if answer.status_code >= 400:
            raise _refused(answer)
        return answer


def named_file(path: Path, parts: Mapping[str, str], file: BinaryIO) -> Form:
    """Return the form that uploads an open file."""
    return Form(file, path.name, path.stat().st_size, parts)


def _force(is_forced: bool) -> dict[str, str]:
    return {"force": "true"} if is_forced else {}


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', "%22").replace("\r", " ").replace("\n", " ")


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    with _reached(answer.url):
        yield from answer.iter_content(PIECE)


@contextmanager
def _reached(url: str) -> Iterator[None]:
    try:
        yield
    except requests.RequestException as error:
        raise BackendUnavailable(f"{url} cannot be reached: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Return the innermost cause, which says most."""
    inner: BaseException = error
    while inner.__cause__ or inner.__context__:
        inner = inner.__cause__ or inner.__context__  # type: ignore[assignment]
    return str(inner) or type(inner).__name__


def _refused(answer: requests.Response) -> Refused:
    try:
        body = answer.json()
        message, details = str(body["message"]), body.get("details")
    except (ValueError, KeyError, TypeError):
        message, details = f"{answer.url} answered {answer.status_code}: is it a server?", None
    return Refused(message, details=details)
