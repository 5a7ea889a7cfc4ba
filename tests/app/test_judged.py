"""Qualität and Verstetigung on the server: every item, both signals, bad days, files, hostile names."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from qmgis.app.address import parse_address, settle
from qmgis.app.main import create_app, show
from qmgis.app.pages import quality, readiness
from qmgis.app.programme.judged_files import QUALITY_FILES, READINESS_FILES
from qmgis.readiness import bars
from qmgis.runs.programme.quality import bars_of
from qmgis.views.gantt import gantt
from tests.toy import HOSTILE, toy_city, toy_programme

PAGES = {"quality": quality, "readiness": readiness}


@pytest.fixture(scope="module")
def city():
    return replace(toy_city(), programmes={"programme": toy_programme()})


def _state(city, page: str, query: str = ""):
    return settle(parse_address(f"/{page}", query), city, pages=(page, "overview"))


def _texts(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("page", "items"),
    [("quality", [*(f"R{n:02d}" for n in range(1, 19)), *(f"Q{n:02d}" for n in range(1, 13))]),
     ("readiness", [*(f"V{n:02d}" for n in range(1, 16)), *(f"T{n}" for n in range(1, 11))])],
)  # fmt: skip
def test_every_item_is_on_the_page_and_what_is_unknown_says_so(page, items, city):
    text = _texts(PAGES[page].layout(city, _state(city, page, "?pick=QM-01")))
    assert [item for item in items if f'"{item}"' not in text] == []
    assert '"unbekannt"' in text


@pytest.mark.parametrize("page", list(PAGES))
def test_a_day_that_is_none_is_one_sentence(page, city):
    assert '"someday\\" ist kein Datum' in _texts(PAGES[page].layout(city, _state(city, page, "?day=someday")))


@pytest.mark.parametrize("page", list(PAGES))
def test_another_day_draws_only_what_changes(page, city):
    changes = PAGES[page].refresh(city, _state(city, page, "?day=2022-12-31&pick=QM-02&lang=en"))
    assert f"{page}-files" in changes
    assert "Quartier West" in changes["live"]["children"]


@pytest.mark.parametrize("page", list(PAGES))
def test_a_city_without_programme_areas_says_so(page):
    screen, _, _ = show(f"/{page}", "", None, city=toy_city())
    assert "hat keine Fördergebiete" in _texts(screen)


def test_the_time_line_draws_every_phase_and_escapes_names(city):
    spans = bars_of(city, _day())
    figure = gantt(spans, _day())
    drawn = [label for trace in figure.data for label in trace.y]
    assert len(drawn) == len(spans) == len(bars(toy_programme(), _day()))
    named = {one.text for one in figure.layout.annotations if one.text}
    assert named == {f"{name} ({area})" for name, area in zip(spans["name"], spans["programme_area"], strict=True)}
    odd = spans.assign(name=HOSTILE)
    assert "<img" not in gantt(odd, _day()).to_json().replace("\\u003c", "<")


def _day():
    from datetime import date

    return date(2024, 12, 31)


@pytest.mark.parametrize("kind", [*QUALITY_FILES, *READINESS_FILES])
def test_every_table_is_a_file(kind, city):
    client = create_app(city).server.test_client()
    answer = client.get(f"/download/area/{kind}?pick=QM-02&day=2024-12-31", base_url="http://127.0.0.1")
    assert answer.status_code == 200
    assert "2024-12-31" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode())))
    assert len({len(row) for row in rows}) == 1


def test_what_cannot_be_is_told(city):
    client = create_app(city).server.test_client()
    assert client.get("/download/area/exe", base_url="http://127.0.0.1").status_code == 404
    client = create_app(toy_city()).server.test_client()
    answer = client.get("/download/area/plan", base_url="http://127.0.0.1")
    assert (answer.status_code, answer.data.decode().count("\n")) == (400, 1)
