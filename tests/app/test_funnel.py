"""The funnels of the area page, and the word for weak numbers on the map."""

from __future__ import annotations

import json

import pytest

from qmgis.app.panels.funnel import draw_funnels, funnel_panel
from qmgis.app.results import outcome_of
from qmgis.app.view import values
from qmgis.i18n import say
from qmgis.runs.demo import demo_city
from tests.toy import toy_outcome


@pytest.fixture(scope="module")
def city():
    return demo_city()


def texts(component) -> str:
    return json.dumps(component, default=lambda one: one.to_plotly_json(), ensure_ascii=False)


def test_each_share_has_a_funnel_with_words_and_a_table(city):
    outcome = outcome_of(city, "mss-2024")
    area = str(outcome.table.index[outcome.table["base_child_poverty"].notna()][0])
    drawn = draw_funnels(f"/area?run=mss-2024&area={area}&lang=de", city=city)
    assert len(drawn) == 3
    for one in drawn:
        said = texts(one)
        assert "Anteil über alle gezeigten Gebiete" in said
        assert "Dieses Gebiet (Kreis) liegt" in said
        assert '"role": "img"' in said
    assert any(say("app.funnel_table", "de") in texts(one) for one in drawn)


def test_an_area_without_a_shown_share_says_so(city):
    outcome = outcome_of(city, "mss-2024")
    area = str(outcome.table.index[outcome.table["value_child_poverty"].isna()][0])
    drawn = draw_funnels(f"/area?run=mss-2024&area={area}&lang=en", city=city)
    assert "This area is not drawn" in texts(drawn[-1])


def test_a_run_without_known_people_has_no_panel(city):
    assert say("app.funnel", "de") in texts(funnel_panel(outcome_of(city, "mss-2024"), "de"))
    assert say("app.funnel", "de") not in texts(funnel_panel(toy_outcome(), "de"))


def test_a_weak_number_says_so_on_the_map(city):
    outcome = outcome_of(city, "mss-2024")
    said = values(outcome, "value_child_poverty", "de")
    labels = outcome.table["reliability_child_poverty"]
    for area, text in said.items():
        assert text.endswith("(unsicher)") == (labels[area] == "weak")
    assert all("(" not in text for text in values(outcome, "status_index", "de").values())
