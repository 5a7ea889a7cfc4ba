"""What the page Bilanz is asked for, and its parts: bars beside their table, sums, funds, white spots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import chart, data_table
from qmgis.app.frame import lang_of, notice
from qmgis.app.programme.measures import one_of, title_of
from qmgis.app.programme.registermap import SPOTS, legend_line, programme_entries
from qmgis.balance import ALL, BY, NAMES, By, codes_in, group_title, kind_title, rules_of
from qmgis.errors import QmgisError
from qmgis.i18n import euros, number, percent, say
from qmgis.model import AreaLayer, City, Lang, Register, Text
from qmgis.runs.programme.balance import (
    area_names,
    balance_of,
    divided_of,
    funds_of,
    group_names,
    register_of,
    spots_of,
)
from qmgis.views.balance import shares_chart

__all__ = [
    "Asked", "asked_of", "bars", "choices", "divided_part", "funds_part", "rules", "shares_table", "spot_choices",
    "spot_legend", "spot_table", "sums_table",
]  # fmt: skip

PER_GROUP = 62  # pixels


@dataclass(frozen=True, eq=False)
class Asked:
    """The balance that the address asks for: by what, of which money and programme area; the field of the map."""

    city: City
    state: ViewState
    lang: Lang
    register: Register
    by: By
    amount: str
    quarter: str
    table: pd.DataFrame
    areas: AreaLayer
    spots: gpd.GeoDataFrame | None
    fault: str
    field: str

    @property
    def titles(self) -> dict[str, Text]:
        """The words of the groups, in their order; what all groups make together comes last."""
        codes, names = self.register.codes, group_names(self.city, self.by)
        groups = dict.fromkeys(self.table["group"])
        return {group: group_title(group, by=self.by, codes=codes, names=names) for group in groups}

    @property
    def spots_here(self) -> gpd.GeoDataFrame | None:
        """The parts of the programme area that is asked for, or of all, for the field of the map."""
        if self.spots is None:
            return None
        rows = self.spots[self.spots["field"] == self.field]
        return rows[rows["programme_area"] == self.quarter] if self.quarter else rows


def asked_of(city: City, state: ViewState) -> Asked:
    """Return the balance that the address asks for; what is unknown falls back."""
    register = register_of(city)
    by: By = next((one for one in BY if one == state.by), "field")
    amount = state.amount if state.amount in NAMES else NAMES[0]
    there = {one for cell in register.measures["area"] for one in codes_in(cell)}
    quarter = state.quarter if state.quarter in there else ""
    spots, fault = None, ""
    try:
        spots = spots_of(city, run=state.run)
    except QmgisError as error:  # no programme area is valid on that day: the rest of the page is of use
        fault = error.say(lang_of(state))
    fields = [] if spots is None else list(dict.fromkeys(spots["field"]))
    field = state.field if state.field in fields else next(iter(fields), "")
    areas = city.area_layers[city.run(state.run).vintage]
    table = balance_of(city, by=by, area=quarter or None)
    return Asked(city, state, lang_of(state), register, by, amount, quarter, table, areas, spots, fault, field)


def choices(asked: Asked) -> list[Component]:
    """Return by what, of which area and which money, as links."""
    lang, names = asked.lang, area_names(asked.city)
    there = sorted({one for cell in asked.register.measures["area"] for one in codes_in(cell)})
    areas = [("", say("balance.filter_all", lang)), *((one, f"{one} {names.get(one, '')}".strip()) for one in there)]
    return [
        one_of(asked.state, "by", say("balance.choose_by", lang),
              [(by, say(f"balance.by_{by}", lang)) for by in BY], asked.by),
        one_of(asked.state, "quarter", say("balance.filter_quarter", lang), areas, asked.quarter),
        one_of(asked.state, "amount", say("balance.money", lang),
              [(name, say(f"balance.amount_{name}", lang)) for name in NAMES], asked.amount),
    ]  # fmt: skip


def bars(asked: Asked) -> Component:
    """Return the bars: the shares of kinds in money and in measures, of each group that has a measure and of all."""
    lang, filled = asked.lang, set(asked.table.loc[asked.table["measures"] > 0, "group"]) | {ALL}
    titles = {group: title for group, title in asked.titles.items() if group in filled}
    figure = shares_chart(asked.table, titles, amount=asked.amount, lang=lang, codes=asked.register.codes)
    row = _whole(asked, "INV")
    spoken = say(
        "balance.spoken", lang, money=percent(row[f"{asked.amount}_share"], lang),
        count=percent(row["measures_share"], lang), amount=say(f"balance.amount_{asked.amount}", lang),
    )  # fmt: skip
    height = 130 + PER_GROUP * len(titles)
    return html.Div([html.P(spoken, className="lead"), chart(figure, "balance-bars", spoken, height=height)])


def _whole(asked: Asked, kind: str) -> pd.Series:
    rows = asked.table[(asked.table["group"] == ALL) & (asked.table["kind"] == kind)]
    row: pd.Series = rows.iloc[0]
    return row


def shares_table(asked: Asked) -> Component:
    """Return the twin of the bars: money and measures of each kind that a group has, with their shares."""
    lang, titles, name = asked.lang, asked.titles, asked.amount
    heads = [say(f"balance.by_{asked.by}", lang), say("balance.plan_kind", lang),
             f"{say(f'balance.amount_{name}', lang)} (€)", say("balance.of_group", lang), say("balance.of_all", lang),
             say("balance.measures", lang), say("balance.of_group", lang)]  # fmt: skip
    further = asked.by == "field"
    heads += [say("balance.also", lang)] if further else []
    rows = []
    for row in asked.table.to_dict("records"):
        if row["kind"] != ALL and not row["measures"]:
            continue
        digits = 0 if float(row["measures"]).is_integer() else 2
        rows.append([
            titles[row["group"]].to(lang), kind_title(row["kind"], asked.register.codes).to(lang),
            euros(row[f"{name}_ct"], lang),
            percent(row[f"{name}_share"], lang), percent(row[f"{name}_of_all"], lang),
            number(row["measures"], lang, digits=digits), percent(row["measures_share"], lang),
            *([number(row["also"], lang) if pd.notna(row["also"]) else ""] if further else []),
        ])  # fmt: skip
    return data_table(heads, rows, numbers=5 + further, label=say("balance.shares", lang))


def sums_table(asked: Asked) -> Component:
    """Return planned, approved and spent of each group, with what is not known and amounts per resident."""
    lang, titles = asked.lang, asked.titles
    rows = asked.table[asked.table["kind"] == ALL]
    told = rows["residents"].notna().any()
    heads = [say(f"balance.by_{asked.by}", lang)]
    for name in NAMES:
        heads += [f"{say(f'balance.amount_{name}', lang)} (€)", say("balance.without_amount", lang)]
    if told:
        heads += [say("balance.residents", lang)]
        heads += [f"{say(f'balance.amount_{name}', lang)} {say('balance.per_resident', lang)}" for name in NAMES]
    cells = []
    for row in rows.to_dict("records"):
        line = [titles[row["group"]].to(lang)]
        for name in NAMES:
            line += [euros(row[f"{name}_ct"], lang), number(row[f"{name}_unknown"], lang)]
        if told:
            line += [number(row["residents"], lang)]
            line += [euros(row[f"{name}_per_resident_ct"], lang) for name in NAMES]
        cells.append(line)
    return data_table(heads, cells, label=say("balance.sums", lang))


def rules(asked: Asked) -> Component:
    """Return how the balance counts, in sentences."""
    return html.Ul([html.Li(one.to(asked.lang)) for one in rules_of(asked.by)], className="small")


def divided_part(asked: Asked) -> list[Component]:
    """Return how the measures of several programme areas are divided; nothing where there is none."""
    lang = asked.lang
    rows = divided_of(asked.city, area=asked.quarter or None)
    if rows.empty:
        return []
    title = say("balance.divided", lang)
    heads = [say("balance.plan_measure", lang), say("balance.plan_title", lang), say("balance.by_area", lang),
             say("balance.divided_rule", lang), say("balance.divided_share", lang),
             *(f"{say(f'balance.amount_{name}', lang)} (€)" for name in NAMES)]  # fmt: skip
    cells = [
        [row["measure"], row["title"], row["area"], say(f"balance.divided_{row['rule']}", lang),
         percent(row["share"], lang), *(euros(row[f"{name}_ct"], lang) for name in NAMES)]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    lead = html.P(say("balance.divided_lead", lang), className="small")
    return [html.H3(title), data_table(heads, cells, numbers=4, label=title), lead]


def funds_part(asked: Asked) -> list[Component]:
    """Return the ledger of the funds, and what is not kept."""
    lang = asked.lang
    table, found = funds_of(asked.city, area=asked.quarter or None)
    if table.empty:
        return [html.P(say("balance.no_funds", lang))]
    money = ("budget_ct", "granted_ct", "remaining_ct")
    heads = [say("balance.fund", lang), say("balance.fund_type", lang), say("balance.by_area", lang),
             say("balance.by_year", lang), *(f"{say(f'balance.fund_{name}', lang)} (€)" for name in money),
             say("balance.fund_uptake", lang), say("balance.fund_grants", lang), say("balance.fund_max_grant_ct", lang),
             say("balance.fund_min_grant_ct", lang), say("balance.fund_max_years", lang)]  # fmt: skip
    rows = [
        [row["fund"], title_of(asked.register.codes.get("fund_types"), row["type"], lang), str(row["area"]),
         say("balance.unknown_year", lang) if row["year"] == "unknown" else row["year"],
         *(euros(row[name], lang) for name in money), percent(row["uptake"], lang), number(row["grants"], lang),
         euros(row["max_grant_ct"], lang), euros(row["min_grant_ct"], lang),
         number(row["max_years"], lang)]
        for row in table.to_dict("records")
    ]  # fmt: skip
    parts: list[Component] = [data_table(heads, rows, numbers=8, label=say("balance.funds", lang))]
    if not found:
        return [*parts, html.P(say("balance.no_breaches", lang))]
    listed = html.Ul([html.Li(one.sentence.to(lang)) for one in found])
    return [*parts, html.H3(say("balance.breaches", lang)), listed]


def spot_choices(asked: Asked) -> list[Component]:
    """Return the fields as links, or why there is no map of white spots."""
    if asked.spots is None:
        return [notice(asked.fault, asked.lang)]
    codes = asked.register.codes.get("fields")
    fields = list(dict.fromkeys(asked.spots["field"]))
    entries = [(field, title_of(codes, field, asked.lang)) for field in fields]
    return [one_of(asked.state, "field", say("balance.filter_field", asked.lang), entries, asked.field)]


def spot_legend(asked: Asked) -> list[Component]:
    """Return what the map shows, with numbers of areas, and what is for a whole programme area."""
    lang, rows = asked.lang, asked.spots_here
    if rows is None:
        return []
    white = rows.groupby("area")["white"].any()
    counts = {"white": int(white.sum()), "near": int((~white).sum())}
    counts["outside"] = len(asked.areas.frame) - sum(counts.values())
    items = [
        legend_line(
            html.Span(
                className="swatch" if hatch == "none" else f"swatch {hatch}",
                style={"background": colour} if hatch == "none" else {},
            ),
            say(f"balance.spots_{kind}", lang), counts[kind], lang=lang,
        )
        for kind, (colour, hatch) in SPOTS.items()
    ]  # fmt: skip
    items += programme_entries(asked.city, asked.state.run, lang)
    return [
        html.H2(say("balance.spots_map", lang)),
        html.Ul(items, className="legend"),
        html.P(say("balance.spots_hint", lang), className="soft small"),
    ]


def spot_table(asked: Asked) -> Component:
    """Return the twin of the map: each part with its residents, what is nearest and what is for the whole area."""
    lang, rows = asked.lang, asked.spots_here
    if rows is None:
        return html.Div()
    heads = [say("words.area", lang), say("balance.by_area", lang), say("balance.spots_state", lang),
             say("balance.spot_nearest", lang), say("balance.residents", lang),
             f"{say('balance.spot_distance', lang)} (m)", say("balance.spot_area_wide", lang)]  # fmt: skip
    cells = [
        [f"{row['name']} ({row['area']})", row["programme_area"],
         say(f"balance.spots_{'white' if row['white'] else 'near'}", lang),
         "–" if row["nearest"] is None or pd.isna(row["nearest"]) else str(row["nearest"]),
         _residents(row, lang), number(row["distance_m"], lang), number(row["area_wide"], lang)]
        for row in rows.drop(columns="geometry").to_dict("records")
    ]  # fmt: skip
    return data_table(heads, cells, numbers=3, label=say("balance.spots_map", lang))


def _residents(row: dict[Any, Any], lang: Lang) -> str:
    return number(row["residents"], lang) if row["state"] == "ok" else say(f"words.state_{row['state']}", lang)
