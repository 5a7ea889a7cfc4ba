"""``shapefile.zip``: shapefiles with what they cannot hold themselves: style, long names, licence and credit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qmgis.i18n import say
from qmgis.io.kinds import Export
from qmgis.io.written.cells import clean
from qmgis.io.written.codebook import about, codebook_csv
from qmgis.io.written.names import short_names
from qmgis.io.written.shapefile import Cut, layer_files
from qmgis.io.written.sld import sld
from qmgis.io.written.styles import Style, qml, styles_of
from qmgis.io.written.vector import VectorLayer, layers, scratch
from qmgis.io.written.zipped import zipped
from qmgis.model import Lang, Outcome, Text

__all__ = ["EXPORT", "render"]


def render(outcome: Outcome, lang: Lang) -> bytes:
    """Return a zip with ``areas.shp``, and ``places.shp``, ``gaps.shp``, ``programme.shp`` where there are any.

    Beside each: QML and SLD with the classes and colours of the screen, and the code book of its names of ten
    characters. ``LIESMICH.txt`` (``README.txt`` in English) has sources, licence, recipe, how missing values are
    written, and which texts had to be cut.

    Raises
    ------
    OutputError
        If a layer has more than 255 fields or a file would exceed 2 GB.
    """
    files: dict[str, bytes] = {}
    cuts: list[Cut] = []
    made = layers(outcome, lang)
    with scratch("shapefile.zip") as folder:
        for layer in made:
            names = short_names(column.key for column in layer.columns)
            written, layer_cuts = layer_files(folder, layer)
            cuts += layer_cuts
            files |= written
            for stem, style in _styles_of(layer, outcome, names).items():
                files[f"{stem}.qml"] = qml(style, layer.columns, names, lang)
                files[f"{stem}.sld"] = sld(style, names, lang)
            book = "codebook.csv" if layer.name == "areas" else f"codebook_{layer.name}.csv"
            files[book] = codebook_csv(layer.columns, names, lang)
    readme = "LIESMICH.txt" if lang == "de" else "README.txt"
    files[readme] = _readme(outcome, made, cuts, lang)
    return zipped(files)


def _styles_of(layer: VectorLayer, outcome: Outcome, names: Mapping[str, str]) -> dict[str, Style]:
    """Return the style that QGIS takes by itself under the name of the layer, and those of supply beside it."""
    styles = styles_of(layer.name, outcome)
    supplied = {f"{layer.name}_{names[one.key]}": one for one in styles[1:] if one.key == f"{one.theme}_access"}
    return {**({layer.name: styles[0]} if styles else {}), **supplied}


def _readme(outcome: Outcome, made: Iterable[VectorLayer], cuts: Iterable[Cut], lang: Lang) -> bytes:
    """Return what a reader of the bundle has to know."""
    title = f"{outcome.city_title.to(lang)}: {outcome.run.title.to(lang)}"
    lines = [f"{title} – {say('exports.shape_title', lang)}", "", say("exports.shape_files", lang)]
    lines += [say(f"exports.shape_{layer.name}", lang) for layer in made if layer.name != "areas"]
    lines += ["", *(say(f"exports.shape_{part}", lang) for part in ("nulls", "shares", "limits")), ""]
    lines += [
        say("exports.shape_cut", lang, count=cut.count, short=cut.short, long=cut.long, layer=cut.layer) for cut in cuts
    ]
    lines += ["", *(f"{label}: {text}" for label, text in about(outcome, lang)), ""]
    return "\r\n".join(clean(line) for line in lines).encode("utf-8-sig")


EXPORT = Export("shp", Text("Shapefile-Paket", "Shapefile bundle"), "shapefile.zip", "application/zip", render)
