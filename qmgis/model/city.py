"""A city as its folder declares it, and what a run over it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.model.checklist import Checklist
from qmgis.model.crosswalk import CrosswalkLayer
from qmgis.model.funds import FundRule
from qmgis.model.indicator import IndicatorTable
from qmgis.model.layers import AreaLayer, Backdrop, Network, PlaceLayer, ResidentLayer, newest_of
from qmgis.model.lifecycle import Deadline, LegalRule
from qmgis.model.method import Profile
from qmgis.model.note import Note
from qmgis.model.orientation import OrientationValue, Service
from qmgis.model.programme import ProgrammeLayer
from qmgis.model.register import CodeList, Register
from qmgis.model.result import AreaResult, Column, InputFile, Recipe
from qmgis.model.scenario import Scenario
from qmgis.model.text import Lang, Text, limit_text

if TYPE_CHECKING:
    import geopandas as gpd

LayerKind = Literal[
    "areas", "indicator", "residents", "places", "network", "barriers", "backdrop", "raster", "programme", "measures",
    "crosswalk",
]  # fmt: skip

__all__ = [
    "SUPPLIES", "City", "Exclusion", "LayerInfo", "LayerKind", "Outcome", "Problem", "Run", "Secrecy", "Supply",
    "Theme",
]  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One finding of a check: what is wrong, where, and what to do.

    ``level``: an ``error`` makes the city unusable, a ``warning`` bends a result, a ``note`` is worth knowing.
    ``row`` is the line of the file as a text editor or spreadsheet counts it (first line 1).
    """

    level: Literal["error", "warning", "note"]
    what: Text
    file: str = ""
    row: int | None = None
    column: str = ""
    remedy: Text = field(default_factory=lambda: Text("", ""))

    def say(self, lang: Lang) -> str:
        """Return the finding as one line."""
        words = ("Zeile", "Spalte") if lang == "de" else ("row", "column")
        place = [self.file] if self.file else []
        if self.row is not None:
            place.append(f"{words[0]} {self.row}")
        if self.column:
            place.append(f'{words[1]} "{self.column}"')
        parts = [", ".join(place) + ":" if place else "", self.what.to(lang), self.remedy.to(lang)]
        return " ".join(part for part in parts if part)


Supply = Literal["two_step", "three_step"]
SUPPLIES: tuple[Supply, ...] = get_args(Supply)


@dataclass(frozen=True)
class Theme:
    """A question of coverage: which group reaches which places within how many metres, or minutes, of a mode.

    One of ``within_m`` and ``within_min`` is given; ``speed_kmh`` replaces the speed that the mode has for the group.
    ``need`` names the indicator that the group belongs to (child poverty and Kitas), shown beside the gap. ``supply``
    asks also for how many: ``two_step`` or ``three_step``; ``guide`` is what is aimed at: places for each 100 or m² for
    each. ``orientation`` is the orientation value that the theme names; its number is ``guide`` where it is of supply.
    ``proposals`` asks for up to so many further sites, out of the layer of places ``candidates`` where it names one,
    and ``catchments`` for outlines of where its places are reached from.
    """

    key: str
    title: Text
    places: str
    within_m: float | None
    group: str = "residents"
    need: str | None = None
    within_min: float | None = None
    mode: str = "walk"
    speed_kmh: float | None = None
    supply: Supply | None = None
    guide: float | None = None
    proposals: int = 0
    candidates: str | None = None
    catchments: bool = False
    orientation: OrientationValue | None = None

    @property
    def limit(self) -> Text:
        """The limit in words, such as ``500 m``."""
        return limit_text(self.within_m, self.within_min)


@dataclass(frozen=True)
class Run:
    """A computation that the city declares: method profile, year of measurement, version of the areas, themes.

    ``scenarios``: those of the city that it answers.
    """

    key: str
    title: Text
    method: str
    year: int
    vintage: str
    themes: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()

    @property
    def on(self) -> date:
        """The day that the run is about: the last of its year."""
        return date(self.year, 12, 31)


@dataclass(frozen=True)
class Exclusion:
    """An area that a declared decision leaves out, with its reason, years and source."""

    area: str
    vintage: str
    years: tuple[int, ...]
    reason: str
    note: Text
    source: str = ""


@dataclass(frozen=True)
class Secrecy:
    """Limits below which numbers are not shown (METHODS 13, DESIGN 4)."""

    min_count: int = 3
    min_base: int = 10
    min_residents: int = 300
    public: int = 10


@dataclass(frozen=True)
class LayerInfo:
    """What the folder says of one layer: for the data page, credits and recipes.

    ``content`` is the sha256 of what the layer's file says.
    """

    key: str
    kind: LayerKind
    title: Text
    licence: str
    credit: str
    files: tuple[InputFile, ...]
    years: tuple[int, ...] = ()
    vintages: tuple[str, ...] = ()
    rows: int | None = None
    description: Text | None = None
    note: Text | None = None
    retrieved: str = ""
    content: str = ""


