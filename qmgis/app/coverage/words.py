"""The answer of Versorgung in sentences: how many are not reached, of whom, how it was measured, what to know first."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.coverage.editor import Edited
from qmgis.app.coverage.question import Asked
from qmgis.app.frame import link
from qmgis.coverage import group_title
from qmgis.i18n import number, percent, say
from qmgis.model import AreaResult, Lang, Outcome
from qmgis.model.reading import way_of
from qmgis.runs.serving import residents_of
from qmgis.views.cells import cell

__all__ = ["answer_sentences", "chosen", "warnings_of"]


def answer_sentences(asked: Asked, edited: Edited) -> list[str]:
    """Return the answer, its basis and the data, the answer first; nothing while there is none."""
    lang, found = asked.lang, asked.answer
    if found is None:
        return []
    if edited.change is not None:
        return [
            say("asked.scenario_said", lang, sentence=edited.change.sentence.to(lang)),
            say("asked.scenario_note", lang),
        ]
    result = found.coverage[asked.theme.key]
    seen = result.seen[["reached", "not_reached"]].dropna()
    whole = found.totals.get(asked.theme.key)
    reached, missed = whole if whole is not None else (float(seen[name].sum()) for name in ("reached", "not_reached"))
    said = {
        "group": group_title(asked.theme.group).to(lang),
        "places": asked.city.places[asked.theme.places].title.to(lang),
        "within": asked.theme.limit.to(lang), "way": _way(asked, found, result, lang),
    }  # fmt: skip
    if not reached + missed:
        return [say("asked.answer_none", lang, **said), *_basis(asked, result, is_whole=whole is not None)]
    people = {"missed": number(missed, lang), "all": number(reached + missed, lang)}
    share = percent(missed / (reached + missed), lang, digits=1)
    return [
        say("asked.answer", lang, **said, **people, share=share),
        *_basis(asked, result, is_whole=whole is not None),
    ]


def _way(asked: Asked, found: Outcome, result: AreaResult, lang: Lang) -> str:
    """Return how it was measured, with the speed where minutes count."""
    way, kmh = way_of(found, asked.theme.key).to(lang), result.parameters.get("kmh")
    if not isinstance(kmh, float) or asked.theme.within_min is None or "km/h" in way:
        return way
    return say("asked.at_speed", lang, way=way, kmh=number(kmh, lang, digits=0 if kmh == round(kmh) else 1))


def _basis(asked: Asked, result: AreaResult, *, is_whole: bool) -> list[str]:
    """Return which areas are counted, and how old people and places are."""
    lang, known = asked.lang, result.parts["reached"].notna()
    hidden = int((result.seen["reached"].isna() & known).sum())
    areas = int(known.sum()) if is_whole else int(known.sum()) - hidden
    parts = [say("asked.counted", lang, areas=number(areas, lang), all=number(len(result.parts), lang))]
    told = "asked.hidden_counted" if is_whole else "asked.hidden"
    parts += [say(told, lang, count=number(hidden, lang))] if hidden else []
    residents, places = residents_of(asked.city, asked.theme.group), asked.city.places[asked.theme.places]
    if residents is not None:
        year = "" if residents.year is None else str(residents.year)
        title = residents.title.to(lang)
        parts.append(
            say("asked.people_of" if year and year not in title else "asked.people", lang, title=title, year=year)
        )
    count = number(len(places.frame), lang)
    day = "" if places.date is None else f"{places.date:%d.%m.%Y}" if lang == "de" else f"{places.date:%Y-%m-%d}"
    parts.append(
        say(
            "asked.places_of" if day else "asked.places_undated",
            lang,
            count=count,
            title=places.title.to(lang),
            day=day,
        )
    )
    parts += [] if places.complete else [say("asked.incomplete", lang)]
    return [" ".join(parts)]


def warnings_of(asked: Asked, edited: Edited) -> list[str]:
    """Return what a reader has to know before believing the numbers."""
    found = asked.answer
    if found is None:
        return []
    said = edited.change.warnings if edited.change is not None else found.warnings
    return [one.to(asked.lang) for one in said]


def chosen(asked: Asked, edited: Edited) -> list[Component]:
    """Return what is said of the selected area, with a link to its page; nothing where none is selected."""
    found, area, lang = asked.answer, asked.state.area, asked.lang
    if found is None or area not in found.table.index:
        return []
    name, words = str(found.table["name"][area]), say("compare.open_area", lang)
    said = _change_of(asked, edited, area) if edited.change is not None else _reach_of(asked, found, area)
    return [
        html.Div([html.Span([html.Strong(name), f": {said}"]), link(asked.state, words, page="area")], className="chip")
    ]


def _reach_of(asked: Asked, found: Outcome, area: str) -> str:
    row, lang, key = found.table.loc[area], asked.lang, asked.theme.key
    if pd.isna(row[f"{key}_share"]):
        return say("asked.area_unknown", lang)
    described = {column.key: column for column in found.columns}
    values = {
        part: cell(row[f"{key}_{part}"], described[f"{key}_{part}"], lang) if pd.notna(row[f"{key}_{part}"]) else "–"
        for part in ("share", "not_reached", "median_m", "p90_m", "mean_m")
    }
    return say("asked.area_said", lang, **values)


def _change_of(asked: Asked, edited: Edited, area: str) -> str:
    if edited.change is None:
        return ""
    shown, group, lang = edited.change.shown, asked.theme.group, asked.lang
    names = ("reached_before", "reached_after", "gain", "lose")
    numbers = shown.loc[area, [f"{name}_{group}" for name in names]].to_numpy(dtype=float)
    if pd.isna(numbers).any():
        return say("asked.area_unknown", lang)
    told = zip(names, numbers, strict=True)
    return say("asked.area_changed", lang, **{name: number(float(value), lang) for name, value in told})
