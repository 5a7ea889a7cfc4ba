"""Small counts are not shown: the rules of METHODS 13 on a run's indicators (coverage guards its own).

A cell that is only left empty can be computed back. A mean gives the sum of what is hidden, a standard deviation the
sum of its squares, and the index of an area, with the values beside it, the value that is not there. So what would give
a cell away goes with it, and what is left is rounded: counts are whole numbers, and whoever knows how many people stand
behind a share can try them all against a mean of sixteen digits; docs/methods/mss.md says what for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from qmgis.model import AreaResult, IndicatorTable, Secrecy, people_behind

__all__ = ["MIN_HIDDEN", "closed", "few", "guard_index", "guarded", "guarded_beside",
           "guarded_reference"]  # fmt: skip

# The mean, the standard deviation and the index give at most three equations an indicator: with six cells hidden, three
# directions stay open. Trials of other weights (`qmgis.runs.trial`) tell the covariance with each other indicator as
# well: k + 1 equations of k indicators, so k + 3 cells are hidden where that is more.
MIN_HIDDEN, BEYOND = 6, 3
DIGITS = 2  # of index, scores and contributions where a block hides something, as people read them
REFERENCE_DIGITS = 4  # of the mean and standard deviation of an indicator that is hidden somewhere: 0.01 of a percent
NEARLY_NONE = 1e-6  # persons: what rounding leaves of a share of 1
VALUE, CHANGE = "value_", "change_"
BLOCKS = {
    VALUE: ("status_index", "status_distance", "index", "rank", "score", "distance", "conditions", "open"),
    CHANGE: ("dynamics_index", "dynamics_distance"),
}
ROLES = ("z", "score", "contribution", "rule")


def guarded(result: AreaResult, table: IndicatorTable, secrecy: Secrecy, *, residents: str) -> AreaResult:
    """Return an index that knows what of it may be shown; its own numbers stay as they are."""
    people = table.of_year(result.year)[residents].reindex(result.value.index)
    scored = people[result.value.notna()].sort_values(kind="stable").index
    shown, states = guard_index(result.parts, table, result.year, secrecy, scored=scored)
    return replace(result, shown=shown, states=states)


def guarded_reference(index: AreaResult) -> pd.DataFrame:
    """Return mean and standard deviation of each indicator, rounded to `REFERENCE_DIGITS` where a run hides something.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> guarded_reference(index).equals(index.reference)
    True
    """
    numbers = [name for name in index.parts if str(name).startswith((VALUE, CHANGE))]
    hides = (index.seen[numbers].isna() & index.parts[numbers].notna()).any(axis=None)
    columns = [name for name in ("mean", "sd") if name in index.reference]
    return index.reference.assign(**index.reference[columns].round(REFERENCE_DIGITS)) if hides else index.reference


def guarded_beside(found: AreaResult, index: AreaResult) -> AreaResult:
    """Return certainty that knows what of it may be shown: labels everywhere, numbers only where the index is shown.

    A rank or the probability of a class says where the index lies; near a limit one case more or less moves it far.
    """
    if index.shown is None:
        return found
    indices = [name for name in (index.index_column, "dynamics_index") if name in index.parts]
    closed = index.shown[indices].isna().where(index.value.notna(), False)
    numbers = [str(name) for name in found.parts if str(name).startswith(("rank_", "probability"))]
    crossed = ("probability_attention", "probability_group")
    gone = {name: closed.any(axis=1) if name in crossed else closed[indices[0]] for name in numbers}
    return replace(found, shown=found.parts.assign(**{name: found.parts[name].mask(gone[name]) for name in numbers}))


def guard_index(
    parts: pd.DataFrame, table: IndicatorTable, year: int, secrecy: Secrecy, *, scored: pd.Index | None = None
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the parts without what rests on too few people or gives it away, and the states of what is not shown.

    A share whose numerator is 1 to ``min_count - 1``, or whose denominator is 1 to ``min_base - 1``, is hidden, and a
    change where this holds now or held before. With it go the index, the distance to the limit and all standard scores,
    contributions and rules met of that block; classes stay. What is left of these in a block that hides something is
    rounded to `DIGITS`. An indicator that is hidden in a scored area is hidden in at least `MIN_HIDDEN` of them.

    Parameters
    ----------
    parts
        Columns of an index, such as ``value_transfer`` and ``z_transfer``.
    table, year, secrecy
        Where the counts are, and the limits.
    scored
        The areas that enter means and standard deviations, in the order in which more of them are hidden.

    Returns
    -------
    tuple
        The guarded frame (same shape), and a text an area such as ``child_poverty=secret``, empty where all is shown.
    """
    shown, states = parts.copy(), table.of_year(year, what="states").reindex(parts.index)
    named = pd.Series("", index=parts.index, dtype=object)
    hidden = _hidden(parts, table, year, secrecy)
    for block, numbers in BLOCKS.items():
        keys = [str(name).removeprefix(block) for name in parts if str(name).startswith(block)]
        hidden[block] = _enough(hidden[block][keys], scored)
        if block == VALUE:
            both = hidden[CHANGE].columns.intersection(keys)
            hidden[CHANGE][both] |= hidden[VALUE][both]
        for key in keys:
            shown.loc[hidden[block][key], f"{block}{key}"] = float("nan")
            named += _said(key, block, hidden, states)
            if block == CHANGE:
                gone = parts[f"{CHANGE}{key}"].isna() & ~hidden[CHANGE][key] & (states[key] == "ok")
                named += gone.map({True: f" {key}_change=missing", False: ""})
        closed = hidden[block].any(axis=1)
        own = [name for name in numbers if name in parts]
        if closed.any():
            told = own + _detail(parts, block)
            shown[told] = shown[told].round(DIGITS)
        shown.loc[closed, own + _detail(parts, block)] = float("nan")
        if own:
            named += (closed & parts[own[0]].notna()).map({True: f" {own[0]}=secret", False: ""})
    return shown, named.str.strip()


