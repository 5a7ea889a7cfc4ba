"""The summary is plain, hedged, short and true, in both languages."""

import dataclasses
import re

import pytest

from qmgis.explanation import Break, Named, Overlap, explain_each
from qmgis.model import Text
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city
from qmgis.runs.dossiers import editions_of
from qmgis.views.summary import sentences, summary_text
from tests.views.made import composite_city

AREA = "01010405"
RANKING = re.compile(
    r"\b(schlimm|schlecht|spitzenreiter|schlusslicht|am (meisten|höchsten)|rang\b|platz \d|nr\. ?\d|worst|best|top|"
    r"rank|league|problem|brennpunkt|verursacht|caused|highest|lowest)",
    re.IGNORECASE,
)
RESIDENTS = Named("residents", Text("Einwohnern", "residents"))
HEDGED = {"de": "deutet", "en": "suggest"}


@pytest.fixture(scope="module")
def said(toy_city, toy_outcome):
    return explain_each(toy_outcome, list(toy_outcome.table.index), editions=editions_of(toy_city))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_area_has_a_short_neutral_text(said, lang):
    for one in said.values():
        found, text = sentences(one, lang), summary_text(one, lang)
        assert (6 if one.group else 4) <= len(found) <= 12
        assert " ".join(found) == text
        assert not RANKING.search(text), RANKING.search(text)
        assert not re.search(r"\bnan\b|None|<NA>|[{}\n]|  ", text)
        assert "kein Urteil" in text or "not a verdict" in text
        if one.attention:
            assert HEDGED[lang] in text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_last_sentence_says_that_it_is_relative_and_a_signal(said, lang):
    ends = {sentences(one, lang)[-1] for one in said.values()}
    assert len(ends) == 1
    words = {"de": ("Vergleich der Gebiete", "genauer hinzusehen"), "en": ("compares the areas", "look closer")}
    assert all(word in ends.copy().pop() for word in words[lang])


def test_numbers_are_those_of_the_explanation(said):
    text = summary_text(said[AREA], "en")
    status = said[AREA].indices[0]
    assert f"({status.value:+.2f}): it is {status.distance:.2f} above the limit +1.5" in text
    assert "Unemployment 13.2% (mean of the areas 6.0%)" in text
    assert "lower by more than 8.7 percentage points" in text
    assert "Adjacent areas: 3, of these with a signal of particular attention: 1." in text


def test_all_at_once_is_still_short(said):
    """Breaks, a programme, every caveat, a hang: not more than twelve sentences."""
    codes = ("approximate", "few_residents", "weak_shares", "near_limit", "borderline", "improved_but_negative",
             "straight_line", "incomplete_places", "series_break")  # fmt: skip
    full = dataclasses.replace(
        said[AREA],
        programme=Overlap(Named("current", Text("laufend", "current")), 0.4, RESIDENTS, "Nordstadt"),
        caveats=codes,
        weak=(Text("Kinderarmut", "Child poverty"),),
        certainty=dataclasses.replace(
            said[AREA].certainty, hangs_on=Named("noise", Text("Zufall kleiner Zahlen", "small-number noise"))
        ),
    )
    for lang in ("de", "en"):
        assert len(sentences(full, lang)) == 12
    text = summary_text(full, "de")
    assert "In laufenden Fördergebieten (Nordstadt) wohnen 40 % der Einwohner des Gebiets." in text
    assert "unsicher, da auf wenigen Fällen beruhend: Kinderarmut;" in text


def test_a_share_of_land_is_not_called_one_of_people(said):
    land = Overlap(Named("current", Text("laufend", "current")), 0.4, Named("land", Text("Fläche", "land")), "Nord")
    one = dataclasses.replace(said[AREA], programme=land)
    assert "liegen 40 % der Fläche des Gebiets; wie viele Einwohner" in summary_text(one, "de")
    assert "40% of the land of the area lie in current programme areas (Nord);" in summary_text(one, "en")
    unknown = dataclasses.replace(one, programme=dataclasses.replace(land, basis=None))
    assert "Fördergebiete: laufend (Nord)." in summary_text(unknown, "de")


def test_an_area_that_is_left_out_says_so(said):
    text = summary_text(said["01010000"], "de")
    assert text.startswith("Gebiet 1 (Gebiet 01010000) ist in „MSS 2024“ (Daten 2024) nicht bewertet; Grund: zu wenige")
    assert "deutet auf" not in text


def test_what_changed_between_editions_is_named(said):
    kinds = (Break("a", "b", (2022, 2024), ("areas", "definition")),)
    text = summary_text(dataclasses.replace(said[AREA], breaks=kinds), "de")
    assert "zwischen den Ausgaben: Zuschnitt der Gebiete, Definitionen, ein Vergleich" in text
    assert "bedingt" not in summary_text(said[AREA], "de")


def test_what_is_not_shown_is_not_said():
    outcome = compute(demo_city(), "mss-2024")
    closed = outcome.table.index[outcome.table["status_index"].isna() & outcome.table["left_out"].isna()]
    for one in explain_each(outcome, list(closed)).values():
        text = summary_text(one, "de")
        assert "Einzelne Zahlen werden nicht gezeigt" in text
        assert 6 <= len(sentences(one, "de")) <= 12
        assert "gehen vor allem ein" not in text
        assert one.compared or "Ähnliche Gebiete lassen sich nicht angeben" in text
        status = outcome.index.parts.loc[one.area, "status_index"]
        assert f"{status:+.2f}".replace(".", ",") not in text


@pytest.mark.parametrize("key", ["own", "tenths", "even"])
def test_an_index_of_its_own_has_one_too(key):
    outcome = compute(composite_city(), f"{key}-2024")
    for one in explain_each(outcome, list(outcome.table.index)).values():
        for lang in ("de", "en"):
            text = summary_text(one, lang)
            assert not RANKING.search(text)
            assert not re.search(r"Dynami[ck]|\bnan\b|None", text)
            assert len(sentences(one, lang)) >= (6 if one.group else 4)


def test_an_index_of_changes_names_its_changes():
    city = composite_city()
    profile = city.profiles["even"]
    block = dataclasses.replace(profile.blocks["index"], of="change")
    moved = dataclasses.replace(profile, blocks={"index": block})
    outcome = compute(dataclasses.replace(city, profiles={**city.profiles, "even": moved}), "even-2024")
    said = explain_each(outcome, [AREA])[AREA]
    assert {one.of for one in said.changes} == {"change"}
    text = summary_text(said, "de")
    assert "+1,3 Prozentpunkte (Mittel der Gebiete -0,4 Prozentpunkte)" in text
    assert "Dynamik" not in text
