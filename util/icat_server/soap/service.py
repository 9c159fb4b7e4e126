"""The operations of ICAT's SOAP interface: from an envelope to an envelope."""

from collections.abc import Callable, Mapping
from functools import cache

from util.icat_server.beans import Bean
from util.icat_server.contract import API_VERSION
from util.icat_server.entity_info import entity_info
from util.icat_server.errors import IcatError
from util.icat_server.icat import Icat
from util.icat_server.soap import answers
from util.icat_server.soap.beans import BeanWriter
from util.icat_server.soap.envelope import BadEnvelope, Call, read_call
from util.icat_server.soap.faults import client_fault, icat_fault, server_fault
from util.icat_server.soap.reading import BeanReader, UnreadableBean
from util.icat_server.soap.text import flag


class SoapService:
    """Answers SOAP calls out of one ICAT."""

    def __init__(self, icat: Icat) -> None:
        """Take the ICAT."""
        self._icat = icat
        self._writer = BeanWriter(icat.schema)
        self._reader = BeanReader(icat.schema, icat.settings.zone)
        self._info = cache(self._entity_info)
        self._operations: Mapping[str, Callable[[Call], str]] = {
            "create": self._create,
            "createMany": self._create_many,
            "delete": lambda call: self._delete(call, "bean"),
            "deleteMany": lambda call: self._delete(call, "beans"),
            "dummy": lambda _: "",
            "get": self._get,
            "getApiVersion": lambda _: answers.texts([API_VERSION]),
            "getAuthenticatorInfo": lambda _: answers.authenticators(icat.authenticators),
            "getEntityInfo": lambda call: self._info(call.text("beanName") or "null"),
            "getEntityNames": lambda _: answers.texts(sorted(icat.schema.entities)),
            "getProperties": lambda call: answers.texts(icat.properties(_session_id(call))),
            "getRemainingMinutes": self._remaining_minutes,
            "getUserName": lambda call: answers.texts([icat.user(_session_id(call))]),
            "getVersion": lambda _: answers.texts([API_VERSION]),
            "isAccessAllowed": self._is_access_allowed,
            "login": self._login,
            "logout": self._logout,
            "refresh": self._refresh,
            "search": self._search,
            "update": self._update,
        }

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Return the HTTP status and the envelope for what a client sent."""
        try:
            call = read_call(body)
            returned = self._operations[call.operation](call)
        except BadEnvelope as error:
            return 500, client_fault(str(error))
        except UnreadableBean as error:
            return 500, server_fault(str(error))
        except IcatError as error:
            return 500, icat_fault(error)
        return 200, answers.answer(call.operation, returned)

    def _entity_info(self, name: str) -> str:
        return answers.entity_info(entity_info(self._icat.schema, name))

    def _login(self, call: Call) -> str:
        credentials = {}
        for above in call.all("credentials"):
            for entry in above.findall("entry"):
                credentials[entry.findtext("key") or ""] = entry.findtext("value") or ""
        return answers.texts([self._icat.sessions.login(call.text("plugin"), credentials)])

    def _logout(self, call: Call) -> str:
        self._icat.sessions.logout(_session_id(call))
        return ""

    def _refresh(self, call: Call) -> str:
        self._icat.sessions.refresh(_session_id(call))
        return ""

    def _remaining_minutes(self, call: Call) -> str:
        return answers.texts([self._icat.sessions.find(_session_id(call)).remaining_minutes])

    def _search(self, call: Call) -> str:
        return self._writer.rows(self._icat.search(_session_id(call), call.text("query")))

    def _get(self, call: Call) -> str:
        id_ = call.whole_number("primaryKey")
        return self._writer.bean(self._icat.get(_session_id(call), call.text("query"), id_))

    def _create(self, call: Call) -> str:
        return answers.texts([self._icat.create(_session_id(call), self._bean(call))])

    def _create_many(self, call: Call) -> str:
        return answers.texts(self._icat.create_many(_session_id(call), self._beans(call, "beans")))

    def _update(self, call: Call) -> str:
        self._icat.update(_session_id(call), self._bean(call))
        return ""

    def _delete(self, call: Call, name: str) -> str:
        self._icat.delete(_session_id(call), self._beans(call, name))
        return ""

    def _is_access_allowed(self, call: Call) -> str:
        bean, access = self._bean(call), call.text("accessType")
        allowed = self._icat.is_access_allowed(_session_id(call), bean, access)
        return answers.texts([flag(allowed)])

    def _bean(self, call: Call) -> Bean:
        found = self._beans(call, "bean")
        if not found:
            raise UnreadableBean("There is no bean")
        return found[0]

    def _beans(self, call: Call, name: str) -> list[Bean]:
        return [self._reader.bean(element) for element in call.all(name)]


def _session_id(call: Call) -> str | None:
    return call.text("sessionId")
