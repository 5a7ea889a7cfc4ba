"""The dashboard of a run with an index of its own."""

from dataclasses import replace

import pytest

from qmgis.app.chart import spread_chart
from qmgis.app.main import show
from qmgis.app.pages.area import draw_charts
from qmgis.app.pages.overview import draw_charts as draw_overview
from qmgis.app.results import outcome_of
from qmgis.app.view import rows_of, table_columns
from tests.app.test_area import _text
from tests.views.made import composite_city

AREA = "01010405"
RUNS = ("own-2024", "tenths-2024", "even-2024")


@pytest.fixture(scope="module")
def city():
    return composite_city()


def _page(city, path: str, search: str) -> str:
    return _text(show(path, search, None, city=city)[0])


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("path", ["/", "/area", "/data_method"])
def test_every_page_can_be_drawn(city, path, run, lang):
    text = _page(city, path, f"?run={run}&area={AREA}&lang={lang}")
    assert "haben keine Spalte" not in text
    assert "have no column" not in text
    assert len(text) > 1000


@pytest.mark.parametrize("run", RUNS)
def test_charts_follow_for_the_one_index(city, run):
    why, stand, course = draw_charts(f"/area?run={run}&area={AREA}", city=city)
    assert (len(why), len(stand), len(course)) == (1, 1, 1)
    assert [sorted(x for line in chart.children.figure.data for x in line.x) for chart in course] == [[2023, 2024]]


def test_no_contributions_is_said_and_values_are_shown(city):
    assert "keine Summe" in _page(city, "/area", f"?run=tenths-2024&area={AREA}")
    (chart,) = draw_charts(f"/area?run=tenths-2024&area={AREA}", city=city)[0]
    assert chart.children.id == "area-scores"
    assert "Arbeitslosigkeit" in getattr(chart, "aria-label")


def test_other_methods_are_listed_with_reason_and_not_drawn(city):
    text = _page(city, "/area", f"?run=own-2024&area={AREA}")
    assert "anderes Verfahren (Index tenths), nicht im Diagramm" in text
    assert "4- (sehr niedrig / negativ)" in text
    of_mss = _page(city, "/area", f"?run=mss-2024&area={AREA}")
    assert "anderes Verfahren (Index own), nicht im Diagramm" in of_mss
    assert len(draw_charts(f"/area?run=mss-2024&area={AREA}", city=city)[2]) == 2


def test_the_overview_draws_the_limits_of_the_classes(city):
    (only,) = draw_overview("/?run=own-2024", None, city=city)[0]
    figure = only.children[0].children.figure
    assert [line.x0 for line in figure.layout.shapes] == [0.4, 0.75]
    tenths = spread_chart(outcome_of(city, "tenths-2024"), "index", "x", "de")
    assert len(tenths.children[0].children.figure.layout.shapes) == 0
    assert "Jeder Punkt" not in _page(city, "/", "?run=own-2024")


def test_the_table_names_classes_and_has_no_ranks(city):
    outcome = outcome_of(city, "own-2024")
    assert {row["class"] for row in rows_of(outcome, "", only=(), lang="de")} == {"niedrig", "mittel", "hoch", None}
    assert "rank" not in {column.key for column in table_columns(outcome)}


def test_domains_are_shown_where_there_are_some(city):
    assert "Bereiche des Index" in _page(city, "/area", f"?run=own-2024&area={AREA}")
    assert "Bereiche des Index" not in _page(city, "/area", f"?run=tenths-2024&area={AREA}")


def test_an_area_without_index_says_why(city):
    text = _page(city, "/area", "?run=own-2024&area=01010000")
    assert "keine Beiträge, die ihn erklären könnten. Grund: zu wenige Einwohner." in text
    assert draw_charts("/area?run=own-2024&area=01010000", city=city)[:2] == ([], [])


def test_a_changed_profile_is_another_method(city):
    from qmgis.app import results

    other = replace(city, title=city.title)
    past = outcome_of(city, "own-2023")
    parameters = {**past.index.parameters, "indicators": ["unemployment"]}
    results._done[other] = {"own-2023": replace(past, index=replace(past.index, parameters=parameters))}
    assert "mit anderen Indikatoren" in _page(other, "/area", f"?run=own-2024&area={AREA}")
    (course,) = draw_charts(f"/area?run=own-2024&area={AREA}", city=other)[2]
    assert [list(line.x) for line in course.children.figure.data] == [[2024]]
