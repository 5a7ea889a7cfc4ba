"""A city's register as balance, plan, funds, measures on the map and white spots; guarded."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import pandas as pd
import shapely

from qmgis.balance import (
    ALL,
    AMOUNTS,
    NAMES,
    Breach,
    By,
    CostPlan,
    balance,
    breaches,
    codes_in,
    cost_plan,
    costs_in,
    ledger,
    parts_of,
    white_spots,
)
from qmgis.errors import NotEnoughDataError, QmgisError, UnknownKeyError, did_you_mean
from qmgis.lifecycle import areas_on, key_figures
from qmgis.model import City, Register, words
from qmgis.runs.programme.register import area_names, division_of, has_register, register_of
from qmgis.runs.programme.subareas import lying_of, sub_area_names
from qmgis.runs.programme.targeted import joined, living_at
from qmgis.runs.steps import area_layer
from qmgis.runs.years.editions import default_run

__all__ = [
    "area_names", "balance_of", "chosen", "divided_of", "division_of", "funds_of", "group_names", "has_register",
    "measures_of", "plan_of", "register_of", "residents_by_area", "spots_of",
]  # fmt: skip


@lru_cache(maxsize=8)
def residents_by_area(city: City) -> dict[str, float]:
    """Return the residents of each programme area, in its last outline; missing where they may not be told.

    They are those of `qmgis.lifecycle.key_figures`: no second number for the same people.
    """
    layer, people = joined(city), living_at(city)
    if layer is None or people is None:
        return {}
    areas = area_layer(city) if city.tables else city.areas  # the version on which all others are told
    found = key_figures(layer, areas, residents=people, secrecy=city.secrecy)
    rows = found[found["figure"] == "residents"].set_index("outline")["inside"]
    begun = layer.frame["valid_from"].sort_values(kind="stable", na_position="first").index
    return {str(layer.area_ids[outline]): float(rows[outline]) for outline in begun if outline in rows.index}


def chosen(register: Register, *, field: str = "", status: str = "", kind: str = "", area: str = "") -> pd.DataFrame:
    """Return the measures of a field (main or further), status, kind and area; all without a word.

    Examples
    --------
    >>> from qmgis.model import Text, register_table
    >>> rows = register_table("measures", {"measure": ["M1", "M2"], "status": ["idea", "running"]})
    >>> chosen(Register("r", Text("", ""), rows), status="idea")["measure"].tolist()
    ['M1']
    """
    rows = register.measures
    for column, word in (("status", status), ("kind", kind)):
        if word:
            rows = rows[rows[column] == word]
    if field:
        rows = rows[[field == main or field in codes_in(also)
                     for main, also in zip(rows["main_field"], rows["other_fields"], strict=True)]]  # fmt: skip
    if area:
        rows = rows[[area in codes_in(cell) or not codes_in(cell) for cell in rows["area"]]]
    return rows


def balance_of(city: City, *, by: By = "field", area: str | None = None, status: str = "") -> pd.DataFrame:
    """Return the balance of a city or of one programme area, with amounts per resident where these may be told.

    Columns as `qmgis.balance.balance`, and ``residents`` and an amount ``…_per_resident_ct`` (whole cents, rounded half
    up): of each programme area or part of one where it is by area or sub-area, else of the one that is asked for;
    missing without one.

    Raises
    ------
    DataError
        If the city has no register.
    UnknownKeyError
        If there is no such programme area, or no such status in the register's list.
    """
    register = register_of(city)
    if area is not None:
        known_area(city, area)
    _known_status(register, status)
    measures = chosen(register, status=status)
    costs = register.costs[register.costs["measure"].isin(measures["measure"])]
    where = lying_of(city, by) if by in ("sub_area", "district") else None
    there = sub_area_names(city, area) if by == "sub_area" else ()
    found = balance(measures, costs, division_of(city), by=by, area=area, where=where, groups=tuple(there))
    whole = residents_by_area(city).get(area, float("nan")) if area is not None else float("nan")
    own = _residents_by(city, by)
    people = [whole if own is None or group == ALL else own.get(group, float("nan")) for group in found["group"]]
    found = found.assign(residents=people)
    for name in NAMES:
        cells = zip(found[f"{name}_ct"], people, strict=True)
        each = [pd.NA if pd.isna(ct) or not n >= 1 else (2 * int(ct) + round(n)) // (2 * round(n)) for ct, n in cells]
        found[f"{name}_per_resident_ct"] = pd.array(each, dtype="Int64")
    return found


def _residents_by(city: City, by: By) -> dict[str, float] | None:
    """Return the residents of each group, as they are told elsewhere; None of groups that are no places."""
    if by == "area":
        return residents_by_area(city)
    if by == "district":
        return {}
    if by != "sub_area":
        return None
    try:
        parts = spots_of(city).drop_duplicates("part")
    except QmgisError:  # no programme area is valid on that day
        return {}
    known = parts[parts["state"] == "ok"]
    return dict(zip(known["part"], known["residents"].astype(float), strict=True))


def divided_of(city: City, *, area: str | None = None) -> pd.DataFrame:
    """Return the measures of several programme areas, and what of each falls to which.

    Returns
    -------
    pd.DataFrame
        One row a measure and area: ``measure``, ``title``, ``area``, ``rule`` (one of `qmgis.balance.RULES`), ``share``
        (0-1, missing where it is not divided) and the amounts in cents. With ``area`` only measures of it.

    Raises
    ------
    DataError
        If the city has no register.
    """
    register, division = register_of(city), division_of(city)
    sums = division.groupby("measure")["weight"].transform("sum")
    rows = division.assign(share=(division["weight"] / sums).where(sums > 0))
    titles = dict(zip(register.measures["measure"], register.measures["title"], strict=True))
    parts = {
        one: costs_in(register.measures, register.costs, division, area=one).groupby("measure")[list(AMOUNTS)]
        .sum(min_count=1) for one in rows["area"].unique()
    }  # fmt: skip
    for amount in AMOUNTS:
        cells = [parts[home][amount].get(one, pd.NA) for one, home in zip(rows["measure"], rows["area"], strict=True)]
        rows[amount] = pd.array(cells, dtype="Int64")
    if area is not None:
        rows = rows[rows["measure"].isin(rows.loc[rows["area"] == area, "measure"])]
    found = rows.assign(title=rows["measure"].map(titles))
    return found[["measure", "title", "area", "rule", "share", *AMOUNTS]].reset_index(drop=True)


def group_names(city: City, by: By) -> dict[str, str]:
    """Return the names of the groups of a balance that no code list has: programme areas, and their parts.

    Examples
    --------
    >>> group_names(toy_city(), "area")
    {}
    """
    return sub_area_names(city) if by == "sub_area" else area_names(city)


def _known_status(register: Register, status: str) -> None:
    """Refuse a status that neither the list of the register nor a measure has."""
    codes = register.codes.get("statuses")
    known = {*(codes.codes if codes else ()), *register.measures["status"].dropna().astype(str), ""}
    if status not in known:
        raise UnknownKeyError(
            f'There is no status "{status}".{did_you_mean(status, known)}',
            de=f'Einen Status "{status}" gibt es nicht.{did_you_mean(status, known, lang="de")}',
        )


def known_area(city: City, area: str) -> None:
    """Raise unless an id is one of a programme area, or of a measure's area."""
    known = {*area_names(city), *(one for cell in register_of(city).measures["area"] for one in codes_in(cell))}
    if area not in known:
        raise UnknownKeyError(
            f'There is no programme area "{area}".{did_you_mean(area, known)}',
            de=f'Ein Fördergebiet "{area}" gibt es nicht.{did_you_mean(area, known, lang="de")}',
        )


