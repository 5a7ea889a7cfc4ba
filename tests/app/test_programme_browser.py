"""The page Fördergebiete in Chromium: accessible, on a phone, by keyboard."""

from __future__ import annotations

import pytest

from tests.app.test_browser import SERIOUS, SHAPES

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_serious_and_a_day_is_typed(watched):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = watched.open("/programme?lang=de", until=SHAPES)
    page.wait_for_selector("#programme-figures table")
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS] == []
    page.locator("#programme-on").focus()
    page.keyboard.type("1.5.2010")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('day=')")
    page.wait_for_selector("#programme-said >> text=Am 01.05.2010")
    watched.shoot("programme")


def test_a_phone_needs_no_sideways_scroll(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/programme")
    page.wait_for_selector("#programme-figures table")
    widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths[0] <= widths[1]
