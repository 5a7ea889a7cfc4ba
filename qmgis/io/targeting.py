"""The targeting report of a run as files: for machines beside ``areas.csv``, for people beside ``areas_de.csv``."""

from __future__ import annotations

from qmgis.io._cells import csv_text, machine_cell, people_cell, people_title
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
    columns = targeting_columns(outcome)
    rows = [] if outcome.targeting is None else outcome.targeting[[one.key for one in columns]].itertuples(index=False)
    cells = [[machine_cell(value, column) for value, column in zip(row, columns, strict=True)] for row in rows]
    return csv_text([[column.key for column in columns], *cells], delimiter=",", newline="\n").encode()


def targeting_csv_de(outcome: Outcome) -> bytes:
    """Return the report in German words, semicolon and decimal comma; shares in percent.

    Examples
    --------
    >>> targeting_csv_de(toy_outcome()).decode("utf-8-sig").split(";")[:3]
    ['Gliederung', 'Klasse', 'Fördergebiete']
    """
    columns = targeting_columns(outcome)
    rows = [] if outcome.targeting is None else outcome.targeting[[one.key for one in columns]].itertuples(index=False)
    cells = [[people_cell(value, column, "de") for value, column in zip(row, columns, strict=True)] for row in rows]
    heads = [people_title(column, "de") for column in columns]
    return csv_text([heads, *cells], delimiter=";", newline="\r\n").encode("utf-8-sig")


# By the format that each goes with.
BESIDE = {"csv": ("targeting.csv", targeting_csv), "csv_de": ("targeting_de.csv", targeting_csv_de)}
