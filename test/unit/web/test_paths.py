"""Addresses that are found below a prefix and in capitals."""

import pytest

from datagateway_api.web.paths import CaseFolded, Environ, Prefixed


class Seen:
    """A WSGI app that keeps what it was asked."""

    def __call__(self, environ: Environ, start_response):
        self.environ = environ
        return [b"seen"]


def through(layer, seen: Seen, path: str, **more: str) -> tuple[str, str]:
    assert list(layer({"PATH_INFO": path, **more}, None)) == [b"seen"]
    return seen.environ.get("SCRIPT_NAME", ""), seen.environ["PATH_INFO"]


@pytest.mark.parametrize(
    ("path", "script", "rest"),
    [
        ("/gateway/investigations", "/gateway", "/investigations"),
        ("/gateway/", "/gateway", "/"),
        ("/gateway", "/gateway", "/"),
        ("/investigations", "", "/investigations"),
        ("/gateways/x", "", "/gateways/x"),
        ("/gateway/gateway/x", "/gateway", "/gateway/x"),
        ("/", "", "/"),
        ("", "", ""),
    ],
)
def test_a_prefix_is_moved_to_the_script_name(path, script, rest):
    seen = Seen()
    assert through(Prefixed(seen, "/gateway"), seen, path) == (script, rest)


def test_a_prefix_comes_after_the_server_s_own():
    seen = Seen()
    layer = Prefixed(seen, "/gateway")
    assert through(layer, seen, "/gateway/x", SCRIPT_NAME="/top") == ("/top/gateway", "/x")


@pytest.mark.parametrize(
    ("extension", "path", "folded"),
    [
        ("", "/Investigations", "/investigations"),
        ("", "/INVESTIGATIONS/Count", "/investigations/count"),
        ("", "/investigations/5", "/investigations/5"),
        ("", "/Other/Count", "/Other/Count"),
        ("", "/investigationsX", "/investigationsX"),
        ("", "/", "/"),
        ("/Topcat", "/TOPCAT/Investigations", "/Topcat/investigations"),
        ("/topcat", "/Topcat/investigations/FindOne", "/topcat/investigations/findone"),
        ("/topcat", "/Investigations", "/Investigations"),
        ("/topcat", "/topcatInvestigations", "/topcatInvestigations"),
        ("/topcat", "/TOPCAT", "/TOPCAT"),
        ("/topcat", "/TOPCAT/Other", "/TOPCAT/Other"),
    ],
)
def test_capitals_are_folded_in_the_mode_s_own_addresses(extension, path, folded):
    seen = Seen()
    layer = CaseFolded(seen, extension, ["investigations"])
    assert through(layer, seen, path)[1] == folded
