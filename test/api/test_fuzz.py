"""Random requests: whatever is asked, the answer comes soon and never says the server failed."""

import json
from urllib.parse import quote, quote_from_bytes

from hypothesis import given, settings
from hypothesis import strategies as st

from datagateway_api.core.icat_schema import load
from datagateway_api.core.query.operators import BY_NAME
from datagateway_api.core.query.parse import COUNT
from test.support.promptly import promptly

SECONDS = 2.0
ENTITIES = ("Investigation", "Dataset", "Datafile", "DatasetParameter", "Study", "Facility")
ENDS = ("", "/count", "/findone", "/1")
NAMES = sorted({name for entity in ENTITIES for name in load().entities[entity].names})

texts = st.text(max_size=12) | st.sampled_from(["", "'", "%", "_", "\\", "null", "2020-01-01", "1"])
numbers = st.integers() | st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map(".".join) | st.text(max_size=8)
orders = st.tuples(paths, st.sampled_from(["", " asc", " desc", " DESC", " up"])).map("".join)
anything = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(paths | texts, below, max_size=4),
    max_leaves=12,
)
operands = scalars | st.lists(scalars, max_size=3) | anything
comparisons = st.dictionaries(st.sampled_from(list(BY_NAME)), operands, min_size=1, max_size=2)
conditions = st.recursive(
    st.dictionaries(paths, comparisons | scalars, min_size=1, max_size=3),
    lambda below: (
        st.dictionaries(st.sampled_from(["and", "or", "AND"]), st.lists(below, max_size=3))
        | st.dictionaries(st.sampled_from(NAMES), below, max_size=2)
    ),
    max_leaves=8,
)
includes = st.recursive(
    paths,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(paths, below, max_size=3),
    max_leaves=6,
)
parameters = st.one_of(
    st.tuples(st.just("where"), (conditions | anything).map(json.dumps)),
    st.tuples(st.just("order"), (orders | anything).map(json.dumps)),
    st.tuples(st.just("include"), (includes | anything).map(json.dumps)),
    st.tuples(st.sampled_from(COUNT), anything.map(json.dumps) | texts | paths),
    st.tuples(st.sampled_from(["distinct", "fields", "group_by"]), st.lists(paths).map(json.dumps)),
    st.tuples(st.sampled_from(["limit", "skip"]), st.integers(0, 2**63 - 1).map(str)),
)
endpoints = st.sampled_from([load().entities[name].endpoint for name in ENTITIES])
addresses = st.tuples(endpoints, st.sampled_from(ENDS)).map(lambda parts: "/" + "".join(parts))


def ask(client, url: str) -> None:
    with promptly(SECONDS):
        response = client.get(url)
    assert response.status_code < 500, response.text


@settings(max_examples=400)
@given(address=addresses, asked=st.lists(parameters, max_size=4))
def test_random_parameters_never_fail(client, address, asked):
    ask(client, f"{address}?{'&'.join(f'{name}={quote(value)}' for name, value in asked)}")


@settings(max_examples=60)
@given(address=addresses, condition=conditions, order=orders, include=includes)
def test_random_queries_fail_on_no_database(any_client, address, condition, order, include):
    query = f"where={quote(json.dumps(condition))}"
    ask(any_client, f"{address}?{query}")
    ask(any_client, f"{address}?order={quote(json.dumps(order))}")
    ask(any_client, f"{address}?include={quote(json.dumps(include))}&{query}")


@settings(max_examples=200)
@given(query=st.binary(max_size=60))
def test_random_bytes_as_a_query_string_never_fail(client, query):
    ask(client, f"/investigations?{quote_from_bytes(query, safe='=&%+{}[]:,')}")
    ask(client, f"/investigations?where={quote_from_bytes(query)}")


@settings(max_examples=100)
@given(path=st.binary(max_size=30))
def test_random_bytes_as_an_address_never_fail(client, path):
    ask(client, f"/investigations/{quote_from_bytes(path)}")
    ask(client, f"/{quote_from_bytes(path)}")


@settings(max_examples=100)
@given(body=st.binary(max_size=40) | anything.map(json.dumps).map(str.encode))
def test_random_bodies_of_a_login_never_fail(client, body):
    response = client.post("/sessions", data=body, content_type="application/json")
    assert response.status_code in (201, 400, 403)
