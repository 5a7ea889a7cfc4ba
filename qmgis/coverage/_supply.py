"""How much supply the people of an area reach: places shared among all who come for them, beside the plain ratio."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy

from qmgis.core.reach.access import Catchments, Decay, Pairs, by_place, gaussian, step, three_step, two_step
from qmgis.core.reach.network import snap
from qmgis.coverage._distances import graph_of, joined
from qmgis.coverage._points import coordinates, doors_of
from qmgis.coverage._reach import checked_group
from qmgis.coverage._words import amount, group_title, listed
from qmgis.errors import DataError, NotEnoughDataError
from qmgis.model import (
    AreaLayer,
    AreaResult,
    CapacityUnit,
    Column,
    Network,
    PlaceLayer,
    ResidentLayer,
    Secrecy,
    Supply,
    Text,
    words,
)
from qmgis.model.where import area_of, same_crs

__all__ = ["guard_supply", "shared_among", "supply"]

LABELS = ("met", "partly", "not_met", "none")
PER: Mapping[CapacityUnit, float] = {"places": 100.0, "m2": 1.0}
_SHARE: Mapping[Supply, Callable[..., Catchments]] = {"two_step": two_step, "three_step": three_step}


def supply(
    areas: AreaLayer,
    places: PlaceLayer,
    *,
    residents: ResidentLayer,
    within_m: float,
    year: int,
    key: str,
    title: Text,
    group: str = "residents",
    network: Network | None = None,
    measure: Supply = "two_step",
    falls: bool = True,
    guide: float | None = None,
    classes: tuple[float, ...] = (),
    snap_m: float = 50.0,
) -> AreaResult:
    """Return the places that people reach for each 100 of their group (or m² for each), shared with all who reach them.

    Parameters
    ----------
    areas, places, residents, within_m, year, key, title, group, network, snap_m
        As in `reach`; every place needs a capacity, in the layer's ``unit``: places, or m² (green, playgrounds).
    measure
        ``two_step`` counts people at every place they reach; ``three_step`` divides them among these.
    falls
        Whether near people count more than those at the edge of ``within_m`` (Gaussian), or all alike.
    guide
        Places for each 100 people, or m² for each, aimed at; without it areas are compared with the whole city, its
        value rounded to three digits.
    classes
        Falling lower limits of up to four classes instead of the guide and its half, such as ``(6, 3, 0.1)``.

    Returns
    -------
    AreaResult
        Index ``area``; ``value`` places for each 100 people or m² for each, ``label`` from ``met`` over ``partly`` (at
        least half) to ``not_met`` and, with three limits, ``none``; ``parts``: ``residents``, ``capacity`` (in the
        area), ``ratio`` (of the two: borders as if nobody crossed them), ``access`` (the value) and ``without`` (people
        who reach none).

    Raises
    ------
    DataError
        A capacity that is missing or negative; as `reach` else.
    NotEnoughDataError
        Nobody of the group lives inside, or nobody reaches any place.

    References
    ----------
    Luo & Wang 2003, Luo & Qi 2009, Wan, Zou & Sternberg 2012; docs/methods/access.md.

    Examples
    --------
    >>> from dataclasses import replace
    >>> kitas = replace(toy_places(), frame=toy_places().frame.fillna({"capacity": 40.0}))
    >>> found = supply(toy_areas(), kitas, residents=toy_residents(), within_m=800, group="age_0_5", year=2024,
    ...                key="kita", title=Text("Kita", "Day care"), network=toy_network())
    >>> bool((found.value.dropna() >= 0).all())
    True
    """
    same_crs(areas, residents, places, network)
    people = checked_group(residents, group).fillna(0.0)
    shared, distance = shared_among(
        residents, places, within_m=within_m, group=group, network=network, measure=measure, falls=falls, snap_m=snap_m
    )
    parts = _parts(areas, residents, places, people, shared)
    city = float(np.nansum(parts["access"] * parts["residents"]) / parts["residents"].sum()) if len(parts) else 0.0
    if not city > 0:
        raise NotEnoughDataError(
            f'Nobody of "{group}" reaches a place of "{places.key}" within {within_m:g} m; check layers and distance.',
            de=f'Niemand aus "{group}" erreicht einen Ort von "{places.key}" in {within_m:g} m; Ebenen und Entfernung '
            "prüfen.",
        )
    value = parts["access"].rename(None)
    aim = _rounded(city) if guide is None else float(guide)
    limits = classes or (aim, aim / 2)
    parameters = {
        "places": places.key, "origins": residents.key, "origin_type": residents.origin_type, "group": group,
        "within_m": float(within_m), "measure": measure, "falls": falls, "guide": guide, "city": round(city, 6),
        "unit": places.unit,
        "distance_type": distance, "network": network.key if network is not None else None,
        **({"spread": residents.spread} if residents.spread else {}),
    }  # fmt: skip
    return AreaResult(
        kind="supply",
        key=key,
        title=title,
        value=value,
        label=_label(value, limits),
        parts=parts,
        columns=_columns(group, within_m, measure, places.unit),
        left_out=pd.Series("no_residents", index=value.index[value.isna()], name="left_out", dtype=object),
        vintage=areas.vintage,
        year=year,
        limits={"access": tuple(limits)},
        parameters=parameters,
        warnings=_warnings(places, shared, distance, measure),
        credits=tuple(dict.fromkeys(one.credit for one in (areas, places, residents, network) if one and one.credit)),
    )


def shared_among(
    residents: ResidentLayer, places: PlaceLayer, *, within_m: float, group: str, network: Network | None = None,
    measure: Supply = "two_step", falls: bool = True, snap_m: float = 50.0,
) -> tuple[Catchments, str]:  # fmt: skip
    """Return what each origin reaches of the places, in their order, and the type of distance; as `supply` asks.

    Examples
    --------
    >>> from dataclasses import replace
    >>> kitas = replace(toy_places(), frame=toy_places().frame.fillna({"capacity": 40.0}))
    >>> found, way = shared_among(toy_residents(), kitas, within_m=800, group="age_0_5")
    >>> way, len(found.access) == len(toy_residents().frame)
    ('straight_line', True)
    """
    people, offered = checked_group(residents, group).fillna(0.0), _capacity(places)
    pairs, distance = _pairs(residents, places, network=network, within_m=within_m, snap_m=snap_m)
    decay: Decay = gaussian(within_m) if falls else step(within_m)
    return _SHARE[measure](pairs, people, offered, decay=decay), distance


def guard_supply(result: AreaResult, coverage: AreaResult, secrecy: Secrecy) -> AreaResult:
    """Return a supply that knows what of it may be shown: nothing where the people of the coverage are not.

    Examples
    --------
    >>> from dataclasses import replace
    >>> kitas = replace(toy_places(), frame=toy_places().frame.fillna({"capacity": 40.0}))
    >>> asked = dict(within_m=800, group="age_0_5", year=2024, key="kita", title=Text("Kita", "Day care"))
    >>> found = supply(toy_areas(), kitas, residents=toy_residents(), **asked)
    >>> guard_supply(found, toy_outcome().coverage["kita"], Secrecy()).shown is not None
    True
    """
    hidden = coverage.seen["residents"].isna() & coverage.parts["residents"].notna()
    shown = result.parts.copy()
    shown.loc[hidden, ["residents", "ratio", "access", "without"]] = np.nan
    rest = shown["residents"] - shown["without"]
    for few in (shown["without"], rest):
        shown["without"] = shown["without"].mask((few > 0) & (few < secrecy.min_count))
    gone = shown["without"].isna() & result.parts["without"].notna()
    states = gone.map({True: f"{result.key}_supply=too_small", False: ""}).astype(object)
    return replace(result, shown=shown, states=states)


def _capacity(places: PlaceLayer) -> pd.Series:
    capacity = places.frame["capacity"].astype(float)
    wrong = capacity.index[~(np.isfinite(capacity) & (capacity >= 0))]
    if len(wrong):
        raise DataError(
            f'Layer "{places.key}": {len(wrong)} of {len(capacity)} places have no capacity of 0 or more, such as '
            f"{listed(list(map(str, wrong)))}; give it, or leave supply out of the theme.",
            de=f'Ebene "{places.key}": {len(wrong)} von {len(capacity)} Orten haben keine Kapazität ab 0, etwa '
            f"{listed(list(map(str, wrong)))}; angeben oder supply im Thema weglassen.",
        )
    return pd.Series(capacity)


def _pairs(
    residents: ResidentLayer, places: PlaceLayer, *, network: Network | None, within_m: float, snap_m: float
) -> tuple[Pairs, str]:
    there, own = doors_of(places)
    if network is not None:
        from qmgis.core.reach.cutoff import pairs_within

        doors = snap(graph_of(network), there, within_m=snap_m)
        found = pairs_within(graph_of(network), joined(residents, network, snap_m), doors, cutoff_m=within_m)
        return by_place(found, own, count=len(places.frame)), "network"
    here = coordinates(residents)
    known = [np.flatnonzero(np.isfinite(points).all(axis=1)) for points in (here, there)]
    trees = [scipy.spatial.cKDTree(points[rows]) for points, rows in zip((here, there), known, strict=True)]
    near = trees[0].sparse_distance_matrix(trees[1], within_m, output_type="ndarray")
    pairs = Pairs(known[0][near["i"]], known[1][near["j"]], near["v"].astype(float), len(here), len(there))
    return by_place(pairs, own, count=len(places.frame)), "straight_line"


def _parts(
    areas: AreaLayer, residents: ResidentLayer, places: PlaceLayer, people: pd.Series, shared: Catchments
) -> pd.DataFrame:
    index, weight = areas.frame.index, people.to_numpy(dtype=float)
    where, size = area_of(areas, residents), len(areas.frame)
    rows = where >= 0

    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(where[rows], values[rows], minlength=size)

    total = summed(weight)
    at = area_of(areas, places)
    capacity = np.bincount(at[at >= 0], places.frame["capacity"].to_numpy(dtype=float)[at >= 0], minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        per = PER[places.unit]
        ratio, access = per * capacity / total, per * summed(weight * shared.access) / total
    parts = {
        "residents": total,
        "capacity": capacity,
        "ratio": np.where(total > 0, ratio, np.nan),
        "access": np.where(total > 0, access, np.nan),
        "without": summed(np.where(shared.access > 0, 0.0, weight)),
    }
    return pd.DataFrame(parts, index=index)


def _rounded(number: float) -> float:
    """Return a number with three digits that count, so that the legend can say the very limit."""
    return float(f"{number:.3g}")


def _label(value: pd.Series, limits: Sequence[float]) -> pd.Series:
    """Return the class of each area by falling lower limits; the best is that of the first."""
    number = np.select([*(value >= limit for limit in limits), value.notna()], range(len(limits) + 1), default=-1)
    classes = pd.CategoricalDtype(list(LABELS[: len(limits) + 1]), ordered=True)
    return pd.Series(pd.Categorical.from_codes(number, dtype=classes), index=value.index)


def _columns(group: str, within_m: float, measure: Supply, unit: CapacityUnit) -> tuple[Column, ...]:
    values = {"group": group_title(group), "within": amount(within_m)}
    per, persons = words(f"coverage.unit_per_{unit}"), words("coverage.unit_persons")
    note = words(f"coverage.note_{measure}")
    return (
        Column("residents", words("coverage.residents", **values), "count", persons, 0),
        Column("capacity", words(f"coverage.capacity_{unit}"), "count", words(f"words.unit_{unit}"), 0),
        Column("ratio", words(f"coverage.ratio_{unit}", **values), "number", per, 1, note=words("coverage.note_ratio")),
        Column("access", words(f"coverage.access_{unit}", **values), "number", per, 1, note=note),
        Column("without", words("coverage.without", **values), "count", persons, 0),
    )


def _warnings(places: PlaceLayer, shared: Catchments, distance: str, measure: Supply) -> tuple[Text, ...]:
    found = []
    if distance == "straight_line":
        found.append(words("coverage.warning_straight_line"))
    if not places.complete:
        found.append(words("coverage.warning_incomplete", places=places.title))
    if len(shared.idle):
        names = listed([str(places.frame.index[place]) for place in shared.idle])
        found.append(words("coverage.warning_idle", count=len(shared.idle), names=names, places=places.title))
    if measure == "two_step":
        found.append(words("coverage.warning_overlap"))
    return tuple(found)
