"""Areas beside programme areas: how much of each lies in which, on a day, by residents or else by land."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.model import PROGRAMME_STATES, PROGRAMME_STATUS, AreaLayer, ProgrammeLayer, ResidentLayer
from qmgis.model.where import area_of, same_crs

__all__ = ["SLIVER", "overlaps", "states_on"]

SLIVER = 0.01  # of an area's land: less, and nobody living there, is a fault of drawing
FUNDED = PROGRAMME_STATES[:-1]


def states_on(programme: ProgrammeLayer, on: date) -> pd.Series:
    """Return what each programme area is on a day: ``current``, ``former`` or ``planned``.

    Dates decide: from ``valid_from`` on current, from ``valid_to`` on former, before ``valid_from`` planned. Where no
    start is known the status does.

    Examples
    --------
    >>> states_on(toy_programme(), date(2024, 12, 31)).tolist()
    ['current', 'former', 'planned']
    """
    frame, day = programme.frame, pd.Timestamp(on)
    begun = (frame["valid_from"] <= day).where(
        frame["valid_from"].notna(), frame["status"].map(PROGRAMME_STATUS) != "planned"
    )
    state = pd.Series("planned", index=frame.index, dtype=object).mask(begun, "current")
    return state.mask(frame["valid_to"] <= day, "former")


def overlaps(
    areas: AreaLayer,
    programme: ProgrammeLayer,
    *,
    on: date,
    residents: ResidentLayer | None = None,
    min_base: int = 0,
) -> pd.DataFrame:
    """Return how much of each area lies in programme areas that are current, former or planned on a day.

    Where several overlap, current goes before former, former before planned. Residents count by the point where they
    live; areas without any known there, and all areas without ``residents``, by their land. What is smaller than
    `SLIVER` of an area and where nobody lives does not count.

    Parameters
    ----------
    areas, programme
        In one reference system.
    on
        The day.
    residents
        Where people live.
    min_base
        Parts of an area where fewer people live are counted with its largest part, whatever the day, so that neither
        side of a cut, nor the difference between two days, tells of fewer people. 0 counts exactly.

    Returns
    -------
    pd.DataFrame
        Index as in ``areas``. ``programme``: the weightiest state that it touches, ``none`` without; ``names``: of the
        programme areas of that state; ``current``, ``former``, ``planned``, ``none``: shares (0-1) that sum to one;
        ``basis``: ``residents`` or ``land``; ``too_few``: whether ``min_base`` moved the share that is current.

    Raises
    ------
    CrsError
        If the layers are in different reference systems.

    Examples
    --------
    >>> found = overlaps(toy_areas(), toy_programme(), on=date(2024, 12, 31))
    >>> found["programme"]["01010003"], float(found["current"]["01010003"])
    ('current', 0.5)
    """
    same_crs(areas, programme, residents)
    state = states_on(programme, on)
    pairs = _land_pairs(areas, programme)
    shares = _land_shares(areas, programme, state)
    shares["basis"], shares["too_few"] = "land", False
    if residents is not None and residents.frame["residents"].notna().any():
        parts = _parts(areas, programme, residents)
        exact, merged = _people_shares(parts, state), _people_shares(_merged(parts, min_base), state)
        shares.loc[merged.index, [*PROGRAMME_STATES]] = merged
        shares.loc[merged.index, "basis"] = "residents"
        moved = ~np.isclose(exact["current"], merged["current"], rtol=0, atol=1e-12)
        shares.loc[merged.index, "too_few"] = moved
        pairs = pd.concat([pairs, _lived_in(parts)]).drop_duplicates(["area", "programme_area"])
    touched = _touched(pairs, programme, state)
    shares.insert(0, "programme", touched["programme"].reindex(shares.index).fillna("none"))
    shares.insert(1, "names", touched["names"].reindex(shares.index))
    return shares


def _land_pairs(areas: AreaLayer, programme: ProgrammeLayer) -> pd.DataFrame:
    """Return which areas lie in which programme areas by more than a sliver of their land."""
    own, other = areas.frame.geometry.to_numpy(), programme.frame.geometry.to_numpy()
    spot, area = shapely.STRtree(own).query(other, predicate="intersects")
    share = shapely.area(shapely.intersection(own[area], other[spot])) / shapely.area(own[area])
    kept = share >= SLIVER
    found = {"area": areas.frame.index[area[kept]], "programme_area": programme.frame.index[spot[kept]]}
    return pd.DataFrame(found, dtype=object)


def _land_shares(areas: AreaLayer, programme: ProgrammeLayer, state: pd.Series) -> pd.DataFrame:
    """Return the share of each area's land in each state, every spot once."""
    own, land = areas.frame.geometry, areas.frame.geometry.area
    shares, taken = pd.DataFrame(index=areas.frame.index), shapely.Polygon()
    for name in FUNDED:
        whole = shapely.union_all(programme.frame.geometry[state == name].to_numpy())
        free, taken = shapely.difference(whole, taken), shapely.union(taken, whole)
        share = gpd.GeoSeries(own).intersection(free).area / land
        shares[name] = share.mask(share < SLIVER, 0.0).clip(upper=1.0)
    shares["none"] = (1.0 - shares.sum(axis=1)).clip(lower=0.0)
    return shares


