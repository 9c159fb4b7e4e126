"""What a rule's ``what`` and ``crudFlags`` mean: the columns that ICAT derives from them."""

from dataclasses import dataclass
from datetime import tzinfo

from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.compiler import Compiler
from util.icat_server.jpql.reading import read
from util.icat_server.jpql.search import Search
from util.icat_server.jpql.syntax import Path, Select
from util.icat_server.jpql.tokens import bad


@dataclass(frozen=True, slots=True)
class DerivedRule:
    """What a rule covers.

    ``attribute`` is set for a rule about one attribute only; ``restricted`` says that the rule
    has a condition. The three queries check one id, filter ids, and find all ids.
    """

    flags: str
    bean: str
    attribute: str | None
    restricted: bool
    crud_jpql: str
    include_jpql: str
    search_jpql: str

    def columns(self) -> dict[str, str | bool | None]:
        """Return the values of the derived attributes, by their names in the catalogue."""
        flags = {letter.lower(): letter in self.flags for letter in "CRUD"}
        return {
            "bean": self.bean,
            "attribute": self.attribute,
            "restricted": self.restricted,
            **flags,
            "crudJPQL": self.crud_jpql,
            "includeJPQL": self.include_jpql,
            "searchJPQL": self.search_jpql,
        }


def derive(catalogue: Catalogue, zone: tzinfo, what: str | None, flags: str | None) -> DerivedRule:
    """Read a rule. Raises IcatError: BAD_PARAMETER where it is wrong, INTERNAL for null."""
    if what is None or flags is None:
        missing = "what" if what is None else "crudFlags"
        raise IcatError(Kind.INTERNAL, f"A rule's {missing} must not be null")
    letters = flags.strip().upper()
    for letter in letters:
        if letter not in "CRUD":
            raise bad(f"CRUD value {letters} contains {letter}")
    search, select = read_what(catalogue, what)
    # What is wrong with the condition shows when it is compiled.
    Compiler(catalogue, zone, search.text).sub_select(select, None)
    path = select.items[0]
    assert isinstance(path, Path)
    variable, *rest = path.names
    if rest and letters != "U":
        raise bad("An attribute can be selected only by a rule of the U flag alone")
    condition = search.where_text.removeprefix("WHERE ")
    restriction = f"({condition}) AND " if condition else ""
    return DerivedRule(
        flags=letters,
        bean=search.targets[0].entity.name,
        attribute=rest[0] if rest else None,
        restricted=bool(condition),
        crud_jpql=(
            f"SELECT COUNT({variable}) {search.from_text} WHERE {restriction}{variable}.id = :pkid"
        ),
        include_jpql=(
            f"SELECT {variable}.id {search.from_text} WHERE {restriction}{variable}.id IN (:pkids)"
        ),
        search_jpql=f"SELECT {variable}.id {search.from_text} {search.where_text}".rstrip(),
    )


def read_what(catalogue: Catalogue, what: str) -> tuple[Search, Select]:
    """Read the query of a rule: one variable or its attribute, and at most a condition."""
    search = read(catalogue, what)
    if search.failure is not None:
        raise search.failure
    select = search.select
    assert select is not None
    if search.includes or search.limit or select.order or select.group or select.having:
        raise bad("A rule must have nothing but SELECT, FROM and WHERE")
    if len(select.items) != 1 or not isinstance(select.items[0], Path) or select.is_distinct:
        raise bad("A rule must select one object or one attribute of it")
    if len(select.items[0].names) > 2 or search.targets[0].path != select.items[0].names[0]:
        raise bad("A rule must select a variable or an attribute of one")
    return search, select
