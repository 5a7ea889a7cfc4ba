"""The saved map of an index of its own."""

import pytest

from qmgis.runs.compute import compute
from qmgis.views import maps
from tests import toy
from tests.views.made import composite_city

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
