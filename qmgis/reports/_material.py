"""What a profile is made of: one computing of a city, and what of it concerns one area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pandas as pd
import shapely

from qmgis.effect import Answer
from qmgis.model import Lang, Note, Outcome, Register, Text
from qmgis.readiness import Signals
from qmgis.reports._canvas import Canvas
from qmgis.series import Break
from qmgis.views.dossier import Dossier

Role = Literal["own", "district", "city"]

__all__ = ["UNDECIDED", "Course", "Judged", "Level", "Life", "Material", "Role", "Subject"]

# The states of measures that nobody has decided on yet: not for the public.
UNDECIDED = ("idea", "proposed")


@dataclass(frozen=True)
class Subject:
    """What a profile is of: an area of the city or a programme area; ``areas`` are those that it lies in."""

    kind: Literal["area", "programme"]
    area: str
    name: str
    parent: str
    outline: shapely.Geometry
    areas: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Level:
    """The years of one number, of the area itself, its district or the city; ``rows`` as `qmgis.series` has them."""

    role: Role
    name: str
    rows: pd.DataFrame

    @cached_property
    def by_year(self) -> Mapping[int, Mapping[Any, Any]]:
        """The rows as records, by year."""
        return {int(str(year)): row for year, row in self.rows.to_dict("index").items()}


@dataclass(frozen=True, eq=False)
class Course:
    """One number over the years on all levels that have it, and where it breaks.

    ``part``: of a count that the city lacks in the run's year the sum of the areas that have one, their number, and
    that of all areas.
    """

    key: str
    title: Text
    measure: str
    levels: tuple[Level, ...]
    breaks: tuple[Break, ...]
    part: tuple[float, int, int] | None = None

    def at(self, role: Role, year: int) -> Mapping[Any, Any] | None:
        """Return the number of a level in a year, or None where there is none."""
        for level in self.levels:
            if level.role == role and year in level.by_year:
                return level.by_year[year]
        return None


@dataclass(frozen=True, eq=False)
class Life:
    """A programme area that lies here: how it stands, what happened to it, its deadlines (`qmgis.lifecycle`)."""

    area: str
    name: str
    standing: Mapping[str, object]
    history: pd.DataFrame
    deadlines: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Judged:
    """What checklists say of a programme area on a day (`qmgis.quality`, `qmgis.readiness`)."""

    standards: pd.DataFrame
    conditions: pd.DataFrame
    profile: pd.DataFrame
    signals: Signals
    page: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Material:
    """Everything that the sections of one profile are made of; all of it is what may be shown.

    Parameters
    ----------
    outcome
        A run, computed under the limits of secrecy of the reader.
    subject
        What the profile is of.
    canvas
        Drawings of the whole city, the same for all areas.
    told
        The run's words about an area; None of a programme area.
    courses
        Indicators over the years.
    figures
        Key figures of a programme area (`qmgis.lifecycle.key_figures`); None of an area.
    lives
        The programme areas here.
    notes
        Local knowledge about it.
    registers
        The measures and funds here, with everything that belongs to them; a register each.
    balance
        Shares of money and measures by field, of what may be shown here (`qmgis.balance.balance`).
    supplies
        Who has places in reach in a programme area, by theme, in steps (`qmgis.coverage.guard_around`).
    judged
        Readiness and framework conditions of a programme area.
    effects
        What can be said of each share in a programme area beside others (`qmgis.effect`).
    rules
        What the deadlines are called, by key.
    """

    outcome: Outcome
    subject: Subject
    canvas: Canvas
    lang: Lang
    told: Dossier | None = None
    courses: tuple[Course, ...] = ()
    figures: pd.DataFrame | None = None
    lives: tuple[Life, ...] = ()
    notes: tuple[Note, ...] = ()
    registers: tuple[Register, ...] = ()
    balance: pd.DataFrame | None = None
    supplies: pd.DataFrame | None = None
    judged: Judged | None = None
    effects: tuple[Answer, ...] = ()
    rules: Mapping[str, Text] = field(default_factory=dict)
    is_public: bool = False
