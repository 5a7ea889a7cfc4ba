"""A run with an index of its own opens in the classes of the screen."""

import io
import zipfile

import pytest

from qmgis.io.exports import geopackage, qgis_project, shapefile
from qmgis.io.written.styles import area_styles
from qmgis.runs.compute import compute
from qmgis.views.legend import legend_for
from tests.io.exports.test_qgis import as_legend, counts, expected, looked_at
from tests.views.made import composite_city


@pytest.fixture(scope="module", params=["own-2024", "tenths-2024"])
def outcome(request):
    return compute(composite_city(), request.param)


def test_its_classes_are_the_first_style(outcome):
    first, *_ = area_styles(outcome)
    assert (first.key, first.title.de) == ("class", "Klasse")
    assert first.entries == legend_for(outcome, "class").entries


@pytest.mark.qgis
def test_qgis_opens_it_styled(outcome, tmp_path):
    for export in (geopackage.EXPORT, qgis_project.EXPORT):
        (tmp_path / export.filename).write_bytes(export.render(outcome, "de"))
    with zipfile.ZipFile(io.BytesIO(shapefile.render(outcome, "de"))) as archive:
        archive.extractall(tmp_path / "shape")
    seen = looked_at(tmp_path, tmp_path)
    assert [key for key, layer in seen["layers"].items() if not layer["valid"]] == []
    layer, legend = seen["layers"]["qmgis_areas_class"], legend_for(outcome, "class")
    assert layer["on"]
    assert as_legend(layer["classes"]) == expected(legend)
    assert layer["drawn"] == counts(legend)
