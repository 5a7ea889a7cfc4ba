"""What the page Entwicklung is asked for, and its parts about one number: years, map, chart, small lines, table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address
from qmgis.app.chart import chart, data_table
from qmgis.app.frame import attributes, current, lang_of, link, pills
from qmgis.app.map import ANY_AREA, painted
from qmgis.app.panels.moves import table_targets
from qmgis.app.table import grid_options
from qmgis.errors import QmgisError
from qmgis.i18n import number, percent, say
from qmgis.model import AreaLayer, City, Lang
from qmgis.runs.steps import area_layer
from qmgis.runs.years.editions import editions_on
from qmgis.runs.years.numbers import RESULTS, Of, districts, series, series_keys
from qmgis.series import Series, difference
from qmgis.views.backdrop import image
from qmgis.views.development import Painted, chart_of, painted_year, small_line, value_text

__all__ = [
    "ANY_YEAR", "Asked", "asked_of", "chart_panel", "choices", "chosen_line", "hideout", "key_of_map", "number_table",
    "series_of_areas", "slider", "small_multiples", "steps", "table_properties",
]  # fmt: skip

ANY_YEAR = "__YEAR__"
MANY = 200  # more areas are shown a district at a time


@dataclass(frozen=True, eq=False)
class Asked:
    """What the address asks for: a number on today's areas, in a year, with an area or none."""

    city: City
    state: ViewState
    lang: Lang
    areas: AreaLayer
    key: str
    of_areas: Series
    of_districts: Series | None
    of_city: Series | None
    year: int
    area: str

    @property
    def district(self) -> str | None:
        """The district of the selected area, where there are series of districts."""
        known = districts(self.areas).get(self.area)
        return known if self.of_districts is not None and known in self.of_districts.names else None


@lru_cache(maxsize=64)
def series_of_areas(city: City, key: str) -> Series:
    """Return a series of the areas of a city, kept."""
    return series(city, key)


@lru_cache(maxsize=64)
def series_of_units(city: City, key: str, of: Of) -> Series | None:
    """Return a series of larger units, kept; None where the city has none of them."""
    try:
        return series(city, key, of=of)
    except QmgisError:
        return None


def asked_of(city: City, state: ViewState) -> Asked:
    """Return what the address asks for; what it does not say, or is not there, falls back."""
    known = series_keys(city)
    key = state.mode.removeprefix("value_")
    if key not in known:
        run = editions_on(city, area_layer(city).vintage)[0].get(state.run)
        parts = run.result.parts.columns if run else ()
        shares = [name for name in known if f"value_{name}" in parts and f"z_{name}" in parts]
        key = next(iter([*shares, *known]))
    one = series_of_areas(city, key)
    if not one.years:
        one = series_of_areas(city, "class")
    year = int(state.year) if state.year.isdecimal() and int(state.year) in one.years else one.years[-1]
    areas = area_layer(city)
    area = state.area if state.area in areas.frame.index else ""
    return Asked(
        city, state, lang_of(state), areas, one.key, one, series_of_units(city, one.key, "district"),
        series_of_units(city, one.key, "city"), year, area,
    )  # fmt: skip


def choices(asked: Asked) -> list[Component]:
    """Return every number as a link: what runs say, shares and means, and counts behind a fold."""
    known, indicators = series_keys(asked.city), _indicators(asked.city)
    results = [key for key in known if key in RESULTS]
    shares = [key for key in known if key not in RESULTS and indicators[key].measure != "count"]
    counts = [key for key in known if key not in RESULTS and indicators[key].measure == "count"]
    rows = [_pills(asked, "results", results), _pills(asked, "indicators", shares)]
    if counts:
        summary = html.Summary(say("series.counts", asked.lang, n=number(len(counts), asked.lang)))
        inside = _pills(asked, "counts", counts)
        rows.append(html.Details([summary, inside], open=asked.key in counts, className="small"))
    return rows


