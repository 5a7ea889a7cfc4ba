"""Summaries of districts: the worked cases of METHODS, people written out, and the English indices of 2019."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.aggregate import weighted_sum
from qmgis.core.higher import average_rank, average_score, extent, local_concentration, proportion, scale
from qmgis.core.ranks import exponential_from_ranks, quantile_class, rank
from qmgis.errors import DataError, NotEnoughDataError

WEIGHTS = {
    "Income_rank": 0.225,
    "Employment_rank": 0.225,
    "Education_rank": 0.135,
    "Health_rank": 0.135,
    "Crime_rank": 0.093,
    "Housing_and_Access_rank": 0.093,
    "Environment_rank": 0.093,
}
cities = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["x", "y"])), min_size=4, max_size=25).filter(
    lambda rows: all(sum(p for p, g in rows if g == name) > 0 for name in {g for _, g in rows})
)


def city(rows, seed=0):
    order = np.random.default_rng(seed).permutation(len(rows)) + 1
    index = [f"a{n}" for n in range(len(rows))]
    columns = order.astype(float), [p for p, _ in rows], [g for _, g in rows]
    return tuple(pd.Series(column, index=index) for column in columns)


@given(cities)
def test_equal_every_person_written_out(rows):
    ranks, people, groups = city(rows)
    n = len(rows)
    ten = people * 10
    found = {
        "rank": average_rank(ranks, ten, groups),
        "extent": extent(ranks, ten, groups),
        "local": local_concentration(ranks, ten, groups),
        "proportion": proportion(ranks, groups),
    }
    for name in set(groups):
        inside = groups == name
        persons = np.sort(np.repeat(ranks[inside], ten[inside]))
        reversed_ = n - persons + 1
        assert found["rank"][name] == pytest.approx(reversed_.mean())
        assert found["local"][name] == pytest.approx(reversed_[: len(persons) // 10].mean())
        q = np.ceil(persons * 100 / n)
        g = np.where(q <= 10, 1, np.where(q <= 30, 0.95 - (q - 11) * 0.9 / 19, 0))
        assert found["extent"][name] == pytest.approx(g.mean())
        assert found["proportion"][name] == pytest.approx((quantile_class(ranks)[inside] == 1).mean())


@settings(max_examples=25)
@given(cities, st.integers(1, 5))
def test_order_of_rows_does_not_matter_and_people_are_a_weight_only(rows, factor):
    ranks, people, groups = city(rows, seed=1)
    for summary in (average_score, average_rank, extent, local_concentration):
        found = summary(ranks, people, groups)
        pd.testing.assert_series_equal(summary(ranks[::-1], people[::-1], groups[::-1]), found)
        pd.testing.assert_series_equal(summary(ranks, people * factor, groups), found)
    assert scale(people, groups).sum() == people.sum()
    # All groups together are the mean of their summaries, weighted by people.
    whole = average_score(ranks, people, pd.Series("all", index=ranks.index))["all"]
    assert (average_score(ranks, people, groups) * scale(people, groups)).sum() / people.sum() == pytest.approx(whole)


def test_worked_cases():
    ranks = pd.Series([10, 11, 20, 30, 31, 100])
    found = extent(ranks, pd.Series([1] * 6), pd.Series(list("abcdef")), of=100)
    np.testing.assert_allclose(found, [1, 0.95, 0.5237, 0.05, 0, 0], atol=5e-5)
    # 100 people: the tenth most deprived live in area 1 (6) and, partly, area 2 (4 of 50).
    local = local_concentration(pd.Series([1, 2, 3]), pd.Series([6, 50, 44]), pd.Series(["x"] * 3), of=10)
    assert local["x"] == pytest.approx((6 * 10 + 4 * 9) / 10)
    # In one area alone it is that area's reversed rank.
    assert local_concentration(pd.Series([7]), pd.Series([5]), pd.Series(["x"]), of=10)["x"] == 4


def test_gaps_are_told_and_nobody_is_no_gap():
    ranks = pd.Series([1.0, np.nan, 3, 4, np.nan])
    groups = pd.Series(["x", "x", "y", None, "y"])
    people = pd.Series([5, 5, 5, 5, 0])
    for summary in (average_score, average_rank, extent, local_concentration):
        options = {} if summary is average_score else {"of": 4}
        found = summary(ranks, people, groups, **options)
        assert found.index.tolist() == ["x", "y"]
        assert found.isna().tolist() == [True, False]
    assert average_score(ranks, pd.Series([5, 5, np.nan, 5, 0]), groups).isna().all()
    assert average_score(ranks, pd.Series([5, 5, 0, 5, 0]), groups).isna().all()
    assert proportion(ranks, groups, of=4).isna().all()
    assert scale(ranks, groups).isna().all()


@pytest.mark.parametrize(
    "call",
    [
        lambda r, p, g: average_rank(r, p, g, of=2),
        lambda r, p, g: proportion(r - 1, g),
        lambda r, p, g: proportion(r, g, top=10),
        lambda r, p, g: local_concentration(r, p, g, top=0),
        lambda r, p, g: average_score(r, -p, g),
        lambda r, p, g: average_score(r, p[::-1], g),
        lambda r, p, g: scale(p, g * np.nan),
        lambda r, p, g: average_score(r * np.nan, p, g),
    ],
)
def test_refused(call):
    with pytest.raises(DataError) as caught:
        call(pd.Series([1.0, 2, 3]), pd.Series([1.0, 1, 1]), pd.Series([1.0, 1, 2]))
    assert caught.value.say("de") != str(caught.value)


def test_no_group_is_not_enough():
    with pytest.raises(NotEnoughDataError, match="group"):
        average_score(pd.Series([1.0]), pd.Series([1.0]), pd.Series([None]))


@pytest.fixture(scope="module")
def england(realdata):
    return pd.read_csv(realdata / "england" / "imd2019_england_lsoa11.csv.gz").set_index("lsoa11_code")


@pytest.mark.realdata
def test_england_2019_from_its_domain_ranks(england):
    """IMD-1 and IMD-3: all deciles; all ranks but 30 that the published domain ranks leave open."""
    scores = pd.DataFrame({name: exponential_from_ranks(england[name]) for name in WEIGHTS})
    total = weighted_sum(scores, pd.Series(WEIGHTS))
    ranks = rank(total)
    wrong = ranks != england["IMD_rank"]
    assert len(england) == 32_844
    assert wrong.sum() == 30
    assert (ranks - england["IMD_rank"]).abs().max() == 1
    deciles = quantile_class(ranks)
    assert (deciles == england["IMD_decile"]).all()
    sizes = [3284, 3284, 3285, 3284, 3285, 3284, 3284, 3285, 3284, 3285]
    assert deciles.value_counts().sort_index().tolist() == sizes
    for name in WEIGHTS:
        published = england[name.replace("_rank", "_decile")]
        assert (quantile_class(england[name]) == published).mean() > 0.999


@pytest.mark.realdata
def test_manchester_proportion(england, realdata):
    """122 of Manchester's 282 areas are in the publisher's first decile."""
    outline = json.loads((realdata / "england" / "lsoa2011_manchester_E08000003.geojson").read_text("utf-8"))
    inside = england.index.isin([one["properties"]["LSOA11CD"] for one in outline["features"]])
    groups = pd.Series(np.where(inside, "Manchester", None), index=england.index)
    found = proportion(england["IMD_rank"], groups)
    published = (england.loc[inside, "IMD_decile"] == 1).mean()
    assert found.to_dict() == {"Manchester": pytest.approx(published)}
    assert found["Manchester"] == pytest.approx(0.4326, abs=5e-5)
