"""How gunicorn runs the service: ``gunicorn -c python:datagateway_api.gunicorn_conf …``.

Each value can be changed on gunicorn's own command line, which wins.
"""

import os
from typing import Any

from datagateway_api.serving import cpus
from datagateway_api.web import counting_folder

wsgi_app = "datagateway_api.wsgi"
bind = "127.0.0.1:8000"

# A worker spends most of a request waiting for the database, so each has threads; make the
# setting connection_pool_size at least their number.
workers = int(os.environ.get("WEB_CONCURRENCY", "0")) or min(2 * cpus.usable(), 16)
worker_class = "datagateway_api.serving.worker.Worker"
threads = 4

# The app is built once, before the workers are forked; it keeps no connection open then.
preload_app = True

# On reload and stop, requests in flight get this many seconds to finish.
graceful_timeout = 30
timeout = 60
keepalive = 5

# A worker is replaced after so many requests, so that a leak in any library stays small; not
# all at the same time.
max_requests = 100_000
max_requests_jitter = 10_000

# Queries stand in the URL, and long lists of ids make it long.
limit_request_line = 8190

# The service writes its own access lines; gunicorn's control socket is not needed.
accesslog = None
control_socket_disable = True

counting_folder.prepare(os.environ)


def on_reload(server: Any) -> None:
    """Build the app anew, from the settings as they are now; where they are wrong, keep it."""
    if not server.cfg.preload_app or server.app.app_uri.partition(":")[0] != wsgi_app:
        return
    from datagateway_api.core.errors import ConfigurationError
    from datagateway_api.wsgi import build

    try:
        server.app.callable = build()
    except ConfigurationError as error:
        server.log.error("The settings cannot be used, so the old ones stay:\n%s", error.message)
    except Exception:
        # A server that serves goes on serving.
        server.log.exception("The app cannot be built anew, so the old one stays")


def pre_exec(server: Any) -> None:
    """Let a server that takes over (signal USR2) start with an environment like this one's."""
    counting_folder.forget(server.cfg.env_orig)


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a worker that has ended counted, but not what it said of its present state."""
    counting_folder.bury(worker.pid)