def _indicators(city: City) -> dict[str, Any]:
    return {key: one for table in city.tables.values() for key, one in table.indicators.items()}


def _pills(asked: Asked, name: str, keys: Sequence[str]) -> Component:
    indicators, label = _indicators(asked.city), say(f"series.choose_{name}", asked.lang)
    titles = {
        key: indicators[key].title.to(asked.lang) if key in indicators else say(f"series.title_{key}", asked.lang)
        for key in keys
    }
    items = [html.Li(link(asked.state, titles[key], mode=key, **current(key == asked.key))) for key in keys]
    return pills(label, items)


def steps(asked: Asked) -> list[Component]:
    """Return the years as links, and the ones before and after; the slider beside them stays on the page."""
    years, at = asked.of_areas.years, asked.of_areas.years.index(asked.year)
    near = [(say("series.before", asked.lang), at - 1), (say("series.after", asked.lang), at + 1)]
    items = [html.Li(link(asked.state, str(year), year=str(year), **current(year == asked.year))) for year in years]
    ends = [
        link(asked.state, text, year=str(years[place]), className="button") if 0 <= place < len(years)
        else html.Span(text, className="button off")
        for text, place in near
    ]  # fmt: skip
    pills = html.Ul(items, className="pills", **attributes(aria_label=say("series.year", asked.lang)))
    return [html.Span(say("series.year", asked.lang)), ends[0], pills, ends[1]]


def slider(asked: Asked) -> Component:
    """Return the years as a slider, for keys and mouse."""
    years = asked.of_areas.years
    target = format_address(replace(asked.state, year=ANY_YEAR))
    knob = dcc.Input(
        id="development-slider", type="range", min=0, max=len(years) - 1, step=1, value=years.index(asked.year),
        disabled=len(years) < 2, className="slide",
    )  # fmt: skip
    label = html.Label([html.Span(say("series.slide", asked.lang), className="unseen"), knob])
    data = attributes(data_years=",".join(map(str, years)), data_year_target=target)
    return html.Div(label, id="development-years", **data)


def hideout(asked: Asked) -> tuple[dict[str, Any], Painted]:
    """Return what the map is painted by, and its classes."""
    drawn = painted_year(asked.of_areas, asked.year, asked.lang)
    classes = [
        {"code": one.code, "colour": one.colour, "hatch": one.hatch, "label": one.label} for one in drawn.classes
    ]
    flagged = _flagged(asked)
    said = painted(
        asked.areas, drawn.codes, classes, selected=asked.area, attention=flagged,
        thick=say("words.attention", asked.lang),
        target=format_address(replace(asked.state, area=ANY_AREA)),
    )  # fmt: skip
    estimate = say("series.estimated", asked.lang)
    values = {area: f"{asked.year}: {text}" for area, text in drawn.values.items()}
    return said | {
        "values": values, "borderline": list(drawn.estimated), "certainty": dict.fromkeys(drawn.estimated, estimate),
    }, drawn  # fmt: skip


def _flagged(asked: Asked) -> list[str]:
    """Return the areas that require attention in the run of the year; none in years without a run."""
    found = series_of_areas(asked.city, "attention") if "attention" in series_keys(asked.city) else None
    if found is None or asked.year not in found.years:
        return []
    rows = found.of_year(asked.year)
    return [str(area) for area in rows.index[rows["value"] > 0]]


