"""One index, its rank and class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from qmgis.core.classify import to_nearest_limit
from qmgis.core.composite import Composite
from qmgis.core.normalise import percentile_rank
from qmgis.core.ranks import rank
from qmgis.methods.composite._columns import columns_of
from qmgis.model import AreaResult, Block, IndicatorTable, Profile, Text, words
from qmgis.scoring import Entry, class_of, entering, index_of, parameters_of

__all__ = ["score"]


def score(
    table: IndicatorTable, *, profile: Profile, year: int, declared: Mapping[str, str] | None = None
) -> AreaResult:
    """Return index, rank and class for each area, with what each indicator adds.

    Parameters
    ----------
    table
        Shares (0-1), other numbers, or published ranks, as the profile asks for; residents as a count.
    profile
        One block, ``index``: indicators, steps and classes.
    year
        Year of measurement.
    declared
        Areas that a declared decision leaves out, with the reason.

    Returns
    -------
    AreaResult
        Index ``area``: every area of the table with rows of that year; ``value`` is the index (high is more
        disadvantage), ``label`` its class, the last the most pressing; ``rank`` 1 is the most pressing.

    Raises
    ------
    MissingColumnError
        An indicator of the profile is not in the table.
    NotEnoughDataError
        Fewer than three areas remain, or an indicator is constant.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008; the profile names its own source.

    Examples
    --------
    >>> profile = toy_composite()
    >>> result = score(toy_table(), profile=profile, year=2024)
    >>> result.value.idxmax() == result.parts["rank"].idxmin()
    True
    """
    block = profile.blocks["index"]
    entry = entering(table, profile=profile, year=year, declared=declared or {})
    made = index_of(entry, block, table=table)
    parts = _parts(entry, made, profile)
    return AreaResult(
        kind="index",
        key=profile.key,
        title=profile.title,
        value=parts["index"].rename(None),
        label=pd.Series(pd.Categorical(parts["class"], categories=block.classes, ordered=True), index=parts.index),
        parts=parts,
        columns=columns_of(parts, table, profile),
        left_out=entry.left_out,
        vintage=table.vintage,
        year=year,
        limits={"index": block.limits} if block.limits else {},
        reference=made.reference,
        parameters=parameters_of(profile, valid=len(entry.valid)),
        warnings=(*entry.warnings, *_warnings(made)),
        credits=tuple(dict.fromkeys(table.indicators[key].credit for key in profile.needs)),
        reference_source=profile.source,
        weights={"index": made.weights},
    )


def _parts(entry: Entry, made: Composite, profile: Profile) -> pd.DataFrame:
    """Return every column of the result, one row an area, missing where left out."""
    block = profile.blocks["index"]
    named = class_of(made.index, block)
    scored = pd.DataFrame({"index": made.index, "rank": rank(made.index, ties="min"), "class": named})
    if profile.attention:
        scored["attention"] = named.isin(profile.attention).astype("boolean").where(named.notna())
    if block.steps.again not in ("none", "z"):
        scored["score"] = made.score
    if block.limits:
        scored["distance"] = to_nearest_limit(made.index, block.limits)
    if block.flagged_from is not None:
        scored["flags"] = (made.normalised >= block.flagged_from).sum(axis=1).astype(float)
    tables = [
        made.normalised.add_prefix("score_"),
        _domains(made, block),
        made.contributions.add_prefix("contribution_"),
    ]
    parts = pd.concat([scored, *tables], axis=1).reindex(entry.values.index)
    source = entry.values if block.of == "value" else entry.changes
    shown = source[list(block.indicators)].add_prefix("value_" if block.of == "value" else "change_")
    return pd.concat([parts, shown], axis=1).replace({np.inf: np.nan, -np.inf: np.nan})


def _domains(made: Composite, block: Block) -> pd.DataFrame:
    """Return the score of each domain and, where the index is a percentile rank, that of the domain too."""
    if made.domains.empty:
        return made.domains
    found = made.domains.add_prefix("domain_")
    if block.steps.again == "percentile_rank":
        for key in made.domains:
            found[f"domain_rank_{key}"] = percentile_rank(made.domains[key], digits=block.steps.digits)
    return found


def _warnings(made: Composite) -> list[Text]:
    """Return what was filled, treated or dropped on the way."""
    found = []
    if made.dropped:
        found.append(words("methods.warning_dropped_constant", names=", ".join(made.dropped)))
    for message, cells in (("methods.warning_filled", made.filled), ("methods.warning_treated", made.treated)):
        touched = cells.sum()
        if touched.any():
            shown = ", ".join(f"{key} ({count})" for key, count in touched[touched > 0].items())
            found.append(words(message, shown=shown))
    return found
