"""The plan of costs and time (KuF, ZMKP): measures by year and source, part 1 agreed, part 2 ideas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from qmgis.balance._split import AMOUNTS, UNKNOWN
from qmgis.errors import NotEnoughDataError, UnknownKeyError, did_you_mean
from qmgis.model import codes_in

__all__ = ["PARTS", "CostPlan", "cost_plan"]

PARTS = ("1", "2", UNKNOWN)
HEADS = ["part", "measure", "title", "field", "kind", "status", "priority", "source"]


@dataclass(frozen=True, eq=False)
class CostPlan:
    """A plan as tables of Int64 cents, missing where an amount is not known.

    ``rows``: one a measure and source, in the order of parts, priorities and ids: columns ``part``, ``measure``,
    ``title``, ``field``, ``kind``, ``status``, ``priority``, ``source``, each of ``years``, ``total``. ``parts`` (index
    part, and ``all``) and ``sources`` (index source, and ``all``) are the sums of the same columns. ``unknown``: how
    many rows of costs, or measures without any, have no amount, by part and in ``all``.
    """

    amount: str
    years: tuple[str, ...]
    rows: pd.DataFrame
    parts: pd.DataFrame
    sources: pd.DataFrame
    unknown: dict[str, int]

    @property
    def sums(self) -> list[str]:
        """The columns that hold amounts."""
        return [*self.years, "total"]


def cost_plan(
    measures: pd.DataFrame, costs: pd.DataFrame, *, area: str | None = None, amount: str = "planned_ct"
) -> CostPlan:
    """Return the plan of one programme area, or of all.

    A measure that names several areas stands in the plan of each with all of its costs; cancelled ones stand in none.
    Costs without a year lie in a column of their own.

    Parameters
    ----------
    measures
        ``measure``, ``area``, ``title``, ``main_field``, ``kind``, ``status``, ``priority``, ``part`` (1 agreed, 2
        idea).
    costs
        ``measure``, ``year``, ``source`` and amounts, Int64 cents.
    area
        Id of a programme area; without it every measure.
    amount
        One of `AMOUNTS`.

    Raises
    ------
    NotEnoughDataError
        If the area has no measure.
    UnknownKeyError
        If there is no such amount.

    Examples
    --------
    >>> measures = pd.DataFrame({"measure": ["M1", "M2"], "area": "A", "title": ["Park", "Fest"], "main_field": "HF1",
    ...     "kind": "INV", "status": "approved", "priority": 1, "part": [1, 2]})
    >>> costs = pd.DataFrame({"measure": ["M1", "M2"], "year": 2024, "source": "SZ", "planned_ct": [700, 300]})
    >>> cost_plan(measures, costs).parts["total"].to_dict()
    {'1': 700, '2': 300, 'all': 1000}
    """
    if amount not in AMOUNTS:
        raise UnknownKeyError(
            f'There is no amount "{amount}".{did_you_mean(amount, AMOUNTS)}',
            de=f'Einen Betrag "{amount}" gibt es nicht.{did_you_mean(amount, AMOUNTS, lang="de")}',
        )
    mine = measures[measures["status"].fillna("") != "cancelled"]
    if area is not None:
        mine = mine[[area in codes_in(cell) or not codes_in(cell) for cell in mine["area"]]]
    if mine.empty:
        raise NotEnoughDataError(
            f'The register has no measure of "{area}".' if area else "The register has no measure.",
            de=f'Das Register hat keine Maßnahme von "{area}".' if area else "Das Register hat keine Maßnahme.",
        )
    told = _told(mine, costs, amount)
    years = tuple(sorted(set(told["year"]), key=lambda year: (year == UNKNOWN, year)))
    wide = _wide(told, years)
    unknown = told.loc[told[amount].isna()].groupby("part").size()
    return CostPlan(
        amount,
        years,
        wide,
        _sums(wide, "part", [*years, "total"], PARTS),
        _sums(wide, "source", [*years, "total"], sorted(set(wide["source"]), key=lambda one: (one == UNKNOWN, one))),
        {**{str(part): int(n) for part, n in unknown.items()}, "all": int(unknown.sum())},
    )


def _told(measures: pd.DataFrame, costs: pd.DataFrame, amount: str) -> pd.DataFrame:
    """Return the costs with what is said of their measures, and a row for each measure without any."""
    named = measures.rename(columns={"main_field": "field"})
    texts = named[["measure", "title", "field", "kind", "status", "priority"]].assign(
        part=["1" if one == "1" else "2" if one == "2" else UNKNOWN for one in _whole(named["part"])]
    )
    known = costs[["measure", "year", "source", amount]].astype(object)
    joined = texts.merge(known, on="measure", how="left")
    year, source = _whole(joined["year"]), joined["source"].astype(object)
    return joined.assign(
        year=year,
        source=source.where(source.notna() & (source != ""), UNKNOWN),
        **{amount: joined[amount].astype("Int64")},
    )


def _whole(values: pd.Series) -> list[str]:
    """Return whole numbers as text, whatever type their column has."""
    numbers = pd.to_numeric(values, errors="coerce")
    return [UNKNOWN if pd.isna(one) else str(int(one)) for one in numbers]


def _wide(told: pd.DataFrame, years: Sequence[str]) -> pd.DataFrame:
    """Return one row a measure and source, one column a year; a year without costs is empty."""
    amount = next(name for name in told if name in AMOUNTS)
    rows = []
    for (measure, source), cells in told.groupby(["measure", "source"], sort=False):
        first = cells.iloc[0]
        by_year = {year: own[amount].sum(min_count=1) for year, own in cells.groupby("year")}
        heads = {name: first[name] for name in HEADS if name not in ("measure", "source")}
        sums = {year: by_year.get(year, pd.NA) for year in years}
        rows.append({**heads, "measure": measure, "source": source, **sums, "total": cells[amount].sum(min_count=1)})
    frame = pd.DataFrame(rows)[[*HEADS, *years, "total"]].astype(dict.fromkeys((*years, "total"), "Int64"))
    rank = pd.to_numeric(frame["priority"], errors="coerce").fillna(9)
    order = frame.assign(_part=[PARTS.index(part) for part in frame["part"]], _rank=rank)
    ordered = order.sort_values(["_part", "_rank", "measure", "source"], kind="stable")
    return ordered.drop(columns=["_part", "_rank"]).reset_index(drop=True)


def _sums(rows: pd.DataFrame, by: str, columns: list[str], order: Sequence[str]) -> pd.DataFrame:
    """Return the sums of each group and of all; of a group without any known amount nothing is known."""
    there = [one for one in order if one in set(rows[by])]
    sums = {one: rows.loc[rows[by] == one, columns].sum(min_count=1) for one in there}
    sums["all"] = rows[columns].sum(min_count=1)
    return pd.DataFrame(sums).T.astype("Int64").rename_axis(by)
