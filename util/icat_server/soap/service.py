"""The operations of ICAT's SOAP interface: from an envelope to an envelope."""

from collections.abc import Callable, Mapping
from functools import cache

from lxml import etree

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


class SoapService:
    """Answers SOAP calls out of one ICAT."""

    def __init__(self, icat: Icat) -> None:
        """Take the ICAT."""
        self._icat = icat
        self._writer = BeanWriter(icat.schema)
        self._reader = BeanReader(icat.schema, icat.settings.zone)
        self._entity_info = cache(lambda name: answers.entity_info(entity_info(icat.schema, name)))
        self._operations: Mapping[str, Callable[[Call], str]] = {
            "dummy": lambda _: "",
            "getApiVersion": lambda _: answers.texts([API_VERSION]),
            "getVersion": lambda _: answers.texts([API_VERSION]),
            "getEntityNames": lambda _: answers.texts(sorted(icat.schema.entities)),
            "getEntityInfo": self._get_entity_info,
            "getAuthenticatorInfo": lambda _: answers.authenticators(icat.authenticators),
            "login": self._login,
            "logout": self._logout,
            "refresh": self._refresh,
            "getUserName": self._get_user_name,
            "getRemainingMinutes": self._get_remaining_minutes,
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

    def _get_entity_info(self, call: Call) -> str:
        return self._entity_info(call.text("beanName"))

    def _login(self, call: Call) -> str:
        credentials = {}
        for above in call.all("credentials"):
            for entry in above.findall("entry"):
                credentials[entry.findtext("key") or ""] = entry.findtext("value") or ""
        session_id = self._icat.sessions.login(call.text("plugin"), credentials)
        return answers.texts([session_id])

    def _logout(self, call: Call) -> str:
        self._icat.sessions.logout(call.text("sessionId"))
        return ""

    def _refresh(self, call: Call) -> str:
        self._icat.sessions.refresh(call.text("sessionId"))
        return ""

    def _get_user_name(self, call: Call) -> str:
        return answers.texts([self._user(call)])

    def _get_remaining_minutes(self, call: Call) -> str:
        return answers.texts([self._icat.sessions.find(call.text("sessionId")).remaining_minutes])

    def _user(self, call: Call) -> str:
        return self._icat.sessions.find(call.text("sessionId")).user

    def _bean(self, element: etree._Element) -> Bean:
        return self._reader.bean(element)
