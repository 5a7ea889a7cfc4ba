"""What is kept between runs: the same as what is made, whatever happens to it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import qmgis
from qmgis.io.osm import DRAWN, Extract, _prepare
from qmgis.io.rules.modes import modes, read_mode
from tests.io.osm.made import CRS, osm

MAP = osm({1: (0, 0), 2: (100, 0), 3: (100, 50)}, [((1, 2, 3), {"highway": "primary"}), ((1, 3), {"highway": "path"})])


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))


@pytest.fixture
def reads(monkeypatch):
    """Counts how often the extract itself is read."""
    seen = []
    real = _prepare.read_streets
    monkeypatch.setattr(_prepare, "read_streets", lambda path, keys: seen.append(path) or real(path, keys))
    return seen


def extract(folder, *, text=MAP, **changes):
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "a.osm").write_text(text, encoding="utf-8")
    keys = frozenset().union(*(mode.keys for mode in modes().values()))
    settings = {"path": folder / "data" / "a.osm", "folder": folder / "data", "keys": keys, "target": CRS, **changes}
    return Extract(**settings)


def same(one, other):
    for name in ("nodes", "edges", "length_m", "passable", "pace", "way", "incline_open"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_array_equal(one.bends.points, other.bends.points)
    assert dict(one.counts) == dict(other.counts)


def test_an_extract_is_read_once_for_all_modes_and_not_again(tmp_path, reads):
    first = extract(tmp_path)
    made = {key: first.network(mode) for key, mode in modes().items()}
    drawn = first.drawn(DRAWN)
    assert (len(reads), len(drawn)) == (1, 1)
    again = extract(tmp_path)
    for key, mode in modes().items():
        same(again.network(mode), made[key])
    assert again.drawn(DRAWN).tolist() == drawn.tolist()
    assert len(reads) == 1
    names = sorted(file.name for file in (tmp_path / "data" / ".qmgis").iterdir())
    assert len(names) == 4
    assert not [name for name in names if name.startswith("part_")]


def test_another_extract_system_or_rule_is_made_anew(tmp_path, reads):
    extract(tmp_path).network(modes()["walk"])
    extract(tmp_path, target="EPSG:25833").network(modes()["walk"])
    assert len(reads) == 2
    extract(tmp_path, text=MAP.replace("primary", "steps")).network(modes()["walk"])
    assert len(reads) == 3
    text = (Path(qmgis.__file__).parent / "modes" / "walk.toml").read_text(encoding="utf-8")
    (tmp_path / "walk.toml").write_text(text.replace("4.8", "4.9"), encoding="utf-8")
    mode, _ = read_mode(tmp_path / "walk.toml")
    extract(tmp_path, text=MAP.replace("primary", "steps")).network(mode)
    assert len(reads) == 4


@pytest.mark.parametrize("harm", ["empty", "cut", "flipped", "text"])
def test_what_is_damaged_is_made_again(harm, tmp_path, reads):
    made = extract(tmp_path).network(modes()["walk"])
    (file,) = (tmp_path / "data" / ".qmgis").iterdir()
    whole = file.read_bytes()
    middle = whole.find(b"length_m.npy") + 146
    broken = {"empty": b"", "cut": whole[: len(whole) // 2], "text": b"hello",
              "flipped": whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]}[harm]  # fmt: skip
    file.write_bytes(broken)
    same(extract(tmp_path).network(modes()["walk"]), made)
    assert len(reads) == 2
    same(extract(tmp_path).network(modes()["walk"]), made)
    assert len(reads) == 2


def test_a_folder_marked_read_only_is_left_alone(tmp_path, reads):
    one = extract(tmp_path)
    (tmp_path / "data").chmod(0o555)
    try:
        made = one.network(modes()["walk"])
        assert [entry.name for entry in (tmp_path / "data").iterdir()] == ["a.osm"]
        assert len(list((tmp_path / "own" / "qmgis").iterdir())) == 1
        again = Extract(one.path, one.folder, one.keys, CRS)
        same(again.network(modes()["walk"]), made)
        assert len(reads) == 1
    finally:
        (tmp_path / "data").chmod(0o755)


def test_without_any_folder_it_is_made_each_time(tmp_path, reads, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    one = extract(tmp_path)
    (tmp_path / "data").chmod(0o555)
    try:
        for _ in range(2):
            assert len(Extract(one.path, one.folder, one.keys, CRS).network(modes()["walk"]).edges) == 2
        assert len(reads) == 2
    finally:
        os.chmod(tmp_path / "data", 0o755)  # noqa: PTH101
