"""Malformed query parameters other than ``where``, and malformed query strings."""

from collections.abc import Iterator
from urllib.parse import quote

from test.support.malformed import Malformed, asking

WHOLE = "must be a whole number >= 0"
WORDS = "must be a text or a list of texts"
NO_STEP = "Investigation has no attribute or relation"

NUMBERS: tuple[tuple[str, str], ...] = (
    ("", "must be JSON such as"),
    ("-1", f"{WHOLE}, got -1"),
    ("1.5", WHOLE),
    ("1.0", WHOLE),
    ("1e3", WHOLE),
    ("x", "must be JSON such as"),
    ("NaN", "must be JSON such as"),
    ("Infinity", "must be JSON such as"),
    ("0x10", "must be JSON such as"),
    ("007", "must be JSON such as"),
    ("5;total=true", "must be JSON such as"),
    ("٣", "must be JSON such as"),
    ('"٣"', WHOLE),
    ('"five"', WHOLE),
    ('"-5"', WHOLE),
    ('""', WHOLE),
    (f'"{" " * 40}x"', WHOLE),
    ("true", f"{WHOLE}, got true"),
    ("null", f"{WHOLE}, got null"),
    ("[5]", WHOLE),
    ('{"limit":5}', WHOLE),
    ("9223372036854775808", WHOLE),
    ("1" + "0" * 40, WHOLE),
    ('"1' + "0" * 40 + '"', WHOLE),
    ('"' + "9" * 5000 + '"', WHOLE),
)

ORDERS: tuple[tuple[str, str], ...] = (
    ("", "order must be JSON such as"),
    ("1", f"order {WORDS}"),
    ("null", f"order {WORDS}"),
    ("{}", f"order {WORDS}"),
    ('[["name"]]', f"order {WORDS}"),
    ('["name",1]', f"order {WORDS}"),
    ('""', 'order must read "path asc" or "path desc"'),
    ('" "', 'order must read "path asc" or "path desc"'),
    ('"name asc desc"', 'order must read "path asc" or "path desc"'),
    ('"name, title"', "order must end in asc or desc"),
    ("name up", "order must end in asc or desc"),
    ('"name ascending"', "order must end in asc or desc"),
    ('"name;DROP"', NO_STEP),
    ("desc", f'{NO_STEP} "desc"'),
    ("-name", "order must be JSON such as"),
    ("nmae", "did you mean name"),
    ("name.x", "Investigation.name is an attribute"),
    ("datasets.x", 'Dataset has no attribute or relation "x"'),
    ("investigation.name", f'{NO_STEP} "investigation"'),
    ('"' + "datasets.investigation." * 6 + 'name"', "walks more than 10 relations"),
)

INCLUDES: tuple[tuple[str, str], ...] = (
    ("", "include must be JSON such as"),
    ("1", "include must be a name, a list or an object"),
    ("null", "include must be a name, a list or an object"),
    ("true", "include must be a name, a list or an object"),
    ("[1]", "include must be a name, a list or an object"),
    ("[null]", "include must be a name, a list or an object"),
    ('{"datasets":1}', "include must be a name, a list or an object"),
    ('{"datasets":null}', "include must be a name, a list or an object"),
    ('["datasets"', "include must be JSON such as"),
    ("datasets type", 'has no attribute or relation "datasets type"'),
    ('""', f'{NO_STEP} ""'),
    ('"datasets."', 'Dataset has no attribute or relation ""'),
    ("*", "include must be JSON such as"),
    ("name", "Investigation.name is an attribute, not a relation"),
    ("datasets.name", "Dataset.name is an attribute, not a relation"),
    ('{"name":"datasets"}', "Investigation.name is an attribute, not a relation"),
    ("datset", "did you mean datasets"),
    ("investigation", f'{NO_STEP} "investigation"'),
    ('{"datasets":"dataset"}', 'Dataset has no attribute or relation "dataset"'),
    ('{"datasets":{"datafiles":["x"]}}', 'Datafile has no attribute or relation "x"'),
    (".".join(["datasets.investigation"] * 6), "include walks more than 10 relations"),
    ('{"datasets":{"investigation":' * 8 + "[]" + "}}" * 8, "include walks more than 10 relations"),
    ("[" * 50 + "]" * 50, "include walks more than 10 relations"),
    ("[" * 5000 + "]" * 5000, "include must be JSON such as"),
)

LISTS: tuple[tuple[str, str], ...] = (
    ("", "must be JSON such as"),
    ("1", WORDS),
    ("null", WORDS),
    ("{}", WORDS),
    ('["name",null]', WORDS),
    ("[]", "needs at least one"),
    ('""', NO_STEP),
    ("nmae", "did you mean name"),
    ("name title", NO_STEP),
    ("id;name", "must be JSON such as"),
    ("investigation", NO_STEP),
)
"""Bad values of ``distinct``, ``fields`` and ``group_by`` alike."""

