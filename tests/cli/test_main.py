"""The command line: exit codes, one sentence for each error, nothing half-written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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
