"""What every request is measured against, and what every answer tells browsers."""

from flask import Flask, Response, request

from datagateway_api.core.errors import UrlTooLong


def install(app: Flask, *, max_url_bytes: int) -> None:
    """Refuse long URLs, and keep browsers from guessing the type of an answer."""

    def measure() -> None:
        environ = request.environ
        parts = (environ.get(name, "") for name in ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"))
        length = sum(map(len, parts))
        if length > max_url_bytes:
            raise UrlTooLong(
                f"the path and query have {length} bytes, this server accepts {max_url_bytes}; "
                "ask in several requests"
            )

    app.before_request(measure)
    app.after_request(_no_guessing)


def _no_guessing(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
