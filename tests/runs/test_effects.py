import csv
import io
import json
import math
from dataclasses import replace

import pandas as pd
import pytest

from qmgis.io.city.workspace import open_city
from qmgis.runs.programme.effect import effects, panel_of, scopes_of
from qmgis.runs.programme.effect_files import EFFECT, EFFECTS, effect_columns, effect_csv, effect_files
from qmgis.runs.secrecy.veiled import veiled
from tests.toy import VINTAGE, toy_city, toy_programme


@pytest.fixture(scope="module")
def city():
    return open_city("layers/musterstadt")


@pytest.fixture(scope="module")
def answers(city):
    return effects(city)


def test_musterstadt_is_described_and_never_estimated(city, answers):
    assert {one.kind for one in answers} <= {"descriptive", "none"}
    assert all("treated" in one.failed for one in answers)
    assert len(answers) == len(scopes_of(panel_of(city))) * len(panel_of(city).measured)
    assert not any(one.differs for one in answers)


def test_shares_that_are_no_burden_and_no_relief_are_placebo_outcomes(city, answers):
    placebos = {one.key for one in answers if one.placebo}
    assert placebos == {"foreign_share", "older_people"}
    told = next(one for one in answers if one.placebo and one.kind == "descriptive")
    assert any("Placebo-Indikator" in text.de and "placebo outcome" in text.en.lower() for text in told.sentences)
    assert "placebo_outcome" in {column.key for column in effect_columns()}


def test_roles_of_musterstadt_follow_its_programme(city):
    units = panel_of(city).units
    by_area = units[units["role"] == "treated"].groupby("programme").size()
    assert by_area.index.tolist() == ["QM-01", "QM-02"]
    assert (units.loc[units["programme"] == "QM-03", "role"] == "always").all()
    assert units.loc["02010101", "role"] == "left_out"  # declared
    assert not units["programme"].eq("QM-04").any()


def test_nothing_that_is_hidden_enters(city):
    panel, shown = panel_of(city), veiled(city)
    table = shown.tables[city.areas.vintage]
    for key, one in panel.measured.items():
        for year in set(table.years) & set(panel.years):
            hidden = table.of_year(year)[key].isna()
            assert one.values[year].reindex(hidden.index)[hidden].isna().all()


def test_shares_are_rebuilt_from_counts(city, answers):
    one = next(found for found in answers if found.scope == "QM-01" and found.key == "unemployment")
    panel = panel_of(city)
    own = panel.units.index[panel.units["programme"] == "QM-01"]
    measured = panel.measured["unemployment"]
    share = measured.count.loc[own].sum() / measured.total.loc[own].sum()
    pd.testing.assert_series_equal(one.lines["area"], share, check_names=False)
    assert one.changes.loc["area", "before"] == pytest.approx(share[2016])


def test_files_hold_every_answer_and_are_equal_each_time(city, answers):
    files = effect_files(city)
    rows = list(csv.DictReader(io.StringIO(files[EFFECT].decode())))
    assert len(rows) == len(answers)
    assert list(rows[0]) == [column.key for column in effect_columns()]
    content = json.loads(files[EFFECTS])
    assert [one["kind"] for one in content["answers"]] == [one.kind for one in answers]
    placebos = {row["key"] for row in rows if row["placebo_outcome"] == "true"}
    assert placebos == {one["key"] for one in content["answers"] if one["placebo_outcome"]}
    assert "NaN" not in files[EFFECTS].decode()
    assert files[EFFECT] == effect_csv(effects(city))


def test_people_read_words_and_commas(answers):
    text = effect_csv(answers[:1], lang="de").decode("utf-8-sig")
    assert text.startswith("Fördergebiet;Name;Indikator")
    assert "Beschreibung" in text
    assert "Genug Gebiete im Fördergebiet" in text


def test_an_edition_without_a_share_of_the_method_is_none():
    city = replace(toy_city(), programmes={"quarters": toy_programme()})
    table = city.tables[VINTAGE]
    empty = table.frame.index.get_level_values("year") == 2022
    frame = table.frame.assign(transfer=table.frame["transfer"].mask(empty))
    states = table.states.assign(transfer=table.states["transfer"].mask(empty, "missing"))
    without = replace(city, tables={VINTAGE: replace(table, frame=frame, states=states)})
    assert panel_of(city).years == (2022, 2023, 2024)
    assert panel_of(without).years == (2023, 2024)


def test_a_city_without_a_programme_has_no_files():
    assert effect_files(toy_city()) == {}


def test_every_number_in_the_json_is_finite(answers, city):
    def walk(value):
        if isinstance(value, dict):
            return [one for part in value.values() for one in walk(part)]
        if isinstance(value, list):
            return [one for part in value for one in walk(part)]
        return [value]

    numbers = [one for one in walk(json.loads(effect_files(city)[EFFECTS])) if isinstance(one, float)]
    assert numbers
    assert all(math.isfinite(one) for one in numbers)
