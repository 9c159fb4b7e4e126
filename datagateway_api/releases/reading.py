"""The resources that are open to everybody: releases, datasets, weights, history."""

from collections.abc import Callable
from typing import Any, Final

import orjson
from flask import Response, request

from datagateway_api.core.errors import BadFilter, BadRequest
from datagateway_api.core.query.parse import shown
from datagateway_api.releases import exports, history, registry, weights
from datagateway_api.releases.asking import not_modified, tag_of, with_tag
from datagateway_api.releases.files import Format
from datagateway_api.releases.registry import Release
from datagateway_api.releases.service import ReleasesResource, nothing_asked
from datagateway_api.web.api import json_response
from datagateway_api.web.conditional import tagged
from datagateway_api.web.request_ids import request_id
from datagateway_api.web.streaming import Watched

FORMATS: Final = {each.suffix: each for each in Format}


class Releases(ReleasesResource):
    """``EXT/releases``: all releases."""

    def get(self) -> Response:
        """Return them with the number of their datasets."""
        nothing_asked()
        return tagged(json_response(self.service.connections.read(registry.listed)))


class Datasets(ReleasesResource):
    """``EXT/datasets``: the datasets of one release or of all."""

    is_lean = False

    def get(self) -> Response:
        """Return a page of them, as an array."""
        page = self.service.asker.page(is_lean=self.is_lean)
        found = self.service.lists.page(self.service.connections, page, tag_of)
        if found.body is None:
            response = not_modified(found.tag)
        else:
            response = with_tag(json_response(found.body), found.tag)
        if found.total is not None:
            response.headers["X-Total-Count"] = str(found.total)
        return response


class LeanDatasets(Datasets):
    """``EXT/datasets/lean``: the same without the lists of files."""

    is_lean = True


class DatasetCount(ReleasesResource):
    """``EXT/datasets/count``: how many datasets there are."""

    def get(self) -> Response:
        """Return an object with the number."""
        page = self.service.asker.counted()
        number = self.service.lists.count(self.service.connections, page)
        return tagged(json_response(orjson.dumps({"count": number})))


class Metadata(ReleasesResource):
    """``EXT/metadata/{release}/{key}``: one dataset, by its number or its short name."""

    def get(self, release: str, key: str) -> Response:
        """Return it, or 404."""
        nothing_asked()
        lists = self.service.lists
        return tagged(
            json_response(lists.one(self.service.connections, release, key.removesuffix("/")))
        )


class Export(ReleasesResource):
    """``EXT/releases/{release}/export``: the whole release as a file, streamed."""

    def get(self, release: str) -> Response:
        """Return it in the format asked for."""
        nothing_asked("format")
        name = request.args.get("format", Format.JSON.suffix).lower()
        if name not in FORMATS:
            raise BadRequest(f"format must be one of {', '.join(FORMATS)}, got {shown(name)}")
        format_ = FORMATS[name]
        found = self.service.connections.read(lambda c: registry.one(c, release))
        return self._answer(found, format_)

    def _answer(self, found: Release, format_: Format) -> Response:
        tag, is_known = tag_of(found.revisions)
        if is_known:
            return not_modified(tag)
        connections = self.service.connections
        extra: list[str] = []
        if format_ is Format.CSV:
            extra = connections.read(lambda c: exports.extra_names(c, found.id))
        pieces = self.service.lists.whole(connections, found.id)
        if format_ is Format.CSV:
            body = exports.csv_pieces(pieces, extra)
        elif format_ is Format.NDJSON:
            body = exports.ndjson_pieces(pieces)
        else:
            body = exports.json_pieces(found.answer, pieces)
        response = Response(Watched(body, request_id()), mimetype=format_.media_type)
        file_name = f"{found.answer['name']}.{format_.suffix}"
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
        return with_tag(response, tag)


class History(ReleasesResource):
    """``EXT/releases/{release}/history``: who changed what, the newest change first."""

    def get(self, release: str) -> Response:
        """Return a page of the changes."""
        skip, limit = self.service.asker.paging()
        body, total = self.service.connections.read(
            lambda c: history.entries(c, release, skip, limit)
        )
        response = json_response(body)
        response.headers["X-Total-Count"] = str(total)
        return tagged(response)


class WeightsOfDataset(ReleasesResource):
    """``EXT/weights/dsid/{dsid}``: the names of a dataset's weights, by tag."""

    def get(self, dsid: str) -> Response:
        """Return an object with the lists by tag, or 404."""
        return _answered(self, lambda c: {"weights": weights.by_number(c, dsid)})


class WeightsOfTag(ReleasesResource):
    """``EXT/weights/dsid/{dsid}/tag/{e_tag}``: the names of the weights of one tag."""

    def get(self, dsid: str, e_tag: str) -> Response:
        """Return the list, or 404."""
        return _answered(self, lambda c: weights.by_tag(c, dsid, e_tag))


class WeightsOfDatasets(ReleasesResource):
    """``EXT/weights/dsids/{a,b,…}``: the same for several datasets."""

    def get(self, dsids: str) -> Response:
        """Return an object by dataset and tag; datasets without weights are left out."""
        numbers = [each for each in dsids.split(",") if each]
        if len(numbers) > weights.MOST_ASKED:
            raise BadFilter(f"at most {weights.MOST_ASKED} datasets at once, got {len(numbers)}")
        return _answered(self, lambda c: weights.by_numbers(c, numbers))


def _answered(resource: ReleasesResource, find: Callable[[Any], object]) -> Response:
    nothing_asked()
    return tagged(json_response(orjson.dumps(resource.service.connections.read(find))))
