"""Things with a place: areas, facilities, residents and the street network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from qmgis.core.reach.network import Bends
from qmgis.errors import CrsError, DataError
from qmgis.model.mode import Mode, walking
from qmgis.model.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

OriginType = Literal["address", "building", "grid", "area"]
CapacityUnit = Literal["places", "m2"]
CAPACITY_UNITS: tuple[CapacityUnit, ...] = get_args(CapacityUnit)
BackdropKind = Literal["green", "water", "road", "rail", "other"]
BACKDROP_KINDS: tuple[BackdropKind, ...] = get_args(BackdropKind)

__all__ = [
    "BACKDROP_KINDS",
    "CAPACITY_UNITS",
    "AreaLayer",
    "Backdrop",
    "BackdropKind",
    "CapacityUnit",
    "Network",
    "OriginType",
    "PlaceLayer",
    "ResidentLayer",
    "checked",
    "newest_of",
]


def checked(frame: gpd.GeoDataFrame, *, key: str, index: str, columns: tuple[str, ...]) -> None:
    """Raise unless the frame has unique text ids, its columns and a metric reference system."""
    if frame.crs is None or not frame.crs.is_projected:
        raise CrsError(
            f'Layer "{key}" is not in a metric reference system; name one as crs in city.toml, such as "EPSG:25832".',
            de=f'Ebene "{key}" liegt nicht in einem metrischen Koordinatensystem; in city.toml eines als crs angeben, '
            f'etwa "EPSG:25832".',
        )
    missing = [name for name in columns if name not in frame.columns]
    texts = pd.api.types.is_string_dtype(frame.index.dtype) or frame.empty
    if frame.index.name != index or not frame.index.is_unique or not texts or missing:
        raise DataError(
            f'Layer "{key}" must have unique text ids as index "{index}" and the columns {", ".join(columns)}.',
            de=f'Ebene "{key}" braucht eindeutige Text-Kennungen als Index "{index}" und die Spalten '
            f"{', '.join(columns)}.",
        )


@dataclass(frozen=True, eq=False)
class AreaLayer:
    """One version of the areas: outlines in metres, unique text ids, names.

    ``frame`` has the index ``area`` (text) and the columns ``name``, ``parent`` (text, may be missing),
    ``approximate`` (bool: the outline is an approximation) and ``geometry`` (polygons in a metric CRS).
    """

    key: str
    title: Text
    frame: gpd.GeoDataFrame
    vintage: str
    valid_from: date | None = None
    valid_to: date | None = None
    note: Text | None = None
    licence: str = ""
    credit: str = ""

    def __post_init__(self) -> None:
        checked(self.frame, key=self.key, index="area", columns=("name", "parent", "approximate", "geometry"))


def newest_of(layers: Iterable[AreaLayer]) -> AreaLayer:
    """Return the newest of several versions of the areas: the last by ``valid_from``, else by name."""
    return max(layers, key=lambda layer: (str(layer.valid_from or ""), layer.vintage))


@dataclass(frozen=True, eq=False)
class PlaceLayer:
    """Facilities of one kind: points in metres, index ``place`` (text), columns ``name``, ``capacity`` (float, may be
    missing), ``geometry``. Places outside the areas are kept: they count. ``unit``: of the capacity, places or m².
    ``doors``: where places that are areas are entered: points, index ``door``, columns ``place`` and ``geometry``; ways
    lead to the nearest of them. None: to the place's own point.
    """  # noqa: D205

    key: str
    title: Text
    frame: gpd.GeoDataFrame
    complete: bool = True
    note: Text | None = None
    date: date | None = None
    licence: str = ""
    credit: str = ""
    unit: CapacityUnit = "places"
    doors: gpd.GeoDataFrame | None = None

    def __post_init__(self) -> None:
        checked(self.frame, key=self.key, index="place", columns=("name", "capacity", "geometry"))
        if self.doors is None:
            return
        checked(self.doors, key=self.key, index="door", columns=("place", "geometry"))
        if not self.doors["place"].isin(self.frame.index).all() or self.doors.crs != self.frame.crs:
            raise DataError(
                f'Layer "{self.key}": every entrance belongs to a place and is in its reference system.',
                de=f'Ebene "{self.key}": Jeder Eingang gehört zu einem Ort und liegt in dessen Koordinatensystem.',
            )


@dataclass(frozen=True, eq=False)
class ResidentLayer:
    """Where people live: points in metres with residents by age group.

    ``frame`` has the index ``origin`` (text), ``geometry``, the float column ``residents`` (all ages) and one float
    column an age group, named ``age_<from>_<to>`` (inclusive) or ``age_<from>_plus``. ``spread`` names the layer whose
    people were laid on these points; empty where they were counted there. ``notes`` is what a reader has to know.
    ``addresses``: ``street`` and ``number`` as text, empty where there is none, by ``origin``; None where the file has
    no streets.
    """

    key: str
    title: Text
    frame: gpd.GeoDataFrame
    origin_type: OriginType
    year: int | None = None
    licence: str = ""
    credit: str = ""
    spread: str = ""
    notes: tuple[Text, ...] = ()
    addresses: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        checked(self.frame, key=self.key, index="origin", columns=("residents", "geometry"))

    @property
    def groups(self) -> tuple[str, ...]:
        """The columns that count people, ``residents`` and every ``age_…``, with at least one value."""
        named = (str(name) for name in self.frame.columns if name == "residents" or str(name).startswith("age_"))
        return tuple(name for name in named if self.frame[name].notna().any())


@dataclass(frozen=True, eq=False)
class Network:
    """A street network as arrays, for one mode.

    ``nodes``: float (n, 2), metres in ``crs``; ``edges``: int (m, 2), node numbers; ``length_m``: float (m,), at least
    the straight line between the nodes. ``bends``: the points between the ends of streets that are not straight.
    ``passable``: bool (m, 2), whether a street is open from its first node to its second, and back; without it all are.
    ``pace``: float (m, 2), how much more time a metre takes than the mode's speed says; without it 1. ``main``: bool
    (m,), the streets that points join if one is near enough; without it all.
    """

    key: str
    title: Text
    nodes: np.ndarray
    edges: np.ndarray
    length_m: np.ndarray
    crs: str
    licence: str = ""
    credit: str = ""
    bends: Bends | None = None
    passable: np.ndarray | None = None
    pace: np.ndarray | None = None
    main: np.ndarray | None = None
    mode: Mode = field(default_factory=walking)

    def __post_init__(self) -> None:
        many = len(self.edges)
        fits = self.nodes.ndim == 2 and self.edges.ndim == 2 and many == len(self.length_m)
        both = all(one is None or one.shape == (many, 2) for one in (self.passable, self.pace))
        bent = self.bends is None or (
            len(self.bends.offset) == many + 1 and self.bends.offset[-1] == len(self.bends.points)
        )
        if not (fits and both and bent) or (many and not 0 <= self.edges.min() <= self.edges.max() < len(self.nodes)):
            raise DataError(
                f'Network "{self.key}" is not well formed: every edge joins two known nodes and has a length.',
                de=f'Netz "{self.key}" ist fehlerhaft: jede Kante verbindet zwei bekannte Knoten und hat eine Länge.',
            )


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What helps to recognise a city on a map: water, railways, main streets, parks; drawn, never computed with.

    ``frame`` has the index ``part`` (text), ``kind`` (one of `BACKDROP_KINDS`) and ``geometry`` (lines or polygons in
    metres, simplified for drawing). ``layers`` names the layers that it was made of.
    """

    frame: gpd.GeoDataFrame
    layers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checked(self.frame, key="backdrop", index="part", columns=("kind", "geometry"))
        unknown = sorted(set(self.frame["kind"]) - set(BACKDROP_KINDS))
        if unknown:
            raise DataError(
                f'A backdrop has no kind "{unknown[0]}"; kinds are {", ".join(BACKDROP_KINDS)}.',
                de=f'Eine Orientierung hat keine Art "{unknown[0]}"; Arten sind {", ".join(BACKDROP_KINDS)}.',
            )

    @property
    def kinds(self) -> tuple[BackdropKind, ...]:
        """The kinds that there are, in the order of drawing: what is drawn last lies on top."""
        there = set(self.frame["kind"])
        return tuple(kind for kind in BACKDROP_KINDS if kind in there)
