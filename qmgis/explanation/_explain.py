"""Everything that a run says about an area, put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.explanation._around import MOST, TOLERANCE, around, neighbours_of, similar_to
from qmgis.explanation._changes import Lever, changes_of, indicators_at, indicators_of, levers_of
from qmgis.explanation._editions import breaks_of, editions_of, in_order
from qmgis.explanation._facts import Explanation, HowSure, IndexFact, IndicatorFact, Overlap
from qmgis.explanation._steps import (
    flag_at,
    group_at,
    indices_of,
    is_near,
    is_nearly,
    named_at,
    number_or_none,
)
from qmgis.model import Outcome
from qmgis.model.reading import is_straight, name_of, value_at

__all__ = ["SMALL", "explain", "explain_each"]


@dataclass(frozen=True)
class Here:
    """What is known of one area before caveats are looked for."""

    indices: tuple[IndexFact, ...]
    indicators: tuple[IndicatorFact, ...]
    certainty: HowSure | None


SMALL = 2000  # residents below which few cases move the numbers a lot


def explain(
    outcome: Outcome, area: str, *, editions: Sequence[Outcome] = (), tolerance: float = TOLERANCE, most: int = MOST
) -> Explanation:
    """Return everything that a run says about one area, as data.

    Parameters
    ----------
    outcome
        A run.
    area
        Id of the area.
    editions
        Other runs of the city, to see the area over time.
    tolerance, most
        How unlike similar areas may be (standard deviations an indicator), and how many are named.

    Raises
    ------
    UnknownKeyError
        If the run has no such area.

    Examples
    --------
    >>> said = explain(toy_outcome(), "01010405")
    >>> said.group.code, said.attention, [index.block for index in said.indices]
    ('4-', True, ['status', 'dynamics'])
    """
    return explain_each(outcome, [area], editions=editions, tolerance=tolerance, most=most)[area]


def explain_each(
    outcome: Outcome,
    areas: Sequence[str],
    *,
    editions: Sequence[Outcome] = (),
    tolerance: float = TOLERANCE,
    most: int = MOST,
) -> dict[str, Explanation]:
    """Return the same for several areas; what they share is computed once.

    Examples
    --------
    >>> list(explain_each(toy_outcome(), ["01010405", "01010404"]))
    ['01010405', '01010404']
    """
    for area in areas:
        if area not in outcome.table.index:
            raise _unknown(outcome, area)
    if not areas:
        return {}
    runs = in_order(outcome, editions)
    near, alike = neighbours_of(outcome, areas), similar_to(outcome, areas, tolerance=tolerance, most=most)
    breaks, known = breaks_of(runs), indicators_of(outcome)
    levers = levers_of(outcome, known)
    found = {}
    for area in areas:
        indices, indicators = indices_of(outcome, area), indicators_at(outcome, area, known)
        here = Here(indices, indicators, _certainty(outcome, area))
        found[area] = Explanation(
            **_head(outcome, area),
            nearly=is_nearly(outcome, area),
            group=group_at(outcome, area),
            indices=indices,
            indicators=indicators,
            changes=changes_of(indices, indicators, levers),
            certainty=here.certainty,
            editions=editions_of(outcome, area, runs),
            breaks=breaks,
            neighbours=near[area],
            around=around(near[area]),
            similar=alike[area].areas,
            compared=alike[area].indicators,
            tolerance=tolerance,
            programme=_programme(outcome, area),
            caveats=(*_noted(outcome, area, here, levers), *(["series_break"] if breaks else [])),
            incomplete=tuple(layer.title for layer in outcome.places.values() if not layer.complete),
            weak=tuple(one.title for one in indicators if _is_weak(one)),
            relative="mean" if "group" in outcome.table else "areas",
        )
    return found


def _head(outcome: Outcome, area: str) -> Mapping[str, Any]:
    parent = outcome.areas.frame["parent"][area]
    return {
        "city": outcome.city,
        "run": outcome.run.key,
        "title": outcome.run.title,
        "method": outcome.index.title,
        "recipe": outcome.recipe.id,
        "year": outcome.run.year,
        "vintage": outcome.areas.vintage,
        "area": area,
        "name": name_of(outcome, area),
        "parent": "" if pd.isna(parent) else str(parent),
        "population": number_or_none(outcome, area, "population"),
        "left_out": str(value_at(outcome, area, "left_out") or ""),
        "attention": flag_at(outcome, area),
    }


def _certainty(outcome: Outcome, area: str) -> HowSure | None:
    label = named_at(outcome, area, "certainty")
    if label is None:
        return None
    return HowSure(
        label,
        number_or_none(outcome, area, "probability"),
        number_or_none(outcome, area, "probability_attention"),
        named_at(outcome, area, "hangs_on"),
    )


def _programme(outcome: Outcome, area: str) -> Overlap | None:
    status = named_at(outcome, area, "programme")
    if status is None:
        return None
    names = str(value_at(outcome, area, "programme_names") or "")
    share, basis = number_or_none(outcome, area, "programme_share"), named_at(outcome, area, "programme_basis")
    return Overlap(status, share, basis, names)


def _noted(outcome: Outcome, area: str, here: Here, levers: Sequence[Lever]) -> Iterator[str]:
    """Yield what a reader has to know, the most particular first."""
    population = number_or_none(outcome, area, "population")
    said = {
        "left_out": value_at(outcome, area, "left_out") is not None,
        "not_shown": any(index.value is None for index in here.indices),
        "approximate": bool(outcome.areas.frame["approximate"][area]),
        "few_residents": population is not None and population < SMALL,
        "weak_shares": any(_is_weak(one) for one in here.indicators),
        "near_limit": any(is_near(outcome, index.block, index.distance) for index in here.indices),
        "borderline": here.certainty is not None and here.certainty.label.code == "borderline",
        "improved_but_negative": _improved_but_negative(here, levers),
        "straight_line": any(is_straight(outcome, theme) for theme in outcome.coverage),
        "incomplete_places": any(not layer.complete for layer in outcome.places.values()),
    }
    return (code for code, applies in said.items() if applies)


def _is_weak(one: IndicatorFact) -> bool:
    return one.reliability is not None and one.reliability.code == "weak"


def _improved_but_negative(here: Here, levers: Sequence[Lever]) -> bool:
    """Return whether dynamics are negative although burdens fell: the others fell more."""
    if not any(index.block == "dynamics" and index.label.code == "-" for index in here.indices):
        return False
    slopes = {lever.indicator.key: lever.slope for lever in levers if lever.block == "dynamics"}
    steps = [(one.change or 0.0) * slopes[one.key] for one in here.indicators if one.key in slopes]
    shown = all(one.change is not None for one in here.indicators if one.key in slopes)
    return bool(steps) and shown and all(step <= 0 for step in steps)


def _unknown(outcome: Outcome, area: str) -> UnknownKeyError:
    known = [str(key) for key in outcome.table.index]
    return UnknownKeyError(
        f'Run "{outcome.run.key}" has no area "{area}".{did_you_mean(area, known)}',
        de=f'Lauf "{outcome.run.key}" hat kein Gebiet "{area}".{did_you_mean(area, known, lang="de")}',
    )
