"""``areas_de.csv``: the table for German offices; semicolon, decimal comma, UTF-8 with BOM, words."""

from __future__ import annotations

from collections import Counter

from qmgis.io.kinds import Export
from qmgis.io.written.cells import csv_text, guarded, people_cell, people_title, people_values
from qmgis.io.written.codebook import area_column
from qmgis.model import Column, Lang, Outcome, Text

__all__ = ["EXPORT", "render"]


def render(outcome: Outcome, lang: Lang) -> bytes:  # noqa: ARG001
    """Return the table with German labels and words, shares in percent; always German.

    Examples
    --------
    >>> render(toy_outcome(), "en").decode("utf-8-sig").split(";")[:3]
    ['Gebiet', 'Name', 'Bevölkerung (Personen)']
    """
    columns = (area_column(), *outcome.columns)
    heads = _heads(columns)
    series = [list(outcome.table.index), *(people_values(outcome, column, "de") for column in outcome.columns)]
    cells = [
        [people_cell(value, column, "de") for value in values] for values, column in zip(series, columns, strict=True)
    ]
    rows = [heads, *zip(*cells, strict=True)]
    return csv_text(rows, delimiter=";", newline="\r\n").encode("utf-8-sig")


def _heads(columns: tuple[Column, ...]) -> list[str]:
    """Return titles with units; where two are equal the key is added."""
    titles = [people_title(column, "de") for column in columns]
    count = Counter(titles)
    heads = [
        f"{title} [{column.key}]" if count[title] > 1 else title for title, column in zip(titles, columns, strict=True)
    ]
    return [guarded(head) for head in heads]


EXPORT = Export(
    "csv_de", Text("CSV für Excel", "CSV for German Excel"), "areas_de.csv", "text/csv; charset=utf-8", render
)
