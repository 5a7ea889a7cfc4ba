"""The register of the programme: measures, costs, funds, concepts, goals, who acts, and the holes that are planted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.i18n import keys, say
from qmgis.model.register import REGISTER_TABLES
from qmgis.musterstadt.registertexts import (
    ANCHORS,
    BODIES,
    CONCEPTS,
    GOALS,
    ORGANISATIONS,
    PURPOSES,
    REASON,
    TASKS,
    WORDS,
)

__all__ = ["make_register"]

FUNDED = {"QM-01": (2021, 2022, 2023, 2024), "QM-02": (2024,)}
ENDS = {"QM-01": "2027-12-31", "QM-02": "2032-12-31"}
LINES = ("Bewegungsparcours im Grünzug",)
WIDE = ("PRE", "ACC", "SOC")
DATES = ("2022-11-15", "2024-11-20")
LEVELS = {
    "QM-01": ("2121121211", "3222223222"), "QM-02": ("", "1110101101"),
}  # fmt: skip
OVER = ("QM-02", 2024)
OUTSIDE, UNFINANCED = "M010", "M010"
STATED = ("M002", "M005")
MIXED, SEVERAL = (("QM-01", "M037", 0.7), ("QM-02", "M038", 0.35)), "M039"
OFFICES = {"A-QM-01-3": 0}  # the office stands where its measure does, the first of all


def make_register(
    measures: pd.DataFrame, programme: gpd.GeoDataFrame, *, seed: int
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables of the register as text by file, and what was planted in them.

    ``measures`` are the measures with the costs of each year (`make_measures`), which the register splits by source.
    """
    rng = np.random.default_rng([seed, 6])
    shapes = dict(zip(programme["area_id"], programme.geometry, strict=True))
    rows: dict[str, list[dict[str, Any]]] = {
        "measures": list(_measures(measures, shapes)), "costs": list(_costs(measures)), "funds": list(_funds()),
        "grants": list(_grants(rng)), "concepts": _plain("concepts", CONCEPTS), "goals": _plain("goals", GOALS),
        "organisations": _plain("organisations", ORGANISATIONS), "assessments": list(_assessments()),
        "tasks": _plain("tasks", TASKS), "anchors": list(_anchors(shapes)), "bodies": _plain("bodies", BODIES),
    }  # fmt: skip
    return {f"register/{name}.csv": _table(name, entries) for name, entries in rows.items()}, _planted()


