"""Any text is an ordinary text on its way through JPQL, too; `test_injection.py` has the texts."""

from collections.abc import Iterator

import pytest

from datagateway_api.backends.icat.backend import ReadThrough
from datagateway_api.core.errors import BadRequest
from datagateway_api.core.query.model import Comparison
from test.contract.asking import Asking, where
from test.contract.hostile import HOSTILE, stored_texts
from test.contract.icats import EVERYBODY_IS_ROOT, ServedIcat, served_icat
from test.contract.reference import matches
from test.contract.test_injection import FIRST, content, insert

OPERATORS = ("eq", "like")
NO_XML = "\x01\x1b\x7f", "\uffff\ufffe"


@pytest.fixture(scope="module")
def icat(tmp_path_factory) -> Iterator[ServedIcat]:
    with served_icat(tmp_path_factory.mktemp("hostile"), *EVERYBODY_IS_ROOT) as served:
        insert(served.db_url, dict(enumerate([*stored_texts(), None], FIRST)))
        yield served


@pytest.fixture(scope="module", params=[ReadThrough.REST, ReadThrough.SOAP], ids=lambda r: r.value)
def ask(icat, request) -> Asking:
    return Asking(icat.backend_with(read_through=request.param))


def test_no_text_finds_more_or_less_than_itself(icat, ask):
    texts = dict(enumerate([*stored_texts(), None], FIRST))
    before = content(icat.db_url)
    is_soap = ask.backend._ways.read_through is ReadThrough.SOAP
    for text in HOSTILE:
        if is_soap and text in NO_XML:
            with pytest.raises(BadRequest, match="cannot take the character"):
                ask.count("Investigation", where({"summary": text}))
            continue
        for name in OPERATORS:
            asked = where({"summary": {name: text}})
            comparison = ask.query("Investigation", asked).where
            assert isinstance(comparison, Comparison)
            wanted = [id_ for id_, each in texts.items() if matches(comparison, each)]
            found = [id_ for id_ in ask.ids("Investigation", asked) if id_ >= FIRST]
            assert found == wanted, (name, text)
    assert content(icat.db_url) == before
