"""QGIS itself opens the project, the GeoPackage and the shapefile, and sees the classes and colours of the screen."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from qmgis.io.exports import geopackage, qgis_project, shapefile
from qmgis.views.legend import Legend, legend_for
from qmgis.views.programme import COLOUR, LINES
from tests import toy

pytestmark = pytest.mark.qgis

PYTHON = "/usr/bin/python3"
PROBE = Path(__file__).with_name("qgis_probe.py")


@pytest.fixture(scope="module")
def folder(outcome, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("qgis")
    for export in (geopackage.EXPORT, qgis_project.EXPORT):
        (place / export.filename).write_bytes(export.render(outcome, "de"))
    with zipfile.ZipFile(io.BytesIO(shapefile.render(outcome, "de"))) as archive:
        archive.extractall(place / "shape")
    return place


@pytest.fixture(scope="module")
def seen(folder) -> dict:
    """What QGIS sees of the files of a run."""
    return looked_at(folder, folder)


@pytest.fixture(scope="module")
def downloaded(folder, tmp_path_factory) -> dict:
    """What QGIS sees of the project that a person downloads from the dashboard and unpacks."""
    from qmgis.app.main import create_app

    answer = create_app(toy.toy_city()).server.test_client().get("/download/mss-2024/qgz?lang=en")
    place = tmp_path_factory.mktemp("downloads") / answer.headers["Content-Disposition"].partition("filename=")[2]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(place.with_suffix(""))
    return looked_at(place.with_suffix(""), folder)


def looked_at(project: Path, folder: Path) -> dict:
    """What QGIS sees of project and package in one folder, and of the shapefile in another."""
    known = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True) if Path(PYTHON).exists() else None
    if known is None or known.returncode != 0:
        pytest.skip("needs Debian's python3-qgis")
    files = [project / "results.qgz", project / "results.gpkg", folder / "shape/areas.shp", folder / "shape/areas.sld"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("GDAL", "OGR", "PROJ", "PYTHON"))}
    done = subprocess.run(
        [PYTHON, str(PROBE), *(str(file) for file in (*files, project / "group.png"))],
        capture_output=True, text=True, env={**clean, "QT_QPA_PLATFORM": "offscreen"}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def as_legend(classes: list[list]) -> list[tuple[str, str]]:
    return [(label, colour) for _, label, colour in classes]


def expected(legend: Legend) -> list[tuple[str, str]]:
    return [(entry.label.de, entry.colour) for entry in legend.entries]


def counts(legend: Legend) -> dict[str, int]:
    return {entry.label.de: entry.count for entry in legend.entries if entry.count}


def test_project_opens_with_every_layer(seen):
    assert seen["read"]
    assert seen["title"] == "Spielstadt & Söhne: MSS 2024"
    assert [key for key, layer in seen["layers"].items() if not layer["valid"]] == []
    assert {layer["folder"] for layer in seen["layers"].values()} == {
        "Orte", "Lücken: Einwohner außer Reichweite", "Fördergebiete", "Bedarf trifft Lücke",
        "Wer wird erreicht?", "Status und Dynamik",
    }  # fmt: skip


def test_project_of_the_dashboard_opens_with_every_layer(downloaded):
    assert downloaded["read"]
    assert len(downloaded["layers"]) > 8
    assert [key for key, layer in downloaded["layers"].items() if not layer["valid"]] == []
    assert downloaded["layers"]["qmgis_areas_group"]["rows"] == 30


def test_reference_system_is_set(seen):
    assert seen["crs_valid"]
    assert seen["crs"] == "EPSG:25832"
    assert {layer["crs"] for layer in seen["layers"].values()} == {"EPSG:25832"}


def test_default_view_is_on(seen):
    on = [key for key, layer in seen["layers"].items() if layer["on"]]
    assert on == ["qmgis_areas_attention_5f_outline", "qmgis_areas_group"]


@pytest.mark.parametrize("column", ["group", "status_class", "dynamics_class", "attention", "kita_share", "kita_tier"])
def test_every_view_has_the_classes_colours_and_counts_of_the_screen(seen, outcome, column):
    legend = legend_for(outcome, column)
    layer = seen["layers"]["qmgis_areas_" + column.replace("_", "_5f_")]
    assert as_legend(layer["classes"]) == expected(legend)
    assert layer["drawn"] == counts(legend)
    assert layer["renderer"] == ("RuleRenderer" if column == "kita_share" else "categorizedSymbol")


def test_places_and_gaps_are_filtered_by_theme(seen):
    assert seen["layers"]["qmgis_places_kita"]["rows"] == 3
    assert seen["layers"]["qmgis_gaps_kita"]["rows"] == 2


def test_programme_areas_are_dashed_lines_by_state(seen):
    layer = seen["layers"]["qmgis_programme_state"]
    assert (layer["title"], layer["on"], layer["rows"]) == ("Fördergebiete am 31.12.2024", False, 3)
    assert [(code, label) for code, label, _ in layer["classes"]] == [
        ("current", "laufend"), ("former", "früher"), ("planned", "geplant"),
    ]  # fmt: skip
    assert layer["drawn"] == {"laufend": 1, "früher": 1, "geplant": 1}
    colours = [[colour for _, colour, _ in lines] for lines in layer["lines"]]
    assert colours == [["#ffffff", COLOUR]] * 3
    dashes = [lines[-1][2] for lines in layer["lines"]]
    assert dashes == [
        [pytest.approx(float(part) * 25.4 / 96, abs=0.01) for part in strokes[-1].dash.split()]
        for strokes in LINES.values()
    ]


@pytest.mark.parametrize("what", ["areas", "shape"])
def test_geopackage_and_shapefile_open_styled(seen, outcome, what):
    legend = legend_for(outcome, "group")
    assert as_legend(seen[what]["classes"]) == expected(legend)
    assert seen[f"{what}_drawn"] == counts(legend)
    assert seen[what]["display"] == "name"
    assert "Status-Klasse" in seen[what]["titles"]


def test_shapefile_fields(seen):
    assert seen["shape"]["valid"]
    assert seen["shape"]["fields"][:5] == ["area", "name", "population", "stat_idx", "stat_cls"]


def test_sld_has_the_same_classes(seen, outcome):
    assert as_legend(seen["sld"]["classes"]) == expected(legend_for(outcome, "group"))
    assert seen["sld_drawn"] == counts(legend_for(outcome, "group"))


def test_picture_shows_the_colours(seen, outcome):
    used = {entry.colour for entry in legend_for(outcome, "group").classes if entry.count}
    assert used <= set(seen["colours"])
