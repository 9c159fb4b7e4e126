"""ICAT over HTTP, as a WSGI application."""

import logging
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from util.icat_server.contract import PATH
from util.icat_server.errors import internal_error
from util.icat_server.icat import Icat
from util.icat_server.rest.service import PREFIX, RestService
from util.icat_server.soap.envelope import MOST_BYTES
from util.icat_server.soap.faults import icat_fault
from util.icat_server.soap.service import SoapService
from util.icat_server.soap.wsdl import wsdl_document
from util.icat_server.soap.xsd import schema_document

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)
XML = "text/xml; charset=utf-8"


class WebApplication:
    """Serves one ICAT; each answer may be held back for some seconds, as by a slow server."""

    def __init__(self, icat: Icat, *, delay_seconds: float = 0.0) -> None:
        """Take the ICAT."""
        self.icat = icat
        self._soap = SoapService(icat)
        self._rest = RestService(icat)
        self._delay_seconds = delay_seconds
        self._wsdl = lru_cache(maxsize=16)(wsdl_document)
        self._xsd = schema_document(icat.schema)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_content_length = request.max_form_memory_size = MOST_BYTES
        if self._delay_seconds:
            time.sleep(self._delay_seconds)
        try:
            response = self._route(request)(request)
        except HTTPException as error:
            response = error.get_response(environ)
        return response(environ, start_response)

    def _route(self, request: Request) -> Callable[[Request], Response]:
        if request.path.rstrip("/") == PATH:
            return self._answer_soap
        if request.path.startswith(PREFIX):
            return self._rest.answer
        raise NotFound

    def _answer_soap(self, request: Request) -> Response:
        if request.method == "POST":
            return self._call(request)
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(["GET", "HEAD", "POST"])
        names = {name.lower() for name in request.args}
        if "wsdl" in names:
            return Response(self._wsdl(request.host_url.rstrip("/")), content_type=XML)
        if "xsd" in names:
            return Response(self._xsd, content_type=XML)
        raise NotFound

    def _call(self, request: Request) -> Response:
        body = request.get_data(cache=False)
        try:
            status, answer = self._soap.answer(body)
        except Exception:
            log.exception("a call failed")
            status, answer = 500, icat_fault(internal_error())
        return Response(answer, status, content_type=XML)
