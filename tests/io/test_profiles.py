"""Profiles: every fault of a file at once, and a city's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmgis.io.profiles import own_profiles, profiles, read_profile

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
