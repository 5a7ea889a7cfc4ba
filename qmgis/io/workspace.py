"""A city's folder into a `City`: every layer read, checked and brought together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from qmgis.errors import DataError, LayerFileError, QmgisError
from qmgis.i18n import number
from qmgis.io.areas import read_areas
from qmgis.io.backdrop import read_backdrop
from qmgis.io.dataroot import data_root
from qmgis.io.layerfile import CityFile, LayerFile, read_city_file, read_layer_file
from qmgis.io.networks import read_network
from qmgis.io.points import read_places, read_residents
from qmgis.io.reading import Reader, shown, told_once
from qmgis.io.references import reference_faults, run_faults
from qmgis.io.schema import to_text
from qmgis.io.tables import Measured, indicator_of, read_editions, tables_of
from qmgis.io.whereabouts import distortion, elsewhere
from qmgis.model import (
    AreaLayer,
    Backdrop,
    City,
    Exclusion,
    Indicator,
    IndicatorTable,
    LayerInfo,
    Network,
    PlaceLayer,
    Problem,
    ResidentLayer,
    Run,
    Secrecy,
    Text,
    Theme,
    words,
)  # fmt: skip

__all__ = ["Loaded", "city_of", "load", "open_city"]

MOST_DISTORTED = 0.01
FAR = 10_000.0  # metres


@dataclass
class Loaded:
    """What a folder gave, usable or not: the nouns, the problems, and what is known of each layer."""

    folder: Path
    city_file: CityFile | None = None
    layers: list[LayerFile] = field(default_factory=list)
    areas: dict[str, AreaLayer] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)
    tables: dict[str, IndicatorTable] = field(default_factory=dict)
    places: dict[str, PlaceLayer] = field(default_factory=dict)
    residents: dict[str, ResidentLayer] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    backdrop: Backdrop | None = None
    rows: dict[str, int] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    infos: tuple[LayerInfo, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    bad_layer_file: bool = False

    @property
    def usable(self) -> bool:
        """Whether a city can be made of it: no problem is an error."""
        return not any(problem.level == "error" for problem in self.problems)


def open_city(folder: Path | str, *, data: Path | str | None = None) -> City:
    """Return a city: everything that its folder declares, read and checked.

    Parameters
    ----------
    folder
        The folder with ``city.toml``, such as ``layers/musterstadt``.
    data
        The data root; by default ``QMGIS_DATA``, then ``data`` beside the city's ``layers``, then the repository's.

    Raises
    ------
    LayerFileError
        If files of the folder are wrong; the message lists every problem.
    DataError
        If the data cannot be used; the message lists every problem.

    Examples
    --------
    >>> import tempfile
    >>> from qmgis.io.newcity import new_city
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     city = open_city(new_city(Path(parent) / "neustadt"))
    >>> len(city.areas.frame), sorted(city.places)
    (16, ['kita'])
    """
    loaded = load(folder, data=data)
    if not loaded.usable or loaded.city_file is None:
        raise _unusable(loaded)
    return city_of(loaded, loaded.city_file)


def load(folder: Path | str, *, data: Path | str | None = None) -> Loaded:
    """Return everything that can be read of a folder, with every problem."""
    loaded = Loaded(_city_folder(Path(folder)))
    _read_files(loaded)
    if loaded.city_file is None:
        return loaded
    reader = Reader(data_root(loaded.folder, data=data))
    _read_layers(loaded, reader, target=loaded.city_file.crs)
    if not loaded.bad_layer_file:
        loaded.problems += run_faults(loaded.city_file, loaded.tables, loaded.areas, broken=loaded.broken)
    loaded.infos = tuple(_info(layer, loaded, reader) for layer in loaded.layers)
    loaded.problems = told_once([*loaded.problems, *reader.notes()])
    return loaded


def _city_folder(folder: Path) -> Path:
    """Return the folder with ``city.toml``: the one named, or the only city in its ``layers``."""
    if (folder / "city.toml").is_file():
        return folder
    cities = sorted(folder.glob("layers/*/city.toml"))
    if len(cities) == 1:
        return cities[0].parent
    text = words("check.no_city", folder=str(folder))
    raise LayerFileError(text.en, de=text.de)


def _read_files(loaded: Loaded) -> None:
    loaded.city_file, loaded.problems = read_city_file(loaded.folder)
    for file in sorted(loaded.folder.glob("*.toml")):
        if file.name != "city.toml":
            layer, found = read_layer_file(file)
            loaded.problems += found
            loaded.layers += [layer] if layer else []
            loaded.broken |= set() if layer else {file.stem}
    whole = not loaded.problems
    loaded.bad_layer_file = not whole
    if whole:
        loaded.problems += reference_faults(loaded.city_file, loaded.layers)
        loaded.bad_layer_file = bool(loaded.problems)


def _read_layers(loaded: Loaded, reader: Reader, *, target: str) -> None:
    """Read areas first, since everything else is seen from them."""
    for layer in loaded.layers:
        if layer.kind == "areas":
            areas, found = read_areas(layer, reader, target=target)
            loaded.problems += found
            if areas is not None and areas.vintage not in loaded.areas:
                loaded.areas[areas.vintage] = areas
                loaded.rows[layer.key] = len(areas.frame)
    if loaded.city_file and loaded.areas:
        loaded.problems += _stretched(loaded.city_file, loaded.areas.values())
    for layer in loaded.layers:
        if layer.kind == "indicator":
            loaded.indicators[layer.key] = indicator_of(layer)
            measured, found = read_editions(layer, reader, loaded.areas)
            loaded.measured += measured
            loaded.broken |= {layer.key} if any(fault.level == "error" for fault in found) else set()
            if measured:
                loaded.rows[layer.key] = sum(one.rows for one in measured)
            loaded.problems += found
        elif layer.kind != "areas":
            loaded.problems += _read_other(layer, loaded, reader, target=target)
    for indicator in loaded.indicators.values():
        if {indicator.numerator, indicator.denominator} & loaded.broken:
            loaded.broken.add(indicator.key)
    loaded.tables, found = tables_of(loaded.indicators, loaded.measured, loaded.areas)
    loaded.backdrop, faults = read_backdrop(loaded.layers, reader, list(loaded.areas.values()), target=target)
    loaded.problems += [*found, *faults]


def _stretched(city: CityFile, areas: Iterable[AreaLayer]) -> list[Problem]:
    """Return an error where a metre of the city's system is none on the ground, as in web maps (EPSG:3857)."""
    off = max(distortion(layer.frame) for layer in areas)
    if off <= MOST_DISTORTED:
        return []
    what = words("check.stretched", crs=city.crs, percent=f"{100 * off:.0f}")
    return [Problem("error", what, file=city.place.file, row=city.place.row("crs"))]


