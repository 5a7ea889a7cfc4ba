"""Areas that hold the same people twice: tables that print one number for two areas counted together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from qmgis.io.cells.reading import shown
from qmgis.model import AreaLayer, IndicatorTable, Problem, words

__all__ = ["doubled_areas"]

SHOWN = 5
LEAST = 2  # indicators that agree, beside the population


def doubled_areas(tables: Mapping[str, IndicatorTable], areas: Mapping[str, AreaLayer], *, file: str) -> list[Problem]:
    """Return a warning for each version with areas that agree in population and in every indicator, with their names.

    Areas without residents, and those with fewer than two indicators above or below zero, are passed over: small
    numbers agree by chance. ``file`` is the layer file of the population.
    """
    found = []
    for vintage, table in tables.items():
        groups: dict[tuple[str, ...], list[int]] = {}
        for year in table.years:
            for group in _alike(table.of_year(year)):
                groups.setdefault(group, []).append(year)
        if groups:
            names = areas[vintage].frame["name"]
            years = ", ".join(str(year) for year in sorted({year for some in groups.values() for year in some}))
            pairs = [" = ".join(_called(area, names[area]) for area in group) for group in groups]
            listed = "; ".join(pairs[:SHOWN]) + ("; …" if len(pairs) > SHOWN else "")
            what = words("check.doubled_areas", years=years, shown=listed)
            found.append(Problem("warning", what, file=file, remedy=words("check.fix_doubled_areas")))
    return found


def _called(area: str, name: str) -> str:
    return shown(name) if name == area else f"{shown(name)} ({shown(area)})"


def _alike(values: pd.DataFrame) -> Iterable[tuple[str, ...]]:
    """Return the groups of areas whose rows are equal."""
    if "population" not in values or values.shape[1] <= LEAST:
        return []
    others = values.drop(columns="population")
    telling = (others.notna() & (others != 0)).sum(axis=1) >= LEAST
    rows = values[telling & (values["population"] > 0)]
    rows = rows[rows.duplicated(keep=False)]
    groups = rows.groupby(list(rows.columns), dropna=False, sort=False).groups
    return [tuple(str(area) for area in group) for group in groups.values()]
