"""Ways of an extract into the network of a mode: what is open, split where ways meet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyproj

from qmgis.core.reach.network import Bends
from qmgis.io.osm._read import Streets
from qmgis.io.rules.modes import ModeFile, ModeRule

__all__ = ["Built", "network_of_streets"]

DIRECTIONS = {"both": (True, True), "forward": (True, False), "back": (False, True)}


@dataclass(frozen=True, eq=False)
class Built:
    """The network of a mode as arrays, as `qmgis.model.Network` has them, and what was met on the way.

    ``way``: int (m,), the way that a street is part of. ``incline_open``: bool (m,), streets whose slope does not close
    them, since somebody says that it can be passed, or that runs on a bridge or in a tunnel. ``counts``: by name.
    """

    nodes: np.ndarray
    edges: np.ndarray
    length_m: np.ndarray
    bends: Bends
    passable: np.ndarray
    pace: np.ndarray
    way: np.ndarray
    incline_open: np.ndarray
    counts: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class _Segments:
    """Straight segments between two points: where from, where to, of which way, what place in its file."""

    start: np.ndarray
    end: np.ndarray
    way: np.ndarray
    number: np.ndarray
    open: np.ndarray

    def only(self, rows: np.ndarray) -> _Segments:
        return _Segments(*(one[rows] for one in (self.start, self.end, self.way, self.number, self.open)))


def network_of_streets(streets: Streets, mode: ModeFile, *, target: str) -> Built:
    """Return the streets that are open to a mode, split where they meet, at their ends and at what bars them.

    Points that the extract lacks end a street. What two ways draw twice is walked once. A node that is closed (a locked
    gate) ends the streets at it: they are there, but nobody gets through.

    Parameters
    ----------
    streets
        As `read_streets` gives them.
    mode
        The rules.
    target
        The metric system of the city; lengths are measured in it.
    """
    kinds = [_Judged.of(tags, mode) for tags in streets.tags]
    used = np.array([kind.use for kind in kinds], dtype=bool)[streets.kind]
    xy = _metres(streets, target)
    segments, lost = _segments(streets, kinds, used, np.isfinite(xy).all(axis=1))
    single, doubled = _without_doubles(segments, len(xy))
    closed = _closed(streets, mode)
    paces = np.array([kind.pace for kind in kinds], dtype=float)
    bridges = np.array([kind.incline_open for kind in kinds], dtype=bool)
    edges, bends, length, way, number = _edges(single, xy, closed)
    nodes, edges, barred = _apart(edges, xy, closed)
    pace = paces[streets.kind[way]] if len(way) else np.ones(0)
    counts = {
        "highways": streets.highways, "ways": int(used.sum()), "missing": lost, "doubled": doubled,
        "closed_nodes": barred,
    }  # fmt: skip
    return Built(
        nodes, edges, length, bends, single.open[number], np.column_stack([pace, pace]), way,
        bridges[streets.kind[way]] if len(way) else np.zeros(0, dtype=bool), counts,
    )  # fmt: skip


@dataclass(frozen=True)
class _Judged:
    """What a mode makes of a set of tags."""

    use: bool
    open: tuple[bool, bool] = (True, True)
    pace: float = 1.0
    incline_open: bool = False

    @classmethod
    def of(cls, tags: Mapping[str, str], mode: ModeFile) -> _Judged:
        rule = _first(mode.ways, tags)
        if rule is None or not rule.use:
            return cls(use=False)
        incline, width = _number(tags.get("incline", "")), _number(tags.get("width", ""))
        narrow = width is not None and width < mode.min_width
        steep = incline is not None and abs(incline) > mode.max_incline and not rule.any_incline
        if narrow or steep:
            return cls(use=False)
        direction = _first(mode.directions, tags)
        pace = mode.mode.kmh() / rule.kmh if rule.kmh else 1.0
        carried = any(tags.get(key, "no") != "no" for key in ("bridge", "tunnel"))
        return cls(True, DIRECTIONS[direction.open if direction else "both"], pace,
                   carried or rule.any_incline or incline is not None)  # fmt: skip


def _first(rules: Sequence[ModeRule], tags: Mapping[str, str]) -> ModeRule | None:
    return next((rule for rule in rules if rule.fits(tags)), None)


def _number(text: str) -> float | None:
    """Return the number of a tag such as ``8 %``, ``-5.5%``, ``4.5°`` or ``1,2 m``; None where it says none.

    >>> _number("8 %"), _number("-5,5%"), round(_number("45°")), _number("up"), _number("0.8 m")
    (8.0, -5.5, 100, None, 0.8)
    """
    found = re.match(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*(%|°|m\b|$)", text)
    if found is None:
        return None
    value = float(found[1].replace(",", "."))
    return 100 * float(np.tan(np.radians(value))) if found[2] == "°" else value


def _metres(streets: Streets, target: str) -> np.ndarray:
    """Return the points in the city's system; not finite where there is none."""
    change = pyproj.Transformer.from_crs("EPSG:4326", target, always_xy=True)
    known = np.isfinite(streets.lon)
    xy = np.full((len(known), 2), np.nan)
    xy[known] = np.column_stack(change.transform(streets.lon[known], streets.lat[known]))
    return xy


