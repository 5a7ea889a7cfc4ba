"""The planted truth is in the data; found here by other means than those that planted it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from qmgis.errors import DataError, OutputError
from qmgis.io.city.citywriter import write_city
from qmgis.io.city.workspace import open_city
from qmgis.musterstadt import Musterstadt, make_city

HERE = Path(__file__).resolve().parents[2]
LAYERS, DATA = HERE / "layers" / "musterstadt", HERE / "data" / "musterstadt"
SHARES = {
    "unemployed": ("Arbeitslose", "Einwohner_15_64"),
    "transfer_recipients": ("Transferbeziehende", "Einwohner"),
    "children_in_transfer": ("Kinder_in_Transfer", "Kinder_unter_15"),
}


@pytest.fixture(scope="module")
def city() -> Musterstadt:
    return make_city()


@pytest.fixture(scope="module")
def small() -> Musterstadt:
    return make_city(areas=60, seed=5)


@pytest.fixture(scope="module")
def graph(city: Musterstadt) -> tuple[np.ndarray, object]:
    """Nodes and walking lengths of the street lines, each corner a node: built apart from the generator's own."""
    lines = city.vectors["network.gpkg"]["streets"].geometry.to_numpy()
    corner, owner = shapely.get_coordinates(lines, return_index=True)
    nodes, number = np.unique(corner, axis=0, return_inverse=True)
    number = number.reshape(-1)
    same = owner[1:] == owner[:-1]
    start, end = number[:-1][same], number[1:][same]
    metres = np.hypot(*(nodes[start] - nodes[end]).T)
    return nodes, coo_array((metres, (start, end)), shape=(len(nodes), len(nodes))).tocsr()


def numbers(table: pd.DataFrame) -> pd.DataFrame:
    frame = table.set_index("Gebiet").drop(columns="Name")
    return frame.apply(lambda column: pd.to_numeric(column.str.replace(",", "."), errors="coerce"))


def z_status(table: pd.DataFrame, left_out: set[str]) -> pd.Series:
    """The index after METHODS 1.4, written down once more."""
    frame = numbers(table)
    frame = frame[(frame["Einwohner"] >= 300) & (frame["Einwohner_Vorjahr"] >= 300)]
    frame = frame[~frame.index.isin(left_out)]
    shares = pd.DataFrame({key: frame[a] / frame[b] for key, (a, b) in SHARES.items()}).dropna()
    z = (shares - shares.mean()) / shares.std(ddof=0)
    total = z.sum(axis=1)
    return total / np.sqrt((total**2).mean())


def walked(city: Musterstadt, graph: tuple[np.ndarray, object], theme: str) -> pd.DataFrame:
    nodes, lengths = graph
    tree = cKDTree(nodes)
    homes = city.vectors["addresses.gpkg"]["addresses"]
    places = city.vectors["places.gpkg"][theme]
    goal = np.unique(tree.query(shapely.get_coordinates(places.geometry.to_numpy()))[1])
    metres = dijkstra(lengths, directed=False, indices=goal, min_only=True)
    own, node = tree.query(shapely.get_coordinates(homes.geometry.to_numpy()))
    joined = homes.sjoin(city.vectors["areas.gpkg"]["ms-2022"][["id", "geometry"]], predicate="within", rsuffix="area")
    straight, _ = cKDTree(shapely.get_coordinates(places.geometry.to_numpy())).query(
        shapely.get_coordinates(homes.geometry.to_numpy())
    )
    return homes.assign(walk=metres[node] + own, straight=straight, area=joined["id_area"])


def digest(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.rglob("*.*"))}


def test_equal_seeds_give_equal_bytes(small: Musterstadt, tmp_path: Path) -> None:
    for name, made in (("one", small), ("two", make_city(areas=60, seed=5))):
        write_city(made, tmp_path / name / "layers", tmp_path / name / "data")
    assert digest(tmp_path / "one" / "data") == digest(tmp_path / "two" / "data")
    assert digest(tmp_path / "one" / "layers") == digest(tmp_path / "two" / "layers")


def test_another_seed_gives_another_city(small: Musterstadt) -> None:
    other = make_city(areas=60, seed=6)
    one, two = (made.vectors["areas.gpkg"]["ms-2022"].total_bounds for made in (small, other))
    assert not np.allclose(one, two)


