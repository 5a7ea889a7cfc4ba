"""Who is whose neighbour: common borders, nearest areas, areas within a distance; islands and barriers are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
import scipy
import shapely

from qmgis.core.spatial.barriers import border_cut, checked_barriers, line_cut
from qmgis.core.spatial.contiguity import Pairs, queen_pairs, rook_pairs, valid
from qmgis.errors import CrsError, DataError, NotEnoughDataError, UnknownKeyError, did_you_mean

__all__ = ["Islands", "Neighbours", "nearest", "queen", "rook", "row_standardised", "within_band"]

Islands = Literal["nearest", "exclude", "keep"]
SNAP_M = 0.01  # a centimetre: more than rounding moves a corner, less than any gap that means something
TIE_M = 1e-6  # distances that differ by less are equal


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of each area, with the rule that made them.

    ``ids``: the areas, text, shape (n,). ``matrix``: weights above 0, sparse (n, n), nothing on the diagonal.
    ``islands``: areas without a neighbour under the rule. ``linked``: what the island policy added (``island``,
    ``nearest``, ``distance_m``); areas it excluded are in ``islands`` and not in ``ids``. ``cut``: the links that
    barriers took away (``area``, ``neighbour``).
    """

    ids: pd.Index
    matrix: scipy.sparse.csr_array
    rule: str
    parameters: Mapping[str, object]
    islands: pd.Index
    linked: pd.DataFrame
    cut: pd.DataFrame
    is_standardised: bool = False

    def __post_init__(self) -> None:
        if self.matrix.shape != (len(self.ids), len(self.ids)) or not self.ids.is_unique:
            raise DataError(
                "The matrix of neighbours does not fit its areas; give one row and column for each id, ids once.",
                de="Die Nachbarschaftsmatrix passt nicht zu ihren Gebieten; je Kennung eine Zeile und Spalte angeben.",
            )
        if not (np.isfinite(self.matrix.data).all() and (self.matrix.data > 0).all()) or self.matrix.diagonal().any():
            raise DataError(
                "Weights of neighbours have to be above 0, and no area is its own neighbour; correct the matrix.",
                de="Gewichte von Nachbarn müssen über 0 liegen, und kein Gebiet ist sein eigener Nachbar; korrigieren.",
            )

    @property
    def count(self) -> pd.Series:
        """The number of neighbours of each area."""
        return pd.Series(np.diff(self.matrix.indptr), index=self.ids, name="neighbours")

    def of(self, area: str) -> list[str]:
        """Return the neighbours of an area, in the order of ``ids``."""
        row = int(self.ids.get_indexer(pd.Index([area]))[0])
        if row < 0:
            raise UnknownKeyError(
                f'There is no area "{area}" among the neighbours.{did_you_mean(area, self.ids)}',
                de=f'Ein Gebiet "{area}" ist nicht unter den Nachbarn.{did_you_mean(area, self.ids, lang="de")}',
            )
        start, stop = self.matrix.indptr[row : row + 2]
        return [str(name) for name in self.ids[np.sort(self.matrix.indices[start:stop])]]


def queen(
    geometry: pd.Series,
    *,
    barriers: object = None,
    islands: Islands = "nearest",
    snap_m: float = SNAP_M,
    along_m: float = 10.0,
) -> Neighbours:
    """Return the areas that share a border or a corner, weight 1.

    Parameters
    ----------
    geometry
        Polygons and multipolygons in metres; the index are the areas, shape (n,).
    barriers
        Lines and polygons (a geometry or several) that separate areas where they run along at least half of the
        shared border; see `qmgis.core.spatial.barriers.border_cut`.
    islands
        Areas without a neighbour are linked to the nearest area, left out, or kept without neighbours.
    snap_m
        Areas this near touch, also where they overlap by rounding; 0 asks for touching in the strict sense, as PySAL.
    along_m
        A barrier this near to the border lies on it, at most an eighth of the border's length away.

    Returns
    -------
    Neighbours
        Symmetric; not row-standardised.

    Raises
    ------
    CrsError
        Coordinates in degrees or feet.
    DataError
        An outline is missing, empty, faulty or no polygon; an id twice.
    NotEnoughDataError
        Fewer than two areas.

    References
    ----------
    Anselin & Rey, Modern Spatial Econometrics in Practice, 2014, chapter 3.

    Examples
    --------
    >>> areas = pd.Series(shapely.box([0, 100, 100, 900], [0, 0, 100, 0], [100, 200, 200, 999], [100, 100, 200, 99]),
    ...                   index=["a", "b", "c", "far"])
    >>> found = queen(areas)
    >>> found.of("a"), found.of("far"), found.islands.tolist(), found.linked["distance_m"].tolist()
    (['b', 'c'], ['b'], ['far'], [700.0])
    """
    return _touching(geometry, "queen", barriers=barriers, islands=islands, snap_m=snap_m, along_m=along_m)


