"""What ``qmgis areas --streets`` gives: the streets of a programme area with house numbers, as text, CSV or JSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from qmgis.cli import show
from qmgis.i18n import number, say
from qmgis.model import City, Lang

__all__ = ["need_streets", "street_list"]


def need_streets(area: str | None, out: Path | None) -> None:
    """Refuse a file for streets where no area is named.

    Raises
    ------
    DataError
        A file is named, and no area.
    """
    from qmgis.errors import DataError

    if out is not None and area is None:
        raise DataError(say("cli.streets_without_area", "en"), de=say("cli.streets_without_area", "de"))


def street_list(city: City, area: str, day: date, *, out: Path | None, as_json: bool, lang: Lang) -> None:
    """Print the street list of an area, or write it as CSV."""
    from qmgis.cli.sheets import columns
    from qmgis.io.disk.atomic import atomic_write
    from qmgis.io.written.streetlist import street_csv, street_heads, street_rows
    from qmgis.model.text import day_text
    from qmgis.runs.programme.lives import streets_of

    found = streets_of(city, area, day)
    if out is not None:
        atomic_write(out, street_csv(found, lang))
    if as_json:
        content = {"on": day.isoformat(), "area": area, "file": str(out) if out else None,
                   "streets": found.to_dict("records")}  # fmt: skip
        show.line(json.dumps(content, ensure_ascii=False))
        return
    counts = {name: number(int(found[name].sum()), lang) for name in ("addresses", "near")}
    show.line(say("cli.streets", lang, area=area, on=day_text(day).to(lang), n=number(len(found), lang),
                  partly=number(int((found["position"] == "partly").sum()), lang), **counts))  # fmt: skip
    if out is not None:
        show.line(say("cli.streets_written", lang, file=out))
    elif len(found):
        show.line("\n" + columns([street_heads(lang), *street_rows(found, lang)]))
    show.line("\n" + say("lifecycle.street_note", lang))