QUERIES: tuple[tuple[str, str, str], ...] = (
    ("distinct of a bad path", "distinct=datasets.x", "Dataset has no attribute"),
    ("distinct and include", "distinct=name&include=type", "include is refused"),
    ("include and distinct", "include=type&distinct=name", "include is refused"),
    ("distinct and fields", "distinct=name&fields=title", "fields is refused"),
    ("distinct and another order", "distinct=name&order=title", "order may name only its paths"),
    ("distinct and order by id", "distinct=name&order=id", "order may name only its paths"),
    ("fields with a relation", "fields=datasets", '"datasets" is a relation of Investigation'),
    ("fields with a path", "fields=type.name", f'{NO_STEP} "type.name"'),
    ("total=1", "total=1", "total must be true or false, got 1"),
    ("total=yes", "total=yes", "total must be JSON such as true"),
    ("total=null", "total=null", "total must be true or false"),
    ("total without value", "total=", "total must be JSON such as true"),
    ("total as a list", "total=[true]", "total must be true or false"),
    ("group_by on a list", "group_by=type.id", 'unknown query parameter "group_by"'),
    ("an unknown parameter", "foo=1", "known here are: where, order, limit, skip, include"),
    ("an unknown parameter without value", "foo", 'unknown query parameter "foo"'),
    ("a parameter without name", "=1", 'unknown query parameter ""'),
    ("a near miss", "wheres={}", 'unknown query parameter "wheres"'),
    ("a parameter with a NUL", "whe%00re={}", "unknown query parameter"),
    ("a parameter with a space", "%20limit=1", "unknown query parameter"),
    ("a parameter that logs users out", "session=1", "unknown query parameter"),
    ("a filter by field, as other APIs have it", "name=a", 'unknown query parameter "name"'),
    ("Latin-1 in a value", "where=%7B%22name%22:%22%E9%22%7D", "the query string is not UTF-8"),
    ("Latin-1 in a name", "%E9=1", "the query string is not UTF-8"),
    ("a surrogate in UTF-8", "where=%ED%A0%80", "the query string is not UTF-8"),
    ("an overlong NUL", "order=%C0%80", "the query string is not UTF-8"),
    ("half a character", "order=%E2%82", "the query string is not UTF-8"),
    ("a percent sign alone", "limit=%", "limit must be JSON such as 25"),
    ("a percent sign without hex", "limit=%zz", "limit must be JSON such as 25"),
    ("600 parameters", "&".join(["limit=1"] * 600), "at most 500 query parameters"),
    ("501 conditions", "&".join(["where=%7B%22id%22:1%7D"] * 501), "at most 500 query parameters"),
    ("a wrong limit before a right one", "limit=x&limit=1", "limit must be JSON such as 25"),
    ("a wrong where after a right one", 'where={"id":1}&where=[]', "where must be an object"),
    ("a wrong order after a right one", "order=name&order=foo", f'{NO_STEP} "foo"'),
)

COUNTS: tuple[tuple[str, str, str], ...] = (
    ("a bad limit", "limit=x", "limit must be JSON such as 25"),
    ("a negative skip", "skip=-1", "skip must be a whole number"),
    ("a bad order", "order=foo", f'{NO_STEP} "foo"'),
    ("a bad include", "include=name", "is an attribute, not a relation"),
    ("bad fields", "fields=foo", f'{NO_STEP} "foo"'),
    ("a bad where", "where=[]", "where must be an object"),
    ("a bad total", "total=2", "total must be true or false"),
    ("an unknown parameter", "foo=1", "include, distinct, fields, total, group_by"),
    ("group_by and distinct", "group_by=name&distinct=name", "exclude each other"),
    ("group_by through a bad path", "group_by=datasets.x", "Dataset has no attribute"),
)


def rows() -> Iterator[Malformed]:
    """Yield every request with a malformed parameter."""
    yield from _values("limit", NUMBERS)
    yield from _values("skip", NUMBERS)
    yield from _values("order", ORDERS)
    yield from _values("include", INCLUDES)
    yield from _values("distinct", LISTS)
    yield from _values("fields", LISTS)
    yield from _values("group_by", LISTS, "/investigations/count")
    for id_, query, fragment in QUERIES:
        yield asking(id_, query, fragment)
        yield asking(f"findone: {id_}", query, fragment, "/investigations/findone")
    for id_, query, fragment in COUNTS:
        yield asking(f"count: {id_}", query, fragment, "/investigations/count")
    for name in ("where", "order", "limit", "skip", "distinct", "total", "group_by"):
        unknown = f'unknown query parameter "{name}"; known here are: include, fields'
        yield asking(f"by id: {name}", f"{name}=1", unknown, "/investigations/1")
    for query in ("include=foo", "fields=foo", "include=[", "fields=[]", "include=name"):
        yield asking(f"by id: {query}", query, "", "/investigations/1")


def _values(
    name: str, values: tuple[tuple[str, str], ...], path: str = "/investigations"
) -> Iterator[Malformed]:
    for value, fragment in values:
        id_ = f"{name}={value[:24]} of {len(value)}"
        yield asking(id_, f"{name}={quote(value)}", fragment, path)
