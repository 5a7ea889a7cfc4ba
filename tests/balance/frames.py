"""Small registers: frames with the columns that the balance takes."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

MONEY = ("planned_ct", "approved_ct", "spent_ct")
TEXTS = {"area": "QM-01", "title": "T", "main_field": "HF1", "kind": "INV", "status": "running"}


def measures_of(rows: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Return measures by id; what a row does not say is usual."""
    usual = {**TEXTS, "other_fields": (), "investive_share": None, "target_groups": (), "priority": 1, "part": 1}
    return pd.DataFrame([{"measure": key, **usual, **said} for key, said in rows.items()])


def costs_of(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Return costs: measure, year, source, planned, approved, spent in cents."""
    frame = pd.DataFrame(rows, columns=["measure", "year", "source", *MONEY])
    return frame.astype({"year": "Int64", **dict.fromkeys(MONEY, "Int64")})


CENTS = st.none() | st.integers(0, 10**11)


@st.composite
def registers(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw measures of all kinds, with and without costs, shares and groups."""
    ids = [f"M{n}" for n in range(draw(st.integers(1, 5)))]
    shares = st.none() | st.integers(0, 1000).map(lambda share: share / 1000)
    measures = measures_of(
        {
            key: {
                "kind": draw(st.sampled_from(["INV", "PRE", "ACC", "SOC", "MIX", "MIX", None])),
                "investive_share": draw(shares),
                "main_field": draw(st.sampled_from(["HF1", "HF2", None])),
                "other_fields": draw(st.sampled_from([(), ("HF2",), ("HF1", "HF3")])),
                "target_groups": draw(st.sampled_from([(), ("children",), ("children", "youth")])),
                "area": draw(st.sampled_from(["QM-01", "QM-02", "QM-01, QM-02"])),
                "part": draw(st.sampled_from([1, 2, None])),
            }
            for key in ids
        }
    )
    row = st.tuples(
        st.sampled_from(ids),
        st.sampled_from([2023, 2024, None]),
        st.sampled_from(["SZ", "EFRE", None]),
        CENTS,
        CENTS,
        CENTS,
    )
    costs = draw(st.lists(row, max_size=8, unique_by=lambda one: one[:3]))
    return measures, costs_of(costs)
