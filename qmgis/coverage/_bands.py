"""How far people have it: shares of people by bands of distance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from qmgis.coverage._distances import origin_distances
from qmgis.coverage._guard import NEARLY_NONE
from qmgis.coverage._reach import checked_group
from qmgis.coverage._trials import guard_trials
from qmgis.errors import DataError
from qmgis.model import AreaLayer, AreaResult, Network, PlaceLayer, ResidentLayer, Secrecy
from qmgis.model.where import area_of, same_crs

__all__ = ["BANDS_M", "bands", "guard_bands"]

BANDS_M = (200.0, 400.0, 600.0, 800.0, 1000.0, 1500.0)


def bands(
    areas: AreaLayer,
    places: PlaceLayer,
    *,
    residents: ResidentLayer,
    group: str = "residents",
    network: Network | None = None,
    snap_m: float = 50.0,
    limits_m: Sequence[float] = BANDS_M,
) -> pd.DataFrame:
    """Return the people of a group by how far it is to their nearest place, for each area and the city.

    For internal use: what may be shown of it says `guard_bands`.

    Parameters
    ----------
    areas, places, residents, group, network, snap_m
        As in `reach`.
    limits_m
        Ascending upper limits of the bands in metres; exactly a limit is in the nearer band. A last band is everything
        beyond, with those who reach no place at all.

    Returns
    -------
    DataFrame
        Index ``area`` in the order of the areas and, at last, ``city``; one column a band, named by its upper limit in
        metres (inf for the last); people.

    Examples
    --------
    >>> found = bands(toy_areas(), toy_places(), residents=toy_residents(), group="age_0_5", limits_m=(250, 500))
    >>> found.columns.tolist(), bool(found.iloc[:-1].sum().equals(found.loc["city"]))
    ([250.0, 500.0, inf], True)
    """
    upper = [float(limit) for limit in limits_m]
    if not upper or not all(0 < one < other for one, other in zip([1e-9, *upper], [*upper, np.inf], strict=True)):
        raise DataError(
            f"limits_m is {list(limits_m)}; give ascending metres above 0.",
            de=f"limits_m ist {list(limits_m)}; aufsteigende Meter über 0 angeben.",
        )
    same_crs(areas, residents, places, network)
    people = checked_group(residents, group).fillna(0.0).to_numpy(dtype=float)
    metres = origin_distances(residents, places, network=network, snap_m=snap_m).metres.to_numpy()
    band, where, size = np.searchsorted(upper, metres, side="left"), area_of(areas, residents), len(areas.frame)
    rows = where >= 0
    cells = where[rows] * (len(upper) + 1) + band[rows]
    counts = np.bincount(cells, people[rows], minlength=size * (len(upper) + 1)).reshape(size, -1)
    found = pd.DataFrame(counts, index=areas.frame.index, columns=[*upper, np.inf])
    whole = pd.concat([found, found.sum().to_frame("city").T])
    whole.index = whole.index.rename("area")
    return whole


def guard_bands(
    found: pd.DataFrame, result: AreaResult, others: Iterable[AreaResult] = (), *, secrecy: Secrecy | None = None
) -> pd.DataFrame:
    """Return the share of people who have a place up to each limit (0-1), as it may be shown; the last column is 1.

    By the rules of `guard_trials`: people beyond a limit that differ by fewer than ``min_count`` from a number that is
    shown take that number, and are then rounded down to steps of ``min_base``. So shares are a little too high in areas
    with few people. Areas whose coverage is not shown are missing.

    Parameters
    ----------
    found
        As `bands` gives it.
    result, others
        The coverage of the same group and places as it is shown, and further ones of the same run.

    Examples
    --------
    >>> result = toy_outcome().coverage["kita"]
    >>> exact = bands(toy_areas(), toy_places(), residents=toy_residents(), group="age_0_5", network=toy_network())
    >>> shares = guard_bands(exact, result)
    >>> bool((shares.dropna().iloc[:, -1] == 1).all())
    True
    """
    limits = secrecy if secrecy is not None else Secrecy()
    step, total = float(limits.min_base), found.sum(axis=1)
    beyond = found.cumsum(axis=1).rsub(total, axis=0).clip(lower=0.0)
    areas = guard_trials(beyond.drop(index="city"), result, others, secrecy=limits)
    beyond = pd.concat([areas, beyond.loc[["city"]]])
    rounded = pd.DataFrame(np.floor(beyond / step + NEARLY_NONE) * step, index=found.index, columns=found.columns)
    return 1 - rounded.div(total.where(total >= limits.min_base), axis=0)
