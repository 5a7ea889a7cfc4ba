"""Crosswalk layers: which part of each old area went to which new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qmgis.core.spatial.crosswalk import EXACT, TOLERANCE
from qmgis.i18n import number
from qmgis.io.cells import numbers
from qmgis.io.cells.ids import with_more
from qmgis.io.cells.reading import (
    Level,
    Reader,
    column_of,
    identified,
    missing_columns,
    placed,
    plain,
    row_of,
    shown,
    told,
)
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.declared.schema import close
from qmgis.model import LAND, LANGS, AreaLayer, CrosswalkLayer, Problem, Text, words

__all__ = ["read_crosswalk"]

# Where a key of the layer file is left out, a column of this name is taken if it is there (the data model's names).
COLUMNS = {"from": "from_unit", "to": "to_unit", "from_vintage": "from_version", "to_vintage": "to_version"}
AMOUNTS = {"residents": "residents", "addresses": "addresses"}
WEIGHTS = {"residents": "weight_population", LAND: "weight_area"}


def read_crosswalk(
    layer: LayerFile, reader: Reader, areas: Mapping[str, AreaLayer]
) -> tuple[CrosswalkLayer | None, list[Problem]]:
    """Return what old and new areas have in common, and everything that is wrong with the file.

    All faults of all rows come together; a layer with an error gives none.
    """
    if layer.ref is None or not areas:
        return None, []
    frame, found = reader.read(layer.ref, layer.place)
    if frame is None:
        return None, found
    file, keys, bases = layer.ref.path, layer.keys, _bases(frame, layer.keys)
    ids = {side: keys.get(side, COLUMNS[side]) for side in ("from", "to")}
    found = [*found, *missing_columns(frame, [*ids.values(), *bases.values()], file=file, place=layer.place)]
    vintages, faults = _vintages(frame, layer, areas)
    found += faults
    if not bases:
        what, remedy = words("check.crosswalk_no_basis"), words("check.crosswalk_no_basis_fix")
        found.append(Problem("error", what, file=file, remedy=remedy))
    if any(fault.level == "error" for fault in found):
        return None, found
    sides = {side: _ids(frame, ids[side], areas[vintages[side]], file=file) for side in ids}
    pairs = pd.DataFrame({"old": sides["from"][0], "new": sides["to"][0]}).dropna()
    whole, faults = _numbers(pairs, frame, bases, layer)
    found += [*sides["from"][1], *sides["to"][1], *faults, *_twice(whole, file=file)]
    printed = _named(frame, keys, "weights")
    weights = frozenset(basis for basis, column in bases.items() if printed.get(basis) == column)
    for basis in sorted(weights):
        known = whole[whole["old"].isin(areas[vintages["from"]].frame.index)]
        found += _sums(known, basis, file=file, column=bases[basis])
    found += _absent(whole, areas[vintages["from"]], file=file, column=ids["from"])
    if any(fault.level == "error" for fault in found):
        return None, found
    noun = CrosswalkLayer(
        layer.key, layer.title, whole.reset_index(drop=True), vintages["from"], vintages["to"], weights,
        layer.licence, layer.credit,
    )  # fmt: skip
    return noun, found


def _numbers(
    pairs: pd.DataFrame, frame: pd.DataFrame, bases: Mapping[str, str], layer: LayerFile
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the pairs with the numbers of each basis."""
    file = layer.ref.path if layer.ref else ""
    found: list[Problem] = []
    whole, options = pairs, {key: layer.keys[key] for key in ("decimal", "thousands", "missing") if key in layer.keys}
    for basis, column in bases.items():
        parsed = numbers.parse(frame[column_of(frame, column)], **options)
        found += placed(parsed.problems, file=file, column=column)
        found += told(parsed.values[parsed.values < 0], "error", "check.negative", file=file, column=column)
        whole = whole.assign(**{basis: parsed.values.reindex(whole.index)})
    return whole, found


def _bases(frame: pd.DataFrame, keys: Mapping[str, Any]) -> dict[str, str]:
    """Return the column of each basis; amounts go before weights of the same basis."""
    return {**_named(frame, keys, "weights"), **_named(frame, keys, "amounts")}


