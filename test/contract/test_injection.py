"""Any text is an ordinary text: it finds what a plain comparison in Python finds, and no more."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagateway_api.backends.database.tables import describe
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Asked, Comparison
from datagateway_api.core.query.operators import OPERATORS, OperandKind
from test.contract.asking import Asking, body, where
from test.contract.databases import backend_over, connected
from test.contract.hostile import HOSTILE, stored_texts
from test.contract.reference import matches
from test.support.catalogue import CREATED, app_over, client_of, fill
from test.support.servers import DatabaseServer

FIRST = 1000
BY_TEXT = [op for op in OPERATORS if op.operand is not OperandKind.FLAG]
BY_CODE_POINT = [op for op in BY_TEXT if "ilike" not in op.name]
NAMES = ("name", "id desc")
AS_THEY_ARE = settings(max_examples=12, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Stored:
    """Investigations whose summaries are the texts, by id; one has none."""

    url: str
    ask: Asking
    texts: dict[int, str | None]
    before: Counter[str]

    def wanted(self, asked: Asked) -> list[int]:
        """Return the ids that the one condition asked for finds, by Python's own comparison."""
        comparison = self.ask.query("Investigation", asked).where
        assert isinstance(comparison, Comparison)
        return [id_ for id_, text in self.texts.items() if matches(comparison, text)]


@pytest.fixture(scope="module")
def stored(database_server: DatabaseServer) -> Iterator[Stored]:
    """The texts in a database that compares texts literally."""
    is_mariadb = database_server.name == "mariadb"
    url = database_server.create_database("utf8mb4_nopad_bin" if is_mariadb else None)
    fill(url)
    texts = dict(enumerate([*stored_texts(), None], FIRST))
    insert(url, texts)
    backend = backend_over(url)
    yield Stored(url, Asking(backend), texts, content(url))
    backend.close()
    database_server.drop_database(url)


def insert(url: str, texts: dict[int, str | None]) -> None:
    stamp = {"CREATE_ID": "a", "CREATE_TIME": CREATED, "MOD_ID": "a", "MOD_TIME": CREATED}
    common = {"VISIT_ID": "1", "TITLE": "hostile", "FACILITY_ID": 1, "TYPE_ID": 3, **stamp}
    rows = [{"ID": n, "NAME": f"{n}", "SUMMARY": text, **common} for n, text in texts.items()]
    with connected(url) as connection:
        tables = describe(icat_schema.load()).by_entity
        connection.execute(tables["Investigation"].insert(), rows)


def content(url: str) -> Counter[str]:
    """Return every row of every table but the sessions'."""
    with connected(url) as connection:
        tables = describe(icat_schema.load()).by_entity
        assert len(sa.inspect(connection).get_table_names()) == len(tables) + 1
        return Counter(
            f"{name}: {tuple(row)!r}"
            for name, table in tables.items()
            for row in connection.execute(table.select())
        )


def hostile(**conditions: object) -> Asked:
    return where({"summary": conditions, "title": "hostile"})


def operands(kind: OperandKind, text: str) -> list[object]:
    if kind is OperandKind.LIST:
        return [[text], [text, "other", text + "x"]]
    if kind is OperandKind.PAIR:
        return [[text, text], [text, text + "\U0010ffff"], ["", text]]
    return [text]


@pytest.mark.parametrize("operator", BY_TEXT, ids=lambda operator: operator.name)
def test_an_operator_takes_any_text_for_itself(stored: Stored, operator):
    for text in HOSTILE:
        text = re.escape(text) if operator.name == "regexp" else text
        for operand in operands(operator.operand, text):
            plain = where({"summary": {operator.name: operand}})
            wanted = stored.wanted(plain)
            asked = Asked(where=({"title": "hostile"}, *plain.where), fields=("id",))
            assert stored.ask.ids("Investigation", asked) == wanted, operand


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_text_comes_back_as_it_was_stored(stored: Stored, text):
    rows = stored.ask.rows("Investigation", where({"summary": text}))
    assert [row["summary"] for row in rows] == [text]


def test_a_doubled_apostrophe_is_one_where_the_settings_say_so(stored: Stored):
    doubling = Asking(stored.ask.backend, undoubles=True)
    for text in (text for text in HOSTILE if "'" in text and "''" not in text):
        for operator in ("eq", "in", "like", "between"):
            doubled = text.replace("'", "''")
            one = {"in": [doubled], "between": [doubled, doubled]}.get(operator, doubled)
            other = {"in": [text], "between": [text, text]}.get(operator, text)
            wanted = stored.wanted(where({"summary": {operator: other}}))
            asked = Asked(where=({"summary": {operator: one}}, {"id": {"gte": FIRST}}))
            assert doubling.ids("Investigation", asked) == wanted


def test_a_single_apostrophe_stays_one_where_pairs_are_read_as_one(stored: Stored):
    doubling = Asking(stored.ask.backend, undoubles=True)
    for text in ("'", "O'Brien", "' OR '1'='1"):
        found = doubling.rows("Investigation", where({"summary": text}))
        assert [row["summary"] for row in found] == [text]


def test_the_setting_reaches_the_api(stored: Stored):
    for is_on, text in ((True, "O'Brien"), (False, "O''Brien")):
        with client_of(app_over(stored.url, undouble_apostrophes=is_on)) as client:
            asked = json.dumps({"summary": {"eq": "O''Brien"}})
            rows = body(client.get("/investigations", query_string={"where": asked}))
        assert [row["summary"] for row in rows] == [text]


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("limit", [None, 2000])
def test_texts_are_sorted_by_code_point_and_lost_nowhere(stored: Stored, direction, limit):
    asked = Asked(
        where=({"title": "hostile"},),
        order=(f"summary {direction}",),
        fields=("id",),
        limit=limit,
    )

    def key(id_: int) -> tuple[bool, str]:
        text = stored.texts[id_]
        return text is not None, text or ""

    wanted = sorted(stored.texts, key=key, reverse=direction == "desc")
    assert stored.ask.ids("Investigation", asked) == wanted


