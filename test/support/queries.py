"""Checked queries and their SQL, made without any database."""

import json
from functools import cache
from urllib.parse import quote, urlencode

from sqlalchemy.dialects import oracle
from sqlalchemy.engine import Dialect, make_url

from datagateway_api.backends.database.compile import Compiler
from datagateway_api.backends.database.tables import Tables, describe
from datagateway_api.core import icat_schema
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import Query
from datagateway_api.core.query.parse import BY_ID, COUNT, LIST, parse
from datagateway_api.sql.dialects import dialect_for

DIALECTS = ("sqlite", "mysql", "postgresql", "oracle")
SCHEMA = icat_schema.load()
URLS = {
    "sqlite": "sqlite://",
    "mysql": "mysql+pymysql://",
    "postgresql": "postgresql+psycopg://",
}


def checker(
    *, max_limit: int | None = None, max_depth: int = 10, undoubles: bool = True
) -> Checker:
    """Return a checker of the newest schema with these limits."""
    return Checker(SCHEMA, max_limit=max_limit, max_depth=max_depth, undoubles=undoubles)


def query_string(**parameters: object) -> bytes:
    """Return a query string; what is no text yet is written as JSON."""
    pairs = [(k, v if isinstance(v, str) else json.dumps(v)) for k, v in parameters.items()]
    return urlencode(pairs, quote_via=quote).encode()


def rows(entity: str, **parameters: object) -> Query:
    """Return the checked query of a list request."""
    asked = parse(query_string(**parameters), LIST)
    return _CHECKER.rows(SCHEMA.entities[entity], asked)


def count(entity: str, **parameters: object) -> Query:
    """Return the checked query of a count request."""
    asked = parse(query_string(**parameters), COUNT)
    return _CHECKER.count(SCHEMA.entities[entity], asked)


def by_id(entity: str, **parameters: object) -> Query:
    """Return the checked query of a request for one object."""
    asked = parse(query_string(**parameters), BY_ID)
    return _CHECKER.by_id(SCHEMA.entities[entity], asked)


@cache
def tables() -> Tables:
    """Return the tables of a new catalogue."""
    return describe(SCHEMA)


def compiler(name: str) -> Compiler:
    """Return the compiler for a dialect."""
    return Compiler(tables(), dialect_for(name))


@cache
def engine_dialect(name: str) -> Dialect:
    """Return what writes the SQL for a dialect, whose driver need not be installed for Oracle."""
    if name == "oracle":
        return oracle.dialect()
    dialect = make_url(URLS[name]).get_dialect()
    return dialect()


_CHECKER = checker()
