"""From one version of the areas to the next: which part of each old area goes to which new one, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import overload

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from qmgis.errors import DataError

__all__ = ["Crosswalk", "carry", "carry_mean", "chained", "from_parts", "from_weights", "quality", "rebuilt"]

# How far printed weights may miss 1 before they are an error; less is divided out and told.
TOLERANCE = 0.02
# A row that misses 1 by more than this is told.
EXACT = 1e-6


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """Which part of each old area belongs to which new one.

    Parameters
    ----------
    old, new
        The areas of both versions; text, unique.
    weight
        Shape (old, new), 0-1; every row adds up to 1, but for old areas in ``empty``.
    renormalised
        By old area the sum of its weights as given, where that was not 1.
    instead
        Old areas without an amount to go by, whose weights come from another crosswalk (land instead of people).
    empty
        Old areas of which nothing is known; a count there cannot be carried.
    """

    old: pd.Index
    new: pd.Index
    weight: csr_array
    renormalised: pd.Series
    instead: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    @property
    def whole(self) -> pd.Series:
        """Which old areas go to one new area undivided, bool by old area."""
        top = np.asarray(self.weight.max(axis=1).todense()).ravel()
        return pd.Series(top >= 1 - 1e-9, index=self.old, name="whole")


def from_parts(
    parts: pd.DataFrame, *, old: pd.Index, new: pd.Index, sliver: float = 0.0, beside: Crosswalk | None = None
) -> Crosswalk:
    """Return the crosswalk of amounts: people, addresses, floor space or land in each part of an old and a new area.

    w(old, new) = amount(old ∩ new) / Σ amount(old).

    Parameters
    ----------
    parts
        Columns ``old``, ``new`` (text) and ``amount`` (0 or more); several rows of a pair are added.
    old, new
        All areas of both versions.
    sliver
        Parts below this share of their old area are dropped, 0-1; the rest is divided by what remains.
    beside
        Serves old areas without any amount; without it they are ``empty``.

    Raises
    ------
    DataError
        An area is in neither version, or an amount is missing or negative.

    Examples
    --------
    >>> people = pd.DataFrame({"old": ["a", "a", "b"], "new": ["x", "y", "y"], "amount": [30, 10, 20]})
    >>> found = from_parts(people, old=pd.Index(["a", "b"]), new=pd.Index(["x", "y"]))
    >>> found.weight.toarray().tolist()
    [[0.75, 0.25], [0.0, 1.0]]
    """
    row, column, amount = _checked(parts.rename(columns={"amount": "weight"}), old, new)
    table = csr_array((amount, (row, column)), shape=(len(old), len(new)))
    table.sum_duplicates()
    table = _without_slivers(table, sliver)
    sums = np.asarray(table.sum(axis=1)).ravel()
    weight = csr_array(_divided(table, sums))
    bare = sums <= 0
    if beside is not None and bare.any():
        _same(beside.old, old)
        _same(beside.new, new)
        theirs = beside.weight[beside.old.get_indexer(old)][:, beside.new.get_indexer(new)]
        weight = csr_array(weight + theirs.multiply(bare[:, None]))
    known = np.asarray(weight.sum(axis=1)).ravel() > 0
    nothing = pd.Series(dtype=float)
    return Crosswalk(old, new, csr_array(weight), nothing, tuple(old[bare & known]), tuple(old[~known]))


def from_weights(table: pd.DataFrame, *, old: pd.Index, new: pd.Index) -> Crosswalk:
    """Return the crosswalk that a file gives as weights; rows that miss 1 a little are divided out and told.

    Parameters
    ----------
    table
        Columns ``old``, ``new`` (text) and ``weight`` (0-1), each pair once.
    old, new
        All areas of both versions.

    Raises
    ------
    DataError
        An area is in neither version or missing, a pair occurs twice, a weight is missing or negative, or the weights
        of an old area miss 1 by more than 0.02.

    Examples
    --------
    >>> given = pd.DataFrame({"old": ["a", "a"], "new": ["x", "y"], "weight": [0.75, 0.2499]})
    >>> found = from_weights(given, old=pd.Index(["a"]), new=pd.Index(["x", "y"]))
    >>> round(float(found.weight.sum()), 12), found.renormalised.round(4).to_dict()
    (1.0, {'a': 0.9999})
    """
    row, column, amount = _checked(table, old, new)
    twice = table[table.duplicated(["old", "new"])]
    if len(twice):
        pairs = ", ".join(f"{a} → {b}" for a, b in twice[["old", "new"]].head(5).itertuples(index=False))
        raise DataError(
            f"The crosswalk names pairs of areas more than once: {pairs}; keep one row each.",
            de=f"Der Gebietsschlüssel nennt Gebietspaare mehrfach: {pairs}; je Paar eine Zeile behalten.",
        )
    weights = csr_array((amount, (row, column)), shape=(len(old), len(new)))
    sums = pd.Series(np.asarray(weights.sum(axis=1)).ravel(), index=old)
    wrong = sums[(sums - 1).abs() > TOLERANCE]
    if len(wrong):
        named = ", ".join(f"{area} ({value:.4g})" for area, value in wrong.head(5).items())
        raise DataError(
            f"Weights of {len(wrong)} old areas do not add up to 1: {named}; correct the crosswalk, or build it from "
            "both outlines.",
            de=f"Gewichte von {len(wrong)} alten Gebieten ergeben zusammen nicht 1: {named}; den Gebietsschlüssel "
            "berichtigen oder aus beiden Umrissen bilden.",
        )
    told = sums[(sums - 1).abs() > EXACT].rename("sum")
    return Crosswalk(old, new, csr_array(_divided(weights, sums.to_numpy())), told)


@overload
def carry(counts: pd.Series, crosswalk: Crosswalk) -> pd.Series: ...
@overload
def carry(counts: pd.DataFrame, crosswalk: Crosswalk) -> pd.DataFrame: ...
def carry(counts: pd.Series | pd.DataFrame, crosswalk: Crosswalk) -> pd.Series | pd.DataFrame:
    """Return counts on the new areas; totals are kept, and what is missing in a part is missing in the whole.

    V_new = Σ_old V_old · w(old, new) (METHODS 11.1).

    Parameters
    ----------
    counts
        Index: the old areas; one or more columns of counts. Never shares or indices: carry what they are made of.
    crosswalk
        Of the group that is counted, where it has one.

    Raises
    ------
    DataError
        Areas differ from the crosswalk's, or there are people in an area of which the crosswalk knows nothing.

    Examples
    --------
    >>> people = pd.DataFrame({"old": ["a", "a"], "new": ["x", "y"], "amount": [30, 10]})
    >>> way = from_parts(people, old=pd.Index(["a"]), new=pd.Index(["x", "y"]))
    >>> carry(pd.Series([200.0], index=["a"]), way).tolist()
    [150.0, 50.0]
    """
    if isinstance(counts, pd.Series):
        one: pd.Series = carry(counts.to_frame("count"), crosswalk)["count"]
        one.name = counts.name
        return one
    values = _in_order(counts, crosswalk).to_numpy(dtype=float)
    lost = [area for area in crosswalk.empty if np.nansum(np.abs(values[crosswalk.old.get_loc(area)])) > 0]
    if lost:
        raise DataError(
            f"The crosswalk does not say where these areas went, and they have counts: {', '.join(lost[:5])}"
            f"{' …' if len(lost) > 5 else ''}; give weights for them, such as their land.",
            de=f"Der Gebietsschlüssel sagt nicht, wohin diese Gebiete kamen, und sie haben Fallzahlen: "
            f"{', '.join(lost[:5])}{' …' if len(lost) > 5 else ''}; für sie Gewichte angeben, etwa ihre Fläche.",
        )
    there = crosswalk.weight.T.tocsr()
    gone = np.isnan(values)
    summed = there @ np.where(gone, 0.0, values)
    parts = csr_array((np.sign(there.data), there.indices, there.indptr), shape=there.shape)
    summed[parts @ gone.astype(float) > 0] = np.nan
    return pd.DataFrame(summed, index=crosswalk.new, columns=counts.columns)


def rebuilt(
    numerator: pd.Series, denominator: pd.Series, *, numerator_by: Crosswalk, denominator_by: Crosswalk
) -> pd.Series:
    """Return a share on the new areas, rebuilt from its carried counts; missing where nobody is left to count.

    Examples
    --------
    >>> people = pd.DataFrame({"old": ["a", "a"], "new": ["x", "y"], "amount": [30, 10]})
    >>> way = from_parts(people, old=pd.Index(["a"]), new=pd.Index(["x", "y"]))
    >>> some, all_of_them = pd.Series([20.0], index=["a"]), pd.Series([200.0], index=["a"])
    >>> rebuilt(some, all_of_them, numerator_by=way, denominator_by=way).tolist()
    [0.1, 0.1]
    """
    below = carry(denominator, denominator_by)
    return carry(numerator, numerator_by) / below.where(below > 0)


def carry_mean(mean: pd.Series, count: pd.Series, crosswalk: Crosswalk) -> pd.Series:
    """Return a mean on the new areas, carried with the number that it is a mean over.

    Examples
    --------
    >>> people = pd.DataFrame({"old": ["a", "b"], "new": ["x", "x"], "amount": [1, 1]})
    >>> way = from_parts(people, old=pd.Index(["a", "b"]), new=pd.Index(["x"]))
    >>> rent, homes = pd.Series([8.0, 11.0], index=["a", "b"]), pd.Series([200.0, 100.0], index=["a", "b"])
    >>> carry_mean(rent, homes, way).tolist()
    [9.0]
    """
    total = (mean * count).where(count != 0, 0.0)
    return rebuilt(total, count, numerator_by=crosswalk, denominator_by=crosswalk)


def quality(counts: pd.Series, crosswalk: Crosswalk) -> pd.Series:
    """Return for each new area the share of its count that comes from undivided old areas, 0-1.

    1 is exact, whatever the weights; missing where nobody is counted.

    Examples
    --------
    >>> people = pd.DataFrame({"old": ["a", "a", "b"], "new": ["x", "y", "y"], "amount": [30, 10, 20]})
    >>> way = from_parts(people, old=pd.Index(["a", "b"]), new=pd.Index(["x", "y"]))
    >>> quality(pd.Series([40.0, 30.0], index=["a", "b"]), way).tolist()
    [0.0, 0.75]
    """
    known = _in_order(counts.to_frame("count"), crosswalk)["count"]
    return rebuilt(known.where(crosswalk.whole, 0.0), known, numerator_by=crosswalk, denominator_by=crosswalk)


def chained(first: Crosswalk, second: Crosswalk) -> Crosswalk:
    """Return the crosswalk over two reforms, one after the other.

    Examples
    --------
    >>> a, b, c = pd.Index(["a"]), pd.Index(["b", "c"]), pd.Index(["d"])
    >>> one = from_parts(pd.DataFrame({"old": ["a", "a"], "new": ["b", "c"], "amount": [3, 1]}), old=a, new=b)
    >>> two = from_parts(pd.DataFrame({"old": ["b", "c"], "new": ["d", "d"], "amount": [1, 1]}), old=b, new=c)
    >>> chained(one, two).weight.toarray().tolist()
    [[1.0]]
    """
    _same(first.new, second.old)
    at = second.old.get_indexer(first.new)
    weight = csr_array(first.weight @ second.weight[at])
    short = np.asarray(weight.sum(axis=1)).ravel() < 1 - 1e-9
    return Crosswalk(first.old, second.new, weight, first.renormalised, first.instead, tuple(first.old[short]))


def _checked(table: pd.DataFrame, old: pd.Index, new: pd.Index) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, columns and weights; raise with the areas and numbers that cannot be."""
    places: Mapping[str, tuple[pd.Index, str, str]] = {
        "old": (old, "before", "vorher"), "new": (new, "after", "nachher"),
    }  # fmt: skip
    found = []
    for column, (known, en, de) in places.items():
        at = known.get_indexer(pd.Index(table[column]))
        strange = sorted(set(table.loc[at < 0, column].astype(str)))
        if strange:
            named = ", ".join(strange[:5]) + (" …" if len(strange) > 5 else "")
            raise DataError(
                f"The crosswalk names {len(strange)} areas that do not exist {en}: {named}; compare the ids, leading "
                "zeros included.",
                de=f"Der Gebietsschlüssel nennt {len(strange)} Gebiete, die es {de} nicht gibt: {named}; die "
                "Schlüssel vergleichen, auch führende Nullen.",
            )
        found.append(at)
    amount = table["weight"].to_numpy(dtype=float)
    wrong = table[~(np.isfinite(amount) & (amount >= 0))]
    if len(wrong):
        pairs = ", ".join(f"{a} → {b}" for a, b in wrong[["old", "new"]].head(5).itertuples(index=False))
        raise DataError(
            f"The crosswalk has missing or negative amounts: {pairs}; give a number of 0 or more each.",
            de=f"Der Gebietsschlüssel hat fehlende oder negative Werte: {pairs}; je Paar eine Zahl ab 0 angeben.",
        )
    return found[0], found[1], amount


