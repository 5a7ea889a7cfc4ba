"""What a comparison over time is made from: areas and editions, who is treated from when, and who may be compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from qmgis.errors import DataError
from qmgis.model import AreaLayer, ProgrammeLayer, Text

__all__ = ["NEAR_M", "RINGS", "ROLES", "Measured", "Panel", "units_of"]

# Parts of an area in a programme area: from the first on it is treated, below the second it is not (METHODS 11.3).
TREATED, OUTSIDE = 0.5, 0.1
NEAR_M = 500.0
RINGS = ((0.0, 250.0), (250.0, 500.0), (500.0, 1000.0))
ROLES = ("treated", "always", "part", "near", "left_out", "possible")


@dataclass(frozen=True, eq=False)
class Measured:
    """One indicator: ``values`` (shares 0-1), ``count`` and ``total``, each index area, a column an edition.

    ``exact``: index area, whether it is undivided in all editions; ``breaks``: what a reader has to know of the series;
    ``placebo``: whether it says neither burden nor relief.
    """

    key: str
    title: Text
    values: pd.DataFrame
    count: pd.DataFrame
    total: pd.DataFrame
    exact: pd.Series
    direction: int = 1
    measure: str = "share"
    breaks: tuple[Text, ...] = ()
    placebo: bool = False


@dataclass(frozen=True, eq=False)
class Panel:
    """Areas over the editions of a city.

    Parameters
    ----------
    years
        Of the editions, ascending.
    measured
        Every indicator by its key; those with a direction make the status on which areas are matched.
    people
        Residents; index area, a column a year.
    units
        Index area; as `units_of` gives it.
    programmes
        Index programme area; ``name`` and ``start`` (date, may be missing).
    """

    years: tuple[int, ...]
    measured: Mapping[str, Measured]
    people: pd.DataFrame
    units: pd.DataFrame
    programmes: pd.DataFrame

    def __post_init__(self) -> None:
        fine = list(self.years) == sorted(set(self.years)) and set(self.units["role"]) <= set(ROLES)
        for one in self.measured.values():
            fine = fine and np.array_equal(one.values.columns, self.years) and one.values.index.equals(self.units.index)
        if not fine:
            raise DataError(
                "A panel is not well formed: ascending years, a row for each area and a known role.",
                de="Ein Panel ist fehlerhaft: aufsteigende Jahre, eine Zeile je Gebiet und eine bekannte Rolle.",
            )

    @property
    def first(self) -> pd.Series:
        """Place of the first edition in which an area is treated; the number of editions where it never is."""
        start = self.units["start"]
        days = [pd.Timestamp(year, 12, 31) for year in self.years]
        places = [next((at for at, day in enumerate(days) if begun <= day), len(days)) for begun in start]
        return pd.Series(places, index=self.units.index, dtype=int)


def units_of(
    areas: AreaLayer,
    programme: ProgrammeLayer,
    members: pd.DataFrame,
    *,
    begins: int,
    left_out: Collection[str] = (),
) -> pd.DataFrame:
    """Return the part that each area plays in a comparison.

    Parameters
    ----------
    areas, programme
        In one reference system.
    members
        As `qmgis.targeting.within` gives it: ``unit`` (outline of a programme area), ``area``, ``share``.
    begins
        Year of the first edition.
    left_out
        Areas without an index, by declaration or because too few people live there: never compared.

    Returns
    -------
    pd.DataFrame
        Index area: ``name``; ``programme`` (id, or None); ``start`` (date, or missing); ``role``: ``treated`` (half or
        more inside, started after the first edition), ``always`` (started before), ``part`` (10-50 % inside), ``near``
        (less than 500 m from a programme area that has started at any time), ``possible``; ``metres`` to the nearest
        such area; ``nearest``, its id; ``left_out`` as given.

    Examples
    --------
    >>> from qmgis.targeting import within
    >>> members = within(toy_areas(), toy_programme())
    >>> units_of(toy_areas(), toy_programme(), members, begins=2005)["role"].value_counts().sum()
    np.int64(30)
    """
    begun = programme.frame["valid_from"].groupby(programme.area_ids).min().dropna()
    frame = areas.frame
    found = members.assign(
        programme=members["unit"].map(programme.area_ids), start=members["unit"].map(programme.frame["valid_from"])
    )
    found = found[found["start"].notna()].groupby(["area", "programme"])["share"].sum().reset_index()
    found = found.sort_values("share", kind="stable").drop_duplicates("area", keep="last").set_index("area")
    share = found["share"].reindex(frame.index).fillna(0.0)
    own = found["programme"].reindex(frame.index).astype(object).where(share >= OUTSIDE, None)
    start = own.map(begun.to_dict()).astype("datetime64[ns]")
    metres, nearest = _nearest(areas, programme, begun)
    role = np.select(
        [
            (share >= TREATED) & (start <= pd.Timestamp(begins, 12, 31)),
            share >= TREATED,
            share >= OUTSIDE,
            frame.index.isin(list(left_out)),
            metres < NEAR_M,
        ],
        ["always", "treated", "part", "left_out", "near"], "possible",
    )  # fmt: skip
    start = start.where(share >= TREATED)
    return pd.DataFrame(
        {
            "name": frame["name"].astype(str),
            "programme": own.where(share >= TREATED, None),
            "start": start,
            "role": role,
            "metres": metres,
            "nearest": nearest,
        },
        index=frame.index,
    )


def _nearest(areas: AreaLayer, programme: ProgrammeLayer, begun: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return how far the nearest programme area with a start is, and which it is."""
    kept = programme.frame[programme.area_ids.isin(begun.index).to_numpy() & programme.frame["valid_from"].notna()]
    outlines = areas.frame.geometry.to_numpy()
    if kept.empty:
        return np.full(len(outlines), np.inf), np.full(len(outlines), None, dtype=object)
    away = np.stack([shapely.distance(outlines, one) for one in kept.geometry])
    ids = programme.area_ids.loc[kept.index].to_numpy(object)
    return away.min(axis=0), ids[away.argmin(axis=0)]
