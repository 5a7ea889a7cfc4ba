"""Quality and readiness of a city: what register, events, runs and people by place give together, and as files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from qmgis.errors import UnknownKeyError
from qmgis.model import City, Register, Text
from qmgis.model.register import register_table
from qmgis.runs.programme.files import PROGRAMME_FILES, programme_files
from qmgis.runs.programme.measured import measured
from qmgis.runs.programme.quality import faults_of, portfolio_of, qualities_of, readiness_of
from qmgis.runs.programme.records import record_for
from qmgis.runs.write import write_city
from qmgis.targeting import within
from tests.records import said
from tests.toy import HOSTILE, SOUTH, WEST, toy_areas, toy_city, toy_programme, toy_residents, toy_table

ON = date(2024, 12, 31)


def register(**tables) -> Register:
    return Register("measures", Text("", ""), **{name: register_table(name, pd.DataFrame(rows))
                                                 for name, rows in tables.items()})  # fmt: skip


@pytest.fixture(scope="module")
def city() -> City:
    organisation = {"organisation": "O1", "name": "Träger e.V.", "type": "provider"}
    anchor = {"area": "QM-01", "name": "Treff", "operator": "O1", "y": SOUTH + 200.0}
    own = register(
        organisations=[{**organisation, "area": "QM-01", "role": "office"}],
        anchors=[{**anchor, "anchor": "A1", "x": WEST + 1000.0, "secured_until": "2030-01-01"},
                 {**anchor, "anchor": "A2", "x": WEST + 1900.0}],
        goals=[{"goal": "Z1", "area": "QM-01", "level": "field", "text": HOSTILE, "indicator": "population",
                "start_value": 1.0, "target_value": 2.0}],
        assessments=[said("R03", "2", evidence="=1+1")],
    )  # fmt: skip
    return replace(toy_city(), programmes={"quarters": toy_programme()}, registers={"measures": own})


def test_reports_weigh_classes_by_the_residents_in_the_area(city):
    """Once more by hand, with the areas in the outline and their residents."""
    from qmgis.runs.years.editions import edition_on

    parts = edition_on(city, "mss-2024", "toy-2022").result.seen
    inside = within(toy_areas(), toy_programme(), residents=toy_residents(), min_base=10)
    own = inside[inside["unit"] == "QM-01"].set_index("area")["share"]
    people = own * toy_table().of_year(2024)["population"].reindex(own.index)
    classes = pd.to_numeric(parts["status_class"]).reindex(own.index).astype(float)
    people = people[classes.notna()]
    wanted = people[classes.eq(4.0)].sum() / people.sum()
    found = measured(city, ON).reports["QM-01"].loc[2024]
    assert found["lowest_share"] == pytest.approx(wanted)
    assert found["main_class"] == people.groupby(classes).sum().idxmax()


def test_anchors_and_the_office_are_measured_on_foot_in_steps_of_people(city):
    record = record_for(city, "QM-01", ON)
    assert record.anchors["A1"].inside
    assert not record.anchors["A2"].inside
    assert 0 <= record.anchors["A2"].share < record.anchors["A1"].share <= 1
    assert record.office == record.anchors["A1"]


def test_goals_are_measured_in_the_outline(city):
    goal = qualities_of(city, "QM-01", ON).goals.iloc[0]
    assert goal["value"] > 100
    assert (goal["attainment"], goal["basis"], goal["year"]) == ("reached", "data", 2024)


def test_an_earlier_day_knows_less(city):
    before = qualities_of(city, "QM-01", date(2022, 12, 31))
    assert before.conditions.set_index("item").loc["R03", "level"] == "unknown"
    assert qualities_of(city, "QM-01", ON).conditions.set_index("item").loc["R03", "level"] == "2"
    assert record_for(city, "QM-01", date(2022, 12, 31)).editions == (2022,)


def test_a_small_area_shows_no_share_of_its_few_people(city):
    from qmgis.model import Secrecy

    strict = replace(city, secrecy=Secrecy(min_base=10_000))
    record = record_for(strict, "QM-01", ON)
    assert record.anchors["A1"].share is None
    assert record.supplies["inside"].isna().all()


def test_an_unknown_area_is_named(city):
    with pytest.raises(UnknownKeyError, match="QM-01"):
        readiness_of(city, "QM-O1", ON)


def test_all_areas_stand_in_the_portfolio_and_only_funded_ones_have_signals(city):
    found = portfolio_of(city, ON).set_index("programme_area")
    assert found.index.tolist() == ["QM-01", "QM-02", "QM-03"]
    assert found["quadrant"].tolist() == ["not_ready_no_limit", "not_ready_expired", ""]


def test_files_are_written_once_a_city_equal_each_time_and_guarded(city, tmp_path):
    files = programme_files(city)
    assert tuple(files) == PROGRAMME_FILES
    assert files == programme_files(replace(city))
    rows = list(csv.DictReader(io.StringIO(files["conditions.csv"].decode())))
    assert len(rows) == 3 * (18 + 12)
    assert {row["level"] for row in rows} <= {"0", "1", "2", "3", "na", "unknown"}
    assert [row["judged_evidence"] for row in rows if row["judged_evidence"]] == ["'=1+1"]
    assert {row["on"] for row in rows} == {"2024-12-31"}
    write_city(city, tmp_path, only="mss-2022")
    assert all((tmp_path / name).read_bytes() == content for name, content in files.items())


def test_a_city_without_programme_areas_has_no_such_files(tmp_path):
    write_city(toy_city(), tmp_path, only="mss-2022")
    assert not [name for name in PROGRAMME_FILES if (tmp_path / name).exists()]


def test_faults_of_assessments_come_together(city):
    rows = [said("R03", "2", on="2030-01-01"), said("R99", "1")]
    faulty = replace(city, registers={"measures": register(assessments=rows)})
    found = [one.de for one in faults_of(faulty, today=date(2025, 1, 1))]
    assert len(found) == 2
    assert "in der Zukunft" in found[0]
    assert '"R99"' in found[1]