def _without_slivers(table: csr_array, sliver: float) -> csr_array:
    sums = np.asarray(table.sum(axis=1)).ravel()
    table.data[table.data < sliver * np.repeat(sums, np.diff(table.indptr))] = 0.0
    table.eliminate_zeros()
    return table


def _divided(table: csr_array, sums: np.ndarray) -> csr_array:
    each = np.repeat(sums, np.diff(table.indptr))
    table.data = np.divide(table.data, each, out=np.zeros_like(table.data), where=each > 0)
    return table


def _in_order(frame: pd.DataFrame, crosswalk: Crosswalk) -> pd.DataFrame:
    _same(frame.index, crosswalk.old)
    return frame.reindex(crosswalk.old)


def _same(here: pd.Index, there: pd.Index) -> None:
    """Raise where two indexes are not the same areas, each once."""
    apart = here.symmetric_difference(there) if here.is_unique else here[here.duplicated()]
    if len(apart):
        named = ", ".join(map(str, apart[:5])) + (" …" if len(apart) > 5 else "")
        raise DataError(
            f"Counts and crosswalk are not of the same areas, each once: {named}; take those of one version.",
            de=f"Fallzahlen und Gebietsschlüssel haben nicht dieselben Gebiete, je einmal: {named}; die einer Fassung "
            "nehmen.",
        )
