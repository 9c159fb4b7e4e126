"""Answers are compressed for clients that ask for it (Accept-Encoding), streamed ones too."""

from functools import lru_cache
from typing import Final

from flask import Flask, Response, request
from flask_compress import Compress
from werkzeug.http import parse_accept_header

from datagateway_api.web.api import JSON
from datagateway_api.web.conditional import ENCODINGS
from datagateway_api.web.formats import CSV, NDJSON

LEAST_BYTES: Final = 1024
"""Less than this is not worth the work: it fits into one network packet as it is."""
GZIP_LEVEL: Final = 5
TYPES: Final = (JSON, NDJSON, CSV, "text/html", "text/css", "text/javascript", "text/plain")


def install(app: Flask) -> None:
    """Compress the answers of an app; install it after whatever else adds to ``Vary``."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=TYPES,
        COMPRESS_MIN_SIZE=LEAST_BYTES,
        COMPRESS_LEVEL=GZIP_LEVEL,
        COMPRESS_ALGORITHM=ENCODINGS,
        COMPRESS_ALGORITHM_STREAMING=ENCODINGS,
        # Conditions were looked at before, so that what is not sent is not compressed either.
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
    )
    compress = Compress(app)

    def compressed(response: Response) -> Response:
        if request.method == "OPTIONS":
            return response
        accept = request.environ.get("HTTP_ACCEPT_ENCODING")
        encoding = _best(accept) if accept else None
        if encoding is None:
            response.vary.add("Accept-Encoding")
            return response
        # Flask-Compress reads a refusal (gzip;q=0) as a wish.
        request.environ["HTTP_ACCEPT_ENCODING"] = encoding
        if response.is_streamed:
            # What compresses the pieces does not close them when nobody has read any.
            close = getattr(response.response, "close", None)
            if close is not None:
                response.call_on_close(close)
        return compress.after_request(response)

    app.after_request(compressed)


@lru_cache(maxsize=200)
def _best(accept: str) -> str | None:
    """Return the encoding that a client likes best, None where that is none."""
    asked = parse_accept_header(accept)
    best = max(ENCODINGS, key=asked.quality)
    liked = asked.quality(best)
    prefers_none = "identity" in asked.values() and asked.quality("identity") > liked
    return best if liked > 0 and not prefers_none else None
