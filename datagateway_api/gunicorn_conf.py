"""How gunicorn runs the service: ``gunicorn -c python:datagateway_api.gunicorn_conf …``.

Each value can be changed on gunicorn's own command line, which wins.
"""

import os

wsgi_app = "datagateway_api.wsgi"
bind = "127.0.0.1:8000"

# A worker spends most of a request waiting for the database, so each has threads; make the
# setting connection_pool_size at least their number.
workers = int(os.environ.get("WEB_CONCURRENCY", "0")) or min(2 * (os.cpu_count() or 1), 16)
worker_class = "gthread"
threads = 4

# The app is built once, before the workers are forked; it keeps no connection open then.
preload_app = True

# On reload and stop, requests in flight get this many seconds to finish.
graceful_timeout = 30
timeout = 60
keepalive = 5

# A worker is replaced after so many requests, so that a leak in any library stays small.
max_requests = 100_000
max_requests_jitter = 10_000

# Queries stand in the URL, and long lists of ids make it long.
limit_request_line = 8190

# The service writes its own access lines; gunicorn's control socket is not needed.
accesslog = None
control_socket_disable = True
