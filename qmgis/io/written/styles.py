"""The colours and classes of the screen as styles of QGIS (QML); SLD for others is in `qmgis.io.written.sld`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from qmgis.errors import NotEnoughDataError
from qmgis.io.written.cells import clean
from qmgis.model import LANGS, Column, Lang, Outcome, Text, words
from qmgis.views import palette
from qmgis.views.backdrop import Stroke
from qmgis.views.balance import KIND_COLOURS
from qmgis.views.legend import Entry, Legend, legend_for
from qmgis.views.programme import LINES, programme_title

__all__ = [
    "OVERLAYS",
    "Style",
    "area_styles",
    "gap_style",
    "overlay_style",
    "place_style",
    "programme_style",
    "qml",
    "renderer",
    "strokes_of",
    "styles_of",
    "xml_bytes",
]

Shape = Literal["fill", "marker", "line"]
Topic = Literal[
    "index", "coverage", "priority", "places", "gaps", "programme", "catchments", "proposals", "scenario", "register"
]
OVERLAYS: Mapping[str, Topic] = {
    "catchments": "catchments", "proposals": "proposals",
    **dict.fromkeys(("scenario", "scenario_places", "scenario_paths"), "scenario"),
    **dict.fromkeys(("measures", "white_spots"), "register"),
}  # fmt: skip
# new, changed and gone are told apart as the scenarios of others do it, and by their shape or dashes
_CHANGES = {
    "scenario_places": {"add": palette.ADDED, "move": palette.CHANGED, "close": palette.GONE,
                        "capacity": palette.CHANGED, "housing": palette.ADDED},
    "scenario_paths": {"path": palette.ADDED, "closed": palette.GONE},
}  # fmt: skip
_MARKS = {"add": "square", "move": "diamond", "close": "cross2", "capacity": "circle", "housing": "pentagon"}
_KINDS = {"INV": "square", "PRE": "triangle", "ACC": "diamond", "SOC": "circle", "MIX": "pentagon"}
_BRUSHES = {"diagonal": "b_diagonal", "cross": "diagonal_x", "dots": "dense6"}
_OUTLINE = "0.2"
_PIXEL = 25.4 / 96  # millimetres
_HATCHED = {"style": "b_diagonal", "outline_style": "no"}
QGIS_VERSION = "3.22.16-Białowieża"


@dataclass(frozen=True)
class Style:
    """How one layer of an outcome is drawn: a legend over one of its fields, or one symbol for all rows."""

    key: str
    title: Text
    topic: Topic
    entries: tuple[Entry, ...]
    field: str = ""
    is_flag: bool = False
    shape: Shape = "fill"
    layer: str = "areas"
    theme: str = ""
    outline_only: bool = False

    @property
    def is_graduated(self) -> bool:
        """Whether classes are intervals of numbers."""
        return any(entry.role in ("class", "zero") and entry.value is None for entry in self.entries)


def area_styles(outcome: Outcome) -> list[Style]:
    """Return the styles of the areas in the order of the map's views; the first is the default.

    A column that has nothing to put into classes is left out.
    """
    known = {column.key: column.title for column in outcome.columns}
    wanted: list[tuple[str, Topic, Text, str]] = [
        (column, "index", known[column] if column == "class" else words(f"words.{column}"), "")
        for column in ("group", "status_class", "dynamics_class", "class", "attention")
        if column in known
    ]
    if not wanted and "index" in known:
        wanted = [("index", "index", known["index"], "")]
    for key, theme in outcome.themes.items():
        firm = words("exports.firm", title=theme.title)
        supplied = words("exports.supplied", title=theme.title)
        topics: tuple[tuple[str, Topic, Text], ...] = (
            ("share", "coverage", theme.title), ("access", "coverage", supplied), ("tier", "priority", theme.title),
            ("firm", "priority", firm),
        )  # fmt: skip
        wanted += [
            (f"{key}_{end}", topic, title, key) for end, topic, title in topics if f"{key}_{end}" in outcome.table
        ]
    styles = [_style_of(outcome, *entry) for entry in wanted]
    found = [style for style in styles if style is not None]
    if "attention" in outcome.table:
        found.append(_attention_outline())
    return found


def _style_of(outcome: Outcome, column: str, topic: Topic, title: Text, theme: str) -> Style | None:
    try:
        legend: Legend = legend_for(outcome, column)
    except NotEnoughDataError:
        return None
    described = {entry.key: entry for entry in outcome.columns}[column]
    is_flag = described.kind == "bool"
    return Style(column, title, topic, legend.entries, legend.column, is_flag, theme=theme)


def _attention_outline() -> Style:
    entry = Entry(words("exports.attention_outline"), palette.ATTENTION_LINE, value="True")
    return Style("attention_outline", entry.label, "index", (entry,), "attention", is_flag=True, outline_only=True)


def place_style(title: Text, theme: str = "") -> Style:
    """Return the style of places: one symbol."""
    return Style("places", title, "places", (Entry(title, palette.PLACE),), shape="marker", layer="places", theme=theme)


def gap_style(title: Text, theme: str = "") -> Style:
    """Return the style of squares out of reach: one symbol."""
    return Style("gaps", title, "gaps", (Entry(title, palette.GAP),), layer="gaps", theme=theme)


def overlay_style(layer: str) -> Style:
    """Return the style of catchments, proposed sites and scenarios: one symbol, or one a kind of change."""
    title, topic = words(f"exports.layer_{layer}"), OVERLAYS[layer]
    if layer == "measures":
        kinds = tuple(Entry(words(f"balance.kind_{kind}"), KIND_COLOURS[kind], value=kind) for kind in _KINDS)
        return Style(layer, title, topic, kinds, "kind", shape="marker", layer=layer)
    if layer in _CHANGES:
        entries = tuple(
            Entry(words(f"exports.change_{kind}"), colour, value=kind) for kind, colour in _CHANGES[layer].items()
        )
        shape: Shape = "line" if layer == "scenario_paths" else "marker"
        return Style(layer, title, topic, entries, "change", shape=shape, layer=layer)
    shape = "marker" if layer == "proposals" else "fill"
    return Style(layer, title, topic, (Entry(title, palette.PROPOSED),), shape=shape, layer=layer)


def programme_style(outcome: Outcome) -> Style:
    """Return the style of programme areas: outlines, told apart by their dashes as on the map."""
    title = Text(*(programme_title(outcome, lang) for lang in LANGS))
    entries = (
        Entry(words(f"words.programme_{state}"), lines[-1].colour, value=state) for state, lines in LINES.items()
    )
    return Style("programme", title, "programme", tuple(entries), "state", layer="programme")


def styles_of(layer: str, outcome: Outcome) -> list[Style]:
    """Return the styles of a layer; the first is its default."""
    if layer == "places":
        return [place_style(words("exports.layer_places"))]
    if layer == "gaps":
        return [gap_style(words("exports.layer_gaps"))]
    if layer in OVERLAYS:
        return [overlay_style(layer)]
    return [programme_style(outcome)] if layer == "programme" else area_styles(outcome)


# QML -------------------------------------------------------------------------------------------------------------


def qml(style: Style, columns: Iterable[Column], names: Mapping[str, str], lang: Lang) -> bytes:
    """Return a style file for QGIS: classes, colours and the titles of fields."""
    root = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology|Fields|Labeling")
    root.append(renderer(style, names, lang))
    append_fields(root, columns, names, lang)
    return xml_bytes(root, doctype="<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>")


def append_fields(parent: ET.Element, columns: Iterable[Column], names: Mapping[str, str], lang: Lang) -> None:
    """Append the titles of fields and the field by which rows are called."""
    aliases = ET.SubElement(parent, "aliases")
    for column in columns:
        ET.SubElement(aliases, "alias", field=names[column.key], name=clean(column.title.to(lang)))
    if "name" in names:
        ET.SubElement(parent, "previewExpression").text = _quoted(names["name"])


def renderer(style: Style, names: Mapping[str, str], lang: Lang) -> ET.Element:
    """Return the renderer: categories for codes, rules with exact limits for numbers, one symbol without a field."""
    common = {"forceraster": "0", "enableorderby": "0", "symbollevels": "0"}
    if not style.field:
        root = ET.Element("renderer-v2", {"type": "singleSymbol", **common})
        _symbols(root, style)
    elif style.is_graduated or style.outline_only:
        root = ET.Element("renderer-v2", {"type": "RuleRenderer", **common})
        _rules(root, style, names, lang)
        _symbols(root, style)
    else:
        root = ET.Element("renderer-v2", {"type": "categorizedSymbol", "attr": _category_of(style, names), **common})
        categories = ET.SubElement(root, "categories")
        for place, entry in enumerate(style.entries):
            ET.SubElement(
                categories, "category", value=clean(entry.value), symbol=str(place), render="true",
                label=clean(entry.label.to(lang)),
            )  # fmt: skip
        _symbols(root, style)
    return root


def _category_of(style: Style, names: Mapping[str, str]) -> str:
    """Return the expression that gives each row its class: areas without a value by name, the others by code."""
    field = _quoted(names[style.field])
    value = f"CASE WHEN {field} THEN 'True' WHEN NOT {field} THEN 'False' END" if style.is_flag else field
    named = [entry for entry in style.entries if entry.areas]
    if not named:
        return value if style.is_flag else names[style.field]
    cases = " ".join(f"WHEN {_among(entry, names)} THEN {_text(str(entry.value))}" for entry in named)
    return f"CASE {cases} ELSE {value} END"


def _rules(root: ET.Element, style: Style, names: Mapping[str, str], lang: Lang) -> None:
    rules = ET.SubElement(root, "rules", key="{00000000-0000-4000-8000-000000000000}")
    field = _quoted(names[style.field])
    for place, entry in enumerate(style.entries):
        ET.SubElement(
            rules, "rule", key=f"{{00000000-0000-4000-8000-{place + 1:012d}}}", symbol=str(place),
            filter=_filter(entry, field, names), label=clean(entry.label.to(lang)),
        )  # fmt: skip


def _filter(entry: Entry, field: str, names: Mapping[str, str]) -> str:
    """Return which rows belong to an entry: numbers between its limits, named areas, or a true flag."""
    if entry.areas:
        return _among(entry, names)
    if entry.value is not None:
        return field
    if entry.role == "zero":
        return f"{field} = 0"
    above, below = (">=", "<") if entry.at_least else (">", "<=")
    parts = [f"{field} {above} {entry.lower!r}" if entry.lower is not None else ""]
    parts.append(f"{field} {below} {entry.upper!r}" if entry.upper is not None else "")
    return " AND ".join(part for part in parts if part) or f"{field} IS NOT NULL"


def _among(entry: Entry, names: Mapping[str, str]) -> str:
    return f"{_quoted(names['area'])} IN ({', '.join(_text(clean(area)) for area in entry.areas)})"


def _quoted(field: str) -> str:
    return '"' + field.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _symbols(root: ET.Element, style: Style) -> None:
    symbols = ET.SubElement(root, "symbols")
    for place, entry in enumerate(style.entries):
        symbol = ET.SubElement(symbols, "symbol", type=style.shape, name=str(place), alpha="1", clip_to_extent="1")
        for kind, options in _parts(style, entry):
            part = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
            chosen = ET.SubElement(part, "Option", type="Map")
            for name, value in options.items():
                ET.SubElement(chosen, "Option", name=name, type="QString", value=value)


def _parts(style: Style, entry: Entry) -> list[tuple[str, dict[str, str]]]:
    """Return the layers of a symbol: a fill, and a hatching over it where the entry has one."""
    line = {"outline_color": _rgba(palette.LINE), "outline_style": "solid", "outline_width": _OUTLINE}
    unit = {"outline_width_unit": "MM"}
    if style.shape == "line":
        dash = {"use_custom_dash": "1", "customdash": "2;1", "customdash_unit": "MM"} if entry.value == "closed" else {}
        look = {"line_color": _rgba(entry.colour), "line_width": "0.9", "line_width_unit": "MM", **dash}
        return [("SimpleLine", look)]
    if style.layer in ("proposals", "scenario_places", "measures"):
        look = {
            "color": _rgba(entry.colour),
            "name": {**_MARKS, **_KINDS}.get(str(entry.value), "star"),
            "size": "4",
            "size_unit": "MM",
        }
        edge = _rgba(entry.colour) if entry.value == "close" else _rgba("#ffffff")  # a cross has no inside
        return [("SimpleMarker", {**look, **line, **unit, "outline_color": edge})]
    if style.layer in ("catchments", "scenario"):
        light = {"color": _rgba(entry.colour, alpha=30), "outline_color": _rgba(entry.colour), **unit}
        return [("SimpleFill", {**light, "outline_width": _OUTLINE})]
    if style.shape == "marker":
        look = {"color": _rgba(entry.colour), "name": "circle", "size": "2.4", "size_unit": "MM"}
        return [("SimpleMarker", {**look, **line, **unit, "outline_color": _rgba("#ffffff")})]
    if style.layer == "programme":
        return [("SimpleLine", _line(stroke)) for stroke in strokes_of(entry)]
    if style.outline_only:
        look = {"style": "no", "outline_color": _rgba(entry.colour), "outline_style": "solid", "outline_width": "0.8"}
        return [("SimpleFill", {**look, **unit, "joinstyle": "miter"})]
    if style.layer in ("gaps", "white_spots"):
        light = {"color": _rgba(entry.colour, alpha=46), "outline_color": _rgba(entry.colour), **unit}
        return [("SimpleFill", light), ("SimpleFill", {"color": _rgba(entry.colour), **_HATCHED})]
    parts = [("SimpleFill", {"color": _rgba(entry.colour), "style": "solid", **line, **unit})]
    if entry.hatch != "none":
        hatching = {"color": _rgba(palette.LINE), "style": _BRUSHES[entry.hatch], "outline_style": "no"}
        parts.append(("SimpleFill", hatching))
    return parts


def strokes_of(entry: Entry) -> tuple[Stroke, ...]:
    """Return the lines of a programme area on the screen, the lowest first."""
    return next(lines for state, lines in LINES.items() if state == entry.value)


def _line(stroke: Stroke) -> dict[str, str]:
    """Return a dashed line in millimetres, as wide as on the screen."""
    dashes = ";".join(f"{float(part) * _PIXEL:.2f}" for part in stroke.dash.split())
    return {
        "line_color": _rgba(stroke.colour), "line_style": "solid", "line_width": f"{stroke.width * _PIXEL:.2f}",
        "line_width_unit": "MM", "use_custom_dash": "1", "customdash": dashes, "customdash_unit": "MM",
        "capstyle": "flat", "joinstyle": "miter",
    }  # fmt: skip


def _rgba(colour: str, *, alpha: int = 255) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def xml_bytes(root: ET.Element, *, doctype: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    """Return an XML document, indented, in UTF-8."""
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f"{doctype}\n{body}\n".encode()
