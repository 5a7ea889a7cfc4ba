"""Weights of indicators: given, equal, or found from the data or from comparisons; each sums to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import scipy

from qmgis.core._columns import matrix, some
from qmgis.core.redundancy import principal_components
from qmgis.errors import DataError, NotEnoughDataError, UnknownKeyError, did_you_mean

__all__ = ["CONSISTENT", "ahp", "by_level", "equal", "equal_effect", "principal", "rescaled"]

# Comparisons with a larger consistency ratio contradict themselves (Saaty).
CONSISTENT = 0.1
# Mean consistency index of random matrices of 1 to 10 rows (Saaty 1980).
RANDOM = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)


def rescaled(weights: Mapping[str, float], names: Sequence[str]) -> pd.Series:
    """Return weights that sum to 1, in the order of the indicators.

    Parameters
    ----------
    weights
        A number of at least 0 for each indicator, not all 0.
    names
        The indicators, shape (k,).

    Returns
    -------
    pd.Series
        Indexed by ``names``; 0-1.

    Raises
    ------
    UnknownKeyError
        A weight for an indicator that is not there.
    DataError
        An indicator without a weight; a negative or missing weight; all weights 0.

    Examples
    --------
    >>> rescaled({"p": 1, "q": 3}, ["q", "p"]).to_dict()
    {'q': 0.75, 'p': 0.25}
    """
    _keys(weights, names)
    array = np.array([weights[name] for name in names], dtype=float)
    wrong = [name for name, number in zip(names, array, strict=True) if not (np.isfinite(number) and number >= 0)]
    if wrong:
        raise DataError(
            f"The weight of {some(wrong)} is negative or no number; give 0 or more, and turn the direction of the "
            "indicator instead of its weight.",
            de=f"Das Gewicht von {some(wrong)} ist negativ oder keine Zahl; 0 oder mehr angeben, und statt des "
            "Gewichts die Richtung des Indikators umkehren.",
        )
    if not array.sum() > 0:
        raise DataError(
            "All weights are 0; give at least one indicator a weight.",
            de="Alle Gewichte sind 0; mindestens einem Indikator ein Gewicht geben.",
        )
    # Divided by the largest first, so that the sum of huge weights stays a number.
    array = array / array.max()
    return pd.Series(array / array.sum(), index=pd.Index(names), name="weight")


def equal(names: Sequence[str]) -> pd.Series:
    """Return the same weight for each indicator.

    Examples
    --------
    >>> equal(["p", "q"]).to_dict()
    {'p': 0.5, 'q': 0.5}
    """
    return rescaled(dict.fromkeys(names, 1.0), names)


def by_level(weights: Mapping[str, float], groups: Mapping[str, str], *, of_groups: Mapping[str, float]) -> pd.Series:
    """Return weights of indicators in groups: rescaled to 1 inside each group, times the group's rescaled weight.

    Parameters
    ----------
    weights
        A number of at least 0 for each indicator; not all 0 in any group.
    groups
        The group of each indicator.
    of_groups
        A number of at least 0 for each group.

    Returns
    -------
    pd.Series
        Indexed by indicator in the order of ``weights``; sums to 1.

    Raises
    ------
    UnknownKeyError, DataError
        As `rescaled`, at either level.

    Examples
    --------
    >>> by_level({"p": 1, "q": 1, "s": 1}, {"p": "x", "q": "x", "s": "y"}, of_groups={"x": 1, "y": 1}).to_dict()
    {'p': 0.25, 'q': 0.25, 's': 0.5}
    """
    _keys(groups, list(weights))
    outer = rescaled(of_groups, list(dict.fromkeys(groups[name] for name in weights)))
    parts = []
    for group in outer.index:
        inside = [name for name in weights if groups[name] == group]
        parts.append(rescaled({name: weights[name] for name in inside}, inside) * outer[group])
    together: pd.Series = pd.concat(parts)
    return pd.Series(together.loc[list(weights)], name="weight")


def principal(table: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return weights by the first principal component, and the share of the variance that it explains.

    Parameters
    ----------
    table
        One column an indicator, oriented the same way, shape (n, k); pairwise complete.

    Returns
    -------
    tuple
        One row an indicator: ``weight`` (squared loading / eigenvalue; sums to 1) and ``loading`` (-1 to 1; a negative
        one among positive ones means the indicator contradicts the others, and its weight means nothing); and the
        share of the variance explained, 0-1. Below about a half one component is not the whole story.

    Raises
    ------
    NotEnoughDataError
        A constant indicator, or a pair with fewer than three areas.

    References
    ----------
    Nicoletti, Scarpetta and Boylaud, OECD Economics Department Working Paper 226, 2000.

    Examples
    --------
    >>> found, explained = principal(pd.DataFrame({"p": [1.0, 2.0, 3.0, 4.0], "q": [1.0, 3.0, 2.0, 4.0]}))
    >>> found["weight"].round(4).tolist(), round(explained, 4)
    ([0.5, 0.5], 0.9)
    """
    scree, loadings = principal_components(table)
    loading = loadings[1]
    return pd.DataFrame({"weight": loading**2 / (loading**2).sum(), "loading": loading}), float(
        scree["explained"].iloc[0]
    )


