"""Writing in transactions: all or nothing, with the index of the bean at fault."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from util.icat_server.beans import Bean
from util.icat_server.database import Database
from util.icat_server.errors import IcatError, Kind
from util.icat_server.rules import Applicable, Rules
from util.icat_server.writing.creation import Creation, runs
from util.icat_server.writing.deletion import Deletion
from util.icat_server.writing.rows import Refused, bean_id
from util.icat_server.writing.stored import load_types
from util.icat_server.writing.updating import Updating

_RULED = frozenset(("Rule", "PublicStep", "Grouping"))
"""The entities whose objects are rules, or take rules along when they go."""


class Writer:
    """Writes for users. Safe between threads.

    Rules count as they are before the transaction: nobody lets himself in by what he writes.
    """

    def __init__(self, database: Database, rules: Rules) -> None:
        """Take the database, and the rules on who may."""
        self._database = database
        self._rules = rules
        self._creation = Creation(database.catalogue, rules)
        self._updating = Updating(database.catalogue, rules)
        self._deletion = Deletion(database, rules)

    def create(self, user: str, bean: Bean) -> int:
        """Create a bean with what is below it, and return its id."""
        with self._writing(user, [bean]) as (connection, who):
            return self._create_one(connection, who, bean)

    def create_many(self, user: str, beans: Sequence[Bean]) -> list[int]:
        """Create beans, of one entity after the other where possible, and return their ids."""
        try:
            with self._writing(user, beans) as (connection, who):
                return self._create_runs(connection, who, beans)
        except (IcatError, Refused):
            # Once more, one by one: so it shows which is at fault.
            with self._writing(user, beans) as (connection, who):
                return self._create_each(connection, who, beans)

    def update(self, user: str, bean: Bean) -> None:
        """Overwrite what is stored of a bean."""
        with self._writing(user, [bean]) as (connection, who):
            self._updating.update(connection, who, bean)

    def write(self, user: str, beans: Sequence[Bean]) -> list[int]:
        """Create the beans without an id, change what is named of the others; return new ids."""
        ids: list[int] = []
        with self._writing(user, beans) as (connection, who):
            for offset, bean in enumerate(beans):
                with _offset_from(offset, always=True):
                    if bean_id(bean) is None:
                        load_types(connection, self._database.catalogue, bean)
                        ids.append(self._create_one(connection, who, bean))
                    else:
                        self._updating.change(connection, who, bean)
        return ids

    def delete(self, user: str, beans: Sequence[Bean]) -> None:
        """Delete beans and what depends on them."""
        with self._writing(user, beans) as (connection, who):
            for start, run in runs(beans):
                with _offset_from(start):
                    self._deletion.delete(connection, who, run)

    def may_create(self, user: str, bean: Bean) -> bool:
        """Say whether a bean may be created, by trying. Raises IcatError where it cannot be."""
        try:
            with self._writing(user, [bean]) as (connection, who):
                self._create_one(connection, who, bean)
                raise _Undo
        except _Undo:
            return True
        except IcatError as error:
            if error.kind is Kind.INSUFFICIENT_PRIVILEGES:
                return False
            raise

    def _create_runs(
        self, connection: sa.Connection, who: Applicable, beans: Sequence[Bean]
    ) -> list[int]:
        ids: list[int] = []
        for _, run in runs(beans):
            ids += self._creation.create(connection, who, run)
        return ids

    def _create_each(
        self, connection: sa.Connection, who: Applicable, beans: Sequence[Bean]
    ) -> list[int]:
        ids: list[int] = []
        for offset, bean in enumerate(beans):
            with _offset_from(offset, always=True):
                ids.append(self._create_one(connection, who, bean))
        return ids

    def _create_one(self, connection: sa.Connection, who: Applicable, bean: Bean) -> int:
        try:
            with connection.begin_nested():
                return self._creation.create(connection, who, [bean])[0]
        except (Refused, SQLAlchemyError) as error:
            cause = error
        self._explain(connection, bean)
        raise _unexpected(cause) from cause

    def _explain(self, connection: sa.Connection, bean: Bean) -> None:
        try:
            self._creation.explain(connection, bean)
        except (Refused, SQLAlchemyError) as error:
            raise _unexpected(error) from error

    @contextmanager
    def _writing(
        self, user: str, beans: Sequence[Bean]
    ) -> Iterator[tuple[sa.Connection, Applicable]]:
        """Lend a transaction that writes some beans, and the user's rules of before it."""
        try:
            with self._database.writing() as connection:
                yield connection, self._rules.applicable(connection, user)
        except SQLAlchemyError as error:
            raise _unexpected(error) from error
        finally:
            if any(bean.entity.name in _RULED for bean in beans):
                self._rules.forget()


class _Undo(Exception):
    """Ends a transaction that was only tried."""


@contextmanager
def _offset_from(start: int, *, always: bool = False) -> Iterator[None]:
    """Let the offset of an error count from the first of all beans."""
    try:
        yield
    except IcatError as error:
        if error.offset >= 0 or always:
            error.offset = max(error.offset, 0) + start
        raise


def _unexpected(error: BaseException) -> IcatError:
    """Return the error for a failure that ICAT has no words for; the database's stay here."""
    cause = getattr(error, "orig", None) or error
    return IcatError(Kind.INTERNAL, f"Unexpected DB response class {type(cause).__name__}")
