"""How unevenly the people behind a share live: by hand, beside chance, and made of what is shown alone."""

import time

import numpy as np
import pandas as pd
import pytest

from qmgis.core.pattern.segregation import bias_check, dissimilarity, isolation
from qmgis.segregation import COLUMNS, DRAWS, segregation


def shown_of(count, base, key="p"):
    ids = pd.Index([f"a{place}" for place in range(len(count))], name="area")
    return pd.DataFrame({f"count_{key}": count, f"base_{key}": base}, index=ids, dtype=float)


def test_d_and_isolation_are_those_of_the_worked_case():
    found = segregation(shown_of([10, 40, 30, 20], [100] * 4), ["p"])
    assert tuple(found) == COLUMNS
    row = found.loc["p"]
    assert row[["dissimilarity", "isolation"]].round(4).tolist() == [0.2667, 0.3]
    assert (row["areas"], row["median_persons"], row["share"]) == (4, 100.0, 0.25)


def test_it_is_the_cores_check_of_bias():
    rng = np.random.default_rng(2)
    base = rng.integers(50, 900, 60).astype(float)
    count = rng.binomial(base.astype(int), rng.uniform(0.05, 0.4, 60)).astype(float)
    row = segregation(shown_of(count, base), ["p"]).loc["p"]
    group, rest = (pd.Series(one) for one in (count, base - count))
    checked = bias_check(group, rest, draws=DRAWS, seed=0)
    assert row["dissimilarity"] == pytest.approx(dissimilarity(group, rest), abs=1e-15)
    assert row["isolation"] == isolation(group, rest)
    assert (row["expected"], row["above_chance"]) == (checked.expected, checked.above_chance)
    assert checked.expected_sd / DRAWS**0.5 < 0.08 * checked.expected_sd


def test_pure_chance_is_told_as_such():
    count = np.random.default_rng(1).binomial(20, 0.05, 300).astype(float)
    row = segregation(shown_of(count, np.full(300, 20.0)), ["p"]).loc["p"]
    assert row["dissimilarity"] > 0.3
    assert abs(row["above_chance"]) < 0.1


def test_areas_that_show_no_count_do_not_enter_and_each_share_has_its_own():
    p = shown_of([10, 40, 30, 20, np.nan, 50], [100, 100, 100, 100, 70, np.nan])
    both = p.join(shown_of([5, 9, 9, 5, 9, 9], [10] * 6, "q"))
    found = segregation(both, ["q", "p"])
    assert found["areas"].to_dict() == {"q": 6, "p": 4}
    pd.testing.assert_frame_equal(found.loc[["p"]], segregation(p.iloc[:4], ["p"]))


def test_the_same_seed_says_the_same():
    shown = shown_of([1, 4, 3, 2, 8], [10, 12, 9, 30, 11])
    pd.testing.assert_frame_equal(segregation(shown, ["p"]), segregation(shown, ["p"]))
    assert not segregation(shown, ["p"]).equals(segregation(shown, ["p"], seed=1))


@pytest.mark.parametrize(
    "shown",
    [
        shown_of([], []),
        shown_of([3], [10]),
        shown_of([0, 0], [10, 10]),
        shown_of([10, 10], [10, 10]),
        shown_of([np.nan, np.nan], [10, 10]),
        shown_of([1, 2], [10, 10])[["base_p"]],
    ],
    ids=["none", "one", "nobody", "everybody", "hidden", "no_counts"],
)
def test_what_cannot_be_computed_is_left_away(shown):
    assert segregation(shown, ["p", "unknown"]) is None


def test_berlins_size_takes_no_time():
    rng = np.random.default_rng(0)
    base = rng.integers(800, 6000, 542).astype(float)
    shown = pd.concat(
        [shown_of(rng.binomial(base.astype(int), 0.1), base, key) for key in ("p", "q", "r", "s")], axis=1
    )
    begun = time.process_time()
    segregation(shown, ["p", "q", "r", "s"])
    assert time.process_time() - begun < 0.6  # 0.14 s on two cores of 2024; the limit is 0.3 s
