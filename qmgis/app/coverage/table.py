"""The table of Versorgung: the twin of its map, in the order of the areas; nothing in it is a place in an order."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import numpy as np
import pandas as pd
from dash.development.base_component import Component

from qmgis.app.coverage.editor import Edited
from qmgis.app.coverage.question import Asked
from qmgis.app.table import grid_column, grid_options
from qmgis.app.view import rows_with
from qmgis.i18n import say
from qmgis.model import Column, Lang, Outcome, Text, words
from qmgis.model.where import area_of

__all__ = ["change_columns", "change_table", "reach_columns", "reach_table", "table_properties"]

PARTS = ("share", "not_reached", "reached", "median_m", "p90_m", "mean_m", "with_way")
CHANGES = ("reached_before", "reached_after", "gain", "lose")


def reach_table(asked: Asked, edited: Edited) -> Component:
    """Return the table; its columns follow the question."""
    table: Component = dag.AgGrid(
        id="coverage-table", style={"height": "24rem"}, **grid_options(asked.lang), **table_properties(asked, edited)
    )
    return table


def table_properties(asked: Asked, edited: Edited) -> dict[str, Any]:
    """Return columns and rows of the table, and which row is selected."""
    lang, found = asked.lang, asked.answer
    fixed = [
        {"field": "name", "headerName": say("words.name", lang), "cellRenderer": "QmArea", "width": 230},
        {"field": "area", "headerName": say("app.id", lang), "width": 120},
    ]
    chosen = {"ids": [asked.state.area]} if asked.state.area else []
    if found is None:
        return {"columnDefs": fixed, "rowData": [], "selectedRows": chosen}
    if edited.change is not None:
        columns, rows = change_columns(asked.theme.group), _change_rows(asked, found, edited, lang)
    else:
        columns, rows = reach_columns(found, asked.theme.key), _reach_rows(found, asked.theme.key, lang)
    defined = [{**grid_column(column, lang), "headerName": column.title.to(lang), "width": 132} for column in columns]
    return {"columnDefs": [*fixed, *defined], "rowData": rows, "selectedRows": chosen}


def reach_columns(found: Outcome, theme: str) -> list[Column]:
    """Return what the table says of a theme: share, people, distances, places, supply."""
    described = {column.key: column for column in found.columns}
    keys = [f"{theme}_{part}" for part in (*PARTS, "access")]
    short = {f"{theme}_{part}": words(f"asked.column_{part}") for part in (*PARTS, "access")}
    columns = [_named(described[key], short[key]) for key in keys if key in described]
    return [
        *columns[: len(PARTS)],
        Column("places", words("asked.column_places"), "count", digits=0),
        *columns[len(PARTS) :],
    ]


def change_columns(group: str) -> list[Column]:
    """Return what the table says of a scenario: people before and after, gained, lost, medians."""
    people = [Column(f"{part}_{group}", words(f"asked.column_{part}"), "count", digits=0) for part in CHANGES]
    ways = [
        Column(f"median_{when}_m", words(f"asked.column_median_{when}"), "metres", digits=0)
        for when in ("before", "after")
    ]
    return [*people, *ways]


def change_table(found: Outcome, edited: Edited, group: str) -> pd.DataFrame:
    """Return name and numbers of each area in a scenario, as they may be shown."""
    keys = [column.key for column in change_columns(group)]
    known = pd.DataFrame(columns=keys) if edited.change is None else edited.change.shown[keys]
    return pd.concat([found.table["name"], known.reindex(found.table.index)], axis=1)


def _reach_rows(found: Outcome, theme: str, lang: Lang) -> list[dict[str, Any]]:
    columns = reach_columns(found, theme)
    rows = rows_with(found, [column for column in columns if column.key in found.table], lang)
    layer = found.places[found.themes[theme].places]
    where = area_of(found.areas, layer)
    counts = np.bincount(where[where >= 0], minlength=len(found.areas.frame))
    there = dict(zip(map(str, found.areas.frame.index), counts.tolist(), strict=True))
    return [{**row, "places": there[row["area"]], "places_why": ""} for row in rows]


def _change_rows(asked: Asked, found: Outcome, edited: Edited, lang: Lang) -> list[dict[str, Any]]:
    keys = [column.key for column in change_columns(asked.theme.group)]
    whole = None if edited.change is None else edited.change.parts
    rows = []
    for area, values in change_table(found, edited, asked.theme.group).iterrows():
        row: dict[str, Any] = {"area": str(area), "name": str(values["name"])}
        for key in keys:
            hidden = whole is not None and pd.isna(values[key]) and bool(pd.notna(whole.loc[[str(area)], key].iloc[0]))
            row[key] = None if pd.isna(values[key]) else float(values[key])
            row[f"{key}_why"] = say("words.state_too_small", lang) if hidden else "–"
        rows.append(row)
    return rows


def _named(column: Column, title: Text) -> Column:
    return Column(column.key, title, column.kind, column.unit, column.digits, column.codes, column.note)
