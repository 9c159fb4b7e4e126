"""The REST resources of the search API, all of them for reading."""

import orjson
from flask import Response, request
from flask_restful import Resource

from datagateway_api.search.service import Search
from datagateway_api.web.access_log import name_user
from datagateway_api.web.api import json_response

NOBODY = "anonymous"


class SearchResource(Resource):
    """The base of the resources: one PaNOSC class of one search."""

    def __init__(self, search: Search, entity: str) -> None:
        """Take the search and the name of the class."""
        self.search = search
        self.entity = entity
        name_user(NOBODY)

    @property
    def query_string(self) -> bytes:
        """The raw query string of the request."""
        text: str = request.environ.get("QUERY_STRING", "")
        return text.encode("latin-1")


class Collection(SearchResource):
    """``SX/Documents``: the objects that a filter asks for."""

    def get(self) -> Response:
        """Return an array."""
        return _json(self.search.rows(self.entity, self.query_string))


class Count(SearchResource):
    """``SX/Documents/count``: how many objects there are."""

    def get(self) -> Response:
        """Return ``{"count": n}``."""
        return _json({"count": self.search.count(self.entity, self.query_string)})


class Item(SearchResource):
    """``SX/Documents/{pid}``: one object."""

    def get(self, pid: str) -> Response:
        """Return an object, or 404."""
        return _json(self.search.one(self.entity, self.query_string, pid))


class Files(SearchResource):
    """``SX/Datasets/{pid}/files``: the files of a data set."""

    def get(self, pid: str) -> Response:
        """Return an array, or 404 for an unknown data set."""
        return _json(self.search.files(self.query_string, pid))


class FilesCount(SearchResource):
    """``SX/Datasets/{pid}/files/count``: how many files a data set has."""

    def get(self, pid: str) -> Response:
        """Return ``{"count": n}``, or 404 for an unknown data set."""
        return _json({"count": self.search.count_files(self.query_string, pid)})


def _json(value: object) -> Response:
    return json_response(orjson.dumps(value))
