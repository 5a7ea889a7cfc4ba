"""The map of Wirkung and its twin: the part of every area, and the reason of each that plays none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from qmgis.app.address import format_address
from qmgis.app.chart import data_table
from qmgis.app.map import ANY_AREA, painted
from qmgis.app.programme.effect import Asked
from qmgis.effect import PARTS, parts_of, points
from qmgis.i18n import number, percent, say
from qmgis.runs.programme.effect import panel_of
from qmgis.runs.steps import area_layer

__all__ = ["LOOKS", "hideout", "key_of_map", "members_panel"]

# Colour and hatching of each part.
LOOKS = {
    "area": ("#d3128a", "none"),
    "comparison": ("#2f6cb3", "none"),
    "possible": ("#d9e6f4", "none"),
    "near": ("#f1f1ee", "diagonal"),
    "part": ("#f1f1ee", "dots"),
    "left_out": ("#f1f1ee", "cross"),
    "always": ("#8f8c86", "none"),
    "elsewhere": ("#f3c6de", "none"),
    "late": ("#c9a0dc", "none"),
    "gaps": ("#e9d8a6", "none"),
    "divided": ("#d9b88f", "none"),
    "short": ("#b7d7c2", "none"),
    "unlike": ("#e58bb9", "none"),
}
ENTER = ("area", "comparison")
CHANGES = ("before", "after", "change")


def hideout(asked: Asked) -> dict[str, Any]:
    """Return what the map is painted by: the part that each area plays in the answer; all alike until it is there."""
    areas, lang, parts = area_layer(asked.city), asked.lang, _parts(asked)
    order = [part for part in PARTS if part in parts.values()] or ["possible"]
    classes = [{"code": part, "colour": LOOKS[part][0], "hatch": LOOKS[part][1],
                "label": say(f"effect.page_role_{part}", lang)} for part in order]  # fmt: skip
    codes = {area: order.index(part) for area, part in parts.items()}
    return painted(
        areas, codes, classes, selected=asked.state.area, attention=[], thick=say("words.attention", lang),
        target=format_address(replace(asked.state, area=ANY_AREA)),
    )  # fmt: skip


def _parts(asked: Asked) -> dict[str, str]:
    """Return the part of each area; nothing until the answer is there."""
    if asked.answer is None:
        return {}
    return {str(area): str(part) for area, part in parts_of(panel_of(asked.city), asked.answer).items()}


def key_of_map(asked: Asked) -> list[Component]:
    """Return the legend: each part that an area plays, with the number of its areas."""
    lang, parts = asked.lang, list(_parts(asked).values())
    title = html.H2(say("effect.page_members", lang))
    if not parts:
        told = "asked.not_computed" if asked.job.state == "stopped" else "app.computing"
        return [title, html.P(say(told, lang), className="soft")]
    items = []
    for part in (one for one in PARTS if one in (*ENTER, *parts)):
        colour, hatch = LOOKS[part]
        sign = html.Span(className="swatch" if hatch == "none" else f"swatch {hatch}",
                         style={"background": colour} if hatch == "none" else {})  # fmt: skip
        count = html.Span(number(parts.count(part), lang), className="count")
        items.append(html.Li(html.Div([sign, html.Span(say(f"effect.page_role_{part}", lang)), count],
                                      className="mark")))  # fmt: skip
    lead = html.P(say("effect.page_map_lead", lang), className="soft small")
    return [title, html.Ul(items, className="legend"), lead]


def members_panel(asked: Asked) -> list[Component]:
    """Return the twin of the map: every area that enters with its own change, then all others with the reason."""
    answer, lang = asked.answer, asked.lang
    if answer is None:
        return []
    names = area_layer(asked.city).frame["name"].astype(str)
    heads = [say("words.area", lang), *(say(f"effect.page_{one}", lang) for one in ("role", "weight", *CHANGES))]
    rows = [
        [f"{names[area]} ({area})", say(f"effect.page_role_{row['of']}", lang), percent(row["weight"], lang),
         percent(row["before"], lang), percent(row["after"], lang), points(row["change"]).to(lang)]
        for area, row in answer.members.iterrows()
    ]  # fmt: skip
    enter = data_table(heads, rows, numbers=4, label=say("effect.page_members", lang))
    nobody = html.P(say("effect.page_no_members", lang), className="soft")
    return [enter if rows else nobody, *_others(asked, names.to_dict())]


def _others(asked: Asked, names: dict[Any, str]) -> list[Component]:
    lang, parts = asked.lang, _parts(asked)
    others = sorted((PARTS.index(part), area) for area, part in parts.items() if part not in ENTER)
    if not others:
        return []
    told = say("effect.page_others_table", lang, count=number(len(others), lang))
    rows = [[f"{names[area]} ({area})", say(f"effect.page_role_{PARTS[place]}", lang)] for place, area in others]
    heads = [say("words.area", lang), say("effect.page_reason", lang)]
    return [html.Details([html.Summary(told), data_table(heads, rows, numbers=0, label=told)], className="small")]