def _planted() -> dict[str, Any]:
    return {
        "task_without_successor": {"area": "QM-01", "task": "T5"},
        "part_1_without_finance": {"area": "QM-01", "measure": UNFINANCED},
        "fund_over_budget": {"area": OVER[0], "fund": f"F-{OVER[0]}", "year": OVER[1]},
        "mixed": [{"area": area, "measure": key, "investive_share": share} for area, key, share in MIXED],
        "of_several_areas": {"areas": ["QM-01", "QM-02"], "measure": SEVERAL},
        "grant_over_rule": {"area": OVER[0], "grant": "B-QM-02-2024-1"},
        "outside_with_reason": {"area": "QM-01", "measure": OUTSIDE},
        "council_without_majority": {"area": "QM-02", "body": "G-QM-02-2"},
        "concept_without_verstetigung": {"area": "QM-02", "concept": "K-QM-02-1"},
        "area_without_climate_measure": "QM-02",
        "goal_without_indicator": {"area": "QM-01", "goal": "Z-QM-01-4"},
        "anchor_not_secured": {"area": "QM-01", "anchor": "A-QM-01-2"},
        "office_inside": {"area": "QM-01", "anchor": "A-QM-01-3"},
        "watch_agreed": {"area": "QM-03", "task": "watch"},
    }


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as text under German headings."""
    columns = [*REGISTER_TABLES[name], *(["geometry"] if name == "measures" else [])]
    frame = pd.DataFrame([{key: str(row.get(key, "")) for key in columns} for row in rows], columns=columns)
    known = set(keys())
    return frame.rename(
        columns={key: say(f"register.col_{name}_{key}" if f"register.col_{name}_{key}" in known
                          else f"register.col_{key}", "de") for key in columns}
    )  # fmt: skip


def _plain(name: str, rows: tuple[tuple[str, ...], ...]) -> list[dict[str, Any]]:
    return [dict(zip(REGISTER_TABLES[name], row, strict=True)) for row in rows]


def _measures(costs: pd.DataFrame, shapes: Mapping[str, shapely.Geometry]) -> Iterator[dict[str, Any]]:
    """Yield one row a measure: what the table of costs says of it, and more."""
    for spot, (key, years) in enumerate(costs.groupby("Massnahme", sort=True)):
        first = years.iloc[0]
        named, title, kind, status = first["Gebiet"], first["Bezeichnung"], first["Art"], first["Status"]
        area = named.partition(",")[0]
        begin, end = int(years["Jahr"].min()), int(years["Jahr"].max())
        more = WORDS[title]
        going = status in ("running", "completed")
        yield {
            "measure": key, "area": named, "title": title, "description": more["description"],
            "main_field": first["Handlungsfeld"], "other_fields": more.get("other_fields", ""), "kind": kind,
            "investive_share": first["Anteil_investiv"], "status": status, "priority": more["priority"],
            "part": 2 if status == "idea" else 1, "goals": _goals(area, more["goal"]),
            "target_groups": GROUPS[first["Zielgruppe"]], "organisation": f"O-{area}-{more['by']}",
            "origin": more["origin"], "expected_effect": more["effect"], "planned_start": f"{begin}-01-01",
            "planned_end": ENDS.get(area, f"{end}-12-31") if status == "running" else f"{end}-12-31",
            "actual_start": f"{begin}-03-01" if going else "",
            "actual_end": f"{min(end, 2024)}-12-31" if status == "completed" else "",
            "after_funding": more["after"], "successor": f"O-{area}-1" if more["after"] == "handover" else "",
            "climate": "ja" if title == "Entsiegelung von Innenhöfen" else "nein",
            "outside_reason": REASON if key == OUTSIDE else "", "outputs": more["outputs"] if going else "",
            "geometry": _place(shapes[area], spot, title, kind, outside=key == OUTSIDE),
        }  # fmt: skip


GROUPS = {"all residents": "all_residents", "families/single parents": "families", "migrants": "migrants",
          "children": "children", "elderly": "elderly", "unemployed": "unemployed"}  # fmt: skip


def _goals(area: str, number: int) -> str:
    key = f"Z-{area}-{number}"
    return key if any(row[0] == key for row in GOALS) else ""


def _place(shape: shapely.Geometry, spot: int, title: str, kind: str, *, outside: bool) -> str:
    """Return where a measure is as text: a point, a line, an area within the outline, or nothing: the whole area."""
    if kind in WIDE and title not in ("Quartiersbüro und Stadtteilarbeit", "Lernwerkstatt an der Grundschule"):
        return ""
    x, y = _inside(shape, spot)
    if outside:
        _, low, right, high = shape.bounds
        x, y = round(right + 60.0, 2), round((low + high) / 2, 2)
    if kind not in ("INV", "MIX") or outside:
        return f"POINT ({x:.2f} {y:.2f})"
    if title in LINES:
        return f"LINESTRING ({x - 15:.2f} {y:.2f}, {x + 15:.2f} {y + 5:.2f})"
    ring = [(x - 12, y - 8), (x + 12, y - 8), (x + 12, y + 8), (x - 12, y + 8), (x - 12, y - 8)]
    return "POLYGON ((" + ", ".join(f"{a:.2f} {b:.2f}" for a, b in ring) + "))"


def _inside(shape: shapely.Geometry, spot: int) -> tuple[float, float]:
    """Return a point well inside an outline, another one for each number."""
    kept = next(
        (inner for inner in (shapely.buffer(shape, -away) for away in (40, 25, 18)) if not inner.is_empty), shape
    )
    left, low, right, high = kept.bounds
    for step in range(400):
        number = 17 * spot + step
        x, y = left + (right - left) * (number * 0.754877666 % 1), low + (high - low) * (number * 0.569840291 % 1)
        if shapely.contains_xy(kept, x, y):
            return round(x, 2), round(y, 2)
    point = shapely.point_on_surface(kept)
    return round(point.x, 2), round(point.y, 2)


def _cents(text: str) -> int | None:
    return int(text.replace(",", "")) if text else None


def _euro(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100},{cents % 100:02d}"


def _split(cents: int | None, other: bool) -> tuple[int | None, ...]:
    """Return the parts of an amount by source: the programme's, the city's third and, where there is one, another's."""
    if cents is None:
        return (None,) * (3 if other else 2)
    own = cents // 3
    third = cents // 10 if other else 0
    parts = (cents - own - third, own, third)
    return parts if other else parts[:2]


