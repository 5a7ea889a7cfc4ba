"""Maps on one page: a folium map with its legend, its table twin and where it comes from.

The page opens without a network and runs no script but its own. Every area says in words what its colour says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import pandas as pd

from qmgis import __version__, assets
from qmgis.errors import VintageError
from qmgis.i18n import keys, say
from qmgis.model import AreaLayer, AreaResult, City, Column, Lang, Outcome, Recipe, Run, Text, Theme, words
from qmgis.views import palette
from qmgis.views._geometry import bounds_of, outlines, points
from qmgis.views._markup import DEFS, fill_of, legend_block, mark, places_table, swatch, twin
from qmgis.views._page import Blocks, CityMap, json_block
from qmgis.views.legend import Legend, Scheme, entry_of, how_far, is_straight, legend_for

__all__ = ["choropleth", "outcome_map", "page"]

GAP = "#a3005c"
_SILENT = ("z_", "contribution_")


@dataclass(frozen=True)
class _View:
    """One way to colour the areas."""

    legend: Legend
    title: Text
    theme: str = ""
    gaps: bool = False


def choropleth(
    areas: AreaLayer | City,
    result: AreaResult,
    *,
    column: str | None = None,
    scheme: Scheme = "sd",
    classes: int = 5,
    lang: Lang = "de",
) -> CityMap:
    """Return a map of one result; in a notebook it shows itself, ``page(map)`` gives it as one file.

    Parameters
    ----------
    areas
        The version of the areas that the result is for, or a city that has it.
    result
        What a method, ``reach`` or ``rank_need`` gave.
    column
        Which column of ``result.parts`` to show; by default the classes of the result. ``"value"`` is its value.
    scheme, classes
        How to put numbers into classes, see `indicator_legend`.
    lang
        ``"de"`` or ``"en"``.

    Raises
    ------
    VintageError
        If the result is for another version of the areas.
    MissingColumnError
        If there is no such column.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> page(choropleth(outcome.areas, outcome.index)).startswith(b"<!DOCTYPE html>")
    True
    """
    layer = _layer_of(areas, result)
    outcome = _outcome_of(layer, result, note=areas.note)
    wanted = column if column is not None else _main_column(result)
    legend = legend_for(outcome, wanted, scheme=scheme, classes=classes)
    return _map(outcome, [_View(legend, legend.title)], lang)


def outcome_map(outcome: Outcome, *, lang: Lang = "de") -> CityMap:
    """Return the map of a run, with a switch between its views.

    The views: the twelve groups with their grid legend, status, attention, and for each theme who is reached, with
    facilities and the squares of residents out of reach, and where need meets gap.

    Examples
    --------
    >>> "Arbeitslosigkeit" in page(outcome_map(toy_outcome())).decode()
    True
    """
    views = [
        _View(legend_for(outcome, column), words(f"views.view_{column}"))
        for column in ("group", "status_class", "attention")
        if column in outcome.table
    ]
    if not views:
        views = [_View(legend_for(outcome, _main_column(outcome.index)), outcome.index.title)]
    for theme in outcome.coverage:
        views.append(_theme_view(outcome, theme, "share"))
        if theme in outcome.priority:
            views.append(_theme_view(outcome, theme, "tier"))
    return _map(outcome, views, lang)


def page(city_map: CityMap) -> bytes:
    """Return a map as one HTML file that opens without a network; the same map gives the same bytes."""
    text: str = city_map.get_root().render()
    return text.encode("utf-8")


def _theme_view(outcome: Outcome, theme: str, column: str) -> _View:
    title = words(f"views.view_{column}", title=outcome.themes[theme].title)
    return _View(legend_for(outcome, f"{theme}_{column}"), title, theme, gaps=True)


def _layer_of(areas: AreaLayer | City, result: AreaResult) -> AreaLayer:
    known = areas.area_layers if isinstance(areas, City) else {areas.vintage: areas}
    if result.vintage not in known:
        raise VintageError(
            f'The result "{result.key}" is for the areas "{result.vintage}", the map was to show '
            f'"{", ".join(known)}"; take the areas of the same version.',
            de=f'Das Ergebnis "{result.key}" gilt für die Gebiete "{result.vintage}", gezeigt werden sollten '
            f'"{", ".join(known)}"; Gebiete derselben Fassung verwenden.',
        )
    return known[result.vintage]


def _main_column(result: AreaResult) -> str:
    wanted = {"index": "group", "coverage": f"{result.key}_share", "priority": f"{result.key}_tier"}[result.kind]
    return wanted if result.kind != "index" or "group" in result.parts else "value"


def _outcome_of(layer: AreaLayer, result: AreaResult, *, note: Text | None) -> Outcome:
    """Return a run that holds one result only, so that one kind of map fits all."""
    prefix = "" if result.kind == "index" else f"{result.key}_"
    index = layer.frame.index
    own = [column for column in result.columns if (result.kind, column.key) != ("priority", "tier")]
    table = result.parts[[column.key for column in own]].reindex(index).add_prefix(prefix)
    columns = [replace(column, key=f"{prefix}{column.key}") for column in own]
    table.insert(0, "name", layer.frame["name"].astype(object))
    columns.insert(0, Column("name", words("words.name"), "text"))
    extra = {"value": result.value, f"{prefix}tier": result.label.astype(object)}
    described = {
        "value": Column("value", result.title, "share" if result.kind == "coverage" else "number"),
        f"{prefix}tier": Column(f"{prefix}tier", result.title, "code", codes=_label_words(result)),
    }
    for key in [name for name in extra if name not in table and (name == "value" or result.kind == "priority")]:
        table[key] = extra[key].reindex(index)
        columns.append(described[key])
    table["left_out"] = result.left_out.reindex(index).astype(object)
    reasons = {reason: words(f"words.reason_{reason}") for reason in sorted(set(result.left_out))}
    columns.append(Column("left_out", words("words.left_out"), "code", codes=reasons))
    return Outcome(
        city="",
        city_title=layer.title,
        run=Run(result.key, result.title, result.key, result.year, result.vintage),
        areas=layer,
        index=result,
        coverage={result.key: result} if result.kind == "coverage" else {},
        priority={result.key: result} if result.kind == "priority" else {},
        themes={result.key: _theme_of(result)} if result.kind != "index" else {},
        places={},
        table=table,
        columns=tuple(columns),
        recipe=Recipe(result.key, __version__, result.parameters, ()),
        credits=tuple(dict.fromkeys(text for text in (*result.credits, layer.credit) if text)),
        warnings=result.warnings,
        note=note,
    )


def _theme_of(result: AreaResult) -> Theme:
    return Theme(
        result.key,
        result.title,
        places="",
        within_m=float(result.parameters.get("within_m", float("nan"))),
        group=str(result.parameters.get("group", "residents")),
    )


def _label_words(result: AreaResult) -> dict[str, Text]:
    """Return the classes of a priority in words where the catalogue has them."""
    known = set(keys())
    labels = [str(label) for label in result.label.cat.categories]
    return {
        label: words(f"priority.tier_{label}") if f"priority.tier_{label}" in known else Text(label, label)
        for label in labels
    }


def _map(outcome: Outcome, views: Sequence[_View], lang: Lang) -> CityMap:
    columns = _columns(outcome)
    bounds = bounds_of(outcome.areas.frame.geometry)
    title = f"{outcome.run.title.to(lang)} – {outcome.city_title.to(lang)}"
    blocks = Blocks(
        lang=lang,
        title=escape(title),
        before=_before(outcome, lang),
        after=_after(outcome, views, columns, lang),
        data=json_block(_payload(outcome, views, columns, bounds, lang)),
    )
    centre = ((bounds[0][0] + bounds[1][0]) / 2, (bounds[0][1] + bounds[1][1]) / 2)
    return CityMap(blocks, centre=centre, label=say("views.map", lang))


def _columns(outcome: Outcome) -> list[Column]:
    """Return the columns of the table twin: all that a reader needs, without the steps of the computation."""
    silent = ("name", "states", "status_distance", "dynamics_distance")
    return [c for c in outcome.columns if c.key not in silent and not c.key.startswith(_SILENT)]


def _payload(
    outcome: Outcome, views: Sequence[_View], columns: Sequence[Column], bounds: list[list[float]], lang: Lang
) -> dict[str, object]:
    """Return what the script draws; no name and no number for people is in here."""
    frame = outcome.areas.frame
    attention = outcome.table.get("attention", pd.Series(False, index=frame.index)).fillna(False).astype(bool)
    names = ("filter", "nothing", "north", "close", "zoom_in", "zoom_out")
    return {
        "areas": outlines(frame.geometry),
        "bounds": bounds,
        "views": [{"title": view.title.to(lang), **_drawn(outcome, view, columns)} for view in views],
        "popup": list(range(1, len(columns) + 2)),
        "attention": [k for k, loud in enumerate(attention.reindex(frame.index)) if loud],
        "approximate": []
        if frame["approximate"].all()
        else [k for k, rough in enumerate(frame["approximate"]) if rough],
        "places": _places(outcome),
        "gaps": _gaps(outcome, views),
        "lines": {"thin": palette.LINE, "attention": palette.ATTENTION_LINE, "gap": GAP, "place": palette.PLACE},
        "words": {name: say(f"views.{name}", lang) for name in names},
    }


def _drawn(outcome: Outcome, view: _View, columns: Sequence[Column]) -> dict[str, object]:
    entries = view.legend.entries
    index = outcome.areas.frame.index
    keys_shown = _tooltip(view)
    return {
        "fills": [*(fill_of(entry) for entry in entries), "url(#qm-diagonal)"],
        "entry": [k if k >= 0 else len(entries) for k in entry_of(outcome.table, view.legend).reindex(index)],
        "columns": [k + 2 for k, column in enumerate(columns) if column.key in keys_shown],
        "places": view.theme and outcome.themes[view.theme].places,
        "gaps": view.theme if view.gaps else "",
    }


def _tooltip(view: _View) -> tuple[str, ...]:
    """Return the columns that a tooltip shows for a view."""
    if view.theme:
        return (*(f"{view.theme}_{name}" for name in ("share", "not_reached", "tier")), "group")
    return (view.legend.column, "status_index", "dynamics_index", "population")


def _places(outcome: Outcome) -> dict[str, list[list[int]]]:
    """Return the places as longitude, latitude and row of the table of facilities."""
    start, found = 0, {}
    for key, layer in outcome.places.items():
        rows = points(layer.frame.geometry)
        found[key] = [[*xy, start + k] for k, xy in enumerate(rows)]
        start += len(rows)
    return found


def _gaps(outcome: Outcome, views: Sequence[_View]) -> dict[str, object]:
    if outcome.gaps is None:
        return {}
    themes = {view.theme for view in views if view.theme}
    found: dict[str, object] = {}
    for theme in sorted(themes):
        squares = outcome.gaps.loc[outcome.gaps["theme"] == theme]
        if len(squares):
            merged = squares.geometry.union_all()
            shapes = outlines(squares.geometry.iloc[:1].set_axis([0]).map(lambda _, whole=merged: whole))
            found[theme] = shapes[0]
    return found


def _before(outcome: Outcome, lang: Lang) -> str:
    note = f'<p class="qm-note">{escape(outcome.note.to(lang))}</p>' if outcome.note else ""
    year = say("views.measured", lang, year=outcome.run.year)
    return (
        f'{DEFS}<div class="qm-sheet"><header class="qm-head"><h1>{escape(outcome.run.title.to(lang))}</h1>'
        f'<p id="qm-title"></p><p>{escape(outcome.city_title.to(lang))} · {escape(year)}</p>{note}</header>'
        f'<main class="qm-body"><div id="qm-stage">'
        f'<button type="button" id="qm-home">{escape(say("views.home", lang))}</button>'
    )


def _after(outcome: Outcome, views: Sequence[_View], columns: Sequence[Column], lang: Lang) -> str:
    areas = twin(outcome, columns, lang)
    places = ""
    if outcome.places:
        table = places_table(outcome.places, lang)
        summary = escape(say("views.places_table", lang))
        places = f'<details><summary>{summary}</summary><div class="qm-scroll" tabindex="0">{table}</div></details>'
    return (
        f"</div>{_side(outcome, views, lang)}</main>{_foot(outcome, lang)}</div>"
        f'<section class="qm-tables"><details><summary>{escape(say("views.table", lang))}</summary>'
        f'<div class="qm-scroll" tabindex="0">{areas}</div></details>{places}</section>'
    )


def _side(outcome: Outcome, views: Sequence[_View], lang: Lang) -> str:
    radios = "".join(
        f'<label><input type="radio" name="qm-view" value="{k}"> <span>{escape(view.title.to(lang))}</span></label>'
        for k, view in enumerate(views)
    )
    switch = f'<fieldset class="qm-views"><legend>{escape(say("views.show", lang))}</legend>{radios}</fieldset>'
    search = (
        f'<div class="qm-search"><label for="qm-search">{escape(say("views.search", lang))}</label>'
        '<input id="qm-search" type="search" autocomplete="off"><ul id="qm-found" aria-live="polite"></ul></div>'
    )
    chip = (
        '<div id="qm-filter" hidden aria-live="polite"><span id="qm-count"></span>'
        f'<button type="button" id="qm-reset">{escape(say("views.reset", lang))}</button></div>'
    )
    legends = "".join(
        legend_block(view.legend, lang, view=k, extra=_marks(outcome, view, lang), loud=_loud(outcome))
        for k, view in enumerate(views)
    )
    return f'<aside class="qm-side">{switch if len(views) > 1 else ""}{search}{chip}{legends}</aside>'


def _loud(outcome: Outcome) -> tuple[str, ...]:
    return tuple(outcome.index.parameters.get("attention", ()))


def _marks(outcome: Outcome, view: _View, lang: Lang) -> list[str]:
    """Return legend lines for outlines, facilities and squares."""
    lines = []
    if "attention" in outcome.table:
        thick = swatch("none", stroke=palette.ATTENTION_LINE, width=2.8)
        lines.append(mark(thick, say("views.mark_attention", lang)))
    rough = outcome.areas.frame["approximate"]
    if rough.all():
        lines.append(mark("<span></span>", say("views.all_approximate", lang)))
    elif rough.any():
        lines.append(mark(swatch("none", stroke=palette.LINE, dash="4 3"), say("views.mark_approximate", lang)))
    if view.theme:
        layer = outcome.places[outcome.themes[view.theme].places]
        dot = (
            f'<svg width="28" height="18" aria-hidden="true"><circle cx="14" cy="9" r="5.5" fill="{palette.PLACE}" '
            'stroke="#ffffff" stroke-width="2"/></svg>'
        )
        lines.append(mark(dot, layer.title.to(lang)))
        if outcome.gaps is not None and bool((outcome.gaps["theme"] == view.theme).any()):
            square = (
                '<svg width="28" height="18" aria-hidden="true">'
                f'<rect x="9" y="4" width="10" height="10" fill="{GAP}"/></svg>'
            )
            metres = f"{outcome.themes[view.theme].within_m:g}"
            how = how_far(outcome, view.theme).to(lang)
            lines.append(mark(square, say("views.mark_gap", lang, metres=metres, how=how)))
        if is_straight(outcome, view.theme):
            lines.append(f'<strong class="qm-straight">{escape(say("views.straight", lang))}</strong>')
    return lines


def _foot(outcome: Outcome, lang: Lang) -> str:
    credit = "; ".join(dict.fromkeys(outcome.credits))
    recipe = say(
        "views.recipe", lang, recipe=outcome.recipe.id, method=outcome.recipe.method, version=outcome.recipe.version
    )
    lines = [f"{say('views.source', lang)}: {credit}"] if credit else []
    lines.append(
        f"{recipe} · {say('views.areas_as_of', lang, vintage=outcome.areas.vintage)} · {assets.licence_note()}"
    )
    warnings = "".join(f"<p>{escape(text.to(lang))}</p>" for text in outcome.warnings)
    return (
        f'<footer class="qm-foot"><p><strong>{escape(say("views.signal", lang))}</strong></p>'
        f"{''.join(f'<p>{escape(line)}</p>' for line in lines)}{warnings}</footer>"
    )
