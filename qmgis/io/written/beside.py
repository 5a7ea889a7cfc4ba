"""Tables that lie beside the areas of a run: reports on programme areas, proposed sites, scenarios."""

from __future__ import annotations

import geopandas as gpd

from qmgis.io.written.around import AROUND
from qmgis.io.written.overlays import (
    catchment_columns,
    path_columns,
    proposal_columns,
    scenario_columns,
    scenario_paths,
    scenario_places,
    site_columns,
)
from qmgis.io.written.reports import machine_csv, people_csv
from qmgis.io.written.targeting import BESIDE
from qmgis.model import Column, Outcome, Text, words

__all__ = ["beside"]

_LENGTH = Column("length_m", words("exports.path_length"), "metres", Text("m", "m"), 0)


def beside(outcome: Outcome, key: str) -> dict[str, bytes]:
    """Return the files that go with a format, by name: ``csv`` for machines, ``csv_de`` for people; else none.

    Examples
    --------
    >>> beside(toy_outcome(), "csv")
    {}
    """
    if key not in BESIDE:
        return {}
    reports = ((outcome.targeting, BESIDE), (outcome.around, AROUND))
    files = {named[key][0]: named[key][1](outcome) for table, named in reports if table is not None}
    tables: dict[str, tuple[gpd.GeoDataFrame | None, tuple[Column, ...]]] = {
        "catchments": (outcome.catchments, catchment_columns(outcome)),
        "proposals": (outcome.proposals, proposal_columns(outcome)),
        "scenario": (outcome.scenario, scenario_columns(outcome)),
        "scenario_places": (_located(scenario_places(outcome)), (*site_columns(outcome), *_where(outcome))),
        "scenario_paths": (_measured(scenario_paths(outcome)), (*path_columns(outcome), _LENGTH)),
    }
    for stem, (frame, columns) in tables.items():
        if frame is not None:
            name, made = (f"{stem}_de.csv", people_csv) if key == "csv_de" else (f"{stem}.csv", machine_csv)
            files[name] = made(frame, columns)
    return files


def _located(frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    return None if frame is None else frame.assign(x=frame.geometry.x.round(2), y=frame.geometry.y.round(2))


def _measured(frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    return None if frame is None else frame.assign(length_m=frame.length)


def _where(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of the coordinates, in the city's reference system."""
    crs = outcome.areas.frame.crs.to_string()
    return tuple(Column(axis, words(f"exports.site_{axis}", crs=crs), "number", digits=2) for axis in ("x", "y"))
