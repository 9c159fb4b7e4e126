"""Uploaded files: which format they have, unpacked within a limit, and read into rows."""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from datagateway_api.core.errors import TooLarge, UnsupportedMediaType
from datagateway_api.releases.check import Clean, datasets, is_whole
from datagateway_api.releases.csv_rows import csv_rows
from datagateway_api.releases.entity import LONGEST_NAME, RELEASE
from datagateway_api.releases.json_rows import json_rows, ndjson_rows
from datagateway_api.releases.problems import Problems, given, refused

PACKED: Final = b"\x1f\x8b"
PIECE: Final = 1 << 20


class Format(Enum):
    """The formats of files: each with its suffix and its media type."""

    JSON = ("json", "application/json")
    NDJSON = ("ndjson", "application/x-ndjson")
    CSV = ("csv", "text/csv")

    @property
    def suffix(self) -> str:
        """The usual end of a file's name."""
        return self.value[0]

    @property
    def media_type(self) -> str:
        """The media type in which exports are answered."""
        return self.value[1]


_TYPES: Final[Mapping[str, Format]] = {
    **{each.media_type: each for each in Format},
    "text/json": Format.JSON,
    "application/ndjson": Format.NDJSON,
    "application/jsonl": Format.NDJSON,
    "application/csv": Format.CSV,
}
_SUFFIXES: Final[Mapping[str, Format]] = {
    **{each.suffix: each for each in Format},
    "jsonl": Format.NDJSON,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """What a file holds, checked: datasets, and what it says of the release itself."""

    rows: list[Clean]
    about: Mapping[str, str | None] = field(default_factory=dict)


def format_of(media_type: str, file_name: str) -> Format:
    """Return the format by the media type, else by the end of the file's name.

    Raises UnsupportedMediaType where neither tells.
    """
    suffix = Path(file_name.lower().removesuffix(".gz")).suffix.removeprefix(".")
    found = _TYPES.get(media_type.lower()) or _SUFFIXES.get(suffix)
    if found is None:
        raise UnsupportedMediaType(
            "the file must be JSON, NDJSON or CSV, and its Content-Type or its name must say so: "
            "application/json, application/x-ndjson, text/csv, .json, .ndjson, .jsonl, .csv"
        )
    return found


def read(stream: BinaryIO, format_: Format, limit: int) -> Upload:
    """Return what a file holds. Raises Unprocessable with all that is wrong, and TooLarge."""
    data = unpacked(stream, limit)
    about: Mapping[str, object] = {}
    if format_ is Format.CSV:
        rows = csv_rows(data)
    elif format_ is Format.NDJSON:
        rows = ndjson_rows(data)
    else:
        rows, about = json_rows(data)
    # The file as bytes is not needed any more, and large.
    del data
    problems = Problems()
    found = Upload(datasets(rows, problems), checked_about(about, problems))
    problems.check()
    return found


def unpacked(stream: BinaryIO, limit: int) -> bytes:
    """Return all bytes of a file, unpacked if it is gzip. Raises TooLarge beyond the limit."""
    start = stream.read(len(PACKED))
    stream.seek(0)
    if start != PACKED:
        return _bounded(stream, limit)
    try:
        with gzip.GzipFile(fileobj=stream, mode="rb") as unpacking:
            return _bounded(unpacking, limit)
    except (EOFError, OSError, zlib.error) as error:
        raise refused("is not a whole gzip file") from error


def _bounded(stream: BinaryIO | gzip.GzipFile, limit: int) -> bytes:
    found = BytesIO()
    while piece := stream.read(PIECE):
        found.write(piece)
        if found.tell() > limit:
            raise TooLarge(f"the file, unpacked, has more than {limit} bytes")
    return found.getvalue()


def checked_about(about: Mapping[str, object], problems: Problems) -> Mapping[str, str | None]:
    """Check what is said of the release itself: its description and DOI."""
    found: dict[str, str | None] = {}
    for name, value in about.items():
        longest = RELEASE.fields[name].length or LONGEST_NAME
        if value is None:
            found[name] = None
        elif not isinstance(value, str) or "\0" in value or not is_whole(value):
            problems.add(None, name, f"must be a text, {given(value)}")
        elif len(value) > longest:
            problems.add(None, name, f"must have at most {longest} characters, got {len(value)}")
        else:
            found[name] = value
    return found
