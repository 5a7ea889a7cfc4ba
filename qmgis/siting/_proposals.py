"""Proposals with reasons: who would be newly reached, what is nearly as good, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd

from qmgis.core.siting.models import How, Sites, Siting, mclp, nearly_as_good
from qmgis.core.weighted import quantile
from qmgis.coverage import origin_distances
from qmgis.errors import DataError
from qmgis.model import AreaLayer, Network, PlaceLayer, ResidentLayer, Secrecy, Text
from qmgis.siting._guard import shown_proposals
from qmgis.siting._names import names_of
from qmgis.siting._question import Question, asked
from qmgis.siting._words import caveats, sentence_of, summary_of

__all__ = ["TRIALS", "Proposals", "best_sites"]

# Reach that is tried as well, as a share of the reach asked for: a threshold 20 % nearer and farther; and walking at
# 3.6 km/h (small children, older people) instead of 4.8 km/h, METHODS 10.2.
TRIALS: Mapping[str, float] = {"nearer": 0.8, "farther": 1.2, "slower": 0.75}


@dataclass(frozen=True, eq=False)
class Proposals:
    """Sites that would reach most people together, with the reasons for each.

    Parameters
    ----------
    frame
        Index ``place``, the site that adds most first: ``name``, ``area``, ``newly`` (people in reach of it and of no
        place or site before it), ``newly_attention`` (of these in areas that require attention), ``overlap`` (people in
        reach who have a place or an earlier site already), ``median_before_m`` and ``median_after_m`` of those newly
        reached, ``alternatives`` (candidates that could take its place with at most 1 % less), ``holds_…`` (whether it
        is proposed again, or nearly as good, with another reach), and ``geometry``.
    shown
        The same without numbers of too few people.
    siting
        Objective, bound, gap; reached people with the sites.
    reached_before, residents
        People of the group reached now, and all of them.
    sentences, summary
        One sentence a site, and one for all of them, from what is shown.
    """

    frame: gpd.GeoDataFrame
    shown: gpd.GeoDataFrame
    siting: Siting
    reached_before: float
    residents: float
    sentences: tuple[Text, ...]
    summary: Text
    warnings: tuple[Text, ...]
    parameters: Mapping[str, object]
    credits: tuple[str, ...]


def best_sites(
    residents: ResidentLayer, places: PlaceLayer | None, candidates: PlaceLayer, *, within_m: float, k: int = 1,
    group: str = "residents", areas: AreaLayer | None = None, attention: pd.Series | None = None, equity: float = 0.0,
    network: Network | None = None, snap_m: float = 50.0, barred: tuple[str, ...] = (), how: How = "auto",
    seconds: float = 60.0, secrecy: Secrecy | None = None, trials: Mapping[str, float] = TRIALS,
    names: Mapping[str, Text] | None = None, sums: bool = True, tell: Callable[[float], None] | None = None,
) -> Proposals:  # fmt: skip
    """Return up to ``k`` sites that bring most people of a group within reach together, with the reasons for each.

    Parameters
    ----------
    residents
        Where people live, by age.
    places
        Facilities that there are; None or none are possible.
    candidates
        Where one could be, such as `from_places`, `at_crossings` or `on_grid` give them.
    within_m
        Threshold in metres; a distance of exactly this is reached.
    k
        How many sites; fewer are proposed where a further one would reach nobody else.
    group
        ``residents``, or an age group such as ``age_0_5``.
    areas, attention
        Only people inside the areas count; ``attention``: which areas require attention, bool, index ``area``.
    equity
        λ: people of these areas count 1 + λ times. It is part of the parameters and of the summary.
    network, snap_m
        As in `qmgis.coverage.reach`.
    barred
        Candidates that must not be proposed.
    how, seconds
        As in `qmgis.core.siting.models.mclp`; ``seconds`` for each of the questions (one, and one a trial).
    secrecy
        Limits below which numbers are not shown.
    trials
        Other reaches as a share of ``within_m``, by name.
    names
        What people call candidates in sentences, by id; by default their own names.
    sums
        Whether the summary may tell the people reached in all areas; not where areas are hidden that follow from it.
    tell
        Called with the share that is done (0-1), about ten times a second; what it raises ends the work.

    Raises
    ------
    DataError, NotEnoughDataError, UnknownKeyError, CrsError
        No candidate, more sites than candidates, unknown names, layers that do not fit together.

    Examples
    --------
    >>> from qmgis.siting import on_grid
    >>> found = best_sites(toy_residents(), toy_places(), on_grid(toy_residents(), cell_m=200), within_m=400,
    ...                    group="age_0_5", network=toy_network())
    >>> print(found.sentences[0].en[:73])
    cell-2809-28505: 149 persons of the group (residents aged 0 to 5) would n
    """
    if not (np.isfinite(within_m) and within_m > 0):
        raise DataError(
            f"within_m is {within_m}; give a distance in metres above 0.",
            de=f"within_m ist {within_m}; eine Entfernung in Metern über 0 angeben.",
        )
    told = tell or _silent
    told(0.0)
    farthest = within_m * max([1.0, *_checked(trials).values()])
    question = asked(
        residents, places, candidates, cutoff_m=farthest, group=group, areas=areas, attention=attention, equity=equity,
        network=network, snap_m=snap_m, barred=barred,
    )  # fmt: skip
    told(0.3)
    siting = mclp(question.sites, reach=within_m, p=k, how=how, seconds=seconds, look=lambda: told(0.3))
    before = np.full(len(residents.frame), np.inf)
    if places is not None:
        before = origin_distances(residents, places, network=network, snap_m=snap_m).metres.to_numpy()
    holds: dict[str, set[int]] = {}
    for name, share in trials.items():
        done = 0.5 + 0.5 * len(holds) / len(trials)
        holds[name] = _holding(question.sites, siting.chosen, within_m * share, k, how, seconds, partial(told, done))
    frame = _reasons(question, siting, candidates, areas, before, within_m, holds)
    limits = secrecy if secrecy is not None else Secrecy()
    met = float(question.sites.people[question.sites.met([], reach=within_m)].sum())
    everybody = float(question.sites.people.sum())
    shown, is_open = shown_proposals(frame, limits, not_reached=everybody - met)
    parameters = {
        "candidates": candidates.key, "places": None if places is None else places.key, "group": group,
        "within_m": within_m, "k": k, "equity": equity, "barred": list(barred), "how": siting.how, "gap": siting.gap,
        "distance_type": "straight_line" if network is None else "network", "trials": dict(trials),
    }  # fmt: skip
    layers, called = (residents, places, candidates, areas, network), names_of(candidates, names)
    return Proposals(
        frame,
        shown,
        siting,
        met,
        everybody,
        tuple(sentence_of(shown.loc[name], called, str(name), group, within_m, areas) for name in shown.index),
        summary_of(siting, met, everybody, parameters, limits, is_open=is_open and sums),
        (*caveats(residents, places, network), *question.warnings),
        parameters,
        tuple(dict.fromkeys(layer.credit for layer in layers if layer is not None and layer.credit)),
    )


def _silent(_: float) -> None:
    """Say nothing."""


def _checked(trials: Mapping[str, float]) -> Mapping[str, float]:
    for name, share in trials.items():
        if not (np.isfinite(share) and share > 0):
            raise DataError(
                f'Trial "{name}" is {share} times the reach; give a number above 0.',
                de=f'Probe "{name}" ist das {share}-fache der Reichweite; eine Zahl größer als 0 angeben.',
            )
    return trials


def _holding(
    sites: Sites, chosen: np.ndarray, reach: float, k: int, how: How, seconds: float, look: Callable[[], None]
) -> set[int]:
    """Return the chosen sites that are chosen again with another reach, or could take the place of one that is."""
    again = mclp(sites, reach=reach, p=k, how=how, seconds=seconds, look=look)
    near = nearly_as_good(sites, again.chosen, reach=reach)
    fitting = {int(site) for site in again.chosen} | {other for others in near.values() for other in others}
    return {int(site) for site in chosen} & fitting


def _reasons(
    question: Question, siting: Siting, candidates: PlaceLayer, areas: AreaLayer | None, before: np.ndarray,
    within_m: float, holds: Mapping[str, set[int]],
) -> gpd.GeoDataFrame:  # fmt: skip
    """Return one row a site."""
    sites, first = question.sites, question.existing
    swaps = nearly_as_good(sites, siting.chosen, reach=within_m)
    attention = np.zeros(len(before), dtype=bool) if sites.attention is None else sites.attention
    met, rows = sites.met([], reach=within_m), []
    for site in siting.chosen:
        mine = (sites.pairs.facility == site) & (sites.pairs.cost <= within_m)
        metres = np.full(len(before), np.inf)
        metres[sites.pairs.origin[mine]] = sites.pairs.cost[mine]
        here = np.isfinite(metres)
        new = here & ~met & (sites.people > 0)
        rows.append({
            "newly": sites.people[new].sum(),
            "newly_attention": sites.people[new & attention].sum() if sites.attention is not None else np.nan,
            "overlap": sites.people[here & met].sum(),
            "median_before_m": _median(before[new], sites.people[new]),
            "median_after_m": _median(metres[new], sites.people[new]),
            "alternatives": tuple(str(candidates.frame.index[other - first]) for other in swaps[int(site)]),
            **{f"holds_{name}": int(site) in found for name, found in holds.items()},
        })  # fmt: skip
        met = met | here
    chosen = candidates.frame.iloc[siting.chosen - first]
    columns = ["newly", "newly_attention", "overlap", "median_before_m", "median_after_m", "alternatives"]
    table = pd.DataFrame(rows, index=chosen.index, columns=[*columns, *(f"holds_{name}" for name in holds)])
    table.insert(0, "name", chosen["name"].astype(object))
    table.insert(1, "area", _areas_at(areas, chosen))
    return gpd.GeoDataFrame(table, geometry=chosen.geometry.array, crs=candidates.frame.crs)


def _median(metres: np.ndarray, people: np.ndarray) -> float:
    found = quantile(metres, people) if len(metres) else np.nan
    return found if np.isfinite(found) else np.nan


def _areas_at(areas: AreaLayer | None, chosen: gpd.GeoDataFrame) -> list[object]:
    if areas is None:
        return [None] * len(chosen)
    area, point = areas.frame.sindex, chosen.geometry.array
    found = [sorted(area.query(one, predicate="intersects").tolist()) for one in point]
    return [str(areas.frame.index[one[0]]) if one else None for one in found]