def _read_other(layer: LayerFile, loaded: Loaded, reader: Reader, *, target: str) -> list[Problem]:
    if layer.kind == "places":
        places, found = read_places(layer, reader, target=target)
        if places is not None:
            loaded.places[layer.key] = places
            loaded.rows[layer.key] = len(places.frame)
            found += _outside(places.frame, loaded.areas.values(), layer)
        return found
    if layer.kind == "residents":
        residents, found = read_residents(layer, reader, target=target)
        if residents is not None:
            loaded.rows[layer.key] = len(residents.frame)
            faults = _outside(residents.frame, loaded.areas.values(), layer)
            of_the_country = any(fault.level == "note" for fault in faults)
            loaded.residents[layer.key] = _cut(residents, loaded.areas.values()) if of_the_country else residents
            found += faults
        return found
    if layer.kind == "network":
        network, rows, found = read_network(layer, reader, target=target)
        if network is not None:
            loaded.networks[layer.key] = network
            loaded.rows[layer.key] = rows
            nodes = gpd.GeoDataFrame(geometry=shapely.points(network.nodes), crs=network.crs)
            wrong = any(fault.level == "error" for fault in found)
            found += [] if wrong else _outside(nodes, loaded.areas.values(), layer)
        return found
    if layer.ref is None:
        return []
    frame, found = reader.read(layer.ref, layer.place)
    if frame is not None and hasattr(frame, "__len__"):
        loaded.rows[layer.key] = len(frame)
    return found


def _outside(frame: gpd.GeoDataFrame, areas: Iterable[AreaLayer], layer: LayerFile) -> list[Problem]:
    """Return an error where nothing lies in the box around the areas, and what is said of points far from it.

    Single points far away are a warning; a file that lies there for the most part is one of the whole country: a note.
    """
    boxes = [area.frame for area in areas]
    if not boxes:
        return []
    file = layer.ref.path if layer.ref else ""
    west, south, east, north = gpd.GeoSeries([shapely.box(*box.total_bounds) for box in boxes]).total_bounds
    if not _meets(frame, (west, south, east, north)).any():
        hint = elsewhere(frame, boxes[-1]) or Text("", "")
        what = words("check.all_outside", n=len(frame), hint=hint)
        return [Problem("error", what, file=file, remedy=words("check.fix_outside"))]
    reach = max(east - west, north - south, FAR)
    near = _meets(frame, (west - reach, south - reach, east + reach, north + reach))
    if near.all():
        return []
    far = frame.index[~near]
    km = number(reach / 1000, "de")
    if 2 * len(far) > len(frame) and layer.kind != "network":
        return [Problem("note", words("check.mostly_far", n=len(far), all=len(frame), km=km), file=file)]
    what = words("check.some_far", n=len(far), all=len(frame), km=km, shown=shown(far[0]))
    return [Problem("warning", what, file=file, remedy=words("check.fix_outside"))]


