"""``notes.toml``: read in order, every fault with its line, none of it a layer."""

from __future__ import annotations

from datetime import date

import pytest

from qmgis.errors import DataError
from qmgis.io.city.newcity import new_city
from qmgis.io.city.notes import read_notes
from qmgis.io.city.workspace import load, open_city
from qmgis.io.disk.dataroot import city_folder
from qmgis.model import Note
from tests.toy import toy_areas, toy_programme

GOOD = """
[[note]]
area = "01010405"
date = 2024-05-02
role = "provider"
text = '<script>alert(1)</script> #[*x*]'

[[note]]
area = "QM-01"
date = 2023-01-09
role = "residents"
text = "Spielplatz offen"
public = true
"""


def read(tmp_path, text):
    (tmp_path / "notes.toml").write_text(text, encoding="utf-8")
    return read_notes(tmp_path, [toy_areas(), toy_programme()])


def test_notes_of_areas_and_programme_areas(tmp_path):
    notes, faults = read(tmp_path, GOOD)
    assert faults == []
    assert notes == (
        Note("01010405", date(2024, 5, 2), "provider", "<script>alert(1)</script> #[*x*]"),
        Note("QM-01", date(2023, 1, 9), "residents", "Spielplatz offen", is_public=True),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ('area = "QM-01"', 'area = "QM01"', 9, 'Did you mean "QM-01"'),
        ("date = 2023-01-09", 'date = "bald"', 10, "date"),
        ('role = "residents"', 'role = "Frau Meier"', 11, "residents"),
        ("public = true", "publik = true", 13, "public"),
        ('text = "Spielplatz offen"', 'text = ""', 12, "text"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path, old, new, line, word):
    notes, faults = read(tmp_path, GOOD.replace(old, new))
    assert len(notes) == 1
    assert [fault.row for fault in faults] == [line]
    assert word in faults[0].say("en")
    assert faults[0].level == "error"


def test_broken_toml_is_told_and_no_file_is_no_fault(tmp_path):
    assert read(tmp_path, "[[note]\n")[1][0].row == 1
    assert read_notes(tmp_path / "nowhere", []) == ((), [])
    assert read(tmp_path, "notiz = 1\n")[0] == ()


def test_a_city_with_notes_opens_and_one_with_faults_does_not(tmp_path):
    folder = new_city(tmp_path / "town")
    area = open_city(folder).areas.frame.index[0]
    note = f'[[note]]\narea = "{area}"\ndate = 2024-05-02\nrole = "administration"\ntext = "x"\n'
    file = city_folder(folder) / "notes.toml"
    file.write_text(note, encoding="utf-8")
    assert [one.area for one in open_city(folder).notes] == [area]
    file.write_text(note.replace(str(area), "nowhere"), encoding="utf-8")
    assert not load(folder).usable
    with pytest.raises(DataError, match=r"notes\.toml, row 2"):
        open_city(folder)


def test_a_note_is_from_a_role_and_never_empty():
    for wrong in (("", "provider", "x"), ("1", "Frau Meier", "x"), ("1", "provider", " ")):
        with pytest.raises(DataError, match="not well formed"):
            Note(wrong[0], date(2024, 1, 1), wrong[1], wrong[2])
