"""Rules as a method: a census by hand, clusters, infill, what is told, and a run of a city with its own rules."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from qmgis.core.rules import Condition, Group, Limit
from qmgis.core.spatial.neighbours import queen
from qmgis.errors import DataError
from qmgis.io.city.check import check_city
from qmgis.io.city.workspace import open_city
from qmgis.io.profiles.files import profile, read_profile
from qmgis.methods.rules import score
from qmgis.model import Category, Cluster, Indicator, IndicatorTable, Profile, Rules, Text
from qmgis.registry import collect
from qmgis.runs.compute import compute
from qmgis.views.cells import why_empty
from tests import toy

ROOT = Path(__file__).resolve().parents[2]
IDS = list("abcdefgh")
ROW = queen(pd.Series(shapely.box(range(8), 0, range(1, 9), 1), index=IDS), islands="keep")


def table_of(*, measure: str = "mean", **columns: list[float]) -> IndicatorTable:
    """Eight areas in a row in 2024."""
    index = pd.MultiIndex.from_product([IDS, [2024]], names=["area", "year"])
    frame = pd.DataFrame(columns, index=index, dtype=float)
    indicators = {
        key: Indicator(key, Text(key, key), "count", "persons")
        if key in ("population", "top", "bottom")
        else Indicator(
            key, Text(key, key), measure, "euro" if measure == "mean" else "percent",
            numerator="top" if "top" in columns else None, denominator="bottom" if "top" in columns else None,
        )
        for key in columns
    }  # fmt: skip
    states = pd.DataFrame("ok", index=index, columns=frame.columns).where(frame.notna(), "missing")
    return IndicatorTable(frame, states, frame * 0, indicators, "v")


def profile_of(rules: Rules) -> Profile:
    return Profile(
        "own", "rules", Text("Eigene", "Own"), "a test", False, {}, min_residents=1, rules=rules,
        attention=rules.classes[1:],
    )  # fmt: skip


def test_the_pattern_of_france_by_hand():
    """City value 20 000, threshold 12 000; a-b have 1,100 residents, d only 900, f-g are above it together."""
    table = table_of(
        population=[600, 500, 2000, 900, 2000, 400, 700, 2500],
        income_median=[11_000, 11_500, 22_000, 9_000, 22_000, 11_900, 11_900, 28_184],
    )
    result = score(table, profile=profile("qpv-like"), year=2024, neighbours=ROW)
    assert result.parameters["city_values"]["income_median"] == pytest.approx(
        np.average(table.frame["income_median"], weights=table.frame["population"])
    )
    assert result.label.astype(str).to_dict() == {
        **dict.fromkeys("abfg", "flagged"),
        **dict.fromkeys("cdeh", "not_flagged"),
    }
    assert result.parts["cluster"].tolist() == ["c1", "c1", "", "", "", "c3", "c3", ""]
    assert result.parts["rule_low_income"]["d"]
    assert result.value["d"] == 1
    assert any("1 areas (d)" in warning.en for warning in result.warnings)
    assert any("weighted by residents" in warning.en for warning in result.warnings)


def test_a_cluster_has_to_be_beyond_the_threshold_as_a_whole():
    """Of a share the pooled value counts: b is 30 of 100, a and b together 31 of 1,100."""
    over = Group("all", (Condition("p", "above", Limit("number", 0.2)),))
    either = Group("any", (*over.parts, Condition("population", "above", Limit("number", 900))))
    rules = Rules(
        (Category("x", Text("X", "X"), either),), cluster=Cluster(0, Condition("p", "above", Limit("number", 0.2)))
    )
    top, bottom = [1, 30, 0, 0, 90, 0, 0, 0], [1000, 100, 100, 100, 100, 100, 100, 100]
    table = table_of(
        measure="share", population=bottom, p=[a / b for a, b in zip(top, bottom, strict=True)], top=top, bottom=bottom
    )
    result = score(table, profile=profile_of(rules), year=2024, neighbours=ROW)
    assert result.label.index[result.label == "flagged"].tolist() == ["e"]


def test_a_factor_of_a_share_is_of_the_pooled_share():
    """Shares 0.5 (of 10), 0.1, …: the mean is 0.15, pooled it is 0.105; 1.2 times it is 0.126."""
    top, bottom = [5, 10, 13, 10, 10, 10, 10, 10], [10, 100, 100, 100, 100, 100, 100, 100]
    shares = [a / b for a, b in zip(top, bottom, strict=True)]
    rule = Group("all", (Condition("p", "above", Limit("factor", 1.2)),))
    table = table_of(measure="share", population=bottom, p=shares, top=top, bottom=bottom)
    result = score(table, profile=profile_of(Rules((Category("x", Text("X", "X"), rule),))), year=2024)
    assert result.parameters["city_values"]["p"] == pytest.approx(78 / 710)
    assert result.label.index[result.label == "flagged"].tolist() == ["a"]
    assert 1.2 * np.mean(shares) > 0.13 > 1.1 * 78 / 710
    assert not any("weighted" in warning.en for warning in result.warnings)


def test_infill_comes_before_clusters_and_is_a_class_of_its_own():
    rule = Group("all", (Condition("p", "at_least", Limit("number", 0.5)),))
    soft = Group("all", (Condition("p", "at_least", Limit("number", 0.3)),))
    rules = Rules((Category("x", Text("X", "X"), rule),), infill=soft, cluster=Cluster(250))
    table = table_of(measure="share", population=[100] * 8, p=[0.6, 0.4, 0.6, 0.1, 0.6, 0.1, 0.6, 0.6])
    result = score(table, profile=profile_of(rules), year=2024, neighbours=ROW)
    assert result.label.astype(str).tolist() == ["flagged", "infill", "flagged", *["not_flagged"] * 5]
    assert result.label.cat.categories.tolist() == ["not_flagged", "infill", "flagged"]
    assert result.parts["attention"].tolist() == [True, True, True, *[False] * 5]
    assert result.value["b"] == 0


def test_the_pattern_of_the_united_states_counts_categories_and_tells_gaps():
    made = profile("cejst-like")
    rng = np.random.default_rng(4)
    columns = {key: rng.permutation(np.linspace(0.01, 0.99, 8)) for key in made.status}
    columns |= {"population": np.full(8, 1000.0), "low_income": np.linspace(0, 1, 8)}
    for key in ("flood_risk", "asthma"):  # the poorest area is the highest in two categories
        columns[key] = np.linspace(0, 1, 8)
    columns["asthma"][7] = np.nan
    table = table_of(measure="mean", **columns)
    result = score(table, profile=made, year=2024, neighbours=ROW)
    assert result.parts["rule_climate"]["h"]
    assert not result.parts["rule_climate"][IDS[:7]].any()
    counted = result.parts[[f"rule_{one.key}" for one in made.rules.categories]].sum(axis=1)
    np.testing.assert_array_equal(counted, result.value)
    assert result.parts["open"]["h"] == (0 if result.parts["rule_health"]["h"] else 1)
    assert any("asthma (1)" in warning.en for warning in result.warnings)
    assert not result.parts["rule_health"][["a", "b", "c"]].any()  # below the 65th percentile of low income


def test_at_least_so_many_categories():
    table = toy.toy_table()
    made = toy.toy_rules()
    one, two = (
        score(table, profile=replace(made, rules=replace(made.rules, least=n, infill=None, cluster=None)), year=2024)
        for n in (1, 2)
    )
    assert ((two.label == "flagged") == (one.value >= 2)).all()
    assert 0 < (two.label == "flagged").sum() < (one.label == "flagged").sum()
    assert one.left_out.to_dict() == {"01010000": "too_few_residents"}
    assert one.parts.loc["01010000", ["class", "rule_work", "attention"]].isna().all()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Condition("transfer", "above", Limit("number", 20.0)), "0.2 for 20 percent"),
        (Condition("transfer", "above", Limit("factor", 1.0, 20.0)), "0.2 for 20 percent"),
        (Condition("population", "above", Limit("factor", 1.0)), "which is a sum"),
    ],
)
def test_limits_have_to_fit_their_indicator(condition, said):
    rules = Rules((Category("x", Text("X", "X"), Group("all", (condition,))),))
    with pytest.raises(DataError, match=said):
        score(toy.toy_table(), profile=profile_of(rules), year=2024)


def test_neighbours_are_asked_for():
    with pytest.raises(DataError, match="neighbours"):
        score(toy.toy_table(), profile=toy.toy_rules(), year=2024)


def test_the_code_book_says_each_rule_in_words():
    result = score(
        toy.toy_table(), profile=toy.toy_rules(), year=2024, neighbours=queen(toy.toy_areas().frame.geometry)
    )
    notes = {column.key: column.note for column in result.columns}
    assert notes["rule_work"].en == "Unemployment above mean +1 SD or Transfer benefits at least 20.0%"
    assert notes["rule_children"].de == "Kinderarmut mindestens Prozentrang 70 der bewerteten Gebiete"


OWN = """key = "familien"
method = "rules"
title = {de = "Familien", en = "Families"}
source = "Entwurf"

