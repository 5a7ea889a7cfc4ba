"""The table: the twin of the map for everyone who does not see or use it; the same areas, filter and selection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address
from qmgis.app.frame import attributes
from qmgis.app.map import ANY_AREA, open_template
from qmgis.app.view import rows_of, shown, table_columns
from qmgis.i18n import number, say
from qmgis.model import Column, Lang, Outcome

__all__ = ["area_table", "grid_column", "grid_options", "table_changes"]

TABLE, BOX, COUNT = "overview-table", "overview-table-box", "overview-count"


def area_table(outcome: Outcome, state: ViewState, lang: Lang) -> Component:
    """Return the table with the search for an area above it."""
    rows = rows_of(outcome, state.mode, only=state.only, lang=lang)
    count = html.P(_count(len(rows), outcome, lang), id=COUNT)
    return html.Section(
        [
            html.H2(say("app.table_title", lang)),
            html.Div([_search(outcome, lang), count], className="tools"),
            html.Div(_grid(outcome, state, rows, lang), id=BOX, **_templates(state)),
            html.P(say("app.table_hint", lang), className="soft small after"),
        ],
        className="panel",
        **attributes(aria_label=say("app.table_title", lang)),
    )


def table_changes(outcome: Outcome, state: ViewState, lang: Lang) -> dict[str, dict[str, Any]]:
    """Return what changes on the table of the same run, and what is said of it: properties by component id."""
    rows = rows_of(outcome, state.mode, only=state.only, lang=lang)
    count, names = _count(len(rows), outcome, lang), outcome.table["name"]
    chosen = f" {say('app.selected', lang)}: {names[state.area]}." if state.area in names.index else ""
    return {
        TABLE: {"rowData": rows, "selectedRows": _selected(state)},
        BOX: _templates(state),
        COUNT: {"children": count},
        "live": {"children": f"{shown(outcome, state.mode).legend.title.to(lang)}. {count}.{chosen}"},
    }


def _templates(state: ViewState) -> dict[str, Any]:
    """Return the addresses that open and select an area, for the scripts of the page."""
    return attributes(data_open=open_template(state), data_select=format_address(replace(state, area=ANY_AREA)))


def _search(outcome: Outcome, lang: Lang) -> Component:
    names = [{"value": str(area), "label": f"{name} ({area})"} for area, name in outcome.table["name"].items()]
    found: Component = dmc.Select(
        id="overview-search",
        label=say("app.search", lang),
        placeholder=say("app.search_hint", lang),
        data=names,
        searchable=True,
        limit=30,
        nothingFoundMessage=say("app.search_nothing", lang),
        className="find",
        comboboxProps={"hideDetached": False},  # hits that hide when the page moves cannot be scrolled to again
    )
    return found


def _grid(outcome: Outcome, state: ViewState, rows: list[dict[str, Any]], lang: Lang) -> Component:
    fixed = [
        {"field": "name", "headerName": say("words.name", lang), "cellRenderer": "QmArea", "width": 230},
        {"field": "area", "headerName": say("app.id", lang), "width": 120},
    ]
    table: Component = dag.AgGrid(
        id=TABLE,
        columnDefs=[*fixed, *(grid_column(column, lang) for column in table_columns(outcome))],
        rowData=rows,
        selectedRows=_selected(state),
        scrollTo={"rowId": state.area, "rowPosition": "middle"} if state.area in outcome.table.index else {},
        style={"height": "26rem"},
        **grid_options(lang),
    )
    return table


def grid_options(lang: Lang) -> dict[str, Any]:
    """Return how every table behaves: one row is selected at most, columns are sorted and resized."""
    return {
        "getRowId": "params.data.area",
        "defaultColDef": {"sortable": True, "resizable": True, "wrapHeaderText": True, "autoHeaderHeight": True},
        "dashGridOptions": {
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
            "localeText": {key: say(f"app.grid_{key}", lang) for key in ("noRowsToShow", "ariaSortableColumn")},
            "animateRows": False,
            "suppressColumnVirtualisation": True,
        },
    }


def grid_column(column: Column, lang: Lang) -> dict[str, Any]:
    """Return how a column is shown: words as they are, numbers by the browser in the page's language."""
    heading = column.title.to(lang)
    wide = {"group": 230, "class": 220}.get(column.key, 220 if len(heading) > 40 else 160)
    defined: dict[str, Any] = {"field": column.key, "headerName": heading, "width": wide}
    why = f"params.data['{column.key}_why']"
    if column.kind in ("code", "bool", "text"):
        return {**defined, "valueFormatter": {"function": f"qmText(params.value, {why})"}}
    name = "qmPercent" if column.kind == "share" else "qmNumber"
    digits = {"share": min(column.digits, 1), "count": 0, "metres": 0, "order": 0}.get(column.kind, column.digits)
    formatter = {"function": f"{name}(params.value, {digits}, {why})"}
    return {**defined, "type": "rightAligned", "valueFormatter": formatter}


def _selected(state: ViewState) -> Any:
    return {"ids": [state.area]} if state.area else []


def _count(rows: int, outcome: Outcome, lang: Lang) -> str:
    return say("app.count", lang, rows=number(rows, lang), areas=number(len(outcome.table), lang))
