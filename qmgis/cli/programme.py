"""``qmgis quality`` and ``qmgis readiness``: how well the ground is laid in programme areas, and what comes after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qmgis.cli import show
from qmgis.cli.options import (
    CityArg,
    DataOption,
    DayOption,
    JsonOption,
    Lang,
    LangOption,
    OneArea,
    day_asked,
    day_said,
    plain_rows,
)
from qmgis.i18n import number, say

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from qmgis.model import City

AreaOption = Annotated[str, typer.Option("--area", metavar="ID", help="Id of a programme area.")]


def quality(
    city: CityArg,
    *,
    area: AreaOption,
    on: DayOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show conditions, standards, concept and goals of a programme area on a day."""
    with show.errors(lang, city=city):
        from qmgis.runs.programme.quality import qualities_of

        day = day_asked(on)
        opened = _opened(city, data)
        found = qualities_of(opened, area, day)
        chosen = lang or opened.lang
        if as_json:
            names = ("conditions", "standards", "concept", "goals", "interim", "final", "extract")
            tables = {name: plain_rows(getattr(found, name)) for name in names}
            _json({"area": area, "name": found.name, "on": day.isoformat(), **tables})
            return
        show.line(say("quality.head", chosen, name=found.name, area=area, on=day_said(day, chosen)))
        for name in ("conditions", "standards"):
            _conditions(getattr(found, name), name, chosen)
        _print("concept", found.concept, ("concept", f"text_{chosen}", "state"), chosen)
        _print("goals", found.goals, ("goal", "text", "attainment", f"evidence_{chosen}"), chosen)


def readiness(
    city: CityArg,
    *,
    area: OneArea = None,
    on: DayOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show readiness beside the deadline: of one programme area with its exit plan, or of all."""
    with show.errors(lang, city=city):
        day = day_asked(on)
        opened = _opened(city, data)
        chosen = lang or opened.lang
        if area is None:
            _portfolio(opened, day, chosen, as_json=as_json)
        else:
            _one(opened, area, day, chosen, as_json=as_json)


def _portfolio(city: City, day: date, lang: Lang, *, as_json: bool) -> None:
    from qmgis.runs.programme.quality import bars_of, portfolio_of

    found = portfolio_of(city, day)
    if as_json:
        _json({"on": day.isoformat(), "portfolio": plain_rows(found), "bars": plain_rows(bars_of(city, day))})
        return
    show.line(say("readiness.head_all", lang, city=city.title.to(lang), on=day_said(day, lang)))
    _print("portfolio", found, ("programme_area", "name", "phase", "begun", "limit", "age_years", "quadrant"), lang)
    for text in found.loc[found[f"sentence_{lang}"] != "", f"sentence_{lang}"]:
        show.line("\n" + text)


def _one(city: City, area: str, day: date, lang: Lang, *, as_json: bool) -> None:
    from qmgis.runs.programme.quality import readiness_of
    from qmgis.runs.programme.records import codes_of
    from qmgis.runs.programme.words import plan_shown

    found = readiness_of(city, area, day)
    if as_json:
        said = {"ready": found.signals.ready, "time": found.signals.time, "quadrant": found.signals.quadrant,
                "disagree": found.signals.disagree, "sentence": found.signals.sentence.to(lang)}  # fmt: skip
        tables = {name: plain_rows(getattr(found, name)) for name in ("profile", "plan", "watch", "page")}
        _json({"area": area, "name": found.name, "on": day.isoformat(), "signals": said, **tables})
        return
    show.line(say("quality.head", lang, name=found.name, area=area, on=day_said(day, lang)))
    show.line("\n" + found.signals.sentence.to(lang))
    shown = found.profile.assign(group=[say(f"readiness.group_{one}", lang) for one in found.profile["group"]])
    _print("profile", shown, ("criterion", "group", f"text_{lang}", "state"), lang)
    _print(
        "plan",
        plan_shown(found.plan, codes_of(city), lang),
        ("id", "title", "successor_name", "budget_ct", "from_date", "missing"),
        lang,
    )
    _print("watch", found.watch, (f"title_{lang}", "state", f"evidence_{lang}"), lang)


def _conditions(table: pd.DataFrame, name: str, lang: Lang) -> None:
    from qmgis.quality import answered

    _print(name, table, ("item", f"text_{lang}", "level", "basis", f"evidence_{lang}"), lang)
    counts = [
        f"{say('quality.level_' + row['level'], lang)} {number(row['items'], lang)}"
        for row in answered(table).to_dict("records") if row["items"]
    ]  # fmt: skip
    show.line(", ".join(counts))


def _print(name: str, table: pd.DataFrame, columns: Sequence[str], lang: Lang) -> None:
    """Print a table under its heading; nothing where it has no rows."""
    from qmgis.cli.sheets import columns as in_columns

    if table.empty:
        return
    heads = [say(f"quality.column_{one.removesuffix('_de').removesuffix('_en')}", lang) for one in columns]
    rows = [[_word(row[one], one, lang) for one in columns] for row in table.to_dict("records")]
    show.line(f"\n{say(f'quality.title_{name}', lang)}\n\n{in_columns([heads, *rows])}")


def _word(value: Any, column: str, lang: Lang) -> str:
    """Return a cell for people: codes in words, days and money as people write them."""
    from qmgis.runs.programme.words import cell_text

    return cell_text(value, column, lang)


def _opened(city: Path, data: Path | None) -> City:
    """Return the city; raise what is wrong with its assessments, days to come among them."""
    from qmgis.errors import DataError
    from qmgis.io.city.workspace import open_city
    from qmgis.runs.programme.quality import faults_of

    opened = open_city(city, data=data)
    faults = faults_of(opened, today=day_asked(None))
    if faults:
        raise DataError("\n".join(one.en for one in faults), de="\n".join(one.de for one in faults))
    return opened


def _json(content: dict[str, Any]) -> None:
    show.line(json.dumps(content, ensure_ascii=False, default=_native))


def _native(value: Any) -> Any:
    """Return a number of numpy as one of Python."""
    return value.item() if hasattr(value, "item") else str(value)
