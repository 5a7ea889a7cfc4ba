from dataclasses import replace

import pytest

from qmgis.app.address import ViewState, format_address
from qmgis.app.main import show
from qmgis.app.pages.area import draw_charts
from qmgis.errors import QmgisError
from tests.toy import HOSTILE, area_ids

LAST, FIRST = area_ids()[-1], area_ids()[0]


def _text(component) -> str:
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(_text(part) for part in component)
    return _text(getattr(component, "children", "") or "")


def _page(city, search: str) -> str:
    return _text(show("/area", search, None, city=city)[0])


def test_the_profile_says_it_in_words(city):
    text = _page(city, f"?area={LAST}")
    assert "Status sehr niedrig, Dynamik negativ" in text
    assert "Arbeitslosigkeit" in text
    assert "MSS 2022" in text
    assert "Hinweise, keine Urteile" in text


def test_the_profile_speaks_english(city):
    text = _page(city, f"?area={LAST}&lang=en")
    assert "Unemployment" in text
    assert "How close are the limits?" in text
    assert "Arbeitslosigkeit" not in text


@pytest.mark.parametrize(("lang", "word"), [("de", "Median des Wegs"), ("en", "median of the distance")])
def test_the_median_is_called_a_median(city, lang, word):
    text = _page(city, f"?area={LAST}&lang={lang}")
    assert word in text
    assert "mittlerer Weg" not in text


@pytest.mark.parametrize(
    ("lang", "said"),
    [("de", ("Intervall: ", "Personen: ", "Stadt: ", "Mittel: ", "95 %, nach Wilson", "Zum Vergleich")),
     ("en", ("Interval: ", "Persons: ", "City: ", "Mean: ", "95%, after Wilson", "To compare"))],
)  # fmt: skip
def test_each_share_says_what_stands_behind_it(lang, said):
    from qmgis.runs.demo import demo_city

    text = _page(demo_city(), f"?area=01010102&run=mss-2024&lang={lang}")
    assert all(word in text for word in said), text


def test_a_run_that_knows_no_people_says_nothing_of_intervals(city):
    text = _page(city, f"?area={LAST}")
    assert "Mittel der Gebiete" in text
    assert not any(word in text for word in ("Intervall", "Zum Vergleich", "Stadt: "))


def test_charts_follow_for_both_indices_and_times(city):
    why, stand, course = draw_charts(format_address(ViewState(page="area", area=LAST)), city=city)
    assert (len(why), len(stand), len(course)) == (2, 2, 2)


def test_a_left_out_area_says_why_and_has_no_contributions(city):
    text = _page(city, f"?area={FIRST}")
    assert "zu wenige Einwohner" in text
    assert "Gestrichelt: die Klassengrenzen" not in text
    assert "keine Beiträge, die ihn erklären könnten. Grund: zu wenige Einwohner." in text
    why, stand, _ = draw_charts(format_address(ViewState(page="area", area=FIRST)), city=city)
    assert why == stand == []


@pytest.mark.parametrize("area", ["", "99999999", "%3Cscript%3E"])
def test_an_unknown_area_is_a_notice(city, area):
    assert "Bitte ein Gebiet wählen" in _page(city, f"?area={area}")


def test_a_hostile_name_stays_text(city):
    assert HOSTILE in _page(city, f"?area={area_ids()[3]}")


def test_charts_of_an_unknown_area_are_an_error_of_ours(city):
    with pytest.raises(QmgisError):
        draw_charts("/area?area=nowhere", city=city)


def _with_other_editions(city, changed):
    """The city with a run of its own for each way in which an edition can say less."""
    from qmgis.app import results

    runs = {
        key: replace(city.runs["mss-2022"], key=key, year=year) for key, year in (("status-only", 2018), ("gone", 1999))
    }
    wider = replace(city, runs={**city.runs, **runs})
    past = results.outcome_of(city, "mss-2022")
    results._done[wider] = {"status-only": replace(past, run=runs["status-only"], **changed(past))}
    return wider


def _only_status(past):
    silent = ("dynamics_", "group", "attention", "change_")
    kept = [c for c in past.columns if not c.key.startswith(silent) and not c.key.endswith("_change")]
    return {"columns": tuple(kept), "table": past.table[[c.key for c in kept]]}


