"""Swagger UI in a real browser: log in through it, ask, and see rows."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.serving import make_server

from test.support import releases
from test.support.catalogue import fill
from test.support.configured import configured

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
SECONDS = 120
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,2000",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    *(("--no-sandbox",) if os.geteuid() == 0 else ()),
)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="a browser is absent; remedy: install the Debian packages chromium and chromium-driver",
)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    """Chromium, which can reach this machine only."""
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for option in (*OPTIONS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture(params=[("", ""), ("/gateway", "/icat")], ids=["at the top", "below prefixes"])
def address(request, sqlite_server) -> Iterator[str]:
    """The address of a served catalogue of few rows."""
    prefix, extension = request.param
    url = sqlite_server.create_database()
    fill(url)
    app = configured(url, {"url_prefix": prefix or "/"}, extension=extension or "/")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{prefix}{extension}/"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["datagateway_api.catalogue"].close()
    sqlite_server.drop_database(url)


@pytest.fixture
def releases_address(sqlite_server) -> Iterator[str]:
    """The address of a served store of one open-data release."""
    url = sqlite_server.create_database()
    with releases.opened(url) as manager:
        manager.upload("2024r-pp", releases.ROWS)
        server = make_server("127.0.0.1", 0, manager.client.application, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{releases.EXT}"
        server.shutdown()
        thread.join()
        server.server_close()
    sqlite_server.drop_database(url)


@dataclass
class Page:
    """Swagger UI, as somebody uses it."""

    browser: Chrome

    def find(self, selector: str, within: WebElement | None = None) -> WebElement:
        """Wait until something is there and shown, and return it."""

        def shown(_: object) -> WebElement | None:
            for found in (within or self.browser).find_elements(By.CSS_SELECTOR, selector):
                if found.is_displayed():
                    return found
            return None

        found = WebDriverWait(self.browser, SECONDS).until(shown, f"{selector} does not appear")
        assert found is not None
        return found

    def click(self, selector: str, within: WebElement | None = None) -> None:
        found = self.find(selector, within)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()

    def open(self, tag: str, operation_id: str) -> WebElement:
        """Open an operation below a tag, and return its block."""
        block = f"#operations-{tag}-{operation_id}"
        if not self.browser.find_elements(By.CSS_SELECTOR, block):
            self.click(f"#operations-tag-{tag}")
        self.click(f"{block} .opblock-summary-control")
        return self.find(f"{block}.is-open")

    def execute(self, block: WebElement) -> Any:
        """Send the request as it is filled in, and return the JSON that is shown."""
        self.click("button.execute", block)
        answer = self.find(".live-responses-table .response-col_description code", block)
        return json.loads(answer.text)

    def authorize(self, session_id: str) -> None:
        """Enter the session id where Swagger UI takes it."""
        self.click(".auth-wrapper button.authorize")
        dialog = self.find(".dialog-ux .modal-ux")
        self.find("input", dialog).send_keys(session_id)
        self.click(".auth-btn-wrapper button.authorize", dialog)
        self.click(".auth-btn-wrapper button.btn-done", dialog)


def hosts(browser: Chrome) -> set[str]:
    """Return whom the browser has asked for anything, as far as that means a network."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        urlsplit(message["params"]["request"]["url"])
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    return {str(url.hostname) for url in asked if url.scheme in ("http", "https", "ws", "wss")}


def test_one_logs_in_asks_and_sees_rows(browser, address, tmp_path):
    page = Page(browser)
    browser.get(address)

    opened = page.execute(page.open("Sessions", "login"))
    page.authorize(opened["sessionID"])

    block = page.open("Investigation", "listInvestigation")
    rows = page.execute(block)
    browser.execute_script(
        "arguments[0].scrollIntoView()", page.find(".live-responses-table", block)
    )
    picture = tmp_path / "swagger_ui.png"
    browser.save_screenshot(str(picture))

    assert [row["name"] for row in rows][:2] == ["INVESTIGATION 1", "INVESTIGATION 2"]
    assert len(rows) == 6
    assert picture.stat().st_size > 20_000
    assert hosts(browser) == {"127.0.0.1"}
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def test_open_data_is_asked_for_without_logging_in(browser, releases_address):
    page = Page(browser)
    browser.get(releases_address)
    found = page.execute(page.open("Releases", "listReleases"))
    assert [(each["name"], each["dataset_count"]) for each in found] == [("2024r-pp", 3)]
    rows = page.execute(page.open("Datasets", "listDatasets"))
    assert [row["dataset_number"] for row in rows] == ["301204", "410470", "data"]
    assert hosts(browser) == {"127.0.0.1"}
    assert [entry["message"] for entry in browser.get_log("browser")] == []
