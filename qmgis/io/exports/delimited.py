"""``areas.csv``: the table for machines; comma, point, UTF-8, one row an area."""

from __future__ import annotations

from qmgis.io.kinds import Export
from qmgis.io.written.cells import clean, csv_text, guarded, machine_cell
from qmgis.io.written.codebook import area_column
from qmgis.model import Lang, Outcome, Text

__all__ = ["EXPORT", "render"]


def render(outcome: Outcome, lang: Lang) -> bytes:  # noqa: ARG001
    """Return every column of the outcome in its order, first ``area``; the same in every language.

    Numbers read back exactly, shares are 0-1, ``true``/``false``, empty where missing. Text that a spreadsheet would
    take for a formula begins with an apostrophe; codes of a closed list stay as they are.

    Examples
    --------
    >>> render(toy_outcome(), "de").decode().split(",")[:3]
    ['area', 'name', 'population']
    """
    columns = (area_column(), *outcome.columns)
    heads = [guarded(clean(column.key)) for column in columns]
    series = [outcome.table.index.to_series(), *(outcome.table[column.key] for column in outcome.columns)]
    cells = [
        [machine_cell(value, column) for value in values.tolist()]
        for values, column in zip(series, columns, strict=True)
    ]
    rows = [heads, *zip(*cells, strict=True)]
    return csv_text(rows, delimiter=",", newline="\n").encode()


EXPORT = Export("csv", Text("CSV für Programme", "CSV for programs"), "areas.csv", "text/csv; charset=utf-8", render)
