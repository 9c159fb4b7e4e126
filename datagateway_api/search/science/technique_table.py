"""Reading a table of techniques in the form of PaNET's source, a ROBOT template.

Its first row has the columns' names, its second what each means: ``ID``, ``A rdfs:label``,
``A …altLabel``, ``TYPE``, ``SC %`` (a parent) and ``EC %`` (what the technique is the same as).
Parents are written as a compact name (``PaNET:PaNET01124``), an address, or a label; an
expression counts for the named classes that it joins by "and". Further columns are left alone.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from datagateway_api.core.errors import ConfigurationError

NAMESPACE: Final = "http://purl.org/pan-science/PaNET/"
PREFIX: Final = "PaNET:"
_CLASS: Final = ("", "owl:Class")
_ENDING: Final = re.compile(r"(?<=\S)([\s_-]+based)?[\s_-]+techniques?\s*$", re.IGNORECASE)
_SIGNS: Final = re.compile(r"[-_‐‑–]")
_FIRST_DATA_ROW: Final = 3
_ADDRESS: Final = re.compile(r"<?(https?://[^\s<>]+)>?")
_COMPACT: Final = re.compile(r"[A-Za-z][\w.-]*:\S+")
_QUOTED: Final = re.compile(r"'([^']+)'")
_INNER: Final = re.compile(r"\([^()]*\)")
_AND: Final = re.compile(r"\s+and\s+")
_OTHER_WORDS: Final = re.compile(r"\b(some|only|not|or|value|min|max|exactly|self|that)\b")


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique: the row it stands in, its address, names and parents' addresses."""

    row: int
    pid: str
    names: tuple[str, ...]
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row what is found."""

    id: int
    label: int
    synonyms: Sequence[int]
    parents: Sequence[int]
    type: int | None
    width: int


def read(path: Path) -> Mapping[str, Technique]:
    """Return the techniques of a table by address; raise ConfigurationError with every fault."""
    rows = _rows(path)
    columns = _columns(rows)
    problems: list[str] = []
    written: dict[str, tuple[Technique, list[tuple[int, str]]]] = {}
    for number, row in enumerate(rows[_FIRST_DATA_ROW - 1 :], _FIRST_DATA_ROW):
        fault = _fault(row, columns)
        if fault is not None:
            problems.append(f"row {number}: {fault}")
        elif _is_technique(row, columns):
            _add(written, number, row, columns)
    pids = _by_name(technique for technique, _ in written.values())
    techniques = {
        pid: replace(technique, parents=tuple(_parents(cells, pids, problems)))
        for pid, (technique, cells) in written.items()
    }
    if not techniques and not problems:
        problems.append("there is no technique in it")
    if problems:
        raise ConfigurationError(problems)
    return techniques


def plain(name: str) -> str:
    """A name as names are compared: case, hyphens, blanks and what all names end in do not count.

    PaNET calls "small angle scattering-based techniques" what data are tagged with as
    "small-angle scattering".
    """
    return " ".join(_SIGNS.sub(" ", without_ending(name).casefold()).split())


def without_ending(name: str) -> str:
    """A name without the words that most of PaNET's names end in."""
    return _ENDING.sub("", name)


def _rows(path: Path) -> Sequence[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream, strict=True))
    except OSError as error:
        raise ConfigurationError([f"the table cannot be read: {error.strerror}"]) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError([f"this is no CSV file in UTF-8: {error}"]) from error


def _columns(rows: Sequence[list[str]]) -> _Columns:
    """Find the columns by what the second row says of them."""
    codes = [code.strip() for code in rows[1]] if len(rows) > 1 else []
    missing = [code for code in ("ID", "A rdfs:label") if code not in codes]
    if missing:
        what = " and ".join(f"'{code}'" for code in missing)
        raise ConfigurationError([f"row 2: must say which column is {what}, as PaNET's table does"])
    return _Columns(
        id=codes.index("ID"),
        label=codes.index("A rdfs:label"),
        synonyms=[
            i for i, code in enumerate(codes) if code.startswith("A ") and "altLabel" in code
        ],
        parents=[i for i, code in enumerate(codes) if code.startswith(("SC %", "EC %"))],
        type=codes.index("TYPE") if "TYPE" in codes else None,
        width=len(codes),
    )


