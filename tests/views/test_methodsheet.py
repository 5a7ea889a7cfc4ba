"""One method sheet for the command line and the dashboard: every method, with a run and without."""

from dataclasses import replace

import pytest

from qmgis.io.profiles.files import profiles
from qmgis.model import Run, Text
from qmgis.registry import collect
from qmgis.runs.compute import compute
from qmgis.views.methodsheet import method_sheet
from tests import toy
from tests.views.made import composite_city


def sheet_of(city, run, lang="en"):
    outcome = compute(city, run)
    indicators = city.tables[outcome.run.vintage].indicators
    method = collect("qmgis.methods", "METHOD")[outcome.profile.method].title
    found = method_sheet(outcome.profile, lang, method=method, indicators=indicators, outcome=outcome)
    return outcome, {section.key: section for section in found.sections}


@pytest.fixture(scope="module")
def rules_city():
    city, own = toy.toy_city(), toy.toy_rules()
    run = Run("rules-2024", Text("Regeln 2024", "Rules 2024"), own.key, 2024, toy.VINTAGE)
    return replace(city, profiles={own.key: own}, runs={run.key: run})


def test_a_run_carries_the_profile_that_it_was_made_with(toy_city):
    outcome = compute(toy_city, "mss-2024")
    assert outcome.profile.key == outcome.run.method
    assert outcome.profile.min_residents == max(profiles()["mss-2021"].min_residents, toy_city.secrecy.min_residents)
    strict = replace(toy_city, secrecy=replace(toy_city.secrecy, min_residents=500))
    assert sheet_of(strict, "mss-2024")[1]["left_out"].rows[0][1].startswith("fewer than 500")


def test_a_run_adds_its_areas_its_counts_and_its_reference_set(toy_city):
    outcome, sections = sheet_of(toy_city, "mss-2024")
    head = dict(sections["profile"].rows)
    assert head["Measured in"] == "2024"
    assert head["Version of the areas"].endswith(f"({toy.VINTAGE})")
    scored = int(outcome.index.value.notna().sum())
    assert head["Reference set"] == f"{scored} areas that are scored; each counts the same"
    classes = sections["status_classes"]
    assert classes.heads == ("Class", "Index", "Areas")
    assert sum(int(row[-1]) for row in classes.rows) == scored
    row = next(row for row in sections["reference"].rows if row[0] == "Child poverty")
    assert row[1:] == ("%", *(f"{100 * outcome.index.reference.loc['child_poverty', k]:.2f}" for k in ("mean", "sd")),
                       str(scored))  # fmt: skip


def test_parts_of_equal_size_say_how_far_they_reach_in_this_run():
    outcome, sections = sheet_of(composite_city(), "tenths-2024")
    rows = sections["index_classes"].rows
    assert sections["index_classes"].heads[-2:] == ("In this run", "Areas")
    top = outcome.table.loc[outcome.table["class"].eq("1"), "index"].astype(float)
    assert rows[-1][2] == f"{top.min():.2f} to {top.max():.2f}"
    assert rows[-1][3] == str(len(top))


def test_rules_say_the_limits_that_rest_on_the_city(rules_city):
    outcome, sections = sheet_of(rules_city, "rules-2024")
    found = {row[1:3]: row[3] for row in sections["rules_indicators"].rows}
    reference = outcome.index.reference.loc["unemployment"]
    assert found["unemployment", "above mean +1 SD"] == f"{100 * (reference['mean'] + reference['sd']):.1f}%"
    city = outcome.index.parameters["city_values"]["transfer"]
    assert found["transfer", "above 1 × value of the whole city"] == f"{100 * city:.1f}%"
    # The value behind a percentile is that of a single area.
    assert found["child_poverty", "at least percentile rank 70 of the areas that are scored"] == "–"
    assert found["transfer", "at least 20.0%"] == "–"
    steps = dict(sections["rules_steps"].rows)
    assert steps["Rule Work"] == "Unemployment above mean +1 SD or Transfer benefits at least 20.0%"
    assert dict(sections["attention"].rows)["Requires particular attention"] == "filled in, flagged"


def test_a_documented_profile_says_what_differs():
    own = profiles()["cejst-like"]
    rows = dict(next(s for s in method_sheet(own, "de", method=Text("m", "m")).sections if s.key == "differences").rows)
    assert rows["Stand"].startswith("wie dokumentiert")
    assert rows["Hinweis"] == own.note.de
