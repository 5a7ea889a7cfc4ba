"""How unevenly groups live over areas, and how much of that is only small numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, triu

from qmgis.core.pattern._persons import entropy_of, persons_of, two_groups
from qmgis.core.spatial.neighbours import Neighbours
from qmgis.errors import DataError, NotEnoughDataError

__all__ = [
    "BiasCheck",
    "bias_check",
    "correlation_ratio",
    "dissimilarity",
    "dissimilarity_adjusted",
    "dissimilarity_borders",
    "entropy_index",
    "gini",
    "interaction",
    "isolation",
    "multigroup_dissimilarity",
    "multigroup_entropy",
]


def dissimilarity(group: pd.Series, rest: pd.Series) -> float:
    """Return the share of either group that had to move for the same mix everywhere (D), 0 to 1.

    Parameters
    ----------
    group, rest
        Persons of the group and all others, not negative, without gaps, shape (n,); the index are areas. Areas without
        persons are skipped.

    Raises
    ------
    DataError
        A gap or a negative number (areas are named); different areas.
    NotEnoughDataError
        Fewer than two areas with persons; nobody in one of the groups.

    References
    ----------
    Duncan & Duncan, American Sociological Review 20, 1955, p. 210; Massey & Denton, Social Forces 67, 1988, p. 284.

    Examples
    --------
    >>> x = pd.Series([10.0, 40, 30, 20])
    >>> round(dissimilarity(x, 100 - x), 4)
    0.2667
    """
    x, y = two_groups(group, rest)[0].T
    return float(_dissimilarity(x[None], y[None])[0])


def isolation(group: pd.Series, rest: pd.Series) -> float:
    """Return the share of the own group in the area of an average member of it, 0 to 1; parameters as above.

    References
    ----------
    Bell, Social Forces 32, 1954, p. 357; Massey & Denton 1988, p. 288.

    Examples
    --------
    >>> x = pd.Series([10.0, 40, 30, 20])
    >>> round(isolation(x, 100 - x), 4)
    0.3
    """
    x, y = two_groups(group, rest)[0].T
    return float((x / x.sum() * x / (x + y)).sum())


def interaction(group: pd.Series, rest: pd.Series) -> float:
    """Return the share of all others in the area of an average member of the group; 1 less the isolation.

    Examples
    --------
    >>> x = pd.Series([10.0, 40, 30, 20])
    >>> round(interaction(x, 100 - x), 4)
    0.7
    """
    return 1.0 - isolation(group, rest)


def correlation_ratio(group: pd.Series, rest: pd.Series) -> float:
    """Return the isolation less what the group's size alone would give, 0 to 1 (eta squared).

    References
    ----------
    Massey & Denton 1988, p. 288.

    Examples
    --------
    >>> x = pd.Series([10.0, 40, 30, 20])
    >>> round(correlation_ratio(x, 100 - x), 4)
    0.0667
    """
    x, y = two_groups(group, rest)[0].T
    share = x.sum() / (x.sum() + y.sum())
    return float((isolation(group, rest) - share) / (1 - share))


def gini(group: pd.Series, rest: pd.Series) -> float:
    """Return the mean difference of the areas' shares as part of its maximum, 0 to 1 (segregation Gini).

    References
    ----------
    Massey & Denton 1988, p. 285.

    Examples
    --------
    >>> x = pd.Series([10.0, 40, 30, 20])
    >>> round(gini(x, 100 - x), 4)
    0.3333
    """
    x, y = two_groups(group, rest)[0].T
    order = np.argsort(x / (x + y), kind="stable")
    # Area under the concentration curve of the two groups, in one pass instead of all pairs.
    there, here = np.cumsum(y[order]) / y.sum(), x[order] / x.sum()
    return float((here * (there + np.append(0.0, there[:-1]))).sum() - 1)


def entropy_index(group: pd.Series, rest: pd.Series) -> float:
    """Return by how much areas are less mixed than the city, 0 to 1 (Theil's information index H).

    References
    ----------
    Theil & Finizza, Journal of Mathematical Sociology 1, 1971, p. 187; Massey & Denton 1988, p. 285.

    Examples
    --------
    >>> x = pd.Series([10.0, 40, 30, 20])
    >>> round(entropy_index(x, 100 - x), 5)
    0.06223
    """
    x, y = two_groups(group, rest)[0].T
    return _entropy(np.column_stack([x, y]))


def multigroup_dissimilarity(counts: pd.DataFrame) -> float:
    """Return D for several groups at once, 0 to 1.

    Parameters
    ----------
    counts
        Persons, one column a group, not negative, without gaps, shape (n, g); the index are areas. Areas and groups
        without persons are skipped.

    Raises
    ------
    DataError, NotEnoughDataError
        As in `dissimilarity`.

    References
    ----------
    Reardon & Firebaugh, Sociological Methodology 32, 2002, p. 33.

    Examples
    --------
    >>> x = pd.Series([10.0, 40, 30, 20])
    >>> round(multigroup_dissimilarity(pd.DataFrame({"x": x, "y": 100 - x})), 4)
    0.2667
    """
    matrix, _ = persons_of(counts)
    total = matrix.sum(axis=1)
    part, share = matrix / total[:, None], matrix.sum(axis=0) / total.sum()
    return float((total[:, None] * np.abs(part - share)).sum() / (2 * total.sum() * (share * (1 - share)).sum()))


def multigroup_entropy(counts: pd.DataFrame) -> float:
    """Return H for several groups at once, 0 to 1; parameters and errors as in `multigroup_dissimilarity`.

    Examples
    --------
    >>> x = pd.Series([10.0, 40, 30, 20])
    >>> round(multigroup_entropy(pd.DataFrame({"x": x, "y": 100 - x})), 5)
    0.06223
    """
    return _entropy(persons_of(counts)[0])


def dissimilarity_adjusted(group: pd.Series, rest: pd.Series, neighbours: Neighbours) -> float:
    """Return D less the mean difference of neighbouring shares: mixing across borders counts (Morrill's D(adj)).

    Parameters
    ----------
    group, rest
        As in `dissimilarity`; one value for each area of the neighbours.
    neighbours
        Weights as given, usually 1 for a common border; links of areas without persons are skipped.

    References
    ----------
    Morrill, Geography Research Forum 11, 1991, p. 25.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import rook
    >>> areas = pd.Series(shapely.box(range(4), 0, range(1, 5), 1), index=list("abcd"))
    >>> x = pd.Series([10.0, 40, 30, 20], index=list("abcd"))
    >>> round(dissimilarity_adjusted(x, 100 - x, rook(areas)), 4)
    0.1
    """
    return _less_contact(group, rest, neighbours.ids, neighbours.matrix)


def dissimilarity_borders(group: pd.Series, rest: pd.Series, borders: pd.Series) -> float:
    """Return D less the differences of neighbouring shares, weighted by the length of the common border (Wong's D(w)).

    Parameters
    ----------
    group, rest
        As in `dissimilarity`.
    borders
        Metres; the index are pairs of areas (two levels), each pair once or both ways.

    References
    ----------
    Wong, Urban Studies 30, 1993, p. 559.

    Examples
    --------
    >>> x = pd.Series([10.0, 40], index=["a", "b"])
    >>> pair = pd.MultiIndex.from_tuples([("a", "b")])
    >>> round(dissimilarity_borders(x, 100 - x, pd.Series([50.0], index=pair)), 4)
    0.1
    """
    ids = pd.Index(group.index.astype("str"))
    pairs = borders.index.to_frame().to_numpy().astype(str) if borders.index.nlevels == 2 else np.full((1, 2), "")
    first, second = ids.get_indexer(pd.Index(pairs[:, 0])), ids.get_indexer(pd.Index(pairs[:, 1]))
    length = borders.to_numpy(dtype=float)
    if (first < 0).any() or (second < 0).any() or not np.isfinite(length).all() or (length < 0).any():
        raise DataError(
            "Borders name areas without persons' numbers, or have no length; give metres for pairs of these areas.",
            de="Grenzen nennen Gebiete ohne Personenzahlen oder haben keine Länge; Meter je Gebietspaar angeben.",
        )
    matrix = csr_array((length, (first, second)), shape=(len(ids), len(ids)))
    return _less_contact(group, rest, ids, csr_array((matrix + matrix.T) / 2))


@dataclass(frozen=True)
class BiasCheck:
    """D beside what chance alone gives with as many persons in areas as large.

    ``observed``: D. ``expected``, ``expected_sd``: D of random allocation. ``above_chance``: (D - expected) / (1 -
    expected), below 0 where areas are more even than chance (Carrington & Troske). ``corrected``: 2 D - mean of D of
    redrawn cities, at least 0 (Allen et al.). ``median_persons``: of an area. ``share``: of the group.
    """

    observed: float
    expected: float
    expected_sd: float
    above_chance: float
    corrected: float
    draws: int
    seed: int
    areas: int
    median_persons: float
    share: float


def bias_check(group: pd.Series, rest: pd.Series, *, draws: int = 500, seed: int = 0) -> BiasCheck:
    """Return how much of D comes from small areas and a small group.

    Parameters
    ----------
    group, rest
        As in `dissimilarity`.
    draws
        How many cities are drawn: persons of each group fall on areas at random (multinomial), once in proportion to
        the areas' size, once in proportion to the observed numbers.
    seed
        The same seed gives the same result.

    References
    ----------
    Carrington & Troske, Journal of Business & Economic Statistics 15, 1997, p. 402; Allen, Burgess, Davidson &
    Windmeijer, Econometrics Journal 18, 2015, p. 40.

    Examples
    --------
    >>> few = pd.Series(np.random.default_rng(1).binomial(20, 0.05, 100))
    >>> found = bias_check(few, 20 - few)
    >>> found.observed > 0.3, abs(found.above_chance) < 0.1, found.draws
    (True, True, 500)
    """
    if draws < 2:
        raise DataError(
            f"{draws} draws give no expectation; take 500.", de=f"{draws} Ziehungen ergeben keinen Erwartungswert; 500."
        )
    x, y = two_groups(group, rest)[0].T
    rng, total = np.random.default_rng(seed), x + y
    observed = float(_dissimilarity(x[None], y[None])[0])
    random = _drawn(x, y, total / total.sum(), total / total.sum(), draws, rng)
    again = _drawn(x, y, x / x.sum(), y / y.sum(), draws, rng)
    expected = float(random.mean())
    return BiasCheck(
        observed=observed,
        expected=expected,
        expected_sd=float(random.std(ddof=1)),
        above_chance=(observed - expected) / (1 - expected),
        corrected=max(2 * observed - float(again.mean()), 0.0),
        draws=draws,
        seed=seed,
        areas=len(total),
        median_persons=float(np.median(total)),
        share=float(x.sum() / total.sum()),
    )


def _drawn(
    x: np.ndarray, y: np.ndarray, where_x: np.ndarray, where_y: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Return D of drawn cities, a block of them at a time."""
    people = [max(round(float(part.sum())), 1) for part in (x, y)]
    step = max(4_000_000 // len(x), 1)
    found = []
    for start in range(0, draws, step):
        size = min(step, draws - start)
        groups = [rng.multinomial(count, where, size) for count, where in zip(people, (where_x, where_y), strict=True)]
        found.append(_dissimilarity(groups[0].astype(float), groups[1].astype(float)))
    return np.concatenate(found)


def _dissimilarity(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return D of each row."""
    return np.asarray(np.abs(x / x.sum(axis=1, keepdims=True) - y / y.sum(axis=1, keepdims=True)).sum(axis=1) / 2)


def _entropy(matrix: np.ndarray) -> float:
    """Return H of the persons in areas and groups."""
    total = matrix.sum(axis=1)
    return entropy_of(total, matrix / total[:, None], matrix.sum(axis=0))


def _less_contact(group: pd.Series, rest: pd.Series, ids: pd.Index, matrix: csr_array) -> float:
    """Return D less the weighted mean difference of the shares of linked areas."""
    two_groups(group, rest)
    share = (group / (group + rest)).set_axis(group.index.astype("str")).reindex(ids)
    missing = ids.difference(group.index.astype("str"))
    if len(missing):
        raise DataError(
            f"Areas have neighbours but no persons' numbers: {', '.join(missing[:5])}; give numbers for all areas.",
            de=f"Gebiete haben Nachbarn, aber keine Personenzahlen: {', '.join(missing[:5])}; für alle angeben.",
        )
    links = triu(matrix + matrix.T).tocoo()
    apart = np.abs(share.to_numpy()[links.row] - share.to_numpy()[links.col])
    weight = np.where(np.isnan(apart), 0.0, links.data)
    if weight.sum() == 0:
        raise NotEnoughDataError(
            "No two areas with persons are neighbours; choose another rule for neighbours.",
            de="Keine zwei bewohnten Gebiete sind Nachbarn; eine andere Nachbarschaftsregel wählen.",
        )
    return dissimilarity(group, rest) - float((weight * np.nan_to_num(apart)).sum() / weight.sum())
