"""The page Fördergebiete on the server: the areas of a day, deadlines, events, key figures, files, bad days."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from qmgis.app.address import ViewState, parse_address, settle
from qmgis.app.main import create_app, show
from qmgis.app.pages.programme import layout, refresh
from qmgis.app.programme.funded import figure_rows, funded_of
from qmgis.app.programme.lifelines import lifelines
from qmgis.errors import DataError
from qmgis.io.rules.legal import legal_rules
from qmgis.lifecycle import timeline
from qmgis.model import Deadline, Event, Text
from qmgis.runs.programme.lives import areas_of, deadlines_of, figures_of
from tests.toy import HOSTILE, toy_city, toy_programme

RULE = Deadline("term", Text("Höchstdauer", "Term"), ("designate",), ("end",), years=15)


@pytest.fixture(scope="module")
def city():
    layer = toy_programme()
    events = (Event("QM-01", "designate", date(2016, 1, 1), until=date(2030, 1, 1), body=HOSTILE),)
    return replace(toy_city(), programmes={"programme": replace(layer, events=events)}, deadlines=(RULE,))


def _plan(city, query: str = ""):
    return funded_of(city, settle(parse_address("/programme", query), city, pages=("programme", "overview")))


def _texts(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


@pytest.mark.parametrize(("word", "day"), [
    ("", date(2024, 12, 31)), ("2016-05-01", date(2016, 5, 1)), ("1.5.2016", date(2016, 5, 1)),
    ("2010", date(2010, 12, 31)),
])  # fmt: skip
def test_a_day_is_read_as_people_write_it(word, day, city):
    plan = _plan(city, f"?day={word}")
    assert (plan.day, plan.fault) == (day, "")
    assert list(plan.valid.index) == list(areas_of(city, day).index)


def test_no_day_is_one_sentence_and_the_run_decides(city):
    plan = _plan(city, "?day=someday")
    assert plan.day == date(2024, 12, 31)
    assert '"someday" ist kein Datum' in plan.fault
    assert "ist kein Datum" in _texts(layout(city, plan.state))


@pytest.mark.parametrize(("day", "state"), [("2025-01-01", "ahead"), ("2028-06-01", "near"), ("2031-02-01", "passed")])
def test_deadlines_carry_a_mark_and_a_word(day, state, city):
    plan = _plan(city, f"?day={day}")
    due = deadlines_of(city, plan.day)
    row = due[due["rule"] == ("agreed" if state != "passed" else "term")].iloc[0]
    assert row["state"] == state
    text = _texts(layout(city, plan.state))
    assert {"ahead": "○ läuft", "near": "◐ bald", "passed": "● abgelaufen"}[state] in text


def test_the_time_line_and_its_table_hold_every_event_and_phase(city):
    plan = _plan(city)
    drawn = _texts(lifelines(plan))
    spans = timeline(plan.layer)
    assert drawn.count('"event"') == int((spans["kind"] == "event").sum()) == len(plan.events)
    assert drawn.count("phase phase-") == int((spans["kind"] == "phase").sum())
    text = _texts(layout(city, plan.state))
    for name in ("Festlegung", "Ende"):
        assert name in text


def test_key_figures_are_those_of_the_engine_and_hide_what_it_hides(city):
    rows = figure_rows(_plan(city, "?pick=QM-01"))
    found = figures_of(city, city.run("mss-2024"))
    own = found[found["outline"] == "QM-01"]
    assert len(rows) == len(own)
    for row, one in zip(rows, own.to_dict("records"), strict=True):
        assert (row[1] == "–") == (one["inside"] != one["inside"])
        assert ("zu wenige" in row[4]) == (one["state"] == "too_small")


def test_key_figures_are_told_on_one_version_of_the_areas_only(city):
    old = replace(city.run("mss-2024"), key="old", year=2019, vintage="toy-old")
    two = replace(city, runs={**city.runs, "old": old})
    plan = replace(_plan(city), city=two, outcome=replace(_plan(city).outcome, run=old))
    with pytest.raises(DataError, match="two versions could be subtracted"):
        figure_rows(plan)


def test_another_day_or_area_draws_only_what_changes(city):
    changes = refresh(city, _plan(city, "?day=2010-01-01").state)
    assert "Am 01.01.2010" in changes["live"]["children"]
    assert set(changes) >= {"programme-valid", "programme-map-areas", "programme-figures"}


def test_a_city_without_programme_areas_says_so_on_the_page():
    screen, _, _ = show("/programme", "", None, city=toy_city())
    assert "hat keine Fördergebiete" in _texts(screen)


class TestFiles:
    def _get(self, city, kind, query=""):
        client = create_app(city).server.test_client()
        return client.get(f"/download/programme/{kind}?{query}", base_url="http://127.0.0.1")

    def test_tables_hold_what_the_page_shows(self, city):
        plan = _plan(city)
        lengths = {"areas": len(plan.valid), "events": len(plan.events), "deadlines": len(plan.due),
                   "figures": len(figure_rows(plan))}  # fmt: skip
        for kind, count in lengths.items():
            answer = self._get(city, kind)
            lines = answer.data.decode("utf-8-sig").splitlines()
            assert len(lines) == 1 + count, kind
            assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line.split(";"))
            assert "2024-12-31" in answer.headers["Content-Disposition"]

    def test_outlines_carry_phase_and_the_next_deadline(self, city, tmp_path):
        path = tmp_path / "day.gpkg"
        path.write_bytes(self._get(city, "gpkg").data)
        read = gpd.read_file(path)
        assert read["programme_area"].tolist() == ["QM-01"]
        assert read["next_deadline"].tolist() == ["2030-01-01"]
        assert read.area.tolist() == pytest.approx([shape.area for shape in _plan(city).valid["geometry"]])

    def test_streets_of_the_chosen_area_are_on_the_page_and_in_a_file(self, city):
        assert "hat keine Adressen mit Straßen" in _texts(layout(city, _plan(city).state))
        assert "streets" not in _texts(refresh(city, _plan(city).state)["programme-files"])
        people = city.residents["addresses"]
        named = pd.DataFrame({"street": HOSTILE, "number": "7"}, index=people.frame.index)
        town = replace(city, residents={"addresses": replace(people, addresses=named)})
        assert "1 Straße mit" in _texts(layout(town, _plan(town).state))
        lines = self._get(town, "streets").data.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert not lines[1].startswith(("=", "+", "@"))
        past = self._get(town, "streets", "pick=QM-02&day=2024-12-31")
        assert (past.status_code, "kein Fördergebiet" in past.data.decode()) == (400, True)

    def test_what_cannot_be_is_told(self, city):
        assert self._get(city, "exe").status_code == 404
        answer = self._get(toy_city(), "areas")
        assert (answer.status_code, answer.data.decode().count("\n")) == (400, 1)


def test_the_day_is_in_the_address():
    assert ViewState(page="programme", day="2020-01-01") == parse_address("/programme", "?day=2020-01-01")


def test_a_basis_that_does_not_go_with_the_programme_is_said(city):
    layer = city.programmes["programme"]
    frame = layer.frame.assign(programme="Lebendige Zentren")
    event = replace(layer.events[0], legal_basis="§ 165 BauGB <b>")
    own = replace(city, programmes={"programme": replace(layer, frame=frame, events=(event,))}, legal=legal_rules())
    text = _texts(layout(own, _plan(own).state))
    assert "„§ 165 BauGB <b>“ steht nicht unter den Grundlagen für Lebendige Zentren" in text
    assert "keine Rechtsauskunft" in text
    event = replace(event, legal_basis="§ 142")
    clean = replace(own, programmes={"programme": replace(layer, frame=frame, events=(event,))})
    assert "QM-01" not in set(_plan(clean).legal["programme_area"])
