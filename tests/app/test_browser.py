"""The dashboard as a person has it: Debian's Chromium, under the policy that is served, offline."""

from __future__ import annotations

import re

import pytest

from tests.toy import HOSTILE, area_ids

pytestmark = pytest.mark.browser

SHAPES = ".map path.leaflet-interactive"
ROWS = "#overview-table .ag-center-cols-container .ag-row"
PAGES = {"overview": "/", "area": f"/area?area={area_ids()[-1]}", "data_method": "/data_method"}
SERIOUS = {"serious", "critical"}


def _settled(page) -> None:
    page.wait_for_function("() => !document.querySelector('[data-dash-is-loading]')")


def test_the_map_draws_every_area_under_the_policy(watched):
    page = watched.open("/", until=SHAPES)
    assert page.locator(SHAPES).count() == 30
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.title() == "Übersicht · Spielstadt · qmgis"
    fills = page.eval_on_selector_all(SHAPES, "(all) => all.map((one) => one.getAttribute('fill'))")
    assert len(set(fills)) > 5
    assert "url(#hatch-dots)" in fills
    page.wait_for_selector(ROWS)
    watched.shoot("overview-de")


def test_a_click_on_an_area_opens_it_and_back_returns(watched):
    page = watched.open("/", until=SHAPES)
    page.locator(SHAPES).nth(10).click()
    page.wait_for_function("() => location.pathname === '/area'")
    area = re.search(r"area=(\d+)", page.url).group(1)
    page.wait_for_selector(f"h1:has-text('Gebiet {area_ids().index(area) + 1}')")
    page.go_back()
    page.wait_for_selector(SHAPES)
    assert page.locator(SHAPES).count() == 30


def test_water_and_railways_are_drawn_in_nobodys_way(watched):
    page = watched.open("/?mode=kita_share", until=".leaflet-backdrop-pane path")
    panes = {name: page.locator(f".leaflet-{name}-pane") for name in ("backdrop", "edges", "marks")}
    page.wait_for_selector(".leaflet-edges-pane path", state="attached")
    page.wait_for_selector(".leaflet-marks-pane path", state="attached")
    assert panes["backdrop"].locator(".leaflet-interactive").count() == 0
    assert panes["backdrop"].get_attribute("aria-hidden") == panes["edges"].get_attribute("aria-hidden") == "true"
    heights = [int(pane.evaluate("(one) => one.style.zIndex")) for pane in panes.values()]
    assert heights == sorted(heights)
    watched.shoot("coverage-de")
    page.get_by_label("Orientierung").uncheck()
    page.locator(".leaflet-backdrop-pane").wait_for(state="hidden")
    page.get_by_label("Orientierung").check()
    panes["backdrop"].locator("path").last.wait_for(state="visible")
    railway = panes["backdrop"].locator("path").last.bounding_box()
    page.mouse.click(railway["x"] + railway["width"] / 2 + 12, railway["y"] + railway["height"] / 2 + 12)
    page.wait_for_function("() => location.pathname === '/area'")


def test_programme_areas_are_shown_on_request(watched):
    page = watched.open("/", until=SHAPES)
    pane = page.locator(".leaflet-programme-pane")
    page.wait_for_selector(".leaflet-programme-pane path", state="attached")
    line = pane.locator("path").first  # a pane of its own has no size
    assert not line.is_visible()
    page.get_by_label("Fördergebiete", exact=True).check()
    line.wait_for(state="visible")
    assert pane.locator("path").count() == 6
    assert pane.locator(".leaflet-interactive").count() == 0
    assert pane.get_attribute("aria-hidden") == "true"
    page.get_by_label("Fördergebiete", exact=True).uncheck()
    line.wait_for(state="hidden")


def test_the_map_speaks_german_and_has_a_name(watched):
    page = watched.open("/", until=SHAPES)
    assert page.locator(".leaflet-control-zoom-in").get_attribute("aria-label") == "Vergrößern"
    assert page.locator(".leaflet-container").get_attribute("role") == "region"
    assert page.locator(".leaflet-container").get_attribute("aria-label").startswith("Karte")


@pytest.mark.parametrize("mode", ["group", "kita_share", "value_transfer"])
def test_map_and_legend_are_whole_on_a_laptop(browser, address, mode):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/?mode={mode}")
    page.wait_for_selector(SHAPES)
    parts = [*page.locator(".map, #overview-legend").all(), *page.locator(".drawn").all()]
    lower = [part.bounding_box() for part in parts]
    scrolls = page.locator("#overview-legend").evaluate("(one) => one.scrollHeight - one.clientHeight")
    context.close()
    assert max(box["y"] + box["height"] for box in lower) <= 900
    assert lower[0]["height"] > 500
    assert scrolls <= 0


