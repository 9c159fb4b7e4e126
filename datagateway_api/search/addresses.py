"""The addresses of the search API: capitals do not matter, and a pid may hold slashes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from werkzeug.routing import BaseConverter

from datagateway_api.search.panosc import ROOTS
from datagateway_api.web.paths import Environ, WsgiApp

COUNT: Final = "count"
FILES: Final = "files"
_ROOTS: Final[Mapping[str, str]] = {name.lower(): name for name in ROOTS}


class PidConverter(BaseConverter):
    """A persistent identifier, which may be of several segments."""

    regex = ".+?"
    part_isolating = False


def canonical(path: str) -> str | None:
    """Write an address below the extension as the routes have it; None if it is no root's.

    ``count`` and ``files`` at the end are themselves and no part of a pid.
    """
    segments = path.rstrip("/").split("/")
    root = _ROOTS.get(segments[0].lower())
    if root is None:
        return None
    segments[0] = root
    last = [segment.lower() for segment in segments[-2:]]
    if len(segments) == 2 and last[-1] == COUNT:
        segments[-1] = COUNT
    elif root == "Datasets" and len(segments) > 2 and last[-1] == FILES:
        segments[-1] = FILES
    elif root == "Datasets" and len(segments) > 3 and last == [FILES, COUNT]:
        segments[-2:] = [FILES, COUNT]
    return "/".join(segments)


class Canonical:
    """Brings the addresses of the mode into the form that its routes have, without a redirect."""

    def __init__(self, app: WsgiApp, extension: str, files: Iterable[str]) -> None:
        """Take the app, the mode's extension and its further addresses."""
        self._app = app
        self._extension = extension
        self._files = {name.lower(): name for name in files}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Rewrite the path where it is this mode's."""
        path: str = environ.get("PATH_INFO", "")
        start = len(self._extension)
        if path[:start].lower() == self._extension.lower() and path[start : start + 1] in ("", "/"):
            rest = path[start + 1 :]
            found = self._files.get(rest.lower()) or canonical(rest)
            if found is not None:
                environ["PATH_INFO"] = f"{self._extension}/{found}"
            elif self._extension and not rest:
                environ["PATH_INFO"] = self._extension + path[start:]
        return self._app(environ, start_response)
