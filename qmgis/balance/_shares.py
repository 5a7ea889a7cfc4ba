"""What of the money and of the measures is investive, preparing, accompanying or social: by field, year and so on."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, get_args

import pandas as pd

from qmgis.balance._lying import OUTSIDE, WIDE
from qmgis.balance._split import AMOUNTS, KINDS, UNKNOWN, kind_parts, money_parts
from qmgis.errors import DataError, UnknownKeyError, did_you_mean
from qmgis.model import codes_in

By = Literal["field", "year", "source", "area", "sub_area", "district", "target_group"]
BY: tuple[By, ...] = get_args(By)
ALL = "all"
SEVERAL = "several"
PLACED = ("sub_area", "district")  # groups of where measures lie
NAMES = tuple(amount.removesuffix("_ct") for amount in AMOUNTS)
COLUMNS = [
    "group", "kind", "measures", "measures_share", "measures_of_all", "also",
    *(f"{name}{end}" for name in NAMES for end in ("_ct", "_unknown", "_share", "_of_all")),
]  # fmt: skip

__all__ = ["ALL", "BY", "COLUMNS", "NAMES", "SEVERAL", "By", "balance"]


def balance(
    measures: pd.DataFrame,
    costs: pd.DataFrame,
    division: pd.DataFrame | None = None,
    *,
    by: By = "field",
    area: str | None = None,
    where: pd.DataFrame | None = None,
    groups: Sequence[str] = (),
) -> pd.DataFrame:
    """Return cost share beside count share of each kind, in each group and in all.

    Every measure counts once in the totals, and the amounts of ``all`` are those of the register to the cent. By
    ``field`` a measure counts with its main field; ``also`` says how many name the field as a further one. By
    ``target_group`` it counts in full with each of its groups, so that groups add up to more than all; by ``year`` and
    ``source`` its money lies where the costs say, and the measure counts in each. By ``area`` a measure of several
    areas is divided as ``division`` says; where it is not, it stands in ``several``. By ``sub_area`` and ``district``
    its part in each area is divided again as ``where`` says.

    Parameters
    ----------
    measures
        ``measure``, ``area``, ``main_field``, ``other_fields``, ``kind``, ``investive_share``, ``target_groups``.
    costs
        ``measure``, ``year``, ``source`` and `AMOUNTS`: Int64 cents, missing where unknown.
    division
        As `divide` gives it; needed by area where measures name several.
    by
        One of `BY`.
    area
        A programme area: then all is of its measures, and of its part of those that are divided.
    where
        As `lying` gives it; needed by sub-area and district.
    groups
        Groups that stand there even where they have no measure.

    Returns
    -------
    pd.DataFrame
        Rows: each ``group`` (and `ALL`) by each ``kind`` (and `ALL`). ``measures``: how many, mixed ones by their
        parts; for each amount its sum ``_ct`` (missing where nothing is known), ``_unknown``: how many rows of costs,
        or measures without any, have no amount, so that the sum is of the others; ``_share``: of the group's sum;
        ``_of_all``: of the sum of the same kind in all groups.

    Raises
    ------
    DataError
        If costs name a measure that there is not.
    UnknownKeyError
        If ``by`` is none of them.

    Examples
    --------
    >>> measures = pd.DataFrame({
    ...     "measure": ["M1", "M2"], "main_field": ["HF1", "HF1"], "kind": ["INV", "SOC"],
    ...     "investive_share": [1.0, 0.0]})
    >>> costs = pd.DataFrame({
    ...     "measure": ["M1", "M2"], "year": [2024, 2024], "source": ["SZ", "SZ"], "planned_ct": [900, 100],
    ...     "approved_ct": [900, None], "spent_ct": [None, None]})
    >>> found = balance(measures, costs).set_index(["group", "kind"]).loc[("HF1", "INV")]
    >>> found[["planned_share", "measures_share", "approved_share"]].tolist()
    [0.9, 0.5, 1.0]
    """
    if by not in BY:
        raise UnknownKeyError(
            f'There is no balance by "{by}".{did_you_mean(by, BY)}',
            de=f'Eine Bilanz nach "{by}" gibt es nicht.{did_you_mean(by, BY, lang="de")}',
        )
    atoms = money_parts(_rows(measures, costs), kind_parts(measures), on="kind")
    if area is not None:
        atoms = money_parts(atoms, _areas(measures, division), on="area")
        atoms = atoms[atoms["area"] == area].reset_index(drop=True)
        measures = measures[measures["measure"].isin(atoms["measure"])]
    grouped = _lying(atoms, measures, division, where) if by in PLACED else _grouped(atoms, measures, division, by)
    kinds = [kind for kind in KINDS if kind != UNKNOWN or UNKNOWN in set(atoms["kind"])]
    also = _also(measures, by)
    there = _order({*grouped["group"], *also, *groups})
    rows = [
        {**_cell(frame, kind), "group": group, "kind": kind, "also": also.get(group) if kind == ALL else pd.NA}
        for group, frame in [*((group, grouped[grouped["group"] == group]) for group in there), (ALL, atoms)]
        for kind in (*kinds, ALL)
    ]
    return _with_shares(pd.DataFrame(rows))


def _rows(measures: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Return the costs, numbered, with a row of nothing known for each measure without any."""
    lost = costs.loc[~costs["measure"].isin(measures["measure"]), "measure"]
    if len(lost):
        raise DataError(
            f'Costs name the measure "{lost.iloc[0]}", which the register does not have.',
            de=f'Kosten nennen die Maßnahme "{lost.iloc[0]}", die das Register nicht hat.',
        )
    known = costs[["measure", "year", "source", *AMOUNTS]].astype(dict.fromkeys(AMOUNTS, "Int64")).astype(object)
    bare = measures.loc[~measures["measure"].isin(costs["measure"]), ["measure"]].astype(object)
    whole = pd.concat([known, bare.reindex(columns=known.columns)], ignore_index=True)
    return whole.assign(row=range(len(whole)), part=pd.Series([Fraction(1)] * len(whole), dtype=object))


