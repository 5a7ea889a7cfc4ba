"""What every index method promises, for every profile that ships: a new profile is tested because it exists."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from qmgis.core.rules import Condition
from qmgis.core.spatial.neighbours import queen
from qmgis.errors import NotEnoughDataError
from qmgis.io.profiles.files import profiles
from qmgis.model import AreaResult, Indicator, IndicatorTable, Method, Profile, Text
from qmgis.registry import collect

METHODS: dict[str, Method] = collect("qmgis.methods", "METHOD")
PROFILES = profiles()
YEAR, COUNT = 2024, 24

pytestmark = pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))


def specimen(profile: Profile, *, count: int = COUNT) -> IndicatorTable:
    """A table with all that a profile needs, in the year of measurement and the year before."""
    rng = np.random.default_rng(3)
    ids = [f"{number:03d}" for number in range(count)]
    index = pd.MultiIndex.from_product([ids, [YEAR - 1, YEAR]], names=["area", "year"])
    frame = pd.DataFrame({key: rng.uniform(0.02, 0.6, len(index)) for key in profile.needs}, index=index)
    frame[profile.residents] = max(10.0 * profile.min_residents, 2000.0)
    change = pd.DataFrame({key: rng.normal(0, 0.02, len(index)) for key in profile.needs}, index=index)
    indicators = {
        key: Indicator(
            key, Text(key, key), "count" if key == profile.residents else "share",
            "persons" if key == profile.residents else "percent", 0 if key == profile.residents else 1,
        )
        for key in profile.needs
    }  # fmt: skip
    states = pd.DataFrame("ok", index=index, columns=frame.columns)
    return IndicatorTable(frame, states, change, indicators, "v")


def scored(profile: Profile, table: IndicatorTable) -> AreaResult:
    """The result; where the profile looks at neighbours, the areas stand in a row in the order of their ids."""
    ids = sorted(table.of_year(YEAR).index)
    outlines = shapely.box(np.arange(len(ids)), 0, np.arange(len(ids)) + 1, 1)
    beside = {"neighbours": queen(pd.Series(outlines, index=ids))} if looks_around(profile) else {}
    return METHODS[profile.method].score(table, profile=profile, year=YEAR, declared={}, **beside)


def looks_around(profile: Profile) -> bool:
    return profile.rules is not None and profile.rules.needs_neighbours


def conditions_on(profile: Profile, key: str) -> list[Condition]:
    return [one for one in profile.rules.conditions if one.indicator == key] if profile.rules else []


def raw(result: AreaResult) -> pd.Series:
    """The index before a last step that only ranks it; of rules the number of conditions."""
    if "conditions" in result.parts:
        return result.parts["conditions"]
    return result.parts.get("score", result.value)


def test_each_block_says_the_weights_that_entered(profile):
    result = scored(profile, specimen(profile))
    assert set(result.weights) == set(profile.blocks)
    for name, block in profile.blocks.items():
        whole = {*block.indicators, *block.steps.domains.values()}
        assert result.weights[name].notna().all()
        assert set(result.weights[name].index) <= whole


def test_same_areas_out_in_their_order(profile):
    table = specimen(profile)
    result = scored(profile, table)
    assert list(result.value.index) == list(table.of_year(YEAR).index)
    assert result.value.notna().all()


def test_the_argument_is_unchanged(profile):
    table, fresh = specimen(profile), specimen(profile)
    scored(profile, table)
    for name in ("frame", "states", "change"):
        pd.testing.assert_frame_equal(getattr(table, name), getattr(fresh, name))


def test_the_order_of_rows_does_not_matter(profile):
    table = specimen(profile)
    order = np.random.default_rng(5).permutation(len(table.frame))
    mixed = replace(
        table, frame=table.frame.iloc[order], states=table.states.iloc[order], change=table.change.iloc[order]
    )
    plain, other = scored(profile, table), scored(profile, mixed)
    np.testing.assert_allclose(other.value.reindex(plain.value.index), plain.value, atol=1e-9)
    assert (other.label.astype(object).reindex(plain.value.index) == plain.label.astype(object)).all()


def test_a_gap_stays_a_gap_and_only_there(profile):
    for key in profile.needs:
        table = specimen(profile)
        table.frame.loc[("007", YEAR), key] = np.nan
        table.states.loc[("007", YEAR), key] = "missing"
        table.change.loc[("007", YEAR), key] = np.nan
        result = scored(profile, table)
        if profile.rules is not None and key in profile.status and len(profile.status) > 1:
            # A rule goes by what is known; the gap counts as not exceeded, and is told.
            assert result.value.notna().all()
            assert np.isnan(result.parts.loc["007", f"value_{key}"])
            assert any(f"{key} (1)" in warning.en for warning in result.warnings)
            continue
        assert list(result.value.index[result.value.isna()]) == ["007"], key
        assert result.label.isna()["007"]
        assert result.left_out.to_dict() == {"007": "missing_indicator"}


@pytest.mark.parametrize("direction", [1, -1])
def test_the_direction_is_respected(profile, direction):
    """A worse value never gives a better rank, and a far worse one gives a higher index.

    What is worse is said by the direction of the layer file, or of a rule by its side.
    """
    for key in profile.status:
        if profile.rules is not None:
            direction = 1 if conditions_on(profile, key)[0].side in ("at_least", "above") else -1
        table = specimen(profile)
        indicator = replace(table.indicators[key], direction=direction)
        table = replace(table, indicators={**table.indicators, key: indicator})
        worse = replace(table, frame=table.frame.copy())
        worse.frame.loc[("005", YEAR), key] += 0.05 * direction
        ranks = [scored(profile, one).value.rank()["005"] for one in (table, worse)]
        assert ranks[1] >= ranks[0], key
        column = table.frame.loc[(slice(None), YEAR), key]
        worst = replace(table, frame=table.frame.copy())
        worst.frame.loc[("005", YEAR), key] = column.max() * 3 if direction == 1 else column.min() / 3
        if profile.rules is not None:  # a count does not move with every value: from the best to the worst
            table = replace(table, frame=table.frame.copy())
            table.frame.loc[("005", YEAR), key] = column.min() / 3 if direction == 1 else column.max() * 3
        before, after = (raw(scored(profile, one)) for one in (table, worst))
        assert after["005"] > before["005"], key


def test_it_has_a_reference_and_says_what_it_does(profile):
    method = METHODS[profile.method]
    assert all([method.reference, profile.source, method.title.de, method.title.en])
    assert all([profile.title.de, profile.title.en])
    assert "References" in (method.score.__doc__ or "")
    result = scored(profile, specimen(profile))
    assert result.reference_source == profile.source
    assert all(column.title.de and column.title.en for column in result.columns)


def test_no_spread_stops_it(profile):
    for key in profile.status:
        table = specimen(profile)
        table.frame[key] = 0.1
        if {one.limit.kind for one in conditions_on(profile, key)} & {"number", "factor"}:
            assert scored(profile, table).label.notna().all()  # a limit that does not depend on the spread
            continue
        with pytest.raises(NotEnoughDataError, match="constant"):
            scored(profile, table)


def test_two_areas_are_too_few(profile):
    with pytest.raises(NotEnoughDataError, match="3 are needed"):
        scored(profile, specimen(profile, count=2))
