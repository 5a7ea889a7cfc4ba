"""The profiles of a city's areas: one computing of the city, then one profile an area."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import shapely

from qmgis.errors import QmgisError, UnknownKeyError, did_you_mean
from qmgis.explanation import Explanation, explain_each
from qmgis.lifecycle import areas_on, history
from qmgis.model import City, Lang, Outcome, ProgrammeLayer, Run, Text, words
from qmgis.model.text import day_text
from qmgis.reports import Canvas, Course, Level, Life, Material, Profile, Role, Subject, canvas_of, profile_of
from qmgis.runs.compute import compute
from qmgis.runs.dossiers import editions_of
from qmgis.runs.editions import default_run
from qmgis.runs.inregister import of_programme_area, placed_in
from qmgis.runs.lives import deadlines_of, figures_of, programme_of
from qmgis.runs.reported import balance_in, changes_in, judged_in, supplies_in
from qmgis.runs.series import series
from qmgis.series import Series
from qmgis.views.dossier import told

__all__ = ["Known", "check_area", "known", "profile", "public"]

# Of the land of an area, from which share on a programme area counts as lying in it.
LIES_IN = 0.01
ROLES: Mapping[str, Role] = {"area": "own", "programme": "own", "district": "district", "city": "city"}


@dataclass(frozen=True, eq=False)
class Known:
    """Everything that the profiles of a city share, computed once.

    ``lines``: for each indicator its series of areas, districts, the city and programme areas, each by unit.
    ``programmes``: those with an event or outline up to the run's day. ``figures``: theirs, by outline.
    """

    city: City
    outcome: Outcome
    canvas: Canvas
    editions: tuple[Outcome, ...]
    said: Mapping[str, Explanation]
    lines: Mapping[str, Mapping[str, tuple[Series, Mapping[str, pd.DataFrame]]]]
    programme: ProgrammeLayer | None
    current: pd.DataFrame
    deadlines: pd.DataFrame
    figures: pd.DataFrame
    is_public: bool

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas of the run, then the programme areas of its day."""
        return (*map(str, self.outcome.table.index), *map(str, self.current.index))


def public(city: City) -> City:
    """Return a city under the limits for the public: what few people stand behind is more.

    Examples
    --------
    >>> public(toy_city()).secrecy.min_count
    10
    """
    limits = city.secrecy
    return replace(city, secrecy=replace(limits, min_count=max(limits.min_count, limits.public),
                                         min_base=max(limits.min_base, limits.public)))  # fmt: skip


def known(
    city: City, run: str | None = None, *, is_public: bool = False, outcome: Outcome | None = None,
    areas: Collection[str] | None = None,
) -> Known:  # fmt: skip
    """Return what the profiles of a city share.

    Parameters
    ----------
    city
        As `open_city` gives it.
    run
        Key of a run; by default the newest.
    is_public
        Compute under the limits for the public.
    outcome
        The run as it is known already, under the same limits.
    areas
        For the profiles of which areas it is to be enough; by default all.

    Examples
    --------
    >>> made = known(toy_city())
    >>> made.outcome.run.key, len(made.areas)
    ('mss-2024', 30)
    """
    seen = public(city) if is_public else city
    outcome = outcome or compute(seen, run or default_run(seen), overlays=False)
    units = [str(area) for area in outcome.table.index if areas is None or area in areas]
    editions = editions_of(seen)
    day, vintage = outcome.run.on, outcome.run.vintage
    layer = programme_of(seen) if seen.programmes else None
    keys = ["population", *(str(key) for key in outcome.index.parameters["indicators"])]
    of_programme = layer is not None and (areas is None or any(area not in outcome.table.index for area in areas))
    kinds = (*(("area", "district") if units else ()), "city", *(("programme",) if of_programme else ()))
    lines = {key: found for key in dict.fromkeys(keys) if (found := _lines(seen, key, kinds, vintage))}
    return Known(
        city=seen, outcome=outcome, canvas=canvas_of(outcome), editions=editions,
        said=explain_each(outcome, units, editions=editions),
        lines=lines, programme=layer,
        current=_current(seen, outcome.run),
        deadlines=deadlines_of(seen, day) if layer else pd.DataFrame(),
        figures=figures_of(seen, outcome.run) if of_programme else pd.DataFrame(), is_public=is_public,
    )  # fmt: skip


def _lines(
    city: City, key: str, kinds: tuple[str, ...], vintage: str
) -> Mapping[str, tuple[Series, Mapping[str, pd.DataFrame]]]:
    """Return one number over the years on every level that has it, each split by unit."""
    found = {}
    for kind in kinds:
        try:
            one = series(city, key, of=kind, vintage=vintage)
        except QmgisError:
            continue  # no districts, or a share whose people are not known
        rows = {str(unit): part.droplevel("unit") for unit, part in one.frame.groupby(level="unit", sort=False)}
        found[kind] = (one, rows)
    return found


