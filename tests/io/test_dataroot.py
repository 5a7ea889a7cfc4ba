"""The data root: what is found where, and that no path leaves it."""

from __future__ import annotations

import hashlib
import os

import pytest

from qmgis.errors import SourceError
from qmgis.io.disk import dataroot
from qmgis.io.disk.dataroot import DataRoot, data_root, sha256


def made(folder, name, text="x"):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_the_first_folder_that_has_the_file_wins(tmp_path):
    city = tmp_path / "home" / "layers" / "town"
    city.mkdir(parents=True)
    own = made(tmp_path / "home" / "data", "a/x.csv")
    named = made(tmp_path / "named", "a/x.csv")
    variable = made(tmp_path / "variable", "a/x.csv")
    env = {"QMGIS_DATA": str(tmp_path / "variable")}
    assert data_root(city, data=tmp_path / "named", env=env).find("a/x.csv") == named
    assert data_root(city, env=env).find("a/x.csv") == variable
    assert data_root(city, env={}).find("a/x.csv") == own
    assert data_root(city, env={}).folders[-1] == dataroot.REPOSITORY / "data"


def test_a_later_folder_fills_in(tmp_path):
    city = tmp_path / "layers" / "town"
    own = made(tmp_path / "data", "own.csv")
    (tmp_path / "named").mkdir()
    assert data_root(city, data=tmp_path / "named", env={}).find("own.csv") == own


@pytest.mark.parametrize(
    "path",
    ["../x.csv", "a/../../x.csv", "/etc/passwd", "C:\\x.csv", "C:x.csv", "\\\\host\\x.csv", "..\\x.csv", "", " "],
)
def test_no_path_leaves_the_root(tmp_path, path):
    made(tmp_path, "x.csv")
    root = DataRoot((tmp_path / "data",))
    with pytest.raises(SourceError, match="leaves the data root"):
        root.find(path)


def test_a_link_does_not_leave_the_root_either(tmp_path):
    secret = made(tmp_path, "secret.csv")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").symlink_to(secret)
    with pytest.raises(SourceError, match="link to a file outside"):
        DataRoot((tmp_path / "data",)).find("x.csv")


def test_a_root_that_is_a_link_itself_is_fine(tmp_path):
    made(tmp_path / "disk", "x.csv")
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    assert DataRoot((tmp_path / "data",)).find("x.csv").read_text() == "x"


def test_a_missing_file_says_where_was_searched(tmp_path):
    with pytest.raises(SourceError) as caught:
        DataRoot((tmp_path / "a", tmp_path / "b")).find("x.csv")
    assert str(tmp_path / "a") in caught.value.en
    assert str(tmp_path / "b") in caught.value.say("de")


def test_a_named_folder_has_to_be_there(tmp_path):
    with pytest.raises(SourceError, match="--data names"):
        data_root(tmp_path, data=tmp_path / "no", env={})
    with pytest.raises(SourceError, match="QMGIS_DATA names"):
        data_root(tmp_path, env={"QMGIS_DATA": str(tmp_path / "no")})


def test_fingerprints_are_those_of_the_content_and_follow_it(tmp_path):
    file = made(tmp_path, "x.csv", "old")
    assert sha256(file) == hashlib.sha256(b"old").hexdigest()
    file.write_text("newer", encoding="utf-8")
    assert sha256(file) == hashlib.sha256(b"newer").hexdigest()


def test_a_fingerprint_is_counted_once(tmp_path, monkeypatch):
    file = made(tmp_path, "x.csv", "once")
    first = sha256(file)
    monkeypatch.setattr(dataroot.hashlib, "file_digest", lambda *_: pytest.fail("counted again"))
    assert sha256(file) == first


def test_a_shapefile_brings_its_companions(tmp_path):
    for name in ("s.shp", "s.dbf", "s.shx", "s.prj", "s.qml", "other.dbf"):
        made(tmp_path / "g", name, name)
    found = DataRoot((tmp_path,)).inputs("g/s.shp")
    assert [entry.path for entry in found] == ["g/s.dbf", "g/s.prj", "g/s.shp", "g/s.shx"]


def test_windows_separators_are_read(tmp_path):
    made(tmp_path, "a/x.csv")
    assert DataRoot((tmp_path,)).inputs("a\\x.csv")[0].path == "a/x.csv"


def test_the_environment_is_asked(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "QMGIS_DATA", str(tmp_path))
    assert data_root(tmp_path / "layers" / "x").folders[0] == tmp_path
