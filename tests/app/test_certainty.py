"""How certain a class is, where a run knows it; nothing where it does not."""

import threading
from dataclasses import replace

import pytest

from qmgis.app import results
from qmgis.app.address import ViewState
from qmgis.app.key import legend_panel
from qmgis.app.main import create_app, show
from qmgis.app.map import map_changes
from qmgis.app.results import outcome_of
from qmgis.app.view import certainty_of, rows_of, shown
from tests.app.test_area import _text
from tests.views.made import composite_city
from tests.views.test_blocks import AREA, with_certainty

RUN = "own-2024"


@pytest.fixture(scope="module")
def plain():
    return composite_city()


@pytest.fixture(scope="module")
def city(plain):
    other = replace(plain, title=plain.title)
    results._done[other] = {RUN: with_certainty(outcome_of(plain, RUN))}
    return other


def test_nothing_is_said_where_nothing_is_known(plain):
    known, other = outcome_of(plain, RUN), replace(plain, title=plain.title)
    kept = [column for column in known.columns if column.key not in ("certainty", "probability")]
    outcome = replace(known, columns=tuple(kept), table=known.table[[column.key for column in kept]])
    results._done[other] = {RUN: outcome}
    assert certainty_of(outcome, "de") == {}
    hideout = map_changes(outcome, ViewState(run=RUN), "de")["overview-map-areas"]["hideout"]
    assert hideout["borderline"] == []
    assert "Grenzfälle" not in _text(show("/", f"?run={RUN}", None, city=other)[0])


def test_legend_table_and_map_say_it(city):
    outcome = outcome_of(city, RUN)
    assert certainty_of(outcome, "en")[AREA] == "Certainty: borderline (en) (62.0%)"
    hideout = map_changes(outcome, ViewState(run=RUN), "de")["overview-map-areas"]["hideout"]
    assert hideout["borderline"] == [AREA]
    text = _text(legend_panel(outcome, ViewState(run=RUN), "de"))
    assert "Klasse: borderline (de)" in text
    assert "Klasse: sure (de)" in text
    row = next(row for row in rows_of(outcome, "", only=(), lang="de") if row["area"] == AREA)
    assert row["certainty"] == "borderline (de)"


def test_other_views_of_the_map_are_not_striped(city):
    outcome = outcome_of(city, RUN)
    state = ViewState(run=RUN, mode="value_transfer")
    assert map_changes(outcome, state, "de")["overview-map-areas"]["hideout"]["borderline"] == []
    assert "Klasse: borderline" not in _text(legend_panel(outcome, state, "de"))


def test_certainty_is_a_map_of_its_own(toy_outcome):
    laid = shown(toy_outcome, "certainty")
    assert (laid.mode.key, laid.mode.family, laid.mode.title.de) == ("certainty", "index", "Sicherheit")
    assert [entry.value for entry in laid.legend.classes] == ["sure", "likely", "borderline"]
    state = ViewState(run="mss-2024", mode="certainty")
    hideout = map_changes(toy_outcome, state, "de")["overview-map-areas"]["hideout"]
    assert hideout["borderline"] == []  # the colour says it
    assert [one["hatch"] for one in hideout["classes"][-2:]] == ["dots", "diagonal"]
    panel = _text(legend_panel(toy_outcome, state, "de"))
    assert "je dunkler, desto unsicherer" in panel
    assert "Klasse: sicher" not in panel


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_box_stripes_borderline_areas(city, chromium, lang):
    from waitress.server import create_server

    server = create_server(create_app(city).server, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    context = chromium.new_context(viewport={"width": 1360, "height": 900})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"http://127.0.0.1:{server.effective_port}/?run={RUN}&lang={lang}")
    stripes = page.locator(".leaflet-certainty-pane path")
    stripes.first.wait_for(state="attached", timeout=30_000)
    assert stripes.count() == 1
    assert stripes.first.get_attribute("fill") == "url(#hatch-borderline)"
    assert not stripes.first.is_visible()
    page.get_by_label("Grenzfälle streifen" if lang == "de" else "Stripe borderline").focus()
    page.keyboard.press("Space")
    page.locator(".leaflet-certainty-pane path").first.wait_for(state="visible")
    assert page.locator(".leaflet-certainty-pane").evaluate("(one) => getComputedStyle(one).display") == "block"
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.wait_for_selector("#overview-charts .js-plotly-plot")
    grave = [
        one["id"] for one in axe.Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")
    ]
    page.screenshot(path=_artefact(f"certainty-{lang}.png"), full_page=True)
    for path in ("area", "data_method"):
        page.goto(f"http://127.0.0.1:{server.effective_port}/{path}?run={RUN}&area={AREA}&lang={lang}")
        page.wait_for_selector("#area-time-charts .js-plotly-plot" if path == "area" else "h2")
        page.wait_for_timeout(500)
        found = axe.Axe().run(page).response["violations"]
        grave += [(path, one["id"]) for one in found if one["impact"] in ("serious", "critical")]
    context.close()
    server.close()
    assert grave == []
    assert errors == []


def _artefact(name: str):
    from tests.app.conftest import ARTEFACTS

    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS / name
