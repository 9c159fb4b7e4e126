"""Malformed headers, bodies, methods and addresses."""

import json
from collections.abc import Iterator

from test.support.malformed import Malformed

MUST_READ = 'the Authorization header must read "Bearer'
UNKNOWN = "unknown or has expired"
JSON = {"Content-Type": "application/json"}

HEADERS: tuple[tuple[str, str, str], ...] = (
    ("empty", "", MUST_READ),
    ("a scheme alone", "Bearer", MUST_READ),
    ("a scheme and a space", "Bearer ", MUST_READ),
    ("two spaces", "Bearer  x", MUST_READ),
    ("another scheme", "Basic dGVzdGVyOng=", MUST_READ),
    ("a token without scheme", "476ea779-08e3-4078-8d86-c0f588836552", MUST_READ),
    ("two tokens", "Bearer a b", MUST_READ),
    ("a tab", "Bearer\ta", MUST_READ),
    ("a colon", "Bearer: a", MUST_READ),
    ("a token of 10 000 characters", "Bearer " + "x" * 10_000, MUST_READ),
    ("the front-end's null", "Bearer null", UNKNOWN),
    ("an id that never was", "Bearer 476ea779-08e3-4078-8d86-c0f588836552", UNKNOWN),
    ("a wildcard", "Bearer %", UNKNOWN),
    ("an apostrophe", "Bearer '", UNKNOWN),
    ("a statement", "Bearer 'OR'1'='1", UNKNOWN),
    ("Latin-1", "Bearer \xe9", UNKNOWN),
)

BODIES: tuple[tuple[str, bytes, str], ...] = (
    ("nothing", b"", "the body is empty"),
    ("a space", b" ", "the body is not JSON"),
    ("broken JSON", b'{"username":', "the body is not JSON"),
    ("single quotes", b"{'username':'a'}", "the body is not JSON"),
    ("a form", b"username=a&password=b", "the body is not JSON"),
    ("Latin-1", b'{"username":"\xe9"}', "the body is not JSON"),
    ("UTF-16", '{"mechanism":"anon"}'.encode("utf-16"), "the body is not JSON"),
    ("a lone surrogate", b'{"mechanism":"anon","username":"\\ud800"}', "the body is not JSON"),
    ("NaN", b'{"username":NaN}', "the body is not JSON"),
    ("100 000 lists", b"[" * 100_000, "the body is not JSON"),
    ("a list", b"[]", "the body must be a JSON object"),
    ("a list of logins", b'[{"mechanism":"anon"}]', "the body must be a JSON object"),
    ("a text", b'"anon"', "the body must be a JSON object"),
    ("a number", b"1", "the body must be a JSON object"),
    ("null", b"null", "the body must be a JSON object"),
    ("an empty object", b"{}", "the body must have username and password"),
    ("no password", b'{"username":"tester"}', "the body must have password"),
    ("no username", b'{"password":"x"}', "the body must have username"),
    ("a number for a name", b'{"username":1,"password":"x"}', "username must be a text"),
    ("null for a name", b'{"username":null,"password":"x"}', "username must be a text"),
    ("a list for a password", b'{"username":"a","password":["x"]}', "password must be a text"),
    ("an object for a password", b'{"username":"a","password":{}}', "password must be a text"),
    ("true for both", b'{"username":true,"password":true}', "username, password must be a text"),
    ("null for the mechanism", b'{"mechanism":null}', "mechanism must be a text"),
    ("a number for the mechanism", b'{"mechanism":1}', "mechanism must be a text"),
    (
        "an unknown mechanism",
        b'{"mechanism":"ldap","username":"a","password":"b"}',
        "those configured here are: anon, simple",
    ),
    (
        "a mechanism in capitals",
        b'{"mechanism":"SIMPLE","username":"a","password":"b"}',
        "unknown mechanism",
    ),
    (
        "an empty mechanism",
        b'{"mechanism":"","username":"a","password":"b"}',
        "unknown mechanism",
    ),
)