def _meets(frame: gpd.GeoDataFrame, box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Tell which shapes lie in a box or touch it, by their own boxes."""
    own = shapely.bounds(frame.geometry.to_numpy())
    west, south, east, north = box
    inside = (own[:, 0] <= east) & (own[:, 2] >= west) & (own[:, 1] <= north) & (own[:, 3] >= south)
    return np.asarray(inside)


def _cut(residents: ResidentLayer, areas: Iterable[AreaLayer]) -> ResidentLayer:
    """Return the residents in the box around the areas; nobody else can live in one of them."""
    west, south, east, north = gpd.GeoSeries([shapely.box(*area.frame.total_bounds) for area in areas]).total_bounds
    return replace(residents, frame=residents.frame.cx[west:east, south:north])


def _info(layer: LayerFile, loaded: Loaded, reader: Reader) -> LayerInfo:
    refs = [layer.ref] if layer.ref else [edition.ref for edition in layer.editions]
    own = [one for one in loaded.measured if one.indicator == layer.key]
    built = _rebuilt_years(layer, loaded) if layer.kind == "indicator" else {}
    vintages = (
        [layer.keys["vintage"]] if layer.kind == "areas" else [*dict.fromkeys(one.vintage for one in own), *built]
    )
    years = {one.year for one in own}.union(*built.values())
    if "year" in layer.keys:
        years |= {layer.keys["year"]}
    elif "date" in layer.keys:
        years |= {layer.keys["date"].year}
    return LayerInfo(
        layer.key, layer.kind, layer.title, layer.licence, layer.credit, reader.inputs(refs), tuple(sorted(years)),
        tuple(dict.fromkeys(vintages)), loaded.rows.get(layer.key), layer.description, _note(layer),
        layer.retrieved.isoformat() if layer.retrieved else "",
    )  # fmt: skip


def _rebuilt_years(layer: LayerFile, loaded: Loaded) -> dict[str, set[int]]:
    """Return the vintages and years of a share that comes from its counts."""
    if "numerator" not in layer.keys:
        return {}
    found = {}
    for vintage, table in loaded.tables.items():
        if layer.key in table.indicators:
            states = table.states[layer.key]
            years = states[states != "missing"].index.get_level_values("year")
            found[vintage] = {int(year) for year in years}
    return found


def _note(layer: LayerFile) -> Text | None:
    """Return the layer's note and what its editions say of their definitions."""
    notes = [layer.note] if layer.note else []
    for edition in layer.editions:
        if "definition" in edition.keys:
            said = to_text(edition.keys["definition"])
            notes.append(Text(f"{edition.year}: {said.de}", f"{edition.year}: {said.en}"))
    return Text(" ".join(one.de for one in notes), " ".join(one.en for one in notes)) if notes else None


def city_of(loaded: Loaded, declared: CityFile) -> City:
    """Return the city of a folder without errors."""
    return City(
        key=declared.key, title=declared.title, lang=declared.lang, crs=declared.crs,
        area_layers=loaded.areas, tables=loaded.tables, places=loaded.places, residents=loaded.residents,
        networks=loaded.networks, runs=_runs(declared.runs), themes=_themes(declared.themes),
        exclusions=_exclusions(declared.exclusions), secrecy=Secrecy(**declared.secrecy), layers=loaded.infos,
        note=declared.note, problems=tuple(loaded.problems), backdrop=loaded.backdrop,
    )  # fmt: skip


def _runs(tables: Sequence[Mapping[str, Any]]) -> dict[str, Run]:
    return {
        one["id"]: Run(
            one["id"], to_text(one["title"]), one["method"], one["year"], one["areas"], tuple(one.get("coverage", ()))
        )
        for one in tables
    }


def _themes(tables: Sequence[Mapping[str, Any]]) -> dict[str, Theme]:
    return {
        one["id"]: Theme(
            one["id"], to_text(one["title"]), one["places"], float(one["within_m"]), one.get("group", "residents"),
            one.get("need"),
        )
        for one in tables
    }  # fmt: skip


def _exclusions(tables: Sequence[Mapping[str, Any]]) -> tuple[Exclusion, ...]:
    return tuple(
        Exclusion(
            one["area"], one["vintage"], tuple(one.get("years", ())), one["reason"], to_text(one.get("note", "")),
            one.get("source", ""),
        )
        for one in tables
    )  # fmt: skip


def _unusable(loaded: Loaded) -> QmgisError:
    """Return the error that lists every problem that stands in the way."""
    errors = [problem for problem in loaded.problems if problem.level == "error"]
    head = words("check.cannot_open_city", folder=loaded.folder.name, n=len(errors))
    en = "\n".join([head.en, *(f"- {problem.say('en')}" for problem in errors)])
    de = "\n".join([head.de, *(f"- {problem.say('de')}" for problem in errors)])
    return (LayerFileError if loaded.bad_layer_file else DataError)(en, de=de)
