"""What is measured, and the table that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import pandas as pd

from qmgis.errors import DataError
from qmgis.model.base import Base
from qmgis.model.text import Text

Measure = Literal["count", "share", "mean", "index"]
State = Literal["ok", "missing", "secret", "too_small", "not_applicable"]
MEASURES: tuple[str, ...] = get_args(Measure)
STATES: tuple[str, ...] = get_args(State)
UNITS = (
    "persons", "households", "dwellings", "places", "count", "percent", "share", "per_1000", "euro",
    "euro_per_m2", "m2", "m2_per_person", "hectares", "years", "index", "points",
)  # fmt: skip

__all__ = ["MEASURES", "STATES", "UNITS", "Indicator", "IndicatorTable", "Measure", "State"]


@dataclass(frozen=True)
class Indicator:
    """What is measured: its meaning, unit and direction.

    ``direction`` is +1 where more is more burden, -1 where more is relief, 0 where it says nothing (residents).
    ``unit`` is the unit as printed by the source; shares are held as 0-1 whatever it says. ``numerator`` and
    ``denominator`` name count indicators: where they exist, the share is always rebuilt from them.
    ``group`` names the people whom a count is a part of, such as ``age_0_14``, as crosswalks and residents do; it is
    carried to other areas by where they live.
    """

    key: str
    title: Text
    measure: Measure
    unit: str
    direction: Literal[-1, 0, 1] = 0
    numerator: str | None = None
    denominator: str | None = None
    description: Text | None = None
    licence: str = ""
    credit: str = ""
    group: str | None = None

    def __post_init__(self) -> None:
        if self.measure not in MEASURES or self.unit not in UNITS or self.direction not in (-1, 0, 1):
            raise DataError(
                f'Indicator "{self.key}": measure "{self.measure}", unit "{self.unit}" or direction '
                f"{self.direction} is unknown; measures are {', '.join(MEASURES)}, units are {', '.join(UNITS)}.",
                de=f'Indikator "{self.key}": measure "{self.measure}", unit "{self.unit}" oder direction '
                f"{self.direction} ist unbekannt; bekannt sind {', '.join(MEASURES)} und {', '.join(UNITS)}.",
            )


@dataclass(frozen=True, eq=False)
class IndicatorTable:
    """The indicators of one version of the areas: values, states and changes, a row an area and year.

    Parameters
    ----------
    frame
        Index (``area`` text, ``year`` whole number), unique; one float column an indicator. Shares are 0-1.
    states
        The same shape; each cell one of `STATES`. A cell is ``ok`` exactly where ``frame`` has a number.
    change
        The same shape; change since ``change_years`` before, on the areas and with the definition of the row's
        edition (shares: difference of the 0-1 values); NaN where the source delivers none.
    indicators
        A description of each column, by key.
    vintage
        Which version of the areas, such as ``"plr-2021"``.
    bases
        Whom a share without counts is a share of, by indicator and year.
    definitions
        What the source says of the definition of an indicator in a year, by (indicator, year); a year without an entry
        says nothing of its own.
    """

    frame: pd.DataFrame
    states: pd.DataFrame
    change: pd.DataFrame
    indicators: Mapping[str, Indicator]
    vintage: str
    change_years: int = 2
    definitions: Mapping[tuple[str, int], Text] = field(default_factory=dict)
    checked: bool = field(default=True, repr=False)
    bases: Mapping[tuple[str, int], Base] = field(default_factory=dict)
    _parts: dict[tuple[int, str], pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        index = self.frame.index
        faults = [
            (list(index.names) != ["area", "year"], "its index is (area, year)", "der Index ist (area, year)"),
            (not index.is_unique, "each area and year occurs once", "jedes Gebiet kommt je Jahr einmal vor"),
            (set(self.frame.columns) != set(self.indicators), "columns are described", "Spalten sind beschrieben"),
            (
                not all(pd.api.types.is_float_dtype(kind) for kind in self.frame.dtypes),
                "every column holds floats",
                "jede Spalte enthält Zahlen",
            ),
            (
                any(not other.index.equals(index) or list(other.columns) != list(self.frame.columns)
                    for other in (self.states, self.change)),
                "states and changes have its shape",
                "Zustände und Änderungen haben dieselbe Form",
            ),
        ]  # fmt: skip
        for fault, en, de in faults:
            if fault:
                raise DataError(
                    f'Indicator table of "{self.vintage}" is not well formed: it must hold that {en}.',
                    de=f'Indikatortabelle von "{self.vintage}" ist fehlerhaft: es muss gelten, {de}.',
                )

    @property
    def years(self) -> tuple[int, ...]:
        """The years with at least one row, ascending."""
        return tuple(sorted({int(year) for year in self.frame.index.get_level_values("year")}))

    def of_year(self, year: int, *, what: Literal["frame", "states", "change"] = "frame") -> pd.DataFrame:
        """Return one year's rows, index ``area``; no rows where the year is absent."""
        if (year, what) not in self._parts:
            source: pd.DataFrame = getattr(self, what)
            rows = source.index.get_level_values("year") == year
            self._parts[year, what] = source.loc[rows].droplevel("year")
        return self._parts[year, what].copy(deep=False)
