"""What the rows of a register do not say together: references, dates, sums, places, versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import pandas as pd
import shapely

from qmgis.errors import did_you_mean
from qmgis.i18n import euros
from qmgis.io.cells.ids import with_more
from qmgis.io.cells.reading import row_of, shown
from qmgis.io.register.read import Around, Typed
from qmgis.model import LANGS, Problem, Text, words
from qmgis.model.register import DONE_STATUSES, REGISTER_TABLES, codes_in
from qmgis.model.text import day_text

__all__ = ["TOTAL", "check_register", "is_total"]

TOTAL = "total"
NEAR_M = 1.0  # so far beyond an outline a place still lies within
ORDERED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "measures": (("planned_start", "planned_end"), ("actual_start", "actual_end")),
    "concepts": (("valid_from", "valid_to"),),
    "organisations": (("since", "until"),),
    "grants": (("since", "until"), ("date", "until")),
}
NOT_BEGUN = ("idea", "proposed", "planned", "approved")


def is_total(costs: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows of costs only state a sum."""
    return costs["source"] == TOTAL


def check_register(typed: Typed, around: Around) -> list[Problem]:
    """Return every contradiction of the rows of a register, table by table."""
    found = [fault for name in REGISTER_TABLES for fault in _references(typed, name, around)]
    found += [fault for name, pairs in ORDERED.items() for pair in pairs for fault in _order(typed, name, pair)]
    found += [*_status(typed), *_parts(typed), *_sums(typed), *_sets(typed, around), *_versions(typed, around),
              *_items(typed, around)]  # fmt: skip
    found += _uncounted(typed, around)
    return [*found, *_half_places(typed), *_outside(typed, around)]


def _told(typed: Typed, table: str, column: str, rows: Iterable[Any], key: str, *, level: Any = "error",
          **values: Any) -> list[Problem]:  # fmt: skip
    """Return one problem for all rows with the same fault."""
    places = [(row, "") for row in rows]
    if not places:
        return []
    return [Problem(level, with_more(words(f"register.{key}", **values), places), file=typed.files[table],
                    row=row_of(places[0][0]), column=typed.head(table, column),
                    remedy=words(f"register.{key}_fix", hint=values.get("hint", "")))]  # fmt: skip


def _references(typed: Typed, name: str, around: Around) -> list[Problem]:
    """Return a problem for each id that is nowhere: of areas, layers, goals, organisations, measures."""
    areas = {area for layer in around.programmes.values() for area in layer.area_ids}
    found: list[Problem] = []
    for key, column in REGISTER_TABLES[name].items():
        if column.kind in ("ref", "refs"):
            own = {"organisations": "organisation", "measures": "measure", "funds": "fund", "concepts": "concept",
                   "goals": "goal"}[column.table]  # fmt: skip
            known, what = set(typed.tables[column.table][own].dropna()), column.table
        elif column.kind in ("area", "areas"):
            known, what = areas, "areas"
        elif column.kind == "layer":
            known, what = set(around.layers), "layers"
        else:
            continue
        if what in ("areas", "layers") and not known:
            continue  # of a city without programme areas nothing can be said
        cells = typed.tables[name][key]
        if column.kind == "areas":
            cells = pd.Series([tuple(codes_in(cell)) or cell for cell in cells], index=cells.index, dtype=object)
        for word, rows in _lost(cells, known):
            hint = Text(*(did_you_mean(word, known, lang=lang) for lang in LANGS))
            found += _told(typed, name, key, rows, f"lost_{what}", value=shown(word), hint=hint)
    return found