def profile(shared: Known, area: str, *, lang: Lang | None = None) -> Profile:
    """Return the profile of an area or programme area.

    Parameters
    ----------
    shared
        As `known` gives it.
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
    >>> made = profile(known(toy_city()), "01010405", lang="en")
    >>> made.name, [section.key for section in made.sections][:2]
    ('Gebiet 30', ['figures', 'situation'])
    """
    chosen: Lang = lang or shared.city.lang
    if area in shared.outcome.table.index:
        return profile_of(_of_area(shared, area, chosen))
    if area in shared.current.index:
        return profile_of(_of_programme(shared, area, chosen))
    raise _unknown(shared.city, area, shared.outcome.run)


def check_area(city: City, area: str, *, run: str | None = None) -> None:
    """Raise unless there is such an area, before anything is computed.

    Raises
    ------
    UnknownKeyError
        If there is no such area in the run, and no such programme area on its day.

    Examples
    --------
    >>> check_area(toy_city(), "01010405")
    """
    chosen = city.run(run or default_run(city))
    layer = city.area_layers.get(chosen.vintage)
    if (layer is None or area not in layer.frame.index) and area not in _current(city, chosen).index:
        raise _unknown(city, area, chosen)


def _current(city: City, run: Run) -> pd.DataFrame:
    """Return the programme areas of a run's day; no rows where the city has none."""
    return areas_on(programme_of(city), run.on) if city.programmes else pd.DataFrame()


def _unknown(city: City, area: str, run: Run) -> UnknownKeyError:
    """Return the error for an id, with what may be meant."""
    if city.programmes and area in set(programme_of(city).area_ids):
        said = words("reports.fault_not_valid", area=area, day=day_text(run.on))
        return UnknownKeyError(said.en, de=said.de)
    layer = city.area_layers.get(run.vintage)
    ids = [*map(str, layer.frame.index if layer else ()), *map(str, _current(city, run).index)]
    return UnknownKeyError(
        f'There is no area "{area}" in {city.key}.{did_you_mean(area, ids)}',
        de=f'Es gibt kein Gebiet "{area}" in {city.key}.{did_you_mean(area, ids, lang="de")}',
    )


def _of_area(shared: Known, area: str, lang: Lang) -> Material:
    outcome, facts = shared.outcome, shared.said[area]
    outline = outcome.areas.frame.geometry[area]
    subject = Subject("area", area, facts.name, facts.parent, outline, (area,))
    return Material(
        outcome, subject, shared.canvas, lang, told=told(outcome, facts, lang=lang),
        courses=_courses(shared, {"area": area, "district": facts.parent, "city": shared.city.key}, facts.name),
        lives=tuple(_life(shared, one) for one in _lying_in(shared, outline)),
        registers=tuple(placed_in(one, outline) for one in shared.city.registers.values()),
        notes=tuple(note for note in shared.city.notes if note.area == area),
        balance=balance_in(shared.city, outline=outline, is_public=shared.is_public),
        rules=_rules(shared), is_public=shared.is_public,
    )  # fmt: skip


def _of_programme(shared: Known, area: str, lang: Lang) -> Material:
    outcome, row = shared.outcome, shared.current.loc[area]
    outline, name = row["geometry"], str(row["name"])
    outlines = outcome.areas.frame.geometry
    inside = shapely.area(shapely.intersection(outlines.to_numpy(), outline)) / shapely.area(outlines.to_numpy())
    areas = tuple(str(one) for one in outlines.index[inside >= LIES_IN])
    named = _outline_of(shared, area)
    subject = Subject("programme", area, name, "", outline, areas)
    figures = shared.figures[shared.figures["outline"] == named]
    return Material(
        outcome, subject, shared.canvas, lang, figures=figures,
        courses=_courses(shared, {"programme": named, "city": shared.city.key}, name),
        lives=(_life(shared, area),), notes=tuple(note for note in shared.city.notes if note.area == area),
        registers=tuple(of_programme_area(one, area) for one in shared.city.registers.values()),
        balance=balance_in(shared.city, area=area, is_public=shared.is_public),
        supplies=supplies_in(shared.city, area, outcome.run), judged=judged_in(shared.city, area, outcome.run),
        effects=changes_in(shared.city, area),
        rules=_rules(shared), is_public=shared.is_public,
    )  # fmt: skip


def _outline_of(shared: Known, area: str) -> str:
    """Return the row of the layer that is the outline of a programme area on the run's day."""
    layer = shared.programme
    if layer is None:
        return area
    rows = layer.area_ids[layer.area_ids == area].index
    same = [str(row) for row in rows if layer.frame.geometry[row].equals(shared.current.geometry[area])]
    return same[-1] if same else str(rows[-1])


def _courses(shared: Known, units: Mapping[str, str], name: str) -> tuple[Course, ...]:
    """Return every number of an area beside those of its larger units."""
    found = []
    for key, kinds in shared.lines.items():
        levels = []
        for kind, unit in units.items():
            rows = kinds[kind][1].get(unit) if kind in kinds else None
            if rows is not None:
                role = ROLES[kind]
                levels.append(Level(role, name if role == "own" else unit, rows[rows["state"] != "missing"]))
        first = kinds[next(kind for kind in (*units, *kinds) if kind in kinds)][0]
        if any(level.role == "own" and len(level.rows) for level in levels):
            found.append(Course(key, first.title, first.measure, tuple(levels), first.breaks))
    return tuple(found)


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


def _rules(shared: Known) -> Mapping[str, Text]:
    return {rule.key: rule.title for rule in shared.city.deadlines}
