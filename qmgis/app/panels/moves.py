"""Two results side by side on a page: map of what changes with its legend, table, crosstab; as plain components."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from qmgis import compare
from qmgis.app.address import ViewState, format_address
from qmgis.app.chart import data_table
from qmgis.app.frame import attributes, link
from qmgis.app.map import ANY_AREA, open_template, painted, plain_map
from qmgis.app.table import grid_options
from qmgis.i18n import number, say
from qmgis.model import AreaLayer, AreaResult, City, Lang
from qmgis.views.comparison import AreaMove, because, class_name, reason_titles
from qmgis.views.palette import MOVES, NO_DATA

__all__ = ["carried_table", "chosen", "crosstab_table", "largest_table", "move_hideout", "move_legend", "move_map",
           "move_table", "table_properties", "table_targets"]  # fmt: skip

STILL = ("same", "left_out")
HATCHES = {"unclear": "cross", "one_side": "diagonal", "left_out": "dots"}
VEILED = "cross"
SHOWN = 10


def move_map(city: City, areas: AreaLayer, hideout: dict[str, Any], lang: Lang, *, page: str) -> Component:
    """Return the map of what changes; a click on an area selects it."""
    return plain_map(areas, hideout, lang, page=page, backdrop=city.backdrop)


def move_hideout(areas: AreaLayer, rows: Sequence[AreaMove], state: ViewState, lang: Lang) -> dict[str, Any]:
    """Return what the map is painted by; areas without a row are those of small counts."""
    classes = [
        {"code": move, "colour": MOVES.get(move, NO_DATA), "hatch": HATCHES.get(move, "none"),
         "label": say(f"compare.move_{move}", lang)}
        for move in compare.MOVES
    ]  # fmt: skip
    rest = say("compare.veiled" if rows else "compare.move_unclear", lang)
    veiled = {"code": "veiled", "colour": NO_DATA, "hatch": VEILED, "label": rest}
    laid_on = painted(
        areas,
        {row.area: compare.MOVES.index(row.move) for row in rows},
        [*classes, veiled],
        selected=state.area,
        attention=[row.area for row in rows if row.attention > 0],
        thick=say("compare.thick", lang),
        target=format_address(replace(state, area=ANY_AREA)),
    )
    noted = {row.area: row.note for row in rows if row.note}
    values = {row.area: f"{row.first} → {row.second}" for row in rows if row.move not in STILL}
    return laid_on | {"values": values, "borderline": list(noted), "certainty": noted}


def move_legend(rows: Sequence[AreaMove], veiled: int, lang: Lang) -> list[Component]:
    """Return the classes of the map with their numbers of areas."""
    counts = Counter(row.move for row in rows)
    lines = [(_swatch(move), say(f"compare.move_{move}", lang), counts[move]) for move in compare.MOVES
             if counts[move] or move in ("up", "down", "same")]  # fmt: skip
    lines += [(html.Span(className=f"swatch {VEILED}"), say("compare.veiled", lang), veiled)] if veiled else []
    noted = sum(bool(row.note) for row in rows)
    lines += [(html.Span(className="swatch borderline"), say("compare.carried_areas", lang), noted)] if noted else []
    newly = sum(row.attention > 0 for row in rows)
    lines.append((html.Span(className="swatch attention"), say("compare.thick_line", lang), newly))
    items = [
        html.Li(html.Div([sign, html.Span(text), html.Span(number(count, lang), className="count")], className="mark"))
        for sign, text, count in lines
    ]
    return [html.H2(say("compare.map_title", lang)), html.Ul(items, className="legend")]


def chosen(rows: Sequence[AreaMove], state: ViewState, lang: Lang) -> list[Component]:
    """Return what is said of the selected area, with a link to its page; nothing where none is selected."""
    row = next((one for one in rows if one.area == state.area), None)
    if row is None:
        return []
    dash = say("compare.move_left_out", lang)
    said = say("compare.chosen", lang, name=row.name, first=row.first or dash, second=row.second or dash,
               reasons=row.reasons or say(f"compare.move_{row.move}", lang))  # fmt: skip
    return [html.Div([html.Span(said), link(state, say("compare.open_area", lang), page="area")], className="chip")]


def move_table(
    rows: Sequence[AreaMove], heads: tuple[str, str], state: ViewState, lang: Lang, *, page: str
) -> Component:
    """Return the table of the areas that change, the largest change of place first."""
    table = dag.AgGrid(
        id=f"{page}-table", style={"height": "24rem"}, **grid_options(lang),
        **table_properties(rows, heads, state, lang),
    )  # fmt: skip
    return html.Div(table, id=f"{page}-table-box", **table_targets(state))


def table_properties(rows: Sequence[AreaMove], heads: tuple[str, str], state: ViewState, lang: Lang) -> dict[str, Any]:
    """Return the columns and rows of the table and which is selected."""
    words = {1: say("compare.attention_new", lang), -1: say("compare.attention_gone", lang), 0: ""}
    moved = sorted((row for row in rows if row.move not in STILL), key=lambda row: -abs(row.places or 0))
    data = [
        {"area": row.area, "name": row.name, "move": say(f"compare.move_{row.move}", lang), "first": row.first,
         "second": row.second, "attention": words[row.attention], "places": row.places, "reasons": row.reasons,
         "note": row.note}
        for row in moved
    ]  # fmt: skip
    chosen_ = {"ids": [state.area]} if state.area else []
    columns = _columns(heads, lang, is_carried=any(row.note for row in rows))
    return {"columnDefs": columns, "rowData": data, "selectedRows": chosen_}


def _columns(heads: tuple[str, str], lang: Lang, *, is_carried: bool) -> list[dict[str, Any]]:
    note = {"field": "note", "headerName": say("compare.note", lang), "width": 420}
    return [
        {"field": "name", "headerName": say("words.name", lang), "cellRenderer": "QmArea", "width": 210},
        {"field": "area", "headerName": say("app.id", lang), "width": 115},
        {"field": "move", "headerName": say("compare.map_title", lang), "width": 215},
        {"field": "first", "headerName": say("compare.before", lang, title=heads[0]), "width": 225},
        {"field": "second", "headerName": say("compare.after", lang, title=heads[1]), "width": 225},
        {"field": "attention", "headerName": say("compare.attention", lang), "width": 225},
        {"field": "places", "headerName": say("compare.places", lang), "width": 95, "type": "rightAligned",
         "valueFormatter": {"function": "qmNumber(params.value, 0, '–')"}},
        *([note] if is_carried else []),
        {"field": "reasons", "headerName": say("compare.reasons", lang), "width": 640},
    ]  # fmt: skip


def carried_table(rows: Sequence[AreaMove], heads: tuple[str, str], state: ViewState, lang: Lang) -> Component | None:
    """Return every area whose result was carried, with both classes and how sure it is; None where there is none."""
    noted = sorted((row for row in rows if row.note), key=lambda row: row.name)
    if not noted:
        return None
    dash = say("compare.move_left_out", lang)
    titles = [say("compare.area", lang), *(say(f"compare.{key}", lang, title=head)
              for key, head in zip(("before", "after"), heads, strict=True)), say("compare.note", lang)]  # fmt: skip
    lines = [[link(state, row.name, area=row.area), row.first or dash, row.second or dash, row.note] for row in noted]
    label = say("compare.carried_areas", lang)
    summary = html.Summary(f"{label} ({number(len(noted), lang)})")
    return html.Details([summary, data_table(titles, lines, numbers=0, label=label)], className="small roomy")


def table_targets(state: ViewState) -> dict[str, Any]:
    """Return the addresses that open and select an area, for the scripts of the page."""
    return attributes(data_open=open_template(state), data_select=format_address(replace(state, area=ANY_AREA)))


def crosstab_table(first: AreaResult, second: AreaResult, lang: Lang) -> Component:
    """Return classes against classes; the same class is framed and marked with a sign, not by colour alone."""
    table, same = compare.crosstab(first, second), compare.same_classes(first, second)
    heads = [
        html.Th(_short(class_name(second, str(code), lang), str(code)), scope="col", className="n") for code in table
    ]
    rows = []
    for code, counts in zip(table.index, table.to_numpy(), strict=True):
        cells = [_cell(int(n), is_same=same and code == other, lang=lang)
                 for other, n in zip(table.columns, counts, strict=True)]  # fmt: skip
        rows.append(html.Tr([html.Th(class_name(first, str(code), lang), scope="row"), *cells]))
    head = html.Thead(html.Tr([html.Td(""), *heads]))
    label = attributes(aria_label=say("compare.crosstab", lang))
    return html.Div(
        html.Table([head, html.Tbody(rows)], className="table crosstab"), className="wide", tabIndex="0", role="group",
        **label,
    )  # fmt: skip


def largest_table(
    first: AreaResult, second: AreaResult, rows: Sequence[AreaMove], state: ViewState, lang: Lang
) -> Component:
    """Return the areas that move furthest in the order, with what their indicators add more or less."""
    known, why = {row.area: row for row in rows}, compare.reasons(first, second)
    if "dynamics_index" in first.parts:  # the order is that of the status
        why = why[[key for key in why if not str(key).endswith("_change")]]
    titles, parts = reason_titles(first, second, lang), why.rename(index=str).to_dict("index")
    found = compare.largest(compare.shifts(first, second)).head(SHOWN)
    if found.empty:
        return html.P(say("compare.no_shifts", lang))
    lines = [
        html.Tr([
            html.Th(link(state, known[str(area)].name, area=str(area)), scope="row"),
            html.Td(f"{known[str(area)].first} → {known[str(area)].second}"),
            html.Td(number(float(by), lang, sign=True), className="n"),
            html.Td([because(parts[str(area)], titles, lang), *_noted(known[str(area)].note)]),
        ])
        for area, by in found["rank_shift"].items()
    ]  # fmt: skip
    heads = [say(f"compare.{key}", lang) for key in ("area", "map_title", "places", "reasons")]
    top = html.Thead(html.Tr([html.Th(head, scope="col") for head in heads]))
    table = html.Table([top, html.Tbody(lines)], className="table")
    label = attributes(aria_label=say("compare.shifts", lang))
    return html.Div(table, className="wide roomy", tabIndex="0", role="group", **label)


def _noted(note: str) -> list[Component]:
    return [html.Br(), html.Span(note, className="soft small")] if note else []


def _swatch(move: str) -> Component:
    hatch = HATCHES.get(move)
    return html.Span(
        className=f"swatch {hatch}" if hatch else "swatch", style={} if hatch else {"background": MOVES[move]}
    )


def _short(name: str, code: str) -> Any:
    """Return the code of a class with its name behind it where the name begins with it, so that columns stay narrow."""
    return html.Abbr(code, title=name) if name.startswith(f"{code} ") else name


def _cell(count: int, *, is_same: bool, lang: Lang) -> Component:
    shown = number(count, lang) if count or is_same else "·"
    if not is_same:
        return html.Td(shown, className="n")
    spoken = html.Span(say("compare.crosstab_cell", lang, count=shown), className="unseen")
    return html.Td([html.Span(f"= {shown}", **attributes(aria_hidden="true")), spoken], className="n same")
