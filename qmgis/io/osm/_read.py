"""Reading an extract: its ways as one list of points, with the tags that the rules of modes ask for."""

from __future__ import annotations

import bz2
import gzip
import re
from array import array
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qmgis.errors import SourceError

if TYPE_CHECKING:
    import osmium

__all__ = ["Streets", "read_streets"]

WAYS = ("highway", "railway", "public_transport")  # a way with none of these keys is not read
NODES = ("barrier", "kerb")
MOST_POINTS = 100_000_000
_HEAD = 1 << 12
_NOWHERE = 2_147_483_647  # what osmium says of a node that it has not seen


@dataclass(frozen=True, eq=False)
class Streets:
    """The ways of an extract.

    ``lon``, ``lat``: float (n,), of every node in use, NaN where the extract lacks it. ``nodes``: int (k,), the nodes
    along all ways; those of way w are ``nodes[at[w]:at[w + 1]]``. ``tags``: the different sets of tags; ``kind``: int
    (w,), which of them a way has. ``barriers``: the tags of nodes with a gate, bollard or kerb. ``highways``: how many
    ways are one; ``missing``: int, how many points of ways the extract lacks.
    """

    lon: np.ndarray
    lat: np.ndarray
    nodes: np.ndarray
    at: np.ndarray
    tags: tuple[Mapping[str, str], ...]
    kind: np.ndarray
    barriers: Mapping[int, Mapping[str, str]]
    highways: int

    @property
    def missing(self) -> int:
        """How many points of ways the extract lacks."""
        return int(np.isnan(self.lon[self.nodes]).sum())

    def __len__(self) -> int:
        return self.highways


def read_streets(path: Path, keys: Collection[str]) -> Streets:
    """Return the streets of an extract; what is neither way nor point of one stays in the file.

    Two passes: points and barriers first, so that ways may stand before them; memory grows with the points of the
    extract (16 bytes each) and those of its ways.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``; what it is its first bytes say, not its name.
    keys
        The tags to keep.

    Raises
    ------
    SourceError
        If the file is not there, is no extract of OpenStreetMap, or is cut off.
    """
    form = _form(path)
    import osmium

    try:
        return _read(osmium.io.File(str(path), form), frozenset(keys) | set(WAYS))
    except (RuntimeError, ValueError, MemoryError, OSError, osmium.InvalidLocationError) as error:
        if isinstance(error, SourceError):
            raise
        raise _broken(path, error) from error


