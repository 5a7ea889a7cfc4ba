"""Pictures and words of an index of its own: bars, limits, ranks and what would change it are true."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from qmgis.errors import NotEnoughDataError
from qmgis.model import Column
from qmgis.model.reading import blocks_of, domain_columns, limits_of
from qmgis.runs.compute import compute
from qmgis.views import charts
from qmgis.views.cells import why_empty
from qmgis.views.dossier import dossier
from tests import toy
from tests.views.made import composite_city

AREA = "01010405"


@pytest.fixture(scope="module")
def city():
    return composite_city()


@pytest.fixture(scope="module")
def runs(city):
    return {key: compute(city, f"{key}-2024") for key in city.profiles}


def scored(outcome):
    return outcome.table.index[outcome.table["left_out"].isna()]


def test_a_run_tells_its_own_blocks(runs, toy_outcome):
    assert blocks_of(toy_outcome) == ("status", "dynamics")
    assert {blocks_of(outcome) for outcome in runs.values()} == {("index",)}
    assert limits_of(runs["own"], "index") == (0.4, 0.75)
    assert limits_of(runs["tenths"], "index") == limits_of(runs["own"], "population") == ()


@pytest.mark.parametrize("key", ["own", "even"])
def test_bars_add_up_to_the_index_with_its_limits(runs, key):
    for area in scored(runs[key]):
        figure = charts.contributions(runs[key], area, block="index")
        assert sum(figure.data[0].x) == pytest.approx(runs[key].table.loc[area, "index"])
        assert [line.x0 for line in figure.layout.shapes] == list(runs[key].index.limits["index"])


def test_limits_are_signed_only_around_zero(runs):
    said = [charts.distribution(runs[key], "index").layout.annotations[0].text for key in ("own", "even")]
    assert said == ["0,4", "-0,5"]


def test_a_last_step_that_ranks_is_drawn_as_the_score_before_it(city):
    block = city.profiles["own"].blocks["index"]
    steps = dataclasses.replace(block.steps, again="percentile_rank")
    ranked = dataclasses.replace(city.profiles["own"], blocks={"index": dataclasses.replace(block, steps=steps)})
    outcome = compute(dataclasses.replace(city, profiles={**city.profiles, "own": ranked}), "own-2024")
    figure = charts.contributions(outcome, AREA, block="index")
    assert sum(figure.data[0].x) == pytest.approx(outcome.table.loc[AREA, "score"])
    assert len(figure.layout.shapes) == 0
    assert dossier(outcome, AREA).domains[0].rank != "–"


def test_what_does_not_add_up_shows_its_values(runs):
    with pytest.raises(NotEnoughDataError):
        charts.contributions(runs["tenths"], AREA, block="index")
    figure = charts.scores(runs["tenths"], AREA)
    row = runs["tenths"].table.loc[AREA]
    assert list(figure.data[0].x) == pytest.approx([row[f"score_{key}"] for key in toy.SHARES])
    with pytest.raises(NotEnoughDataError, match="left out"):
        charts.scores(runs["tenths"], "01010000")


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("key", ["own", "tenths", "even"])
def test_every_area_has_a_page(runs, key, lang):
    for area in runs[key].table.index:
        page = dossier(runs[key], area, lang=lang)
        said = [page.summary, *page.limits, *page.caveats, *(fact.text for fact in page.classes)]
        assert not any(re.search(r"\bnan\b|None|<NA>|\{", text) for text in said)
        assert not re.search("Dynamik|dynamics|schlecht", " ".join(said))


def test_class_and_rank_are_worded_neutrally(runs):
    page = dossier(runs["own"], AREA)
    texts = {fact.code: fact.text for fact in page.classes}
    assert texts["high"] == "hoch"
    assert "Klasse „hoch“" in page.summary
    assert any(re.fullmatch(r"Rang \d+ von 27; eine Lesehilfe, keine Wertung", text) for text in texts.values())


def test_domains_have_their_scores(runs):
    assert [column.key for column in domain_columns(runs["own"])] == ["domain_work", "domain_children"]
    work, children = dossier(runs["own"], AREA, lang="en").domains
    assert (work.title, children.title) == ("Work", "Children")
    assert float(work.score) == pytest.approx(runs["own"].table.loc[AREA, "domain_work"], abs=0.0051)
    assert dossier(runs["tenths"], AREA).domains == ()


def test_the_steps_to_the_next_part_are_true(runs):
    table = runs["tenths"].table
    for area in scored(runs["tenths"]):
        line = dossier(runs["tenths"], area, lang="en").limits[0]
        steps = 1 if "one rank" in line else int(re.search(r"(\d+) ranks", line)[1])
        rank, own = table.loc[area, "rank"], int(table.loc[area, "class"])
        other = int(re.search(r"Decile (\d+)", line)[1])
        beyond = table.loc[table["class"] == str(other), "rank"].astype(float)
        assert abs(own - other) == 1
        assert steps == np.abs(beyond - rank).min()


def test_ranks_cannot_be_said_in_values(runs):
    for key in ("own", "tenths"):
        assert "In Werten einzelner Indikatoren" in " ".join(dossier(runs[key], AREA).limits)


def test_confidential_numbers_have_their_reason(runs):
    table = runs["own"].table.copy()
    hidden = ["index", "rank", "distance", "score_transfer", "contribution_transfer", "domain_work"]
    table.loc[AREA, hidden] = np.nan
    table.loc[AREA, "states"] = "transfer=secret index=secret"
    outcome = dataclasses.replace(runs["own"], table=table)
    assert {why_empty(outcome, column)[AREA] for column in hidden} == {"secret"}
    assert "geheime Fallzahlen" in dossier(outcome, AREA).limits[0]
    assert "geheim" in {fact.label: fact.text for fact in dossier(outcome, AREA).classes}["Rang"]


def test_runs_with_other_indicators_are_not_joined(runs, city):
    other = compute(city, "own-2023")
    parameters = {**other.index.parameters, "indicators": ["unemployment"]}
    changed = dataclasses.replace(other, index=dataclasses.replace(other.index, parameters=parameters))
    lines = [charts.timeline([past, runs["own"]], AREA, column="index").data for past in (other, changed)]
    assert [len(line) for line in lines] == [1, 2]


def with_certainty(outcome):
    """The outcome with the columns that say how certain a class is."""
    codes = {key: toy.Text(f"{key} (de)", f"{key} (en)") for key in ("sure", "likely", "borderline")}
    sure = pd.Series("sure", index=outcome.table.index, dtype=object).where(outcome.table["left_out"].isna())
    sure[AREA] = "borderline"
    columns = (
        Column("certainty", toy.Text("Sicherheit", "Certainty"), "code", codes=codes),
        Column("probability", toy.Text("Wahrscheinlichkeit", "Probability"), "share"),
    )
    table = outcome.table.assign(certainty=sure, probability=pd.Series(0.62, index=sure.index).where(sure.notna()))
    return dataclasses.replace(
        outcome,
        table=table,
        columns=(*(c for c in outcome.columns if c.key not in ("certainty", "probability")), *columns),
    )


def test_the_certainty_is_said_where_it_is_known(runs):
    page = dossier(with_certainty(runs["own"]), AREA)
    assert ("Sicherheit", "borderline (de) (62,0 %)") in {(fact.label, fact.text) for fact in page.classes}
    assert any(text.startswith("Grenzfall") for text in page.caveats)
    assert not any("Grenzfall" in text for text in dossier(runs["own"], AREA).caveats)