def plan_of(city: City, *, area: str | None = None, amount: str = "planned_ct") -> CostPlan:
    """Return the plan of costs and time of a programme area, or of all (`qmgis.balance.cost_plan`)."""
    register = register_of(city)
    if area is not None:
        known_area(city, area)
    return cost_plan(register.measures, register.costs, area=area, amount=amount)


def funds_of(city: City, *, area: str | None = None) -> tuple[pd.DataFrame, tuple[Breach, ...]]:
    """Return the ledger of the funds, and what is not kept as sentences."""
    register = register_of(city)
    funds = register.funds if area is None else register.funds[register.funds["area"] == area]
    grants = register.grants[register.grants["fund"].isin(funds["fund"])]
    table = ledger(funds, grants, residents_by_area(city), rules=city.fund_rules)
    return table, breaches(table, grants)


def measures_of(city: City) -> gpd.GeoDataFrame:
    """Return the measures with their sums and a point of their place; area-wide ones have no point.

    Columns ``measure``, ``area``, ``title``, ``field``, ``kind``, ``status``, ``part``, ``place`` (``point``, ``line``,
    ``area``, ``area_wide``), ``planned_ct``, ``approved_ct``, ``spent_ct`` (missing where nothing is known).
    """
    register = register_of(city)
    sums = register.costs.groupby("measure")[[f"{name}_ct" for name in NAMES]].sum(min_count=1)
    rows = register.measures.rename(columns={"main_field": "field"})
    frame = rows[["measure", "area", "title", "field", "kind", "status", "part"]].reset_index(drop=True)
    shapes = register.places.reindex(frame["measure"])
    drawn = [None if shape is None or shape.is_empty else shapely.point_on_surface(shape) for shape in shapes]
    frame["place"] = [_place(shape) for shape in shapes]
    for name in sums:
        frame[name] = sums[name].reindex(frame["measure"]).array
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(drawn, index=frame.index, crs=city.crs), crs=city.crs)


