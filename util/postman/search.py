"""The folders of the search mode: every address with every example of its document."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from datagateway_api.search.openapi import describe
from datagateway_api.search.panosc import ROOTS
from util.postman.request import Document, Request

NAME: Final = "Search (search_api)"
BASE: Final = "search"


def variables() -> Mapping[str, str]:
    """Return the variables of these folders, with what they hold at first."""
    return {BASE: "/search-api", **{_pid(entity): "" for entity in ROOTS.values()}}


def folders() -> Iterator[tuple[str, list[Request]]]:
    """Yield the folders with their requests; lists store the pid that what follows asks for."""
    described = Document(describe("").to_dict())
    for entity in (*ROOTS.values(), "Service"):
        yield entity, list(_requests(described, entity))


def _requests(described: Document, tag: str) -> Iterator[Request]:
    for method, path in described.operations(tag):
        plain = described.request(method, path)
        if tag in ROOTS.values():
            plain = replace(plain, path=path.replace("{pid}", f"{{{{{_pid(tag)}}}}}"))
        is_list = "{" not in path and not path.endswith("/count") and tag != "Service"
        saves = {_pid(tag): "[0].pid"} if is_list else {}
        yield replace(plain, name=f"{plain.name}: {path}", saves=saves)
        for name, query in described.asked(method, path):
            yield replace(plain, name=f"{plain.name}: {path} ({name})", query=query)


def _pid(entity: str) -> str:
    return f"{entity.lower()}Pid"
