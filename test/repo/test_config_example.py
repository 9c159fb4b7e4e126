"""``config.yaml.example`` loads as it is, holds every setting, and shows the defaults."""

from pathlib import Path

import yaml

from datagateway_api.modes import section_models
from datagateway_api.settings import ServerSettings, load_settings
from datagateway_api.settings.report import Row, rows

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "config.yaml.example"
README = ROOT / "README.md"


def all_rows() -> list[Row]:
    found = list(rows(ServerSettings))
    for key, model in section_models().items():
        found += rows(model, f"{key}.")
    return found


def keys_of(values: dict[str, object], above: str = "") -> set[str]:
    keys: set[str] = set()
    for key, value in values.items():
        keys |= keys_of(value, f"{above}{key}.") if isinstance(value, dict) and value else set()
        keys.add(f"{above}{key}")
    return keys


def names_of(parts: list[str]) -> list[str]:
    """A setting may be named by its key path or, in its section's own table, by the end of it."""
    return [".".join(parts[start:]) for start in range(len(parts))]


def test_the_example_loads_as_it_is():
    settings = load_settings(EXAMPLE, {}, section_models())
    assert set(settings.sections) == set(section_models())


def test_every_setting_is_in_the_example():
    written = keys_of(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))
    assert [row.key for row in all_rows() if row.key not in written] == []


def test_the_example_shows_the_defaults():
    settings = load_settings(EXAMPLE, {}, section_models())
    defaults = ServerSettings()
    for name in ServerSettings.model_fields:
        assert getattr(settings, name) == getattr(defaults, name), name
    for key, section in settings.sections.items():
        model = section_models()[key]
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        # Either backend needs an address, so that of the one chosen has no default that would do.
        required |= {"db_url"} & set(model.model_fields)
        chosen = {name: getattr(section, name) for name in required}
        assert section == model.model_validate(chosen), key


def test_the_example_needs_no_changing_of_lines_that_are_commented_out():
    """Each commented-out setting can be uncommented by taking its '# ' away."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace("      users: {}\n", "")
    text = text.replace("      # users:", "      users:").replace(
        "      #   alice", "        alice"
    )
    assert yaml.safe_load(text)["datagateway_api"]["mechanisms"]["simple"]["users"]


def test_every_setting_is_in_the_readme():
    text = README.read_text(encoding="utf-8")
    missing = [
        row.key
        for row in all_rows()
        if not any(f"`{name}`" in text for name in names_of(row.key.split(".")))
    ]
    assert missing == []
