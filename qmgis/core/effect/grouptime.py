"""Effects by group and time against units that are not yet treated (Callaway and Sant'Anna 2021)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

__all__ = ["group_time", "together"]


def group_time(
    values: np.ndarray, first: np.ndarray, *, clusters: np.ndarray | None = None, weights: np.ndarray | None = None
) -> pd.DataFrame:
    """Return ATT(g, t) for every group and edition, without two-way fixed effects.

    Each is the mean change of the units first treated in ``g``, from the edition before, less that of the units which
    are not treated until after ``t`` (and not in ``g``). Units that are treated from the first edition on are left out.

    Parameters
    ----------
    values
        Shape (units, editions), without gaps.
    first
        Column of the first treatment, shape (units,); the number of editions where it never comes.
    clusters
        Shape (units,); each unit its own by default.
    weights
        Weights of units as comparison, by group (rows in the order of the groups), shape (groups, units); 1 by default.

    Returns
    -------
    pd.DataFrame
        Index (``group``, ``time``); ``value``, ``se`` (cluster-robust, as the published one without its factor for few
        clusters), ``treated`` and ``others`` (units); ``scores``, one array of the share of each unit in the error.

    References
    ----------
    Callaway, B. and Sant'Anna, P. (2021), Difference-in-Differences with multiple time periods, Journal of Econometrics
    225 (2), equations 2.3 and 2.8.

    Examples
    --------
    >>> values = np.array([[30.0, 27.0], [28.0, 26.5]])  # METHODS 11.3
    >>> group_time(values, np.array([1, 2]))["value"].tolist()
    [-1.5]
    """
    count, editions = values.shape
    number = np.unique(np.arange(count) if clusters is None else clusters, return_inverse=True)[1]
    groups = np.unique(first[(first > 0) & (first < editions)])
    rows = {}
    for place, group in enumerate(groups):
        own = first == group
        weight = np.ones(count) if weights is None else weights[place]
        for time in range(editions):
            if time == group - 1:
                continue
            other = weight * ((first > max(time, group - 1)) & ~own)
            if not other.sum():
                continue
            change = values[:, time] - values[:, group - 1]
            scores = _scores(change, own / own.sum(), other / other.sum())
            gap = float(change[own].mean() - change @ other / other.sum())
            rows[int(group), time] = (gap, _error(scores, number), int(own.sum()), int((other > 0).sum()), scores)
    index = pd.MultiIndex.from_tuples(list(rows), names=["group", "time"])
    return pd.DataFrame(list(rows.values()), index=index, columns=["value", "se", "treated", "others", "scores"])


def together(
    found: pd.DataFrame, *, how: Literal["simple", "group", "step"], clusters: np.ndarray | None = None
) -> pd.DataFrame:
    """Return means over groups and times since the treatment, weighted by the number of treated units.

    Parameters
    ----------
    found
        As `group_time` gives it.
    how
        ``simple``: over all; ``group``: over the mean of each group; ``step``: for each number of editions since (also
        before) the first treatment.
    clusters
        Shape (units,); each unit its own by default.

    Returns
    -------
    pd.DataFrame
        ``value`` and ``se``, group sizes taken as given; index ``step`` (``all`` where there is one row).

    Examples
    --------
    >>> values = np.array([[1.0, 4, 4], [1, 1, 3], [1, 1, 1]])
    >>> found = group_time(values, np.array([1, 2, 3]))
    >>> float(together(found, how="group")["value"].iloc[0])
    2.5
    """
    group, time = (found.index.get_level_values(level).to_numpy() for level in ("group", "time"))
    size, since = found["treated"].to_numpy(float), time - group
    if how == "step":
        shares: dict[object, np.ndarray] = {int(step): np.where(since == step, size, 0.0) for step in np.unique(since)}
    else:
        after = np.where(since >= 0, size, 0.0)
        times = pd.Series(since >= 0).groupby(group).transform("sum").to_numpy()
        shares = {"all": after if how == "simple" else after / np.maximum(times, 1)}
    scores = np.stack(found["scores"].to_list())
    number = np.unique(np.arange(scores.shape[1]) if clusters is None else clusters, return_inverse=True)[1]
    rows = {
        key: (float(found["value"] @ share / share.sum()), _error(share @ scores / share.sum(), number))
        for key, share in shares.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "se"]).rename_axis("step")


def _scores(change: np.ndarray, own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return what each unit adds to the error of a difference of two weighted means."""
    return np.asarray(own * (change - change @ own) - other * (change - change @ other))


def _error(scores: np.ndarray, number: np.ndarray) -> float:
    return float(np.sqrt((np.bincount(number, scores) ** 2).sum()))