WRONG_LOGINS: tuple[tuple[str, dict[str, str]], ...] = (
    ("wrong password", {"username": "tester", "password": "wrong"}),
    ("empty password", {"username": "tester", "password": ""}),
    ("unknown user", {"username": "nobody", "password": "right horse"}),
    ("empty user", {"username": "", "password": ""}),
    ("user in capitals", {"username": "TESTER", "password": "right horse"}),
    ("user with NUL", {"username": "tester\0", "password": "right horse"}),
    ("password of 100 000 characters", {"username": "tester", "password": "x" * 100_000}),
)

TYPES = ("text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data", "")
WHOLE_LOGIN = b'{"mechanism":"anon"}'

METHODS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/investigations/count", ("POST", "PUT", "PATCH", "DELETE")),
    ("/investigations/findone", ("POST", "PUT", "PATCH", "DELETE")),
    ("/investigations", ("PUT", "DELETE", "TRACE", "SEARCH")),
    ("/investigations/1", ("POST", "PUT", "TRACE")),
    ("/sessions", ("PATCH", "TRACE")),
    ("/ping", ("POST", "PUT", "PATCH", "DELETE")),
)

IDS = (
    "-1",
    "+1",
    "1.5",
    "1e3",
    "abc",
    "0x1",
    "1 ",
    "1,2",
    "null",
    "%00",
    "%FF",
    "1%00",
    "٣",
    "1'--",
)
HUGE_IDS = ("0", "999", "9223372036854775807", "9223372036854775808", "9" * 30)

ADDRESSES = (
    "/nothing",
    "/investigation",
    "/investigations/1/datasets",
    "/investigations/count/1",
    "/investigations/findone/1",
    "/investigations//",
    "/investigations/1//",
    "/sessions/1",
    "/sessions/investigations",
    "/ping/1",
    "/api/investigations",
    "/INVESTIGATION",
    "/..",
    "/%2e%2e/etc/passwd",
    "/investigations/../datasets",
    "/investigations;a=1",
    "/%FF",
    "/%00",
    "/" + "x" * 20_000,
    "/session",
)


def rows() -> Iterator[Malformed]:
    """Yield every request that is malformed outside its query."""
    for id_, header, fragment in HEADERS:
        given = {"Authorization": header}
        url = "/investigations"
        yield Malformed(f"header: {id_}", url, 403, "session_invalid", fragment, headers=given)
    yield from _logins()
    for path, methods in METHODS:
        for method in methods:
            fragment = "this address does not take that method"
            id_ = f"{method} {path}"
            yield Malformed(id_, path, 405, "method_not_allowed", fragment, method)
    for text in IDS:
        url = f"/investigations/{text}"
        yield Malformed(f"id: {text}", url, 404, "not_found", "nothing at this address")
    for text in HUGE_IDS:
        url = f"/investigations/{text}"
        yield Malformed(f"id: {text}", url, 404, "not_found", "there is no Investigation with id")
    url = f"/investigations/{10**40}"
    yield Malformed("id: 10^40", url, 404, "not_found", "nothing at this address")
    url = '/investigations/findone?where={"id":-1}'
    yield Malformed("findone of nothing", url, 404, "not_found", "no Investigation matches")
    for url in ADDRESSES:
        yield Malformed(f"address: {url[:30]}", url, 404, "not_found", "nothing at this address")


def _logins() -> Iterator[Malformed]:
    for id_, body, fragment in BODIES:
        yield _login(f"login: {id_}", body, 400, "bad_request", fragment)
    for id_, credentials in WRONG_LOGINS:
        body = json.dumps(credentials).encode()
        fragment = "the username and password do not match"
        yield _login(f"login: {id_}", body, 403, "forbidden", fragment)
    for kind in TYPES:
        headers = {"Content-Type": kind} if kind else {}
        code, fragment = "unsupported_media_type", "the body must be JSON"
        yield _login(f"login: type {kind!r}", WHOLE_LOGIN, 415, code, fragment, headers)


def _login(
    id_: str,
    body: bytes,
    status: int,
    code: str,
    fragment: str,
    headers: dict[str, str] | None = None,
) -> Malformed:
    given = JSON if headers is None else headers
    return Malformed(id_, "/sessions", status, code, fragment, "POST", given, body)
