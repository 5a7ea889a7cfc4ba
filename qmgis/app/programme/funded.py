"""What the page Fördergebiete shows: the programme areas of a day, what happened to them, by when something ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from qmgis.app.address import ViewState
from qmgis.app.dayform import asked_day
from qmgis.app.frame import lang_of
from qmgis.app.results import outcome_of
from qmgis.coverage import group_title
from qmgis.errors import DataError
from qmgis.i18n import number, percent, say
from qmgis.lifecycle import AGREED, areas_on, deadlines, history, legal_check, phase_words, timeline
from qmgis.model import City, Column, Lang, Outcome, ProgrammeLayer, words
from qmgis.model.text import day_text
from qmgis.runs.programme.lives import figures_of, programme_of, streets_of
from qmgis.runs.years.editions import default_run
from qmgis.targeting import states_on

__all__ = ["MARKS", "Funded", "cells", "due_columns", "event_columns", "figure_rows", "funded_of", "said_day",
           "valid_columns"]  # fmt: skip

MARKS: Mapping[str, str] = {"ahead": "○", "near": "◐", "passed": "●"}
LAND = "land_ha"


@dataclass(frozen=True, eq=False)
class Funded:
    """The programme areas of a city on a day; ``fault`` says what is wrong with the day that was asked for."""

    city: City
    state: ViewState
    outcome: Outcome
    layer: ProgrammeLayer
    day: date
    fault: str = ""

    @property
    def lang(self) -> Lang:
        """The language of the page."""
        return lang_of(self.state)

    @property
    def valid(self) -> pd.DataFrame:
        """The areas that are programme areas on the day, as `qmgis.lifecycle.areas_on`."""
        return _valid(self.layer, self.day)

    @cached_property
    def due(self) -> pd.DataFrame:
        """The deadlines that stand on the day, with the title of each rule in the language of the page."""
        titles = {rule.key: rule.title.to(self.lang) for rule in self.city.deadlines}
        titles[AGREED] = say("lifecycle.agreed", self.lang)
        found = deadlines(self.layer, self.day, rules=self.city.deadlines)
        return found.assign(title=found["rule"].map(titles))

    @property
    def legal(self) -> pd.DataFrame:
        """Designations and studies up to the day whose legal basis is not among those of their programme's rule."""
        found = legal_check(self.layer, self.day, rules=self.city.legal)
        return found[found["state"] != "allowed"].reset_index(drop=True)

    @property
    def spans(self) -> pd.DataFrame:
        """What the time line draws."""
        return timeline(self.layer)

    @property
    def events(self) -> pd.DataFrame:
        """Everything that happened, whatever the day, in the order of time."""
        return _events(self.layer)

    @property
    def streets(self) -> pd.DataFrame:
        """The street list of the chosen area on the day, as `qmgis.lifecycle.house_numbers`."""
        return _streets(self.city, self.picked, self.day)

    @property
    def picked(self) -> str:
        """The area whose key figures are shown: the one that is asked for, else the first of the day."""
        ids = list(dict.fromkeys(self.layer.area_ids))
        first = [*self.valid.index, *ids]
        return self.state.pick if self.state.pick in ids else first[0]


def funded_of(city: City, state: ViewState) -> Funded:
    """Return what the page shows; the day of the run where none is asked for or what is asked for is none.

    Raises
    ------
    DataError
        The city has no programme areas.
    """
    layer, outcome = programme_of(city), outcome_of(city, state.run)
    day, fault = asked_day(state, outcome.run.on)
    return Funded(city, state, outcome, layer, day, fault)


@lru_cache(maxsize=16)
def _valid(layer: ProgrammeLayer, day: date) -> pd.DataFrame:
    found: pd.DataFrame = areas_on(layer, day)
    return found


@lru_cache(maxsize=8)
def _streets(city: City, area: str, day: date) -> pd.DataFrame:
    return streets_of(city, area, day)


@lru_cache(maxsize=4)
def _events(layer: ProgrammeLayer) -> pd.DataFrame:
    parts = [history(layer, area).assign(programme_area=area) for area in dict.fromkeys(layer.area_ids)]
    found: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return found.sort_values(["date", "programme_area"], kind="stable", ignore_index=True)


@lru_cache(maxsize=8)
def _figures(city: City, run: str) -> pd.DataFrame:
    return figures_of(city, city.run(run))


