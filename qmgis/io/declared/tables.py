"""The tables of ``city.toml`` as nouns: runs, themes and exclusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qmgis.io.declared.guides import UNIT_OF, guide_of
from qmgis.io.declared.schema import to_text
from qmgis.model import Exclusion, OrientationValue, Run, Theme

__all__ = ["exclusions_of", "runs_of", "themes_of"]


def runs_of(tables: Sequence[Mapping[str, Any]]) -> dict[str, Run]:
    """Return the runs that a city declares, by key."""
    return {
        one["id"]: Run(
            one["id"], to_text(one["title"]), one["method"], one["year"], one["areas"], tuple(one.get("coverage", ())),
            tuple(one.get("scenarios", ())),
        )
        for one in tables
    }  # fmt: skip


def themes_of(tables: Sequence[Mapping[str, Any]], values: Mapping[str, OrientationValue]) -> dict[str, Theme]:
    """Return the questions of coverage of a city, by key; ``values`` are the orientation values that they may name."""
    return {one["id"]: _theme(one, guide_of(one, values)) for one in tables}


def _theme(one: Mapping[str, Any], value: OrientationValue | None) -> Theme:
    of_supply = value is not None and value.unit in UNIT_OF.values()
    return Theme(
        one["id"], to_text(one["title"]), one["places"], one.get("within_m"), one.get("group", "residents"),
        one.get("need"), one.get("within_min"), one.get("mode", "walk"), one.get("speed_kmh"),
        one.get("supply"), one.get("guide") if value is None else value.value if of_supply else None,
        one.get("proposals", 0), one.get("candidates"), one.get("catchments", False), value,
    )  # fmt: skip


def exclusions_of(tables: Sequence[Mapping[str, Any]]) -> tuple[Exclusion, ...]:
    """Return the declared decisions that leave areas out."""
    return tuple(
        Exclusion(
            one["area"], one["vintage"], tuple(one.get("years", ())), one["reason"], to_text(one.get("note", "")),
            one.get("source", ""),
        )
        for one in tables
    )  # fmt: skip
