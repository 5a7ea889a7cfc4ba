"""The colours and classes of the screen as SLD 1.1 with Symbology Encoding, for GeoServer, MapServer and others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree as ET

from qmgis.io.written.cells import clean
from qmgis.io.written.styles import Style, strokes_of, xml_bytes
from qmgis.model import Lang, Text
from qmgis.views import palette
from qmgis.views.legend import Entry

__all__ = ["sld"]

_MARKS = {"diagonal": "shape://slash", "cross": "shape://times", "dots": "circle"}
_SE, _OGC, _SLD = "http://www.opengis.net/se", "http://www.opengis.net/ogc", "http://www.opengis.net/sld"


def sld(style: Style, names: Mapping[str, str], lang: Lang) -> bytes:
    """Return the style as SLD 1.1."""
    attributes = {"version": "1.1.0", "xmlns": _SLD, "xmlns:se": _SE, "xmlns:ogc": _OGC}
    root = ET.Element("StyledLayerDescriptor", attributes)
    named = ET.SubElement(root, "NamedLayer")
    ET.SubElement(named, "se:Name").text = style.layer
    user = ET.SubElement(named, "UserStyle")
    ET.SubElement(user, "se:Name").text = clean(style.title.to(lang))
    sheet = ET.SubElement(user, "se:FeatureTypeStyle")
    for entry in _sld_entries(style, lang):
        rule = ET.SubElement(sheet, "se:Rule")
        ET.SubElement(rule, "se:Name").text = clean(entry.label.to(lang))
        described = ET.SubElement(rule, "se:Description")
        ET.SubElement(described, "se:Title").text = clean(entry.label.to(lang))
        if style.field:
            _sld_filter(ET.SubElement(rule, "ogc:Filter"), style, entry, names)
        _sld_symbols(rule, style, entry)
    return xml_bytes(root)


def _sld_entries(style: Style, lang: Lang) -> list[Entry]:
    """Return the entries that SLD can tell apart: classes, no value for whatever reason, left out.

    Areas are not listed by id: readers take the text 0101 for the number 101.
    """
    entries = [entry for entry in style.entries if not entry.areas]
    for role in ("no_data", "left_out") if style.topic == "index" else ("",):
        same = [entry for entry in style.entries if entry.areas and role in ("", entry.role)]
        if same:
            label = ", ".join(entry.label.to(lang) for entry in same)
            entries.append(replace(same[0], label=Text(label, label)))
    return entries


def _sld_empty(parent: ET.Element, style: Style, entry: Entry, names: Mapping[str, str]) -> None:
    """Append: no value, and for results of the index a reason for leaving out, or none."""
    by_reason = style.topic == "index" and "left_out" in names
    group = ET.SubElement(parent, "ogc:And") if by_reason else parent
    _is_null(group, names[style.field])
    if by_reason:
        _is_null(ET.SubElement(group, "ogc:Not") if entry.role == "left_out" else group, names["left_out"])


def _is_null(parent: ET.Element, field: str) -> None:
    ET.SubElement(ET.SubElement(parent, "ogc:PropertyIsNull"), "ogc:PropertyName").text = field


def _sld_filter(parent: ET.Element, style: Style, entry: Entry, names: Mapping[str, str]) -> None:
    field = names[style.field]
    if entry.areas:
        _sld_empty(parent, style, entry, names)
        return
    if entry.value is not None and style.is_flag:
        _compare(parent, "EqualTo", field, "1" if entry.value == "True" else "0")
        return
    if entry.value is not None:
        _alike(parent, field, clean(entry.value))
        return
    above, below = ("GreaterThanOrEqualTo", "LessThan") if entry.at_least else ("GreaterThan", "LessThanOrEqualTo")
    limits = [(above, entry.lower), (below, entry.upper)]
    if entry.role == "zero":
        limits = [("EqualTo", 0.0)]
    set_limits = [(kind, limit) for kind, limit in limits if limit is not None]
    group = ET.SubElement(parent, "ogc:And") if len(set_limits) > 1 else parent
    for kind, limit in set_limits:
        _compare(group, kind, field, repr(limit))


def _compare(parent: ET.Element, kind: str, field: str, value: str) -> None:
    test = ET.SubElement(parent, f"ogc:PropertyIs{kind}")
    ET.SubElement(test, "ogc:PropertyName").text = field
    ET.SubElement(test, "ogc:Literal").text = value


def _alike(parent: ET.Element, field: str, value: str) -> None:
    """Append a comparison of texts: with ``PropertyIsEqualTo`` some readers take 0101 for the number 101."""
    signs = {"wildCard": "*", "singleChar": "?", "escapeChar": "!"}
    test = ET.SubElement(parent, "ogc:PropertyIsLike", signs)
    ET.SubElement(test, "ogc:PropertyName").text = field
    ET.SubElement(test, "ogc:Literal").text = "".join(f"!{sign}" if sign in "*?!" else sign for sign in value)


def _sld_symbols(rule: ET.Element, style: Style, entry: Entry) -> None:
    if style.shape == "marker":
        graphic = ET.SubElement(ET.SubElement(rule, "se:PointSymbolizer"), "se:Graphic")
        mark = ET.SubElement(graphic, "se:Mark")
        ET.SubElement(mark, "se:WellKnownName").text = "circle"
        _parameter(ET.SubElement(mark, "se:Fill"), "fill", entry.colour)
        ET.SubElement(graphic, "se:Size").text = "8"
        return
    if style.layer == "programme":
        for line in strokes_of(entry):
            stroke = ET.SubElement(ET.SubElement(rule, "se:PolygonSymbolizer"), "se:Stroke")
            look = {"stroke": line.colour, "stroke-width": f"{line.width:g}", "stroke-dasharray": line.dash}
            for name, value in look.items():
                _parameter(stroke, name, value)
        return
    if style.shape == "line":
        stroke = ET.SubElement(ET.SubElement(rule, "se:LineSymbolizer"), "se:Stroke")
        look = {"stroke": entry.colour, "stroke-width": "3"}
        for name, value in (look | ({"stroke-dasharray": "8 4"} if entry.value == "closed" else {})).items():
            _parameter(stroke, name, value)
        return
    symbolizer = ET.SubElement(rule, "se:PolygonSymbolizer")
    if not style.outline_only:
        _parameter(ET.SubElement(symbolizer, "se:Fill"), "fill", entry.colour)
    stroke = ET.SubElement(symbolizer, "se:Stroke")
    _parameter(stroke, "stroke", entry.colour if style.outline_only else palette.LINE)
    _parameter(stroke, "stroke-width", "3" if style.outline_only else "1")
    if entry.hatch != "none":
        hatching = ET.SubElement(ET.SubElement(rule, "se:PolygonSymbolizer"), "se:Fill")
        graphic = ET.SubElement(ET.SubElement(hatching, "se:GraphicFill"), "se:Graphic")
        mark = ET.SubElement(graphic, "se:Mark")
        ET.SubElement(mark, "se:WellKnownName").text = _MARKS[entry.hatch]
        if entry.hatch == "dots":
            _parameter(ET.SubElement(mark, "se:Fill"), "fill", palette.LINE)
        else:
            _parameter(ET.SubElement(mark, "se:Stroke"), "stroke", palette.LINE)
        ET.SubElement(graphic, "se:Size").text = "2" if entry.hatch == "dots" else "8"


def _parameter(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, "se:SvgParameter", name=name).text = value
