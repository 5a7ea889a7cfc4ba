"""``qmgis areas`` and ``qmgis locate``: the programme areas of a day, their deadlines, and what lies in them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from qmgis.cli import show
from qmgis.cli.options import (
    CityArg,
    DataOption,
    DayOption,
    JsonOption,
    Lang,
    LangOption,
    day_asked,
    day_said,
    plain_rows,
)
from qmgis.i18n import number, say

if TYPE_CHECKING:
    import pandas as pd

    from qmgis.model import City


def areas(
    city: CityArg,
    *,
    on: DayOption = None,
    streets: Annotated[Optional[str], typer.Option("--streets", metavar="ID", help="Street list of an area.")] = None,  # noqa: UP045
    out: Annotated[Optional[Path], typer.Option("--out", metavar="FILE", help="Street list as CSV.")] = None,  # noqa: UP045
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List the programme areas that are valid on a day, and their deadlines; or the streets of one of them."""
    with show.errors(lang, city=city):
        from qmgis.cli.streets import need_streets, street_list
        from qmgis.io.city.workspace import open_city
        from qmgis.runs.programme.lives import areas_of, deadlines_of

        day = day_asked(on)
        need_streets(streets, out)
        opened = open_city(city, data=data)
        if streets is not None:
            street_list(opened, streets, day, out=out, as_json=as_json, lang=lang or opened.lang)
            return
        valid, due = areas_of(opened, day).drop(columns="geometry").reset_index(), deadlines_of(opened, day)
        if as_json:
            content = {"on": day.isoformat(), "areas": plain_rows(valid), "deadlines": plain_rows(due)}
            show.line(json.dumps(content, ensure_ascii=False))
            return
        _print(opened, day, valid, due, lang=lang or opened.lang)


def locate(
    city: CityArg,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or spreadsheet with coordinates.")],
    *,
    on: DayOption = None,
    out: Annotated[Optional[Path], typer.Option("--out", metavar="FILE", help="Default: FILE_located.csv.")] = None,  # noqa: UP045
    x: Annotated[Optional[str], typer.Option("--x", metavar="COLUMN", help="Column east, or longitude.")] = None,  # noqa: UP045
    y: Annotated[Optional[str], typer.Option("--y", metavar="COLUMN", help="Column north, or latitude.")] = None,  # noqa: UP045
    crs: Annotated[Optional[str], typer.Option("--crs", metavar="EPSG", help="Of the coordinates.")] = None,  # noqa: UP045
    tolerance: Annotated[float, typer.Option("--tolerance", metavar="METRES", min=0, help="What is near.")] = 10.0,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say for each row of a table whether it lies in a programme area: inside, outside, near a boundary."""
    with show.errors(lang, city=city):
        from qmgis.errors import DataError
        from qmgis.io.city.workspace import open_city
        from qmgis.io.disk.atomic import atomic_write
        from qmgis.io.layers.pointfile import read_points
        from qmgis.runs.programme.lives import located

        day = day_asked(on)
        target = out or file.with_name(f"{file.stem}_located.csv")
        if (x is None) != (y is None) or target.resolve() == file.resolve():
            key = "cli.locate_x_and_y" if (x is None) != (y is None) else "cli.locate_onto_itself"
            raise DataError(say(key, "en"), de=say(key, "de"))
        opened = open_city(city, data=data)
        columns = (x, y) if x is not None and y is not None else None
        frame, points = read_points(file, opened.areas, columns=columns, crs=crs)
        found = located(opened, points, day, tolerance_m=tolerance)
        atomic_write(target, _table(frame, found, lang=lang or opened.lang))
        counts = {name: int((found["position"] == name).sum()) for name in ("inside", "near", "outside", "unknown")}
        if as_json:
            show.line(json.dumps({"on": day.isoformat(), "file": str(target), **counts}, ensure_ascii=False))
            return
        chosen = lang or opened.lang
        show.line(say("cli.located", chosen, file=target, on=day_said(day, chosen), metres=number(tolerance, chosen),
                      **{name: number(count, chosen) for name, count in counts.items()}))  # fmt: skip


def _print(city: City, day: date, valid: pd.DataFrame, due: pd.DataFrame, *, lang: Lang) -> None:
    """Print the areas of a day and their deadlines as two tables."""
    from qmgis.cli.sheets import columns
    from qmgis.lifecycle import AGREED

    show.line(say("cli.areas_on" if len(valid) else "cli.areas_none", lang, n=number(len(valid), lang),
                  city=city.title.to(lang), on=day_said(day, lang)))  # fmt: skip
    if len(valid):
        names = ("id", "name", "programme", "phase", "begun", "until")
        rows = [
            [one["programme_area"], one["name"], one["programme"], _phase(one["phase"], lang),
             _cell(one["begun"], lang), _cell(one["until"], lang)]
            for one in valid.to_dict("records")
        ]  # fmt: skip
        show.line("\n" + columns([_heads(names, lang), *rows]))
    if len(due):
        titles = {rule.key: rule.title.to(lang) for rule in city.deadlines}
        titles[AGREED] = say("lifecycle.agreed", lang)
        rows = [
            [one["programme_area"], one["name"], titles[one["rule"]], _cell(one["limit"], lang),
             number(one["days_left"], lang), say("lifecycle.state_" + one["state"], lang)]
            for one in due.to_dict("records")
        ]  # fmt: skip
        heads = _heads(("id", "name", "deadline", "limit", "days", "state"), lang)
        show.line("\n" + columns([heads, *rows]) + "\n\n" + say("lifecycle.deadline_note", lang))


def _heads(names: tuple[str, ...], lang: str) -> list[str]:
    return [say(f"lifecycle.column_{name}", lang) for name in names]


def _phase(phase: object, lang: str) -> str:
    from qmgis.lifecycle import phase_words

    return phase_words(phase, lang)


def _cell(day: Any, lang: str) -> str:
    return day_said(day.date(), lang) if day == day and day is not None else "–"


def _table(frame: pd.DataFrame, found: pd.DataFrame, *, lang: Lang) -> bytes:
    """Return the rows with what was found, in words and whole metres."""
    from qmgis.io.layers.pointfile import table_bytes
    from qmgis.model import words

    heads = {name: words(f"lifecycle.located_{name}") for name in found.columns}
    said = found.assign(
        position=[say(f"lifecycle.position_{one}", lang) for one in found["position"]],
        distance_m=["" if one != one else str(round(one)) for one in found["distance_m"]],
    )
    return table_bytes(frame, said, heads=heads, lang=lang)