def _form(path: Path) -> str:
    """Return the format of a file by its first bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        form, head = _unpacked(path, head)
    except (EOFError, gzip.BadGzipFile) as error:
        raise _broken(path, error) from error
    except OSError as error:
        raise SourceError(
            f"{path.name} cannot be read: {error.strerror or error}.",
            de=f"{path.name} ist nicht lesbar: {error.strerror or error}.",
        ) from error
    if not head and form == "osm":
        raise SourceError(f"{path.name} is empty.", de=f"{path.name} ist leer.")
    if form == "osm" and head[6:15] == b"OSMHeader":
        return "pbf"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"<") or re.search(rb"<osm[\s>]", head) is None:
        raise SourceError(
            f"{path.name} is no extract of OpenStreetMap; give an .osm.pbf, .osm, .osm.gz or .osm.bz2.",
            de=f"{path.name} ist kein Auszug aus OpenStreetMap; eine Datei .osm.pbf, .osm, .osm.gz oder .osm.bz2 "
            "angeben.",
        )
    return form


def _unpacked(path: Path, head: bytes) -> tuple[str, bytes]:
    """Return the format that the first bytes tell, and the first bytes of what is packed in it."""
    packed: dict[bytes, tuple[str, Any]] = {b"\x1f\x8b": ("osm.gz", gzip.open), b"BZh": ("osm.bz2", bz2.open)}
    for magic, (form, opened) in packed.items():
        if head.startswith(magic):
            with opened(path, "rb") as file:
                return form, file.read(_HEAD)
    return "osm", head


def _broken(path: Path, error: BaseException) -> SourceError:
    reason = " ".join(str(error).replace(str(path.parent), "").split()).rstrip(".")[:120] or type(error).__name__
    return SourceError(
        f"{path.name} is cut off or damaged ({reason}); get the file again.",
        de=f"{path.name} ist abgeschnitten oder beschädigt ({reason}); die Datei neu beziehen.",
    )


def _read(file: osmium.io.File, keys: frozenset[str]) -> Streets:
    places, ids = _places(file, keys)
    refs, lon, lat, at = array("q"), array("i"), array("i"), array("q", [0])
    sets: dict[tuple[tuple[str, str], ...], int] = {}
    kind, highways = array("i"), 0
    for way in _ways(file, places):
        if way.deleted:
            continue
        tags = tuple(sorted(pair for pair in map(tuple, way.tags) if pair[0] in keys))
        highways += any(key == "highway" for key, _ in tags)
        kind.append(sets.setdefault(tags, len(sets)))
        along = [(node.ref, node.x, node.y) for node in way.nodes]
        for line, values in zip((refs, lon, lat), zip(*along, strict=True), strict=False):
            line.extend(values)
        at.append(len(refs))
        if len(refs) > MOST_POINTS:
            raise ValueError(f"more than {MOST_POINTS // 10**6} million points")
    points, spots = np.array(refs, dtype=np.int64), np.array([lon, lat], dtype=np.int64)
    if (points < 0).any():
        spots = _with_drawn(file, points, spots)
    return _streets(points, spots, np.array(at), tuple(map(dict, sets)), np.array(kind, dtype=np.int64), ids, highways)


def _with_drawn(file: osmium.io.File, refs: np.ndarray, spots: np.ndarray) -> np.ndarray:
    """Return the places with those of nodes that an editor drew and nobody uploaded: their ids are below 0."""
    import osmium

    nodes: Any = osmium.FileProcessor(file, osmium.osm.NODE)
    drawn = {node.id: (node.location.x, node.location.y) for node in nodes if node.id < 0 and not node.deleted}
    filled = spots.copy()
    for place in np.flatnonzero(refs < 0):
        filled[:, place] = drawn.get(int(refs[place]), (_NOWHERE, _NOWHERE))
    return filled


def _places(file: osmium.io.File, keys: frozenset[str]) -> tuple[Any, dict[int, dict[str, str]]]:
    """Return what gives the nodes of ways their coordinates, and the tags of those that may bar a way."""
    import osmium

    located = osmium.NodeLocationsForWays(osmium.index.create_map("sparse_mem_array"))
    located.ignore_errors()
    nodes: Any = osmium.FileProcessor(file, osmium.osm.NODE).with_filter(located)
    found = {
        node.id: {tag.k: tag.v for tag in node.tags if tag.k in keys}
        for node in nodes.with_filter(osmium.filter.KeyFilter(*NODES))
        if not node.deleted
    }
    return located, found


def _ways(file: osmium.io.File, located: Any) -> Iterator[Any]:
    """Yield the ways that may be streets, their nodes with coordinates."""
    import osmium

    chosen = osmium.filter.KeyFilter(*WAYS)  # the iterator below does not keep it
    with osmium.io.Reader(file, osmium.osm.WAY) as reader:
        yield from osmium.OsmFileIterator(reader, located, chosen)


def _streets(
    refs: np.ndarray, places: np.ndarray, at: np.ndarray, tags: tuple[dict[str, str], ...], kind: np.ndarray,
    barriers: Mapping[int, Mapping[str, str]], highways: int,
) -> Streets:  # fmt: skip
    ids, first, nodes = np.unique(refs, return_index=True, return_inverse=True)
    degrees = places[:, first] / 1e7
    off = (places[:, first] == _NOWHERE).any(axis=0) | (np.abs(degrees[0]) > 180) | (np.abs(degrees[1]) > 90)
    degrees[:, off] = np.nan
    known = np.array(sorted(barriers), dtype=np.int64)
    spot = np.searchsorted(ids, known)
    there = ids[np.minimum(spot, max(len(ids) - 1, 0))] == known if len(ids) else np.zeros(len(known), dtype=bool)
    barred = {int(node): barriers[int(one)] for node, one in zip(spot[there], known[there], strict=True)}
    return Streets(degrees[0], degrees[1], nodes.ravel().astype(np.int64), at, tags, kind, barred, highways)
