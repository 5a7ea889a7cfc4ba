"""The page Versorgung in Chromium: asked, edited by click and by keyboard, proposed, stopped; accessible."""

from __future__ import annotations

from threading import Event

import pytest

from tests.app.test_browser import SERIOUS, SHAPES

pytestmark = pytest.mark.browser

PLACES = ".leaflet-marks-pane path.leaflet-interactive"
AREAS = ".leaflet-overlay-pane path.leaflet-interactive"


def _open(watched, query=""):
    page = watched.open(f"/coverage{query}", until=SHAPES)
    page.wait_for_function("() => !document.querySelector('#coverage-work .working')")
    page.wait_for_selector("#coverage-said .lead")
    return page


def _grave(page) -> list:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize(
    ("query", "lang"),
    [("?area=01010200", "de"), ("?change=close%3Ak2&sites=2-1&edit=add&outlines=1", "en"), ("?edit=close", "de"),
     ("?within=600m&edit=move", "en")],
)  # fmt: skip
def test_axe_finds_nothing_serious(watched, query, lang):
    page = _open(watched, f"{query}&lang={lang}")
    page.wait_for_selector("#coverage-table .ag-row")
    page.wait_for_timeout(300)
    assert page.locator(AREAS).count() == 30
    assert _grave(page) == []


