"""Coverage of each area: people reached and not reached."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import ceil

import numpy as np
import pandas as pd

from qmgis.core.weighted import means_by, quantiles_by
from qmgis.coverage._distances import Distances, origin_distances
from qmgis.coverage._limit import Limit, limit_of, way_of
from qmgis.coverage._points import origins_of_areas
from qmgis.coverage._words import amount, columns_of, group_title, listed
from qmgis.errors import DataError, MissingColumnError, did_you_mean
from qmgis.i18n import percent
from qmgis.model import AreaLayer, AreaResult, Network, PlaceLayer, ResidentLayer, Secrecy, Text, words
from qmgis.model.where import area_of, same_crs

__all__ = ["checked_group", "reach"]

UNPLACED = 0.005  # a share of residents without origin that is said
CLASSES = pd.CategoricalDtype(["reached", "partly", "not_reached"], ordered=True)


@dataclass(frozen=True, eq=False)
class _Question:
    """What was asked for; handed from step to step."""

    areas: AreaLayer
    places: PlaceLayer
    residents: ResidentLayer
    network: Network | None
    group: str
    limit: Limit
    snap_m: float
    year: int
    population: pd.Series | None
    few: int


def reach(
    areas: AreaLayer,
    places: PlaceLayer,
    *,
    residents: ResidentLayer | None,
    within_m: float | None = None,
    within_min: float | None = None,
    kmh: float | None = None,
    year: int,
    key: str,
    title: Text,
    group: str = "residents",
    network: Network | None = None,
    population: pd.Series | None = None,
    snap_m: float = 50.0,
    limits: tuple[float, float] = (0.9, 0.5),
    few: int = Secrecy().min_count,
) -> AreaResult:
    """Return who is reached: the share of a group with a place within a distance, for each area.

    Parameters
    ----------
    areas
        The areas; every one is in the result, in their order.
    places
        Facilities of one kind; those outside the areas count.
    residents
        Where people live, by age; each origin belongs to the area it lies in. None: one point an area (a preview).
    within_m
        Threshold in metres; a distance of exactly this is reached.
    within_min, kmh
        Instead of it, minutes; the speed by default that of the network's mode for the group.
    year, key, title
        Of the result.
    group
        ``residents``, or an age group of the residents such as ``age_0_5``.
    network
        Streets of a mode; without it distances are straight lines, and the result says so.
    population
        People by area, index ``area``: of the group where ``residents`` is None; else it tells areas without any
        origin (a coarse grid) from areas without people.
    snap_m
        Points farther than this from every street (metres) are off the network: listed, and not reached.
    limits
        From the first share on an area is ``reached``, from the second on ``partly``.
    few
        Warnings do not tell a smaller number of people than this.

    Returns
    -------
    AreaResult
        Index ``area``; ``value`` the share reached (0-1), ``label`` from ``reached`` to ``not_reached``; ``parts`` with
        people reached and not reached, by age group too, median and 90th percentile of the distance (metres), its mean
        over those with a way to any place, and their share (0-1).

    Raises
    ------
    DataError, MissingColumnError, CrsError
        If the group is unknown, numbers are negative, or the layers do not fit together.

    References
    ----------
    docs/coverage.md: people of the area with d(origin, nearest place) <= T, divided by all people of the area.

    Examples
    --------
    >>> result = reach(toy_areas(), toy_places(), residents=toy_residents(), within_m=500, group="age_0_5",
    ...                year=2024, key="kita", title=Text("Kita", "Day care"), network=toy_network())
    >>> result.parts.loc["01010101", ["residents", "reached", "not_reached"]].tolist()
    [47.0, 19.0, 28.0]
    """
    _check_limits(limits)
    limit = limit_of(within_m, within_min, kmh=kmh, group=group, network=network)
    origins = residents if residents is not None else origins_of_areas(areas, population, group)
    asked = _Question(areas, places, origins, network, group, limit, float(snap_m), year, population, few)
    same_crs(areas, origins, places, network)
    checked_group(origins, group)
    distances = origin_distances(origins, places, network=network, snap_m=snap_m, kmh=limit.kmh)
    parts, unknown = _parts(asked, distances)
    share = parts["share"].rename(None)
    return AreaResult(
        kind="coverage",
        key=key,
        title=title,
        value=share,
        label=_label(share, limits),
        parts=parts,
        columns=columns_of(
            [str(name) for name in parts],
            group=group,
            within=limit.text,
            way=way_of(network),
            at=limit.way(network),
        ),
        left_out=_left_out(parts, unknown),
        vintage=areas.vintage,
        year=year,
        limits={"share": tuple(limits)},
        parameters=_parameters(asked, distances, limits, is_preview=residents is None),
        warnings=tuple(_warnings(asked, distances)),
        credits=_credits(asked),
    )


def _check_limits(limits: tuple[float, float]) -> None:
    if not 1 >= limits[0] > limits[1] >= 0:
        raise DataError(
            f"The limits of coverage {limits} must be two falling shares between 1 and 0, such as (0.9, 0.5).",
            de=f"Die Grenzen der Erreichbarkeit {limits} müssen zwei fallende Anteile zwischen 1 und 0 sein, "
            "etwa (0.9, 0.5).",
        )


def checked_group(residents: ResidentLayer, group: str) -> pd.Series:
    """Return the people of a group at each origin; raise where it is unknown or a number is impossible."""
    if group not in residents.groups:
        known = residents.groups
        raise MissingColumnError(
            f'Layer "{residents.key}" has no group "{group}".{did_you_mean(group, known)}',
            de=f'Ebene "{residents.key}" hat keine Gruppe "{group}".{did_you_mean(group, known, lang="de")}',
        )
    for name in residents.groups:
        people = residents.frame[name]
        wrong = (people < 0) | np.isinf(people)
        if wrong.any():
            row = people.index[wrong.to_numpy()][0]
            raise DataError(
                f'Layer "{residents.key}", column "{name}", origin "{row}": {people[row]:g} is no number of people.',
                de=f'Ebene "{residents.key}", Spalte "{name}", Wohnort "{row}": {people[row]:g} ist keine Zahl von '
                "Menschen.",
            )
    asked_for: pd.Series = residents.frame[group]
    return asked_for


def _parts(asked: _Question, distances: Distances) -> tuple[pd.DataFrame, pd.Series]:
    """Return every column, and where the number of people is unknown."""
    index, where = asked.areas.frame.index, area_of(asked.areas, asked.residents)
    inside = where >= 0
    frame, area, metres = asked.residents.frame[inside], where[inside], distances.metres.to_numpy()[inside]
    near, size = asked.limit.near(distances)[inside], len(index)
    has_origin, has_people = np.bincount(area, minlength=size) > 0, _without_origin(asked).to_numpy()

    def people(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        weight = frame[name].to_numpy(dtype=float)
        known = ~np.isnan(weight)
        sums = [np.bincount(area[rows], weight[rows], minlength=size) for rows in (known & near, known & ~near)]
        blank = (np.bincount(area[known], minlength=size) == 0) & (has_origin | has_people)
        return np.where(blank, np.nan, sums[0]), np.where(blank, np.nan, sums[1]), blank

    reached, not_reached, unknown = people(asked.group)
    residents = reached + not_reached
    with np.errstate(invalid="ignore"):
        share = reached / residents
    parts = {"residents": residents, "reached": reached, "not_reached": not_reached, "share": share}
    weight = frame[asked.group].fillna(0.0).to_numpy(dtype=float)
    for name, q in (("median_m", 0.5), ("p90_m", 0.9)):
        value = quantiles_by(metres, weight, area, q=q, size=size)
        parts[name] = np.where(np.isinf(value), np.nan, value)
    parts["mean_m"], parts["with_way"] = means_by(metres, weight, area, size=size)
    for name in asked.residents.groups:
        if name != "residents":
            parts[f"reached_{name}"], parts[f"not_reached_{name}"], _ = people(name)
    return pd.DataFrame(parts, index=index), pd.Series(unknown, index=index)


def _without_origin(asked: _Question) -> pd.Series:
    """Return where no origin lies, but people live or (cells may be coarse) may live."""
    index, where = asked.areas.frame.index, area_of(asked.areas, asked.residents)
    people = pd.Series(np.nan, index=index) if asked.population is None else asked.population.reindex(index)
    may = people > 0 if asked.residents.origin_type == "address" else people != 0
    return pd.Series(~index.isin(index[where[where >= 0]]) & may.to_numpy(dtype=bool), index=index)


def _label(share: pd.Series, limits: tuple[float, float]) -> pd.Series:
    number = np.select([share >= limits[0], share >= limits[1], share.notna()], [0, 1, 2], default=-1)
    return pd.Series(pd.Categorical.from_codes(number, dtype=CLASSES), index=share.index)


def _left_out(parts: pd.DataFrame, unknown: pd.Series) -> pd.Series:
    reason = pd.Series(None, index=parts.index, dtype=object, name="left_out")
    reason[parts["residents"] == 0] = "no_residents"
    reason[unknown] = "missing_indicator"
    return reason.dropna()


def _parameters(
    asked: _Question, distances: Distances, limits: tuple[float, float], *, is_preview: bool
) -> dict[str, object]:
    return {
        "places": asked.places.key,
        "complete": asked.places.complete,
        "beyond": _beyond(asked),
        "origins": asked.residents.key,
        "origin_type": "area" if is_preview else asked.residents.origin_type,
        "group": asked.group,
        "within_m": asked.limit.within_m,
        "within_min": asked.limit.within_min,
        "kmh": asked.limit.kmh,
        "distance_type": distances.distance_type,
        "mode": asked.network.mode.key if asked.network is not None else None,
        "way": asdict(asked.limit.way(asked.network)),
        "network": asked.network.key if asked.network is not None else None,
        "snap_m": asked.snap_m if asked.network is not None else None,
        "limits": list(limits),
        **({"spread": asked.residents.spread} if asked.residents.spread else {}),
    }


def _beyond(asked: _Question) -> bool:
    """Return whether a place beyond the areas is known, so that people at the edge may reach it."""
    return bool((area_of(asked.areas, asked.places) < 0).any())


def _warnings(asked: _Question, distances: Distances) -> list[Text]:
    """Return what a reader has to know before believing the numbers; the heaviest first."""
    layer, places, found = asked.residents, asked.places, []
    title = places.title
    if distances.distance_type == "straight_line":
        found.append(words("coverage.warning_straight_line"))
    if layer.origin_type == "area":
        found.append(words("coverage.warning_areas"))
    if not places.complete:
        found.append(words("coverage.warning_incomplete", places=title))
    if places.frame.empty:
        found.append(words("coverage.warning_no_places", places=title))
    elif not _beyond(asked):
        found.append(words("coverage.warning_edge", places=title))
    for name, ids in (("off", distances.places_off), ("without_point", distances.places_without_point)):
        if ids:
            values = {"count": len(ids), "names": listed(ids), "snap": amount(asked.snap_m), "places": title}
            found.append(words(f"coverage.warning_places_{name}", **values))
    if layer.year is not None and layer.year != asked.year:
        found.append(words("coverage.warning_year", residents=layer.year, year=asked.year))
    return found + _warnings_of_origins(asked, distances)


def _warnings_of_origins(asked: _Question, distances: Distances) -> list[Text]:
    layer, found = asked.residents, []
    people = layer.frame[asked.group]
    inside = area_of(asked.areas, layer) >= 0
    if not inside.all():
        outside = {"origins": amount(int((~inside).sum())), "all": amount(float(people.sum()))}
        outside |= _told(float(people[~inside].sum()), of=float(people.sum()), few=asked.few)
        found.append(words("coverage.warning_outside", **outside))
    found += layer.notes
    found += _unplaced(asked, inside)
    empty = _without_origin(asked)
    if empty.any():
        found.append(
            words("coverage.warning_coarse", areas=amount(int(empty.sum())), names=listed(list(empty.index[empty])))
        )
    mine = set(layer.frame.index[inside])
    apart = (
        ("off_network", distances.off_network),
        ("small_part", distances.small_part),
        ("cut_off", distances.cut_off),
    )
    everybody = float(people[inside].sum())
    for name, ids in apart:
        hit = [origin for origin in ids if origin in mine]
        if hit:
            values = {"origins": amount(len(hit))}  # no addresses
            values |= _told(float(people[hit].sum()), of=everybody, few=asked.few)
            found.append(words(f"coverage.warning_{name}", snap=amount(asked.snap_m), **values))
    if people[inside].isna().any():
        count = amount(int(people[inside].isna().sum()))
        found.append(words("coverage.warning_unknown", origins=count, group=group_title(asked.group)))
    return found


def _told(many: float, *, of: float, few: int) -> dict[str, Text]:
    """Return a number of people and its share in percent; of a few only that they are fewer than that."""
    is_few = 0 < many < few
    told = few if is_few else many
    percent = 100 * told / of if of else 0.0
    people, share = amount(told), amount(ceil(10 * percent) / 10 if is_few else percent, digits=1)
    less = "coverage.fewer_than" if is_few else "coverage.as_many"
    return {"people": words(less, count=people), "share": words(less, count=share)}


def _unplaced(asked: _Question, inside: np.ndarray) -> list[Text]:
    """Return which share of the residents of the areas no origin counts, where that is more than rounding."""
    layer = asked.residents
    if asked.population is None or layer.origin_type == "area" or "residents" not in layer.groups:
        return []
    placed = float(layer.frame["residents"][inside].sum())
    whole = float(asked.population.reindex(asked.areas.frame.index).sum())
    if whole - placed < max(UNPLACED * whole, Secrecy().min_base):
        return []
    share = Text(percent(1 - placed / whole, "de"), percent(1 - placed / whole, "en"))
    return [words("coverage.warning_unplaced", share=share, population=amount(whole), placed=amount(placed))]


def _credits(asked: _Question) -> tuple[str, ...]:
    layers = (asked.areas, asked.places, asked.residents, asked.network)
    return tuple(dict.fromkeys(layer.credit for layer in layers if layer is not None and layer.credit))