def _costs(costs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the costs of each year by source; what the sources of a year add up to is what the table says."""
    for key, years in costs.groupby("Massnahme", sort=True):
        sums = [0, 0]
        for row in years.to_dict("records"):
            lead = "soziale_stadt" if row["Gebiet"] == "QM-03" else "sozialer_zusammenhalt"
            third = WORDS[row["Bezeichnung"]].get("source")
            sources = (lead, "municipality", *([third] if third else []))
            planned, spent = _cents(row["geplant_EUR"]), _cents(row["ausgegeben_EUR"])
            granted = planned if row["Status"] in ("approved", "running", "completed") else None
            sums = [sums[0] + (planned or 0), sums[1] + (spent or 0)]
            parts = zip(sources, *(_split(one, bool(third)) for one in (planned, granted, spent)), strict=True)
            for source, *amounts in parts:
                named = dict(zip(("planned_ct", "approved_ct", "spent_ct"), map(_euro, amounts), strict=True))
                yield {"measure": key, "year": row["Jahr"], "source": source, **named}
        if key in STATED:
            yield {"measure": key, "source": "total", "planned_ct": _euro(sums[0]), "spent_ct": _euro(sums[1])}


def _funds() -> Iterator[dict[str, Any]]:
    for area, years in FUNDED.items():
        for year in years:
            yield {"fund": f"F-{area}", "area": area, "type": "verfuegungsfonds", "year": year,
                   "budget_ct": "10000,00" if area == "QM-01" else "4000,00", "max_grant_ct": "2500,00",
                   "min_grant_ct": "50,00", "per_resident_ct": "5,00", "own_share": "0,5"}  # fmt: skip


def _grants(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield grants below the budget of each fund, but for the planted year, whose first one also breaks the rule."""
    for area, years in FUNDED.items():
        for year in years:
            over = (area, year) == OVER
            amounts = rng.integers(6, 40, 5) * 5_000
            amounts = np.where(np.arange(5) == 0, 260_000, 60_000) if over else np.minimum(amounts, 190_000)
            for number, amount in enumerate(amounts.tolist(), start=1):
                purpose, field = PURPOSES[int(rng.integers(len(PURPOSES)))]
                yield {"grant": f"B-{area}-{year}-{number}", "fund": f"F-{area}", "year": year,
                       "date": f"{year}-{2 * number:02d}-15", "amount_ct": _euro(int(amount)), "purpose": purpose,
                       "field": field, "decided_by": f"Vergabejury {area}"}  # fmt: skip


def _assessments() -> Iterator[dict[str, Any]]:
    """Yield the standards of two days; the younger area has been assessed once."""
    for area, both in LEVELS.items():
        for day, levels in zip(DATES, both, strict=True):
            for number, level in enumerate(levels, start=1):
                yield {"area": area, "catalogue": "standards", "version": "2022", "item": f"Q{number:02d}", "date": day,
                       "level": level, "evidence": "Protokoll der Steuerungsrunde", "role": "provider",
                       "next_step": "Befragung vorbereiten" if level in "01" else ""}  # fmt: skip


def _anchors(shapes: Mapping[str, shapely.Geometry]) -> Iterator[dict[str, Any]]:
    for spot, (key, area, name, operator, until) in enumerate(ANCHORS):
        x, y = _inside(shapes[area], OFFICES.get(key, 100 + spot))
        yield {"anchor": key, "area": area, "name": name, "operator": operator, "secured_until": until,
               "x": f"{x:.2f}".replace(".", ","), "y": f"{y:.2f}".replace(".", ",")}  # fmt: skip