def key_of_map(asked: Asked, drawn: Painted) -> list[Component]:
    """Return the legend: classes with their numbers of areas, what is estimated, who requires attention."""
    lines: list[tuple[Component, str, int]] = []
    for place, one in enumerate(drawn.classes):
        count = drawn.count(place)
        if count or one.hatch == "none":
            style = {} if one.hatch != "none" else {"background": one.colour}
            name = f"swatch {one.hatch}" if one.hatch != "none" else "swatch"
            lines.append((html.Span(className=name, style=style), one.label, count))
    if drawn.estimated:
        sign = html.Span(className="swatch borderline")
        lines.append((sign, say("series.estimated", asked.lang), len(drawn.estimated)))
    flagged = _flagged(asked)
    if flagged:
        lines.append((html.Span(className="swatch attention"), say("words.attention", asked.lang), len(flagged)))
    items = [
        html.Li(html.Div(
            [sign, html.Span(text), html.Span(number(count, asked.lang), className="count")], className="mark"
        ))
        for sign, text, count in lines
    ]  # fmt: skip
    title = f"{asked.of_areas.title.to(asked.lang)}, {asked.year}"
    notes = [html.P(one.text.to(asked.lang), className="soft small") for one in asked.of_areas.breaks]
    same = html.P(say("series.same_classes", asked.lang), className="soft small")
    return [html.H2(title), html.Ul(items, className="legend"), same, *notes]


def chosen_line(asked: Asked) -> list[Component]:
    """Return what is said of the selected area in the year, with a link to its page; nothing without one."""
    if not asked.area:
        return []
    row = asked.of_areas.at(asked.area, asked.year)
    parts = [f"{asked.of_areas.names[asked.area]}, {asked.year}: {value_text(asked.of_areas, row, asked.lang)}"]
    said = _change_words(asked)
    run = next((key for key, one in asked.city.runs.items() if one.vintage == asked.areas.vintage), asked.state.run)
    page = link(asked.state, say("compare.open_area", asked.lang), page="area", run=run)
    return [html.Div([html.Span(" ".join([*parts, *([f"({said})"] if said else [])])), page], className="chip")]


def _change_words(asked: Asked) -> str:
    """Return how a share of the area moved since the first year, beside the city, and whether chance explains it."""
    first = asked.of_areas.years[0]
    if asked.of_areas.measure != "share" or first == asked.year:
        return ""
    row = difference(asked.of_areas, first, asked.year, city=asked.of_city).loc[asked.area]
    if pd.isna(row["change"]):
        return ""
    points = {name: number(100 * row[name], asked.lang, digits=1, sign=True) for name in ("change", "city_change")}
    known = pd.notna(row["within_noise"])
    noise = say("series.within" if known and row["within_noise"] else "series.beyond", asked.lang)
    key = "series.since" if pd.notna(row["city_change"]) else "series.since_alone"
    return say(key, asked.lang, first=first, **points) + (f", {noise}" if known else "")


def chart_panel(asked: Asked) -> list[Component]:
    """Return the line chart of the selected area with district and city, what it says, and its numbers as a table."""
    lines = _lines(asked)
    if not lines:
        return [html.P(say("series.choose_area", asked.lang), className="soft")]
    figure = chart_of(lines, asked.lang, breaks=asked.of_areas, year=asked.year)
    names = ", ".join(one.names[unit] for one, unit, _ in reversed(lines))
    spoken = say("series.chart_spoken", asked.lang, title=asked.of_areas.title.to(asked.lang), names=names)
    drawn = chart(figure, "development-lines", spoken, height=360)
    notes = [html.Li(one.text.to(asked.lang)) for one in asked.of_areas.breaks]
    breaks = html.Ul(notes, className="plain small") if notes else None
    twin = html.Details([html.Summary(say("series.as_table", asked.lang)), _numbers(asked, lines)], className="small")
    hint = html.P(say("series.chart_hint", asked.lang), className="soft small")
    return [part for part in (drawn, breaks, hint, twin) if part is not None]


def _lines(asked: Asked) -> list[tuple[Series, str, str]]:
    """Return the lines of the chart, the one that matters last; counts stand alone, for they share no scale."""
    around: list[tuple[Series, str, str]] = []
    if asked.of_city is not None:
        around.append((asked.of_city, next(iter(asked.of_city.names)), "city"))
    if asked.of_districts is not None and asked.district:
        around.append((asked.of_districts, asked.district, "district"))
    if not asked.area or (asked.key == "attention" and around):
        return around
    same_scale = asked.of_areas.measure in ("share", "mean")
    return [*(around if same_scale else []), (asked.of_areas, asked.area, "unit")]


