"""Cells in polygons: exact against shapely's intersections and against exactextract, in any order of the rows."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.spatial.cover import Grid, pieces, rings
from qmgis.core.spatial.zonal import STATISTICS, values_at, zonal, zonal_classes, zonal_quantiles
from qmgis.errors import DataError, UnknownKeyError

SIDE = 12
GRID = Grid(0, SIDE, 1, 1, SIDE, SIDE)


def blob(rng: np.random.Generator) -> shapely.Polygon:
    """A star with a hole; parts of it may lie outside the grid, some corners on the borders of cells."""
    x, y, radius = *rng.uniform(-2, SIDE + 2, 2), rng.uniform(0.1, SIDE)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 30))
    far = radius * rng.uniform(0.4, 1, 30)
    corners = np.column_stack([x + far * np.cos(angle), y + far * np.sin(angle)])
    corners[::3] = np.round(corners[::3] * 2) / 2
    shape = shapely.make_valid(shapely.Polygon(corners))
    return shapely.difference(shape, shapely.Point(x, y).buffer(radius / 5))


def shares(shapes: pd.Series, *, grid: Grid = GRID, step: int = SIDE) -> np.ndarray:
    """The share of each cell in each polygon, from the pieces of blocks of rows."""
    found = np.zeros((len(shapes), grid.rows, grid.columns))
    edges = rings(shapes, grid)
    for start in range(0, grid.rows, step):
        part = pieces(edges, start, min(start + step, grid.rows))
        np.add.at(found, (part.zone, part.row, part.column), part.share)
        runs = zip(part.run_zone, part.run_row, part.run_start, part.run_stop, part.run_share, strict=True)
        for zone, row, first, stop, share in runs:
            found[zone, row, first:stop] += share
    return found


def cells() -> np.ndarray:
    return shapely.box(
        *np.meshgrid(range(SIDE), range(SIDE - 1, -1, -1)), *np.meshgrid(range(1, SIDE + 1), range(SIDE, 0, -1))
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), step=st.integers(1, SIDE))
def test_shares_are_those_of_intersections(seed: int, step: int):
    rng = np.random.default_rng(seed)
    shapes = pd.Series([blob(rng) for _ in range(3)])
    expected = shapely.area(shapely.intersection(shapes.to_numpy()[:, None, None], cells()))
    np.testing.assert_allclose(shares(shapes, step=step), expected, atol=1e-12)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(3, 3, 7, 9),
        shapely.box(3, 3.3, 7, 9.2),
        shapely.box(3.25, 3.5, 3.75, 3.6),
        shapely.box(-5, -5, 40, 40),
        shapely.box(12, 0, 14, 12),
        shapely.box(-3, 4, 0, 6),
        shapely.box(-3, -3, -1, -1),
        shapely.box(0, 0, 12, 12).difference(shapely.box(2.5, 2.5, 9.5, 9.5)),
        shapely.MultiPolygon([shapely.box(0, 0, 1.5, 1.5), shapely.box(4, 4, 5, 5.25)]),
        shapely.Polygon([(0, 0), (12, 12), (0, 12)]),
        shapely.Polygon([(0, 0), (0, 12), (12, 12)]),
        shapely.Polygon(),
        None,
    ],
)
def test_borders_on_cells_outside_holes_and_nothing(shape):
    expected = 0.0 if shape is None else shapely.area(shapely.intersection(shape, cells()))
    np.testing.assert_allclose(shares(pd.Series([shape], dtype=object))[0], expected, atol=1e-12)


def test_cells_that_are_no_squares():
    grid = Grid(500_000, 5_800_000, 100, 50, 4, 3)
    shape = pd.Series([shapely.box(500_050, 5_799_875, 500_250, 5_799_990)])
    expected = np.array([[0.5, 1, 0.5]]).T @ np.array([[0.8, 1, 0.5, 0]])
    np.testing.assert_allclose(shares(shape, grid=grid, step=2)[0], expected.T, atol=1e-9)


def table(seed: int, *, gaps: bool) -> tuple[np.ndarray, pd.Series]:
    rng = np.random.default_rng(seed)
    values = rng.normal(50, 20, (SIDE, SIDE))
    if gaps:
        values[rng.random(values.shape) < 0.2] = np.nan
    return values, pd.Series([blob(rng) for _ in range(20)], index=[f"{n:02d}" for n in range(20)])


def peer(values: np.ndarray, shapes: pd.Series, what: list[str]) -> pd.DataFrame:
    crs = "EPSG:25832"
    source = NumPyRasterSource(values, 0, 0, SIDE, SIDE, srs_wkt=gpd.GeoSeries(crs=crs).crs.to_wkt())
    return exact_extract(source, gpd.GeoDataFrame(geometry=shapes, crs=crs), what, output="pandas")


def blocks(values: np.ndarray, step: int):
    return ((start, values[start : start + step]) for start in range(0, len(values), step))


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("step", [1, 5, SIDE])
def test_statistics_equal_exactextract(gaps: bool, step: int):
    """To the seven digits of exactextract's shares, which are of single precision."""
    values, shapes = table(4, gaps=gaps)
    found = zonal(blocks(values, step), shapes, grid=GRID, statistics=STATISTICS)
    expected = peer(values, shapes, ["count", "sum", "mean", "min", "max", "stdev"]).set_axis(shapes.index)
    assert found.index.equals(shapes.index)
    for ours, theirs in {"count": "count", "sum": "sum", "mean": "mean", "sd": "stdev"}.items():
        np.testing.assert_allclose(found[ours], expected[theirs], rtol=2e-6, atol=1e-5)
    np.testing.assert_array_equal(found[["min", "max"]], expected[["min", "max"]])


