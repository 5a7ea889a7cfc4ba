"""A city's folder into a `City`: every layer read, checked and brought together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pyproj
import shapely

from qmgis.core.spatial.barriers import KINDS
from qmgis.io.cells.reading import Reader, told_once
from qmgis.io.city.infos import info_of
from qmgis.io.city.notes import NOTES, read_notes
from qmgis.io.city.references import reference_faults, run_faults
from qmgis.io.city.scenariosof import scenarios_of
from qmgis.io.city.units import read_units, versions
from qmgis.io.city.unusable import unusable
from qmgis.io.declared.guides import guide_faults, suggestions
from qmgis.io.declared.layerfile import CityFile, LayerFile, read_city_file, read_layer_file
from qmgis.io.declared.tables import exclusions_of, runs_of, themes_of
from qmgis.io.disk.dataroot import city_folder, data_root
from qmgis.io.indicators.bases import base_faults
from qmgis.io.indicators.doubles import doubled_areas
from qmgis.io.indicators.tables import Measured, indicator_of, read_editions, tables_of
from qmgis.io.layers.areas import read_areas
from qmgis.io.layers.backdrop import read_backdrop
from qmgis.io.layers.crosswalks import read_crosswalk
from qmgis.io.layers.lacking import supply_faults
from qmgis.io.layers.lines import barriers_of
from qmgis.io.layers.networks import Asked, read_network
from qmgis.io.layers.outside import Located, astray, cut, far_points
from qmgis.io.layers.points import read_places, read_residents
from qmgis.io.layers.programme import outside, read_programme
from qmgis.io.layers.spread import Known, spread_residents
from qmgis.io.layers.whereabouts import stretched
from qmgis.io.profiles.files import own_profiles, profiles
from qmgis.io.register.layer import read_register
from qmgis.io.register.read import Around
from qmgis.io.rules.catalogues import code_lists, own_code_lists
from qmgis.io.rules.checklists import checklists, own_checklists
from qmgis.io.rules.dated import Dated, dated_rules
from qmgis.io.rules.fundrules import OwnFunds, fund_rules, own_fund_rules
from qmgis.io.rules.modes import ModeFile, modes, own_modes
from qmgis.io.rules.orientation import Orientation, own_orientation, with_own
from qmgis.model import (
    AreaLayer,
    Backdrop,
    Checklist,
    City,
    CodeList,
    CrosswalkLayer,
    Indicator,
    IndicatorTable,
    LayerInfo,
    Network,
    Note,
    PlaceLayer,
    Problem,
    Profile,
    ProgrammeLayer,
    Register,
    ResidentLayer,
    Scenario,
    Secrecy,
)  # fmt: skip

__all__ = ["Loaded", "around", "city_of", "load", "open_city"]


@dataclass
class Loaded:
    """What a folder gave, usable or not: the nouns, the problems, and what is known of each layer."""

    folder: Path
    city_file: CityFile | None = None
    layers: list[LayerFile] = field(default_factory=list)
    areas: dict[str, AreaLayer] = field(default_factory=dict)
    units: dict[str, AreaLayer] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)
    tables: dict[str, IndicatorTable] = field(default_factory=dict)
    places: dict[str, PlaceLayer] = field(default_factory=dict)
    residents: dict[str, ResidentLayer] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    programmes: dict[str, ProgrammeLayer] = field(default_factory=dict)
    crosswalks: dict[str, CrosswalkLayer] = field(default_factory=dict)
    registers: dict[str, Register] = field(default_factory=dict)
    codes: Mapping[str, CodeList] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    barriers: dict[str, gpd.GeoSeries] = field(default_factory=dict)
    backdrop: Backdrop | None = None
    located: list[Located] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    infos: tuple[LayerInfo, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    modes: Mapping[str, ModeFile] = field(default_factory=dict)
    orientation: Orientation = field(default_factory=Orientation)
    dated: Dated = field(default_factory=Dated)
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    funds: OwnFunds = ("", ())
    problems: list[Problem] = field(default_factory=list)
    bad_layer_file: bool = False

    @property
    def usable(self) -> bool:
        """Whether a city can be made of it: no problem is an error."""
        return not any(problem.level == "error" for problem in self.problems)

    @property
    def asked(self) -> Asked:
        """What is asked of the networks: the modes of themes, by the city's rules."""
        themes = self.city_file.themes if self.city_file else ()
        named = {theme["mode"] for theme in themes if "mode" in theme}
        layers = {layer.key: layer for layer in self.layers}
        return Asked(self.city_file.crs if self.city_file else "", self.all_modes, named, layers)

    @property
    def all_modes(self) -> Mapping[str, ModeFile]:
        """The modes that ship, and the city's own."""
        return {**modes(), **self.modes}

    @property
    def all_profiles(self) -> Mapping[str, Profile]:
        """The profiles that ship, and the city's own."""
        return {**profiles(), **self.profiles}


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
    >>> from qmgis.io.city.newcity import new_city
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     city = open_city(new_city(Path(parent) / "neustadt"))
    >>> len(city.areas.frame), sorted(city.places)
    (16, ['kita'])
    """
    loaded = load(folder, data=data)
    if not loaded.usable or loaded.city_file is None:
        raise unusable(loaded.folder, loaded.problems, is_layer_file=loaded.bad_layer_file)
    return city_of(loaded, loaded.city_file)


def load(folder: Path | str, *, data: Path | str | None = None) -> Loaded:
    """Return everything that can be read of a folder, with every problem."""
    loaded = Loaded(city_folder(Path(folder)))
    _read_files(loaded)
    if loaded.city_file is None:
        return loaded
    reader = Reader(data_root(loaded.folder, data=data))
    _read_layers(loaded, reader, target=loaded.city_file.crs)
    if not loaded.bad_layer_file:
        loaded.problems += run_faults(
            loaded.city_file, loaded.tables, loaded.areas, broken=loaded.broken, profiles=loaded.all_profiles
        )
        loaded.problems += supply_faults(loaded.city_file, loaded.layers, loaded.places)
        loaded.problems += suggestions(loaded.city_file, loaded.layers, loaded.orientation)
    loaded.scenarios, found = scenarios_of(loaded, loaded.city_file)
    loaded.problems += found
    loaded.notes, found = read_notes(loaded.folder, [*loaded.areas.values(), *loaded.programmes.values()])
    loaded.problems += found
    loaded.infos = tuple(info_of(layer, loaded, reader) for layer in loaded.layers)
    loaded.problems = told_once([*loaded.problems, *reader.notes()])
    return loaded


def _read_files(loaded: Loaded) -> None:
    loaded.city_file, loaded.problems = read_city_file(loaded.folder)
    for file in sorted(loaded.folder.glob("*.toml")):
        if file.name not in ("city.toml", NOTES):
            layer, found = read_layer_file(file)
            loaded.problems += found
            loaded.layers += [layer] if layer else []
            loaded.broken |= set() if layer else {file.stem}
    loaded.profiles, found = own_profiles(loaded.folder)
    loaded.modes, faults = own_modes(loaded.folder)
    own, wrong = own_orientation(loaded.folder)
    loaded.orientation = with_own(own)
    loaded.dated, late = dated_rules(loaded.folder)
    loaded.codes, unread = own_code_lists(loaded.folder)
    loaded.checklists, odd = own_checklists(loaded.folder)
    loaded.funds, unruly = own_fund_rules(loaded.folder)
    loaded.problems += [*found, *faults, *wrong, *late, *unread, *odd, *unruly]
    loaded.bad_layer_file = bool(loaded.problems)
    if not loaded.bad_layer_file:
        loaded.problems += reference_faults(
            loaded.city_file, loaded.layers, profiles=loaded.all_profiles, modes=loaded.all_modes
        )
        if loaded.city_file is not None:
            loaded.problems += guide_faults(loaded.city_file, loaded.layers, loaded.orientation)
        loaded.bad_layer_file = bool(loaded.problems)


def _read_layers(loaded: Loaded, reader: Reader, *, target: str) -> None:
    """Read areas first, since everything else is seen from them."""
    for layer in versions(loaded.city_file, loaded.layers):
        areas, found = read_areas(layer, reader, target=target)
        loaded.problems += found
        if areas is not None and areas.vintage not in loaded.areas:
            loaded.areas[areas.vintage] = areas
            loaded.rows[layer.key] = len(areas.frame)
    if loaded.city_file and loaded.areas:
        loaded.problems += stretched(loaded.city_file.crs, loaded.city_file.place, loaded.areas.values())
    for layer in sorted(loaded.layers, key=_turn):
        if layer.kind == "indicator":
            loaded.indicators[layer.key] = indicator_of(layer)
            measured, found = read_editions(layer, reader, loaded.areas, residents=loaded.residents)
            loaded.measured += measured
            loaded.broken |= {layer.key} if any(fault.level == "error" for fault in found) else set()
            if measured:
                loaded.rows[layer.key] = sum(one.rows for one in measured)
            loaded.problems += found
        elif layer.kind != "areas" and "spread" not in layer.keys:
            loaded.problems += _read_other(layer, loaded, reader, target=target)
    for indicator in loaded.indicators.values():
        if {indicator.numerator, indicator.denominator} & loaded.broken:
            loaded.broken.add(indicator.key)
    loaded.tables, found = tables_of(loaded.indicators, loaded.measured, loaded.areas)
    found += _doubled(loaded)
    found += _read_spread(loaded, reader) if not loaded.bad_layer_file else []
    loaded.units, faults = read_units(loaded, reader) if not loaded.bad_layer_file else ({}, [])
    found += faults
    if not loaded.bad_layer_file:
        found += base_faults(loaded.layers, loaded.tables, broken=loaded.broken)
    lost = _astray(loaded, reader, target=target)
    loaded.backdrop, faults = read_backdrop(loaded.layers, reader, list(loaded.areas.values()), asked=loaded.asked)
    off = {layer.ref.path for layer in loaded.layers if layer.kind == "areas" and layer.ref}
    loaded.problems += [*found, *lost, *(faults if off.isdisjoint(one.file for one in lost) else ())]


def _doubled(loaded: Loaded) -> list[Problem]:
    layer = next((layer for layer in loaded.layers if layer.key == "population"), None)
    return doubled_areas(loaded.tables, loaded.areas, file=layer.place.file) if layer else []


def _turn(layer: LayerFile) -> int:
    """Return when a layer is read: registers know of areas of the programme, rasters are weighted by residents."""
    return {"measures": 1, "indicator": 2}.get(layer.kind, 0)


def around(loaded: Loaded, layer: LayerFile | None = None) -> Around:
    """Return what the register of a city is seen from."""
    keys = layer.keys if layer else {}
    crs = loaded.city_file.crs if loaded.city_file else ""
    names = {one.key for one in loaded.layers}
    codes, lists = code_lists(loaded.codes), checklists(loaded.checklists)
    return Around(crs, codes, loaded.programmes, names, keys.get("crs"), keys.get("decimal"), lists)


def _read_other(layer: LayerFile, loaded: Loaded, reader: Reader, *, target: str) -> list[Problem]:
    if layer.kind == "places":
        named = next((one for one in loaded.layers if one.key == layer.keys.get("entrances")), None)
        places, found = read_places(layer, reader, target=target, entrances=named)
        if places is not None:
            loaded.places[layer.key] = places
            loaded.rows[layer.key] = len(places.frame)
            found += _placed(loaded, Located(layer, places.frame, _read_in(layer, reader)))
        return found
    if layer.kind == "residents":
        residents, found = read_residents(layer, reader, target=target)
        if residents is not None:
            loaded.rows[layer.key] = len(residents.frame)
            faults = _placed(loaded, Located(layer, residents.frame, _read_in(layer, reader)))
            of_the_country = any(fault.level == "note" for fault in faults)
            loaded.residents[layer.key] = cut(residents, list(loaded.areas.values())) if of_the_country else residents
            found += faults
        return found
    if layer.kind == "network":
        networks, rows, found = read_network(layer, reader, loaded.asked)
        for network in networks:
            first = network is networks[0]
            loaded.networks[layer.key if first else f"{layer.key}:{network.mode.key}"] = network
            loaded.rows[layer.key] = rows
            if first and not any(fault.level == "error" for fault in found):
                nodes = gpd.GeoDataFrame(geometry=shapely.points(network.nodes), crs=network.crs)
                located = Located(layer, nodes, _read_in(layer, reader))
                loaded.located.append(located)
                if layer.ref and layer.ref.source != "osm":  # an extract reaches further, and its system is known
                    found += far_points(located, list(loaded.areas.values()))
        return found
    if layer.kind == "programme":
        programme, found = read_programme(layer, reader, target=target)
        if programme is not None:
            loaded.programmes[layer.key] = programme
            loaded.rows[layer.key] = len(programme.frame)
            loaded.located.append(Located(layer, programme.frame, _read_in(layer, reader)))
            found += outside(programme, list(loaded.areas.values()), file=layer.ref.path if layer.ref else "")
        return found
    if layer.kind == "measures":
        register, found = read_register(layer, reader, around(loaded, layer))
        if register is not None:
            loaded.registers[layer.key] = register
            loaded.rows[layer.key] = len(register.measures)
        return found
    if layer.kind == "crosswalk":
        crosswalk, found = read_crosswalk(layer, reader, loaded.areas)
        if crosswalk is not None:
            loaded.crosswalks[layer.key] = crosswalk
            loaded.rows[layer.key] = len(crosswalk.frame)
        return found
    if layer.kind == "barriers":
        shapes, _ = barriers_of(layer, reader, target=target)  # what is wrong is told where they are drawn
        loaded.barriers[layer.key] = gpd.GeoSeries([shape for shape in shapes if shape.geom_type in KINDS], crs=target)
    if layer.ref is None:
        return []
    frame, found = reader.read(layer.ref, layer.place)
    if frame is not None and hasattr(frame, "__len__"):
        loaded.rows[layer.key] = len(frame)
    return found


def _read_spread(loaded: Loaded, reader: Reader) -> list[Problem]:
    """Read the residents that other layers and tables tell the number of."""
    found: list[Problem] = []
    for layer in loaded.layers:
        if "spread" in layer.keys and loaded.city_file:
            secrecy, layers = Secrecy(**loaded.city_file.secrecy), {one.key: one for one in loaded.layers}
            known = Known(loaded.areas, loaded.tables, layers, secrecy, loaded.city_file.crs)
            residents, faults = spread_residents(layer, reader, known)
            found += faults
            if residents is not None:
                loaded.residents[layer.key] = residents
                loaded.rows[layer.key] = len(residents.frame)
                found += _placed(loaded, Located(layer, residents.frame, _read_in(layer, reader)))
    return found


def _placed(loaded: Loaded, located: Located) -> list[Problem]:
    """Keep where a layer lies, for the look at all of them, and return what is said of points far away."""
    loaded.located.append(located)
    return far_points(located, list(loaded.areas.values()))


def _read_in(layer: LayerFile, reader: Reader) -> pyproj.CRS | str | None:
    """Return the system that a layer's file was read in: its own, else that of the layer file."""
    if layer.ref and layer.ref.source == "osm":
        return "EPSG:4326"
    frame = reader.read(layer.ref, layer.place)[0] if layer.ref else None
    own = getattr(frame, "crs", None)
    return own if own is not None else layer.keys.get("crs")


