"""The whole city, from a seed: layers, tables, and the truth that was planted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.errors import DataError
from qmgis.musterstadt.addressing import house_numbers, street_names
from qmgis.musterstadt.areas import CRS, Vintages, make_vintages
from qmgis.musterstadt.blocks import Ground, make_ground
from qmgis.musterstadt.changes import Changed, cast_changes, plant_changes
from qmgis.musterstadt.counts import EFFECT, by_area, make_counts
from qmgis.musterstadt.layers import EDITIONS, layer_files, runs_of
from qmgis.musterstadt.notes import notes_file
from qmgis.musterstadt.people import make_addresses
from qmgis.musterstadt.places import KINDS, barrier_gap, make_places
from qmgis.musterstadt.plan import bend, make_plan
from qmgis.musterstadt.plots import make_plots, scenario_file
from qmgis.musterstadt.programme import make_events, make_measures, make_programme
from qmgis.musterstadt.register import make_register
from qmgis.musterstadt.roles import Roles, cast, thinned
from qmgis.musterstadt.streets import Barriers, Walk, make_streets
from qmgis.musterstadt.tables import count_table, crosswalk_table, outlines, plant_signs

__all__ = ["Musterstadt", "make_city"]

FINE_UP_TO = 20_000
RESIDENTS_PER_AREA = 690


@dataclass(frozen=True, eq=False)
class Musterstadt:
    """A city: ``vectors`` (file to layer to frame), ``tables`` (file to frame of text), ``layers`` (layer file to its
    TOML text), and the ``truth`` that was planted in it.
    """  # noqa: D205

    vectors: Mapping[str, Mapping[str, gpd.GeoDataFrame]]
    tables: Mapping[str, pd.DataFrame]
    layers: Mapping[str, str]
    truth: Mapping[str, Any]

    @property
    def truth_text(self) -> str:
        """The truth as JSON, sorted."""
        return json.dumps(self.truth, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def make_city(
    *, areas: int = 120, seed: int = 20240101, editions: int = 5, addresses_per_area: float | None = None
) -> Musterstadt:
    """Return Musterstadt: the same city for the same numbers, to the byte.

    Parameters
    ----------
    areas
        Number of areas of the newest version, 60 to 1,000,000. Up to 20,000 every area is made of blocks; beyond,
        each is one block.
    seed
        Any whole number from 0.
    editions
        The newest 1 to 5 of the editions 2016, 2018, 2020, 2022, 2024.
    addresses_per_area
        Mean number of addresses; by default 75, and 3 above 20,000 areas.

    Raises
    ------
    DataError
        If a number is out of its range.

    Examples
    --------
    >>> city = make_city(areas=60, seed=7)
    >>> len(city.vectors["areas.gpkg"]["ms-2022"]), sorted(city.truth["gaps"])
    (60, ['kita', 'playground'])
    """
    _check(areas, seed, editions)
    rng = np.random.default_rng(seed)
    fine = areas <= FINE_UP_TO
    plan = make_plan(areas, rng)
    warp = bend(rng)
    ground = make_ground(plan, areas, rng, warp=warp, fine=fine)
    barriers = Barriers(*(_bent(line, warp) for line in (plan.river, plan.rail, plan.bridges, plan.underpasses)))
    streets = make_streets(ground, barriers, _bent(plan.main, warp), fine=fine)
    per_area = addresses_per_area or (75.0 if fine else 3.0)
    homes = make_addresses(ground, barriers, rng, residents=RESIDENTS_PER_AREA * areas, per_area=per_area)
    vintages = make_vintages(ground, rng)
    homes["area"], homes["area_old"] = vintages.block_new[homes["block"]], vintages.block_old[homes["block"]]
    roles = cast(vintages, homes)
    homes = thinned(homes, roles).reset_index(drop=True)
    walk = Walk(streets.geometry.to_numpy())
    places, roles = _places(homes, walk, barriers, vintages, roles, rng)
    plots, best = make_plots(homes, walk, places["kita"], roles.gaps["kita"], seed)
    changed = cast_changes(vintages, homes.groupby("area")["residents"].sum(), set(roles.used))
    counts, owners = _counts(homes, vintages, roles, rng)
    counts = plant_changes(counts, owners["ms-2022"], changed)
    tables, signs = _tables(counts, owners, vintages, (roles, changed), rng, editions=editions)
    tables["crosswalk.csv"] = crosswalk_table(vintages, homes)
    programme = make_programme(vintages, {"running": list(roles.programme), "running_new": list(roles.hidden),
                                          "ended": list(roles.ended), "waiting": list(roles.placebo)})  # fmt: skip
    register, planted = make_register(make_measures(programme, rng), programme, seed=seed)
    tables |= register
    tables["events.csv"] = make_events()
    streets = streets.assign(name=street_names(streets))
    vectors = {
        "areas.gpkg": outlines(vintages) | {"blocks": _blocks(ground, vintages)},
        "addresses.gpkg": {"addresses": _addresses(homes, streets)},
        "barriers.gpkg": _barriers(barriers, vintages),
        "network.gpkg": {"streets": streets},
        "places.gpkg": places | {"park_entrance": _park_entrances(ground, streets)},
        "plots.gpkg": {"plots": plots},
        "programme.gpkg": {"programme": programme},
    }
    truth = _truth(roles, vintages, homes, signs) | {"seed": seed, "areas": areas, "editions": editions}
    truth["register"] = planted
    truth["change"] = changed.truth(roles.worse, tuple(run["year"] for run in runs_of(editions)))
    files = layer_files(outlier=roles.outlier, editions=editions) | scenario_file(plots, places["kita"], best["plot"])
    files |= notes_file(set(programme["area_id"]))
    return Musterstadt(vectors, tables, dict(sorted(files.items())), truth | {"best_site": best})


def _check(areas: int, seed: int, editions: int) -> None:
    for name, value, low, high in (
        ("areas", areas, 60, 1_000_000), ("seed", seed, 0, 2**63), ("editions", editions, 1, 5),
    ):  # fmt: skip
        if not low <= value <= high:
            raise DataError(
                f"{name} = {value} is out of range; take {low} to {high}.",
                de=f"{name} = {value} liegt außerhalb; möglich sind {low} bis {high}.",
            )


def _bent(lines: Any, warp: Any) -> Any:
    return shapely.transform(shapely.segmentize(lines, 25.0), warp)


def _places(
    homes: pd.DataFrame,
    walk: Walk,
    barriers: Barriers,
    vintages: Vintages,
    roles: Roles,
    rng: np.random.Generator,
) -> tuple[dict[str, gpd.GeoDataFrame], Roles]:
    """Places of every kind, and the roles with the gap that exists only by walking."""
    near = barrier_gap(homes, walk, barriers, within_m=500, taken=set(roles.used))
    roles = roles.with_barrier_gap(near[0])
    beyond = _beyond(vintages, homes, rng)
    found = {}
    for kind in KINDS:
        gap = _inner(homes, roles.gaps.get(kind.key, ()))
        forced = near[1] if kind.key == "kita" and near[0] else np.empty((0, 2))
        outside = beyond[:2] if kind.key in ("kita", "playground", "stop") else beyond[:1]
        found[kind.key] = make_places(kind, homes, walk, rng, gap=gap, beyond=outside, forced=forced)
    return found, roles


def _inner(homes: pd.DataFrame, ids: tuple[str, ...]) -> np.ndarray:
    """The nine in ten homes of each area that lie closest to its middle."""
    area = homes["area"].to_numpy()
    inner = np.zeros(len(homes), bool)
    for key in ids:
        own = np.flatnonzero(area == key)
        spots = homes[["x", "y"]].to_numpy()[own]
        away = np.hypot(*(spots - spots.mean(axis=0)).T)
        inner[own[away <= np.quantile(away, 0.9)]] = True
    return inner


def _beyond(vintages: Vintages, homes: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Points a little outside the boundary, where people live close to it."""
    town = shapely.coverage_union_all(vintages.new.geometry.to_numpy())
    rim = shapely.get_parts(town.boundary)[0] if town.boundary.geom_type != "LineString" else town.boundary
    at = shapely.line_interpolate_point(rim, np.arange(0, rim.length, max(150.0, rim.length / 400)))
    spots = shapely.points(homes[["x", "y"]].to_numpy())
    tree = shapely.STRtree(spots)
    point, home = tree.query(at, predicate="dwithin", distance=350)
    people = np.bincount(point, homes["residents"].to_numpy()[home], minlength=len(at))
    order = np.argsort(-people, kind="stable")[: max(8, len(at) // 12)]
    chosen = at[rng.permutation(order)]
    outside = shapely.get_coordinates(chosen)
    away = outside - shapely.get_coordinates(town.centroid)
    moved = outside + away / np.hypot(*away.T)[:, None] * 110.0
    return np.asarray(np.round(moved[~shapely.contains_xy(town, moved)], 2))


def _counts(
    homes: pd.DataFrame, vintages: Vintages, roles: Roles, rng: np.random.Generator
) -> tuple[dict[int, pd.DataFrame], dict[str, np.ndarray]]:
    """Counts by atom (the parts common to both versions) and the areas of each atom."""
    ages = [name for name in homes.columns if name.startswith("age_")]
    groups = homes.groupby(["area_old", "area"], sort=True)
    atoms = groups[[*ages, "residents"]].sum().join(groups[["x", "y"]].mean()).reset_index()
    atoms = atoms.rename(columns={"area_old": "old", "area": "new"})
    atoms["use"] = vintages.new["use"].reindex(atoms["new"]).to_numpy()
    owners = {"ms-2016": atoms["old"].to_numpy(), "ms-2022": atoms["new"].to_numpy()}
    return make_counts(atoms, roles.situation, rng), owners


def _tables(
    counts: dict[int, pd.DataFrame],
    owners: dict[str, np.ndarray],
    vintages: Vintages,
    parts: tuple[Roles, Changed],
    rng: np.random.Generator,
    *,
    editions: int,
) -> tuple[dict[str, pd.DataFrame], list[dict[str, Any]]]:
    """The table of each edition, and where signs were put."""
    tables, told = {}, []
    for year, vintage in EDITIONS[-editions:]:
        names = (vintages.old if vintage == "ms-2016" else vintages.new)["name"]
        owner = owners[vintage]
        earlier = by_area(counts, owner, year - 2) if year > 2016 else None
        table = count_table(
            by_area(counts, owner, year), earlier, by_area(counts, owner, year - 1), names, year=year
        )  # fmt: skip
        table, signs = plant_signs(table, keep=set(parts[0].used), spare=parts[1].used, year=year, rng=rng)
        tables[f"counts_{year}.csv"] = table
        told += signs
    return tables, told


def _addresses(homes: pd.DataFrame, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Addresses as they are written."""
    order = np.lexsort((homes["y"], homes["x"], homes["area"].astype(str)))
    sorted_homes = homes.iloc[order].reset_index(drop=True)
    frame = pd.DataFrame({
        "id": [f"A{spot + 1:06d}" for spot in range(len(homes))],
        "residents": sorted_homes["residents"],
        "age_0_5": sorted_homes["age_0_5"],
        "age_6_11": sorted_homes["age_6_11"],
        "age_12_17": sorted_homes["age_12_14"] + sorted_homes["age_15_17"],
        "age_18_64": sorted_homes["age_18_64"],
        "age_65_plus": sorted_homes["age_65_plus"],
    })  # fmt: skip
    points = shapely.points(sorted_homes[["x", "y"]].to_numpy())
    named = pd.concat([frame, house_numbers(points, streets)], axis=1)
    return gpd.GeoDataFrame(named, geometry=points, crs=CRS)


def _blocks(ground: Ground, vintages: Vintages) -> gpd.GeoDataFrame:
    frame = pd.DataFrame({
        "id": [f"B{spot + 1:06d}" for spot in range(len(ground.blocks))],
        "use": ground.blocks["use"],
        "area": vintages.block_new,
    })  # fmt: skip
    return gpd.GeoDataFrame(frame, geometry=shapely.normalize(ground.blocks["geometry"].to_numpy()), crs=CRS)


def _barriers(barriers: Barriers, vintages: Vintages) -> dict[str, gpd.GeoDataFrame]:
    town = shapely.coverage_union_all(vintages.new.geometry.to_numpy()).buffer(300)
    return {
        name: gpd.GeoDataFrame(
            {"id": [f"{name}-1"], "name": [title]},
            geometry=[shapely.normalize(shapely.set_precision(bed.intersection(town), 0.01))], crs=CRS,
        )
        for name, title, bed in (("river", "Muster", barriers.river_bed), ("railway", "Hauptbahn", barriers.rail_bed))
    }  # fmt: skip


def _park_entrances(ground: Ground, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Points where a street or path meets the rim of a park."""
    parks = ground.blocks.loc[ground.blocks["use"] == "park", "geometry"].to_numpy()
    ends = shapely.get_coordinates(shapely.get_point(streets.geometry.to_numpy(), 0))
    ends = np.unique(
        np.vstack([ends, shapely.get_coordinates(shapely.get_point(streets.geometry.to_numpy(), -1))]), axis=0
    )
    points = shapely.points(ends)
    rim = shapely.boundary(shapely.coverage_union_all(parks)) if len(parks) else shapely.MultiLineString()
    chosen = ends[shapely.dwithin(points, rim, 0.5)][::3]
    frame = pd.DataFrame({"id": [f"park-{spot + 1:04d}" for spot in range(len(chosen))],
                          "name": [f"Parkeingang {spot + 1}" for spot in range(len(chosen))]})  # fmt: skip
    return gpd.GeoDataFrame(frame, geometry=shapely.points(chosen), crs=CRS)


def _truth(roles: Roles, vintages: Vintages, homes: pd.DataFrame, signs: list[dict[str, Any]]) -> dict[str, Any]:
    """What was planted, for tests that ask whether it is found."""
    return {
        "attention": list(roles.attention),
        "worse": [roles.worse],
        "better": [roles.better],
        "programme": {"running": list(roles.programme), "running_new": list(roles.hidden),
                      "ended": list(roles.ended), "waiting": list(roles.placebo)},
        "effect": {"areas": list(roles.programme), "points": dict(EFFECT), "from_year": roles.situation.programme_from},
        "placebo": {"areas": list(roles.placebo), "points": dict.fromkeys(EFFECT, 0.0)},
        "gaps": {key: sorted(ids) for key, ids in roles.gaps.items()},
        "barrier_gap": {"theme": "kita", "area": roles.barrier},
        "outlier": roles.outlier,
        "small": list(roles.small),
        "new_housing": roles.new_housing,
        "reform": vintages.reform,
        "signs": signs,
        "residents_2024": int(homes["residents"].sum()),
        "addresses": len(homes),
    }  # fmt: skip
