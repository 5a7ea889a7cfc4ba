"""What nobody sends by accident, and what tired people do: still one sentence each, and nothing changes."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from qmgis.io.city.newcity import new_city
from tests.spoilt import (
    AREAS,
    KITAS,
    RESIDENTS,
    TABLE,
    areas_from,
    ask,
    check,
    data,
    data_file,
    features,
    fingerprint,
    layer,
    network,
    put,
)

CITY, POPULATION, KITA = "city.toml", "population.toml", "kita.toml"


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def one_error(town: Path, *patterns: str) -> None:
    """The check has one error, which says all of this in German; English is another sentence; a run changes nothing."""
    before = fingerprint(town.parent)
    said = check(town, "de")
    assert said.code == 1, said.text
    assert len(said.errors) == 1, said.text
    for pattern in patterns:
        assert re.search(pattern, said.errors[0]), f"{pattern}\n{said.errors[0]}"
    assert len(said.errors[0]) < 500
    english = check(town, "en")
    assert len(english.errors) == 1
    assert english.errors[0] != said.errors[0]
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 2, text
    assert fingerprint(town.parent) == before


def one_warning(town: Path, *patterns: str) -> None:
    said = check(town, "de")
    assert said.code == 0, said.text
    assert len(said.lines["warning"]) == 1, said.text
    for pattern in patterns:
        assert re.search(pattern, said.lines["warning"][0]), said.text


def replaced(town: Path, name: str, old: bytes, new: bytes) -> None:
    content = data_file(town, name).read_bytes()
    assert old in content
    put(town, name, content.replace(old, new, 1))


OPTIONS = [
    'header = "eins"', "header = []", "header = true", "header = 2024-01-01", "skip = -3", 'delimiter = ""',
    'delimiter = ";;"', "encoding = 5", 'columns = "Kennung"', "columns = [1]", 'decimal = ";"', 'missing = ["-9999"]',
    'signs = {"-" = 0}', "change_years = 0", "id_digits = 100000000", "where = {Name = []}", "sheet = 1",
]  # fmt: skip


@pytest.mark.parametrize("line", OPTIONS)
def test_options_are_checked_with_file_and_row(town, line):
    layer(town, POPULATION, r'^value = "Einwohner"', rf'value = "Einwohner"\n{line}')
    one_error(town, r"^town/population\.toml, Zeile 16: ", line.split(" ")[0])


BROKEN_TOML = [
    ('kind = "places', 1, "Anführungszeichen"),
    ('kind = "places"\nkind = "places"', 2, "steht zweimal"),
    ("kind = places", 1, "geraden Anführungszeichen"),
    ("kind = „places“", 1, "geraden Anführungszeichen"),
    ('kind "places"', 1, "schlüssel = Wert"),
    ('kind = "places" title', 1, "eigene Zeile"),
    ('kind = ["places"', 2, "Klammer"),
    ('kind = "pla\x00ces"', 1, "Steuerzeichen"),
    ("kind = " + "[" * 5000, None, "nicht lesbar"),
    ("kind = " + "9" * 5000, None, "nicht lesbar"),
    ('"😀" = "places"', None, '"kind" fehlt'),
]


@pytest.mark.parametrize(("text", "row", "says"), BROKEN_TOML, ids=range(len(BROKEN_TOML)))
def test_broken_toml_is_told_in_german(town, text, row, says):
    file = town / "layers" / "town" / KITA
    file.write_text(text + file.read_text("utf-8").partition('"places"')[2], "utf-8")
    one_error(town, rf"^town/kita\.toml{f', Zeile {row}' if row else ''}: ", says)


def test_line_ends_of_every_system_are_read(town):
    for end in (b"\r\n", b"\r"):
        for file in [*town.rglob("*.toml"), *town.rglob("*.csv")]:
            file.write_bytes(re.sub(rb"\r\n|\r|\n", end, file.read_bytes()))
        said = check(town, "de")
        assert (said.code, said.lines) == (0, {"error": [], "warning": [], "note": []})


@pytest.mark.parametrize(
    "run_id", ["../evil", "a/b", "", ".", "CON", "nul.txt", "x\\\\y", "a:b", "=1+1", "-rf", "a" * 99]
)
@pytest.mark.parametrize("old", ['^id = "mss-2024"', '^id = "kita"'])
def test_an_id_cannot_leave_the_output_folder(town, run_id, old):
    layer(town, CITY, old, f'id = "{run_id}"'.replace("\\", "\\\\"))
    said = check(town, "de")
    assert said.code == 1
    assert re.search(r'^town/city\.toml, Zeile \d+: "id" muss ein Name aus Buchstaben', said.errors[0])
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 2, text
    assert not (town.parent / "out").exists()


PATHS = [
    ("../../../etc/passwd", "verlässt den Datenordner"),
    ("/etc/passwd", "verlässt den Datenordner"),
    ("C:/passwd", "verlässt den Datenordner"),
    ("//server/share/x.csv", "verlässt den Datenordner"),
    ("/vsicurl/https://example.org/x.csv", "verlässt den Datenordner"),
    ("https://example.org/x.csv", "ist eine Adresse im Netz; die Datei herunterladen"),
    ("a" * 5000, "ist in keinem Datenordner"),
    (r"town/\\u0000kitas.csv", "ist in keinem Datenordner"),
    (r"town/\\u001b[31mkitas.csv", r"town/\?\[31mkitas.csv"),
]


@pytest.mark.parametrize(("path", "says"), PATHS, ids=range(len(PATHS)))
def test_a_path_cannot_leave_the_data_root(town, path, says):
    layer(town, KITA, '^path = "town/kitas.csv"', f'path = "{path}"')
    one_error(town, says, r"Genannt in town/kita\.toml, Zeile 4\.$")


CITIES = [
    (r'^crs = "EPSG:25832"', 'crs = "EPSG:3857"', r"EPSG:3857 verzerrt Längen hier um 6\d %"),
    (r'^crs = "EPSG:25832"', 'crs = "UTM32"', '"UTM32" ist kein bekanntes Koordinatensystem'),
    (r'^crs = "EPSG:25832"', 'crs = "EPSG:2263"', "rechnet nicht in Metern"),
    (r"^within_m = 500", "within_m = 1e299", "eine Zahl über 0 und bis 100000"),
    (r"^within_m = 500", "within_m = nan", "eine Zahl über 0 und bis 100000"),
    (r'^group = "age_0_5"', 'group = "age_0_6"', r'hat die Gruppe "age_0_6"\. Meinten Sie "age_0_5"\?'),
    (r"^year = 2024", 'year = "2024"', "eine ganze Zahl von 1900 bis 2100"),
    (r"^\[\[run\]\]", '[[run]]\nid = "MSS-2024"\ntitle = "x"\nmethod = "mss-2021"\nyear = 2024\nareas = "a"\n[[run]]',
     r'id = "mss-2024" steht zweimal unter \[\[run\]\]'),
    (r"^\[\[run\]\]", '[[theme]]\nid = "kita_not"\ntitle = "x"\nplaces = "kita"\nwithin_m = 5\n[[run]]',
     '"kita_not" würde Spalten mit den Namen anderer füllen'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), CITIES, ids=range(len(CITIES)))
def test_a_city_that_cannot_be_meant(town, old, new, says):
    layer(town, CITY, old, new)
    one_error(town, r"^town/city\.toml, Zeile \d+: ", says)


LAYERS = [
    ("unemployment.toml", "^numerator.*", 'numerator = "unemployment"', r'mit measure = "count" gibt es nicht'),
    ("unemployment.toml", "^numerator.*", 'numerator = "residents_15_64"', "nennen denselben Indikator"),
    ("residents_15_64.toml", "^unit.*", 'unit = "persons"\nnumerator = "unemployed"\ndenominator = "unemployment"',
     "gehören zusammen und zu measure"),
    ("areas.toml", "^id = .*", 'id = "KENNUNG"\nvalid_to = 2020-01-01', "valid_to liegt vor valid_from"),
    ("areas.toml", "^source.*", 'source = "raster"', 'passt nicht zu kind = "areas"; möglich: vector'),
    ("areas.toml", "^source.*", 'source = "delimited"', 'source = "delimited" passt nicht zu kind = "areas"'),
    (POPULATION, "^source.*", 'source = "osm"', "passt nicht zu kind = \"indicator\"; möglich: delimited, "),
    (POPULATION, "^measure.*", 'measure = "counts"', 'Meinten Sie "count"'),
    (POPULATION, r"^\[\[edition\]\].*", "[edition]", r"Zeile 8: .*mit doppelten Klammern wie \[\[edition\]\]"),
    (POPULATION, "^vintage.*", 'vintage = "town-2042"', 'Meinten Sie "town-2024"'),
    ("residents.toml", "^age_0_5", "kinder", r"Zeile 15: \"groups\" muss eine Tabelle wie"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "says"), LAYERS, ids=range(len(LAYERS)))
def test_a_layer_that_cannot_be_meant(town, name, old, new, says):
    layer(town, name, old, new)
    one_error(town, rf"^town/{re.escape(name)}", says)


DISSOLVED = [
    ('{"a" = ["010101", "010102"], "b" = ["010102", "010103"]}', 'Zu "b" lassen sich nicht vereinigen: 010102'),
    ('{"a" = []}', 'Zu "a" lassen sich nicht vereinigen'),
    ('{"010103" = ["010101", "010102"]}', 'Zu "010103" lassen sich nicht vereinigen'),
    ('{"a" = ["010101", "zzz"]}', "die es nicht gibt: zzz"),
]


@pytest.mark.parametrize(("table", "says"), DISSOLVED)
def test_areas_are_not_joined_by_chance(town, table, says):
    layer(town, "areas.toml", "^id = .*", f'id = "KENNUNG"\ndissolve = {table}')
    said = check(town, "de")
    assert said.code == 1
    assert says in said.errors[0]


CELLS = [
    ("NaN", '"NaN" ist keine Zahl'),
    ("inf", '"inf" ist keine Zahl'),
    ("1e999", "keine endliche Zahl"),
    ("9" * 400, "keine endliche Zahl"),
    ("1e308", r"1e\+308 ist mehr, als es geben kann"),
    ("99999999999999999999", "mehr, als es geben kann"),
    ("#DIV/0!", '"#DIV/0!" ist keine Zahl'),
    ("=1200", '"=1200" ist keine Zahl'),
    ("12. Mrz", '"12. Mrz" ist ein Datum'),
    ("١٢٠٠", '"١٢٠٠" ist keine Zahl'),
    ("\x1b[31m7", r'"\?\[31m7" ist keine Zahl'),
]


@pytest.mark.parametrize(("cell", "says"), CELLS, ids=range(len(CELLS)))
def test_a_cell_that_is_no_count(town, cell, says):
    data(town, TABLE, r"^(010101;Altstadt);1200", rf"\1;{cell}")
    one_error(town, rf'^town/{TABLE}, Zeile 2, Spalte "Einwohner": ', says)


TABLES = [
    (b"", "ist leer"),
    (b"\xef\xbb\xbf\n \n", "ist leer"),
    (b"PK\x03\x04 \x00\x00", 'ist keine Textdatei.*source = "spreadsheet"'),
    (b"<!DOCTYPE html><html>404</html>", "JSON oder XML"),
    (b"just words", "kein Trennzeichen"),
    (b"Kennung;Name\n", "eine Kopfzeile, aber keine Zeilen"),
]


@pytest.mark.parametrize(("content", "says"), TABLES, ids=range(len(TABLES)))
def test_a_table_that_is_none_is_told_once(town, content, says):
    """Five layers name the file."""
    put(town, TABLE, content)
    one_error(town, says, r"Genannt in town/\w+\.toml, Zeile \d+\. Ebenso an 4 weiteren Stellen\.$")


def test_bytes_that_are_no_text(town):
    replaced(town, TABLE, b"Altstadt", b"Alt\x00stadt")
    one_error(town, r"ist keine Textdatei \(Zeile 2 enthält ein NUL-Zeichen\)")
    replaced(town, TABLE, b"Alt\x00stadt", b"Alt\xe4stadt")
    one_error(town, "Zeile 2: zwei Kodierungen in einer Datei")


def test_a_byte_order_mark_in_the_middle_is_passed_over(town):
    replaced(town, TABLE, b"\n010102", b"\n\xef\xbb\xbf010102")
    assert check(town, "de").lines == {"error": [], "warning": [], "note": []}


def test_a_quote_that_never_ends(town):
    replaced(town, TABLE, b"Altstadt", b'"Altstadt')
    one_error(town, r'Zeile 2: ein Anführungszeichen \("\) wird geöffnet und nie geschlossen')


def test_rows_of_another_length(town):
    replaced(town, TABLE, b"010101;Altstadt;", b"010101;Altstadt;;")
    one_error(town, r"Zeile 2: 12 Zellen, die Kopfzeile \(1\) hat 11")


def test_ten_thousand_columns(town):
    rows = data_file(town, TABLE).read_text("utf-8").splitlines()
    head = rows[0] + "".join(f";c{number}" for number in range(10_000))
    put(town, TABLE, "\n".join([head, *(row + ";1" * 10_000 for row in rows[1:])]).encode())
    assert check(town, "de").lines == {"error": [], "warning": [], "note": []}


def as_workbook(town: Path) -> openpyxl.Workbook:
    """Put the table into a workbook, and let the layers read it."""
    book = openpyxl.Workbook()
    for row in data_file(town, TABLE).read_text("utf-8-sig").splitlines():
        cells = row.split(";")
        numbers = [float(cell.replace(",", ".")) if re.fullmatch(r"-?\d+(,\d+)?", cell) else cell for cell in cells[2:]]
        book.active.append([*cells[:2], *numbers])
    for name in ("population", "transfer", "child_poverty", "unemployed", "residents_15_64"):
        layer(town, f"{name}.toml", "^source.*", 'source = "spreadsheet"')
        layer(town, f"{name}.toml", "^path.*", 'path = "town/book.xlsx"')
    return book


BOOK = [
    (("C3", "#DIV/0!"), r'Zeile 3, Spalte "Einwohner": "#DIV/0!" ist keine Zahl'),
    (("C3", True), 'Zeile 3, Spalte "Einwohner": "True" ist keine Zahl'),
    (("XFD1048576", 1), "reicht über 1048576 Zeilen und 16384 Spalten"),
]


@pytest.mark.parametrize(("cell", "says"), BOOK)
def test_workbooks(town, cell, says):
    book = as_workbook(town)
    book.active[cell[0]] = cell[1]
    book.save(data_file(town, "book.xlsx"))
    one_error(town, says)


def test_a_text_table_with_the_name_of_a_workbook(town):
    as_workbook(town)
    put(town, "book.xlsx", data_file(town, TABLE).read_bytes())
    one_error(town, r"book\.xlsx ist keine Tabellenkalkulation.*source = \"delimited\"")


def ring(feature: dict) -> list:
    return feature["geometry"]["coordinates"][0]


def geometry(**shape: object):
    return lambda all_: all_[0].update(geometry=shape or None)


SHAPES = [
    (geometry(), r"1 Gebiet hat keinen Umriss: 010101"),
    (geometry(type="Polygon", coordinates=[]), r"1 Gebiet hat keinen Umriss: 010101"),
    (geometry(type="Point", coordinates=[9.18, 51.47]), r"1 Gebiet ist keine Fläche \(Point\): 010101"),
    (geometry(type="GeometryCollection", geometries=[{"type": "Point", "coordinates": [9.18, 51.47]}]),
     r"keine Fläche \(GeometryCollection\): 010101"),
    (lambda all_: ring(all_[0]).insert(1, ring(all_[0]).pop(2)), r"1 Umriss ist ungültig .*: 010101"),
    (lambda all_: all_[0].update(geometry=all_[1]["geometry"]), "denselben Umriss wie ein anderes: 010101, 010102"),
    (lambda all_: ring(all_[2]).pop(), "defekte Umrisse .* bei den Objekten: 3"),
    (lambda all_: ring(all_[0])[0].__setitem__(0, float("nan")), "defekte Umrisse .* bei den Objekten: 1"),
    (lambda all_: ring(all_[0])[0].__setitem__(0, 1e308), "defekte Umrisse .* bei den Objekten: 1"),
    (lambda all_: [point.reverse() for one in all_ for point in ring(one)], "Die Achsen scheinen vertauscht"),
    (lambda all_: [point.__setitem__(0, (point[0] + 350.82) % 360 - 180) for one in all_ for point in ring(one)],
     r"außerhalb von EPSG:4326 oder EPSG:25832"),
    (lambda all_: all_.clear(), "kein einziges Objekt"),
    (lambda all_: all_[1]["properties"].update(KENNUNG="010101"), 'Die Kennung "010101" steht schon in Zeile 1'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), SHAPES, ids=range(len(SHAPES)))
def test_outlines_that_are_none(town, change, says):
    features(town, change)
    said = check(town, "de")
    assert said.code == 1
    assert re.search(says, said.errors[0]), said.text
    assert said.errors[0].startswith("town/areas.geojson")


def test_heights_do_no_harm(town):
    features(town, lambda all_: [point.append(31.0) for one in all_ for point in ring(one)])
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 0, text


def test_areas_that_overlap_are_an_error(town):
    features(town, lambda all_: [point.__setitem__(0, point[0] + 0.002) for point in ring(all_[0])[1:3]])
    one_error(town, r"1 Paar von Gebieten überlappt sich.*: 010101/010102")


JSON = [
    (b'{"type": "FeatureCollection", "features": [', "Zeile 1: ab Zeichen .* fehlerhaftes JSON"),
    (b'{"type": "FeatureCollection", "features":' + b"[" * 100_000, "zu tief verschachtelt"),
    (b'{"type": "FeatureCollection",\n"x": "\xe4"}', "Zeile 2: kein UTF-8"),
    (b'{"type": "Topology"}', 'JSON vom Typ "Topology"'),
    (b"[1, 2]", "keine bekannte GIS-Datei"),
]


@pytest.mark.parametrize(("content", "says"), JSON, ids=range(len(JSON)))
def test_json_that_is_no_map(town, content, says):
    put(town, AREAS, content)
    one_error(town, says)


def test_a_shapefile_without_its_other_files(town):
    areas_from(town, "a.shp", struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50) + bytes(72))
    one_error(town, r"a\.shp ist ohne a\.shx nicht lesbar; ein Shapefile besteht aus")


def test_a_zip_without_map(town):
    with zipfile.ZipFile(data_file(town, "a.zip"), "w") as archive:
        archive.writestr("readme.txt", "nothing")
    areas_from(town, "a.zip")
    one_error(town, r"a\.zip enthält keine Vektordatei \(\.fgb, \.geojson")


def test_a_raster_that_claims_to_be_huge(town):
    tags = [(256, 4, 200_000), (257, 4, 200_000), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
            (278, 4, 200_000), (279, 4, 100)]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    put(town, "x.tif", b"II*\x00" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4))
    layer(town, "residents.toml", "^source.*", 'source = "raster"')
    layer(town, "residents.toml", "^path.*", 'path = "town/x.tif"')
    layer(town, "residents.toml", "^[xy] = .*\n", "")
    one_error(town, "200000 × 200000 Zellen, mehr als 200 Millionen")


WAY = {"type": "LineString", "coordinates": [[9.18, 51.47], [9.181, 51.47]]}
NETWORKS = [
    ([], "kein einziges Objekt"),
    ([None], "Die Datei enthält keine Linien"),
    ([{"type": "Point", "coordinates": [9.18, 51.47]}], "Die Datei enthält keine Linien"),
    ([{"type": "LineString", "coordinates": [[9.18, 51.47]] * 2}], "Die Datei enthält keine Linien"),
    (
        [WAY, {"type": "LineString", "coordinates": [[9.18, 51.47], [float("nan"), 51.47]]}],
        "defekte Umrisse .* bei den Objekten: 2",
    ),
    ([{"type": "LineString", "coordinates": [[51.47, 9.18], [51.47, 9.181]]}], "Die Achsen scheinen vertauscht"),
    ([{"type": "LineString", "coordinates": [[13.4, 52.5], [13.41, 52.5]]}], "liegt bei den Gebieten"),
]


@pytest.mark.parametrize(("shapes", "says"), NETWORKS, ids=range(len(NETWORKS)))
def test_streets_that_lead_nowhere(town, shapes, says):
    network(town, *shapes)
    one_error(town, r"^town/streets\.geojson: ", says)


PLACES = [
    (KITA, "^crs = .*", 'crs = "EPSG:25833"', "wurden als EPSG:25833 gelesen, sehen aber aus wie EPSG:25832"),
    (KITA, "^crs = .*", 'crs = "EPSG:4326"', "soll in Grad sein .* passen zu EPSG:25832 und EPSG:25833"),
    (KITA, "^[xy] = .*\n", "", "Die Tabelle hat keine Geometrie"),
    (KITAS, ";512540;", ";etwa hier;", r'Zeile 2, Spalte "X": "etwa hier" ist keine Zahl\. Die Koordinate berichtigen'),
    (KITAS, ";512540;", ";1e308;", r'Zeile 2, Spalte "X, Y": das sind keine Koordinaten der Erde'),
    (KITAS, r";\d{6};\d{7}", ";;", r"Keine Zeile hat Koordinaten"),
    (KITAS, ";80;", ";-80;", r'Zeile 2, Spalte "Plätze": -80 ist negativ'),
    (RESIDENTS, r"^(\d+;\d+);372;", r"\1;-372;", r'Zeile 2, Spalte "Einwohner": -372 ist negativ'),
    (RESIDENTS, r"^(\d+;\d+);.*", r"\1;0;0", "Keine Zeile zählt Einwohner"),
    (RESIDENTS, "^51", "61", "Keiner der 64 Punkte liegt bei den Gebieten"),
]


@pytest.mark.parametrize(("name", "old", "new", "says"), PLACES, ids=range(len(PLACES)))
def test_points_that_cannot_be(town, name, old, new, says):
    (layer if name == KITA else data)(town, name, old, new)
    one_error(town, says)


DOUBTS = [
    (KITAS, ";512540;", ";;", r"Zeile 2: Die Zeile hat keine Koordinaten\. Sie bleibt außen vor"),
    (KITAS, ";512540;", ";912540;", r'Einer von 5 Punkten liegt mehr als 10 km von den Gebieten entfernt: "K01"'),
    (RESIDENTS, r"^(512150;5702150;372);17", r"\1;1700", "In 1 von 64 Zeilen hat die Gruppe age_0_5 mehr Menschen"),
    (TABLE, r"^(010102;(?:[^;]*;){7})[^;]*;", r"\g<1>-1200;", "eine Änderung um -1200 ist mehr als das Ganze"),
    (TABLE, r"^(010102;(?:[^;]*;){6})[^;]*;", r"\g<1>108,8;", "108,8 ist mehr als das Ganze"),
]


@pytest.mark.parametrize(("name", "old", "new", "says"), DOUBTS, ids=range(len(DOUBTS)))
def test_what_is_odd_is_a_warning(town, name, old, new, says):
    data(town, name, old, new)
    one_warning(town, says)


HOSTILE = [
    "../../x",
    "=1+1",
    "<script>alert(1)</script>",
    "'; DROP TABLE x;--",
    "😀",
    "con",
    "%s%n",
    "{0}",
    "[red]x[/red]",
]


def test_hostile_ids_go_through_the_whole_chain(town):
    """They are text: no path, no formula, no markup, no format."""
    old: list[str] = []

    def rename(all_):
        for one, name in zip(all_, HOSTILE, strict=False):
            old.append(one["properties"]["KENNUNG"])
            one["properties"].update(KENNUNG=name, NAME=name)

    features(town, rename)
    for area, name in zip(old, HOSTILE, strict=True):
        data(town, TABLE, rf"^{area};[^;]*;", f'"{name}";"{name}";')
    assert check(town, "de").lines == {"error": [], "warning": [], "note": []}
    before = set(fingerprint(town.parent))
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 0, text
    assert all(path.split("/")[0] == "out" for path in set(fingerprint(town.parent)) - before)
    folder = town.parent / "out" / "mss-2024"
    assert "<script>alert(1)" not in (folder / "map.html").read_text("utf-8")
    assert set(HOSTILE) <= set(json.loads((folder / "run.json").read_text("utf-8"))["reference_set"]["areas"]) | {
        *json.loads((folder / "run.json").read_text("utf-8"))["left_out"]
    }
    sheets = openpyxl.load_workbook(folder / "areas.xlsx")
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert cells
    assert all(cell.data_type != "f" for cell in cells)


def test_titles_are_text_whatever_they_hold(town):
    layer(town, CITY, r'^title = \{de = "Kita".*', 'title = {de = "Kita {x} %s <b>", en = "=cmd|x"}')
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 0, text
    assert "Kita {x} %s <b>" not in (town.parent / "out" / "mss-2024" / "map.html").read_text("utf-8")


def test_a_city_without_runs(town):
    file = town / "layers" / "town" / CITY
    file.write_text(file.read_text("utf-8").partition("[[run]]")[0], "utf-8")
    said = check(town, "de")
    assert said.code == 0
    assert "nennt keinen Lauf" in said.lines["note"][0]
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 2
    assert "[[run]]" in text
    assert not (town.parent / "out").exists()


@pytest.mark.parametrize("name", ["city.toml", "town"])
def test_a_city_that_is_not_there(town, name):
    (town / "layers" / "town" / CITY).unlink()
    for command in (["check"], ["run", "--out", str(town.parent / "out")], ["serve", "--no-open"]):
        code, text = ask(command[0], str(town), *command[1:])
        assert code in (1, 2)
        assert "ist keine city.toml" in text
