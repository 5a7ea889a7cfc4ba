"""`qmgis profile`: sheets, checks, comparisons and own profiles; one sentence for each wrong word."""

import json
import re
import time

import pytest

from qmgis.io.city.newcity import new_city
from qmgis.io.profiles.files import profiles, read_profile
from qmgis.io.profiles.new import new_profile
from qmgis.model import Text
from qmgis.views.methodsheet import method_sheet
from tests.cli.test_main import qmgis
from tests.spoilt import _ENGLISH, ask
from tests.spoilt import layer as spoil
from tests.toy import toy_composite, toy_profile, toy_rules

OWN = """key = "families"
method = "composite"
title = {de = "Familien", en = "Families"}
source = "a test"
attention = ["high"]
[index]
indicators = ["unemployment", "child_poverty"]
normalise = "percentile_rank"
aggregate = "mean"
again = "none"
limits = [0.5, 0.85]
classes = ["low", "middle", "high"]
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return new_city(tmp_path_factory.mktemp("profiles") / "town", lang="en")


def test_all_profiles_are_listed(town, tmp_path):
    code, text = ask("profile", "show")
    assert code == 0
    assert text.splitlines()[0].split() == ["Schlüssel", "Titel", "Verfahren", "Stand"]
    assert all(key in text for key in profiles())
    rows = json.loads(ask("profile", "show", "--json")[1])
    assert {row["key"]: row["verified"] for row in rows} == {key: one.verified for key, one in profiles().items()}


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("key", list(profiles()))
def test_every_profile_has_a_sheet(key, lang):
    one = profiles()[key]
    sheet = method_sheet(one, lang, method=Text("m", "m"))
    rows = {row[0]: row for section in sheet.sections for row in section.rows}
    for indicator in (*one.status, *one.dynamics):
        assert indicator in rows
    assert all(cell.strip() for section in sheet.sections for row in section.rows[:-1] for cell in row)
    assert all({len(row) for row in section.rows} == {len(section.heads) or 2} for section in sheet.sections)
    classes = [section for section in sheet.sections if section.key.endswith("_classes")]
    assert max(len(section.rows) for section in classes) >= len(one.low)
    assert rows["Quelle" if lang == "de" else "Source"][1] == one.source
    assert {"attention", "left_out", "differences"} <= {section.key for section in sheet.sections}


def test_a_sheet_says_which_side_owns_a_limit():
    found = method_sheet(profiles()["mss-2021"], "en", method=Text("m", "m"))
    sections = {section.key: dict(section.rows) for section in found.sections if len(section.rows[0]) == 2}
    rows = sections["status_classes"]
    assert rows["1 (high)"] == "below -1"
    assert rows["2 (medium)"] == "from -1 up to and including 1"
    assert rows["4 (very low)"] == "above 1.5"
    rows = sections["status_steps"]
    assert rows["Formula"] == "v = d x; y = (v - m) / s; Z = Σ w y; SI = (Z - m) / s"


def test_german_sheets_speak_german():
    said = [
        " ".join(row)
        for one in (toy_profile(), toy_composite(), toy_rules())
        for section in method_sheet(one, "de", method=Text("Verfahren", "method")).sections
        for row in section.rows
    ]
    assert [line for line in said if _ENGLISH.search(line)] == []


def test_a_sheet_with_a_city_checks_the_indicators(town):
    code, text = ask("profile", "show", "mss-2021", "--city", str(town))
    assert code == 0, text
    assert "Method check: do the indicators belong together? Year 2024" in text
    assert "Correlations (r)" in text
    assert "Alpha" in text
    found = json.loads(ask("profile", "show", "mss-2021", "--city", str(town), "--json")[1])
    assert set(found["check"]["blocks"]) == {"status", "dynamics"}
    assert found["check"]["blocks"]["status"]["r"]["transfer"]["transfer"] == 1.0
    assert found["settings"]["blocks"]["status"]["limits"] == [-1.0, 1.0, 1.5]


def test_a_sheet_stays_where_the_city_lacks_an_indicator(town):
    code, text = ask("profile", "show", "mss-2013", "--city", str(town), "--lang", "de")
    assert code == 0
    assert 'Methodenprüfung nicht möglich: mss-2013 braucht den Indikator "long_term_unemployment"' in text


def test_every_fault_of_a_file_is_listed(tmp_path):
    file = tmp_path / "families.toml"
    file.write_text(OWN, "utf-8")
    assert ask("profile", "check", str(file), "--lang", "en") == (0, f"{file}: no faults.\n")
    file.write_text(OWN.replace("0.5, 0.85", "0.85, 0.5").replace('attention = ["high"]', "attention = 1"), "utf-8")
    code, text = ask("profile", "check", str(file), "--lang", "en")
    assert code == 1
    assert "row 5" in text
    assert "row 11" in text
    found = json.loads(ask("profile", "check", str(file), "--json")[1])
    assert not found["usable"]
    assert [one["row"] for one in found["problems"]] == [5, 11]
    file.write_text(OWN.replace("families", "mss-2021"), "utf-8")
    assert ask("profile", "check", str(file), "--lang", "en")[0] == 1
    code, text = ask("profile", "check", str(tmp_path / "none.toml"), "--lang", "en")
    assert (code, text.startswith("Error: There is no file")) == (2, True)


@pytest.mark.parametrize("like", [*profiles().values(), toy_composite()], ids=lambda one: one.key)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_new_profile_says_what_it_was_made_of(like, lang, tmp_path):
    file = new_profile("own", like=like, out=tmp_path / "own.toml", lang=lang)
    made, problems = read_profile(file)
    assert [one.say("en") for one in problems] == []
    for name, block in like.blocks.items():
        assert dict(made.blocks[name].names) == dict(block.names)
        assert made.blocks[name].steps == block.steps
        assert made.blocks[name].limits == block.limits
        assert made.blocks[name].quantiles == block.quantiles
    assert (made.attention, made.low, made.min_residents) == (like.attention, like.low, like.min_residents)
    assert made.rules == like.rules
    assert not made.verified


def test_a_new_profile_never_overwrites(tmp_path):
    file = tmp_path / "own.toml"
    assert ask("profile", "new", "own", "--out", str(file))[0] == 0
    before = file.read_bytes()
    code, text = ask("profile", "new", "own", "--out", str(file), "--lang", "en")
    assert code == 2
    assert "is there already and was not touched" in text
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["own.toml"]
    for key in ("mss-2021", "a/b", "../x"):
        code, text = ask("profile", "new", key, "--out", str(tmp_path / "x.toml"), "--lang", "en")
        assert code == 2
        assert "cannot be the key of an own profile" in text
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "nowhere.toml")
    assert ask("profile", "new", "own", "--out", str(link))[0] == 2


def test_a_new_profile_of_a_city_lies_where_the_city_finds_it(tmp_path):
    home = new_city(tmp_path / "town", lang="en")
    code, text = ask("profile", "new", "own", "--city", str(home))
    assert code == 0
    assert "Made: " in text, "the language is the city's"
    assert (home / "layers" / "town" / "profiles" / "own.toml").is_file()
    assert ask("profile", "new", "second", "--from", "own", "--city", str(home))[0] == 0
    city = home / "layers" / "town" / "city.toml"
    city.write_text(city.read_text("utf-8").replace('method = "mss-2021"', 'method = "second"'), "utf-8")
    assert ask("check", str(home))[0] == 0
    code, text = ask("profile", "new", "third", "--city", str(tmp_path))
    assert code == 2
    assert "city.toml" in text


def test_an_unknown_method_says_where_an_own_profile_belongs(tmp_path):
    home = new_city(tmp_path / "town", lang="de")
    city = home / "layers" / "town" / "city.toml"
    city.write_text(city.read_text("utf-8").replace('method = "mss-2021"', 'method = "familien"'), "utf-8")
    code, text = ask("check", str(home))
    assert code == 1
    assert "profiles/familien.toml" in text
    assert "qmgis profile new" in text


def test_a_difference_names_keys_and_areas(town, tmp_path):
    code, text = ask("profile", "diff", "mss-2017", "mss-2021", "--lang", "en")
    assert code == 0
    assert re.search("^status.indicators +unemployment, long_term_unemployment, transfer, child_poverty  ", text, re.M)
    file = tmp_path / "families.toml"
    file.write_text(OWN, "utf-8")
    code, text = ask("profile", "diff", "mss-2021", str(file), "--city", str(town))
    assert code == 0, text
    for words in (
        "Spearman's rank correlation",
        "particular attention",
        "Areas by class",
        "Largest shifts",
        "The two have different classes",
    ):
        assert words in text
    found = json.loads(ask("profile", "diff", "mss-2021", str(file), "--city", str(town), "--json")[1])
    counts = sum(sum(row.values()) for row in found["crosstab"].values())
    assert counts == len(json.loads((town / "data/town/areas.geojson").read_text("utf-8"))["features"])
    assert found["rank_correlation"]["spearman"] <= 1
    assert found["agreement"]["areas"] == counts
    assert found["agreement"]["same"] is None  # they have different classes
    assert (
        ask("profile", "diff", "mss-2021", "mss-2021", "--lang", "de")[1] == "mss-2021 und mss-2021 sagen dasselbe.\n"
    )


def test_the_largest_shift_comes_first_with_its_reasons(town, tmp_path):
    file = tmp_path / "families.toml"
    file.write_text(OWN, "utf-8")
    found = json.loads(ask("profile", "diff", "mss-2021", str(file), "--city", str(town), "--json")[1])
    moves = {row["area"]: row["rank_shift"] for row in found["shifts"] if row["rank_shift"]}
    text = ask("profile", "diff", "mss-2021", str(file), "--city", str(town))[1].split("Largest shifts")[1]
    lines = text.splitlines()[1:]
    places = [abs(moves[line.split()[0]]) for line in lines if line.strip()]
    assert places == sorted(places, reverse=True)
    assert places[0] == max(map(abs, moves.values()))
    assert "Transfer" in lines[0]  # only one of the two has it, and that is the reason


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "mss-201"], 'There is no method profile "mss-201". Did you mean "mss-2021"?'),
        (["diff", "mss-2021", "imd-2091"], 'There is no method profile "imd-2091". Did you mean "imd-2019"?'),
        (["new", "own", "--from", "mss"], 'There is no method profile "mss".'),
        (["show", "none.toml"], "none.toml: "),
    ],
)
def test_wrong_words_are_one_sentence(words, said):
    code, text = ask("profile", *words, "--lang", "en")
    assert code == 2
    assert text.startswith("Error: ")
    assert said in text


def test_what_a_city_cannot_compare_is_one_sentence(town):
    city = ["--city", str(town), "--lang", "en"]
    for more, said in [
        (["mss-2013"], 'mss-2013 needs the indicator "long_term_unemployment"'),
        (["mss-2021", "--year", "1999"], "has no values of 1999"),
        (["mss-2021", "--run", "mss-2042"], 'declares no run "mss-2042". Did you mean "mss-2024"?'),
        (["mss-2021", "--run", "mss-2024", "--year", "2024"], "give either --run or --year"),
    ]:
        code, text = ask("profile", "diff", "mss-2021", *more, *city)
        assert (code, said in text) == (2, True), text


def test_a_citys_own_profiles_are_known(tmp_path):
    town = new_city(tmp_path / "town", lang="en")
    folder = town / "layers/town/profiles"
    folder.mkdir()
    (folder / "families.toml").write_text(OWN, "utf-8")
    spoil(town, "city.toml", "^coverage", "# coverage")
    assert "families" in ask("profile", "show", "--city", str(town))[1]
    code, text = ask("profile", "show", "families", "--city", str(town))
    assert code == 0
    assert "Index (" in text


def test_help_is_quick_and_names_the_commands():
    done = qmgis("profile", "--help")
    assert done.returncode == 0
    for command in ("show", "check", "diff", "new"):
        assert command in done.stdout
    started = time.process_time()
    assert ask("profile", "--help")[0] == 0
    assert time.process_time() - started < 0.4
