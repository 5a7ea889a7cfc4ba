"""What the page Maßnahmen is asked for, and its parts: filters, map, legend, table, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import geopandas as gpd
import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import data_table
from qmgis.app.frame import current, lang_of, link, pills
from qmgis.app.programme.registermap import kind_entries, programme_entries, sign_of
from qmgis.balance import codes_in, kind_title
from qmgis.i18n import euros, number, say
from qmgis.model import AreaLayer, City, CodeList, Lang, Register
from qmgis.runs.programme.balance import area_names, chosen, measures_of, register_of

__all__ = ["Chosen", "chosen_of", "filters", "legend", "measure_table", "one_of", "plan_links", "said"]

FILTERS = {"field": "fields", "status": "statuses", "kind": "kinds"}


@dataclass(frozen=True, eq=False)
class Chosen:
    """The measures that the address asks for; words that are no code of the register are left aside."""

    city: City
    state: ViewState
    lang: Lang
    register: Register
    areas: AreaLayer
    rows: gpd.GeoDataFrame
    quarter: str
    field: str
    status: str
    kind: str


def chosen_of(city: City, state: ViewState) -> Chosen:
    """Return the measures that the address asks for."""
    register, used = register_of(city), used_codes(city)
    asked = {name: getattr(state, name) if getattr(state, name) in used[name] else "" for name in used}
    wanted = chosen(register, area=asked["quarter"], **{name: asked[name] for name in FILTERS})["measure"]
    whole = measures_of(city)
    rows = whole[whole["measure"].isin(wanted)]
    areas = city.area_layers[city.run(state.run).vintage]
    return Chosen(city, state, lang_of(state), register, areas, rows, **asked)


def used_codes(city: City) -> dict[str, list[str]]:
    """Return the words of each filter that measures have, in the order of their list."""
    register = register_of(city)
    measures = register.measures
    found: dict[str, list[str]] = {
        "quarter": sorted({one for cell in measures["area"] for one in codes_in(cell)}),
    }
    cells: dict[str, Iterable[object]] = {
        "field": [*measures["main_field"], *measures["other_fields"]],
        "status": measures["status"],
        "kind": measures["kind"],
    }
    for name, values in cells.items():
        there = {one for cell in values for one in codes_in(cell)}
        known = list(register.codes[FILTERS[name]].codes) if FILTERS[name] in register.codes else []
        found[name] = [code for code in known if code in there] + sorted(there - set(known))
    return found


def title_of(codes: CodeList | None, code: Any, lang: Lang) -> str:
    """Return a code in words; a dash where there is none."""
    if code is None or pd.isna(code):
        return "–"
    return codes.title_of(str(code)).to(lang) if codes else str(code)


def one_of(state: ViewState, name: str, label: str, entries: Sequence[tuple[str, str]], now: str) -> Component:
    """Return choices as links, the one that holds marked."""
    items = [html.Li(link(state, text, **{name: key}, **current(key == now))) for key, text in entries]
    return pills(label, items)


def filters(asked: Chosen) -> list[Component]:
    """Return a line of links for each filter."""
    lang, used, names = asked.lang, used_codes(asked.city), area_names(asked.city)
    rows = []
    for name, codes in used.items():
        lists = asked.register.codes.get(FILTERS.get(name, ""))
        entries = [("", say("balance.filter_all", lang))]
        for code in codes:
            if name == "quarter":
                text = f"{code} {names.get(code, '')}".strip()
            else:
                text = (
                    kind_title(code, asked.register.codes).to(lang) if name == "kind" else title_of(lists, code, lang)
                )
            entries.append((code, text))
        rows.append(one_of(asked.state, name, say(f"balance.filter_{name}", lang), entries, getattr(asked, name)))
    return rows


def legend(asked: Chosen) -> list[Component]:
    """Return what the map shows: kinds with their numbers, programme areas, and what has no place."""
    lang, rows = asked.lang, asked.rows
    placed = rows[rows.geometry.notna()]
    kinds = Counter(map(sign_of, placed["kind"]))
    titles = {kind: kind_title(kind, asked.register.codes).to(lang) for kind in kinds}
    items = [*kind_entries(kinds, titles, lang), *programme_entries(asked.city, asked.state.run, lang)]
    wide = say("balance.without_place", lang, n=number(len(rows) - len(placed), lang))
    hint = html.P(say("balance.sign_hint", lang), className="soft small")
    return [html.H2(say("balance.measures_map", lang)), html.Ul(items, className="legend"), html.P(wide), hint]


def said(asked: Chosen) -> str:
    """Return how many measures are shown, in a sentence."""
    total = len(asked.register.measures)
    return say("balance.shown", asked.lang, n=number(len(asked.rows), asked.lang), total=number(total, asked.lang))


def measure_table(asked: Chosen) -> Component:
    """Return the twin of the map: every measure that is shown, with its money in euros."""
    lang, codes = asked.lang, asked.register.codes
    heads = [say(f"balance.plan_{name}", lang) for name in ("measure", "title")]
    heads += [say(f"balance.filter_{name}", lang) for name in ("quarter", "field", "kind", "status")]
    heads += [say("balance.plan_part", lang), say("balance.place", lang)]
    heads += [f"{say(f'balance.amount_{name}', lang)} (€)" for name in ("planned", "approved", "spent")]
    rows = [
        [
            row["measure"], row["title"], row["area"], title_of(codes.get("fields"), row["field"], lang),
            kind_title(row["kind"], codes).to(lang) if isinstance(row["kind"], str) else "–",
            title_of(codes.get("statuses"), row["status"], lang),
            "–" if pd.isna(row["part"]) else str(int(row["part"])), say(f"balance.at_{row['place']}", lang),
            *(euros(row[f"{name}_ct"], lang) for name in ("planned", "approved", "spent")),
        ]
        for row in asked.rows.drop(columns="geometry").to_dict("records")
    ]  # fmt: skip
    return data_table(heads, rows, numbers=3, label=say("balance.measures", lang))


def plan_links(quarter: str, lang: Lang) -> Component:
    """Return links to the plan and the balance as files."""
    query = urlencode({"quarter": quarter, "lang": lang} if quarter else {"lang": lang})
    items = [
        html.Li(html.A(say(f"balance.file_{kind}", lang), href=f"/download/register/{kind}?{query}", download=""))
        for kind in ("plan", "plan_csv", "balance", "balance_de", "funds")
    ]
    hint = html.P(say("balance.import_hint", lang), className="soft small")
    return html.Div([html.Ul(items, className="downloads"), hint])
