"""The columns of small numbers of a run: the people, an interval, a label, a smoothed value, and what is not shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from qmgis.io.written.names import short_names
from qmgis.methods.mss import score
from qmgis.model import Base, Secrecy
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city
from qmgis.runs.secrecy.guard import guarded
from qmgis.runs.secrecy.smallnumbers import ROLES, small_numbers
from qmgis.views.cells import cell, why_empty
from tests import toy

YEAR = 2024
KEYS = ("unemployment", "transfer", "child_poverty")


@pytest.fixture(scope="module")
def outcome():
    return compute(demo_city(), "mss-2024")


def described(outcome):
    return {column.key: column for column in outcome.columns}


def toy_numbers(**bases: Base):
    """The toy city with declared bases; area 8 has a gap in child poverty."""
    table = replace(toy.toy_table(), bases={(key, YEAR): base for key, base in bases.items()})
    profile = toy.toy_profile()
    index = guarded(score(table, profile=profile, year=YEAR), table, Secrecy(), residents="population")
    return table, index, small_numbers(index, table)


def test_every_share_has_its_columns_after_the_changes_and_before_certainty(outcome):
    names = list(outcome.table)
    for key in KEYS:
        own = [f"{role}_{key}" for role in ROLES]
        assert [name for name in names if name in own] == own
        assert names.index(f"change_{key}") < names.index(own[0])
        assert names.index(own[-1]) < names.index("certainty")
    assert [column.key for column in outcome.columns] == names
    short = short_names(names)
    assert len({name.lower() for name in short.values()}) == len(names)


@pytest.mark.parametrize("key", KEYS)
def test_the_interval_is_wilsons(outcome, key):
    table = outcome.table.dropna(subset=[f"low_{key}"])
    assert len(table) > 100
    low, high = proportion_confint(table[f"count_{key}"], table[f"base_{key}"], alpha=0.05, method="wilson")
    np.testing.assert_allclose(table[f"low_{key}"], low, atol=1e-12)
    np.testing.assert_allclose(table[f"high_{key}"], high, atol=1e-12)
    np.testing.assert_allclose(table[f"value_{key}"], table[f"count_{key}"] / table[f"base_{key}"])
    assert table[f"value_{key}"].between(table[f"low_{key}"], table[f"high_{key}"]).all()


def test_labels_follow_the_coefficient_of_variation(outcome):
    table = outcome.table.dropna(subset=["value_child_poverty"])
    p, n = table["value_child_poverty"], table["base_child_poverty"]
    cv = np.sqrt((1 - p) / (p * n)).where(p > 0, np.inf)
    expected = np.select([cv <= 0.15, cv <= 0.3], ["solid", "caution"], "weak")
    assert (table["reliability_child_poverty"] == expected).all()
    column = described(outcome)["reliability_child_poverty"]
    assert [cell(code, column, "de") for code in ("solid", "caution", "weak")] == [
        "belastbar", "eingeschränkt", "unsicher",
    ]  # fmt: skip


def test_smoothing_draws_small_areas_more(outcome):
    table = outcome.table.dropna(subset=["smoothed_child_poverty"])
    shift = (table["smoothed_child_poverty"] - table["value_child_poverty"]).abs()
    small = table["base_child_poverty"] < table["base_child_poverty"].median()
    assert shift[small].mean() > 2 * shift[~small].mean()
    assert table["smoothed_child_poverty"].between(0, 1).all()


def test_a_counted_base_gives_no_count():
    table, index, (numbers, columns, states) = toy_numbers(transfer=Base("population"))
    assert list(numbers) == [f"{role}_transfer" for role in ROLES if role != "count"]
    assert [column.key for column in columns] == list(numbers)
    assert numbers["base_transfer"].equals(table.of_year(YEAR)["population"].rename("base_transfer"))
    low, high = proportion_confint(
        index.seen["value_transfer"] * numbers["base_transfer"], numbers["base_transfer"], method="wilson"
    )
    np.testing.assert_allclose(numbers["low_transfer"], low)
    np.testing.assert_allclose(numbers["high_transfer"], high)
    assert (states == "").all()


def test_an_estimated_base_says_so():
    _, _, (numbers, columns, _) = toy_numbers(child_poverty=Base(share=0.143))
    found = {column.key: column for column in columns}
    assert found["base_child_poverty"].title.de == "Kinderarmut: Bezugsgröße (geschätzt)"
    assert "geschätzt" in found["base_child_poverty"].note.de
    assert all("angenähert" in found[f"{role}_child_poverty"].note.de for role in ("low", "high", "reliability"))
    assert "count_child_poverty" not in found
    gap = toy.area_ids()[7]
    assert numbers.loc[gap, ["base_child_poverty", "low_child_poverty", "smoothed_child_poverty"]].isna().all()
    assert numbers["base_child_poverty"].dropna().eq(numbers["base_child_poverty"].dropna().round()).all()


def test_a_share_of_which_nothing_is_known_has_no_columns():
    _, _, (numbers, columns, states) = toy_numbers()
    assert list(numbers) == []
    assert columns == ()
    assert (states == "").all()


def test_a_counted_base_is_guarded_like_a_denominator():
    """Two of 200, and a base of eight, are hidden, and six areas in all; an estimate hides nothing."""
    ids = toy.area_ids()
    table = toy.toy_table()
    frame = table.frame.copy()
    frame.loc[(ids[10], YEAR), ["population", "transfer"]] = 400.0, 2 / 400
    table = replace(table, frame=frame)
    profile = toy.toy_profile()
    for base, hidden in ((Base("population"), 6), (Base(share=1.0), 0)):
        own = replace(table, bases={("transfer", YEAR): base})
        index = guarded(score(own, profile=profile, year=YEAR), own, Secrecy(), residents="population")
        numbers, _, _ = small_numbers(index, own)
        closed = index.seen["value_transfer"].isna()
        assert closed.sum() == hidden
        assert numbers[closed].isna().all(axis=None)
        assert numbers[~closed].notna().all(axis=None)


def test_the_base_of_a_hidden_share_is_not_shown_beside_another_share():
    """Unemployment and transfer of the same people: where one is hidden, the base of the other would tell its own."""
    ids, table = toy.area_ids(), toy.toy_table()
    frame = table.frame.copy()
    frame.loc[(ids[10], YEAR), ["population", "transfer"]] = 400.0, 2 / 400
    bases = {(key, YEAR): Base("population") for key in ("transfer", "unemployment")}
    table = replace(table, frame=frame, bases=bases)
    index = guarded(score(table, profile=toy.toy_profile(), year=YEAR), table, Secrecy(), residents="population")
    numbers, _, states = small_numbers(index, table)
    closed = index.seen["value_transfer"].isna()
    assert index.seen.loc[closed, "value_unemployment"].notna().all()
    assert numbers[closed].isna().all(axis=None)
    assert (states[closed] == " unemployment_base=secret").all()
    assert (states[~closed] == "").all()


def test_counts_above_their_base_have_no_interval():
    ids, table = toy.area_ids(), toy.toy_table()
    frame = table.frame.copy()
    frame.loc[(ids[10], YEAR), "transfer"] = 1.2
    table = replace(table, frame=frame, bases={("transfer", YEAR): Base("population")})
    index = guarded(score(table, profile=toy.toy_profile(), year=YEAR), table, Secrecy(), residents="population")
    numbers, _, _ = small_numbers(index, table)
    assert numbers.loc[ids[10]].isna().all()
    assert numbers["low_transfer"].notna().sum() == 29


def test_empty_cells_say_why(outcome):
    why = why_empty(outcome, "base_child_poverty")
    hidden = outcome.table["value_child_poverty"].isna()
    assert (why[hidden] == why_empty(outcome, "value_child_poverty")[hidden]).all()
    assert (why[hidden] == "secret").any()
