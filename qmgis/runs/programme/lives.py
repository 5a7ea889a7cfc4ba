"""The programme areas of a city on a day: which they are, which deadlines stand, what lies in them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from qmgis.errors import DataError
from qmgis.lifecycle import TOLERANCE_M, areas_on, check_points, deadlines, house_numbers, key_figures
from qmgis.model import City, ProgrammeLayer, ResidentLayer, Run
from qmgis.runs.programme.targeted import joined, living_at
from qmgis.runs.secrecy.veiled import veiled
from qmgis.runs.steps import area_layer

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["addresses_of", "areas_of", "deadlines_of", "figures_of", "located", "programme_of", "streets_of"]


def programme_of(city: City) -> ProgrammeLayer:
    """Return all programme areas of a city as one layer.

    Raises
    ------
    DataError
        If the city has none.

    Examples
    --------
    >>> from dataclasses import replace
    >>> programme_of(replace(toy_city(), programmes={"quarters": toy_programme()})).key
    'programme'
    """
    layer = joined(city)
    if layer is None:
        raise DataError(
            f'{city.key} has no programme areas; add a layer with kind = "programme" (docs/own-data.md).',
            de=f'{city.key} hat keine Fördergebiete; eine Ebene mit kind = "programme" ergänzen (docs/own-data.md).',
        )
    return layer


def areas_of(city: City, day: date) -> gpd.GeoDataFrame:
    """Return the areas that are programme areas on a day (`qmgis.lifecycle.areas_on`).

    Examples
    --------
    >>> from dataclasses import replace
    >>> areas_of(replace(toy_city(), programmes={"quarters": toy_programme()}), date(2024, 12, 31)).index.tolist()
    ['QM-01']
    """
    return areas_on(programme_of(city), day)


def deadlines_of(city: City, day: date) -> pd.DataFrame:
    """Return the deadlines that stand on a day, by the rules of the city (`qmgis.lifecycle.deadlines`).

    Examples
    --------
    >>> from dataclasses import replace
    >>> len(deadlines_of(replace(toy_city(), programmes={"quarters": toy_programme()}), date(2024, 12, 31)))
    0
    """
    return deadlines(programme_of(city), day, rules=city.deadlines)


def figures_of(city: City, run: Run, *, outlines: ProgrammeLayer | None = None) -> pd.DataFrame:
    """Return the key figures of all programme areas in a run's year and areas (`qmgis.lifecycle.key_figures`).

    What a run hides so that its sums give nothing away is in no sum of these either. Residents and age groups are told
    on the newest version of the areas only: those of two versions could be subtracted.

    Parameters
    ----------
    city, run
        As `open_city` gives it, and one of its runs.
    outlines
        Other outlines, such as proposals (`qmgis.lifecycle.lone`), all in one call: they are guarded together.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> figures_of(city, city.run("mss-2024"))["figure"].unique().tolist()[:3]
    ['land_ha', 'residents', 'age_0_5']
    """
    people = living_at(city)
    found = key_figures(
        programme_of(city) if outlines is None else outlines, city.area_layers[run.vintage], residents=people,
        table=veiled(city).tables[run.vintage], year=run.year, secrecy=city.secrecy,
    )  # fmt: skip
    if people is None or run.vintage == area_layer(city).vintage:
        return found
    return found[~found["figure"].isin(people.groups)].reset_index(drop=True)


def located(city: City, points: gpd.GeoSeries, day: date, *, tolerance_m: float = TOLERANCE_M) -> pd.DataFrame:
    """Return for each point whether it lies in a programme area of a day (`qmgis.lifecycle.check_points`).

    Examples
    --------
    >>> from dataclasses import replace
    >>> import geopandas as gpd
    >>> points = gpd.GeoSeries.from_xy([560900.0], [5700200.0], crs="EPSG:25832")
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> located(city, points, date(2024, 12, 31))["position"].tolist()
    ['inside']
    """
    return check_points(points, programme_of(city), day, tolerance_m=tolerance_m)


def addresses_of(city: City) -> ResidentLayer:
    """Return the newest layer of residents that has streets.

    Raises
    ------
    DataError
        If no layer of the city has any.

    Examples
    --------
    >>> addresses_of(toy_city())
    Traceback (most recent call last):
    ...
    qmgis.errors.DataError: toy has no addresses with streets; name the columns as street and number in a layer ...
    """
    known = [one for one in city.residents.values() if one.addresses is not None]
    if not known:
        raise DataError(
            f"{city.key} has no addresses with streets; name the columns as street and number in a layer with "
            'kind = "residents" (docs/own-data.md).',
            de=f"{city.key} hat keine Adressen mit Straßen; in einer Ebene mit kind = "
            '"residents" die Spalten als street und number nennen (docs/own-data.md).',
        )
    return max(known, key=lambda one: one.year or 0)


def streets_of(city: City, area: str, day: date) -> pd.DataFrame:
    """Return the street list of a programme area on a day (`qmgis.lifecycle.house_numbers`).

    Examples
    --------
    >>> from dataclasses import replace
    >>> people = toy_city().residents["addresses"]
    >>> named = pd.DataFrame({"street": "Ring", "number": "7"}, index=people.frame.index)
    >>> city = replace(toy_city(), residents={"addresses": replace(people, addresses=named)},
    ...                programmes={"quarters": toy_programme()})
    >>> streets_of(city, "QM-01", date(2024, 12, 31))[["street", "odd", "addresses"]].to_numpy().tolist()
    [['Ring', '7', 24]]
    """
    return house_numbers(addresses_of(city), programme_of(city), day, area=area)
