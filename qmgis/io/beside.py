"""Tables that lie beside the areas of a run: reports on programme areas, proposed sites, scenarios."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from qmgis.io._cells import csv_text, machine_cell, people_cell, people_title
from qmgis.io._overlays import (
    catchment_columns,
    path_columns,
    proposal_columns,
    scenario_columns,
    scenario_paths,
    scenario_places,
    site_columns,
)
from qmgis.io.around import AROUND
from qmgis.io.targeting import BESIDE
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
            german = key == "csv_de"
            files[f"{stem}_de.csv" if german else f"{stem}.csv"] = _table(frame, columns, german=german)
    return files


def _located(frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    return None if frame is None else frame.assign(x=frame.geometry.x.round(2), y=frame.geometry.y.round(2))


def _measured(frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    return None if frame is None else frame.assign(length_m=frame.length)


def _where(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of the coordinates, in the city's reference system."""
    crs = outcome.areas.frame.crs.to_string()
    return tuple(Column(axis, words(f"exports.site_{axis}", crs=crs), "number", digits=2) for axis in ("x", "y"))


def _table(frame: pd.DataFrame, columns: tuple[Column, ...], *, german: bool) -> bytes:
    rows = frame[[column.key for column in columns]].itertuples(index=False)
    if german:
        cells = [[people_cell(value, one, "de") for value, one in zip(row, columns, strict=True)] for row in rows]
        heads = [people_title(column, "de") for column in columns]
        return csv_text([heads, *cells], delimiter=";", newline="\r\n").encode("utf-8-sig")
    cells = [[machine_cell(value, one) for value, one in zip(row, columns, strict=True)] for row in rows]
    return csv_text([[column.key for column in columns], *cells], delimiter=",", newline="\n").encode()