def _named(frame: pd.DataFrame, keys: Mapping[str, Any], what: str) -> dict[str, str]:
    if what in keys:
        return dict(keys[what])
    usual = AMOUNTS if what == "amounts" else WEIGHTS
    own = keys.get("weights", {}) if what == "amounts" else keys.get("amounts", {})
    return {} if own else {basis: column for basis, column in usual.items() if column_of(frame, column) is not None}


def _vintages(
    frame: pd.DataFrame, layer: LayerFile, areas: Mapping[str, AreaLayer]
) -> tuple[dict[str, str], list[Problem]]:
    """Return the version of the areas on each side: as the layer file says, else as all rows say."""
    found: dict[str, str] = {}
    problems = []
    for key, side in (("from_vintage", "from"), ("to_vintage", "to")):
        column = column_of(frame, COLUMNS[key])
        said = {plain(cell) for cell in frame[column]} - {""} if column is not None else set()
        named = [layer.keys[key]] if key in layer.keys else sorted(said)
        if len(named) == 1 and named[0] in areas:
            found[side] = named[0]
            continue
        listed = ", ".join(f'"{shown(one)}"' for one in named[:3]) or "–"
        hint = close(named[0], list(areas)) if named else Text("", "")
        what = words("check.crosswalk_vintage", entry=key, named=listed, known=", ".join(areas), hint=hint)
        problems.append(Problem("error", what, file=layer.place.file, row=layer.place.row(key) or layer.place.row()))
    return found, problems


def _ids(frame: pd.DataFrame, column: str, areas: AreaLayer, *, file: str) -> tuple[pd.Series, list[Problem]]:
    """Return the ids of one side, and those that the version of the areas does not have."""
    ids, found = identified(frame, column, digits=None, file=file)
    strange = ids[~ids.isin(areas.frame.index)]
    if len(strange):
        one = words("check.crosswalk_unknown", id=shown(strange.iloc[0]), vintage=areas.vintage)
        what = with_more(one, [(row, "") for row in strange.index])
        remedy = words("check.crosswalk_unknown_fix")
        found.append(Problem("error", what, file=file, row=row_of(strange.index[0]), column=column, remedy=remedy))
    return ids, found


def _twice(whole: pd.DataFrame, *, file: str) -> list[Problem]:
    again = whole[whole.duplicated(["old", "new"])]
    if again.empty:
        return []
    pair = f"{shown(again['old'].iloc[0])} → {shown(again['new'].iloc[0])}"
    what = with_more(words("check.crosswalk_twice", pair=pair), [(row, "") for row in again.index])
    return [Problem("error", what, file=file, row=row_of(again.index[0]), remedy=words("check.crosswalk_twice_fix"))]


def _sums(whole: pd.DataFrame, basis: str, *, file: str, column: str) -> list[Problem]:
    """Return an error where weights of an old area miss 1 by much, a warning where by a little."""
    sums = whole.groupby("old")[basis].sum(min_count=1).dropna()
    wrong, off = sums[(sums - 1).abs() > TOLERANCE], sums[(sums - 1).abs() > EXACT]
    chosen, key = (wrong, "check.crosswalk_sum") if len(wrong) else (off, "check.crosswalk_rounded")
    if chosen.empty:
        return []
    worst = str((chosen - 1).abs().idxmax())
    printed = Text(*(number(float(chosen[worst]), lang, digits=6) for lang in LANGS))
    what = words(key, n=len(chosen), area=shown(worst), value=printed)
    level: Level = "error" if len(wrong) else "warning"
    return [Problem(level, what, file=file, column=column, remedy=words(f"{key}_fix"))]


def _absent(whole: pd.DataFrame, areas: AreaLayer, *, file: str, column: str) -> list[Problem]:
    """Return a warning where the file says nothing of old areas."""
    gone = areas.frame.index.difference(whole["old"])
    if gone.empty:
        return []
    listed = ", ".join(gone[:5]) + (", …" if len(gone) > 5 else "")
    what = words("check.crosswalk_absent", n=len(gone), areas=listed, vintage=areas.vintage)
    return [Problem("warning", what, file=file, column=column, remedy=words("check.crosswalk_absent_fix"))]
