"""Indicator layers into one table for each version of the areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from qmgis.io.cells import numbers
from qmgis.io.cells.reading import (
    Reader,
    column_of,
    identified,
    missing_columns,
    no_rows,
    only,
    placed,
    plain,
    told,
    unmet,
)
from qmgis.io.declared.layerfile import Edition, LayerFile
from qmgis.io.declared.schema import to_text
from qmgis.io.indicators.bases import base_of
from qmgis.io.indicators.joining import Absent, join_faults, name_faults
from qmgis.io.indicators.plausible import SCALE, value_faults
from qmgis.io.indicators.zones import read_zones
from qmgis.model import AreaLayer, Base, Indicator, IndicatorTable, Problem, ResidentLayer, Text, words

__all__ = ["Measured", "indicator_of", "read_editions", "tables_of"]

# From the harmless to the worst: what two counts make of a share.
_WORST = ("ok", "not_applicable", "missing", "too_small", "secret")
_RANK = {state: number for number, state in enumerate(_WORST)}


@dataclass(frozen=True, eq=False)
class Measured:
    """One indicator in one year on one version of the areas; index ``area``, every area of the version."""

    indicator: str
    vintage: str
    year: int
    value: pd.Series
    state: pd.Series
    change: pd.Series
    change_years: int = 2
    unjoined: int = 0
    rows: int = 0
    from_editions: bool = False
    base: Base | None = None
    definition: Text | None = None


@dataclass(frozen=True, eq=False)
class _Cells:
    """The columns of an edition as numbers, index: row of the file; ids are those of the areas."""

    ids: pd.Series
    years: pd.Series
    value: pd.Series
    state: pd.Series
    change: pd.Series
    problems: list[Problem] = field(default_factory=list)


def indicator_of(layer: LayerFile) -> Indicator:
    """Return the description of an indicator layer."""
    keys = layer.keys
    return Indicator(
        layer.key, layer.title, keys["measure"], keys["unit"], keys.get("direction", 0), keys.get("numerator"),
        keys.get("denominator"), layer.description, layer.licence, layer.credit,
        keys.get("group"),
    )  # fmt: skip


def read_editions(
    layer: LayerFile,
    reader: Reader,
    areas: Mapping[str, AreaLayer],
    *,
    residents: Mapping[str, ResidentLayer] | None = None,
) -> tuple[list[Measured], list[Problem]]:
    """Return what each edition of an indicator holds, and everything that is wrong with it.

    ``residents`` are those that means of rasters may be weighted by.
    """
    measured: list[Measured] = []
    found: list[Problem] = []
    for edition in layer.editions:
        if edition.ref.source == "raster":
            new, faults = _read_raster(layer, edition, reader, areas=areas, residents=residents or {})
        else:
            new, faults = _read_edition(layer, edition, reader, areas=areas)
        found += faults
        measured += new
    measured, faults = _with_changes(measured, file=layer.place.file)
    found += faults
    seen: set[tuple[str, int]] = set()
    for one in measured:
        if (one.vintage, one.year) in seen:
            what = words("check.edition_twice", year=one.year, vintage=one.vintage)
            found.append(Problem("error", what, file=layer.place.file))
        seen.add((one.vintage, one.year))
    return measured, found


def _with_changes(measured: list[Measured], *, file: str) -> tuple[list[Measured], list[Problem]]:
    """Fill in the changes that are the difference of two editions on the same areas; an error where there are none."""
    at = {(one.vintage, one.year): one for one in measured}
    asked = [one for one in measured if one.from_editions]
    earlier = [at.get((one.vintage, one.year - one.change_years)) for one in asked]
    pairs = [(one, other) for one, other in zip(asked, earlier, strict=True) if other is not None]
    if asked and not pairs:
        last = asked[-1]
        what = words("check.no_earlier_edition", year=last.year - last.change_years, vintage=last.vintage)
        return measured, [Problem("error", what, file=file, remedy=words("check.fix_no_earlier_edition"))]
    changed = {(one.vintage, one.year): replace(one, change=one.value - other.value) for one, other in pairs}
    return [changed.get((one.vintage, one.year), one) for one in measured], []


def _read_raster(
    layer: LayerFile,
    edition: Edition,
    reader: Reader,
    *,
    areas: Mapping[str, AreaLayer],
    residents: Mapping[str, ResidentLayer],
) -> tuple[list[Measured], list[Problem]]:
    if edition.vintage not in areas:
        return [], []
    zones, found = read_zones(layer, edition, reader, areas=areas[edition.vintage], residents=residents)
    if zones is None:
        return [], found
    keys, nothing = edition.keys, pd.Series(np.nan, index=zones.value.index)
    one = Measured(
        layer.key, edition.vintage, int(edition.year), zones.value, zones.state, nothing, keys.get("change_years", 2),
        rows=int(zones.value.notna().sum()), from_editions=keys.get("change_from_editions", False),
        definition=to_text(keys["definition"]) if "definition" in keys else None,
    )  # fmt: skip
    return [replace(one, base=base_of(layer, edition, year=one.year))], found


def _read_edition(
    layer: LayerFile, edition: Edition, reader: Reader, *, areas: Mapping[str, AreaLayer]
) -> tuple[list[Measured], list[Problem]]:
    frame, found = reader.read(edition.ref, edition.place)
    if frame is None:
        return [], found
    file, keys = edition.ref.path, edition.keys
    wanted = [keys[name] for name in ("id", "name", "change", "before") if name in keys] + _added(keys)
    wanted += [edition.year] if isinstance(edition.year, str) else []
    found += missing_columns(frame, [*wanted, *keys.get("where", {})], file=file, place=edition.place)
    if found:
        return [], found
    rows = only(frame, keys.get("where"))
    if rows.empty:
        return [], [no_rows(frame, keys.get("where"), file=file, place=edition.place)]
    found += unmet(frame, keys.get("where"), file=file, place=edition.place)
    key = repr((edition.ref, keys.get("where"), keys["id"], keys.get("id_digits")))
    ids, faults = reader.once(key, lambda: identified(rows, keys["id"], digits=keys.get("id_digits"), file=file))
    cells = _cells(rows.loc[ids.index], ids, edition, layer=layer)
    found += faults + cells.problems
    if edition.vintage not in areas:
        return [], found
    if cells.years.empty:
        known = any(fault.level == "error" for fault in found)
        return [], found if known else [*found, Problem("error", words("check.no_rows"), file=file)]
    measured, seen = [], {(fault.what, fault.column) for fault in found}
    for year in sorted(set(cells.years)):
        mine = cells.ids[cells.years == year]
        shared = f"{key} {edition.vintage} {edition.year} {year} {keys.get('name')} {_absent(keys)}"
        faults = reader.once(shared, partial(_joins, mine, rows, edition, areas=areas))
        found += [fault for fault in faults if (fault.what, fault.column) not in seen]  # one sentence for all years
        seen |= {(fault.what, fault.column) for fault in faults}
        one = _on_areas(cells, edition, areas[edition.vintage], key=layer.key, year=year)
        measured.append(replace(one, base=base_of(layer, edition, year=one.year)))
    return measured, found


def _joins(ids: pd.Series, rows: pd.DataFrame, edition: Edition, *, areas: Mapping[str, AreaLayer]) -> list[Problem]:
    """Return what is wrong with the ids of one year, and with the names beside them."""
    keys, file = edition.keys, edition.ref.path
    found = join_faults(ids, areas, vintage=edition.vintage, file=file, column=keys["id"], absent=_absent(keys))
    if "name" in keys and not any(fault.level == "error" for fault in found):
        names = rows.loc[ids.index, column_of(rows, keys["name"])]
        found += name_faults(ids, names, areas[edition.vintage], file=file, column=keys["name"])
    return found


def _cells(frame: pd.DataFrame, ids: pd.Series, edition: Edition, *, layer: LayerFile) -> _Cells:
    """Turn the named columns into numbers; rows without an id are not data (titles, notes, blank lines)."""
    keys, file = edition.keys, edition.ref.path
    years, found = _years(frame, edition)
    frame, ids = frame.loc[years.index], ids.loc[years.index]
    scale = SCALE.get(layer.keys["unit"], 1.0) if layer.keys["measure"] == "share" else 1.0
    columns, read = {}, True
    for name in ("value", "change", "before"):
        if name in keys:
            parsed = [_parsed(frame, column, keys) for column in _added(keys, name)]
            for column, one in zip(_added(keys, name), parsed, strict=True):
                found += placed(one.problems, file=file, column=column)
                read &= not any(fault.level == "error" for fault in one.problems)
            columns[name] = _sum([(one.values * scale, one.states) for one in parsed])
    nothing = pd.Series(np.nan, index=frame.index)
    value, state = columns.get("value", (nothing.fillna(1.0), nothing.astype(object).fillna("ok")))
    change = value - columns["before"][0] if "before" in columns else columns.get("change", (nothing,))[0]
    if "value" in columns and len(frame) and (read or value.notna().any()):
        found += value_faults(value / scale, state, layer=layer, file=file, column=", ".join(_added(keys)))
        if layer.keys["measure"] == "share" and "change" in keys:
            beyond = (change / scale)[change.abs() > 1 + 1e-9]
            found += told(beyond, "warning", "check.change_above_all", file=file, column=keys["change"])
    cells = _Cells(ids, years, value, state, change, found)
    return _gathered(cells, how=keys["aggregate"]) if "aggregate" in keys else cells


def _added(keys: Mapping[str, Any], name: str = "value") -> list[str]:
    """Return the columns whose sum an edition's value is; most have one."""
    named = keys.get(name, [])
    return list(named) if isinstance(named, list) else [named]


