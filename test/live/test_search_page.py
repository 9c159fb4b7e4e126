"""The search API's page in a real browser: ask for documents through it, and see them."""

import threading
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.serving import make_server

from test.live.test_swagger_ui import SECONDS, Page, browser, pytestmark
from test.support import panosc
from test.support.reference_data import fixture
from test.support.searching import PANOSC_MAPPING, search_app

__all__ = ["browser", "pytestmark"]


@pytest.fixture
def address(sqlite_server) -> Iterator[str]:
    """The address of a served search."""
    url = sqlite_server.create_database()
    panosc.fill(url, fixture())
    app = search_app(url, extension="/search-api", catalogue="/", mapping_file=PANOSC_MAPPING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/search-api"
    server.shutdown()
    thread.join()
    server.server_close()
    for mode in ("search", "catalogue"):
        app.extensions[f"datagateway_api.{mode}"].close()
    sqlite_server.drop_database(url)


def test_somebody_asks_for_documents_and_sees_them(browser, address):
    browser.get(address)
    page = Page(browser)
    title = page.find(".info .title").text
    assert "Search API" in title
    block = page.open("Document", "findDocuments")
    box = page.find("tr[data-param-name=filter] textarea", block)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.clear()
    box.send_keys('{"where": {"type": "proposal"}}')
    page.click("button.execute", block)

    def shown(_: object) -> str | None:
        found = block.find_elements(By.CSS_SELECTOR, ".live-responses-table code, .microlight")
        texts = [each.text for each in found if "panosc-document" in each.text]
        return texts[0] if texts else None

    text = WebDriverWait(browser, SECONDS).until(shown, "no answer appears")
    assert "panosc-document2" in str(text)
    assert "panosc-document1" not in str(text)
    problems = [line for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert problems == []


def test_a_browser_gets_the_page_with_the_slash_too(browser, address):
    browser.get(address + "/")
    assert "Search API" in Page(browser).find(".info .title").text
