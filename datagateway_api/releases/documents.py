"""Datasets between the three forms that they have: as uploaded, as stored, as answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from datagateway_api.core.entities import FieldType
from datagateway_api.releases.check import Clean
from datagateway_api.releases.entity import FIELDS, NUMBER, VALUES

_TAIL: Final = ("file_list", "skims")
_LISTS: Final = frozenset(name for name, f in FIELDS.items() if f.type is FieldType.LIST)
_HEAD: Final[Mapping[str, object]] = {
    name: ([] if name in _LISTS else None) for name in FIELDS if name not in _TAIL
}
"""What a new dataset has where the upload says nothing."""


@dataclass(slots=True)
class SkimIds:
    """Counts the ids of a release's new skims."""

    next: int

    def take(self) -> int:
        """Return an id that no skim of the release has."""
        self.next += 1
        return self.next - 1


@dataclass(frozen=True, slots=True)
class Stored:
    """A dataset as its row holds it."""

    id: int
    head: str
    file_list: str
    skims: str

    def fields(self) -> Clean:
        """Return all its fields, skims as they are answered."""
        found: Clean = orjson.loads(self.head + "}")
        found["file_list"] = orjson.loads(self.file_list)
        found["skims"] = orjson.loads(self.skims)
        return found


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of a dataset that an upload changes."""

    name: str
    old: object
    new: object


def changes(stored: Stored, clean: Clean) -> list[Changed]:
    """Return what of an upload's row differs from what is stored."""
    old = orjson.loads(stored.head + "}")
    return list(_changes(stored, old, clean))


def _changes(stored: Stored, old: Clean, clean: Clean) -> Iterator[Changed]:
    for name, new in clean.items():
        if name == "file_list":
            if orjson.dumps(new).decode() != stored.file_list:
                yield Changed(name, orjson.loads(stored.file_list), new)
        elif name == "skims":
            before = _bare(orjson.loads(stored.skims))
            if before != new:
                yield Changed(name, before, new)
        elif _differs(old, name, new):
            yield Changed(name, old.get(name), new)


def _differs(old: Clean, name: str, new: object) -> bool:
    if name in FIELDS:
        return bool(old.get(name) != new)
    # Equal by Python's measure are 1, 1.0 and true as well.
    return name not in old or _sorted(old[name]) != _sorted(new)


def _sorted(value: object) -> bytes:
    """Return a value as JSON; the order of an object's keys says nothing."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def row(release: str, stored: Stored | None, clean: Clean, ids: SkimIds) -> dict[str, object]:
    """Return the columns of a dataset after an upload's row was laid over what is stored."""
    old = stored.fields() if stored is not None else {"file_list": [], "skims": []}
    old.pop("release", None)
    whole: Clean = {**_HEAD, **old, **clean}
    skims = old["skims"]
    if "skims" in clean:
        known = {skim["skim_type"]: skim["id"] for skim in skims}
        skims = [
            _answered(skim, known.get(skim["skim_type"]) or ids.take(), release, whole[NUMBER.name])
            for skim in clean["skims"]
        ]
    return _columns(release, whole, skims)


def _columns(release: str, whole: Clean, skims: list[dict[str, Any]]) -> dict[str, object]:
    extra = {name: value for name, value in whole.items() if name not in FIELDS}
    head = {name: whole[name] for name in _HEAD} | {"release": {"name": release}} | extra
    physics = whole["physics_short"]
    found = {field.column: whole[field.name] for field in VALUES}
    return found | {
        "number_key": whole[NUMBER.name].lower(),
        "physics_key": physics.lower()[: FIELDS["physics_short"].length] if physics else None,
        "keywords": _json(whole["keywords"]),
        "skim_types": _json([skim["skim_type"] for skim in skims]),
        "extra": _json(extra),
        "head": _json(head)[:-1],
        "file_list": _json(whole["file_list"]),
        "skims": _json(skims),
        "lean_skims": _json([_without_files(skim) for skim in skims]),
    }


def _answered(skim: Mapping[str, object], id_: int, release: str, number: str) -> dict[str, object]:
    return {"id": id_, **skim, "dataset_number": number, "release_name": release}


def _bare(skims: list[dict[str, Any]]) -> list[dict[str, object]]:
    """Return skims as an upload has them."""
    names = ("skim_type", "file_list", "description")
    return [{name: skim[name] for name in names} for skim in skims]


def _without_files(skim: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in skim.items() if name != "file_list"}


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
