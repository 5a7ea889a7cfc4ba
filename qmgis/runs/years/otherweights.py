"""The same city carried by other weights: how far what is carried depends on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from qmgis.errors import DataError, QmgisError
from qmgis.model import LAND, AreaResult, City, Text
from qmgis.runs.secrecy.veiled import veiled
from qmgis.runs.steps import score
from qmgis.runs.years.across import Across, across, laid_across
from qmgis.runs.years.editions import edition_on

__all__ = ["Converted", "by_other_weights", "converted"]


@dataclass(frozen=True, eq=False)
class Converted:
    """A run on other areas than its own, and how sure that is.

    Parameters
    ----------
    result
        The run on these areas.
    official
        By area whether it was undivided, so that the published class stays.
    exact
        By area the share of the residents from undivided areas (0-1).
    spread
        By area the largest distance of the index to the one by other weights; 0 where official, missing where hidden,
        and where there are no other weights.
    unsure
        By area whether other weights give another class.
    warnings
        How the run was carried, and why not.
    """

    result: AreaResult
    official: pd.Series
    exact: pd.Series
    spread: pd.Series
    unsure: pd.Series
    warnings: tuple[Text, ...]


@lru_cache(maxsize=16)
def converted(city: City, run: str, vintage: str) -> Converted:
    """Return a run on other areas than its own, with its error: what other weights would say.

    Parameters
    ----------
    city
        As `open_city` gives it.
    run
        One of its runs.
    vintage
        On which version of the areas.

    Examples
    --------
    >>> found = converted(toy_city(), "mss-2022", "toy-2022")
    >>> bool(found.official.all()), bool(found.unsure.any())
    (True, False)
    """
    edition, declared = edition_on(city, run, vintage), city.run(run)
    result, official = edition.result, edition.official
    spread, unsure = pd.Series(float("nan"), index=official.index), pd.Series(False, index=official.index)
    for side in by_other_weights(city, vintage) if not official.all() else ():
        try:
            other = score(side.city, method=declared.method, year=declared.year, areas=vintage)
        except QmgisError:
            continue  # by these weights the run cannot be computed
        spread = (result.value - other.value.reindex(spread.index)).abs().clip(lower=spread.fillna(0.0))
        labels = (one.reindex(spread.index).astype(object).where(one.reindex(spread.index).notna(), "")
                  for one in (result.label, other.label))  # fmt: skip
        unsure |= next(labels) != next(labels)
    hidden = result.seen[result.index_column].isna() if result.index_column in result.seen else result.value.isna()
    return Converted(
        result, official, edition.exact, spread.mask(~official & hidden).where(~official, 0.0),
        unsure & ~official, edition.warnings,
    )  # fmt: skip


@lru_cache(maxsize=4)
def by_other_weights(city: City, vintage: str) -> tuple[Across, ...]:
    """Return the city with other years carried by addresses and by land, where they were not.

    Examples
    --------
    >>> by_other_weights(toy_city(), "toy-2022")
    ()
    """
    used = {one.way.basis for one in across(city, vintage).carried.values()}
    found = []
    for basis in ("addresses", LAND):
        walks = {name: walk for name, walk in city.crosswalks.items() if basis in walk.bases}
        if not used or used == {basis} or (basis != LAND and not walks):
            continue
        only = {
            name: replace(walk, frame=walk.frame[["old", "new", basis]], weights=walk.weights & {basis})
            for name, walk in walks.items()
        }
        try:
            found.append(laid_across(replace(city, crosswalks=only, residents={}), vintage, hidden=veiled(city)))
        except DataError:
            continue  # areas of which this basis knows nothing
    return tuple(found)
