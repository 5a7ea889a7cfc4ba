"""One server and one browser for all tests of the dashboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qmgis.app.main import create_app
from tests.toy import toy_backdrop, toy_blocks, toy_city, toy_programme

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"


@pytest.fixture(scope="session")
def city():
    return replace(
        toy_city(), backdrop=toy_backdrop(), programmes={"programme": toy_programme()}, units={"blocks": toy_blocks()}
    )


@pytest.fixture(scope="session")
def app(city):
    return create_app(city)


@pytest.fixture
def client(app):
    return app.server.test_client()


@pytest.fixture(scope="session")
def address(app) -> Iterator[str]:
    """The address of a running dashboard of the toy city."""
    from waitress.server import create_server

    server = create_server(app.server, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture(scope="session")
def browser(chromium):
    return chromium


class Watched:
    """A browser page, and everything that went wrong on it."""

    def __init__(self, page, address: str) -> None:
        self.page, self.address = page, address
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._request)
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", lambda r: self.errors.append(f"{r.status} {r.url}") if r.status >= 400 else None)

    def _request(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, path: str, *, until: str = "h1"):
        self.page.goto(self.address + path)
        self.page.wait_for_selector(until, timeout=30_000)
        return self.page

    def shoot(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


@pytest.fixture
def watched(browser, address) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1360, "height": 900}, accept_downloads=True)
    context.set_default_timeout(15_000)
    seen = Watched(context.new_page(), address)
    yield seen
    context.close()
    assert seen.foreign == []
    assert seen.errors == []
