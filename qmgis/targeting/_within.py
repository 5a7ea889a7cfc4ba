"""Which part of the residents of each area lives in which outline."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from qmgis.model import AreaLayer, ProgrammeLayer, ResidentLayer
from qmgis.model.where import same_crs
from qmgis.targeting._overlap import SLIVER, _merged, _parts

__all__ = ["within"]


def within(
    areas: AreaLayer, programme: ProgrammeLayer, *, residents: ResidentLayer | None = None, min_base: int = 0
) -> pd.DataFrame:
    """Return for each programme area the areas that lie in it, and which part of their residents does.

    Residents count by the point where they live, in every programme area that has the point; areas without any known
    there, and all areas without ``residents``, by their land, slivers left out.

    Parameters
    ----------
    areas, programme
        In one reference system.
    residents
        Where people live.
    min_base
        Parts of an area where fewer people live are counted with its largest part, so that neither side of a cut tells
        of fewer people.

    Returns
    -------
    pd.DataFrame
        Columns ``unit`` (the programme area), ``area``, ``share`` (0-1, above 0) and ``basis`` (``residents`` or
        ``land``).

    Raises
    ------
    CrsError
        If the layers are in different reference systems.

    Examples
    --------
    >>> found = within(toy_areas(), toy_programme())
    >>> float(found.loc[found["area"] == "01010003", "share"].iloc[0])
    0.5
    """
    same_crs(areas, programme, residents)
    by_land = _by_land(areas, programme)
    if residents is None or not residents.frame["residents"].notna().any():
        return by_land
    parts, sets = _parts(areas, programme, residents)
    merged = _merged(parts, min_base)
    merged["share"] = merged["people"] / merged.groupby("area")["people"].transform("sum")
    rows = (
        merged.assign(unit=pd.Series([list(sets[code]) for code in merged["within"]], dtype=object))
        .explode("unit")
        .dropna(subset="unit")
    )
    lived = rows.groupby(["unit", "area"])["share"].sum().reset_index().assign(basis="residents")
    whole = pd.concat([lived, by_land[~by_land["area"].isin(merged["area"])]])
    order = whole["unit"].map({unit: place for place, unit in enumerate(programme.frame.index)})
    return (
        whole.assign(order=order)
        .sort_values(["order", "area"], kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )


def _by_land(areas: AreaLayer, programme: ProgrammeLayer) -> pd.DataFrame:
    own, other = areas.frame.geometry.to_numpy(), programme.frame.geometry.to_numpy()
    spot, area = shapely.STRtree(own).query(other, predicate="intersects")
    share = shapely.area(shapely.intersection(own[area], other[spot])) / shapely.area(own[area])
    share = np.where(share > 1 - SLIVER, 1.0, share)
    kept = share >= SLIVER
    found = {
        "unit": programme.frame.index[spot[kept]].astype(object), "area": areas.frame.index[area[kept]].astype(object),
        "share": share[kept], "basis": "land",
    }  # fmt: skip
    return pd.DataFrame(found)
