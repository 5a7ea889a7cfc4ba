"""Layers of programme areas: outlines with a name, a status, and from when to when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from qmgis.errors import QmgisError
from qmgis.io import crs, geometry
from qmgis.io.ids import with_more
from qmgis.io.layerfile import LayerFile
from qmgis.io.reading import (
    Reader,
    column_of,
    counted,
    identified,
    outlines,
    plain,
    repeated,
    row_of,
    shown,
    told,
)
from qmgis.io.schema import close
from qmgis.model import PROGRAMME_STATUS, Problem, ProgrammeLayer, Text, words

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["read_programme"]

# Where a key of the layer file is left out, a column of this name is taken if it is there (the life cycle's names).
COLUMNS = {"id": "area_id", "name": "name", "programme": "programme_id", "status": "status", "phase": "phase",
           "start": "valid_from", "end": "valid_to"}  # fmt: skip
# The words of the federal database and of everyday, beside the codes themselves.
SAID = {"laufend": "running", "ruhend": "suspended", "ausfinanziert": "ended", "abgerechnet": "settled",
        "beendet": "ended", "geplant": "waiting"}  # fmt: skip
_PHASES = ({f"P{n}": "waiting" for n in range(5)} | {f"P{n}": "running" for n in range(5, 9)}
           | {"P9": "ended", "P10": "ended"})  # fmt: skip
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ][\d:.+Z-]*)?")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def read_programme(layer: LayerFile, reader: Reader, *, target: str) -> tuple[ProgrammeLayer | None, list[Problem]]:
    """Return the programme areas of a layer in the reference system ``target``, and everything that is wrong with them.

    All faults of all rows come together; a layer with an error gives none.
    """
    chosen, frame, found = outlines(layer, reader, COLUMNS)
    if chosen is None or frame is None or layer.ref is None:
        return None, found
    file, keys = layer.ref.path, layer.keys
    columns = {name: column_of(frame, keys.get(name, given)) for name, given in COLUMNS.items()}
    whole, faults = _described(chosen, columns, keys, file=file)
    found += faults
    metric, faults = _outlined(whole, keys, file=file, target=target)
    found += faults
    if metric is None or metric.empty or any(fault.level == "error" for fault in found):
        return None, found
    index = pd.Index(metric["programme_area"].astype(str), name="programme_area", dtype="str")
    noun = metric.set_index(index)[["name", "programme", "status", "phase", "valid_from", "valid_to", "geometry"]]
    return ProgrammeLayer(layer.key, layer.title, noun, layer.note, layer.licence, layer.credit), found


def _described(
    frame: gpd.GeoDataFrame, columns: Mapping[str, Any], keys: Mapping[str, Any], *, file: str
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return the rows that have an id with the columns of the noun, and what is wrong with their words and dates."""
    ids, found = _ids(frame, columns["id"], file=file)
    frame = frame.loc[ids.index]
    text = {name: _texts(frame, columns[name]) for name in COLUMNS}
    known: dict[str, str] = {code: code for code in PROGRAMME_STATUS}
    known |= SAID | _lowered(keys.get("codes", {}))
    status, faults = _read(text["status"], lambda word: known[word.lower()])
    found += _unknown_status(faults, known, file=file, column=str(columns["status"]))
    phase, faults = _read(text["phase"], _phase)
    found += told(faults, "error", "check.bad_phase", file=file, column=str(columns["phase"]))
    begun, faults = _read(text["start"], lambda word: _day(word, last=False))
    found += told(faults, "error", "check.bad_day", file=file, column=str(columns["start"]))
    ended, missed = _read(text["end"], lambda word: _day(word, last=True))
    found += told(missed, "error", "check.bad_day", file=file, column=str(columns["end"]))
    unread = faults.index.union(missed.index)
    whole = frame[["geometry"]].assign(
        programme_area=ids,
        name=text["name"].where(text["name"] != "", ids),
        programme=text["programme"],
        status=status.where(status.notna(), phase.map(_PHASES)),
        phase=phase,
        valid_from=_dates(begun),
        valid_to=_dates(ended),
    )
    whole["status"] = whole["status"].astype(object).where(whole["status"].notna(), None)
    odd = whole.drop(unread.union(text["status"].index[(text["status"] != "") & status.isna()]))
    return whole, [*found, *_contradictions(odd, text, file=file, columns=columns)]