def equal_effect(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return weights with which every indicator correlates as equally as possible with their weighted mean.

    Parameters
    ----------
    table
        Normalised indicators, one column each, shape (n, k); only areas with all values are used.

    Returns
    -------
    tuple
        Weights of at least 0 that sum to 1, and the correlation of each indicator with the weighted mean.

    Raises
    ------
    NotEnoughDataError
        A constant indicator, or no more complete areas than indicators.

    References
    ----------
    Paruolo, Saisana and Saltelli, Ratings and rankings, JRSS A 176, 2013; COINr 1.1.14, ``get_opt_weights``.

    Examples
    --------
    >>> x = pd.DataFrame({"p": [0.0, 1, 2, 3, 4, 5], "q": [0.0, 1, 2, 3, 5, 4], "s": [2.0, 0, 5, 1, 4, 3]})
    >>> weights, effect = equal_effect(x)
    >>> effect.round(3).nunique(), bool(weights["s"] > weights["p"])
    (1, True)
    """
    array = matrix(table, constant=False)
    array = array[~np.isnan(array).any(axis=1)]
    count = array.shape[1]
    if len(array) <= count or (np.ptp(array, axis=0) == 0).any():
        raise NotEnoughDataError(
            f"{len(array)} areas have all {count} indicators, too few or without spread; fill gaps or use fewer "
            "indicators.",
            de=f"{len(array)} Gebiete haben alle {count} Indikatoren, zu wenige oder ohne Streuung; Lücken füllen oder "
            "weniger Indikatoren nehmen.",
        )
    sd = array.std(axis=0)
    r = np.atleast_2d(np.corrcoef(array, rowvar=False))
    # In standardised indicators v = w * sd the correlations are R v / sqrt(v R v).
    v = _even(r)
    weights = v / sd / (v / sd).sum()
    names = table.columns
    return (
        pd.Series(weights, index=names, name="weight"),
        pd.Series(_effect(r, v), index=names, name="correlation"),
    )


def ahp(pairs: pd.DataFrame, *, limit: float | None = CONSISTENT) -> tuple[pd.Series, float]:
    """Return weights from comparisons in pairs, and how far the comparisons contradict themselves.

    Parameters
    ----------
    pairs
        How many times as important the row is as the column, shape (k, k), k at most 10; the opposite cell is the
        reciprocal.
    limit
        Refuse comparisons with this consistency ratio or more; None accepts any.

    Returns
    -------
    tuple
        Weights that sum to 1, and the consistency ratio (0 is free of contradiction).

    Raises
    ------
    DataError
        Not square, not positive, not reciprocal, more than 10 indicators, or contradictory.

    References
    ----------
    Saaty, The Analytic Hierarchy Process, 1980.

    Examples
    --------
    >>> weights, ratio = ahp(pd.DataFrame([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]], list("pqs"), list("pqs")))
    >>> weights.round(4).tolist(), round(abs(ratio), 6)
    ([0.5714, 0.2857, 0.1429], 0.0)
    """
    array = _reciprocal(pairs)
    size, vectors = np.linalg.eig(array)
    place = int(np.argmax(size.real))
    weights = np.abs(vectors[:, place].real)
    count = len(array)
    index = (size[place].real - count) / (count - 1) if count > 1 else 0.0
    ratio = float(index / RANDOM[count - 1]) if count > 2 else 0.0
    if limit is not None and ratio >= limit:
        raise DataError(
            f"The comparisons contradict themselves (consistency ratio {ratio:.2f}, limit {limit}); revise the "
            "comparisons that differ most from the others.",
            de=f"Die Vergleiche widersprechen sich (Konsistenzverhältnis {ratio:.2f}, Grenze {limit}); die am "
            "stärksten abweichenden Vergleiche überprüfen.",
        )
    return pd.Series(weights / weights.sum(), index=pairs.index, name="weight"), max(ratio, 0.0)


def _keys(given: Mapping[str, object], names: Sequence[str]) -> None:
    """Raise unless there is exactly one entry for each name."""
    if not len(names):
        raise NotEnoughDataError(
            "There is no indicator to weigh; name at least one.",
            de="Es gibt keinen Indikator zu gewichten; mindestens einen nennen.",
        )
    twice = sorted({str(name) for name in names if list(names).count(name) > 1})
    if twice:
        raise DataError(
            f"The indicators {some(twice)} are there more than once; name each once.",
            de=f"Die Indikatoren {some(twice)} kommen mehrmals vor; jeden einmal nennen.",
        )
    for name in given:
        if name not in names:
            known = [str(one) for one in names]
            raise UnknownKeyError(
                f'There is no indicator "{name}" to weigh.{did_you_mean(str(name), known)}',
                de=f"Es gibt keinen Indikator „{name}“ zu gewichten.{did_you_mean(str(name), known, lang='de')}",
            )
    missing = [name for name in names if name not in given]
    if missing:
        raise DataError(
            f"{some(missing)} has no weight or group; give one to each indicator (0 leaves it out).",
            de=f"{some(missing)} hat kein Gewicht oder keine Gruppe; jedem Indikator eins geben (0 lässt ihn weg).",
        )


def _effect(r: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the correlation of each standardised indicator with the sum of all times ``v``."""
    with_sum = r @ v
    return np.asarray(with_sum / np.sqrt(max(v @ with_sum, np.finfo(float).tiny)))


