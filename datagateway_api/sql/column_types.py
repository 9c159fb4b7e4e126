"""Types of columns that mean the same on every database: texts are compared by code point."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Integer, String, Text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeEngine

_COLLATION = {"charset": "utf8mb4", "collation": "utf8mb4_bin"}


def name_type(length: int) -> TypeEngine[str]:
    """Return the type of a text of bounded length, which can be indexed."""
    return (
        String(length)
        .with_variant(mysql.VARCHAR(length, **_COLLATION), "mysql", "mariadb")
        .with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")
    )


def text_type() -> TypeEngine[str]:
    """Return the type of a text of any length (16 MB on MariaDB)."""
    return (
        Text()
        .with_variant(mysql.MEDIUMTEXT(**_COLLATION), "mysql", "mariadb")
        .with_variant(postgresql.TEXT(collation="C"), "postgresql")
    )


def moment_type() -> TypeEngine[datetime]:
    """Return the type of a moment, with microseconds."""
    return DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def id_type() -> TypeEngine[int]:
    """Return the type of a number that the database itself counts up."""
    return BigInteger().with_variant(Integer, "sqlite")