@pytest.mark.parametrize("run", ["status-only", "mss-2024"])
def test_an_edition_with_status_only_or_none_at_all_breaks_nothing(city, run):
    wider = _with_other_editions(city, _only_status)
    text = _page(wider, f"?area={LAST}&run={run}")
    assert "– (nicht berechenbar)" in text
    why, stand, (status, dynamics) = draw_charts(f"/area?area={LAST}&run={run}", city=wider)
    years = [sorted(x for trace in chart.children.figure.data for x in trace.x) for chart in (status, dynamics)]
    assert years == [[2018, 2022, 2024], [2022, 2024]]
    assert (len(why), len(stand)) == ((1, 1) if run == "status-only" else (2, 2))
    assert show("/", f"?run={run}", None, city=wider)[0] is not None


def test_an_id_of_another_area_is_not_joined_to_the_course(city):
    def other(past):
        areas = replace(past.areas, vintage="toy-2016")
        names = past.table["name"].where(past.table.index != LAST, "Anderswo")
        return {"areas": areas, "table": past.table.assign(name=names)}

    wider = _with_other_editions(city, other)
    assert "gehört in toy-2016 zu „Anderswo“" in _page(wider, f"?area={LAST}")
    course = draw_charts(f"/area?area={LAST}", city=wider)[2]
    assert 2018 not in [x for trace in course[0].children.figure.data for x in trace.x]
    same = draw_charts(f"/area?area={area_ids()[-2]}", city=wider)[2][0].children.figure
    assert [list(trace.x) for trace in same.data] == [[2018], [2022, 2024]]
    assert [line.x0 for line in same.layout.shapes if line.line.dash == "dot"] == [2020]


def _find(component, kind: str) -> list:
    """Every part of a page of one kind."""
    parts = component if isinstance(component, list | tuple) else [component]
    found = [part for part in parts if type(part).__name__ == kind]
    inner = [getattr(part, "children", None) for part in parts if hasattr(part, "children")]
    return found + [one for child in inner if child is not None for one in _find(child, kind)]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "de",
            ("Was würde die Klasse ändern?", "um mehr als 8,7 Prozentpunkte niedriger", "4,5 %", "Angrenzende Gebiete"),
        ),
        ("en", ("What would change the class?", "lower by more than 8.7 percentage points", "4.5%", "Adjacent areas")),
    ],
)
def test_the_smallest_changes_and_neighbours_are_shown(city, lang, words):
    text = _page(city, f"?area={LAST}&lang={lang}")
    assert all(word in text for word in words)


def test_neighbours_and_similar_areas_are_links_that_keep_the_view(city):
    page = show("/area", f"?area={LAST}&run=mss-2022&lang=en", None, city=city)[0]
    links = {one.href: one.children for one in _find(page, "A") if isinstance(one.href, str)}
    near = f"/area?run=mss-2022&area={area_ids()[-2]}&lang=en"
    assert links[near] == "Gebiet 29"


def test_the_summary_can_be_copied(city):
    page = show("/area", f"?area={LAST}", None, city=city)[0]
    (button,) = [one for one in _find(page, "Button") if hasattr(one, "data-copy")]
    assert _text(button) == "Text kopieren"
    (text,) = [one for one in _find(page, "Div") if getattr(one, "id", None) == getattr(button, "data-copy")]
    assert _text(text).startswith("Gebiet 30 (Gebiet 01010405)")
    assert (text.role, text.tabIndex) == ("region", "0")


def test_breaks_of_the_series_are_listed(city):
    def other(past):
        return {"areas": replace(past.areas, vintage="toy-2016"), "change_years": 1}

    wider = _with_other_editions(city, other)
    text = _page(wider, f"?area={LAST}")
    assert "Brüche in der Reihe" in text
    assert "andere Fassung der Gebiete; Veränderungen über eine andere Zeitspanne" in text
    assert "dieselbe Kennung kann ein anderer Umriss sein" in text
    assert "Brüche in der Reihe" not in _page(city, f"?area={LAST}")


def test_what_cannot_be_said_in_values_has_no_table():
    from tests.views.made import composite_city

    assert "Was würde die Klasse ändern?" not in _page(composite_city(), f"?run=tenths-2024&area={LAST}")
