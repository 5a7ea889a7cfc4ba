"""What is known of each layer of a city: whom to name, which files, years and versions it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qmgis.io.cells.reading import Reader
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.declared.schema import to_text
from qmgis.io.layers.points import group_columns
from qmgis.model import LayerInfo, Text, fingerprint

if TYPE_CHECKING:
    from qmgis.io.city.workspace import Loaded

__all__ = ["info_of"]


def info_of(layer: LayerFile, loaded: Loaded, reader: Reader) -> LayerInfo:
    """Return what a city keeps of a layer file and of what was read for it."""
    refs = [layer.ref] if layer.ref else [edition.ref for edition in layer.editions]
    refs += [layer.events] if layer.events else []
    asked = [layer.keys.get("elevation"), *layer.keys.get("cut_by", ())]
    refs += [one.ref for one in loaded.layers if one.ref and one.key in asked]
    behind = _behind(layer, loaded)
    refs += [ref for one in behind for ref in ([one.ref] if one.ref else [edition.ref for edition in one.editions])]
    own = [one for one in loaded.measured if one.indicator == layer.key]
    built = _rebuilt_years(layer, loaded) if layer.kind == "indicator" else {}
    vintages = (
        [layer.keys["vintage"]] if layer.kind == "areas" else [*dict.fromkeys(one.vintage for one in own), *built]
    )
    years = {one.year for one in own}.union(*built.values())
    if "year" in layer.keys:
        years |= {layer.keys["year"]}
    elif "date" in layer.keys:
        years |= {layer.keys["date"].year}
    return LayerInfo(
        layer.key, layer.kind, layer.title, _joined(one.licence for one in (layer, *behind)),
        _joined(one.credit for one in (layer, *behind)), reader.inputs(refs), tuple(sorted(years)),
        tuple(dict.fromkeys(vintages)), loaded.rows.get(layer.key), layer.description, _note(layer),
        layer.retrieved.isoformat() if layer.retrieved else "",
        fingerprint({one.key: one.content for one in (layer, *behind)}) if behind else layer.content,
    )  # fmt: skip


def _behind(layer: LayerFile, loaded: Loaded) -> list[LayerFile]:
    """Return the layers whose people a layer shares, or is weighted by: their files and words are its own as well."""
    named = {layer.keys.get("spread"), *(edition.keys.get("weight") for edition in layer.editions)}
    if "spread" in layer.keys:
        named |= {part for parts in group_columns(layer.keys).values() for part in parts}
    return [one for one in loaded.layers if one.key in named and one.kind in ("areas", "residents", "indicator")]


def _joined(named: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(one for one in named if one))


def _rebuilt_years(layer: LayerFile, loaded: Loaded) -> dict[str, set[int]]:
    """Return the vintages and years of a share that comes from its counts."""
    if "numerator" not in layer.keys:
        return {}
    found = {}
    for vintage, table in loaded.tables.items():
        if layer.key in table.indicators:
            states = table.states[layer.key]
            years = states[states != "missing"].index.get_level_values("year")
            found[vintage] = {int(year) for year in years}
    return found


def _note(layer: LayerFile) -> Text | None:
    """Return the layer's note and what its editions say of their definitions."""
    notes = [layer.note] if layer.note else []
    for edition in layer.editions:
        if "definition" in edition.keys:
            said = to_text(edition.keys["definition"])
            notes.append(Text(f"{edition.year}: {said.de}", f"{edition.year}: {said.en}"))
    return Text(" ".join(one.de for one in notes), " ".join(one.en for one in notes)) if notes else None
