"""What each database writes differently."""

import re

import pytest
from sqlalchemy import Boolean, Column, DateTime, Double, Integer, MetaData, String, Table
from sqlalchemy.dialects import mysql

from datagateway_api.core.entities import Field, FieldType
from datagateway_api.sql.dialects import (
    Dialect,
    Mysql,
    Postgresql,
    Sqlite,
    dialect_for,
    is_nullable,
    sql_number,
    sql_text,
)
from test.support.queries import DIALECTS, engine_dialect

CHOICES = ("NEW", "OLD")
TABLE = Table(
    "t",
    MetaData(),
    Column("text", String(9)),
    Column("name", String(9), nullable=False),
    Column("whole", Integer),
    Column("id", Integer, nullable=False),
    Column("double", Double),
    Column("date", DateTime),
    Column("day", mysql.DATETIME(), nullable=False),
    Column("fine", mysql.DATETIME(fsp=6), nullable=False),
    Column("flag", Boolean),
    Column("choice", Integer),
)
TYPES = {
    "text": FieldType.TEXT,
    "name": FieldType.TEXT,
    "whole": FieldType.LONG,
    "id": FieldType.LONG,
    "double": FieldType.DOUBLE,
    "date": FieldType.DATE,
    "day": FieldType.DATE,
    "fine": FieldType.DATE,
    "flag": FieldType.FLAG,
    "choice": FieldType.ENUM,
}


def field(name: str) -> Field:
    choices = CHOICES if name == "choice" else ()
    return Field(name, TYPES[name], name, nullable=TABLE.c[name].nullable or False, choices=choices)


def written(dialect: str, element) -> str:
    sql = str(element.compile(dialect=engine_dialect(dialect)))
    return re.sub(r"\s+", " ", sql)


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("sqlite", Sqlite),
        ("mysql", Mysql),
        ("mariadb", Mysql),
        ("postgresql", Postgresql),
        ("oracle", Dialect),
    ],
)
def test_a_database_has_its_dialect(name, cls):
    assert type(dialect_for(name)) is cls


def test_two_connections_share_no_dialect():
    assert dialect_for("postgresql") is not dialect_for("postgresql")


def test_a_constant_is_quoted():
    assert str(sql_text("it's")) == "'it''s'"
    assert str(sql_number(5)) == "5"


@pytest.mark.parametrize(("name", "is_so"), [("text", True), ("name", False), ("id", False)])
def test_a_column_says_whether_it_may_be_null(name, is_so):
    assert is_nullable(TABLE.c[name]) is is_so
    assert is_nullable(TABLE.c[name] + 1)


@pytest.mark.parametrize(
    ("dialect", "name", "sql"),
    [
        ("sqlite", "text", "json_quote(t.text)"),
        ("sqlite", "name", "json_quote(t.name)"),
        ("sqlite", "id", "t.id"),
        ("sqlite", "whole", "ifnull(t.whole, 'null')"),
        ("mysql", "text", "ifnull(json_quote(t.text), 'null')"),
        ("mysql", "name", "json_quote(t.name)"),
        ("mysql", "id", "t.id"),
        ("mysql", "whole", "ifnull(t.whole, 'null')"),
        ("mysql", "day", """concat('"', concat(t.day, '+00:00'), '"')"""),
        ("postgresql", "id", "CAST(t.id AS TEXT)"),
        ("postgresql", "whole", "coalesce(CAST(t.whole AS TEXT), 'null')"),
        ("postgresql", "name", "CAST(to_json(CAST(t.name AS TEXT)) AS TEXT)"),
    ],
)
def test_the_database_writes_json(dialect, name, sql):
    assert written(dialect, dialect_for(dialect).json(field(name), TABLE.c[name])) == sql


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgresql"])
@pytest.mark.parametrize("name", [name for name in TYPES if TABLE.c[name].nullable])
def test_a_null_becomes_the_word(dialect, name):
    found = dialect_for(dialect).json(field(name), TABLE.c[name])
    if found is not None:
        # SQLite's json_quote does so by itself.
        assert "null" in written(dialect, found) or "json_quote" in written(dialect, found)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_doubles_are_left_to_python(dialect):
    assert dialect_for(dialect).json(field("double"), TABLE.c.double) is None


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgresql"])
def test_an_enum_is_written_by_its_name(dialect):
    sql = written(dialect, dialect_for(dialect).json(field("choice"), TABLE.c.choice))
    assert sql == (
        """CASE WHEN (t.choice = 0) THEN '"NEW"' WHEN (t.choice = 1) THEN '"OLD"' """
        "ELSE 'null' END"
    )


