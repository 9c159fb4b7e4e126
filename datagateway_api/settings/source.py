"""Where settings come from: the YAML file, and over it the DATAGATEWAY_API__ variables."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from datagateway_api.core.errors import ConfigurationError

PREFIX: Final = "DATAGATEWAY_API__"
FILE_VARIABLE: Final = "DATAGATEWAY_API_CONFIG"
DEFAULT_FILE: Final = Path("config.yaml")

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Settings as written: nested values, and the variable each one from the environment has."""

    values: Mapping[str, object]
    variables: Mapping[KeyPath, str]


def read_source(path: Path | None, environ: Mapping[str, str]) -> Source:
    """Read the file and lay the environment over it; raise ConfigurationError with all problems.

    Environment variables are read here rather than by pydantic-settings, which passes over
    misspelt ones in silence.
    """
    values: dict[str, object] = {}
    variables: dict[KeyPath, str] = {}
    problems: list[str] = []
    file = _find_file(path, environ)
    if file is not None:
        values = _read_file(file)
    for name, text in sorted(environ.items()):
        if not name.upper().startswith(PREFIX):
            continue
        keys = tuple(name[len(PREFIX) :].lower().split("__"))
        problem = _lay_over(values, keys, name, text)
        if problem is None:
            variables[keys] = name
        else:
            problems.append(problem)
    if problems:
        raise ConfigurationError(problems)
    if file is None and not variables:
        raise ConfigurationError([_nothing_found()])
    return Source(values, variables)


def _find_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The file to read: ``--config``, else the variable, else ``./config.yaml`` if it exists."""
    if path is not None:
        return path
    if environ.get(FILE_VARIABLE):
        return Path(environ[FILE_VARIABLE])
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _nothing_found() -> str:
    return (
        f"no settings found: there is no {DEFAULT_FILE} here, no {FILE_VARIABLE} and no {PREFIX}… "
        f"variable. Make a file with: cp config.yaml.example {DEFAULT_FILE}"
    )


def _read_file(path: Path) -> dict[str, object]:
    try:
        content = yaml.load(path.read_bytes(), Loader=_StrictLoader)  # noqa: S506 a SafeLoader
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read: {error.strerror}"]) from error
    except yaml.MarkedYAMLError as error:
        raise ConfigurationError([_yaml_problem(path, error)]) from error
    except yaml.YAMLError as error:
        raise ConfigurationError([f"{path}: is not YAML text in UTF-8"]) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigurationError([f"{path}: must hold lines of the form 'setting: value'"])
    return {str(key): value for key, value in content.items()}


def _yaml_problem(path: Path, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
    return f"{path}{place}: {error.problem or error.context}"


class _StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader, except that a key given twice is an error."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        """Refuse a repeated key, which PyYAML would let win in silence."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key.value}' is given twice", key.start_mark
                )
            seen.add(key.value)
        mapping: dict[Hashable, object] = super().construct_mapping(node, deep)
        return mapping


def _lay_over(values: dict[str, object], keys: KeyPath, name: str, text: str) -> str | None:
    """Set one variable's value in the nested values; answer with the problem if it cannot be."""
    if not all(keys):
        return f"{name}: must be {PREFIX} and a setting, its parts joined by two underscores"
    place = values
    for key in keys[:-1]:
        inner = place.get(key)
        if inner is None:
            inner = place[key] = {}
        if not isinstance(inner, dict):
            return f"{name}: {key} is a single value, it has no settings below it"
        place = inner
    try:
        place[keys[-1]] = _value(text)
    except yaml.YAMLError:
        return f"{name}: opens with {text[:1]!r} but is not a JSON list or object"
    return None


def _value(text: str) -> object:
    """A list or an object when it opens like one, nothing for ``null``, text otherwise."""
    if text.lstrip()[:1] in ("[", "{"):
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 a SafeLoader
    return None if text == "null" else text
