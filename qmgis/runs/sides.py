"""What a run can be compared with: the city's other runs, and any profile on the same year and areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qmgis.compare import settings
from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.io.profiles.files import profiles
from qmgis.model import City, Profile, Run, Text, words

__all__ = ["Side", "in_order", "side_of", "sides"]


@dataclass(frozen=True)
class Side:
    """One choice: ``key`` is ``run.<key>`` or ``profile.<key>``; ``problem`` says why it cannot be compared, if so.

    A run whose ``areas`` are of another version is carried to those of the run that it is compared with.
    """

    key: str
    title: Text
    method: str
    profile: Profile | None
    year: int
    areas: str
    problem: Text | None = None


def sides(city: City, run: str) -> tuple[Side, ...]:
    """Return everything that a run could be compared with: other runs first, then profiles, shipped ones and own.

    Examples
    --------
    >>> [one.key for one in sides(toy_city(), "mss-2024") if one.problem is None]
    ['run.mss-2022', 'profile.mss-2019']
    """
    base, known = city.run(run), _known(city)
    others = [_run(one, known.get(one.method)) for one in city.runs.values() if one.key != run]
    return (*others, *(_profile(city, base, one) for one in known.values() if one.key != base.method))


def side_of(city: City, run: str, key: str) -> Side | None:
    """Return one choice by key; without a key the first that can be computed and says something else, if there is one.

    Raises
    ------
    UnknownKeyError
        There is no such choice.

    Examples
    --------
    >>> side_of(toy_city(), "mss-2024", "").title.en, side_of(toy_city(), "mss-2024", "profile.mss-2013").year
    ('MSS 2022', 2024)
    """
    known = {one.key: one for one in sides(city, run)}
    if not key:
        return _first(city, run, [one for one in known.values() if one.problem is None])
    if key not in known:
        raise UnknownKeyError(
            f'There is nothing "{key}" to compare "{run}" with.{did_you_mean(key, known)}',
            de=f'Es gibt kein "{key}", mit dem sich "{run}" vergleichen lässt.{did_you_mean(key, known, lang="de")}',
        )
    return known[key]


def in_order(city: City, run: str, side: Side) -> tuple[Side, Side]:
    """Return a run and what it is compared with, the earlier edition first: changes go forward in time.

    Examples
    --------
    >>> city = toy_city()
    >>> [one.year for one in in_order(city, "mss-2024", side_of(city, "mss-2024", "run.mss-2022"))]
    [2022, 2024]
    """
    base = city.run(run)
    own = Side(f"run.{run}", base.title, base.method, _known(city).get(base.method), base.year, base.vintage)
    return (side, own) if side.year < base.year else (own, side)


def _known(city: City) -> Mapping[str, Profile]:
    return {**profiles(), **city.profiles}


def _first(city: City, run: str, fitting: list[Side]) -> Side | None:
    """Return the first choice that is of another year, or whose profile says something else; else the first at all.

    What is on the same areas goes before what is carried.
    """
    base = city.run(run)
    own = _known(city).get(base.method)
    fitting = sorted(fitting, key=lambda one: one.areas != base.vintage)
    other = (
        one for one in fitting
        if one.year != base.year or own is None or one.profile is None or settings(own, one.profile)
    )  # fmt: skip
    return next(other, fitting[0] if fitting else None)


def _run(other: Run, profile: Profile | None) -> Side:
    return Side(f"run.{other.key}", other.title, other.method, profile, other.year, other.vintage)


def _profile(city: City, base: Run, profile: Profile) -> Side:
    table = city.tables.get(base.vintage)
    lacking = [key for key in profile.needs if table is None or key not in table.indicators]
    problem = words("compare.lacking", shown=", ".join(lacking)) if lacking else None
    return Side(f"profile.{profile.key}", profile.title, profile.key, profile, base.year, base.vintage, problem)
