"""The part ``file`` of a multipart request, which may be larger than other bodies."""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser

from datagateway_api.core.errors import BadRequest, TooLarge, UnsupportedMediaType
from datagateway_api.releases.files import Format, format_of

PART: Final = "file"
IN_MEMORY: Final = 1 << 19
_BROKEN: Final = "the body is not a whole gzip stream, though its Content-Encoding says so"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An uploaded file, and what further parts say of the release itself."""

    stream: Any
    format: Format
    about: Mapping[str, str]


@contextmanager
def uploaded(limit: int) -> Iterator[Uploaded]:
    """Read the request's body, which is kept in temporary files until the block is left.

    Raises UnsupportedMediaType for another kind of request or file, BadRequest where the part is
    missing, TooLarge beyond the limit.
    """
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType(f"the body must be multipart/form-data with a part {PART}")
    request.max_content_length = limit
    stream = _unpacked(limit)
    length = request.content_length if stream is request.stream else None
    with ExitStack() as files:
        parser = FormDataParser(
            stream_factory=_Files(files),
            max_form_memory_size=request.max_form_memory_size,
            max_content_length=limit,
            max_form_parts=request.max_form_parts,
        )
        _, form, parts = parser.parse(stream, request.mimetype, length, request.mimetype_params)
        found: list[FileStorage] = parts.getlist(PART)
        if len(found) != 1:
            raise BadRequest(
                f"the body must have one part {PART} with a file name, got {len(found)}"
            )
        part = found[0]
        about = {name: form[name] for name in ("description", "doi") if name in form}
        format_ = format_of(part.mimetype or "", part.filename or "")
        yield Uploaded(part.stream, format_, about)


class _Files:
    """Makes the files that parts are kept in, and has them closed."""

    def __init__(self, files: ExitStack) -> None:
        self._files = files

    def __call__(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Return a new file, as Werkzeug's parser asks for it."""
        return self._files.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))


def _unpacked(limit: int) -> Any:
    """Return the body's stream, unpacked where it was sent packed as a whole."""
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return request.stream
    if encoding != "gzip":
        raise UnsupportedMediaType("the body's Content-Encoding must be gzip, or none")
    return _Unpacked(request.stream, limit)


class _Unpacked:
    """A packed stream that reads as what it holds, up to a limit."""

    def __init__(self, packed: Any, limit: int) -> None:
        self._file = gzip.GzipFile(fileobj=packed, mode="rb")
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