def rook(
    geometry: pd.Series,
    *,
    barriers: object = None,
    islands: Islands = "nearest",
    snap_m: float = SNAP_M,
    along_m: float = 10.0,
) -> Neighbours:
    """Return the areas that share a border of positive length, weight 1; parameters and errors as in `queen`.

    Examples
    --------
    >>> areas = pd.Series(shapely.box([0, 100, 100], [0, 0, 100], [100, 200, 200], [100, 100, 200]), index=list("abc"))
    >>> rook(areas).of("a"), rook(areas).of("b")
    (['b'], ['a', 'c'])
    """
    return _touching(geometry, "rook", barriers=barriers, islands=islands, snap_m=snap_m, along_m=along_m)


def nearest(geometry: pd.Series, *, k: int = 6, barriers: object = None, islands: Islands = "nearest") -> Neighbours:
    """Return the ``k`` nearest areas of each, weight 1; not symmetric.

    Parameters
    ----------
    geometry
        Any shapes in metres, shape (n,); distances are between points, of other shapes between points inside them.
    k
        1 to n - 1; equally near areas are taken in the order of their ids.
    barriers
        Lines and polygons that take links away which they cross between the two points; the next area does not
        move up.
    islands
        What becomes of areas whose links barriers took away; as in `queen`.

    Examples
    --------
    >>> points = pd.Series(shapely.points([[0.0, 0], [1, 0], [3, 0]]), index=["a", "b", "c"])
    >>> [nearest(points, k=1).of(area) for area in "abc"]
    [['b'], ['a'], ['b']]
    """
    ids, shapes = _checked(geometry, polygons=False)
    if not 1 <= k < len(ids):
        raise DataError(
            f"{k} nearest areas of {len(ids)} are not to be had; k is 1 to {len(ids) - 1}.",
            de=f"{k} nächste Gebiete von {len(ids)} gibt es nicht; k ist 1 bis {len(ids) - 1}.",
        )
    points = _inside(shapes)
    first, second = np.repeat(np.arange(len(ids)), k), _nearest_of_all(points, ids, k).ravel()
    checked = checked_barriers(barriers)
    gone = line_cut(points, (first, second), checked)
    parameters = {"k": k, "barriers": len(checked)}
    return _built(ids, shapely.points(points), (first, second), gone, "nearest", parameters, islands)


def within_band(
    geometry: pd.Series, *, distance_m: float, barriers: object = None, islands: Islands = "nearest"
) -> Neighbours:
    """Return the areas at most ``distance_m`` away, weight 1; parameters as in `nearest`.

    Examples
    --------
    >>> points = pd.Series(shapely.points([[0.0, 0], [1, 0], [3, 0]]), index=["a", "b", "c"])
    >>> within_band(points, distance_m=2.0).of("b"), within_band(points, distance_m=1.0).linked["nearest"].tolist()
    (['a', 'c'], ['b'])
    """
    ids, shapes = _checked(geometry, polygons=False)
    if not distance_m > 0:
        raise DataError(
            f"A distance of {distance_m} m links nothing; give more than 0.",
            de=f"Ein Abstand von {distance_m} m verbindet nichts; mehr als 0 angeben.",
        )
    points = _inside(shapes)
    near = scipy.spatial.cKDTree(points).query_pairs(distance_m, output_type="ndarray")
    pairs, checked = (near[:, 0], near[:, 1]), checked_barriers(barriers)
    gone = line_cut(points, pairs, checked)
    parameters = {"distance_m": distance_m, "barriers": len(checked)}
    both = (np.concatenate(pairs), np.concatenate(pairs[::-1]))
    return _built(ids, shapely.points(points), both, np.tile(gone, 2), "within_band", parameters, islands)


