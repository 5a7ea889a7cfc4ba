"""Small counts are not shown: the primary rules of METHODS 13 on a run's indicators (coverage guards its own)."""

from __future__ import annotations

import pandas as pd

from qmgis.model import IndicatorTable, Secrecy

__all__ = ["guard_index"]


def guard_index(
    parts: pd.DataFrame, table: IndicatorTable, year: int, secrecy: Secrecy
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the parts without what rests on too few people, and the state of each indicator that is not shown.

    A share whose numerator is 1 to ``min_count - 1``, or whose denominator is 1 to ``min_base - 1``, is hidden with its
    change, and with it all standard scores and contributions of the area, because they would give it away.

    Returns
    -------
    tuple
        The guarded frame (same shape), and a text an area such as ``child_poverty=secret``, empty where all is shown.
    """
    shown = parts.copy()
    values, states = table.of_year(year).reindex(parts.index), table.of_year(year, what="states").reindex(parts.index)
    named = pd.Series("", index=parts.index, dtype=object)
    hidden_any = pd.Series(False, index=parts.index)
    for key in (str(column).removeprefix("value_") for column in parts if str(column).startswith("value_")):
        hidden = _too_few(values, table, key, secrecy)
        hidden_any |= hidden
        shown.loc[hidden, [name for name in (f"value_{key}", f"change_{key}") if name in shown]] = float("nan")
        state = states[key].where(~hidden, "secret")
        named = named.where(state == "ok", named + f" {key}=" + state.astype(object))
    detail = [name for name in shown if str(name).startswith(("z_", "contribution_"))]
    shown.loc[hidden_any, detail] = float("nan")
    return shown, named.str.strip()


def _too_few(values: pd.DataFrame, table: IndicatorTable, key: str, secrecy: Secrecy) -> pd.Series:
    """Return where a share rests on a numerator or denominator below the limits."""
    indicator = table.indicators[key]
    hidden = pd.Series(False, index=values.index)
    for part, limit in ((indicator.numerator, secrecy.min_count), (indicator.denominator, secrecy.min_base)):
        if part in values:
            hidden |= (values[part] > 0) & (values[part] < limit)
    return hidden
