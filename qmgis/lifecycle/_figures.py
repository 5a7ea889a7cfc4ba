"""Key figures of outlines: people counted by where they live, counts of areas divided by population or land."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.coverage import ages_of, hide_few
from qmgis.errors import DataError
from qmgis.model import (
    RESIDENTS,
    AreaLayer,
    IndicatorTable,
    ProgrammeLayer,
    ResidentLayer,
    Secrecy,
    Text,
    people_behind,
)
from qmgis.model.where import area_of, same_crs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["COLUMNS", "key_figures", "lone"]

COLUMNS = ["outline", "programme_area", "figure", "inside", "outside", "total", "basis", "estimated", "state"]
NEARLY = 1e-9
LAND, LAND_HA = "land", "land_ha"


def lone(outline: shapely.Geometry, crs: str) -> ProgrammeLayer:
    """Return an outline of any kind, such as a proposal, as a layer of which `key_figures` can be asked.

    Examples
    --------
    >>> lone(shapely.box(0, 0, 100, 100), "EPSG:25832").frame.index.tolist()
    ['outline']
    """
    row = {"name": "", "programme": "", "status": "waiting", "phase": None, "valid_from": pd.NaT, "valid_to": pd.NaT}
    index = pd.Index(["outline"], name="programme_area", dtype="str")
    frame = gpd.GeoDataFrame({key: [value] for key, value in row.items()}, geometry=[outline], index=index, crs=crs)
    never = pd.Series([pd.NaT], index=index, dtype="datetime64[s]")
    return ProgrammeLayer("outline", Text("Umriss", "Outline"), frame.assign(valid_from=never, valid_to=never))


@dataclass(frozen=True, eq=False)
class _Parts:
    """The people of every part of an area: those in the same outlines. ``people``: a row a part, a column a group;
    ``unknown``: points that have no number, in the same shape; ``area``: place of the area; ``inside``: bool (parts,
    outlines).
    """  # noqa: D205

    area: np.ndarray
    inside: np.ndarray
    people: pd.DataFrame
    unknown: pd.DataFrame


def key_figures(
    layer: ProgrammeLayer,
    areas: AreaLayer,
    *,
    residents: ResidentLayer | None = None,
    table: IndicatorTable | None = None,
    year: int | None = None,
    secrecy: Secrecy | None = None,
) -> pd.DataFrame:
    """Return key figures inside and outside of each outline: land, residents, age groups, counts and shares of areas.

    **Not all that must be hidden is known here.** What a run hides so that its sums give nothing away is known to the
    city alone: `qmgis.runs.programme.lives.figures_of(city, run, outlines=...)` is the safe way to numbers
    that leave the office, and gives this function the table that may be shown. A table of the city itself gives sums
    of whole numbers.

    Residents are counted by the point where they live. Counts of areas are added up where an area lies inside or
    outside as a whole; else they are divided by the share of its residents inside (of its land, where no points with
    residents are known) and marked as estimated. Shares are rebuilt from their counts, never averaged. What lies in no
    area is not counted; inside and outside always make the total.

    Parameters
    ----------
    layer
        Outlines, all of them whatever the day: they are guarded together, and not against those of another call.
    areas
        A version of the areas, in the same reference system.
    residents
        Points with residents, for what is counted.
    table, year
        Indicators of these areas, as they may be shown, and the year to take; without them only land and residents.
    secrecy
        Limits; those of DESIGN 4 by default. A part of an area with fewer than ``min_base`` people counts with the
        largest part of that area, so that no difference to the area tells of them. Where an age group has 1 to
        ``min_count - 1`` people in a part, the age groups of outlines that cut areas are estimated. Counts and shares
        whose sums would tell of so few in an area are not shown on that side; an age group of so few in an area counts
        with another one of that area.
        Where the table itself hides a cell (state ``secret``), a count of that side is not shown, and a share is that
        of the other areas.

    Returns
    -------
    pd.DataFrame
        One row an outline and figure. ``outline``: the row of the layer; ``programme_area``: its area; ``figure``:
        ``land_ha``, ``residents``, an age group or an indicator; ``inside``, ``outside``, ``total`` (shares 0-1);
        ``basis``: ``counted``, ``residents`` or ``land``; ``estimated``: whether any area was divided; ``state``:
        ``ok``, ``missing`` (an area has no value), ``too_small`` (a side is not shown).

    Raises
    ------
    CrsError
        If layers are in different reference systems.
    DataError
        If a table comes without a year, or is of another version of the areas.

    Examples
    --------
    >>> found = key_figures(toy_programme(), toy_areas(), residents=toy_residents())
    >>> row = found.query("outline == 'QM-01' and figure == 'residents'").iloc[0]
    >>> float(row["inside"] + row["outside"] - row["total"]), bool(row["estimated"])
    (0.0, False)
    """
    same_crs(areas, layer, residents)
    if table is not None and (year is None or table.vintage != areas.vintage):
        raise DataError(
            "Key figures need a table of the same version of the areas, and a year.",
            de="Kennzahlen brauchen eine Tabelle derselben Fassung der Gebiete und ein Jahr.",
        )
    limits = secrecy if secrecy is not None else Secrecy()
    shares = _land(layer, areas)
    found = [_land_row(layer, areas, shares, place) for place in range(len(layer.frame))]
    weights, basis = shares, pd.Series(LAND, index=areas.frame.index)
    if residents is not None and residents.groups:
        parts, mixed = _mixed(_merged(_parts(layer, areas, residents), limits.min_base), len(shares), limits)
        known = np.bincount(parts.area, weights=parts.people["residents"], minlength=len(shares)) > 0
        weights = np.where(known[:, None], _weights(parts, len(shares)), shares)
        basis = basis.mask(known, "residents")
        tells = _tells(parts, limits)
        few = _telling(_sizes(parts, len(shares))["residents"], None, weights, limits)
        for place in range(len(layer.frame)):
            cut = bool(((weights[:, place] > NEARLY) & (weights[:, place] < 1 - NEARLY)).any())
            least = limits.min_count if mixed[weights[:, place] > NEARLY].any() else 0
            found += _people(
                layer.frame.index[place], parts, place, weights, estimated=tells and cut, few=few, least=least
            )
    if table is not None and year is not None:
        own = [key for key in table.indicators if key != RESIDENTS or residents is None or not residents.groups]
        found += _counts(table, year, layer, areas, weights, basis, keys=own, limits=limits)
    whole = pd.DataFrame(found)
    whole["programme_area"] = whole["outline"].map(layer.area_ids)
    order = whole["outline"].map({outline: place for place, outline in enumerate(layer.frame.index)})
    return whole.assign(_order=order).sort_values("_order", kind="stable").reset_index(drop=True)[COLUMNS]


def _land(layer: ProgrammeLayer, areas: AreaLayer) -> np.ndarray:
    """Return the share of each area's land in each outline, (areas, outlines); slivers of drawing are none."""
    own, other = areas.frame.geometry.to_numpy(), layer.frame.geometry.to_numpy()
    spot, area = shapely.STRtree(own).query(other, predicate="intersects")
    shares = np.zeros((len(own), len(other)))
    shares[area, spot] = shapely.area(shapely.intersection(own[area], other[spot])) / shapely.area(own[area])
    return np.where(shares < 0.01, 0.0, np.where(shares > 0.99, 1.0, shares))


