"""The table of Gebietsabgrenzung, the twin of its map: what holds for each unit, where it is in and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash.development.base_component import Component

from qmgis.app.address import format_address
from qmgis.app.delimitation.asked import Plan
from qmgis.app.delimitation.map import kinds_of, where_of
from qmgis.app.delimitation.units import area_of_units, flagged_units
from qmgis.app.frame import attributes
from qmgis.app.map import ANY_AREA, open_template
from qmgis.app.table import grid_column, grid_options
from qmgis.i18n import say
from qmgis.model import Column, words

__all__ = ["area_columns", "area_rows", "area_table", "table_properties", "table_targets"]

WIDE = {"population": 110, "of": 210, "attention": 170, "kind": 230, "inside": 150, "why": 640}


def area_columns(plan: Plan) -> list[Column]:
    """Return what the table says: of units smaller than areas no residents, but the area that they lie in."""
    of_units = Column("of", words("plan.in_area"), "text")
    residents = Column("population", words("plan.figure_residents"), "count", digits=0)
    return [
        of_units if plan.units else residents,
        Column("attention", words("plan.attention_units" if plan.units else "words.attention"), "text"),
        Column("kind", words("plan.map"), "text"),
        Column("inside", words("plan.in_proposals"), "text"),
        Column("why", words("plan.why_short"), "text"),
    ]


def area_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return a row for each unit: what holds for it, where it is in and why; units smaller than areas that are in an
    outline come first.
    """  # noqa: D205
    kinds, where, own = kinds_of(plan), where_of(plan), _of_units(plan) if plan.units else _of_areas(plan)
    why, said_of = _reasons(plan), {kind: plan.say(f"kind_{kind}") for kind in set(kinds.values())}
    rows = []
    for unit, name in plan.layer.frame["name"].astype(str).items():
        said = [f"{', '.join(keys)}: {reason}" for reason, keys in why.get(str(unit), {}).items()]
        rows.append({
            "area": str(unit), "name": name, **own[str(unit)], "attention_why": "–",
            "kind": said_of[kinds[str(unit)]], "kind_why": "",
            "inside": ", ".join(where.get(str(unit), [])) or None, "inside_why": "–",
            "why": " ".join(said) or None, "why_why": "–",
        })  # fmt: skip
    return sorted(rows, key=lambda row: row["inside"] is None) if plan.units else rows


def _reasons(plan: Plan) -> dict[str, dict[str, list[str]]]:
    """Return for each unit the reasons why it is in, and the proposals that each holds for."""
    why: dict[str, dict[str, list[str]]] = {}
    for one in plan.items:
        for unit, text in one.sentences.items():
            reason = text.to(plan.lang).partition(": ")[2]
            why.setdefault(unit, {}).setdefault(reason, []).append(one.key)
    return why


def _of_areas(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return residents and flag of each area, as they may be shown."""
    table = plan.outcome.table
    nothing = pd.Series(pd.NA, index=table.index)
    people, flag = (table.get(name, nothing) for name in ("population", "attention"))
    return {
        area: {
            "population": None if pd.isna(people.get(area)) else float(people[area]), "population_why": "–",
            "attention": None if pd.isna(flag.get(area)) else say("words.yes" if flag[area] else "words.no", plan.lang),
        }
        for area in map(str, plan.outcome.areas.frame.index)
    }  # fmt: skip


def _of_units(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return the area that each unit lies in, and whether that requires attention."""
    asked = (plan.city, plan.state.run, plan.units)
    names, loud = plan.outcome.areas.frame["name"].astype(str).to_dict(), flagged_units(*asked)
    yes, no = (say(f"words.{one}", plan.lang) for one in ("yes", "no"))
    return {
        str(unit): {
            "of": names.get(area), "of_why": "–", "attention": yes if str(unit) in loud else no,
        }
        for unit, area in area_of_units(*asked).items()
    }  # fmt: skip


def area_table(plan: Plan) -> Component:
    """Return the table of areas, the twin of the map."""
    table: Component = dag.AgGrid(
        id="delimitation-table", style={"height": "24rem"}, **grid_options(plan.lang), **table_properties(plan)
    )
    return table


def table_properties(plan: Plan) -> dict[str, Any]:
    """Return columns and rows of the table, and which row is selected."""
    lang = plan.lang
    fixed = [
        {"field": "name", "headerName": say("words.name", lang), "cellRenderer": "QmArea", "width": 200},
        {"field": "area", "headerName": say("app.id", lang), "width": 115},
    ]
    defined = [{**grid_column(one, lang), "width": WIDE[one.key]} for one in area_columns(plan)]
    chosen = {"ids": [plan.state.area]} if plan.state.area else []
    is_named = bool((plan.layer.frame["name"].astype(str) != plan.layer.frame.index).any())
    return {"columnDefs": [*fixed[: 2 if is_named else 1], *defined], "rowData": area_rows(plan),
            "selectedRows": chosen}  # fmt: skip


def table_targets(plan: Plan) -> dict[str, Any]:
    """Return where a row leads: Enter to the page of its area, a click selects it; units have no page of their own."""
    select = format_address(replace(plan.state, area=ANY_AREA))
    return attributes(data_open=select if plan.units else open_template(plan.state), data_select=select)
