"""The schema is cut to what the connected ICAT says that it has."""

from types import SimpleNamespace
from typing import Any, cast

import icat.client
import pytest

from datagateway_api.backends.icat.connecting import schema_of
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Schema

NEWEST = icat_schema.load()
META = frozenset(("id", "createId", "createTime", "modId", "modTime"))


def client_of(schema: Schema) -> icat.client.Client:
    """Return what python-icat knows once such an ICAT has described itself."""

    def described(name: str | None) -> Any:
        entity = schema.entities[name] if name else None
        fields = frozenset(entity.fields) - META if entity else frozenset()
        one = frozenset(r.name for r in entity.to_one) if entity else frozenset()
        many = (frozenset(entity.relations) if entity else frozenset()) - one
        return SimpleNamespace(
            BeanName=name, MetaAttr=META, InstAttr=fields, InstRel=one, InstMRel=many
        )

    # EntityBaseBean and Parameter are abstract and have no name.
    typemap = {"parameter": described(None)}
    for name in schema.entities:
        typemap[name.lower()] = typemap[name] = described(name)
    return cast(icat.client.Client, SimpleNamespace(typemap=typemap))


def names(schema: Schema) -> dict[str, list[str]]:
    return {name: sorted(entity.names) for name, entity in schema.entities.items()}


@pytest.mark.parametrize("version", [v for v in icat_schema.versions() if v >= "4.8" or v < "4.2"])
def test_an_older_icat_has_what_its_release_had(version):
    older = icat_schema.as_of(version)
    assert names(schema_of(client_of(older), NEWEST)) == names(older)


def test_the_newest_icat_has_everything():
    assert names(schema_of(client_of(NEWEST), NEWEST)) == names(NEWEST)
    assert len(names(icat_schema.as_of("4.11.1"))) < 53
