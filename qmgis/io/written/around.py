"""Who is reached inside programme areas, around them and in the city, as files beside ``areas.csv``."""

from __future__ import annotations

from qmgis.io.written.reports import machine_csv, people_csv
from qmgis.model import Outcome
from qmgis.views.around import around_columns

__all__ = ["AROUND", "around_csv", "around_csv_de"]


def around_csv(outcome: Outcome) -> bytes:
    """Return the report with codes, comma and point; shares are 0-1.

    Examples
    --------
    >>> around_csv(toy_outcome()).decode().split(",")[:3]
    ['programme_area', 'name', 'theme']
    """
    return machine_csv(outcome.around, around_columns(outcome))


def around_csv_de(outcome: Outcome) -> bytes:
    """Return the report in German words, semicolon and decimal comma; shares in percent.

    Examples
    --------
    >>> around_csv_de(toy_outcome()).decode("utf-8-sig").split(";")[:3]
    ['Kennung', 'Name', 'Thema']
    """
    return people_csv(outcome.around, around_columns(outcome))


# By the format that each goes with.
AROUND = {"csv": ("around.csv", around_csv), "csv_de": ("around_de.csv", around_csv_de)}
