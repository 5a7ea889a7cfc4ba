"""The ground that proposals are made on: units with residents, score and flag, borders, and what is taken already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from qmgis.core.regions.grown import Units, without_barriers
from qmgis.core.spatial.borders import borders
from qmgis.delimitation._located import people_by_unit, unit_of
from qmgis.delimitation._rules import Rules
from qmgis.errors import DataError, NotEnoughDataError, UnknownKeyError, VintageError, did_you_mean
from qmgis.model import AreaLayer, AreaResult, Network, ProgrammeLayer, ResidentLayer, Text, words
from qmgis.model.where import area_of, area_under, same_crs
from qmgis.scoring import as_seen, attention_of
from qmgis.targeting import COVERED, overlaps

__all__ = ["Asked", "Ground", "checked_population", "ground_of", "scores_of"]


@dataclass(frozen=True, eq=False)
class Asked:
    """What stands around areas and index: blocks, where people live, streets, barriers, programme areas."""

    blocks: AreaLayer | None = None
    residents: ResidentLayer | None = None
    network: Network | None = None
    barriers: object = None
    programme: ProgrammeLayer | None = None
    on: date | None = None
    gap_m: float = 0.0
    min_base: int = 10


@dataclass(frozen=True, eq=False)
class Ground:
    """Units in the order of their ids, with names and outlines.

    ``existing``: units that lie in current programme areas. ``unknown``: units without known residents, which no
    proposal may hold. ``total``: residents of all flagged units. ``of_blocks``: units are smaller than areas.
    """

    ids: pd.Index
    names: pd.Series
    shapes: np.ndarray
    units: Units
    existing: frozenset[int]
    unknown: frozenset[int]
    total: float
    warnings: tuple[Text, ...]
    of_blocks: bool = False

    @cached_property
    def open_units(self) -> Units:
        """The units as if no barrier separated any; made once."""
        return without_barriers(self.units)

    def numbers(self, named: Iterable[str]) -> set[int]:
        """Return the numbers of units, or say which id is unknown."""
        for one in named:
            if one not in self.ids:
                raise UnknownKeyError(
                    f'There is no unit "{one}" among the areas.{did_you_mean(one, self.ids)}',
                    de=f'Eine Einheit "{one}" ist nicht unter den Gebieten.{did_you_mean(one, self.ids, lang="de")}',
                )
        return {int(number) for number in self.ids.get_indexer(pd.Index(list(named), dtype="str"))}

    def barred(self, rules: Rules) -> frozenset[int]:
        """Return the units that stay out under some rules."""
        kept = self.existing if rules.keep_existing else frozenset()
        return frozenset(kept | self.unknown | self.numbers(rules.exclude))


def scores_of(index: AreaResult) -> tuple[pd.Series, pd.Series, int]:
    """Return how far each area lies above the mean in standard deviations, whether it is flagged, and how many scores
    are the mean of their class, since small counts hide their own.

    Raises
    ------
    NotEnoughDataError
        All scores are equal.

    Examples
    --------
    >>> score, flag, veiled = scores_of(toy_outcome().index)
    >>> round(float(score.mean()), 9), int(flag.sum()), veiled
    (0.0, 2, 0)
    """  # noqa: D205
    seen, veiled = as_seen(index)
    spread = float(seen.std(ddof=0)) if len(seen) else 0.0
    if not spread > 0:
        raise NotEnoughDataError(
            f'The areas of "{index.key}" have no different scores, so none stands out; use a run with an index.',
            de=f'Die Gebiete von "{index.key}" haben keine verschiedenen Werte, keines hebt sich ab; einen Lauf mit '
            "Index verwenden.",
        )
    score = ((seen - seen.mean()) / spread).reindex(index.value.index)
    return score, attention_of(index).fillna(False).astype(bool), veiled


def ground_of(areas: AreaLayer, index: AreaResult, population: pd.Series, *, rules: Rules, asked: Asked) -> Ground:
    """Return the units with everything that proposals need, in the order of their ids."""
    if areas.vintage != index.vintage:
        raise VintageError(
            f'The index is for the areas "{index.vintage}", not "{areas.vintage}"; take the areas of its version.',
            de=f'Der Index gilt für die Gebiete "{index.vintage}", nicht "{areas.vintage}"; die Gebiete seiner '
            "Fassung nehmen.",
        )
    same_crs(areas, asked.residents, asked.programme, asked.network)
    score, flag, veiled = scores_of(index)
    said = [words("delimitation.warning_veiled", count=veiled)] if veiled else []
    table = pd.DataFrame({"population": population.astype(float), "score": score, "flag": flag})
    layer, table = (
        (areas, table.reindex(areas.frame.index)) if asked.blocks is None else _of_blocks(areas, table, asked)
    )
    order = np.argsort(layer.frame.index.to_numpy().astype(str), kind="stable")
    frame, table = layer.frame.iloc[order], table.iloc[order]
    shapes = np.asarray(frame.geometry.array)
    found = borders(
        shapes, barriers=asked.barriers, gap_m=asked.gap_m,
        streets=None if asked.network is None else (asked.network.nodes, asked.network.edges),
    )  # fmt: skip
    people = table["population"].to_numpy()
    unknown = np.isnan(people)
    if unknown.any():
        said.append(words("delimitation.warning_unknown", count=int(unknown.sum())))
    people = _settled(np.where(unknown, 0.0, people), found.pairs, asked.min_base)
    hectares = shapely.area(shapes) / 10_000
    flags = table["flag"].fillna(False).to_numpy(dtype=bool)
    units = Units(
        people, table["score"].to_numpy(dtype=float), flags, shapely.area(shapes), shapely.length(shapes), found.pairs,
        found.metres, found.open | rules.cross_barriers,
        people * rules.cost_per_resident + hectares * rules.cost_per_hectare,
    )  # fmt: skip
    taken = _existing(layer, asked).to_numpy()[order]
    return Ground(
        frame.index.astype("str"), _names(layer, areas).iloc[order], shapes, units,
        frozenset(np.flatnonzero(taken).tolist()),
        frozenset(np.flatnonzero(unknown).tolist()), float(people[flags].sum()), tuple(said), asked.blocks is not None,
    )  # fmt: skip


def _names(layer: AreaLayer, areas: AreaLayer) -> pd.Series:
    """Return what each unit is called; a block with the area that it lies in."""
    names: pd.Series = layer.frame["name"].astype(object)
    if layer is areas:
        return names
    within = area_under(layer, areas).map(areas.frame["name"].astype(object).to_dict())
    return names.where(within.isna(), names.astype(str) + " (" + within.fillna("").astype(str) + ")")


def _existing(layer: AreaLayer, asked: Asked) -> pd.Series:
    """Return the units of which at least half, by residents or else by land, lies in current programme areas."""
    if asked.programme is None or asked.on is None:
        return pd.Series(False, index=layer.frame.index)
    found = overlaps(layer, asked.programme, on=asked.on, residents=asked.residents, min_base=asked.min_base)
    taken: pd.Series = found["current"] >= COVERED - 1e-9
    return taken


def _of_blocks(areas: AreaLayer, table: pd.DataFrame, asked: Asked) -> tuple[AreaLayer, pd.DataFrame]:
    """Return the blocks with the residents who live there and the score and flag of the area that they lie in."""
    blocks, residents = asked.blocks, asked.residents
    if blocks is None or residents is None:
        raise NotEnoughDataError(
            "Proposals of blocks need to know where people live; give a layer of residents, or propose whole areas.",
            de="Vorschläge aus Blöcken brauchen Wohnorte; eine Ebene mit Einwohnern angeben oder ganze Gebiete "
            "vorschlagen.",
        )
    same_crs(areas, blocks, residents)
    located = people_by_unit(areas, residents, [blocks], min_base=asked.min_base)
    area, people = area_of(areas, located), located.frame["residents"].to_numpy(dtype=float)
    told = np.bincount(np.maximum(area, 0), weights=people)[area] >= asked.min_base  # areas of fewer tell nothing
    unit = unit_of(blocks, np.asarray(located.frame.geometry.array, dtype=object))
    own = np.bincount(unit, weights=np.where((area >= 0) & told, people, 0.0), minlength=len(blocks.frame))
    of = table.reindex(area_under(blocks, areas).to_numpy())
    return blocks, pd.DataFrame(
        {"population": own, "score": of["score"].to_numpy(), "flag": of["flag"].fillna(False).to_numpy(dtype=bool)},
        index=blocks.frame.index,
    )


def _settled(people: np.ndarray, pairs: np.ndarray, min_base: int) -> np.ndarray:
    """Return residents, those of units with 1 to ``min_base - 1`` counted with the neighbour that has most.

    Two proposals that differ by one unit then never differ by a few people; the sum stays.
    """
    settled = people.copy()
    near: dict[int, list[int]] = {}
    for one, other in pairs.tolist():
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    for unit in np.flatnonzero((people > 0) & (people < min_base)).tolist():
        if near.get(unit) and 0 < settled[unit] < min_base:
            largest = max(near[unit], key=lambda other: (settled[other], -other))
            settled[largest] += settled[unit]
            settled[unit] = 0.0
    return settled


def checked_population(population: pd.Series | None) -> pd.Series:
    """Return the residents of areas, or say that proposals need them."""
    if population is None or population.notna().sum() == 0:
        raise NotEnoughDataError(
            'Proposals need the residents of each area; add a layer "population" for the year of the run.',
            de='Vorschläge brauchen die Einwohner je Gebiet; eine Ebene "population" für das Jahr des Laufs anlegen.',
        )
    if (population < 0).any():
        area = population.index[population < 0][0]
        raise DataError(
            f'Area "{area}" has a negative number of residents; correct it, or leave it empty if unknown.',
            de=f'Gebiet "{area}" hat eine negative Einwohnerzahl; berichtigen, oder leer lassen, wenn unbekannt.',
        )
    return population
