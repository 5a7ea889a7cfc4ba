"""Can the people of one layer be laid on the points of another? What layers of residents name, and owe each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qmgis.errors import did_you_mean
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers.points import group_columns
from qmgis.model import Problem, Text, words

__all__ = ["spread_faults"]


def spread_faults(layers: Sequence[LayerFile]) -> Iterator[Problem]:
    """Yield what stands between layers of residents and those whose people they share."""
    for layer in layers:
        if layer.kind == "residents" and "spread" in layer.keys:
            yield from _faults(layer, {one.key: one for one in layers})


def _faults(layer: LayerFile, layers: dict[str, LayerFile]) -> Iterator[Problem]:
    fitting = sorted(key for key, one in layers.items() if key != layer.key and _has_outlines(one))
    name = layer.keys["spread"]
    if name not in fitting:
        hint = Text(did_you_mean(name, fitting, lang="de"), did_you_mean(name, fitting))
        yield _fault(layer, words("check.no_spread", name=name, hint=hint), key="spread")
        return
    source, asked = layers[name], group_columns(layer.keys)
    if source.kind == "areas":
        counts = sorted(one.key for one in layers.values() if one.kind == "indicator" and _counts(one))
        if not asked:
            yield _fault(layer, words("check.spread_counts_of", source=name), key="spread")
        for part in dict.fromkeys(part for parts in asked.values() for part in parts):
            if part not in counts:
                hint = Text(did_you_mean(part, counts, lang="de"), did_you_mean(part, counts))
                yield _fault(layer, words("check.no_count", name=part, hint=hint), key="residents")
        return
    if asked:
        key = "residents" if "residents" in layer.keys else "groups"
        yield _fault(layer, words("check.spread_has_groups", source=name), key=key)
    if source.keys["origin_type"] == "grid" and "cell_m" not in source.keys:
        yield Problem("error", words("check.missing_key", word="cell_m"), file=source.place.file)


def _has_outlines(layer: LayerFile) -> bool:
    """Tell whether a layer has people in outlines: areas, blocks, or cells of a grid."""
    if layer.kind == "residents":
        return "spread" not in layer.keys and layer.keys["origin_type"] in ("area", "grid")
    return layer.kind == "areas"


def _counts(layer: LayerFile) -> bool:
    return bool(layer.keys["measure"] == "count")


def _fault(layer: LayerFile, what: Text, *, key: str) -> Problem:
    return Problem("error", what, file=layer.place.file, row=layer.place.row(key))
