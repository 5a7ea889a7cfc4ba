"""A run of a city on today's areas: the official class where an area is undivided, else computed on these outlines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from qmgis import compare
from qmgis.core.spatial.crosswalk import Crosswalk
from qmgis.errors import QmgisError
from qmgis.model import AreaResult, City, Text, words
from qmgis.runs.secrecy.veiled import result_of
from qmgis.runs.steps import area_layer, population_of, score
from qmgis.runs.years.across import across
from qmgis.runs.years.ways import way_of
from qmgis.scoring import class_words

__all__ = ["Edition", "Moves", "default_run", "edition_on", "editions_on", "move_matrix", "runs_in_order", "undivided"]


@dataclass(frozen=True, eq=False)
class Edition:
    """A run on one version of the areas.

    ``official`` says where its class is the published one; ``exact`` is the share of the residents from undivided
    areas (0-1), 1 where it is. Both by area.
    """

    run: str
    year: int
    result: AreaResult
    official: pd.Series
    exact: pd.Series
    warnings: tuple[Text, ...] = ()


@dataclass(frozen=True, eq=False)
class Moves:
    """Classes of two runs against each other: ``areas`` and ``residents`` by class before (rows) and after (columns).

    ``moved`` is the share of the residents, at the later run, who live in areas with another class (0-1), of those in
    areas with a class in both; ``computed`` the number of areas whose class is not the published one in either.
    """

    first: Edition
    second: Edition
    areas: pd.DataFrame
    residents: pd.DataFrame
    moved: float
    computed: int


def default_run(city: City) -> str:
    """Return the newest run of a city: of two of one year the last that it declares.

    Raises
    ------
    UnknownKeyError
        The city declares no run.

    Examples
    --------
    >>> default_run(toy_city())
    'mss-2024'
    """
    city.runs or city.run("")  # raises, and says what is lacking
    keys = list(city.runs)
    return max(keys, key=lambda key: (city.runs[key].year, keys.index(key)))


def runs_in_order(city: City) -> list[str]:
    """Return the runs of a city, the earliest year first."""
    return sorted(city.runs, key=lambda key: (city.runs[key].year, key))


@lru_cache(maxsize=32)
def edition_on(city: City, run: str, vintage: str) -> Edition:
    """Return a run on one version of the areas.

    Examples
    --------
    >>> found = edition_on(toy_city(), "mss-2022", "toy-2022")
    >>> bool(found.official.all()), found.year
    (True, 2022)
    """
    declared, official = city.run(run), result_of(city, run)
    if declared.vintage == vintage:
        here = official.value.index
        return Edition(run, declared.year, official, pd.Series(True, index=here), pd.Series(1.0, index=here))
    way, side = way_of(city, declared.vintage, vintage), across(city, vintage)
    same = undivided(way.crosswalk)
    exact = side.exact.xs(declared.year, level="year").reindex(same.index).where(same.isna(), 1.0)
    try:
        computed = score(side.city, method=declared.method, year=declared.year, areas=vintage)
    except QmgisError as error:
        said = (Text(error.say("de"), error.say("en")),)
        return Edition(run, declared.year, _laid(official, None, same, vintage), same.notna(), exact, said)
    return Edition(run, declared.year, _laid(official, computed, same, vintage), same.notna(), exact, way.warnings)


def editions_on(city: City, vintage: str) -> tuple[dict[str, Edition], tuple[Text, ...]]:
    """Return every run that can be computed on one version of the areas, and of each other one why it is left out.

    Examples
    --------
    >>> found, left_out = editions_on(toy_city(), "toy-2022")
    >>> list(found), left_out
    (['mss-2022', 'mss-2024'], ())
    """
    found, left_out = {}, []
    for key in runs_in_order(city):
        try:
            found[key] = edition_on(city, key, vintage)
        except QmgisError as error:
            reason = Text(error.say("de"), error.say("en"))
            left_out.append(words("series.run_left_out", run=city.run(key).title, reason=reason))
    return found, tuple(left_out)


def undivided(crosswalk: Crosswalk) -> pd.Series:
    """Return for each new area the old one that it is, missing where it was divided, joined or moved.

    Examples
    --------
    >>> from qmgis.core.spatial.crosswalk import from_parts
    >>> people = pd.DataFrame({"old": ["a", "b", "b"], "new": ["x", "y", "z"], "amount": [30, 10, 20]})
    >>> way = from_parts(people, old=pd.Index(["a", "b"]), new=pd.Index(["x", "y", "z"]))
    >>> undivided(way).dropna().to_dict()
    {'x': 'a'}
    """
    table = crosswalk.weight.tocoo()
    pairs = pd.DataFrame({"old": table.row, "new": table.col, "weight": table.data})
    pairs = pairs[pairs["weight"] > 0]
    alone = ~pairs["new"].duplicated(keep=False) & (pairs["weight"] >= 1 - 1e-9)
    found = pd.Series(None, index=crosswalk.new, dtype=object)
    found.iloc[pairs.loc[alone, "new"].to_numpy()] = crosswalk.old.to_numpy(dtype=object)[pairs.loc[alone, "old"]]
    return found


def move_matrix(city: City, first: str, second: str) -> Moves:
    """Return which classes areas and their residents had in one run and have in a later one, on the later one's areas.

    Classes are those of the status where a method crosses it with dynamics.

    Parameters
    ----------
    city
        As `open_city` gives it.
    first, second
        Keys of two of its runs.

    Examples
    --------
    >>> found = move_matrix(toy_city(), "mss-2022", "mss-2024")
    >>> int(found.areas.to_numpy().sum()), found.computed
    (30, 0)
    """
    vintage, year = city.run(second).vintage, city.run(second).year
    one, other = edition_on(city, first, vintage), edition_on(city, second, vintage)
    crossed = "status_class" in one.result.parts and "status_class" in other.result.parts
    people = population_of(city, area_layer(city, vintage=vintage), year)
    areas = compare.crosstab(one.result, other.result, of="status" if crossed else "class")
    classes = [class_words(each.result, "status" if crossed else "class") for each in (one, other)]
    here = classes[1].index
    before, after = classes[0].reindex(here).astype(object), classes[1].astype(object)
    weight = pd.Series(1.0, index=here) if people is None else people.reindex(here).fillna(0.0)
    residents = pd.crosstab(before, after, values=weight, aggfunc="sum").fillna(0.0)
    residents = residents.reindex(index=areas.index, columns=areas.columns, fill_value=0.0)
    both = one.result.label.reindex(here).notna() & other.result.label.notna()
    whole = float(weight[both].sum())
    moved = float(weight[both & (before != after)].sum()) / whole if whole else float("nan")
    return Moves(one, other, areas, residents, moved, int((~one.official | ~other.official).sum()))


def _laid(official: AreaResult, computed: AreaResult | None, same: pd.Series, vintage: str) -> AreaResult:
    """Return one result on the new areas: published rows where an area is undivided, computed ones elsewhere."""
    rest = same.index[same.isna()]
    sources = [(official, same.dropna())]
    sources += [] if computed is None else [(computed, pd.Series(rest, index=rest))]
    kept = [str(name) for name in official.parts if all(name in one.parts for one, _ in sources)]
    parts, shown = (
        pd.concat([getattr(one, what)[kept].reindex(ids.to_numpy()).set_axis(ids.index) for one, ids in sources])
        for what in ("parts", "seen")
    )
    value, label, left_out = (
        pd.concat([_named(getattr(one, what), ids) for one, ids in sources]).reindex(same.index)
        for what in ("value", "label", "left_out")
    )
    return replace(
        official, value=value.astype(float), states=None,
        parts=parts.reindex(same.index), shown=shown.reindex(same.index),
        label=label.astype(official.label.dtype), left_out=left_out.dropna(), vintage=vintage,
        columns=tuple(column for column in official.columns if column.key in kept),
    )  # fmt: skip


def _named(row: pd.Series, ids: pd.Series) -> pd.Series:
    """Return values by the ids of the new areas that they are of."""
    return row.astype(object).reindex(ids.to_numpy()).set_axis(ids.index)
