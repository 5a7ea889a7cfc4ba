"""A crosswalk as files: the weights, the layer file that reads them, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from qmgis.errors import OutputError
from qmgis.i18n import number, percent, say
from qmgis.io.profiles.new import toml_value
from qmgis.io.written.cells import clean, csv_text, guarded
from qmgis.model import City, Lang
from qmgis.runs.years.crosswalks import Built

__all__ = ["crosswalk_files", "quality_lines", "quality_table"]

VERSIONS = ("from_version", "to_version")
COLUMNS = ("weights", "indicator", "year", "wrong", "off", "areas")
OF_AREAS = ("area", "name", "parts", "exact", "spread")
SHOWN = 5


def crosswalk_files(city: City, built: Built, name: str, *, lang: Lang) -> dict[str, bytes]:
    """Return the files of a crosswalk by name: weights, layer file, and its quality by area and in words.

    Parameters
    ----------
    city
        Whose crosswalk it is.
    built
        As `built_crosswalk` gives it.
    name
        What the file of the weights is called; the others begin like it.

    Raises
    ------
    OutputError
        The name does not end with ``.csv``, or an id would be read as a formula.
    """
    if not name.lower().endswith(".csv"):
        said = [say("boundaries.file_bad_ending", each, file=name) for each in ("en", "de")]
        raise OutputError(said[0], de=said[1])
    stem = name[:-4]
    words_ = "\n".join([*quality_lines(city, built, lang), "", *_plain(quality_table(city, built, lang))]) + "\n"
    return {
        name: _weights(built).encode("utf-8"),
        f"{stem}.toml": _layer_file(city, built, name, lang).encode("utf-8"),
        f"{stem}_quality.csv": _areas(built, lang).encode("utf-8-sig"),
        f"{stem}_quality.txt": words_.encode("utf-8"),
    }


def quality_lines(city: City, built: Built, lang: Lang) -> list[str]:
    """Return in words how a crosswalk was made and how good it is, but for its errors."""
    made, limit = built.made, number(city.secrecy.min_count, lang)
    by = " + ".join(built.weights)
    lines = [
        say("boundaries.report_pairs", lang, old=number(len(built.old.frame), lang),
            new=number(len(built.new.frame), lang), pairs=number(len(made.layer.frame), lang), weights=by),
        say("boundaries.report_exact", lang, undivided=number(built.undivided, lang), share=percent(built.exact, lang)),
    ]  # fmt: skip
    if made.slivers:
        lines.append(say("boundaries.report_slivers", lang, n=number(made.slivers, lang)))
    if made.few:
        lines.append(say("boundaries.report_few", lang, n=number(made.few, lang), limit=limit))
    if made.by_all:
        areas = _some(made.by_all)
        lines.append(say("boundaries.report_by_all", lang, n=number(len(made.by_all), lang), limit=limit, areas=areas))
    for group, nobody in made.nobody.items():
        if nobody:
            n = number(len(nobody), lang)
            lines.append(say("boundaries.report_nobody", lang, group=group, n=n, areas=", ".join(nobody)))
    lines += [say("boundaries.report_apart", lang, weights=name, share=percent(share, lang, digits=2))
              for name, share in built.apart.items()]  # fmt: skip
    key = "report_truth" if len(built.errors) else "report_no_truth"
    return [*lines, say(f"boundaries.{key}", lang)]


def quality_table(city: City, built: Built, lang: Lang) -> list[list[str]]:
    """Return the error of each weighting as rows for people, the head first; nothing where no truth is known."""
    if built.errors.empty:
        return []
    titles = {key: one.title.to(lang) for table in city.tables.values() for key, one in table.indicators.items()}
    rows = [
        [str(one["weights"]), titles[one["indicator"]], str(one["year"]), percent(one["wrong"], lang, digits=2),
         number(one["off"], lang), number(one["areas"], lang)]
        for one in built.errors.to_dict("records")
    ]  # fmt: skip
    return [[say(f"boundaries.column_{name}", lang) for name in COLUMNS], *rows]


def _plain(rows: Iterable[Sequence[str]]) -> list[str]:
    return ["\t".join(row) for row in rows]


def _some(areas: Sequence[str]) -> str:
    return ", ".join(areas[:SHOWN]) + (" …" if len(areas) > SHOWN else "")


def _weights(built: Built) -> str:
    layer = built.made.layer
    strange = [area for area in {*layer.frame["old"], *layer.frame["new"]} if guarded(area) != area]
    if strange:
        said = [say("boundaries.file_formula", each, id=repr(min(strange))) for each in ("en", "de")]
        raise OutputError(said[0], de=said[1])
    ends = [layer.old_vintage, layer.new_vintage]
    parts = [
        ["" if np.isnan(part) else f"{part:g}" for part in row]
        for row in layer.frame[list(layer.bases)].itertuples(index=False, name=None)
    ]
    pairs = zip(layer.frame["old"], layer.frame["new"], parts, strict=True)
    rows = [[str(one), str(other), *ends, *row] for one, other, row in pairs]
    return csv_text([["from_unit", "to_unit", *VERSIONS, *layer.bases], *rows], delimiter=",", newline="\n")


def _layer_file(city: City, built: Built, name: str, lang: Lang) -> str:
    layer, path = built.made.layer, f"{city.key}/{name}"
    ends = built.old.title.to(lang), built.new.title.to(lang)
    comment = say(
        "boundaries.file_comment", lang, weights=" + ".join(built.weights), path=path, old=ends[0], new=ends[1]
    )
    values = {
        "kind": "crosswalk", "title": layer.title, "source": "delimited", "path": path, "delimiter": ",",
        "encoding": "utf-8", "from_vintage": layer.old_vintage, "to_vintage": layer.new_vintage,
        "licence": layer.licence, "credit": layer.credit,
    }  # fmt: skip
    lines = [f"# {line}" for line in comment.strip().splitlines()]
    lines += [f"{key} = {toml_value(value)}" for key, value in values.items() if value]
    lines += ["", "[weights]", *(f"{basis} = {toml_value(basis)}" for basis in layer.bases)]
    return "\n".join(lines) + "\n"


def _areas(built: Built, lang: Lang) -> str:
    """Return the quality of each new area, for people."""
    head = [say(f"boundaries.column_{name}", lang) for name in OF_AREAS]
    rows = [
        [guarded(clean(area)), guarded(clean(row["name"])), str(row["parts"]),
         *(number(100 * row[name], lang, digits=1) if row[name] == row[name] else "" for name in ("exact", "spread"))]
        for area, row in zip(built.areas.index, built.areas.to_dict("records"), strict=True)
    ]  # fmt: skip
    return csv_text([head, *rows], delimiter=";" if lang == "de" else ",", newline="\r\n")