@pytest.mark.parametrize("gaps", [False, True])
def test_sums_are_exact(gaps: bool):
    values, shapes = table(6, gaps=gaps)
    part = shapely.area(shapely.intersection(shapes.to_numpy()[:, None, None], cells()))
    found = zonal(blocks(values, 5), shapes, grid=GRID)
    np.testing.assert_allclose(found["covered"], part.sum(axis=(1, 2)), rtol=1e-12)
    np.testing.assert_allclose(found["sum"], (part * np.nan_to_num(values)).sum(axis=(1, 2)), rtol=1e-11)
    np.testing.assert_allclose(found["count"], (part * ~np.isnan(values)).sum(axis=(1, 2)), rtol=1e-11)


def test_polygons_that_tile_keep_the_total():
    values = np.random.default_rng(2).random((SIDE, SIDE))
    points = shapely.MultiPoint(np.random.default_rng(3).uniform(0, SIDE, (30, 2)))
    whole = shapely.box(0, 0, SIDE, SIDE)
    tiles = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=whole)), whole)
    found = zonal(blocks(values, 4), pd.Series(tiles), grid=GRID)
    assert found["sum"].sum() == pytest.approx(values.sum(), rel=1e-12)
    assert found["covered"].sum() == pytest.approx(values.size, rel=1e-12)


@pytest.mark.parametrize("step", [1, 5, SIDE])
def test_quantiles_equal_exactextract(step: int):
    values, shapes = table(8, gaps=True)
    found = zonal_quantiles(blocks(values, step), shapes, [0.1, 0.5, 0.9], grid=GRID)
    expected = peer(values, shapes, ["quantile(q=0.1)", "median", "quantile(q=0.9)"])
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_classes_count_their_cells():
    values, shapes = table(9, gaps=False)
    kinds = np.where(np.isnan(values), np.nan, np.floor(values / 20))
    kinds[0, 0] = np.nan
    part = shapely.area(shapely.intersection(shapes.to_numpy()[:, None, None], cells()))
    found = zonal_classes(blocks(kinds, 5), shapes, grid=GRID)
    assert list(found) == sorted(set(kinds[~np.isnan(kinds)]))
    for kind in found:
        np.testing.assert_allclose(found[kind], (part * (kinds == kind)).sum(axis=(1, 2)), atol=1e-9)


