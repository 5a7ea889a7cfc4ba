"""People by area and by the outlines that they live in; no outline cuts off a part of an area with too few people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from qmgis.model import AreaLayer, ResidentLayer
from qmgis.model.where import area_of

__all__ = ["Parts", "parts_of"]


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts into which outlines cut the areas.

    ``cells``: ``area`` (number), ``people`` and ``by_land`` (whether they are a share of its land). ``inside``: bool
    (cells, outlines). ``few``: outlines in which people live, all of them counted elsewhere, bool (outlines,).
    """

    cells: pd.DataFrame
    inside: np.ndarray
    few: np.ndarray

    def of(self, outlines: np.ndarray) -> Parts:
        """Return the same parts with only some of the outlines, by their numbers."""
        return Parts(self.cells, self.inside[:, outlines], self.few[outlines])


def parts_of(
    areas: AreaLayer, shapes: np.ndarray, population: pd.Series, *, residents: ResidentLayer | None, min_base: int
) -> Parts:
    """Return the people of every part of the areas; all parts together hold everybody once.

    People count where they live; areas in which nobody is known to live count their residents by land.

    Parameters
    ----------
    areas
        Areas of the city.
    shapes
        Outlines, shape (k,), in the order in which they were asked about; they may overlap.
    population
        Index ``area``; residents of areas; missing counts nobody.
    residents
        Where people live, or None.
    min_base
        Each outline cuts the parts that the outlines before it left, where that leaves ``min_base`` people or more (or
        nobody) on both sides; else a part counts as a whole on the side where more of its people live. An area where
        fewer live counts outside. So all that is ever told are sums of parts of ``min_base`` people or more, no
        difference of any of them tells of fewer, and no outline changes what is told of one before it.
    """
    lived = _lived(areas, shapes, residents)
    known = set(lived["area"])
    people = population.reindex(areas.frame.index).fillna(0.0).to_numpy(dtype=float)
    land = _land(areas, shapes, people, [area for area in range(len(people)) if area not in known], min_base)
    few_land = [area for area in range(len(people)) if area not in known and people[area] < min_base]
    exact = pd.concat([_summed(lived), _land(areas, shapes, people, few_land, 0)], ignore_index=True)
    cut = _summed(lived.assign(code=_cut(lived, len(shapes), min_base)))
    both = [one.assign(by_land=is_land) for one, is_land in ((cut, False), (land, True)) if len(one)]
    cells = pd.concat(both, ignore_index=True) if both else land.assign(by_land=True)
    inside = _decoded(cells["code"], len(shapes))
    before, after = (
        np.array([one.loc[mask, "people"].sum() for mask in _decoded(one["code"], len(shapes)).T])
        for one in (exact, cells)
    )
    return Parts(cells[["area", "people", "by_land"]], inside, (before > 0) & (after == 0))


def _lived(areas: AreaLayer, shapes: np.ndarray, residents: ResidentLayer | None) -> pd.DataFrame:
    """Return the people at each point, its area, and the outlines that it lies in as a binary number in text."""
    if residents is None:
        return pd.DataFrame({"area": np.zeros(0, dtype=int), "code": np.zeros(0, dtype=object), "people": np.zeros(0)})
    people = residents.frame["residents"].to_numpy(dtype=float)
    where = area_of(areas, residents)
    tree = shapely.STRtree(np.asarray(residents.frame.geometry.array))
    outline, point = tree.query(shapes, predicate="intersects")
    within = np.zeros((len(people), len(shapes)), dtype=bool)
    within[point, outline] = True
    counted = np.flatnonzero((where >= 0) & (people > 0))
    return pd.DataFrame({"area": where[counted], "code": _coded(within[counted]), "people": people[counted]})


def _land(areas: AreaLayer, shapes: np.ndarray, people: np.ndarray, rows: list[int], min_base: int) -> pd.DataFrame:
    """Return the residents of some areas by the land of their parts; those of few people outside."""
    own, found = np.asarray(areas.frame.geometry.array), []
    tree = shapely.STRtree(shapes)
    for area in rows:
        if people[area] <= 0:
            continue
        pieces = [(own[area], np.zeros(len(shapes), dtype=bool))]
        met = [] if people[area] < min_base else sorted(tree.query(own[area], predicate="intersects").tolist())
        for outline in met:
            cut = []
            for piece, within in pieces:
                into = within.copy()
                into[outline] = True
                cut += [(shapely.intersection(piece, shapes[outline]), into),
                        (shapely.difference(piece, shapes[outline]), within)]  # fmt: skip
            pieces = cut
        sizes = np.array([piece.area for piece, _ in pieces])
        share = people[area] * sizes / sizes.sum()
        codes = _coded(np.array([within for _, within in pieces]))
        found += [(area, code, each) for code, each in zip(codes, share, strict=True) if each > 0]
    return pd.DataFrame(found, columns=["area", "code", "people"]).astype({"area": int, "people": float})


def _cut(lived: pd.DataFrame, count: int, min_base: int) -> np.ndarray:
    """Return for each point the outlines that its part counts inside, as a text."""
    people, within = lived["people"].to_numpy(dtype=float), _decoded(lived["code"], count)
    part = lived["area"].to_numpy(dtype=np.int64)
    small = np.isin(part, np.flatnonzero(np.bincount(part, weights=people) < min_base))
    counts_in = np.zeros_like(within)
    for outline in range(count):
        own = within[:, outline] & ~small
        size = int(part.max(initial=-1)) + 1
        inner = np.bincount(part[own], weights=people[own], minlength=size)
        outer = np.bincount(part[~own], weights=people[~own], minlength=size)
        whole = (inner < min_base) | (outer < min_base)
        larger = inner > outer
        counts_in[:, outline] = np.where(whole[part], larger[part], own)
        part = np.unique(2 * part + counts_in[:, outline], return_inverse=True)[1]
    return _coded(counts_in) if len(people) else lived["code"].to_numpy()


def _summed(parts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a part of an area, with all its people."""
    return parts.groupby(["area", "code"])["people"].sum().reset_index()


def _coded(within: np.ndarray) -> np.ndarray:
    """Return each row of yes and no as a text."""
    rows, place = np.unique(np.packbits(within, axis=1), axis=0, return_inverse=True)
    return np.array([row.tobytes().hex() for row in rows], dtype=object)[place.ravel()]


def _decoded(codes: pd.Series, count: int) -> np.ndarray:
    rows = [np.unpackbits(np.frombuffer(bytes.fromhex(code), dtype=np.uint8))[:count] for code in codes]
    return np.array(rows, dtype=bool).reshape(-1, count)
