"""Status, dynamics and their crossing.

The rule of METHODS 1: shares are standardised over the areas that are not left out, summed without weights and
standardised again; the same with their changes; both are cut into classes and crossed to 12 groups. A profile may ask
for other steps.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from qmgis.core.classify import to_nearest_limit
from qmgis.core.composite import Composite
from qmgis.methods.mss._columns import GROUPS, columns_of
from qmgis.model import AreaResult, IndicatorTable, Profile, words
from qmgis.scoring import Entry, class_of, entering, index_of, outlier_candidates, parameters_of

__all__ = ["score"]


def score(
    table: IndicatorTable, *, profile: Profile, year: int, declared: Mapping[str, str] | None = None
) -> AreaResult:
    """Return status, dynamics, group and attention for each area, with the contributions that add up to them.

    Parameters
    ----------
    table
        Shares (0-1) and their changes; residents as a count, also of the year before if known.
    profile
        Indicators, limits and rules of the edition.
    year
        Year of measurement (the MSS 2021 measures 2020).
    declared
        Areas that a declared decision leaves out, with the reason (``outlier``, ``declared``, …).

    Returns
    -------
    AreaResult
        Index ``area``: every area of the table with rows of that year; ``value`` is the status index (standard
        deviations, high is more disadvantage), ``label`` the group from ``1+`` to ``4-``.

    Raises
    ------
    MissingColumnError
        An indicator of the profile is not in the table.
    NotEnoughDataError
        Fewer than three areas remain, or an indicator is constant.

    References
    ----------
    Senatsverwaltung für Stadtentwicklung Berlin: Monitoring Soziale Stadtentwicklung 2021, Indikatorenblätter,
    sections 1 and 3.1-4.3; attention: report 2015.

    Examples
    --------
    >>> result = score(toy_table(), profile=toy_profile(), year=2024)
    >>> bool(result.parts["attention"].any())
    True
    """
    entry = entering(table, profile=profile, year=year, declared=declared or {})
    status = index_of(entry, profile.blocks["status"], table=table)
    dynamics = index_of(entry, profile.blocks["dynamics"], table=table)
    warnings = list(entry.warnings)
    dropped = (*status.dropped, *(f"{key} (change)" for key in dynamics.dropped))
    if dropped:
        warnings.append(words("methods.warning_dropped_constant", names=", ".join(dropped)))
    scores = pd.concat([status.normalised, dynamics.normalised.add_suffix("_change")], axis=1)
    candidates = outlier_candidates(scores, entry.values[profile.residents])
    if candidates:
        warnings.append(words("methods.warning_outlier_candidates", areas=", ".join(candidates)))
    parts = _parts(entry, status, dynamics, profile)
    return AreaResult(
        kind="index",
        key=profile.key,
        title=profile.title,
        value=parts["status_index"].rename(None),
        label=pd.Series(pd.Categorical(parts["group"], categories=GROUPS, ordered=True), index=parts.index),
        parts=parts,
        columns=columns_of(parts, table, profile),
        left_out=entry.left_out,
        vintage=table.vintage,
        year=year,
        limits={name: block.limits for name, block in profile.blocks.items()},
        reference=pd.concat([status.reference, dynamics.reference.rename(index=lambda key: f"{key}_change")]),
        parameters=parameters_of(profile, valid=len(entry.valid)),
        warnings=tuple(warnings),
        credits=tuple(dict.fromkeys(table.indicators[key].credit for key in profile.needs)),
        reference_source=profile.source,
        weights={"status": status.weights, "dynamics": dynamics.weights},
    )


def _parts(entry: Entry, status: Composite, dynamics: Composite, profile: Profile) -> pd.DataFrame:
    """Return every column of the result, one row an area, missing where left out."""
    blocks = profile.blocks
    status_class, dynamics_class = (
        class_of(status.index, blocks["status"]),
        class_of(dynamics.index, blocks["dynamics"]),
    )
    group = status_class + dynamics_class
    scored = pd.DataFrame(
        {
            "status_index": status.index,
            "status_class": status_class.astype("Int64"),
            "dynamics_index": dynamics.index,
            "dynamics_class": dynamics_class,
            "group": group,
            "attention": group.isin(profile.attention).astype("boolean"),
        }
    )
    named = [
        status.normalised.add_prefix("z_"),
        dynamics.normalised.add_prefix("z_").add_suffix("_change"),
        status.contributions.add_prefix("contribution_"),
        dynamics.contributions.add_prefix("contribution_").add_suffix("_change"),
    ]
    scored = pd.concat([scored, *named], axis=1)
    scored["status_distance"] = to_nearest_limit(status.index, blocks["status"].limits)
    scored["dynamics_distance"] = to_nearest_limit(dynamics.index, blocks["dynamics"].limits)
    parts = scored.reindex(entry.values.index)
    shown = entry.values[list(profile.status)].add_prefix("value_")
    moved = entry.changes[list(profile.dynamics)].add_prefix("change_")
    return pd.concat([parts, shown, moved], axis=1).replace({np.inf: np.nan, -np.inf: np.nan})