def row_standardised(neighbours: Neighbours) -> Neighbours:
    """Return the same neighbours with weights that add up to 1 for each area that has any.

    Examples
    --------
    >>> points = pd.Series(shapely.points([[0.0, 0], [1, 0], [2, 0]]), index=["a", "b", "c"])
    >>> row_standardised(within_band(points, distance_m=1.0)).matrix.toarray().tolist()
    [[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]
    """
    matrix = neighbours.matrix.copy()
    count = np.diff(matrix.indptr)
    matrix.data = matrix.data / np.repeat(np.asarray(matrix.sum(axis=1)), count)
    return replace(neighbours, matrix=matrix, is_standardised=True)


def _touching(
    geometry: pd.Series, rule: str, *, barriers: object, islands: Islands, snap_m: float, along_m: float
) -> Neighbours:
    """Return contiguous areas by one of the two rules."""
    ids, shapes = _checked(geometry, polygons=True)
    checked = checked_barriers(barriers)
    pairs = (queen_pairs if rule == "queen" else rook_pairs)(shapes, snap_m=snap_m)
    gone = border_cut(shapes, pairs, checked, snap_m=snap_m, along_m=along_m)
    parameters: dict[str, object] = {"snap_m": snap_m, "barriers": len(checked)}
    if len(checked):
        parameters["along_m"] = along_m
    both = (np.concatenate(pairs), np.concatenate(pairs[::-1]))
    return _built(ids, shapes, both, np.tile(gone, 2), rule, parameters, islands)


def _built(
    ids: pd.Index,
    shapes: np.ndarray,
    links: Pairs,
    gone: np.ndarray,
    rule: str,
    parameters: Mapping[str, object],
    policy: Islands,
) -> Neighbours:
    """Return the noun: links without those gone, and what the policy does with areas that have none."""
    if policy not in ("nearest", "exclude", "keep"):
        raise DataError(
            f'There is no island policy "{policy}"; use nearest, exclude or keep.',
            de=f'Eine Regel "{policy}" für Inseln gibt es nicht; nearest, exclude oder keep verwenden.',
        )
    cut = pd.DataFrame({"area": ids[links[0][gone]], "neighbour": ids[links[1][gone]]})
    first, second = links[0][~gone], links[1][~gone]
    alone = np.flatnonzero(np.bincount(first, minlength=len(ids)) == 0)
    linked = pd.DataFrame({"island": ids[:0], "nearest": ids[:0], "distance_m": np.empty(0)})
    kept = np.arange(len(ids))
    if policy == "nearest" and len(alone):
        there, far = _nearest_shape(shapes, alone, ids)
        linked = pd.DataFrame({"island": ids[alone], "nearest": ids[there], "distance_m": far})
        first, second = np.concatenate([first, alone, there]), np.concatenate([second, there, alone])
    elif policy == "exclude":
        kept = np.delete(kept, alone)
    matrix = scipy.sparse.csr_array((np.ones(len(first)), (first, second)), shape=(len(ids), len(ids)))
    matrix.data[:] = 1.0  # two islands that are nearest to each other are linked once
    if len(kept) < len(ids):
        matrix = scipy.sparse.csr_array(matrix[kept][:, kept])
    described = {**parameters, "islands": policy}
    return Neighbours(ids[kept], matrix, rule, described, ids[alone], linked, cut)


