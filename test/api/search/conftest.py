"""Searches over both backends: the same database, read directly or through a stand-in for ICAT."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from test.support.icat_server import IcatServer
from test.support.searching import Asking, search_app

OpenSearch: TypeAlias = Callable[..., Asking]
EVERYBODY = "simple/root anon/anon"
"""Who is bound by no rules of ICAT."""


@pytest.fixture(scope="module", params=["db", "python_icat"])
def backend_kind(request: pytest.FixtureRequest) -> str:
    """Each backend in turn."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def open_search(
    backend_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenSearch]:
    """Return a function that opens a search over an SQLite file with one backend."""
    with ExitStack() as stack:

        def open_(path: Path, roots: str = EVERYBODY, **section: Any) -> Asking:
            url = f"sqlite:///{path}"
            if backend_kind == "python_icat":
                folder = tmp_path_factory.mktemp("icat")
                server = stack.enter_context(IcatServer(folder, url, "--root-users", roots))
                section = {**section, "icat_url": server.base, "backend": backend_kind}
            asking = Asking(search_app(url, **section))
            asking.app.config["DB_PATH"] = str(path)
            stack.callback(asking.app.extensions["datagateway_api.search"].close)
            return asking

        yield open_
