"""What a check says of bad input: one clear sentence with file, row, column and remedy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qmgis.errors import DataError, LayerFileError
from qmgis.io.city.check import check_city
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import open_city

TABLE = "data/town/indicators_2024.csv"


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def edit(town: Path, name: str, *changes: tuple[str, str]) -> None:
    """Change a file of the town; each change has to hit something."""
    file = town / name if "/" in name else town / "layers" / "town" / name
    text = file.read_bytes().decode("utf-8")
    for old, new in changes:
        found = re.sub(old, new, text, flags=re.MULTILINE)
        assert found != text, old
        text = found
    file.write_bytes(text.encode("utf-8"))


def said(town: Path, level: str | None = None, lang: str = "en") -> list[str]:
    return [one.say(lang) for one in check_city(town).problems if level in (None, one.level)]


def test_the_summary_counts_layers_rows_years_and_gaps(town):
    summary = check_city(town).summary.set_index("layer")
    assert summary.loc["population", "rows"] == 16
    assert summary.loc["child_poverty", "missing"] == pytest.approx(1 / 16)
    assert summary.loc["unemployment", "years"] == "2024"
    assert summary.loc["areas", "vintages"] == "town-2024"
    assert summary.loc["population", "unjoined"] == 0


def test_the_report_is_for_people_and_machines(town):
    edit(town, TABLE, ("^010101;", "990101;"))
    report = check_city(town)
    assert "Bevölkerung" not in report.table("de")
    assert "Gebietsstände" in report.table("de")
    assert "6,3 %" in report.table("de")
    plain = json.loads(json.dumps(report.as_dict("en")))
    assert plain["usable"] is True
    assert plain["problems"][0]["level"] == "warning"
    assert {"layer", "kind", "rows", "years", "vintages", "unjoined", "missing"} == set(plain["layers"][0])


def test_a_missing_column_asks_did_you_mean(town):
    edit(town, "population.toml", ('value = "Einwohner"', 'value = "Einwoner"'))
    (line,) = [line for line in said(town, "error") if "Einwoner" in line]
    assert line == (
        'town/indicators_2024.csv, column "Einwoner": There is no column "Einwoner". Did you mean "Einwohner"? '
        'There are: "Kennung", "Name", "Einwohner", "Arbeitslose", "Arbeitslose 2022", "Einwohner 15-64", '
        '"Einwohner 15-64 2022", "Transfer in %", "Transfer Änderung", "Kinderarmut in %", "Kinderarmut Änderung". '
        "Named in town/population.toml, row 12."
    )


def test_a_choice_that_leaves_no_row_says_what_there_is(town):
    edit(
        town, "population.toml", ('^value = "Einwohner"', 'value = "Einwohner"\nwhere = {Name = "Haven", Kennung = 1}')
    )
    (line,) = [line for line in said(town, "error") if "where" in line]
    assert 'column "Name": No row has the value "Haven" that where asks for' in line
    assert line.endswith('Did you mean "Hafen"? Named in town/population.toml, row 12.')


def test_ids_without_leading_zeros_have_a_remedy_that_helps(town):
    edit(town, TABLE, ("^0(1)", r"\1"))
    lines = said(town, "error")
    assert any('16 of 16 ids belong to no area of "town-2024"' in line and "leading zeros" in line for line in lines)
    assert all("id_digits = 6" in line for line in lines if "leading zeros" in line)
    for name in ("population", "unemployed", "residents_15_64", "transfer", "child_poverty"):
        edit(town, f"{name}.toml", ('^id = "Kennung"', 'id = "Kennung"\nid_digits = 6'))
    assert said(town, "error") == []
    assert said(town, "warning") == []


def test_duplicate_ids_are_errors_with_both_rows(town):
    edit(town, TABLE, ("^010102;Am Markt", "010101;Am Markt"))
    lines = said(town, "error")
    assert any('row 3, column "Kennung": The id "010101" stands in row 2 already.' in line for line in lines)


def test_half_of_the_ids_not_joining_is_an_error_with_numbers_and_examples(town):
    edit(town, TABLE, ("^010([12])", r"X\1"))
    lines = said(town, "error")
    assert any('8 of 16 ids belong to no area of "town-2024", such as "X101", "X102"' in line for line in lines)


def test_a_few_ids_not_joining_are_a_warning(town):
    edit(town, TABLE, ("^010101;", "990101;"))
    assert check_city(town).usable
    lines = said(town, "warning")
    assert any("1 of 16 ids belong to no area" in line and 'row 2, column "Kennung"' in line for line in lines)
    assert any('1 of 16 areas of "town-2024" have no row, such as "010101"' in line for line in lines)


def test_two_vintages_joined_are_told_by_name(town):
    layers, data = town / "layers/town", town / "data/town"
    new = (data / "areas.geojson").read_text(encoding="utf-8").replace('"KENNUNG": "01', '"KENNUNG": "77')
    (data / "areas_2030.geojson").write_text(new, encoding="utf-8")
    text = (layers / "areas.toml").read_text(encoding="utf-8")
    text = text.replace("town-2024", "town-2030").replace("areas.geojson", "areas_2030.geojson")
    (layers / "areas_2030.toml").write_text(text, encoding="utf-8")
    edit(town, "population.toml", ("town-2024", "town-2030"))
    lines = said(town, "error")
    assert any('16 belong to "town-2024": two versions' in line and 'vintage = "town-2024"' in line for line in lines)


def test_equal_ids_with_other_names_are_reported(town):
    edit(town, TABLE, (";Hafen;", ";Flughafengelände;"))
    lines = said(town, "warning")
    assert any(
        'row 13, column "Name": "010304" is called "Flughafengelände" here, but "Hafen" in "town-2024"' in line
        for line in lines
    )


@pytest.mark.parametrize("name", ["", "MÜHLENVIERTEL", "Muehlenviertel", "Mühlen-Viertel", " Mühlenviertel "])
def test_other_spellings_of_a_name_are_no_fault(town, name):
    edit(town, TABLE, (";Mühlenviertel;", f";{name};"))
    assert said(town) == []


def test_all_values_missing_is_an_error(town):
    edit(town, TABLE, (r"^((?:[^;]*;){2})\d+;", r"\1-;"))
    lines = said(town, "error")
    assert any('column "Einwohner": None of the 16 rows has a value (no data).' in line for line in lines)


def test_a_negative_population_is_an_error_with_its_row(town):
    edit(town, TABLE, ("^010101;Altstadt;1200", "010101;Altstadt;-1200"))
    assert any('row 2, column "Einwohner": -1200 is negative' in line for line in said(town, "error"))


def test_text_in_a_number_column_names_row_and_value(town):
    edit(town, TABLE, ("^010101;Altstadt;1200", "010101;Altstadt;zwölf"))
    lines = said(town, "error")
    assert any('row 2, column "Einwohner"' in line and "zwölf" in line for line in lines)


def test_a_decimal_comma_read_as_thousands_is_caught(town):
    edit(town, "transfer.toml", ('decimal = ","', 'decimal = "."'))
    lines = said(town)
    assert not check_city(town).usable
    assert any('column "Transfer in %"' in line and "decimal" in line for line in lines)


def test_a_share_above_the_whole_is_told(town):
    edit(town, TABLE, ("^(010101.*;)9,8;", r"\g<1>980;"))
    assert any('"Transfer in %": 980 is more than the whole' in line for line in said(town, "warning"))


def test_a_constant_indicator_is_a_note(town):
    edit(town, TABLE, (r"^((?:[^;]*;){2})\d+;", r"\g<1>1000;"))
    assert any('column "Einwohner": Every row has the same value 1000.' in line for line in said(town, "note"))


def test_a_date_in_a_year_column_is_told_with_its_row(town):
    edit(
        town, TABLE, ("Kennung;", "Jahr;Kennung;"), (r"^(0\d{5});", r"2024;\1;"), ("^2024;010102", "31.12.2024;010102")
    )
    edit(town, "population.toml", ("year = 2024", 'year = "Jahr"'))
    lines = said(town, "error")
    assert any('row 3, column "Jahr": "31.12.2024" is no year.' in line for line in lines)
    edit(town, TABLE, (r"31\.12\.2024;", "2024;"))
    assert said(town) == []


def test_one_area_is_a_warning(town):
    edit(town, "areas.toml", ("^id = ", 'where = {NAME = ["Hafen"]}\nid = '))
    report = check_city(town)
    assert any("one area only" in one.say("en") for one in report.problems)
    assert not report.usable


def test_a_file_that_is_not_there_is_told_with_who_names_it(town):
    (town / "data/town/kitas.csv").unlink()
    (line,) = said(town, "error")
    assert line.startswith('town/kitas.csv: The file "town/kitas.csv" is in no data folder')
    assert line.endswith("Named in town/kita.toml, row 4.")


def test_files_are_missed_even_where_the_areas_are_not_there(town):
    for name in ("areas.geojson", "indicators_2024.csv"):
        (town / "data/town" / name).unlink()
    lines = said(town, "error")
    assert {line.split(":")[0] for line in lines} == {"town/areas.geojson", "town/indicators_2024.csv"}


def test_what_a_file_says_cannot_command_a_terminal(town):
    edit(town, TABLE, (";Hafen;", ";\x1b[31mRot;"), ("^010101;", "\x1b]0;x"))
    assert all(line.isprintable() for line in said(town) + said(town, lang="de"))


def test_wrong_coordinates_are_told(town):
    edit(town, "kita.toml", ('x = "X".*', 'x = "Y"'), ('y = "Y"', 'y = "X"'))
    assert not check_city(town).usable


def test_places_elsewhere_are_told(town):
    edit(town, "data/town/kitas.csv", (r";5(\d{5});5(\d{6})$", r";3\1;5\2"))
    assert any("None of the 5 points is near the areas" in line for line in said(town, "error"))


def test_names_between_files_are_checked_together(town):
    edit(
        town, "city.toml", ('places = "kita"', 'places = "kitas"'), ('method = "mss-2021"', 'method = "mss-2012"'),
        ('group = "age_0_5"', 'group = "age_0_6"'), ('coverage = ."kita".', 'coverage = ["kitta"]'),
        ('need = "child_poverty"', 'need = "child_poverti"'),
    )  # fmt: skip
    lines = said(town, "error")
    assert len(lines) == 5
    assert all("town/city.toml, row" in line for line in lines)
    assert sum("Did you mean" in line for line in lines) == 5


def test_a_run_without_data_is_an_error(town):
    edit(town, "city.toml", ("^year = 2024", "year = 2023"))
    assert any("The run mss-2024 needs values of 2023; there are: 2024." in line for line in said(town, "error"))


def test_a_run_without_an_indicator_is_an_error(town):
    (town / "layers/town/transfer.toml").unlink()
    assert any(
        "The run mss-2024 lacks values that mss-2021 needs for 2024: transfer." in line for line in said(town, "error")
    )


def test_a_fault_is_not_told_twice(town):
    edit(town, "transfer.toml", ('value = "Transfer in %"', 'value = "Transver"'))
    edit(town, "unemployed.toml", ("^measure", "measurex"))
    assert len(said(town, "error")) == 3  # the unknown key, the missing key, the missing column; no echo from the run


def test_opening_lists_every_problem(town):
    edit(town, "population.toml", ('value = "Einwohner"', 'value = "Einwoner"'))
    (town / "data/town/kitas.csv").unlink()
    with pytest.raises(DataError) as caught:
        open_city(town)
    assert "Einwoner" in caught.value.en
    assert "kitas.csv" in caught.value.en
    assert "Meinten Sie" in caught.value.say("de")


def test_bad_layer_files_are_another_error(town):
    edit(town, "kita.toml", ("^capacity", "capazity"))
    with pytest.raises(LayerFileError, match='Did you mean "capacity"'):
        open_city(town)


def test_a_folder_without_city_is_told(tmp_path):
    report = check_city(tmp_path)
    assert not report.usable
    assert "city.toml" in report.problems[0].say("de")
    with pytest.raises(LayerFileError, match=r"city\.toml"):
        open_city(tmp_path)


def test_checking_changes_nothing(town):
    before = {file: file.read_bytes() for file in town.rglob("*.*") if file.is_file()}
    check_city(town)
    assert {file: file.read_bytes() for file in town.rglob("*.*") if file.is_file()} == before


def test_a_table_that_reaches_further_than_the_city_is_no_fault(town):
    """A table of the whole country, or one with rows of totals, has every area of the city in it."""
    more = "\n".join(f"99{n:04d};anderswo;9;9;9;9;9;1,0;1,0;1,0;1,0" for n in range(40))
    text = (town / TABLE).read_text(encoding="utf-8")
    (town / TABLE).write_text(text.rstrip("\n") + "\n" + more + "\n", encoding="utf-8")
    report = check_city(town)
    assert report.usable
    assert [one.level for one in report.problems] == ["note"]
    assert "40 of 56 ids belong to no area and are left out" in report.problems[0].say("en")


def test_ids_of_places_join_nothing(town):
    edit(town, "data/town/kitas.csv", ("^K01;", "1001;"), ("^K02;", "10002;"), ("^K03;", "1003;"))
    edit(town, "data/town/kitas.csv", ("^K04;", "10004;"), ("^K05;", ";"))
    assert said(town) == []


def test_a_run_of_one_point_in_time_is_told_what_it_lacks(town):
    changes = (("unemployed", "before"), ("transfer", "change"), ("child_poverty", "change"))
    for name, key in changes:
        edit(town, f"{name}.toml", (f"^{key} = .*\n", ""))
    (line,) = [line for line in said(town, "error") if "change" in line]
    assert "mss-2024 needs the change up to 2024 of: unemployment (not there in: unemployed), transfer, child" in line
    assert "change_from_editions" in line
