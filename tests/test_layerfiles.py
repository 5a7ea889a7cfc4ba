"""Every layer file that ships is whole, and says who made its data and under which licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qmgis.io.city.notes import NOTES
from qmgis.io.city.references import reference_faults
from qmgis.io.declared.layerfile import read_city_file, read_layer_file, sources
from qmgis.io.declared.shapes import CITY, COMMON, EDITION, EVENTS, KINDS, SECRECY, SHAPES, TABLES
from qmgis.io.profiles.files import profiles
from qmgis.io.rules.modes import modes

ROOT = Path(__file__).resolve().parents[1] / "layers"
CITIES = sorted(file.parent for file in ROOT.glob("*/city.toml"))
LAYERS = sorted(file for city in CITIES for file in city.glob("*.toml") if file.name not in ("city.toml", NOTES))


@pytest.mark.parametrize("file", LAYERS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_layer_is_whole(file):
    layer, problems = read_layer_file(file)
    assert [problem.say("en") for problem in problems] == []
    assert layer.licence.strip()
    assert layer.credit.strip()
    assert layer.title.de
    assert layer.title.en


@pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
def test_a_city_fits_together(folder):
    city, problems = read_city_file(folder)
    layers = [read_layer_file(file)[0] for file in LAYERS if file.parent == folder]
    problems += reference_faults(city, layers, profiles=profiles(), modes=modes())
    assert [problem.say("en") for problem in problems] == []


def test_there_are_cities():
    assert "berlin" in [folder.name for folder in CITIES]


def test_every_key_is_described():
    page = (ROOT.parent / "docs" / "own-data.md").read_text(encoding="utf-8")
    shapes = [CITY, COMMON, EDITION, EVENTS, SECRECY, *SHAPES.values(), *TABLES.values()]
    keys = {key for shape in shapes for key in shape}.union(*(source.options for source in sources().values()))
    missing = [
        key for key in sorted(keys) if not re.search(rf"([`\[]{key}\b|^{key}\b|[{{, ]{key} = )", page, re.MULTILINE)
    ]
    assert missing == []
    assert all(f'"{kind}"' in page for kind in KINDS)


@pytest.mark.parametrize("file", [file for file in LAYERS if file.parent.name == "berlin"], ids=lambda file: file.stem)
def test_a_real_layer_says_when_its_data_are_of_or_that_nobody_knows(file):
    layer, _ = read_layer_file(file)
    said = f"{layer.credit} {layer.note.de if layer.note else ''}"
    dated = {"date", "year", "valid_from"} & set(layer.keys)
    assert dated or re.search(r"\d\d\.\d\d\.20\d\d|keinen Stichtag", said)
