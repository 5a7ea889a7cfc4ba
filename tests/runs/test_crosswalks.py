"""A crosswalk that is made: read back it is the same, it tells of nobody, and its errors are those of the truth."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import qmgis
from qmgis.boundaries import made_crosswalk, way_between
from qmgis.cli.main import app
from qmgis.core.spatial.crosswalk import carry
from qmgis.errors import OutputError, UnknownKeyError, VintageError
from qmgis.io.city.workspace import open_city
from qmgis.model import AreaLayer, City, ResidentLayer, Text
from qmgis.runs.years.crosswalk_files import crosswalk_files
from qmgis.runs.years.crosswalks import built_crosswalk, weightings
from qmgis.runs.years.ways import way_of
from tests.toy import toy_areas

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def city() -> City:
    return qmgis.open_city(ROOT / "layers" / "musterstadt")


def areas_of(shapes: dict[str, shapely.Geometry], vintage: str) -> AreaLayer:
    frame = gpd.GeoDataFrame(
        {"name": list(shapes), "parent": None, "approximate": False, "geometry": list(shapes.values())},
        index=pd.Index(list(shapes), name="area", dtype="str"), crs="EPSG:25833",
    )  # fmt: skip
    frame["parent"] = frame["parent"].astype("str")
    return replace(toy_areas(), key=vintage, vintage=vintage, frame=frame)


def people_at(**groups: list[float]) -> ResidentLayer:
    """People at x = 0.5, 1.5, … of a strip one metre high."""
    n = len(groups["residents"])
    points = shapely.points(np.arange(n) + 0.5, 0.5)
    frame = gpd.GeoDataFrame({**{name: np.array(values, float) for name, values in groups.items()}, "geometry": points},
                             index=pd.Index([f"p{i}" for i in range(n)], name="origin", dtype="str"),
                             crs="EPSG:25833")  # fmt: skip
    return ResidentLayer("people", Text("Leute", "People"), frame, "address")


OLD = areas_of({"a": shapely.box(0, 0, 3, 1), "b": shapely.box(3, 0, 5, 1)}, "old")
NEW = areas_of({"x": shapely.box(0, 0, 1, 1), "y": shapely.box(1, 0, 3, 1), "z": shapely.box(3, 0, 5, 1)}, "new")


def column(made, name: str) -> dict[str, float]:
    frame = made.layer.frame
    return dict(zip(frame["old"] + frame["new"], frame[name], strict=True))


def test_weights_are_the_people_of_each_part():
    made = made_crosswalk(OLD, NEW, [people_at(residents=[30, 40, 20, 0, 0])])
    assert column(made, "residents") == pytest.approx({"ax": 0.3333, "ay": 0.6667, "bz": np.nan}, nan_ok=True)
    assert column(made, "land") == pytest.approx({"ax": 0.3333, "ay": 0.6667, "bz": 1})
    assert made.nobody == {"residents": ("b",)}
    way = way_between(OLD, NEW, given=made.layer)
    assert (way.basis, way.crosswalk.instead) == ("residents", ("b",))


def test_parts_of_few_people_are_dropped_and_counted():
    made = made_crosswalk(OLD, NEW, [people_at(residents=[9, 400, 0, 50, 0])])
    assert column(made, "residents") == {"ax": 0.0, "ay": 1.0, "bz": 1.0}
    assert made.few == 1


@pytest.mark.parametrize("children", [[3, 150], [25, 150], [18, 150]])
def test_nothing_of_few_people_of_a_group_can_be_computed(children: list[float]):
    """Few children in a part, or few others: then all groups of the old area go by all residents."""
    made = made_crosswalk(OLD, NEW, [people_at(residents=[30, 400, 0, 50, 0], age_0_9=[*children, 0, 20, 0])])
    tells = children[0] != 18
    assert made.by_all == (("a",) if tells else ())
    shown, everybody = column(made, "age_0_9"), column(made, "residents")
    assert shown["ax"] == (everybody["ax"] if tells else round(18 / 168, 4))
    assert shown["ax"] + shown["ay"] == pytest.approx(1, abs=1e-12)


def test_slivers_are_counted():
    moved = areas_of({"x": shapely.box(0, 0, 2.99, 1), "z": shapely.box(2.99, 0, 5, 1)}, "new")
    assert made_crosswalk(OLD, moved).slivers == 1
    assert made_crosswalk(OLD, moved).layer.bases == ("land",)


def test_the_file_read_back_carries_alike(city: City, tmp_path: Path):
    """The made file takes the place of the city's own; what is carried by it is what was made."""
    built = built_crosswalk(city, "ms-2016", "ms-2022", weights=["addresses"])
    files = crosswalk_files(city, built, "made.csv", lang="de")
    folder, data = tmp_path / "layers", tmp_path / "data"
    shutil.copytree(ROOT / "layers" / "musterstadt", folder)
    shutil.copytree(ROOT / "data" / "musterstadt", data / "musterstadt")
    (folder / "crosswalk.toml").write_bytes(files["made.toml"])
    (data / city.key / "made.csv").write_bytes(files["made.csv"])
    read = open_city(folder, data=data)
    assert not [one for one in read.problems if one.level != "note" and "made.csv" in one.say("en")]
    layer = read.crosswalks["crosswalk"]
    assert layer.weights == set(layer.bases)
    made = built.made.layer.frame[["old", "new", *layer.bases]]
    pd.testing.assert_frame_equal(layer.frame[list(made)], made, check_dtype=False)
    people = city.tables["ms-2016"].of_year(2020)["population"]
    walks = [way_of(one, "ms-2016", "ms-2022").crosswalk for one in (read, city)]
    ours, usual = (carry(people.reindex(walk.old), walk) for walk in walks)
    assert (ours - usual).abs().sum() / usual.sum() < 1e-4  # four decimals


