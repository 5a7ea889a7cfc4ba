"""How unequal values are: Gini, and Theil's T within and between groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["Theil", "gini_values", "theil"]


@dataclass(frozen=True)
class Theil:
    """Theil's T, and the parts of it within and between groups, which add up to it."""

    total: float
    within: float
    between: float


def gini_values(values: pd.Series, *, population: pd.Series | None = None) -> float:
    """Return the Gini coefficient of values: 0 all equal, towards 1 one has all.

    Parameters
    ----------
    values
        Not negative, without gaps, shape (n,).
    population
        Persons with each value, not negative, the same index; each counts once by default.

    Raises
    ------
    DataError
        A gap or a negative number.
    NotEnoughDataError
        Fewer than two values, or all of them 0.

    References
    ----------
    Cowell, Measuring Inequality, 3rd ed. 2011, chapter 2; Lerman & Yitzhaki, Journal of Econometrics 42, 1989, p. 43
    (persons as weights).

    Examples
    --------
    >>> round(gini_values(pd.Series([1.0, 2, 3, 6])), 4)
    0.3333
    """
    y, people = _checked(values, population)
    order = np.argsort(y, kind="stable")
    y, people = y[order], people[order] / people.sum()
    amount = np.cumsum(y * people) / (y * people).sum()
    return float(1 - (people * (amount + np.append(0.0, amount[:-1]))).sum())


def theil(values: pd.Series, groups: pd.Series) -> Theil:
    """Return Theil's T of values, split into what lies within and what between groups.

    Parameters
    ----------
    values
        Not negative, without gaps, shape (n,).
    groups
        The group of each, without gaps, the same index.

    Raises
    ------
    DataError, NotEnoughDataError
        As in `gini_values`.

    References
    ----------
    Theil, Economics and Information Theory, 1967, chapter 4; Shorrocks, Econometrica 48, 1980, p. 613.

    Examples
    --------
    >>> found = theil(pd.Series([1.0, 2, 3, 6]), pd.Series(["a", "a", "b", "b"]))
    >>> round(found.total, 6), round(found.within, 6), round(found.between, 6)
    (0.187445, 0.056633, 0.130812)
    """
    y, _ = _checked(values, None)
    if not groups.index.equals(values.index) or groups.isna().any():
        raise DataError(
            "Not every value has a group; name the group of each.",
            de="Nicht jeder Wert hat eine Gruppe; für jeden die Gruppe angeben.",
        )
    number = pd.factorize(groups)[0]
    size, amount = np.bincount(number), np.bincount(number, y)
    relative = amount / size / y.mean()  # 0 where a group has nothing
    share = amount / y.sum()
    between = float((share * np.log(np.where(relative > 0, relative, 1.0))).sum())
    ratio = y / y.mean()
    total = float((ratio * np.log(np.where(ratio > 0, ratio, 1.0))).mean())
    return Theil(total, total - between, between)


def _checked(values: pd.Series, population: pd.Series | None) -> tuple[np.ndarray, np.ndarray]:
    """Return values and persons, or the error."""
    people = pd.Series(1.0, values.index) if population is None else population
    if not people.index.equals(values.index):
        raise DataError(
            "Values and population have different areas; give both for the same areas in the same order.",
            de="Werte und Bevölkerung haben verschiedene Gebiete; beide für dieselben Gebiete angeben.",
        )
    y, persons = (one.to_numpy(dtype=float, na_value=np.nan) for one in (values, people))
    wrong = values.index[~(np.isfinite(y) & np.isfinite(persons) & (y >= 0) & (persons >= 0))]
    if len(wrong):
        named = ", ".join(str(one) for one in wrong[:5])
        raise DataError(
            f"Values or persons are missing or negative in {named} ({len(wrong)}); leave these areas out.",
            de=f"Werte oder Personen fehlen oder sind negativ in {named} ({len(wrong)}); diese Gebiete ausnehmen.",
        )
    if (persons > 0).sum() < 2 or (y * persons).sum() == 0:
        raise NotEnoughDataError(
            f'"{values.name}" has fewer than two values, or only 0; inequality needs two values above nothing.',
            de=f'"{values.name}" hat weniger als zwei Werte oder nur 0; Ungleichheit braucht zwei Werte über null.',
        )
    return y, persons