def _land_row(layer: ProgrammeLayer, areas: AreaLayer, shares: np.ndarray, place: int) -> dict[str, object]:
    city = shapely.area(areas.frame.geometry.to_numpy())
    touched = areas.frame.geometry.to_numpy()[shares[:, place] > 0]
    inside = float(shapely.area(shapely.intersection(touched, layer.frame.geometry.iloc[place])).sum()) / 10_000
    return _row(layer.frame.index[place], LAND_HA, (inside, float(city.sum()) / 10_000 - inside), estimated=False)


def _row(outline: object, figure: str, pair: tuple[float, float], *, estimated: bool) -> dict[str, object]:
    return {
        "outline": outline, "figure": figure, "inside": pair[0], "outside": pair[1], "total": pair[0] + pair[1],
        "basis": "residents" if estimated else "counted", "estimated": estimated, "state": "ok",
    }  # fmt: skip


def _parts(layer: ProgrammeLayer, areas: AreaLayer, residents: ResidentLayer) -> _Parts:
    """Return the people of every part of an area: those in the same outlines, whatever the day."""
    points = residents.frame.geometry.to_numpy()
    outline, point = shapely.STRtree(points).query(layer.frame.geometry.to_numpy(), predicate="intersects")
    inside = np.zeros((len(points), len(layer.frame)), dtype=bool)
    inside[point, outline] = True
    where = area_of(areas, residents)
    groups = residents.frame[[*residents.groups]]
    groups = groups if "residents" in groups else groups.assign(residents=groups.sum(axis=1, skipna=False))
    kept = np.flatnonzero((where >= 0) & (groups["residents"].to_numpy() != 0))
    keys, number = np.unique(np.column_stack([where[kept], inside[kept]]), axis=0, return_inverse=True)
    people, unknown = (frame.groupby(number.ravel()).sum() for frame in (groups.iloc[kept], groups.iloc[kept].isna()))
    return _Parts(keys[:, 0], keys[:, 1:].astype(bool), people, unknown)


