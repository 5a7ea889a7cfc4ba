"""Bad input, end to end: each gives one clear sentence on the command line, in both languages, and changes nothing."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from qmgis.io.city.newcity import new_city
from tests.io.disks import tmpfs
from tests.spoilt import (
    AREAS,
    TABLE,
    areas_from,
    ask,
    check,
    data,
    data_file,
    features,
    fingerprint,
    layer,
    put,
    zipped,
)

ROOT = Path(__file__).resolve().parents[1]
VRT = b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
RASTER_VRT = b'<VRTDataset rasterXSize="1" rasterYSize="1"><SRS>EPSG:25832</SRS></VRTDataset>'
GDALG = b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"}'
SHARE = r"^(\d{6};(?:[^;]*;){6})[^;]*;"  # the column "Transfer in %"


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


@dataclass(frozen=True)
class Case:
    """How a city is spoilt, what the first error says in German and English, and how many errors there are."""

    spoil: Callable[[Path], object]
    de: str
    en: str
    errors: int = 1

    @property
    def name(self) -> str:
        return self.spoil.__name__


CASES: list[Case] = []


def case(de: str, en: str, *, errors: int = 1) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    """Register a way to spoil a city with the patterns of its sentence."""

    def add(spoil: Callable[[Path], object]) -> Callable[[Path], object]:
        CASES.append(Case(spoil, de, en, errors))
        return spoil

    return add


@case(
    r"town/areas\.geojson: .*keine bekannte GIS-Datei; qmgis liest GeoPackage.* Genannt in town/areas\.toml, Zeile 6\.",
    r"town/areas\.geojson: .*no known GIS file; qmgis reads GeoPackage.* Named in town/areas\.toml, row 6\.",
)
def not_a_gis_file(town):
    put(town, AREAS, b"\x89PNG\r\n\x1a\n" + bytes(200))


for suffix in ("geojson", "gpkg", "shp", "tif"):

    @case(rf"town/x\.{suffix}: .*wurde nicht geöffnet: es ist XML", rf"town/x\.{suffix}: .*was not opened: it is XML")
    def a_vrt(town, suffix=suffix):
        areas_from(town, f"x.{suffix}", VRT)

    @case(
        rf"town/x\.{suffix}: .*wurde nicht geöffnet: es ist eine gespeicherte GDAL-Verarbeitungskette",
        rf"town/x\.{suffix}: .*was not opened: it is a stored GDAL pipeline",
    )
    def a_gdalg(town, suffix=suffix):
        areas_from(town, f"x.{suffix}", GDALG)


@case(r"town/cells\.tif: .*wurde nicht geöffnet: es ist XML", r"town/cells\.tif: .*was not opened: it is XML")
def a_raster_vrt(town):
    put(town, "cells.tif", RASTER_VRT)
    text = 'kind = "residents"\ntitle = "R"\nsource = "raster"\npath = "town/cells.tif"\norigin_type = "grid"\n'
    text += 'residents = "band_1"\nlicence = "-"\ncredit = "-"\n[groups]\nage_0_5 = "band_1"\n'
    (town / "layers" / "town" / "residents.toml").write_text(text, "utf-8")


@case(
    r"town/areas\.zip: .*wurde nicht geöffnet: sie würde von .* auf 300 MB anwachsen, wie eine Zip-Bombe",
    r"town/areas\.zip: .*was not opened: it unpacks from .* to 300 MB, which looks like a zip bomb",
)
def a_zip_bomb(town):
    areas_from(town, "areas.zip", zipped({"areas.shp": bytes(300_000_000)}))


@case(
    r'town/areas\.zip: .*nicht geöffnet: "\.\./\.\./evil\.shp" führt aus dem Ordner hinaus',
    r'town/areas\.zip: .*not opened: "\.\./\.\./evil\.shp" leads outside of the folder',
)
def a_zip_with_a_path_outside(town):
    areas_from(town, "areas.zip", zipped({"../../evil.shp": b"x"}))


@case(
    r'csv, Spalte "Transfer in": Die Spalte "Transfer in" fehlt\. Meinten Sie "Transfer in %"\?',
    r'csv, column "Transfer in": There is no column "Transfer in"\. Did you mean "Transfer in %"\?',
)
def a_missing_column(town):
    layer(town, "transfer.toml", 'value = "Transfer in %"', 'value = "Transfer in"')


@case(
    r'csv, Zeile 2, Spalte "Kennung": 16 von 16 Kennungen .*, etwa "10101", .*: ihnen fehlen die führenden Nullen\. '
    r"In der Ebenendatei id_digits = 6 angeben\.",
    r'csv, row 2, column "Kennung": 16 of 16 ids .*, such as "10101", .*: their leading zeros are lost\. '
    r"Say id_digits = 6 in the layer file\.",
)
def ids_without_leading_zeros(town):
    data(town, TABLE, r"^0(\d{5});", r"\1;")


@case(
    r'csv, Zeile 2, Spalte "Kennung": 16 von 16 Kennungen .*: dort heißen sie "10101", "10102", ohne führende Nullen\. '
    r'In der Ebenendatei der Gebiete von "town-2024" id_digits = 6 angeben\.',
    r'csv, row 2, column "Kennung": 16 of 16 ids .*: there they are "10101", "10102", without leading zeros\.',
)
def areas_without_leading_zeros(town):
    features(town, lambda all_: [one["properties"].update(KENNUNG=int(one["properties"]["KENNUNG"])) for one in all_])


@case(
    r'csv, Zeile 3, Spalte "Kennung": Die Kennung "010101" steht schon in Zeile 2\. Die doppelte Zeile entfernen',
    r'csv, row 3, column "Kennung": The id "010101" stands in row 2 already\. Remove the second row',
)
def duplicate_ids(town):
    data(town, TABLE, r"^010102;", "010101;")


@case(
    r'Zeile 2, Spalte "Kennung": 16 von 16 Kennungen gehören zu keinem Gebiet von "town-2024", etwa "770000", .*; '
    r'16 gehören zu "town-2016": hier treffen zwei Gebietsstände aufeinander\. vintage = "town-2016" angeben',
    r'row 2, column "Kennung": 16 of 16 ids belong to no area of "town-2024", such as "770000", .*; '
    r'16 belong to "town-2016": two versions of the areas were about to be joined\. Say vintage = "town-2016"',
)
def two_vintages_joined(town):
    old = json.loads(data_file(town, AREAS).read_text("utf-8"))
    for number, feature in enumerate(old["features"]):
        feature["properties"]["KENNUNG"] = f"77{number:04d}"
    put(town, "areas_2016.geojson", json.dumps(old).encode())
    text = (town / "layers" / "town" / "areas.toml").read_text("utf-8")
    text = text.replace("areas.geojson", "areas_2016.geojson").replace("town-2024", "town-2016")
    (town / "layers" / "town" / "areas_2016.toml").write_text(text.replace("2024-01-01", "2016-01-01"), "utf-8")
    rows = data_file(town, TABLE).read_text("utf-8").splitlines()
    rows[1:] = [f"77{number:04d}" + row[6:] for number, row in enumerate(rows[1:])]
    put(town, TABLE, "\n".join(rows).encode("utf-8"))


@case(
    r'Zeile 2, Spalte "Kennung": 8 von 16 Kennungen gehören zu keinem Gebiet von "town-2024", etwa "990101", "990102"',
    r'row 2, column "Kennung": 8 of 16 ids belong to no area of "town-2024", such as "990101", "990102"',
)
def half_the_ids_do_not_join(town):
    data(town, TABLE, r"^01(0[12])(\d\d);", r"99\1\2;")


@case(
    r"kitas\.csv nennt kein Koordinatensystem; .*passen zu EPSG:25832 und EPSG:25833: die Quelle",
    r"kitas\.csv does not say its reference system; name it as crs in the layer file.*25832 and EPSG:25833: ask",
)
def no_crs(town):
    layer(town, "kita.toml", r'^crs = "EPSG:25832".*\n', "")


@case(
    r'town/city\.toml, Zeile 6: crs = "EPSG:4326" rechnet nicht in Metern; für Deutschland passen "EPSG:25832"',
    r'town/city\.toml, row 6: crs = "EPSG:4326" does not measure in metres; for Germany "EPSG:25832"',
)
def degrees_where_metres_are_needed(town):
    layer(town, "city.toml", r'^crs = "EPSG:25832"', 'crs = "EPSG:4326"')


@case(
    r'csv, Zeile 4, Spalte "Einwohner": "etwa 1700" ist keine Zahl\. Den Wert berichtigen oder das Zeichen erklären',
    r'csv, row 4, column "Einwohner": "etwa 1700" is not a number\. Correct the value or explain the sign',
)
def text_in_a_number_column(town):
    data(town, TABLE, r"^(010103;Bahnhof);1738", r"\1;etwa 1700")


@case(
    r'csv, Zeile 2, Spalte "Transfer in %": "9,8" passt nicht zum Dezimalzeichen "\." der Spalte, und 15 weitere '
    r"\(Zeilen 3, 4, 5, 6, …\)\. decimal und thousands in der Ebenendatei prüfen",
    r'csv, row 2, column "Transfer in %": "9,8" does not fit the decimal mark "\." of the column, and 15 more '
    r"\(rows 3, 4, 5, 6, …\)\. Check decimal and thousands in the layer file",
    errors=2,  # the value and the change
)
def decimal_comma_read_as_thousands(town):
    layer(town, "transfer.toml", r'^decimal = ","', 'decimal = "."\nthousands = ","')


@case(
    r'csv, Spalte "Einwohner": "1\.200", "2\.319", "1\.738" kann Tausender oder Nachkommastellen bedeuten',
    r'csv, column "Einwohner": "1\.200", "2\.319", "1\.738" can mean thousands or decimals',
)
def thousands_or_decimals(town):
    data(town, TABLE, r"^(\d{6};[^;]*);(\d)(\d{3});", r"\1;\2.\3;")


@case(
    r'csv, Spalte "Transfer in %": Keine der 16 Zeilen hat einen Wert \(.+\)\. Die Spalte value, decimal',
    r'csv, column "Transfer in %": None of the 16 rows has a value \(.+\)\. Check the column value, decimal',
)
def all_values_missing(town):
    data(town, TABLE, SHARE, r"\1.;")


@case(
    r"town/city\.toml, Zeile 31: Der Lauf mss-2024 lässt sich nicht rechnen: .*nur 1 von 1 Gebieten sind bewertbar",
    r"town/city\.toml, row 31: The run mss-2024 cannot be computed: .*only 1 of 1 areas can be scored",
)
def one_area(town):
    features(town, lambda all_: all_.__delitem__(slice(1, None)))
    put(town, TABLE, b"\n".join(data_file(town, TABLE).read_bytes().splitlines()[:2]))


@case(
    r'city\.toml, Zeile 31: Der Lauf mss-2024 lässt sich nicht rechnen: "transfer" ist konstant',
    r'city\.toml, row 31: The run mss-2024 cannot be computed: "transfer" is constant',
)
def a_constant_indicator(town):
    data(town, TABLE, SHARE, r"\g<1>9,8;")


@case(
    r'csv, Zeile 2, Spalte "Einwohner": -1200 ist negativ\. Zahlen und Anteile .* nie; den Wert berichtigen',
    r'csv, row 2, column "Einwohner": -1200 is negative\. Counts and shares .* never are; correct the value',
)
def a_negative_population(town):
    data(town, TABLE, r"^(010101;Altstadt);1200", r"\1;-1200")


@case(
    r'population\.toml, Zeile 9: "year" muss eine ganze Zahl von 1900 bis 2100 wie 2020 .*, ist aber 2024-12-31\.',
    r'population\.toml, row 9: "year" must be a whole number from 1900 to 2100 such as 2020 .*, but is 2024-12-31\.',
)
def a_date_as_year(town):
    layer(town, "population.toml", r"^year = 2024", "year = 2024-12-31")


@case(
    r'csv, Zeile 2, Spalte "Stichtag": "31\.12\.2024" ist kein Jahr, und 15 weitere \(Zeilen 3, 4, 5, 6, …\)\.',
    r'csv, row 2, column "Stichtag": "31\.12\.2024" is no year, and 15 more \(rows 3, 4, 5, 6, …\)\.',
)
def dates_in_a_year_column(town):
    head, *rows = data_file(town, TABLE).read_text("utf-8").splitlines()
    put(town, TABLE, "\n".join([f"{head};Stichtag", *(f"{row};31.12.2024" for row in rows)]).encode("utf-8"))
    layer(town, "population.toml", "^year = 2024", 'year = "Stichtag"')


@case(
    r"unemployment: in einem Gebiet ist 2024 der Zähler größer als der Nenner: in 010101\. Beide Spalten prüfen; ",
    r"unemployment: in one area the numerator of 2024 is larger than the denominator: in 010101\. Check both columns; ",
)
def a_count_above_its_denominator(town):
    data(town, TABLE, r"^(010101;Altstadt;1200);44;", r"\1;4400;")


@case(
    r"unemployment: in einem Gebiet ist 2022 der Zähler größer als der Nenner: in 010101\.",
    r"unemployment: in one area the numerator of 2022 is larger than the denominator: in 010101\.",
)
def a_count_above_its_denominator_two_years_before(town):
    data(town, TABLE, r"^(010101;Altstadt;1200;44);36;", r"\1;3600;")


@pytest.mark.parametrize("spoilt", CASES, ids=lambda spoilt: spoilt.name)
def test_bad_input_is_one_sentence_and_changes_nothing(town, tmp_path, spoilt):
    spoilt.spoil(town)
    before = fingerprint(tmp_path)
    for lang, pattern in (("de", spoilt.de), ("en", spoilt.en)):
        said = check(town, lang)
        assert said.code == 1, said.text
        assert re.search(pattern, said.errors[0]), said.errors[0]
        assert len(said.errors) == spoilt.errors, said.text
    code, text = ask("run", str(town), "--out", str(tmp_path / "out"))
    assert code == 2, text
    assert text.startswith("Fehler: ")
    assert fingerprint(tmp_path) == before


def test_the_check_as_data(town):
    text_in_a_number_column(town)
    code, text = ask("check", str(town), "--json", "--lang", "en")
    report = json.loads(text)
    assert code == 1
    assert not report["usable"]
    (problem,) = report["problems"]
    assert (problem["level"], problem["file"], problem["row"]) == ("error", f"town/{TABLE}", 4)
    assert problem["column"] == "Einwohner"
    assert problem["remedy"].startswith("Correct the value")


def test_a_percentage_given_as_a_fraction_is_told(town):
    data(town, TABLE, r"^(\d{6};(?:[^;]*;){6})(\d+),(\d);", r"\g<1>0,0\g<2>\g<3>;")
    assert (
        'obwohl unit = "percent" angegeben ist. Sind es Anteile von 0 bis 1?' in check(town, "de").lines["warning"][0]
    )
    assert check(town, "en").code == 0


def test_shares_among_percentages_are_told(town):
    data(town, TABLE, r"^(01010[1-4];(?:[^;]*;){6})(\d+),(\d);", r"\g<1>0,0\g<2>\g<3>;")
    (said,) = check(town, "de").lines["warning"]
    assert said == (
        f'town/{TABLE}, Zeile 2, Spalte "Transfer in %": 4 von 16 Werten sind höchstens 0,10, alle anderen mindestens '
        "6,20: vermutlich Anteile unter Prozenten. Die Werte in einer Einheit angeben."
    )
    assert "shares among percentages, most likely" in check(town, "en").lines["warning"][0]


def test_small_percentages_are_not_told(town):
    """Percentages that go on from below 1 to above it are no mixture."""
    rows = data_file(town, TABLE).read_text("utf-8").splitlines()
    cells = [row.split(";") for row in rows]
    for number, row in enumerate(cells[1:]):
        row[7] = f"{0.2 * 1.3**number:.1f}".replace(".", ",")
    put(town, TABLE, "\n".join(";".join(row) for row in cells).encode("utf-8"))
    assert check(town, "de").lines["warning"] == []


def test_areas_without_a_population_are_left_out_and_told(town, tmp_path):
    data(town, TABLE, r"^(01010[12];[^;]*);\d+;", r"\1;;")
    assert check(town, "de").code == 0
    code, text = ask("run", str(town), "--out", str(tmp_path / "out"), "--lang", "de")
    assert code == 0
    assert text.count("Wegen fehlender Angaben nicht bewertet: 2 Gebiete (010101, 010102).") == 1


def test_a_share_above_the_whole_does_not_stop_the_certainty(town, tmp_path):
    data(town, TABLE, r"^(010101;(?:[^;]*;){6})(\d+),(\d);", r"\g<1>120,0;")
    (said,) = check(town, "en").lines["warning"]
    assert "120 is more than the whole" in said
    assert ask("run", str(town), "--out", str(tmp_path / "out"))[0] == 0


def test_output_folder_that_cannot_be_written(town, tmp_path):
    (tmp_path / "out").write_text("a file is in the way", "utf-8")
    before = fingerprint(tmp_path)
    for lang, words in (("de", "ist kein Ordner: einen anderen Ordner wählen."), ("en", "choose another folder.")):
        code, text = ask("run", str(town), "--out", str(tmp_path / "out" / "deeper"), "--lang", lang)
        assert code == 2
        assert text.rstrip("\n").endswith(words)
        assert text.count("\n") == 1
    assert fingerprint(tmp_path) == before


def test_a_disk_that_is_read_only(town, tmp_path):
    with tmpfs(tmp_path / "disk", "size=1m,ro") as disk:
        code, text = ask("run", str(town), "--out", str(disk))
    assert code == 2
    assert "darf nicht geschrieben werden: einen anderen Ordner wählen" in text
    assert text.count("\n") == 1


def test_a_full_disk_keeps_the_old_results(town, tmp_path):
    with tmpfs(tmp_path / "small", "size=1500k") as small:
        code, text = ask("run", str(town), "--out", str(small))
        assert code == 0, text
        used = sum(file.stat().st_size for file in small.rglob("*.*"))
        (small / "ballast").write_bytes(bytes(1_500_000 - used - 200_000))
        before = fingerprint(small)
        layer(town, "city.toml", "Soziale Lage 2024", "Soziale Lage, neu")
        for lang, words in (("de", "der Datenträger ist voll: Platz schaffen"), ("en", "the disk is full: free some")):
            code, text = ask("run", str(town), "--out", str(small), "--lang", lang)
            assert code == 2, text
            assert words in text
            assert text.count("\n") == 1
            assert fingerprint(small) == before


def start(town: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "qmgis", "run", str(town), "--out", str(out)]
    # Tests that run in the background inherit an ignored Ctrl-C; the program is to see it all the same.
    heard = None if os.name == "nt" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heard
    )


def together(out: Path) -> str:
    """Return the recipe of a run's results, after a look at whether every file is readable and bears its title."""
    folder = out / "mss-2024"
    recipe = json.loads((folder / "run.json").read_text("utf-8"))
    title = recipe["title"]
    assert title in (folder / "map.html").read_text("utf-8")
    with zipfile.ZipFile(next(folder.glob("*.zip"))) as archive:
        assert archive.testzip() is None
    with zipfile.ZipFile(next(folder.glob("*.qgz"))) as archive:
        assert archive.testzip() is None
    assert next(folder.glob("*.gpkg")).read_bytes().startswith(b"SQLite format 3")
    return str(recipe["recipe"])


