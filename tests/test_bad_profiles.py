"""Bad profiles and numbers that no index can be made of: one clear sentence each, in both languages, and no result."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qmgis.io.city.newcity import new_city
from tests.spoilt import TABLE, ask, check, data_file, fingerprint, layer

OWN = """key = "own"
method = "composite"
title = "Own"
source = "ours"
attention = ["high"]

[index]
indicators = ["unemployment", "transfer"]
normalise = "z"
aggregate = "mean"
again = "none"
classes = ["low", "high"]
limits = [0.5]
"""
# What is changed in the profile, and the sentences.
PROFILES = {
    "negative weights": (
        (OWN, OWN + "\n[index.weights]\ntransfer = -1\n"),
        r'profiles/own\.toml, Zeile 15: "weights" muss eine Tabelle mit Gewichten von 0 oder mehr sein',
        r'profiles/own\.toml, row 15: "weights" must be a table of weights of 0 or more',
    ),
    "weights that do not sum": (
        (OWN, OWN + "\n[index.weights]\ntransfer = 0.3\nunemployment = 0.6\n"),
        r"own\.toml, Zeile 15: weights sind Anteile, ergeben aber zusammen 0\.9 statt 1 \(unemployment, transfer;",
        r"own\.toml, row 15: weights are shares but sum to 0\.9, not to 1 \(unemployment, transfer;",
    ),
    "a weight that is not named": (
        (OWN, OWN + "\n[index.weights]\ntransfer = 0.3\n"),
        r"own\.toml, Zeile 15: weights sind Anteile, ergeben aber zusammen 1\.3 statt 1",
        r"own\.toml, row 15: weights are shares but sum to 1\.3, not to 1",
    ),
    "weights of nothing": (
        (OWN, OWN + "\n[index.weights]\ntransfer = 0\nunemployment = 0\n"),
        r"own\.toml, .*Alle Gewichte in weights sind 0",
        r"own\.toml, .*All weights in weights are 0",
    ),
    "unknown step": (
        ('"z"', '"zscore"'),
        r'own\.toml, Zeile 9: "normalise" muss eines von .* sein, ist aber "zscore"',
        r'own\.toml, row 9: "normalise" must be one of .*, but is "zscore"',
    ),
    "limits that do not increase": (
        ('limits = [0.5]', 'limits = [0.5, 0.5]\nowns = ["below", "below"]'),
        r"own\.toml, Zeile 13: .*müssen aufsteigen",
        r"own\.toml, row 13: .*must increase",
    ),
    "an indicator twice": (
        ('"unemployment", "transfer"', '"transfer", "transfer"'),
        r"own\.toml, Zeile 8: .*mehrfach.*transfer",
        r"own\.toml, row 8: Named more than once in indicators: transfer",
    ),
    "an indicator that is not there": (
        ('"transfer"', '"transfers"'),
        r"city\.toml, Zeile 33: Dem Lauf mss-2024 fehlen Werte, die own für 2024 braucht: transfers \(gemeint",
        r"city\.toml, row 33: The run mss-2024 lacks values that own needs for 2024: transfers \(meant",
    ),
    "indicators that cancel": (
        ('["unemployment", "transfer"]', '["transfer", "child_poverty"]\ndirections = {child_poverty = -1}'),
        r"lässt sich nicht rechnen: transfer, child_poverty heben sich auf",
        r"cannot be computed: transfer, child_poverty cancel each other",
    ),
}  # fmt: skip


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def own(town: Path, old: str = "", new: str = "") -> None:
    """Give the city a profile of its own, changed at one place, and let its run use it."""
    assert old in OWN
    folder = town / "layers" / "town" / "profiles"
    folder.mkdir()
    (folder / "own.toml").write_text(OWN.replace(old, new) if old else OWN, "utf-8")
    layer(town, "city.toml", 'method = "mss-2021"', 'method = "own"')


def rows(town: Path, change) -> None:
    """Change the rows of the table of indicators, each a dict by the header."""
    head, *lines = data_file(town, TABLE).read_text("utf-8-sig").splitlines()
    names = head.split(";")
    found = change([dict(zip(names, line.split(";"), strict=True)) for line in lines])
    data_file(town, TABLE).write_text("\n".join([head, *(";".join(row.values()) for row in found)]) + "\n", "utf-8")


def refused(town: Path, de: str, en: str) -> None:
    """The check says it first, in both languages; the run writes nothing."""
    before = fingerprint(town.parent)
    for lang, pattern in (("de", de), ("en", en)):
        said = check(town, lang)
        assert said.code == 1, said.text
        assert any(re.search(pattern, line) for line in said.errors), said.text
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 2, text
    assert text.startswith("Fehler: ")
    assert fingerprint(town.parent) == before


@pytest.mark.parametrize("case", PROFILES, ids=str)
def test_a_bad_profile(town, case):
    (old, new), de, en = PROFILES[case]
    own(town, old, new)
    if case == "indicators that cancel":
        rows(town, lambda all_: [row | {"Kinderarmut in %": row["Transfer in %"]} for row in all_])
    refused(town, de, en)


def test_a_good_profile_gives_a_result(town):
    own(town)
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 0, text


def test_two_areas(town):
    own(town)
    rows(town, lambda all_: all_[:2])
    refused(
        town,
        r"nur 2 von 16 Gebieten sind bewertbar, nötig sind 3; ausgenommen: 14 Indikator fehlt\. Gebiete oder Werte",
        r"only 2 of 16 areas can be scored and 3 are needed; left out: 14 indicator missing\. Add areas or values",
    )


def test_three_areas_have_no_outliers(town):
    """Two others say nothing of how far apart areas are: without a least number, two of three were candidates."""
    rows(town, lambda all_: all_[:3])
    code, text = ask("run", str(town), "--out", str(town.parent / "out"))
    assert code == 0, text
    assert "Kandidaten für Ausreißer" not in text


def test_an_empty_reference_set(town):
    rows(town, lambda all_: [row | {"Einwohner": f"{100 + place}"} for place, row in enumerate(all_)])
    refused(
        town,
        r"nur 0 von 16 Gebieten sind bewertbar, .*ausgenommen: 16 zu wenige Einwohner",
        r"only 0 of 16 areas can be scored .*left out: 16 too few residents",
    )


def test_a_profile_for_another_version_of_the_areas(town):
    layer(town, "city.toml", 'areas = "town-2024"', 'areas = "town-2019"')
    refused(
        town,
        r'Den Gebietsstand "town-2019" gibt es nicht\. Meinten Sie "town-2024"\?',
        r'There is no version of the areas "town-2019"\. Did you mean "town-2024"\?',
    )


def test_a_profile_for_another_edition(town):
    layer(town, "city.toml", "^year = 2024", "year = 2019")
    refused(town, r"braucht Werte von 2019; vorhanden: 2024", r"needs values of 2019; there are: 2024")


def test_supply_of_places_without_capacity(town):
    layer(town, "city.toml", "within_m = 500", 'within_m = 500\nsupply = "two_step"')
    layer(town, "kita.toml", "^capacity.*\n", "")
    refused(
        town,
        r"city\.toml, Zeile 28: Das Thema kita fragt nach der Versorgung .*keine Spalte capacity",
        r"city\.toml, row 28: Theme kita asks for supply, but kita\.toml names no column as capacity",
    )
