"""Do the rows of a table belong to the areas it names? Ids, leading zeros, other versions, names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Literal

import numpy as np
import pandas as pd

from qmgis.io.cells.reading import Level, capped, plain, repeated, row_of, shown
from qmgis.model import AreaLayer, Problem, words

__all__ = ["Absent", "join_faults", "name_faults", "plain_name"]

Absent = Literal["warning", "note", "fine"]
_SHOWN = 5
_ALIKE = 0.85


def join_faults(
    ids: pd.Series[str], areas: Mapping[str, AreaLayer], *, vintage: str, file: str, column: str, absent: Absent
) -> list[Problem]:
    """Return what is wrong with a table's ids, seen from the areas of its version.

    Parameters
    ----------
    ids
        Ids of the table's rows of one year, index: row of the file.
    areas
        Every version of the areas, by vintage.
    vintage
        The version that the layer file names.
    absent
        What areas without a row are: a ``warning``; a ``note`` where ``where`` left rows out; ``fine`` in lists of
        things, of which they have none.
    """
    known = areas[vintage].frame.index
    places = known.get_indexer(ids)
    unknown = ids[places < 0]
    found = [] if absent == "fine" else repeated(ids, "check.fix_duplicate", file=file, column=column)
    gone = known[np.bincount(places[places >= 0], minlength=len(known)) == 0]
    first = row_of(unknown.index[0]) if len(unknown) else None
    numbers = {"n": len(unknown), "all": len(ids), "vintage": vintage, "shown": _shown(unknown)}
    if len(unknown) and not len(gone) and not _better(ids, areas, vintage=vintage):
        what = words("check.reaches_further", **numbers)
        return [*found, Problem("note", what, file=file, row=first, column=column)]
    if 2 * len(unknown) >= max(len(ids), 1):
        return [*found, _unjoined(ids, unknown, areas, vintage=vintage, file=file, column=column)]
    if len(unknown):
        what = words("check.some_unjoined", **numbers)
        found.append(Problem("warning", what, file=file, row=first, column=column, remedy=words("check.fix_ids")))
    if len(gone) and absent != "fine":
        what = words("check.areas_absent", n=len(gone), all=len(known), vintage=vintage, shown=_shown(gone))
        found.append(Problem(absent, what, file=file, column=column))
    return found


def _unjoined(
    ids: pd.Series[str], unknown: pd.Series[str], areas: Mapping[str, AreaLayer],
    *, vintage: str, file: str, column: str,
) -> Problem:  # fmt: skip
    """The most likely reason why half of the ids or more do not join."""
    known = areas[vintage].frame.index
    width = int(known.str.len().max()) if len(known) else 0
    numbers = {"n": len(unknown), "all": len(ids), "vintage": vintage, "shown": _shown(unknown)}
    if len(ids) and 2 * ids.str.zfill(width).isin(known).sum() > len(ids):
        what = words("check.no_leading_zeros", **numbers)
        remedy = words("check.fix_leading_zeros", digits=width)
    elif len(ids) and 2 * ids.isin(known.str.zfill(int(ids.str.len().max()))).sum() > len(ids):
        what = words("check.areas_no_leading_zeros", **numbers, own=_shown(known[:2]))
        remedy = words("check.fix_areas_leading_zeros", digits=int(ids.str.len().max()), vintage=vintage)
    else:
        best = _better(ids, areas, vintage=vintage)
        fits = int(ids.isin(areas[best].frame.index).sum()) if best else 0
        if fits > len(ids) // 2:
            what = words("check.two_vintages", **numbers, other=best, fits=fits)
            remedy = words("check.fix_vintage", other=best)
        else:
            what, remedy = words("check.half_unjoined", **numbers), words("check.fix_ids")
    row = row_of(unknown.index[0]) if len(unknown) else None
    return Problem("error", what, file=file, row=row, column=column, remedy=remedy)


def _better(ids: pd.Series[str], areas: Mapping[str, AreaLayer], *, vintage: str) -> str:
    """Return the version of the areas that more ids belong to than to the one named, or nothing."""
    fits = {name: int((layer.frame.index.get_indexer(ids) >= 0).sum()) for name, layer in areas.items()}
    best = max(fits, key=lambda name: fits[name], default=vintage)
    return best if fits[best] > fits[vintage] else ""


def name_faults(
    ids: pd.Series[str], names: pd.Series[str], layer: AreaLayer, *, file: str, column: str
) -> list[Problem]:
    """Return the rows whose id is that of an area with another name; alike names are notes."""
    own = layer.frame["name"]
    found = []
    joined = ids[own.index.get_indexer(ids) >= 0]
    pairs = zip(joined.index, joined, names.loc[joined.index], own.reindex(joined), strict=True)
    for row, area, name, there in pairs:
        here = plain(name)
        if here == there or there == area:  # an area without a name bears its id
            continue
        one, other = plain_name(here), plain_name(there)
        if not one or not other or one == other:
            continue
        alike = one.startswith(other) or other.startswith(one) or SequenceMatcher(None, one, other).ratio() >= _ALIKE
        what = words("check.other_name", id=shown(area), here=shown(here), there=shown(there), vintage=layer.vintage)
        remedy = words("check.fix_name_alike" if alike else "check.fix_name")
        level: Level = "note" if alike else "warning"
        found.append(Problem(level, what, file=file, row=row_of(row), column=column, remedy=remedy))
    return capped(found, file=file)


def plain_name(name: str) -> str:
    """Return a name without case, blanks, punctuation and the many ways to write an umlaut.

    Examples
    --------
    >>> plain_name("Franziusweg/ Rohrbachstraße") == plain_name("FRANZIUSWEG/ROHRBACHSTRASSE")
    True
    >>> plain_name("Müggelheim") == plain_name("Mueggelheim")
    True
    """
    text = unicodedata.normalize("NFC", name).casefold().replace("str.", "strasse")
    text = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return re.sub(r"[^0-9a-z]", "", bare)


def _shown(values: pd.Series[str] | pd.Index[str]) -> str:
    listed = [f'"{shown(value)}"' for value in list(dict.fromkeys(values))[:_SHOWN]]
    return ", ".join(listed)
