"""The register of a programme: measures, their costs, funds, concepts, goals, organisations, and what was assessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from qmgis.errors import DataError, UnknownKeyError, did_you_mean
from qmgis.model.text import Text

__all__ = [
    "CODE_LISTS",
    "DONE_STATUSES",
    "OPEN_STATUSES",
    "REGISTER_KEYS",
    "REGISTER_TABLES",
    "Code",
    "CodeList",
    "Register",
    "RegisterColumn",
    "codes_in",
    "register_table",
]

RegisterKind = Literal[
    "id", "text", "code", "codes", "ref", "refs", "area", "areas", "layer", "money", "share", "number", "whole", "day",
    "flag",
]  # fmt: skip


@dataclass(frozen=True)
class RegisterColumn:
    """What a column of the register holds.

    ``kind``: ``id`` (its own key), ``ref`` and ``refs`` (keys of ``table``), ``area`` (a programme area), ``areas``
    (one or several: text such as ``QM-01, QM-02``), ``layer`` (a layer of the city), ``code`` and ``codes`` (of the
    list ``codes``; ``open`` allows other text), ``money`` (cents), ``share`` (0-1), ``whole`` from ``low`` to ``high``,
    ``day`` (a year alone is its last day where ``last``).
    """

    kind: RegisterKind
    codes: str = ""
    table: str = ""
    required: bool = False
    open: bool = False
    last: bool = False
    low: int = 0
    high: int = 10**9


_ID, _TEXT, _MONEY = RegisterColumn("id", required=True), RegisterColumn("text"), RegisterColumn("money")
_DAY, _UNTIL = RegisterColumn("day"), RegisterColumn("day", last=True)
_NUMBER = RegisterColumn("number")
_AREA, _SOME_AREA, _FLAG = RegisterColumn("area", required=True), RegisterColumn("area"), RegisterColumn("flag")
_NEEDED, _YEAR = RegisterColumn("text", required=True), RegisterColumn("whole", low=1950, high=2150)


def _code(name: str, *, required: bool = False, open: bool = False) -> RegisterColumn:
    return RegisterColumn("code", codes=name, required=required, open=open)


def _ref(table: str, *, required: bool = False) -> RegisterColumn:
    return RegisterColumn("ref", table=table, required=required)


REGISTER_TABLES: Mapping[str, Mapping[str, RegisterColumn]] = {
    "measures": {
        "measure": _ID, "area": RegisterColumn("areas", required=True), "title": _NEEDED, "description": _TEXT,
        "main_field": _code("fields", required=True), "other_fields": RegisterColumn("codes", codes="fields"),
        "kind": _code("kinds", required=True), "investive_share": RegisterColumn("share"),
        "status": _code("statuses", required=True), "priority": RegisterColumn("whole", low=1, high=3),
        "part": RegisterColumn("whole", low=1, high=2), "goals": RegisterColumn("refs", table="goals"),
        "target_groups": RegisterColumn("codes", codes="target_groups"), "organisation": _ref("organisations"),
        "origin": _code("origins"), "expected_effect": _TEXT, "planned_start": _DAY, "planned_end": _UNTIL,
        "actual_start": _DAY, "actual_end": _UNTIL, "after_funding": _code("after_funding"),
        "successor": _ref("organisations"), "climate": _FLAG, "outside_reason": _TEXT, "outputs": _TEXT,
    },
    "costs": {
        "measure": _ref("measures", required=True), "year": _YEAR,
        "source": _code("funding_sources", required=True), "planned_ct": _MONEY, "approved_ct": _MONEY,
        "spent_ct": _MONEY,
    },
    "funds": {
        "fund": _ID, "area": _AREA, "type": _code("fund_types", required=True),
        "year": RegisterColumn("whole", low=1950, high=2150, required=True), "budget_ct": _MONEY,
        "max_grant_ct": _MONEY, "min_grant_ct": _MONEY, "per_resident_ct": _MONEY, "own_share": RegisterColumn("share"),
        "max_years": RegisterColumn("whole", low=1, high=50),
    },
    "grants": {
        "grant": _ID, "fund": _ref("funds", required=True), "year": _YEAR, "date": _DAY,
        "amount_ct": RegisterColumn("money", required=True), "purpose": _NEEDED, "field": _code("fields"),
        "decided_by": _TEXT, "since": _DAY, "until": _UNTIL,
    },
    "concepts": {
        "concept": _ID, "area": _AREA, "type": _code("concept_types", required=True), "adopted_on": _DAY,
        "body": _TEXT, "valid_from": _DAY, "valid_to": _UNTIL,
        **dict.fromkeys(("has_goals", "has_measures", "has_costs", "has_participation", "has_climate",
                         "has_verstetigung"), _FLAG),
        "binding": _code("bindings"),
    },
    "goals": {
        "goal": _ID, "area": _AREA, "concept": _ref("concepts"), "level": _code("goal_levels", required=True),
        "field": _code("fields"), "text": _NEEDED, "indicator": RegisterColumn("layer"),
        "start_value": _NUMBER, "target_value": _NUMBER, "target_year": _YEAR, "attainment": _code("attainments"),
        "evidence": _TEXT,
    },
    "organisations": {
        "organisation": _ID, "area": _SOME_AREA, "name": _NEEDED, "type": _code("organisation_types", required=True),
        "role": _code("organisation_roles"), "since": _DAY, "until": _UNTIL,
    },
    "assessments": {
        "area": _AREA, "catalogue": _code("assessed", required=True), "version": _NEEDED, "item": _NEEDED,
        "date": RegisterColumn("day", required=True), "level": _code("assessment_levels", required=True),
        "evidence": _TEXT,
        "role": _code("assessor_roles"), "next_step": _TEXT,
    },
    "tasks": {
        "area": _AREA, "task": _code("task_fields", required=True, open=True), "successor": _ref("organisations"),
        "budget_ct": _MONEY, "from_date": _DAY, "note": _TEXT,
    },
    "anchors": {
        "anchor": _ID, "area": _AREA, "name": _NEEDED, "operator": _ref("organisations"), "secured_until": _UNTIL,
        "x": _NUMBER, "y": _NUMBER,
    },
    "bodies": {
        "body": _ID, "area": _AREA, "name": _NEEDED, "type": _code("body_types", required=True),
        "members": RegisterColumn("whole"), "residents": RegisterColumn("whole"), "rules_on": _DAY,
        "meets_per_year": _NUMBER,
    },
}  # fmt: skip
# What no two rows of a table have in common.
REGISTER_KEYS: Mapping[str, tuple[str, ...]] = {
    "measures": ("measure",), "costs": ("measure", "year", "source"), "funds": ("fund", "year"), "grants": ("grant",),
    "concepts": ("concept",), "goals": ("goal",), "organisations": ("organisation", "area", "role"),
    "assessments": ("area", "catalogue", "item", "date"), "tasks": ("area", "task"), "anchors": ("anchor",),
    "bodies": ("body",),
}  # fmt: skip
CODE_LISTS: tuple[str, ...] = (
    *sorted({one.codes for columns in REGISTER_TABLES.values() for one in columns.values() if one.codes}),
    "organisation_words",  # what tells an organisation from a person
)
# What a measure is before it is done, and when it is; what is cancelled is neither.
OPEN_STATUSES = ("idea", "proposed", "planned", "approved", "running", "suspended")
DONE_STATUSES = ("completed", "handed_over")
_DTYPES = {"money": "Int64", "whole": "Int64", "share": "float64", "number": "float64", "day": "datetime64[s]",
           "flag": "boolean", "codes": "object", "refs": "object"}  # fmt: skip


@dataclass(frozen=True)
class Code:
    """A word of a code list; ``also`` are other words for it, ``set`` tells lists apart that must not be mixed."""

    code: str
    title: Text
    also: tuple[str, ...] = ()
    set: str = ""


@dataclass(frozen=True)
class CodeList:
    """The codes of a column, in their order, with the version and date of the list and where it is from."""

    key: str
    title: Text
    version: str
    date: date
    source: str
    codes: Mapping[str, Code]

    def title_of(self, code: str) -> Text:
        """Return the words for a code; a text that is no code stands for itself."""
        return self.codes[code].title if code in self.codes else Text(code, code)


def codes_in(cell: object) -> list[str]:
    """Return the codes or ids of a cell, each once: of a tuple, or of a text with commas or semicolons.

    Examples
    --------
    >>> codes_in("QM-01; QM-02, QM-01"), codes_in(("children",)), codes_in(None)
    (['QM-01', 'QM-02'], ['children'], [])
    """
    parts = re.split("[,;]", cell) if isinstance(cell, str) else cell if isinstance(cell, tuple | list) else ()
    return list(dict.fromkeys(text for part in parts if (text := str(part).strip())))


def register_table(name: str, content: Mapping[str, Any] | pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a table of the register with every column in its type; columns that are not given are missing.

    Parameters
    ----------
    name
        One of `REGISTER_TABLES`.
    content
        Columns by their names; money in cents, lists as tuples. Other columns than the table's follow as text.

    Examples
    --------
    >>> costs = register_table("costs", {"measure": ["M1"], "year": [2024], "source": ["land"], "planned_ct": [170000]})
    >>> costs.dtypes.astype(str).loc[["measure", "planned_ct"]].tolist(), int(costs["spent_ct"].isna().sum())
    (['str', 'Int64'], 1)
    """
    known = REGISTER_TABLES[name]
    given = pd.DataFrame(content if content is not None else {})
    columns = {key: _typed(given, key, column.kind) for key, column in known.items()}
    extra = {key: given[key].astype("str") for key in given.columns if key not in known}
    return pd.DataFrame({**columns, **extra}, index=given.index)


