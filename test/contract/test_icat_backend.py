"""The ICAT backend keeps the contract, over HTTP against a stand-in for ICAT."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from datagateway_api.backends.icat.backend import IcatBackend, ReadThrough
from datagateway_api.core.errors import BadRequest
from test.contract.backend_contract import BackendContract
from test.contract.icats import EVERYBODY_IS_ROOT, WAYS, ServedIcat, served_icat
from test.contract.promises_creating import TEXTS
from test.contract.reference import small_catalogue, wire_text
from test.contract.served import Served
from test.contract.writing import Writing
from test.contract.writing_contract import WritingContract


@pytest.fixture(scope="module", params=[ReadThrough.REST, ReadThrough.SOAP], ids=lambda w: w.value)
def icat(request, tmp_path_factory) -> Iterator[ServedIcat]:
    ways = replace(WAYS, read_through=request.param)
    with served_icat(tmp_path_factory.mktemp("icat"), *EVERYBODY_IS_ROOT, ways=ways) as served:
        yield served


class TestIcatBackend(BackendContract):
    """The contract, kept by the ICAT backend on both roads."""

    @pytest.fixture
    def served(self, icat: ServedIcat) -> Served:
        return icat

    def test_every_value_comes_in_the_form_of_its_type(self, ask):
        """As in the contract, but for what ICAT itself answers otherwise."""
        world = small_catalogue(ask.backend.schema())
        for name, rows in world.rows.items():
            fields = ask.entity(name).fields.values()
            wanted = [
                {f.name: as_icat_answers(ask.backend, f, row[f.name]) for f in fields}
                for row in rows.values()
            ]
            assert ask.rows(name) == wanted


def as_icat_answers(backend: IcatBackend, field, value):
    """Return a value as ICAT sends it: a null size as 0, and by SOAP no control characters."""
    if value is None and field.name in ("fileSize", "fileCount"):
        return 0
    if value is None or isinstance(value, bool | int | float):
        return value
    is_soap = backend._ways.read_through is ReadThrough.SOAP
    return wire_text(field, value).replace("\x01", "\ufffd" if is_soap else "\x01")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Iterator[ServedIcat]:
    with served_icat(tmp_path_factory.mktemp("written"), *EVERYBODY_IS_ROOT) as served:
        yield served


class TestIcatWriting(WritingContract):
    """The contract of writing, kept by the ICAT backend."""

    @pytest.fixture
    def served(self, written: ServedIcat) -> Served:
        return written

    @pytest.mark.parametrize("text", TEXTS)
    def test_a_text_is_kept_as_it_is(self, write: Writing, text):
        """As in the contract, but for what XML cannot carry to ICAT: it is refused, not changed."""
        if "\x01" not in text:
            super().test_a_text_is_kept_as_it_is(write, text)
            return
        with pytest.raises(BadRequest, match=r"cannot take the character U\+0001"):
            write.create("Study", {"name": "any", "description": text})
        super().test_a_text_is_kept_as_it_is(write, text.replace("\x01", "").replace("\x1f", ""))
