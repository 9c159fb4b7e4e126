"""Unit texts as people write them, read into one form that pint understands, or refused.

Pint alone would take too much: it evaluates any expression (``9**9**9`` never ends), and it finds
a micronit in "unit" and a picohour in "ph". So a text is first cut into names, small exponents
and brackets here, and only names that a facility may have meant are handed on.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

LONGEST: Final = 64
NameOf = Callable[[str], tuple[str, str] | None]
"""From one unit's text to its prefix and name, or None when there is no such unit."""

ALIASES: Final[Mapping[str, str]] = {
    "%": "percent",
    "‰": "permille",
    "°": "degree",
    "ev": "eV",
    "kev": "keV",
    "gev": "GeV",
    "hz": "Hz",
    "khz": "kHz",
    "mhz": "MHz",
    "pa": "Pa",
    "kpa": "kPa",
    "gpa": "GPa",
    "ångström": "angstrom",
    "ångstrom": "angstrom",
    "angström": "angstrom",
    "ångströms": "angstrom",
}
"""Spellings that pint does not have; those in lower case also stand for other cases."""

_PLACEHOLDERS: Final = (
    "-|--|1|n/a|na|none|null|nil|no unit|no units|unknown"
    "|a.u.|a.u|arb|arb.|arb. u.|arb. unit|arb. units|arbitrary units"
)
PLACEHOLDERS: Final = frozenset(["", *_PLACEHOLDERS.split("|")])
"""What stands where there is no unit."""

_RARE: Final = (
    "nit minute hour day week fortnight month year inch foot yard mile dozen point pica grain"
)
_NEVER_PREFIXED: Final = frozenset(_RARE.split())
"""Units that get a prefix only by accident, as in "unit" and "ph"."""

_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_DEGREES: Final = re.compile(
    r"(?:°|º|deg(?:ree)?s?\b\.?)\s*(c(?:elsius)?|f(?:ahrenheit)?|k(?:elvin)?)\b", re.IGNORECASE
)
_SCALES: Final[Mapping[str, str]] = {"c": "celsius", "f": "fahrenheit", "k": "kelvin"}
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<name> [^\W\d_]+(?![°%‰]) | [°%‰](?![^\W\d_]|[°%‰]) )
            (?P<power> (?:\^|\*\*)?[+-]?[1-9](?!\d) )?
        | (?P<open> \( )
        | (?P<close> \) ) (?P<raised> (?:\^|\*\*)[+-]?[1-9](?!\d) )?
        | (?P<one> 1 ) (?=\s*/)
        | (?P<over> / )
        | (?P<times> \*(?!\*) | [·⋅×.](?=\s*[^\s.]) )
    )\s*""",
    re.VERBOSE,
)
_OPENING: Final = ("*", "/", "(")
_CLOSING: Final = ("*", "/", ")")
_SHORTEST_WORD: Final = 3


def canonical(text: str, name_of: NameOf) -> str | None:
    """Return a unit as an expression of full names, or None for anything but a known unit.

    >>> from datagateway_api.search.science.units import name_of
    >>> canonical("W m⁻² / °C", name_of)
    'watt*meter**-2/degree_Celsius'
    """
    if len(text) > LONGEST or folded(text) in PLACEHOLDERS:
        return None
    parts: list[str] = []
    for part in _parts(_plain(text), name_of):
        if part is None:
            return None
        if parts and parts[-1] not in _OPENING and not part.startswith(_CLOSING):
            parts.append("*")
        parts.append(part)
    return "".join(parts) if _is_expression(parts) else None


def _is_expression(parts: Sequence[str]) -> bool:
    """Say whether operators stand between operands, and brackets in pairs around some."""
    depth = 0
    for before, after in pairwise(("(", *parts, ")")):
        if before in _OPENING and after.startswith(_CLOSING):
            return False
        depth += (after == "(") - after.startswith(")")
        if depth < -1:
            return False
    return depth == -1


def folded(text: str) -> str:
    """A text as it is compared where no unit is known: case and blanks do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _plain(text: str) -> str:
    text = text.translate(_SUPERSCRIPTS).replace("º", "°")
    text = unicodedata.normalize("NFKC", text).replace("−", "-")
    text = _DEGREES.sub(lambda found: _SCALES[found[1][0].lower()], text)
    return re.sub(r"\bper\b", "/", text).strip()


def _parts(text: str, name_of: NameOf) -> Iterator[str | None]:
    """Yield the pieces of an expression; None for what cannot be read."""
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            yield None
            return
        position = found.end()
        if found["name"]:
            name = _name(found["name"], name_of)
            yield name and name + _power(found["power"])
        elif found["close"]:
            yield ")" + _power(found["raised"])
        else:
            yield "*" if found["times"] else found[0].strip()


def _power(text: str | None) -> str:
    return f"**{int(text.lstrip('^*'))}" if text else ""


def _name(text: str, name_of: NameOf) -> str | None:
    lower = text.lower()
    candidates = [ALIASES.get(text, text), ALIASES.get(lower)]
    if len(text) >= _SHORTEST_WORD:
        candidates.append(lower)
    for candidate in candidates:
        found = name_of(candidate) if candidate else None
        if found is not None:
            prefix, name = found
            return None if prefix and name in _NEVER_PREFIXED else prefix + name
    return None
