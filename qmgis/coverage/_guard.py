"""Small numbers of people are not shown: the primary rule of METHODS 13 for coverage and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from qmgis.coverage._ages import Family, families
from qmgis.model import AreaResult, Secrecy

FROM_PEOPLE = ("residents", "reached", "not_reached", "share", "median_m", "p90_m", "mean_m", "with_way")
FIRST = "reached_"
People = tuple[pd.Series, pd.Series]  # reached and not reached
NEARLY_NONE = 1e-6  # persons; estimated numbers carry fractions
STEP_M = 10.0  # a mean times its people is a sum of ways; in steps, no difference of two sums is one person's way


def guarded(result: AreaResult, secrecy: Secrecy) -> AreaResult:
    """Return a coverage that knows what of it may be shown; its own numbers stay as they are."""
    shown, hidden = hide_few(result.parts, secrecy=secrecy, group=group_of(result))
    states = hidden.map({True: f" {result.key}=too_small", False: ""}).astype(object)
    for name in _ages_of(result.parts):
        gone = shown[f"{FIRST}{name}"].isna() & result.parts[f"{FIRST}{name}"].notna()
        states += gone.map({True: f" {result.key}_{name}=too_small", False: ""})
    return replace(result, shown=shown, states=states.str.strip())


def apart(results: Mapping[str, AreaResult], secrecy: Secrecy) -> dict[str, AreaResult]:
    """Return coverages with more hidden, so that those that ask for the same places do not give few people away.

    Who reaches a place on foot but not barrier-free, or within 800 m but not within 500, is the difference of two
    results; everybody less the age groups of other results for the same way and distance is the age group that they
    hide. How many there are of an age group is the same in every result, whatever the place. Where a difference is of 1
    to ``min_count - 1`` people, the later result hides all of the area.

    Examples
    --------
    >>> results = {"a": toy_outcome().coverage["kita"]}
    >>> apart(results, Secrecy())["a"] is results["a"]
    True
    """
    done: dict[str, AreaResult] = {}
    for key, result in results.items():
        there = [one for one in done.values() if places_of(one) == places_of(result)]
        for one in there:
            result = without(result, _tell(_numbers(one), _numbers(result), secrecy))
        alike = [one for one in there if question_of(one) == question_of(result)]
        result = without(result, _together(alike, result, secrecy)) if alike else result
        others = [one for one in done.values() if one.vintage == result.vintage]
        done[key] = without(result, _together(others, result, secrecy, sizes=True)) if others else result
    return done


def places_of(result: AreaResult) -> tuple[object, ...]:
    """Return which places are asked for, in which version of the areas."""
    return result.parameters.get("places"), result.vintage


def question_of(result: AreaResult) -> tuple[object, ...]:
    """Return what is asked, whatever the group: minutes are the metres that they are at their speed."""
    asked = result.parameters
    metres, minutes, kmh = (asked.get(name) for name in ("within_m", "within_min", "kmh"))
    if isinstance(minutes, float) and isinstance(kmh, float):
        metres = round(minutes * kmh * 1000 / 60, 3)
    return asked.get("mode"), asked.get("network"), metres


def _together(earlier: Sequence[AreaResult], result: AreaResult, limits: Secrecy, *, sizes: bool = False) -> pd.Series:
    """Return areas where the groups that are shown by any of the results give too few people away.

    ``sizes``: look at how many there are of each group, reached or not, instead of at both.
    """
    people: dict[str, People] = {}
    gone: dict[str, pd.Series] = {}
    for one in (*earlier, result):
        seen = _numbers(one)
        for group, (reached, missed) in _people(one.parts, group_of(one)).items():
            people.setdefault(group, (reached + missed, 0.0 * missed) if sizes else (reached, missed))
            gone[group] = seen[group].isna() & gone.get(group, True)
    hidden = pd.DataFrame(gone)
    return (_with_differences(hidden, people, limits) & ~hidden).any(axis=1)


def gives_away(people: Mapping[str, tuple[float, float]], limits: Secrecy) -> bool:
    """Tell whether numbers reached and not reached of groups, or their differences, are of too few people."""
    known = {group: (pd.Series([both[0]]), pd.Series([both[1]])) for group, both in people.items()}
    few = pd.DataFrame({group: _few(*both, limits) for group, both in known.items()})
    return bool(_with_differences(few, known, limits).any(axis=None))


def without(result: AreaResult, rows: pd.Series) -> AreaResult:
    """Return a coverage that shows nothing of some areas, bool by area.

    Examples
    --------
    >>> kita = toy_outcome().coverage["kita"]
    >>> shown = without(kita, kita.value.index.to_series() == "01010405").seen["reached"]
    >>> bool(kita.seen["reached"].notna()["01010405"]), bool(shown.notna()["01010405"])
    (True, False)
    """
    return _hidden(result, rows) if rows.any() else result


def group_of(result: AreaResult) -> str:
    """Return whose coverage it is."""
    return str(result.parameters.get("group", "residents"))


def _numbers(result: AreaResult) -> dict[str, pd.Series]:
    """Return the people reached that are shown, by group."""
    shown = result.seen
    groups = {name: shown[f"{FIRST}{name}"] for name in _ages_of(shown)}
    return {**groups, group_of(result): shown["reached"]}


def _tell(one: Mapping[str, pd.Series], other: Mapping[str, pd.Series], limits: Secrecy) -> pd.Series:
    """Return areas where the difference of two numbers of the same group is of too few people."""
    rows = pd.Series(data=False, index=next(iter(other.values())).index)
    for group in [name for name in one if name in other]:
        between = (one[group] - other[group]).abs()
        rows |= (between > NEARLY_NONE) & (between < limits.min_count)
    return rows


def _hidden(result: AreaResult, rows: pd.Series) -> AreaResult:
    columns = [str(name) for name in result.seen if str(name) in FROM_PEOPLE or FIRST in str(name)]
    shown = _masked(result.seen.copy(), rows, columns)
    told = "" if result.states is None else result.states
    states = pd.Series(told, index=rows.index, dtype=object)
    new = rows & ~states.str.contains(f"{result.key}=too_small", regex=False)
    return replace(result, shown=shown, states=states.mask(new, states + f" {result.key}=too_small").str.strip())


def hide_few(parts: pd.DataFrame, *, secrecy: Secrecy | None = None, group: str = "") -> tuple[pd.DataFrame, pd.Series]:
    """Return the parts of a coverage or priority result without what rests on too few people, and where it is hidden.

    Hidden are areas whose group is smaller than ``min_base``, and those with 1 to ``min_count - 1`` people reached or
    not reached: share, distances and numbers together, since two of them give the third. Each further age group is
    hidden by the same rule, and so are further groups where the difference of those shown would be too few.

    Parameters
    ----------
    parts
        Index ``area``; columns ``residents`` and ``not_reached``, and ``reached_…`` with ``not_reached_…`` by group.
    secrecy
        Limits; those of DESIGN 4 by default.
    group
        The group of the result itself, such as ``age_0_5``; differences to it are looked at where it is given.

    Returns
    -------
    tuple
        The same shape, missing where hidden; and a bool an area for the group of the result itself.

    Examples
    --------
    >>> frame = pd.DataFrame({"residents": [50.0, 50.0], "reached": [30.0, 48.0], "not_reached": [20.0, 2.0]})
    >>> shown, hidden = hide_few(frame)
    >>> hidden.tolist(), shown["reached"].tolist()
    ([False, True], [30.0, nan])
    """
    limits = secrecy if secrecy is not None else Secrecy()
    shown = parts.copy()
    own = group or "?"
    people = _people(parts, own)
    gone = pd.DataFrame({name: _few(*both, limits) for name, both in people.items()}, index=parts.index)
    gone = _with_differences(gone, people, limits)
    shown = _masked(shown, gone[own], [name for name in FROM_PEOPLE if name in shown])
    for name in _ages_of(parts):
        shown = _masked(shown, gone[name], [f"{FIRST}{name}", f"not_{FIRST}{name}"])
    return (coarse_mean(shown, limits) if "mean_m" in shown else shown), gone[own]


def coarse_mean(shown: pd.DataFrame, limits: Secrecy, *, of: pd.Series | None = None) -> pd.DataFrame:
    """Return means in steps of 10 m over at least ``min_base`` people, those without a way in steps of ``min_base``.

    ``of``: people as they are shown, where they are rounded; a share of the exact ones would tell them.
    """
    step = float(limits.min_base)
    people, none = shown["residents"], shown["residents"] * (1 - shown["with_way"])
    stepped = np.floor(none / step + NEARLY_NONE) * step
    told = people if of is None else of
    share = (1 - stepped / told.where(told > 0)).where(none.notna())
    mean = (np.floor(shown["mean_m"] / STEP_M + 0.5) * STEP_M).mask(people - none < step - NEARLY_NONE)
    return shown.assign(mean_m=mean, with_way=share)


def _people(parts: pd.DataFrame, own: str) -> dict[str, People]:
    """Return the people reached and not reached, by group."""
    ages = {name: (parts[f"{FIRST}{name}"], parts[f"not_{FIRST}{name}"]) for name in _ages_of(parts)}
    return {**ages, own: (parts["residents"] - parts["not_reached"], parts["not_reached"])}


def _ages_of(parts: pd.DataFrame) -> list[str]:
    """Return the age groups with numbers reached and not reached."""
    named = [str(name).removeprefix(FIRST) for name in parts if str(name).startswith(FIRST)]
    return [name for name in named if f"not_{FIRST}{name}" in parts]


def _with_differences(gone: pd.DataFrame, people: Mapping[str, People], limits: Secrecy) -> pd.DataFrame:
    """Return what is hidden, and with it the smallest groups whose difference to a larger one gives too few away."""
    known = families(list(people))
    for _ in people:
        before = gone.copy()
        for family in known:
            gone = _closed(gone, people, family, limits)
        if gone.equals(before):
            break
    return gone


def _closed(gone: pd.DataFrame, people: Mapping[str, People], family: Family, limits: Secrecy) -> pd.DataFrame:
    """Return what is hidden, with one more part of a family where what is left of the whole is too few."""
    shown = pd.DataFrame({name: ~gone[name] for name in family.parts})
    reached, not_reached = (_left(shown, people, family, place) for place in (0, 1))
    base = reached + not_reached
    # of all ages together only the number of residents is known from elsewhere
    few = _few(reached, not_reached, limits) if family.whole else (base > 0) & (base < limits.min_base)
    unsafe = few & ~gone[family.whole] if family.whole else few
    sizes = pd.DataFrame({name: people[name][0] + people[name][1] for name in family.parts})
    sizes = sizes.where(shown & (sizes > 0))
    rows = unsafe & sizes.notna().any(axis=1)
    wider = gone.copy()
    for name in family.parts:
        wider[name] |= rows & (sizes.loc[rows].idxmin(axis=1).reindex(gone.index) == name)
    return wider


def _left(shown: pd.DataFrame, people: Mapping[str, People], family: Family, place: int) -> pd.Series:
    """Return the people of a whole, reached or not, without the parts that are shown."""
    numbers = pd.DataFrame({name: people[name][place] for name in family.parts})
    whole = people[family.whole][place] if family.whole else numbers.sum(axis=1, skipna=False)
    left = whole - numbers.where(shown, 0.0).sum(axis=1, skipna=False)
    return left.where(left.abs() > NEARLY_NONE, 0.0)


def _few(reached: pd.Series, not_reached: pd.Series, limits: Secrecy) -> pd.Series:
    base = reached + not_reached
    few = (base > 0) & (base < limits.min_base)
    for number in (reached, not_reached):
        few |= (number > 0) & (number < limits.min_count)
    return few


def _masked(frame: pd.DataFrame, where: pd.Series, names: list[str]) -> pd.DataFrame:
    frame[names] = frame[names].astype(float).mask(where)
    return frame
