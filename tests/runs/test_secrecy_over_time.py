"""What runs on other areas give away beside series and files: hidden numbers are computed back, or not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qmgis.app.results import moved_areas
from qmgis.errors import QmgisError
from qmgis.model import AreaResult, City
from qmgis.runs.demo import demo_city
from qmgis.runs.secrecy.guard import closed
from qmgis.runs.sides import in_order, side_of
from qmgis.runs.steps import score
from qmgis.runs.years.across import Across, across, laid_across
from qmgis.runs.years.editions import edition_on
from qmgis.runs.years.numbers import series
from qmgis.runs.years.otherweights import by_other_weights, converted

PAIRS = (("mss-2018", "ms-2022"), ("mss-2020", "ms-2022"), ("mss-2022", "ms-2016"), ("mss-2024", "ms-2016"))


@pytest.fixture(scope="module", params=[3, 5], ids=["limits of the city", "stricter limits"])
def city(request) -> City:
    base = demo_city()
    return replace(base, secrecy=replace(base.secrecy, min_count=request.param))


def series_of(city: City, keys: list[str], year: int, vintage: str) -> pd.DataFrame:
    """What anybody reads from the series of areas in a year."""
    found = {key: series(city, key, vintage=vintage, all_weights=False).of_year(year)["value"] for key in keys}
    return pd.DataFrame(found)


def attacked(result: AreaResult, told: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Values that the series hides, and what a run on these areas says of them.

    It may show them; standard scores are a line through the values that are known; so is the index a plane.
    """
    seen, found = result.seen.reindex(told.index), {}
    for key in told:
        lost = told.index[told[key].isna() & seen[f"value_{key}"].notna()]
        found |= {(area, key): seen.loc[area, f"value_{key}"] for area in lost}
        score_, value = seen[f"z_{key}"], told[key]
        known = score_.notna() & value.notna()
        if known.sum() > 2:
            slope, start = np.polyfit(score_[known], value[known], 1)
            found |= {(area, key): start + slope * score_[area] for area in told.index[score_.notna() & value.isna()]}
    index = seen[result.index_column]
    known = index.notna() & told.notna().all(axis=1)
    if known.sum() > told.shape[1]:
        plane = np.column_stack([told[known], np.ones(known.sum())])
        slopes = np.linalg.lstsq(plane, index[known], rcond=None)[0]
        for area in told.index[index.notna() & (told.isna().sum(axis=1) == 1)]:
            gone = int(np.flatnonzero(told.loc[area].isna())[0])
            rest = index[area] - slopes[-1] - np.delete(slopes[:-1], gone) @ told.loc[area].drop(told.columns[gone])
            found[area, str(told.columns[gone])] = rest / slopes[gone]
    return found


def computed_on(side: Across, city: City, run: str) -> AreaResult:
    declared = city.run(run)
    return score(side.city, method=declared.method, year=declared.year, areas=side.vintage)


@pytest.mark.parametrize(("run", "vintage"), PAIRS)
def test_a_run_on_other_areas_tells_nothing_that_the_series_hides(city: City, run: str, vintage: str):
    for result in (edition_on(city, run, vintage).result, converted(city, run, vintage).result):
        computed = ~edition_on(city, run, vintage).official
        keys = [name.removeprefix("value_") for name in result.parts if name.startswith("value_")]
        told = series_of(city, keys, city.run(run).year, vintage)[computed]
        assert attacked(result, told) == {}


def test_the_attack_finds_what_is_only_closed():
    """With nothing but small cells left out of what is carried, as before, hidden values of divided areas come out."""
    base = demo_city()
    strict = replace(base, secrecy=replace(base.secrecy, min_count=5))
    small = replace(strict, tables={key: closed(table, strict.secrecy) for key, table in strict.tables.items()})
    result = computed_on(laid_across(strict, "ms-2022", hidden=small), strict, "mss-2020")
    told = series_of(strict, ["unemployment", "child_poverty", "transfer"], 2020, "ms-2022")
    found = attacked(result, told[~edition_on(strict, "mss-2020", "ms-2022").official])
    assert ("02020301", "unemployment") in found
    for (area, key), value in found.items():
        assert value == pytest.approx(result.parts.loc[area, f"value_{key}"], abs=2e-3)  # scores are rounded


def test_other_weights_carry_no_more(city: City):
    """Values by other weights are made of the same cells: what is hidden by one is hidden by all."""
    for vintage in city.area_layers:
        side = across(city, vintage)
        for other in by_other_weights(city, vintage):
            for year in (year for year, own in side.years.items() if own != vintage):
                more = other.table.of_year(year).notna() & side.shown.of_year(year).isna()
                parts = side.carried[side.years[year]].table.of_year(year)
                assert not (more & (side.shown.of_year(year, what="states") == "secret") & parts.notna()).any(axis=None)


@pytest.mark.parametrize(("run", "vintage"), PAIRS)
def test_a_comparison_gives_no_place_to_an_index_that_is_hidden(city: City, run: str, vintage: str):
    base = next(key for key, one in reversed(city.runs.items()) if one.vintage == vintage)
    results, rows, _ = moved_areas(city, in_order(city, base, side_of(city, base, f"run.{run}")), vintage, "de")
    known = {row.area: row for row in rows}
    for result in results:
        for area in result.value.index[result.seen[result.index_column].isna()]:
            assert known[str(area)].places is None


def test_counts_of_two_years_do_not_make_a_change_that_is_hidden(city: City):
    """Also where the later edition counts back: numerator and denominator of both years are series of their own."""
    opened = []
    for run in city.runs.values():
        try:
            result = computed_on(across(city, run.vintage), city, run.key)
        except QmgisError:
            continue
        indicators = city.tables[run.vintage].indicators
        for name in (str(name) for name in result.parts if str(name).startswith("change_")):
            key = name.removeprefix("change_")
            gone = result.parts.index[result.seen[name].isna() & result.parts[name].notna()]
            shares = []
            for year in (run.year, run.year - 2):
                parts = [key, str(indicators[key].numerator), str(indicators[key].denominator)]
                told = series_of(city, parts, year, run.vintage)
                shares.append(told[key].fillna(told[parts[1]] / told[parts[2]]))
            moved = (shares[0] - shares[1]).loc[gone]
            opened += [(run.key, area, key) for area in moved.index[moved.notna()]]
    assert opened == []
