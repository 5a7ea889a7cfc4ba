"""Bad places, residents and streets, end to end: one clear sentence in both languages, and nothing half-written."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from qmgis.io.city.newcity import new_city
from tests.spoilt import KITAS, RESIDENTS, ask, check, data, data_file, fingerprint, layer, network, put

ROOT = Path(__file__).resolve().parents[1]
FIRST = r"^(512150;5702150);372;17"  # the first row of the residents: 372 people, 17 of them children
SEA = "561000;6650000"  # the North Sea off Norway
ALL_KITAS = r"^(K\d+;.*);[\d.]+;[\d.]+$"
CAPACITY = r"^(K01;[^;]*);[^;]*;"
SUPPLY = ("city.toml", "^within_m = 500", 'within_m = 500\nsupply = "two_step"')


@dataclass(frozen=True)
class Case:
    """How a city is spoilt, what is said of it in both languages, and how grave it is."""

    spoil: Callable[[Path], object]
    de: str
    en: str
    level: str

    @property
    def name(self) -> str:
        return self.spoil.__name__


CASES: list[Case] = []


def case(de: str, en: str, *, level: str = "error") -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    def add(spoil: Callable[[Path], object]) -> Callable[[Path], object]:
        CASES.append(Case(spoil, de, en, level))
        return spoil

    return add


def more(town: Path, name: str, row: str) -> None:
    file = data_file(town, name)
    file.write_bytes(file.read_bytes().rstrip(b"\n") + f"\n{row}\n".encode())


@case(
    r"town/kitas\.csv: Keiner der 5 Punkte liegt bei den Gebieten\..* 949 km\..* Wenn ja, crs prüfen",
    r"town/kitas\.csv: None of the 5 points is near the areas\..* 949 km away\..* If so, check crs",
)
def all_places_in_the_sea(town):
    data(town, KITAS, ALL_KITAS, rf"\1;{SEA}")


@case(
    r'town/kitas\.csv: Einer von 5 Punkten liegt mehr als 10 km .*entfernt: "K01"\. Koordinaten und crs prüfen',
    r'town/kitas\.csv: One of 5 points lies more than 10 km away .*: "K01"\. Check coordinates and crs',
    level="warning",
)
def one_place_in_the_sea(town):
    data(town, KITAS, r"^(K01;.*);[\d.]+;[\d.]+$", rf"\1;{SEA}")


@case(
    r"town/kitas\.csv: 3 von 5 Punkten .*entfernt: Die Datei reicht weiter als die Stadt\. Orte außerhalb zählen mit",
    r"town/kitas\.csv: 3 of 5 points .*: the file reaches further than the city\. Places outside count",
    level="note",
)
def most_places_in_the_sea(town):
    data(town, KITAS, r"^(K0[123];.*);[\d.]+;[\d.]+$", rf"\1;{SEA}")


@case(
    r"town/kitas\.csv, Zeile 7: Kita Am Markt steht noch einmal da: gleiche Stelle, .* doppelte Zeilen entfernen\.",
    r"town/kitas\.csv, row 7: Kita Am Markt is there again: same spot, .* remove rows that are there twice\.",
    level="warning",
)
def a_place_twice_under_two_ids(town):
    more(town, KITAS, "K06;Kita Am Markt;80;512540;5702360")


@case(
    r'town/kitas\.csv, Zeile 7, Spalte "Nr": Die Kennung "K01" kommt noch einmal vor.*Eine doppelte Zeile entfernen\.',
    r'town/kitas\.csv, row 7, column "Nr": The id "K01" comes up again.*Remove a row that is there twice\.',
    level="warning",
)
def a_place_twice_under_one_id(town):
    more(town, KITAS, "K01;Kita Am Markt;80;512540;5702360")


@case(
    r'town/kitas\.csv, Zeile 2, Spalte "Plätze": -20 ist negativ\..* den Wert berichtigen',
    r'town/kitas\.csv, row 2, column "Plätze": -20 is negative\..* correct the value',
)
def a_negative_capacity(town):
    data(town, KITAS, CAPACITY, r"\1;-20;")


@case(
    r'town/kitas\.csv, Zeile 2, Spalte "Plätze": Einer von 5 Orten hat keine Kapazität\. Erreichbarkeit',
    r'town/kitas\.csv, row 2, column "Plätze": One of 5 places has no capacity\. Reach',
    level="note",
)
def a_missing_capacity(town):
    data(town, KITAS, CAPACITY, r"\1;;")


@case(
    r'town/kitas\.csv, Spalte "Plätze": Das Thema kita fragt nach der Versorgung \(supply\), aber einer von 5 Orten '
    r"hat keine Kapazität: K01\. Die Kapazitäten eintragen",
    r'town/kitas\.csv, column "Plätze": Theme kita asks for supply, but one of 5 places has no capacity: K01\. Enter',
)
def a_missing_capacity_where_supply_is_asked_for(town):
    data(town, KITAS, CAPACITY, r"\1;;")
    layer(town, *SUPPLY)


@case(
    r'town/kitas\.csv, Spalte "Plätze": .* aber die Kapazität aller Orte ist 0\. Die Kapazitäten eintragen oder supply',
    r'town/kitas\.csv, column "Plätze": .* but the capacity of all places is 0\. Enter the capacities, or',
)
def no_capacity_at_all_where_supply_is_asked_for(town):
    data(town, KITAS, r"^(K\d+;[^;]*);[^;]*;", r"\1;0;")
    layer(town, *SUPPLY)


@case(
    r'town/city\.toml, Zeile 27: "within_m" muss eine Zahl über 0 und bis 100000 sein, ist aber 0\.',
    r'town/city\.toml, row 27: "within_m" must be a number above 0 and up to 100000, but is 0\.',
)
def a_threshold_of_nothing(town):
    layer(town, "city.toml", "^within_m = 500", "within_m = 0")


@case(
    r'town/residents_2024\.csv, Spalte "Kinder": Die Spalte "Kinder" fehlt\. Meinten Sie "Kinder 0-5"\?.*Zeile 5\.',
    r'town/residents_2024\.csv, column "Kinder": There is no column "Kinder"\. Did you mean "Kinder 0-5"\?.*row 5\.',
)
def a_group_without_a_column(town):
    layer(town, "residents.toml", '"Kinder 0-5"', '"Kinder"')


@case(
    r'town/city\.toml, Zeile 26: Keine Ebene mit Einwohnern hat die Gruppe "age_6_11"\. Meinten Sie "age_0_5"\?',
    r'town/city\.toml, row 26: No layer of residents has the group "age_6_11"\. Did you mean "age_0_5"\?',
)
def a_group_that_is_nowhere(town):
    layer(town, "city.toml", 'group = "age_0_5"', 'group = "age_6_11"')


@case(
    r'town/residents_2024\.csv, Spalte "Kinder 0-5": Die Gruppe age_0_5 hat in keiner Zeile eine Zahl\. Die richtige',
    r'town/residents_2024\.csv, column "Kinder 0-5": The group age_0_5 has no number in any row\. Name the',
)
def a_group_without_a_number(town):
    data(town, RESIDENTS, r"^(\d+;\d+;\d+);\d+$", r"\1;")


@case(
    r'town/residents_2024\.csv, Spalte "Kinder 0-5": Die Gruppe age_0_5 ist in allen Zeilen 0',
    r'town/residents_2024\.csv, column "Kinder 0-5": The group age_0_5 is 0 in all rows',
    level="warning",
)
def a_group_of_nobody(town):
    data(town, RESIDENTS, r"^(\d+;\d+;\d+);\d+$", r"\1;0")


@case(
    r"town/residents_2024\.csv, Zeile 2: In 1 von 64 Zeilen hat die Gruppe age_0_5 mehr Menschen, .* prüfen\.",
    r"town/residents_2024\.csv, row 2: In 1 of 64 rows the group age_0_5 has more people .*; check the columns",
    level="warning",
)
def more_children_than_people(town):
    data(town, RESIDENTS, FIRST, r"\1;372;400")


@case(
    r"town/residents_2024\.csv, Zeile 2: 372 von 32\.552 Personen \(1,1 %\) bleiben außen vor: .* ergänzen\.",
    r"town/residents_2024\.csv, row 2: 372 of 32,552 persons \(1\.1%\) stay outside: .* Add the coordinates\.",
    level="warning",
)
def people_without_a_location(town):
    data(town, RESIDENTS, FIRST, r"512150;;372;17")


@case(
    r"town/residents_2024\.csv, Zeile 2: Weniger als 3 von 32\.182 Personen \(unter 0,1 %\) bleiben außen vor",
    r"town/residents_2024\.csv, row 2: Fewer than 3 of 32,182 persons \(below 0\.1%\) stay outside",
    level="warning",
)
def two_people_without_a_location(town):
    data(town, RESIDENTS, FIRST, r"512150;;2;1")


@case(
    r"town/streets\.gpkg: streets\.gpkg nennt kein Koordinatensystem; es in der .* als crs angeben\..*EPSG:25832",
    r"town/streets\.gpkg: streets\.gpkg does not say its reference system; name it as crs in the layer .*EPSG:25832",
)
def streets_without_a_reference_system(town):
    network(town)
    lines = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.LineString([(512000, 5701000), (513000, 5701000)])])
    with pytest.warns(UserWarning, match="crs"):
        lines.to_file(data_file(town, "streets.gpkg"))
    layer(town, "streets.toml", "streets.geojson", "streets.gpkg")


@case(
    r"town/streets\.geojson: Das Netz zu Fuß zerfällt in 2 Teile; .* verbinden sich nur an gemeinsamen Punkten: Wo",
    r"town/streets\.geojson: The network on foot falls into 2 parts; .* Streets join at common points only: where",
    level="warning",
)
def streets_in_pieces(town):
    halves(town)


@case(
    r"town/streets\.osm\.pbf: .*ist abgeschnitten oder beschädigt.*; die Datei neu beziehen\.",
    r"town/streets\.osm\.pbf: .*is cut off or damaged.*; get the file again\.",
)
def a_truncated_extract(town):
    # a header of a block says 13 bytes more than there are
    put(town, "streets.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c")
    text = (
        'kind = "network"\ntitle = "Wege"\nsource = "osm"\npath = "town/streets.osm.pbf"\nlicence = "-"\ncredit = "-"\n'
    )
    (town / "layers" / "town" / "streets.toml").write_text(text, "utf-8")


def halves(town: Path) -> None:
    """Give the city two grids of streets with a gap between them, west and east of it."""
    shapes = []
    for west, east in ((511500, 513200), (513300, 515000)):
        shapes += [[[west, north], [east, north]] for north in range(5700000, 5703100, 100)]
        shapes += [[[x, 5700000], [x, 5703000]] for x in range(west, east + 1, 100)]
    network(town, {"type": "MultiLineString", "coordinates": _noded(shapes)})
    file = data_file(town, "streets.geojson")
    content = json.loads(file.read_text("utf-8"))
    content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    file.write_text(json.dumps(content), "utf-8")


def _noded(lines: list) -> list:
    whole = shapely.node(shapely.multilinestrings([shapely.LineString(line) for line in lines]))
    return [[list(point) for point in part.coords] for part in whole.geoms]


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_a_spoilt_coverage_is_told_in_both_languages_and_nothing_is_half_written(one, town, tmp_path):
    one.spoil(town)
    before, out = fingerprint(town), tmp_path / "out"
    for lang, pattern in (("de", one.de), ("en", one.en)):
        said = check(town, lang)
        hits = [text for text in said.lines[one.level] if re.search(pattern, text)]
        assert len(hits) == 1, said.text
        assert (said.code, len(said.errors)) == ((1, 1) if one.level == "error" else (0, 0)), said.text
        if one.level == "error":
            code, text = ask("run", str(town), "--out", str(out), "--lang", lang)
            assert code == 2
            assert re.search(pattern, text)
            assert not out.exists()
    assert fingerprint(town) == before


def run(town: Path, out: Path, lang: str) -> str:
    code, text = ask("run", str(town), "--out", str(out), "--lang", lang)
    assert code == 0, text
    return text


def test_a_run_says_what_share_has_no_location(town, tmp_path):
    people_without_a_location(town)
    assert "372 von 32.552 Personen (1,1 %) bleiben außen vor" in run(town, tmp_path / "out", "de")


def test_a_run_says_what_share_lives_outside(town, tmp_path):
    data(town, RESIDENTS, r"^5121(\d\d);", r"5021\1;")
    rows = [line.split(";") for line in data_file(town, RESIDENTS).read_text("utf-8").splitlines()[1:]]
    outside, every = (sum(int(row[3]) for row in rows if row[0].startswith(head)) for head in ("5021", ""))
    share = f"{100 * outside / every:.1f}"
    expected = f"not counted: {outside:,} of {every:,} persons ({share}%)"
    assert outside > 0
    assert expected in run(town, tmp_path / "out", "en")


def test_a_run_says_what_share_has_no_way(town, tmp_path):
    halves(town)
    data(town, KITAS, r"^(K05;.*);513500;", r"\1;512440;")  # now all places are in the western half
    rows = [line.split(";") for line in data_file(town, RESIDENTS).read_text("utf-8").splitlines()[1:]]
    east, every = (sum(int(row[3]) for row in rows if int(row[0]) > least) for least in (513250, 0))
    found = re.search(
        r"An Wegen ohne Verbindung.*: ([\d.]+) Personen \(([\d,]+) %\)", run(town, tmp_path / "out", "de")
    )
    assert found, "half of the city has no way to a place"
    assert int(found[1].replace(".", "")) == east
    assert found[2] == f"{100 * east / every:.1f}".replace(".", ",")


def test_the_demo_city_is_told_the_same(tmp_path):
    home = tmp_path / "town"
    shutil.copytree(ROOT / "layers" / "musterstadt", home / "layers" / "town")
    shutil.copytree(ROOT / "data" / "musterstadt", home / "data" / "musterstadt")
    file = home / "data" / "musterstadt" / "places.gpkg"
    kitas = gpd.read_file(file, layer="kita")
    kitas.loc[0, "capacity"] = None
    kitas.loc[1, "geometry"] = shapely.Point(561000, 6650000)
    kitas.to_file(file, layer="kita")
    said = check(home, "en")
    assert said.code == 1
    assert [one for one in said.errors if "Theme kita asks for supply" in one] == said.errors
    assert any("lies more than" in one for one in said.lines["warning"])
    layer(home, "city.toml", "^within_m = 400", "within_m = 0")
    said = check(home, "de")
    assert said.code == 1
    assert ['"within_m" muss eine Zahl über 0' in one for one in said.errors] == [True, True], "told at both themes"