def test_the_map_of_a_phone_is_high_enough_to_use(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(SHAPES)
    box = page.locator(".map").bounding_box()
    context.close()
    assert box["width"] > 340
    assert 300 < box["height"] < 600


def test_charts_follow_the_map(watched):
    page = watched.open("/", until="#overview-charts .js-plotly-plot")
    assert page.locator("#overview-spread .gtitle").text_content() == "Status-Index"
    page.locator("#overview-modes").get_by_role("link", name="Versorgung", exact=True).click()
    page.wait_for_function("() => document.querySelector('#overview-spread .gtitle')?.textContent.startsWith('Kita')")
    page.locator("#overview-charts summary").click()
    assert page.locator("#overview-charts table tbody tr").count() > 4
    assert page.locator("#overview-scatter").locator("xpath=..").get_attribute("aria-label").startswith("Status gegen")


def test_the_words_of_the_scale_fit_their_bar(watched):
    page = watched.open("/", until=SHAPES)
    bar = page.locator(".leaflet-control-scale-line")
    for _ in range(10):  # half a zoom each: the bar passes all its lengths
        inner, outer = bar.evaluate("(one) => [one.scrollWidth, one.clientWidth]")
        assert inner <= outer, bar.inner_text()
        assert outer > 65, "shorter than words such as 500 m in any font"
        page.locator(".leaflet-control-zoom-out").click()
        page.wait_for_timeout(400)


def test_the_grid_of_groups_filters_map_and_table(watched):
    page = watched.open("/", until=SHAPES)
    page.wait_for_selector(ROWS)
    page.locator(".grid12 a", has_text="4-").last.click()
    page.wait_for_selector(".chip")
    count = int(page.locator("#overview-count").inner_text().split()[0])
    assert 0 < count < 30
    page.wait_for_function(
        "(n) => document.querySelectorAll('#overview-table .ag-center-cols-container .ag-row').length === n", arg=count
    )
    bright = page.eval_on_selector_all(
        SHAPES, "(all) => all.filter((a) => a.getAttribute('fill-opacity') === '1').length"
    )
    assert bright == count
    page.wait_for_function("() => location.search.includes('only=4-')")
    watched.shoot("filter-de")
    page.locator(".chip a").click()
    page.wait_for_function("() => !document.querySelector('.chip')")
    page.wait_for_function("() => !location.search.includes('only')")


def test_a_filter_in_the_address_is_on_from_the_start_and_back_undoes(watched):
    page = watched.open("/?only=4-", until=".chip")
    page.locator(".chip a").click()
    page.wait_for_function("() => !document.querySelector('.chip')")
    page.go_back()
    page.wait_for_selector(".chip")


def test_a_row_shows_its_area_and_enter_opens_it(watched):
    page = watched.open("/", until=SHAPES)
    page.wait_for_selector(ROWS)
    page.locator(ROWS).nth(1).locator(".ag-cell").nth(1).click()
    page.wait_for_function("() => location.search.includes('area=01010001')")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.map path')].some((one) => one.getAttribute('stroke') === '#d3128a')"
    )
    page.wait_for_function(  # its outline lies above its neighbours'
        "() => [...document.querySelectorAll('.map path.leaflet-interactive')].pop()"
        ".getAttribute('stroke') === '#d3128a'"
    )
    page.locator(ROWS).nth(1).locator(".ag-cell").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Gebiet 2')")
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_the_whole_way_by_keyboard(watched):
    page = watched.open("/", until=SHAPES)
    page.wait_for_selector(ROWS)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash === '#main'")
    reached = set()
    for _ in range(70):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "() => document.activeElement.closest('.map, .grid12, .ag-root, .find, .downloads')?.className ?? ''"
            )
        )
        if any("ag-root" in name for name in reached):
            break
    joined = " ".join(reached)
    assert all(part in joined for part in ("map", "grid12", "find", "ag-root"))


def test_the_search_finds_by_name_and_by_id(watched):
    page = watched.open("/", until=SHAPES)
    page.locator("#overview-search").fill("01010203")  # whether the charts are there or not
    page.get_by_role("option").first.click()
    page.wait_for_selector("h1:has-text('Gebiet 16')")


def test_hits_stay_open_while_the_page_moves(watched):
    """A list that hides as soon as its field leaves the window cannot be reached again by scrolling to it."""
    page = watched.open("/", until=SHAPES)
    page.locator("#overview-search").fill("01010203")
    hit = page.get_by_role("option").first
    hit.wait_for()
    page.evaluate("() => window.scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_timeout(600)
    assert page.locator("#overview-search").bounding_box()["y"] > 900
    assert hit.is_visible()
    hit.click()
    page.wait_for_selector("h1:has-text('Gebiet 16')")


def test_other_modes_repaint_without_a_new_map(watched):
    page = watched.open("/", until=SHAPES)
    page.evaluate("() => { document.querySelector('.leaflet-container').dataset.kept = '1'; }")
    before = page.eval_on_selector_all(SHAPES, "(all) => all.map((one) => one.getAttribute('fill')).join()")
    page.get_by_role("link", name="Status", exact=True).click()
    page.wait_for_function(
        "(before) => [...document.querySelectorAll('.map path.leaflet-interactive')]"
        ".map((one) => one.getAttribute('fill')).join() !== before",
        arg=before,
    )
    assert page.locator(".leaflet-container").get_attribute("data-kept") == "1"
    assert page.get_by_role("link", name="Status", exact=True).get_attribute("aria-current") == "true"


def test_coverage_shows_places_and_says_how_far(watched):
    page = watched.open("/?mode=kita_share", until=SHAPES)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.map path')].some((p) => p.getAttribute('fill') === '#0b5d1e')"
    )
    assert "500 m" in page.locator("#overview-legend").inner_text()
    watched.shoot("coverage-de")