@dataclass(frozen=True, eq=False)
class City:
    """Everything a city's folder declares, read and checked; hashes by identity.

    ``units``: layers of smaller units, such as blocks, that proposals for an area may be made of, by key; they are no
    version of the areas. ``gap_m``: how wide the streets between these units are, in metres.
    """

    key: str
    title: Text
    lang: Lang
    crs: str
    area_layers: Mapping[str, AreaLayer]
    tables: Mapping[str, IndicatorTable]
    places: Mapping[str, PlaceLayer]
    residents: Mapping[str, ResidentLayer]
    networks: Mapping[str, Network]
    runs: Mapping[str, Run]
    themes: Mapping[str, Theme]
    exclusions: tuple[Exclusion, ...] = ()
    secrecy: Secrecy = field(default_factory=Secrecy)
    layers: tuple[LayerInfo, ...] = ()
    note: Text | None = None
    problems: tuple[Problem, ...] = ()
    backdrop: Backdrop | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    programmes: Mapping[str, ProgrammeLayer] = field(default_factory=dict)
    crosswalks: Mapping[str, CrosswalkLayer] = field(default_factory=dict)
    registers: Mapping[str, Register] = field(default_factory=dict)
    orientation: Mapping[str, OrientationValue] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    barriers: Mapping[str, gpd.GeoSeries] = field(default_factory=dict)
    deadlines: tuple[Deadline, ...] = ()
    legal: tuple[LegalRule, ...] = ()
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    fund_rules: tuple[FundRule, ...] = ()
    units: Mapping[str, AreaLayer] = field(default_factory=dict)
    gap_m: float = 0.0

    @property
    def areas(self) -> AreaLayer:
        """The newest version of the areas (the last declared by ``valid_from``, else by name)."""
        return newest_of(self.area_layers.values())

    def run(self, key: str) -> Run:
        """Return a declared run, or say which there are."""
        if not self.runs:
            raise UnknownKeyError(
                f"{self.key} declares no run; add a table [[run]] with id, title, method, year and areas to city.toml.",
                de=f"{self.key} kennt keinen Lauf; in city.toml einen Abschnitt [[run]] mit id, title, method, year "
                f"und areas ergänzen.",
            )
        if key not in self.runs:
            raise UnknownKeyError(
                f'{self.key} declares no run "{key}".{did_you_mean(key, self.runs)}',
                de=f'{self.key} kennt keinen Lauf "{key}".{did_you_mean(key, self.runs, lang="de")}',
            )
        return self.runs[key]

    def declared(self, vintage: str, year: int) -> dict[str, str]:
        """Return the declared exclusions of a year: area to reason."""
        return {
            entry.area: entry.reason
            for entry in self.exclusions
            if entry.vintage == vintage and (not entry.years or year in entry.years)
        }


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everything that one run of a city gives; what maps, exports, reports and pages are made of.

    ``table``: index ``area`` in the order of ``areas``; every column of ``areas.csv`` in its order, described by
    ``columns``; shares 0-1; guarded by the city's limits of secrecy. ``states`` holds the state of each cell of the
    indicator columns. ``gaps``: squares with residents out of reach, by theme (columns ``theme``, ``not_reached``,
    ``geometry``), or None. ``backdrop``: what maps draw for orientation, or None.
    ``certainty``: how sure the class of each area is, or None where the method's steps cannot be drawn again.
    ``pattern``: how the index lies in space, or None for few areas.
    ``supply``: places in reach for each 100 of the group, by theme that asks for it.
    ``definitions``: what the sources say of the definition of the method's indicators in this year, by indicator.
    ``change_years``: over how many years changes are measured.
    ``estimated``: the shares of which the people behind them are estimated, by indicator.
    ``profile``: the settings of the method as they held in this run, or None for an outcome made of one result only.
    ``programme``: the programme areas of the city; ``targeting``: how the areas and residents of each class spread over
    them (`qmgis.targeting.report`). Both None where the city has none.
    ``catchments``: from where each place is reached, and ``proposals``: further sites, of the themes that ask for
    them; ``scenario``: what ``scenarios`` change, a row for each scenario, theme and area, ``answers`` the same in
    sentences; all guarded, or None.
    ``segregation``: how unevenly the people behind each share live (`qmgis.segregation.segregation`), or None without
    counts.
    ``around``: who is reached inside programme areas, in a ring around them and in the city, or None without any.
    ``bands``: shares of people by how far it is to their nearest place, by theme. Both as they may be shown.
    ``totals``: people reached and not reached in all areas, by theme that may tell them.
    ``measures`` and ``white_spots``: the register's measures, and parts of programme areas without one of a field; None
    without a register, of which ``codes`` are the code lists.
    """

    city: str
    city_title: Text
    run: Run
    areas: AreaLayer
    index: AreaResult
    coverage: Mapping[str, AreaResult]
    priority: Mapping[str, AreaResult]
    themes: Mapping[str, Theme]
    places: Mapping[str, PlaceLayer]
    table: pd.DataFrame
    columns: tuple[Column, ...]
    recipe: Recipe
    credits: tuple[str, ...]
    gaps: gpd.GeoDataFrame | None = None
    warnings: tuple[Text, ...] = ()
    note: Text | None = None
    backdrop: Backdrop | None = None
    certainty: AreaResult | None = None
    pattern: AreaResult | None = None
    supply: Mapping[str, AreaResult] = field(default_factory=dict)
    definitions: Mapping[str, Text] = field(default_factory=dict)
    change_years: int = 2
    estimated: frozenset[str] = frozenset()
    profile: Profile | None = None
    programme: ProgrammeLayer | None = None
    targeting: pd.DataFrame | None = None
    segregation: pd.DataFrame | None = None
    around: pd.DataFrame | None = None
    bands: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    totals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    measures: gpd.GeoDataFrame | None = None
    white_spots: gpd.GeoDataFrame | None = None
    codes: Mapping[str, CodeList] = field(default_factory=dict)
    catchments: gpd.GeoDataFrame | None = None
    proposals: gpd.GeoDataFrame | None = None
    scenario: gpd.GeoDataFrame | None = None
    scenarios: tuple[Scenario, ...] = ()
    answers: tuple[Text, ...] = ()