def _parts(areas: AreaLayer, programme: ProgrammeLayer, residents: ResidentLayer) -> pd.DataFrame:
    """Return the people of every part of an area: those in the same programme areas, whatever the day.

    ``within`` is a tuple of ids of programme areas, empty outside of all.
    """
    people = residents.frame["residents"].to_numpy(float)
    where = area_of(areas, residents)
    tree = shapely.STRtree(residents.frame.geometry.to_numpy())
    spot, point = tree.query(programme.frame.geometry.to_numpy(), predicate="intersects")
    ids = programme.frame.index.to_numpy()
    within: dict[int, tuple[str, ...]] = {}
    for place, number in sorted(zip(point.tolist(), spot.tolist(), strict=True)):
        within[place] = (*within.get(place, ()), str(ids[number]))
    counted = np.flatnonzero((where >= 0) & (people > 0))
    named = [within.get(place, ()) for place in counted.tolist()]
    parts = {"area": areas.frame.index[where[counted]], "within": named, "people": people[counted]}
    return _added(pd.DataFrame(parts))


def _merged(parts: pd.DataFrame, min_base: int) -> pd.DataFrame:
    """Return the parts, those with fewer than ``min_base`` people counted with the largest of their area."""
    largest = parts.loc[parts.groupby("area")["people"].idxmax()].set_index("area")["within"]
    few = parts["people"] < min_base
    within = parts["within"].mask(few, parts["area"].map(largest))
    return _added(parts.assign(within=within))


def _added(parts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a part of an area, with all its people."""
    return parts.groupby(["area", "within"])["people"].sum().reset_index()


def _people_shares(parts: pd.DataFrame, state: pd.Series) -> pd.DataFrame:
    """Return the share of the people of each area in each state."""
    named = parts["within"].map(lambda ids: _weightiest([state[one] for one in ids]))
    people = pd.DataFrame(
        {name: parts["people"].where(named == name, 0.0).groupby(parts["area"]).sum() for name in PROGRAMME_STATES}
    )
    return people.div(people.sum(axis=1), axis=0)


def _weightiest(states: list[str]) -> str:
    return min(states, key=PROGRAMME_STATES.index, default="none")


def _lived_in(parts: pd.DataFrame) -> pd.DataFrame:
    """Return which areas lie in which programme areas because somebody lives there."""
    pairs = parts[["area", "within"]].explode("within").dropna()
    return pairs.rename(columns={"within": "programme_area"})


def _touched(pairs: pd.DataFrame, programme: ProgrammeLayer, state: pd.Series) -> pd.DataFrame:
    """Return the weightiest state of each area that touches any, and the names of its programme areas."""
    order = pairs["programme_area"].map(state).map(PROGRAMME_STATES.index)
    first = order == order.groupby(pairs["area"]).transform("min")
    kept = pairs[first].sort_values("programme_area")
    names = programme.frame["name"].loc[kept["programme_area"]].to_numpy()
    named = kept.assign(names=names, programme=kept["programme_area"].map(state)).groupby("area")
    return pd.DataFrame({"programme": named["programme"].first(), "names": named["names"].agg(_listed)})


def _listed(names: pd.Series) -> str:
    return "; ".join(dict.fromkeys(names))
