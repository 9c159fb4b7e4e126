"""A scoring service as the facts describe PaNOSC's, on a real port, which can be told to fail."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit


class ScoringService(ThreadingHTTPServer):
    """What it was sent, and how it behaves from now on."""

    daemon_threads = True
    # A client that gave up leaves a broken pipe; that is its right.
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.items: dict[str, dict] = {}
        self.asked: list[dict] = []
        self.credentials: list[str | None] = []
        self.answer: bytes | None = None
        self.status = 200
        self.is_computing = False
        self.computed = 0
        self.delay = 0.0
        self.drips = False

    @property
    def url(self) -> str:
        """The address for scores."""
        return f"http://127.0.0.1:{self.server_port}/score"

    def scores(self, query: str, group: str, limit: int) -> Mapping[str, object]:
        """Score by the share of the query's words that an item has; equal words give 1."""
        words = set(re.findall(r"\w+", query.lower()))
        found = []
        for item in self.items.values():
            text = json.dumps(item["fields"]).lower()
            share = len(words & set(re.findall(r"\w+", text))) / max(1, len(words))
            if item["group"] == group and share:
                found.append({"itemId": item["id"], "score": share, "group": ""})
        found.sort(key=lambda entry: -entry["score"])
        return {
            "request": {"query": query, "group": group, "limit": limit, "itemIds": []},
            "query": {"query": query, "terms": sorted(words)},
            "scores": found if limit < 0 else found[:limit],
            "dimension": len(found),
            "computeInProgress": self.is_computing,
        }

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients in these tests hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScoringService

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        if self.path == "/score":
            self.server.asked.append(body)
            self.server.credentials.append(self.headers.get("Authorization"))
            time.sleep(self.server.delay)
            self._reply(
                self.server.status,
                self.server.scores(body["query"], body["group"], body.get("limit", -1)),
                self.server.answer,
            )
        elif self.path == "/items/":
            self._create(body if isinstance(body, list) else [body])
        elif self.path == "/compute":
            self.server.computed += 1
            self._reply(409 if self.server.is_computing else 200, {})
        else:
            self._reply(404, {"detail": "Not Found"})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != "/items/":
            self._reply(404, {"detail": "Not Found"})
            return
        asked = parse_qs(parts.query)
        offset, limit = int(asked["offset"][0]), int(asked["limit"][0])
        self._reply(200, [*self.server.items.values()][offset : offset + limit])

    def do_DELETE(self) -> None:
        gone = self.server.items.pop(unquote(self.path.removeprefix("/items/")), None)
        self._reply(200, {"successful": gone is not None, "items_deleted": int(gone is not None)})

    def _create(self, items: list[dict]) -> None:
        ids = [item["id"] for item in items]
        if len(set(ids)) < len(ids) or self.server.items.keys() & set(ids):
            self._reply(400, {"detail": "E11000 duplicate key error"})
            return
        self.server.items |= {item["id"]: item for item in items}
        self._reply(201, {"success": True, "items_created": len(ids), "items_ids": ids})

    def _reply(self, status: int, answer: object, raw: bytes | None = None) -> None:
        content = json.dumps(answer).encode() if raw is None else raw
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if 300 <= status < 400:
            self.send_header("Location", "/items/")
        self.end_headers()
        for byte in content if self.server.drips else ():
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)
        if not self.server.drips:
            self.wfile.write(content)


@contextmanager
def running() -> Iterator[ScoringService]:
    """Run a service until the block ends."""
    with ScoringService() as service:
        thread = Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()
