"""From a panel to an answer: checks first, then a design, or a description with the failed check named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from qmgis.core.effect.did import Estimate, Stack, estimate, event_study, of_change, since_before
from qmgis.core.effect.placebo import exchanged, single_interval, unusual
from qmgis.core.effect.pretrend import pretrend
from qmgis.core.effect.synthetic import synthetic
from qmgis.effect._answer import Answer
from qmgis.effect._checks import FEWEST_BEFORE, FEWEST_OTHERS, Check, checks_of
from qmgis.effect._groups import by_group, ring_table
from qmgis.effect._lines import changes_of, lines_of, members_of
from qmgis.effect._match import Matching, matching, status
from qmgis.effect._panel import Panel
from qmgis.effect._words import sentences
from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.model import Text, words

__all__ = ["ALL", "effect"]

ALL = "all"
SEED = 20240101
DONORS = 20


def effect(
    panel: Panel,
    key: str,
    *,
    scope: str = ALL,
    level: pd.DataFrame | None = None,
    seed: int = SEED,
    tables: bool = True,
) -> Answer:
    """Return what can be said about one indicator in a programme area, or in all of them.

    Parameters
    ----------
    panel
        Areas over the editions.
    key
        Indicator.
    scope
        Id of a programme area, or ``all``.
    level
        The status of the areas (`qmgis.effect.status`), where it is computed already.
    seed
        Of what is drawn: bootstrap and exchanged areas.
    tables
        Whether sentences and the tables of a design (changes, lines, events, groups, rings, exchanged areas,
        residents) are wanted.

    Returns
    -------
    Answer
        ``design`` where every check is passed, else ``descriptive``.

    Raises
    ------
    UnknownKeyError
        There is no such indicator or programme area.

    References
    ----------
    Callaway and Sant'Anna (2021); docs/effect.md.
    """
    _known(panel, key, scope)
    units, first = panel.units, panel.first
    inside = (units["programme"] == scope) if scope != ALL else units["programme"].notna()
    treated = units.index[inside & (units["role"] == "treated") & (first < len(panel.years))]
    pool = units.index[units["role"] == "possible"]
    standing = status(panel) if level is None else level
    one = panel.measured[key]
    called = str(panel.programmes["name"].get(scope, ""))
    name = words("effect.all") if scope == ALL else Text(called, called)
    found = matching(panel, key, treated=treated, pool=pool, first=first, level=standing)
    checks = _checks(panel, key, found, treated=treated, pool=pool, first=first)
    answer = Answer(scope, name, key, one.title, "none", checks, one.placebo)
    if not len(treated) or not len(found.pool):
        return replace(
            answer, sentences=sentences(panel, answer, always=bool((inside & (units["role"] == "always")).any()))
        )
    if all(check.passed for check in checks):
        answer = _designed(panel, answer, found, seed=seed)
        answer = _with_tables(panel, answer, found, standing, seed=seed) if tables else answer
    else:
        answer = _described(panel, answer, treated=treated, pool=pool, first=first, standing=standing)
    return replace(answer, sentences=sentences(panel, answer)) if tables else answer


def _known(panel: Panel, key: str, scope: str) -> None:
    for name, known, en, de in (
        (key, list(panel.measured), "indicator", "keinen Indikator"),
        (scope, [ALL, *panel.programmes.index], "programme area", "kein Fördergebiet"),
    ):
        if name not in known:
            raise UnknownKeyError(
                f'There is no {en} "{name}" to compare over time.{did_you_mean(name, known)}',
                de=f'Es gibt {de} "{name}" für einen Vergleich über die Zeit.{did_you_mean(name, known, lang="de")}',
            )


def _checks(
    panel: Panel, key: str, found: Matching, *, treated: pd.Index, pool: pd.Index, first: pd.Series
) -> tuple[Check, ...]:
    one = panel.measured[key]
    enough = first.reindex(treated) >= FEWEST_BEFORE
    before = first.reindex(treated)[enough if enough.any() else first.reindex(treated).notna()]
    asked = treated[enough] if enough.any() else treated
    return checks_of(
        treated=len(asked),
        whole=int(one.values.reindex(asked).notna().all(axis=1).sum()),
        undivided=int(one.exact.reindex(asked).sum()),
        before=int(before.min() if enough.any() else before.max()) if len(before) else 0,
        others=_others(found) if len(found.treated) else len(pool),
        alike=int((found.weights.sum(axis=1) > 0).sum()),
        of=len(found.treated),
    )


def _others(found: Matching) -> int:
    """Return how many areas are compared with; how many could be where none is like a treated one."""
    return int((found.weights.sum(axis=0) > 0).sum()) or len(found.pool)


def _designed(panel: Panel, answer: Answer, found: Matching, *, seed: int) -> Answer:
    """Return the answer where every check is passed."""
    stack, values = found.stack, found.values
    kept = stack.unit[stack.treated > 0]
    start = int(stack.cohort.min())
    return replace(
        answer,
        kind="design",
        start=panel.years[start],
        treated=len(kept),
        programmes=int(panel.units["programme"].reindex(found.ids[kept]).nunique()),
        people=_people(panel, found.ids[kept], panel.years[start - 1]),
        others=len(np.unique(stack.unit[stack.treated == 0])),
        estimate=estimate(values, stack, seed=seed),
        pretrend=pretrend(values, stack),
        placebo_date=_placebo(values, stack, seed=seed),
    )


def _with_tables(panel: Panel, answer: Answer, found: Matching, standing: pd.DataFrame, *, seed: int) -> Answer:
    """Return a design with what belongs to it: by edition, by start, around, and who moved."""
    kept = found.stack.unit[found.stack.treated > 0]
    return replace(
        answer,
        changes=changes_of(panel, answer.key, found, chosen=kept),
        lines=lines_of(panel, answer.key, found, chosen=kept),
        members=members_of(found, chosen=kept),
        unusual=exchanged(found.values, found.weights, found.first, treated=found.treated, seed=seed),
        events=event_study(found.values, found.stack),
        groups=by_group(panel, found, standing),
        rings=ring_table(panel, answer.key, standing),
        moved=_moved(panel, found, seed=seed),
    )


def _placebo(values: np.ndarray, stack: Stack, *, seed: int) -> Estimate:
    """Return the difference in the edition before the start, as if that had been the first with the programme."""
    starts, place = np.unique(stack.cohort, return_inverse=True)
    changes = np.stack([since_before(values[:, :start], start - 1) for start in starts])
    return of_change(changes[place, stack.unit], stack, seed=seed)


def _moved(panel: Panel, found: Matching, *, seed: int) -> Estimate | None:
    """Return the estimate of the logarithm of residents."""
    if not set(panel.years) <= set(panel.people.columns):
        return None
    people = panel.people.reindex(found.ids)[list(panel.years)].to_numpy(float)
    used = found.stack.unit
    if not (people[used] > 0).all():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        return estimate(np.log(people), found.stack, seed=seed)


def _described(
    panel: Panel, answer: Answer, *, treated: pd.Index, pool: pd.Index, first: pd.Series, standing: pd.DataFrame
) -> Answer:
    """Return changes side by side: what can be said when a check failed."""
    found = matching(panel, answer.key, treated=treated, pool=pool, first=first, fewest=1, level=standing)
    if not len(found.treated) or not len(found.pool):
        return answer
    alike = found.weights.sum(axis=1) > 0
    chosen = found.treated
    compared = _compared(found, alike)
    start = int(found.first[chosen].min())
    given = replace(
        answer,
        kind="descriptive",
        start=panel.years[start],
        treated=len(chosen),
        programmes=int(panel.units["programme"].reindex(found.ids[chosen]).nunique()),
        people=_people(panel, found.ids[chosen], panel.years[start - 1]),
        others=len(compared),
        changes=changes_of(panel, answer.key, found, chosen=chosen, compared=compared),
        lines=lines_of(panel, answer.key, found, chosen=chosen, compared=compared),
        members=members_of(found, chosen=chosen, compared=compared),
    )
    if len(compared) < FEWEST_OTHERS:
        return given
    values = found.values
    starts = found.first[chosen]
    changes = np.stack([since_before(values, begun) for begun in starts])
    own, others = np.mean(changes[np.arange(len(chosen)), chosen]), changes[:, compared].mean(axis=0)
    gap, se, low, high = single_interval(float(own), others, treated=max(given.programmes, 1))
    few = Estimate(gap, se, float(len(others) - 1), low, high, float("nan"), len(others) + given.programmes, "few")
    return replace(
        given, estimate=few, unusual=unusual(float(own), others),
        synthetic=_synthetic(values, found, chosen, compared, start) if given.programmes == 1 else {},
    )  # fmt: skip


def _compared(found: Matching, alike: np.ndarray) -> np.ndarray:
    """Return the areas to set beside: matched ones, else the equally extreme, else the twenty of the highest level."""
    if alike.all():
        return np.flatnonzero(found.weights.sum(axis=0) > 0)
    extreme = np.flatnonzero(found.extreme)
    if len(extreme) >= FEWEST_OTHERS:
        return extreme
    before = found.values[found.pool, : int(found.first[found.treated].min())].mean(axis=1)
    aim = found.values[found.treated, : int(found.first[found.treated].min())].mean()
    return np.sort(found.pool[np.argsort(np.abs(before - aim), kind="stable")[:DONORS]])


def _synthetic(
    values: np.ndarray, found: Matching, chosen: np.ndarray, compared: np.ndarray, start: int
) -> dict[str, float]:
    """Return one programme area beside a weighted mean of the nearest others."""
    own = values[chosen].mean(axis=0)
    rest = found.pool if len(compared) < DONORS else compared
    away = np.abs(values[rest, :start] - own[:start]).mean(axis=1)
    donors = rest[np.argsort(away, kind="stable")[:DONORS]]
    if start < FEWEST_BEFORE or len(donors) < FEWEST_OTHERS:
        return {}
    one = synthetic(np.vstack([own, values[donors]]), start)
    return {"gap": float(one.gap[start:].mean()), "before": one.before, "p": one.p, "donors": float(len(donors))}


def _people(panel: Panel, ids: pd.Index, year: int) -> int | None:
    if year not in panel.people or panel.people.loc[ids, year].isna().any():
        return None
    return round(float(panel.people.loc[ids, year].sum()))