def test_errors_are_those_against_the_truth(city: City):
    """What the edition of 2022 says of 2020, counted by hand: people by address are nearer than land."""
    built = built_crosswalk(city, "ms-2016", "ms-2022", weights=["addresses"])
    rows = built.errors[built.errors["indicator"] == "population"].set_index("weights")
    table = city.tables["ms-2022"]
    truth = (table.of_year(2022) - table.of_year(2022, what="change"))["population"]
    before = city.tables["ms-2016"].of_year(2020)["population"]
    land = built.made.layer.frame.dropna(subset="land")
    by_land = (land["old"].map(before) * land["land"]).groupby(land["new"]).sum()
    miss = (by_land - truth)[truth.notna()].abs().sum() / 2 / truth.sum()
    assert rows.loc["land", "wrong"] == pytest.approx(miss, rel=0.15)  # some areas may not be shown
    assert rows.loc["addresses", "wrong"] < rows.loc["land", "wrong"] / 5
    assert rows["year"].eq(2020).all()
    assert built.apart["land"] > built.apart["crosswalk"]
    assert built.areas["exact"].between(0, 1 + 1e-9).all()


def test_what_is_not_there_is_said(city: City):
    assert weightings(city) == ("addresses", "land")
    with pytest.raises(UnknownKeyError, match="ms-2016"):
        built_crosswalk(city, "ms-2061", "ms-2022", weights=["land"])
    with pytest.raises(UnknownKeyError, match="addresses"):
        built_crosswalk(city, "ms-2016", "ms-2022", weights=["adresses"])
    with pytest.raises(VintageError):
        built_crosswalk(city, "ms-2016", "ms-2016", weights=["land"])


def test_names_that_would_be_formulas_are_refused(city: City):
    built = built_crosswalk(city, "ms-2016", "ms-2022", weights=["land"])
    frame = built.made.layer.frame.replace({"old": {"01010101": "=1"}})
    spoilt = replace(built, made=replace(built.made, layer=replace(built.made.layer, frame=frame)))
    with pytest.raises(OutputError, match="formula"):
        crosswalk_files(city, spoilt, "made.csv", lang="de")
    with pytest.raises(OutputError, match=r"\.csv"):
        crosswalk_files(city, built, "made.xlsx", lang="de")


def test_the_command_writes_four_files_and_says_how_good_they_are(tmp_path: Path):
    asked = ["crosswalk", str(ROOT / "layers" / "musterstadt"), "--from", "ms-2016", "--to", "ms-2022"]
    done = CliRunner().invoke(app, [*asked, "--weights", "addresses", "--out", str(tmp_path / "w.csv"), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["w.csv", "w.toml", "w_quality.csv", "w_quality.txt"]
    assert said["undivided"] == 112
    assert "NaN" not in done.output
    text = (tmp_path / "w_quality.txt").read_text(encoding="utf-8")
    assert "112 alte Gebiete gehen ungeteilt über" in text
    assert "im falschen Gebiet" in text


@pytest.mark.realdata
def test_berlins_weights_are_as_good_as_measured(realdata: Path):
    """31.12.2020 on both versions: land 5.2 %, 1 km 3.8 %, 100 m 2.1 %, residents laid on 100 m 1.8 %."""
    berlin = open_city(ROOT / "layers" / "berlin", data=realdata)
    built = built_crosswalk(berlin, "plr-2006", "plr-2021", weights=["residents_100m"])
    found = built.errors.set_index("weights")["wrong"]
    expected = {"residents_100m": 0.0179, "residents_under_10": 0.0210, "residents": 0.0376, "land": 0.0517}
    assert found.to_dict() == pytest.approx(expected, abs=5e-4)
