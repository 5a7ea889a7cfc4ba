"""What a city is read from: every file of its folder and every data file that they name, by content."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from qmgis.errors import QmgisError
from qmgis.io.city.notes import NOTES
from qmgis.io.declared.layerfile import LayerFile, read_city_file, read_layer_file
from qmgis.io.disk.dataroot import DataRoot, sha256

__all__ = ["Inputs", "inputs_of", "program"]

PACKAGE = Path(__file__).resolve().parents[2]
LIBRARIES = ("geopandas", "numpy", "pandas", "pyogrio", "pyproj", "rasterio", "scipy", "shapely")

# The digests of files by where they are from: ``city`` (by path in its folder) and ``data`` (by path as named).
Inputs = dict[str, Any]


def inputs_of(folder: Path, root: DataRoot) -> tuple[Inputs, Path] | None:
    """Return what a city would be read from, without reading it, and the folder of its first data file.

    None where a file of its folder is faulty: it has to be opened to say so. Beside each data file every file counts
    that shares its name up to the ending, since formats keep parts there.

    Examples
    --------
    >>> from qmgis.io.disk.dataroot import data_root
    >>> found, beside = inputs_of(Path("layers/musterstadt"), data_root(Path("layers/musterstadt"), env={}))
    >>> "city.toml" in found["city"], "musterstadt/counts_2024.csv" in found["data"], beside.name
    (True, True, 'musterstadt')
    """
    _, faults = read_city_file(folder)
    layers = []
    for file in sorted(folder.glob("*.toml")):
        if file.name not in ("city.toml", NOTES):
            layer, found = read_layer_file(file)
            faults += found
            layers += [layer] if layer else []
    if faults:
        return None
    city = {one.relative_to(folder).as_posix(): sha256(one) for one in sorted(folder.rglob("*")) if one.is_file()}
    data: dict[str, list[tuple[str, str]]] = {}
    first = folder
    for path in sorted({path for layer in layers for path in _paths(layer)}):
        files = _files(root, path)
        first = files[0].parent if files and first is folder else first
        data[path] = [(one.name, sha256(one)) for one in files]
    return {"city": city, "data": data}, first


def _paths(layer: LayerFile) -> list[str]:
    refs = [layer.ref, layer.events, *(edition.ref for edition in layer.editions)]
    return [ref.path for ref in refs if ref is not None]


def _files(root: DataRoot, path: str) -> list[Path]:
    """Return a file and those beside it that share its name, or the files of a folder; none where it is not there."""
    try:
        found = root.find(path, folder=True)
    except QmgisError:
        return []
    near = found.iterdir() if found.is_dir() else found.parent.iterdir()
    stem = "" if found.is_dir() else found.stem
    return sorted(one for one in near if one.is_file() and (not stem or one.name.split(".")[0] == stem.split(".")[0]))


@cache
def program() -> str:
    """Return the sha256 of the program itself and of the libraries that it computes with.

    Examples
    --------
    >>> len(program())
    64
    """
    digest = hashlib.sha256()
    for file in sorted(PACKAGE.rglob("*")):
        if file.suffix in (".py", ".toml", ".json", ".csv") and file.is_file():
            digest.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    digest.update("\0".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    return digest.hexdigest()
