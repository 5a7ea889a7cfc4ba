"""Qualität and Verstetigung in Chromium: accessible, and on a phone without sideways scroll."""

from __future__ import annotations

import pytest

from tests.app.test_browser import SERIOUS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("page", ["quality", "readiness"])
def test_axe_finds_nothing_serious(page, watched):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened = watched.open(f"/{page}?lang=de&pick=QM-01", until=f"#{page}-files a")
    found = axe.Axe().run(opened).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS] == []
    watched.shoot(page)


@pytest.mark.parametrize("page", ["quality", "readiness"])
def test_a_phone_needs_no_sideways_scroll(page, browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    opened = context.new_page()
    opened.goto(f"{address}/{page}")
    opened.wait_for_selector(f"#{page}-files a")
    widths = opened.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths[0] <= widths[1]
