"""What part each area plays in an answer, and why it plays none."""

from __future__ import annotations

import pandas as pd

from qmgis.effect._answer import Answer
from qmgis.effect._checks import FEWEST_BEFORE
from qmgis.effect._panel import Panel

__all__ = ["PARTS", "parts_of"]

PARTS = (
    "area", "comparison", "possible", "near", "part", "left_out", "always", "elsewhere", "late", "gaps", "divided",
    "short", "unlike",
)  # fmt: skip


def parts_of(panel: Panel, answer: Answer) -> pd.Series:
    """Return the part of each area in an answer.

    Parameters
    ----------
    panel, answer
        The answer, and what it was made from.

    Returns
    -------
    pd.Series
        Index area: ``area`` and ``comparison`` (they enter); ``possible`` (could be compared); ``near``, ``part``,
        ``left_out`` and ``always`` as in `qmgis.effect.units_of`; of treated ones that do not enter ``elsewhere``
        (another programme area), ``late`` (started after the last edition), ``gaps`` (an edition without a value),
        ``divided`` (other outlines in an edition), ``short`` (too few editions before) and ``unlike`` (no area was
        like it).

    Examples
    --------
    >>> from qmgis.effect import PARTS
    >>> PARTS[:2]
    ('area', 'comparison')
    """
    units, one = panel.units, panel.measured[answer.key]
    status = [other.values.notna().all(axis=1) for other in panel.measured.values() if other.direction]
    whole = pd.concat([one.values.notna().all(axis=1), *status], axis=1).all(axis=1)
    found = units["role"].astype(object).copy()
    reasons = {
        "elsewhere": (units["programme"] != answer.scope) & (answer.scope != "all"),
        "late": panel.first >= len(panel.years),
        "gaps": ~whole,
        "divided": ~one.exact.astype(bool),
        "short": (panel.first < FEWEST_BEFORE) & (answer.kind == "design"),
    }
    treated = found == "treated"
    found[treated] = "unlike"
    for reason, holds in reversed(reasons.items()):
        found[treated & holds] = reason
    of = answer.members["of"] if len(answer.members) else pd.Series(dtype=object)
    found.loc[of.index] = of
    return found