def _sum(parts: Sequence[tuple[pd.Series, pd.Series]]) -> tuple[pd.Series, pd.Series]:
    """Return the sum of columns and the worst of their states; one gap makes a sum missing."""
    if len(parts) == 1:
        return parts[0]
    worst = pd.concat([states.map(_RANK) for _, states in parts], axis=1).max(axis=1).map(dict(enumerate(_WORST)))
    return pd.concat([values for values, _ in parts], axis=1).sum(axis=1, skipna=False), worst


def _gathered(cells: _Cells, *, how: str) -> _Cells:
    """Return one row for each id and year of a list of things: their number or their sum; the worst state wins."""
    rows = pd.DataFrame({"area": cells.ids, "year": cells.years, "value": cells.value, "state": cells.state})
    if how == "count":
        rows = rows.assign(value=1.0, state="ok")
    rank = rows["state"].map(_RANK)
    groups = rows.assign(row=rows.index, rank=rank).groupby(["area", "year"], sort=False)
    one = groups.agg(row=("row", "first"), value=("value", "sum"), rank=("rank", "max")).reset_index().set_index("row")
    state = one["rank"].map(dict(enumerate(_WORST)))
    value = one["value"].where(state == "ok")
    return _Cells(one["area"], one["year"], value, state, pd.Series(np.nan, index=one.index), cells.problems)


