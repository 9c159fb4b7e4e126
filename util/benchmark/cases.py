"""What is measured: one row a case, with its requests and the raw reading it is compared to."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Template
from urllib.parse import quote, urlencode

from util.benchmark.raw_floor import RawReader

PATHS = 5000
"""So many different requests a case: more than a server keeps the meaning of (1000)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request.

    ``varied`` are the parameters whose values change from request to request, in which ``$unique``
    is a number never given before, ``$row`` the id of a row and ``$moment`` a moment of some day.
    ``fixed`` are their values when nothing is to vary. ``raw`` reads the same rows by hand.
    """

    name: str
    path: str
    raw: Callable[[RawReader], object]
    asked: Mapping[str, str] = field(default_factory=dict)
    varied: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    warm_up_seconds: int = 1

    def shown(self, *, is_fixed: bool) -> str:
        """The request as somebody would write it."""
        parameters = {**self.asked, **(self.fixed if is_fixed else self.varied)}
        query = "&".join(f"{name}={text}" for name, text in parameters.items())
        return f"{self.path}?{query}" if query else self.path

    def paths(self, ids: Sequence[int], *, is_fixed: bool) -> list[str]:
        """The addresses to ask for in turn; ``ids`` are those that ``$row`` may be."""
        if is_fixed:
            return [self._path(1, ids[0], "2010-01-01 00:00:00", self.fixed)]
        chance = random.Random(1)
        return [
            self._path(number, chance.choice(ids), _moment(chance), self.varied)
            for number in range(1, PATHS + 1)
        ]

    def _path(self, unique: int, row: int, moment: str, more: Mapping[str, str]) -> str:
        values = {"unique": str(unique), "row": str(row), "moment": moment}
        parameters = {
            name: Template(text).substitute(values) for name, text in {**self.asked, **more}.items()
        }
        path = Template(self.path).substitute(values)
        return f"{path}?{urlencode(parameters, quote_via=quote)}" if parameters else path


def _moment(chance: random.Random) -> str:
    day = f"{chance.randint(2000, 2019)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    time = f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"
    return f"{day} {time}"


_ANY_ID = {"where": '{"id":{"gt":-$unique}}'}
_FIRST_25 = 'ORDER BY "ID" LIMIT 25'
_TWO = '["type","investigationUsers"]'
_DEEP = '{"investigationUsers":{"user":"userGroups"}}'


def _distinct(raw: RawReader) -> object:
    rows = raw.rows(
        'SELECT DISTINCT t."NAME", f."NAME" FROM "INVESTIGATION" i '
        'JOIN "INVESTIGATIONTYPE" t ON t."ID" = i."TYPE_ID" '
        'JOIN "FACILITY" f ON f."ID" = i."FACILITY_ID" ORDER BY 1, 2'
    )
    return [{"type": {"name": one}, "facility": {"name": other}} for one, other in rows]


def _groups(raw: RawReader) -> object:
    rows = raw.rows(
        'SELECT "TYPE_ID", count(*) FROM "INVESTIGATION" GROUP BY "TYPE_ID" ORDER BY 2 DESC'
    )
    return [{"type": {"id": id_}, "count": count} for id_, count in rows]


CASES = (
    Case("ping", "/ping", lambda raw: raw.rows("SELECT 1")[0][0]),
    Case(
        "investigations, limit 25",
        "/investigations",
        lambda raw: raw.objects("Investigation", _FIRST_25),
        {"limit": "25"},
        _ANY_ID,
    ),
    Case(
        "… with two includes",
        "/investigations",
        lambda raw: raw.objects("Investigation", _FIRST_25, {"type": {}, "investigationUsers": {}}),
        {"limit": "25", "include": _TWO},
        _ANY_ID,
    ),
    Case(
        "… with a three-deep include",
        "/investigations",
        lambda raw: raw.objects(
            "Investigation", _FIRST_25, {"investigationUsers": {"user": {"userGroups": {}}}}
        ),
        {"limit": "25", "include": _DEEP},
        _ANY_ID,
    ),
    Case(
        "datafiles, limit 1000",
        "/datafiles",
        lambda raw: raw.objects("Datafile", 'ORDER BY "ID" LIMIT 1000'),
        {"limit": "1000"},
        _ANY_ID,
    ),
    Case(
        "count with where",
        "/investigations/count",
        lambda raw: raw.rows(
            """SELECT count(*) FROM "INVESTIGATION" WHERE "STARTDATE" >= '2010-01-01 00:00:00'"""
        )[0][0],
        varied={"where": '{"startDate":{"gte":"$moment"}}'},
        fixed={"where": '{"startDate":{"gte":"2010-01-01 00:00:00"}}'},
    ),
    Case(
        "by id",
        "/investigations/$row",
        lambda raw: raw.objects("Investigation", 'ORDER BY "ID" LIMIT 1')[0],
    ),
    Case(
        "where, order, skip 6000",
        "/datafiles",
        lambda raw: raw.objects(
            "Datafile", 'WHERE "FILESIZE" > 1000 ORDER BY "NAME", "ID" LIMIT 25 OFFSET 6000'
        ),
        {"order": '"name asc"', "limit": "25", "skip": "6000"},
        {"where": '{"fileSize":{"gt":$unique}}'},
        {"where": '{"fileSize":{"gt":1000}}'},
    ),
    Case(
        "distinct",
        "/investigations",
        _distinct,
        {"distinct": '["type.name","facility.name"]'},
        _ANY_ID,
    ),
    Case("group_by", "/investigations/count", _groups, {"group_by": '"type.id"'}, _ANY_ID),
)
