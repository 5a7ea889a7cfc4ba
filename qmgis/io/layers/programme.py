"""Layers of programme areas: outlines with a name, a status, and from when to when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from qmgis.errors import QmgisError
from qmgis.io.cells.meaning import day_of, days, lowered, meant, texts, unknown_words
from qmgis.io.cells.reading import Level, Reader, column_of, identified, outlines, shown, told
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers import crs, geometry, versions
from qmgis.io.layers.events import check_events, read_events
from qmgis.model import PROGRAMME_STATUS, AreaLayer, Problem, ProgrammeLayer, Text, words

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["outside", "read_programme"]
BEYOND = 0.05  # of an outline's land: more of it outside of all areas is told

# Where a key of the layer file is left out, a column of this name is taken if it is there (the life cycle's names).
COLUMNS = {"id": "area_id", "name": "name", "programme": "programme_id", "status": "status", "phase": "phase",
           "start": "valid_from", "end": "valid_to", "legal_basis": "legal_basis_id"}  # fmt: skip
# The words of the federal database and of everyday, beside the codes themselves.
SAID = {"laufend": "running", "ruhend": "suspended", "ausfinanziert": "ended", "abgerechnet": "settled",
        "beendet": "ended", "geplant": "waiting"}  # fmt: skip
_PHASES = ({f"P{n}": "waiting" for n in range(5)} | {f"P{n}": "running" for n in range(5, 9)}
           | {"P9": "ended", "P10": "ended"})  # fmt: skip


def read_programme(layer: LayerFile, reader: Reader, *, target: str) -> tuple[ProgrammeLayer | None, list[Problem]]:
    """Return the programme areas of a layer in the reference system ``target``, and everything that is wrong with them.

    All faults of all rows come together; a layer with an error gives none.
    """
    chosen, frame, outline_faults = outlines(layer, reader, COLUMNS)
    if chosen is None or frame is None or layer.ref is None:
        return None, outline_faults
    file, keys = layer.ref.path, layer.keys
    columns = {name: column_of(frame, keys.get(name, given)) for name, given in COLUMNS.items()}
    whole, found = _described(chosen, columns, keys, file=file)
    events, unread, faults = read_events(layer, reader, set(whole["programme_area"]), outlines=file)
    dated = versions.closed(whole, events)
    found = [*versions.check(dated, file=file, columns=columns), *found]
    found += [*_contradictions(dated, file=file, columns=columns), *faults]
    unread |= set(dated["programme_area"][dated["unread"]])
    found += check_events(layer, events, dated, unread=unread)
    metric, faults = _outlined(dated, keys, file=file, target=target)
    found = [*outline_faults, *found, *faults]
    if metric is None or metric.empty or any(fault.level == "error" for fault in found):
        return None, found
    noun = versions.numbered(metric)
    return ProgrammeLayer(layer.key, layer.title, noun, layer.note, layer.licence, layer.credit, events), found


def _described(
    frame: gpd.GeoDataFrame, columns: Mapping[str, Any], keys: Mapping[str, Any], *, file: str
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return the rows that have an id with the columns of the noun, and what is wrong with their words and dates."""
    ids, found = _ids(frame, columns["id"], file=file)
    frame = frame.loc[ids.index]
    text = {name: texts(frame, columns[name]) for name in COLUMNS}
    known: dict[str, str] = {code: code for code in PROGRAMME_STATUS}
    known |= SAID | lowered(keys.get("codes", {}))
    status, faults = meant(text["status"], lambda word: known[word.lower()])
    found += unknown_words(
        faults, known, tuple(PROGRAMME_STATUS), key="check.bad_status", file=file, column=str(columns["status"])
    )
    phase, faults = meant(text["phase"], _phase)
    found += told(faults, "error", "check.bad_phase", file=file, column=str(columns["phase"]))
    begun, faults = meant(text["start"], day_of)
    found += told(faults, "error", "check.bad_day", file=file, column=str(columns["start"]))
    ended, missed = meant(text["end"], lambda word: day_of(word, last=True))
    found += told(missed, "error", "check.bad_day", file=file, column=str(columns["end"]))
    odd = faults.index.union(missed.index).union(text["status"].index[(text["status"] != "") & status.isna()])
    whole = frame[["geometry"]].assign(
        programme_area=ids,
        name=text["name"].where(text["name"] != "", ids),
        programme=text["programme"],
        status=status.where(status.notna(), phase.map(_PHASES)),
        phase=phase,
        valid_from=days(begun),
        valid_to=days(ended),
        legal_basis=text["legal_basis"],
        said_end=text["end"],
        unread=frame.index.isin(odd),
    )
    whole["status"] = whole["status"].astype(object).where(whole["status"].notna(), None)
    return whole, found


def _ids(frame: gpd.GeoDataFrame, column: Any, *, file: str) -> tuple[pd.Series[str], list[Problem]]:
    """Return the ids of the rows; their numbers where the file has none."""
    if column is None:
        return pd.Series([str(row) for row in frame.index], index=frame.index, dtype="str"), []
    ids, found = identified(frame, column, digits=None, file=file)
    found = [one for one in found if one.level == "error"]  # nothing is joined by these ids
    if len(ids) < len(frame):
        what = words("check.programme_without_id", n=len(frame) - len(ids))
        found.append(Problem("warning", what, file=file, column=str(column)))
    return ids, found


def _phase(word: str) -> str:
    if word.upper() not in _PHASES:
        raise ValueError(word)
    return word.upper()


def _contradictions(frame: gpd.GeoDataFrame, *, file: str, columns: Mapping[str, Any]) -> list[Problem]:
    """Return what start, end and status do not say together, of rows in which each can be read."""
    whole = frame[~frame["unread"]]
    begun, ended, status = whole["valid_from"], whole["valid_to"], whole["status"]
    over = status.map(PROGRAMME_STATUS) == "former"
    ids, named = whole["programme_area"].astype(object), {key: str(columns[key] or "") for key in ("end", "start")}
    backward = whole["said_end"][ended <= begun]
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


def outside(programme: ProgrammeLayer, areas: Sequence[AreaLayer], *, file: str) -> list[Problem]:
    """Return an error for outlines that lie outside of the city, a warning for those of which a part does.

    A layer of which nothing lies in the city is told as a whole elsewhere.
    """
    if not areas:
        return []
    city = shapely.union_all([shapely.union_all(layer.frame.geometry.to_numpy()) for layer in areas])
    own = programme.frame.geometry.to_numpy()
    share = 1.0 - shapely.area(shapely.intersection(own, city)) / shapely.area(own)
    out, partly = share > 1.0 - 1e-6, share > BEYOND
    if out.all():
        return []
    ids = programme.area_ids.to_numpy()
    found = []
    sides: tuple[tuple[Level, np.ndarray, str], ...]
    sides = ("error", out, "outside"), ("warning", partly & ~out, "partly_outside")
    for level, where, key in sides:
        named = [shown(one) for one in dict.fromkeys(ids[np.flatnonzero(where)])]
        if named:
            what = words(
                f"check.programme_{key}", n=len(named), ids=", ".join(named[:5]) + (", …" if named[5:] else "")
            )
            found.append(Problem(level, what, file=file, remedy=words(f"check.programme_{key}_fix")))
    return found
