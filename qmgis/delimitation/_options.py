"""Outlines side by side: drawn, uploaded or proposed, in one table; inside and outside together are the city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.coverage import amount
from qmgis.delimitation._figures import facilities, programme_overlap, spread
from qmgis.delimitation._ground import checked_population, scores_of
from qmgis.delimitation._outlines import beyond, checked_outlines
from qmgis.delimitation._parts import Parts, parts_of
from qmgis.delimitation._words import share_text
from qmgis.errors import VintageError
from qmgis.model import AreaLayer, AreaResult, PlaceLayer, ProgrammeLayer, ResidentLayer, Secrecy, Text, words
from qmgis.model.where import same_crs
from qmgis.targeting import SLIVER

__all__ = ["Options", "compare_options"]

HECTARE = 10_000.0
PEOPLE = (
    "residents", "density", "flagged_residents", "captured", "flagged_share", "score", "score_sd", "residents_outside",
    "flagged_residents_outside",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Options:
    """Outlines side by side, in the order in which they came.

    Parameters
    ----------
    frame
        Index ``option``: ``residents``, ``hectares``, ``density``, ``flagged_residents``, ``captured``,
        ``flagged_share``, ``score``, ``score_sd``, ``compactness`` as in `Proposal`; ``residents_outside`` and
        ``flagged_residents_outside`` of the city; ``split_areas``, areas that the outline cuts; ``is_estimate``;
        ``too_few``, where people live but too few for numbers; geometry.
    total
        ``residents`` and ``flagged_residents`` of the city: inside + outside.
    alike
        Residents in both by residents in either, for each pair (0-1); missing where nobody lives in either.
    facilities, programme
        As in `Proposals`.
    sentences
        One for each outline.
    """

    frame: gpd.GeoDataFrame
    total: Mapping[str, float]
    alike: pd.DataFrame
    facilities: pd.DataFrame
    programme: pd.DataFrame
    sentences: Mapping[str, Text]
    warnings: tuple[Text, ...]
    credits: tuple[str, ...]


def compare_options(
    outlines: gpd.GeoDataFrame, areas: AreaLayer, index: AreaResult, *, population: pd.Series | None = None,
    residents: ResidentLayer | None = None, programme: ProgrammeLayer | None = None, on: date | None = None,
    places: Mapping[str, PlaceLayer] | None = None, near_m: float = 500.0, secrecy: Secrecy | None = None,
    earlier: Sequence[shapely.Geometry] = (), lived: ResidentLayer | None = None,
) -> Options:  # fmt: skip
    """Return outlines side by side, with the same figures for each.

    Parameters
    ----------
    outlines
        Polygons in any known reference system; the index are their names, each once.
    areas, index
        One version of the areas, and an index of them that says who requires attention.
    population
        Index ``area``; residents; areas in which no resident is known to live are counted by their land.
    residents
        Where people live; without it everything that an outline cuts is an estimate.
    programme, on, places, near_m
        As in `proposals`.
    secrecy
        No outline cuts off a part of an area where fewer than ``min_base`` live; an area where fewer live counts
        outside.
    earlier
        Outlines that the same people were told of before, in the order of that, in the system of the areas: no
        difference to them tells of few people either.
    lived
        Where people really live, if ``residents`` are those of `people_by_unit`: an outline where somebody lives and
        nobody counts has too few people for numbers.

    Raises
    ------
    CrsError, DataError
        Outlines without reference system; what is wrong with each outline.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> square = outcome.areas.frame.geometry.iloc[[28, 29]].union_all()
    >>> drawn = gpd.GeoDataFrame(index=["mine"], geometry=[square], crs="EPSG:25832")
    >>> found = compare_options(drawn, outcome.areas, outcome.index, residents=toy_residents())
    >>> row = found.frame.loc["mine"]
    >>> float(row["hectares"]), bool(row["residents"] + row["residents_outside"] == found.total["residents"])
    (32.0, True)
    """
    if areas.vintage != index.vintage:
        raise VintageError(
            f'The index is for the areas "{index.vintage}", not "{areas.vintage}"; take the areas of its version.',
            de=f'Der Index gilt für die Gebiete "{index.vintage}", nicht "{areas.vintage}"; die Gebiete seiner '
            "Fassung nehmen.",
        )
    same_crs(areas, residents, programme, *(places or {}).values())
    metric = checked_outlines(outlines, areas)
    shapes = np.asarray(metric.geometry.array, dtype=object)
    limits = secrecy or Secrecy()
    people = pd.Series(dtype=float) if residents is not None and population is None else checked_population(population)
    every, asked = _in_order(earlier, shapes)
    parts = parts_of(areas, every, people, residents=residents, min_base=limits.min_base).of(asked)
    frame, total = _table(metric, parts, areas, index)
    frame["is_estimate"] = _estimated(parts, frame["split_areas"] > 0, residents)
    frame["too_few"] = parts.few | _unseen(frame["residents"].to_numpy(), shapes, lived)
    frame.loc[frame["too_few"], [*PEOPLE]] = np.nan
    said = beyond(metric, areas) + ([words("delimitation.warning_estimate")] if frame["is_estimate"].any() else [])
    layers = (areas, residents, programme, *(places or {}).values())
    whole = gpd.GeoDataFrame(frame, geometry=metric.geometry, crs=metric.crs)
    near = facilities(metric.geometry, places or {}, near_m=near_m, crs=metric.crs)
    sentences = {str(name): _sentence(str(name), row) for name, row in frame.iterrows()}
    return Options(
        whole, total, _alike(parts, metric.index), near, programme_overlap(metric.geometry, programme, on), sentences,
        tuple(said), tuple(dict.fromkeys(one.credit for one in layers if one is not None and one.credit)),
    )  # fmt: skip


def _unseen(people: np.ndarray, shapes: np.ndarray, lived: ResidentLayer | None) -> np.ndarray:
    """Return the outlines in which people live, but nobody counts."""
    if lived is None:
        return np.zeros(len(shapes), dtype=bool)
    living = np.asarray(lived.frame.geometry.array)[lived.frame["residents"].to_numpy(dtype=float) > 0]
    met = shapely.STRtree(living).query(shapes, predicate="intersects")[0]
    return (people <= 0) & (np.bincount(met, minlength=len(shapes)) > 0)


def _in_order(earlier: Sequence[shapely.Geometry], shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all outlines in the order in which they were first asked about, and the numbers of those asked now."""
    place: dict[bytes, int] = {}
    first: list[shapely.Geometry] = []
    for shape, key in ((one, shapely.to_wkb(one)) for one in (*earlier, *shapes)):
        if place.setdefault(key, len(first)) == len(first):
            first.append(shape)
    return np.array(first, dtype=object), np.array([place[shapely.to_wkb(one)] for one in shapes])