def _even(r: np.ndarray) -> np.ndarray:
    """Return coefficients of at least 0 with the least spread of correlations: solved, else searched."""
    count = len(r)
    exact = np.linalg.lstsq(r, np.ones(count), rcond=None)[0]
    if (exact > 0).all():
        return np.asarray(exact / exact.sum())

    def unevenness(v: np.ndarray) -> float:
        return float(np.var(_effect(r, v)))

    found = scipy.optimize.minimize(
        unevenness,
        np.full(count, 1 / count),
        method="SLSQP",
        bounds=[(0.0, 1.0)] * count,
        constraints=[scipy.optimize.LinearConstraint(np.ones((1, count)), 1.0, 1.0)],
        tol=1e-12,
    )
    return np.asarray(np.maximum(found.x, 0.0) / np.maximum(found.x, 0.0).sum())


def _reciprocal(pairs: pd.DataFrame) -> np.ndarray:
    """Return the comparisons as floats after checking that they are comparisons."""
    array = pairs.to_numpy(dtype=float)
    square = array.shape[0] == array.shape[1] and list(pairs.index) == list(pairs.columns)
    if not square or not 1 <= len(array) <= len(RANDOM):
        raise DataError(
            f"The comparisons need the same 1 to {len(RANDOM)} indicators in rows and columns, in the same order.",
            de=f"Die Vergleiche brauchen in Zeilen und Spalten dieselben 1 bis {len(RANDOM)} Indikatoren, gleich "
            "geordnet.",
        )
    # 0.33 for a third is near enough.
    positive = bool(np.isfinite(array).all() and (array > 0).all())
    if not positive or (np.abs(array * array.T - 1) > 0.025).any():
        raise DataError(
            "Each comparison must be positive and its opposite the reciprocal (3 and 1/3), 1 on the diagonal; correct "
            "the table.",
            de="Jeder Vergleich muss größer als 0 sein und sein Gegenstück der Kehrwert (3 und 1/3), gegen sich selbst "
            "1; die Tabelle berichtigen.",
        )
    return array
