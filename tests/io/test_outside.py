"""Files that lie elsewhere: the one that is wrong is named, with the system it was read in and where it lies."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from qmgis.io.city.newcity import new_city
from tests.spoilt import AREAS, RESIDENTS, areas_from, check, data, data_file, layer


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def areas_in(town: Path, zone: str, *, said: str) -> None:
    """Write the areas in the coordinates of one zone, as a file that names another."""
    frame = gpd.read_file(data_file(town, AREAS)).to_crs(zone)
    frame.set_crs(said, allow_override=True).to_file(data_file(town, "areas.gpkg"), driver="GPKG")
    areas_from(town, "areas.gpkg")


def test_areas_that_every_layer_misses_are_to_blame(town):
    areas_in(town, "EPSG:25833", said="EPSG:25832")
    (error,) = check(town, "de").errors
    assert error.startswith("town/areas.gpkg: Keine andere Ebene liegt bei den Gebieten (town/kitas.csv, town/resi")
    assert "wurden als EPSG:25832 gelesen, sehen aber aus wie EPSG:25833." in error
    (error,) = check(town, "en").errors
    assert error.startswith("town/areas.gpkg: No other layer lies near the areas (town/kitas.csv, town/resi")


def test_a_zone_that_could_be_wrong_on_either_side_is_sought_where_the_city_does_not_have_it(town):
    """Points that lie 6 degrees off fit a wrong zone of theirs as well as one of the areas."""
    for name in ("kita.toml", "residents.toml"):
        layer(town, name, "EPSG:25832", "EPSG:25833")
    errors = check(town, "en").errors
    assert [error.split(":")[0] for error in errors] == ["town/kitas.csv", "town/residents_2024.csv"]
    assert all("read as EPSG:25833, but look like EPSG:25832." in error for error in errors)


def test_points_elsewhere_say_where_they_lie(town):
    """The points of another city, in the right system: only their place can tell."""
    data(town, RESIDENTS, "^51", "61")
    (error,) = check(town, "de").errors
    assert "Keiner der 64 Punkte liegt bei den Gebieten. Gelesen liegt die Mitte bei 51,45° N, 10,63° O, " in error
    assert "der Abstand beträgt mindestens 98 km. Gehört die Datei zu dieser Stadt?" in error
    (error,) = check(town, "en").errors
    assert "the middle lies at 51.45° N, 10.63° E, at least 98 km away. Does the file belong to this city?" in error
