"""A register taken in again: the new state whole or not at all, the earlier one kept, and what has changed between."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from qmgis.errors import DataError
from qmgis.io.city.workspace import Loaded, around, load
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.disk.atomic import atomic_files, atomic_write
from qmgis.io.disk.dataroot import csv_tables, data_root, sha256
from qmgis.io.register.content import content, csv_files
from qmgis.io.register.files import GEOMETRY, guard, read_files, table_files, unguarded
from qmgis.io.register.geopackage import write_geopackage
from qmgis.io.register.layer import faulty_register, register_of
from qmgis.io.register.workbook import workbook
from qmgis.io.written.cells import csv_text
from qmgis.lifecycle import named
from qmgis.model import Lang, Problem, words
from qmgis.model.register import REGISTER_KEYS, REGISTER_TABLES, Register

__all__ = ["Imported", "changes", "history_of", "import_register", "register_layer", "write_template"]

CHANGE = ("table", "key", "change", "field", "before", "after")


@dataclass(frozen=True, eq=False)
class Imported:
    """What an import did: the changes (none: nothing was written), what is to be known, where the earlier state is."""

    changes: pd.DataFrame
    problems: tuple[Problem, ...]
    path: Path
    history: Path | None = None


def register_layer(loaded: Loaded) -> LayerFile:
    """Return the layer of a city's register.

    Raises
    ------
    DataError
        If the city has none.
    """
    for layer in loaded.layers:
        if layer.kind == "measures" and layer.ref and layer.ref.source == "register":
            return layer
    text = words("register.no_layer", city=loaded.folder.name)
    raise DataError(text.en, de=text.de)


def changes(before: Register | None, after: Register) -> pd.DataFrame:
    """Return what was added, changed and gone between two states: one row a field, or a row that is new or gone.

    Returns
    -------
    DataFrame
        ``table``, ``key`` (the row's ids, separated by blanks and a bar), ``change`` (``added``, ``changed``,
        ``gone``), ``field``, ``before``, ``after``; texts as the folder of CSV files has them.
    """
    rows = [row for name in REGISTER_TABLES for row in _changed(name, _rows(before, name), _rows(after, name))]
    return pd.DataFrame(rows, columns=list(CHANGE), dtype="str")


def _rows(register: Register | None, name: str) -> dict[str, dict[str, str]]:
    """Return the rows of a table as texts, by their keys."""
    if register is None:
        return {}
    made = content(register, name, style="text")
    known = [*REGISTER_TABLES[name], *([GEOMETRY] if name == "measures" else [])]
    names = [*known, *made.heads[len(known) :]]
    found = [dict(zip(names, row, strict=True)) for row in made.rows]
    return {" | ".join(row[key] for key in REGISTER_KEYS[name]).rstrip(" |"): row for row in found}


def _changed(
    name: str, before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, ...]]:
    for key in dict.fromkeys([*before, *after]):
        if key not in after or key not in before:
            yield name, key, "gone" if key not in after else "added", "", "", ""
            continue
        for field in dict.fromkeys([*before[key], *after[key]]):
            old, new = before[key].get(field, ""), after[key].get(field, "")
            if old != new:
                yield name, key, "changed", field, old, new


def import_register(city: Path, file: Path, *, data: Path | None = None, now: datetime | None = None) -> Imported:
    """Take a register in: check all of it, keep the earlier state under ``history``, write the new one.

    Parameters
    ----------
    city
        The folder with ``city.toml``.
    file
        A workbook, a GeoPackage or a folder of CSV files.
    data
        The data root, as for `open_city`.
    now
        The time that the history notes; by default that of the clock.

    Raises
    ------
    DataError
        If the register has an error; the message lists every one, and nothing is written.
    OutputError
        If a folder cannot be written; then the earlier state stays.
    """
    loaded = load(city, data=data)
    layer = register_layer(loaded)
    made, found = register_of(read_files(file).within(file.name), around(loaded, layer), layer)
    if made is None:
        raise faulty_register(found)
    before = loaded.registers.get(layer.key)
    told, target = changes(before, made), _target(loaded, layer, data)
    if told.empty and before is not None:
        return Imported(told, tuple(found), target)
    kept = _keep(target, told, file, now or datetime.now(UTC))
    _write(target, _stated(made, layer), loaded)
    return Imported(told, tuple(found), target, kept)


def _target(loaded: Loaded, layer: LayerFile, data: Path | None) -> Path:
    """Return where the register is, or is to be: in the first data root that has it, else in the first."""
    root = data_root(loaded.folder, data=data)
    path = layer.ref.path if layer.ref else ""
    there = [folder / path for folder in root.folders if (folder / path).exists()]
    return root.find(path, folder=True) if there else root.folders[0] / path


def _keep(target: Path, told: pd.DataFrame, file: Path, now: datetime) -> Path:
    """Write the earlier files, the changes and where they came from into a folder of the history; return it."""
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    folder, number = history_folder(target) / stamp, 2
    while folder.exists():
        folder, number = folder.with_name(f"{stamp}_{number}"), number + 1
    earlier = [target] if target.is_file() else csv_tables(target)
    counts = told["change"].value_counts()
    about = {"taken_in": now.astimezone(UTC).isoformat(timespec="seconds"), "file": file.name,
             "sha256": sha256(file) if file.is_file() else "",
             **{name: int(counts.get(name, 0)) for name in ("added", "changed", "gone")}}  # fmt: skip
    rows = [list(CHANGE), *([guard(str(cell)) for cell in row] for row in told.itertuples(index=False))]
    atomic_files(folder, {
        **{one.name: one.read_bytes() for one in earlier},
        "changes.csv": csv_text(rows, delimiter=";", newline="\n").encode(),
        "about.json": (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode(),
    })  # fmt: skip
    return folder


def history_folder(target: Path) -> Path:
    """Return where the earlier states of a register are."""
    folder = target.is_dir() or not target.suffix
    return target / "history" if folder else target.with_name(f"{target.stem}_history")


def _stated(register: Register, layer: LayerFile) -> Register:
    """Return a register with its shapes in the system that its layer file declares."""
    own = layer.keys.get("crs")
    if not own or register.places.crs is None:
        return register
    spots = register.anchors.dropna(subset=["x", "y"])
    points = gpd.points_from_xy(spots["x"], spots["y"])
    moved = gpd.GeoSeries(points, index=spots.index, crs=register.places.crs).to_crs(own)
    anchors = register.anchors.copy()
    anchors.loc[spots.index, "x"], anchors.loc[spots.index, "y"] = moved.x, moved.y
    return replace(register, places=register.places.to_crs(own), anchors=anchors)


def _write(target: Path, register: Register, loaded: Loaded) -> None:
    suffix = target.suffix.lower()
    if suffix == ".gpkg":
        write_geopackage(target, register, crs=str(register.places.crs or _crs(loaded)))
    elif suffix == ".xlsx":
        atomic_write(target, workbook(register, areas=_areas(loaded)))
    else:
        there = table_files(target)
        names = {name: there.get(name, f"{name}.csv") for name in REGISTER_TABLES}
        atomic_files(target, {names[file.removesuffix(".csv")]: text for file, text in csv_files(register).items()})


def _crs(loaded: Loaded) -> str:
    return loaded.city_file.crs if loaded.city_file else ""


def _areas(loaded: Loaded) -> dict[str, str]:
    """Return the programme areas of a city by id, with their names."""
    return {str(area): str(name) for layer in loaded.programmes.values() for area, name in named(layer).items()}


def write_template(city: Path, target: Path, *, data: Path | None = None, lang: Lang = "de") -> Path:
    """Write a city's register, or an empty one, as a workbook or GeoPackage to fill in; return the file.

    Raises
    ------
    DataError
        If the file is there already, is of another kind, or the city's register has errors.
    OutputError
        If the folder cannot be written.
    """
    loaded = load(city, data=data)
    key = "register.template_there" if target.exists() else "register.template_kind"
    if target.exists() or target.suffix.lower() not in (".xlsx", ".gpkg"):
        text = words(key, file=target.name)
        raise DataError(text.en, de=text.de)
    own = [one for one in loaded.layers if one.kind == "measures" and one.ref and one.ref.source == "register"]
    if own and own[0].key not in loaded.registers and _target(loaded, own[0], data).exists():
        text = words("register.template_faulty", city=loaded.folder.name)
        raise DataError(text.en, de=text.de)
    known = around(loaded, own[0] if own else None)
    empty = Register("register", words("register.title"), codes=known.codes)
    made = _stated(loaded.registers[own[0].key], own[0]) if own and own[0].key in loaded.registers else empty
    if target.suffix.lower() == ".gpkg":
        write_geopackage(target, made, lang, crs=str(made.places.crs or known.crs))
    else:
        atomic_write(target, workbook(made, lang, areas=_areas(loaded)))
    return target


def history_of(city: Path, *, data: Path | None = None) -> Sequence[tuple[str, Mapping[str, Any], pd.DataFrame]]:
    """Return the imports of a city's register, the newest first: name, what is noted of it, its changes."""
    loaded = load(city, data=data)
    folder = history_folder(_target(loaded, register_layer(loaded), data))
    found = []
    for entry in sorted(folder.glob("*/about.json"), reverse=True):
        told = pd.read_csv(entry.with_name("changes.csv"), sep=";", dtype=str, keep_default_na=False).map(unguarded)
        found.append((entry.parent.name, json.loads(entry.read_text(encoding="utf-8")), told))
    return found
