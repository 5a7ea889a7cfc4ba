"""What a profile says of a programme area: who has places in reach, readiness, conditions, changes beside others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from qmgis.effect import Answer
from qmgis.effect._checks import Check
from qmgis.model import Text
from qmgis.reports import profile_of
from qmgis.runs.programme.measured import measured
from qmgis.runs.report import _of_programme, profile

ON = date(2024, 12, 31)


def sections(shared, lang="de"):
    return {one.key: one for one in profile(shared, "QM-01", lang=lang).sections}


def test_reach_of_a_programme_area_is_in_steps(hostile, shared):
    table = sections(shared)["coverage"].tables[0]
    row = measured(hostile, ON).supplies["QM-01"].loc["kita"]
    step = hostile.secrecy.min_base
    assert row["reached"] % step == 0
    assert row["not_reached"] % step == 0
    assert row["inside"] == row["reached"] / (row["reached"] + row["not_reached"])
    assert len(table.rows) == 1
    assert table.rows[0][3:] == (f"{row['reached']:.0f}", f"{row['not_reached']:.0f}")


def test_readiness_shows_every_criterion_and_what_is_unknown(shared):
    found = sections(shared, "en")["readiness"]
    said = dict(row for table in found.tables for row in table.rows)
    assert len(said) == 15
    assert set(said.values()) <= {"met", "partly", "not met", "unknown"}
    assert list(said.values()).count("unknown") > 5
    assert "Deadline: none known" in found.sentences[0]
    assert all(key.split()[0] in found.pictures[0].alt for key in said)


def test_the_public_reads_states_and_not_who_goes_on(shared, for_public):
    assert sections(shared)["readiness"].points
    assert not sections(for_public)["readiness"].points


def test_conditions_add_up_to_the_list(shared):
    rows = sections(shared)["conditions"].tables[0].rows
    assert [sum(map(int, row[1:])) for row in rows] == [18, 12]


def changes(change):
    values = {"before": 0.2, "after": 0.2 + change, "change": change, "areas": 1.0}
    return pd.DataFrame([values] * 3, index=pd.Index(["area", "comparison", "city"], name="of"))


def test_changes_stand_beside_others_with_their_checks(shared):
    said = Text("Gemeinsam.", "Common.")
    checks = [(True, False), (True, True)]
    answers = tuple(
        Answer("QM-01", "Ost", f"k{place}", Text(f"Zahl {place}", f"Figure {place}"), "descriptive",
               tuple(Check(key, ok, Text("", "")) for key, ok in zip(("balanced", "overlap"), passed, strict=True)),
               start=2022, treated=2, people=None, others=9, changes=changes(0.01 * place),
               sentences=(Text(f"nur {place}", f"only {place}"), said))
        for place, passed in enumerate(checks)
    )  # fmt: skip
    made = profile_of(replace(_of_programme(shared, "QM-01", "en"), effects=answers))
    found = next(one for one in made.sections if one.key == "effect")
    assert [row[:4] for row in found.tables[0].rows] == [
        ("Figure 0", "20.0%", "20.0%", "0.0"), ("Figure 1", "20.0%", "21.0%", "+1.0"),
    ]  # fmt: skip
    assert found.tables[0].rows[0][-2:] == ("–", "–")
    assert "Without gaps: passed; Alike before: passed for 1 of 2" in found.remarks[0]
    assert found.remarks[1] == "Common."


def test_a_count_that_the_city_lacks_is_said_as_far_as_it_is_known(shared):
    year, kinds = shared.outcome.run.year, shared.lines["population"]
    frame, whole = kinds["area"].frame.copy(), kinds["city"].frame.copy()
    lost = frame.index.get_level_values("unit")[0]
    people = float(frame.xs(year, level="year")["value"].drop(lost).sum())
    frame.loc[(lost, year), ["value", "state"]] = [float("nan"), "secret"]
    whole.loc[("toy", year), ["value", "state"]] = [float("nan"), "missing"]
    lines = {"area": replace(kinds["area"], frame=frame), "city": replace(kinds["city"], frame=whole)}
    partly = replace(shared, lines={**shared.lines, "population": lines})
    table = next(one for one in profile(partly, "01010405", lang="en").sections if one.key == "figures").tables[0]
    assert table.rows[0][-2] == f"{people:,.0f} in 29 of 30 areas"
    assert "in 29" not in str(profile(shared, "01010405", lang="en").sections[0])
