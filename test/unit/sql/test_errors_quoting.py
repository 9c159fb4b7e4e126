"""What the database says, without the statement and the values that it quotes."""

import psycopg
import pymysql
import pytest

from datagateway_api.core.errors import BackendError
from datagateway_api.sql.errors import translated

SAID = [
    (
        psycopg.ProgrammingError(
            'relation "KEYWORD" does not exist\nLINE 1: INSERT INTO "KEYWORD" …\n     ^'
        ),
        'relation "KEYWORD" does not exist',
    ),
    (psycopg.DataError("no\nDETAIL:  Failing row contains (secret)."), "no"),
    (
        pymysql.ProgrammingError(1064, "You have an error near 'SELECT secret' at line 1"),
        "(1064, 'You have an error')",
    ),
    (pymysql.ProgrammingError(1146, "Table 'a.B' doesn't exist"), "Table 'a.B' doesn't exist"),
]


@pytest.mark.parametrize(("error", "kept"), SAID)
def test_the_cause_that_is_logged_quotes_neither_statement_nor_values(error, kept):
    error.sqlstate = "42P01"
    with pytest.raises(BackendError) as raised, translated():
        raise error
    cause = str(raised.value.__cause__)
    assert kept in cause
    assert "secret" not in cause
    assert "INSERT" not in cause