def test_where_nothing_is_known():
    values = np.full((SIDE, SIDE), np.nan)
    shapes = pd.Series([shapely.box(1, 1, 3, 3), shapely.box(-3, -3, -1, -1)], index=["in", "out"])
    found = zonal([(0, values)], shapes, grid=GRID, statistics=STATISTICS)
    assert found["covered"].tolist() == [4.0, 0.0]
    assert found["count"].tolist() == [0.0, 0.0]
    assert found[["mean", "sd", "min", "max"]].isna().all(axis=None)
    assert zonal_quantiles([(0, values)], shapes, [0.5], grid=GRID).isna().all(axis=None)
    assert zonal_classes([(0, values)], shapes, grid=GRID).shape == (2, 0)


def test_what_stops_it():
    values, shapes = table(1, gaps=False)
    with pytest.raises(DataError, match="shape \\(12, 12\\) from row 1 on and does not fit"):
        zonal([(1, values)], shapes, grid=GRID)
    with pytest.raises(DataError, match="Only polygons can cover cells, but these are others: a \\(1\\)"):
        zonal([(0, values)], pd.Series([shapely.Point(1, 1)], index=["a"]), grid=GRID)
    with pytest.raises(DataError, match="north up"):
        Grid(0, 0, 1, -1, 3, 3)
    with pytest.raises(UnknownKeyError, match='Did you mean "mean"'):
        zonal([(0, values)], shapes, grid=GRID, statistics=["men"])
    with pytest.raises(DataError, match="Quantiles lie from 0 to 1"):
        zonal_quantiles([(0, values)], shapes, [50], grid=GRID)
    with pytest.raises(DataError, match="more than 1000 different values"):
        zonal_classes([(0, np.arange(1200.0).reshape(1, -1))], shapes, grid=Grid(0, 1, 1, 1, 1, 1200))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), step=st.integers(1, SIDE))
def test_values_at_points_are_those_of_their_cells(seed: int, step: int):
    """One point after the other; those beside the grid have none."""
    rng = np.random.default_rng(seed)
    values = rng.random((SIDE, SIDE))
    values[3, 4] = np.nan
    x, y = rng.uniform(-3, SIDE + 3, (2, 60))
    x[0], y[0], x[1] = 4.5, SIDE - 3.5, np.nan
    found = values_at(blocks(values, step), x, y, grid=GRID)
    inside = (x >= 0) & (x < SIDE) & (y > 0) & (y <= SIDE)
    expected = [values[int(SIDE - b), int(a)] if there else np.nan for a, b, there in zip(x, y, inside, strict=True)]
    np.testing.assert_array_equal(found, expected)
    assert np.isnan(found[:2]).all()


@pytest.mark.parametrize("kinds", [[3.0, 7.0, -2.0], [0.5, 1.5, 2.0], [5.0, np.inf], [1.0, 1e9], [np.nan, 4.0]])
def test_classes_of_any_numbers(kinds: list[float]):
    """Whole and close ones are counted without sorting, others are sorted: the same cells come out."""
    values = np.random.default_rng(5).choice(kinds, (SIDE, SIDE))
    found = zonal_classes(blocks(values, 5), pd.Series([shapely.box(0, 0, SIDE, SIDE)]), grid=GRID).loc[0]
    expected = {kind: float((values == kind).sum()) for kind in sorted(kinds) if not np.isnan(kind)}
    assert found.to_dict() == pytest.approx(expected)


def test_shares_of_classes_equal_exactextract():
    values, shapes = np.random.default_rng(6).integers(1, 5, (SIDE, SIDE)).astype(float), table(6, gaps=False)[1]
    counts = zonal_classes(blocks(values, 7), shapes, grid=GRID)
    expected = peer(values, shapes, ["frac", "unique"])
    for name, row in enumerate(expected.itertuples()):
        own = counts.iloc[name] / counts.iloc[name].sum()
        pairs = zip(row.unique, row.frac, strict=True)
        assert {kind: own[kind] for kind in row.unique} == pytest.approx(dict(pairs), rel=1e-5, abs=1e-6)