def _numbers(asked: Asked, lines: Sequence[tuple[Series, str, str]]) -> Component:
    """Return the numbers of the chart: a row a year, with interval and how much of it is counted."""
    shown = list(reversed(lines))
    heads = [say("series.year", asked.lang), *(one.names[unit] for one, unit, _ in shown)]
    rows = [
        [str(year), *(_cell(one, unit, year, asked.lang) for one, unit, _ in shown)] for year in asked.of_areas.years
    ]
    return data_table(heads, rows, label=asked.of_areas.title.to(asked.lang))


def _cell(one: Series, unit: str, year: int, lang: Lang) -> Any:
    if year not in one.years:
        return "–"
    row = one.at(unit, year)
    said: list[Any] = [value_text(one, row, lang)]
    if pd.notna(row["low"]):
        span = say("series.span", lang, low=percent(row["low"], lang), high=percent(row["high"], lang))
        said += [html.Br(), html.Span(span, className="soft small")]
    if row["state"] == "ok" and row["exact"] < 1 - 1e-9:
        exact = say("series.exact_part", lang, share=percent(row["exact"], lang, digits=0))
        said += [html.Br(), html.Span(exact, className="soft small")]
    return said


def small_multiples(asked: Asked) -> list[Component]:
    """Return a small line for each area, by district and name, all on one scale; a click selects the area."""
    one, home = asked.of_areas, districts(asked.areas)
    if one.frame["value"].isna().all():
        return [html.P(say("series.nothing", asked.lang), className="soft")]
    rooms = _rooms(one)
    groups = sorted({str(name) for name in home.dropna().unique()}) or [""]
    opened = str(home.get(asked.area) or groups[0])
    parts: list[Component] = []
    for group in groups:
        units = sorted(home.index[home == group] if group else home.index, key=lambda unit: one.names[unit])
        only = html.Ul([_small(asked, str(unit), rooms) for unit in units], className="multiples")
        text = say(
            "series.group", asked.lang, name=group or asked.city.title.to(asked.lang), n=number(len(units), asked.lang)
        )
        if len(home) > MANY and group != opened:
            parts.append(html.P(link(asked.state, text, area=str(units[0])), className="small"))
        else:
            parts.append(html.Details([html.Summary(text), only], open=group == opened))
    return parts


def _rooms(one: Series) -> dict[str, tuple[float, float]]:
    """Return from where to where each small line goes: the same distance for all, around each one's own level."""
    if one.measure == "class":
        return dict.fromkeys(one.names, (0.0, float(max(len(one.codes) - 1, 1))))
    ends = one.frame.groupby(level="unit")["value"].agg(["min", "max"])
    half = float((ends["max"] - ends["min"]).max()) / 2
    middle = (ends["max"] + ends["min"]) / 2
    return {str(unit): (float(at) - half, float(at) + half) for unit, at in middle.items()}


def _small(asked: Asked, unit: str, rooms: Mapping[str, tuple[float, float]]) -> Component:
    """Return one small line with its newest number, before what it would be if it had moved like the city."""
    one, rows, lang = asked.of_areas, asked.of_areas.of_unit(unit), asked.lang
    spoken = "; ".join(f"{year}: {value_text(one, row, lang)}" for year, row in rows.iterrows())
    picture = html.Img(
        src=image(small_line(one, unit, _like_city(asked, rows), rooms[unit], year=one.years[-1])), alt=spoken
    )
    last = html.Span(value_text(one, one.at(unit, one.years[-1]), lang), className="soft")
    return html.Li(
        link(asked.state, [html.Span(one.names[unit]), picture, last], area=unit, **current(unit == asked.area))
    )


