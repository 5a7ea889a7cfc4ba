"""The profile of an area, of what all profiles of a city's run share (`qmgis.runs.shared`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.explanation import Explanation, explain_each
from qmgis.lifecycle import history
from qmgis.model import Lang, Note, Outcome, ProgrammeLayer, Register, Text, words
from qmgis.model.text import day_text
from qmgis.reports import Canvas, Course, Level, Life, Material, Profile, Role, Subject, canvas_of, profile_of
from qmgis.runs.programme.inregister import balance_of_places, of_programme_area, placed_in
from qmgis.series import Series
from qmgis.views.dossier import told

if TYPE_CHECKING:
    from qmgis.effect import Answer
    from qmgis.reports import Judged

__all__ = ["Known", "OfProgramme", "profile", "unknown_area"]

# Of the land of an area, from which share on a programme area counts as lying in it.
LIES_IN = 0.01
ROLES: Mapping[str, Role] = {"area": "own", "programme": "own", "district": "district", "city": "city"}


@dataclass(frozen=True, eq=False)
class OfProgramme:
    """What is told of a programme area alone: the row of its outline, its figures, and what follows from records."""

    outline: str
    figures: pd.DataFrame
    balance: pd.DataFrame | None = None
    supplies: pd.DataFrame | None = None
    judged: Judged | None = None
    effects: tuple[Answer, ...] = ()


@dataclass(frozen=True, eq=False)
class Known:
    """Everything that the profiles of a city's run share, computed once; all of it as its readers may see it.

    ``lines``: for each number its series of areas, districts, the city and programme areas, where there are any.
    ``programme``: its layer, ``current`` those with an event or outline up to the run's day, ``told`` what is known of
    each alone. ``made_of``: fingerprints of what no recipe names.
    """

    city: str
    lang: Lang
    outcome: Outcome
    editions: tuple[Outcome, ...]
    lines: Mapping[str, Mapping[str, Series]]
    programme: ProgrammeLayer | None
    current: pd.DataFrame
    deadlines: pd.DataFrame
    rules: Mapping[str, Text]
    registers: tuple[Register, ...]
    notes: tuple[Note, ...]
    told: Mapping[str, OfProgramme]
    made_of: Mapping[str, str]
    is_public: bool
    _said: dict[str, Explanation] = field(default_factory=dict, init=False, repr=False)

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas of the run, then the programme areas of its day."""
        return (*map(str, self.outcome.table.index), *map(str, self.current.index))

    @cached_property
    def canvas(self) -> Canvas:
        """Drawings of the whole city, the same for all areas."""
        return canvas_of(self.outcome)

    def explained(self, areas: Collection[str]) -> Mapping[str, Explanation]:
        """Return why areas are classed as they are, each looked up once; programme areas are not classed."""
        table = self.outcome.table.index
        lacking = [area for area in dict.fromkeys(areas) if area not in self._said and area in table]
        if lacking:
            self._said.update(explain_each(self.outcome, lacking, editions=self.editions))
        return self._said


def profile(shared: Known, area: str, *, lang: Lang | None = None) -> Profile:
    """Return the profile of an area or programme area.

    Parameters
    ----------
    shared
        As `qmgis.runs.shared.known` gives it.
    area
        Id of an area of the run, or of a programme area that holds on its day.
    lang
        By default the city's.

    Raises
    ------
    UnknownKeyError
        If there is no such area.

    Examples
    --------
    >>> from qmgis.runs.shared import known
    >>> made = profile(known(toy_city()), "01010405", lang="en")
    >>> made.name, [section.key for section in made.sections][:2]
    ('Gebiet 30', ['figures', 'situation'])
    """
    chosen: Lang = lang or shared.lang
    if area in shared.outcome.table.index:
        return profile_of(_of_area(shared, area, chosen))
    if area in shared.current.index and area in shared.told:
        return profile_of(_of_programme(shared, area, chosen))
    on = shared.outcome.run.on
    raise unknown_area(area, city=shared.city, known=shared.areas, programme=shared.programme, day=on)


def unknown_area(
    area: str, *, city: str, known: Collection[str], programme: ProgrammeLayer | None, day: date
) -> UnknownKeyError:
    """Return the error for an id, with what may be meant; a programme area of another day is named as such."""
    if programme is not None and area in set(programme.area_ids):
        said = words("reports.fault_not_valid", area=area, day=day_text(day))
        return UnknownKeyError(said.en, de=said.de)
    return UnknownKeyError(
        f'There is no area "{area}" in {city}.{did_you_mean(area, known)}',
        de=f'Es gibt kein Gebiet "{area}" in {city}.{did_you_mean(area, known, lang="de")}',
    )


