"""The real city: the layers of Berlin against what their publisher printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qmgis.core.spatial.crosswalk import carry
from qmgis.io.city.workspace import open_city
from qmgis.io.profiles.files import profile
from qmgis.methods.mss import METHOD
from qmgis.model import people_behind
from qmgis.runs.years.ways import way_of

LAYERS = Path(__file__).parents[2] / "layers" / "berlin"
pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def berlin(realdata):
    return open_city(LAYERS, data=realdata)


@pytest.fixture(scope="module")
def printed(realdata):
    """Group of each valid area as the publisher printed it, by run."""
    mss = realdata / "berlin" / "mss"
    old = {
        "mss-2013": pd.read_excel(mss / "MSS_2013_cutforR.xls", engine="calamine", dtype={"Nummer": str}),
        "mss-2017": pd.read_excel(mss / "2017_MSS_cut.xlsx", engine="calamine", dtype={"Nummer": str}),
    }
    groups = {run: table.set_index("Nummer").iloc[:, 6].astype(str) for run, table in old.items()}
    new = pd.read_csv(mss / "wfs_2021" / "mss_2021_indizes.csv", dtype=str).set_index("PLR_ID")
    groups["mss-2021"] = new["SDI"].where(new["KOM"] == "gültig", "0")
    return {run: values[values.str.match(r"[1-4]")] for run, values in groups.items()}


def test_it_is_usable_and_what_is_odd_is_named(berlin):
    levels = {problem.level for problem in berlin.problems}
    assert "error" not in levels
    said = " ".join(problem.say("en") for problem in berlin.problems)
    assert '"06200318"' in said  # the slip of the 2024 table
    assert "Schloßstraße (Charlottenburg)" in said


def test_every_vintage_has_its_areas(berlin):
    assert {key: len(layer.frame) for key, layer in berlin.area_layers.items()} == {
        "plr-2006": 447,
        "plr-2019": 448,
        "plr-2021": 542,
    }


def test_allende_ii_is_where_the_tables_count_it(berlin):
    """The estate is a part of 09041301 there; what the tables call Allende II is today's Siedlung Kämmereiheide."""
    old, new = berlin.area_layers["plr-2006"].frame, berlin.area_layers["plr-2019"].frame
    assert old.loc["09041402", "name"] == "Allende II"
    assert new.loc["09041402", "name"] == "Siedlung Kämmereiheide"
    assert "09041403" not in old.index
    assert old.loc["09041402"].geometry.area == pytest.approx(new.loc["09041402"].geometry.area, rel=1e-9)
    assert old.loc["09041301"].geometry.area == pytest.approx(
        new.loc[["09041301", "09041403"]].geometry.area.sum(), rel=1e-9
    )
    people, today = (berlin.tables[key].of_year(2020)["population"] for key in ("plr-2006", "plr-2021"))
    assert people["09041402"] == today["09401432"] == 1569
    assert people["09041301"] == today[["09401329", "09401433"]].sum() == 14506
    assert sorted(old.index[old["approximate"]]) == ["09041301", "09041401", "09041402", "09041501"]
    assert "Allende II" in berlin.area_layers["plr-2006"].note.de


def test_areas_have_the_official_size(berlin, realdata):
    import geopandas as gpd

    official = gpd.read_file(realdata / "berlin/lor/LOR_Planungsraum_447.geojson", ignore_geometry=True)
    expected = official.set_index("RAUMID")["FLAECHENGROESSE_IN_M2"]
    ours = berlin.area_layers["plr-2019"].frame.geometry.area
    assert (ours / expected.reindex(ours.index) - 1).abs().max() < 0.001


@pytest.mark.parametrize(
    ("run", "areas", "attention"), [("mss-2013", 434, 51), ("mss-2017", 436, 44), ("mss-2021", 536, 56)]
)
def test_the_official_result_comes_out_class_by_class(berlin, printed, run, areas, attention):
    declared = berlin.run(run)
    table = berlin.tables[declared.vintage]
    result = METHOD.score(
        table,
        profile=profile(declared.method),
        year=declared.year,
        declared=berlin.declared(declared.vintage, declared.year),
    )
    groups = result.parts["group"].dropna().astype(str)
    assert len(groups) == areas
    assert groups.sort_index().to_dict() == printed[run].sort_index().to_dict()
    assert int(result.parts["attention"].fillna(False).sum()) == attention
    outliers = {"mss-2013": ["10010203"], "mss-2017": ["10010203"], "mss-2021": ["10100205"]}[run]
    assert sorted(result.left_out.index[result.left_out == "outlier"]) == outliers
    assert set(result.left_out) == {"outlier", "too_few_residents"}
    assert len(result.left_out) == len(table.of_year(declared.year)) - areas


def test_means_are_those_of_the_reference(berlin):
    """METHODS 1.8, in percent, over valid areas."""
    table = berlin.tables["plr-2006"].of_year(2016)
    left = set(table.index[table["population"] < 300]) | set(berlin.declared("plr-2006", 2016))
    valid = table[~table.index.isin(left)]
    names = ["unemployment", "long_term_unemployment", "transfer", "child_poverty"]
    assert (100 * valid[names].mean()).to_numpy() == pytest.approx([6.15615, 2.00487, 12.22712, 26.98315], abs=1e-5)
    assert (100 * valid[names].std(ddof=0)).to_numpy() == pytest.approx([2.85431, 1.06737, 8.51766, 19.11707], abs=1e-5)


