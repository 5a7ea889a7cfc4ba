"""Rasters as indicators: equal to exactextract and to sums over intersections, in any system, read in parts."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from pyproj import CRS

from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.io.indicators import rasters
from qmgis.model import City

WEST, NORTH, CELL = 511_950.0, 5_702_650.0, 13.0
NODATA = -9999.0


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def grid(*, gaps: bool = False, classes: int = 0) -> np.ndarray:
    rng = np.random.default_rng(7)
    values = rng.normal(50, 20, (220, 200)) if not classes else rng.integers(1, classes + 1, (220, 200)).astype(float)
    if gaps:
        values[rng.random(values.shape) < 0.1] = NODATA
    return values


def tif(town: Path, values: np.ndarray, *, crs: str | None = "EPSG:25832", place: Affine | None = None,
        nodata: float | None = NODATA, **more: object) -> Path:  # fmt: skip
    file = town / "data" / "town" / "own.tif"
    place = place or Affine(CELL, 0, WEST, 0, -CELL, NORTH)
    with rasterio.open(
        file, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=str(values.dtype),
        crs=crs, transform=place, nodata=nodata, **more,
    ) as sink:  # fmt: skip
        sink.write(values, 1)
    return file


def indicator(town: Path, edition: str, *, measure: str = "mean", unit: str = "index") -> None:
    text = f'kind = "indicator"\ntitle = "own"\nmeasure = "{measure}"\nunit = "{unit}"\ndirection = 1\nlicence = "-"\n'
    text += 'credit = "-"\n[[edition]]\nyear = 2024\nvintage = "town-2024"\nsource = "raster"\npath = "town/own.tif"\n'
    (town / "layers" / "town" / "own.toml").write_text(text + edition + "\n", "utf-8")


def values_of(city: City) -> pd.Series:
    return city.tables["town-2024"].of_year(2024)["own"]


def peer(file: Path, city: City, what: str, system: str | None = None) -> pd.Series:
    areas = city.areas.frame[["geometry"]]
    areas = areas.to_crs(system) if system else areas
    found = exact_extract(str(file), areas.reset_index(), [what], include_cols="area", output="pandas")
    return found.set_index("area").iloc[:, 0]


@pytest.mark.parametrize("statistic", ["mean", "sum", "min", "max"])
@pytest.mark.parametrize("most", [None, 1_000])
def test_statistics_are_those_of_exactextract(town, monkeypatch, statistic, most):
    """Its shares are of single precision: equal to about 1e-7; to 1e-12 in core, against intersections."""
    if most:
        monkeypatch.setattr(rasters, "MOST", most)
    file = tif(town, grid(gaps=True))
    indicator(town, f'statistic = "{statistic}"')
    city = open_city(town)
    pd.testing.assert_series_equal(values_of(city), peer(file, city, statistic), check_names=False, rtol=1e-6)


def test_sums_are_those_of_intersections(town):
    """To 1e-9: each cell cut with each area by another library."""
    values = grid()[:25, :25]
    tif(town, values, place=Affine(115, 0, 511_900, 0, -115, 5_702_700))
    indicator(town, 'statistic = "sum"')
    city = open_city(town)
    west, north = 511_900 + 115 * np.arange(25), 5_702_700 - 115 * np.arange(25)
    cells = shapely.box(west[None, :], north[:, None] - 115, west[None, :] + 115, north[:, None])
    shapes = city.areas.frame.geometry.to_numpy()[:, None, None]
    expected = (shapely.area(shapely.intersection(shapes, cells)) / 115**2 * values).sum(axis=(1, 2))
    np.testing.assert_allclose(values_of(city), expected, rtol=1e-9)


def test_quantiles_classes_and_their_shares(town):
    file = tif(town, grid())
    indicator(town, 'statistic = "quantile"\nquantile = 0.9')
    city = open_city(town)
    np.testing.assert_allclose(values_of(city), peer(file, city, "quantile(q=0.9)"), rtol=1e-5)
    file = tif(town, grid(classes=3, gaps=True))
    indicator(town, 'statistic = "share"\nclasses = [1, 3]', measure="share", unit="percent")
    city = open_city(town)
    areas = city.areas.frame.reset_index()[["area", "geometry"]]
    frac = exact_extract(str(file), areas, ["frac", "unique"], include_cols="area", output="pandas").set_index("area")
    expected = [sum(f for f, u in zip(row.frac, row.unique, strict=True) if u in (1, 3)) for row in frac.itertuples()]
    np.testing.assert_allclose(values_of(city), expected, rtol=1e-6)
    indicator(town, 'statistic = "majority"')
    np.testing.assert_array_equal(values_of(open_city(town)), peer(file, city, "majority"))
    indicator(town, 'statistic = "share"\nclasses = [1, 3]', unit="percent")
    np.testing.assert_allclose(values_of(open_city(town)), 100 * np.array(expected), rtol=1e-6)


def test_outlines_go_into_the_system_of_the_raster(town):
    box = open_city(town).areas.frame.to_crs("EPSG:3035").total_bounds
    west, north = box[0] - 55, box[3] + 55
    file = tif(town, grid(), crs="EPSG:3035", place=Affine(20, 0, west, 0, -20, north))
    indicator(town, 'statistic = "mean"')
    city = open_city(town)
    np.testing.assert_allclose(values_of(city), peer(file, city, "mean", "EPSG:3035"), rtol=1e-6)


def test_a_declared_system_and_scaled_numbers(town):
    file = tif(town, np.round(grid()).astype("int16"), crs=None, nodata=-1)
    with rasterio.open(file, "r+") as sink:
        sink.scales, sink.offsets = (0.5,), (10.0,)
    indicator(town, 'statistic = "mean"\ncrs = "EPSG:25832"')
    city = open_city(town)
    with rasterio.open(file, "r+") as sink:
        sink.scales, sink.offsets, sink.crs = (1.0,), (0.0,), "EPSG:25832"
    np.testing.assert_allclose(values_of(city), peer(file, city, "mean") * 0.5 + 10, rtol=1e-6)


def test_what_is_not_known_is_missing_and_told(town):
    """The raster ends amid the second column of areas; special values are no values."""
    values = grid()
    values[:50, :] = -1
    tif(town, values[:, :80], nodata=None)
    indicator(town, 'statistic = "mean"\nmissing = [-1]')
    loaded = load(town)
    found = values_of(open_city(town))
    frame = open_city(town).areas.frame
    inside = shapely.box(WEST, NORTH - 220 * CELL, WEST + 80 * CELL, NORTH - 50 * CELL)
    known = frame.geometry.intersection(inside).area / frame.geometry.area
    assert found.notna().tolist() == (known >= 0.5).tolist()
    states = open_city(town).tables["town-2024"].of_year(2024, what="states")["own"]
    assert set(states[known < 0.5]) == {"missing"}
    said = " ".join(problem.say("en") for problem in loaded.problems)
    assert f"{(known < 0.5).sum()} of 16 areas stay without a value" in said
    assert f"In {((known >= 0.5) & (known < 0.999)).sum()} of 16 areas a part of the land has no value" in said
    assert "no data" not in said


def test_cells_count_by_the_people_who_live_there(town):
    file = tif(town, grid())
    indicator(town, 'statistic = "mean"\nweight = "residents"')
    city = open_city(town)
    people = city.residents["residents"].frame
    with rasterio.open(file) as source:
        at = [next(source.sample([(point.x, point.y)]))[0] for point in people.geometry]
    owner = gpd.sjoin(people, city.areas.frame[["geometry"]], predicate="within")["area"]
    rows = people.assign(at=at)[people["residents"].notna()]
    up, down = (rows["at"] * rows["residents"]).groupby(owner).sum(), rows["residents"].groupby(owner).sum()
    np.testing.assert_allclose(values_of(city), (up / down).reindex(values_of(city).index), rtol=1e-9)


def test_memory_is_bounded_by_blocks_of_rows(town, monkeypatch):
    """A raster of 64 million numbers as 512 MB of floats; not more than a few blocks of it are held."""
    monkeypatch.setattr(rasters, "MOST", 1 << 18)
    side = 4_000
    values = np.zeros((side, side), "uint8")
    cell = 2_600 / side
    tif(town, values, place=Affine(cell, 0, WEST, 0, -cell, NORTH), nodata=255, compress="deflate", tiled=True)
    indicator(town, 'statistic = "mean"')
    load(town)  # what is loaded once does not count
    tracemalloc.start()
    load(town)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 40e6 < 8 * side**2


@pytest.mark.parametrize(
    ("edition", "sentence"),
    [
        ("", 'The key "statistic" is missing'),
        ('statistic = "median"', "statistic"),
        ('statistic = "share"', 'The key "classes" is missing'),
        ('statistic = "mean"\nclasses = [1]', '"classes" goes with statistic = "share" only'),
        ('statistic = "quantile"\nquantile = 90', "a number from 0 to 1"),
        ('statistic = "mean"\nvalue = "A"', '"value" does not go with source = "raster"'),
        ('statistic = "mean"\nid = "A"', '"id" does not go with source = "raster"'),
        ('statistic = "mean"\nweight = "residants"', 'no layer of residents "residants"'),
        ('statistic = "mean"\nband = 2', "has no band 2"),
    ],
)
def test_what_the_keys_of_a_raster_owe_each_other(town, edition, sentence):
    tif(town, grid())
    indicator(town, edition)
    said = [problem.say("en") for problem in load(town).problems if problem.level == "error"]
    assert len(said) == 1, said
    assert sentence in said[0]


def test_a_mean_by_people_who_are_not_known_is_none(town):
    """A layer with faults, or with age groups only, is no reason to count every cell alike."""
    tif(town, grid())
    indicator(town, 'statistic = "mean"\nweight = "residents"')
    file = town / "layers" / "town" / "residents.toml"
    good = file.read_text("utf-8")
    file.write_text(good.replace("residents_2024.csv", "nothing.csv"), "utf-8")
    loaded = load(town)
    assert "own" not in loaded.tables["town-2024"].indicators
    assert [problem.file for problem in loaded.problems if problem.level == "error"] == ["town/nothing.csv"]
    file.write_text(good.replace('residents = "Einwohner"\n', ""), "utf-8")
    said = [problem.say("en") for problem in load(town).problems if problem.level == "error"]
    assert len(said) == 1
    assert 'no layer of residents "residents"' in said[0]


def test_a_system_of_another_part_of_the_world_has_no_area(town):
    tif(town, grid(), crs="EPSG:2193")
    indicator(town, 'statistic = "mean"')
    said = [problem.say("en") for problem in load(town).problems if problem.level == "error"]
    assert len(said) == 1
    assert "no value in any area" in said[0]


def test_keys_of_rasters_do_not_go_with_tables(town):
    file = town / "layers" / "town" / "population.toml"
    file.write_text(file.read_text("utf-8") + 'statistic = "mean"\n', "utf-8")
    said = [problem.say("en") for problem in load(town).problems if problem.level == "error"]
    assert '"statistic" does not go with source' in said[0]


@pytest.mark.realdata
def test_the_census_on_the_areas_of_berlin(tmp_path, realdata):
    """Residents of cells of 1 km, in another system, summed over 542 areas."""
    folder = tmp_path / "berlin"
    folder.mkdir()
    (folder / "city.toml").write_text('title = "Berlin"\nlang = "de"\ncrs = "EPSG:25833"\n', "utf-8")
    shipped = Path(__file__).parents[2] / "layers" / "berlin" / "plr_2021.toml"
    (folder / "plr_2021.toml").write_text(shipped.read_text("utf-8"), "utf-8")
    text = 'kind = "indicator"\ntitle = "Zensus"\nmeasure = "count"\nunit = "persons"\nlicence = "-"\ncredit = "-"\n'
    text += '[[edition]]\nyear = 2022\nvintage = "plr-2021"\nsource = "raster"\nstatistic = "sum"\nmissing = [-1]\n'
    text += 'path = "berlin/derived/zensus2022_berlin_1km_einwohner.tif"\n'
    (folder / "own.toml").write_text(text, "utf-8")
    city = open_city(folder, data=realdata)
    found = city.tables["plr-2021"].of_year(2022)["own"]
    with rasterio.open(realdata / "berlin/derived/zensus2022_berlin_1km_einwohner.tif") as source:
        cells = source.read(1).astype(float)
        west, north = source.transform.c, source.transform.f
    cells[cells == -1] = np.nan
    south, east = north - 1000 * cells.shape[0], west + 1000 * cells.shape[1]
    source = NumPyRasterSource(cells, west, south, east, north, srs_wkt=CRS("EPSG:3035").to_wkt())
    areas = city.areas.frame[["geometry"]].to_crs("EPSG:3035").reset_index()
    expected = exact_extract(source, areas, ["sum"], include_cols="area", output="pandas").set_index("area")["sum"]
    known = found.notna()
    assert known.sum() > 530
    np.testing.assert_allclose(found[known], expected[known], rtol=1e-4, atol=1e-3)
