"""What the demo shows of each mode: its section of the settings, and a first request."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from datagateway_api.backends import factory
from datagateway_api.demo.place import USER, Demo
from datagateway_api.demo.releases import make_releases

SectionOf = Callable[[Demo, str], Mapping[str, object]]
"""Makes a section of the settings for a demo and the password of its user."""


@dataclass(frozen=True, slots=True)
class Example:
    """A request to show with its answer; some need the session of the demo's user."""

    heading: str
    path: str
    parameters: Mapping[str, str]
    needs_session: bool = False


@dataclass(frozen=True, slots=True)
class DemoMode:
    """One mode: its key in the settings, what it is shown by, and what makes its data."""

    key: str
    section: SectionOf
    example: Example
    prepare: Callable[[Demo], None] | None = None


def _catalogue(demo: Demo, password: str) -> Mapping[str, object]:
    return {
        "extension": "/",
        "backend": "db",
        "db_url": demo.db_url,
        "mechanisms": {"simple": {"users": {USER: factory.hash_password(password)}}},
    }


def _search(demo: Demo, _password: str) -> Mapping[str, object]:
    techniques = files("datagateway_api.search.science").joinpath("techniques_demo.csv")
    return {
        "extension": "/search-api",
        "backend": "db",
        "db_url": demo.db_url,
        "facility": "LILS",
        "panet_file": str(techniques),
    }


def _releases(demo: Demo, password: str) -> Mapping[str, object]:
    return {
        "extension": "/releases-api",
        "db_url": f"sqlite:///{demo.releases}",
        "writers": {USER: factory.hash_password(password)},
    }


MODES: Final = (
    DemoMode(
        "datagateway_api",
        _catalogue,
        Example(
            "Query the catalogue",
            "/investigations",
            {
                "where": '{"investigationUsers.role": {"eq": "PI"}}',
                "fields": '["name", "title", "startDate"]',
                "include": '"type"',
                "order": '"startDate desc"',
                "limit": "2",
            },
            needs_session=True,
        ),
    ),
    DemoMode(
        "search_api",
        _search,
        Example(
            "Search what is public, without logging in",
            "/search-api/Documents",
            {
                "filter": json.dumps(
                    {"query": "copper under load", "fields": ["pid", "title"], "limit": 2}
                )
            },
        ),
    ),
    DemoMode(
        "releases",
        _releases,
        Example(
            "Look for open data, without logging in",
            "/releases-api/datasets",
            {
                "where": '{"keywords": {"contains": "top"}}',
                "order": '"cross_section_pb desc"',
                "fields": '["physics_short", "cross_section_pb", "keywords"]',
                "limit": "2",
            },
        ),
        make_releases,
    ),
)
"""One row a mode, in the order in which they are shown."""
