"""Statements as text for the driver, compiled once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import Dialect as EngineDialect
from sqlalchemy.sql import ClauseElement

from datagateway_api.sql.streams import Parameters


@dataclass(frozen=True, slots=True)
class Prepared:
    """SQL for the driver, and the bind names in the order (or by the name) it wants them.

    ``constants`` are values that the compiler bound itself, such as an offset of 0.
    """

    sql: str
    names: tuple[str, ...]
    is_positional: bool
    constants: Mapping[str, object] = field(default_factory=dict)

    def parameters(self, values: Mapping[str, object]) -> Parameters:
        """Pick the values of one request."""
        if self.constants:
            values = {**values, **self.constants}
        if self.is_positional:
            return tuple([values[name] for name in self.names])
        return {name: values[name] for name in self.names}


def prepare(element: ClauseElement, engine_dialect: EngineDialect) -> Prepared:
    """Compile a statement for a database."""
    compiled = element.compile(dialect=engine_dialect)
    params: Mapping[str, object] = compiled.params
    constants = {name: value for name, value in params.items() if value is not None}
    names = getattr(compiled, "positiontup", None)
    is_positional = names is not None
    return Prepared(str(compiled), tuple(names or params), is_positional, constants)
