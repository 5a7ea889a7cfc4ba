"""Zip files that mean harm."""

import stat
import zipfile

import pytest

from qmgis.errors import SourceError
from qmgis.io.disk import archives


def make(path, entries, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content, **options)
    return path


def test_a_good_zip_is_unpacked_as_it_is(tmp_path):
    path = make(tmp_path / "a.zip", [("x/a.txt", b"1"), ("b.dbf", b"22"), ("c.exe", b"3")])
    assert archives.check(path) == ("x/a.txt", "b.dbf", "c.exe")
    out = tmp_path / "out"
    out.mkdir()
    files = archives.extract(path, out, wanted=lambda name: not name.endswith(".exe"))
    assert [file.relative_to(out).as_posix() for file in files] == ["x/a.txt", "b.dbf"]
    assert files[1].read_bytes() == b"22"


@pytest.mark.parametrize(
    "name", ["../evil.shp", "/etc/evil", "a/../../evil", "C:\\evil", "..\\evil.shp", "a/..\\..\\e"]
)
def test_paths_outside_are_refused(tmp_path, name):
    path = make(tmp_path / "a.zip", [("ok.txt", b"1"), (zipfile.ZipInfo(name), b"x")])
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(SourceError, match="leads outside") as caught:
        archives.extract(path, out)
    assert "führt aus dem Ordner" in caught.value.de
    assert not list(out.iterdir())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.zip", "out"]


def test_links_are_refused(tmp_path):
    link = zipfile.ZipInfo("a.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(SourceError, match="is a link"):
        archives.check(make(tmp_path / "a.zip", [(link, b"/etc/passwd")]))


def test_a_zip_bomb_is_refused(tmp_path):
    path = make(tmp_path / "bomb.zip", [("a.shp", b"\0" * 30_000_000)])
    with pytest.raises(SourceError, match="zip bomb") as caught:
        archives.check(path)
    assert "Zip-Bombe" in caught.value.de


def test_an_entry_that_lies_about_its_size_is_stopped(tmp_path):
    path = make(tmp_path / "a.zip", [("a.shp", b"x" * 100_000)])
    data = bytearray(path.read_bytes())
    where = data.rfind(b"PK\x01\x02")
    data[where + 24 : where + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match="was not opened"):
        archives.extract(path, tmp_path)


def test_too_many_entries_twins_and_junk(tmp_path, monkeypatch):
    with pytest.raises(SourceError, match="two files of one name"):
        archives.check(make(tmp_path / "twins.zip", [("a.shp", b"1"), ("A.SHP", b"2")]))
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    with pytest.raises(SourceError, match="4 entries are too many"):
        archives.check(make(tmp_path / "many.zip", [(f"{number}", b"") for number in range(4)]))
    (tmp_path / "junk.zip").write_bytes(b"PK\x03\x04junk")
    with pytest.raises(SourceError, match="not a zip file"):
        archives.check(tmp_path / "junk.zip")
    with pytest.raises(SourceError, match="not a zip file"):
        archives.check(tmp_path / "none.zip")
