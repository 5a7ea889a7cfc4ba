"""Files about the programme areas of a city: conditions, readiness, exit plan and portfolio, one of each a city."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from qmgis.io.written.cells import clean, csv_text, guarded, is_empty
from qmgis.model import City
from qmgis.runs.programme.quality import portfolio_of, qualities_of, readiness_of
from qmgis.runs.programme.records import areas_known, day_of_city

__all__ = ["PROGRAMME_FILES", "frame_csv", "programme_files"]

PROGRAMME_FILES = ("conditions.csv", "readiness.csv", "exit_plan.csv", "portfolio.csv")


def programme_files(city: City, *, on: date | None = None) -> dict[str, bytes]:
    """Return the files of a city's programme areas on a day, by name; none where it has no programme areas.

    Parameters
    ----------
    city
        As `open_city` gives it.
    on
        The day; by default that of the newest run, so that the same data give the same files.

    Examples
    --------
    >>> programme_files(toy_city())
    {}
    """
    if not city.programmes:
        return {}
    day = on if on is not None else day_of_city(city)
    areas = areas_known(city)
    makers: Mapping[str, Callable[[], pd.DataFrame]] = {
        "conditions.csv": lambda: _all([
            table for area in areas
            for one in [qualities_of(city, area, day)] for table in (one.conditions, one.standards)
        ]),
        "readiness.csv": lambda: _all([readiness_of(city, area, day).profile for area in areas]),
        "exit_plan.csv": lambda: _all([readiness_of(city, area, day).plan for area in areas]),
        "portfolio.csv": lambda: portfolio_of(city, day),
    }  # fmt: skip
    return {name: frame_csv(makers[name]()) for name in PROGRAMME_FILES}


def frame_csv(frame: pd.DataFrame) -> bytes:
    r"""Return a frame as CSV for machines: UTF-8, comma, point, days as 2024-12-31, nothing where a value is missing.

    Texts that a spreadsheet would take for a formula are guarded.

    Examples
    --------
    >>> frame_csv(pd.DataFrame({"a": ["=1", None], "flag": [True, False]}))
    b"a,flag\n'=1,true\n,false\n"
    """
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    return csv_text([list(frame.columns), *rows], delimiter=",", newline="\n").encode()


def _all(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.astype(object) for table in tables], ignore_index=True)


def _cell(value: object) -> str:
    if is_empty(value):
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return "true" if value else "false"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return guarded(clean(value))