def test_places_lie_above_the_areas_whatever_loads_first(watched):
    page = watched.open("/?mode=kita_share", until=SHAPES)
    circles = page.locator(".map path[fill='#0b5d1e']")
    circles.first.wait_for(state="attached")
    panes = circles.evaluate_all("(all) => all.map((one) => one.closest('.leaflet-pane').className)")
    assert len(panes) == 3
    assert all("leaflet-marks-pane" in pane for pane in panes)


def test_hostile_names_are_text_everywhere(watched):
    page = watched.open("/?mode=kita_share", until=SHAPES)
    page.wait_for_selector(ROWS)
    for shape in page.locator(".map path").all():
        shape.hover(force=True, no_wait_after=True)
        if HOSTILE in " ".join(page.locator(".tip").all_inner_texts()):
            break
    else:
        pytest.fail("the tooltip of the area with the hostile name did not show it as text")
    assert page.evaluate("() => window.__xss") is None
    page.goto(f"{watched.address}/area?area={area_ids()[3]}")
    page.wait_for_selector("h1")
    assert HOSTILE in page.locator("h1").inner_text()
    page.wait_for_selector("#area-time-charts .js-plotly-plot")
    assert "<img src=x" in page.locator("#area-why-charts").inner_text()
    assert page.evaluate("() => window.__xss") is None
    page.goto(f"{watched.address}/area?area=%3Cimg%20src%3Dx%20onerror%3Dwindow.__xss%3D1%3E")
    page.wait_for_selector("h1")
    assert page.evaluate("() => window.__xss") is None


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_axe_finds_nothing_serious(watched, name, lang):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    path = PAGES[name]
    page = watched.open(f"{path}{'&' if '?' in path else '?'}lang={lang}", until=SHAPES if name == "overview" else "h2")
    if name == "overview":
        page.wait_for_selector("#overview-charts .js-plotly-plot")
    page.wait_for_timeout(800)
    assert page.locator("html").get_attribute("lang") == lang
    found = axe.Axe().run(page).response["violations"]
    if name == "area":
        page.wait_for_selector("#area-time-charts .js-plotly-plot")
        assert page.locator(".js-plotly-plot").count() == 6
    if name == "overview":
        assert page.locator("#overview-charts .js-plotly-plot").count() == 2
    watched.shoot(f"{name}-{lang}")
    grave = [
        (one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found if one["impact"] in SERIOUS
    ]
    assert grave == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_phone_needs_no_sideways_scroll(browser, address, name):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(address + PAGES[name])
    page.wait_for_selector(SHAPES if name == "overview" else "h2")
    page.wait_for_timeout(500)
    widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    page.screenshot(path=_artefact(f"{name}-phone.png"), full_page=True)
    context.close()
    assert widths[0] <= widths[1]


def _artefact(name: str):
    from tests.app.conftest import ARTEFACTS

    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS / name


def test_the_summary_is_copied_by_keyboard_or_selected(watched):
    page = watched.open(f"/area?area={area_ids()[-1]}&lang=en")
    button = page.locator("button[data-copy]")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#live:has-text('copied'), #live:has-text('selected')", state="attached")
    assert button.inner_text() in ("Text copied.", "Text selected; copy it with Ctrl+C.")
    said = page.evaluate("() => navigator.clipboard.readText()")
    assert said.startswith("Gebiet 30 (area 01010405)")
    assert said == page.locator("#area-text").inner_text()


def test_a_browser_without_clipboard_selects_the_summary(watched):
    page = watched.open(f"/area?area={area_ids()[-1]}")
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator("button[data-copy]").click()
    assert page.evaluate("() => String(window.getSelection())").startswith("Gebiet 30 (Gebiet 01010405)")
    assert page.locator("#live").inner_text() == "Text markiert; mit Strg+C kopieren."


def test_a_download_arrives_under_its_name(watched):
    page = watched.open("/", until=SHAPES)
    with page.expect_download() as waiting:
        page.locator(".downloads a").first.click()
    assert waiting.value.suggested_filename.startswith("toy-mss-2024-")


def test_the_other_language_is_one_click_away(watched):
    page = watched.open("/?mode=status_class", until=SHAPES)
    page.locator("a.language").click()
    page.wait_for_selector("h1:has-text('which areas require attention')")
    assert page.locator("html").get_attribute("lang") == "en"
    page.wait_for_function("() => location.search.includes('mode=status_class')")
