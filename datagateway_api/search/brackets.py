"""LoopBack's other way to write a filter: ``filter[where][title][like]=x``."""

import re
from typing import Final, TypeAlias, Union

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.parse import shown

DEEPEST: Final = 60
LARGEST_INDEX: Final = 500
_KEY: Final = re.compile(r"\[([^\[\]]*)\]")
_NULL: Final = "null"

Tree: TypeAlias = dict[str, Union["Tree", object]]


def is_bracketed(name: str, parameter: str) -> bool:
    """Say whether a query parameter's name is ``parameter`` followed by brackets."""
    return name.startswith(parameter + "[")


def decode(pairs: list[tuple[str, str]], parameter: str) -> object:
    """Put together what parameters such as ``filter[limit]`` say.

    ``[]`` and numbers make lists. Values stay texts, which become numbers, dates and flags where
    the attribute wants them; only null is itself. Raises BadFilter.
    """
    tree: Tree = {}
    for name, text in pairs:
        _place(tree, name, _steps(name, parameter), None if text == _NULL else text)
    return _lists(tree)


def _steps(name: str, parameter: str) -> list[str]:
    rest = name[len(parameter) :]
    steps = _KEY.findall(rest)
    if "".join(f"[{step}]" for step in steps) != rest or len(steps) > DEEPEST:
        raise BadFilter(f"{shown(name)} must read like {parameter}[where][title]")
    return steps


def _place(tree: Tree, name: str, steps: list[str], value: object) -> None:
    here = tree
    for step in steps[:-1]:
        key = step or str(len(here))
        below = here.setdefault(key, {})
        if not isinstance(below, dict):
            raise BadFilter(f"{shown(name)}: {step} has a value already")
        here = below
    last = steps[-1] or str(len(here))
    if last in here:
        # The same name again: a list, as in filter[order]=a&filter[order]=b.
        before = here[last]
        if isinstance(before, dict):
            raise BadFilter(f"{shown(name)} is given both as a value and with names below it")
        here[last] = [*before, value] if isinstance(before, list) else [before, value]
        return
    here[last] = value


def _lists(node: object) -> object:
    """Turn objects whose names are all numbers into lists."""
    if not isinstance(node, dict):
        return node
    if node and all(key.isdecimal() and key.isascii() and len(key) <= 3 for key in node):
        numbers = sorted(node, key=int)
        if int(numbers[-1]) <= LARGEST_INDEX:
            return [_lists(node[number]) for number in numbers]
    return {key: _lists(below) for key, below in node.items()}
