"""Profiles: every fault of a file at once, and a city's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmgis.core.rules import Condition, Group, Limit
from qmgis.io.profiles.files import own_profiles, profiles, read_profile
from qmgis.model import Cluster

GOOD = """key = "own"
method = "composite"
title = "Own"
source = "ours"
attention = ["high"]

[index]
indicators = ["unemployment", "transfer"]
normalise = "min_max"
aggregate = "mean"
again = "none"
limits = [0.5]
classes = ["low", "high"]
"""


def faults_of(text: str, tmp_path: Path) -> list[str]:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    made, found = read_profile(file)
    assert (made is None) == bool(found)
    assert all(one.say("de") != one.say("en") for one in found)
    return [one.say("en") for one in found]


def test_a_good_profile_has_no_faults(tmp_path):
    assert faults_of(GOOD, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('normalise = "min_max"', 'normalise = "minmax"', 'Did you mean "min_max"'),
        ("limits = [0.5]", "limits = [0.5, 0.4]", "must increase"),
        ("limits = [0.5]", "", "exactly one of the two"),
        ("limits = [0.5]", "limits = [0.5]\nquantiles = 2", "exactly one of the two"),
        ('classes = ["low", "high"]', 'classes = ["low", "middle", "high"]', "names 3 classes, but 2 are needed"),
        ('"unemployment", "transfer"]', '"transfer", "transfer"]', "Named more than once in indicators: transfer"),
        ('indicators = ["unemployment", "transfer"]', "indicators = []", "is empty"),
        ("limits", "[index.weights]\nunemployment = -1\n\n[x]\nlimits", "weights"),
        ('attention = ["high"]', 'attention = ["hoch"]', 'names "hoch", which is no class'),
        ('method = "composite"', 'method = "mss"', "needs exactly the tables [status], [dynamics]"),
        ('method = "composite"', 'method = "compositum"', 'Did you mean "composite"'),
        ('again = "none"', 'again = "none"\nweigh = "principal"\naggregate2 = 1', '"aggregate2" is not a key'),
        ('aggregate = "mean"', 'aggregate = "sum"\nweigh = "principal"', "do not fit aggregate"),
        ('classes = ["low", "high"]', 'classes = ["low", "high"]\n[index.weights]\ntransfr = 2', 'names "transfr"'),
        (
            'classes = ["low", "high"]', 'classes = ["low", "high"]\n[index.domains]\ntransfer = "money"',
            "Without a domain in domains: unemployment",
        ),
        (
            'classes = ["low", "high"]', 'classes = ["low", "high"]\n[index.weights]\ntransfer = 0\nunemployment = 0',
            "All weights in weights are 0",
        ),
    ],
)  # fmt: skip
def test_each_fault_is_one_sentence(old, new, said, tmp_path):
    assert old in GOOD
    found = faults_of(GOOD.replace(old, new), tmp_path)
    assert any(said in one for one in found), found


def test_all_faults_of_a_file_come_together(tmp_path):
    text = GOOD.replace("min_max", "minmax").replace('title = "Own"\n', "").replace("[0.5]", '"half"')
    found = faults_of(text, tmp_path)
    assert len(found) == 3
    assert all("own.toml" in one for one in found)


RULES = """key = "own"
method = "rules"
title = "Own"
source = "ours"

[rules]
infill = {all = [{indicator = "transfer", at_least = {percentile = 50}}]}
cluster = {min_residents = 1000, indicator = "transfer", above = {factor = 1.5}}

[[rules.category]]
key = "work"
name = {de = "Arbeit", en = "Work"}
any = [
  {indicator = "unemployment", at_least = 0.1},
  {all = [{indicator = "transfer", above = {sd = 1.5}}, {indicator = "population", below = 9000}]},
]

