"""What local tests have in common: levels, false discoveries, clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from qmgis.core.pattern.permutation import Alternative, pseudo_p
from qmgis.core.pattern.sample import Weights
from qmgis.errors import DataError

__all__ = ["Correction", "LocalResult", "LocalTest", "fdr"]

Correction = Literal["fdr", "none"]
LEVELS = (0.001, 0.01, 0.05)


@dataclass(frozen=True, eq=False)
class LocalResult:
    """A statistic of each area and its test.

    ``table``, one row for each area that values were given for, in their order: ``statistic``; ``lag``, the weighted
    sum of the neighbours' values; ``p``, pseudo p-value; ``quadrant``, where area and neighbours stand (HH, LL, HL,
    LH; Gi: H, L); ``level``, the smallest of 0.001, 0.01, 0.05 that p reaches, before correction; ``significant``,
    after correction; ``cluster``, the quadrant where significant, else ``none``. An area without neighbours has no
    statistic and no quadrant, its cluster is ``no neighbours``.
    """

    measure: str
    table: pd.DataFrame
    alternative: Alternative
    permutations: int
    seed: int
    alpha: float
    correction: Correction
    weights: Weights
    areas: int
    rule: str


def fdr(p: pd.Series, *, alpha: float = 0.05) -> pd.Series:
    """Return what stays significant so that at most the share ``alpha`` of the finds is expected to be false.

    Benjamini-Hochberg: of the p-values in ascending order all up to the largest j with p(j) <= alpha j / n. Where none
    passes, nothing is significant.

    Parameters
    ----------
    p
        p-values, shape (n,); gaps (no test) count nowhere.
    alpha
        0 to 1.

    Returns
    -------
    pd.Series
        True or false, the same index.

    References
    ----------
    Benjamini & Hochberg, Journal of the Royal Statistical Society B 57, 1995, p. 293; Caldas de Castro & Singer,
    Geographical Analysis 38, 2006, p. 180.

    Examples
    --------
    >>> fdr(pd.Series([0.001, 0.008, 0.02, 0.03, 0.2, 0.6])).sum(), fdr(pd.Series([0.03, 0.2, 0.6])).sum()
    (np.int64(4), np.int64(0))
    """
    if not 0 < alpha < 1:
        raise DataError(
            f"A level of {alpha} is none; alpha lies between 0 and 1.",
            de=f"{alpha} ist kein Signifikanzniveau; alpha liegt zwischen 0 und 1.",
        )
    tested = np.sort(p.dropna().to_numpy(dtype=float))
    limits = alpha * np.arange(1, len(tested) + 1) / max(len(tested), 1)
    passing = np.flatnonzero(tested <= limits * (1 + 1e-12))
    limit = tested[passing[-1]] if len(passing) else -np.inf
    return pd.Series(p.to_numpy(dtype=float, na_value=np.nan) <= limit, index=p.index, name="significant")


@dataclass(frozen=True, eq=False)
class LocalTest:
    """What the local tests of one call have in common."""

    measure: str
    permutations: int
    seed: int
    alternative: Alternative
    correction: Correction
    alpha: float
    weights: Weights
    rule: str

    def result(
        self,
        ids: pd.Index,
        numbers: tuple[np.ndarray, np.ndarray],
        tails: tuple[np.ndarray, np.ndarray],
        *,
        quadrant: np.ndarray,
        tested: np.ndarray,
        index: pd.Index,
    ) -> LocalResult:
        """Return the table with p-values, levels and clusters, rows as the values came.

        Parameters
        ----------
        ids
            The areas of the sample, shape (n,).
        numbers
            Statistic and lag of each, float (n,) each.
        tails
            How many draws reach what is observed from above and from below, int (n,) each.
        quadrant
            Text (n,).
        tested
            Which areas have a test, bool (n,).
        index
            The areas asked for; those that are not in the sample have no neighbours.
        """
        place = ids.get_indexer(pd.Index(index.astype("str")))
        known = (place >= 0) & tested[place]
        p = pseudo_p(tails[0], tails[1], permutations=self.permutations, alternative=self.alternative)
        statistic, lag, p = (np.where(known, one[place], np.nan) for one in (*numbers, p))
        named = quadrant[place].astype(object)
        named[~known] = None
        significant = known & (
            fdr(pd.Series(p), alpha=self.alpha).to_numpy() if self.correction == "fdr" else p <= self.alpha
        )
        columns = {
            "statistic": statistic,
            "lag": lag,
            "p": p,
            "quadrant": pd.array(named, dtype="str"),
            "level": np.select([p <= level for level in LEVELS], LEVELS, default=np.nan),
            "significant": significant,
            "cluster": pd.array(np.where(significant, named, np.where(known, "none", "no neighbours")), dtype="str"),
        }
        table = pd.DataFrame(columns, index=index)
        return LocalResult(
            measure=self.measure,
            table=table,
            alternative=self.alternative,
            permutations=self.permutations,
            seed=self.seed,
            alpha=self.alpha,
            correction=self.correction,
            weights=self.weights,
            areas=int(tested.sum()),
            rule=self.rule,
        )
