"""WSGI layers that make addresses forgiving: a prefix before them, capitals in them."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeAlias

Environ: TypeAlias = dict[str, Any]
WsgiApp: TypeAlias = Callable[[Environ, Any], Iterable[bytes]]


class Prefixed:
    """Serves an app below a prefix, for proxies that pass it on and for those that cut it off."""

    def __init__(self, app: WsgiApp, prefix: str) -> None:
        """Take the app and the prefix, such as ``/gateway``."""
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Move the prefix from the path to the script name."""
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(self._prefix + "/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._prefix
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._app(environ, start_response)


class CaseFolded:
    """Lets the addresses of one mode be written in capitals, without a redirect.

    Only paths whose first segment below the extension is one of the mode's own are touched.
    """

    def __init__(self, app: WsgiApp, extension: str, segments: Collection[str]) -> None:
        """Take the app, the mode's extension and the segments, in lower case."""
        self._app = app
        self._extension = extension
        self._start = len(extension) + 1
        self._segments = frozenset(segments)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Fold the path, where it has capitals and is this mode's."""
        path = environ.get("PATH_INFO", "")
        folded = path.lower()
        if folded != path and folded[: self._start] == self._extension.lower() + "/":
            rest = folded[self._start :]
            if rest.split("/", 1)[0] in self._segments:
                environ["PATH_INFO"] = f"{self._extension}/{rest}"
        return self._app(environ, start_response)
