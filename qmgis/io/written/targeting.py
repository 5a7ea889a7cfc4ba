"""The targeting report of a run as files: for machines beside ``areas.csv``, for people beside ``areas_de.csv``."""

from __future__ import annotations

from qmgis.io.written.reports import machine_csv, people_csv
from qmgis.model import Outcome
from qmgis.views.targeting import targeting_columns

__all__ = ["BESIDE", "targeting_csv", "targeting_csv_de"]


def targeting_csv(outcome: Outcome) -> bytes:
    """Return the report with codes, comma and point; shares are 0-1.

    Examples
    --------
    >>> targeting_csv(toy_outcome()).decode().split(",")[:3]
    ['by', 'class', 'programme']
    """
    return machine_csv(outcome.targeting, targeting_columns(outcome))


def targeting_csv_de(outcome: Outcome) -> bytes:
    """Return the report in German words, semicolon and decimal comma; shares in percent.

    Examples
    --------
    >>> targeting_csv_de(toy_outcome()).decode("utf-8-sig").split(";")[:3]
    ['Gliederung', 'Klasse', 'Fördergebiete']
    """
    return people_csv(outcome.targeting, targeting_columns(outcome))


# By the format that each goes with.
BESIDE = {"csv": ("targeting.csv", targeting_csv), "csv_de": ("targeting_de.csv", targeting_csv_de)}
