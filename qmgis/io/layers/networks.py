"""Networks of a city's layers, one a mode: of street lines, or of an extract of OpenStreetMap."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from qmgis.core.reach.streets import Streets, severed
from qmgis.errors import QmgisError, SourceError
from qmgis.i18n import number
from qmgis.io.cells.reading import Level, Reader, missing_columns, only
from qmgis.io.declared.layerfile import FileRef, LayerFile
from qmgis.io.disk.dataroot import sha256
from qmgis.io.layers import crs
from qmgis.io.layers.lines import bridges_of, cut_by, network_of_lines
from qmgis.io.osm import Built, Extract, Ground
from qmgis.io.rules.modes import ModeFile
from qmgis.model import Network, Problem, Text, fingerprint, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Asked", "extract_of", "read_network"]


@dataclass(frozen=True)
class Asked:
    """What is asked of the networks of a city: its system, the modes that there are, those of themes, other layers."""

    target: str
    modes: Mapping[str, ModeFile]
    named: Collection[str] = ()
    layers: Mapping[str, LayerFile] = field(default_factory=dict)


def read_network(layer: LayerFile, reader: Reader, asked: Asked) -> tuple[list[Network], int, list[Problem]]:
    """Return a layer's networks, one a mode, the number of its streets, and everything that is wrong with them."""
    if layer.ref is None:
        return [], 0, []
    if layer.ref.source == "osm":
        return _of_extract(layer, layer.ref, reader, asked)
    return _of_lines(layer, layer.ref, reader, asked)


def _of_lines(layer: LayerFile, ref: FileRef, reader: Reader, asked: Asked) -> tuple[list[Network], int, list[Problem]]:
    """Return the networks of lines: walkable, or of the modes that the layer names, both ways."""
    frame, found = reader.read(ref, layer.place)
    if frame is None:
        return [], 0, found
    file = ref.path
    named = [*layer.keys.get("where", {}), *layer.keys.get("bridges", {})]
    found += missing_columns(frame, named, file=file, place=layer.place)
    if found or "geometry" not in frame.columns:
        return [], 0, found or [Problem("error", words("check.no_lines"), file=file)]
    try:
        frame, found = crs.to_metric(
            only(frame, layer.keys.get("where")), target=asked.target, declared=layer.keys.get("crs"), file=file
        )
    except QmgisError as error:
        return [], 0, [_told(error, file)]
    streets = network_of_lines(np.asarray(frame.geometry.array, dtype=object))
    if not len(streets.edges):
        return [], len(frame), [*found, Problem("error", words("check.no_lines"), file=file)]
    plain = Network(
        layer.key, layer.title, streets.nodes, streets.edges, streets.length_m, asked.target, layer.licence,
        layer.credit, streets.bends if len(streets.bends.points) else None,
    )  # fmt: skip
    plain, parts = _with_main(plain, file=file, quiet=0.98)
    if "cut_by" in layer.keys:
        plain, cuts = _cut(plain, streets, bridges_of(layer, frame)[streets.line], layer, reader, asked)
        parts += cuts
    modes = [asked.modes[key].mode for key in layer.keys.get("modes", ["walk"]) if key in asked.modes]
    return [replace(plain, mode=mode) for mode in modes], len(frame), found + parts


def _cut(
    network: Network, streets: Streets, spared: NDArray[np.bool_], layer: LayerFile, reader: Reader, asked: Asked
) -> tuple[Network, list[Problem]]:
    """Return a network without ways across the barriers that the layer names; main streets stay main beyond them."""
    barriers, found = cut_by(layer, asked.layers, reader, target=asked.target)
    if not len(barriers):
        return network, found
    left, was = severed(streets, barriers, spared=spared)
    cuts = len(np.unique(was[np.bincount(was, minlength=1)[was] > 1]))
    note = words("check.network_cut", n=_number(cuts), barriers=", ".join(layer.keys["cut_by"]))
    main = network.main if network.main is None else network.main[was]
    bends = left.bends if len(left.bends.points) else None
    cut = replace(network, nodes=left.nodes, edges=left.edges, length_m=left.length_m, bends=bends, main=main)
    return cut, [*found, Problem("note", note, file=layer.place.file)]


