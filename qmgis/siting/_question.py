"""Demand, places and candidates of a question as one `Sites`; what could not be placed is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.core.reach.access import Pairs, by_place
from qmgis.core.reach.cutoff import pairs_within
from qmgis.core.reach.distance import pairs_straight
from qmgis.core.reach.network import snap
from qmgis.core.siting.sites import Sites
from qmgis.coverage import amount, checked_group, coordinates, doors_of, graph_of, group_title, joined, listed
from qmgis.errors import DataError, UnknownKeyError, did_you_mean
from qmgis.model import AreaLayer, Network, PlaceLayer, ResidentLayer, Text, words
from qmgis.model.where import area_of, same_crs

__all__ = ["Question", "asked"]


@dataclass(frozen=True, eq=False)
class Question:
    """What `best_sites` asks, as arrays: existing places first, then candidates."""

    sites: Sites
    existing: int
    warnings: tuple[Text, ...]


def asked(
    residents: ResidentLayer, places: PlaceLayer | None, candidates: PlaceLayer, *, cutoff_m: float, group: str,
    areas: AreaLayer | None, attention: pd.Series | None, equity: float, network: Network | None, snap_m: float,
    barred: tuple[str, ...],
) -> Question:  # fmt: skip
    """Return the question: only people inside the areas count, where areas are given."""
    same_crs(residents, places, candidates, areas, network)
    people = checked_group(residents, group)
    where = np.zeros(len(people), dtype=np.int64) if areas is None else area_of(areas, residents)
    warnings = []
    unknown = people.isna().to_numpy() & (where >= 0)
    if unknown.any():
        count = amount(int(unknown.sum()))
        warnings.append(words("siting.warning_unknown", origins=count, group=group_title(group)))
    demand = people.where(people.notna() & (where >= 0), 0.0)
    demand.index = pd.RangeIndex(len(demand))  # never an address in a message
    existing = 0 if places is None else len(places.frame)
    pairs, off = _ways(residents, *_doors(places, candidates), network, cutoff_m, snap_m)
    named = list(candidates.frame.index[off[existing:]])
    if named:
        values = {"count": len(named), "names": listed([str(name) for name in named]), "snap": amount(snap_m)}
        warnings.append(words("siting.warning_candidates", **values))
    sites = Sites(
        pairs,
        demand,
        existing=np.arange(len(off)) < existing,
        barred=np.append(np.zeros(existing, dtype=bool), _barred(candidates, barred) | off[existing:]),
        attention=None if attention is None else _of_origins(areas, attention, where),
        equity=equity,
    )
    return Question(sites, existing, tuple(warnings))


def _doors(places: PlaceLayer | None, candidates: PlaceLayer) -> tuple[np.ndarray, np.ndarray, int]:
    """Return where places and candidates are entered, to which each door belongs, and how many they are."""
    xy, own = doors_of(candidates)
    if places is None:
        return xy, own, len(candidates.frame)
    there, whose = doors_of(places)
    first = len(places.frame)
    return np.concatenate([there, xy]), np.append(whose, own + first), first + len(candidates.frame)


def _ways(
    residents: ResidentLayer, xy: np.ndarray, own: np.ndarray, count: int, network: Network | None, cutoff_m: float,
    snap_m: float,
) -> tuple[Pairs, np.ndarray]:  # fmt: skip
    """Return the ways from origins to the nearest door of each place, and which places nobody can go to."""
    located = np.isfinite(xy).all(axis=1)
    xy, own = xy[located], own[located]
    off = np.ones(count, dtype=bool)
    if network is None:
        off[own] = False
        return by_place(pairs_straight(coordinates(residents), xy, cutoff_m=cutoff_m), own, count=count), off
    graph = graph_of(network)
    doors = snap(graph, xy, within_m=snap_m)
    found = pairs_within(graph, joined(residents, network, snap_m), doors, cutoff_m=cutoff_m)
    off[own[doors.found]] = False
    return by_place(found, own, count=count), off


def _of_origins(areas: AreaLayer | None, attention: pd.Series, where: np.ndarray) -> np.ndarray:
    """Return which origins lie in areas that require attention."""
    if areas is None:
        raise DataError(
            "Areas that require attention are named, but no areas are given; give both.",
            de="Gebiete mit Aufmerksamkeitsbedarf sind genannt, aber keine Gebiete angegeben; beides angeben.",
        )
    wanted = areas.frame.index
    lost = [str(name) for name in attention.index if name not in wanted]
    if lost:
        raise UnknownKeyError(
            f'There is no area "{lost[0]}".{did_you_mean(lost[0], wanted)}',
            de=f'Es gibt kein Gebiet "{lost[0]}".{did_you_mean(lost[0], wanted, lang="de")}',
        )
    flags = attention.astype("boolean").reindex(wanted).fillna(False).to_numpy(dtype=bool)
    return np.asarray((where >= 0) & flags[where])


def _barred(candidates: PlaceLayer, barred: tuple[str, ...]) -> np.ndarray:
    known = candidates.frame.index
    for name in barred:
        if name not in known:
            raise UnknownKeyError(
                f'Layer "{candidates.key}" has no candidate "{name}".{did_you_mean(name, known)}',
                de=f'Ebene "{candidates.key}" hat keinen möglichen Standort "{name}".'
                f"{did_you_mean(name, known, lang='de')}",
            )
    return np.asarray(known.isin(barred))
