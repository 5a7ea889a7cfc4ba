"""The record of a programme area of a city: register, events, deadlines, and what is measured, for one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from qmgis.errors import QmgisError
from qmgis.io.rules.catalogues import code_lists
from qmgis.io.rules.checklists import checklists
from qmgis.lifecycle import record_of
from qmgis.model import City, Text
from qmgis.model.checklist import Checklist
from qmgis.model.record import AreaRecord, Office
from qmgis.model.register import CodeList
from qmgis.runs.programme.lives import figures_of, programme_of
from qmgis.runs.programme.measured import editions_of_data, measured, outlines_on, reached_from
from qmgis.runs.programme.register import costs_of, tables_of
from qmgis.runs.steps import area_layer
from qmgis.runs.years.numbers import series

if TYPE_CHECKING:
    import shapely

__all__ = [
    "areas_known",
    "checklists_of",
    "codes_of",
    "day_of_city",
    "measured_goals",
    "record_for",
    "titles_of",
]


def checklists_of(city: City) -> Mapping[str, Checklist]:
    """Return the checklists that hold for a city: its own before those that ship.

    Examples
    --------
    >>> sorted(checklists_of(toy_city()))
    ['concept', 'conditions', 'readiness', 'standards']
    """
    return checklists(city.checklists)


def day_of_city(city: City) -> date:
    """Return the day that a city's files are about: that of its newest run, else today.

    Examples
    --------
    >>> day_of_city(toy_city())
    datetime.date(2024, 12, 31)
    """
    days = [run.on for run in city.runs.values()]
    return max(days) if days else datetime.now().astimezone().date()


def areas_known(city: City) -> list[str]:
    """Return the ids of all programme areas of a city, sorted.

    Examples
    --------
    >>> from dataclasses import replace
    >>> areas_known(replace(toy_city(), programmes={"quarters": toy_programme()}))
    ['QM-01', 'QM-02', 'QM-03']
    """
    return sorted({str(area) for area in programme_of(city).area_ids})


@lru_cache(maxsize=64)
def record_for(city: City, area: str, on: date) -> AreaRecord:
    """Return everything that is known of one programme area on a day.

    Parameters
    ----------
    city
        As `open_city` gives it.
    area
        The id of a programme area.
    on
        The day; later events, runs and rows do not enter.

    Raises
    ------
    DataError, UnknownKeyError
        If the city has no programme areas, or not this one.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> record = record_for(city, "QM-01", date(2024, 12, 31))
    >>> record.phase, record.editions, record.supplies.index.tolist()
    ('P7', (2022, 2023, 2024), ['kita'])
    """
    layer = programme_of(city)
    record = replace(record_of(layer, area, on, tables=tables_of(city), rules=city.deadlines),
                     shared=costs_of(city, area))  # fmt: skip
    found = measured(city, on)
    outline = outlines_on(layer, on).geometry[area]
    limits = {key: dict(one.limits) for key, one in checklists_of(city).items()}
    return replace(
        record, editions=editions_of_data(city, on), reports=found.reports.get(area, record.reports),
        supplies=found.supplies.get(area, record.supplies),
        office=_office(city, outline, record, limits["conditions"]),
        anchors=_anchors(city, outline, record, limits["readiness"]["anchor_walk_m"]),
        numbers=_numbers(city, area, on), titles=titles_of(city), fund_rules=city.fund_rules,
    )  # fmt: skip


def codes_of(city: City) -> Mapping[str, CodeList]:
    """Return the code lists of a city's registers; those that ship where it has none.

    Examples
    --------
    >>> codes_of(toy_city())["kinds"].title_of("INV").de
    'investiv'
    """
    return code_lists({key: one for layer in city.registers.values() for key, one in layer.codes.items()})


def titles_of(city: City) -> dict[str, Text]:
    """Return what themes, indicators, sources of money and tasks of a city are called, by key.

    Examples
    --------
    >>> titles_of(toy_city())["kita"].en
    'Day care'
    """
    codes = codes_of(city)
    named = {key: one.title for name in ("task_fields", "funding_sources") for key, one in codes[name].codes.items()}
    named |= {key: one.title for table in city.tables.values() for key, one in table.indicators.items()}
    return named | {key: theme.title for key, theme in city.themes.items()}


def measured_goals(city: City, record: AreaRecord) -> pd.DataFrame:
    """Return today's number of every indicator that goals of an area name, with its interval, as it may be shown.

    Returns
    -------
    pd.DataFrame
        Index indicator: ``value``, ``low``, ``high``, ``year``: the newest up to the day of the record.
    """
    keys = sorted({key for key in record.tables["goals"]["indicator"] if isinstance(key, str) and key})
    outline = str(outlines_on(programme_of(city), record.on)["outline"][record.area])
    rows: dict[str, dict[str, Any]] = {}
    for key in keys:
        try:
            frame = series(city, key, of="programme").of_unit(outline)
        except QmgisError:
            continue
        known = frame[(frame["state"] == "ok") & (frame.index <= record.on.year)]
        if len(known):
            rows[key] = {**known.iloc[-1][["value", "low", "high"]], "year": int(known.index[-1])}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high", "year"])


def _office(city: City, outline: shapely.Geometry, record: AreaRecord, limits: Mapping[str, Any]) -> Office | None:
    """Return the site office: of a layer of offices the one inside or nearest, else an anchor that the office runs."""
    layers = [city.places[key] for key in limits["office_layers"] if key in city.places]
    points = pd.concat([layer.frame[["name", "geometry"]] for layer in layers]) if layers else None
    if points is not None and len(points):
        near = points.loc[[points.geometry.distance(outline).idxmin()]]
        if near.geometry.distance(outline).iloc[0] <= limits["office_walk_m"]:
            return next(reached_from(city, outline, near, within_m=limits["office_walk_m"]))
        return None
    organisations = record.tables["organisations"]
    offices = set(organisations.loc[organisations["role"].eq("office"), "organisation"])
    anchors = record.tables["anchors"]
    own = _points(city, anchors[anchors["operator"].isin(offices)])
    return next(reached_from(city, outline, own, within_m=limits["office_walk_m"]), None)


def _anchors(city: City, outline: shapely.Geometry, record: AreaRecord, within_m: float) -> dict[str, Office]:
    points = _points(city, record.tables["anchors"])
    return dict(zip(points.index, reached_from(city, outline, points, within_m=within_m), strict=True))


def _points(city: City, anchors: pd.DataFrame) -> gpd.GeoDataFrame:
    placed = anchors.dropna(subset=["x", "y"])
    spots = gpd.points_from_xy(placed["x"].astype(float), placed["y"].astype(float))
    return gpd.GeoDataFrame({"name": placed["name"].to_numpy()}, geometry=spots,
                            index=pd.Index(placed["anchor"].astype(str), name="place"), crs=city.crs)  # fmt: skip


def _numbers(city: City, area: str, on: date) -> dict[str, float]:
    """Return land and residents of an area by the newest run up to the day, as they may be shown.

    Only on the newest version of the areas: figures of two versions could be subtracted.
    """
    newest = area_layer(city).vintage
    known = [run for run in city.runs.values() if run.year <= on.year and run.vintage == newest]
    runs = sorted(known, key=lambda run: run.year)
    if not runs:
        return {}
    figures = figures_of(city, runs[-1])
    outline = outlines_on(programme_of(city), on)["outline"][area]
    own = figures[figures["outline"].eq(outline) & figures["state"].eq("ok")].set_index("figure")["inside"]
    return {key: float(own[key]) for key in ("land_ha", "residents") if key in own.index}