def _merged(parts: _Parts, min_base: int) -> _Parts:
    """Return the parts, those with fewer than ``min_base`` people counted with the largest of their area."""
    size = parts.people["residents"]
    largest = size.groupby(parts.area).transform("idxmax").to_numpy()
    goal = np.where(size.to_numpy() < min_base, largest, np.arange(len(size)))
    kept, number = np.unique(goal, return_inverse=True)
    people, unknown = (frame.groupby(number.ravel()).sum() for frame in (parts.people, parts.unknown))
    return _Parts(parts.area[kept], parts.inside[kept], people, unknown)


def _sizes(parts: _Parts, areas: int) -> pd.DataFrame:
    """Return the people of each area, a column a group."""
    return parts.people.groupby(parts.area).sum().reindex(range(areas), fill_value=0.0)


def _mixed(parts: _Parts, areas: int, limits: Secrecy) -> tuple[_Parts, np.ndarray]:
    """Return the parts, age groups of few people in an area counted with another one of it; and where this was done.

    A sum less what is known of the other areas, or residents less the other groups, then tells of both together only.
    """
    sizes = _sizes(parts, areas)
    ages = [str(name) for name in sizes if name != "residents"]
    asked = pd.DataFrame({"residents": sizes["residents"], "not_reached": 0.0})
    for name in ages:
        asked[f"reached_{name}"], asked[f"not_reached_{name}"] = sizes[name], 0.0
    shown, _ = hide_few(asked, secrecy=replace(limits, min_base=limits.min_count), group="residents")
    hidden = pd.DataFrame({name: shown[f"reached_{name}"].isna() & sizes[name].notna() for name in ages})
    people = parts.people.copy()
    for area in hidden.index[hidden.any(axis=1)] if ages else ():
        own = sizes.loc[area, hidden.columns[hidden.loc[area]]]
        first = people.index[parts.area == area][0]
        people.loc[first, own.index] -= own
        if own.sum() >= limits.min_count and _apart(list(own.index)):
            people.loc[first, own.idxmax()] += own.sum()
    rows = hidden.any(axis=1) if ages else pd.Series(False, index=sizes.index)
    return replace(parts, people=people), rows.to_numpy(dtype=bool)


def _apart(groups: Sequence[str]) -> bool:
    """Tell whether no age is in two of the groups."""
    spans = sorted(span for name in groups if (span := ages_of(name)) is not None)
    return len(spans) == len(groups) and all(one[1] < other[0] for one, other in pairwise(spans))


def _weights(parts: _Parts, areas: int) -> np.ndarray:
    """Return the share of each area's residents in each outline, (areas, outlines)."""
    people = parts.people["residents"].to_numpy()
    inside = np.zeros((areas, parts.inside.shape[1]))
    np.add.at(inside, parts.area, parts.inside * people[:, None])
    whole = np.bincount(parts.area, weights=people, minlength=areas)
    return inside / np.where(whole > 0, whole, np.nan)[:, None]


