"""``results.qgz``: a QGIS project over ``results.gpkg`` that looks like the screen."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from qmgis.io.kinds import Export
from qmgis.io.written.cells import clean
from qmgis.io.written.codebook import about
from qmgis.io.written.styles import (
    QGIS_VERSION,
    Style,
    append_fields,
    area_styles,
    gap_style,
    overlay_style,
    place_style,
    programme_style,
    renderer,
    xml_bytes,
)
from qmgis.io.written.vector import VectorLayer, layers
from qmgis.io.written.zipped import zipped
from qmgis.model import Lang, Outcome, Text, words

__all__ = ["EXPORT", "render"]

_FOLDERS = {
    "places": "exports.layer_places",
    "scenario": "exports.layer_scenario",
    "register": "exports.register",
    "proposals": "exports.layer_proposals",
    "gaps": "exports.layer_gaps",
    "catchments": "exports.layer_catchments",
    "programme": "exports.layer_programme",
    "priority": "exports.group_priority",
    "coverage": "exports.group_coverage",
    "index": "exports.group_index",
}
_GEOMETRY = {"Point": "Point", "Polygon": "Polygon", "LineString": "Line"}


@dataclass(frozen=True)
class _Leaf:
    """A layer of the project: one style over one layer of the GeoPackage, perhaps over some of its rows."""

    id: str
    style: Style
    layer: VectorLayer
    title: str
    subset: str = ""
    is_on: bool = False

    @property
    def source(self) -> str:
        """Where QGIS finds the rows, relative to the project."""
        path = f"./results.gpkg|layername={self.layer.name}"
        return f"{path}|subset={self.subset}" if self.subset else path


def render(outcome: Outcome, lang: Lang) -> bytes:
    """Return a project for QGIS 3.22 and newer, to be kept beside ``results.gpkg``.

    Its tree has groups for places, gaps, programme areas, need meets gap, coverage, and status and dynamics; the
    default view is on.
    """
    leaves = list(_leaves(outcome, lang))
    root = ET.Element("qgis", version=QGIS_VERSION, projectname=clean(_title(outcome, lang)))
    ET.SubElement(root, "title").text = clean(_title(outcome, lang))
    ET.SubElement(root, "projectCrs").append(_crs(outcome.areas.frame.crs))
    root.append(_tree(leaves, lang))
    _canvas(root, outcome)
    holder = ET.SubElement(root, "projectlayers")
    for leaf in leaves:
        holder.append(_map_layer(leaf, outcome, lang))
    order = ET.SubElement(root, "layerorder")
    for leaf in leaves:
        ET.SubElement(order, "layer", id=leaf.id)
    _properties(root, outcome)
    _metadata(root, outcome, lang)
    document = xml_bytes(root, doctype="<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>")
    return zipped({"results.qgs": document})


def _title(outcome: Outcome, lang: Lang) -> str:
    return f"{outcome.city_title.to(lang)}: {outcome.run.title.to(lang)}"


def _leaves(outcome: Outcome, lang: Lang) -> Iterator[_Leaf]:
    """Yield the layers of the project from top to bottom."""
    made = {layer.name: layer for layer in layers(outcome, lang)}
    if "places" in made:
        for key, places in sorted(outcome.places.items()):
            style = place_style(places.title)
            yield _Leaf(_id("places", key), style, made["places"], places.title.to(lang), _where("layer", places.key))
    for name in ("measures", "white_spots", "scenario_places", "scenario_paths", "scenario", "proposals", "catchments"):
        if name in made:
            yield from _overlay_leaves(made[name], outcome, lang)
    if "gaps" in made:
        for key in sorted(set(outcome.gaps["theme"]) if outcome.gaps is not None else ()):
            title = outcome.themes[key].title if key in outcome.themes else Text(key, key)
            style = gap_style(title, key)
            yield _Leaf(_id("gaps", key), style, made["gaps"], title.to(lang), _where("theme", key))
    if "programme" in made:
        style = programme_style(outcome)
        yield _Leaf(_id("programme", "state"), style, made["programme"], style.title.to(lang))
    styles = area_styles(outcome)
    for topic in ("priority", "coverage", "index"):
        chosen = [style for style in styles if style.topic == topic]
        for style in sorted(chosen, key=lambda style: not style.outline_only):
            is_on = style is styles[0] or style.outline_only
            yield _Leaf(_id("areas", style.key), style, made["areas"], style.title.to(lang), is_on=is_on)


def _overlay_leaves(layer: VectorLayer, outcome: Outcome, lang: Lang) -> Iterator[_Leaf]:
    """Yield a layer of catchments, proposals or scenarios, one a theme where it has themes; all are off."""
    style = overlay_style(layer.name)
    if layer.name == "white_spots":
        for field in sorted(set(layer.table["field"].to_pylist())):
            title = outcome.codes["fields"].title_of(field) if "fields" in outcome.codes else Text(field, field)
            named = f"{style.title.to(lang)}: {title.to(lang)}"
            yield _Leaf(_id(layer.name, field), style, layer, named, _where("field", field))
        return
    if "theme" not in layer.table.column_names:
        yield _Leaf(_id(layer.name, "all"), style, layer, style.title.to(lang))
        return
    for key in sorted(set(layer.table["theme"].to_pylist())):
        title = outcome.themes[key].title if key in outcome.themes else Text(key, key)
        yield _Leaf(_id(layer.name, key), style, layer, title.to(lang), _where("theme", key))


def _id(layer: str, key: str) -> str:
    """Return an id that is the same every time; QGIS does not accept ids of ten letters or fewer."""
    return f"qmgis_{layer}_" + "".join(
        sign if sign.isascii() and sign.isalnum() else f"_{ord(sign):x}_" for sign in key
    )


def _where(field: str, value: str) -> str:
    return f'"{field}" = \'' + clean(value).replace("'", "''") + "'"


def _tree(leaves: list[_Leaf], lang: Lang) -> ET.Element:
    """Return the tree of layers; groups without a visible layer are closed."""
    tree = ET.Element("layer-tree-group")
    for topic, key in _FOLDERS.items():
        inside = [leaf for leaf in leaves if leaf.style.topic == topic]
        if not inside:
            continue
        group = ET.SubElement(
            tree, "layer-tree-group", name=words(key).to(lang), checked="Qt::Checked",
            expanded=str(int(any(leaf.is_on for leaf in inside))), groupLayer="",
        )  # fmt: skip
        for leaf in inside:
            ET.SubElement(
                group, "layer-tree-layer", id=leaf.id, name=clean(leaf.title), providerKey="ogr", source=leaf.source,
                checked="Qt::Checked" if leaf.is_on else "Qt::Unchecked", expanded=str(int(leaf.is_on)),
                patch_size="-1,-1", legend_exp="", legend_split_behavior="0",
            )  # fmt: skip
    return tree


def _map_layer(leaf: _Leaf, outcome: Outcome, lang: Lang) -> ET.Element:
    """Return one layer with its source, style and field titles."""
    names = leaf.layer.sql_names
    shape = _GEOMETRY.get(leaf.layer.geometry_type.removeprefix("Multi"), "Unknown")
    node = ET.Element(
        "maplayer",
        type="vector",
        geometry=shape,
        wkbType=leaf.layer.geometry_type,
        styleCategories="AllStyleCategories",
    )
    ET.SubElement(node, "id").text = leaf.id
    ET.SubElement(node, "datasource").text = leaf.source
    ET.SubElement(node, "layername").text = clean(leaf.title)
    ET.SubElement(node, "srs").append(_crs(outcome.areas.frame.crs))
    ET.SubElement(node, "provider", encoding="UTF-8").text = "ogr"
    node.append(renderer(leaf.style, names, lang))
    append_fields(node, leaf.layer.columns, names, lang)
    return node


def _crs(crs: Any) -> ET.Element:
    """Return a reference system with everything QGIS may ask for; the number in its own list is left to QGIS."""
    node = ET.Element("spatialrefsys", nativeFormat="Wkt")
    authority = crs.to_authority()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        proj4 = crs.to_proj4().removesuffix("+type=crs").strip()
    ellipsoid = crs.ellipsoid.name if crs.ellipsoid is not None else ""
    values = {
        "wkt": crs.to_wkt("WKT2_2019"),
        "proj4": proj4,
        "srsid": "0",
        "srid": authority[1] if authority and authority[0] == "EPSG" else "0",
        "authid": ":".join(authority) if authority else "",
        "description": crs.name,
        "projectionacronym": _acronym(proj4),
        "ellipsoidacronym": ellipsoid,
        "geographicflag": "true" if crs.is_geographic else "false",
    }
    for name, value in values.items():
        ET.SubElement(node, name).text = clean(value)
    return node


def _acronym(proj4: str) -> str:
    return next((word.removeprefix("+proj=") for word in proj4.split() if word.startswith("+proj=")), "")


def _canvas(root: ET.Element, outcome: Outcome) -> None:
    """Append the map's view: all areas with a margin."""
    west, south, east, north = (float(bound) for bound in outcome.areas.frame.total_bounds)
    margin = 0.03 * max(east - west, north - south)
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "meters"
    extent = ET.SubElement(canvas, "extent")
    bounds = {"xmin": west - margin, "ymin": south - margin, "xmax": east + margin, "ymax": north + margin}
    for name, value in bounds.items():
        ET.SubElement(extent, name).text = repr(value)
    ET.SubElement(canvas, "rotation").text = "0"
    ET.SubElement(canvas, "destinationsrs").append(_crs(outcome.areas.frame.crs))


