"""Areas beside programme areas: how much of each lies in which, on a day, by residents or else by land."""

from __future__ import annotations

from datetime import date

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
        parts, sets = _parts(areas, programme, residents)
        weighty = pd.Series([_weightiest([state[one] for one in ids]) for ids in sets], dtype=object)
        exact, merged = _people_shares(parts, weighty), _people_shares(_merged(parts, min_base), weighty)
        shares.loc[merged.index, [*PROGRAMME_STATES]] = merged
        shares.loc[merged.index, "basis"] = "residents"
        moved = ~np.isclose(exact["current"], merged["current"], rtol=0, atol=1e-12)
        shares.loc[merged.index, "too_few"] = moved
        pairs = pd.concat([pairs, _lived_in(parts, sets)]).drop_duplicates(["area", "programme_area"])
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
    own = areas.frame.geometry.to_numpy()
    tree, land = shapely.STRtree(own), shapely.area(own)
    shares, taken = pd.DataFrame(index=areas.frame.index), shapely.Polygon()
    for name in FUNDED:
        whole = shapely.union_all(programme.frame.geometry[state == name].to_numpy())
        free, taken = shapely.difference(whole, taken), shapely.union(taken, whole)
        parts = shapely.get_parts(free)
        part, area = tree.query(parts, predicate="intersects")
        inside = shapely.area(shapely.intersection(own[area], parts[part]))
        share = np.bincount(area, weights=inside, minlength=len(own)) / land
        shares[name] = np.where(share < SLIVER, 0.0, np.minimum(share, 1.0))
    shares["none"] = (1.0 - shares.sum(axis=1)).clip(lower=0.0)
    return shares


def _parts(
    areas: AreaLayer, programme: ProgrammeLayer, residents: ResidentLayer
) -> tuple[pd.DataFrame, list[tuple[str, ...]]]:
    """Return the people of every part of an area: those in the same programme areas, whatever the day.

    ``within`` is the place of the ids of these programme areas in the list beside it; the first is none.
    """
    people = residents.frame["residents"].to_numpy(float)
    where = area_of(areas, residents)
    tree = shapely.STRtree(residents.frame.geometry.to_numpy())
    spot, point = tree.query(programme.frame.geometry.to_numpy(), predicate="intersects")
    ids = programme.frame.index.to_numpy()
    within: dict[int, tuple[str, ...]] = {}
    for place, number in sorted(zip(point.tolist(), spot.tolist(), strict=True)):
        within[place] = (*within.get(place, ()), str(ids[number]))
    sets: list[tuple[str, ...]] = [(), *sorted(set(within.values()))]
    codes, numbers = np.zeros(len(people), dtype=np.int64), {ids: number for number, ids in enumerate(sets)}
    codes[list(within)] = [numbers[ids] for ids in within.values()]
    counted = np.flatnonzero((where >= 0) & (people > 0))
    parts = _added(pd.DataFrame({"area": where[counted], "within": codes[counted], "people": people[counted]}))
    return parts.assign(area=areas.frame.index[parts["area"]].astype(object)), sets


def _merged(parts: pd.DataFrame, min_base: int) -> pd.DataFrame:
    """Return the parts, those with fewer than ``min_base`` people counted with the largest of their area."""
    largest = parts.loc[parts.groupby("area")["people"].idxmax()].set_index("area")["within"]
    few = parts["people"] < min_base
    within = parts["within"].mask(few, parts["area"].map(largest))
    return _added(parts.assign(within=within))


def _added(parts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a part of an area, with all its people."""
    return parts.groupby(["area", "within"])["people"].sum().reset_index()


def _people_shares(parts: pd.DataFrame, weighty: pd.Series) -> pd.DataFrame:
    """Return the share of the people of each area in each state; ``weighty`` is the state of each ``within``."""
    named = parts["within"].map(weighty)
    people = pd.DataFrame(
        {name: parts["people"].where(named == name, 0.0).groupby(parts["area"]).sum() for name in PROGRAMME_STATES}
    )
    return people.div(people.sum(axis=1), axis=0)


def _weightiest(states: list[str]) -> str:
    return min(states, key=PROGRAMME_STATES.index, default="none")


def _lived_in(parts: pd.DataFrame, sets: list[tuple[str, ...]]) -> pd.DataFrame:
    """Return which areas lie in which programme areas because somebody lives there."""
    inside = parts[parts["within"] > 0]
    pairs = pd.DataFrame({"area": inside["area"], "programme_area": [sets[code] for code in inside["within"]]})
    return pairs.explode("programme_area")


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