def _table(
    metric: gpd.GeoDataFrame, parts: Parts, areas: AreaLayer, index: AreaResult
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the figures of each outline, and the totals of the city."""
    score, flag, _ = scores_of(index)
    own = areas.frame.index[parts.cells["area"]]
    scores = score.reindex(own).to_numpy(dtype=float)
    flags = flag.reindex(own).fillna(False).to_numpy(dtype=bool)
    people = parts.cells["people"].to_numpy(dtype=float)
    total = {"residents": float(people.sum()), "flagged_residents": float(people[flags].sum())}
    split, rows = _split(metric, areas), []
    for number, shape in enumerate(metric.geometry):
        inside = parts.inside[:, number]
        residents, flagged = float(people[inside].sum()), float(people[inside & flags].sum())
        mean, sd = spread(scores[inside], people[inside])
        hectares = shape.area / HECTARE
        rows.append(
            {
                "residents": residents, "residents_outside": float(people[~inside].sum()), "hectares": hectares,
                "density": residents / hectares, "flagged_residents": flagged,
                "flagged_residents_outside": float(people[~inside & flags].sum()),
                "captured": flagged / total["flagged_residents"] if total["flagged_residents"] > 0 else np.nan,
                "flagged_share": flagged / residents if residents > 0 else np.nan, "score": mean, "score_sd": sd,
                "compactness": 4 * np.pi * shape.area / shape.length**2, "split_areas": int(split[number]),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, index=metric.index), total


def _split(metric: gpd.GeoDataFrame, areas: AreaLayer) -> np.ndarray:
    """Return how many areas each outline cuts, slivers aside."""
    own, others = np.asarray(metric.geometry.array, dtype=object), np.asarray(areas.frame.geometry.array)
    one, other = shapely.STRtree(others).query(own, predicate="intersects")
    share = shapely.area(shapely.intersection(own[one], others[other])) / shapely.area(others[other])
    cut = (share >= SLIVER) & (share <= 1 - SLIVER)
    return np.bincount(one[cut], minlength=len(own))


def _estimated(parts: Parts, is_split: pd.Series, residents: ResidentLayer | None) -> np.ndarray:
    """Return which outlines cut areas whose people are counted by land, or by more than their address."""
    if residents is None or residents.origin_type != "address":
        return is_split.to_numpy()
    cells = parts.cells[parts.cells["by_land"]]
    shared = cells["area"].duplicated(keep=False).to_numpy()
    return np.asarray(parts.inside[cells.index[shared]].any(axis=0))


def _alike(parts: Parts, names: pd.Index) -> pd.DataFrame:
    people = parts.cells["people"].to_numpy(dtype=float)
    both = parts.inside.T.astype(float) @ (parts.inside * people[:, None])
    own = np.diag(both)
    either = own[:, None] + own[None, :] - both
    values = np.divide(both, either, out=np.full(both.shape, np.nan), where=either > 0)
    return pd.DataFrame(values, index=names, columns=names)


def _sentence(name: str, row: pd.Series) -> Text:
    hectares = amount(row["hectares"], digits=1)
    if row["too_few"]:
        return words("delimitation.option_few", name=name, hectares=hectares)
    return words(
        "delimitation.option", name=name, hectares=hectares, residents=amount(row["residents"]),
        estimate=words("delimitation.option_estimate") if row["is_estimate"] else Text("", ""),
        flagged=amount(row["flagged_residents"]), captured=share_text(row["captured"]),
        split=amount(row["split_areas"]), compactness=amount(row["compactness"], digits=2),
    )  # fmt: skip
