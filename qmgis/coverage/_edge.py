"""Which areas lie so near the outer outline that places beyond it would count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from qmgis.errors import DataError
from qmgis.model import AreaLayer

__all__ = ["at_edge"]


def at_edge(areas: AreaLayer, within_m: float) -> pd.Series:
    """Return which areas have a part at most ``within_m`` metres from the outer outline of all, bool, index ``area``.

    There people may reach places that a list which ends at the outline does not have.

    Examples
    --------
    >>> at_edge(toy_areas(), 100).sum(), at_edge(toy_areas(), 5000).all()
    (np.int64(18), np.True_)
    """
    if not (np.isfinite(within_m) and within_m >= 0):
        raise DataError(
            f"within_m is {within_m}; give metres of at least 0.",
            de=f"within_m ist {within_m}; Meter ab 0 angeben.",
        )
    whole = shapely.get_parts(areas.frame.geometry.union_all())
    outline = shapely.multilinestrings([shape.exterior for shape in whole if shape.geom_type == "Polygon"])
    near = shapely.dwithin(np.asarray(areas.frame.geometry.array), outline, within_m)
    return pd.Series(near, index=areas.frame.index, name="edge")