[rules]
infill = {all = [{indicator = "transfer", at_least = {percentile = 50}}]}
cluster = {min_residents = 2000, indicator = "transfer", above = {factor = 1.0}}

[[rules.category]]
key = "work"
name = {de = "Arbeit", en = "Work"}
any = [{indicator = "unemployment", at_least = {percentile = 80}}, {indicator = "transfer", above = {sd = 1}}]

[[rules.category]]
key = "children"
name = {de = "Kinder", en = "Children"}
all = [{indicator = "child_poverty", at_least = {factor = 1.5}}]
"""
RUN = """
[[run]]
id = "familien-2024"
title = {de = "Familien 2024", en = "Families 2024"}
method = "familien"
year = 2024
areas = "ms-2022"
coverage = ["kita"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("layers") / "musterstadt"
    shutil.copytree(ROOT / "layers" / "musterstadt", made)
    (made / "profiles").mkdir()
    (made / "profiles" / "familien.toml").write_text(OWN, encoding="utf-8")
    with (made / "city.toml").open("a", encoding="utf-8") as file:
        file.write(RUN)
    return made


@pytest.fixture(scope="module")
def outcome(folder):
    return compute(open_city(folder, data=ROOT / "data"), "familien-2024")


def test_a_city_with_its_own_rules_is_checked_and_runs(folder, outcome):
    report = check_city(folder, data=ROOT / "data")
    assert [one.say("en") for one in report.problems if one.level == "error"] == []
    table = outcome.table
    assert [column.key for column in outcome.columns] == list(table)
    assert table["class"].value_counts()["flagged"] >= 5
    assert (table["attention"].fillna(False) == table["class"].isin(["flagged", "infill"])).all()
    assert (table.loc[table["class"].isin(["flagged", "infill"]), "cluster"].str.startswith("c")).all()
    assert (outcome.priority["kita"].label == "attention_underserved").any()
    assert outcome.recipe.parameters["rules"]["categories"][0]["key"] == "work"
    assert {"children_in_transfer", "children_under_15"} <= {Path(one.path).stem for one in outcome.recipe.settings}


def test_hidden_values_take_their_rules_along_and_leave_the_class(outcome):
    hidden = outcome.table["states"].str.contains("index=secret")
    assert hidden.any()
    rows = outcome.table[hidden]
    assert rows[["index", "rank", "conditions", "open", "rule_work", "rule_children"]].isna().all(axis=None)
    assert rows["class"].notna().all()
    assert outcome.table.loc[~hidden & outcome.table["left_out"].isna(), "rule_work"].notna().all()
    assert set(why_empty(outcome, "rule_work")[hidden]) == {"secret"}


@pytest.mark.parametrize("export", collect("qmgis.io.exports", "EXPORT").values(), ids=lambda one: one.key)
def test_every_file_is_written(export, outcome):
    assert len(export.render(outcome, "de")) > 100


def test_the_example_of_the_docs_is_a_profile(tmp_path):
    page = (ROOT / "docs" / "methods" / "rules.md").read_text(encoding="utf-8")
    file = tmp_path / "familien.toml"
    file.write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    made, problems = read_profile(file)
    assert problems == []
    assert made.rules.classes == ("not_flagged", "infill", "flagged")
