"""The pages Vergleich and Gewichte erproben in Chromium: drawn, moved by keyboard, accessible, saved."""

from __future__ import annotations

import pytest

from qmgis.io.profiles.files import check_profile_file
from tests.app.test_browser import SERIOUS, SHAPES

pytestmark = pytest.mark.browser

TRANSFER = "#whatif-status-weight-2"
PAGES = {
    "compare": "/compare?second=run.mss-2022&area=01010000",
    "whatif": "/whatif?set=status.limits.3%3A1.2&set=status.weights.transfer%3A2",
}


def _grave(page) -> list:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(watched, name, lang):
    page = watched.open(f"{PAGES[name]}&lang={lang}", until=SHAPES)
    page.wait_for_selector(f"#{name}-table .ag-row, #{name}-table .ag-overlay-no-rows-center")
    page.wait_for_timeout(500)
    watched.shoot(f"{name}-{lang}")
    assert page.locator(SHAPES).count() == 30
    assert _grave(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_needs_no_sideways_scroll(browser, address, name):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(address + PAGES[name])
    page.wait_for_selector(SHAPES)
    page.wait_for_timeout(300)
    widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths[0] <= widths[1]


@pytest.mark.parametrize("name", PAGES)
def test_orientation_is_switched_by_keyboard(watched, name):
    page = watched.open(PAGES[name], until=".leaflet-backdrop-pane path")
    river = page.locator(".leaflet-backdrop-pane path").first
    river.wait_for(state="visible")
    box = page.get_by_label("Orientierung")
    box.focus()
    page.keyboard.press("Space")
    river.wait_for(state="hidden")
    page.keyboard.press("Space")
    river.wait_for(state="visible")


def test_another_side_is_a_link_and_an_area_is_chosen_on_the_map(watched):
    page = watched.open("/compare", until=SHAPES)
    page.locator("#compare-choices a", has_text="MSS 2022").wait_for()
    page.locator("#compare-choices a[href*='profile.']").first.click()
    page.wait_for_function("() => location.search.includes('second=profile.')")
    page.wait_for_selector("h1:has-text('Vergleich: MSS 2024 und Monitoring Soziale Stadtentwicklung')")
    page.locator(SHAPES).nth(10).click()
    page.wait_for_function("() => location.search.includes('area=')")
    page.wait_for_selector("#compare-chosen .chip")
    assert page.locator(SHAPES).count() == 30
    page.locator("#compare-chosen a").click()
    page.wait_for_function("() => location.pathname === '/area'")


def test_a_slider_is_moved_by_keyboard_and_shows_at_once(watched):
    page = watched.open("/whatif", until=SHAPES)
    page.wait_for_selector("text=Das ist das amtliche Ergebnis")
    slider, exact = page.locator(f"{TRANSFER}-slider"), page.locator(f"{TRANSFER}-number")
    page.get_by_label("Transferbezug", exact=True).first.focus()
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("text=Versuch mit 1 geänderten Wert, nicht amtlich")
    assert page.url.endswith("?set=status.weights.transfer%3A2.5") or "transfer%3A2.5" in page.url
    assert exact.input_value() == "2.5"
    assert page.evaluate("() => document.activeElement.type") == "range"
    assert "Versuch mit 1" in page.locator("#live").inner_text()
    exact.fill("0")
    page.wait_for_function("() => location.search.includes('transfer%3A0')")
    assert slider.input_value() == "0"
    exact.fill("")
    page.wait_for_selector("text=das ist keine Zahl")
    exact.fill("-1")
    page.wait_for_selector("text=ist negativ")
    page.locator("#whatif-reset").click()
    page.wait_for_selector("text=Das ist das amtliche Ergebnis")
    assert (slider.input_value(), exact.input_value()) == ("1", "1")
    page.go_back()
    page.wait_for_selector("text=ist negativ")
    assert exact.input_value() == "-1"


def test_a_trial_is_saved_as_a_profile(watched, tmp_path):
    page = watched.open(PAGES["whatif"], until=SHAPES)
    page.locator("#whatif-key").fill("versuch")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Profil herunterladen").click()
    assert waiting.value.suggested_filename == "versuch.toml"
    file = tmp_path / "versuch.toml"
    waiting.value.save_as(file)
    assert check_profile_file(file) == []
    assert "transfer = 2.0" in file.read_text("utf-8")
