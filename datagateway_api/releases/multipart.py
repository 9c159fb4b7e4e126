"""The part ``file`` of a multipart request, which may be larger than other bodies."""

import gzip
import zlib
from typing import Any, BinaryIO, Final

from flask import request
from werkzeug.datastructures import FileStorage

from datagateway_api.core.errors import BadRequest, TooLarge, UnsupportedMediaType
from datagateway_api.releases.files import Format, format_of

PART: Final = "file"
_BROKEN: Final = "the body is not a whole gzip stream, though its Content-Encoding says so"


def uploaded_file(limit: int) -> tuple[BinaryIO, Format]:
    """Return the uploaded file and its format.

    Raises UnsupportedMediaType for another kind of request or file, BadRequest where the part is
    missing, TooLarge beyond the limit.
    """
    request.max_content_length = limit
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType(f"the body must be multipart/form-data with a part {PART}")
    _unpack_body(limit)
    part: FileStorage | None = request.files.get(PART)
    if part is None:
        raise BadRequest(f"the body has no part {PART} with a file name")
    return part.stream, format_of(part.mimetype or "", part.filename or "")  # type: ignore[return-value]


def about() -> dict[str, object]:
    """Return what further parts say of the release itself."""
    return {name: request.form[name] for name in ("description", "doi") if name in request.form}


def _unpack_body(limit: int) -> None:
    """Let the body be read unpacked, where it was sent packed as a whole."""
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return
    if encoding != "gzip":
        raise UnsupportedMediaType("the body's Content-Encoding must be gzip, or none")
    environ = request.environ
    packed = request.stream
    environ["wsgi.input"] = _Unpacked(packed, limit)
    environ["wsgi.input_terminated"] = True
    environ.pop("CONTENT_LENGTH", None)
    # What the request remembers of the packed stream.
    request.__dict__.pop("stream", None)
    request.__dict__.pop("content_length", None)


class _Unpacked:
    """A packed stream that reads as what it holds, up to a limit."""

    def __init__(self, packed: Any, limit: int) -> None:
        self._file = gzip.GzipFile(fileobj=packed)
        self._left = limit

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises BadRequest for what is no gzip, TooLarge."""
        wanted = self._left + 1 if size < 0 else size
        try:
            found = self._file.read(wanted)
        except (EOFError, OSError, zlib.error) as error:
            raise BadRequest(_BROKEN) from error
        self._left -= len(found)
        if self._left < 0:
            raise TooLarge("the body, unpacked, is larger than this server accepts")
        return found