def test_zeros_of_areas_left_out_are_missing(berlin):
    table = berlin.tables["plr-2006"]
    assert np.isnan(table.frame.loc[("01011102", 2016), "unemployment"])
    assert table.states.loc[("01011102", 2016), "unemployment"] == "missing"
    assert table.frame.loc[("01011102", 2016), "population"] == 192
    new = berlin.tables["plr-2021"]
    assert np.isnan(new.frame.loc[("10100205", 2020), "transfer"])
    assert new.frame.loc[("10100205", 2020), "population"] == 1262
    assert new.frame.loc[("06200418", 2020), "population"] == 0
    assert new.states.loc[("03400831", 2020), "population"] == "missing"


def test_population_is_that_of_the_register(berlin, realdata):
    register = pd.read_csv(realdata / "berlin/population/EWR201612E_Matrix.csv", sep=";", dtype={"RAUMID": str})
    ours = berlin.tables["plr-2006"].of_year(2016)["population"]
    assert ours.to_dict() == register.set_index("RAUMID")["E_E"].astype(float).to_dict()


def test_changes_are_those_printed_in_points(berlin):
    table = berlin.tables["plr-2021"]
    assert table.change.loc[("01100101", 2020), "unemployment"] == pytest.approx(0.0146443)
    assert table.change_years == 2
    assert "long_term_unemployment" not in table.indicators


def test_official_playgrounds_are_counted_by_area(berlin, realdata):
    file = realdata / "berlin/facilities/playground_spielplatzbestand.csv"
    listed = pd.read_csv(file, dtype=str)["Nummer des Planungsraumes"].value_counts()
    ours = berlin.tables["plr-2021"].of_year(2025)["playgrounds"]
    assert ours.sum() == 1879 - listed["-"] - listed["07030301"]  # one without area, one with an id of before 2021
    assert ours[ours > 0].astype(int).to_dict() == listed.drop(["-", "07030301"]).to_dict()
    assert (ours == 0).sum() == 542 - len(listed) + 2


def test_places_and_residents_are_complete(berlin):
    assert {key: len(layer.frame) for key, layer in berlin.places.items()} == {
        "kita": 2880,
        "playground": 886,
        "school": 430,
    }
    assert berlin.places["kita"].frame["capacity"].sum() == 194_979
    assert not berlin.places["playground"].complete
    assert berlin.residents["residents_under_10"].frame["age_0_9"].sum() == 326_751
    assert (berlin.residents["residents"].frame["residents"] > 0).all()


def test_residents_lie_where_the_census_has_them(berlin, realdata):
    """Counted anew from the census table, in the census' own reference system."""
    import geopandas as gpd

    city = berlin.area_layers["plr-2021"].frame
    table = pd.read_parquet(realdata / "zensus2022/1km_continuous_Einwohner.parquet")
    table = table[table["Einwohner"] > 0]
    cells = gpd.GeoSeries.from_xy(table["x"], table["y"], crs="EPSG:3035")
    expected = table[cells.within(city.to_crs("EPSG:3035").union_all()).to_numpy()]["Einwohner"].sum()
    ours = berlin.residents["residents"].frame
    assert ours[ours.within(city.union_all())]["residents"].sum() == expected


def test_every_layer_names_its_files(berlin):
    for layer in berlin.layers:
        assert layer.files, layer.key
        assert all(len(file.sha256) == 64 for file in layer.files)


def test_bases_are_those_of_the_published_shares(berlin):
    """The ages of 2016 are the publisher's own base: every printed share is a whole number of people of it."""
    table = berlin.tables["plr-2006"]
    for key in ("unemployment", "long_term_unemployment", "transfer", "child_poverty"):
        people, share = people_behind(table, key, 2016), table.of_year(2016)[key]
        assert not people.is_estimated
        some, off = share * people.total, 0.5e-4 * people.total  # printed with two digits after the point of percent
        sharp = (off < 0.2) & share.notna()
        assert sharp.sum() >= 90
        assert ((some - some.round()).abs() <= off + 1e-6)[sharp].all(), key


def test_estimated_bases_sum_to_the_city(berlin):
    """Age groups of 30.06.2022 on the residents of 31.12.2020; the shares of the city are 66.9 % and 14.0 %."""
    table = berlin.tables["plr-2021"]
    residents, then = table.of_year(2020)["population"], table.of_year(2022)
    for key, of, share in (("unemployment", "residents_15_64", 0.669), ("child_poverty", "residents_under_15", 0.140)):
        people = people_behind(table, key, 2020)
        assert people.is_estimated
        assert people.total[table.of_year(2020)[key].notna()].notna().all()
        assert people.total.sum() == pytest.approx((then[of] / then["population"] * residents).sum(), abs=50)
        assert people.total.sum() / residents.sum() == pytest.approx(share, abs=0.002)
        assert then[of].sum() / then["population"].sum() == pytest.approx(share, abs=0.0005)
    assert people_behind(table, "transfer", 2020).total.equals(residents)


def test_earlier_years_come_to_todays_areas_by_the_squares_of_the_census(berlin):
    """Residents of 31.12.2020 are published on both versions: 1.8 % are put into a wrong area, by land 5.2 %."""
    before, after = (berlin.tables[name].of_year(2020)["population"] for name in ("plr-2006", "plr-2021"))
    assert before.sum() == after.sum() == 3_769_962
    way = way_of(berlin, "plr-2006", "plr-2021")
    assert (way.basis, way.source) == ("grid", "residents_100m")
    wrong = (carry(before.reindex(way.crosswalk.old), way.crosswalk) - after).abs().sum() / 2 / after.sum()
    assert wrong == pytest.approx(0.0179, abs=5e-4)
    children = way_of(berlin, "plr-2006", "plr-2021", group="age_0_9")
    assert children.source == "residents_under_10"