def _fault(row: Sequence[str], columns: _Columns) -> str | None:
    """Say what is wrong with a row as such. Rows without an id are headings and gaps."""
    if len(row) > columns.width and any(cell.strip() for cell in row[columns.width :]):
        return f"must have at most {columns.width} columns, got {len(row)}"
    row = [*row, *[""] * (columns.width - len(row))]
    text = row[columns.id].strip()
    if not text:
        if row[columns.label].strip():
            return f"'{row[columns.label].strip()}' has no id"
        return None
    if address(text) is None:
        return f"the id must be an address or like {PREFIX}PaNET00001, got '{text}'"
    if not row[columns.label].strip():
        return f"{text} has no label"
    return None


def _is_technique(row: Sequence[str], columns: _Columns) -> bool:
    if len(row) <= columns.id or not row[columns.id].strip():
        return False
    return columns.type is None or (len(row) <= columns.type or row[columns.type].strip() in _CLASS)


def _add(
    written: dict[str, tuple[Technique, list[tuple[int, str]]]],
    number: int,
    row: Sequence[str],
    columns: _Columns,
) -> None:
    """Add a row; a technique may have several, as for one more thing that it is the same as."""
    pid = address(row[columns.id])
    assert pid is not None
    names = [row[i].strip() for i in (columns.label, *columns.synonyms) if i < len(row)]
    cells = [(number, row[i].strip()) for i in columns.parents if i < len(row)]
    technique, before = written.get(pid, (Technique(number, pid, ()), []))
    together = tuple(dict.fromkeys((*technique.names, *filter(None, names))))
    written[pid] = (replace(technique, names=together), [*before, *cells])


def address(text: str) -> str | None:
    """The full address that an id or a reference means, or None for a mere name."""
    text = text.strip()
    found = _ADDRESS.fullmatch(text)
    if found:
        return found[1]
    if text.startswith(PREFIX):
        return NAMESPACE + text.removeprefix(PREFIX)
    return text if _COMPACT.fullmatch(text) else None


def _by_name(techniques: Iterable[Technique]) -> Mapping[str, str]:
    """Every way to refer to a technique: by address and by label."""
    pids: dict[str, str] = {}
    for technique in techniques:
        pids[technique.pid] = technique.pid
        pids.setdefault(technique.names[0].casefold(), technique.pid)
    return pids


def _parents(
    cells: Iterable[tuple[int, str]], pids: Mapping[str, str], problems: list[str]
) -> Iterator[str]:
    for number, cell in cells:
        # A label may hold a word of the expressions' language, as in "UV and visible".
        for reference in [cell] if cell.casefold() in pids else _references(cell):
            pid = pids.get(address(reference) or reference.casefold())
            if pid is not None:
                yield pid
            elif _belongs_here(reference):
                problems.append(f"row {number}: there is no technique '{reference}'")


def _references(expression: str) -> Iterator[str]:
    """Yield the classes that an expression names: itself, or what it joins by "and"."""
    text = expression.strip()
    while text.startswith("(") and not _INNER.sub("", text[1:-1]).count(")"):
        text = text[1:-1].strip()
    outline = _QUOTED.sub(lambda found: "_" * len(found[0]), text)
    while _INNER.search(outline):
        outline = _INNER.sub(lambda found: "_" * len(found[0]), outline)
    joints = [*_AND.finditer(outline)]
    if not text or _OTHER_WORDS.search(outline):
        return
    if not joints:
        yield text.strip("'").strip()
        return
    starts = [0, *(joint.end() for joint in joints)]
    ends = [*(joint.start() for joint in joints), len(text)]
    for start, end in zip(starts, ends, strict=True):
        yield from _references(text[start:end])


def _belongs_here(reference: str) -> bool:
    """Say whether a reference must be to this table: addresses elsewhere need not be."""
    found = address(reference)
    return found is None or found.startswith(NAMESPACE)
