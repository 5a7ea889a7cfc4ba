"""The saved map of an index of its own."""

import pytest

from qmgis.runs.compute import compute
from qmgis.views import maps
from tests import toy
from tests.views.made import composite_city, made_outcome
from tests.views.test_blocks import AREA, with_certainty

pytestmark = pytest.mark.browser


def test_the_map_of_an_own_index_shows_class_index_rank_and_contributions(visit):
    outcome = compute(composite_city(), "own-2024")
    area = toy.area_ids()[-1]
    tab = visit(maps.page(maps.outcome_map(outcome)))
    heads = tab.eval_on_selector_all("#qm-table thead th", "(all) => all.map((one) => one.textContent)")
    assert {"Klasse", "Index", "Rang", "Transferbezug: Beitrag zum Index"} <= set(heads)
    assert not any("normierter Wert" in head or "Abstand" in head for head in heads)
    cells = tab.eval_on_selector_all("#qm-table tbody tr:last-child > *", "(all) => all.map((one) => one.textContent)")
    said = dict(zip(heads, cells, strict=True))
    assert (said["Kennung"], said["Klasse"]) == (area, "hoch")
    legend = tab.locator(".qm-legend:not([hidden])")
    assert legend.locator("h2").text_content() == "Klasse"
    assert legend.locator("li").first.inner_text().startswith("niedrig")
    tab.locator("#qm-search").fill(area)
    tab.locator("#qm-found button").first.click()
    tab.wait_for_selector(".leaflet-popup")
    popup = tab.locator(".leaflet-popup").inner_text()
    assert all(word in popup for word in ("Index", "Rang", "hoch", "Beitrag zum Index"))
    assert tab.said == []


def test_a_tooltip_of_the_classes_says_the_index(visit):
    outcome = compute(composite_city(), "own-2024")
    tab = visit(maps.page(maps.outcome_map(outcome)))
    tab.locator("path.leaflet-interactive").nth(29).hover(force=True)
    tab.wait_for_selector(".leaflet-tooltip")
    tip = tab.locator(".leaflet-tooltip").inner_text()
    assert "Klasse" in tip
    assert "Index" in tip


def test_a_box_stripes_borderline_areas_by_keyboard(visit, artefacts):
    from axe_playwright_python.sync_playwright import Axe

    outcome = with_certainty(made_outcome())
    tab = visit(maps.page(maps.outcome_map(outcome)), policy=False)
    stripes = tab.locator(".leaflet-qm-certainty-pane path")
    assert stripes.count() == 0
    box = tab.get_by_label("Grenzfälle streifen (1)")
    box.focus()
    tab.keyboard.press("Space")
    assert stripes.count() == 1
    assert stripes.get_attribute("fill") == "url(#qm-borderline)"
    assert tab.locator("#qm-borderline").count() == 1
    tab.screenshot(path=str(artefacts / "map-stripes.png"))
    # A class that is filtered out is not striped.
    group = outcome.table["group"]
    other = next(code for code in group.dropna().unique() if code != group[AREA])
    tab.locator(f'.qm-cell[aria-label^="{other} "]').click()
    assert stripes.get_attribute("fill-opacity") == "0"
    tab.locator("#qm-reset").click()
    views = tab.locator("input[name=qm-view]")
    for view in range(views.count()):
        views.nth(view).check()
        title = tab.locator("#qm-title").text_content()
        own = title in ("Status und Dynamik (12 Gruppen)", "Status", "Dynamik", "Besonderer Aufmerksamkeitsbedarf")
        assert box.is_visible() == own, title
        assert stripes.count() == int(own), title
    found = Axe().run(tab).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    assert [url for url in tab.asked if not url.startswith("file:")] == []
    assert tab.said == []


def test_without_certainty_there_is_no_box():
    assert b'id="qm-stripe"' not in maps.page(maps.outcome_map(made_outcome()))
