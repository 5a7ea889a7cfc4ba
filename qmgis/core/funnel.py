"""Funnel plots: which shares differ from all others by more than chance and usual scatter allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy

from qmgis.core.rates import share
from qmgis.errors import NotEnoughDataError

__all__ = ["EXACT_BELOW", "INNER", "OUTER", "Scatter", "funnel", "limits", "scatter"]

# The two usual pairs of limits: 1.96 and 3.09 standard errors.
INNER, OUTER = 0.95, 0.998
# Denominators below it get exact binomial limits.
EXACT_BELOW = 100

Widening = Literal["none", "multiplicative", "additive"]


@dataclass(frozen=True)
class Scatter:
    """How shares scatter: ``middle`` (pooled share), ``phi``, ``tau2``, ``count`` of areas, ``is_wide``.

    ``phi`` is the mean of the squared, winsorised z values (1 under pure chance), ``tau2`` the variance between areas,
    ``is_wide`` whether phi is beyond what chance allows.
    """

    middle: float
    phi: float
    tau2: float
    count: int
    is_wide: bool


def scatter(count: pd.Series, total: pd.Series, *, winsorised: float = 0.1) -> Scatter:
    """Return the pooled share and how far the areas scatter around it.

    Parameters
    ----------
    count, total
        People counted and all, shape (n,), same index; counts at most totals. Areas without people or with a gap count
        nowhere.
    winsorised
        The share of z values at either end that is moved inwards before squaring, 0 to below 0.5.

    Raises
    ------
    NotEnoughDataError
        Fewer than two areas, or a pooled share of 0 or 1.
    DataError
        As `qmgis.core.rates.share`.

    References
    ----------
    Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24, 2005; additive
    variance by DerSimonian and Laird, Controlled Clinical Trials 7, 1986.

    Examples
    --------
    >>> found = scatter(pd.Series([10, 30, 20]), pd.Series([100, 100, 100]))
    >>> found.middle, round(found.phi, 4), found.is_wide
    (0.2, 2.6667, True)
    """
    p = share(count, total).to_numpy()
    known = ~np.isnan(p)
    n = total.to_numpy(dtype=float, na_value=np.nan)[known]
    middle = float((p[known] * n).sum() / n.sum()) if known.any() else np.nan
    if known.sum() < 2 or not 0 < middle < 1:
        raise NotEnoughDataError(
            f'"{count.name}" has {int(known.sum())} areas with people and a share of {middle:g} over all; a funnel '
            "needs two areas and some, but not all, counted.",
            de=f'"{count.name}" hat {int(known.sum())} Gebiete mit Einwohnern und über alle einen Anteil von '
            f"{middle:g}; ein Trichter braucht zwei Gebiete und einige, aber nicht alle gezählt.",
        )
    variance = middle * (1 - middle) / n
    z = (p[known] - middle) / np.sqrt(variance)
    low, high = np.quantile(z, [winsorised, 1 - winsorised])
    phi = float((np.clip(z, low, high) ** 2).mean())
    number = len(n)
    weight = 1 / variance
    tau2 = (number * phi - (number - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return Scatter(middle, phi, max(0.0, float(tau2)), number, bool(phi > 1 + 2 * np.sqrt(2 / number)))


def limits(
    total: pd.Series,
    around: Scatter,
    *,
    level: float = INNER,
    widen: Widening = "additive",
    exact_below: float = EXACT_BELOW,
) -> pd.DataFrame:
    """Return the limits between which a share is expected, for each number of people.

    Parameters
    ----------
    total
        People, at least 0, shape (n,): of areas, or of points along the axis of a plot.
    around
        As `scatter` gives it.
    level
        `INNER` or `OUTER`, or any above 0, below 1.
    widen
        What to do where the scatter is wide: nothing, limits times ``sqrt(phi)``, or ``tau2`` added to each variance.
    exact_below
        Totals below it get exact binomial limits where the limits are not widened; 0 for none.

    Returns
    -------
    pd.DataFrame
        The same index; ``low`` and ``high``, 0-1; missing without people. A share outside them is beyond chance.

    Examples
    --------
    >>> around = Scatter(0.2, 1.0, 0.0, 100, False)
    >>> limits(pd.Series([300, 5000]), around).round(4).to_numpy().tolist()
    [[0.1547, 0.2453], [0.1889, 0.2111]]
    """
    n = total.to_numpy(dtype=float, na_value=np.nan)
    n = np.where(n > 0, n, np.nan)
    p, tail = around.middle, (1 - level) / 2
    variance = p * (1 - p) / n
    is_widened = around.is_wide and widen != "none"
    if is_widened:
        variance = variance * around.phi if widen == "multiplicative" else variance + around.tau2
    half = float(scipy.stats.norm.isf(tail)) * np.sqrt(variance)
    low, high = np.clip(p - half, 0.0, 1.0), np.clip(p + half, 0.0, 1.0)
    if not is_widened:
        few = n < exact_below
        low[few], high[few] = (scipy.stats.binom.ppf(q, n[few], p) / n[few] for q in (tail, 1 - tail))
    return pd.DataFrame({"low": low, "high": high}, index=total.index)


def funnel(
    count: pd.Series, total: pd.Series, *, widen: Widening = "additive", exact_below: float = EXACT_BELOW
) -> tuple[pd.DataFrame, Scatter]:
    """Return each share with inner and outer limits and where it stands, and the scatter they rest on.

    Parameters
    ----------
    count, total
        As `scatter`.
    widen, exact_below
        As `limits`.

    Returns
    -------
    tuple
        The same index; ``share``, ``inner_low``, ``inner_high``, ``outer_low``, ``outer_high`` (0-1) and ``place``:
        ``below_outer``, ``below_inner``, ``inside``, ``above_inner``, ``above_outer``, missing without people or count;
        and the scatter.

    Raises
    ------
    NotEnoughDataError, DataError
        As `scatter`.

    Examples
    --------
    >>> found, around = funnel(pd.Series([200, 260, 228, 190]), pd.Series([1000] * 4), widen="none")
    >>> found["place"].tolist()
    ['inside', 'above_outer', 'inside', 'below_inner']
    """
    around = scatter(count, total)
    p = share(count, total)
    inner, outer = (
        limits(total, around, level=level, widen=widen, exact_below=exact_below) for level in (INNER, OUTER)
    )
    place = np.select(
        [p < outer["low"], p > outer["high"], p < inner["low"], p > inner["high"], p.notna()],
        ["below_outer", "above_outer", "below_inner", "above_inner", "inside"],
        default="",
    )
    table = pd.DataFrame(
        {
            "share": p,
            "inner_low": inner["low"],
            "inner_high": inner["high"],
            "outer_low": outer["low"],
            "outer_high": outer["high"],
            "place": pd.Series([name or None for name in place.tolist()], index=count.index, dtype=object),
        }
    )
    return table, around
