"""The networks of an extract and the streets that maps draw: kept, so that the extract is read once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from qmgis.core.reach.network import Bends
from qmgis.io.disk.cache import Arrays, Cache
from qmgis.io.disk.dataroot import sha256
from qmgis.io.osm._build import Built, network_of_streets
from qmgis.io.osm._read import Streets, read_streets
from qmgis.io.osm._slopes import with_slopes
from qmgis.io.rules.modes import ModeFile, rule_of

__all__ = ["DRAWN", "Extract", "Ground"]

DRAWN: Mapping[str, Any] = {
    "highway": ["motorway", "motorway_link", "trunk", "trunk_link", "primary", "secondary", "tertiary"]
}


@dataclass(frozen=True)
class Ground:
    """A raster of heights: its fingerprint, and how it is read when it is needed."""

    content: str
    read: Callable[[], Any]


@dataclass(frozen=True)
class Extract:
    """An extract of OpenStreetMap for a city.

    ``folder``: where the cache lies; ``keys``: tags to keep, those of all modes; ``target``: the city's system.
    """

    path: Path
    folder: Path
    keys: frozenset[str]
    target: str
    ground: Ground | None = None

    @cached_property
    def streets(self) -> Streets:
        """The extract itself, read when the cache does not do."""
        return read_streets(self.path, self.keys)

    @property
    def _cache(self) -> Cache:
        return Cache(self.folder)

    def _made_of(self, **more: object) -> dict[str, object]:
        return {"file": sha256(self.path), "crs": self.target, **more}

    def network(self, mode: ModeFile) -> Built:
        """Return the network of a mode."""
        ground = self.ground if self.ground and (np.isfinite(mode.max_incline) or mode.slower_up) else None
        made_of = self._made_of(mode=mode.mode.content, ground=ground.content if ground else None)

        def make() -> Arrays:
            built = network_of_streets(self.streets, mode, target=self.target)
            return _packed(built if ground is None else with_slopes(built, mode, ground.read(), target=self.target))

        return _unpacked(self._cache.get(f"{self.path.name}-{mode.mode.key}", made_of, make))

    def drawn(self, where: Mapping[str, Any]) -> np.ndarray:
        """Return the ways that maps draw, as lines in the city's system."""
        made_of = self._made_of(drawn=where)
        kept = self._cache.get(f"{self.path.name}-drawn", made_of, lambda: _lines(self.streets, where, self.target))
        lines: np.ndarray = shapely.linestrings(kept["points"], indices=kept["line"]) if len(kept["line"]) else \
            np.array([], dtype=object)  # fmt: skip
        return lines


_ARRAYS = ("nodes", "edges", "length_m", "passable", "pace", "way", "incline_open")


def _packed(built: Built) -> Arrays:
    return {
        **{name: getattr(built, name) for name in _ARRAYS},
        "bends": built.bends.points, "at": built.bends.offset, "counts": np.array(json.dumps(dict(built.counts))),
    }  # fmt: skip


def _unpacked(kept: Arrays) -> Built:
    bends = Bends(kept["bends"], kept["at"])
    return Built(bends=bends, counts=json.loads(str(kept["counts"])), **{name: kept[name] for name in _ARRAYS})


def _lines(streets: Streets, where: Mapping[str, Any], target: str) -> Arrays:
    """Return the points of the ways that fit, and the line that each belongs to."""
    rule = rule_of({"where": where})
    fits = np.array([rule.fits(tags) for tags in streets.tags], dtype=bool)[streets.kind]
    way = np.repeat(np.arange(len(fits)), np.diff(streets.at))
    known = fits[way] & np.isfinite(streets.lon[streets.nodes]) if len(way) else np.zeros(0, dtype=bool)
    known &= np.bincount(way[known], minlength=len(fits))[way] > 1 if len(way) else known
    nodes = streets.nodes[known]
    change = pyproj.Transformer.from_crs("EPSG:4326", target, always_xy=True)
    points = np.column_stack(change.transform(streets.lon[nodes], streets.lat[nodes])).reshape(-1, 2)
    return {"points": points, "line": np.unique(way[known], return_inverse=True)[1].ravel()}
