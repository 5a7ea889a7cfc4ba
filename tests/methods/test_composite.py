"""Composite indices: the publisher's results of England, worked examples, and that everything is said on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qmgis.core.composite import AGAIN, AGGREGATE, NORMALISE, Steps, composite
from qmgis.errors import NotEnoughDataError, UnknownKeyError
from qmgis.io.profiles.files import profile
from qmgis.methods.composite import score
from qmgis.model import Indicator, IndicatorTable, Text
from tests import toy

DOMAINS = {
    "income": "Income", "employment": "Employment", "education": "Education", "health": "Health", "crime": "Crime",
    "housing": "Housing_and_Access", "environment": "Environment",
}  # fmt: skip


def table_of(frame: pd.DataFrame, *, directions: dict[str, int] | None = None, year: int = 2019) -> IndicatorTable:
    index = pd.MultiIndex.from_product([frame.index.astype(str), [year]], names=["area", "year"])
    data = pd.DataFrame({"population": 1500.0, **{key: frame[key].to_numpy(float) for key in frame}}, index=index)
    indicators = {key: Indicator(key, Text(key, key), "index", "index", (directions or {}).get(key, 1)) for key in data}
    states = pd.DataFrame("ok", index=index, columns=data.columns)
    return IndicatorTable(data, states, data * np.nan, indicators, "v")


@pytest.fixture(scope="module")
def england(realdata):
    frame = pd.read_csv(realdata / "england" / "imd2019_england_lsoa11.csv.gz").set_index("lsoa11_code")
    ranks = pd.DataFrame({key: frame[f"{name}_rank"] for key, name in DOMAINS.items()})
    result = score(table_of(ranks, directions=dict.fromkeys(DOMAINS, -1)), profile=profile("imd-2019"), year=2019)
    return frame, result


@pytest.mark.realdata
def test_england_2019_is_reproduced(england):
    """IMD-1 and IMD-3: every decile, 99.909 % of the ranks, and the sizes of the deciles."""
    frame, result = england
    assert len(frame) == 32_844
    assert (result.parts["class"].astype(int).to_numpy() == frame["IMD_decile"].to_numpy()).all()
    off = (result.parts["rank"].to_numpy() - frame["IMD_rank"].to_numpy()).astype(int)
    assert (off != 0).sum() <= 30
    assert np.abs(off).max() <= 1
    sizes = result.parts["class"].value_counts().reindex([str(number) for number in range(1, 11)]).tolist()
    assert sizes == [3284, 3284, 3285, 3284, 3285, 3284, 3284, 3285, 3284, 3285]


@pytest.mark.realdata
def test_england_contributions_add_up(england):
    _, result = england
    parts = result.parts.filter(like="contribution_")
    np.testing.assert_allclose(parts.sum(axis=1), result.value, atol=1e-9)
    assert result.value.between(0, 99.9 + 1e-9).all()


def test_svi_is_the_rank_of_the_sum_of_ranks():
    """SVI-1 and METHODS 4: four-digit percentile ranks, sums by theme, the overall rank of the sum of theme sums."""
    rng = np.random.default_rng(8)
    settings = profile("svi-2022")
    keys = settings.blocks["index"].indicators
    frame = pd.DataFrame(rng.uniform(0, 1, (40, len(keys))), columns=list(keys), index=[f"t{n:02d}" for n in range(40)])
    frame.loc[["t00", "t01", "t02", "t03", "t04"], "minority"] = [3.0, 7.0, 7.0, 10.0, 20.0]
    result = score(table_of(frame), profile=settings, year=2019)
    smaller = (frame.to_numpy()[:, None, :] > frame.to_numpy()[None, :, :]).sum(axis=1) / 39
    percentile = np.floor(smaller * 1e4 + 1e-9) / 1e4
    total = percentile.sum(axis=1)
    np.testing.assert_allclose(result.parts["score"], total, atol=1e-12)
    overall = np.floor((total[:, None] > total[None, :]).sum(axis=1) / 39 * 1e4 + 1e-9) / 1e4
    np.testing.assert_allclose(result.value, overall, atol=1e-12)
    np.testing.assert_allclose(result.parts["flags"], (percentile >= 0.9).sum(axis=1))
    themes = [name for name in result.parts if str(name).startswith("domain_") and "rank" not in str(name)]
    np.testing.assert_allclose(result.parts[themes].sum(axis=1), total, atol=1e-12)


def test_the_spreadsheet_rank_of_the_example():
    values = pd.DataFrame({"p": [3.0, 7.0, 7.0, 10.0, 20.0]})
    made = composite(values, Steps({"p": 1}, normalise="percentile_rank", again="none"))
    assert made.index.tolist() == [0.0, 0.25, 0.25, 0.75, 1.0]


@pytest.mark.parametrize(
    ("aggregate", "wanted"),
    [("mean", [5.3333, 4.0, 4.3333]), ("geometric", [4.4814, 4.0, 3.0]), ("harmonic", [3.6986, 4.0, 2.0769]),
     ("copeland", [2.0, 0.0, -2.0])],
)  # fmt: skip
def test_the_worked_example_of_aggregations(aggregate, wanted):
    rows = pd.DataFrame({"p": [5.0, 4.0, 1.0], "q": [2.0, 4.0, 9.0], "s": [9.0, 4.0, 3.0]})
    made = composite(rows, Steps(dict.fromkeys(rows, 1), normalise="none", aggregate=aggregate, again="none"))
    assert made.index.round(4).tolist() == wanted


@pytest.mark.parametrize("normalise", sorted(set(NORMALISE) - {"goalposts", "exponential_from_ranks"}))
@pytest.mark.parametrize("aggregate", ["sum", "mean"])
@pytest.mark.parametrize("again", sorted(set(AGAIN) - {"percentile_rank", "exponential_rank", "min_max"}))
def test_contributions_add_up_for_every_step(normalise, aggregate, again):
    rows = pd.DataFrame(np.random.default_rng(2).uniform(1, 9, (12, 3)), columns=list("pqs"))
    steps = Steps({"p": 1, "q": 1, "s": 1}, weights={"p": 2.0}, normalise=normalise, aggregate=aggregate, again=again)
    made = composite(rows, steps)
    np.testing.assert_allclose(made.contributions.sum(axis=1), made.index, atol=1e-9)


@pytest.mark.parametrize("aggregate", sorted(AGGREGATE))
def test_a_higher_value_never_lowers_the_index(aggregate):
    rows = pd.DataFrame(np.random.default_rng(4).uniform(1, 9, (15, 3)), columns=list("pqs"))
    steps = Steps(dict.fromkeys("pqs", 1), normalise="min_max", to=(1.0, 100.0), aggregate=aggregate, again="none")
    before = composite(rows, steps).index.rank()[7]
    rows.loc[7, "q"] += 1.5
    assert composite(rows, steps).index.rank()[7] >= before


def test_gaps_are_filled_only_on_the_profiles_word_and_said():
    table = toy.toy_table()
    plain = toy.toy_composite()
    block = plain.blocks["index"]
    filling = replace(plain, blocks={"index": replace(block, steps=replace(block.steps, fill="median"))})
    assert score(table, profile=plain, year=2024).left_out["01010101"] == "missing_indicator"
    result = score(table, profile=filling, year=2024)
    assert "01010101" not in result.left_out
    assert any("child_poverty (1)" in warning.en for warning in result.warnings)
    assert np.isnan(result.parts.loc["01010101", "value_child_poverty"])


def test_domains_count_by_their_own_weight():
    result = score(toy.toy_table(), profile=toy.toy_composite(), year=2024)
    parts = result.parts.dropna(subset=["index"])
    weighed = (2 * parts["domain_work"] + parts["domain_children"]) / 3
    np.testing.assert_allclose(parts["index"], weighed, atol=1e-12)
    inside = (parts["score_unemployment"] + parts["score_transfer"]) / 2
    np.testing.assert_allclose(parts["domain_work"], inside, atol=1e-12)


def test_unknown_steps_and_constant_indicators_are_named():
    rows = pd.DataFrame({"p": [1.0, 2.0, 3.0], "q": [1.0, 1.0, 1.0]})
    with pytest.raises(UnknownKeyError, match='Did you mean "min_max"'):
        composite(rows, Steps({"p": 1}, normalise="minmax"))
    with pytest.raises(NotEnoughDataError, match='"q"'):
        composite(rows, Steps({"p": 1, "q": 1}))
    assert composite(rows, Steps({"p": 1, "q": 1}, constant="drop")).dropped == ("q",)


@pytest.mark.parametrize(
    "steps",
    [
        Steps({"p": 1, "q": 1}, normalise="z", aggregate="mean", again="z"),
        Steps({"p": 1, "q": 1}, normalise="min_max", aggregate="mean", again="none"),
        Steps({"p": 1, "q": 1}, normalise="min_max", aggregate="mean", again="percentile_rank"),
        Steps({"p": 1, "q": 1}, domains={"p": "a", "q": "b"}, normalise="z", aggregate="mean", domain_aggregate="mean"),
    ],
)
def test_indicators_that_cancel_give_an_error_and_no_order_of_rounding(steps: Steps):
    p = pd.Series([0.1, 0.25, 0.37, 0.9, 0.33], index=list("abcde"))
    with pytest.raises(NotEnoughDataError, match="cancel each other"):
        composite(pd.DataFrame({"p": p, "q": 1 - p}), steps)
    assert (
        composite(pd.DataFrame({"p": p, "q": 1 - p}), replace(steps, directions={"p": 1, "q": -1})).index.notna().all()
    )
