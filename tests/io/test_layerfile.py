"""Layer files: every fault of a file comes back, with its line and a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmgis.io.declared.layerfile import read_city_file, read_layer_file
from qmgis.io.indicators.bases import base_of
from qmgis.model import Base

INDICATOR = """kind = "indicator"
title = {de = "Arbeitslosigkeit", en = "Unemployment"}
measure = "share"
unit = "percent"
direction = 1
licence = "dl-de/zero-2-0"
credit = "Amt"

[[edition]]
year = 2020
vintage = "v1"
source = "delimited"
path = "a.csv"
id = "ID"
value = "S1"
delimiter = ";"
"""
CITY = """title = "Stadt"
lang = "de"
crs = "EPSG:25832"

[[theme]]
id = "kita"
title = "Kita"
places = "kita"
within_m = 500

[[run]]
id = "r1"
title = "Lauf"
method = "mss-2021"
year = 2024
areas = "v1"
coverage = ["kita"]
"""


def layer(folder: Path, text: str, name: str = "unemployment.toml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return read_layer_file(file)


def city(folder: Path, text: str):
    (folder / "city.toml").write_text(text, encoding="utf-8")
    return read_city_file(folder)


def said(problems, lang="en"):
    return [problem.say(lang) for problem in problems]


def test_a_good_file_is_read(tmp_path):
    found, problems = layer(tmp_path, INDICATOR)
    assert problems == []
    assert found.key == "unemployment"
    assert found.title.en == "Unemployment"
    edition = found.editions[0]
    assert (edition.year, edition.vintage, edition.ref.path) == (2020, "v1", "a.csv")
    assert dict(edition.ref.options) == {"delimiter": ";"}


def test_one_text_stands_for_both_languages(tmp_path):
    found, _ = layer(tmp_path, INDICATOR.replace('{de = "Arbeitslosigkeit", en = "Unemployment"}', '"S1"'))
    assert (found.title.de, found.title.en) == ("S1", "S1")


def test_all_faults_come_together_with_their_lines(tmp_path):
    text = (
        INDICATOR.replace("measure", "measur")
        .replace('unit = "percent"', 'unit = "prozent"')
        .replace('licence = "dl-de/zero-2-0"\n', "")
        .replace("year = 2020", 'year = "31.12.2020"')
        .replace("value =", "valuex =")
    )
    found, problems = layer(tmp_path, text)
    assert found is None
    lines = said(problems)
    assert len(lines) == 7
    assert f'{tmp_path.name}/unemployment.toml, row 3: "measur" is not a key' in lines[0]
    assert 'Did you mean "measure"?' in lines[0]
    assert 'row 4: "unit"' in lines[1]
    assert 'is "prozent"' in lines[1]
    for part in ('"measure" is missing', '"licence" is missing', '"value" is missing'):
        assert any(part in line for line in lines)
    assert any('row 9: "year" must be a whole number from 1900 to 2100' in line for line in lines)
    assert any('row 14: "valuex"' in line and 'Did you mean "value"?' in line for line in lines)


def test_faults_are_said_in_german(tmp_path):
    _, problems = layer(tmp_path, INDICATOR.replace("unit", "unti"))
    line = said(problems, "de")[0]
    assert 'Zeile 4: "unti" ist hier kein bekannter Schlüssel. Meinten Sie "unit"?' in line


def test_the_line_is_that_of_the_right_edition(tmp_path):
    second = INDICATOR[INDICATOR.index("[[edition]]") :].replace("year = 2020", "year = 20200")
    _, problems = layer(tmp_path, INDICATOR + "\n" + second)
    assert [problem.row for problem in problems] == [19]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('year = 2020', 'year = 1899'), "from 1900 to 2100"),
        (("direction = 1", "direction = true"), "1 (more is more burden)"),
        (("direction = 1\n", ""), '"direction" is missing'),
        (('source = "delimited"', 'source = "csv"'), '"source" must be one of'),
        (("direction = 1", 'direction = 1\nnumerator = "u"'), "belong together"),
        (('unit = "percent"', 'unit = "euro"'), "has the unit percent, share or per_1000"),
        (('kind = "indicator"', 'kind = "indicators"'), 'Did you mean "indicator"?'),
        (('value = "S1"', 'value = "S1"\nchange = "D"\nbefore = "B"'), "exclude each other"),
        (('value = "S1"', 'value = "S1"\nsigns = {"-" = "null"}'), "not_applicable"),
        (('value = "S1"', 'value = "S1"\nmissing = -9999'), "a list of numbers"),
        (('value = "S1"', 'value = "S1"\nwhere = "KOM"'), "a table such as"),
        (('credit = "Amt"', 'credit = " "'), '"credit" must be a text'),
        (('credit = "Amt"', 'credit = "Amt"\nretrieved = "2021-01-01"'), "a date without quotes"),
    ],
)  # fmt: skip
def test_wrong_values_are_named(tmp_path, change, says):
    found, problems = layer(tmp_path, INDICATOR.replace(*change))
    assert found is None
    assert any(says in line for line in said(problems)), said(problems)


def test_a_year_may_be_a_column(tmp_path):
    found, problems = layer(tmp_path, INDICATOR.replace("year = 2020", 'year = "Jahr"'))
    assert problems == []
    assert found.editions[0].year == "Jahr"


def test_broken_toml_says_the_line(tmp_path):
    _, problems = layer(tmp_path, 'kind = "places"\ntitle = Kitas\n')
    assert problems[0].row == 2
    assert "not valid TOML" in problems[0].say("en")


def test_a_file_of_another_encoding_is_told(tmp_path):
    (tmp_path / "a.toml").write_bytes('title = "Köln"'.encode("cp1252"))
    _, problems = read_layer_file(tmp_path / "a.toml")
    assert "not UTF-8" in problems[0].say("en")


def test_a_byte_order_mark_of_an_editor_does_no_harm(tmp_path):
    (tmp_path / "a.toml").write_text(INDICATOR.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    found, problems = read_layer_file(tmp_path / "a.toml")
    assert problems == []
    assert found.kind == "indicator"


def test_the_file_name_is_a_key(tmp_path):
    _, problems = layer(tmp_path, INDICATOR, name="Quote 2020.toml")
    assert "file names of layers" in problems[0].say("en")


def test_a_city_is_read(tmp_path):
    found, problems = city(tmp_path, CITY)
    assert problems == []
    assert found.crs == "EPSG:25832"
    assert found.runs[0]["coverage"] == ["kita"]


@pytest.mark.parametrize(
    ("change", "row", "says"),
    [
        (("EPSG:25832", "EPSG:4326"), 3, "does not measure in metres"),
        (("EPSG:25832", "EPSG:99999"), 3, "no reference system that is known"),
        (('lang = "de"', 'lang = "deutsch"'), 2, "one of de, en"),
        (("within_m = 500", "within_m = 0"), 9, "a number above 0"),
        (("within_m = 500", 'within_m = "500"'), 9, "a number above 0"),
        (('id = "r1"', 'idd = "r1"'), 12, 'Did you mean "id"?'),
        (('lang = "de"', 'lang = "de"\nsecrecy = {min_count = -1}'), None, "a whole number from 0"),
        (('lang = "de"', 'lang = "de"\nrun = "all"'), None, ""),
    ],
)
def test_faults_of_a_city_are_named(tmp_path, change, row, says):
    found, problems = city(tmp_path, CITY.replace(*change))
    assert found is None
    hit = [problem for problem in problems if says in problem.say("en")]
    assert hit
    assert row is None or hit[0].row == row


def test_a_repeated_run_is_a_fault(tmp_path):
    again = CITY[CITY.index("[[run]]") :]
    _, problems = city(tmp_path, CITY + again)
    assert 'id = "r1" stands twice under [[run]]' in problems[0].say("en")


def test_a_missing_city_file_is_told(tmp_path):
    found, problems = read_city_file(tmp_path)
    assert found is None
    assert "not there" in problems[0].say("en")


BASES = [
    ('base = "residents_15_64"\nbase_share = 0.7', 7, "base and base_share name two bases"),
    ("base_share = 14.3", 6, '"base_share" must be a share above 0 and up to 1, such as 0.143'),
    ("base_share = 0", 6, '"base_share" must be a share above 0 and up to 1'),
    ("base_year = 2022", 6, "give base as well"),
    ("base_share = 0.5\nbase_year = 2022", 7, "give base as well"),
    ('numerator = "a"\ndenominator = "b"\nbase = "b"', 8, "a denominator is the base already"),
    ('bas = "b"', 6, 'Did you mean "base"?'),
]


@pytest.mark.parametrize(("keys", "row", "says"), BASES)
def test_a_wrong_base_is_named_with_its_line(tmp_path, keys, row, says):
    found, problems = layer(tmp_path, INDICATOR.replace("direction = 1\n", f"direction = 1\n{keys}\n"))
    assert found is None
    assert [problem.row for problem in problems] == [row]
    assert says in problems[0].what.en


def test_a_base_of_counts_is_a_fault(tmp_path):
    text = INDICATOR.replace('measure = "share"', 'measure = "count"').replace('"percent"', '"persons"')
    _, problems = layer(tmp_path, text + "base_share = 0.5\n")
    assert [(problem.row, "base_share belong to" in problem.what.en) for problem in problems] == [(17, True)]


def test_an_edition_may_read_the_base_of_its_layer_of_another_year(tmp_path):
    text = INDICATOR.replace("direction = 1\n", 'direction = 1\nbase = "residents_15_64"\n')
    found, problems = layer(tmp_path, text + "base_year = 2022\n")
    assert problems == []
    assert base_of(found, found.editions[0], year=2020) == Base("residents_15_64", 2022)
    assert base_of(found, found.editions[0], year=2022) == Base("residents_15_64")
    own, _ = layer(tmp_path, text + "base_share = 0.5\n")
    assert base_of(own, own.editions[0], year=2020) == Base(share=0.5)
