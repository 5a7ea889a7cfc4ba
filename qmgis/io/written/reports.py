"""Tables beside the areas as CSV: for machines with codes, for people in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qmgis.io.written.cells import column_csv, table_cells
from qmgis.model import Column, Lang

__all__ = ["machine_csv", "people_csv"]


def machine_csv(table: pd.DataFrame | None, columns: Sequence[Column]) -> bytes:
    """Return a table with codes, comma and point; shares are 0-1.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> machine_csv(pd.DataFrame({"a": [0.5]}), [Column("a", Text("Anteil", "Share"), "share")]).split()
    [b'a', b'0.5']
    """
    return column_csv(columns, [] if table is None else table_cells(table, columns))


def people_csv(table: pd.DataFrame | None, columns: Sequence[Column], lang: Lang = "de") -> bytes:
    """Return a table in words, in German with semicolon and decimal comma; shares in percent.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> column = Column("a", Text("Zahl", "Number"), "number", digits=1)
    >>> people_csv(pd.DataFrame({"a": [0.5]}), [column]).decode("utf-8-sig").split()
    ['Zahl', '0,5']
    """
    return column_csv(columns, [] if table is None else table_cells(table, columns, lang), lang=lang)
