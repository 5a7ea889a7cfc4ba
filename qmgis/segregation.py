"""How unevenly the people behind each share of a run live over its areas, and how much of that is chance alone."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qmgis.core.pattern.segregation import bias_check, isolation
from qmgis.errors import NotEnoughDataError

__all__ = ["COLUMNS", "DRAWS", "SEED", "segregation"]

# So many drawn cities give the expectation to a fourteenth of its spread, and ten shares of 542 areas in half a second.
DRAWS, SEED = 200, 0
COLUMNS = (
    "dissimilarity", "expected", "expected_sd", "above_chance", "corrected", "isolation", "share", "areas",
    "median_persons",
)  # fmt: skip


def segregation(
    shown: pd.DataFrame, keys: Sequence[str], *, draws: int = DRAWS, seed: int = SEED
) -> pd.DataFrame | None:
    """Return for each share how unevenly those whom it counts live over the areas that show their counts.

    Nothing but what is shown enters, so nothing else can be computed from it: whoever has the table has all of it.

    Parameters
    ----------
    shown
        Persons, one row an area: ``count_<key>`` and ``base_<key>`` as they may be shown, missing where they may not.
    keys
        Shares; those without both columns, with fewer than two areas, or with nobody in a group are left away.
    draws, seed
        As for `qmgis.core.pattern.segregation.bias_check`; the same seed gives the same result.

    Returns
    -------
    pandas.DataFrame or None
        Index ``indicator``, columns `COLUMNS`: D, D of a random allocation with its standard deviation, D above chance,
        D corrected, isolation, the group's share, areas, and persons in the middle area. None where there is no row.

    References
    ----------
    METHODS 12; `qmgis.core.pattern.segregation`.

    Examples
    --------
    >>> shown = pd.DataFrame({"count_p": [10.0, 40, 30, 20, None], "base_p": [100.0, 100, 100, 100, 50]})
    >>> segregation(shown, ["p", "q"])[["dissimilarity", "isolation", "areas"]].round(4).to_dict("index")
    {'p': {'dissimilarity': 0.2667, 'isolation': 0.3, 'areas': 4}}
    """
    rows = {key: row for key in keys if (row := _row(shown, key, draws, seed)) is not None}
    if not rows:
        return None
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS)).rename_axis("indicator")


def _row(shown: pd.DataFrame, key: str, draws: int, seed: int) -> list[float] | None:
    names = [f"count_{key}", f"base_{key}"]
    if any(name not in shown for name in names):
        return None
    known = shown[names].astype(float).dropna()
    group, rest = known[names[0]], known[names[1]] - known[names[0]]
    try:
        found = bias_check(group, rest, draws=draws, seed=seed)
    except NotEnoughDataError:
        return None
    return [
        found.observed, found.expected, found.expected_sd, found.above_chance, found.corrected, isolation(group, rest),
        found.share, found.areas, found.median_persons,
    ]  # fmt: skip
