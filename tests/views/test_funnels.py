"""Funnels of a run: where shares stand for their number of people, made of shown numbers alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from qmgis.core.funnel import funnel as plain_funnel
from qmgis.errors import NotEnoughDataError
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city
from qmgis.views.funnels import funnel, funnel_of, funnel_rows, shares_of
from tests.toy import toy_outcome


@pytest.fixture(scope="module")
def outcome():
    return compute(demo_city(), "mss-2024")


def test_places_are_those_of_the_method_on_shown_counts(outcome):
    table, around = funnel_of(outcome, "child_poverty")
    shown = outcome.table.dropna(subset=["count_child_poverty"])
    expected, scatter = plain_funnel(shown["count_child_poverty"], shown["base_child_poverty"])
    pd.testing.assert_series_equal(table["place"], expected["place"])
    assert around.middle == pytest.approx(scatter.middle)
    assert around.count == len(shown) < len(outcome.table)


def test_every_shown_area_is_a_point_with_its_form(outcome):
    table, _ = funnel_of(outcome, "transfer")
    figure = funnel(outcome, "transfer", area=table.index[0])
    points = {trace.marker.symbol: trace for trace in figure.data if trace.mode == "markers"}
    assert set(points) == {"circle", "circle-open-dot", "diamond", "circle-open"}  # the last is the ring of the area
    drawn = [area for trace in points.values() for area in (trace.customdata or ())]
    assert sorted(drawn) == sorted(table.index)
    assert sum(trace.mode == "lines" for trace in figure.data) == 4
    assert points["circle-open"].x[0] == table["base"].iloc[0]


def test_hidden_shares_are_no_points(outcome):
    hidden = outcome.table.index[outcome.table["value_child_poverty"].isna()]
    assert len(hidden)
    figure = funnel(outcome, "child_poverty", area=hidden[0])
    drawn = {area for trace in figure.data for area in (trace.customdata or ())}
    assert not drawn & set(hidden)
    assert not [trace for trace in figure.data if trace.marker.symbol == "circle-open"]


def test_the_table_names_those_outside_in_the_order_of_the_areas(outcome):
    rows = funnel_rows(outcome, "transfer", lang="de")
    table, _ = funnel_of(outcome, "transfer")
    beyond = table.index[table["place"].str.endswith("outer")]
    assert [row.area for row in rows] == list(beyond)
    for row in rows:
        assert row.place.startswith(("über der Grenze", "unter der Grenze"))
        assert row.share.endswith("%")


def test_only_shares_with_known_people_have_a_funnel(outcome):
    assert shares_of(outcome) == ["unemployment", "transfer", "child_poverty"]
    assert shares_of(toy_outcome()) == []
    with pytest.raises(NotEnoughDataError, match="declare numerator and denominator or a base"):
        funnel_of(toy_outcome(), "transfer")


def test_limits_narrow_with_the_people(outcome):
    lines = [trace for trace in funnel(outcome, "unemployment").data if trace.mode == "lines"]
    for low, high in zip(lines[::2], lines[1::2], strict=True):
        width = np.asarray(high.y) - np.asarray(low.y)
        assert width[0] > width[-1] > 0