def _like_city(asked: Asked, rows: pd.DataFrame) -> pd.Series:
    known = rows["value"].dropna()
    alike = asked.of_city is not None and asked.of_city.measure == asked.of_areas.measure
    if asked.of_city is None or not alike or asked.of_areas.measure not in ("share", "mean") or known.empty:
        return pd.Series(dtype=float)
    city = asked.of_city.of_unit(next(iter(asked.of_city.names)))["value"]
    moved: pd.Series = city - city.get(known.index[0], float("nan")) + known.iloc[0]
    return moved


def number_table(asked: Asked) -> Component:
    """Return the twin of the map: every area in the year, its interval, its change and what is estimated."""
    table = dag.AgGrid(
        id="development-table", style={"height": "24rem"}, **grid_options(asked.lang), **table_properties(asked)
    )
    return html.Div(table, id="development-table-box", **table_targets(asked.state))


def table_properties(asked: Asked) -> dict[str, Any]:
    """Return columns and rows of the table and which row is selected."""
    one, lang, home = asked.of_areas, asked.lang, districts(asked.areas)
    moved = difference(one, one.years[0], asked.year, city=asked.of_city) if one.measure == "share" else None
    data = []
    for area, row in one.of_year(asked.year).iterrows():
        text, unit = value_text(one, row, lang), str(area)
        said: dict[str, Any] = {"area": unit, "name": one.names[unit], "why": text}
        said["district"] = str(home.get(unit) or "–")
        said["value"] = text if one.measure == "class" else None if pd.isna(row["value"]) else float(row["value"])
        said["exact"] = percent(row["exact"], lang, digits=0) if row["state"] == "ok" else "–"
        data.append(said if moved is None else said | _moved(moved, unit, row, lang))
    chosen = {"ids": [asked.area]} if asked.area else []
    return {"columnDefs": _columns(asked), "rowData": data, "selectedRows": chosen}


def _columns(asked: Asked) -> list[dict[str, Any]]:
    lang, measure, first = asked.lang, asked.of_areas.measure, asked.of_areas.years[0]
    name, digits = ("qmPercent", 1) if measure == "share" else ("qmNumber", {"count": 0, "mean": 1}.get(measure, 2))
    written = {"function": f"{name}(params.value, {digits}, params.data.why)"}
    how: dict[str, Any] = {} if measure == "class" else {"type": "rightAligned", "valueFormatter": written}
    columns: list[dict[str, Any]] = [
        {"field": "name", "headerName": say("words.name", lang), "cellRenderer": "QmArea", "width": 210},
        {"field": "area", "headerName": say("app.id", lang), "width": 110},
        {"field": "district", "headerName": say("series.district", lang), "width": 130},
        {"field": "value", "headerName": f"{asked.of_areas.title.to(lang)} {asked.year}", "width": 190, **how},
    ]
    if measure == "share":
        points = {"function": "qmNumber(params.value, 1, '–')"}
        columns += [
            {"field": "span", "headerName": say("series.interval", lang), "width": 150},
            {"field": "change", "headerName": say("series.change_points", lang, first=first), "width": 150,
             "type": "rightAligned", "valueFormatter": points},
            {"field": "noise", "headerName": say("series.noise", lang), "width": 250},
        ]  # fmt: skip
    return [*columns, {"field": "exact", "headerName": say("series.counted", lang), "width": 130}]


def _moved(moved: pd.DataFrame, unit: str, row: pd.Series, lang: Lang) -> dict[str, Any]:
    noise, change = moved["within_noise"][unit], moved["change"][unit]
    known = pd.notna(noise) and change != 0
    return {
        "span": "–" if pd.isna(row["low"]) else f"{percent(row['low'], lang)} – {percent(row['high'], lang)}",
        "change": None if pd.isna(change) else float(100 * change),
        "noise": say("series.within" if noise else "series.beyond", lang) if known else "–",
    }