@pytest.mark.parametrize("name", TYPES)
def test_oracle_leaves_all_json_to_python(name):
    assert Dialect().json(field(name), TABLE.c[name]) is None


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", TYPES)
def test_every_field_has_a_text_form_for_patterns(dialect, name):
    forms = dialect_for(dialect)
    matched = forms.like(
        forms.text(field(name), TABLE.c[name]),
        TABLE.c.text,
        ignores_case=False,
        is_ascii=True,
    )
    assert written(dialect, matched)


@pytest.mark.parametrize(
    ("dialect", "ignores_case", "is_ascii", "sql"),
    [
        ("sqlite", False, True, "t.text GLOB t.name"),
        ("sqlite", True, True, "t.text LIKE t.name ESCAPE '|'"),
        ("sqlite", True, False, "unicode_lower(t.text) GLOB t.name"),
        ("mysql", False, True, "t.text LIKE t.name ESCAPE '|'"),
        (
            "mysql",
            True,
            False,
            "(lower(convert(t.text USING utf8mb4)) COLLATE utf8mb4_bin) LIKE t.name ESCAPE '|'",
        ),
        ("postgresql", False, True, "t.text LIKE t.name ESCAPE '|'"),
        ("postgresql", True, False, "lower(t.text) LIKE t.name ESCAPE '|'"),
        ("oracle", False, True, "t.text LIKE t.name ESCAPE '|'"),
        ("oracle", True, True, "lower(t.text) LIKE lower(t.name) ESCAPE '|'"),
    ],
)
def test_like_heeds_case_or_not(dialect, ignores_case, is_ascii, sql):
    found = dialect_for(dialect).like(
        TABLE.c.text, TABLE.c.name, ignores_case=ignores_case, is_ascii=is_ascii
    )
    assert written(dialect, found).replace('"', "") == sql


def test_postgresql_folds_case_by_the_collation_that_was_found():
    forms = Postgresql()
    forms.folding = "und-x-icu"
    found = forms.like(TABLE.c.text, TABLE.c.name, ignores_case=True, is_ascii=False)
    assert 'lower(t.text COLLATE "und-x-icu")' in written("postgresql", found)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("sqlite", "t.text REGEXP t.name"),
        ("mysql", "t.text REGEXP t.name"),
        ("postgresql", "t.text ~ t.name"),
        ("oracle", "regexp_like(t.text, t.name)"),
    ],
)
def test_a_regular_expression_is_searched_for(dialect, sql):
    assert written(dialect, dialect_for(dialect).regexp(TABLE.c.text, TABLE.c.name)) == sql


@pytest.mark.parametrize(
    ("dialect", "up", "down"),
    [
        ("sqlite", "t.id ASC", "t.id DESC"),
        ("mysql", "t.id ASC", "t.id DESC"),
        ("postgresql", "t.id ASC NULLS FIRST", "t.id DESC NULLS LAST"),
        ("oracle", "t.id ASC NULLS FIRST", "t.id DESC NULLS LAST"),
    ],
)
def test_nulls_are_the_smallest(dialect, up, down):
    forms = dialect_for(dialect)
    assert written(dialect, forms.ordered(TABLE.c.id, is_descending=False)) == up
    assert written(dialect, forms.ordered(TABLE.c.id, is_descending=True)) == down


def test_postgresql_compares_texts_by_code_point_and_flags_as_numbers():
    forms = Postgresql()
    text = forms.comparable(field("text"), TABLE.c.text)
    assert written("postgresql", text) == 't.text COLLATE "C"'
    flag = forms.comparable(field("flag"), TABLE.c.flag)
    assert written("postgresql", flag) == "CAST(t.flag AS INTEGER)"
    assert forms.comparable(field("id"), TABLE.c.id) is TABLE.c.id