def _place(shape: shapely.Geometry | None) -> str:
    if shape is None or shape.is_empty:
        return "area_wide"
    return {0: "point", 1: "line"}.get(int(shapely.get_dimensions(shape)), "area")


def fields_in(register: Register) -> list[str]:
    """Return the fields that are asked for: those of the catalogue that the register is of."""
    used = {one for main, also in zip(register.measures["main_field"], register.measures["other_fields"], strict=True)
            for one in (*codes_in(main), *codes_in(also))}  # fmt: skip
    known = register.codes["fields"].codes if "fields" in register.codes else {}
    sets = {known[code].set for code in used if code in known} - {""}
    return [code for code in known if known[code].set in sets or code in used] or sorted(used)


@lru_cache(maxsize=8)
def spots_of(city: City, *, within_m: float = 0.0, run: str = "") -> gpd.GeoDataFrame:
    """Return parts of the programme areas of a run's day, for each field (`qmgis.balance.white_spots`).

    Residents are told on the newest version of the areas only: those of two versions could be subtracted.

    Raises
    ------
    NotEnoughDataError
        If the city has no programme area on that day.
    """
    declared, layer, register = city.run(run or default_run(city)), joined(city), register_of(city)
    valid = None if layer is None else areas_on(layer, declared.on).geometry
    if valid is None or valid.empty:
        text = words("balance.no_areas", day=declared.on.isoformat())
        raise NotEnoughDataError(text.en, de=text.de)
    people = living_at(city) if declared.vintage == area_layer(city).vintage else None
    homes = None if people is None else people.frame[["residents", "geometry"]]
    every = gpd.GeoSeries(layer.frame.geometry, crs=city.crs) if layer is not None else None
    parts = parts_of(
        gpd.GeoSeries(valid.sort_index(), crs=city.crs), city.area_layers[declared.vintage], people=homes, guard=every,
        secrecy=city.secrecy,
    )  # fmt: skip
    places = dict(register.places.items())
    return white_spots(parts, register.measures, places, fields=fields_in(register), within_m=within_m)
