"""Programme areas in GeoPackage, shapefile and QGIS project: what they are on the day, and how they are drawn."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest

from qmgis.io.exports import geopackage, qgis_project
from qmgis.io.written.vector import layers
from qmgis.model import Deadline, Event, Text
from qmgis.views.programme import LINES
from tests import toy


@pytest.fixture(scope="module")
def package(outcome, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("gpkg") / "results.gpkg"
    path.write_bytes(geopackage.render(outcome, "de"))
    return path


def query(path: Path, statement: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute(statement).fetchall()


def test_programme_areas_are_a_layer_with_their_state_on_the_day(package, outcome):
    columns = "programme_area, name, programme, state, status, phase, valid_from, valid_to"
    rows = query(package, f"SELECT {columns} FROM programme ORDER BY fid")
    east, west, hostile = rows
    assert east == (
        "QM-01", "Quartier Ost", "Sozialer Zusammenhalt", "current", "running", "P7", "2018-01-01", None,
    )  # fmt: skip
    assert west[3:] == ("former", "ended", "P10", "2005-01-01", "2017-12-31")
    assert (hostile[1], hostile[3]) == (toy.HOSTILE, "planned")
    book = dict(query(package, "SELECT column_name, title FROM codebook WHERE layer = 'programme'"))
    assert book["state"] == "Stand am 31.12.2024"
    assert ("current = laufend; former = früher; planned = geplant",) in query(
        package, "SELECT codes FROM codebook WHERE layer = 'programme' AND column_name = 'state'"
    )
    shapes = gpd.read_file(package, layer="programme").geometry
    assert shapes.geom_equals(outcome.programme.frame.geometry.reset_index(drop=True)).all()


def test_programme_areas_have_a_style_of_dashes(package):
    ((name, default, qml, sld),) = query(
        package, "SELECT styleName, useAsDefault, styleQML, styleSLD FROM layer_styles WHERE f_table_name = 'programme'"
    )
    assert (name, default) == ("programme", 1)
    dashes = [stroke.dash for lines in LINES.values() for stroke in lines]
    assert [node.text for node in ET.fromstring(sld).iter() if node.get("name") == "stroke-dasharray"] == dashes
    root = ET.fromstring(qml)
    assert [node.get("value") for node in root.iter("category")] == ["current", "former", "planned"]
    own = [node.get("value") for node in root.iter("Option") if node.get("name") == "customdash"]
    assert len(set(own)) == 3
    assert not [node for node in root.iter("layer") if node.get("class") != "SimpleLine"]


def test_without_programme_areas_there_is_no_such_layer(outcome):
    bare = replace(outcome, programme=None)
    assert [layer.name for layer in layers(bare, "de")] == ["areas", "places", "gaps"]
    with zipfile.ZipFile(io.BytesIO(qgis_project.render(bare, "de"))) as archive:
        assert b"qmgis_programme" not in archive.read("results.qgs")


def test_phase_and_next_deadline_are_those_of_the_day(outcome, tmp_path):
    rule = Deadline("term", Text("Höchstdauer", "Term"), ("designate",), ("end",), years=15)
    events = (
        Event("QM-01", "designate", date(2016, 1, 1), until=date(2030, 1, 1)),
        Event("QM-01", "extend", date(2024, 1, 1), until=date(2032, 1, 1)),
    )
    layer = replace(outcome.programme, events=events, deadlines=(rule,))
    path = tmp_path / "results.gpkg"
    path.write_bytes(geopackage.render(replace(outcome, programme=layer), "en"))
    found = query(path, "SELECT phase_on, next_deadline, next_limit, limit_state FROM programme ORDER BY fid")
    # 15 years from 1 January 2016 end before the agreed end of 2032; its events say P5, whatever the file says
    assert found == [("P5", "term", "2031-01-01", "ahead"), ("P9", None, None, None), ("P4", None, None, None)]
    codes = dict(query(path, "SELECT column_name, codes FROM codebook WHERE layer = 'programme'"))
    assert codes["next_deadline"] == "agreed = agreed end of funding; term = Term"
    assert "P5 = " in codes["phase_on"]