def _people(
    outline: object, parts: _Parts, place: int, weights: np.ndarray, *, estimated: bool, few: np.ndarray, least: int
) -> Iterator[dict[str, object]]:
    """Yield residents and age groups of one outline: counted, or of age groups estimated.

    ``few``: areas of too few residents for a sum; ``least``: from which number on an age group counted with others is
    shown, 0 where none is.
    """
    inside = parts.inside[:, place]
    for group in sorted(
        map(str, parts.people), key=lambda name: (name != "residents", ages_of(name) or (0.0, 0.0), name)
    ):
        people, is_age = parts.people[group].to_numpy(), group != "residents"
        within = float(people[inside].sum())
        if estimated and is_age:
            within = float((np.bincount(parts.area, people, len(weights)) * np.nan_to_num(weights[:, place])).sum())
        sides = within, float(people.sum()) - within
        row = _row(outline, group, sides, estimated=is_age and (estimated or least > 0))
        row = _known(row, parts.unknown[group].to_numpy() > 0, inside)
        tells = (within < least, False, False) if is_age else _sides(few, weights[:, place])
        hidden = {name: np.nan for name, told in zip(("inside", "outside", "total"), tells, strict=True) if told}
        yield {**row, **hidden, "state": "too_small"} if hidden else row


def _known(row: dict[str, object], unknown: np.ndarray, inside: np.ndarray) -> dict[str, object]:
    """Return a figure without what is not known: a sum with a point that has no number."""
    sides = {"inside": unknown[inside].any(), "outside": unknown[~inside].any(), "total": unknown.any()}
    lost = {name: np.nan for name, gone in sides.items() if gone}
    return {**row, **lost, "state": "missing"} if lost else row


def _tells(parts: _Parts, limits: Secrecy) -> bool:
    """Tell whether an age group in a part of an area that is cut has too few people."""
    ages = [name for name in parts.people if name != "residents"]
    own = parts.people.set_index(pd.Index(parts.area))
    cut = own[own.index.duplicated(keep=False)]
    if cut.empty or not ages:
        return False
    rest = cut.groupby(level=0).transform("sum") - cut
    rows = pd.DataFrame({"residents": cut["residents"] + rest["residents"], "not_reached": rest["residents"]})
    for name in ages:
        rows[f"reached_{name}"], rows[f"not_reached_{name}"] = cut[name], rest[name]
    rows = rows.reset_index(drop=True)
    shown, hidden = hide_few(rows, secrecy=limits, group="residents")
    return bool(hidden.any() or shown[[f"reached_{name}" for name in ages]].isna().any(axis=None))


def _counts(
    table: IndicatorTable, year: int, layer: ProgrammeLayer, areas: AreaLayer, weights: np.ndarray, basis: pd.Series,
    *, keys: Sequence[str], limits: Secrecy,
) -> Iterator[dict[str, object]]:  # fmt: skip
    """Yield counts and rebuilt shares of areas for every outline."""
    values = table.of_year(year).reindex(areas.frame.index)
    bases = {one.numerator: one.denominator for one in table.indicators.values() if one.numerator in values}
    for key in keys:
        measure = table.indicators[key].measure
        people = people_behind(table, key, year) if measure == "share" else None
        if values[key].isna().all() or (measure != "count" and people is None):
            continue
        secret = _secret(table, key, year, values.index)
        if people is None:
            above, below, base = values[key], None, values.get(bases.get(key))
        else:
            below = base = people.total.reindex(values.index).mask(secret, 0.0)
            whole = values[key] * below if people.count is None else people.count.reindex(values.index)
            above = whole.mask(secret, 0.0)
        telling = _telling(above, base, weights, limits) | (secret.to_numpy() & (people is None))
        for place, outline in enumerate(layer.frame.index):
            weight = weights[:, place]
            row = _figure(key, above, below, weight, telling=telling)
            land = bool((basis[weight > NEARLY] == LAND).any())
            row["basis"] = "counted" if not row["estimated"] else LAND if land else "residents"
            row["estimated"] = bool(row["estimated"]) or (people is not None and people.is_estimated)
            yield {"outline": outline, **row}