@pytest.mark.slow
def test_killed_in_mid_write_the_results_stay_readable_and_belong_together(town, tmp_path):
    """kill -9 at random moments of the writing of other results: the old ones stay, or the new ones are all there."""
    out, dice = tmp_path / "out", random.Random(2)
    process = start(town, out)
    assert process.communicate(timeout=120)[1] == ""
    recipes, hit = {together(out)}, 0
    for turn in range(5):
        layer(town, "city.toml", r'de = "Soziale Lage[^"]*"', f'de = "Soziale Lage, Stand {turn}"')
        process = start(town, out)
        until = time.monotonic() + 60
        while process.poll() is None and not list(out.rglob("part_*")) and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        hit += process.returncode == -signal.SIGKILL
        recipes.add(together(out))
    assert hit, "no run was killed while it wrote"
    process = start(town, out)
    assert process.communicate(timeout=120)[1] == ""
    assert together(out)


@pytest.mark.slow
def test_ctrl_c_is_one_sentence(town, tmp_path):
    process = start(town, tmp_path / "out")
    maps, until = Path(f"/proc/{process.pid}/maps"), time.monotonic() + 60
    if not maps.exists():
        pytest.skip("no /proc here to see how far a process is")
    while "libgdal" not in maps.read_text() and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors == "Abgebrochen; es bleibt keine halbe Datei.\n"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.is_relative_to(tmp_path / "out")]


def test_a_port_in_use_is_one_sentence(town):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, text = ask("serve", str(town), "--no-open", "--port", str(port))
    assert code == 2
    assert text.startswith("Fehler: ")
    assert str(port) in text
    assert text.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="pipes as files are of Unix")
@pytest.mark.parametrize("what", ["folder", "pipe", "loop", "nothing"])
def test_what_is_no_file_is_not_read(town, what):
    file = data_file(town, "kitas.csv")
    file.unlink()
    {
        "folder": file.mkdir,
        "pipe": lambda: os.mkfifo(file),
        "loop": lambda: file.symlink_to(file),
        "nothing": lambda: None,
    }[what]()
    said = check(town, "de")
    assert said.code == 1
    assert len(said.errors) == 1
    assert 'Die Datei "town/kitas.csv" ist in keinem Datenordner' in said.errors[0]


def test_a_link_out_of_the_data_root_is_not_followed(town):
    file = data_file(town, "kitas.csv")
    file.unlink()
    file.symlink_to("/etc/passwd")
    said = check(town, "de")
    assert said.code == 1
    assert '"town/kitas.csv" ist ein Verweis auf eine Datei außerhalb des Datenordners' in said.errors[0]
    assert "root:" not in said.text
