"""Maps on one page: a folium map with its legend, its table twin and where it comes from.

The page opens without a network and runs no script but its own. Every area says in words what its colour says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from html import escape

import geopandas as gpd
import pandas as pd

from qmgis import __version__
from qmgis.coverage import hide_few
from qmgis.errors import VintageError
from qmgis.i18n import keys, say
from qmgis.model import AreaLayer, AreaResult, City, Column, Lang, Outcome, Recipe, Run, Text, Theme, words
from qmgis.model.reading import MAPPED, blocks_of, borderline
from qmgis.views import palette
from qmgis.views._frame import View, after, before
from qmgis.views._geometry import bounds_of, drawing, outlines, points
from qmgis.views._markup import fill_of
from qmgis.views._page import Blocks, CityMap, json_block
from qmgis.views.backdrop import STROKES
from qmgis.views.legend import Scheme, entry_of, legend_for
from qmgis.views.programme import LINES, programme_shapes

__all__ = ["choropleth", "map_of", "outcome_map", "page"]

GAP = palette.GAP
_SILENT = ("z_", "score_", "domain_rank_")
_DISTANCES = ("status_distance", "dynamics_distance", "distance")
TOLD = ("status_index", "dynamics_index", "class", "index", "certainty")  # what a tooltip says of an index
_BY_AGE = "reached_age_"


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
    return map_of(outcome, [View(legend, legend.title)], lang)


def outcome_map(outcome: Outcome, *, lang: Lang = "de") -> CityMap:
    """Return the map of a run, with a switch between its views.

    The views: the twelve groups with their grid legend, status, attention, certainty and spatial pattern, and for each
    theme who is reached, with facilities and the squares of residents out of reach, and where need meets gap. A box
    stripes borderline areas on the views of the index.

    Examples
    --------
    >>> "Arbeitslosigkeit" in page(outcome_map(toy_outcome())).decode()
    True
    """
    views = [
        View(
            legend_for(outcome, column),
            words(f"views.view_{column}"),
            row=words("views.row_index"),
            short=words(f"views.short_{column}"),
        )
        for column in MAPPED
        if column in outcome.table
    ]
    if not views:
        views = [View(legend_for(outcome, _main_column(outcome.index)), outcome.index.title)]
    for theme in outcome.coverage:
        views.append(_theme_view(outcome, theme, "share"))
        if theme in outcome.priority:
            views.append(_theme_view(outcome, theme, "tier"))
    views += _indicator_views(outcome)
    return map_of(outcome, views, lang)


def page(city_map: CityMap) -> bytes:
    """Return a map as one HTML file that opens without a network; the same map gives the same bytes."""
    text: str = city_map.get_root().render()
    return text.encode("utf-8")


def _indicator_views(outcome: Outcome) -> list[View]:
    """Return a view of each indicator that differs between areas, in the classes of the dashboard."""
    row = words("views.row_indicator")
    values = [column for column in outcome.columns if column.key.startswith("value_")]
    differ = [column for column in values if int(outcome.table[column.key].nunique()) > 1]
    return [View(legend_for(outcome, column.key), column.title, row=row) for column in differ]


def _theme_view(outcome: Outcome, theme: str, column: str) -> View:
    named = outcome.themes[theme].title
    title, short = words(f"views.view_{column}", title=named), words(f"views.short_{column}")
    return View(legend_for(outcome, f"{theme}_{column}"), title, theme, row=named, short=short)


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
    wanted = {
        "index": "group" if "group" in result.parts else "class",
        "coverage": f"{result.key}_share",
        "priority": f"{result.key}_tier",
        "certainty": "certainty",
        "pattern": "pattern",
    }[result.kind]
    return wanted if result.kind != "index" or wanted in result.parts else "value"


def _outcome_of(layer: AreaLayer, result: AreaResult, *, note: Text | None) -> Outcome:
    """Return a run that holds one result only, so that one kind of map fits all."""
    of_theme = result.kind in ("coverage", "priority")
    prefix = f"{result.key}_" if of_theme else ""
    index = layer.frame.index
    own = [column for column in result.columns if (result.kind, column.key) != ("priority", "tier")]
    parts = result.seen
    if result.shown is None and {"residents", "not_reached"} <= set(parts):
        parts = hide_few(parts, group=str(result.parameters.get("group", "")))[0]
    table = parts[[column.key for column in own]].reindex(index).add_prefix(prefix)
    columns = [replace(column, key=f"{prefix}{column.key}") for column in own]
    table.insert(0, "name", layer.frame["name"].astype(object))
    columns.insert(0, Column("name", words("words.name"), "text"))
    main = {"coverage": "share", "index": "index" if "index" in parts else "status_index"}.get(result.kind, "")
    value = parts.get(main, result.value)
    extra = {"value": value, f"{prefix}tier": result.label.astype(object)}
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
    if result.states is not None:
        table["states"] = result.states.reindex(index).astype(object)
        columns.append(Column("states", words("runs.states"), "text", note=words("runs.states_note")))
    return Outcome(
        city="",
        city_title=layer.title,
        run=Run(result.key, result.title, result.key, result.year, result.vintage),
        areas=layer,
        index=result,
        coverage={result.key: result} if result.kind == "coverage" else {},
        priority={result.key: result} if result.kind == "priority" else {},
        themes={result.key: _theme_of(result)} if of_theme else {},
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
        within_m=result.parameters.get("within_m"),
        group=str(result.parameters.get("group", "residents")),
        within_min=result.parameters.get("within_min"),
        mode=str(result.parameters.get("mode", "walk")),
    )


def _label_words(result: AreaResult) -> dict[str, Text]:
    """Return the classes of a priority in words where the catalogue has them."""
    known = set(keys())
    labels = [str(label) for label in result.label.cat.categories]
    return {
        label: words(f"priority.tier_{label}") if f"priority.tier_{label}" in known else Text(label, label)
        for label in labels
    }


def map_of(outcome: Outcome, views: Sequence[View], lang: Lang) -> CityMap:
    """Return the map of an outcome with a switch between views of one's own."""
    columns = _columns(outcome)
    bounds = bounds_of(outcome.areas.frame.geometry)
    title = f"{outcome.run.title.to(lang)} – {outcome.city_title.to(lang)}"
    blocks = Blocks(
        lang=lang,
        title=escape(title),
        before=before(outcome, lang),
        after=after(outcome, views, columns, lang),
        data=json_block(_payload(outcome, views, columns, bounds, lang)),
    )
    centre = ((bounds[0][0] + bounds[1][0]) / 2, (bounds[0][1] + bounds[1][1]) / 2)
    return CityMap(blocks, centre=centre, label=say("views.map", lang))


