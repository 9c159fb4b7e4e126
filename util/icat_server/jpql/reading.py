"""A query in either syntax to plain data."""

from util.icat_server.catalogue import Catalogue
from util.icat_server.jpql.concise import read_concise
from util.icat_server.jpql.search import Search, read_jpql
from util.icat_server.jpql.tokens import is_jpql


def read(catalogue: Catalogue, text: str) -> Search:
    """Read a query. Raises IcatError."""
    return read_jpql(catalogue, text) if is_jpql(text) else read_concise(catalogue, text)
