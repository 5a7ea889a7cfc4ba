"""Measures as parts of one kind each: mixed ones divided by their investive share, to the cent."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from qmgis.core.apportion import apportion

__all__ = ["AMOUNTS", "KINDS", "UNKNOWN", "kind_parts", "money_parts"]

AMOUNTS = ("planned_ct", "approved_ct", "spent_ct")
UNKNOWN = "unknown"
KINDS = ("INV", "PRE", "ACC", "SOC", UNKNOWN)
MIXED = "MIX"


def kind_parts(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the kinds of each measure: one row, or two of a mixed one.

    A mixed measure is investive by its ``investive_share`` and social by the rest. Without that share, or with a kind
    that is not one of `KINDS`, it is ``unknown``.

    Parameters
    ----------
    measures
        Columns ``measure``, ``kind``, ``investive_share`` (0-1).

    Returns
    -------
    pd.DataFrame
        ``measure``, ``kind`` and ``part``: exact fractions that make 1 for each measure.

    Examples
    --------
    >>> mixed = pd.DataFrame({"measure": ["M1"], "kind": ["MIX"], "investive_share": [0.7]})
    >>> kind_parts(mixed)["part"].tolist()
    [Fraction(7, 10), Fraction(3, 10)]
    """
    rows: list[tuple[str, str, Fraction]] = []
    for measure, kind, share in measures[["measure", "kind", "investive_share"]].itertuples(index=False, name=None):
        rows += [(measure, one, part) for one, part in _kinds(kind, share)]
    return pd.DataFrame(rows, columns=["measure", "kind", "part"])


def _kinds(kind: Any, share: Any) -> list[tuple[str, Fraction]]:
    if kind == MIXED and not pd.isna(share):
        investive = Fraction(str(share))
        if 0 <= investive <= 1:
            return [(one, part) for one, part in (("INV", investive), ("SOC", 1 - investive)) if part]
    known = isinstance(kind, str) and kind in KINDS
    return [(str(kind) if known else UNKNOWN, Fraction(1))]


def money_parts(costs: pd.DataFrame, parts: pd.DataFrame, *, on: str) -> pd.DataFrame:
    """Return every row of costs once for each part of its measure, its amounts divided to the cent.

    Parameters
    ----------
    costs
        ``measure``, any further columns, and `AMOUNTS` (Int64 cents, may be missing); ``row`` names the rows that are
        divided.
    parts
        ``measure``, the column ``on`` and ``part`` (exact, from 0; in proportion).

    Returns
    -------
    pd.DataFrame
        The rows in their order with ``on`` and the share ``part`` of the row; missing amounts stay missing.
    """
    shares: dict[str, tuple[list[str], list[Fraction]]] = {}
    for measure, label, part in parts[["measure", on, "part"]].itertuples(index=False, name=None):
        labels, weights = shares.setdefault(measure, ([], []))
        labels.append(label)
        weights.append(part)
    made: list[dict[Any, Any]] = []
    for row in costs.to_dict("records"):
        labels, weights = shares[row["measure"]]
        columns = {name: _divided(row[name], weights) for name in AMOUNTS}
        whole = sum(weights, Fraction(0))
        for place, (label, weight) in enumerate(zip(labels, weights, strict=True)):
            divided = {name: column[place] for name, column in columns.items()}
            made.append({**row, on: label, "part": row["part"] * weight / whole, **divided})
    frame = pd.DataFrame(made, columns=list(dict.fromkeys([*costs.columns, on])))
    return frame.astype(dict.fromkeys(AMOUNTS, "Int64"))


def _divided(amount: Any, weights: list[Fraction]) -> list[object]:
    if pd.isna(amount):
        return [pd.NA] * len(weights)
    return [int(amount)] if len(weights) == 1 else list(apportion(int(amount), weights))