def _properties(root: ET.Element, outcome: Outcome) -> None:
    """Append relative paths and units."""
    properties = ET.SubElement(root, "properties")
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", type="bool").text = "false"
    projections = ET.SubElement(properties, "SpatialRefSys")
    ET.SubElement(projections, "ProjectionsEnabled", type="int").text = "1"
    measure = ET.SubElement(properties, "Measure")
    authority = outcome.areas.frame.crs.ellipsoid
    ET.SubElement(measure, "Ellipsoid", type="QString").text = clean(authority.name) if authority else "NONE"


def _metadata(root: ET.Element, outcome: Outcome, lang: Lang) -> None:
    """Append title, sources, licence and recipe."""
    node = ET.SubElement(root, "projectMetadata")
    ET.SubElement(node, "identifier").text = outcome.recipe.id
    ET.SubElement(node, "language").text = lang
    ET.SubElement(node, "type").text = "dataset"
    ET.SubElement(node, "title").text = clean(_title(outcome, lang))
    ET.SubElement(node, "abstract").text = "\n".join(f"{label}: {text}" for label, text in about(outcome, lang))
    ET.SubElement(node, "author").text = "qmgis"
    ET.SubElement(node, "creation").text = "1980-01-01T00:00:00"


EXPORT = Export("qgz", Text("QGIS-Projekt", "QGIS project"), "results.qgz", "application/x-qgis-project", render)
