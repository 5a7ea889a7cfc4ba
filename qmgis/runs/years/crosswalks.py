"""A crosswalk made of what a city has, and how good it is: beside other weights, and against the truth where known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.boundaries import Made, made_crosswalk, way_between
from qmgis.core.spatial.crosswalk import Crosswalk, carry, quality
from qmgis.errors import UnknownKeyError, VintageError, did_you_mean
from qmgis.model import LAND, RESIDENTS, AreaLayer, City, CrosswalkLayer, Indicator, IndicatorTable, ResidentLayer
from qmgis.runs.secrecy.guard import closed
from qmgis.runs.steps import table_on
from qmgis.runs.years.counted import counted_before
from qmgis.runs.years.ways import RESIDENTS_BASIS

__all__ = ["Built", "built_crosswalk", "weightings"]

OFF = 0.1  # how far a number of an area may lie from the truth before it is counted as off


@dataclass(frozen=True, eq=False)
class Built:
    """A crosswalk that was made, and its quality.

    Parameters
    ----------
    made
        The weights, and what was dropped.
    old, new
        Both versions of the areas.
    weights
        What it was made of: keys of layers of residents, or ``land``.
    areas
        By new area: ``name``; ``parts``, the old areas that it has a part of; ``exact``, the share of its residents
        from undivided areas (0-1); ``spread``, how far its residents by all weights of the city lie apart, as a share.
    undivided, exact
        How many old areas go to one new area, and the share of all residents who live in them (0-1).
    apart
        The share of all residents whom other weights put into another area, by weights (0-1).
    errors
        Where a count is known on both versions: ``weights``, ``indicator``, ``year``, ``wrong``, the share of all
        counted that lands in a wrong area (0-1), ``off``, areas that miss the truth by more than 10 %, and ``areas``.
    """

    made: Made
    old: AreaLayer
    new: AreaLayer
    weights: tuple[str, ...]
    areas: pd.DataFrame
    undivided: int
    exact: float
    apart: Mapping[str, float]
    errors: pd.DataFrame


def weightings(city: City) -> tuple[str, ...]:
    """Return what a crosswalk of a city can be made of: layers of residents, and ``land``.

    Examples
    --------
    >>> weightings(toy_city())
    ('addresses', 'land')
    """
    return (*(key for key, one in city.residents.items() if one.origin_type != "area"), LAND)


def built_crosswalk(city: City, old: str, new: str, *, weights: Sequence[str]) -> Built:
    """Return the weights from one version of a city's areas to another, and how good they are.

    Parameters
    ----------
    city
        As `open_city` gives it.
    old, new
        Two versions of its areas.
    weights
        Keys of layers of residents, each group from the first that has it; or ``land`` alone.

    Raises
    ------
    UnknownKeyError, VintageError
        There are no such areas or weights; both versions are the same.

    Examples
    --------
    >>> built_crosswalk(toy_city(), "toy-2022", "toy-2022", weights=["land"])
    Traceback (most recent call last):
    qmgis.errors.VintageError: Both versions are "toy-2022"; a crosswalk leads from one version to another.
    """
    layers = _layers(city, old, new, weights)
    areas = city.area_layers[old], city.area_layers[new]
    made = made_crosswalk(*areas, layers, min_count=city.secrecy.min_count)
    ways = {" + ".join(weights): made.layer, **_others(city, *areas, weights)}
    before, after = (closed(table_on(city, one), city.secrecy) if one.vintage in city.tables else None for one in areas)
    people = _people(before, areas[0])
    walk = _walk(made.layer, *areas, RESIDENTS_BASIS)
    carried = pd.DataFrame({name: carry(people, _walk(one, *areas, RESIDENTS_BASIS)) for name, one in ways.items()})
    own = carried.iloc[:, 0]
    counted = before is not None and len(ways) > 1
    apart = {
        name: float((carried[name] - own).abs().sum()) / 2 / (float(own.sum()) or 1.0) for name in list(ways)[1:]
        if counted
    }  # fmt: skip
    spread = (carried.max(axis=1) - carried.min(axis=1)) / own.where(own >= city.secrecy.min_base)
    frame = pd.DataFrame({
        "name": areas[1].frame["name"].astype(str), "parts": np.asarray((walk.weight > 0).sum(axis=0)).ravel(),
        "exact": quality(people, walk), "spread": spread if counted else np.nan,
    })  # fmt: skip
    exact = float(people[walk.whole].sum()) / (float(people.sum()) or 1.0)
    errors = _errors(ways, areas, [] if before is None or after is None else _truths(city, before, after))
    return Built(made, *areas, tuple(weights), frame, int(walk.whole.sum()), exact, apart, errors)


def _layers(city: City, old: str, new: str, weights: Sequence[str]) -> list[ResidentLayer]:
    """Return the layers that are asked for; raise where something is not there."""
    for vintage in (old, new):
        if vintage not in city.area_layers:
            known = list(city.area_layers)
            raise UnknownKeyError(
                f'{city.key} has no areas "{vintage}"; there are: {", ".join(known)}.{did_you_mean(vintage, known)}',
                de=f'{city.key} hat keine Gebiete "{vintage}"; vorhanden: {", ".join(known)}.'
                f"{did_you_mean(vintage, known, lang='de')}",
            )
    if old == new:
        raise VintageError(
            f'Both versions are "{old}"; a crosswalk leads from one version to another.',
            de=f'Beide Fassungen sind "{old}"; ein Gebietsschlüssel führt von einer Fassung zu einer anderen.',
        )
    known = list(weightings(city))
    strange = [name for name in weights if name not in known or (name == LAND and len(weights) > 1)]
    if strange or not weights:
        name = strange[0] if strange else ""
        raise UnknownKeyError(
            f'A crosswalk of {city.key} cannot go by "{name}"; there are the layers of residents, or land alone: '
            f"{', '.join(known)}.{did_you_mean(name, known)}",
            de=f'Ein Gebietsschlüssel von {city.key} kann nicht nach "{name}" gehen; vorhanden sind Ebenen mit '
            f"Einwohnern, oder land allein: {', '.join(known)}.{did_you_mean(name, known, lang='de')}",
        )
    return [city.residents[name] for name in weights if name != LAND]


def _others(city: City, old: AreaLayer, new: AreaLayer, weights: Sequence[str]) -> dict[str, CrosswalkLayer]:
    """Return the other weights that a city has between two versions, by name."""
    rest = [name for name in weightings(city) if [name] != list(weights)]
    found = {
        name: made_crosswalk(old, new, [] if name == LAND else [city.residents[name]],
                             min_count=city.secrecy.min_count).layer
        for name in rest
    }  # fmt: skip
    there = (old.vintage, new.vintage)
    given = {key: one for key, one in city.crosswalks.items() if (one.old_vintage, one.new_vintage) == there}
    return {**found, **{key if key not in found else f"{key} (crosswalk)": one for key, one in given.items()}}


def _walk(layer: CrosswalkLayer, old: AreaLayer, new: AreaLayer, group: str) -> Crosswalk:
    """Return how a group goes by a crosswalk: by itself, else by all residents, else by what there is."""
    basis = next((name for name in (group, RESIDENTS_BASIS) if name in layer.bases), layer.bases[0])
    return way_between(old, new, given=layer, group=basis).crosswalk


def _people(table: IndicatorTable | None, areas: AreaLayer) -> pd.Series:
    """Return the residents of the newest year that has them, else one for each area."""
    index = areas.frame.index
    if table is not None and RESIDENTS in table.frame:
        years = [year for year in table.years if table.of_year(year)[RESIDENTS].notna().any()]
        if years:
            return table.of_year(years[-1])[RESIDENTS].reindex(index).fillna(0.0)
    return pd.Series(1.0, index=index)


def _truths(city: City, old: IndicatorTable, new: IndicatorTable) -> list[tuple[Indicator, int, pd.Series, pd.Series]]:
    """Return each count that is known on both versions, of the newest year: before and after the reform."""
    told: dict[int, pd.DataFrame] = {}
    for year in reversed(old.years):
        if year in new.years:
            told[year] = new.of_year(year)
        elif year + new.change_years in new.years:
            told[year] = counted_before(city, city.tables[new.vintage], year + new.change_years)
    found = []
    for key, indicator in old.indicators.items():
        for year, after in told.items():
            before = old.of_year(year)[key]
            if indicator.measure == "count" and key in after and before.notna().any() and after[key].notna().any():
                found.append((indicator, year, before, after[key]))
                break
    return found


def _errors(
    ways: Mapping[str, CrosswalkLayer], areas: tuple[AreaLayer, AreaLayer],
    truths: Sequence[tuple[Indicator, int, pd.Series, pd.Series]],
) -> pd.DataFrame:  # fmt: skip
    rows = []
    for indicator, year, before, after in truths:
        for name, layer in ways.items():
            walk = _walk(layer, *areas, indicator.group or RESIDENTS_BASIS)
            carried, truth = carry(before.reindex(walk.old), walk), after.reindex(walk.new)
            both = carried.notna() & truth.notna()
            miss, whole = (carried - truth)[both].abs(), float(truth[both].sum())
            wrong = float(miss.sum()) / 2 / whole if whole else np.nan
            off = int((miss > OFF * truth[both]).sum())
            rows.append((name, indicator.key, year, wrong, off, int(both.sum())))
    return pd.DataFrame(rows, columns=["weights", "indicator", "year", "wrong", "off", "areas"])
