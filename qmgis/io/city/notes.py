"""A city's notes: ``notes.toml`` in its folder, one table ``[[note]]`` a note."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from qmgis.errors import did_you_mean
from qmgis.io.declared import schema
from qmgis.io.declared.schema import Key, Place, faults, listed, one_of
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import NOTE_ROLES, AreaLayer, Note, Problem, ProgrammeLayer, Text, words

__all__ = ["NOTES", "read_notes"]

NOTES = "notes.toml"
_WHOLE: Mapping[str, Key] = {"note": Key(listed(schema.TABLE, wanted="check.want_tables"))}
_SHAPE: Mapping[str, Key] = {
    "area": Key(schema.TEXT, required=True),
    "date": Key(schema.DAY, required=True),
    "role": Key(one_of(NOTE_ROLES), required=True),
    "text": Key(schema.TEXT, required=True),
    "public": Key(schema.BOOLEAN),
}


def read_notes(folder: Path, layers: Iterable[AreaLayer | ProgrammeLayer]) -> tuple[tuple[Note, ...], list[Problem]]:
    """Return the notes of a city's folder in the order of the file, and every fault with its line.

    Parameters
    ----------
    folder
        The folder with ``city.toml``.
    layers
        Whose areas a note may name: every version of the areas, and the programme areas.

    Examples
    --------
    >>> read_notes(Path("nowhere"), [])
    ((), [])
    """
    file = folder / NOTES
    if not file.exists():
        return (), []
    table, place, found = read_toml(file)
    if table is None:
        return (), found
    found += faults(table, _WHOLE, place=place)
    if found:
        return (), found
    notes, areas = [], {area for layer in layers for area in _ids(layer)}
    for number, entry in enumerate(table.get("note", ())):
        own = Place(place.file, place.text, "note", number)
        wrong = faults(entry, _SHAPE, place=own)
        if not wrong and entry["area"] not in areas:
            wrong.append(_unknown(entry["area"], areas, own))
        found += wrong
        if not wrong:
            notes.append(Note(entry["area"], entry["date"], entry["role"], entry["text"], entry.get("public", False)))
    return tuple(notes), found


def _ids(layer: AreaLayer | ProgrammeLayer) -> list[str]:
    """Return the ids of a layer's areas."""
    ids = layer.area_ids if isinstance(layer, ProgrammeLayer) else layer.frame.index
    return [str(area) for area in ids]


def _unknown(area: str, areas: Collection[str], place: Place) -> Problem:
    hint = Text(*(did_you_mean(area, areas, lang=lang) for lang in ("de", "en")))
    return Problem("error", words("check.note_area", area=area, hint=hint), file=place.file, row=place.row("area"))
