"""``qmgis report``: the profile of an area, or of all, as PDF and HTML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Optional

import typer

from qmgis.cli import show
from qmgis.cli.options import CityArg, DataOption, JsonOption, Lang, LangOption
from qmgis.i18n import number, say


def report(
    city: CityArg,
    *,
    area: Annotated[Optional[str], typer.Option("--area", metavar="ID", help="An area or programme area.")] = None,  # noqa: UP045
    every: Annotated[
        bool, typer.Option("--all", help="All areas and programme areas; goes on where it stopped.")
    ] = False,
    run: Annotated[Optional[str], typer.Option("--run", metavar="RUN", help="Which run; default: the newest.")] = None,  # noqa: UP045
    is_public: Annotated[bool, typer.Option("--public", help="For the public: stricter secrecy, no indices.")] = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")] = Path("reports"),
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write the area profile / dossier of an area as PDF and HTML."""
    with show.errors(lang, city=city):
        from qmgis.errors import DataError

        if (area is None) != every:
            raise DataError(say("cli.report_which", "en"), de=say("cli.report_which", "de"))
        from qmgis.runs.atlas import profile_name, write_profiles
        from qmgis.runs.kept import known_of

        shared = known_of(city, data=data, run=run, area=area, is_public=is_public)
        areas = shared.areas if area is None else (area,)
        chosen: Lang = lang or shared.lang
        with show.progress(chosen, steps=len(areas)) as step:
            done = write_profiles(shared, out, areas, lang=chosen, tell=step)
        if as_json:
            paths = {one: str(out / profile_name(shared.city, one)) for one in (*done.made, *done.kept)}
            content = {"run": shared.outcome.run.key, "recipe": shared.outcome.recipe.id, "made": list(done.made),
                       "kept": list(done.kept), "files": paths}  # fmt: skip
            show.line(json.dumps(content, ensure_ascii=False))
            return
        if area is not None:
            name = profile_name(shared.city, area)
            show.line(say("cli.report_one", chosen, pdf=out / f"{name}.pdf", html=out / f"{name}.html"))
            return
        counts = {"made": number(len(done.made), chosen), "kept": number(len(done.kept), chosen)}
        show.line(say("cli.report_done", chosen, folder=out, **counts))
