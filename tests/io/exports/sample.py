"""An outcome made by hand: every kind of column, missing and left-out areas, hostile texts, places and gaps."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from qmgis.model import AreaLayer, AreaResult, Column, InputFile, Outcome, Recipe, Run, Text, Theme, words
from tests import toy

HOSTILE = (
    "=1+2",
    "+49 30 1234",
    "-2+3",
    "@SUM(A1)",
    "\ttab",
    "\rreturn",
    '"quoted"; and, commas',
    "]]> </qgis> & <b>",
    "nul\x00 bell\x07 end",
    "line\nbreak",
    "O'Hara'); DROP TABLE areas;--",
    "😀 Straße",
    "ü" * 150,
    "{{7*7}} {0} %s",
    "https://example.org/=x",
)
GROUPS = {
    f"{status}{sign}": Text(f"g{status}{sign}", f"g{status}{sign}") for status in "1234" for sign in ("+", "+/-", "-")
}
SIGNS = {"+": Text("positiv", "positive"), "+/-": Text("stabil", "stable"), "-": Text("negativ", "negative")}
STATUS = {str(number): words(f"words.status_{number}") for number in range(1, 5)}
REASONS = {reason: words(f"words.reason_{reason}") for reason in ("too_few_residents", "outlier")}
TIERS = {"3": Text("später", "later"), "2": Text("bald", "soon"), "1": Text("zuerst", "first")}
COLUMNS = (
    Column("name", Text("Name", "Name"), "text"),
    Column("population", Text("Bevölkerung", "Population"), "count", Text("Personen", "persons"), 0),
    Column("status_index", Text("Status-Index", "Status index"), "number"),
    Column("status_class", Text("Status-Klasse", "Status class"), "code", codes=STATUS),
    Column("dynamics_index", Text("Dynamik-Index", "Dynamics index"), "number"),
    Column("dynamics_class", Text("Dynamik-Klasse", "Dynamics class"), "code", codes=SIGNS),
    Column("group", Text("Gruppe", "Group"), "code", codes=GROUPS),
    Column("attention", Text("Aufmerksamkeit", "Attention"), "bool"),
    Column("left_out", Text("Ausgelassen", "Left out"), "code", codes=REASONS),
    Column("z_unemployment", Text("Arbeitslosigkeit: z", "Unemployment: z"), "number"),
    Column("value_unemployment", Text("Arbeitslosigkeit", "Unemployment"), "share", digits=1),
    Column("change_unemployment", Text("Veränderung", "Change"), "points", digits=1),
    Column("kita_share", Text("Kita: erreicht", "Day care: reached"), "share", digits=1),
    Column("kita_reached", Text("Kita: Kinder", "Day care: children"), "count", digits=0),
    Column("kita_median_m", Text("Kita: Weg", "Day care: way"), "metres", digits=0),
    Column("kita_order", Text("Kita: Reihenfolge", "Day care: order"), "order", digits=0),
    Column("kita_tier", Text("Kita: Stufe", "Day care: tier"), "code", codes=TIERS),
    Column("states", Text("Zustände", "States"), "text"),
)


def sample_table(index: pd.Index) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    count = len(index)
    status = [str(1 + number % 4) for number in range(count)]
    sign = [("+", "+/-", "-")[number // 4 % 3] for number in range(count)]
    table = pd.DataFrame(
        {
            "name": [HOSTILE[number % len(HOSTILE)] for number in range(count)],
            "population": np.round(rng.uniform(300, 9000, count)),
            "status_index": rng.normal(0, 1, count),
            "status_class": status,
            "dynamics_index": rng.normal(0, 1, count),
            "dynamics_class": sign,
            "group": [a + b for a, b in zip(status, sign, strict=True)],
            "attention": [a == "4" for a in status],
            "left_out": None,
            "z_unemployment": rng.normal(0, 1, count),
            "value_unemployment": rng.uniform(0, 0.3, count),
            "change_unemployment": rng.normal(0, 0.01, count),
            "kita_share": np.linspace(0, 1, count),
            "kita_reached": np.where(np.arange(count) == 6, 12.5, np.arange(count)).astype(float),
            "kita_median_m": rng.uniform(50, 1500, count),
            "kita_order": np.arange(1.0, count + 1),
            "kita_tier": [str(1 + number % 3) for number in range(count)],
            "states": "",
        },
        index=index,
    ).astype(dict.fromkeys(("name", "status_class", "attention", "left_out", "kita_tier", "group"), object))
    empty = ["status_index", "status_class", "dynamics_index", "dynamics_class", "group", "attention", "z_unemployment"]
    for area, reason in (("01010000", "too_few_residents"), ("01010005", "outlier")):
        table.loc[area, empty] = None
        table.loc[area, "left_out"] = reason
    table.loc["01010003", ["value_unemployment", "kita_share"]] = np.nan
    table.loc["01010003", "states"] = "unemployment=secret kita=too_small"
    return table


def sample_outcome() -> Outcome:
    areas: AreaLayer = toy.toy_areas()
    index = areas.frame.index
    table = sample_table(index)
    left_out = table["left_out"].dropna()
    theme = Theme("kita", Text("Kita", "Day care"), "kita", 500.0, group="age_0_5")
    scored = [name for name in table if name.startswith(("status", "dynamics", "group", "attention", "z_"))]
    index_result = _result(
        "index", "mss-2021", table["status_index"].astype(float), table["group"], list(GROUPS), table[scored], left_out,
        limits={"status": (-1.0, 1.0, 1.5), "dynamics": (-1.0, 1.0)},
    )  # fmt: skip
    coverage = _result(
        "coverage", "kita", table["kita_share"], pd.Series("x", index=index), ["x"], table[["kita_reached"]],
        pd.Series({"01010003": "no_residents"}), parameters={"distance": "network"},
    )  # fmt: skip
    priority = _result(
        "priority", "kita", table["kita_order"], table["kita_tier"], list(TIERS), table[["kita_order"]],
        pd.Series(dtype=object),
    )  # fmt: skip
    west, south = toy.WEST, toy.SOUTH
    gaps = gpd.GeoDataFrame(
        {"theme": ["kita", "kita"], "not_reached": [25.0, 12.5]},
        geometry=[box(west, south, west + 100, south + 100), box(west + 500, south, west + 600, south + 100)],
        crs=toy.CRS,
    )
    return Outcome(
        city="toy",
        city_title=Text("Spielstadt & Söhne", "Toy Town & Sons"),
        run=Run("mss-2024", Text("MSS 2024", "MSS 2024"), "mss-2021", 2024, toy.VINTAGE, ("kita",)),
        areas=areas,
        index=index_result,
        coverage={"kita": coverage},
        priority={"kita": priority},
        themes={"kita": theme},
        places={"kita": toy.toy_places()},
        table=table,
        columns=COLUMNS,
        recipe=Recipe("mss-2021", "0.1.0", {"year": 2024}, (InputFile("toy/x.csv", "0" * 64),)),
        credits=("Amt für <Statistik> & Wahlen", toy.CREDIT),
        gaps=gaps,
        warnings=(Text("Eine Warnung", "A warning"),),
        note=Text("Erfundene Stadt", "Invented city"),
        programme=toy.toy_programme(),
    )


def _result(kind, key, value, label, order, parts, left_out, **more) -> AreaResult:
    known = {column.key: column for column in COLUMNS}
    return AreaResult(
        kind=kind,
        key=key,
        title=Text("Kita", "Day care"),
        value=value,
        label=pd.Series(pd.Categorical(label, categories=order, ordered=True), index=value.index),
        parts=parts,
        columns=tuple(known[name] for name in parts),
        left_out=left_out,
        vintage=toy.VINTAGE,
        year=2024,
        reference_source="MSS 2021",
        **more,
    )
