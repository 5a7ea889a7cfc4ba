"""A run beside the programme areas of its city: columns of the table, guarded, and the targeting report."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache

import geopandas as gpd
import pandas as pd

from qmgis.model import (
    PROGRAMME_STATES,
    AreaLayer,
    AreaResult,
    City,
    Column,
    ProgrammeLayer,
    ResidentLayer,
    Run,
    Text,
    words,
)
from qmgis.runs.serving import residents_of
from qmgis.runs.steps import population_of
from qmgis.targeting import COVERED, SLIVER, overlaps, report

__all__ = ["Funded", "funded_of", "joined", "living_at", "parameters_of"]


@dataclass(frozen=True, eq=False)
class Funded:
    """The programme areas beside the areas of a run: ``table`` and ``states`` join the run's, ``targeting`` counts."""

    layer: ProgrammeLayer
    table: pd.DataFrame
    columns: tuple[Column, ...]
    states: pd.Series
    targeting: pd.DataFrame


def funded_of(city: City, areas: AreaLayer, index: AreaResult, run: Run) -> Funded | None:
    """Return which areas of a run lie in programme areas on its day; None where the city has none.

    Examples
    --------
    >>> city = toy_city()
    >>> funded_of(city, city.areas, toy_outcome().index, city.run("mss-2024")) is None
    True
    """
    layer = joined(city)
    if layer is None:
        return None
    limits, residents = city.secrecy, living_at(city)
    found = overlaps(areas, layer, on=run.on, residents=residents, min_base=limits.min_base)
    table = pd.DataFrame(
        {
            "programme": found["programme"],
            "programme_share": found["current"].mask(found["too_few"]),
            "programme_basis": found["basis"],
            "programme_names": found["names"].astype(object).where(found["names"].notna(), None),
        }
    )
    states = found["too_few"].map({True: "programme_share=too_small", False: ""}).astype(object)
    return Funded(layer, table, _columns(), states, report(index, found, population_of(city, areas, run.year)))


def living_at(city: City) -> ResidentLayer | None:
    """Return the points with residents of all ages that a city knows best; None where it has none."""
    if any("residents" in layer.groups for layer in city.residents.values()):
        return residents_of(city, "residents")
    return None


def parameters_of(city: City, run: Run) -> dict[str, object]:
    """Return what of the recipe is about programme areas; nothing where the city has none."""
    if not city.programmes:
        return {}
    residents = living_at(city)
    said = {
        "layers": sorted(city.programmes), "on": run.on.isoformat(), "sliver": SLIVER, "covered": COVERED,
        "residents": residents.key if residents else None,
    }  # fmt: skip
    return {"programme": said}


@lru_cache(maxsize=8)
def joined(city: City) -> ProgrammeLayer | None:
    """Return all programme areas of a city as one layer; ids that come up again carry the key of their layer.

    Examples
    --------
    >>> joined(toy_city()) is None
    True
    """
    layers = [city.programmes[key] for key in sorted(city.programmes)]
    if len(layers) < 2:
        return layers[0] if layers else None
    ids = pd.Series([area for layer in layers for area in {*layer.frame.index, *layer.area_ids}])
    again = set(ids[ids.duplicated()])
    parts = [_told_apart(layer, again) for layer in layers]
    whole = gpd.GeoDataFrame(pd.concat([part.frame for part in parts]), crs=city.crs)
    whole.index = whole.index.rename("programme_area")
    if "area" in whole:
        whole["area"] = whole["area"].where(whole["area"].notna(), whole.index)
    if "legal_basis" in whole:
        whole["legal_basis"] = whole["legal_basis"].fillna("")
    credit = "; ".join(dict.fromkeys(layer.credit for layer in layers if layer.credit))
    events = tuple(event for part in parts for event in part.events)
    return ProgrammeLayer("programme", words("words.programmes"), whole, credit=credit, events=events)


def _told_apart(layer: ProgrammeLayer, again: Collection[str]) -> ProgrammeLayer:
    """Return a layer with its key before the ids that stand in another layer too."""
    new = {area: f"{layer.key}:{area}" if area in again else area for area in {*layer.frame.index, *layer.area_ids}}
    frame = layer.frame.rename(index=new).assign(area=layer.area_ids.map(new).to_numpy())
    frame = frame if "area" in layer.frame else frame.drop(columns="area")
    events = [
        replace(event, programme_area=new.get(event.programme_area, event.programme_area),
                others=tuple(new.get(area, area) for area in event.others))
        for event in layer.events
    ]  # fmt: skip
    return replace(layer, frame=frame, events=tuple(events))


def _columns() -> tuple[Column, ...]:
    states: dict[str, Text] = {state: words(f"words.programme_{state}") for state in PROGRAMME_STATES}
    bases = {basis: words(f"runs.programme_basis_{basis}") for basis in ("residents", "land")}
    return (
        Column("programme", words("runs.programme"), "code", codes=states, note=words("runs.programme_note")),
        Column("programme_share", words("runs.programme_share"), "share", digits=1,
               note=words("runs.programme_share_note")),
        Column("programme_basis", words("runs.programme_basis"), "code", codes=bases),
        Column("programme_names", words("runs.programme_names"), "text", note=words("runs.programme_names_note")),
    )  # fmt: skip
