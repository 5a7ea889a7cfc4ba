"""People of blocks, areas and cells on buildings and addresses: nobody lost, nobody made, everybody told."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.model import City
from qmgis.model.where import area_of
from qmgis.runs.compute import compute
from qmgis.runs.serving import residents_of
from tests.spoilt import check, layer

WEST, SOUTH = 512_000, 5_702_000
HEAD = 'licence = "CC0 1.0"\ncredit = "{credit}"\n'


@pytest.fixture
def town(tmp_path) -> Path:
    """The sample city without its own residents."""
    town = new_city(tmp_path / "town")
    (town / "layers" / "town" / "residents.toml").unlink()
    layer(town, "city.toml", '^group = "age_0_5".*$', 'group = "residents"')
    return town


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    return shapely.box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def put(town: Path, name: str, frame: gpd.GeoDataFrame, keys: str, *, source: str = "vector") -> None:
    """Add a layer of residents with its file."""
    frame.to_file(town / "data" / "town" / f"{name}.gpkg")
    text = f'kind = "residents"\ntitle = "{name}"\nsource = "{source}"\npath = "town/{name}.gpkg"\n'
    text += HEAD.format(credit=name) + keys
    (town / "layers" / "town" / f"{name}.toml").write_text(text, "utf-8")


def features(shapes: list[shapely.Geometry], **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:25832")


def blocks(town: Path) -> None:
    """Four blocks: two with buildings, one without, one empty; children of the second are secret."""
    shapes = [box(0, 0, 100, 100), box(100, 0, 100, 100), box(200, 0, 100, 100), box(300, 0, 100, 100)]
    columns = {"id": ["b1", "b2", "b3", "b4"], "n": ["90", "60", "25", "0"], "kids": ["9", ".", "5", "0"]}
    keys = 'id = "id"\norigin_type = "area"\nresidents = "n"\nyear = 2024\n[groups]\nage_0_5 = "kids"\n'
    put(town, "blocks", features(shapes, **columns), keys)


def buildings(town: Path, keys: str = 'weight = [["footprint", "floors"], "footprint"]\n') -> None:
    """Two buildings of the first block, three of the second (one without floors), one in no block."""
    shapes = [
        box(10, 10, 10, 10),
        box(40, 10, 20, 10),
        box(110, 10, 10, 10),
        box(140, 10, 10, 20),
        box(170, 10, 30, 10),
    ]
    columns = {"id": list("abcdx"), "floors": [4, 1, 5, None, 2], "kind": ["home"] * 5}
    shapes[-1] = box(900, 900, 10, 10)
    put(town, "houses", features(shapes, **columns), f'id = "id"\norigin_type = "building"\nspread = "blocks"\n{keys}')


def test_people_of_blocks_share_floor_space_else_the_footprint(town):
    blocks(town)
    buildings(town)
    city = open_city(town)
    found = city.residents["houses"]
    people = found.frame["residents"]
    # Block 1: 100 m² x 4 and 200 m² x 1; block 2 lacks floors at one house: 100 m² and 200 m²
    assert people[["a", "b", "c", "d"]].tolist() == pytest.approx([60, 30, 20, 40], abs=1e-9)
    assert "x" not in people.index
    assert people.sum() == pytest.approx(175, abs=1e-9)
    assert found.frame.loc["area-b3", "residents"] == 25
    assert found.frame.geometry["area-b3"].within(box(200, 0, 100, 100))
    assert found.frame["age_0_5"][["a", "b"]].tolist() == pytest.approx([6, 3])
    assert found.frame["age_0_5"][["c", "d"]].isna().all(), "secret is not zero"
    assert (found.origin_type, found.spread, found.year) == ("building", "blocks", 2024)
    how, aside = (note.en for note in found.notes)
    assert how == (
        'People of "blocks" divided among 4 buildings, not counted there; weight (share of the people): '
        "footprint × floors (60.0%), footprint (40.0%)."
    )
    assert "its 25 persons (14.3%) stand at one spot inside: b3" in aside
    assert "houses" in found.credit
    assert "blocks" in found.credit


def test_the_recipe_of_a_run_follows_whose_people_were_laid(town):
    blocks(town)
    buildings(town)
    outcome = compute(open_city(town), "mss-2024")
    before = outcome.recipe
    assert "houses; blocks (CC0 1.0)" in outcome.credits
    assert {"town/blocks.gpkg", "town/houses.gpkg"} <= {file.path for file in before.inputs}
    layer(town, "blocks.toml", 'residents = "n"', 'residents = "kids"')
    assert compute(open_city(town), "mss-2024").recipe.id != before.id


def test_without_a_weight_addresses_share_alike_and_few_people_are_not_told(town):
    blocks(town)
    file = town / "data" / "town" / "blocks.gpkg"
    gpd.read_file(file).replace({"n": {"25": "2"}}).to_file(file)
    points = features([shapely.Point(WEST + 10, SOUTH + 10), shapely.Point(WEST + 20, SOUTH + 10),
                       shapely.Point(WEST + 150, SOUTH + 10)])  # fmt: skip
    put(town, "points", points, 'origin_type = "address"\nspread = "blocks"\n')
    found = open_city(town).residents["points"]
    assert found.frame["residents"].tolist() == [45, 45, 60, 2]
    assert "its few persons" in found.notes[1].en
    assert "2" not in found.notes[1].en.replace("b2", "")


def test_people_of_areas_come_from_their_indicators(town):
    keys = 'origin_type = "building"\nspread = "areas"\nweight = "dwellings"\nresidents = "population"\nyear = 2024\n'
    spots = [shapely.Point(WEST + 10 + 40 * n, SOUTH + 10 + 7 * n) for n in range(20)]
    put(town, "houses", features(spots, dwellings=list(range(20))), keys)
    city = open_city(town)
    table = city.tables["town-2024"].of_year(2024)["population"]
    owner = gpd.sjoin(city.residents["houses"].frame, city.areas.frame[["geometry"]], predicate="intersects")
    people = city.residents["houses"].frame["residents"].groupby(owner["area"]).sum()
    pd.testing.assert_series_equal(people, table.sort_index(), check_names=False, rtol=1e-12)


@pytest.mark.parametrize("system", ["EPSG:25832", "EPSG:3035"])
def test_cells_of_a_grid_are_laid_on_the_buildings_inside(town, system):
    middles = gpd.GeoSeries(shapely.points([WEST, WEST + 100], [SOUTH, SOUTH]), crs="EPSG:25832").to_crs(system)
    table = pd.DataFrame({"X": middles.x, "Y": middles.y, "n": ["8", "•"]})
    table.to_csv(town / "data" / "town" / "cells.csv", index=False)
    text = 'kind = "residents"\ntitle = "c"\nsource = "delimited"\npath = "town/cells.csv"\nx = "X"\ny = "Y"\n'
    text += f'crs = "{system}"\norigin_type = "grid"\ncell_m = 100\nresidents = "n"\n' + HEAD.format(credit="c")
    (town / "layers" / "town" / "cells.toml").write_text(text, "utf-8")
    shapes = [box(-30, -5, 10, 10), box(20, 10, 10, 10), box(80, 5, 10, 10), box(400, 0, 9, 9)]
    put(town, "houses", features(shapes), 'origin_type = "building"\nspread = "cells"\nweight = "footprint"\n')
    city = open_city(town)
    assert city.residents["houses"].frame["residents"].tolist() == pytest.approx([4, 4, np.nan], nan_ok=True)
    assert city.residents["cells"].frame["residents"].tolist() == pytest.approx([8, np.nan], nan_ok=True)
    assert residents_of(city, "residents").key == "houses", "cells that were laid on buildings are not asked again"


def test_what_layers_of_residents_owe_each_other(town):
    blocks(town)
    buildings(town)
    own = town / "layers" / "town" / "houses.toml"
    good = own.read_text("utf-8")
    for old, new, sentence in (
        ('spread = "blocks"', 'spread = "block"', 'There is no layer "block".* Did you mean "blocks"'),
        ('spread = "blocks"', 'spread = "houses"', 'There is no layer "houses"'),
        ('spread = "blocks"\n', 'residents = "n"\n', "weight divides the people of other outlines"),
        ('spread = "blocks"', 'spread = "blocks"\nresidents = "n"', 'The groups of the layer "blocks" are divided'),
        ('spread = "blocks"', 'spread = "areas"', 'The areas "areas" count no people'),
        ('spread = "blocks"', 'spread = "areas"\nresidents = "peple"', 'no indicator "peple"'),
        ('spread = "blocks"', 'spread = "areas"\nresidents = "population"\nyear = 1999', "for the year asked for"),
        ('"building"', '"area"', "People are laid on points"),
        ('"floors"]', '"storeys"]', 'no column "storeys"'),
        ("weight = [", "weight = [7, [", "a column or a list of columns"),
    ):
        own.write_text(good.replace(old, new, 1).replace("[7, [[", "[7, ["), "utf-8")
        said = [problem.say("en") for problem in load(town).problems if problem.level == "error"]
        assert any(pd.Series(one).str.contains(sentence)[0] for one in said), (sentence, said)
    own.write_text(good, "utf-8")
    assert load(town).usable


def test_blocks_without_outlines_cannot_be_divided(town):
    blocks(town)
    buildings(town)
    file = town / "data" / "town" / "blocks.gpkg"
    frame = gpd.read_file(file)
    frame.set_geometry(frame.geometry.centroid).to_file(file)
    errors = check(town, "de").errors
    assert len(errors) == 1
    assert 'Die Ebene "blocks" hat keine Flächen' in errors[0]


def test_negative_weights_are_an_error(town):
    blocks(town)
    buildings(town)
    file = town / "data" / "town" / "houses.gpkg"
    gpd.read_file(file).assign(floors=[-1.0, 1, 2, 3, 4]).to_file(file)
    assert any("-1 is negative" in problem.say("en") for problem in load(town).problems)


def test_the_best_origins_serve_first(town):
    blocks(town)
    buildings(town)
    put(town, "doors", features([shapely.Point(WEST + 5, SOUTH + 5)]), 'origin_type = "address"\nspread = "blocks"\n')
    assert residents_of(open_city(town), "residents").key == "doors"
    counted = features([shapely.Point(WEST + 5, SOUTH + 5)], n=[12])
    put(town, "counted", counted, 'origin_type = "building"\nresidents = "n"\n')
    assert residents_of(open_city(town), "residents").key == "counted"
    assert residents_of(open_city(town), "age_0_5").key == "doors"


@pytest.fixture
def berlin(tmp_path, realdata) -> City:
    """Berlin's counts of 2024 by age laid on the cells of the census, with the people of a cell as weight."""
    folder = tmp_path / "berlin"
    folder.mkdir()
    shipped = Path(__file__).parents[2] / "layers" / "berlin"
    for name in ("plr_2021", "population", "residents_under_15", "residents_15_64"):
        text = (shipped / f"{name}.toml").read_text("utf-8")
        parts = text.split("[[edition]]")
        kept = [part for part in parts[1:] if "2021" in part and "year = 2024" in part]
        (folder / f"{name}.toml").write_text("[[edition]]".join([parts[0], *kept]), "utf-8")
    city = 'title = "Berlin"\nlang = "de"\ncrs = "EPSG:25833"\n'
    (folder / "city.toml").write_text(city, "utf-8")
    cells = 'kind = "residents"\ntitle = "Zellen"\nsource = "vector"\nx = "x"\ny = "y"\ncrs = "EPSG:3035"\n'
    cells += 'path = "zensus2022/1km_continuous_Einwohner.parquet"\norigin_type = "grid"\nmissing = [-1]\n'
    cells += 'spread = "plr_2021"\nweight = "Einwohner"\nyear = 2024\nresidents = "population"\n'
    cells += HEAD.format(credit="Zensus") + '[groups]\nage_0_14 = "residents_under_15"\nage_15_64 = "residents_15_64"\n'
    (folder / "cells.toml").write_text(cells, "utf-8")
    return open_city(folder, data=realdata)