def _of_extract(
    layer: LayerFile, ref: FileRef, reader: Reader, asked: Asked
) -> tuple[list[Network], int, list[Problem]]:
    """Return the networks of an extract of OpenStreetMap, for walking and the modes that the layer or themes name."""
    networks, found, rows = [], [], 0
    modes = list(dict.fromkeys(["walk", *layer.keys.get("modes", ()), *sorted(asked.named)]))
    try:
        extract = extract_of(layer, ref, reader, asked)
        for mode in (asked.modes[key] for key in modes if key in asked.modes):
            built = extract.network(mode)
            rows = built.counts["highways"]
            if not len(built.edges):
                found.append(Problem("error", words("check.no_streets", mode=mode.mode.title), file=ref.path))
                continue
            one = Network(
                layer.key, layer.title, built.nodes, built.edges, built.length_m, asked.target, layer.licence,
                layer.credit, built.bends, *_plain(built), mode=mode.mode,
            )  # fmt: skip
            one, parts = _with_main(one, file=ref.path)
            networks.append(one)
            found += [*_counted(built, mode, file=ref.path), *parts]
    except QmgisError as error:
        return [], 0, [_told(error, ref.path)]
    return networks, rows, found


def _plain(built: Built) -> tuple[NDArray[np.bool_] | None, NDArray[np.float64] | None]:
    """Return where streets are closed and slow, or None where none is: then the way there is the way back."""
    return None if built.passable.all() else built.passable, None if (built.pace == 1).all() else built.pace


def extract_of(layer: LayerFile, ref: FileRef, reader: Reader, asked: Asked) -> Extract:
    """Return the extract of a layer, made once, with the tags that all modes and its ``main`` ask for."""

    def make() -> Extract:
        keys = frozenset(layer.keys.get("main", ())).union(*(mode.keys for mode in asked.modes.values()))
        path = reader.root.find(ref.path)
        folder = next(one for one in (*path.parents,) if one in reader.root.folders)
        heights = asked.layers.get(layer.keys.get("elevation", ""))
        return Extract(path, folder, keys, asked.target, _ground(heights, reader) if heights else None)

    found: Extract = reader.once(f"extract of {layer.key}", make)
    return found


def _ground(layer: LayerFile, reader: Reader) -> Ground | None:
    """Return the raster of heights that a network names."""
    ref = layer.ref
    if ref is None:
        return None
    content = {"file": sha256(reader.root.find(ref.path)), "options": sorted(ref.options.items())}

    def read() -> object:
        raster, faults = reader.read(ref, layer.place)
        if raster is None:
            raise SourceError(faults[0].what.en, de=faults[0].what.de)
        return raster

    return Ground(fingerprint(content), read)


def _told(error: QmgisError, file: str) -> Problem:
    return Problem("error", Text(error.say("de"), error.say("en")), file=file)


def _counted(built: Built, mode: ModeFile, *, file: str) -> list[Problem]:
    """Return notes on what the extract lacks, and on slopes."""
    found = []
    for name in ("missing", "steep", "no_height"):
        if built.counts.get(name):
            what = words(f"check.network_{name}", n=_number(built.counts[name]), mode=mode.mode.title)
            found.append(Problem("note", what, file=file))
    return found


def _with_main(network: Network, *, file: str, quiet: float = 1.0) -> tuple[Network, list[Problem]]:
    """Return a network that knows its main parts, and a note where the streets do not hang together."""
    from qmgis.core.reach.network import Graph, main_parts

    cost = None if network.passable is None else np.where(network.passable, network.length_m[:, None], np.inf)
    main, _, metres = main_parts(Graph(network.nodes, network.edges, network.length_m, cost))
    whole = float(network.length_m.sum())
    biggest = metres[0] / whole if whole else 1.0
    known = network if main.all() else replace(network, main=main)
    if len(metres) == 1 or biggest > quiet:
        return known, []
    level: Level = "warning" if biggest < 0.8 else "note"
    rest, small = whole - metres[0], float(network.length_m[~main].sum())
    what = words(
        "check.network_parts", n=_number(len(metres)), share=_number(100 * biggest, 1), mode=network.mode.title,
        km=_number(rest / 1000, 1), small=_number(small / 1000, 1),
    )  # fmt: skip
    return known, [Problem(level, what, file=file, remedy=words("check.fix_network_parts"))]


def _number(value: float, digits: int = 0) -> Text:
    return Text(number(value, "de", digits=digits), number(value, "en", digits=digits))
