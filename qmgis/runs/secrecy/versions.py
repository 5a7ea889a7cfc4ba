"""Two versions of a city's areas: where an older one differs from the newest by too few people to be told beside it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from qmgis.model import AreaLayer, City, ResidentLayer
from qmgis.model.where import area_of

__all__ = ["few_between"]


def few_between(city: City, areas: AreaLayer, newest: AreaLayer, residents: ResidentLayer) -> pd.Series:
    """Return which areas of an older version, less areas of the newest, would tell of fewer than ``min_base`` people.

    Where so few people of an area of the older version live in one of the newest, nothing is told of that area, nor of
    any other that shares people with the same one: the number of the newest less theirs is the rest.

    Returns
    -------
    pd.Series
        Bool by area; none where the version is the newest itself.

    Examples
    --------
    >>> city = toy_city()
    >>> bool(few_between(city, toy_areas(), toy_areas(), toy_residents()).any())
    False
    """
    if areas.vintage == newest.vintage:
        return pd.Series(False, index=areas.frame.index)
    return _few(areas, newest, residents, city.secrecy.min_base)


@lru_cache(maxsize=8)
def _few(areas: AreaLayer, newest: AreaLayer, residents: ResidentLayer, min_base: int) -> pd.Series:
    old, new = area_of(areas, residents), area_of(newest, residents)
    is_whole = "residents" in residents.groups
    people = residents.frame["residents"] if is_whole else residents.frame[[*residents.groups]].sum(axis=1)
    pairs = pd.DataFrame({"old": old, "new": new, "people": people.fillna(0.0).to_numpy(dtype=float)})
    parts = pairs[(pairs["old"] >= 0) & (pairs["people"] > 0)].groupby(["old", "new"])["people"].sum().reset_index()
    whole = parts.groupby("old")["people"].transform("sum")
    small = (parts["people"] < min_base) & (parts["people"] < whole)
    met = parts["new"].isin(parts.loc[small & (parts["new"] >= 0), "new"])
    found = np.zeros(len(areas.frame), dtype=bool)
    found[parts.loc[small | met, "old"].to_numpy(dtype=int)] = True
    return pd.Series(found, index=areas.frame.index)