def said_day(day: Any, lang: Lang) -> str:
    """Return a day as people read it; a dash where there is none."""
    return "–" if day is None or pd.isna(day) else day_text(pd.Timestamp(str(day)).date()).to(lang)


def valid_columns() -> list[Column]:
    """Return what is told of an area of the day."""
    names = {"programme_area": "id", "name": "name", "programme": "programme", "phase": "phase", "begun": "begun",
             "until": "until"}  # fmt: skip
    told = [Column(key, words(f"lifecycle.column_{name}"), "text") for key, name in names.items()]
    more = ("legal_basis", "predecessors", "successors")
    return [*told, *(Column(key, words(f"funded.column_{key}"), "text") for key in more)]


def due_columns() -> list[Column]:
    """Return what is told of a deadline."""
    names = {"programme_area": "id", "name": "name", "title": "deadline", "limit": "limit", "days_left": "days",
             "state": "state"}  # fmt: skip
    return [
        Column(key, words(f"lifecycle.column_{name}"), "count" if key == "days_left" else "text")
        for key, name in names.items()
    ]


def event_columns() -> list[Column]:
    """Return what is told of an event."""
    names = (
        "date",
        "programme_area",
        "event",
        "phase",
        "until",
        "others",
        "legal_basis",
        "body",
        "document",
        "comment",
    )
    return [Column(key, words(f"funded.column_{key}"), "text") for key in names]


def cells(frame: pd.DataFrame, columns: Sequence[Column], lang: Lang) -> list[list[str]]:
    """Return the rows of a frame as people read them: days, phases, events and states in words, a dash for nothing.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> frame = pd.DataFrame({"phase": ["P7", None], "days_left": [1200, -3]})
    >>> cells(frame, [Column("phase", Text("", ""), "text"), Column("days_left", Text("", ""), "count")], "de")
    [['P7 Umsetzung', '1.200'], ['–', '-3']]
    """
    return [[_cell(row[one.key], one.key, lang) for one in columns] for row in frame.to_dict("records")]


def _cell(value: Any, key: str, lang: Lang) -> str:
    if value is None or value is pd.NaT or value == "" or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, pd.Timestamp):
        return said_day(value, lang)
    if key == "phase":
        return phase_words(value, lang)
    if key == "event":
        return say(f"lifecycle.event_{value}", lang)
    if key == "state":
        return f"{MARKS[str(value)]} {say(f'lifecycle.state_{value}', lang)}"
    return number(float(str(value)), lang) if key == "days_left" else str(value)


def figure_rows(plan: Funded) -> list[list[str]]:
    """Return the key figures of the chosen area: inside, outside, city, and how they were counted.

    The outline is the one of the day; where the area is none on it, its last.

    Raises
    ------
    DataError
        The run is on an older version of the areas: what is told on two versions could be subtracted.
    """
    newest = plan.city.run(default_run(plan.city)).vintage
    if plan.outcome.run.vintage != newest:
        raise DataError(say("funded.old_areas", "en"), de=say("funded.old_areas", "de"))
    found, lang, area = _figures(plan.city, plan.state.run), plan.lang, plan.picked
    outline = _outline(plan, area)
    indicators = plan.city.tables[plan.outcome.run.vintage].indicators
    rows = []
    for one in found[found["outline"] == outline].to_dict("records"):
        key = str(one["figure"])
        known = indicators.get(key)
        title = words("funded.land") if key == LAND else known.title if known is not None else group_title(key)
        is_share = known is not None and known.measure == "share"
        values = [_figure(one[side], key, share=is_share, lang=lang) for side in ("inside", "outside", "total")]
        how = say(f"funded.basis_{one['basis']}", lang) if one["estimated"] else say("funded.basis_counted", lang)
        state = "" if one["state"] == "ok" else f", {say('funded.state_' + str(one['state']), lang)}"
        rows.append([_capital(title.to(lang)), *values, how + state])
    return rows


def _outline(plan: Funded, area: str) -> str:
    frame = plan.layer.frame[(plan.layer.area_ids == area).to_numpy()].sort_values("valid_from", na_position="first")
    now = states_on(plan.layer, plan.day).reindex(frame.index) == "current"
    return str(frame.index[now.to_numpy()][-1] if now.any() else frame.index[-1])


def _figure(value: Any, key: str, *, share: bool, lang: Lang) -> str:
    if value is None or pd.isna(value):
        return "–"
    told = float(str(value))
    if share:
        return percent(told, lang).replace(" %", "\u00a0%")
    return number(told, lang, digits=1 if key == LAND else 0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
