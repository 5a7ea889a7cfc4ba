"""``qmgis register``: the register of measures out to a workbook or GeoPackage, in again, its history, its numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from qmgis.cli import show
from qmgis.cli.options import CityArg, DataOption, JsonOption, Lang, LangOption
from qmgis.i18n import number, say

if TYPE_CHECKING:
    import pandas as pd

OutOption = Annotated[Optional[Path], typer.Option("--out", metavar="FILE", help="Default: register.xlsx or .gpkg.")]  # noqa: UP045
SHOWN = 40

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The register of measures: out, in, history, numbers."
)


@app.command()
def template(
    city: CityArg,
    *,
    to: Annotated[Literal["xlsx", "gpkg"], typer.Option("--to", help="Workbook or GeoPackage.")] = "xlsx",
    out: OutOption = None,
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Write a file to fill in: what the register holds now, lists to choose from, what every field means."""
    with show.errors(lang, city=city):
        from qmgis.io.declared.language import language_of
        from qmgis.io.register.history import write_template

        chosen: Lang = lang or language_of(city) or "de"
        made = write_template(city, out or Path(f"register.{to}"), data=data, lang=chosen)
        show.line(say("register.template_done", chosen, file=made))


@app.command(name="import")
def take_in(
    city: CityArg,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Workbook, GeoPackage or folder of CSV files.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Check a register and take it in: the earlier state and what has changed are kept; exit 2 with every fault."""
    with show.errors(lang, city=city):
        from qmgis.io.declared.language import language_of
        from qmgis.io.register.history import import_register

        chosen: Lang = lang or language_of(city) or "de"
        done = import_register(city, file, data=data)
        counts = done.changes["change"].value_counts()
        numbers = {name: int(counts.get(name, 0)) for name in ("added", "changed", "gone")}
        if as_json:
            kept = str(done.history) if done.history else None
            show.line(json.dumps({**numbers, "path": str(done.path), "history": kept}, ensure_ascii=False))
            return
        for problem in done.problems:
            show.line(f"{say('cli.level_' + problem.level, chosen)} {problem.say(chosen)}")
        if done.history is None:
            show.line(say("register.import_same", chosen))
            return
        said = {name: number(count, chosen) for name, count in numbers.items()}
        show.line(say("register.import_done", chosen, path=done.path, history=done.history, **said))


@app.command()
def history(city: CityArg, *, data: DataOption = None, as_json: JsonOption = False, lang: LangOption = None) -> None:
    """List what was taken in and when, and what each import changed."""
    with show.errors(lang, city=city):
        from qmgis.io.declared.language import language_of
        from qmgis.io.register.history import history_of

        chosen: Lang = lang or language_of(city) or "de"
        entries = history_of(city, data=data)
        if as_json:
            content = [{"name": name, **about, "changes": told.to_dict("records")} for name, about, told in entries]
            show.line(json.dumps(content, ensure_ascii=False))
            return
        if not entries:
            show.line(say("register.history_none", chosen))
        for name, about, told in entries:
            numbers = {key: number(int(about[key]), chosen) for key in ("added", "changed", "gone")}
            show.line(say("register.history_entry", chosen, name=name, file=about["file"], **numbers))
            _print(told, chosen)


@app.command(name="show")
def numbers_of(city: CityArg, *, data: DataOption = None, as_json: JsonOption = False, lang: LangOption = None) -> None:
    """Print the register in numbers: measures by area and status, money by area, source and fund."""
    with show.errors(lang, city=city):
        from qmgis.cli.sheets import columns
        from qmgis.errors import DataError
        from qmgis.io.city.workspace import open_city
        from qmgis.views.register import register_numbers

        opened = open_city(city, data=data)
        if not opened.registers:
            en, de = (say("register.no_layer", one, city=opened.key) for one in ("en", "de"))
            raise DataError(en, de=de)
        chosen: Lang = lang or opened.lang
        tables = register_numbers(next(iter(opened.registers.values())), chosen)
        if as_json:
            content = {title: [dict(zip(heads, row, strict=True)) for row in rows] for title, heads, rows in tables}
            show.line(json.dumps(content, ensure_ascii=False))
            return
        for title, heads, rows in tables:
            show.line(f"\n{title}\n\n{columns([list(heads), *map(list, rows)], right=True)}")


def _print(told: pd.DataFrame, lang: Lang) -> None:
    """Print changes, one a line."""
    from qmgis.io.register.files import header, sheet_title
    from qmgis.model import REGISTER_TABLES

    for row in told.head(SHOWN).to_dict("records"):
        table = sheet_title(row["table"], lang)
        known = row["field"] in REGISTER_TABLES[row["table"]] or row["field"] == "geometry"
        field = header(row["table"], row["field"], lang) if known else row["field"]
        change = say(f"register.change_{row['change']}", lang)
        more = f", {field}: {row['before'] or '–'} → {row['after'] or '–'}" if row["change"] == "changed" else ""
        show.line(f"  {table} {row['key']}: {change}{more}")
    if len(told) > SHOWN:
        show.line("  " + say("register.history_more", lang, n=number(len(told) - SHOWN, lang)))
