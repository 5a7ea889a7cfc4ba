"""The tables of ``city.toml`` as nouns: runs, themes and exclusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qmgis.io.schema import to_text
from qmgis.model import Exclusion, Run, Theme

__all__ = ["exclusions_of", "runs_of", "themes_of"]


def runs_of(tables: Sequence[Mapping[str, Any]]) -> dict[str, Run]:
    """Return the runs by key, in their order."""
    return {
        one["id"]: Run(
            one["id"], to_text(one["title"]), one["method"], one["year"], one["areas"], tuple(one.get("coverage", ())),
            tuple(one.get("scenarios", ())),
        )
        for one in tables
    }  # fmt: skip


def themes_of(tables: Sequence[Mapping[str, Any]]) -> dict[str, Theme]:
    """Return the themes by key, in their order."""
    return {
        one["id"]: Theme(
            one["id"], to_text(one["title"]), one["places"], one.get("within_m"), one.get("group", "residents"),
            one.get("need"), one.get("within_min"), one.get("mode", "walk"), one.get("speed_kmh"),
            one.get("supply"), one.get("guide"), one.get("proposals", 0), one.get("candidates"),
            one.get("catchments", False),
        )
        for one in tables
    }  # fmt: skip


def exclusions_of(tables: Sequence[Mapping[str, Any]]) -> tuple[Exclusion, ...]:
    """Return the declared exclusions, in their order."""
    return tuple(
        Exclusion(
            one["area"], one["vintage"], tuple(one.get("years", ())), one["reason"], to_text(one.get("note", "")),
            one.get("source", ""),
        )
        for one in tables
    )  # fmt: skip
