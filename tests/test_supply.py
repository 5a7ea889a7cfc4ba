"""Supply in the product: places shared among those who reach them, by area, guarded, on the map and in the files."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from qmgis import coverage
from qmgis.errors import DataError, NotEnoughDataError
from qmgis.model import PlaceLayer, ResidentLayer, Secrecy, Text
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city
from qmgis.views.dossier import dossier
from qmgis.views.legend import legend_for
from tests import toy

ASKED = {"within_m": 800.0, "group": "age_0_5", "year": 2024, "key": "kita", "title": Text("Kita", "Day care")}


def kitas(**capacity: float) -> PlaceLayer:
    layer = toy.toy_places()
    return replace(layer, frame=layer.frame.assign(capacity=[capacity.get(key, 40.0) for key in layer.frame.index]))


@pytest.mark.parametrize("measure", ["two_step", "three_step"])
@pytest.mark.parametrize("streets", [True, False])
def test_all_places_in_reach_are_given_out_once(measure, streets: bool):
    """The people of all areas hold what the places offer that somebody reaches, but for people outside the areas."""
    network = toy.toy_network() if streets else None
    found = coverage.supply(
        toy.toy_areas(), kitas(), residents=toy.toy_residents(), network=network, measure=measure, **ASKED
    )
    held = (found.parts["access"] * found.parts["residents"]).sum() / 100
    idle = any("reached by nobody" in warning.en for warning in found.warnings)
    assert idle or held == pytest.approx(120, abs=1e-6)
    assert held <= 120 + 1e-6
    assert found.parts["capacity"].sum() <= 120


def test_by_hand():
    """One place of 30 for 20 and 40 children: 50 for each 100 where all count alike."""
    areas = toy.toy_areas()
    centre = areas.frame.geometry.iloc[0].centroid
    points = gpd.GeoSeries([centre, gpd.points_from_xy([centre.x + 600], [centre.y])[0]], crs=areas.frame.crs)
    people = gpd.GeoDataFrame(
        {"residents": [90.0, 90.0], "age_0_5": [20.0, 40.0]}, geometry=points.array,
        index=pd.Index(["a", "b"], name="origin", dtype="str"), crs=areas.frame.crs,
    )  # fmt: skip
    place = gpd.GeoDataFrame(
        {"name": ["K"], "capacity": [30.0]}, geometry=[centre], index=pd.Index(["k"], name="place", dtype="str"),
        crs=areas.frame.crs,
    )  # fmt: skip
    residents = ResidentLayer("homes", Text("W", "H"), people, "address")
    found = coverage.supply(areas, PlaceLayer("kita", Text("K", "K"), place), residents=residents, falls=False, **ASKED)
    assert found.value.dropna().tolist() == pytest.approx([50.0, 50.0])
    near = coverage.supply(areas, PlaceLayer("kita", Text("K", "K"), place), residents=residents, **ASKED)
    assert near.value.dropna().iloc[0] > 50 > near.value.dropna().iloc[1]
    assert set(found.label.dropna()) == {"met"}
    assert set(coverage.supply(
        areas, PlaceLayer("kita", Text("K", "K"), place), residents=residents, falls=False, guide=80, **ASKED
    ).label.dropna()) == {"partly"}  # fmt: skip


def test_what_stops_it():
    asked = {"areas": toy.toy_areas(), "residents": toy.toy_residents()} | ASKED
    areas = asked.pop("areas")
    with pytest.raises(DataError, match=r'Layer "kita": 1 of 3 places have no capacity of 0 or more, such as k3'):
        coverage.supply(areas, toy.toy_places(), **asked)
    with pytest.raises(DataError, match=r"such as k2"):
        coverage.supply(areas, kitas(k2=-5), **asked)
    with pytest.raises(NotEnoughDataError, match='Nobody of "age_0_5" reaches a place of "kita" within 1 m'):
        coverage.supply(areas, kitas(), **asked | {"within_m": 1.0})


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    return compute(demo_city(), "mss-2024")


def test_a_run_has_it_in_table_map_and_profile(outcome):
    assert set(outcome.supply) == {"kita", "primary_school"}
    names = [f"kita_{part}" for part in ("capacity", "ratio", "access", "without")]
    assert set(names) <= set(outcome.table)
    assert outcome.table["kita_capacity"].sum() > 0
    legend = legend_for(outcome, "kita_access")
    assert len(legend.classes) == 3
    area = outcome.table["kita_access"].dropna().index[0]
    row = next(one for one in dossier(outcome, area, lang="en").coverage if one.theme == "kita")
    assert row.supply.startswith("Places in reach per 100: ")


def test_who_has_few_neighbours_is_not_told(outcome):
    """No small number of people can be had from supply: neither beside the coverage nor by division."""
    limits, table = Secrecy(), outcome.table
    for theme in outcome.supply:
        hidden = table[f"{theme}_share"].isna()
        assert table.loc[hidden, [f"{theme}_{part}" for part in ("ratio", "access", "without")]].isna().all(axis=None)
        without = table[f"{theme}_without"].dropna()
        assert not without.between(1e-6, limits.min_count - 1e-6, inclusive="neither").any()
        rest = table[f"{theme}_reached"] + table[f"{theme}_not_reached"] - table[f"{theme}_without"]
        assert not rest.between(1e-6, limits.min_count - 1e-6, inclusive="neither").any()


def test_planted_gaps_have_less_in_reach(outcome):
    """Where nobody is reached there is nothing to share."""
    none = outcome.coverage["kita"].value == 0
    assert np.allclose(outcome.supply["kita"].value[none & outcome.supply["kita"].value.notna()], 0)


def test_size_for_each_person_in_the_classes_of_the_umweltatlas():
    """A park of 9,000 m² for 1,000 and 500 people is 6 m² for each, whatever the distance; one who is far has none."""
    areas = toy.toy_areas()
    spots = [areas.frame.geometry.iloc[place].representative_point() for place in (0, 1, 20)]
    people = gpd.GeoDataFrame(
        {"residents": [1000.0, 500.0, 700.0]}, geometry=spots,
        index=pd.Index(["a", "b", "c"], name="origin", dtype="str"), crs=areas.frame.crs,
    )  # fmt: skip
    park = gpd.GeoDataFrame(
        {"name": ["P"], "capacity": [9000.0]}, geometry=[spots[0]], index=pd.Index(["p"], name="place", dtype="str"),
        crs=areas.frame.crs,
    )  # fmt: skip
    near = spots[0].distance(spots[1]) + 1
    assert near < spots[0].distance(spots[2])
    asked = {
        "residents": ResidentLayer("homes", Text("W", "H"), people, "address"), "falls": False, "guide": 6.0,
        "within_m": near, "group": "residents", "year": 2024, "key": "park", "title": Text("Park", "Park"),
    }  # fmt: skip
    layer = PlaceLayer("park", Text("P", "P"), park, unit="m2")
    found = coverage.supply(areas, layer, classes=(6, 3, 0.1), **asked)
    assert found.value.dropna().tolist() == pytest.approx([6.0, 6.0, 0.0])
    assert found.label.dropna().tolist() == ["met", "met", "none"]
    assert found.parts["ratio"].iloc[0] == pytest.approx(9.0)
    assert {column.unit.en for column in found.columns if column.key in ("ratio", "access")} == {"m² per person"}
    less = replace(layer, frame=park.assign(capacity=5999.0))
    assert coverage.supply(areas, less, classes=(6, 3, 0.1), **asked).label.dropna().tolist()[0] == "partly"
    tiny = replace(layer, frame=park.assign(capacity=150.0))
    assert coverage.supply(areas, tiny, classes=(6, 3, 0.1), **asked).label.dropna().tolist()[0] == "not_met"
