"""Cost share beside count share: the numbers by hand, what the public does not read, grey print."""

from __future__ import annotations

import math

import pytest

from qmgis.reports._bars import share_bars
from tests.reports.test_measures import filled, filled_for_public, register, sections  # noqa: F401
from tests.toy import area_ids


def test_shares_of_number_and_costs_by_hand(filled):  # noqa: F811
    by_kind, by_field = sections(filled, "QM-01")[1]["balance"].tables
    # M1 (investive): 1000.50 + 2000 of 3500.50; M2 (social): 500
    assert by_field.rows == (
        ("HF1", "1", "50 %", "3.001 €", "86 %", "100 %"),
        ("HF2", "1", "50 %", "500 €", "14 %", "0 %"),
        ("Summe", "2", "100 %", "3.501 €", "100 %", "86 %"),
    )
    assert by_kind.rows == (
        ("investiv", "50 %", "3.001 €", "86 %"),
        ("nicht investiv, sozial", "50 %", "500 €", "14 %"),
    )


def test_the_public_balance_is_without_ideas(filled_for_public):  # noqa: F811
    found = sections(filled_for_public, "QM-01")[1]["balance"]
    assert [row[:3] for row in found.tables[1].rows] == [("HF1", "1", "100 %"), ("Summe", "1", "100 %")]


def test_an_area_has_the_balance_of_what_lies_in_it(filled):  # noqa: F811
    found = sections(filled, area_ids()[2])[1]["balance"]
    assert [row[:2] for row in found.tables[1].rows] == [("HF1", "1"), ("Summe", "1")]
    assert "balance" not in sections(filled, "01010405")[1]


def test_bars_are_hatched_and_filled_and_unknown_money_has_none():
    picture = share_bars([("Bildung", 0.5, math.nan), ("<b>", 0.5, 1.0)], "de")
    assert "<b>" not in picture.svg
    assert picture.svg.count('fill="url(#') == 3  # two bars and the legend
    assert "Bildung: 50 % der Maßnahmen, – der Kosten" in picture.alt


@pytest.mark.parametrize("rows", [[], [("x", math.nan, math.nan)]])
def test_bars_of_nothing(rows):
    assert share_bars(rows, "en").alt