@pytest.mark.realdata
def test_the_register_of_berlin_on_the_cells_of_the_census(berlin):
    layer, areas = berlin.residents["cells"], berlin.areas
    table = berlin.tables[areas.vintage].of_year(2024)
    owner = pd.Series(area_of(areas, layer), index=layer.frame.index)
    assert (owner >= 0).all()
    for group, key in (
        ("residents", "population"),
        ("age_0_14", "residents_under_15"),
        ("age_15_64", "residents_15_64"),
    ):
        found = layer.frame[group].groupby(owner).sum().reindex(range(len(areas.frame)), fill_value=0.0)
        np.testing.assert_allclose(found, table[key].reindex(areas.frame.index).fillna(0), rtol=1e-9)
    assert "stand at one spot inside each" in layer.notes[1].en


@pytest.mark.realdata
def test_children_of_the_census_at_cells_of_100_m(tmp_path, realdata):
    """A table of the whole country, counted anew in its own system; numbers below 3 are secret and not in it."""
    folder = tmp_path / "berlin"
    folder.mkdir()
    (folder / "city.toml").write_text('title = "Berlin"\nlang = "de"\ncrs = "EPSG:25833"\n', "utf-8")
    shipped = Path(__file__).parents[2] / "layers" / "berlin" / "plr_2021.toml"
    (folder / "plr_2021.toml").write_text(shipped.read_text("utf-8"), "utf-8")
    path = "zensus2022/100m_demography_ALTER_10JG_1.parquet"
    cells = f'kind = "residents"\ntitle = "Kinder"\nsource = "vector"\npath = "{path}"\nx = "x"\ny = "y"\n'
    cells += 'crs = "EPSG:3035"\norigin_type = "grid"\nyear = 2022\n' + HEAD.format(credit="Zensus")
    (folder / "cells.toml").write_text(cells + '[groups]\nage_0_9 = "value"\n', "utf-8")
    city = open_city(folder, data=realdata)
    found, areas = city.residents["cells"], city.areas.frame
    table = pd.read_parquet(realdata / path)
    west, south, east, north = areas.to_crs("EPSG:3035").total_bounds
    table = table[table["x"].between(west, east) & table["y"].between(south, north)]
    points = gpd.GeoSeries.from_xy(table["x"], table["y"], crs="EPSG:3035")
    inside = table[points.within(areas.to_crs("EPSG:3035").union_all()).to_numpy()]
    ours = found.frame["age_0_9"][area_of(city.areas, found) >= 0]
    assert ours.min() >= 3
    assert (len(ours), ours.sum()) == (len(inside), inside["value"].sum())
