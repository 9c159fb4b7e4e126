"""Conditions on ``isPublic``: whatever the configured account may see is public."""

from typing import Final

from datagateway_api.core.errors import BadFilter
from datagateway_api.search.filters import Test

PUBLIC: Final = "isPublic"
_FLAGS: Final = {"true": True, "false": False}


def holds_for_public(test: Test) -> bool:
    """Judge a condition on isPublic, which is true of all that may be seen."""
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    flags = [_flag(operand, test) for operand in operands]
    match test.operator:
        case "eq" | "inq":
            return True in flags
        case "neq" | "nin":
            return True not in flags
    raise BadFilter(f"{test.place}: isPublic takes eq, neq, inq and nin")


def _flag(operand: object, test: Test) -> bool | None:
    if operand is None or isinstance(operand, bool):
        return operand
    found = _FLAGS.get(str(operand).lower())
    if found is None:
        raise BadFilter(f"{test.place}: isPublic is true or false, got {operand!r:.80}")
    return found
