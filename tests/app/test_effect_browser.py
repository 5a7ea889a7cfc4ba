"""Wirkung in Chromium: accessible, comes by itself, and on a phone without sideways scroll."""

from __future__ import annotations

import threading
from dataclasses import replace

import pandas as pd
import pytest

from qmgis.app.main import create_app
from tests.app.conftest import Watched
from tests.app.test_browser import SERIOUS
from tests.toy import toy_backdrop, toy_city, toy_programme

pytestmark = pytest.mark.browser


def begun():
    """Give the toy city with two programme areas that began between its editions."""
    layer = toy_programme()
    frame = layer.frame.assign(
        valid_from=pd.to_datetime(["2023-05-01", "2024-03-01", None]),
        valid_to=pd.to_datetime([None, None, None]),
        status=["running", "running", "waiting"],
        phase=["P7", "P7", "P4"],
    )
    return replace(toy_city(), backdrop=toy_backdrop(), programmes={"programme": replace(layer, frame=frame)})


@pytest.fixture(scope="module")
def own_address():
    from waitress.server import create_server

    server = create_server(create_app(begun()).server, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


def test_axe_finds_nothing_serious_and_the_answer_comes(browser, own_address):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    seen = Watched(context.new_page(), own_address)
    opened = seen.open("/effect?lang=de&pick=QM-01", until="#effect-outcomes table")
    opened.wait_for_selector("#effect-lines .main-svg")
    found = axe.Axe().run(opened).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS] == []
    opened.click("#effect-choices a:has-text('Transfer')")
    opened.wait_for_selector("#effect-said h2:has-text('Transfer')")
    assert "mode=transfer" in opened.url
    opened.locator("#effect-choices a", has_text="QM-02").press("Enter")
    opened.wait_for_selector("#effect-choices a[aria-current]:has-text('QM-02')")
    assert "QM-02" in opened.evaluate("() => document.activeElement.textContent")  # the keyboard stays at the choice
    context.close()
    assert (seen.errors, seen.foreign) == ([], [])


def test_work_is_stopped_and_begun_anew_by_its_button(browser, own_address, monkeypatch):
    held = threading.Event()

    def slow(_, tell):
        while not held.wait(0.02):
            tell(0.4)
        return ()

    monkeypatch.setattr("qmgis.app.programme.effect.answers_of", slow)
    monkeypatch.setattr("qmgis.app.programme.effect.effect_key", lambda _: ("effect", "slow"))
    opened = browser.new_page()
    opened.goto(f"{own_address}/effect?lang=de")
    opened.wait_for_selector("#effect-work progress")
    opened.locator("#effect-stop").press("Enter")
    opened.wait_for_selector("#effect-work :text('abgebrochen')")
    assert opened.locator("#effect-stop").is_hidden()
    opened.click("#effect-again")
    opened.wait_for_selector("#effect-work progress")
    opened.click("#effect-stop")
    opened.wait_for_selector("#effect-again:not([hidden])")
    held.set()
    opened.close()


def test_a_phone_needs_no_sideways_scroll(browser, own_address):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    opened = context.new_page()
    opened.goto(f"{own_address}/effect")
    opened.wait_for_selector("#effect-outcomes table", timeout=30_000)
    widths = opened.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths[0] <= widths[1]
