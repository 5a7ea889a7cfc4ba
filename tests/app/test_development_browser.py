"""The page Entwicklung in Chromium: years by keyboard, areas by click, accessible, fit for a phone."""

from __future__ import annotations

import pytest

from tests.app.test_browser import SHAPES
from tests.app.test_compare_browser import _grave

pytestmark = pytest.mark.browser

ADDRESS = "/development?mode=transfer&area=01010200"


@pytest.mark.parametrize("lang", ["de", "en"])
def test_axe_finds_nothing_serious(watched, lang):
    page = watched.open(f"{ADDRESS}&lang={lang}", until=SHAPES)
    page.wait_for_selector("#development-table .ag-row")
    page.wait_for_selector("#development-runs .panel")
    page.wait_for_selector("#development-lines .main-svg")
    page.wait_for_selector("#development-small img")
    page.wait_for_timeout(500)
    watched.shoot(f"development-{lang}")
    assert page.locator(SHAPES).count() == 30
    assert _grave(page) == []


def test_years_are_turned_by_arrow_keys_and_links(watched):
    page = watched.open(f"{ADDRESS}&year=2022", until=SHAPES)
    page.wait_for_selector("h1:has-text('Transferbezug 2022')")
    page.locator("#development-slider").focus()
    page.locator(".years input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('year=2023')")
    page.wait_for_selector("h1:has-text('Transferbezug 2023')")
    assert page.evaluate("() => document.activeElement.type") == "range"
    assert "2023" in page.locator("#live").inner_text()
    page.get_by_role("link", name="später").click()
    page.wait_for_selector("h1:has-text('Transferbezug 2024')")
    assert page.locator(".years input[type=range]").input_value() == "2"
    page.go_back()
    page.wait_for_selector("h1:has-text('Transferbezug 2023')")


def test_an_area_is_chosen_on_the_map_and_by_its_small_line(watched):
    page = watched.open("/development?mode=transfer", until=SHAPES)
    page.wait_for_selector("#development-small img")
    page.locator(SHAPES).nth(10).click()
    page.wait_for_selector("#development-chosen .chip")
    page.wait_for_selector("#development-lines .main-svg")
    first = page.locator("#development-chosen").inner_text()
    page.locator("#development-small a").first.click()
    page.wait_for_function("(before) => document.getElementById('development-chosen').innerText !== before", arg=first)
    page.locator("#development-chosen a").click()
    page.wait_for_function("() => location.pathname === '/area'")


def test_a_phone_needs_no_sideways_scroll(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(address + ADDRESS)
    page.wait_for_selector(SHAPES)
    page.wait_for_selector("#development-runs .panel")
    page.wait_for_timeout(300)
    widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths[0] <= widths[1]
