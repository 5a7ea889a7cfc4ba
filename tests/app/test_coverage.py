"""The page Versorgung without a browser: questions, scenarios and proposals by address, files, and who may ask."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from qmgis.app.address import MOST_CHANGES, ViewState, parse_address, settle
from qmgis.app.coverage.editor import edited_of
from qmgis.app.coverage.question import asked_of, question_panel
from qmgis.app.coverage.scenario import change_of, scenario_of
from qmgis.app.coverage.words import answer_sentences
from qmgis.app.jobs import jobs
from qmgis.app.main import create_app, pages, show
from qmgis.app.pages.coverage import layout, refresh, step
from qmgis.errors import DataError, QmgisError
from qmgis.i18n import number, say
from qmgis.model import Text
from qmgis.runs.demo import demo_city
from qmgis.runs.sites import changed
from qmgis.views.firm import firm_rows, firm_sentence
from tests.toy import HOSTILE, area_ids, toy_areas, toy_city, toy_outcome, toy_places

NEAR = "51.46,9.88"
CRS = "EPSG:25832"


def _text(component) -> str:
    """Every word of a component."""
    plain = json.loads(json.dumps(component, default=lambda part: part.to_plotly_json()))
    found: list[str] = []

    def walk(part) -> None:
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, list):
            for one in part:
                walk(one)
        elif isinstance(part, dict):
            walk(part.get("props", {}).get("children", part.get("children", [])))

    walk(plain)
    return " ".join(found)


@pytest.fixture(scope="module")
def city():
    return toy_city()


@pytest.fixture(scope="module")
def server(city):
    return create_app(city).server


@pytest.fixture
def at_home(server):
    with server.test_request_context("/", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        yield


def _state(city, query: str) -> ViewState:
    return settle(parse_address("/coverage", query), city, pages=pages())


def _parts(city, query: str, *, wait: float = 30.0):
    state = _state(city, query)
    asked_of(city, state, wait=wait).job.ended.wait(wait)
    return refresh(city, state)


class TestQuestion:
    def test_the_answer_is_the_sum_of_the_areas_that_are_shown(self, city):
        parts = _parts(city, "")
        seen = asked_of(city, _state(city, "")).answer.coverage["kita"].seen.dropna(subset=["reached"])
        missed, all_ = int(seen["not_reached"].sum()), int(seen["residents"].sum())
        assert _text(parts["coverage-said"]["children"]).startswith(
            f"{number(missed, 'de')} von {number(all_, 'de')} Personen"
        )
        rows = parts["coverage-table"]["rowData"]
        assert sum(row["kita_not_reached"] or 0 for row in rows) == missed
        assert sum(row["places"] for row in rows) == 2, "one lies beyond the border"

    def test_the_answer_is_the_total_of_the_city_where_that_gives_nothing_away(self, city):
        state = _state(city, "")
        asked = asked_of(city, state, wait=30.0)
        asked.job.ended.wait(30)
        parts = asked.answer.coverage["kita"].parts
        told = replace(
            asked.answer, totals={"kita": (float(parts["reached"].sum()), float(parts["not_reached"].sum()))}
        )
        known = replace(asked, job=replace(asked.job, result=told))
        first, basis, *_ = answer_sentences(known, edited_of(known, is_open=False))
        everybody = number(float(parts["residents"].sum()), "de")
        assert first.startswith(f"{number(told.totals['kita'][1], 'de')} von {everybody} Personen")
        assert basis.startswith(
            "Gezählt in 30 von 30 Gebieten. 1 Gebiete haben zu kleine Zahlen; sie sind in der Summe"
        )

    def test_below_stand_areas_where_need_meets_gap_and_the_values_of_the_service(self, city):
        below = _text(_parts(city, "")["coverage-more"]["children"])
        assert firm_sentence(toy_outcome(), "kita").de in below
        assert all(row.name in below for row in firm_rows(toy_outcome(), "kita", "de"))
        assert "Rechtsanspruch" not in below, "this service has no value"
        own = _text(_parts(city, "?within=600m")["coverage-more"]["children"])
        assert say("priority.firm", "de") not in own
        demo = demo_city()
        below = _text(_parts(demo, "?places=playground")["coverage-more"]["children"])
        value = demo.orientation[demo.services["playground"].orientation]
        assert value.source in below
        assert say(f"orientation.{value.mark}", "de") in below
        assert "kein Rechtsanspruch" in below

    def test_the_table_keeps_the_order_of_the_areas(self, city):
        parts = _parts(city, "?within=800m&group=age_65_plus")
        assert [row["area"] for row in parts["coverage-table"]["rowData"]] == area_ids()
        assert not [
            one for one in parts["coverage-table"]["columnDefs"] if "rank" in one["field"] or "order" in one["field"]
        ]

    def test_minutes_name_their_speed(self, city):
        assert "3,6 km/h" in _text(_parts(city, "?within=10min")["coverage-said"]["children"])

    def test_what_is_hidden_says_why(self, city):
        rows = _parts(city, "?within=300m")["coverage-table"]["rowData"]
        hidden = [row for row in rows if row["asked_share"] is None]
        assert hidden
        assert all(row["asked_share_why"] for row in hidden)

    def test_every_list_names_what_is_chosen(self, city):
        drawn = question_panel(asked_of(city, _state(city, "?within=600m&group=residents")))[0]
        lists = [part for part in drawn._traverse() if type(part).__name__ == "Select"]
        chosen = [[option.value for option in one.children if option.selected] for one in lists]
        assert chosen == [["kita"], ["residents"], ["600m"]]

    def test_the_overview_ignores_the_question(self, city):
        screen, *_ = show("/", "?places=kita&within=600m&change=nonsense", None, city=city)
        assert screen is not None


class TestScenario:
    def test_it_is_what_the_engine_says(self, city, at_home):
        parts = _parts(city, f"?change=close%3Ak1&change=add%3A{NEAR}")
        found = asked_of(city, _state(city, "")).answer
        plan = scenario_of(("close:k1", f"add:{NEAR}"), toy_places(), toy_areas(), CRS, "Neuer Ort")
        engine = changed(city, found, "kita", add=plan.add, close=["k1"])
        assert _text(parts["coverage-said"]["children"]).startswith(f"Szenario: {engine.sentence.de}")
        assert parts["coverage-title"]["children"].startswith("Szenario")
        gained = engine.shown["gain_age_0_5"].sum()
        assert sum(row["gain_age_0_5"] or 0 for row in parts["coverage-table"]["rowData"]) == gained
        assert len(city.places["kita"].frame) == 3, "the layers stay as they are"

    @pytest.mark.parametrize(
        "entry",
        ["", "add", "add:", "add:1", "add:1,2,3", "add:nan,nan", "add:0,0", "add:inf,9", "close:nobody", "close:",
         "move:k1", "move:k1@", "move:k9@51.46,9.88", "grow:k1", HOSTILE, "move:k1@x,y", "add:1e400,9"],
    )  # fmt: skip
    def test_garbage_is_refused_with_a_sentence(self, city, at_home, entry):
        with pytest.raises(DataError) as refused:
            scenario_of((entry,), toy_places(), toy_areas(), CRS, "new")
        assert refused.value.say("de").endswith(".")
        query = "?" + "change=" + entry.replace("<", "%3C").replace("+", "%2B").replace("&", "%26").replace("#", "%23")
        assert _parts(city, query)["coverage-title"]["children"].startswith("Versorgung")

    def test_a_place_is_changed_once(self):
        with pytest.raises(DataError, match="once"):
            scenario_of(("close:k1", f"move:k1@{NEAR}"), toy_places(), toy_areas(), CRS, "new")

    def test_its_length_is_bounded(self, city, at_home):
        entries = tuple(f"add:51.46,9.88{n:03d}" for n in range(MOST_CHANGES + 1))
        with pytest.raises(DataError, match="at most"):
            scenario_of(entries, toy_places(), toy_areas(), CRS, "new")
        query = "?" + "&".join(f"change={one}" for one in (*entries, *(f"add:51.46,9.87{n:03d}" for n in range(50))))
        assert len(_state(city, query).changed) == MOST_CHANGES + 1
        assert "höchstens" in _text(_parts(city, query)["coverage-editor"]["children"])

    def test_new_places_do_not_take_a_name_that_is_there(self):
        frame = toy_places().frame.rename(index={"k1": "new 1"})
        plan = scenario_of((f"add:{NEAR}",), replace(toy_places(), frame=frame), toy_areas(), CRS, "new")
        assert list(plan.add) == ["new 1+"]

    def test_ids_with_signs_are_ids(self):
        frame = toy_places().frame.rename(index={"k1": "a@b:c", "k2": HOSTILE[:50]})
        places = replace(toy_places(), frame=frame)
        plan = scenario_of((f"move:a@b:c@{NEAR}", f"close:{HOSTILE[:50]}"), places, toy_areas(), CRS, "new")
        assert (list(plan.move), plan.close) == (["a@b:c"], (HOSTILE[:50],))

    def test_undo_and_reset_are_addresses(self, city, at_home):
        drawn = json.dumps(_parts(city, f"?change=close%3Ak1&change=add%3A{NEAR}")["coverage-editor"]["children"],
                           default=lambda part: part.to_plotly_json())  # fmt: skip
        assert '"href": "/coverage?run=mss-2024&change=close%3Ak1&lang=de"' in drawn
        assert '"href": "/coverage?run=mss-2024&lang=de"' in drawn


class TestWhoMayAsk:
    CHANGED = "?change=close%3Ak1&sites=2-0"

    def _title(self, city, server, **environ):
        with server.test_request_context("/", **environ):
            parts = _parts(city, self.CHANGED)
            return parts["coverage-title"]["children"], _text(parts["coverage-editor"]["children"])

    def test_at_home(self, city, server):
        title, _ = self._title(city, server, environ_base={"REMOTE_ADDR": "127.0.0.1"})
        assert title.startswith("Szenario")

    @pytest.mark.parametrize(
        "environ",
        [{"environ_base": {"REMOTE_ADDR": "10.0.0.7"}},
         {"environ_base": {"REMOTE_ADDR": "127.0.0.1"}, "headers": {"X-Forwarded-For": "10.0.0.7"}},
         {"environ_base": {"REMOTE_ADDR": "127.0.0.1"}, "headers": {"Forwarded": "for=10.0.0.7"}}],
    )  # fmt: skip
    def test_not_from_elsewhere(self, city, server, environ):
        title, said = self._title(city, server, **environ)
        assert title.startswith("Versorgung")
        assert "nur am eigenen Rechner" in said

    def test_not_where_the_dashboard_is_served_to_others(self, city):
        open_server = create_app(city, hosts=()).server
        title, said = self._title(city, open_server, environ_base={"REMOTE_ADDR": "127.0.0.1"})
        assert title.startswith("Versorgung")
        assert "nur am eigenen Rechner" in said
        client = open_server.test_client()
        for path in ("scenario", "scenario.gpkg"):
            assert client.get(f"/download/{path}{self.CHANGED}").status_code == 400

    def test_a_click_goes_nowhere_then(self, city):
        edit = _parts(city, "?edit=add")["coverage-edit"]
        assert edit == {"data-point": "", "data-place": ""}


class TestClicks:
    def test_where_a_click_goes_hangs_on_the_mode(self, city, at_home):
        assert _parts(city, "")["coverage-edit"] == {"data-point": "", "data-place": ""}
        assert "change=add%3A__VALUE__" in _parts(city, "?edit=add")["coverage-edit"]["data-point"]
        assert "change=close%3A__VALUE__" in _parts(city, "?edit=close")["coverage-edit"]["data-place"]
        moving = _parts(city, "?edit=move%3Ak1")["coverage-edit"]
        assert "change=move%3Ak1%40__VALUE__" in moving["data-point"]
        assert "edit=move%3A__VALUE__" in moving["data-place"]

    def test_the_middle_of_the_selected_area_is_a_link(self, city, at_home):
        drawn = _text(_parts(city, f"?edit=add&area={area_ids()[7]}")["coverage-editor"]["children"])
        assert "In der Mitte von Gebiet 8" in drawn


class TestWork:
    def test_a_slow_answer_is_told_stopped_and_begun_anew(self, city, monkeypatch):
        from threading import Event

        import qmgis.app.coverage.question as question

        go, state = Event(), _state(city, "?within=1500m&group=age_6_64")

        def slow(*_, tell):
            tell(0.4)
            go.wait(10)
            tell(0.8)

        monkeypatch.setattr(question, "ladder_of", lambda city, run, places, tell: slow(tell=tell))
        asked_of(city, state, wait=0.2)
        stage = "running none none"
        drawn, now = step(state, stage, None, city=city)
        assert "40" in _text(drawn)
        assert now is not None
        page = _text(layout(city, state))
        assert "wird berechnet" in page
        _, stopped = step(state, stage, "coverage-stop", city=city)
        assert stopped == "stopped none none"
        assert "abgebrochen" in _text(refresh(city, state)["coverage-work"]["children"])
        assert "Noch keine Antwort" in _text(refresh(city, state)["coverage-said"]["children"])
        go.set()
        monkeypatch.undo()
        step(state, stopped, "coverage-again", city=city)
        assert asked_of(city, state, wait=30).answer is not None

    def test_proposals_come_with_reasons_and_can_be_taken(self, city, at_home):
        from qmgis.app.coverage.editor import sites_key

        parts = _parts(city, "?sites=2-1")
        asked = asked_of(city, _state(city, "?sites=2-1"))
        jobs.known(sites_key(asked)).ended.wait(30)
        parts = _parts(city, "?sites=2-1")
        said = _text(parts["coverage-sites"]["children"])
        assert "hätten neu einen Ort" in said
        assert "2-fach" in said
        drawn = json.dumps(parts["coverage-sites"]["children"], default=lambda part: part.to_plotly_json())
        assert drawn.count("change=add%3A") == 2

    def test_where_proposals_come_from_is_said_and_plots_are_no_facility(self, city, at_home):
        plots = replace(toy_places(), key="plots", title=Text("Grundstücke", "Plots"))
        theme = replace(city.themes["kita"], candidates="plots")
        with_plots = replace(city, places={**city.places, "plots": plots}, themes={"kita": theme})
        said = _text(_parts(with_plots, "?lang=en")["coverage-sites"]["children"])
        assert "Possible sites: Plots (3)." in said
        page = _text(layout(with_plots, _state(with_plots, "?lang=en")))
        assert "Plots" not in page.split("Group")[0]
        assert "where people without a place live" in _text(_parts(city, "?lang=en")["coverage-sites"]["children"])

    @pytest.mark.parametrize("sites", ["0-0", "6-0", "99999-0", "x", "2-1e9", "-", "1.5-0"])
    def test_only_a_few_proposals_with_known_weights(self, city, sites):
        from qmgis.app.coverage.editor import _wanted

        wanted = _wanted(_state(city, f"?sites={sites}"))
        assert wanted in (None, (2, 0.0))


class TestFiles:
    def test_exports_have_the_one_theme(self, server):
        answer = server.test_client().get("/download/asked/csv?within=800m")
        assert answer.status_code == 200
        head = answer.data.decode("utf-8-sig").splitlines()[0]
        assert "asked_not_reached" in head
        assert "kita_not_reached" not in head
        assert "toy-mss-2024-kita-age_0_5-800m-walk-areas.csv" in answer.headers["Content-Disposition"]

    def test_the_geopackage_opens_and_has_no_numbers_in_squares(self, server, tmp_path):
        import pyogrio

        file = tmp_path / "results.gpkg"
        file.write_bytes(server.test_client().get("/download/asked/gpkg?within=400m&lang=en").data)
        assert {"areas", "places", "gaps"} <= {name for name, _ in pyogrio.list_layers(file)}
        assert pyogrio.read_dataframe(file, layer="gaps")["not_reached"].isna().all()

    def test_outlines_are_a_geopackage(self, server, tmp_path):
        import pyogrio

        answer = server.test_client().get("/download/outlines?within=400m")
        file = tmp_path / "outlines.gpkg"
        file.write_bytes(answer.data)
        frame = pyogrio.read_dataframe(file)
        assert set(frame["place"]) <= {"k1", "k2", "k3"}
        assert HOSTILE in set(frame["name"])
        assert (frame["within_m"] == 400).all()

    @pytest.mark.parametrize(("lang", "comma"), [("de", True), ("en", False)])
    def test_outlines_are_a_table_too(self, server, tmp_path, lang, comma):
        import pyogrio

        client, file = server.test_client(), tmp_path / "outlines.gpkg"
        file.write_bytes(client.get("/download/outlines?within=400m").data)
        frame = pyogrio.read_dataframe(file).set_index("place")
        answer = client.get(f"/download/outlines.csv?within=400m&lang={lang}")
        text = answer.data.decode("utf-8-sig")
        heads, *rows = csv.reader(text.splitlines(), delimiter=";" if comma else ",")
        assert "outlines.csv" in answer.headers["Content-Disposition"]
        assert heads[-1].endswith("(ha)")
        assert [row[0] for row in rows] == frame.index.tolist()
        assert not any(cell[:1] in "=+@" for row in rows for cell in row if cell)
        hectares = {row[0]: float(row[3].replace(",", ".") if comma else row[3]) for row in rows}
        for place, size in hectares.items():
            assert size == pytest.approx(frame.geometry[place].area / 10_000, abs=0.051)

    def test_a_list_of_catchments_is_offered_where_they_are_drawn(self, city, at_home):
        off, on = (_text(_parts(city, query)["coverage-more"]) for query in ("lang=en", "outlines=1&lang=en"))
        assert ("CSV (catchments)" in off, "CSV (catchments)" in on) == (False, True)

    @pytest.mark.parametrize("lang", ["de", "en"])
    def test_the_scenario_says_that_it_is_one(self, server, lang):
        answer = server.test_client().get(f"/download/scenario?change=close%3Ak2&lang={lang}")
        lines = answer.data.decode("utf-8-sig").splitlines()
        word = "Szenario" if lang == "de" else "Scenario"
        assert word.lower() in answer.headers["Content-Disposition"]
        assert all(word in line for line in lines)
        assert "(m) (m)" not in lines[0]
        assert not [line for line in lines if line.split(";" if lang == "de" else ",")[1].startswith(("=", "+", "-"))]

    def test_the_scenario_as_a_geopackage_shows_what_the_table_shows(self, server, tmp_path):
        """Areas before and after and the places of the scenario, styled; nothing that the CSV hides."""
        import pyogrio

        query = f"?change=close%3Ak2&change=add%3A{NEAR}"
        answer = server.test_client().get(f"/download/scenario.gpkg{query}")
        file = tmp_path / "scenario.gpkg"
        file.write_bytes(answer.data)
        assert answer.mimetype == "application/geopackage+sqlite3"
        assert "szenario.gpkg" in answer.headers["Content-Disposition"]
        sites = pyogrio.read_dataframe(file, layer="scenario_places")
        assert sites[["change", "place"]].to_numpy().tolist() == [["add", "Neuer Ort 1"], ["close", "k2"]]
        found = pyogrio.read_dataframe(file, layer="scenario").set_index("area")
        text = server.test_client().get(f"/download/scenario{query}").data.decode("utf-8-sig")
        rows = list(csv.reader(text.splitlines()[1:], delimiter=";"))
        for row in rows:
            numbers = found.loc[row[0], ["before", "after", "gain", "lose"]]
            told = [float(cell.replace(".", "")) if cell.strip("–") else np.nan for cell in row[2:6]]
            np.testing.assert_array_equal(numbers.to_numpy(dtype=float), told)
        styles = pyogrio.read_dataframe(file, layer="layer_styles", read_geometry=False)
        assert {"scenario", "scenario_places"} <= set(styles["f_table_name"])

    def test_without_a_scenario_there_is_a_sentence(self, server):
        for path in ("/download/scenario", "/download/scenario.gpkg"):
            answer = server.test_client().get(path)
            assert (answer.status_code, answer.mimetype) == (400, "text/plain")
        assert server.test_client().get("/download/asked/none").status_code == 404

    def test_shapes_of_questions_are_served_and_bounded(self, server, city):
        from qmgis.app import geometry

        sheet = geometry.keep(toy_places().frame, names=("name",))
        assert server.test_client().get(sheet.address).status_code == 200
        assert server.test_client().get("/data/kept/0000000000000000.geojson").status_code == 404
        for name in map(str, range(geometry.MOST_KEPT)):
            geometry.keep(toy_places().frame.assign(name=name), names=("name",))
        assert server.test_client().get(sheet.address).status_code == 404


def test_a_city_that_does_not_know_where_people_live_says_so(at_home):
    bare = replace(toy_city(), residents={}, themes={}, runs={"mss-2022": toy_city().runs["mss-2022"]})
    parts = _parts(bare, "?change=close%3Ak1")
    assert parts["coverage-title"]["children"].startswith("Versorgung")
    assert "wo Menschen wohnen" in _text(parts["coverage-editor"]["children"])


def test_the_change_is_kept(city):
    found = asked_of(city, _state(city, ""), wait=30).answer
    one = change_of(city, found, "kita", ("close:k1",), "n")
    assert change_of(city, found, "kita", ("close:k1",), "n") is one
    with pytest.raises(QmgisError):
        change_of(city, found, "kita", ("close:k7",), "n")
