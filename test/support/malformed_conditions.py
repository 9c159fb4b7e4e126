"""Malformed ``where`` parameters, apart from their operands."""

from collections.abc import Iterator

from test.support.malformed import Malformed, where

NOT_JSON = "where must be JSON such as"
NOT_AN_OBJECT = "where must be an object such as"
NO_STEP = "Investigation has no attribute or relation"

CONDITIONS: tuple[tuple[str, object, str], ...] = (
    ("nothing", "", NOT_JSON),
    ("a space", " ", NOT_JSON),
    ("a word", "name", NOT_JSON),
    ("an object cut short", '{"name":{"eq":"a"}', NOT_JSON),
    ("a text cut short", '{"name":"a', NOT_JSON),
    ("single quotes", "{'name':'a'}", NOT_JSON),
    ("a key without quotes", '{name:"a"}', NOT_JSON),
    ("a comma too many", '{"name":"a",}', NOT_JSON),
    ("two objects", '{"name":"a"}{"name":"b"}', NOT_JSON),
    ("words after the object", '{"name":"a"} and more', NOT_JSON),
    ("a comment", '/* all */{"name":"a"}', NOT_JSON),
    ("SQL", "1=1 OR name LIKE 'a'", NOT_JSON),
    ("undefined", '{"name":undefined}', NOT_JSON),
    ("NaN", '{"fileSize":NaN}', NOT_JSON),
    ("Infinity", '{"fileSize":Infinity}', NOT_JSON),
    ("minus Infinity", '{"fileSize":-Infinity}', NOT_JSON),
    ("a number beyond any double", '{"fileSize":1e999}', NOT_JSON),
    ("a number with a leading zero", '{"id":01}', NOT_JSON),
    ("a plus sign", '{"id":+1}', NOT_JSON),
    ("a raw control character", '{"name":"\x01"}', NOT_JSON),
    ("an unknown escape", '{"name":"\\x41"}', NOT_JSON),
    ("a lone high surrogate", '{"name":"\\ud800"}', NOT_JSON),
    ("a lone low surrogate", '{"name":"\\udc00b"}', NOT_JSON),
    ("a lone surrogate in a key", '{"\\ud800":1}', NOT_JSON),
    ("a byte order mark", '\ufeff{"id":1}', NOT_JSON),
    ("a raw NUL", '{"name":"\0"}', NOT_JSON),
    ("1000 lists never closed", "[" * 1000, NOT_JSON),
    ("20 000 lists never closed", "[" * 20_000, NOT_JSON),
    ("5000 lists", "[" * 5000 + "]" * 5000, NOT_JSON),
    ("5000 objects", '{"and":' * 5000 + "1" + "}" * 5000, NOT_JSON),
    ("a list", [], NOT_AN_OBJECT),
    ("a list of objects", [{"id": 1}], NOT_AN_OBJECT),
    ("a number", 1, NOT_AN_OBJECT),
    ("a text", '"name"', NOT_AN_OBJECT),
    ("null", None, NOT_AN_OBJECT),
    ("true", True, NOT_AN_OBJECT),
    ("an empty object", {}, NOT_AN_OBJECT),
    ("and with an object", {"and": {"id": 1}}, "and must be a list of at least one condition"),
    ("and with nothing", {"and": []}, "and must be a list of at least one condition"),
    ("or with a text", {"or": "x"}, "or must be a list of at least one condition"),
    ("or with null", {"OR": None}, "or must be a list of at least one condition"),
    ("and with a number", {"and": [1]}, NOT_AN_OBJECT),
    ("or with an empty object", {"or": [{}]}, NOT_AN_OBJECT),
    ("or with lists", {"or": [[{"id": 1}]]}, NOT_AN_OBJECT),
    ("not", {"not": [{"id": 1}]}, f'{NO_STEP} "not"'),
    ("an operator without a field", {"eq": 1}, f'{NO_STEP} "eq"'),
    ("a field with no operator", {"name": {}}, "name needs an operator"),
    ("an unknown operator", {"name": {"equals": "a"}}, 'unknown operator "equals"'),
    ("an unknown operator beside one", {"name": {"eq": "a", "x": 1}}, 'unknown operator "x"'),
    ("an operator with a dollar", {"name": {"$eq": "a"}}, "the operators are: eq, ne, neq"),
    ("an operator in an operator", {"name": {"eq": {"eq": "a"}}}, "name must be a text"),
    ("a relation with nothing", {"datasets": {}}, "datasets.id needs an operator"),
    ("a relation with a text", {"datasets": "DATASET 1"}, "datasets.id must be a whole number"),
    ("a relation with a list", {"datasets": [1]}, "datasets.id must be a whole number"),
    ("a relation with an unknown field", {"datasets": {"foo": 1}}, "Dataset has no attribute"),
    ("a relation with field and operator", {"type": {"eq": 1, "name": "a"}}, '"eq"'),
    ("an attribute of an attribute", {"name.x": 1}, "Investigation.name is an attribute"),
    ("an attribute with a field below", {"name": {"title": "a"}}, 'unknown operator "title"'),
    ("a near miss", {"titel": "a"}, "did you mean title"),
    ("a near miss of a relation", {"dataset_s.name": "a"}, "did you mean datasets"),
    ("a near miss below a relation", {"datasets.nmae": "a"}, "did you mean name"),
    ("another entity's field", {"fileName": "a"}, f'{NO_STEP} "fileName"'),
    ("a column", {"INVESTIGATION_ID": 1}, f'{NO_STEP} "INVESTIGATION_ID"'),
    ("an empty name", {"": 1}, f'{NO_STEP} ""'),
    ("a dot", {".": 1}, f'{NO_STEP} ""'),
    ("a dot at the end", {"datasets.": 1}, 'Dataset has no attribute or relation ""'),
    ("a dot at the start", {".name": 1}, f'{NO_STEP} ""'),
    ("two dots", {"datasets..name": 1}, 'Dataset has no attribute or relation ""'),
    ("a space in a name", {"name ": 1}, f'{NO_STEP} "name "'),
    ("a star", {"*": 1}, f'{NO_STEP} "*"'),
    ("a NUL in a name", {"na\0me": "a"}, NO_STEP),
    ("a statement as a name", {"id) OR (1=1": 1}, NO_STEP),
    ("a quoted name", {'"name"': 1}, NO_STEP),
    ("a word that logs users out", {"session": 1}, NO_STEP),
    ("a name of 100 000 characters", {"x" * 100_000: 1}, NO_STEP),
    (
        "a relation in the wrong direction",
        {"investigation.name": "a"},
        f'{NO_STEP} "investigation"',
    ),
    ("a relation that two lead to", {"dataPublication.pid": "a"}, NO_STEP),
    (
        "a path of 11 relations",
        {"datasets.investigation." * 5 + "datasets.name": "a"},
        "walks more than 10 relations",
    ),
    (
        "a path of 3000 relations",
        {"datasets.investigation." * 1500 + "name": "a"},
        "walks more than 10 relations",
    ),
    ("NUL in a text", {"name": "a\0b"}, "the NUL character"),
    ("NUL in a pattern", {"name": {"like": "a\0b"}}, "the NUL character"),
    ("NUL in an expression", {"name": {"regexp": "a\0b"}}, "the NUL character"),
    ("NUL in a list", {"name": {"in": ["a", "b\0"]}}, "the NUL character"),
    ("a list of 20 001", {"id": {"in": [1] * 20_001}}, "at most 20000 values"),
    ("an excluding list of 20 001", {"id": {"nin": [1] * 20_001}}, "at most 20000 values"),
    ("a pattern of 10 001", {"name": {"like": "x" * 10_001}}, "like on name: at most 10000"),
    ("a pattern of 3 MB", {"name": {"nilike": "x" * 3_000_000}}, "at most 10000 characters"),
    ("an expression of 10 001", {"name": {"regexp": "x" * 10_001}}, "at most 10000 characters"),
    ("1001 conditions", {"or": [{"id": 1}] * 1001}, "at most 1000 conditions"),
)
EXPRESSIONS = (
    "(",
    ")",
    "[",
    "*",
    "a{2,1}",
    "a{1001}",
    "(a{500}){500}",
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(a)\\1",
    "\\",
    "[[:nothing:]]",
    "\\pX",
)


def rows() -> Iterator[Malformed]:
    """Yield every request with a malformed ``where``."""
    for id_, condition, fragment in CONDITIONS:
        yield where(f"where: {id_}", condition, fragment)
    for pattern in EXPRESSIONS:
        id_ = f"where: the expression {pattern[:20]}"
        yield where(id_, {"name": {"regexp": pattern}}, "is not a regular expression in RE2 syntax")
    for depth in (101, 400, 3000):
        condition = '{"and":[' * depth + '{"id":1}' + "]}" * depth
        fragment = "where is nested more than 100 deep" if depth < 1000 else NOT_JSON
        yield where(f"where: {depth} levels of and", condition, fragment)
        yield where(f"where: {depth} levels of or", condition.replace("and", "or"), fragment)
