"""Small registers: frames with the columns that the balance takes."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
from hypothesis import strategies as st

from qmgis.io.rules.catalogues import code_lists
from qmgis.io.rules.fundrules import fund_rules
from qmgis.model import City, Register, Text, register_table
from tests.toy import CRS, HOSTILE, toy_city, toy_programme

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


def toy_register() -> Register:
    """Return a register for the toy city's one programme area: a hostile title, a mixed measure, funds."""
    measures = register_table(
        "measures",
        {
            "measure": ["M1", "M2", "M3", "M4"],
            "area": ["QM-01"] * 4,
            "title": ["Park", HOSTILE, "Fest", "Idee"],
            "main_field": ["HF3", "HF1", "HF1", "HF2"],
            "other_fields": [("HF4",), (), (), ()],
            "kind": ["INV", "MIX", "SOC", "INV"],
            "investive_share": [1.0, 0.25, 0.0, 1.0],
            "status": ["running", "approved", "running", "idea"],
            "priority": [1, 2, 1, 3],
            "part": [1, 1, 1, 2],
            "target_groups": [("children", "youth"), ("families",), (), ()],
        },
    )
    costs = register_table(
        "costs",
        {
            "measure": ["M1", "M1", "M2", "M3", "M4"],
            "year": [2023, 2024, 2024, 2024, 2025],
            "source": ["sozialer_zusammenhalt", "efre", "sozialer_zusammenhalt", "municipality", "land"],
            "planned_ct": [9_000_001, 1_000_000, 200_002, 50_000, 7_000_000],
            "approved_ct": [9_000_001, None, 200_002, 50_000, None],
            "spent_ct": [8_500_000, 0, None, 49_999, None],
        },
    )
    funds = register_table(
        "funds",
        {"fund": ["=F1"], "area": ["QM-01"], "type": ["aktionsfonds"], "year": [2024], "budget_ct": [1_000_000],
         "max_grant_ct": [150_000]},
    )  # fmt: skip
    grants = register_table(
        "grants",
        {"grant": ["G1", "G2"], "fund": ["=F1", "=F1"], "year": [2024, 2024], "amount_ct": [150_000, 175_000],
         "purpose": ["Beete", "Bühne"]},
    )  # fmt: skip
    at = toy_programme().frame.geometry.iloc[0].representative_point()
    places = gpd.GeoSeries({"M1": at, "M2": at.buffer(50)}, crs=CRS)
    return Register(
        "measures", Text("Maßnahmen", "Measures"), measures, costs, funds, grants, places=places, codes=code_lists(),
        credit="Stadt",
    )  # fmt: skip


def register_city() -> City:
    """Return the toy city with its programme area and the register."""
    return replace(
        toy_city(), programmes={"quarters": toy_programme()}, registers={"measures": toy_register()},
        fund_rules=fund_rules(("BE", ())),
    )  # fmt: skip
