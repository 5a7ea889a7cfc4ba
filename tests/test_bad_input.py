"""Bad input, end to end: each gives one clear sentence on the command line and changes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qmgis.cli.main import app
from qmgis.io.newcity import new_city
from tests.io.disks import tmpfs

ROOT = Path(__file__).resolve().parents[1]
TABLE, AREAS, KITAS = "indicators_2024.csv", "areas.geojson", "kitas.csv"


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def layer(town: Path, name: str, old: str, new: str) -> None:
    """Change a layer file; the change has to hit something."""
    _change(town / "layers" / "town" / name, old, new)


def data(town: Path, name: str, old: str, new: str) -> None:
    """Change a data file; the change has to hit something."""
    _change(town / "data" / "town" / name, old, new)


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_bytes().decode("utf-8")
    found = re.sub(old, new, text, flags=re.MULTILINE)
    assert found != text, old
    file.write_bytes(found.encode("utf-8"))


def put(town: Path, name: str, content: bytes) -> None:
    (town / "data" / "town" / name).write_bytes(content)


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def shapes_from(town: Path, name: str) -> None:
    layer(town, "areas.toml", r'path = "town/areas.geojson"', f'path = "town/{name}"')


VRT = b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
GDALG = b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"}'


def not_gis(town):
    put(town, AREAS, b"\x89PNG\r\n\x1a\n" + bytes(200))


def vrt(town):
    put(town, AREAS, VRT)


def gdalg(town):
    put(town, AREAS, GDALG)


def bomb(town):
    put(town, "areas.zip", zipped(areas_dot_shp=bytes(300_000_000)))
    shapes_from(town, "areas.zip")


def outside(town):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../evil.shp", b"x")
    put(town, "areas.zip", buffer.getvalue())
    shapes_from(town, "areas.zip")


def missing_column(town):
    layer(town, "transfer.toml", 'value = "Transfer in %"', 'value = "Transfer in"')


def no_zeros(town):
    data(town, TABLE, r"^0(\d{5});", r"\1;")


def duplicates(town):
    data(town, TABLE, r"^010102;", "010101;")


def half(town):
    data(town, TABLE, r"^0101(\d\d);", r"9901\1;")
    data(town, TABLE, r"^0102(\d\d);", r"9902\1;")


def no_crs(town):
    layer(town, "kita.toml", r'^crs = "EPSG:25832".*\n', "")


def degrees(town):
    layer(town, "city.toml", r'^crs = "EPSG:25832"', 'crs = "EPSG:4326"')


def text_in_numbers(town):
    data(town, TABLE, r"^(010103;Bahnhof);1738", r"\1;etwa 1700")


def comma(town):
    layer(town, "transfer.toml", r'^decimal = ","', 'decimal = "."')


def all_missing(town):
    data(town, TABLE, r"^(\d{6};(?:[^;]*;){6})[^;]*;", r"\1.;")


def one_area(town):
    file = town / "data" / "town" / AREAS
    areas = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**areas, "features": areas["features"][:1]}), "utf-8")


def constant(town):
    data(town, TABLE, r"^(\d{6};(?:[^;]*;){6})[^;]*;", r"\g<1>9,8;")


def negative(town):
    data(town, TABLE, r"^(010101;Altstadt);1200", r"\1;-1200")


def date_in_year(town):
    layer(town, "population.toml", r"^year = 2024", "year = 2024-12-31")


def two_vintages(town):
    other = json.loads((town / "data" / "town" / AREAS).read_text("utf-8"))
    for number, feature in enumerate(other["features"]):
        feature["properties"]["KENNUNG"] = f"77{number:04d}"
    put(town, "areas_2016.geojson", json.dumps(other).encode())
    text = (town / "layers" / "town" / "areas.toml").read_text("utf-8")
    text = text.replace("areas.geojson", "areas_2016.geojson").replace("town-2024", "town-2016")
    (town / "layers" / "town" / "areas_2016.toml").write_text(text.replace("2024-01-01", "2016-01-01"), "utf-8")
    data(town, TABLE, r"^01(\d{4});", r"77\1;")
    file = town / "data" / "town" / TABLE
    rows = file.read_bytes().decode("utf-8").splitlines()
    rows[1:] = [f"77{number:04d}" + row[6:] for number, row in enumerate(rows[1:])]
    file.write_bytes("\n".join(rows).encode("utf-8"))


CASES = [
    (not_gis, 1, [r"areas\.geojson", "keine bekannte GIS-Datei"]),
    (vrt, 1, [r"areas\.geojson", "XML"]),
    (gdalg, 1, [r"areas\.geojson"]),
    (bomb, 1, [r"areas\.zip"]),
    (outside, 1, [r"areas\.zip", "evil"]),
    (missing_column, 1, ["Transfer in", 'Meinten Sie "Transfer in %"']),
    (no_zeros, 1, ["Nullen"]),
    (duplicates, 1, ["010101", "Zeile"]),
    (half, 1, ["von 16", "99010"]),
    (two_vintages, 1, ["town-2016"]),
    (no_crs, 1, ["crs"]),
    (degrees, 1, ["EPSG:4326", "metrisch|Meter"]),
    (text_in_numbers, 1, ["etwa 1700", "Zeile 4"]),
    (comma, 1, ["9,8", "Zeile 2"]),
    (all_missing, 1, ["Transfer in %"]),
    (one_area, None, ["Gebiet"]),
    (constant, None, ["konstant|denselben Wert|gleich"]),
    (negative, 1, ["-1.?200", "Zeile 2"]),
    (date_in_year, 1, ["year", "population.toml"]),
]


def fingerprint(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize(("spoil", "code", "words"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_check_and_run_say_what_is_wrong(town, tmp_path, spoil, code, words):
    spoil(town)
    before, out = fingerprint(tmp_path), tmp_path / "out"
    checked = CliRunner().invoke(app, ["check", str(town)])
    for pattern in words:
        assert re.search(pattern, checked.output), f"{pattern}\n{checked.output}"
    if code is not None:
        assert checked.exit_code == code, checked.output
    done = CliRunner().invoke(app, ["run", str(town), "--out", str(out)])
    assert done.exit_code == 2, done.output
    assert "Fehler:" in done.output
    for text in (checked.output, done.output):
        assert "Traceback" not in text
        assert "Interner Fehler" not in text
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize("lang", ["de", "en"])
def test_both_languages(town, lang):
    text_in_numbers(town)
    done = CliRunner().invoke(app, ["check", str(town), "--lang", lang])
    assert ("Zeile 4" if lang == "de" else "row 4") in done.output
    assert ("Row" in done.output or "row" in done.output) is (lang == "en")


def test_output_folder_that_cannot_be_written(town, tmp_path):
    (tmp_path / "out").write_text("a file is in the way", "utf-8")
    before = fingerprint(tmp_path)
    done = CliRunner().invoke(app, ["run", str(town), "--out", str(tmp_path / "out" / "deeper")])
    assert done.exit_code == 2
    assert "Fehler:" in done.output
    assert done.output.count("\n") == 1
    assert fingerprint(tmp_path) == before


def test_a_full_disk_keeps_the_old_results(town, tmp_path):
    with tmpfs(tmp_path / "small", "size=1500k") as small:
        first = CliRunner().invoke(app, ["run", str(town), "--out", str(small)])
        assert first.exit_code == 0, first.output
        before = fingerprint(small)
        (small / "ballast").write_bytes(bytes(1_500_000 - sum(p.stat().st_size for p in small.rglob("*.*")) - 200_000))
        ballast = fingerprint(small)
        layer(town, "city.toml", "Soziale Lage 2024", "Soziale Lage, neu")
        done = CliRunner().invoke(app, ["run", str(town), "--out", str(small)])
        assert done.exit_code == 2, done.output
        assert "Fehler:" in done.output
        assert re.search("voll|Platz", done.output)
        assert fingerprint(small) == ballast
        assert before.items() <= ballast.items()


@pytest.mark.parametrize("run_id", ["../evil", "a/b", "", ".", "CON", "x\\\\y", "a:b"])
def test_a_run_id_cannot_leave_the_output_folder(town, tmp_path, run_id):
    layer(town, "city.toml", '^id = "mss-2024"', f'id = "{run_id}"')
    before = fingerprint(tmp_path)
    done = CliRunner().invoke(app, ["run", str(town), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2, done.output
    assert "city.toml" in done.output
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize("path", ["../../../etc/passwd", "/etc/passwd"])
def test_a_path_cannot_leave_the_data_root(town, path):
    layer(town, "kita.toml", 'path = "town/kitas.csv"', f'path = "{path}"')
    done = CliRunner().invoke(app, ["check", str(town)])
    assert done.exit_code == 1
    assert "verlässt den Datenordner" in done.output
    assert "root:" not in done.output


def test_broken_toml_names_the_line(town):
    layer(town, "kita.toml", r"^kind = .*$", 'kind = "places')
    done = CliRunner().invoke(app, ["check", str(town)])
    assert done.exit_code == 1
    assert "kita.toml" in done.output
    assert re.search(r"Zeile \d", done.output)


@pytest.mark.slow
def test_killed_in_mid_write_keeps_whole_files(town, tmp_path):
    """kill -9 while results are replaced: what is there is always whole and readable."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "qmgis", "run", str(town), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    good = fingerprint(out)
    for wait in (2.2, 2.8, 3.2, 3.6):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = {name: digest for name, digest in fingerprint(out).items() if not Path(name).name.startswith("part_")}
        now.pop("mss-2024/log.json"), good.pop("mss-2024/log.json", None)
        assert now == good
    shutil.rmtree(out)


@pytest.mark.slow
def test_ctrl_c_is_one_sentence(town, tmp_path):
    command = [sys.executable, "-m", "qmgis", "run", str(town), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert not (tmp_path / "out").exists()


def test_a_port_in_use_is_one_sentence():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(app, ["serve", str(ROOT / "layers/musterstadt"), "--no-open", "--port", str(port)])
    assert done.exit_code == 2, done.output
    assert str(port) in done.output
