"""The page Gebietsabgrenzung in Chromium: rules, areas by click and by keyboard, an own outline; accessible."""

from __future__ import annotations

import pytest

from tests.app.test_browser import SERIOUS, SHAPES
from tests.toy import toy_areas

pytestmark = pytest.mark.browser

AREAS = ".leaflet-overlay-pane path.leaflet-interactive"


def _open(watched, query=""):
    page = watched.open(f"/delimitation{query}", until=SHAPES)
    page.wait_for_selector("#delimitation-cards article")
    page.wait_for_selector(".leaflet-marks-pane .site-proposed")
    return page


@pytest.mark.parametrize(
    "query",
    [
        "?lang=de",
        "?edit=own&own=01010101&lang=en",
        "?edit=draw:1&corner=1:51.449,9.865&fit=exact&lang=de",
        "?pick=A1&include=01010405&edit=include&lang=de",
        "?units=blocks&pick=A1&edit=include&lang=de",
    ],
)
def test_axe_finds_nothing_serious(watched, query):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = _open(watched, query)
    page.wait_for_selector("#delimitation-table .ag-row")
    page.wait_for_timeout(300)
    found = axe.Axe().run(page).response["violations"]
    grave = [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]
    assert [one for one, all_ in zip(grave, found, strict=True) if all_["impact"] in SERIOUS] == []


