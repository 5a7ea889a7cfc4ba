"""What is shipped is what the manifest says, with its licence, and nothing else can be asked for."""

import re
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest

from qmgis import assets
from qmgis.errors import UnknownKeyError

FOLDER = Path(str(files("qmgis.assets")))
FILES = {name: digest for package in assets.manifest().values() for name, digest in package["files"].items()}


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_the_pinned_one(name):
    assert sha256(assets.read_bytes(name)).hexdigest() == FILES[name]


@pytest.mark.parametrize("package", assets.manifest())
def test_each_package_names_version_and_licence(package):
    entry = assets.manifest()[package]
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
    assert "Redistribution" in (FOLDER / entry["licence_file"]).read_text(encoding="utf-8")


def test_nothing_lies_here_unnamed():
    shipped = {
        p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file() and "__pycache__" not in p.parts
    }
    known = {*assets.names(), "__init__.py", "manifest.toml", *(e["licence_file"] for e in assets.manifest().values())}
    assert shipped == known


@pytest.mark.parametrize("name", ["leaflet/leaflet.min.js", "../errors.py", "jquery.js", ""])
def test_an_unmapped_asset_raises(name):
    with pytest.raises(UnknownKeyError, match="not shipped"):
        assets.read(name)


@pytest.mark.parametrize("name", [name for name in assets.names() if name.endswith((".css", ".js"))])
def test_text_needs_no_other_file(name):
    text = assets.read(name)
    assert "sourceMappingURL" not in text
    assert "@import" not in text
    if name.endswith(".css"):
        assert all(url.startswith(("data:", "#")) for url in re.findall(r"url\(([^)]*)\)", text))


def test_our_scripts_never_write_markup():
    ours = assets.read("own/map.js")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", ours)
    assert "http" not in ours
