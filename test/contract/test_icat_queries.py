"""A real ICAT's answers to 204 queries of five users, given again."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from test.support import servers
from test.support.icat_dump import OWNER, ZONE, connect, load_example
from util.icat_server.beans import Bean, Scalar
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.query import Searcher
from util.icat_server.rules import Rules

KINDS = {"ICATParameterError": Kind.BAD_PARAMETER, "ICATInternalError": Kind.INTERNAL}
USERS = ("simple/root", "db/acord", "db/nbour", "db/ahau", "anon/anon")
EXCEPTIONS = Path(__file__).with_name("icat_queries_exceptions.yaml")


@pytest.fixture(scope="module")
def records(shared_data: Path) -> list[dict[str, Any]]:
    lines = (shared_data / "icat_queries_golden.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def keys(shared_data: Path) -> Any:
    """The natural keys of the recording, by entity and id."""
    return json.loads((shared_data / "icat_dump_id_map.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Asked:
    """A searcher over the recorded catalogue, and the users to ask as."""

    searcher: Searcher
    connection: sa.Connection
    users: Sequence[str]


@pytest.fixture(scope="module")
def asked(database_server: servers.DatabaseServer) -> Iterator[Asked]:
    """The catalogue on each kind of database; MariaDB's collation is to compare as H2 does."""
    is_mariadb = isinstance(database_server, servers.Mariadb)
    url = database_server.create_database("utf8mb4_bin" if is_mariadb else None)
    engine = connect(url)
    with engine.connect() as connection:
        new = Catalogue.new()
        new.metadata.create_all(connection)
        load_example(connection, new)
        catalogue = Catalogue.inspect(connection)
        searcher = Searcher(catalogue, Rules(catalogue, frozenset([OWNER]), zone=ZONE), zone=ZONE)
        is_sqlite = isinstance(database_server, servers.SqliteFiles)
        yield Asked(searcher, connection, USERS if is_sqlite else USERS[:3:2])
    engine.dispose()
    database_server.drop_database(url)


def test_every_query_gives_what_icat_gave(asked: Asked, records: Any, keys: Any) -> None:
    excepted = {each["query"] for each in yaml.safe_load(EXCEPTIONS.read_text())}
    wrong = []
    for record in records:
        if record["user"] not in asked.users or record["query"] in excepted:
            continue
        given, expected = _answer(asked, record, keys), _expected(record)
        if given != expected:
            wrong.append(f"{record['user']}: {record['query']}\n  {given}\n  not {expected}")
    assert not wrong, "\n".join(wrong)


def test_all_users_were_recorded_with_all_queries(records: Any) -> None:
    counts = Counter(record["user"] for record in records)
    assert counts == dict.fromkeys(USERS, 204)


def test_the_exceptions_are_recorded_queries_and_have_reasons(records: Any) -> None:
    queries = {record["query"] for record in records}
    for each in yaml.safe_load(EXCEPTIONS.read_text()):
        assert each["query"] in queries
        assert len(each["reason"]) > 20


def _answer(asked: Asked, record: Any, keys: Any) -> Any:
    try:
        found = asked.searcher.search(asked.connection, record["user"], record["query"])
    except IcatError as error:
        return error.kind
    # On the wire, nulls among single values vanish.
    rows = [_shown(each, keys) for each in found if each is not None]
    return rows if record.get("ordered") else _sorted(rows)


def _expected(record: Any) -> Any:
    if not record["ok"]:
        return KINDS.get(record["error_type"], record["error_type"])
    return record["result"] if record["ordered"] else _sorted(record["result"])


def _sorted(rows: Any) -> Any:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def _shown(item: Any, keys: Any) -> Any:
    if isinstance(item, tuple):
        # The recording client makes a tuple of nulls alone one of one null.
        shown = [_shown(each, keys) for each in item]
        return [None] if all(each is None for each in shown) else shown
    if isinstance(item, Scalar):
        return _scalar(item.value)
    return _bean(item, keys) if isinstance(item, Bean) else item


def _bean(bean: Bean, keys: Any) -> dict[str, Any]:
    id_ = str(bean.values["id"])
    shown: dict[str, Any] = {"_entity": bean.entity.name, "_key": keys[bean.entity.name][id_]}
    for name, value in bean.values.items():
        if name in ("createTime", "modTime"):
            shown[name] = "<time>"
        elif name != "id" and value is not None:
            shown[name] = _scalar(value)
    shown |= {name: _bean(one, keys) for name, one in bean.ones.items() if one is not None}
    shown |= {name: [_bean(one, keys) for one in many] for name, many in bean.manys.items() if many}
    return shown


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return value


LISTED = re.compile(r"(OK |ERR) (.*?)(?:   -- (.*))?")


def _listed(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield verdict, query and result of the queries that a description of the language lists."""
    for line in text.splitlines():
        found = LISTED.fullmatch(line)
        if found is not None:
            yield found[1].strip(), found[2], found[3] or ""
        elif line.startswith("SELECT ") and not line.startswith("SELECT ["):
            yield "OK", line, ""


def test_queries_of_known_clients_have_icats_verdict(asked: Asked, shared_data: Path) -> None:
    text = (shared_data.parent / "specs" / "icat_jpql.md").read_text(encoding="utf-8")
    wrong, count = [], 0
    for verdict, query, result in _listed(text):
        try:
            found = asked.searcher.search(asked.connection, OWNER, query)
            given = f"OK x{len([item for item in found if item is not None])}"
        except IcatError as error:
            given = f"ERR {error.kind}"
        size = re.search(r" x(\d+)$", result)
        expected = f"{verdict} {result.split(' ')[0]}" if verdict == "ERR" else "OK"
        if size is not None:
            expected += size[0]
        elif result == "[]" and "[id=1]" not in query:  # ids were others in that recording
            expected += " x0"
        if given != expected and not (expected == "OK" and given.startswith("OK x")):
            wrong.append(f"{query}: {given}, not {expected}")
        count += 1
    assert not wrong, "\n".join(wrong)
    assert count > 190
