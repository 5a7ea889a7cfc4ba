"""Maßnahmen and Bilanz in Chromium: accessible, by links and keyboard, fit for a phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from qmgis.app.main import create_app
from tests.app.conftest import Watched
from tests.app.test_browser import SHAPES
from tests.app.test_compare_browser import _grave
from tests.balance.frames import register_city

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    from waitress.server import create_server

    server = create_server(create_app(register_city()).server, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def looked(browser, served) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1360, "height": 900}, accept_downloads=True)
    context.set_default_timeout(15_000)
    seen = Watched(context.new_page(), served)
    yield seen
    context.close()
    assert seen.foreign == []
    assert seen.errors == []


@pytest.mark.parametrize("path", ["/measures?lang=de", "/balance?lang=de", "/balance?lang=en&by=year"])
def test_axe_finds_nothing_serious(looked, path):
    page = looked.open(path, until=SHAPES)
    page.wait_for_selector(".site")
    if "balance" in path:
        page.wait_for_selector("#balance-bars .main-svg")
    page.wait_for_timeout(500)
    looked.shoot(path.strip("/").replace("?", "-").replace("&", "-").replace("=", "-"))
    assert page.locator(SHAPES).count() == 30
    assert _grave(page) == []


def test_filters_are_links_and_the_map_follows(looked):
    page = looked.open("/measures", until="#measures-map .site")
    assert page.locator("#measures-map .site").count() == 2
    page.get_by_role("link", name="laufend").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('status=running')")
    page.wait_for_selector("#measures-said:has-text('2 von 4')")
    assert page.locator("#measures-map .site").count() == 1
    assert "2 von 4" in page.locator("#live").inner_text()
    assert page.evaluate("() => window.__xss === undefined")


def test_the_balance_is_switched_and_its_plan_taken_away(looked):
    page = looked.open("/balance", until="#balance-bars .main-svg")
    page.get_by_role("link", name="Zielgruppe").click()
    page.wait_for_selector("#balance-rules:has-text('bei jeder ganz')")
    page.get_by_role("link", name="Bildung").click()
    page.wait_for_selector("#balance-legend:has-text('2')")
    with page.expect_download() as download:
        page.get_by_role("link", name="Kosten- und Zeitplan (Excel)").click()
    assert download.value.suggested_filename == "toy-cost_plan.xlsx"


def test_a_phone_needs_no_sideways_scroll(browser, served):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    for path in ("/measures", "/balance"):
        page.goto(served + path)
        page.wait_for_selector(SHAPES)
        page.wait_for_timeout(400)
        widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
        assert widths[0] <= widths[1]
    context.close()