def _segments(
    streets: Streets, kinds: Sequence[_Judged], used: np.ndarray, located: np.ndarray
) -> tuple[_Segments, int]:
    """Return the segments of open ways, and at how many points open ways are broken since the extract lacks them."""
    count = len(streets.nodes)
    way = np.repeat(np.arange(len(used)), np.diff(streets.at))
    lost = int((used[way] & ~located[streets.nodes]).sum()) if count else 0
    number = np.arange(max(count - 1, 0))
    start, end = streets.nodes[:-1], streets.nodes[1:]
    same = (way[:-1] == way[1:]) & used[way[:-1]] if count else np.zeros(0, dtype=bool)
    good = same & located[start] & located[end] & (start != end)
    open_ = np.array([kind.open for kind in kinds], dtype=bool).reshape(-1, 2)
    return _Segments(start[good], end[good], way[:-1][good], number[good], open_[streets.kind[way[:-1][good]]]), lost


def _without_doubles(segments: _Segments, count: int) -> tuple[_Segments, int]:
    """Return each segment once, open wherever one of its doubles is, and how many were left out."""
    low, high = np.minimum(segments.start, segments.end), np.maximum(segments.start, segments.end)
    _, first, again = np.unique(low * count + high, return_index=True, return_inverse=True)
    if len(first) == len(low):
        return segments, 0
    turned = segments.start != segments.start[first][again.ravel()]
    seen = np.where(turned[:, None], segments.open[:, ::-1], segments.open)
    opened = np.zeros((len(first), 2), dtype=bool)
    np.logical_or.at(opened, again.ravel(), seen)
    order = np.argsort(first, kind="stable")
    single = segments.only(first[order])
    kept = _Segments(single.start, single.end, single.way, single.number, opened[order])
    return kept, len(low) - len(first)


def _closed(streets: Streets, mode: ModeFile) -> np.ndarray:
    """Return which points nobody passes, bool (n,)."""
    closed = np.zeros(len(streets.lon), dtype=bool)
    for node, tags in streets.barriers.items():
        rule = _first(mode.nodes, tags)
        closed[node] = rule is not None and not rule.use
    return closed


def _edges(
    segments: _Segments, xy: np.ndarray, closed: np.ndarray
) -> tuple[np.ndarray, Bends, np.ndarray, np.ndarray, np.ndarray]:
    """Return streets (their points' numbers, bends, length, way, first segment): runs of segments between nodes."""
    start, end, many = segments.start, segments.end, len(segments.start)
    if not many:
        nothing = np.zeros(0, dtype=np.int64)
        return np.zeros((0, 2), dtype=np.int64), Bends(np.empty((0, 2)), np.zeros(1, dtype=np.int64)), np.empty(0), \
            nothing, nothing  # fmt: skip
    degree = np.bincount(np.concatenate([start, end]), minlength=len(xy))
    goes_on = (segments.number[1:] == segments.number[:-1] + 1) & (segments.way[1:] == segments.way[:-1])
    goes_on &= (segments.open[1:] == segments.open[:-1]).all(axis=1)
    first = np.insert(~goes_on | (degree[start[1:]] != 2) | closed[start[1:]], 0, True)
    begin = np.flatnonzero(first)
    last = np.append(begin[1:], many) - 1
    ring = start[begin] == end[last]  # a ring needs a second node to be walked
    first[(begin[ring] + last[ring] + 1) // 2] = True
    begin = np.flatnonzero(first)
    last = np.append(begin[1:], many) - 1
    step = np.hypot(*(xy[end] - xy[start]).T)
    length = np.add.reduceat(step, begin)
    inner = np.delete(np.arange(many), begin)
    bends = Bends(xy[start[inner]], np.append(0, np.cumsum(last - begin)))
    return np.column_stack([start[begin], end[last]]), bends, length, segments.way[begin], begin


def _apart(edges: np.ndarray, xy: np.ndarray, closed: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Return nodes and edges with numbers of their own; each street has its own end at a closed point."""
    ends = edges.ravel()
    barred = closed[ends]
    own = np.where(barred, len(xy) + np.cumsum(barred), ends)
    names, number = np.unique(own, return_inverse=True)
    point = np.empty(len(names), dtype=np.int64)
    point[number.ravel()] = ends
    return xy[point], number.reshape(-1, 2).astype(np.int64), len(np.unique(ends[barred]))
