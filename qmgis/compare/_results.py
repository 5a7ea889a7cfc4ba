"""Two results of the same areas side by side: classes, places, reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from qmgis.errors import DataError, NotEnoughDataError, VintageError
from qmgis.model import AreaResult
from qmgis.scoring import Of, class_words

__all__ = ["RankCorrelation", "crosstab", "rank_correlation", "reasons", "same_classes", "shifts"]

LEAST = 3


@dataclass(frozen=True)
class RankCorrelation:
    """How alike two orders are: Spearman's rho and Kendall's tau-b (-1 to 1), over the areas that both score."""

    spearman: float
    kendall: float
    areas: int


def crosstab(first: AreaResult, second: AreaResult, *, of: Of = "class") -> pd.DataFrame:
    """Return how many areas have which class in the one result and which in the other.

    Parameters
    ----------
    first, second
        Results of the same areas, such as two profiles of one year or two years.
    of
        ``class`` compares the classes (groups), ``attention`` who requires attention (``no``, ``yes``).

    Returns
    -------
    pd.DataFrame
        A row a class of ``first``, a column a class of ``second``, each in its own order with ``left_out`` last; the
        counts add up to the number of areas.

    Raises
    ------
    VintageError, DataError
        The results are for different versions of the areas, or not for the same areas.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> table = crosstab(index, index, of="attention")
    >>> int(table.to_numpy().sum()), int(table.loc["no", "yes"])
    (30, 0)
    """
    _same_areas(first, second)
    one, other = class_words(first, of), class_words(second, of).reindex(first.value.index)
    counts = pd.crosstab(one.astype(object), other.astype(object))
    table = counts.reindex(index=one.cat.categories, columns=other.cat.categories, fill_value=0).astype("int64")
    return table.rename_axis(index=first.key, columns=second.key)


def shifts(first: AreaResult, second: AreaResult) -> pd.DataFrame:
    """Return for each area what is different in the second result: its place, class and attention.

    Parameters
    ----------
    first, second
        Results of the same areas.

    Returns
    -------
    pd.DataFrame
        Index as in ``first``. ``rank_first`` and ``rank_second``: places among the areas that both score, 1 is the most
        pressing, ties share the mean. ``rank_shift``: places that the area moves towards the most pressing. All three
        are missing where small counts hide the index. ``class_first``, ``class_second``; ``class_shift``: classes
        towards the most pressing, missing where the two have different classes. ``attention_first``,
        ``attention_second``; ``attention_shift``: 1 newly requires attention, -1 no longer. Missing where left out, and
        where a result does not say who requires attention.

    Raises
    ------
    VintageError, DataError
        As `crosstab`.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> moved = shifts(index, index)
    >>> moved["rank_shift"].dropna().unique().tolist(), moved["class_shift"].dropna().unique().tolist()
    ([0.0], [0])
    """
    _same_areas(first, second)
    areas = first.value.index
    pair = [first, second]
    both = _both(first, second)
    hidden = pd.concat([_hidden(one).reindex(areas) for one in pair], axis=1).any(axis=1)
    ranks = [one.value.reindex(both).rank(ascending=False).reindex(areas).mask(hidden) for one in pair]
    label = [one.label.reindex(areas) for one in pair]
    needs = [_needs(one).reindex(areas) for one in pair]
    codes = [one.cat.codes.astype("Int64").mask(one.isna()) for one in label]
    moved = codes[1] - codes[0] if same_classes(first, second) else pd.Series(pd.NA, index=areas, dtype="Int64")
    return pd.DataFrame(
        {
            "rank_first": ranks[0],
            "rank_second": ranks[1],
            "rank_shift": ranks[0] - ranks[1],
            "class_first": label[0].astype(object),
            "class_second": label[1].astype(object),
            "class_shift": moved,
            "attention_first": needs[0],
            "attention_second": needs[1],
            "attention_shift": needs[1].astype("Int64") - needs[0].astype("Int64"),
        },
        index=areas,
    )


def reasons(first: AreaResult, second: AreaResult) -> pd.DataFrame:
    """Return what each indicator adds more, or less, to the second index than to the first.

    Contributions are compared in standard deviations of their index over the areas that both score, so that an index
    of percentile ranks can stand beside one of standard scores. They add up to the move of the index. An indicator that
    only one of the two has adds nothing to the other.

    Returns
    -------
    pd.DataFrame
        Index as in ``first``; a column for each contribution, such as ``contribution_transfer`` (with ``_change`` for
        the dynamics, where both have dynamics); missing where left out or hidden for small counts. No columns where one
        of the two has no contributions, because its aggregation does not add.

    Raises
    ------
    VintageError, DataError
        As `crosstab`.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> float(reasons(index, index).abs().max().max())
    0.0
    """
    _same_areas(first, second)
    areas, both = first.value.index, _both(first, second)
    found = []
    for one, other in zip(_contributions(first, both), _contributions(second, both), strict=True):
        if len(one.columns) and len(other.columns):
            keys = list(dict.fromkeys((*one, *other)))
            found.append(other.reindex(columns=keys, fill_value=0.0) - one.reindex(columns=keys, fill_value=0.0))
    return pd.concat(found, axis=1).reindex(areas) if found else pd.DataFrame(index=areas)


def rank_correlation(first: AreaResult, second: AreaResult) -> RankCorrelation:
    """Return how alike the orders of two results are, over the areas that both score.

    Raises
    ------
    VintageError, DataError
        As `crosstab`.
    NotEnoughDataError
        Fewer than three areas are scored in both, or all have the same value in one of them.

    References
    ----------
    Kendall, A new measure of rank correlation, Biometrika 30, 1938 (tau-b for ties: 1945).

    Examples
    --------
    >>> index = toy_outcome().index
    >>> round(rank_correlation(index, index).spearman, 6)
    1.0
    """
    _same_areas(first, second)
    both = _both(first, second)
    one, other = (result.value.reindex(both).to_numpy(float) for result in (first, second))
    if len(both) < LEAST or np.ptp(one) == 0 or np.ptp(other) == 0:
        raise NotEnoughDataError(
            f'"{first.key}" and "{second.key}" score {len(both)} areas in common and need {LEAST} with different '
            "values; compare results that share more areas.",
            de=f'"{first.key}" und "{second.key}" bewerten {len(both)} Gebiete gemeinsam und brauchen {LEAST} mit '
            "verschiedenen Werten; Ergebnisse mit mehr gemeinsamen Gebieten vergleichen.",
        )
    return RankCorrelation(
        float(np.clip(scipy.stats.spearmanr(one, other).statistic, -1, 1)),
        float(np.clip(scipy.stats.kendalltau(one, other).statistic, -1, 1)),
        len(both),
    )


def same_classes(first: AreaResult, second: AreaResult) -> bool:
    """Return whether two results have the same classes in the same order, so that steps between them can be counted.

    Examples
    --------
    >>> same_classes(toy_outcome().index, toy_outcome().index)
    True
    """
    return list(first.label.cat.categories) == list(second.label.cat.categories)


def _needs(result: AreaResult) -> pd.Series:
    """Return who requires attention; missing everywhere where the result does not say it."""
    if "attention" not in result.parts:
        return pd.Series(pd.NA, index=result.value.index, dtype="boolean")
    return result.parts["attention"].astype("boolean")


def _both(first: AreaResult, second: AreaResult) -> pd.Index:
    """Return the areas that both score, in the order of the first."""
    there = first.value.notna() & second.value.reindex(first.value.index).notna()
    return first.value.index[there]


def _hidden(result: AreaResult) -> pd.Series:
    """Return where the index is there and small counts hide it."""
    key = next((name for name in ("status_index", "index") if name in result.parts), None)
    if key is None:
        return pd.Series(False, index=result.value.index)
    return result.seen[key].isna() & result.parts[key].notna()


def _contributions(result: AreaResult, both: pd.Index) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the contributions to the index and to the dynamics that may be seen, in standard deviations of each."""
    keys = [str(key) for key in result.parts if str(key).startswith("contribution_")]
    moved = [key for key in keys if key.endswith("_change") and "dynamics_index" in result.parts]
    blocks = []
    for block in ([key for key in keys if key not in moved], moved):
        parts = result.parts.loc[both, block].astype(float)
        spread = float(parts.sum(axis=1, skipna=False).std(ddof=0))
        scaled = (parts - parts.mean()) / (spread if spread > 0 else np.nan)
        blocks.append(scaled.where(result.seen.loc[both, block].notna()))
    return blocks[0], blocks[1]


def _same_areas(first: AreaResult, second: AreaResult) -> None:
    if first.vintage != second.vintage:
        raise VintageError(
            f'"{first.key}" of {first.year} is for the areas "{first.vintage}" and "{second.key}" of {second.year} for '
            f'"{second.vintage}"; that needs a crosswalk between the two versions, so compute both for the same '
            "version of the areas.",
            de=f'"{first.key}" von {first.year} gilt für die Gebiete "{first.vintage}", "{second.key}" von '
            f'{second.year} für "{second.vintage}"; dafür braucht es eine Umrechnung zwischen den Fassungen, sonst '
            "beide für dieselbe Fassung der Gebiete rechnen.",
        )
    odd = first.value.index.symmetric_difference(second.value.index)
    if len(odd):
        raise DataError(
            f'"{first.key}" and "{second.key}" do not have the same areas, such as "{odd[0]}"; compute both from the '
            "same layer of areas.",
            de=f'"{first.key}" und "{second.key}" haben nicht dieselben Gebiete, etwa "{odd[0]}"; beide aus derselben '
            "Gebietsebene rechnen.",
        )
