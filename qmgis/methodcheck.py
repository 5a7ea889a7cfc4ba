"""Do the indicators of a profile belong together: correlations, near copies, contradictions, alpha, components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from qmgis.core.composite import Composite
from qmgis.core.redundancy import correlation, cronbach_alpha, flags, principal_components
from qmgis.i18n import number, percent
from qmgis.model import LANGS, IndicatorTable, Profile, Text, words
from qmgis.scoring import entering, index_of

__all__ = ["BlockCheck", "MethodCheck", "check_method"]

# All pairs at least so alike: one factor, whatever the weights (METHODS 7: MSS status 0.85-0.97).
COPIES = 0.8
# Usual reading of alpha (Nunnally 1978); above the second the indicators repeat each other.
LOOSE, REPEATING = 0.7, 0.9


@dataclass(frozen=True, eq=False)
class BlockCheck:
    """One block of a profile: its indicators, turned so that high is more burden, as they enter the index.

    ``r``, ``p`` and ``n``: Pearson's correlations of all pairs, p-values, areas; ``rho``: Spearman's. ``with_index``:
    correlation of each indicator with the index. ``flags``: pairs with r above 0.9 or below 0. ``alpha`` is Cronbach's,
    standardised, missing for one indicator. ``scree`` and ``loadings`` of the principal components. ``sentences`` say
    in plain words what is conspicuous.
    """

    key: str
    areas: int
    titles: Mapping[str, Text]
    r: pd.DataFrame
    p: pd.DataFrame
    n: pd.DataFrame
    rho: pd.DataFrame
    with_index: pd.Series
    flags: pd.DataFrame
    alpha: float | None
    scree: pd.DataFrame
    loadings: pd.DataFrame
    sentences: tuple[Text, ...]


@dataclass(frozen=True, eq=False)
class MethodCheck:
    """The check of a profile on one year of one table; ``between``: correlations of the indices of its blocks."""

    profile: str
    year: int
    vintage: str
    blocks: Mapping[str, BlockCheck]
    between: pd.DataFrame

    @property
    def between_sentences(self) -> tuple[Text, ...]:
        """How the indices of each two blocks correlate, in words."""
        names, r = list(self.between), self.between.to_numpy(dtype=float)
        titles = [words(f"profile.block_{name}") for name in names]
        return tuple(
            words("methodcheck.between", first=titles[a], second=titles[b], r=_number(r[a, b], digits=2))
            for a, b in combinations(range(len(names)), 2)
        )


def check_method(
    table: IndicatorTable,
    *,
    profile: Profile,
    year: int,
    declared: Mapping[str, str] | None = None,
    shown: Mapping[str, pd.Index] | None = None,
) -> MethodCheck:
    """Return whether the indicators of a profile say one thing, the same thing twice, or contradict each other.

    Parameters
    ----------
    table, profile, year, declared
        As for the ``score`` of a method; the same areas are left out.
    shown
        For each block the areas whose numbers may be shown; the others enter the index, but not the check. By default
        all are.

    Returns
    -------
    MethodCheck
        One `BlockCheck` a block; indicators without spread that the profile drops are not in it.

    Raises
    ------
    MissingColumnError, NotEnoughDataError
        As the method itself, and where two indicators share fewer than three areas.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 4.

    Examples
    --------
    >>> found = check_method(toy_table(), profile=toy_profile(), year=2024)
    >>> round(found.blocks["status"].alpha, 2), found.blocks["status"].areas
    (0.98, 28)
    """
    entry = entering(table, profile=profile, year=year, declared=declared or {})
    made = {key: index_of(entry, block, table=table) for key, block in profile.blocks.items()}
    seen = {key: one.index.index if shown is None else one.index.index.intersection(shown[key])
            for key, one in made.items()}  # fmt: skip
    blocks = {key: _block(key, one, table, seen[key]) for key, one in made.items()}
    indices = pd.DataFrame({key: one.index.loc[seen[key]].astype(float) for key, one in made.items()})
    return MethodCheck(profile.key, year, table.vintage, blocks, indices.corr())


def _block(key: str, made: Composite, table: IndicatorTable, seen: pd.Index) -> BlockCheck:
    values = made.normalised.loc[seen].astype(float)
    titles = {str(name): table.indicators[str(name)].title for name in values}
    r, p, n = correlation(values)
    flagged = flags(r)
    alpha = cronbach_alpha(values) if len(values.columns) > 1 else None
    scree, loadings = principal_components(values)
    return BlockCheck(
        key=key,
        areas=len(values),
        titles=titles,
        r=r,
        p=p,
        n=n,
        rho=correlation(values, of="ranks")[0],
        with_index=values.corrwith(made.index.loc[seen].astype(float)),
        flags=flagged,
        alpha=alpha,
        scree=scree,
        loadings=loadings,
        sentences=_sentences(titles, r, flagged, alpha, scree),
    )


def _sentences(
    titles: Mapping[str, Text], r: pd.DataFrame, flagged: pd.DataFrame, alpha: float | None, scree: pd.DataFrame
) -> tuple[Text, ...]:
    """Return what is conspicuous, the whole before the pairs."""
    if alpha is None:
        return (words("methodcheck.one_indicator"),)
    pairs = r.to_numpy(dtype=float)[np.triu_indices(len(r), k=1)]
    said = []
    if pairs.min() >= COPIES and len(r) > 2:
        said.append(words("methodcheck.copies", low=_number(pairs.min()), high=_number(pairs.max())))
    how = "loose" if alpha < LOOSE else "repeating" if alpha > REPEATING else "fitting"
    # Contradictions can make alpha any number below 0; then its size says nothing.
    shown = _number(alpha) if np.isfinite(alpha) and alpha >= 0 else words("methodcheck.below_zero")
    said.append(words(f"methodcheck.alpha_{how}", alpha=shown))
    share = float(scree["explained"].iloc[0])
    first = Text(percent(share, "de", digits=0), percent(share, "en", digits=0))
    said.append(words("methodcheck.first_component", share=first, count=int((scree["eigenvalue"] > 1).sum())))
    for _, row in flagged.iterrows():
        named = {"first": titles[str(row["first"])], "second": titles[str(row["second"])], "r": _number(row["r"])}
        said.append(words(f"methodcheck.{row['flag']}", **named))
    return tuple(said)


def _number(value: float, *, digits: int = 2) -> Text:
    both = {lang: number(value, lang, digits=digits) for lang in LANGS}
    return Text(both["de"], both["en"])
