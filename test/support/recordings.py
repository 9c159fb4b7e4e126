"""Requests recorded from the predecessor with its answers, sent again to an app of this project."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from datagateway_api.accounts.passwords import hash_password
from test.support.catalogue import app_over

DATA = Path(__file__).parents[3] / "shared" / "data"
# Each recording and the password that its logins of root and Chris481 were recorded with.
PASSWORDS = {"frontend_golden": "pw", "catalogue_golden": "secret"}
USERS = ("root", "Chris481")
ABSENT = "(absent)"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?\+00:00")
# Texts of a recording that stand for what is new each time.
PLACEHOLDERS = {
    "<session>": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "<expiry>": MOMENT,
    "<now>": MOMENT,
}


@dataclass(frozen=True, slots=True)
class Record:
    """One request and what the predecessor answered; ``answer`` is None where it is no JSON.

    Those that write come in sequences, of which each began with the catalogue as it is.
    """

    recording: str
    id: str
    method: str
    url: str
    authorization: str | None
    headers: Mapping[str, str]
    body: object
    raw_body: str | None
    status: int
    answer: object
    answered_headers: Mapping[str, str]
    is_unordered: bool
    is_write: bool
    sequence: str

    @property
    def is_read(self) -> bool:
        """Whether it asks for rows of the catalogue, and for nothing about sessions."""
        return self.method == "GET" and not self.url.startswith("/sessions")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an app answered; ``value`` is the body's JSON, with session ids as placeholders."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    value: Any


def records() -> list[Record]:
    """Return the records of both recordings; none when the recorded data is absent."""
    if not DATA.is_dir():
        return []
    return [
        _record(name, json.loads(line))
        for name in PASSWORDS
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def _record(recording: str, raw: dict[str, Any]) -> Record:
    # A sequence of writes holds reads of what it wrote; FE-275 is the front-end's only write.
    is_write = raw.get("group") == "write" or (raw["method"], raw["status"]) == ("DELETE", 204)
    return Record(
        recording=recording,
        id=raw["id"],
        method=raw["method"],
        url=raw["url"],
        authorization=raw["auth"],
        headers=raw.get("headers") or {},
        body=raw.get("body"),
        raw_body=raw.get("raw_body"),
        status=raw["status"],
        answer=raw.get("response_json"),
        answered_headers=raw.get("response_headers") or {},
        is_unordered=raw.get("unordered", "order=" not in raw["url"]),
        is_write=is_write,
        sequence=raw.get("sequence") or raw["id"],
    )


class Replay:
    """An app over a copy of the recorded catalogue, with the recording's users logged in."""

    def __init__(
        self, url: str, recording: str, *, read_only: bool = True, **changes: object
    ) -> None:
        self._password = password = PASSWORDS[recording]
        users = dict.fromkeys(USERS, hash_password(password))
        mechanisms = {"anon": True, "simple": {"users": users}}
        app = app_over(url, mechanisms=mechanisms, read_only=read_only, **changes)
        self._backend = app.extensions["datagateway_api.catalogue"]
        self._client: FlaskClient = app.test_client()
        self._sessions: dict[str, str] = {}
        self.log_in()

    def log_in(self) -> None:
        """Open a session for each of the recording's users."""
        for name in USERS:
            self._sessions[name] = self._login(username=name, password=self._password)
        self._sessions["anon"] = self._login(mechanism="anon")

    def send(self, record: Record) -> Answer:
        """Send a recorded request with sessions of this app in the place of the recorded ones."""
        headers = dict(record.headers)
        if record.authorization is not None:
            headers["Authorization"] = re.sub(
                r"<(\w+)( session)?>", lambda found: self._sessions[found[1]], record.authorization
            )
        sent: dict[str, Any] = {}
        if record.raw_body is not None:
            sent = {"data": record.raw_body, "content_type": "application/json"}
        elif record.body is not None:
            sent = {"json": record.body}
        got = self._client.open(record.url, method=record.method, headers=headers, **sent)
        text = got.data.decode()
        for name, session in self._sessions.items():
            text = text.replace(session, f"<{name}>")
        value = json.loads(text) if got.is_json and text else None
        return Answer(got.status_code, dict(got.headers), got.data, value)

    def close(self) -> None:
        """Close the app's connections."""
        self._backend.close()

    def _login(self, **body: str) -> str:
        answer = self._client.post("/sessions", json=body)
        assert answer.status_code == 201, answer.text
        return str(json.loads(answer.text)["sessionID"])


def differences(theirs: Any, ours: Any, place: str = "") -> dict[str, tuple[Any, Any]]:
    """Return each place where two JSON values differ, with both values."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found: dict[str, tuple[Any, Any]] = {}
        for name in sorted(theirs.keys() | ours.keys()):
            pair = (theirs.get(name, ABSENT), ours.get(name, ABSENT))
            found |= differences(*pair, f"{place}.{name}")
        return found
    if isinstance(theirs, list) and isinstance(ours, list):
        lengths = {} if len(theirs) == len(ours) else {f"{place}.length": (len(theirs), len(ours))}
        for number, pair in enumerate(zip(theirs, ours, strict=False)):
            lengths |= differences(*pair, f"{place}[{number}]")
        return lengths
    if isinstance(theirs, str) and isinstance(ours, str) and theirs in PLACEHOLDERS:
        return {} if PLACEHOLDERS[theirs].fullmatch(ours) else {place: (theirs, ours)}
    return {} if _is_same(theirs, ours) else {place: (theirs, ours)}


def as_multiset(value: Any) -> Any:
    """Return a list in an order that depends on its rows only, and anything else unchanged."""
    if not isinstance(value, list):
        return value
    return sorted(value, key=lambda row: (row.get("id", 0), json.dumps(row, sort_keys=True)))


def _is_same(theirs: object, ours: object) -> bool:
    """Compare two JSON values that are not both containers; true is not 1, but 1.0 is."""
    return isinstance(theirs, bool) == isinstance(ours, bool) and theirs == ours