def _grouped(atoms: pd.DataFrame, measures: pd.DataFrame, division: pd.DataFrame | None, by: By) -> pd.DataFrame:
    """Return the parts with their group; a measure of several target groups once in each."""
    if by in ("year", "source"):
        return atoms.assign(group=[_label(value) for value in atoms[by]])
    if by == "field":
        field = dict(zip(measures["measure"], measures["main_field"], strict=True))
        return atoms.assign(group=[_label(field[one]) for one in atoms["measure"]])
    if by == "target_group":
        named = dict(zip(measures["measure"], measures["target_groups"], strict=True))
        groups = pd.Series([codes_in(named[one]) or [UNKNOWN] for one in atoms["measure"]], atoms.index, dtype=object)
        return atoms.assign(group=groups).explode("group", ignore_index=True)
    return _at_home(atoms, measures, division).assign(group=lambda parts: parts["area"])


def _at_home(atoms: pd.DataFrame, measures: pd.DataFrame, division: pd.DataFrame | None) -> pd.DataFrame:
    """Return the parts with their programme area."""
    return atoms if "area" in atoms else money_parts(atoms, _areas(measures, division), on="area")


def _lying(
    atoms: pd.DataFrame, measures: pd.DataFrame, division: pd.DataFrame | None, where: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the parts with the group that they lie in: first by programme area, then within it."""
    homes = _at_home(atoms, measures, division)
    shares: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for measure, area, group, weight in [] if where is None else where.itertuples(index=False, name=None):
        shares.setdefault((measure, area), []).append((group, weight))
    keys = list(zip(homes["measure"], homes["area"], strict=True))
    rows = [
        (key, group, Fraction(weight))
        for key in dict.fromkeys(keys)
        for group, weight in shares.get(key, [(SEVERAL if key[1] == SEVERAL else UNKNOWN, 1)])
    ]
    parts = pd.DataFrame(rows, columns=["measure", "group", "part"])
    keyed = homes.assign(measure=pd.Series(keys, homes.index, dtype=object))
    found = money_parts(keyed, parts, on="group")
    return found.assign(measure=[measure for measure, _ in found["measure"]])


def _areas(measures: pd.DataFrame, division: pd.DataFrame | None) -> pd.DataFrame:
    """Return the areas of each measure, as ``area`` and ``group``, with its part in each."""
    rows: list[tuple[str, str, Fraction]] = []
    shares = {} if division is None else dict(list(division.groupby("measure", sort=False)))
    for measure, area in measures[["measure", "area"]].itertuples(index=False, name=None):
        mine = shares.get(measure)
        if mine is not None and mine["weight"].sum():
            rows += [(measure, _label(one), Fraction(w)) for one, w in zip(mine["area"], mine["weight"], strict=True)]
        else:
            rows.append((measure, SEVERAL if len(codes_in(area)) != 1 else codes_in(area)[0], Fraction(1)))
    frame = pd.DataFrame(rows, columns=["measure", "group", "part"])
    return frame.assign(area=frame["group"])


def _label(value: Any) -> str:
    if value is None or pd.isna(value) or value == "":
        return UNKNOWN
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _order(groups: set[str]) -> list[str]:
    last = (WIDE, OUTSIDE, SEVERAL, UNKNOWN)
    return sorted(groups, key=lambda one: (last.index(one) + 1 if one in last else 0, one))


def _also(measures: pd.DataFrame, by: By) -> dict[str, int]:
    """Return how many measures name a field as a further one."""
    if by != "field" or "other_fields" not in measures:
        return {}
    named = pd.Series([set(codes_in(cell)) for cell in measures["other_fields"]]).explode().dropna()
    return {str(field): int(n) for field, n in named.value_counts().items()}


def _cell(frame: pd.DataFrame, kind: str) -> dict[str, object]:
    """Return count and sums of one kind among the parts of a group."""
    own = frame if kind == ALL else frame[frame["kind"] == kind]
    found: dict[str, object] = {"measures": _counted(own)}
    for amount in AMOUNTS:
        known = own[amount].dropna()
        found[amount] = 0 if own.empty else pd.NA if known.empty else int(known.sum())
        found[f"{amount.removesuffix('_ct')}_unknown"] = int(own.loc[own[amount].isna(), "row"].nunique())
    return found


def _counted(parts: pd.DataFrame) -> float:
    """Return how many measures parts make: of each measure its largest part, not one for each year."""
    if parts.empty:
        return 0.0
    once = parts.groupby(["measure", "kind", "row"], sort=False)["part"].sum()
    return float(sum(once.groupby(level=["measure", "kind"], sort=False).max(), Fraction(0)))


def _with_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with their shares of the group and of the kind."""
    rows = rows.astype({**dict.fromkeys(AMOUNTS, "Int64"), "also": "Int64"})
    keyed = rows.set_index(["group", "kind"])
    for name, column in [("measures", "measures"), *zip(NAMES, AMOUNTS, strict=True)]:
        sums = keyed[column].to_dict()
        for end, keys in (
            ("share", [(one, ALL) for one in rows["group"]]),
            ("of_all", [(ALL, k) for k in rows["kind"]]),
        ):
            rows[f"{name}_{end}"] = [_quotient(one, sums[key]) for one, key in zip(rows[column], keys, strict=True)]
    return rows[COLUMNS]


def _quotient(part: Any, whole: Any) -> float:
    if pd.isna(part) or pd.isna(whole) or not whole:
        return float("nan")
    return float(Fraction(part) / Fraction(whole))