def test_committed_city_is_the_generated_one(city: Musterstadt) -> None:
    for name, text in city.layers.items():
        assert (LAYERS / name).read_text(encoding="utf-8") == text
    assert {file.relative_to(LAYERS).as_posix() for file in LAYERS.rglob("*.toml")} == set(city.layers)
    for name, table in city.tables.items():
        assert (DATA / name).read_text(encoding="utf-8") == table.to_csv(sep=";", index=False, lineterminator="\n")
    assert (DATA / "truth.json").read_text(encoding="utf-8") == city.truth_text
    for name, vectors in city.vectors.items():
        for layer, frame in vectors.items():
            read = gpd.read_file(DATA / name, layer=layer)
            assert shapely.equals_exact(read.geometry.to_numpy(), frame.geometry.to_numpy(), 0.005).all(), (name, layer)
            plain = [column for column in frame.columns if column != frame.geometry.name]
            for column in plain:
                assert read[column].astype(object).where(read[column].notna(), None).tolist() == (
                    frame[column].astype(object).where(frame[column].notna(), None).tolist()
                ), (name, layer, column)


def test_committed_city_is_small() -> None:
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 10_000_000


def test_geopackages_are_of_version_1_2_and_carry_no_clock() -> None:
    for file in DATA.glob("*.gpkg"):
        with closing(sqlite3.connect(file)) as base:
            assert base.execute("PRAGMA user_version").fetchone()[0] == 10200
            assert {row[0] for row in base.execute("SELECT last_change FROM gpkg_contents")} == {
                "2024-12-31T00:00:00.000Z"
            }


@pytest.mark.parametrize("vintage", ["ms-2016", "ms-2022"])
def test_areas_tile_the_city(city: Musterstadt, vintage: str) -> None:
    shapes = city.vectors["areas.gpkg"][vintage].geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) == {3}
    whole = shapely.union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, abs=0.01)
    blocks = city.vectors["areas.gpkg"]["blocks"].geometry.to_numpy()
    assert shapely.area(blocks).sum() == pytest.approx(whole.area, abs=0.01)


def test_outline_is_neither_circle_nor_box(city: Musterstadt) -> None:
    whole = shapely.union_all(city.vectors["areas.gpkg"]["ms-2022"].geometry.to_numpy())
    assert whole.area / shapely.minimum_bounding_circle(whole).area < 0.85
    assert whole.area / shapely.oriented_envelope(whole).area < 0.9


def test_ids_are_eight_digits_with_leading_zeros(city: Musterstadt) -> None:
    for vintage in ("ms-2016", "ms-2022"):
        frame = city.vectors["areas.gpkg"][vintage]
        assert frame["id"].is_unique
        assert frame["id"].str.fullmatch(r"0\d{7}").all()
        assert (frame["id"].str[:4] == frame["region"]).all()
        assert frame["name"].is_unique
        assert frame.groupby(frame["id"].str[:2])["district"].nunique().eq(1).all()


def test_editions_fit_their_vintages(city: Musterstadt) -> None:
    for year, vintage in (
        (2016, "ms-2016"),
        (2018, "ms-2016"),
        (2020, "ms-2016"),
        (2022, "ms-2022"),
        (2024, "ms-2022"),
    ):
        table, frame = city.tables[f"counts_{year}.csv"], city.vectors["areas.gpkg"][vintage]
        assert table["Gebiet"].tolist() == frame["id"].tolist()
        assert table["Name"].tolist() == frame["name"].tolist()
        assert ("Arbeitslose_vor_2_Jahren" in table) == (year > 2016)
        values = numbers(table)
        assert (values["Arbeitslose"].dropna() <= values["Einwohner_15_64"][values["Arbeitslose"].notna()]).all()
        assert (values.min() >= 0).all()


def test_counts_before_are_those_of_the_edition_before(city: Musterstadt) -> None:
    """On the same areas the back-computed count is the count that was printed then."""
    for year in (2018, 2020, 2024):
        now, then = numbers(city.tables[f"counts_{year}.csv"]), numbers(city.tables[f"counts_{year - 2}.csv"])
        for header in ("Einwohner", "Einwohner_15_64", "Kinder_unter_15", "Transferbeziehende"):
            printed = then[header].dropna()
            assert (now[f"{header}_vor_2_Jahren"].reindex(printed.index) == printed).all()


def test_addresses_add_up_to_the_newest_table(city: Musterstadt) -> None:
    homes = city.vectors["addresses.gpkg"]["addresses"]
    ages = ["age_0_5", "age_6_11", "age_12_17", "age_18_64", "age_65_plus"]
    assert (homes[ages].sum(axis=1) == homes["residents"]).all()
    areas = city.vectors["areas.gpkg"]["ms-2022"]
    inside = homes.sjoin(areas[["id", "geometry"]], predicate="within", rsuffix="area")
    assert len(inside) == len(homes)
    table = numbers(city.tables["counts_2024.csv"])
    sums = inside.groupby("id_area")[["residents", "age_65_plus"]].sum().reindex(table.index).fillna(0)
    assert (sums["residents"] == table["Einwohner"]).all()
    assert (sums["age_65_plus"] == table["Einwohner_65_plus"]).all()
    assert homes["residents"].sum() >= 60_000