def _columns(outcome: Outcome) -> list[Column]:
    """Return the columns of the table twin: all that a reader needs, without the steps of the computation.

    An index of its own is explained by its contributions; those of status and dynamics are on the area's page.
    """
    silent = _SILENT if "index" in blocks_of(outcome) else (*_SILENT, "contribution_")
    known = [
        c for c in outcome.columns if c.key not in ("name", "states", *_DISTANCES) and not c.key.startswith(silent)
    ]
    return [c for c in known if _BY_AGE not in c.key]


def _payload(
    outcome: Outcome, views: Sequence[View], columns: Sequence[Column], bounds: list[list[float]], lang: Lang
) -> dict[str, object]:
    """Return what the script draws; no name and no number for people is in here."""
    frame = outcome.areas.frame
    attention = outcome.table.get("attention", pd.Series(False, index=frame.index)).fillna(False).astype(bool)
    unsure = set(borderline(outcome))
    names = ("filter", "nothing", "north", "close", "zoom_in", "zoom_out")
    return {
        "areas": outlines(frame.geometry),
        "bounds": bounds,
        "views": [{"title": view.title.to(lang), **_drawn(outcome, view, columns)} for view in views],
        "popup": list(range(1, len(columns) + 2)),
        "attention": [k for k, loud in enumerate(attention.reindex(frame.index)) if loud],
        "borderline": [k for k, area in enumerate(frame.index) if area in unsure],
        "approximate": []
        if frame["approximate"].all()
        else [k for k, rough in enumerate(frame["approximate"]) if rough],
        "places": _places(outcome),
        "gaps": _gaps(outcome, views),
        "backdrop": _backdrop(outcome),
        "programme": _programme(outcome),
        "lines": {
            "thin": palette.LINE,
            "attention": palette.ATTENTION_LINE,
            "gap": palette.GAP,
            "place": palette.PLACE,
        },
        "words": {name: say(f"views.{name}", lang) for name in names},
    }


