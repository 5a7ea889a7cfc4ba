"""Persons of groups in areas, checked, and how mixed they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["entropy_of", "persons_of", "two_groups"]


def two_groups(group: pd.Series, rest: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return persons (n, 2) of the areas that have any, and which areas these are; or the error."""
    if not group.index.equals(rest.index):
        raise DataError(
            "The group and all others have different areas; give both for the same areas in the same order.",
            de="Gruppe und übrige Bevölkerung haben verschiedene Gebiete; beide für dieselben Gebiete angeben.",
        )
    return persons_of(pd.DataFrame({"group": group, "rest": rest}))


def persons_of(counts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return persons of areas and groups that have any, and which areas these are; or the error."""
    matrix = counts.to_numpy(dtype=float, na_value=np.nan)
    wrong = counts.index[~(np.isfinite(matrix) & (matrix >= 0)).all(axis=1)]
    if len(wrong):
        named = ", ".join(str(one) for one in wrong[:5])
        raise DataError(
            f"Numbers of persons are missing or negative in {named} ({len(wrong)}); leave these areas out.",
            de=f"Personenzahlen fehlen oder sind negativ in {named} ({len(wrong)}); Gebiete ausnehmen.",
        )
    there = matrix.sum(axis=1) > 0
    matrix = matrix[there]
    matrix = matrix[:, matrix.sum(axis=0) > 0] if len(matrix) else matrix
    if len(matrix) < 2 or matrix.shape[1] < 2:
        raise NotEnoughDataError(
            f"Segregation needs two areas with persons and two groups, but there are {len(matrix)} areas and "
            f"{matrix.shape[1] if len(matrix) else 0} groups; check the columns.",
            de=f"Segregation braucht zwei bewohnte Gebiete und zwei Gruppen, es sind aber {len(matrix)} Gebiete und "
            f"{matrix.shape[1] if len(matrix) else 0} Gruppen; Spalten prüfen.",
        )
    return np.asarray(matrix), there


def entropy_of(total: np.ndarray, part: np.ndarray, whole: np.ndarray) -> float:
    """Return by how much the mixes ``part`` (rows sum to 1) of ``total`` persons fall short of the ``whole``'s."""
    share = whole / whole.sum()
    city = -(share * np.log(share)).sum()
    inside = -np.where(part > 0, part * np.log(np.where(part > 0, part, 1.0)), 0.0).sum(axis=1)
    return float((total * (city - inside)).sum() / (city * total.sum()))
