"""A second, naive reading of filters: object by object in memory, to hold the real one against.

The catalogue and the filters are drawn by a seeded generator, so a failure can be repeated. Units
and techniques with kinds are left to tests of their own: no unit is given, no table is read.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

RELATIONS: Mapping[str, Mapping[str, str]] = {
    "Document": {"datasets": "Dataset", "members": "Member", "parameters": "Parameter"},
    "Dataset": {
        "documents": "Document",
        "techniques": "Technique",
        "instrument": "Instrument",
        "files": "File",
        "parameters": "Parameter",
    },
    "Instrument": {"datasets": "Dataset"},
    "Technique": {"datasets": "Dataset"},
    "File": {"dataset": "Dataset"},
    "Parameter": {"dataset": "Dataset", "document": "Document"},
    "Member": {"document": "Document", "person": "Person"},
    "Person": {},
}
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "Document": ("pid", "type", "title", "summary", "keywords", "startDate"),
    "Dataset": ("pid", "title", "creationDate"),
    "Instrument": ("pid", "name", "facility"),
    "Technique": ("pid", "name"),
    "File": ("name", "size"),
    "Parameter": ("name", "value"),
    "Member": ("role",),
    "Person": ("id", "fullName"),
}
SEARCHED = {
    "Document": ("title", "summary"),
    "Dataset": ("title",),
    "Instrument": ("name", "facility"),
    "Technique": ("name",),
    "File": ("name",),
    "Person": ("fullName",),
}
OPPOSITES = {"neq": "eq", "nin": "inq", "nlike": "like", "nilike": "ilike"}
WORDS = ("alpha", "Beta", "beta", "al%pha", "x_y", "o'b", "10", "0", "Ünï")
DATES = ("2020-01-01T00:00:00.000Z", "2020-06-01T12:00:00.500Z", "2021-01-01T00:00:00.000Z")
ROOTS = ("Document", "Dataset", "Instrument")


@dataclass(eq=False)
class Thing:
    """One object with what it is related to."""

    kind: str
    attributes: dict[str, Any]
    related: dict[str, list["Thing"]] = field(default_factory=dict)

    @property
    def pid(self) -> str:
        return str(self.attributes["pid"])


def catalogue(pick: Random) -> dict[str, Any]:
    """Draw a catalogue in the form of the PaNOSC fixture; one document is under embargo."""

    def name() -> str:
        return pick.choice(WORDS)

    def parameters() -> list[dict[str, Any]]:
        values: dict[str, list[Any]] = {
            "label": ["10", "abc", "Abc", "2020-01-01"],
            "temp": [0, 1, 2.5, -3, 10],
        }
        some = pick.sample([*values], pick.randint(0, 2))
        return [{"name": each, "value": pick.choice(values[each]), "unit": ""} for each in some]

    instruments = [{"pid": f"i/{n}", "name": f"{name()}{n}", "facility": "X"} for n in range(3)]
    techniques = [{"pid": f"t/{n}", "name": f"{name()} t{n}"} for n in range(4)]
    persons = [{"id": f"u{n}", "fullName": f"{name()} P{n}"} for n in range(3)]
    datasets = [
        {
            "pid": f"d/{n:02}",
            "title": f"{name()} {n}",
            "creationDate": pick.choice(DATES),
            "techniques": [each["pid"] for each in pick.sample(techniques, pick.randint(0, 3))],
            "parameters": parameters(),
            "files": [
                {"name": f"{name()}f{k}", "size": pick.choice([None, 0, 5])}
                for k in range(pick.randint(0, 2))
            ],
            **({"instrument": pick.choice(instruments)["name"]} if pick.random() < 0.7 else {}),
        }
        for n in range(12)
    ]
    documents = [
        {
            "pid": f"doc/{n}",
            "type": pick.choice(["pub", "prop"]),
            "title": f"{name()}{n}",
            "summary": pick.choice([None, name(), ""]),
            "startDate": pick.choice([None, *DATES]),
            "keywords": pick.sample(["k1", "K1", "alpha"], pick.randint(0, 3)),
            "isPublic": n != 3,
            "datasets": [each["pid"] for each in datasets[n * 2 : n * 2 + 2 * (n != 4)]],
            "parameters": parameters(),
            "members": [
                {"role": pick.choice(["pi", "owner"]), "person": each["id"], "affiliation": 1}
                for each in pick.sample(persons, pick.randint(0, 2))
            ],
        }
        for n in range(6)
    ]
    return {
        "facility": "X",
        "instruments": instruments,
        "techniques": techniques,
        "persons": persons,
        "affiliations": [{"id": 1, "name": "A", "address": "a", "city": "b", "country": "c"}],
        "datasets": datasets,
        "documents": documents,
    }


def things(data: Mapping[str, Any]) -> dict[str, list[Thing]]:
    """Return the objects of each root that may be seen."""
    instruments = {each["name"]: _thing("Instrument", each) for each in data["instruments"]}
    techniques = {each["pid"]: _thing("Technique", each) for each in data["techniques"]}
    persons = {each["id"]: _thing("Person", each) for each in data["persons"]}
    datasets = {each["pid"]: each for each in data["datasets"]}
    for each in (*instruments.values(), *techniques.values()):
        each.related["datasets"] = []
    found: dict[str, list[Thing]] = {"Document": [], "Dataset": []}
    for raw in data["documents"]:
        if not raw["isPublic"]:
            continue
        document = _thing("Document", raw)
        found["Document"].append(document)
        _own(document, "parameters", "document", raw["parameters"])
        _own(document, "members", "document", raw["members"])
        for member in document.related["members"]:
            member.related["person"] = [persons[member.attributes["person"]]]
        _own(document, "datasets", "documents", [datasets[pid] for pid in raw["datasets"]])
        for dataset in document.related["datasets"]:
            found["Dataset"].append(dataset)
            _own(dataset, "parameters", "dataset", dataset.attributes["parameters"])
            _own(dataset, "files", "dataset", dataset.attributes["files"])
            tags = [techniques[pid] for pid in dataset.attributes["techniques"]]
            used = dataset.attributes.get("instrument")
            dataset.related |= {
                "techniques": tags,
                "instrument": [instruments[used]] if used else [],
            }
            for each in (*tags, *dataset.related["instrument"]):
                each.related["datasets"].append(dataset)
    return {**found, "Instrument": [*instruments.values()]}


def _thing(kind: str, raw: Mapping[str, Any]) -> Thing:
    return Thing(kind, dict(raw))


def _own(owner: Thing, relation: str, back: str, raws: Iterable[Mapping[str, Any]]) -> None:
    target = RELATIONS[owner.kind][relation]
    owner.related[relation] = [Thing(target, dict(raw), {back: [owner]}) for raw in raws]


def meets(thing: Thing, where: Mapping[str, Any]) -> bool:
    """Say whether an object meets a where."""
    return all(_holds(thing, key, value) for key, value in where.items())


def _holds(thing: Thing, key: str, value: Any) -> bool:
    if key in ("and", "or", "nor"):
        return _group(key, [meets(thing, part) for part in value])
    if key == "text":
        found = [thing.attributes.get(name) or "" for name in SEARCHED.get(thing.kind, ())]
        return not found or any(value.lower() in each.lower() for each in found)
    target = RELATIONS[thing.kind].get(key)
    if target is not None:
        related = thing.related.get(key, [])
        if target == "Technique":
            return tagged(related, value)
        return any(meets(each, value) for each in related)
    return _tests(value, lambda operator, operand: _test(thing, key, operator, operand))


def tagged(tags: list[Thing], where: Mapping[str, Any]) -> bool:
    """Judge a where on techniques by all tags of a data set together."""

    def holds(key: str, value: Any) -> bool:
        if key in ("and", "or", "nor"):
            return _group(key, [tagged(tags, part) for part in value])
        if key in ("text", "datasets"):
            return any(_holds(tag, key, value) for tag in tags)

        def test(operator: str, operand: Any) -> bool:
            plain = OPPOSITES.get(operator, operator)
            found = any(_test(tag, key, plain, operand) for tag in tags)
            return found is (plain == operator)

        return _tests(value, test)

    return all(holds(key, value) for key, value in where.items())


def _group(key: str, parts: list[bool]) -> bool:
    return {"and": all(parts), "or": any(parts), "nor": not any(parts)}[key]


def _tests(value: Any, test: Callable[[str, Any], bool]) -> bool:
    pairs = value.items() if isinstance(value, dict) else [("eq", value)]
    return all(test(operator, operand) for operator, operand in pairs)


def _test(thing: Thing, name: str, operator: str, operand: Any) -> bool:
    if operator in OPPOSITES:
        return not _test(thing, name, OPPOSITES[operator], operand)
    value = thing.attributes.get(name)
    if operator == "inq":
        return any(_test(thing, name, "eq", each) for each in operand)
    if operand is None:
        return value is None or value == []
    values = value if isinstance(value, list) else [value]
    return any(each is not None and _compare(each, operator, operand) for each in values)


def _compare(value: Any, operator: str, operand: Any) -> bool:
    if operator in ("like", "ilike"):
        return isinstance(value, str) and _pattern(operand, operator).search(value) is not None
    operands = operand if isinstance(operand, list) else [operand]
    pairs = [_alike(value, each) for each in operands]
    if operator == "between":
        return all(pairs) and pairs[0][0] >= pairs[0][1] and pairs[1][0] <= pairs[1][1]
    if not pairs[0]:
        return False
    left, right = pairs[0]
    return bool({"eq": left == right, "gt": left > right, "lte": left <= right}[operator])


def _alike(value: Any, operand: Any) -> tuple[Any, ...]:
    """Return both as they compare, or nothing where they do not."""
    if isinstance(value, str):
        if not isinstance(operand, str):
            return ()
        return (_moment(value), _moment(operand)) if value in DATES else (value, operand)
    if isinstance(operand, str) and not re.fullmatch(r"-?\d+(\.\d+)?", operand):
        return ()
    return value, float(operand)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _pattern(operand: str, operator: str) -> re.Pattern[str]:
    signs = {"%": ".*", "_": "."}
    text = "".join(signs.get(each, re.escape(each)) for each in operand)
    flags = re.DOTALL | (re.IGNORECASE if operator == "ilike" else 0)
    return re.compile(rf"\A{text}\Z" if "%" in operand else text, flags)


def joins(include: Mapping[str, Any]) -> bool:
    scope = include["scope"]
    return "where" in scope or any(joins(each) for each in scope.get("include", ()))


def joined(thing: Thing, include: Mapping[str, Any]) -> bool:
    """Say whether an include leaves an object in the list."""
    if not joins(include):
        return True
    relation, scope = include["relation"], include["scope"]
    related = thing.related.get(relation, [])
    if RELATIONS[thing.kind][relation] == "Technique" and "where" in scope:
        return bool(related) and tagged(related, scope["where"])
    return any(matches(each, scope) for each in related)


def matches(thing: Thing, scope: Mapping[str, Any]) -> bool:
    """Say whether an object is a match of a scope."""
    includes = scope.get("include", ())
    return meets(thing, scope.get("where", {})) and all(joined(thing, each) for each in includes)


def where_of(pick: Random, kind: str, depth: int = 0) -> dict[str, Any]:
    """Draw a where on a class."""
    chance = pick.random() if depth < 3 else 1
    if chance < 0.3:
        parts = [where_of(pick, kind, depth + 1) for _ in range(pick.randint(1, 3))]
        return {pick.choice(["and", "or", "nor"]): parts}
    if chance < 0.5 and RELATIONS[kind]:
        relation = pick.choice([*RELATIONS[kind]])
        return {relation: where_of(pick, RELATIONS[kind][relation], depth + 1)}
    if pick.random() < 0.15 and kind in SEARCHED:
        return {"text": pick.choice(["ALPHA", "beta", "t1", "0", "%", "_", "O'B"])}
    names = pick.sample(ATTRIBUTES[kind], pick.randint(1, min(2, len(ATTRIBUTES[kind]))))
    return {name: _drawn(pick, name) for name in names}


def _drawn(pick: Random, name: str) -> Any:
    is_date, is_size = name.endswith("Date"), name == "size"
    operands: tuple[Any, ...] = WORDS
    if is_date:
        operands = (*DATES, "2020-01-01", "2020-06-01T14:00:00.5+02:00")
    elif is_size or name == "value":
        operands = (0, 5, 2.5, "10")
    operators = ["eq", "neq", "gt", "lte", "between", "inq", "nin", "null"]
    if not is_date and not is_size:
        operators += ["like", "nlike", "ilike", "nilike"]
    operator = pick.choice(operators)
    if operator == "null":
        return pick.choice([None, {"neq": None}])
    if operator in ("between", "inq", "nin"):
        number = 2 if operator == "between" else pick.randint(0, 3)
        return {operator: [pick.choice(operands) for _ in range(number)]}
    if "like" in operator:
        word = pick.choice(WORDS)
        return {operator: pick.choice([word[:2], word[:2] + "%", "%" + word[-2:], word.upper()])}
    return {operator: pick.choice(operands)}


def includes_of(pick: Random, kind: str, depth: int = 0) -> list[dict[str, Any]]:
    """Draw the includes of a class."""
    found = []
    for relation in pick.choices([*RELATIONS[kind]], k=pick.randint(1, 2)):
        target, scope = RELATIONS[kind][relation], dict[str, Any]()
        if pick.random() < 0.5:
            scope["where"] = where_of(pick, target, 2)
        if depth < 1 and RELATIONS[target] and pick.random() < 0.5:
            scope["include"] = includes_of(pick, target, depth + 1)
        found.append({"relation": relation, "scope": scope})
    return found