def _drawn(outcome: Outcome, view: View, columns: Sequence[Column]) -> dict[str, object]:
    entries = view.legend.entries
    index = outcome.areas.frame.index
    keys_shown = _tooltip(view)
    return {
        "fills": [*(fill_of(entry) for entry in entries), "url(#qm-diagonal)"],
        "entry": [k if k >= 0 else len(entries) for k in entry_of(outcome.table, view.legend).reindex(index)],
        "columns": [k + 2 for k, column in enumerate(columns) if column.key in keys_shown],
        "places": view.theme and outcome.themes[view.theme].places,
        "gaps": view.theme,
        "stripes": view.has_stripes,
    }


def _tooltip(view: View) -> tuple[str, ...]:
    """Return the columns that a tooltip shows for a view."""
    if view.theme:
        return (*(f"{view.theme}_{name}" for name in ("share", "not_reached", "tier", "need")), "group", "class")
    return (view.legend.column, *TOLD, "population")


def _places(outcome: Outcome) -> dict[str, list[list[int]]]:
    """Return the places as longitude, latitude and row of the table of facilities."""
    start, found = 0, {}
    for key, layer in outcome.places.items():
        rows = points(layer.frame.geometry)
        found[key] = [[*xy, start + k] for k, xy in enumerate(rows)]
        start += len(rows)
    return found


def _backdrop(outcome: Outcome) -> list[dict[str, object]]:
    """Return what is drawn for orientation, the lowest first."""
    if outcome.backdrop is None:
        return []
    frame = outcome.backdrop.frame
    return [
        {**drawing(frame.geometry[frame["kind"] == kind]), "strokes": [asdict(stroke) for stroke in STROKES[kind]]}
        for kind in outcome.backdrop.kinds
    ]


def _programme(outcome: Outcome) -> list[dict[str, object]]:
    """Return the outlines of the programme areas, the weightiest last."""
    return [
        {**drawing(shapes), "strokes": [asdict(stroke) for stroke in LINES[state]]}
        for state, shapes in programme_shapes(outcome).items()
    ]


def _gaps(outcome: Outcome, views: Sequence[View]) -> dict[str, object]:
    if outcome.gaps is None:
        return {}
    themes = {view.theme for view in views if view.theme}
    found: dict[str, object] = {}
    for theme in sorted(themes):
        squares = _inside_city(outcome, outcome.gaps.loc[outcome.gaps["theme"] == theme])
        if len(squares):
            merged = squares.geometry.union_all()
            shapes = outlines(squares.geometry.iloc[:1].set_axis([0]).map(lambda _, whole=merged: whole))
            found[theme] = shapes[0]
    return found


def _inside_city(outcome: Outcome, squares: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the squares with their middle in an area; people beyond the boundary are not this city's gap."""
    middles = gpd.GeoDataFrame(geometry=squares.geometry.centroid, crs=squares.crs)
    areas = outcome.areas.frame[["geometry"]].to_crs(squares.crs)
    inside = gpd.sjoin(middles, areas, predicate="intersects").index.unique()
    return squares.loc[squares.index.isin(inside)]
