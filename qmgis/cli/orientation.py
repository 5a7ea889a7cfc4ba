"""``qmgis orientation``: orientation values with source and mark, and which group belongs to which service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from qmgis.cli import show
from qmgis.i18n import say

if TYPE_CHECKING:
    from qmgis.model import Lang

__all__ = ["listing"]


def listing(city: Path | None, lang: Lang, *, as_json: bool) -> None:
    """Print the orientation values and services that ship, with a city its own among them."""
    from qmgis.io.declared.shipped import faulty
    from qmgis.io.rules.orientation import Orientation, own_orientation, with_own
    from qmgis.views.orientation import service_table, value_table

    own, problems = own_orientation(city) if city is not None else (Orientation(), [])
    if problems:
        raise faulty(problems)
    known = with_own(own)
    tables = {
        "values": value_table(known.values.values(), lang),
        "services": service_table(known.services.values(), lang),
    }
    if as_json:
        told = {name: [dict(zip(heads, row, strict=True)) for row in rows] for name, (heads, rows) in tables.items()}
        show.line(json.dumps(told, ensure_ascii=False))
        return
    show.line(say("orientation.lead", lang))
    for name, (heads, rows) in tables.items():
        if name == "services":
            show.line(f"\n{say('orientation.services', lang)}: {say('orientation.services_lead', lang)}")
        for row in rows:
            lines = [f"  {head}: {cell}" for head, cell in zip(heads[2:], row[2:], strict=True) if cell]
            show.line("\n".join([f"\n{row[0]} ({row[1]})", *lines]))