def test_signs_stand_where_the_truth_says(city: Musterstadt) -> None:
    found = set()
    for entry in city.truth["signs"]:
        row = city.tables[f"counts_{entry['year']}.csv"].set_index("Gebiet").loc[entry["area"]]
        assert row[entry["column"]] == entry["sign"]
        found.add(entry["sign"])
    assert found == {".", "/", "x", "-"}


def test_streets_are_one_network(graph: tuple[np.ndarray, object]) -> None:
    assert connected_components(graph[1], directed=False)[0] == 1


def test_river_and_railway_have_few_crossings(city: Musterstadt) -> None:
    streets = city.vectors["network.gpkg"]["streets"]
    for layer, kind in (("river", "bridge"), ("railway", "underpass")):
        bed = city.vectors["barriers.gpkg"][layer].geometry.iloc[0]
        across = streets[streets.intersects(bed.buffer(-5))]
        assert set(across["kind"]) == {kind}
        assert 2 <= len(across.union_all().intersection(bed).geoms) <= 15


def test_planted_need_comes_out(city: Musterstadt) -> None:
    status = z_status(city.tables["counts_2024.csv"], {city.truth["outlier"]})
    assert len(city.truth["attention"]) >= 8
    assert (status[city.truth["attention"]] > 1.5).all()
    classes = pd.cut(status, [-np.inf, -1, 1, 1.5, np.inf]).value_counts()
    assert (classes > 0).all()


def test_planted_dynamics_come_out(city: Musterstadt) -> None:
    frame = numbers(city.tables["counts_2024.csv"])
    for header, base in SHARES.values():
        change = frame[header] / frame[base] - frame[f"{header}_vor_2_Jahren"] / frame[f"{base}_vor_2_Jahren"]
        assert change[city.truth["worse"]].min() > 0
        assert change[city.truth["better"]].max() < 0


def test_planted_effect_is_in_the_data_and_the_placebo_has_none(city: Musterstadt) -> None:
    """Difference in differences between programme and placebo areas, 2018 to 2020-2024, pooled counts."""
    truth = city.truth
    for key, (header, base) in SHARES.items():
        levels = {}
        for name in ("effect", "placebo"):
            shares = {}
            for year in (2018, 2020, 2022, 2024):
                rows = numbers(city.tables[f"counts_{year}.csv"]).loc[truth[name]["areas"]]
                shares[year] = rows[header].sum() / rows[base].sum()
            levels[name] = np.mean([shares[2020], shares[2022], shares[2024]]) - shares[2018]
        found = levels["effect"] - levels["placebo"]
        planted = truth["effect"]["points"][key]
        people = numbers(city.tables["counts_2024.csv"])[base][truth["effect"]["areas"]].sum()
        error = np.sqrt(2 * 2 * 0.2 * 0.8 / people)
        assert abs(found - planted) < 2.5 * error, key
        assert abs(levels["placebo"]) < max(2.5 * error, 0.012), key


@pytest.mark.parametrize(("theme", "group", "within_m"), [("kita", "age_0_5", 500), ("playground", "age_6_11", 400)])
def test_planted_gaps_are_gaps(
    city: Musterstadt, graph: tuple[np.ndarray, object], theme: str, group: str, within_m: float
) -> None:
    homes = walked(city, graph, theme)
    homes["reached"] = homes[group] * (homes["walk"] <= within_m)
    share = homes.groupby("area")["reached"].sum() / homes.groupby("area")[group].sum()
    gaps = city.truth["gaps"][theme]
    assert (share[gaps] < 0.25).all()
    assert len(set(gaps) & set(city.truth["attention"])) >= (2 if theme == "kita" else 1)
    assert homes["reached"].sum() / homes[group].sum() > 0.8


def test_one_gap_exists_only_by_walking(city: Musterstadt, graph: tuple[np.ndarray, object]) -> None:
    homes = walked(city, graph, "kita")
    own = homes[homes["area"] == city.truth["barrier_gap"]["area"]]
    weight = own["age_0_5"]
    assert weight[own["straight"] <= 500].sum() / weight.sum() > 0.5
    assert weight[own["walk"] <= 500].sum() / weight.sum() < 0.25


def test_small_areas_outlier_and_new_housing(city: Musterstadt) -> None:
    frame = numbers(city.tables["counts_2024.csv"])
    truth = city.truth
    assert (frame["Einwohner"][truth["small"]] < 300).all()
    outlier = frame.loc[truth["outlier"]]
    assert outlier["Einwohner"] >= 300
    assert outlier["Transferbeziehende"] / outlier["Einwohner"] > 0.4
    housing = frame.loc[truth["new_housing"]]
    assert housing["Einwohner"] >= 300 > housing["Einwohner_Vorjahr"]
    declared = tomllib.loads(city.layers["city.toml"])["exclusion"]
    assert {entry["area"] for entry in declared} == {truth["outlier"]}