def few(table: IndicatorTable, key: str, year: int, secrecy: Secrecy, *, before: bool = False) -> pd.Series:
    """Return where a share rests on a numerator or denominator below the limits, in a year or before its change.

    So does a share that leaves too few: 98 of 100 tell of two. Where a counted base is declared alone, the numerator is
    what it makes of the share; of an estimated one it is not known, and the share is shown as its publisher printed it.
    """
    values, moved = table.of_year(year), table.of_year(year, what="change")
    indicator = table.indicators[key]
    found = pd.Series(False, index=values.index)
    parts = (indicator.numerator, indicator.denominator)
    counts = {part: _then(values[part], moved[part], before=before) for part in parts if part in values}
    for part, limit in zip(parts, (secrecy.min_count, secrecy.min_base), strict=True):
        if part in counts:
            found |= (counts[part] > 0) & (counts[part] < limit)
    if indicator.measure == "share" and len(counts) == len(parts):
        rest = counts[indicator.denominator] - counts[indicator.numerator]
        found |= (rest > 0) & (rest < secrecy.min_count)
    people = people_behind(table, key, year) if (key, year) in table.bases else None
    if people is not None and people.count is None and not people.is_estimated:
        total = people.total_before if before else people.total
        share = (values[key] - moved[key]).round(9) if before else values[key]
        for some in (share, 1 - share) if indicator.measure == "share" else (share,):
            found |= (some * total > NEARLY_NONE) & (some * total < secrecy.min_count - 0.5)
        found |= share.notna() & (total > 0) & (total < secrecy.min_base)
    return found


def closed(table: IndicatorTable, secrecy: Secrecy) -> IndicatorTable:
    """Return a table without counts of too few people and without shares that rest on them.

    Examples
    --------
    >>> closed(toy_table(), Secrecy()).frame.equals(toy_table().frame)
    True
    """
    hidden = np.zeros(table.frame.shape, dtype=bool)
    moved = hidden.copy()
    years = table.frame.index.get_level_values("year").to_numpy()
    for year in table.years:
        values, rows = table.of_year(year), np.flatnonzero(years == year)
        for place, key in enumerate(str(name) for name in table.frame):
            indicator = table.indicators[key]
            if indicator.measure == "count":
                hidden[rows, place] = (values[key] > 0) & (values[key] < secrecy.min_count)
            moved[rows, place] = hidden[rows, place]
            if indicator.numerator or indicator.denominator or (key, year) in table.bases:
                hidden[rows, place] |= few(table, key, year, secrecy).to_numpy(dtype=bool)
                moved[rows, place] = hidden[rows, place] | few(table, key, year, secrecy, before=True).to_numpy(
                    dtype=bool
                )
    frame, change = table.frame.mask(hidden), table.change.mask(moved)
    return replace(table, frame=frame, states=table.states.mask(hidden, "secret"), change=change)


def _then(count: pd.Series, moved: pd.Series, *, before: bool) -> pd.Series:
    """Return a count of the year, or what it was before its change."""
    return (count - moved).round(6) if before else count


def _hidden(parts: pd.DataFrame, table: IndicatorTable, year: int, secrecy: Secrecy) -> dict[str, pd.DataFrame]:
    """Return which values and changes rest on too few people themselves."""
    found: dict[str, dict[str, pd.Series]] = {VALUE: {}, CHANGE: {}}
    for block, columns in found.items():
        for key in (str(name).removeprefix(block) for name in parts if str(name).startswith(block)):
            own = few(table, key, year, secrecy)
            if block == CHANGE:
                own |= few(table, key, year, secrecy, before=True)
            columns[key] = own.reindex(parts.index, fill_value=False).astype(bool)
    return {block: pd.DataFrame(columns, index=parts.index, dtype=bool) for block, columns in found.items()}


def _enough(hidden: pd.DataFrame, scored: pd.Index | None) -> pd.DataFrame:
    """Return what is hidden, with as many scored areas more as it takes that sums give nothing away."""
    if scored is None or not hidden.loc[scored].any(axis=None):
        return hidden
    touched = hidden.columns[hidden.loc[scored].any()]
    rows = scored[hidden.loc[scored].any(axis=1)]
    least = max(MIN_HIDDEN, hidden.shape[1] + BEYOND)
    more = scored.difference(rows, sort=False)[: max(0, least - len(rows))]
    wider = hidden.copy()
    wider.loc[rows.append(more), touched] = True
    return wider


def _detail(parts: pd.DataFrame, block: str) -> list[str]:
    """Return the scores and contributions of a block."""
    names = [str(name) for name in parts if str(name).startswith((*(f"{role}_" for role in ROLES), "domain_"))]
    moved = {f"{role}_{str(name).removeprefix(CHANGE)}_change" for name in parts for role in ROLES}
    return [name for name in names if (name in moved) == (block == CHANGE)]


def _said(key: str, block: str, hidden: dict[str, pd.DataFrame], states: pd.DataFrame) -> pd.Series:
    """Return what is named of an indicator: its state, and its change where that alone is hidden."""
    if block == VALUE:
        state = states[key].where(~hidden[VALUE][key], "secret")
        return (" " + key + "=" + state.astype(object)).where(state != "ok", "")
    alone = hidden[CHANGE][key]
    if key in hidden[VALUE]:
        alone &= ~hidden[VALUE][key]
    return alone.map({True: f" {key}_change=secret", False: ""})