def _nearest_shape(shapes: np.ndarray, alone: np.ndarray, ids: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest other area of each area named, of equally near ones the first id, and its distance."""
    (island, other), far = shapely.STRtree(shapes).query_nearest(
        shapes[alone], exclusive=True, return_distance=True, all_matches=True
    )
    order = np.lexsort((ids[other].to_numpy(), island))
    first = order[np.flatnonzero(np.diff(island[order], prepend=-1))]
    return other[first], far[first]


def _nearest_of_all(points: np.ndarray, ids: pd.Index, k: int) -> np.ndarray:
    """Return the numbers of the ``k`` nearest other points, shape (n, k); ties in the order of the ids."""
    count, tree = len(points), scipy.spatial.cKDTree(points)
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(ids.to_numpy())] = np.arange(count)
    found = np.empty((count, k), dtype=np.int64)
    open_, look = np.arange(count), min(k + 3, count)
    while len(open_):
        far, hit = tree.query(points[open_], k=look)
        itself = hit == open_[:, None]
        far = np.where(itself, np.inf, np.round(far / TIE_M))
        order = np.lexsort((rank[hit], far), axis=1)[:, :k]
        found[open_] = np.take_along_axis(hit, order, axis=1)
        # Where the last place is as far as the last point looked at, more points may be as near.
        last = np.where(itself, -np.inf, far).max(axis=1)
        tied = (np.take_along_axis(far, order, axis=1)[:, -1] >= last) & (look < count)
        open_, look = open_[tied], min(look * 4, count)
    return found


def _inside(shapes: np.ndarray) -> np.ndarray:
    """Return a point inside each shape (points stay themselves), float (n, 2)."""
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(shapes)))


def _checked(geometry: pd.Series, *, polygons: bool) -> tuple[pd.Index, np.ndarray]:
    """Return ids as text and the shapes, or the error."""
    crs = getattr(geometry, "crs", None)
    if crs is not None and (crs.is_geographic or any(axis.unit_name != "metre" for axis in crs.axis_info)):
        raise CrsError(
            f"Neighbours need metres, but the areas are in {crs.name}; project them first.",
            de=f"Nachbarschaften brauchen Meter, die Gebiete liegen aber in {crs.name}; zuerst projizieren.",
        )
    ids, shapes = pd.Index(geometry.index.astype("str"), name=geometry.index.name), np.asarray(geometry, dtype=object)
    if len(ids) < 2:
        raise NotEnoughDataError(
            f"{len(ids)} areas have no neighbours; at least 2 are needed.",
            de=f"{len(ids)} Gebiete haben keine Nachbarn; mindestens 2 sind nötig.",
        )
    if not ids.is_unique:
        raise DataError(
            f"Areas are there twice: {_some(ids[ids.duplicated()])}; keep one row for each.",
            de=f"Gebiete sind doppelt: {_some(ids[ids.duplicated()])}; je Gebiet eine Zeile behalten.",
        )
    kinds = np.isin(shapely.get_type_id(shapes), [3, 6]) if polygons else np.ones(len(ids), dtype=bool)
    wrong = shapely.is_missing(shapes) | shapely.is_empty(shapes) | ~kinds
    if wrong.any():
        raise DataError(
            f"Areas have no usable outline: {_some(ids[wrong])}; leave them out or give their outline.",
            de=f"Gebiete haben keinen brauchbaren Umriss: {_some(ids[wrong])}; ausnehmen oder Umriss angeben.",
        )
    faulty = ids[~valid(shapes)]
    if len(faulty):
        raise DataError(
            f"Outlines are faulty: {_some(faulty)}; repair them before looking for neighbours.",
            de=f"Umrisse sind fehlerhaft: {_some(faulty)}; vor der Suche nach Nachbarn reparieren.",
        )
    return ids, shapes


def _some(ids: pd.Index) -> str:
    """Return the first ids, and how many more there are."""
    listed = ", ".join(str(one) for one in ids[:5])
    return listed + (f", … ({len(ids)})" if len(ids) > 5 else "")
