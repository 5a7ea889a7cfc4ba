"""Whom a share without counts is a share of, as layer files declare it, and whether the data have it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from qmgis.io.declared.layerfile import Edition, LayerFile
from qmgis.io.declared.schema import Place
from qmgis.io.declared.shapes import BASE
from qmgis.model import RESIDENTS, Base, IndicatorTable, Problem, people_behind, words

__all__ = ["base_faults", "base_of"]


def base_of(layer: LayerFile, edition: Edition, *, year: int) -> Base | None:
    """Return the base of an edition: its own, else its layer's, which it may read of another year; None without."""
    keys = _keys(layer, edition)
    if "base" not in keys and "base_share" not in keys:
        return None
    other = keys.get("base_year")
    return Base(keys.get("base"), None if other == year else other, keys.get("base_share"))


def _keys(layer: LayerFile, edition: Edition) -> Mapping[str, Any]:
    own, whole = ({name: keys[name] for name in BASE if name in keys} for keys in (edition.keys, layer.keys))
    return own if "base" in own or "base_share" in own else {**whole, **own}


def base_faults(
    layers: Iterable[LayerFile], tables: Mapping[str, IndicatorTable], *, broken: Collection[str]
) -> Iterator[Problem]:
    """Yield the bases that no area has a number of; what layers with faults would have given is not asked for."""
    own = {layer.key: layer for layer in layers}
    for table in tables.values():
        for (key, year), base in table.bases.items():
            named = base.of or RESIDENTS
            if {key, named} & set(broken) or people_behind(table, key, year) is not None:
                continue
            layer = own[key]
            at = [one for one in layer.editions if one.vintage == table.vintage and one.year in (year, str(one.year))]
            yield _absent(table, named, base.year or year, place=_placed(layer, at[0]))


def _placed(layer: LayerFile, edition: Edition) -> tuple[Place, str]:
    """Return where a base is declared, and by which key."""
    places = ((edition.place, edition.keys), (layer.place, layer.keys))
    return next((place, name) for place, keys in places for name in BASE if name in keys)


def _absent(table: IndicatorTable, named: str, year: int, *, place: tuple[Place, str]) -> Problem:
    known = sorted({int(year) for _, year in table.frame.reindex(columns=[named]).dropna().index})
    what = words(
        "check.base_absent", name=named, year=year, vintage=table.vintage, years=", ".join(map(str, known)) or "–"
    )
    where, key = place
    return Problem("error", what, file=where.file, row=where.row(key), remedy=words("check.fix_base_absent"))
