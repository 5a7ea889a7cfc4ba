"""Charts add up, mark the limits, speak German, and read no markup in names."""

import dataclasses
import json

import numpy as np
import pytest

from qmgis.errors import DataError, NotEnoughDataError, UnknownKeyError
from qmgis.views import charts, palette
from tests import toy

AREA = "01010405"


@pytest.fixture(scope="module")
def outcome(toy_outcome):
    return toy_outcome


@pytest.mark.parametrize("block", ["status", "dynamics"])
def test_bars_add_up_to_the_index(outcome, block):
    for area in outcome.table.index[outcome.table["left_out"].isna()]:
        bars = charts.contributions(outcome, area, block=block).data[0]
        assert sum(bars.x) == pytest.approx(outcome.table.loc[area, f"{block}_index"], abs=1e-9)
        assert list(bars.measure) == ["relative"] * 3 + ["total"]


@pytest.mark.parametrize(("block", "limits"), [("status", [-1.0, 1.0, 1.5]), ("dynamics", [-1.0, 1.0])])
def test_limits_are_drawn(outcome, block, limits):
    figure = charts.contributions(outcome, AREA, block=block)
    assert [line.x0 for line in figure.layout.shapes] == limits
    said = [note.text for note in figure.layout.annotations if note.xref != "paper"]
    assert said == [f"{v:+.1f}".replace(".", ",") for v in limits]


@pytest.mark.parametrize("block", ["status", "dynamics"])
def test_no_limit_crosses_a_number_and_no_label_squeezes_the_bars(outcome, block):
    """Numbers stand in a column outside the bars, and long titles are folded."""
    figure = charts.contributions(outcome, AREA, block=block, lang="de")
    bars = figure.data[0]
    numbers = [note for note in figure.layout.annotations if note.xref == "paper"]
    assert [note.text for note in numbers] == list(bars.text)
    assert {(note.x, note.xanchor) for note in numbers} == {(1, "left")}
    assert bars.textposition == "none"
    assert {line.layer for line in figure.layout.shapes} == {"above"}
    labels = figure.layout.yaxis.ticktext
    assert not any("Veränderung" in label for label in labels)
    assert max(len(line) for label in labels for line in label.split("<br>")) <= 22


def test_long_titles_are_folded_between_words(outcome):
    long = "Anteil der Kinder in Haushalten mit <b>Leistungen</b> nach dem Zweiten Buch"
    columns = tuple(
        dataclasses.replace(c, title=toy.Text(long, long)) if c.key == "value_transfer" else c for c in outcome.columns
    )
    figure = charts.contributions(dataclasses.replace(outcome, columns=columns), AREA, block="dynamics")
    (label,) = [label for label in figure.layout.yaxis.ticktext if label.startswith("Anteil")]
    assert label.count("<br>") == 3
    assert "&lt;b&gt;" in label


def test_values_over_time_stand_on_a_ground_of_their_own(outcome):
    figure = charts.timeline([outcome], AREA)
    (note,) = [note for note in figure.layout.annotations if note.bgcolor]
    assert note.y == outcome.table.loc[AREA, "status_index"]
    assert "text" not in figure.data[0].mode
    low, high = figure.layout.yaxis.range
    assert low < -1 < 1.5 < high


def test_numbers_are_german_or_english(outcome):
    german, english = (charts.contributions(outcome, AREA, lang=lang) for lang in ("de", "en"))
    assert german.layout.separators == ",."
    assert english.layout.separators == ".,"
    assert [t.replace(",", ".") for t in german.data[0].text] == list(english.data[0].text)
    assert all("," in text for text in german.data[0].text)


def test_an_area_without_contributions_is_an_answer(outcome):
    with pytest.raises(NotEnoughDataError, match="left out"):
        charts.contributions(outcome, "01010000")
    with pytest.raises(UnknownKeyError, match="Did you mean"):
        charts.contributions(outcome, "0101040")


def test_distribution_counts_every_known_value_once(outcome):
    for column in ("status_index", "value_transfer", "change_transfer", "population", "kita_share"):
        figure = charts.distribution(outcome, column)
        assert sum(figure.data[0].y) == outcome.table[column].notna().sum()


def test_distribution_marks_the_area_in_percent(outcome):
    figure = charts.distribution(outcome, "value_transfer", area=AREA)
    (line,) = figure.layout.shapes
    assert line.x0 == pytest.approx(100 * outcome.table.loc[AREA, "value_transfer"])
    assert "%" in figure.layout.annotations[0].text


def test_distribution_of_words_or_nothing_is_refused(outcome):
    with pytest.raises(DataError, match="words"):
        charts.distribution(outcome, "name")
    empty = dataclasses.replace(outcome, table=outcome.table.assign(population=np.nan))
    with pytest.raises(NotEnoughDataError, match="no number"):
        charts.distribution(empty, "population")


def test_scatter_has_each_scored_area_in_its_colour(outcome):
    figure = charts.scatter(outcome, area=AREA)
    found = {key: trace for trace in figure.data for key in trace.customdata}
    scored = outcome.table.index[outcome.table["group"].notna()]
    assert set(found) == set(scored)
    for key in scored:
        trace, place = found[key], list(found[key].customdata).index(key)
        assert trace.marker.color[place] == palette.GROUP_COLOURS[outcome.table.loc[key, "group"]]
        assert (trace.marker.symbol == "diamond") == bool(outcome.table.loc[key, "attention"])
    assert {s.x0 for s in figure.layout.shapes if s.x0 == s.x1} == {-1.0, 1.0}


def test_names_are_text(outcome):
    area = toy.area_ids()[3]
    for figure in (
        charts.contributions(outcome, area),
        charts.scatter(outcome, area=area),
        charts.distribution(outcome, "status_index", area=area),
        charts.timeline([outcome], area),
    ):
        text = json.dumps(figure.to_plotly_json(), default=str, ensure_ascii=False)
        assert "<img" not in text
        assert "&lt;img" in text


def test_a_line_is_broken_where_areas_or_method_change(outcome):
    runs = [
        dataclasses.replace(outcome, run=dataclasses.replace(outcome.run, year=year, method=method))
        for year, method in ((2024, "mss-2021"), (2018, "mss-2017"), (2022, "mss-2021"))
    ]
    figure = charts.timeline(runs, AREA)
    assert [list(trace.x) for trace in figure.data] == [[2018], [2022, 2024]]
    assert [line.x0 for line in figure.layout.shapes if line.line.dash == "dot"] == [2020]


def test_a_run_without_the_area_shows_no_point(outcome):
    other = dataclasses.replace(
        outcome, table=outcome.table.drop(AREA), run=dataclasses.replace(outcome.run, year=2020)
    )
    assert [list(trace.x) for trace in charts.timeline([other, outcome], AREA).data] == [[2024]]
    with pytest.raises(UnknownKeyError, match="No run has"):
        charts.timeline([other], AREA)


def test_no_figure_names_a_foreign_host(outcome):
    for figure in (charts.scatter(outcome), charts.contributions(outcome, AREA)):
        assert "http" not in figure.to_json()