def _astray(loaded: Loaded, reader: Reader, *, target: str) -> list[Problem]:
    """Return the errors of files of which nothing lies at the areas."""
    newest = next(reversed(loaded.areas.values()), None)
    layer = next((one for one in loaded.layers if newest is not None and one.key == newest.key), None)
    areas = Located(layer, newest.frame, _read_in(layer, reader)) if newest is not None and layer else None
    return astray(loaded.located, areas, list(loaded.areas.values()), crs=target)


def city_of(loaded: Loaded, declared: CityFile) -> City:
    """Return the city of a folder without errors."""
    return City(
        key=declared.key, title=declared.title, lang=declared.lang, crs=declared.crs,
        area_layers=loaded.areas, tables=loaded.tables, places=loaded.places, residents=loaded.residents,
        networks=loaded.networks, runs=runs_of(declared.runs), deadlines=loaded.dated.deadlines,
        themes=themes_of(declared.themes, loaded.orientation.values),
        exclusions=exclusions_of(declared.exclusions), secrecy=Secrecy(**declared.secrecy), layers=loaded.infos,
        note=declared.note, problems=tuple(loaded.problems), backdrop=loaded.backdrop,
        profiles=loaded.profiles, programmes=loaded.programmes, crosswalks=loaded.crosswalks,
        scenarios=loaded.scenarios, orientation=loaded.orientation.values, services=loaded.orientation.services,
        barriers=loaded.barriers, registers=loaded.registers, checklists=loaded.checklists, legal=loaded.dated.legal,
        notes=loaded.notes, fund_rules=fund_rules(loaded.funds), units=loaded.units, gap_m=declared.gap_m,
    )  # fmt: skip
