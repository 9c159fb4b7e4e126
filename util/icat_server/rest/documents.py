"""Beans and other results as the objects of JSON answers."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeAlias

from datagateway_api.core.entities import Entity, FieldType, Schema
from util.icat_server.authenticators import Authenticator
from util.icat_server.beans import Bean, Item, Row, Value
from util.icat_server.icat import Settings

Json: TypeAlias = object


class _Form:
    """How beans of one entity are written."""

    def __init__(self, entity: Entity) -> None:
        """Find the dates, and what is shown for those attributes that are never null in Java."""
        fields = entity.fields.values()
        self.dates = [field.name for field in fields if field.type is FieldType.DATE]
        self.empty = [
            (field.name, False if field.type is FieldType.FLAG else field.default)
            for field in fields
            if field.default is not None
        ]


class DocumentWriter:
    """Writes what a search or a get returns, its moments in the server's time zone."""

    def __init__(self, schema: Schema, zone: tzinfo) -> None:
        """Settle the forms of all entities."""
        self._forms = {name: _Form(entity) for name, entity in schema.entities.items()}
        # Most are, and it saves a third of the time.
        self._is_utc = str(zone) == "UTC"
        self._zone = zone

    def rows(self, rows: Iterable[Row]) -> list[Json]:
        """Return the rows of a search."""
        return [
            [self._item(item) for item in row] if isinstance(row, tuple) else self._item(row)
            for row in rows
        ]

    def bean(self, bean: Bean) -> Json:
        """Return a bean under the name of its entity."""
        return {bean.entity.name: self._content(bean)}

    def _item(self, item: Item) -> Json:
        if isinstance(item, Bean):
            return self.bean(item)
        return None if item is None else self._value(item.value)

    def _content(self, bean: Bean) -> Json:
        form = self._forms[bean.entity.name]
        found: dict[str, Json] = {n: v for n, v in bean.values.items() if v is not None}
        for name in form.dates:
            value = found.get(name)
            if isinstance(value, datetime):
                found[name] = self._moment(value)
        for name, value in form.empty:
            found.setdefault(name, value)
        for name, one in bean.ones.items():
            if one is not None:
                found[name] = self._content(one)
        for name, many in bean.manys.items():
            found[name] = [self._content(each) for each in many]
        return found

    def _value(self, value: Value) -> Json:
        return self._moment(value) if isinstance(value, datetime) else value

    def _moment(self, moment: datetime) -> str:
        if self._is_utc:
            return moment.isoformat(timespec="milliseconds") + "Z"
        local = moment.replace(tzinfo=UTC).astimezone(self._zone)
        text = local.isoformat(timespec="milliseconds")
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def properties(settings: Settings, authenticators: Iterable[Authenticator]) -> Json:
    """Return what anybody may know of the server."""
    return {
        "maxEntities": settings.max_entities,
        "lifetimeMinutes": int(settings.lifetime / timedelta(minutes=1)),
        "authenticators": [_authenticator(each) for each in authenticators],
        "containerType": "Glassfish",
    }


def _authenticator(found: Authenticator) -> Json:
    keys = [
        {"name": key.name, "hide": True} if key.is_hidden else {"name": key.name}
        for key in found.keys
    ]
    return {"mnemonic": found.mnemonic, "keys": keys}
