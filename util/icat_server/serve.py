"""Serving a WSGI application with gunicorn: one process, many threads, HTTP/1.1."""

from typing import Any

from gunicorn.app.base import BaseApplication

from util.icat_server.web import WebApplication

THREADS = 16


class Server(BaseApplication):
    """Gunicorn with the stand-in in it, from the program instead of its command line."""

    def __init__(self, application: WebApplication, host: str, port: int) -> None:
        """Take what is served, and where."""
        self._application = application
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn its settings."""
        settings: dict[str, Any] = {
            "bind": self._bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": 30,
            "timeout": 0,
            "graceful_timeout": 1,
            # As long as the application server of an ICAT takes them.
            "limit_request_line": 8190,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return what is served."""
        return self._application