def _secret(table: IndicatorTable, key: str, year: int, areas: pd.Index) -> pd.Series:
    """Return which areas have no number that may be shown, of an indicator or of the counts that it is made of."""
    states, indicator = table.of_year(year, what="states").reindex(areas), table.indicators[key]
    own = [str(part) for part in (key, indicator.numerator, indicator.denominator) if part in table.indicators]
    found: pd.Series = (states[own] == "secret").any(axis=1)
    return found


def _telling(above: pd.Series, base: pd.Series | None, weights: np.ndarray, limits: Secrecy) -> np.ndarray:
    """Tell which areas must not be part of a sum that is shown: it would tell of few people, as the rest of it.

    A cell that is hidden elsewhere (few counted, or few that they are a share of) comes out of a sum whose other cells
    are shown. What the sums of several outlines and their differences tell is the sum of the areas that lie in each
    outline by the same share: there the hidden cells have to be none, or together enough.
    """
    counts = above.to_numpy(dtype=float)
    people = counts if base is None else base.to_numpy(dtype=float)
    tiny = (counts > NEARLY) & (counts < limits.min_count - NEARLY)
    small = tiny if base is None else tiny | ((people > NEARLY) & (people < limits.min_base - NEARLY))
    _, same = np.unique(np.round(weights, 9), axis=0, return_inverse=True)
    hidden, whole, cells, open_ = (
        np.bincount(same.ravel(), weights=np.where(small, one, 0.0))
        for one in (counts, people, np.ones_like(counts), ~tiny)
    )
    few = (hidden > NEARLY) & (hidden < limits.min_count - NEARLY)
    # all 1, or all as many as may be hidden: the sum tells each of them
    ends = (hidden <= cells + NEARLY) | (hidden >= cells * (limits.min_count - 1) - NEARLY)
    few |= (cells > 0) & (open_ == 0) & ends
    if base is not None:
        few |= (whole > NEARLY) & (whole < limits.min_base - NEARLY)
    return np.asarray(few[same.ravel()])


def _sides(telling: np.ndarray, weight: np.ndarray) -> tuple[bool, bool, bool]:
    """Tell whether what must not be part of a sum lies inside of an outline, outside, and anywhere."""
    return (
        bool(telling[weight > NEARLY].any()), bool(telling[weight < 1 - NEARLY].any()), bool(telling.any()),
    )  # fmt: skip


def _figure(
    key: str, above: pd.Series, below: pd.Series | None, weight: np.ndarray, *, telling: np.ndarray
) -> dict[str, object]:
    """Return one figure of one outline: a count, or a share as the quotient of two; hidden on the sides that tell."""
    counts = above.to_numpy(dtype=float), None if below is None else below.to_numpy(dtype=float)
    sides = [_divided(numbers, weight) for numbers in counts if numbers is not None]
    cells = [sides[0][0], sides[0][1], sum(sides[0])]
    if below is not None:
        under = [sides[1][0], sides[1][1], sum(sides[1])]
        cells = [a / b if b > 0 else np.nan for a, b in zip(cells, under, strict=True)]
    state = "missing" if np.isnan(cells).any() else "ok"
    tells = _sides(telling, weight)
    cells = [np.nan if told else cell for told, cell in zip(tells, cells, strict=True)]
    cut = bool(((weight > NEARLY) & (weight < 1 - NEARLY)).any())
    return {
        "figure": key, "inside": cells[0], "outside": cells[1], "total": cells[2], "estimated": cut,
        "state": "too_small" if any(tells) else state,
    }  # fmt: skip


def _divided(numbers: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Return a count inside and outside; missing where an area on that side has none."""
    inside, outside = (float((numbers[share > NEARLY] * share[share > NEARLY]).sum()) for share in (weight, 1 - weight))
    return inside, outside