def _of_area(shared: Known, area: str, lang: Lang) -> Material:
    outcome, facts = shared.outcome, shared.explained((area,))[area]
    outline = outcome.areas.frame.geometry[area]
    subject = Subject("area", area, facts.name, facts.parent, outline, (area,))
    return Material(
        outcome, subject, shared.canvas, lang, told=told(outcome, facts, lang=lang),
        courses=_courses(shared, {"area": area, "district": facts.parent, "city": shared.city}, facts.name),
        lives=tuple(_life(shared, one) for one in _lying_in(shared, outline)),
        registers=tuple(placed_in(one, outline) for one in shared.registers),
        notes=tuple(note for note in shared.notes if note.area == area),
        balance=balance_of_places(shared.registers, outline), rules=shared.rules, is_public=shared.is_public,
    )  # fmt: skip


def _of_programme(shared: Known, area: str, lang: Lang) -> Material:
    outcome, row = shared.outcome, shared.current.loc[area]
    outline, name = row["geometry"], str(row["name"])
    outlines = outcome.areas.frame.geometry
    inside = shapely.area(shapely.intersection(outlines.to_numpy(), outline)) / shapely.area(outlines.to_numpy())
    areas = tuple(str(one) for one in outlines.index[inside >= LIES_IN])
    own, subject = shared.told[area], Subject("programme", area, name, "", outline, areas)
    return Material(
        outcome, subject, shared.canvas, lang, figures=own.figures,
        courses=_courses(shared, {"programme": own.outline, "city": shared.city}, name),
        lives=(_life(shared, area),), notes=tuple(note for note in shared.notes if note.area == area),
        registers=tuple(of_programme_area(one, area) for one in shared.registers),
        balance=own.balance, supplies=own.supplies, judged=own.judged, effects=own.effects,
        rules=shared.rules, is_public=shared.is_public,
    )  # fmt: skip


def _courses(shared: Known, units: Mapping[str, str], name: str) -> tuple[Course, ...]:
    """Return every number of an area beside those of its larger units."""
    found = []
    for key, kinds in shared.lines.items():
        levels = []
        for kind, unit in units.items():
            if kind in kinds and unit in kinds[kind].names:
                role, rows = ROLES[kind], kinds[kind].of_unit(unit)
                levels.append(Level(role, name if role == "own" else unit, rows[rows["state"] != "missing"]))
        first = kinds[next(kind for kind in (*units, *kinds) if kind in kinds)]
        if any(level.role == "own" and len(level.rows) for level in levels):
            part = _part_known(kinds, shared.outcome.run.year) if first.measure == "count" else None
            found.append(Course(key, first.title, first.measure, tuple(levels), first.breaks, part))
    return tuple(found)


def _part_known(kinds: Mapping[str, Series], year: int) -> tuple[float, int, int] | None:
    """Return the sum of the areas whose count is shown, how many they are and of how many; None where all are."""
    if "area" not in kinds:
        return None
    rows = kinds["area"].of_year(year)
    shown = rows.loc[rows["state"] == "ok", "value"]
    return (float(shown.sum()), len(shown), len(rows)) if 0 < len(shown) < len(rows) else None


def _lying_in(shared: Known, outline: shapely.Geometry) -> list[str]:
    """Return the programme areas of the day that share land with an outline."""
    if not len(shared.current):
        return []
    outlines = shared.current["geometry"].to_numpy()
    land = shapely.area(shapely.intersection(outlines, outline)) / outline.area
    return [str(area) for area in shared.current.index[land >= LIES_IN]]


def _life(shared: Known, area: str) -> Life:
    row, due = shared.current.loc[area], shared.deadlines
    standing = {name: row[name] for name in ("programme", "phase", "begun", "until", "legal_basis")}
    past = _history(shared, area)
    own = due[due["programme_area"] == area] if len(due) else due
    return Life(area, str(row["name"]), standing, past, own)


def _history(shared: Known, area: str) -> pd.DataFrame:
    if shared.programme is None:
        return pd.DataFrame()
    told_of = history(shared.programme, area)
    return told_of[told_of["date"] <= pd.Timestamp(shared.outcome.run.on)]
