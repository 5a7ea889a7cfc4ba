"""Tables beside the areas as CSV: for machines with codes, for people in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qmgis.io._cells import csv_text, machine_cell, people_cell, people_title
from qmgis.model import Column

__all__ = ["machine_csv", "people_csv"]


def machine_csv(table: pd.DataFrame | None, columns: Sequence[Column]) -> bytes:
    """Return a table with codes, comma and point; shares are 0-1.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> machine_csv(pd.DataFrame({"a": [0.5]}), [Column("a", Text("Anteil", "Share"), "share")]).split()
    [b'a', b'0.5']
    """
    rows = [] if table is None else table[[one.key for one in columns]].itertuples(index=False)
    cells = [[machine_cell(value, column) for value, column in zip(row, columns, strict=True)] for row in rows]
    return csv_text([[column.key for column in columns], *cells], delimiter=",", newline="\n").encode()


def people_csv(table: pd.DataFrame | None, columns: Sequence[Column]) -> bytes:
    """Return a table in German words, semicolon and decimal comma; shares in percent.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> column = Column("a", Text("Zahl", "Number"), "number", digits=1)
    >>> people_csv(pd.DataFrame({"a": [0.5]}), [column]).decode("utf-8-sig").split()
    ['Zahl', '0,5']
    """
    rows = [] if table is None else table[[one.key for one in columns]].itertuples(index=False)
    cells = [[people_cell(value, column, "de") for value, column in zip(row, columns, strict=True)] for row in rows]
    heads = [people_title(column, "de") for column in columns]
    return csv_text([heads, *cells], delimiter=";", newline="\r\n").encode("utf-8-sig")
