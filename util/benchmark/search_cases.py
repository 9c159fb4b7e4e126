"""What is measured of the search: what the portal sends, and a question by words."""

from string import Template

from util.benchmark.cases import Case
from util.benchmark.raw_floor import RawReader, Tree

EXTENSION = "/search-api"
_DATASETS: Tree = {"datasetTechniques": {"technique": {}}, "parameters": {"type": {}}}
_INCLUDE = (
    '"include":[{"relation":"datasets","scope":{"include":'
    '[{"relation":"techniques"},{"relation":"parameters"}]}}]'
)
_QUERY = Template('{"limit":50,"query":"$word copper under load"}')
_FIRST_50 = 'ORDER BY "ID" LIMIT 50'


def _portal(raw: RawReader) -> object:
    return raw.objects("Investigation", _FIRST_50, {"datasets": _DATASETS})


def _documents(raw: RawReader) -> object:
    return raw.objects("Investigation", _FIRST_50)


SEARCH_CASES = (
    Case(
        "search, documents with data sets",
        f"{EXTENSION}/Documents",
        _portal,
        varied={"filter": f'{{"limit":50,"where":{{"title":{{"neq":"$unique"}}}},{_INCLUDE}}}'},
        fixed={"filter": f'{{"limit":50,{_INCLUDE}}}'},
    ),
    Case(
        "search, by words",
        f"{EXTENSION}/Documents",
        _documents,
        varied={"filter": _QUERY.substitute(word="$unique")},
        fixed={"filter": _QUERY.substitute(word="neutron")},
        # Each worker makes an index of its own first.
        warm_up_seconds=8,
    ),
)