def test_distinct_tells_all_texts_apart(stored: Stored):
    asked = Asked(where=({"title": "hostile"},), distinct=("summary",), order=("summary",))
    found = [row["summary"] for row in stored.ask.rows("Investigation", asked)]
    texts = [text for text in stored.texts.values() if text is not None]
    assert found == [None, *sorted(texts)]
    assert stored.ask.count("Investigation", asked) == len(found)


def test_groups_tell_all_texts_apart(stored: Stored):
    asked = Asked(where=({"title": "hostile"},), group_by=("summary",))
    found = stored.ask.groups("Investigation", asked)
    assert {row["summary"] for row in found} == set(stored.texts.values())
    assert {row["count"] for row in found} == {1}


@pytest.mark.parametrize("operator", BY_TEXT, ids=lambda operator: operator.name)
def test_an_operand_longer_than_any_text_is_refused_or_compared(stored: Stored, operator):
    operand = operands(operator.operand, "a%" * 60_000)[0]
    asked = Asked(where=({"title": "hostile"}, {"summary": {operator.name: operand}}))
    try:
        found = stored.ask.count("Investigation", asked)
    except BadFilter:
        return
    assert found in (0, len(stored.wanted(Asked(where=asked.where[1:]))))


@pytest.mark.parametrize(
    "text", [text for text in HOSTILE if text.split() and text not in NAMES], ids=ascii
)
def test_a_name_is_never_anything_but_a_name(stored: Stored, text):
    for asked in (
        where({text: 1}),
        where({f"type.{text}": {"eq": 1}}),
        where({"name": {text: 1}}),
        Asked(order=(text,)),
        Asked(order=(f"name {text} desc",)),
        Asked(order=(f"type.{text}",)),
        Asked(include=(text,)),
        Asked(include=({"type": text},)),
        Asked(include=({text: "type"},)),
        Asked(distinct=(text,)),
        Asked(distinct=("name", f"type.{text}")),
        Asked(fields=(text,)),
    ):
        with pytest.raises(BadFilter):
            stored.ask.rows("Investigation", asked)
    for path in (text, f"type.{text}"):
        with pytest.raises(BadFilter):
            stored.ask.groups("Investigation", Asked(group_by=(path,)))


def test_hostile_parameters_are_a_400_and_show_no_sql(stored: Stored):
    with client_of(app_over(stored.url)) as client:
        for text in set(HOSTILE) - set(NAMES) - {"0"}:
            for name in ("where", "order", "limit", "skip", "include", "distinct", "fields"):
                for value in (text, json.dumps(text)):
                    answer = client.get("/investigations", query_string={name: value})
                    assert (answer.status_code, body(answer)["code"]) == (400, "bad_filter")
                    assert "SELECT " not in answer.text or "SELECT " in text


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
SIMPLE = st.sampled_from("aAbBzZéÉñÑжЖλΛ'\"\\%_|*?[]^$.() \n\U0001f600中")
SPECIAL = st.sampled_from("'\"\\%_|*?[]^$.(){}:;` aA")


def replace_publications(url: str, texts: dict[int, str]) -> None:
    """Have these texts, and no others, as the references of publications."""
    stamp = {"CREATE_ID": "a", "CREATE_TIME": CREATED, "MOD_ID": "a", "MOD_TIME": CREATED}
    table = describe(icat_schema.load()).by_entity["Publication"]
    rows = [{"ID": n, "FULLREFERENCE": text, "INVESTIGATION_ID": 1} for n, text in texts.items()]
    with connected(url) as connection:
        connection.execute(table.delete())
        if rows:
            connection.execute(table.insert(), [{**row, **stamp} for row in rows])


@pytest.mark.parametrize("is_folded", [False, True])
def test_random_texts_are_found_by_what_they_are(stored: Stored, is_folded):
    letters = SIMPLE if is_folded else st.one_of(SPECIAL, CHARACTERS)
    operators = BY_TEXT if is_folded else BY_CODE_POINT

    @AS_THEY_ARE
    @given(texts=st.lists(st.text(letters, max_size=8), min_size=3, max_size=8), data=st.data())
    def look(texts: list[str], data: st.DataObject) -> None:
        kept = dict(enumerate(texts, 1))
        replace_publications(stored.url, kept)
        source = data.draw(st.sampled_from(texts) | st.text(letters, max_size=3))
        part = source[data.draw(st.integers(0, 3)) :]
        for operator in operators:
            text = re.escape(part) if operator.name == "regexp" else part
            for operand in operands(operator.operand, text):
                asked = where({"fullReference": {operator.name: operand}})
                comparison = stored.ask.query("Publication", asked).where
                assert isinstance(comparison, Comparison)
                wanted = [id_ for id_, each in kept.items() if matches(comparison, each)]
                assert stored.ask.ids("Publication", asked) == wanted, operand
        by_text = sorted(kept, key=lambda id_: (kept[id_], id_))
        assert stored.ask.ids("Publication", Asked(order=("fullReference",))) == by_text
        assert stored.ask.count("Publication", Asked(distinct=("fullReference",))) == len(
            set(texts)
        )
        assert [row["fullReference"] for row in stored.ask.rows("Publication")] == texts

    look()
    replace_publications(stored.url, {})


def test_no_table_was_harmed(stored: Stored):
    assert content(stored.url) == stored.before
