"""The same coverage with other thresholds, slower walking and detours, to see whether it holds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from qmgis.coverage._ages import ages_of
from qmgis.coverage._distances import origin_distances
from qmgis.coverage._guard import NEARLY_NONE
from qmgis.coverage._limit import limit_of
from qmgis.coverage._reach import checked_group
from qmgis.model import AreaLayer, AreaResult, Network, PlaceLayer, ResidentLayer, Secrecy, walking
from qmgis.model.where import area_of, same_crs

__all__ = ["guard_trials", "trials", "trials_of"]

NEARER, FARTHER = 0.8, 1.2
SLOW_KMH, USUAL_KMH, ON_FOOT_KMH = 3.6, 4.8, 6.0
DETOUR = 1.3


def trials_of(
    *, within_min: float | None = None, kmh: float | None = None, group: str = "residents", network: Network | None
) -> dict[str, float]:
    """Return what is tried, each as a share of the limit: a fifth nearer and farther, slow walking, detours.

    Slow walking is 3.6 km/h instead of 4.8, and with a limit in minutes instead of the speed that it was made with; it
    is left out where people are that slow already, or cycle. Detours of 1.3 are tried on straight lines only.

    References
    ----------
    METHODS 10.2: 3.6 km/h for small children and older people, detour factor 1.3 (both unchecked).

    Examples
    --------
    >>> trials_of(network=None)
    {'nearer': 0.8, 'farther': 1.2, 'slower': 0.75, 'detour': 0.7692307692307692}
    >>> sorted(trials_of(within_min=10, group="age_0_5", network=toy_network()))
    ['farther', 'nearer']
    """
    mode = network.mode if network is not None else walking()
    usual = USUAL_KMH if within_min is None else float(kmh or mode.kmh(ages_of(group)))
    found = {"nearer": NEARER, "farther": FARTHER}
    if mode.kmh() <= ON_FOOT_KMH and usual > SLOW_KMH:
        found["slower"] = SLOW_KMH / usual
    return found if network is not None else {**found, "detour": 1 / DETOUR}


def trials(
    areas: AreaLayer,
    places: PlaceLayer,
    *,
    residents: ResidentLayer,
    within_m: float | None = None,
    within_min: float | None = None,
    kmh: float | None = None,
    group: str = "residents",
    network: Network | None = None,
    snap_m: float = 50.0,
) -> pd.DataFrame:
    """Return the people of a group who are not reached in each area, in each of the trials of `trials_of`.

    For internal use: what may be shown of it says `guard_trials`. Distances are those of `reach`, so this costs little.

    Parameters
    ----------
    areas, places, residents, within_m, within_min, kmh, group, network, snap_m
        As in `reach`.

    Returns
    -------
    DataFrame
        Index ``area`` in the order of the areas, one column a trial.

    Examples
    --------
    >>> found = trials(toy_areas(), toy_places(), residents=toy_residents(), within_m=500, group="age_0_5")
    >>> bool((found["farther"] <= found["nearer"]).all())
    True
    """
    same_crs(areas, residents, places, network)
    limit = limit_of(within_m, within_min, kmh=kmh, group=group, network=network)
    asked = trials_of(within_min=within_min, kmh=limit.kmh, group=group, network=network)
    people = checked_group(residents, group).fillna(0.0).to_numpy(dtype=float)
    distances = origin_distances(residents, places, network=network, snap_m=snap_m, kmh=limit.kmh)
    where = area_of(areas, residents)
    found = {}
    for name, share in asked.items():
        away = (where >= 0) & ~limit.scaled(share).near(distances)
        found[name] = np.bincount(where[away], people[away], minlength=len(areas.frame))
    return pd.DataFrame(found, index=areas.frame.index)


def guard_trials(
    tried: pd.DataFrame, result: AreaResult, others: Iterable[AreaResult] = (), *, secrecy: Secrecy
) -> pd.DataFrame:
    """Return trials from which no difference of 1 to ``min_count - 1`` people can be told.

    Whoever knows two numbers of people not reached knows those between two thresholds. A trial that differs by fewer
    than ``min_count`` from a number that is shown, of ``result`` or of another result for the same places and group,
    therefore takes that number; where the result itself is not shown, trials are missing.

    Parameters
    ----------
    tried
        As `trials` gives them.
    result
        The coverage that they are trials of, as `guarded` and `apart` leave it.
    others
        Further coverages of the same run.

    Examples
    --------
    >>> result = toy_outcome().coverage["kita"]
    >>> tried = pd.DataFrame({"nearer": result.parts["not_reached"] + 2})
    >>> guarded_ = guard_trials(tried, result, secrecy=Secrecy())["nearer"]
    >>> bool((guarded_.dropna() == result.seen["not_reached"].dropna()).all())
    True
    """
    group = str(result.parameters.get("group", "residents"))
    known = [result.seen["not_reached"]]
    for other in others:
        same = other.parameters.get("places") == result.parameters.get("places") and other.vintage == result.vintage
        if same and other is not result:
            known += _not_reached(other, group)
    numbers = pd.concat(known, axis=1).reindex(tried.index).to_numpy(dtype=float)
    found = {name: _settled(tried[name].to_numpy(dtype=float), numbers, secrecy.min_count) for name in tried}
    return pd.DataFrame(found, index=tried.index).where(known[0].reindex(tried.index).notna())


def _not_reached(result: AreaResult, group: str) -> list[pd.Series]:
    """Return the people of a group not reached that a result shows."""
    own = "not_reached" if result.parameters.get("group", "residents") == group else f"not_reached_{group}"
    return [result.seen[own]] if own in result.seen else []


def _settled(tried: np.ndarray, known: np.ndarray, min_count: float) -> np.ndarray:
    """Return each number, or the nearest known one that it differs from by too few."""
    away = np.abs(known - tried[:, None])
    away[~(away < min_count)] = np.inf
    nearest = away.argmin(axis=1)
    rows = np.arange(len(tried))
    close = np.isfinite(away[rows, nearest]) & (away[rows, nearest] > NEARLY_NONE)
    return np.where(close, known[rows, nearest], tried)
