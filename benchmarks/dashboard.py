"""The dashboard in Debian's Chromium: navigation to drawn polygons, click to dossier, server time of a callback."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, missing
from qmgis.app.main import create_app
from qmgis.app.results import outcome_of, outcomes_of
from qmgis.model import City

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHAPES = "path.leaflet-interactive"


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give medians on a warm server; nothing is asserted."""
    city = _synthetic.city(60) if quick else _city()
    outcomes_of(city)
    newest = max(city.runs.values(), key=lambda run: run.year).key
    size = f"{len(outcome_of(city, newest).areas.frame):,} areas ({city.key})"
    app = create_app(city)
    yield Row("dashboard", size, "callback, overview", _callback(app, "/", runs), target="<= 0.15 s")
    area = str(outcome_of(city, newest).table.index[0])
    yield Row("dashboard", size, "callback, area", _callback(app, f"/area?area={area}", runs), target="<= 0.15 s")
    chromium, skipped = shutil.which("chromium"), missing("playwright")
    if chromium is None or skipped:
        yield Row("dashboard", size, "in the browser", None, note=skipped or "skipped: chromium is not installed")
        return
    with _served(app) as address:
        drawn, opened = _in_browser(address, chromium, runs)
    yield Row("dashboard", size, "navigation to drawn areas", drawn, target="<= 2 s")
    yield Row("dashboard", size, "click to dossier", opened, target="<= 0.3 s", note="without its charts")


def _city() -> City:
    """Berlin where its tables are at hand, else an invented city of the same size."""
    from qmgis.io.city.workspace import open_city

    found = [Path(folder) for folder in (os.environ.get("QMGIS_DATA", ""), ROOT.parent / "shared" / "data") if folder]
    data = next((folder for folder in found if (folder / "berlin").is_dir()), None)
    return _synthetic.city(542) if data is None else open_city(ROOT / "layers" / "berlin", data=data)


def _callback(app: Any, address: str, runs: int) -> float:
    path, _, search = address.partition("?")
    body = {
        "output": "..screen.children...drawn.data..",
        "outputs": [{"id": "screen", "property": "children"}, {"id": "drawn", "property": "data"}],
        "inputs": [
            {"id": "url", "property": "pathname", "value": path},
            {"id": "url", "property": "search", "value": f"?{search}"},
        ],
        "changedPropIds": ["url.pathname"],
        "state": [{"id": "drawn", "property": "data", "value": None}],
    }
    client, took = app.server.test_client(), []
    for _ in range(runs + 1):
        start = perf_counter()
        answer = client.post("/_dash-update-component", json=body)
        took.append(perf_counter() - start)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return median(took[1:])


@contextmanager
def _served(app: Any) -> Iterator[str]:
    from waitress.server import create_server

    server = create_server(app.server, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()


def _in_browser(address: str, chromium: str, runs: int) -> tuple[float, float]:
    """Return the medians of navigation and click, browser warm as on the second visit."""
    from playwright.sync_api import sync_playwright

    drawn, opened = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        for turn in range(runs + 1):
            start = perf_counter()
            page.goto(address, wait_until="commit")
            page.wait_for_selector(SHAPES)
            drawn.append(perf_counter() - start)
            page.wait_for_selector(".ag-row")
            start = perf_counter()
            page.locator(SHAPES).nth(20 + turn).dispatch_event("click")
            page.wait_for_selector("#area-profile")
            opened.append(perf_counter() - start)
        browser.close()
    return median(drawn[1:]), median(opened[1:])


JOB = Job("dashboard", "Dashboard: page, click, callback", run)