def test_a_phone_needs_no_sideways_scroll(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/delimitation?edit=own&own=01010101")
    page.wait_for_selector("#delimitation-cards article")
    widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths[0] <= widths[1]


def test_rules_go_to_the_address_and_back_returns(watched):
    page = _open(watched)
    page.locator("#delimitation-min_residents").fill("4000")
    page.get_by_label("Laufende Fördergebiete").select_option("no")
    page.get_by_role("button", name="Regeln anwenden").click()
    page.wait_for_function("() => location.search.includes('min_residents%3A4000')")
    assert "keep_existing%3Ano" in page.url
    assert "max_residents" not in page.url, "what is as the page says is not in the address"
    page.wait_for_function("() => document.querySelector('#live').textContent.includes('zur Prüfung')")
    page.go_back()
    page.wait_for_function("() => document.querySelector('#delimitation-min_residents').value === '5000'")


def test_an_area_is_named_by_click_and_taken_back(watched):
    page = _open(watched)
    page.locator("#delimitation-exclude").click()
    page.wait_for_selector("#delimitation-put")
    page.locator(AREAS).nth(22).click()
    page.wait_for_function("() => location.search.includes('exclude=')")
    page.wait_for_selector("#delimitation-lists .changes li")
    page.wait_for_selector(".leaflet-marks-pane .site-close")
    assert "area=" not in page.url, "a click names, it does not select as well"
    page.locator(AREAS).nth(22).click()
    page.wait_for_function("() => !location.search.includes('exclude=')")


def test_an_area_is_named_with_the_keyboard_alone(watched):
    page = _open(watched)
    page.locator("#delimitation-include").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#delimitation-list")
    page.locator("#delimitation-list").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('include=')")
    page.wait_for_selector("#delimitation-include-off-0")
    page.locator("#delimitation-include-off-0").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => !location.search.includes('include=')")


def test_a_proposal_becomes_an_own_outline(watched):
    page = _open(watched)
    page.locator("#delimitation-take-A1").click()
    page.wait_for_selector("#delimitation-options th:has-text('Eigener Umriss')")
    before = page.locator("#delimitation-lists .changes li").count()
    page.locator("#delimitation-own-off-0").click()
    page.wait_for_function(
        f"() => document.querySelectorAll('#delimitation-lists .changes li').length === {before - 1}"
    )
    watched.shoot("delimitation-own-de")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Shapefile-Paket").click()
    assert waiting.value.suggested_filename.endswith("umrisse_shp.zip")


def test_an_outline_is_drawn_by_click_and_corners_are_taken_back(watched):
    page = _open(watched)
    page.locator("#delimitation-draw").click()
    page.wait_for_selector("#delimitation-corner")
    page.locator(".map").evaluate("map => map.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = page.locator(".map").bounding_box()
    for number, (right, down) in enumerate([(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)], start=1):
        page.mouse.click(box["x"] + box["width"] * right, box["y"] + box["height"] * down)
        page.wait_for_function(f"() => new URLSearchParams(location.search).getAll('corner').length === {number}")
        page.wait_for_selector("#delimitation-last-corner")
    page.wait_for_selector("#delimitation-options >> text=z1 (gezeichnet)")
    assert "area=" not in page.url, "a click puts a corner, it does not select as well"
    page.locator("#delimitation-drawn-off-1").click()
    page.wait_for_function("() => !location.search.includes('corner=')")
    page.wait_for_function("() => !document.querySelector('#delimitation-options').textContent.includes('z1')")


def test_an_outline_is_drawn_and_uploaded_with_the_keyboard_alone(watched, tmp_path):
    page = _open(watched)
    page.locator("#delimitation-draw").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#delimitation-corner")
    north, east = map(float, page.locator("#delimitation-corner").get_attribute("placeholder").split(","))
    for number, (up, right) in enumerate([(-1, -1), (-1, 1), (1, 1)], start=1):
        page.locator("#delimitation-corner").fill(f"{north + 0.006 * up:.5f}, {east + 0.009 * right:.5f}")
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => new URLSearchParams(location.search).getAll('corner').length === {number}")
        page.wait_for_function("() => document.querySelector('#delimitation-corner').value === ''")
    page.wait_for_selector("#delimitation-options >> text=z1 (gezeichnet)")
    bad, good = tmp_path / "bad.geojson", tmp_path / "good.geojson"
    bad.write_text("nothing")
    toy_areas().frame.iloc[[8, 9]].to_file(good)
    for file in (bad, good):
        with page.expect_file_chooser() as asked:
            page.locator("#delimitation-upload").focus()
            page.keyboard.press("Enter")
        asked.value.set_files(file)
        if file == bad:
            page.wait_for_function("() => document.querySelector('#delimitation-upload-said').textContent.length > 9")
    page.wait_for_selector("#delimitation-options >> text=(Datei)")
    watched.shoot("delimitation-drawn")


def test_units_are_switched_and_blocks_named_by_click_and_keyboard(watched):
    page = _open(watched, "?include=01010405")
    before = page.locator(AREAS).count()
    page.get_by_role("link", name="Baublöcke").click()
    page.wait_for_function("() => location.search.includes('units=blocks')")
    page.wait_for_function(f"() => document.querySelectorAll('{AREAS}').length > {before}")
    page.wait_for_selector("#delimitation-cards article")
    assert "include" not in page.url, "an area is no block"
    page.locator("#delimitation-exclude").click()
    page.wait_for_selector("#delimitation-list")
    page.locator(AREAS).nth(22).click()
    page.wait_for_function("() => location.search.includes('exclude=')")
    page.wait_for_selector(".leaflet-marks-pane .site-close")
    page.wait_for_selector("#delimitation-lists .changes li")
    page.locator("#delimitation-include").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('edit=include')")
    page.wait_for_selector("#delimitation-put:has-text('Muss dabei sein')")
    page.locator("#delimitation-list").fill("01010304-1")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('include=01010304-1')")
    page.wait_for_selector("#delimitation-include-off-0")
    page.wait_for_function("() => document.querySelector('#live').textContent.includes('zur Prüfung')")
    watched.shoot("delimitation-blocks-de")
    page.locator("#delimitation-units-areas").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => !location.search.includes('units=') && !location.search.includes('include=')")
    page.wait_for_function(f"() => document.querySelectorAll('{AREAS}').length === {before}")


def test_blocks_need_no_sideways_scroll_on_a_phone(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/delimitation?units=blocks&edit=own&own=01010101-0&lang=en")
    page.wait_for_selector("#delimitation-cards article")
    widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths[0] <= widths[1]
