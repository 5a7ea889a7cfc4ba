"""Tables as a statistical office prints them: German headers, decimal comma, signs for what is not there."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from qmgis.musterstadt.areas import Vintages
from qmgis.musterstadt.counts import with_sums
from qmgis.musterstadt.layers import COUNTS, GROUPS

__all__ = ["count_table", "crosswalk_table", "plant_signs"]

SIGNS = (
    (".", "Kinder_in_Transfer", "secret"), ("/", "Transferbeziehende", "too_small"),
    ("x", "Arbeitslose", "not_applicable"),
    ("-", "Langzeitarbeitslose", "missing"),
)  # fmt: skip


def count_table(
    counts: pd.DataFrame, earlier: pd.DataFrame | None, last_year: pd.DataFrame, names: pd.Series, *, year: int
) -> pd.DataFrame:
    """Return the table of one edition as text, one row an area.

    ``counts``, ``earlier`` (two years before, same areas; None where there is none) and ``last_year`` have the index
    ``id``.
    """
    ids = names.index
    table = pd.DataFrame({"Gebiet": ids, "Name": names.to_numpy()})
    full = counts.reindex(ids).fillna(0)
    for column, header, *_ in COUNTS.values():
        table[header] = full[column].astype(int).astype(str).to_numpy()
    table["Einwohner_Vorjahr"] = last_year["residents"].reindex(ids).fillna(0).astype(int).astype(str).to_numpy()
    table["Wohnflaeche_je_Person"] = _living_space(full, year)
    if earlier is not None:
        before = earlier.reindex(ids).fillna(0)
        for column, header, *_ in COUNTS.values():
            table[f"{header}_vor_2_Jahren"] = before[column].astype(int).astype(str).to_numpy()
    return table


def plant_signs(
    table: pd.DataFrame, *, keep: set[str], spare: set[str], year: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Put signs for missing and secret numbers into some cells of areas without a part; say where.

    Areas in ``spare`` are passed over where they would have come.
    """
    free = np.flatnonzero(~table["Gebiet"].isin(keep) & (table["Einwohner"].astype(int) > 300))
    order = rng.permutation(free)
    chosen = order[~table["Gebiet"].iloc[order].isin(spare).to_numpy()][: len(SIGNS) if year < 2024 else 2]
    told = []
    for row, (sign, column, state) in zip(chosen, SIGNS, strict=False):
        table.loc[row, column] = sign
        told.append(
            {"year": year, "area": str(table.loc[row, "Gebiet"]), "column": column, "sign": sign, "state": state}
        )
    return table, told


def crosswalk_table(vintages: Vintages, homes: pd.DataFrame) -> pd.DataFrame:
    """Return which part of each old area went to which new one, by residents (all, by age), addresses and ground."""
    grouped = with_sums(homes.drop(columns="residents")).assign(area_old=homes["area_old"], area=homes["area"])
    sums_of = {group: (column, "sum") for group, column in GROUPS.items()}
    pairs = grouped.groupby(["area_old", "area"]).agg(addresses=("residents", "size"), **sums_of)
    ground = _ground(vintages)
    whole = (
        ground.join(pairs, how="outer").fillna({"addresses": 0, "m2": 0.0, **dict.fromkeys(GROUPS, 0)}).reset_index()
    )
    sums = whole.groupby("area_old")[["residents", "m2"]].transform("sum")
    return pd.DataFrame({
        "from_unit": whole["area_old"],
        "to_unit": whole["area"],
        "from_version": "ms-2016",
        "to_version": "ms-2022",
        "addresses": whole["addresses"].astype(int).astype(str),
        **{group: whole[group].astype(int).astype(str) for group in GROUPS},
        "weight_population": _comma(whole["residents"] / sums["residents"].where(sums["residents"] > 0), 6),
        "weight_area": _comma(whole["m2"] / sums["m2"], 6),
    })  # fmt: skip


def _ground(vintages: Vintages) -> pd.DataFrame:
    frame: pd.DataFrame = vintages.block_area.groupby(["area_old", "area"])[["m2"]].sum()
    return frame


def _living_space(counts: pd.DataFrame, year: int) -> np.ndarray:
    """Square metres a person: less where more people are in need; one decimal, with comma."""
    people = counts["residents"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        need = counts["transfer_recipients"].to_numpy() / people
        old = counts["age_65_plus"].to_numpy() / people
    space = pd.Series(39.5 - 42 * need + 14 * (old - 0.2) + 0.12 * (year - 2016))
    return _comma(space, 1)


def _comma(values: pd.Series, digits: int) -> np.ndarray:
    text = [("" if value != value else f"{value:.{digits}f}".replace(".", ",")) for value in values.tolist()]
    return np.array(text, dtype=object)


def outlines(vintages: Vintages) -> dict[str, gpd.GeoDataFrame]:
    """Return both versions of the areas as they are written."""
    kept = ["id", "name", "district", "region", "geometry"]
    return {
        "ms-2016": vintages.old.reset_index()[kept],
        "ms-2022": vintages.new.reset_index()[kept],
    }
