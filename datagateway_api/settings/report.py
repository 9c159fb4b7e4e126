"""Settings in words: problems with their remedies, values with secrets masked, rows for the docs.

A field declared with ``repr=False`` is secret; its value never appears here.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Final, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUndefined

from datagateway_api.settings.source import KeyPath

MASK: Final = "***"
_SECRET_QUERY: Final = re.compile(r"(?i)([?&][^=&]*(?:passw|pwd|secret|token)[^=&]*=)[^&]*")
_URL_PASSWORD: Final = re.compile(r"(://[^:/@]*:).*(@)")

RETIRED: Final[Mapping[str, str]] = {
    "test_user_credentials": "is retired: the tests bring their own users. Remove it",
    "test_mechanism": "is retired: the tests bring their own users. Remove it",
}
"""Keys of datagateway-api v10 that mean nothing here, with what to do about each."""

_KINDS: Final[Mapping[object, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    tuple: "a list of texts",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One setting for the documentation: its key path, its default as written in YAML, its help."""

    key: str
    default: str
    help: str


def rows(model: type[BaseModel], prefix: str = "") -> Iterator[Row]:
    """Every setting of a model, nested ones with their dotted key path."""
    for name, field in model.model_fields.items():
        inner = _model_of(field)
        if inner is not None:
            yield from rows(inner, f"{prefix}{name}.")
            continue
        default = field.get_default(call_default_factory=True, validated_data={})
        missing = default is PydanticUndefined
        yield Row(f"{prefix}{name}", "" if missing else shown(default), field.description or "")


def effective(settings: BaseModel) -> dict[str, object]:
    """The settings as plain values, ready for YAML, with every secret masked."""
    return {
        name: _plain(getattr(settings, name), is_secret=not field.repr)
        for name, field in type(settings).model_fields.items()
    }


def masked(text: str) -> str:
    """A secret as it may be shown: a URL without its passwords, anything else not at all."""
    if "://" not in text:
        return MASK
    return _SECRET_QUERY.sub(rf"\g<1>{MASK}", _URL_PASSWORD.sub(rf"\g<1>{MASK}\g<2>", text))


def problems(
    error: ValidationError,
    model: type[BaseModel],
    above: KeyPath,
    variables: Mapping[KeyPath, str],
    known: Iterable[str] = (),
) -> list[str]:
    """What a model refused: ``key.path: must be …, got …``, one sentence each.

    ``above`` is the key path of the model itself; ``known`` are further keys valid beside its own.
    """
    found = []
    for detail in error.errors(include_url=False):
        path = tuple(str(part) for part in detail["loc"])
        sentence = _sentence(detail, path, model, known)
        keys = (*above, *path)
        names = (name for place, name in variables.items() if _on_one_path(place, keys))
        variable = next(names, None)
        origin = f" (set by {variable})" if variable else ""
        found.append(f"{'.'.join(keys)}: {sentence}{origin}")
    return found


def unknown(key: str, known: Iterable[str]) -> str:
    """The sentence for a key that is no setting, with what it may have been meant to be."""
    if key in RETIRED:
        return RETIRED[key]
    near = difflib.get_close_matches(key.lower(), list(known), n=3)
    return "is not a setting" + (f"; did you mean {' or '.join(near)}?" if near else "")


def shown(value: object) -> str:
    """A value as somebody would write it in YAML; long texts are cut, containers only named."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return repr(value if len(value) <= 40 else f"{value[:40]}…")
        case int() | float():
            return str(value)
        case Mapping():
            return "a mapping" if value else "{}"
        case list() | tuple():
            return f"[{', '.join(shown(item) for item in value)}]"
    return f"a {type(value).__name__}"


def _on_one_path(one: KeyPath, other: KeyPath) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _sentence(
    detail: ErrorDetails, path: KeyPath, model: type[BaseModel], known: Iterable[str]
) -> str:
    owner, field = _find(model, path)
    if detail["type"] == "extra_forbidden":
        beside = known if len(path) == 1 else ()
        return unknown(path[-1], [*owner.model_fields, *beside])
    if detail["type"] == "missing":
        example = f", for example {field.examples[0]}" if field and field.examples else ""
        return f"is required{example}"
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    if field is None:
        return f"must be a mapping of settings, got {_kind(detail['input'])}"
    expected = "text" if detail["type"] == "string_type" else _expectation(field)
    return f"must be {expected}" + (f", got {shown(detail['input'])}" if field.repr else "")


def _kind(value: object) -> str:
    return "text" if isinstance(value, str) else shown(value)


def _find(model: type[BaseModel], path: KeyPath) -> tuple[type[BaseModel], FieldInfo | None]:
    """The deepest model on a path and, unless the path ends at a model, its field."""
    field: FieldInfo | None = None
    for part in path:
        inner = _model_of(field) if field is not None else None
        if inner is not None:
            model, field = inner, None
        if field is None and part in model.model_fields:
            field = model.model_fields[part]
    inner = _model_of(field) if field is not None else None
    return (inner, None) if inner is not None else (model, field)


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _expectation(field: FieldInfo) -> str:
    """What a field takes, from its type and its bounds: ``a whole number from 1 to 200``."""
    kinds = [field.annotation]
    if get_origin(field.annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(field.annotation) if kind is not NoneType]
    kind = kinds[0]
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(str(value) for value in get_args(kind))
    words = _KINDS.get(get_origin(kind) or kind, "a mapping of names to texts")
    return words + _bounds(field)


def _bounds(field: FieldInfo) -> str:
    low = high = above = None
    for rule in field.metadata:
        match rule:
            case annotated_types.Ge(ge=bound):
                low = bound
            case annotated_types.Le(le=bound):
                high = bound
            case annotated_types.Gt(gt=bound):
                above = bound
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if above is not None:
        return f" > {above}" + (f" and <= {high}" if high is not None else "")
    return f" >= {low}" if low is not None else ""


def _plain(value: object, *, is_secret: bool) -> object:
    match value:
        case BaseModel():
            return effective(value)
        case Mapping():
            return {str(key): _plain(item, is_secret=is_secret) for key, item in value.items()}
        case tuple():
            return [_plain(item, is_secret=is_secret) for item in value]
        # An empty text hides nothing, and masked it would no longer be empty.
        case str() if is_secret and value:
            return masked(value)
    return value