[[rules.category]]
key = "children"
name = {de = "Kinder", en = "Children"}
all = [{indicator = "child_poverty", at_most = {factor = 0.6, reference = 0.3, reference_weight = 0.7}}]
any = [{indicator = "transfer", at_least = {percentile = 90}}]
"""


def test_rules_are_read_as_they_stand(tmp_path):
    (tmp_path / "own.toml").write_text(RULES, encoding="utf-8")
    made, found = read_profile(tmp_path / "own.toml")
    assert found == []
    transfer = Condition("transfer", "at_least", Limit("percentile", 90.0))
    income = Condition("child_poverty", "at_most", Limit("factor", 0.6, 0.3, 0.7))
    assert made.rules.categories[1].rule == Group("all", (income, Group("any", (transfer,))))
    assert made.rules.cluster == Cluster(1000, Condition("transfer", "above", Limit("factor", 1.5)))
    assert made.needs == ("population", "unemployment", "transfer", "child_poverty")
    assert made.attention == ("infill", "flagged")


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ("at_least = 0.1", "at_leest = 0.1", 'Did you mean "at_least"', 14),
        ("at_least = 0.1", 'at_least = "10 %"', "a number, or one of {percentile = 90}", 14),
        ("at_least = 0.1", "at_least = 0.1, below = 0.2", "exactly one side", 14),
        ("at_least = 0.1", "note = 1", '"note" is not a key', 14),
        (", at_least = 0.1", "", "exactly one side", 14),
        ("{sd = 1.5}", "{sdd = 1.5}", 'Did you mean "sd"', 15),
        ("{sd = 1.5}", "{sd = 1.5, factor = 2}", "exactly one of percentile, sd, factor", 15),
        ("reference = 0.3, ", "", "reference_weight needs reference", 21),
        ("{percentile = 90}", "{percentile = 101}", "from 0 to 100", 22),
        ('{indicator = "transfer", at_least = {percentile = 90}}', "7", "Each entry of any is a condition", 22),
        ('any = [{indicator = "transfer", at_least = {percentile = 90}}]', "any = []", "a list of conditions", 22),
        ("above = {factor = 1.5}", "above = {percentile = 90}", "does not fit a cluster", 8),
        ("min_residents = 1000, ", "", '"min_residents" is missing', 8),
        ("[rules]", "[rules]\nleast = 3", "more rules than there are (2)", 7),
        ('key = "children"', 'key = "work"', 'a rule "work" already', 19),
        ('name = {de = "Arbeit", en = "Work"}', "", '"name" is missing', 10),
        ('method = "rules"', 'method = "rules"\nattention = ["high"]', "which is no class", 3),
        ('method = "rules"', 'method = "composite"', "needs exactly the tables [index]", None),
    ],
)
def test_each_fault_of_a_rule_is_one_sentence_with_its_line(old, new, said, line, tmp_path):
    assert old in RULES
    file = tmp_path / "own.toml"
    file.write_text(RULES.replace(old, new, 1), encoding="utf-8")
    made, found = read_profile(file)
    assert made is None
    assert [one.row for one in found if said in one.say("en")] == [line], [(one.row, one.say("en")) for one in found]
    assert all(one.say("de") != one.say("en") for one in found)


def test_rules_without_a_category_or_a_condition_are_named(tmp_path):
    head = RULES[: RULES.index("[rules]")]
    assert any("[[rules.category]]" in one for one in faults_of(head + "[rules]\ncategory = []\n", tmp_path))
    bare = head + '[[rules.category]]\nkey = "work"\nname = "Work"\n'
    assert any("no conditions here" in one for one in faults_of(bare, tmp_path))


def test_a_city_has_its_own_profiles_but_not_under_a_shipped_name(tmp_path):
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "own.toml").write_text(GOOD, encoding="utf-8")
    found, problems = own_profiles(tmp_path)
    assert list(found) == ["own"]
    assert problems == []
    (folder / "taken.toml").write_text(GOOD.replace('"own"', '"mss-2021"'), encoding="utf-8")
    assert "already" in own_profiles(tmp_path)[1][0].say("en")


def test_what_ships_is_sorted_and_says_whether_it_is_verified():
    assert list(profiles()) == sorted(profiles())
    assert {key for key, one in profiles().items() if one.verified} == {"mss-2013", "mss-2017", "mss-2021", "imd-2019"}