def _absent(keys: Mapping[str, Any]) -> Absent:
    return "fine" if "aggregate" in keys else "note" if "where" in keys else "warning"


def _parsed(frame: pd.DataFrame, column: str, keys: Mapping[str, Any]) -> numbers.Parsed:
    options = {name: keys[name] for name in ("decimal", "thousands", "signs", "missing") if name in keys}
    return numbers.parse(frame[column_of(frame, column)], **options)


def _years(frame: pd.DataFrame, edition: Edition) -> tuple[pd.Series, list[Problem]]:
    """Return the year of each row: the edition's, or that of its column; rows with another value are faults."""
    if isinstance(edition.year, int):
        return pd.Series(edition.year, index=frame.index, dtype="int64"), []
    cells = frame[column_of(frame, edition.year)]
    texts = cells.map(plain).astype(str)
    fits = texts.str.fullmatch(r"(19|20)\d\d|2100")
    wrong = told(texts[~fits], "error", "check.not_a_year", file=edition.ref.path, column=edition.year)
    return texts[fits].astype("int64"), wrong


def _on_areas(cells: _Cells, edition: Edition, layer: AreaLayer, *, key: str, year: int) -> Measured:
    """Lay the rows of one year on the areas; of an id that comes up twice the first row counts."""
    index = layer.frame.index
    own = (cells.years == year).to_numpy()
    places = index.get_indexer(cells.ids[own])
    joined = np.flatnonzero((places >= 0) & ~pd.Series(places).duplicated().to_numpy())
    listed = "aggregate" in edition.keys  # a list of things: an area that is not in it has none

    def lay(column: pd.Series, empty: float | str) -> pd.Series:
        whole = np.full(len(index), empty, dtype=object if isinstance(empty, str) else float)
        whole[places[joined]] = column.to_numpy()[own][joined]
        return pd.Series(whole, index=index)

    return Measured(
        key, edition.vintage, int(year), lay(cells.value, 0.0 if listed else np.nan),
        lay(cells.state, "ok" if listed else "missing"), lay(cells.change, np.nan), edition.keys.get("change_years", 2),
        unjoined=int((places < 0).sum()), rows=int(own.sum()),
        from_editions=edition.keys.get("change_from_editions", False),
        definition=to_text(edition.keys["definition"]) if "definition" in edition.keys else None,
    )  # fmt: skip