def _typed(given: pd.DataFrame, key: str, kind: str) -> pd.Series[Any]:
    dtype: Any = _DTYPES.get(kind, "str")
    if key not in given:
        empty = [()] * len(given) if kind in ("codes", "refs") else [None] * len(given)
        return pd.Series(empty, index=given.index, dtype=dtype)
    cells = given[key]
    if kind in ("codes", "refs"):
        return pd.Series([cell if isinstance(cell, tuple) else () for cell in cells], index=given.index, dtype=object)
    if kind == "day":
        return pd.Series(pd.to_datetime(cells.astype(object)), index=given.index).astype("datetime64[s]")
    given_in: pd.Series[Any] = cells.astype(object).where(cells.notna(), None).astype(dtype)
    return given_in


def _nowhere() -> gpd.GeoSeries:
    return gpd.GeoSeries([], index=pd.Index([], name="measure", dtype="str"), crs=None)


@dataclass(frozen=True, eq=False)
class Register:
    """A register: a frame for each of `REGISTER_TABLES` with its columns, then columns of the city's own.

    Text is missing where it is empty, money whole cents, dates ``datetime64[s]``, lists tuples of text. ``places`` has
    the shape (metres) of measures that have one, index ``measure``; the others are for the whole area. ``totals`` are
    rows of costs that only state a sum (of a year, or without year of all), and are in no other frame. ``codes`` are
    the lists that the codes are from.
    """

    key: str
    title: Text
    measures: pd.DataFrame = field(default_factory=partial(register_table, "measures"))
    costs: pd.DataFrame = field(default_factory=partial(register_table, "costs"))
    funds: pd.DataFrame = field(default_factory=partial(register_table, "funds"))
    grants: pd.DataFrame = field(default_factory=partial(register_table, "grants"))
    concepts: pd.DataFrame = field(default_factory=partial(register_table, "concepts"))
    goals: pd.DataFrame = field(default_factory=partial(register_table, "goals"))
    organisations: pd.DataFrame = field(default_factory=partial(register_table, "organisations"))
    assessments: pd.DataFrame = field(default_factory=partial(register_table, "assessments"))
    tasks: pd.DataFrame = field(default_factory=partial(register_table, "tasks"))
    anchors: pd.DataFrame = field(default_factory=partial(register_table, "anchors"))
    bodies: pd.DataFrame = field(default_factory=partial(register_table, "bodies"))
    places: gpd.GeoSeries = field(default_factory=_nowhere)
    totals: pd.DataFrame = field(default_factory=partial(register_table, "costs"))
    codes: Mapping[str, CodeList] = field(default_factory=dict)
    note: Text | None = None
    licence: str = ""
    credit: str = ""

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by its name.

        Raises
        ------
        UnknownKeyError
            If there is no such table.
        """
        if name not in REGISTER_TABLES:
            hints = {lang: did_you_mean(name, REGISTER_TABLES, lang=lang) for lang in ("de", "en")}
            raise UnknownKeyError(
                f'The register has no table "{name}".{hints["en"]}',
                de=f'Das Register hat keine Tabelle "{name}".{hints["de"]}',
            )
        frame: pd.DataFrame = getattr(self, name)
        return frame

    def __post_init__(self) -> None:
        for name in REGISTER_TABLES:
            _check(name, self.table(name))
        _check("costs", self.totals)
        strange = self.places.index.difference(pd.Index(self.measures["measure"]))
        if len(strange) or self.places.index.has_duplicates:
            one = strange[0] if len(strange) else self.places.index[self.places.index.duplicated()][0]
            raise DataError(
                f'A place of the register belongs to no measure, or to one twice: "{one}".',
                de=f'Ein Ort des Registers gehört zu keiner Maßnahme oder doppelt zu einer: "{one}".',
            )


def _check(name: str, frame: pd.DataFrame) -> None:
    """Raise if a table lacks columns, has them in the wrong type, or has a key twice or not at all."""
    for key, column in REGISTER_TABLES[name].items():
        wanted = _DTYPES.get(column.kind, "str")
        if key not in frame or str(frame[key].dtype) not in (wanted, "object" if wanted == "str" else wanted):
            raise DataError(
                f'Table {name} of the register lacks the column "{key}" or has it not as {wanted}; make it with '
                "register_table.",
                de=f'Der Tabelle {name} des Registers fehlt die Spalte "{key}" oder sie ist nicht {wanted}; sie mit '
                "register_table anlegen.",
            )
    keys = list(REGISTER_KEYS[name])
    if len(frame) and (frame[keys[0]].isna().any() or frame.duplicated(keys).any()):
        raise DataError(
            f"Table {name} of the register has a row without {keys[0]}, or two with the same {', '.join(keys)}.",
            de=f"Die Tabelle {name} des Registers hat eine Zeile ohne {keys[0]} oder zwei mit gleichem "
            f"{', '.join(keys)}.",
        )
