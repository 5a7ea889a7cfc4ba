"""``qmgis balance`` and ``qmgis plan``: cost share beside count share, funds, and the plan of costs and time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qmgis.cli import show
from qmgis.cli.options import CityArg, DataOption, JsonOption, Lang, LangOption, OneArea, plain_rows
from qmgis.i18n import euros, number, percent, say

if TYPE_CHECKING:
    import pandas as pd

    from qmgis.balance import Breach
    from qmgis.model import City

By = Literal["field", "year", "source", "area", "sub_area", "district", "target_group"]
AMOUNTS = ("planned", "approved", "spent")


def balance(
    city: CityArg,
    *,
    area: OneArea = None,
    by: Annotated[By, typer.Option("--by", help="What measures are grouped by.")] = "field",
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show what of money and measures is investive, preparing, accompanying and social, and the funds."""
    with show.errors(lang, city=city):
        from qmgis.io.city.workspace import open_city
        from qmgis.runs.programme.balance import balance_of, divided_of, funds_of

        opened = open_city(city, data=data)
        table, (funds, found) = balance_of(opened, by=by, area=area), funds_of(opened, area=area)
        chosen: Lang = lang or opened.lang
        if as_json:
            content = {
                "by": by, "area": area, "balance": plain_rows(table), "funds": plain_rows(funds),
                "divided": plain_rows(divided_of(opened, area=area)),
                "breaches": [{"code": one.code, "fund": one.fund, "area": one.area, "year": one.year,
                              "grant": one.grant, "sentence": one.sentence.to(chosen)} for one in found],
            }  # fmt: skip
            show.line(json.dumps(content, ensure_ascii=False))
            return
        _print(opened, table, by, lang=chosen)
        _print_divided(divided_of(opened, area=area), lang=chosen)
        if len(funds):
            _print_funds(funds, found, lang=chosen)


def plan(
    city: CityArg,
    *,
    area: OneArea = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A file that ends with .xlsx or .csv.")],
    amount: Annotated[Literal["planned", "approved", "spent"], typer.Option("--amount", help="Which.")] = "planned",
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Write the plan of costs and time: part 1 agreed, part 2 ideas, by year and source."""
    with show.errors(lang, city=city):
        from qmgis.errors import OutputError
        from qmgis.io.city.workspace import open_city
        from qmgis.io.disk.atomic import atomic_write
        from qmgis.runs.programme.balance_files import plan_file

        ending = out.suffix.lower().removeprefix(".")
        if ending not in ("xlsx", "csv"):
            raise OutputError(say("balance.bad_ending", "en", file=out), de=say("balance.bad_ending", "de", file=out))
        opened = open_city(city, data=data)
        content = plan_file(opened, area, lang or opened.lang, to=ending, amount=f"{amount}_ct")
        atomic_write(out, content)
        show.line(str(out))


def _print(city: City, table: pd.DataFrame, by: By, *, lang: Lang) -> None:
    """Print a row for each group and kind: measures and money with their shares."""
    from qmgis.balance import ALL, group_title, kind_title, rules_of
    from qmgis.cli.sheets import columns
    from qmgis.runs.programme.balance import group_names, register_of

    codes, names = register_of(city).codes, group_names(city, by)
    heads = [say(f"balance.by_{by}", lang), say("balance.plan_kind", lang), say("balance.measures", lang), "%"]
    heads += [text for name in AMOUNTS for text in (f"{say(f'balance.amount_{name}', lang)} €", "%")]
    rows = []
    for row in table.to_dict("records"):
        if not row["measures"] and row["kind"] != ALL:
            continue
        title = group_title(row["group"], by=by, codes=codes, names=names).to(lang)
        digits = 0 if float(row["measures"]).is_integer() else 2
        cells = [title, kind_title(row["kind"], codes).to(lang), number(row["measures"], lang, digits=digits)]
        cells.append(percent(row["measures_share"], lang, digits=0))
        for name in AMOUNTS:
            cells += [euros(row[f"{name}_ct"], lang), percent(row[f"{name}_share"], lang, digits=0)]
        rows.append(cells)
    show.line(columns([heads, *rows]))
    whole = table[(table["group"] == ALL) & (table["kind"] == ALL)].iloc[0]
    unknown = [
        say("balance.unknown_amounts", lang, amount=say(f"balance.amount_{name}", lang), n=number(n, lang))
        for name in AMOUNTS
        if (n := int(whole[f"{name}_unknown"]))
    ]
    show.line("\n" + "\n".join([*unknown, *(one.to(lang) for one in rules_of(by))]))


def _print_divided(rows: pd.DataFrame, *, lang: Lang) -> None:
    """Print how the measures of several programme areas are divided, if there are some."""
    from qmgis.cli.sheets import columns

    if rows.empty:
        return
    heads = [say("balance.plan_measure", lang), say("balance.by_area", lang), say("balance.divided_share", lang)]
    heads += [f"{say(f'balance.amount_{name}', lang)} €" for name in AMOUNTS] + [say("balance.divided_rule", lang)]
    lines = [
        [row["measure"], row["area"], percent(row["share"], lang),
         *(euros(row[f"{name}_ct"], lang) for name in AMOUNTS), say(f"balance.divided_{row['rule']}", lang)]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    show.line(f"\n{say('balance.divided', lang)}\n\n{columns([heads, *lines])}\n\n{say('balance.divided_lead', lang)}")


def _print_funds(funds: pd.DataFrame, found: tuple[Breach, ...], *, lang: Lang) -> None:
    from qmgis.cli.sheets import columns

    heads = [say("balance.fund", lang), say("balance.by_area", lang), say("balance.by_year", lang)]
    names = ("budget_ct", "granted_ct", "remaining_ct")
    heads += [f"{say(f'balance.fund_{name}', lang)} €" for name in names] + [say("balance.fund_uptake", lang)]
    rows = [
        [row["fund"], str(row["area"]), row["year"], *(euros(row[name], lang) for name in names),
         percent(row["uptake"], lang)]
        for row in funds.to_dict("records")
    ]  # fmt: skip
    show.line("\n" + columns([heads, *rows]))
    if found:
        show.line("\n" + "\n".join([say("balance.breaches", lang), *(f"- {one.sentence.to(lang)}" for one in found)]))