def test_a_phone_needs_no_sideways_scroll(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/coverage?change=close%3Ak2&sites=2-1&edit=close")
    page.wait_for_selector("#coverage-sites ol li")
    widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths[0] <= widths[1]


def test_a_question_is_chosen_in_a_list_and_back_returns(watched):
    page = _open(watched)
    page.get_by_label("Höchstens").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => location.search.includes('within=800m')")
    page.wait_for_selector("h1:has-text('Kita in 800 m')")
    page.wait_for_selector("#coverage-said .lead:has-text('800 m')")
    assert page.evaluate("() => document.activeElement.id") == "coverage-within", "the keyboard stays where it is"
    assert "800 m" in page.locator("#live").inner_text()
    page.go_back()
    page.wait_for_selector("#coverage-said .lead:has-text('500 m')")
    assert page.get_by_label("Höchstens").input_value() == "500m"


def test_a_click_on_an_area_selects_it_in_map_and_table(watched):
    page = _open(watched)
    page.locator(AREAS).nth(10).click()
    page.wait_for_function("() => location.search.includes('area=')")
    page.wait_for_selector("#coverage-chosen .chip")
    page.wait_for_selector("#coverage-table .ag-row-selected")


def test_a_place_is_added_closed_and_moved_by_click(watched):
    page = _open(watched)
    page.locator("#coverage-add").click()
    page.wait_for_function("() => document.querySelector('#coverage-edit').dataset.point")
    page.locator(AREAS).nth(22).click()
    page.wait_for_selector("h1:has-text('Szenario')")
    page.wait_for_selector(".leaflet-marks-pane .site-add")
    assert "area=" not in page.url, "a click adds, it does not select as well"
    page.locator("#coverage-close").click()
    page.wait_for_function("() => document.querySelector('#coverage-edit').dataset.place")
    page.locator(PLACES).first.click()
    page.wait_for_selector(".leaflet-marks-pane .site-close")
    page.locator("#coverage-move").click()
    page.wait_for_selector("#coverage-editor :text('Erst den Ort anklicken')")
    page.locator(PLACES).first.click()
    page.wait_for_selector("#coverage-editor :text('verschiebt den Ort dorthin')")
    page.locator(AREAS).nth(16).click()
    page.wait_for_selector(".leaflet-marks-pane .site-move")
    assert page.locator("#coverage-editor .changes li").count() == 3
    watched.shoot("coverage-scenario-de")
    page.locator("#coverage-undo").click()
    page.wait_for_function("() => document.querySelectorAll('#coverage-editor .changes li').length === 2")
    page.locator("#coverage-reset").click()
    page.wait_for_selector("h1:has-text('Versorgung')")
    assert "change=" not in page.url


def test_a_scenario_is_made_with_the_keyboard_alone(watched):
    page = _open(watched, "?area=01010404")
    page.locator("#coverage-add").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#coverage-in-area")
    page.locator("#coverage-in-area").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Szenario')")
    page.locator("#coverage-point").focus()
    page.keyboard.type("51.4535, 9.8755")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#coverage-editor .changes li').length === 2")
    page.locator("#coverage-close").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#coverage-place")
    page.locator("#coverage-place").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#coverage-editor .changes li').length === 3")
    assert page.locator("#live").inner_text().startswith("Szenario")


def test_nonsense_is_one_sentence(watched):
    page = _open(watched, "?edit=add")
    page.locator("#coverage-point").fill("hier")
    page.get_by_role("button", name="Setzen").click()
    page.wait_for_selector("#coverage-editor .notice")
    page.wait_for_selector("h1:has-text('Versorgung')")
    page.locator("#coverage-reset").click()
    page.wait_for_function("() => !document.querySelector('#coverage-editor .notice')")


def test_proposals_are_numbered_on_the_map_and_go_into_the_scenario(watched):
    page = _open(watched)
    page.locator("#coverage-sites").get_by_role("link", name="2", exact=True).click()
    page.wait_for_selector("#coverage-sites ol li")
    page.wait_for_selector(".leaflet-marks-pane .site-proposed")
    assert page.locator(".leaflet-marks-pane .site-proposed").all_inner_texts() == ["1", "2"]
    page.get_by_label("Vorschlag 1 ins Szenario übernehmen").click()
    page.wait_for_selector("h1:has-text('Szenario')")
    page.wait_for_selector(".leaflet-marks-pane .site-add")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV des Szenarios").click()
    assert "szenario" in waiting.value.suggested_filename


def test_signs_at_one_place_move_apart_and_show_where_they_are(watched):
    page = _open(watched, "?sites=2-1")
    page.get_by_label("Vorschlag 1 ins Szenario übernehmen").click()
    page.wait_for_selector(".leaflet-marks-pane .site-add")
    boxes = """() => [...document.querySelectorAll('.leaflet-marks-pane .site')].map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect(); return [x + width / 2, y + height / 2]; })"""
    near = f"""() => {{ const all = ({boxes})(); return Math.min(...all.flatMap((a, i) => all.slice(i + 1)
      .map((b) => Math.hypot(a[0] - b[0], a[1] - b[1])))); }}"""
    page.wait_for_function(f"() => ({near})() > 22")
    assert page.locator(".leaflet-marks-pane .tail:not([hidden])").count() >= 2
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(600)
    assert page.evaluate(near) > 22


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_choice_is_cut(watched, lang):
    page = _open(watched, f"?lang={lang}")
    cut = """() => [...document.querySelectorAll('#coverage-question select')].filter((one) => {
      const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(one);
      pen.font = `${style.fontSize} ${style.fontFamily}`;
      const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 20;
      return [...one.options].some((option) => pen.measureText(option.text).width > room); }).map((one) => one.id)"""
    assert page.evaluate(cut) == []


def test_catchments_are_switched(watched):
    page = _open(watched)
    before = page.locator(".leaflet-marks-pane path").count()
    page.locator("#coverage-outlines").click()
    page.wait_for_function(f"() => document.querySelectorAll('.leaflet-marks-pane path').length > {before}")
    page.locator("#coverage-outlines").click()
    page.wait_for_function(f"() => document.querySelectorAll('.leaflet-marks-pane path').length === {before}")


def test_work_is_told_stopped_and_begun_anew_while_other_pages_answer(watched, monkeypatch):
    import qmgis.app.coverage.question as question

    go, real = Event(), question.ladder_of

    def slow(city, run, places, tell):
        while not go.wait(0.05):
            tell(0.25)
        return real(city, run, places, tell)

    monkeypatch.setattr(question, "ladder_of", slow)
    page = watched.open("/coverage?within=2000m&group=age_6_64", until="#coverage-work .working")
    page.wait_for_selector("#coverage-work :text('25 %')")
    other = page.context.new_page()
    other.goto(watched.address + "/")
    other.wait_for_selector(SHAPES)
    other.close()
    page.locator("#coverage-stop").click()
    page.wait_for_selector("#coverage-work :text('abgebrochen')")
    assert not page.locator("#coverage-stop").is_visible()
    go.set()
    page.locator("#coverage-again").click()
    page.wait_for_selector("#coverage-said .lead:has-text('2.000 m')", timeout=40_000)
    page.wait_for_function("() => !document.querySelector('#coverage-work .working')")
    assert not page.locator("#coverage-again").is_visible()
