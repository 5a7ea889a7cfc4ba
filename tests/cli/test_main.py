"""The command line: exit codes, one sentence for each error, nothing half-written."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qmgis.io.city.newcity import new_city
from tests.spoilt import ask
from tests.spoilt import layer as spoil

ROOT = Path(__file__).resolve().parents[2]


def qmgis(*args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "qmgis", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_help_names_every_command():
    done = qmgis("--help")
    assert done.returncode == 0
    for command in ("demo", "new", "check", "run", "serve", "export"):
        assert command in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["run", "layers/nowhere", "--out", "x"], 2, "nowhere"),
        (["frobnicate"], 2, "frobnicate"),
        (["run", "layers/musterstadt", "--out", "x", "--only", "mss-1999"], 2, "mss-1999"),
        (["export", "layers/musterstadt", "--to", "pdf"], 2, "pdf"),
    ],
)
def test_wrong_words_are_one_sentence(args, code, words, tmp_path):
    args = [str(ROOT / arg) if arg.startswith("layers/") else arg for arg in args]
    done = qmgis(*args, cwd=ROOT) if not (tmp_path / "x").exists() else None
    assert done is not None
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (ROOT / "x").exists()


def test_new_checks_clean_and_runs(tmp_path):
    made = qmgis("new", str(tmp_path / "stadt"))
    assert made.returncode == 0, made.stderr
    cities = list((tmp_path / "stadt" / "layers").iterdir())
    assert len(cities) == 1
    checked = qmgis("check", str(cities[0]), "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not [problem for problem in json.loads(checked.stdout)["problems"] if problem["level"] == "error"]
    done = qmgis("run", str(cities[0]), "--out", str(tmp_path / "out"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["scored"] > 0


def test_unwritable_folder_is_one_sentence(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    done = qmgis("run", str(ROOT / "layers/musterstadt"), "--out", str(blocker / "out"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert blocker.read_text() == "in the way"


def test_a_city_without_runs_is_told_so(tmp_path):
    assert qmgis("new", str(tmp_path / "stadt")).returncode == 0
    file = tmp_path / "stadt" / "layers" / "stadt" / "city.toml"
    file.write_text(file.read_text(encoding="utf-8").split("[[run]]")[0], encoding="utf-8")
    checked = qmgis("check", str(tmp_path / "stadt"), "--json", "--lang", "en")
    assert checked.returncode == 0
    assert [one["what"] for one in json.loads(checked.stdout)["problems"]] == [
        "city.toml declares no run: everything is read, nothing is computed."
    ]
    for args in (["run", "--out", "out"], ["export", "--to", "csv"], ["serve", "--no-open"]):
        done = qmgis(args[0], str(tmp_path / "stadt"), *args[1:], "--lang", "en", cwd=tmp_path)
        assert done.returncode == 2
        assert "stadt declares no run; add a table [[run]]" in done.stderr


def test_a_project_comes_with_the_file_that_it_opens(tmp_path):
    assert qmgis("new", str(tmp_path / "stadt")).returncode == 0
    done = qmgis("export", "stadt", "--to", "qgz", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    files = {file.name for file in (tmp_path / "out" / "mss-2024").iterdir()}
    assert files == {"results.gpkg", "results.qgz", "run.json"}


def test_a_new_city_speaks_the_language_it_was_made_in(tmp_path):
    made = qmgis("new", "town", "--lang", "en", cwd=tmp_path)
    assert made.stdout.startswith("Made: town")
    assert 'lang = "en"' in (tmp_path / "town/layers/town/city.toml").read_text(encoding="utf-8")
    assert "The city is usable." in qmgis("check", "town", cwd=tmp_path).stdout
    assert "Die Stadt ist benutzbar." in qmgis("check", "town", "--lang", "de", cwd=tmp_path).stdout


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town", lang="en")


def test_a_city_speaks_its_language_in_errors_and_progress(town, tmp_path):
    code, text = ask("export", str(town), "--to", "csv", "--out", str(tmp_path / "out"))
    assert code == 0, text
    assert text.startswith("Index mss-2021 for 2024")
    spoil(town, "city.toml", '^areas = "town-2024"', 'areas = "town-2000"')
    for words in (("run", "--out", "x"), ("export", "--to", "csv"), ("serve",)):
        code, text = ask(words[0], str(town), *words[1:])
        assert code == 2
        assert text.startswith("Error: town cannot be used as it is (1 error):")
    assert ask("run", str(town), "--out", "x", "--lang", "de")[1].startswith("Fehler: ")
    (town / "layers/town/city.toml").write_text("no toml", "utf-8")
    assert ask("run", str(town), "--out", "x")[1].startswith("Fehler: ")


def test_a_word_that_is_no_format_is_told_before_anything_is_read(town):
    spoil(town, "city.toml", '^areas = "town-2024"', 'areas = "town-2000"')
    code, text = ask("export", str(town), "--to", "shpp")
    assert (code, text) == (2, 'Error: There is no format "shpp". Did you mean "shp"?\n')


def test_the_newest_run_is_exported(town, tmp_path):
    file = town / "layers/town/city.toml"
    head, run = file.read_text("utf-8").split("[[run]]")
    older = run.replace("mss-2024", "old").replace("coverage", "# coverage")
    file.write_text(f"{head}[[run]]{older}\n[[run]]{run}", "utf-8")
    assert ask("export", str(town), "--to", "csv", "--out", str(tmp_path / "out"))[0] == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mss-2024"]


def test_a_run_without_themes_tells_of_no_need_and_gap(town, tmp_path):
    spoil(town, "city.toml", "^coverage", "# coverage")
    code, text = ask("export", str(town), "--to", "csv", "--out", str(tmp_path / "out"))
    assert code == 0
    assert "Need meets gap" not in text


def test_what_a_reader_has_to_know_follows_the_run(town, tmp_path):
    spoil(town, "residents.toml", "^year = 2024", "year = 2022")
    code, text = ask("run", str(town), "--out", str(tmp_path / "out"))
    assert code == 0
    assert re.search("^WARNING mss-2024: .*2022.*2024", text, re.MULTILINE), text
    found = json.loads(ask("run", str(town), "--out", str(tmp_path / "out"), "--json", "--lang", "de")[1])
    assert any("2022" in warning for warning in found[0]["warnings"])
