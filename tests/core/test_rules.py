"""Rules: every kind of limit by hand, gaps in three-valued logic, clusters, closed holes, France's threshold."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
import shapely

from qmgis.core.rules import (
    Condition,
    Group,
    Limit,
    clusters,
    infill,
    judge,
    large_enough,
    pooled,
    qpv_threshold,
    threshold,
)
from qmgis.core.spatial.neighbours import queen
from qmgis.errors import DataError, MissingColumnError, NotEnoughDataError


def one(indicator: str, side: str, limit: Limit) -> dict[str, Group]:
    return {"r": Group("all", (Condition(indicator, side, limit),))}


def grid(side: int) -> pd.Series:
    """Unit squares named by row and column."""
    cells = [(row, column) for row in range(side) for column in range(side)]
    return pd.Series([shapely.box(c, r, c + 1, r + 1) for r, c in cells], index=[f"{r}{c}" for r, c in cells])


@pytest.mark.parametrize(
    ("side", "expected"),
    [("at_least", [0, 1, 1]), ("above", [0, 0, 1]), ("at_most", [1, 1, 0]), ("below", [1, 0, 0])],
)
def test_a_value_on_the_limit_belongs_to_at_least_and_at_most(side, expected):
    found = judge(one("x", side, Limit("number", 2.0)), pd.DataFrame({"x": [1.0, 2.0, 3.0]}))
    assert found.met["r"].astype(int).tolist() == expected


def test_a_percentile_is_the_share_of_other_areas_with_a_smaller_value():
    """PERCENTRANK.INC of 3, 7, 7, 10, 20: 0, 0.25, 0.25, 0.75, 1; a gap does not count."""
    table = pd.DataFrame({"x": [3.0, 7.0, 7.0, 10.0, 20.0, np.nan]})
    assert judge(one("x", "at_least", Limit("percentile", 75)), table).met["r"].tolist() == [0, 0, 0, 1, 1, 0]
    assert judge(one("x", "at_most", Limit("percentile", 25)), table).met["r"].tolist() == [1, 1, 1, 0, 0, 0]
    eleven = pd.DataFrame({"x": np.arange(11.0)})
    assert judge(one("x", "at_least", Limit("percentile", 90)), eleven).met["r"].sum() == 2


def test_standard_deviations_and_factors():
    values = pd.Series([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0], name="x")  # mean 5, population SD 2
    assert threshold(Limit("sd", 1.5), values) == 8.0
    assert threshold(Limit("factor", 0.6), values, city=10.0) == 6.0
    assert threshold(Limit("factor", 0.6, 20.0), values) == 12.0
    assert threshold(Limit("factor", 0.6, 20.0, 0.75), values, city=10.0) == pytest.approx(10.5)
    with pytest.raises(NotEnoughDataError, match="whole city"):
        threshold(Limit("factor", 0.6), values)


def test_the_value_of_the_city_is_no_mean_of_shares():
    part, whole = pd.Series([9.0, 0.0, 5.0]), pd.Series([10.0, 90.0, np.nan])
    assert pooled(part, whole)["all"] == 0.09
    assert pooled(part, whole, by=pd.Series(["c1", "c2", "c2"])).to_dict() == {"c1": 0.9, "c2": 0.0}
    assert np.isnan(pooled(pd.Series([0.0]), pd.Series([0.0]))["all"])


def test_frances_threshold():
    """METHODS 5: nation 23 000 and urban unit 20 000 give 13 260, in an urban unit of 5 million 12 540."""
    assert qpv_threshold(23_000, 20_000) == pytest.approx(13_260)
    assert qpv_threshold(23_000, 20_000, large=True) == pytest.approx(12_540)
    with pytest.raises(DataError, match="above 0"):
        qpv_threshold(0, 20_000)


def test_gaps_are_not_met_and_told_only_where_they_decide():
    """Every combination of true, false and unknown, against trying both values for each unknown."""
    rows = list(product([1.0, 0.0, np.nan], repeat=3))
    table = pd.DataFrame(rows, columns=list("abc"))
    on = {key: Condition(key, "at_least", Limit("number", 0.5)) for key in "abc"}
    rules = {"r": Group("all", (on["a"], Group("any", (on["b"], on["c"]))))}
    found = judge(rules, table)
    for place, row in enumerate(rows):
        filled = product(*([value] if value == value else [0.0, 1.0] for value in row))
        outcomes = {bool(a and (b or c)) for a, b, c in filled}
        assert found.met["r"][place] == (outcomes == {True}), row
        assert found.open["r"][place] == (len(outcomes) == 2), row
        assert found.conditions[place] == np.nansum(row)


def test_what_stops_it():
    with pytest.raises(MissingColumnError, match="y"):
        judge(one("y", "above", Limit("number", 1.0)), pd.DataFrame({"x": [1.0]}))
    flat = pd.DataFrame({"x": [1.0, 1.0, 1.0]})
    for kind in ("percentile", "sd"):
        with pytest.raises(NotEnoughDataError, match="constant"):
            judge(one("x", "above", Limit(kind, 1.0)), flat)


def test_infill_is_one_pass_and_needs_all_neighbours():
    areas = grid(5)
    ring = pd.Series([0 < int(k[0]) < 4 and 0 < int(k[1]) < 4 and k != "22" for k in areas.index], index=areas.index)
    softer = pd.Series(True, index=areas.index)
    assert infill(ring, softer, queen(areas)).pipe(lambda f: f.index[f].tolist()) == ["22"]
    assert not infill(ring, ~softer, queen(areas)).any()
    assert not infill(ring.drop("11"), softer.drop("11"), queen(areas)).any()  # a neighbour that is left out
    pair = grid(5).drop(["22"])
    island = pd.concat([pair, pd.Series([shapely.box(50, 50, 51, 51)], index=["far"])])
    flagged = pd.Series(True, index=island.index).mask(island.index == "far", False)
    assert not infill(flagged, ~flagged, queen(island, islands="keep"))["far"]


def test_clusters_touch_at_corners_and_do_not_depend_on_the_order():
    areas = grid(4)
    flagged = pd.Series([k in ("00", "11", "33", "30") for k in areas.index], index=areas.index)
    found = clusters(flagged, queen(areas))
    assert found.dropna().to_dict() == {"00": "c1", "11": "c1", "30": "c2", "33": "c3"}
    mixed = areas.sample(frac=1, random_state=1)
    again = clusters(flagged.reindex(mixed.index[::-1]), queen(mixed))
    assert again.dropna().to_dict() == found.dropna().to_dict()
    residents = pd.Series(600.0, index=areas.index)
    assert large_enough(found, residents, least=1200).to_dict() == {"c1": True, "c2": False, "c3": False}
    beyond = pd.Series([False, True], index=["c1", "c2"])
    assert large_enough(found, residents, least=600, beyond=beyond).to_dict() == {"c1": False, "c2": True, "c3": False}
