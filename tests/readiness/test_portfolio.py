"""All areas on a time line; the counts are those that were published (DOMAIN 4.5, N10 to N13 and N35)."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from qmgis.io.rules.deadlines import deadline_rules
from qmgis.model import Event, ProgrammeLayer, Text
from qmgis.readiness import bars, portfolio

FUNDED = ["P5", "P6", "P7", "P8"]


def layer(starts: dict[str, str], events: list[Event] = ()) -> ProgrammeLayer:
    """Areas side by side that begin on a day; what else happens is in the events."""
    frame = gpd.GeoDataFrame(
        {"name": list(starts), "programme": "Sozialer Zusammenhalt", "status": "running", "phase": None,
         "valid_from": pd.to_datetime(list(starts.values())), "valid_to": pd.NaT},
        geometry=[box(200 * n, 0, 200 * n + 100, 100) for n in range(len(starts))],
        index=pd.Index(list(starts), name="programme_area", dtype="str"), crs="EPSG:25833",
    ).astype({"valid_to": "datetime64[ns]"})  # fmt: skip
    begins = [Event(area, "designate", date.fromisoformat(day)) for area, day in starts.items()]
    return ProgrammeLayer("programme", Text("", ""), frame, events=(*begins, *events))


def running(found: pd.DataFrame) -> int:
    return int(found["phase"].isin(FUNDED).sum())


def test_berlin_1999_to_2005():
    """N10: 15 areas in 1999; in 2005 17 were there, 14 kept and 3 ended, and 16 new: 30; 2 were extended."""
    first = {f"A{n}": "1999-03-01" for n in range(15)} | {f"B{n}": "2001-01-01" for n in range(2)}
    new = {f"C{n}": "2005-07-01" for n in range(16)}
    events = [Event(f"A{n}", "end", date(2005, 6, 30)) for n in range(3)]
    events += [Event(f"A{n}", "extend", date(2005, 7, 1)) for n in (5, 6)]
    found = layer(first | new, events)
    assert running(portfolio(found, date(1999, 12, 31))) == 15
    assert running(portfolio(found, date(2005, 1, 1))) == 17
    assert running(portfolio(found, date(2005, 12, 31))) == 30
    assert running(portfolio(found, date(2005, 12, 31))) == 14 + 16


def test_berlin_2020_to_2021():
    """N11: 34 areas less 9 ended, less 1 by a merger, and 8 new: 32."""
    old = {f"A{n:02d}": "2009-01-01" for n in range(34)}
    new = {f"N{n}": "2021-01-01" for n in range(8)}
    events = [Event(f"A{n:02d}", "end", date(2020, 12, 31)) for n in range(9)]
    events += [Event("A10", "merge", date(2021, 1, 1), others=("A11",)), Event("A12", "reduce", date(2021, 1, 1))]
    found = portfolio(layer(old | new, events), date(2021, 6, 30))
    assert running(found) == 34 - 9 - 1 + 8 == 32
    assert running(portfolio(layer(old | new, events), date(2020, 6, 30))) == 34


def test_berlin_at_the_end_of_2027():
    """N12: the limit of 15 years, in force since 2022, ends 19 of 32 areas by the end of 2027; 13 stay."""
    starts = {f"A{n:02d}": "2005-07-01" for n in range(19)} | {f"N{n:02d}": "2016-01-01" for n in range(5)}
    starts |= {f"M{n:02d}": "2021-01-01" for n in range(8)}
    found = portfolio(layer(starts), date(2025, 12, 31), rules=deadline_rules())
    assert running(found) == 32
    over = found["limit"] <= "2027-12-31"
    assert (int(over.sum()), int((~over).sum())) == (19, 13)


def test_areas_of_neukoelln_and_badstrasse():
    """N13: begun in 1999 (2), 2005 (3), 2009 (1), all older than 15 years on 31.12.2025; Badstraße: 2016 to 2031."""
    starts = {"a": "1999-03-01", "b": "1999-03-01", "c": "2005-07-01", "d": "2005-07-01", "e": "2005-07-01",
              "f": "2009-01-01", "Badstraße": "2016-01-01"}  # fmt: skip
    found = portfolio(layer(starts), date(2025, 12, 31), rules=deadline_rules()).set_index("programme_area")
    old = found.drop(index="Badstraße")
    assert (old["age_years"] > 15).all()
    assert old["state"].eq("passed").all()
    assert found.loc["Badstraße", "limit"].year == 2031
    assert found.loc["Badstraße", "age_years"] == 10.0


def test_money_is_summed_by_area_and_missing_where_none_is_recorded():
    tables = {
        "measures": pd.DataFrame({"measure": ["M1", "M2", "M3"], "area": ["a", "a", "b"]}),
        "costs": pd.DataFrame({"measure": ["M1", "M2"], "year": [2024, 2024], "source": ["x", "x"],
                               "planned_ct": [100, 200], "spent_ct": [None, 50]}),
    }  # fmt: skip
    found = portfolio(layer({"a": "2018-01-01", "b": "2018-01-01", "c": "2018-01-01"}), date(2024, 1, 1), tables=tables)
    assert found["planned_ct"].tolist()[0] == 300
    assert found["spent_ct"].tolist()[0] == 50
    assert found["planned_ct"].isna().tolist() == [False, True, True]
    assert found["measures"].isna().tolist() == [False, False, True]


def test_bars_cover_the_time_without_overlap():
    events = [Event("a", "transition_start", date(2022, 1, 1)), Event("a", "end", date(2024, 12, 31))]
    found = bars(layer({"a": "2010-01-01"}, events), date(2025, 12, 31), rules=deadline_rules())
    phases = found[found["kind"] == "phase"]
    assert phases["what"].tolist() == ["P5", "P8", "P9"]
    assert phases["start"].tolist()[1:] == phases["end"].tolist()[:-1]
    assert phases["end"].iloc[-1] == pd.Timestamp("2025-12-31")
    early = bars(layer({"a": "2010-01-01"}, events), date(2020, 1, 1))
    assert early["what"].tolist() == ["P5"]


@pytest.mark.parametrize("day", [date(2009, 12, 31), date(2010, 1, 1)])
def test_what_is_to_come_is_not_there_yet(day):
    assert len(portfolio(layer({"a": "2010-01-01"}), day)) == (day.year == 2010)