def _ids(frame: gpd.GeoDataFrame, column: Any, *, file: str) -> tuple[pd.Series[str], list[Problem]]:
    """Return the ids of the rows; their numbers where the file has none."""
    if column is None:
        return pd.Series([str(row) for row in frame.index], index=frame.index, dtype="str"), []
    ids, found = identified(frame, column, digits=None, file=file)
    found = [one for one in found if one.level == "error"]  # nothing is joined by these ids
    if len(ids) < len(frame):
        what = counted("check.programme_without_id", n=len(frame) - len(ids))
        found.append(Problem("warning", what, file=file, column=str(column)))
    return ids, found + repeated(ids, "check.fix_duplicate_programme", file=file, column=str(column))


def _texts(frame: gpd.GeoDataFrame, column: Any) -> pd.Series[Any]:
    """Return a column as texts, empty where there is nothing or no such column."""
    if column is None:
        return pd.Series("", index=frame.index, dtype=object)
    cells: pd.Series[Any] = frame[column].map(plain).astype(object)
    return cells


def _read(texts: pd.Series[Any], read: Callable[[str], Any]) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return what the texts mean, None where they are empty or mean nothing, and those that mean nothing."""
    meant: dict[Any, Any] = {}
    for row, word in texts.items():
        try:
            meant[row] = read(str(word)) if word else None
        except (KeyError, ValueError):
            continue
    given = pd.Series([meant.get(row) for row in texts.index], index=texts.index, dtype=object)
    return given, texts[[row not in meant for row in texts.index]]


def _lowered(codes: Mapping[str, str]) -> dict[str, str]:
    return {word.strip().lower(): code for word, code in codes.items()}


def _phase(word: str) -> str:
    if word.upper() not in _PHASES:
        raise ValueError(word)
    return word.upper()


def _day(word: str, *, last: bool) -> date:
    """Return a day; a year alone is its first day, or its last."""
    if re.fullmatch(r"\d{4}", word):
        found = (int(word), 12, 31) if last else (int(word), 1, 1)
    elif german := _GERMAN_DAY.fullmatch(word):
        found = (int(german[3]), int(german[2]), int(german[1]))
    elif other := _DAY.fullmatch(word):
        found = (int(other[1]), int(other[2]), int(other[3]))
    else:
        raise ValueError(word)
    if found[0] < 1900:
        raise ValueError(word)
    return date(*found)


def _dates(days: pd.Series[Any]) -> pd.Series[Any]:
    return pd.Series(pd.to_datetime(days.astype(object)), index=days.index).astype("datetime64[s]")


def _unknown_status(faults: pd.Series[Any], known: Mapping[str, str], *, file: str, column: str) -> list[Problem]:
    """Return one problem for each unknown word, with the rows that have it."""
    found = []
    for word, same in faults.groupby(faults):
        places = [(row, "") for row in same.index]
        what, hint = with_more(words("check.bad_status", value=shown(word)), places), close(str(word), known)
        advice = words("check.bad_status_fix", known=", ".join(PROGRAMME_STATUS), value=shown(word))
        remedy = Text(f"{hint.de} {advice.de}".strip(), f"{hint.en} {advice.en}".strip())
        found.append(Problem("error", what, file=file, row=row_of(same.index[0]), column=column, remedy=remedy))
    return found


def _contradictions(
    whole: gpd.GeoDataFrame, text: Mapping[str, pd.Series[Any]], *, file: str, columns: Mapping[str, Any]
) -> list[Problem]:
    """Return what start, end and status do not say together, of rows in which each can be read."""
    begun, ended, status = whole["valid_from"], whole["valid_to"], whole["status"]
    over = status.map(PROGRAMME_STATUS) == "former"
    ids, named = whole["programme_area"].astype(object), {key: str(columns[key] or "") for key in ("end", "start")}
    backward = text["end"].loc[whole.index[ended <= begun]]
    return [
        *told(backward, "error", "check.end_before_start", file=file, column=named["end"]),
        *told(ids[over & ended.isna()], "error", "check.ended_without_end", file=file, column=named["end"]),
        *told(ids[begun.isna() & status.isna()], "error", "check.neither_start_nor_status", file=file,
              column=named["start"]),
    ]  # fmt: skip


def _outlined(
    frame: gpd.GeoDataFrame, keys: Mapping[str, Any], *, file: str, target: str
) -> tuple[gpd.GeoDataFrame | None, list[Problem]]:
    """Return the rows in metres with outlines that are sound, or repaired where the layer file says so."""
    try:
        metric, found = crs.to_metric(frame, target=target, declared=keys.get("crs"), file=file)
    except QmgisError as error:
        return None, [Problem("error", Text(error.say("de"), error.say("en")), file=file)]
    if keys.get("repair"):
        metric, notes = geometry.repair(metric, file=file, id="programme_area")
        found += notes
    return metric, [*found, *geometry.check_outlines(metric, file=file, id="programme_area")]
