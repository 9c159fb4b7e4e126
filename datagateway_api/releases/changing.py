"""The resources that change releases, for writers only."""

from collections.abc import Mapping
from typing import Final

import orjson
from flask import Response, request

from datagateway_api.core.errors import NotFound
from datagateway_api.releases import registry, weights, writing
from datagateway_api.releases.asking import not_modified, tag_of, with_tag
from datagateway_api.releases.check import IGNORED, Clean, fields, name_problem
from datagateway_api.releases.entity import LONGEST_NUMBER, NUMBER
from datagateway_api.releases.exports import json_pieces
from datagateway_api.releases.files import Format, Upload, checked_about, read, unpacked
from datagateway_api.releases.json_rows import loaded
from datagateway_api.releases.multipart import uploaded
from datagateway_api.releases.problems import Problems, given, refused
from datagateway_api.releases.service import ReleasesResource, nothing_asked
from datagateway_api.releases.writing import Outcome
from datagateway_api.web.api import json_response
from datagateway_api.web.body import json_body

BODY: Final = "the body"


class Create(ReleasesResource):
    """``EXT/release/create/{release}``: uploading a file."""

    def put(self, release: str) -> Response:
        """Create or update the datasets in it, all or none."""
        author = self.service.author()
        problem = name_problem(release, LONGEST_NUMBER)
        if problem is not None:
            raise refused(problem, "the name of the release")
        limit = self.service.section.max_upload_bytes
        with uploaded(limit) as file:
            content = _with_parts(read(file.stream, file.format, limit), file.about)
        outcome = writing.changing(
            self.service.connections, lambda c: writing.upload(c, release, content, author)
        )
        return _outcome(release, outcome)


class UpdateOne(ReleasesResource):
    """``EXT/release/update/{release}/{dataset_number}``: correcting one dataset."""

    def patch(self, release: str, number: str) -> Response:
        """Change the fields that the body names."""
        author = self.service.author()
        number = number.removesuffix("/")
        problems = Problems(BODY)
        clean = _updates(json_body(), None, problems)
        _check_number(clean, number, problems)
        problems.check()
        row = {**clean, NUMBER.name: number}
        outcome = writing.changing(
            self.service.connections, lambda c: writing.amend(c, release, [row], author)
        )
        if outcome.not_found:
            raise NotFound(f"the release {release} has no dataset {number}")
        return json_response(orjson.dumps({"updated": 1, "fields": list(clean)}))


class UpdateMany(ReleasesResource):
    """``EXT/release/update/{release}``: correcting several datasets."""

    def patch(self, release: str) -> Response:
        """Change the datasets that are there, and tell of those that are not."""
        author = self.service.author()
        problems = Problems(BODY)
        rows = _several(json_body(), problems)
        problems.check()
        outcome = writing.changing(
            self.service.connections, lambda c: writing.amend(c, release, rows, author)
        )
        done = outcome.updated + outcome.unchanged
        return json_response(orjson.dumps({"updated": done, "not_found": outcome.not_found}))


class OneRelease(ReleasesResource):
    """``EXT/releases/{release}``: one release."""

    def get(self, release: str) -> Response:
        """Return it with its datasets, streamed."""
        nothing_asked()
        connections = self.service.connections
        found = connections.read(lambda c: registry.one(c, release))
        tag, is_known = tag_of(found.revisions)
        if is_known:
            return not_modified(tag)
        pieces = self.service.lists.whole(connections, found.id)
        return with_tag(json_response(json_pieces(found.answer, pieces)), tag)

    def delete(self, release: str) -> Response:
        """Delete a draft."""
        author = self.service.author()
        writing.changing(self.service.connections, lambda c: writing.remove(c, release, author))
        return json_response(b"", 204)


class Publish(ReleasesResource):
    """``EXT/releases/{release}/publish``: from a draft to a published release."""

    def post(self, release: str) -> Response:
        """Publish it, and return it without its datasets."""
        author = self.service.author()
        connections = self.service.connections
        writing.changing(connections, lambda c: writing.publish(c, release, author))
        found = connections.read(lambda c: registry.one(c, release))
        return json_response(orjson.dumps(found.answer))


class UploadWeights(ReleasesResource):
    """``EXT/weights/{release}``: uploading the names of weights."""

    def put(self, release: str) -> Response:
        """Create or replace the lists in the body, which is JSON or has a part with a file."""
        author = self.service.author()
        names = weights.checked(self._body())
        outcome = writing.changing(
            self.service.connections, lambda c: weights.upload(c, release, names, author)
        )
        return _outcome(release, outcome)

    def _body(self) -> object:
        limit = self.service.section.max_upload_bytes
        if request.mimetype != "multipart/form-data":
            request.max_content_length = limit
            return json_body()
        with uploaded(limit) as file:
            if file.format is not Format.JSON:
                raise refused("weights are uploaded as JSON", weights.SUBJECT)
            return loaded(unpacked(file.stream, limit), weights.SUBJECT)


def _with_parts(content: Upload, about: Mapping[str, str]) -> Upload:
    problems = Problems("the form")
    parts = checked_about(about, problems)
    problems.check()
    return Upload(content.rows, {**content.about, **parts})


def _updates(body: object, place: int | None, problems: Problems) -> Clean:
    updates = body.get("updates") if isinstance(body, dict) else None
    if not isinstance(updates, dict) or not updates:
        problems.add(place, "updates", f"must be an object of fields, {given(updates)}")
        return {}
    if place is None and isinstance(body, dict) and len(body) > 1:
        problems.add(None, None, f"must have the key updates alone, {given(list(body))}")
    for name in IGNORED & updates.keys():
        problems.add(place, name, "cannot be changed")
    return fields(updates, place, problems)


def _check_number(clean: Clean, number: str, problems: Problems, place: int | None = None) -> None:
    if clean.pop(NUMBER.name, number) != number:
        problems.add(place, NUMBER.name, "cannot be changed")


def _several(body: object, problems: Problems) -> list[Clean]:
    items = body.get("datasets") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise refused(f"must be an object with the list datasets, {given(body)}", BODY)
    found: list[Clean] = []
    seen: set[str] = set()
    for place, item in enumerate(items, 1):
        raw = item.get(NUMBER.name) if isinstance(item, dict) else None
        number = fields({NUMBER.name: raw}, place, problems).get(NUMBER.name)
        clean = _updates(item, place, problems)
        if number is None:
            problems.add(place, NUMBER.name, "is required")
            continue
        if number in seen:
            problems.add(place, NUMBER.name, f"{number} is given twice")
        seen.add(number)
        _check_number(clean, number, problems, place)
        found.append({**clean, NUMBER.name: number})
    return found


def _outcome(release: str, outcome: Outcome) -> Response:
    answer = {
        "release": release,
        "created": outcome.created,
        "updated": outcome.updated,
        "unchanged": outcome.unchanged,
    }
    return json_response(orjson.dumps(answer))
