"""Parsed JPQL as plain, frozen data.

Values and conditions are of one kind here, since brackets may hold either; the compiler tells
them apart.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Path:
    """A variable and the names after its dots; alone it is the variable itself."""

    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """The parts between the dots."""
        return tuple(self.text.split("."))


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number or truth value, or None for NULL."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Timestamp:
    """``{ts yyyy-mm-dd hh:mm:ss}``: a local time of the server."""

    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """``:name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Now:
    """CURRENT_TIMESTAMP, CURRENT_DATE or CURRENT_TIME."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A call by upper-case name."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Trim:
    """TRIM, from which sides and of what."""

    side: str
    character: str | None
    of: "Node"


@dataclass(frozen=True, slots=True)
class Cast:
    """``CAST(value AS type)``."""

    of: "Node"
    type: str


@dataclass(frozen=True, slots=True)
class Extract:
    """``EXTRACT(part FROM value)``."""

    part: str
    of: "Node"


@dataclass(frozen=True, slots=True)
class Case:
    """CASE with conditions."""

    branches: tuple[tuple["Node", "Node"], ...]
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """COUNT, MIN, MAX, SUM or AVG."""

    name: str
    of: "Node"
    is_distinct: bool


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus something."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A first operand, and ``(operator, operand)`` pairs after it, all of one precedence."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison; ``quantifier`` is ALL or ANY where the right side is a sub-select."""

    operator: str
    left: "Node"
    right: "Node"
    quantifier: str | None = None


@dataclass(frozen=True, slots=True)
class Like:
    """LIKE, or with ``is_regexp`` REGEXP."""

    value: "Node"
    pattern: "Node"
    escape: "Node | None"
    is_regexp: bool = False


@dataclass(frozen=True, slots=True)
class In:
    """Membership in a list of values or, as a single one, in a sub-select."""

    value: "Node"
    members: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Between:
    """BETWEEN, bounds included."""

    value: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True)
class IsNull:
    """IS NULL."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """IS EMPTY, of a path."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Member:
    """MEMBER OF a to-many relation."""

    value: "Node"
    of: Path


@dataclass(frozen=True, slots=True)
class Exists:
    """EXISTS."""

    select: "Select"


@dataclass(frozen=True, slots=True)
class Not:
    """NOT."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of several conditions."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of several conditions."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Range:
    """What a variable ranges over: an entity by name, or a relation of another variable.

    ``join`` is INNER or LEFT for a joined relation, and empty for a variable of its own.
    """

    path: Path
    variable: str
    join: str = ""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """What to sort by; ``nulls`` is FIRST, LAST or empty."""

    value: "Node"
    is_descending: bool = False
    nulls: str = ""


@dataclass(frozen=True, slots=True)
class Select:
    """A whole select, or a sub-select."""

    items: tuple["Node", ...]
    is_distinct: bool
    ranges: tuple[Range, ...]
    where: "Node | None" = None
    group: tuple["Node", ...] = ()
    having: "Node | None" = None
    order: tuple[OrderKey, ...] = ()


Value: TypeAlias = (
    Path
    | Literal
    | Timestamp
    | Parameter
    | Now
    | Function
    | Trim
    | Cast
    | Extract
    | Case
    | Aggregate
    | Negative
    | Arithmetic
    | Select
)
Condition: TypeAlias = (
    Compare | Like | In | Between | IsNull | IsEmpty | Member | Exists | Not | And | Or
)
Node: TypeAlias = Value | Condition
