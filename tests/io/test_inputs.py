"""What a city is read from: whatever may change the city changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qmgis.io.city.inputs import inputs_of
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import open_city
from qmgis.io.disk.dataroot import data_root


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def found(town, data=None):
    folder = town if (town / "city.toml").is_file() else next(town.glob("layers/*"))
    return inputs_of(folder, data_root(folder, data=data, env={}))


def test_every_file_that_a_recipe_names_is_among_them(town):
    inputs, beside = found(town)
    city = open_city(town)
    named = {(Path(file.path).name, file.sha256) for layer in city.layers for file in layer.files}
    there = {pair for files in inputs["data"].values() for pair in files}
    assert len(named) > 5
    assert named <= there
    assert any(beside.iterdir())


def test_each_change_shows(town):
    seen = [found(town)[0]]

    def changed():
        now = found(town)[0]
        assert now not in seen
        seen.append(now)

    folder = next(town.rglob("city.toml")).parent
    path = next(iter(seen[0]["data"]))
    file = data_root(folder, env={}).find(path)
    file.write_bytes(file.read_bytes() + b"\n")
    changed()
    file.with_name(f"{file.name}-wal").write_bytes(b"x")
    changed()
    file.with_suffix(".cpg").write_text("UTF-8")
    changed()
    (folder / "notes.toml").write_text("")
    changed()
    (folder / "profiles").mkdir()
    (folder / "profiles" / "own.toml").write_text("")
    changed()
    file.unlink()
    changed()


def test_another_root_that_goes_first_shows(town, tmp_path):
    inputs, _ = found(town)
    path = next(iter(inputs["data"]))
    other = tmp_path / "other" / path
    other.parent.mkdir(parents=True)
    folder = next(town.rglob("city.toml")).parent
    shutil.copy(data_root(folder, env={}).find(path), other)
    assert found(town, tmp_path / "other")[0] == inputs
    other.write_bytes(other.read_bytes() + b"\n")
    assert found(town, tmp_path / "other")[0] != inputs


def test_a_faulty_file_has_to_be_opened_to_say_so(town):
    next(town.rglob("kita.toml")).write_text("kind = ", encoding="utf-8")
    assert found(town) is None
