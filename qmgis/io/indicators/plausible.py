"""Printed values that cannot be, or are most likely not what the layer file says."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number, say
from qmgis.io.cells.reading import Level, fractional, row_of, told
from qmgis.io.declared.layerfile import LayerFile
from qmgis.model import LANGS, Problem, Text, words

__all__ = ["SCALE", "value_faults"]

SCALE = {"percent": 0.01, "per_1000": 0.001}
MOST, MOST_PEOPLE = 1e15, 1e8  # of anything, and of people and flats in one area
WHOLE = ("persons", "households", "dwellings", "places")
# Percentages and shares of one lie a hundred times apart; small percentages of one column do not.
APART, HEAPS = 3, 30


def value_faults(value: pd.Series, state: pd.Series, *, layer: LayerFile, file: str, column: str) -> list[Problem]:
    """Return printed values that cannot be: none, negative ones, more than there can be; and constant columns."""
    known, measure, unit = value.dropna(), layer.keys["measure"], layer.keys["unit"]
    if known.empty:
        named = [words(f"words.state_{one}") for one in sorted(set(state))]
        listed = Text(", ".join(one.de for one in named), ", ".join(one.en for one in named))
        what = words("check.all_missing", n=len(value), states=listed)
        return [Problem("error", what, file=file, column=column, remedy=words("check.fix_all_missing"))]
    most = MOST_PEOPLE if unit in WHOLE else MOST
    found = told(known[known.abs() > most], "error", "check.too_many", file=file, column=column)
    if measure == "count" and unit in WHOLE:
        found += fractional(known, file=file, column=column)
    if measure in ("count", "share"):
        found += told(known[known < 0], "error", "check.negative", file=file, column=column)
    if measure == "share":
        found += _share_value_faults(known, unit=unit, file=file, column=column)
    if len(known) > 2 and (known == known.iloc[0]).all():
        what = words("check.constant", value=f"{known.iloc[0]:g}")
        found.append(Problem("note", what, file=file, column=column, remedy=words("check.fix_constant")))
    return found


def _share_value_faults(known: pd.Series, *, unit: str, file: str, column: str) -> list[Problem]:
    """Return printed shares above the whole, and percentages that look like shares of one."""
    above = known[known * SCALE.get(unit, 1.0) > 1 + 1e-9]
    level: Level = "error" if 2 * len(above) > len(known) else "warning"
    found = told(above, level, "check.above_all", file=file, column=column)
    if unit in SCALE and len(known) > 2 and 0 < known.max() <= 1:
        top = f"{known.max():.3g}"
        what = Text(
            say("check.fraction", "de", value=top.replace(".", ","), unit=unit),
            say("check.fraction", "en", value=top, unit=unit),
        )
        found.append(Problem("warning", what, file=file, column=column, remedy=words("check.fraction_fix")))
    return found + _mixed(known, unit=unit, file=file, column=column)


def _mixed(known: pd.Series, *, unit: str, file: str, column: str) -> list[Problem]:
    """Return a warning where some printed values look like shares of one among percentages: two heaps, far apart."""
    some = known[known > 0]
    low, high = some[some <= 1], some[some > 1]
    if unit not in SCALE or len(low) < 2 or len(high) < 2:
        return []
    if high.min() < APART * low.max() or high.median() < HEAPS * low.median():
        return []
    ends = {"low": low.max(), "high": high.min()}
    said = {lang: {name: number(float(end), lang, digits=2) for name, end in ends.items()} for lang in LANGS}
    what = Text(*(say("check.mixed", lang, n=int((known <= 1).sum()), all=len(known), **said[lang]) for lang in LANGS))
    first = row_of(low.index[0])
    return [Problem("warning", what, file=file, row=first, column=column, remedy=words("check.fix_mixed"))]
