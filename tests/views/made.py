"""Outcomes for the tests of pictures: the real index on any areas, with coverage and tiers that are set by hand."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from qmgis.methods import mss
from qmgis.model import (
    AreaLayer,
    AreaResult,
    City,
    Column,
    IndicatorTable,
    Outcome,
    PlaceLayer,
    Recipe,
    Run,
    Text,
    Theme,
    words,
)
from tests import toy

TIERS = ("none", "watch", "first")
THEME = Theme("kita", Text("Kita", "Day care"), "kita", 500.0, group="age_0_5", need="child_poverty")
PLAIN = Text("", "")
FIRST = ("status_index", "status_class", "dynamics_index", "dynamics_class", "group", "attention")


def coverage_of(areas: AreaLayer, *, seed: int = 3, distance: str = "straight_line") -> AreaResult:
    rng = np.random.default_rng(seed)
    ids = areas.frame.index
    share = pd.Series(np.clip(rng.normal(0.7, 0.3, len(ids)), 0, 1), index=ids)
    share.iloc[1] = np.nan
    residents = pd.Series(np.round(100 + 400 * rng.random(len(ids))), index=ids)
    parts = pd.DataFrame(
        {
            "share": share,
            "reached": (residents * share).round(),
            "not_reached": residents - (residents * share).round(),
            "median_m": 900 - 700 * share,
            "p90_m": 1200 - 600 * share,
        }
    )
    columns = (
        Column("share", Text("Anteil erreicht", "Share reached"), "share", Text("%", "%"), 1),
        Column("reached", Text("erreicht", "reached"), "count", Text("Personen", "persons"), 0),
        Column("not_reached", Text("nicht erreicht", "not reached"), "count", Text("Personen", "persons"), 0),
        Column("median_m", Text("Weg, Median", "distance, median"), "metres", Text("m", "m"), 0),
        Column("p90_m", Text("Weg, 90 %", "distance, 90%"), "metres", Text("m", "m"), 0),
    )
    label = pd.cut(1 - share, [-0.1, 0.5, 1.1], labels=["near", "far"], ordered=True)
    left_out = pd.Series(["no_residents"], index=ids[1:2])
    return AreaResult(
        "coverage", "kita", THEME.title, share, pd.Series(pd.Categorical(label, ordered=True), index=ids), parts,
        columns, left_out, areas.vintage, 2024, parameters={"distance_type": distance, "within_m": 500.0},
    )  # fmt: skip


def priority_of(index: AreaResult, reach: AreaResult) -> AreaResult:
    gap = 1 - reach.value
    tier = pd.Series(
        np.select([(index.value > 1) & (gap > 0.3), (index.value > 0) & (gap > 0.2)], ["first", "watch"], "none"),
        index=index.value.index,
    ).where(index.value.notna() & gap.notna())
    order = (index.value + gap).rank(ascending=False)
    return AreaResult(
        "priority", "kita", THEME.title, order, pd.Series(pd.Categorical(tier, TIERS, ordered=True), index=order.index),
        pd.DataFrame(index=order.index), (), index.left_out, index.vintage, 2024,
    )  # fmt: skip


def outcome_of(
    areas: AreaLayer, table: IndicatorTable, *, year: int = 2024, places: PlaceLayer | None = None, **changes: object
) -> Outcome:
    index = mss.score(table, profile=toy.toy_profile(), year=year, declared={areas.frame.index[5]: "outlier"})
    reach = coverage_of(areas)
    order = priority_of(index, reach)
    rest = [name for name in index.parts if name not in FIRST]
    frame = pd.DataFrame({"name": areas.frame["name"].astype(object)}, index=areas.frame.index)
    frame["population"] = table.of_year(year)["population"].reindex(frame.index)
    frame[[*FIRST]] = index.parts[[*FIRST]].reindex(frame.index)
    frame["left_out"] = index.left_out.reindex(frame.index).astype(object)
    frame = pd.concat([frame, index.parts[rest].reindex(frame.index), reach.parts.add_prefix("kita_")], axis=1)
    frame["kita_order"], frame["kita_tier"] = order.value, order.label.astype(object)
    frame["states"] = ""
    frame.loc[frame.index[9], ["value_child_poverty"]] = np.nan
    frame.loc[frame.index[9], "states"] = "child_poverty=secret"
    gaps = gpd.GeoDataFrame(
        {"theme": "kita", "not_reached": [12.0, 40.0]},
        geometry=[box(*(areas.frame.geometry.iloc[k].centroid.buffer(50).bounds)) for k in (2, 4)],
        crs=areas.frame.crs,
    )
    columns = {column.key: column for column in (*index.columns, *_own_columns(reach))}
    given: dict[str, object] = {
        "city": "toy",
        "city_title": Text("Spielstadt", "Toy Town"),
        "run": Run(
            "mss-2024", Text("Soziale Lage 2024", "Social situation 2024"), "mss-2021", year, areas.vintage, ("kita",)
        ),
        "areas": areas,
        "index": index,
        "coverage": {"kita": reach},
        "priority": {"kita": order},
        "themes": {"kita": THEME},
        "places": {"kita": places if places is not None else toy.toy_places()},
        "table": frame,
        "columns": tuple(columns[str(key)] for key in frame),
        "recipe": Recipe("mss-2021", "0.1.0", {"year": year}, ()),
        "credits": ("Amt für Statistik (erfunden), CC0-1.0",),
        "gaps": gaps,
        "warnings": (Text("Ein Gebiet ist ein Sonderfall.", "One area is special."),),
        "note": Text("Erfundene Stadt", "Invented city"),
    }
    return Outcome(**{**given, **changes})  # type: ignore[arg-type]


def _own_columns(reach: AreaResult) -> list[Column]:
    tiers = {
        "none": Text("kein Hinweis", "no signal"),
        "watch": Text("im Blick behalten", "keep in view"),
        "first": Text("zuerst hinsehen", "look here first"),
    }
    reasons = {name: words(f"words.reason_{name}") for name in ("outlier", "too_few_residents", "missing_indicator")}
    own = [
        Column("name", Text("Name", "Name"), "text"),
        Column("population", Text("Bevölkerung", "Population"), "count", digits=0),
        Column("left_out", Text("Nicht bewertet, Grund", "Left out, reason"), "code", codes=reasons),
        Column("kita_order", Text("Kita: Lesereihenfolge", "Day care: reading order"), "order"),
        Column("kita_tier", Text("Kita: Bedarf trifft Lücke", "Day care: need meets gap"), "code", codes=tiers),
        Column("states", Text("Nicht gezeigte Angaben", "Values not shown"), "text"),
    ]
    prefixed = [
        dataclasses.replace(
            column, key=f"kita_{column.key}", title=Text(f"Kita: {column.title.de}", f"Day care: {column.title.en}")
        )
        for column in reach.columns
    ]
    return [*own, *prefixed]


def made_outcome(**changes: object) -> Outcome:
    return outcome_of(toy.toy_areas(), toy.toy_table(), **changes)  # type: ignore[arg-type]


def composite_city() -> City:
    """The toy city with indices of its own: ranks in two domains, tenths of a product, and a sum of z values."""
    base = toy.toy_composite()
    block = base.blocks["index"]
    names = {
        "low": Text("niedrig", "low need"), "middle": Text("mittel", "middle need"), "high": Text("hoch", "high need"),
        "work": Text("Arbeit", "Work"), "children": Text("Kinder", "Children"),
    }  # fmt: skip
    plain = dataclasses.replace(block.steps, domains={}, domain_weights={})
    tenths = tuple(str(part) for part in range(10, 0, -1))
    settings = {
        "own": dataclasses.replace(block, names=names),
        "tenths": dataclasses.replace(
            block,
            steps=dataclasses.replace(plain, normalise="min_max", to=(1.0, 100.0), aggregate="geometric"),
            names={part: Text(f"Dezil {part}", f"Decile {part}") for part in tenths},
            classes=tenths,
            limits=(),
            owns=(),
            quantiles=10,
        ),
        "even": dataclasses.replace(
            block,
            steps=dataclasses.replace(plain, normalise="z", aggregate="sum", again="z"),
            names=names,
            limits=(-0.5, 1.0),
        ),
    }
    profiles = {
        key: dataclasses.replace(
            base, key=key, title=Text(f"Index {key}", f"Index {key}"), blocks={"index": one},
            attention=("1",) if key == "tenths" else ("high",), low=(),
        )
        for key, one in settings.items()
    }  # fmt: skip
    runs = {
        f"{key}-{year}": Run(f"{key}-{year}", Text(f"{key} {year}", f"{key} {year}"), key, year, toy.VINTAGE)
        for key in profiles
        for year in (2023, 2024)
    }
    city = toy.toy_city()
    return dataclasses.replace(city, profiles=profiles, runs={**city.runs, **runs})
