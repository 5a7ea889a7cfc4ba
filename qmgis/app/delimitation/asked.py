"""What the page Gebietsabgrenzung is asked: rules, areas that have to be in or out, an outline of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from qmgis.app.address import MOST_NAMED, ViewState
from qmgis.app.coverage.question import PATIENCE
from qmgis.app.delimitation.drawn import Drawn, drawn_of, told
from qmgis.app.delimitation.units import few_units, layer_of
from qmgis.app.frame import lang_of
from qmgis.app.jobs import Job, Tell, jobs
from qmgis.app.results import outcome_of
from qmgis.delimitation import Options, Proposal, Proposals, Rules
from qmgis.errors import DataError, QmgisError, did_you_mean
from qmgis.i18n import keys, say
from qmgis.model import AreaLayer, City, Lang, Outcome, Text
from qmgis.runs.programme.proposed import compared_areas, proposed_areas, units_of, usual_rules
from qmgis.targeting import states_on

__all__ = ["COUNTS", "MANY", "NUMBERS", "Plan", "areas_key", "default_rules", "joined_shape", "plan_of", "rules_of"]

NUMBERS = (
    "min_residents", "max_residents", "min_hectares", "max_hectares", "min_compactness", "budget", "cost_per_resident",
    "cost_per_hectare",
)  # fmt: skip
CHOICES = ("cross_barriers", "keep_existing")
COUNTS = (2, 3, 4, 5)
COUNT = 3
MANY = 15  # proposals above which the page shows one place at a time


@dataclass(frozen=True, eq=False)
class Plan:
    """A question about areas and what is known of its answer; ``fault`` says what is wrong with the own outline.

    ``layer`` is what proposals are made of; ``units`` its key, empty for the areas of the run.
    """

    city: City
    state: ViewState
    outcome: Outcome
    job: Job
    rules: Rules
    count: int
    own: tuple[str, ...]
    fault: str
    options_job: Job | None
    layer: AreaLayer
    units: str = ""
    drawn: Drawn = field(default_factory=Drawn)
    alone: bool = False

    @property
    def lang(self) -> Lang:
        """The language of the page."""
        return lang_of(self.state)

    def say(self, name: str, **values: object) -> str:
        """Return a text of the page, that of units where these are smaller than areas and it has one."""
        own = self.units and f"{name}_units" in _of_units()
        return say(f"plan.{name}_units" if own else f"plan.{name}", self.lang, **values)

    @property
    def made_of(self) -> str:
        """What proposals are made of, in words."""
        return self.layer.title.to(self.lang)

    @property
    def found(self) -> Proposals | None:
        """The proposals; None until they are there."""
        result: Proposals | None = self.job.result
        return result

    @property
    def options(self) -> Options | None:
        """The outlines side by side; None until they are there."""
        result: Options | None = None if self.options_job is None else self.options_job.result
        return result

    @property
    def items(self) -> tuple[Proposal, ...]:
        """The proposals that are looked at."""
        return () if self.found is None else looked_at(self.found, self.state.pick)

    @property
    def picked(self) -> Proposal | None:
        """The one proposal that is looked at; None where these are several."""
        return next((one for one in self.items if one.key == self.state.pick), None)


@cache
def _of_units() -> frozenset[str]:
    """Return the texts of the page that units smaller than areas have of their own."""
    return frozenset(key.removeprefix("plan.") for key in keys() if key.startswith("plan.") and key.endswith("_units"))


def looked_at(found: Proposals, pick: str) -> tuple[Proposal, ...]:
    """Return one proposal, those of one place, all; those of the first place where all are too many for a page."""
    chosen = tuple(one for one in found.items if pick in (one.key, one.place))
    if chosen or not found.items:
        return chosen
    if len(found.items) <= MANY:
        return found.items
    return tuple(one for one in found.items if one.place == found.items[0].place)


def default_rules(city: City, run: str) -> Rules:
    """Return the rules of a page that says none: sizes that suit its areas."""
    return usual_rules(city, outcome_of(city, run))


def rules_of(state: ViewState, default: Rules) -> tuple[Rules, int]:
    """Return the rules of an address and how many proposals a place it asks for.

    Raises
    ------
    DataError
        A rule is unknown or no number, or rules contradict each other.

    Examples
    --------
    >>> rules, count = rules_of(ViewState(rules=("min_residents:1500", "keep_existing:no", "count:2")), Rules())
    >>> rules.min_residents, rules.keep_existing, count
    (1500.0, False, 2)
    """
    said: dict[str, Any] = {name: getattr(default, name) for name in (*NUMBERS, *CHOICES)}
    count = COUNT
    for entry in state.rules:
        name, _, value = entry.partition(":")
        if name in CHOICES and value in ("yes", "no"):
            said[name] = value == "yes"
        elif name == "count" and value in map(str, COUNTS):
            count = int(value)
        elif name in NUMBERS and _number(value) is not None:
            said[name] = _number(value)
        else:
            raise DataError(
                f'"{entry}" is no rule; give a number in the form of the page.',
                de=f'"{entry}" ist keine Regel; eine Zahl im Formular der Seite angeben.',
            )
    _short(state)
    return Rules(**said, include=state.include, exclude=state.exclude), count


def plan_of(city: City, state: ViewState, *, with_programme: bool = False, wait: float = PATIENCE) -> Plan:
    """Return the question of an address with its answer, as far as it is there after some seconds.

    Programme areas may cut areas; only where ``with_programme`` are they set beside the proposals.
    """
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    default = default_rules(city, state.run)
    fault, units = "", ""
    own: tuple[str, ...] = ()
    try:
        units = "" if units_of(city, state.run, state.units) is None else state.units
        rules, count = rules_of(state, default)
        work = partial(_proposed, city, state.run, units, rules, count)
        job = jobs.ask(areas_key(city, state, rules, count), work, wait=wait).seen
    except QmgisError as error:
        rules, count, job = default, COUNT, Job("failed", fault=_both(error))
    layer, few = layer_of(city, state.run, units), few_units(city, state.run, units)
    try:
        own = own_areas(city, layer, state, few=few)
    except QmgisError as error:
        fault = error.say(lang)
    drawn = drawn_of(city, layer, state, few=few, alone=with_programme)
    plan = Plan(city, state, outcome, job, rules, count, own, fault, None, layer, units, drawn, with_programme)
    outlines = _outlines(plan, with_programme)
    if not len(outlines):
        return plan
    try:
        earlier = _earlier(plan)
    except QmgisError as error:
        return replace(plan, options_job=Job("failed", fault=_both(error)))
    key = ("options", city, state.run, lang, tuple(outlines.index), tuple(shapely.to_wkb(outlines.geometry.array)))
    options = jobs.ask(key, partial(_compared, city, state.run, outlines, earlier), wait=wait).seen
    return replace(plan, options_job=options)


def areas_key(city: City, state: ViewState, rules: Rules, count: int) -> tuple[Any, ...]:
    """Return what stands for proposals among the jobs."""
    return "areas", city, state.run, state.units, rules, count


def own_areas(city: City, layer: AreaLayer, state: ViewState, *, few: frozenset[str]) -> tuple[str, ...]:
    """Return the units of the own outline; ``few`` are those in which few people live.

    Raises
    ------
    DataError
        A unit is unknown, or so few people live in it that its number is not shown.
    """
    _short(state)
    frame = layer.frame
    unknown = [one for one in state.own if one not in frame.index]
    if unknown:
        hints = [did_you_mean(unknown[0], frame.index, lang=lang) for lang in ("en", "de")]
        raise DataError(
            f'There is no area or block "{unknown[0]}"; take it off your outline.{hints[0]}',
            de=f'Ein Gebiet oder einen Block "{unknown[0]}" gibt es nicht; aus dem eigenen Umriss nehmen.{hints[1]}',
        )
    named = ", ".join(str(frame["name"][one]) for one in state.own if one in few)
    if named:
        least = city.secrecy.min_base
        raise DataError(
            f"Fewer than {least} people live in {named}, so that no outline can be told apart by it; take it off.",
            de=f"In {named} leben weniger als {least} Menschen, daran darf sich kein Umriss unterscheiden; "
            "herausnehmen.",
        )
    return state.own


@lru_cache(maxsize=64)
def joined_shape(layer: AreaLayer, members: tuple[str, ...]) -> Any:
    """Return the outline of several units."""
    return shapely.union_all(layer.frame.geometry.loc[list(members)].to_numpy())


def _proposed(city: City, run: str, units: str, rules: Rules, count: int, tell: Tell) -> Proposals:
    blocks = units_of(city, run, units)
    return proposed_areas(city, outcome_of(city, run), rules=rules, count=count, blocks=blocks, tell=tell)


def _compared(city: City, run: str, outlines: gpd.GeoDataFrame, earlier: Sequence[Any], _: Tell) -> Options:
    return compared_areas(city, outcome_of(city, run), outlines, earlier=earlier)


def _earlier(plan: Plan) -> tuple[Any, ...]:
    """Return the outlines that cut areas and were told of before or are now; whole areas tell nothing of their parts.

    Programme areas come first, since they are shown here whatever is drawn.
    """
    if not plan.alone:
        return ()
    layer = plan.outcome.programme
    first = [] if layer is None else list(layer.frame.sort_index().geometry)
    return told.after(plan.city, list(plan.drawn.shapes.values()) if plan.drawn.exact else [], first=first)


def _outlines(plan: Plan, with_programme: bool) -> gpd.GeoDataFrame:
    """Return the outlines to be set side by side: the own one, drawn and uploaded ones, proposals, programme areas."""
    frame, lang = plan.layer.frame, plan.lang
    shapes: dict[str, Any] = {}
    if plan.own:
        shapes[say("plan.own", lang)] = joined_shape(plan.layer, plan.own)
    shapes |= plan.drawn.shapes
    shapes |= {one.key: one.geometry for one in plan.items}
    if with_programme and plan.outcome.programme is not None and shapes:
        shapes |= _programme_outlines(plan.outcome, shapes)
    return gpd.GeoDataFrame(
        geometry=list(shapes.values()), index=pd.Index(list(shapes), name="option", dtype="str"), crs=frame.crs
    )


def _programme_outlines(outcome: Outcome, taken: Mapping[str, Any]) -> dict[str, Any]:
    """Return the current and planned programme areas by name and id."""
    if outcome.programme is None:
        return {}
    frame, state = outcome.programme.frame, states_on(outcome.programme, outcome.run.on)
    rows = frame[state.isin(("current", "planned")).reindex(frame.index).to_numpy()]
    named = {f"{name} ({key})": shape for key, name, shape in zip(rows.index, rows["name"], rows.geometry, strict=True)}
    return {name: shape for name, shape in named.items() if name not in taken}


def _short(state: ViewState) -> None:
    if max(len(state.include), len(state.exclude), len(state.own)) > MOST_NAMED:
        raise DataError(
            f"A list names at most {MOST_NAMED} areas or blocks; take some off.",
            de=f"Eine Liste nennt höchstens {MOST_NAMED} Gebiete oder Blöcke; einige herausnehmen.",
        )


def _number(value: str) -> float | None:
    """Return a number from 0, of at most eight digits before the point; None for anything else."""
    try:
        found = float(value)
    except ValueError:
        return None
    return found if 0 <= found < 1e8 else None


def _both(error: QmgisError) -> Text:
    return Text(error.say("de"), error.say("en"))
