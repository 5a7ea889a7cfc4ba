"""Two runs of a city side by side in time: each changed flag explained by data, chance, boundaries and method."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from qmgis.boundaries import Way
from qmgis.change import Changes, Place, changes, noise_share, seen, seen_on
from qmgis.errors import NotEnoughDataError
from qmgis.model import RESIDENTS, AreaResult, City, Profile, Text, words
from qmgis.runs.steps import profile_of, score
from qmgis.runs.years.across import Across, across
from qmgis.runs.years.ways import way_of

__all__ = ["WhatChanged", "what_changed"]


@dataclass(frozen=True, eq=False)
class WhatChanged:
    """What changed between two runs, and what a reader has to know of it."""

    first: str
    second: str
    changes: Changes
    before: AreaResult
    after: AreaResult
    exact: pd.Series
    warnings: tuple[Text, ...]


def what_changed(city: City, first: str, second: str) -> WhatChanged:
    """Return for each area of the second run what changed since the first, and why.

    Both runs' methods are computed with the data of both years on both versions of the areas (`qmgis.change.changes`).
    The part of chance rests on what may be shown alone, so that no hidden count can be computed from it.

    Parameters
    ----------
    city
        As `open_city` gives it.
    first, second
        Keys of two of its runs; the first is the earlier one.

    Raises
    ------
    NotEnoughDataError
        A method cannot be computed with the data of the other edition; the message says which.

    Examples
    --------
    >>> found = what_changed(toy_city(), "mss-2022", "mss-2024")
    >>> found.changes.frame["kind"].value_counts().sum() == len(found.after.value)
    np.True_
    """
    one, other = city.run(first), city.run(second)
    new = across(city, other.vintage)
    old = new if one.vintage == other.vintage else across(city, one.vintage)
    methods = [one.method] if one.method == other.method else [one.method, other.method]
    sides = [new] if old is new else [old, new]
    found: dict[Place, AreaResult] = {
        (data, boundary, number): _scored(side, method, year)
        for data, year in enumerate((one.year, other.year))
        for boundary, side in enumerate(sides)
        for number, method in enumerate(methods)
    }
    way = None if old is new else way_of(city, one.vintage, other.vintage)
    people = old.table.of_year(one.year)[RESIDENTS] if RESIDENTS in old.table.indicators else None
    editions = {place: _on_new(result, place, way, people) for place, result in found.items()}
    noise, unknown = _noise(new, profile_of(city, other.method), (one.year, other.year))
    warnings = [*new.warnings, *([words("change.no_people", indicators=", ".join(unknown))] if unknown else [])]
    return WhatChanged(
        first, second, changes(editions, noise), found[0, 0, 0], found[1, len(sides) - 1, len(methods) - 1],
        new.exact.xs(one.year, level="year"), tuple(warnings),
    )  # fmt: skip


def _noise(side: Across, profile: Profile, years: tuple[int, int]) -> tuple[pd.DataFrame, list[str]]:
    """Return the part of chance in the movement of a method's values and changes, and shares of unknown people."""
    blocks = profile.blocks.values()
    values = [key for block in blocks if block.of != "change" for key in block.indicators]
    values += list(profile.rules.indicators) if profile.rules is not None else []
    moves = [key for block in blocks if block.of == "change" for key in block.indicators]
    one, unknown = noise_share(side.shown, years, list(dict.fromkeys(values)))
    other, more = noise_share(side.shown, years, list(dict.fromkeys(moves)), of_changes=True)
    frame = pd.DataFrame({"values": one, "changes": other if moves else one})
    return frame, list(dict.fromkeys((*unknown, *more)))


def _scored(side: Across, method: str, year: int) -> AreaResult:
    try:
        return score(side.city, method=method, year=year, areas=side.vintage)
    except NotEnoughDataError as error:
        raise NotEnoughDataError(
            f'What changed cannot be split: method "{method}" cannot be computed with the data of {year} on the areas '
            f'"{side.vintage}". {error.say("en")}',
            de=f'Die Veränderung lässt sich nicht aufteilen: Methode "{method}" lässt sich mit den Daten von {year} '
            f'auf den Gebieten "{side.vintage}" nicht berechnen. {error.say("de")}',
        ) from error


def _on_new(result: AreaResult, place: Place, way: Way | None, people: pd.Series | None) -> pd.DataFrame:
    """Return what a result says, on the areas of the later run."""
    here = seen(result)
    if way is None or place[1] == 1:
        return here
    return seen_on(here, way.crosswalk, people if people is not None else pd.Series(1.0, index=here.index))
