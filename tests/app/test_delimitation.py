"""The page Gebietsabgrenzung on the server: rules in the address, proposals, an own outline, small numbers."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from threading import Event

import geopandas as gpd
import pytest

from qmgis.app.address import MOST_NAMED, ViewState, format_address, parse_address, settle, split_address
from qmgis.app.delimitation.asked import default_rules, looked_at, plan_of, rules_of
from qmgis.app.delimitation.map import hideout, kinds_of, overlay
from qmgis.app.delimitation.rules import click_addresses
from qmgis.app.delimitation.table import area_rows
from qmgis.app.main import create_app, show
from qmgis.app.pages.delimitation import layout, refresh, step
from qmgis.app.results import outcome_of
from qmgis.delimitation import Rules
from qmgis.errors import DataError
from qmgis.runs.programme.proposed import proposed_areas
from qmgis.runs.steps import population_of
from tests.toy import VINTAGE, area_ids, toy_city, toy_programme, toy_residents

WAIT = 20.0


@pytest.fixture(scope="module")
def city():
    return replace(toy_city(), programmes={"programme": toy_programme()})


def _plan(city, query: str = "", **more):
    state = settle(parse_address("/delimitation", query), city, pages=("delimitation", "overview"))
    return plan_of(city, state, wait=WAIT, **more)


def _texts(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_everything_is_in_the_address():
    state = ViewState(page="delimitation", pick="A1", rules=("count:2", "min_residents:1500"), include=("a",),
                      exclude=("b & c",), own=("d", "e"), edit="own")  # fmt: skip
    assert parse_address(*split_address(format_address(state))) == state


def test_proposals_are_those_of_the_engine_under_the_rules_of_the_address(city):
    plan = _plan(city, "?rule=min_residents:4000&rule=keep_existing:no&rule=count:2")
    outcome = outcome_of(city, plan.state.run)
    alone = proposed_areas(city, outcome, rules=Rules(4000, 20_000, keep_existing=False), count=2)
    assert [one.members for one in plan.items] == [one.members for one in alone.items]
    assert plan.found is not None
    assert plan.found.parameters["min_residents"] == 4000


def test_the_sizes_of_a_page_that_says_none_suit_the_areas(city):
    small = replace(city, tables={key: replace(one, frame=_smaller(one.frame)) for key, one in city.tables.items()})
    median = population_of(small, small.areas, 2024).median()
    rules = default_rules(small, "mss-2024")
    assert rules.min_residents == round(3 * median / 100) * 100 < 5_000
    assert rules.max_residents == 4 * rules.min_residents
    assert (default_rules(city, "mss-2024").min_residents, default_rules(city, "mss-2024").max_residents) == (5e3, 2e4)
    assert "5.000 bis 20.000 Einwohner" in _texts(layout(city, _plan(city).state))


def _smaller(frame):
    return frame.assign(population=(frame["population"] / 5).round())


def test_a_budget_is_a_rule_with_its_cost_on_the_card(city):
    plan = _plan(city, "?rule=budget:9000&rule=cost_per_resident:1")
    assert plan.items
    assert all(one.figures["cost"] <= 9_000 for one in plan.items)
    card = _texts(layout(city, plan.state))
    assert "Kosten" in card
    assert any(price.rule == "budget" for one in plan.items for price in one.prices)
    fault = _plan(city, "?rule=budget:9000").job.fault
    assert fault is not None
    assert "cost_per_resident" in fault.en


def test_work_is_told_and_can_be_stopped_and_begun_anew(city, monkeypatch):
    began, go_on = Event(), Event()

    def slow(city, outcome, *, tell, **more):
        tell(0.25)
        began.set()
        go_on.wait(WAIT)
        tell(0.5)
        return proposed_areas(city, outcome, **more)

    monkeypatch.setattr("qmgis.app.delimitation.asked.proposed_areas", slow)
    state = settle(parse_address("/delimitation", "?rule=min_residents:4321"), city, pages=("delimitation", "overview"))
    plan = plan_of(city, state, wait=0.0)
    began.wait(WAIT)
    assert "25" in _texts(layout(city, state))
    assert step(city, state, "delimitation-stop").job.state == "stopped"
    assert "abgebrochen" in _texts(layout(city, state))
    go_on.set()
    assert step(city, state, "delimitation-again").job.state in ("running", "done")
    assert plan_of(city, state, wait=WAIT).items
    assert plan.job.state == "running"


def test_progress_rises_from_nothing_to_the_end(city):
    told: list[float] = []
    proposed_areas(city, outcome_of(city, "mss-2024"), tell=told.append)
    assert told[0] == 0
    assert told == sorted(told)
    assert 0.5 <= told[-1] < 1


NONSENSE = (
    "min_residents:many", "nonsense:1", "min_residents:-1", "count:9", "min_residents:nan", "cross_barriers:maybe",
    "max_residents:1e99",
)  # fmt: skip


@pytest.mark.parametrize("entry", NONSENSE)
def test_nonsense_is_one_sentence_with_the_entry(entry):
    with pytest.raises(DataError, match="is no rule") as told:
        rules_of(ViewState(rules=(entry,)), Rules())
    assert entry in told.value.say("de")


def test_rules_that_nothing_keeps_are_a_sentence_on_the_page(city):
    plan = _plan(city, "?rule=min_residents:90000&rule=max_residents:95000")
    assert plan.job.state == "failed"
    assert plan.job.fault is not None
    screen, _, _ = show("/delimitation", "?rule=min_residents:90000&rule=max_residents:95000", None, city=city)
    assert plan.job.fault.de.split(";")[0] in _texts(screen)


def test_too_many_areas_of_a_list_are_refused():
    with pytest.raises(DataError, match=f"at most {MOST_NAMED}"):
        rules_of(ViewState(include=tuple(map(str, range(MOST_NAMED + 1)))), Rules())


def test_named_areas_are_in_and_out(city):
    first = _plan(city).items[0]
    inside, outside = first.members[0], first.members[1]
    plan = _plan(city, f"?include={inside}&exclude={outside}")
    assert plan.items
    assert all(inside in one.members and outside not in one.members for one in plan.items)
    assert kinds_of(plan)[outside] == "exclude"


def test_a_click_names_an_area_and_a_second_takes_it_back(city):
    one, other = area_ids()[3], area_ids()[4]
    plan = _plan(city, f"?edit=include&include={one}&exclude={other}")
    target, own = click_addresses(plan)
    assert parse_address(*split_address(target.replace("__AREA__", area_ids()[9]))).include == (one, area_ids()[9])
    assert parse_address(*split_address(own[one])).include == ()
    moved = parse_address(*split_address(own[other]))
    assert (moved.include, moved.exclude) == ((one, other), ())
    assert click_addresses(_plan(city))[1] == {}, "without a choice a click only selects"


def test_the_map_says_what_holds_and_the_table_is_its_twin(city):
    plan = _plan(city, f"?own={area_ids()[0]}")
    kinds, rows = kinds_of(plan), area_rows(plan)
    assert [row["area"] for row in rows] == list(plan.outcome.areas.frame.index)
    assert kinds[area_ids()[0]] == "own"
    assert set(kinds.values()) >= {"own", "existing", "attention", "other"}
    painted = hideout(plan)
    words = {area: painted["classes"][code]["label"] for area, code in painted["codes"].items()}
    assert {row["area"]: row["kind"] for row in rows} == words
    inside = {row["area"] for row in rows if row["inside"]}
    assert inside == {area for one in plan.items for area in one.members} == set(painted["values"])
    assert all(row["why"] for row in rows if row["inside"])
    assert len(overlay(plan)) == 2, "outlines with programme areas below them, and signs"


def test_cards_hold_figures_reasons_and_prices(city):
    plan = _plan(city)
    text = _texts(layout(city, plan.state))
    for one in plan.items:
        assert all(sentence.de in text.replace('\\"', '"') for sentence in one.sentences.values())
        assert all(price.sentence.de in text for price in one.prices)
    assert "zur Prüfung" in text
    for word in ("Rang", "beste", "Sieger", "verursacht"):
        assert word not in text


def test_too_many_proposals_are_shown_a_place_at_a_time(city, monkeypatch):
    found = _plan(city).found
    assert looked_at(found, "") == found.items
    assert [one.key for one in looked_at(found, "A2")] == ["A2"]
    assert looked_at(found, "Z") == found.items
    monkeypatch.setattr("qmgis.app.delimitation.asked.MANY", 1)
    assert {one.place for one in looked_at(found, "")} == {"A"}


def test_an_own_outline_stands_beside_the_proposals(city):
    members = _plan(city).items[0].members
    plan = _plan(city, "?" + "&".join(f"own={one}" for one in members))
    assert plan.options is not None
    own, same = plan.options.frame.loc["Eigener Umriss"], plan.options.frame.loc["A1"]
    assert own["residents"] == same["residents"]
    assert plan.options.alike.loc["Eigener Umriss", "A1"] == 1
    assert own["residents"] + own["residents_outside"] == plan.options.total["residents"]


def test_an_own_outline_alone_is_compared_where_rules_fail(city):
    plan = _plan(city, f"?own={area_ids()[0]}&rule=x:1")
    assert plan.options is not None
    assert list(plan.options.frame.index) == ["Eigener Umriss"]


def test_an_unknown_area_is_named(city):
    assert "0101" in _plan(city, "?own=0101").fault
    assert "0101" in _plan(city, "?include=0101").job.fault.de


def test_an_area_of_few_people_cannot_make_a_difference():
    """Outlines with and without it would differ by its people."""
    layer = toy_residents()
    few = area_ids()[0]
    frame = layer.frame.copy()
    shape = toy_city().area_layers[VINTAGE].frame.geometry[few]
    within = frame.index[frame.geometry.within(shape)]
    frame.loc[within, "residents"] = 0
    frame.loc[within[:1], "residents"] = 4
    city = replace(toy_city(), residents={"addresses": replace(layer, frame=frame)})
    plan = _plan(city, f"?own={few}&own={area_ids()[1]}")
    assert plan.own == ()
    assert "weniger als 10" in plan.fault
    assert "4" not in plan.fault.partition("weniger als 10")[2]
    screen = _texts(layout(city, replace(plan.state, edit="own")))
    assert f'"value": "{few}"' not in screen, "it is not in the list to choose from"


def test_programme_areas_stand_beside_only_on_the_own_machine(city):
    assert all("QM-" not in name for name in _plan(city).options.frame.index)
    assert any("QM-01" in name for name in _plan(city, with_programme=True).options.frame.index)
    assert "nur am eigenen Rechner" in _texts(layout(city, _plan(city).state))


def test_refresh_says_what_was_found(city):
    plan = _plan(city)
    assert "zur Prüfung" in refresh(city, plan.state)["live"]["children"]
    assert "to be examined" in refresh(city, replace(plan.state, lang="en"))["live"]["children"]


def _own_query(city) -> str:
    return "&".join(["edit=own", *(f"own={one}" for one in _plan(city).items[0].members)])


class TestFiles:
    def _get(self, city, kind, query, **more):
        client = create_app(city).server.test_client()
        return client.get(f"/download/delimitation/{kind}?{query}", base_url="http://127.0.0.1", **more)

    def test_csv_holds_the_numbers_of_the_page(self, city):
        query = _own_query(city)
        answer = self._get(city, "csv", query)
        lines = answer.data.decode("utf-8-sig").splitlines()
        plan = _plan(city, f"?{query}", with_programme=True)
        assert len(lines) == 1 + len(plan.options.frame)
        row = next(line for line in lines if line.startswith("A1;")).split(";")
        assert row[3] == str(int(plan.options.frame.loc["A1", "residents"]))
        assert "Vorschlag zur Prüfung" in row

    def test_no_formula_leaves(self, city):
        """The name of a programme area is hostile in the toy city."""
        text = self._get(city, "csv", "").data.decode("utf-8-sig")
        assert not any(line.startswith(("=", "+", "-", "@")) for line in text.splitlines())

    def test_gpkg_and_shapefile_hold_the_outlines(self, city, tmp_path):
        query = _own_query(city)
        plan = _plan(city, f"?{query}", with_programme=True)
        for kind, name in (("gpkg", "outlines.gpkg"), ("shp", "outlines.zip")):
            path = tmp_path / name
            path.write_bytes(self._get(city, kind, query).data)
            read = gpd.read_file(path)
            assert list(read["name"]) == list(plan.options.frame.index)
            assert read.area.tolist() == pytest.approx(plan.options.frame.area.tolist())
            assert read["residents"].tolist() == plan.options.frame["residents"].tolist()
        names = zipfile.ZipFile(tmp_path / "outlines.zip").namelist()
        assert {"outlines.shp", "outlines.prj", "codebook_outlines.csv", "LIESMICH.txt"} <= set(names)

    def test_the_map_has_a_view_for_each_and_says_why(self, city):
        query = _own_query(city)
        text = self._get(city, "map", query).data.decode()
        plan = _plan(city, f"?{query}")
        for one in plan.items:
            assert f"{one.key}, {one.title.de}" in text
            assert all(sentence.de in text for sentence in one.sentences.values())
        assert "Eigener Umriss" in text

    def test_programme_areas_leave_only_on_the_own_machine(self, city):
        passed_on = {"X-Forwarded-For": "10.0.0.1"}
        assert "QM-01" in self._get(city, "csv", "").data.decode("utf-8-sig")
        assert "QM-01" not in self._get(city, "csv", "", headers=passed_on).data.decode("utf-8-sig")

    def test_nothing_to_write_is_one_sentence(self, city):
        answer = self._get(city, "csv", "rule=min_residents:90000&rule=max_residents:95000")
        assert answer.status_code == 400
        assert answer.data.decode().count("\n") == 1
        assert self._get(city, "exe", "").status_code == 404
