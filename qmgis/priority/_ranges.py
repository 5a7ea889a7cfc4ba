"""How firmly need meets gap: the certainty of the class beside other thresholds, slower walking and detours."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from qmgis.errors import DataError
from qmgis.model import AreaResult, Column, Secrecy, words

__all__ = ["FIRM", "Behind", "behind", "ranged"]

# Whether an area requires attention and is underserved: whatever is tried, in some trials only, in none.
FIRM = ("no", "open", "firm")
HOLDS, LOW, HIGH, LABEL = "holds", "not_reached_low", "not_reached_high", "firm"
COLUMNS = (HOLDS, LOW, HIGH, LABEL)


@dataclass(frozen=True)
class Behind:
    """How many areas require attention and are underserved, firmly or possibly, and the people not reached in them.

    ``people``, ``low`` and ``high`` are sums over the areas whose numbers are shown; ``withheld`` of them are not.
    """

    firm: int
    possible: int
    people: float
    low: float
    high: float
    withheld: int


def ranged(
    order: AreaResult, tried: pd.DataFrame, *, sure: pd.Series | None = None, secrecy: Secrecy | None = None
) -> AreaResult:
    """Return need meets gap with how firmly each area stands where it does.

    Parameters
    ----------
    order
        As `rank_need` gives it.
    tried
        People not reached in each trial, as `qmgis.coverage.guard_trials` gives them: index ``area``, one column a
        trial, missing where not even the number of the result itself is shown.
    sure
        How sure the flag of attention is, ``sure``, ``likely`` or ``borderline``, index ``area``; without it the flag
        counts as sure.
    secrecy
        Limits; ranges are told in steps of ``min_base`` people.

    Returns
    -------
    AreaResult
        The same with four more parts: ``holds``, in how many trials the area is underserved, or not, as in the result;
        ``not_reached_low`` and ``not_reached_high``, between which the people not reached lie in all trials, rounded
        outwards to steps that no difference gives few people away by; ``firm``: ``firm`` requires attention for sure
        and is underserved whatever is tried, ``open`` may, ``no`` does not.

    Raises
    ------
    DataError
        ``tried`` holds no trial.

    Examples
    --------
    >>> from qmgis.priority import rank_need
    >>> order = rank_need(toy_outcome().index, toy_outcome().coverage["kita"])
    >>> tried = pd.DataFrame({"nearer": order.parts["residents"], "farther": order.parts["not_reached"]})
    >>> ranged(order, tried).parts.loc["01010201", ["not_reached", "not_reached_low", "not_reached_high"]].tolist()
    [44.0, 40.0, 74.0]
    """
    if tried.columns.empty:
        raise DataError("There is no trial; name at least one.", de="Es gibt keine Probe; mindestens eine nennen.")
    limits, parts = secrecy if secrecy is not None else Secrecy(), order.parts
    below = float(order.parameters["underserved_below"])
    known = tried.reindex(parts.index)
    open_ = known.notna().all(axis=1) & order.value.notna()
    people = pd.concat([known, parts["not_reached"]], axis=1).astype(float)
    under = _under(known, parts["residents"], below)
    now = parts["share"] < below
    step = float(limits.min_base)
    low = np.floor(people.min(axis=1) / step) * step
    high = np.minimum(np.floor(people.max(axis=1) / step) * step + step, parts["residents"])
    more = {
        HOLDS: under.eq(now, axis=0).sum(axis=1).astype(float),
        LOW: low,
        HIGH: high,
        LABEL: _label(parts["attention"], under, now, sure),
    }
    added = pd.DataFrame(more, index=parts.index).where(open_)
    columns = _columns(len(known.columns))
    shown = None if order.shown is None else pd.concat([order.shown, added], axis=1)
    states = order.states
    if states is not None:
        gone = ~open_ & order.value.notna()
        told = " ".join(f"{order.key}_{name}=too_small" for name in COLUMNS)
        states = (states + gone.map({True: f" {told}", False: ""})).str.strip()
    return replace(
        order,
        parts=pd.concat([parts, added], axis=1),
        columns=(*order.columns, *columns),
        shown=shown,
        states=states,
        parameters={**order.parameters, "trials": [str(name) for name in tried]},
    )


def behind(order: AreaResult) -> Behind:
    """Return how many areas require attention and are underserved, and the people behind them, from what is shown.

    Examples
    --------
    >>> order = toy_outcome().priority["kita"]
    >>> found = behind(order)
    >>> found.firm <= found.firm + found.possible, found.low <= found.people <= found.high
    (True, True)
    """
    seen = order.seen
    firm, possible = (seen[LABEL] == code for code in ("firm", "open"))
    first = order.label == "attention_underserved"
    counted = (firm | possible | first) & seen[LOW].notna()
    return Behind(
        int(firm.sum()),
        int(possible.sum()),
        float(seen["not_reached"][first & counted].sum()),
        float(seen[LOW][firm].sum()),
        float(seen[HIGH][firm | possible].sum()),
        int((first & ~counted).sum()),
    )


def _under(tried: pd.DataFrame, residents: pd.Series, below: float) -> pd.DataFrame:
    """Return in which trials an area is underserved."""
    reached = tried.rsub(residents, axis=0)
    return reached.div(residents.where(residents > 0), axis=0) < below


def _label(attention: pd.Series, under: pd.DataFrame, now: pd.Series, sure: pd.Series | None) -> pd.Series:
    flagged = attention.fillna(False).astype(bool)
    certain = pd.Series(data=True, index=now.index) if sure is None else sure.reindex(now.index).eq("sure")
    firm = flagged & certain & now & under.all(axis=1)
    may = (flagged | ~certain) & (now | under.any(axis=1))
    return pd.Series(np.select([firm, may], ["firm", "open"], "no"), index=now.index, dtype=object)


def _columns(trials: int) -> tuple[Column, ...]:
    persons, note = words("coverage.unit_persons"), words("priority.note_range")
    codes = {code: words(f"priority.firm_{code}") for code in FIRM}
    return (
        Column(HOLDS, words("priority.holds", n=trials), "count", digits=0, note=words("priority.note_holds")),
        Column(LOW, words("priority.not_reached_low"), "count", persons, 0, note=note),
        Column(HIGH, words("priority.not_reached_high"), "count", persons, 0, note=note),
        Column(LABEL, words("priority.firm"), "code", codes=codes, note=words("priority.note_firm")),
    )
