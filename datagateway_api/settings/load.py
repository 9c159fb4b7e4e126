"""Loading settings: read, merge, check, and report every problem at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.settings.models import Section, ServerSettings, Settings
from datagateway_api.settings.report import problems
from datagateway_api.settings.source import Source, read_source

S = TypeVar("S", bound=Section)


def load_settings(
    path: Path | None, environ: Mapping[str, str], sections: Mapping[str, type[Section]]
) -> Settings:
    """Read, merge and check all settings; raise ConfigurationError with every problem.

    ``path`` may be None: then the variable DATAGATEWAY_API_CONFIG or ./config.yaml names the file.
    ``sections`` gives each mode's model by its key; only those of keys present are looked up.
    """
    source = read_source(path, environ)
    found: list[str] = []
    server = {key: value for key, value in source.values.items() if key not in sections}
    try:
        ServerSettings.model_validate(server)
    except ValidationError as error:
        found += problems(error, ServerSettings, (), source.variables, sections)
    built: dict[str, Section] = {}
    for name in sections:
        if name in source.values:
            model = sections[name]
            try:
                built[name] = model.model_validate(source.values[name])
            except ValidationError as error:
                found += problems(error, model, (name,), source.variables)
    found += _conflicts(source, built, sections)
    if found:
        raise ConfigurationError(found)
    return Settings.model_validate({**server, "sections": built})


def load_section(path: Path | None, environ: Mapping[str, str], name: str, model: type[S]) -> S:
    """Read and check the section of one mode alone; raise ConfigurationError with every problem."""
    source = read_source(path, environ)
    if name not in source.values:
        raise ConfigurationError([f"{name}: is required here: the settings lack this section"])
    try:
        return model.model_validate(source.values[name])
    except ValidationError as error:
        raise ConfigurationError(problems(error, model, (name,), source.variables)) from error


def _conflicts(
    source: Source, built: Mapping[str, Section], sections: Mapping[str, type[Section]]
) -> list[str]:
    """What is wrong with the modes taken together."""
    if not any(name in source.values for name in sections):
        modes = ", ".join(sections)
        return [f"no mode is switched on: add a section for one of them ({modes})"]
    found = []
    taken: dict[str, str] = {}
    for name, section in built.items():
        other = taken.setdefault(section.extension, name)
        if other != name:
            extension = section.extension or "/"
            found.append(
                f"{name}.extension: cannot be the same as {other}.extension, got {extension!r}"
            )
    return found