def tables_of(
    indicators: Mapping[str, Indicator], measured: Iterable[Measured], areas: Mapping[str, AreaLayer]
) -> tuple[dict[str, IndicatorTable], list[Problem]]:
    """Return one table for each version of the areas that has values; shares with counts are rebuilt."""
    by_vintage: dict[str, list[Measured]] = {}
    for one in measured:
        by_vintage.setdefault(one.vintage, []).append(one)
    tables, found = {}, []
    for vintage, entries in sorted(by_vintage.items()):
        rebuilt, faults = _rebuilt(indicators, entries)
        tables[vintage] = _table(indicators, rebuilt, areas[vintage])
        found += faults
        spans = sorted({one.change_years for one in rebuilt if one.change.notna().any()})
        if len(spans) > 1:
            found.append(
                Problem("error", words("check.change_years", vintage=vintage, years=", ".join(map(str, spans))))
            )
    return tables, found


def _rebuilt(indicators: Mapping[str, Indicator], entries: Sequence[Measured]) -> tuple[list[Measured], list[Problem]]:
    """Replace each share by the quotient of its counts, in the years that have both."""
    at = {(one.indicator, one.year): one for one in entries}
    found: list[Problem] = []
    for indicator in indicators.values():
        above, below = indicator.numerator, indicator.denominator
        if above is None or below is None:
            continue
        for year in sorted({one.year for one in entries}):
            if (above, year) in at and (below, year) in at:
                share, printed = _share(indicator.key, at[above, year], at[below, year]), at.get((indicator.key, year))
                found += _share_faults(share, printed)
                if printed is not None and printed.definition is not None:
                    share = replace(share, definition=printed.definition)
                at[indicator.key, year] = share
    return list(at.values()), found


def _share(key: str, above: Measured, below: Measured) -> Measured:
    """Return a share and its change from two counts and theirs."""
    index, up, down = above.value.index, above.value.to_numpy(), below.value.to_numpy()
    base = down - below.change.to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(down != 0, up / down, np.nan)
        before = np.where(base > 0, (up - above.change.to_numpy()) / base, np.nan)
    worst = [max(_RANK[one], _RANK[other]) for one, other in zip(above.state, below.state, strict=True)]
    state = np.array(_WORST, dtype=object)[worst]
    state[(state == "ok") & (down == 0)] = "not_applicable"
    return Measured(
        key, above.vintage, above.year, pd.Series(value, index=index), pd.Series(state, index=index),
        pd.Series(value - before, index=index), above.change_years,
        definition=_both(above.definition, below.definition),
    )  # fmt: skip


def _both(above: Text | None, below: Text | None) -> Text | None:
    """Return what is said of the definition of two counts, as one text."""
    said = [one for one in dict.fromkeys((above, below)) if one is not None]
    return Text("; ".join(one.de for one in said), "; ".join(one.en for one in said)) if said else None


def _share_faults(share: Measured, printed: Measured | None) -> list[Problem]:
    found = []
    for year, values in ((share.year, share.value), (share.year - share.change_years, share.value - share.change)):
        over = values[values > 1 + 1e-9]
        if len(over):
            what = words("check.more_than_all", indicator=share.indicator, n=len(over), area=over.index[0], year=year)
            found.append(Problem("error", what, remedy=words("check.fix_more_than_all")))
    if printed is not None:
        apart = (share.value - printed.value).abs()
        far = apart[apart > 0.005]
        if len(far):
            what = words(
                "check.rebuilt_differs", indicator=share.indicator, n=len(far), area=far.idxmax(), year=share.year
            )
            found.append(Problem("note", what))
    return found


def _table(indicators: Mapping[str, Indicator], entries: Sequence[Measured], layer: AreaLayer) -> IndicatorTable:
    years = sorted({one.year for one in entries})
    keys = [key for key in indicators if any(one.indicator == key for one in entries)]
    index = pd.MultiIndex.from_product([layer.frame.index, years], names=["area", "year"])
    n = len(years)
    values = {key: np.full(len(index), np.nan) for key in keys}
    change = {key: np.full(len(index), np.nan) for key in keys}
    states = {key: np.full(len(index), "missing", dtype=object) for key in keys}
    for one in entries:
        rows = slice(years.index(one.year), None, n)
        values[one.indicator][rows] = one.value.to_numpy()
        change[one.indicator][rows] = one.change.to_numpy()
        states[one.indicator][rows] = one.state.to_numpy()
    spans = [one.change_years for one in entries if one.change.notna().any()]
    return IndicatorTable(
        pd.DataFrame(values, index=index), pd.DataFrame(states, index=index), pd.DataFrame(change, index=index),
        {key: indicators[key] for key in keys}, layer.vintage, spans[0] if spans else 2,
        {(one.indicator, one.year): one.definition for one in entries if one.definition is not None},
        bases={(one.indicator, one.year): one.base for one in entries if one.base is not None},
    )  # fmt: skip
