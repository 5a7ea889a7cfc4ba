"""``qmgis crosswalk``: weights between two versions of the areas, made of what the city has, with their quality."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from qmgis.cli import show
from qmgis.cli.options import CityArg, DataOption, JsonOption, Lang, LangOption
from qmgis.i18n import say


def crosswalk(
    city: CityArg,
    *,
    old: Annotated[str, typer.Option("--from", metavar="VERSION", help="Version of the old areas.")],
    new: Annotated[str, typer.Option("--to", metavar="VERSION", help="Version of the new areas.")],
    weights: Annotated[
        list[str],
        typer.Option("--weights", metavar="LAYER", help="Layer of residents, several times if needed, or land."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A file that ends with .csv.")],
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Make a crosswalk of two versions of the areas: weights, the layer file that reads them, and their quality."""
    with show.errors(lang, city=city):
        from qmgis.cli.sheets import columns
        from qmgis.io.city.workspace import open_city
        from qmgis.io.disk.atomic import atomic_files
        from qmgis.runs.years.crosswalk_files import crosswalk_files, quality_lines, quality_table
        from qmgis.runs.years.crosswalks import built_crosswalk

        opened = open_city(city, data=data)
        built = built_crosswalk(opened, old, new, weights=weights)
        chosen: Lang = lang or opened.lang
        files = crosswalk_files(opened, built, out.name, lang=chosen)
        atomic_files(out.parent, files)
        if as_json:
            content = {
                "files": [str(out.with_name(name)) for name in files], "exact": built.exact,
                "undivided": built.undivided, "slivers": built.made.slivers, "few": built.made.few,
                "by_all": built.made.by_all, "nobody": built.made.nobody, "apart": built.apart,
                "errors": built.errors.astype(object).where(built.errors.notna(), None).to_dict("records"),
            }  # fmt: skip
            show.line(json.dumps(content, ensure_ascii=False))
            return
        for line in quality_lines(opened, built, chosen):
            show.line(line)
        table = quality_table(opened, built, chosen)
        if table:
            show.line("\n" + columns(table) + "\n")
        show.line(say("boundaries.report_files", chosen, files=", ".join(str(out.with_name(name)) for name in files)))