def test_some_places_lie_outside_the_boundary(city: Musterstadt) -> None:
    town = shapely.union_all(city.vectors["areas.gpkg"]["ms-2022"].geometry.to_numpy())
    for theme in ("kita", "stop"):
        assert (~shapely.contains_properly(town, city.vectors["places.gpkg"][theme].geometry.to_numpy())).any()


def test_reform_is_what_the_crosswalk_says(city: Musterstadt) -> None:
    cross = city.tables["crosswalk.csv"]
    weights = cross["weight_area"].str.replace(",", ".").astype(float).groupby(cross["from_unit"]).sum()
    assert np.allclose(weights, 1, atol=1e-5)
    changed = {key for entry in city.truth["reform"] for key in entry["old"]}
    several = cross.groupby("from_unit")["to_unit"].nunique().loc[lambda count: count > 1]
    assert set(several.index) <= changed
    assert {entry["kind"] for entry in city.truth["reform"]} == {"split", "merge", "move"}
    assert int(cross["residents"].astype(int).sum()) == city.truth["residents_2024"]


def test_layer_files_are_toml_and_the_newest_run_is_first(city: Musterstadt) -> None:
    for text in city.layers.values():
        tomllib.loads(text)
    whole = tomllib.loads(city.layers["city.toml"])
    assert [run["id"] for run in whole["run"]] == ["mss-2024", "mss-2022", "mss-2020", "mss-2018"]
    assert whole["run"][0]["coverage"] == [theme["id"] for theme in whole["theme"]]


def test_truth_is_json(city: Musterstadt) -> None:
    assert json.loads(city.truth_text)["seed"] == 20240101


@pytest.mark.parametrize("areas", [60, 137, 400])
def test_any_size(areas: int) -> None:
    made = make_city(areas=areas, seed=areas)
    frame = made.vectors["areas.gpkg"]["ms-2022"]
    assert len(frame) == areas
    assert frame["id"].is_unique
    assert shapely.is_valid(frame.geometry.to_numpy()).all()
    assert made.truth["residents_2024"] > 500 * areas


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("areas", [1_000, 2_000, 10_000])
def test_thousands_of_areas(areas: int) -> None:
    made = make_city(areas=areas, addresses_per_area=12)
    frame = made.vectors["areas.gpkg"]["ms-2022"]
    assert len(frame) == areas
    assert frame["id"].str.fullmatch(r"\d{8}").all()
    assert frame["id"].is_unique


@pytest.mark.parametrize("wrong", [{"areas": 59}, {"areas": 1_000_001}, {"seed": -1}, {"editions": 6}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(DataError, match="out of range") as caught:
        make_city(**wrong)
    assert "außerhalb" in caught.value.say("de")


def test_a_folder_that_cannot_be_written_is_named(small: Musterstadt, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        write_city(small, tmp_path / "file" / "layers", tmp_path / "data")


def test_fewer_editions(small: Musterstadt) -> None:
    made = make_city(areas=60, seed=5, editions=2)
    assert sorted(name for name in made.tables if name.startswith("counts")) == ["counts_2022.csv", "counts_2024.csv"]
    assert [run["id"] for run in tomllib.loads(made.layers["city.toml"])["run"]] == ["mss-2024", "mss-2022"]


@pytest.mark.parametrize("editions", [1, 2, 3])
def test_a_city_of_fewer_editions_opens(editions: int, tmp_path: Path) -> None:
    made = make_city(areas=60, seed=5, editions=editions)
    write_city(made, tmp_path / "layers" / "small", tmp_path / "data" / "musterstadt")
    city = open_city(tmp_path / "layers" / "small")
    assert len(city.runs) == editions
    assert len(city.area_layers) == (1 if editions < 3 else 2)


def test_every_house_has_an_address_of_its_own_on_its_side_of_the_nearest_street(city):
    homes, streets = city.vectors["addresses.gpkg"]["addresses"], city.vectors["network.gpkg"]["streets"]
    assert not homes.duplicated(["street", "number"]).any()
    assert (streets["name"] == "").equals(streets["kind"] == "path")
    assert set(homes["street"]) <= set(streets["name"])
    for home in homes.iloc[::400].itertuples():
        metres = streets.distance(home.geometry)[streets["name"] != ""]
        assert streets.loc[metres.index[metres <= metres.min() + 1e-6], "name"].eq(home.street).any()
    for _, side in homes.assign(odd=homes["number"].astype(int) % 2).groupby(["street", "odd"]):
        count = side["number"].astype(int).to_numpy()
        assert sorted(count.tolist()) == list(range(int(count.min()), 2 * len(side) + 1, 2))
