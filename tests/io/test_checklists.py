"""Checklists: those that ship are whole, a city's own goes before them, faults are told with their line."""

import pytest

from qmgis.io.rules.checklists import CHECKLISTS, checklists, own_checklists, read_checklist

HEAD = 'title = "Eigene"\nversion = "1"\ndate = 2025-01-01\nsource = "Rat"\n'
ITEM = '[[item]]\nid = "V03"\ntext = "Aktivierung"\nway = "judged"\ngroup = "heads"\n'


def test_those_that_ship_have_all_items():
    found = checklists()
    assert set(found) == set(CHECKLISTS)
    assert [one.key for one in found["standards"].items] == [f"Q{n:02d}" for n in range(1, 13)]
    assert [one.key for one in found["conditions"].items] == [f"R{n:02d}" for n in range(1, 19)]
    assert [one.key for one in found["readiness"].items] == [f"V{n:02d}" for n in range(1, 16)]
    groups = {one.key: one.group for one in found["readiness"].items}
    assert [key for key, group in groups.items() if group == "places"] == ["V06", "V07", "V08"]
    assert [key for key, group in groups.items() if group == "heads"] == ["V03", "V04", "V11"]
    assert {"V05", "V09", "V12", "V13", "V14"} <= {key for key, group in groups.items() if group == "structures"}


def write(folder, text: str):
    (folder / "catalogues").mkdir(exist_ok=True)
    file = folder / "catalogues" / "readiness.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_citys_own_goes_before_and_keeps_limits_that_it_does_not_name(tmp_path):
    write(tmp_path, HEAD + "[limits]\npartly_allowed = 0\n" + ITEM + '[[watch]]\nid = "x"\ntitle = "X"\nfalls_by = 2\n')
    own, faults = own_checklists(tmp_path)
    assert faults == []
    found = checklists(own)["readiness"]
    assert (found.version, len(found.items), found.watch[0].falls_by) == ("1", 1, 2)
    assert (found.limits["partly_allowed"], found.limits["reports"]) == (0, 2)


@pytest.mark.parametrize(
    ("text", "words", "row"),
    [
        (HEAD + ITEM.replace("judged", "guessed"), "guessed", 8),
        (HEAD + ITEM + ITEM, "stands twice", 11),
        (HEAD + "[limits]\nreprots = 2\n" + ITEM, "reports", 6),
        (HEAD + "[limits]\nanchor_share = 2\n" + ITEM, "share above 0", 6),
        (HEAD + ITEM + '[[watch]]\nid = "x"\ntitle = "X"\n', "exactly one of", 11),
        (HEAD, "item", None),
        ("title = ", "TOML", 1),
    ],
)
def test_faults_are_told_with_their_line(tmp_path, text, words, row):
    found, faults = read_checklist(write(tmp_path, text))
    assert found is None
    assert any(words in one.say("en") for one in faults)
    assert row is None or row in [one.row for one in faults]
