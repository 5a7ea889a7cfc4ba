"""The indices of an area: classes, limits, and which other classes they could be moved to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from qmgis.explanation._facts import IndexFact, Named, Step
from qmgis.model import Outcome, Text
from qmgis.model.reading import (
    Block,
    blocks_of,
    distance_column,
    index_column,
    limits_of,
    number_at,
    ranked,
    value_at,
)

__all__ = [
    "NEAR",
    "flag_at",
    "group_at",
    "indices_of",
    "is_near",
    "is_nearly",
    "named_at",
    "nearly_flagged",
    "number_or_none",
]

# What is near to a limit, in standard deviations of the index, and how often a flag has to come out to be nearly there.
NEAR = 0.1
UNSURE = ("likely", "borderline")
LEAST = 0.1
CLASSES: Mapping[Block, str] = {"status": "status_class", "dynamics": "dynamics_class", "index": "class"}


def number_or_none(outcome: Outcome, area: str, column: str) -> float | None:
    """Return one number of the table; None where it is missing, not shown, or the column is not there."""
    value = number_at(outcome, area, column)
    return None if np.isnan(value) else value


def named_at(outcome: Outcome, area: str, column: str) -> Named | None:
    """Return a code of the table with its word."""
    value = value_at(outcome, area, column)
    return None if value is None else _named(outcome, column, str(value))


def group_at(outcome: Outcome, area: str) -> Named | None:
    """Return the group of an area, its class where the method has one index, its status where there is no more."""
    column = next((key for key in ("group", "class", "status_class") if key in outcome.table), "")
    return named_at(outcome, area, column)


def flag_at(outcome: Outcome, area: str) -> bool | None:
    """Return whether an area requires attention; None where nothing is said."""
    flag = value_at(outcome, area, "attention")
    return None if flag is None else bool(flag)


def _named(outcome: Outcome, column: str, code: str) -> Named:
    codes = next((one.codes for one in outcome.columns if one.key == column), {})
    return Named(code, codes.get(code, Text(code, code)))


def indices_of(outcome: Outcome, area: str) -> tuple[IndexFact, ...]:
    """Return the indices of an area; none where it is left out."""
    found = []
    for block in blocks_of(outcome):
        label = named_at(outcome, area, CLASSES[block])
        if label is not None:
            found.append(_index(outcome, area, block, label))
    return tuple(found)


def _index(outcome: Outcome, area: str, block: Block, label: Named) -> IndexFact:
    column = index_column(block)
    value, limits = number_or_none(outcome, area, column), limits_of(outcome, column)
    nearest = None if value is None or not limits else min(limits, key=lambda limit: abs(value - limit))
    rank = number_or_none(outcome, area, "rank") if block == "index" else None
    return IndexFact(
        block=block,
        title=next(one.title for one in outcome.columns if one.key == column),
        value=value,
        label=label,
        limits=limits,
        nearest=nearest,
        distance=None if value is None or nearest is None else value - nearest,
        rank=None if rank is None else int(rank),
        ranked=ranked(outcome),
        steps=tuple(_steps(outcome, area, block, label.code)),
    )


def _steps(outcome: Outcome, area: str, block: Block, own: str) -> Iterator[Step]:
    """Yield on both sides the next class, and the nearest class that changes the flag where that is another."""
    names, flag = _classes(outcome, block), flag_at(outcome, area)
    if own not in names:
        return
    at = names.index(own)
    for places in (range(at - 1, -1, -1), range(at + 1, len(names))):
        for place in places:
            step = _step(outcome, area, block, at=at, place=place)
            changes_flag = flag is not None and step.attention != flag
            if step.is_next or changes_flag:
                yield step
            if changes_flag or flag is None:
                break


def _step(outcome: Outcome, area: str, block: Block, *, at: int, place: int) -> Step:
    names, limits = _classes(outcome, block), limits_of(outcome, index_column(block))
    limit = (limits[place] if place < at else limits[place - 1]) if limits else None
    value = number_or_none(outcome, area, index_column(block))
    group = _group_with(outcome, area, block, names[place])
    flagged = outcome.index.parameters.get("attention", ())
    return Step(
        block=block,
        way="less" if place < at else "more",
        is_next=abs(place - at) == 1,
        to=_named(outcome, CLASSES[block], names[place]),
        group=group,
        attention=group.code in flagged if flag_at(outcome, area) is not None else None,
        limit=limit,
        gap=None if limit is None or value is None else limit - value,
        ranks=_ranks(outcome, area, place=place, is_more=place > at) if limit is None else None,
    )


def _group_with(outcome: Outcome, area: str, block: Block, code: str) -> Named:
    """Return the group of an area if one of its indices had another class."""
    if "group" not in outcome.table:
        return _named(outcome, CLASSES[block], code)
    own = {other: str(value_at(outcome, area, CLASSES[other])) for other in blocks_of(outcome)}
    whole = {**own, block: code}
    return _named(outcome, "group", "".join(whole[other] for other in blocks_of(outcome)))


def _classes(outcome: Outcome, block: Block) -> tuple[str, ...]:
    """Return the classes of an index from the least to the most pressing."""
    settings = outcome.index.parameters.get("blocks", {}).get(block, {})
    return tuple(str(name) for name in settings.get("classes", ()))


def _ranks(outcome: Outcome, area: str, *, place: int, is_more: bool) -> int | None:
    """Return how many places lie between an area and a class that is a part of equal size; part 1 holds rank 1."""
    parts = int(outcome.index.parameters.get("blocks", {}).get("index", {}).get("quantiles") or 0)
    rank, count = number_or_none(outcome, area, "rank"), ranked(outcome)
    if not parts or rank is None:
        return None
    part = parts - place
    return int(rank) - part * count // parts if is_more else (part - 1) * count // parts + 1 - int(rank)


def is_near(outcome: Outcome, block: Block, gap: float | None) -> bool:
    """Return whether a limit is near: less than a tenth of a standard deviation of the index away."""
    return gap is not None and abs(gap) < NEAR * _unit(outcome, block)


def _unit(outcome: Outcome, block: Block) -> float:
    """Return one standard deviation of an index; status and dynamics are in standard deviations already."""
    return 1.0 if block != "index" else float(outcome.table["index"].astype(float).std(ddof=0))


def nearly_flagged(outcome: Outcome) -> tuple[str, ...]:
    """Return the areas that do not require attention, but nearly do.

    An area is nearly flagged where the flag comes out in at least a tenth of the draws of its certainty
    (``probability_attention``; where that is not shown, as its label says), or where one class limit, less than a
    tenth of a standard deviation of the index away, would flag it if it were crossed and all else stayed the same.
    Where classes are parts of equal size or come from rules there are no such limits; there the first condition alone
    counts.

    Returns
    -------
    tuple of str
        Ids, in the order of the table; areas that are left out are not among them.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> set(nearly_flagged(outcome)) & set(outcome.table.index[outcome.table["attention"].fillna(False)])
    set()
    """
    table = outcome.table
    if "attention" not in table:
        return ()
    calm = table["attention"].notna() & ~table["attention"].fillna(False).astype(bool)
    often = pd.Series(False, index=table.index)
    if "probability_attention" in table:
        often = table["probability_attention"].astype(float) >= LEAST
        often |= table["probability_attention"].isna() & table["certainty_attention"].isin(UNSURE)
    close = pd.Series(False, index=table.index)
    for block in blocks_of(outcome):
        if distance_column(block) in table:
            close |= table[distance_column(block)].astype(float).abs() < NEAR * _unit(outcome, block)
    return tuple(str(area) for area in table.index[calm & (often | close)] if is_nearly(outcome, str(area)))


def is_nearly(outcome: Outcome, area: str) -> bool:
    """Return whether one area is nearly flagged, as `nearly_flagged` says."""
    if flag_at(outcome, area) is not False:
        return False
    steps = (step for index in indices_of(outcome, area) for step in index.steps)
    probability = number_or_none(outcome, area, "probability_attention")
    often = value_at(outcome, area, "certainty_attention") in UNSURE if probability is None else probability >= LEAST
    return often or any(step.is_next and step.attention and is_near(outcome, step.block, step.gap) for step in steps)
