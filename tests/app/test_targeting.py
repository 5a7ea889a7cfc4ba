"""The panel on programme areas: the sentence, the counts, and which there are."""

from __future__ import annotations

import dataclasses

import pytest
from dash import html

from qmgis.app.panels.targeting import targeting_panel
from qmgis.app.results import outcome_of
from qmgis.targeting import sentence
from tests.toy import HOSTILE


@pytest.fixture(scope="module")
def outcome(city):
    return outcome_of(city, "mss-2024")


def rows_of(table) -> list[list[str]]:
    return [[str(cell.children) for cell in row.children] for part in table.children for row in part.children]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_panel_says_the_sentence_and_the_counts(outcome, lang):
    found = targeting_panel(outcome, lang)
    spread, listed, around = [one for one in found._traverse() if isinstance(one, html.Table)]
    said = [one.children for one in found._traverse() if isinstance(one, html.P)]
    assert [row.children[0].children for row in around.children[1].children] == ["Quartier Ost (QM-01)"]
    assert said[0].replace("\u00a0", " ") == sentence(outcome.targeting, outcome.run.on).to(lang)
    rows = rows_of(spread)
    assert {len(row) for row in rows[2:]} == {11}
    assert rows[2][0] == ("Besonderer Aufmerksamkeitsbedarf" if lang == "de" else "Requires particular attention")
    assert rows[2][5] == str(int(outcome.table["attention"].sum()))
    assert rows[-1][5] == "30"
    begun = {"de": "01.01.2018", "en": "1 January 2018"}[lang]
    ended = {"de": "31.12.2017", "en": "31 December 2017"}[lang]
    dates = [row[3:] for row in rows_of(listed)[1:]]
    assert dates[0] == [begun, "–"]
    assert dates[1][1] == ended
    assert dates[2] == ["–", "–"]
    assert rows_of(listed)[3][0] == f"{HOSTILE} (QM-03)"


def test_every_number_has_its_heads(outcome):
    """Two rows of heads: the groups span what stands below them."""
    found = targeting_panel(outcome, "de")
    head = next(one for one in found._traverse() if isinstance(one, html.Thead))
    first, second = head.children
    assert [getattr(cell, "colSpan", None) for cell in first.children] == [None, 5, 5]
    assert [cell.scope for cell in first.children] == ["col", "colgroup", "colgroup"]
    assert [cell.children for cell in second.children][:5] == ["laufend", "früher", "geplant", "keines", "zusammen"]


def test_a_run_without_programme_areas_has_no_panel(outcome):
    assert targeting_panel(dataclasses.replace(outcome, targeting=None, programme=None), "de") is None
