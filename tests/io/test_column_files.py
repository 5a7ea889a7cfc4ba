"""Tables as files by their columns: what was made cell by cell, now column by column."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from qmgis.io.written.cells import column_csv, machine_cell, people_cell, people_title, table_cells
from qmgis.io.written.reports import machine_csv, people_csv
from qmgis.model import Column, Text
from tests.toy import HOSTILE

COLUMNS = (
    Column("name", Text("Name", "Name"), "text"),
    Column("kind", Text("Art", "Kind"), "code", codes={"1": Text("eins", "one"), "2": Text("zwei", "two")}),
    Column("flag", Text("Ja?", "Yes?"), "bool"),
    Column("people", Text("Leute", "People"), "count"),
    Column("part", Text("Anteil", "Share"), "share", digits=1),
    Column("score", Text("Wert", "Score"), "number", digits=2),
)
TABLE = pd.DataFrame({
    "name": [HOSTILE, "=1+1", None, "Allende II"],
    "kind": [1.0, 2.0, float("nan"), 1.0],
    "flag": [True, None, False, True],
    "people": [1005.0, float("nan"), 0.0, 2.5],
    "part": [0.5, 1 / 3, float("nan"), 0.0],
    "score": [-1.25, float("inf"), 0.1 + 0.2, float("nan")],
})  # fmt: skip


@pytest.mark.parametrize("lang", [None, "de", "en"])
def test_columns_give_the_cells_that_single_values_give(lang):
    slow = [tuple(machine_cell(value, one) if lang is None else people_cell(value, one, lang)
                  for value, one in zip(row, COLUMNS, strict=True))
            for row in TABLE.itertuples(index=False)]  # fmt: skip
    assert list(table_cells(TABLE, COLUMNS, lang)) == slow


def test_machines_get_keys_and_people_the_signs_of_their_language():
    machine, german, english = machine_csv(TABLE, COLUMNS), people_csv(TABLE, COLUMNS), people_csv(TABLE, COLUMNS, "en")
    assert machine.startswith(b"name,kind,flag,people,part,score\n")
    assert b"\r" not in machine
    for content, lang, delimiter in ((german, "de", ";"), (english, "en", ",")):
        text = content.decode("utf-8-sig")
        assert content.startswith("\ufeff".encode())
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        assert rows[0] == [people_title(one, lang) for one in COLUMNS]
        point = "," if lang == "de" else "."
        assert [row[4] for row in rows[1:]] == [f"50{point}0", f"33{point}3", "", f"0{point}0"]
    assert "'=1+1" in machine.decode()


def test_a_table_that_is_not_there_has_its_heads_only():
    assert machine_csv(None, COLUMNS[:1]) == column_csv(COLUMNS[:1], []) == b"name\n"
    assert people_csv(None, COLUMNS[:1]).decode("utf-8-sig") == "Name\r\n"
