"""Deadlines by dated rules: published arithmetic, rules in force, what meets them; outlines valid on a day."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from qmgis.io.rules.deadlines import deadline_rules
from qmgis.lifecycle import AGREED, areas_on, deadlines, later, timeline
from qmgis.model import Deadline, Event, ProgrammeLayer, Text
from tests.toy import CRS

TERM = Deadline("term", Text("", ""), ("designate", "reentry"), ("end", "merge", "split"), years=15, warn_months=36)


def layer(starts: list[str | None], *, ends: list[str | None] | None = None, events=(), area=None, programme="P"):
    """Squares side by side, named A, B, C, …"""
    count = len(starts)
    names = [f"Q{n:03d}" if count > 26 else chr(65 + n) for n in range(count)]
    frame = gpd.GeoDataFrame(
        {
            "name": names, "programme": programme, "status": ["running" if start else "waiting" for start in starts],
            "phase": None, "valid_from": pd.to_datetime(pd.Series(starts, dtype=object)).to_numpy(),
            "valid_to": pd.to_datetime(pd.Series(ends or [None] * count, dtype=object)).to_numpy(),
        },
        geometry=[box(n * 10, 0, n * 10 + 10, 10) for n in range(count)],
        index=pd.Index(names, name="programme_area", dtype="str"),
        crs=CRS,
    )  # fmt: skip
    frame = frame.astype({"valid_from": "datetime64[s]", "valid_to": "datetime64[s]"})
    frame = frame if area is None else frame.assign(area=area)
    return ProgrammeLayer("p", Text("P", "P"), frame, events=tuple(events))


def on(found: pd.DataFrame, rule: str = "term") -> dict[str, str]:
    rows = found[found["rule"] == rule]
    return dict(zip(rows["programme_area"], rows["state"], strict=True))


def test_the_areas_of_neukoelln_are_past_fifteen_years():
    """Begun 1999 (2), 2005 (3), 2009 (1): all over by 31 December 2025; one from 2016 runs to 2031 (DOMAIN N13)."""
    starts = ["1999-03-01"] * 2 + ["2005-01-01"] * 3 + ["2009-06-01"] + ["2016-01-01"]
    found = deadlines(layer(starts), date(2025, 12, 31), rules=[TERM])
    assert list(on(found).values()) == ["passed"] * 6 + ["ahead"]
    last = found.iloc[-1]
    assert (last["limit"], last["days_left"]) == (pd.Timestamp("2031-01-01"), 1827)
    assert found["limit"].dt.year.tolist() == [2014, 2014, 2020, 2020, 2020, 2024, 2031]


def test_berlin_at_the_end_of_2027():
    """19 of 32 end, 13 stay; in Mitte 5 of 6 (DOMAIN N12)."""
    starts = ["2009-01-01"] * 18 + ["2012-12-31"] + ["2016-01-01"] * 5 + ["2021-01-01"] * 8
    found = on(deadlines(layer(starts), date(2027, 12, 31), rules=[TERM]))
    assert len(found) == 32
    assert sum(state == "passed" for state in found.values()) == 19
    ended = [Event(area, "end", date(2027, 12, 31)) for area, state in found.items() if state == "passed"]
    ends = ["2027-12-31" if area in {event.programme_area for event in ended} else None for area in found]
    after = layer(starts, ends=ends, events=ended)
    assert len(areas_on(after, date(2027, 12, 30))) == 32
    assert len(areas_on(after, date(2027, 12, 31))) == 13 == len(deadlines(after, date(2027, 12, 31), rules=[TERM]))
    mitte = on(deadlines(layer(["2005-01-01"] * 5 + ["2016-01-01"]), date(2027, 12, 31), rules=[TERM]))
    assert sum(state == "passed" for state in mitte.values()) == 5


def test_the_planning_areas_of_berlin_before_and_after_2021():
    """447 outlines until the end of 2020, 542 from 1 January 2021 on (DOMAIN N14)."""
    lor = layer(["2006-01-01"] * 447 + ["2021-01-01"] * 542, ends=["2021-01-01"] * 447 + [None] * 542)
    assert [len(areas_on(lor, day)) for day in (date(2020, 12, 31), date(2021, 1, 1))] == [447, 542]


def test_the_rules_that_ship_count_from_their_events_and_are_met_by_them():
    events = [Event("A", "study_start", date(2022, 3, 1)), Event("B", "study_start", date(2022, 3, 1)),
              Event("B", "designate", date(2024, 1, 1))]  # fmt: skip
    one = layer([None, "2024-01-01"], events=events)
    states = {
        day: on(deadlines(one, date.fromisoformat(day), rules=deadline_rules()), "study")
        for day in ("2023-12-31", "2024-03-01", "2025-03-01")
    }
    assert states == {
        "2023-12-31": {"A": "ahead", "B": "ahead"}, "2024-03-01": {"A": "near"}, "2025-03-01": {"A": "passed"},
    }  # fmt: skip
    assert on(deadlines(one, date(2025, 3, 1), rules=deadline_rules())) == {"B": "ahead"}


def test_a_rule_holds_from_the_day_on_which_it_is_in_force():
    old = layer(["2001-01-01"])
    assert on(deadlines(old, date(2021, 12, 31), rules=deadline_rules())) == {}
    assert on(deadlines(old, date(2022, 1, 1), rules=deadline_rules())) == {"A": "passed"}


def test_a_rule_of_one_programme_leaves_others_alone():
    rule = Deadline("x", Text("", ""), ("designate",), ("end",), years=1, programmes=("Soziale Stadt",))
    assert on(deadlines(layer(["2020-01-01"], programme="Soziale Stadt"), date(2022, 1, 1), rules=[rule]), "x")
    assert not on(deadlines(layer(["2020-01-01"]), date(2022, 1, 1), rules=[rule]), "x")


def test_a_re_entry_begins_a_new_term_and_a_merger_does_not():
    back = layer(
        ["2000-01-01", "2020-01-01"], ends=["2010-01-01", None], area=["A", "A"],
        events=[Event("A", "end", date(2010, 1, 1)), Event("A", "reentry", date(2020, 1, 1))],
    )  # fmt: skip
    found = deadlines(back, date(2024, 1, 1), rules=[TERM])
    assert found["limit"].tolist() == [pd.Timestamp("2035-01-01")]
    merged = layer(
        ["2005-01-01", "2015-01-01"], ends=["2015-01-01", None],
        events=[Event("A", "merge", date(2015, 1, 1), others=("B",))],
    )  # fmt: skip
    found = deadlines(merged, date(2024, 1, 1), rules=[TERM])
    assert found[["programme_area", "limit"]].to_numpy().tolist() == [["B", pd.Timestamp("2020-01-01")]]


def test_an_agreed_end_is_a_deadline_until_the_area_ends():
    events = [Event("A", "designate", date(2010, 1, 1), until=date(2020, 1, 1)),
              Event("A", "prolong", date(2018, 1, 1), until=date(2023, 1, 1))]  # fmt: skip
    one = layer(["2010-01-01"], events=events)
    assert deadlines(one, date(2017, 1, 1))["limit"].tolist() == [pd.Timestamp("2020-01-01")]
    found = deadlines(one, date(2022, 1, 1))
    assert found[["rule", "days_left", "state"]].to_numpy().tolist() == [[AGREED, 365, "near"]]
    ended = layer(["2010-01-01"], ends=["2022-06-01"], events=events)
    assert deadlines(ended, date(2022, 6, 1)).empty


@given(st.dates(date(1950, 1, 1), date(2050, 12, 31)), st.integers(0, 30), st.integers(-40, 40))
def test_later_is_as_numpy_counts_months(day, years, months):
    month = np.datetime64(day, "M") + np.timedelta64(12 * years + months, "M")
    last = (month + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    assert np.datetime64(later(day, years=years, months=months)) == min(
        month.astype("datetime64[D]") + np.timedelta64(day.day - 1, "D"), last
    )


def test_a_time_line_has_no_gaps_and_no_overlaps():
    events = [Event("A", "study_start", date(2008, 1, 1)), Event("A", "designate", date(2010, 1, 1)),
              Event("A", "office_open", date(2010, 1, 1)), Event("A", "end", date(2020, 1, 1))]  # fmt: skip
    found = timeline(layer(["2010-01-01"], ends=["2020-01-01"], events=events))
    phases = found[found["kind"] == "phase"]
    assert phases["what"].tolist() == ["P4", "P6", "P9"]
    assert phases["end"].tolist()[:-1] == phases["start"].tolist()[1:]
    assert pd.isna(phases["end"].iloc[-1])
    assert found[found["kind"] == "event"]["what"].tolist() == ["study_start", "designate", "office_open", "end"]


def test_two_outlines_of_one_area_on_one_day_are_no_layer():
    with pytest.raises(ValueError, match='Two outlines of programme area "A" hold on the same day'):
        layer(["2010-01-01", "2012-01-01"], area=["A", "A"])
