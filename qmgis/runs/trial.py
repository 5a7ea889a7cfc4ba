"""Weights and limits tried on a city: the official result beside any number of trials, with no secret among them.

Whoever may try any weights and limits can search: where an area changes its class, there is its index. So areas with a
hidden number take no part in what a trial shows. Means and spreads still rest on them where the index is a weighted sum
of standard scores, so that the profile's own weights give the official result exactly; what trials tell about hidden
cells is then their covariances, and the guard hides more cells than those are (`qmgis.runs.secrecy.guard`). Any other
index, and rules, could be searched by ranks, thresholds or neighbours: there both sides are computed without these
areas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from qmgis.io.profiles.files import profiles
from qmgis.model import AreaResult, City, Exclusion, Profile, Text
from qmgis.runs.steps import profile_of, score
from qmgis.whatif import Knob, knobs, tuned

__all__ = ["Ground", "ground_of", "tried_on"]


@dataclass(frozen=True, eq=False)
class Ground:
    """What trials start from.

    ``official`` is the result of ``profile`` itself, without the areas of ``hidden``. ``apart`` says that it was
    computed without them, so that it may differ from the run's. ``published`` says that the profile is a publisher's.
    """

    city: City
    profile: Profile
    official: AreaResult
    hidden: pd.Index
    apart: bool
    published: bool

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """What can be tried."""
        return knobs(self.profile)


def ground_of(city: City, *, method: str | Profile, year: int, areas: str) -> Ground:
    """Return what trials of a profile start from in one year.

    Examples
    --------
    >>> ground = ground_of(toy_city(), method="mss-2021", year=2024, areas="toy-2022")
    >>> ground.official.key, len(ground.hidden), ground.apart
    ('mss-2021', 0, False)
    """
    profile = profile_of(city, method)
    official = score(city, method=profile, year=year, areas=areas)
    hidden = _hidden(official)
    apart = bool(len(hidden)) and not _sums_scores(profile)
    if apart:
        note = Text("kleine Zahlen", "small counts")
        more = tuple(Exclusion(str(area), areas, (year,), "declared", note) for area in hidden)
        city = replace(city, exclusions=(*city.exclusions, *more))
        official = score(city, method=profile, year=year, areas=areas)
    return Ground(city, profile, _without(official, hidden), hidden, apart, _is_published(profile, city))


def tried_on(ground: Ground, instead: Mapping[str, float]) -> AreaResult:
    """Return the result with other weights and limits, without the areas that take no part.

    Examples
    --------
    >>> ground = ground_of(toy_city(), method="mss-2021", year=2024, areas="toy-2022")
    >>> tried_on(ground, {}) is ground.official
    True
    >>> tried_on(ground, {"status.weights.transfer": 2}).title.en
    'Monitoring of Social Urban Development 2021 (trial)'
    """
    profile, official = tuned(ground.profile, instead), ground.official
    if profile is ground.profile:
        return official
    tried = score(ground.city, method=profile, year=official.year, areas=official.vintage)
    return _without(tried, ground.hidden)


def _is_published(profile: Profile, city: City) -> bool:
    """Return whether a profile is a publisher's: verified, or shipped and not only like one."""
    is_shipped = profile.key in profiles() and profile.key not in city.profiles
    return profile.verified or (is_shipped and not profile.key.endswith("-like"))


def _hidden(result: AreaResult) -> pd.Index:
    """Return the areas with a number that is there and not shown."""
    closed = result.seen.isna() & result.parts.notna()
    return result.parts.index[closed.any(axis=1)]


def _sums_scores(profile: Profile) -> bool:
    """Return whether every index is a weighted sum of standard scores, so that only sums of squares can be learnt."""
    if profile.rules is not None:
        return False
    return all(
        steps.normalise == "z"
        and {steps.aggregate, steps.domain_aggregate} <= {"sum", "mean"}
        and (steps.fill, steps.treat, steps.domain_normalise) == ("none", "none", "none")
        and steps.again in ("none", "z")
        and steps.weigh == "given"
        and not block.quantiles
        for block in profile.blocks.values()
        for steps in (block.steps,)
    )


def _without(result: AreaResult, hidden: pd.Index) -> AreaResult:
    """Return a result without some of its areas."""
    if hidden.empty:
        return result
    kept = result.value.index.difference(hidden, sort=False)
    return replace(
        result,
        value=result.value[kept],
        label=result.label[kept],
        parts=result.parts.loc[kept],
        left_out=result.left_out[result.left_out.index.isin(kept)],
        shown=None if result.shown is None else result.shown.loc[kept],
        states=None if result.states is None else result.states[kept],
    )
