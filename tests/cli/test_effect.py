import json

from typer.testing import CliRunner

from qmgis.cli.main import app

CITY = "layers/musterstadt"


def run(*words):
    return CliRunner().invoke(app, ["effect", CITY, *words])


def test_one_area_is_told_in_sentences_with_its_checks():
    found = run("--area", "QM-01", "--indicator", "unemployment")
    assert found.exit_code == 0, found.output
    assert "Arbeitslosigkeit, QM-01" in found.output
    assert "Keine Schätzung, nur eine Beschreibung" in found.output
    assert "Vor dem Start liegt nur eine Ausgabe" in found.output
    assert "Genug Ausgaben vor dem Start: nicht erfüllt" in found.output


def test_machines_get_every_answer():
    found = run("--all", "--json")
    answers = json.loads(found.output)["answers"]
    assert len(answers) >= 3
    assert {one["scope"] for one in answers} == {"all"}


def test_wrong_words_are_one_sentence():
    for words in ([], ["--all", "--area", "QM-01"], ["--area", "QM-77"]):
        found = run(*words)
        assert found.exit_code == 2, words
        assert len(found.output.strip().splitlines()) == 1
