"""Legal bases: which sections a text names, which combinations a programme allows, files with faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qmgis.io.city.workspace import open_city
from qmgis.io.rules.legal import legal_rules, own_legal_rules, read_legal_rule
from qmgis.lifecycle import legal_check
from qmgis.model import Event
from qmgis.model.lifecycle import sections
from qmgis.runs.programme.lives import programme_of
from tests.toy import toy_programme

RULES = legal_rules()

# The list of the funding agreement as DOMAIN 1.3 gives it, by programme.
ALLOWED = {
    "Sozialer Zusammenhalt": ["171e(3)", "142", "172"],
    "Lebendige Zentren": ["142", "172(1)", "171b", "171e", "171f"],
    "Wachstum und nachhaltige Erneuerung": ["171b", "142", "165", "172(1)"],
}


def _state(programme: str, basis: str, *, kind: str = "designate", on: date = date(2020, 1, 1)) -> str:
    layer = toy_programme()
    frame = layer.frame.assign(programme=programme)
    events = (Event("QM-01", kind, on, legal_basis=basis),)  # type: ignore[arg-type]
    found = legal_check(replace(layer, frame=frame, events=events), date(2024, 12, 31), rules=RULES)
    return str(found[(found["programme_area"] == "QM-01") & (found["event"] == kind)]["state"].iloc[0])


@pytest.mark.parametrize("programme", ALLOWED)
def test_each_programme_allows_its_bases_and_no_other(programme):
    for basis in {one for listed in ALLOWED.values() for one in listed}:
        own = ALLOWED[programme]
        section = basis.partition("(")[0]
        fits = basis in own or section in own or any(one.partition("(")[0] == basis for one in own)
        assert _state(programme, f"BauGB {basis}") == ("allowed" if fits else "other"), basis


@pytest.mark.parametrize(("text", "found"), [
    ("§ 171e Abs. 3 BauGB", [("171e", "3")]), ("BauGB 171 e (3)", [("171e", "3")]),
    ("§§ 142, 171b", [("142", ""), ("171b", "")]),
    ("§ 172 Abs. 1 Nr. 1", [("172", "1")]), ("Rat 2017/142", []), ("142/2017", []), ("Beschluss vom 14.2.2017", []),
    ("", []), ("1420", []),
])  # fmt: skip
def test_sections_are_found_and_files_of_resolutions_are_none(text, found):
    assert sections(text) == found


def test_a_study_is_no_designation_and_words_are_told_apart():
    assert _state("Sozialer Zusammenhalt", "BauGB 141") == "study"
    assert _state("Sozialer Zusammenhalt", "§ 141", kind="study_start") == "allowed"
    assert _state("Sozialer Zusammenhalt", "§ 165", kind="study_start") == "other"
    assert _state("Sozialer Zusammenhalt", "Ratsbeschluss") == "unread"
    assert _state("Sozialer Zusammenhalt", " ") == "missing"
    assert _state("Quartier im Wandel", "§ 142") == "no_rule"


def test_the_rule_of_the_day_of_the_event_counts():
    old = replace(RULES[2], key="old", bases=("171e",), valid_to=date(2019, 1, 1))
    new = replace(RULES[2], key="new", bases=("142",), valid_from=date(2019, 1, 1))
    layer = toy_programme()
    frame = layer.frame.assign(programme=RULES[2].programmes[0])
    for on, state in ((date(2018, 12, 31), "allowed"), (date(2019, 1, 1), "other")):
        events = (Event("QM-01", "designate", on, legal_basis="§ 171e"),)
        found = legal_check(replace(layer, frame=frame, events=events), date(2024, 1, 1), rules=(old, new))
        assert found.set_index("programme_area").loc["QM-01", "state"] == state


def test_musterstadt_keeps_the_rules():
    city = open_city("layers/musterstadt")
    found = legal_check(programme_of(city), date(2024, 12, 31), rules=city.legal)
    assert set(found["state"]) == {"allowed"}
    assert len(found) == 7, "three designations, four studies"


def test_a_citys_own_file_goes_first_and_faults_have_a_line(tmp_path):
    folder = tmp_path / "legal"
    folder.mkdir()
    (folder / "growth.toml").write_text("use = false\n")
    own, wrong = own_legal_rules(tmp_path)
    assert wrong == []
    assert [rule.key for rule in legal_rules(own)] == ["centres", "social"]
    bad = folder / "bad.toml"
    bad.write_text(
        'title = {de = "x", en = "x"}\ndate = 2025-01-01\nsource = "x"\nprogrammes = ["x"]\nbases = ["Rat"]\n'
    )
    rule, faults = read_legal_rule(bad)
    assert rule is None
    assert len(faults) == 1
    assert faults[0].row == 5
    assert "171e(3)" in faults[0].say("de")
