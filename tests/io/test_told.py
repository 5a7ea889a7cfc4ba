"""What `check` tells of data that read well and mean something else; each fault in one line."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load
from tests.spoilt import AREAS, KITAS, RESIDENTS, TABLE, areas_from, ask, check, data, data_file, features, layer, put


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def test_every_column_is_listed_in_the_order_of_the_file(town):
    layer(town, "transfer.toml", 'value = "Transfer in %"', 'value = "wort"')
    (error,) = check(town, "de").errors
    assert 'Die Spalte "wort" fehlt. Vorhanden sind: "Kennung", "Name", "Einwohner", ' in error
    assert '"Kinderarmut Änderung". Genannt in' in error
    layer(town, "transfer.toml", 'value = "wort"', 'value = "Transfer"')
    (error,) = check(town, "en").errors
    assert 'There is no column "Transfer". Did you mean "Transfer in %"? There are: "Kennung", "Name", ' in error


def test_repeated_ids_are_one_line(town):
    data(town, TABLE, r"^0101\d\d;", "010101;")
    data(town, TABLE, r"^0102\d\d;", "010102;")
    errors = check(town, "en").errors
    assert len(errors) == 1
    assert (
        'row 3, column "Kennung": The id "010101" stands in row 2 already, and 5 more (rows 4, 5, 7, 8, …' in errors[0]
    )


def test_repeated_outlines_are_one_line(town):
    features(town, lambda all_: [one["properties"].update(KENNUNG="010101") for one in all_[:4]])
    (error,) = check(town, "de").errors
    assert 'Zeile 2, Spalte "KENNUNG": Die Kennung "010101" steht schon in Zeile 1, und 2 weitere' in error


def test_percentages_are_no_count_of_people(town):
    for number in range(1, 5):
        data(town, TABLE, rf"^(010{number}\d\d;[^;]*);(\d)(\d+);", r"\1;\g<2>,\g<3>7;")
    (warning,) = [line for line in check(town, "de").lines["warning"] if "keine ganzen" in line]
    assert 'Spalte "Einwohner": 16 von 16 Zahlen sind keine ganzen, etwa 1,2007; ' in warning
    assert "such as 1.2007; people" in " ".join(check(town, "en").lines["warning"])


@pytest.mark.parametrize("column", ["X", "Y"])
def test_coordinates_are_no_people(town, column):
    layer(town, "residents.toml", '^residents = "Einwohner"', f'residents = "{column}"')
    (error,) = check(town, "de").errors
    assert f'Spalte "{column}": Die Spalte enthält die Koordinaten der Punkte' in error


def test_longitudes_are_no_people(town):
    frame = gpd.GeoDataFrame(
        {"longitude": [9.183, 9.191, 9.202]}, geometry=gpd.points_from_xy([9.18, 9.19, 9.2], [51.47] * 3)
    )
    frame.set_crs("EPSG:4326").to_file(data_file(town, "p.gpkg"), driver="GPKG")
    text = 'kind = "residents"\ntitle = "R"\nsource = "vector"\npath = "town/p.gpkg"\norigin_type = "address"\n'
    (town / "layers/town/residents.toml").write_text(
        text + 'residents = "longitude"\nlicence = "-"\ncredit = "-"\n[groups]\nage_0_5 = "longitude"\n', "utf-8"
    )
    assert any("holds the coordinates of the points" in error for error in check(town, "en").errors)


def test_areas_that_bear_the_same_numbers_are_told(town):
    rows = data_file(town, TABLE).read_text("utf-8").splitlines()
    rows[2] = ";".join([*rows[2].split(";")[:2], *rows[1].split(";")[2:]])
    put(town, TABLE, "\n".join(rows).encode("utf-8"))
    (warning,) = check(town, "de").lines["warning"]
    assert "population.toml: 2024: gleich viele Einwohner" in warning
    assert "Altstadt (010101) = Am Markt (010102)" in warning
    rows[2] = rows[2].replace(";1200;", ";1201;")
    put(town, TABLE, "\n".join(rows).encode("utf-8"))
    assert not check(town, "de").lines["warning"]


def test_the_count_without_a_change_is_named(town):
    layer(town, "residents_15_64.toml", "^before = .*\n", "")
    (error,) = check(town, "en").errors
    assert "needs the change up to 2024 of: unemployment (not there in: residents_15_64); no area has one." in error
    assert error.endswith("and qmgis does not compute status alone yet.")


def test_a_year_with_status_alone_says_which_years_have_a_change(town):
    edition = '[[edition]]\nyear = 2022\nvintage = "town-2024"\nsource = "delimited"\nid = "Kennung"\n'
    edition += f'path = "town/{TABLE}"\n'
    for name, value in (("unemployed", "Arbeitslose 2022"), ("residents_15_64", "Einwohner 15-64 2022"),
                        ("transfer", "Transfer in %"), ("child_poverty", "Kinderarmut in %"),
                        ("population", "Einwohner")):  # fmt: skip
        file = town / "layers/town" / f"{name}.toml"
        file.write_text(file.read_text("utf-8") + f'\n{edition}value = "{value}"\ndecimal = ","\n', "utf-8")
    layer(town, "city.toml", "^year = 2024", "year = 2022")
    (error,) = check(town, "de").errors
    assert "Der Lauf mss-2024 braucht die Änderung bis 2022 von: unemployment (sie fehlt in: unemployed, resi" in error
    assert "kein Gebiet hat eine, wohl aber für 2024." in error
    assert "den Status allein rechnet qmgis noch nicht" in error


def test_a_backdrop_of_points_is_an_error(town):
    shape = gpd.GeoSeries([shapely.Point(9.18, 51.47)], crs="EPSG:4326")
    put(town, "b.geojson", shape.to_json().encode())
    (town / "layers/town/b.toml").write_text(
        'kind = "backdrop"\ntitle = "B"\nsource = "vector"\npath = "town/b.geojson"\ndraw = "water"\nlicence = "-"\n'
        'credit = "-"\n',
        "utf-8",
    )
    assert check(town, "en").errors == ["town/b.geojson: The file holds neither lines nor areas; only these are drawn."]


def test_a_column_name_that_returns_is_noted(town):
    frame = gpd.GeoDataFrame({"lat": [1], "lat\n": [2]}, geometry=[shapely.Point(512540, 5702360)], crs="EPSG:25832")
    frame.to_file(data_file(town, "k.gpkg"), driver="GPKG")
    layer(town, "kita.toml", 'source = "delimited"\npath = "town/kitas.csv"', 'source = "vector"\npath = "town/k.gpkg"')
    layer(town, "kita.toml", "^(id|name|capacity|x|y|crs) = .*\n", "")
    (note,) = check(town, "en").lines["note"]
    assert 'town/k.gpkg, column "lat_2": there is more than one column "lat" (blanks and line ends do not' in note


def test_faulty_outlines_do_not_hide_faulty_tables(town):
    def bow(all_):
        ring = all_[0]["geometry"]["coordinates"][0]
        ring[1], ring[2] = ring[2], ring[1]

    features(town, bow)
    data(town, TABLE, r"^(010103;Bahnhof);1738", r"\1;etwa 1700")
    data(town, TABLE, r"^0104", "9904")
    data(town, KITAS, ";80;", ";-80;")
    said = check(town, "en")
    assert {error.split(":")[0].split(",")[0] for error in said.errors} == {
        f"town/{AREAS}", f"town/{TABLE}", "town/kitas.csv"
    }  # fmt: skip
    assert any("4 of 16 ids belong to no area" in line for line in said.lines["warning"])
    assert not load(town).usable


def test_values_are_looked_at_without_areas(town):
    areas_from(town, "none.geojson")
    data(town, TABLE, r"^(010103;Bahnhof);1738", r"\1;etwa 1700")
    assert any('"etwa 1700" is not a number' in error for error in check(town, "en").errors)


def test_one_is_one(town):
    layer(town, "city.toml", '^areas = "town-2024"', 'areas = "town-2000"')
    assert "(1 error):" in ask("run", str(town), "--out", str(town / "out"), "--lang", "en")[1]
    data(town, RESIDENTS, "^51215\\d;5702150;.*", "912150;5702150;372;17")
    assert any(line for line in check(town, "en").lines["warning"] if "One of 64 points lies more than" in line)


@pytest.mark.realdata
def test_areas_of_hamburg_that_were_counted_together_are_told(town, realdata):
    """Moorburg bears the numbers of Altenwerder, and three more pairs those of a neighbour."""
    source = "hamburg/stadtteile_sozialdaten_2017.geojson"
    put(town, "h.geojson", (realdata / source).read_bytes())
    for file in (town / "layers/town").glob("*.toml"):
        file.unlink()
    head = 'title = "x"\nlicence = "-"\ncredit = "-"\n'
    file = 'vintage = "v"\nsource = "vector"\npath = "town/h.geojson"\nid = "stadtteil"\n'
    columns = {"population": "Sozialversicherungspflichtig Beschäftigte", "a": "Arbeitslose", "b": "Ältere Arbeitslose"}
    texts = {"city": 'title = "x"\nlang = "de"\ncrs = "EPSG:25832"\n', "areas": f'kind = "areas"\n{head}{file}'}
    for key, column in columns.items():
        texts[key] = f'kind = "indicator"\n{head}measure = "count"\nunit = "persons"\n'
        texts[key] += f'[[edition]]\nyear = 2017\n{file}value = "{column}"\n'
    for key, text in texts.items():
        (town / f"layers/town/{key}.toml").write_text(text, "utf-8")
    (warning,) = [line for line in check(town, "de").lines["warning"] if "gleich viele" in line]
    assert "Altenwerder = Moorburg; Steinwerder = Kleiner Grasbrook; Finkenwerder = Waltershof; Gut Moor" in warning
