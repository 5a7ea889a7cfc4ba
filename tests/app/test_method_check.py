"""How sure, what hangs on which choice, and whether indicators belong together, on "data and method"."""

import time
from dataclasses import replace

import pytest

from qmgis.app.main import show
from qmgis.app.panels.method_check import MOVED, draw
from qmgis.app.results import outcome_of
from qmgis.model import Run
from qmgis.runs.steps import influence_of
from qmgis.views.palette import contrast
from tests import toy
from tests.app.test_area import _text
from tests.views.made import composite_city


def _page(city, search=""):
    return _text(show("/data_method", search, None, city=city)[0])


def _walk(part):
    if isinstance(part, list | tuple):
        for one in part:
            yield from _walk(one)
    elif hasattr(part, "to_plotly_json"):
        yield part
        yield from _walk(getattr(part, "children", None))


def test_the_page_counts_how_sure_classes_are(city):
    outcome, text = outcome_of(city, "mss-2024"), _page(city)
    counts = outcome.table["certainty"].value_counts()
    assert (
        f"Von {counts.sum()} bewerteten Gebieten ist die Einstufung bei {counts['sure']} sicher, "
        f"bei {counts['likely']} wahrscheinlich und bei {counts['borderline']} auf der Kippe" in text
    )
    hangs = outcome.table["hangs_on"].value_counts()
    for code, count in hangs.items():
        word = next(c for c in outcome.columns if c.key == "hangs_on").codes[code].de
        assert f"{word} {count} " in " ".join(text.split()), word
    assert "Aus 1.000 Ziehungen" in text


def test_without_certainty_the_page_says_so_and_draws_nothing(city):
    own = toy.toy_rules()
    run = Run("rules-2024", own.title, own.key, 2024, toy.VINTAGE)
    other = replace(city, profiles={own.key: own}, runs={run.key: run})
    assert "nicht bekannt, wie sicher die Einstufung ist" in _page(other)
    moved, checked = draw("/data_method?run=rules-2024", city=other)
    assert moved == []
    assert "prüft jede Bedingung für sich" in _text(checked)
    page = show("/data_method", "", None, city=other)[0]
    assert MOVED in {getattr(part, "id", None) for part in _walk(page)}


def test_what_each_indicator_moves_is_said_the_largest_first(city):
    outcome = outcome_of(city, "mss-2024")
    found = influence_of(city, outcome.index, method="mss-2021").sort_values("moved", ascending=False, kind="stable")
    text = _text(draw("/data_method?lang=en", city=city)[0])
    scored = int(outcome.index.value.notna().sum())
    titles = [city.tables[toy.VINTAGE].indicators[key].title.en for key in found.index]
    most = " / ".join(titles[: int((found["moved"] == found["moved"].iloc[0]).sum())])
    assert f"What matters most: {most}. Without this indicator {found['moved'].iloc[0]} of {scored} areas" in text
    assert sorted(titles, key=text.rindex) == titles


def test_the_check_has_sentences_correlations_alpha_and_a_table_of_its_bars(city):
    checked = draw("/data_method", city=city)[1]
    text = _text(checked)
    for words in ("nahezu Kopien", "Alpha 0,9", "Cronbachs Alpha", "mit dem Index", "Hauptkomponente", "Eigenwert",
                  "Korrelation von Status und Dynamik"):  # fmt: skip
        assert words in text, words
    charts = [part for part in _walk(checked) if getattr(part, "id", "") == "data_method-scree-status"]
    assert len(charts) == 1
    assert sum(charts[0].figure.data[0].y) == pytest.approx(100)
    shaded = [part for part in _walk(checked) if getattr(part, "className", "") == "heat"]
    assert len(shaded) == 2 * (3 * 3 + 3)
    assert min(contrast(one.style["background"], one.style["color"]) for one in shaded) >= 4.5


def test_areas_with_too_small_numbers_are_not_in_the_check():
    """Correlations over all scored areas would be equations for the numbers that are not shown."""
    from qmgis.runs.demo import demo_city
    from qmgis.runs.method import check_profile

    musterstadt = demo_city()
    outcome = outcome_of(musterstadt, "mss-2024")
    found = check_profile(musterstadt, outcome.profile, year=2024, areas=outcome.run.vintage)
    for key, block in found.blocks.items():
        column = outcome.table[f"{key}_index"]
        assert block.areas == int(column.notna().sum()) < int(outcome.index.value.notna().sum())
        of = "value" if key == "status" else "change"  # standard scores are rounded where something is hidden
        values = outcome.table.loc[column.notna(), [f"{of}_{name}" for name in block.r]]
        assert values.notna().all(axis=None)
        assert abs(values.corr().to_numpy() - block.r.to_numpy()).max() < 1e-9  # nothing but what is shown
    assert "Aus 106 von 112 bewerteten Gebieten" in _text(draw("/data_method", city=musterstadt)[1])


def test_a_check_that_cannot_be_made_says_why(city, monkeypatch):
    from qmgis.app.panels import method_check
    from qmgis.errors import NotEnoughDataError

    def fail(*_args, **_named):
        raise NotEnoughDataError("Too little.", de="Zu wenig.")

    other = replace(city, title=city.title)
    monkeypatch.setattr(method_check, "check_profile", fail)
    assert "Zu wenig." in _text(draw("/data_method", city=other)[1])


def test_a_profile_of_one_indicator_says_that_nothing_can_be_left_out():
    own = composite_city()
    block = own.profiles["even"].blocks["index"]
    steps = replace(block.steps, directions={"unemployment": 0}, weights={}, domains={})
    one = replace(own.profiles["even"], key="one", blocks={"index": replace(block, steps=steps)})
    run = Run("one-2024", one.title, "one", 2024, toy.VINTAGE)
    other = replace(own, profiles={"one": one}, runs={run.key: run})
    moved, checked = draw("/data_method?run=one-2024&lang=en", city=other)
    assert "it has one only" in _text(moved)
    assert "Only one indicator" in _text(checked)


def test_warm_the_page_and_what_follows_are_quick(city):
    for part in (lambda: show("/data_method", "", None, city=city), lambda: draw("/data_method", city=city)):
        part()
        took = []
        for _ in range(5):
            start = time.perf_counter()
            part()
            took.append(time.perf_counter() - start)
        assert min(took) < 0.15


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_fills_in_and_is_accessible(watched, lang):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = watched.open(f"/data_method?lang={lang}", until="#data_method-scree-dynamics .js-plotly-plot")
    assert page.locator("#data_method-moved table").count() == 1
    assert page.locator(".heat").count() == 24
    page.locator("#data_method-checked summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#data_method-checked details[open] table").count() == 1
    found = axe.Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    watched.shoot(f"method-{lang}")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector("#data_method-scree-dynamics .js-plotly-plot")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Auf der Karte zeigen" if lang == "de" else "Show on the map").click()
    page.wait_for_selector("#overview-map")
    assert "mode=certainty" in page.url