def _lost(cells: pd.Series[Any], known: set[str]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the words that are not known, with their rows."""
    lost: dict[str, list[Any]] = {}
    for row, cell in cells.items():
        for word in cell if isinstance(cell, tuple) else () if pd.isna(cell) else (cell,):
            if word not in known:
                lost.setdefault(str(word), []).append(row)
    yield from lost.items()


def _order(typed: Typed, name: str, pair: tuple[str, str]) -> list[Problem]:
    first, last = (typed.tables[name][key] for key in pair)
    found = []
    for row in first.index[(last < first).fillna(False)]:
        begun, ended = day_text(first[row].date()), day_text(last[row].date())
        found += _told(typed, name, pair[1], [row], "out_of_order", last=ended, first=begun)
    return found


def _status(typed: Typed) -> list[Problem]:
    """Return where dates do not fit the status of a measure."""
    measures = typed.tables["measures"]
    status, begun, ended = measures["status"], measures["actual_start"], measures["actual_end"]
    early = status.isin(NOT_BEGUN)
    return [
        fault
        for column, where, key, level in (
            ("actual_start", early & begun.notna(), "begun_too_early", "error"),
            ("actual_end", early & begun.isna() & ended.notna(), "begun_too_early", "error"),
            ("actual_end", status.isin(["running", "suspended"]) & ended.notna(), "ended_but_running", "error"),
            ("actual_end", status.isin(DONE_STATUSES) & ended.isna(), "ended_without_end", "warning"),
            ("actual_start", (status == "running") & begun.isna(), "running_without_start", "warning"),
        )
        for fault in _told(typed, "measures", column, measures.index[where], key, level=level)
    ]


def _parts(typed: Typed) -> list[Problem]:
    """Return mixed measures without a share, and shares that do not fit the kind."""
    measures = typed.tables["measures"]
    kind, share = measures["kind"], measures["investive_share"]
    mixed = (kind == "MIX") & share.isna()
    wrong = ((kind == "INV") & (share < 1)) | (kind.isin(["PRE", "SOC"]) & (share > 0))
    return [
        *_told(typed, "measures", "investive_share", measures.index[mixed], "mix_without_share"),
        *_told(typed, "measures", "investive_share", measures.index[wrong], "share_against_kind", level="warning"),
    ]


def _sums(typed: Typed) -> list[Problem]:
    """Return where the costs by source are not the sum that is stated, of a year or of all years."""
    costs = typed.tables["costs"]
    stated, parts = costs[is_total(costs)], costs[~is_total(costs)]
    lost = set(costs.loc[list(typed.unread.get("costs", ())), "measure"].dropna())
    found = []
    for row, total in stated[~stated["measure"].isin(lost)].iterrows():
        same = parts["measure"] == total["measure"]
        if pd.notna(total["year"]):
            same &= parts["year"] == total["year"]
        for key in ("planned_ct", "approved_ct", "spent_ct"):
            own = parts.loc[same, key].dropna()
            if pd.notna(total[key]) and int(own.sum()) != int(total[key]):
                sums = {"sum": _euro(own.sum()), "total": _euro(total[key]), "measure": shown(total["measure"])}
                found += _told(typed, "costs", key, [row], "sum_differs", **sums)
    return found


def _euro(amount: Any) -> Text:
    return Text(*(f"{euros(amount, lang)} €" for lang in LANGS))


def _sets(typed: Typed, around: Around) -> list[Problem]:
    """Return areas whose fields of action are of two lists."""
    measures = typed.tables["measures"]
    sets = {code: one.set for code, one in around.codes["fields"].codes.items()}
    found = []
    for area, rows in measures.assign(area=measures["area"].map(codes_in)).explode("area").groupby("area", sort=False):
        named = pd.Series({row: sets.get(field, "") for row, field in rows["main_field"].items() if pd.notna(field)},
                          dtype=object)  # fmt: skip
        kinds = named[named != ""].value_counts().index.tolist()
        if len(kinds) > 1:
            found += _told(typed, "measures", "main_field", named.index[~named.isin([kinds[0], ""])], "mixed_lists",
                           area=shown(area), one=kinds[0], other=kinds[1])  # fmt: skip
    return found


def _versions(typed: Typed, around: Around) -> list[Problem]:
    """Return assessments of one day that mix two versions of a catalogue, in one area or between areas."""
    rows = typed.tables["assessments"]
    found = []
    for (catalogue, day), same in rows.groupby(["catalogue", "date"], sort=False):
        kinds = same["version"].value_counts().index.tolist()
        if len(kinds) > 1:
            areas = ", ".join(dict.fromkeys(same.loc[same["version"].isin(kinds[:2]), "area"].dropna().map(str)))
            rest = same.index[same["version"] != kinds[0]]
            found += _told(typed, "assessments", "version", rest, "mixed_versions", area=shown(areas),
                           catalogue=around.codes["assessed"].title_of(str(catalogue)), one=shown(kinds[0]),
                           other=shown(kinds[1]), day=day_text(pd.Timestamp(str(day)).date()))  # fmt: skip
    return [*found, *_turned_back(typed, around)]


def _turned_back(typed: Typed, around: Around) -> list[Problem]:
    """Return assessments by another version of a catalogue after one by the version that holds: none of them counts."""
    rows = typed.tables["assessments"]
    found = []
    for (area, catalogue), same in rows.groupby(["area", "catalogue"], sort=False):
        one = around.checklists.get(str(catalogue))
        if one is None:
            continue
        begun = same.loc[same["version"] == one.version, "date"].min()
        late = same.index[(same["version"] != one.version) & (same["date"] > begun)]
        for version, back in same.loc[late].groupby("version", sort=False):
            found += _told(typed, "assessments", "version", back.index, "turned_back", area=shown(area),
                           catalogue=around.codes["assessed"].title_of(str(catalogue)), one=shown(one.version),
                           other=shown(str(version)), day=day_text(pd.Timestamp(str(begun)).date()))  # fmt: skip
    return found


def _items(typed: Typed, around: Around) -> list[Problem]:
    """Return items that a catalogue does not have; of other versions than the one that is there nothing can be said."""
    rows = typed.tables["assessments"]
    found = []
    for key, one in around.checklists.items():
        known = {item.key for item in one.items}
        own = rows.loc[(rows["catalogue"] == key) & (rows["version"] == one.version), "item"]
        for word, lost in _lost(own, known):
            hint = Text(*(did_you_mean(word, sorted(known), lang=lang) for lang in LANGS))
            found += _told(typed, "assessments", "item", lost, "lost_item", value=shown(word), catalogue=one.title,
                           version=shown(one.version), hint=hint)  # fmt: skip
    return found


def _uncounted(typed: Typed, around: Around) -> list[Problem]:
    """Return a warning for assessments of an area none of which follows the version that holds: none of them counts."""
    rows = typed.tables["assessments"]
    found = []
    for (area, catalogue), same in rows.groupby(["area", "catalogue"], sort=False):
        one = around.checklists.get(str(catalogue))
        if one is not None and not (same["version"] == one.version).any():
            found += _told(typed, "assessments", "version", same.index, "other_version", level="warning",
                           area=shown(area), catalogue=around.codes["assessed"].title_of(str(catalogue)),
                           hint=one.version)  # fmt: skip
    return found


def _half_places(typed: Typed) -> list[Problem]:
    anchors = typed.tables["anchors"]
    return _told(typed, "anchors", "x", anchors.index[anchors["x"].isna() != anchors["y"].isna()], "half_place")


def _outside(typed: Typed, around: Around) -> list[Problem]:
    """Return measures whose place lies outside of their areas in every version that holds while they last."""
    measures = typed.tables["measures"]
    beyond = []
    for row, shape in typed.shapes.items():
        if row not in measures.index or pd.notna(measures.loc[row, "outside_reason"]):
            continue
        named = codes_in(measures.loc[row, "area"])
        versions = [found for area in named if (found := _outlines(area, measures.loc[row], around))]
        wholes = [shapely.union_all(list(one)) for one in product(*versions)] if versions else []
        if wholes and not any(shapely.covers(shapely.buffer(one, NEAR_M), shape) for one in wholes):
            beyond.append(row)
    return [
        fault
        for row in beyond
        for fault in _told(typed, "measures", "area", [row], "outside", area=shown(measures.loc[row, "area"]),
                           measure=shown(measures.loc[row, "measure"]))
    ]  # fmt: skip


def _outlines(area: str, measure: pd.Series[Any], around: Around) -> list[shapely.Geometry]:
    """Return the outlines of an area that hold in the time of a measure; all of them where none does."""
    begun = _first(measure, "actual_start", "planned_start")
    ended = _first(measure, "actual_end", "planned_end")
    own, held = [], []
    for layer in around.programmes.values():
        rows = layer.frame[(layer.area_ids == area).to_numpy()]
        for _, version in rows.iterrows():
            own.append(version["geometry"])
            late = pd.notna(ended) and pd.notna(version["valid_from"]) and ended < version["valid_from"]
            early = pd.notna(begun) and pd.notna(version["valid_to"]) and begun >= version["valid_to"]
            held += [] if late or early else [version["geometry"]]
    return held or own


def _first(measure: pd.Series[Any], *keys: str) -> Any:
    return next((measure[key] for key in keys if pd.notna(measure[key])), pd.NaT)
