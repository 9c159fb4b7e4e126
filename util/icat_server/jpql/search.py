"""A query's text to plain data: ICAT's own reading, which comes before JPQL's grammar.

ICAT splits a query into clauses by its keywords alone, finds out what each variable of FROM is
and what each path of SELECT leads to (that is what must be authorised), and leaves the rest to
JPQL. An error of JPQL is therefore kept in ``failure``: ICAT meets it only when it runs the query.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from datagateway_api.core.entities import Entity
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError
from util.icat_server.jpql import include
from util.icat_server.jpql.include import Step
from util.icat_server.jpql.parser import parse, syntax_error
from util.icat_server.jpql.reader import Reader
from util.icat_server.jpql.syntax import Select
from util.icat_server.jpql.tokens import Token, Type, bad, tokenize

_REST = ("GROUP", "HAVING", "ORDER")
_TAIL = ("INCLUDE", "LIMIT")
_UNDEFINED = "idVar '{}' referenced in the SELECT clause is not defined in the FROM clause."


@dataclass(frozen=True, slots=True)
class Limit:
    """How many rows to skip and, unless None, how many to give."""

    offset: int
    count: int | None


@dataclass(frozen=True, slots=True)
class Target:
    """An object that a selected path leads to or takes an attribute from; it must be readable."""

    path: str
    entity: Entity


@dataclass(frozen=True, slots=True)
class Search:
    """What a query asks for; ``select`` is None where ``failure`` says why it is no JPQL."""

    text: str
    select: Select | None
    failure: IcatError | None
    targets: tuple[Target, ...]
    is_count: bool
    includes: tuple[Step, ...]
    limit: Limit | None
    from_text: str
    where_text: str


@dataclass(frozen=True, slots=True)
class Clauses:
    """The tokens of each clause, their keywords included but for INCLUDE and LIMIT."""

    select: Sequence[Token]
    from_: Sequence[Token]
    where: Sequence[Token]
    rest: Sequence[Token]
    limit: Limit | None = None


def read_jpql(catalogue: Catalogue, text: str) -> Search:
    """Read a JPQL query. Raises IcatError (BAD_PARAMETER)."""
    reader = Reader(tokenize(text))
    select = reader.until("FROM")
    from_ = reader.until("WHERE", *_REST, *_TAIL)
    where = reader.until(*_REST, *_TAIL)
    rest = reader.until(*_TAIL)
    clauses = Clauses(select, from_, where, rest)
    variables = find_variables(catalogue, from_)
    _check_enums([*where, *rest])
    selection = _Selection(catalogue, variables, clauses)
    limit = read_limit(reader)
    includes = selection.includes(reader)
    limit = limit or read_limit(reader)
    reader.end()
    return selection.search(limit, includes)


def from_clauses(catalogue: Catalogue, clauses: Clauses, includes: tuple[Step, ...]) -> Search:
    """Return the search of clauses that were made from the old syntax."""
    selection = _Selection(catalogue, find_variables(catalogue, clauses.from_), clauses)
    return selection.search(clauses.limit, includes)


def read_limit(reader: Reader) -> Limit | None:
    """Read ``LIMIT offset, count`` if it comes next."""
    if reader.take("LIMIT") is None:
        return None
    offset = reader.next(Type.INTEGER)
    reader.next(Type.COMMA)
    count = reader.next(Type.INTEGER, Type.STAR)
    return Limit(int(offset.value), None if count.type == Type.STAR else int(count.value))


def find_variables(catalogue: Catalogue, tokens: Sequence[Token]) -> dict[str, Entity]:
    """Return what entity each variable of a FROM clause is of; variables ignore case."""
    variables: dict[str, Entity] = {}
    current: Entity | None = None
    for token in tokens:
        if token.type == "FETCH":
            raise bad("The FETCH keyword is not permitted")
        if token.type != Type.NAME:
            continue
        name = token.value
        if catalogue.entity(name) is not None:
            current = catalogue.entity(name)
        elif "." in name:
            current = _follow(catalogue, variables, name)
        elif current is None:
            raise bad(f"No information to determine type of {name} in the FROM clause")
        elif name.lower() in variables:
            raise bad(
                f"JPQL indentification variable {name}has already been defined in the FROM clause"
            )
        else:
            variables[name.lower()] = current
    return variables


def _follow(catalogue: Catalogue, variables: dict[str, Entity], path: str) -> Entity:
    start, *names = path.split(".")
    entity = variables.get(start.lower())
    if entity is None:
        raise bad(f"idVar '{start}' referenced in the FROM clause is not defined before.")
    for name in names:
        relation = entity.relations.get(name)
        if relation is None:
            raise bad(f"{entity.name} has no relationship field {name}")
        entity = catalogue.target(relation)
    return entity


def _check_enums(tokens: Sequence[Token]) -> None:
    for token in tokens:
        is_enum = token.type == Type.NAME and token.value.startswith("org.icatproject.")
        if is_enum and token.value.count(".") != 3:
            raise bad(f"Enum literal {token.value} must contain exactly 4 parts")


class _Selection:
    """The SELECT clause against the variables of FROM."""

    def __init__(
        self, catalogue: Catalogue, variables: dict[str, Entity], clauses: Clauses
    ) -> None:
        self._catalogue = catalogue
        self._variables = variables
        self._clauses = clauses
        self._joins: list[Token] = []
        self._targets: dict[str, Target] = {}
        self._paths: dict[str, tuple[str, Entity] | None] = {}
        self._select = [self._resolve(token) for token in clauses.select]

    def search(self, limit: Limit | None, includes: tuple[Step, ...]) -> Search:
        """Parse the JPQL and put all together."""
        clauses = self._clauses
        tokens = [*self._select, *clauses.from_, *self._joins, *clauses.where, *clauses.rest]
        text = " ".join(_shown(token) for token in tokens)
        select, failure = None, None
        try:
            if any(token.type == Type.STRING for token in (*self._select, *clauses.rest)):
                raise syntax_error(text, "Texts are for the WHERE clause only.")
            select = parse(tokens, text)
        except IcatError as error:
            failure = error
        is_count = len(self._paths) == 1 and any(t.type == "COUNT" for t in self._select)
        targets = tuple(self._targets.values())
        from_text = " ".join(token.text for token in (*clauses.from_, *self._joins))
        where_text = " ".join(token.text for token in clauses.where)
        return Search(
            text, select, failure, targets, is_count, includes, limit, from_text, where_text
        )

    def includes(self, reader: Reader) -> tuple[Step, ...]:
        """Read ``INCLUDE ..`` if it comes next."""
        if reader.take("INCLUDE") is None:
            return ()
        if len(self._paths) != 1:
            raise bad("INCLUDE is only valid for one quantity in the SELECT clause")
        ((path, found),) = self._paths.items()
        if include.is_one(reader):
            return include.all_to_one(self._catalogue, found[1]) if found else ()
        entity = self._variables.get(path.lower())
        if entity is None:
            # No variable can be included from; some entity is needed to say so.
            return include.read(self._catalogue, reader, "", next(iter(self._variables.values())))
        return include.read(self._catalogue, reader, path, entity)

    def _resolve(self, token: Token) -> Token:
        """Note what a name of the SELECT clause leads to; a to-many relation becomes a join."""
        if token.type != Type.NAME or token.value.upper() == "CASE":
            return token
        start, *names = token.value.split(".")
        entity = self._variables.get(start.lower())
        if entity is None:
            raise bad(_UNDEFINED.format(start))
        path = start
        for at, name in enumerate(names, 1):
            is_last = at == len(names)
            relation = entity.relations.get(name)
            if relation is None:
                if not is_last or self._catalogue.attribute(entity, name) is None:
                    raise bad(f"{entity.name} has no field {name}")
                self._note(token.value, path, entity, is_attribute=True)
                return token
            entity = self._catalogue.target(relation)
            if relation.is_many:
                if not is_last:
                    raise bad(f"{path}.{name} has many values and cannot be followed further")
                return self._joined(token, entity)
            path = f"{path}.{name}"
        self._note(token.value, path, entity, is_attribute=False)
        return token

    def _note(self, value: str, path: str, entity: Entity, *, is_attribute: bool) -> None:
        self._targets.setdefault(path.lower(), Target(path, entity))
        self._paths[value] = None if is_attribute else (path, entity)

    def _joined(self, token: Token, entity: Entity) -> Token:
        alias = f"{token.value.replace('.', '_')}$"
        if token.value not in self._paths:
            self._joins += [Token("JOIN", "JOIN"), token, Token("AS", "AS")]
            self._joins.append(Token(Type.NAME, alias))
        self._targets.setdefault(alias.lower(), Target(alias, entity))
        self._paths[token.value] = (alias, entity)
        return Token(Type.NAME, alias, token.end)


def _shown(token: Token) -> str:
    """Return a token as EclipseLink's messages show it: ICAT hands texts over as parameters."""
    return token.value if token.type == Type.STRING else token.text
