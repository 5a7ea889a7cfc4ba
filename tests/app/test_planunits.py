"""Gebietsabgrenzung of blocks: the switch, clicks and lists, map and table, files, and that few people stay untold."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from io import BytesIO

import geopandas as gpd
import numpy as np
import pytest
import shapely

from qmgis.app.address import MOST_NAMED, ViewState, parse_address, settle, split_address
from qmgis.app.delimitation.asked import plan_of
from qmgis.app.delimitation.files import option_frame
from qmgis.app.delimitation.map import hideout, kinds_of, overlay
from qmgis.app.delimitation.rules import click_addresses
from qmgis.app.delimitation.table import area_rows
from qmgis.app.delimitation.units import area_of_units, current_units, flagged_units
from qmgis.app.geometry import outline_sheet
from qmgis.app.main import create_app, show
from qmgis.app.pages.delimitation import layout
from qmgis.delimitation import people_by_unit
from qmgis.model import Text
from tests.toy import toy_areas, toy_blocks, toy_city, toy_programme, toy_residents, toy_table

WAIT = 30.0


@pytest.fixture(scope="module")
def city():
    blocks, parts = toy_blocks(), replace(toy_blocks(key="parts", side=3), title=Text("Teile", "Parts"))
    units = {"blocks": blocks, "parts": parts}
    return replace(toy_city(), programmes={"programme": toy_programme()}, units=units)


def _plan(city, query: str = "", **more):
    state = settle(parse_address("/delimitation", f"?units=blocks&{query}"), city, pages=("delimitation", "overview"))
    return plan_of(city, state, wait=WAIT, **more)


def _texts(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_the_switch_says_what_it_means_and_forgets_ids_of_other_units(city):
    plan = _plan(city, "include=01010304-1&own=01010101-0&area=01010101-0&rule=count:2")
    assert plan.units == "blocks"
    text = _texts(layout(city, plan.state))
    for word in ("Einheiten", "Baublöcke", "Teile", "geschätzt", "weniger als 10 Einwohnern"):
        assert word in text
    properties = re.search(r'\{[^{}]*"id": "delimitation-units-areas"[^{}]*\}', text)
    assert properties is not None
    there = parse_address(*split_address(json.loads(properties[0])["href"]))
    assert (there.units, there.include, there.own, there.area) == ("", (), (), "")
    assert there.rules == ("count:2",)
    plain = _texts(layout(replace(city, units={}), settle(ViewState("delimitation"), city, pages=("delimitation",))))
    assert "delimitation-units-areas" not in plain


def test_another_choice_of_units_draws_the_page_anew(city):
    _, before, _ = show("/delimitation", "", None, city=city)
    screen, after, _ = show("/delimitation", "?units=blocks", before, city=city)
    assert screen is not None
    assert before["key"] != after["key"]


def test_unknown_units_are_one_sentence_and_older_areas_have_none(city):
    plan = _plan(city, "").state
    wrong = plan_of(city, replace(plan, units="block"), wait=WAIT)
    assert "Meinten Sie" in wrong.job.fault.de
    assert wrong.layer is wrong.outcome.areas
    new = replace(toy_areas(), key="new", vintage="zz-2030")
    later = {**city.tables, "zz-2030": toy_table(vintage="zz-2030")}
    both = replace(city, area_layers={**city.area_layers, "zz-2030": new}, tables=later)
    old = _plan(both)
    assert (old.units, old.layer.vintage) == ("", old.outcome.areas.vintage)
    assert "nur für Läufe des neuesten Gebietsstands" in _texts(layout(both, old.state))


def test_blocks_are_in_and_out_by_address_and_click(city):
    first = _plan(city).items[0]
    inside, outside = first.members[0], first.members[-1]
    plan = _plan(city, f"include={inside}&exclude={outside}&edit=include")
    assert plan.items
    assert all(inside in one.members and outside not in one.members for one in plan.items)
    assert kinds_of(plan)[outside] == "exclude"
    target, own = click_addresses(plan)
    named = parse_address(*split_address(target.replace("__AREA__", "01010203-2")))
    assert set(named.include) == {inside, "01010203-2"}
    assert parse_address(*split_address(own[inside])).include == ()
    text = _texts(layout(city, plan.state))
    assert f'"placeholder": "{plan.layer.frame.index[0]}"' in text, "by the keyboard a block is named by its id"
    wrong = _plan(city, "include=01010304-9")
    assert "01010304-9" in wrong.job.fault.de


def test_the_map_the_table_and_the_reasons_are_of_blocks(city):
    plan = _plan(city)
    kinds, rows, painted = kinds_of(plan), area_rows(plan), hideout(plan)
    ids = list(city.units["blocks"].frame.index)
    assert sorted(row["area"] for row in rows) == sorted(ids)
    inside = [row["inside"] is not None for row in rows]
    assert inside == sorted(inside, reverse=True), "those in an outline come first"
    assert set(painted["codes"]) == set(ids)
    words = {unit: painted["classes"][code]["label"] for unit, code in painted["codes"].items()}
    assert {row["area"]: row["kind"] for row in rows} == words
    for row in rows:
        assert "population" not in row, "nobody is told how many people live in a block"
        assert row["of"] == plan.outcome.areas.frame["name"][row["area"][:8]]
    flag = plan.outcome.table["attention"]
    loud = set(flag.index[flag.fillna(False).astype(bool)])
    assert flagged_units(city, plan.state.run, "blocks") == {unit for unit in ids if unit[:8] in loud}
    assert kinds[next(iter(current_units(city, plan.state.run, "blocks")))] == "existing"
    assert len(overlay(plan)) == 2
    for one in plan.items:
        assert set(one.sentences) == set(one.members)
    said = " ".join(text.de for one in plan.items for text in one.sentences.values())
    assert "liegt in einem Gebiet mit besonderem Aufmerksamkeitsbedarf" in said
    assert area_of_units(city, plan.state.run, "blocks")["01010203-2"] == "01010203"


def test_outlines_of_blocks_are_served_and_no_area_is_lost(city):
    client = create_app(city).server.test_client()
    for layer in (*city.units.values(), *city.area_layers.values()):
        answer = client.get(outline_sheet(layer).address, base_url="http://127.0.0.1")
        assert answer.status_code == 200
        assert len(answer.get_json(force=True)["features"]) == len(layer.frame)


def test_a_drawn_outline_is_laid_on_blocks(city):
    shape = gpd.GeoSeries(
        [shapely.union_all(toy_blocks().frame.geometry.iloc[[0, 1, 2]].to_numpy())], crs=toy_areas().frame.crs
    )
    ring = shapely.get_coordinates(shape.to_crs(4326).iloc[0].exterior)[:-1]
    query = "&".join(f"corner=1:{y:.6f},{x:.6f}" for x, y in ring)
    plan = _plan(city, query)
    assert plan.drawn.members["z1 (gezeichnet)"] == ("01010000-0", "01010000-1", "01010000-2")
    assert plan.drawn is plan_of(city, plan.state, wait=WAIT).drawn, "the page looks again without making it anew"


def test_a_proposal_becomes_an_own_outline_of_blocks_with_the_same_numbers(city):
    first = _plan(city).items[0]
    plan = _plan(city, "&".join(f"own={one}" for one in first.members))
    own, same = plan.options.frame.loc["Eigener Umriss"], plan.options.frame.loc["A1"]
    for name in ("residents", "flagged_residents", "score", "hectares"):
        assert own[name] == pytest.approx(same[name])
        assert same[name] == pytest.approx(first.figures[name])
    assert len(first.members) <= MOST_NAMED


def test_outlines_that_differ_by_a_block_never_tell_of_few_people():
    """Own outlines that grow block by block, in both kinds of units, on one's own machine with programme areas."""
    layer, rng = toy_residents(), np.random.default_rng(5)
    frame = layer.frame.assign(residents=rng.integers(0, 7, len(layer.frame)).astype(float))
    units = {"blocks": toy_blocks(side=4), "parts": toy_blocks(key="parts", side=3)}
    city = replace(toy_city(), residents={"addresses": replace(layer, frame=frame)}, units=units,
                   programmes={"programme": toy_programme()})  # fmt: skip
    seen = {0.0}
    for key in units:
        ids = [unit for unit in units[key].frame.index if unit.startswith(("01010000", "01010001"))]
        for number in range(1, len(ids) + 1):
            query = f"?units={key}&" + "&".join(f"own={one}" for one in ids[:number])
            state = settle(parse_address("/delimitation", query), city, pages=("delimitation", "overview"))
            shown = plan_of(city, state, wait=WAIT, with_programme=True).options.frame
            row = shown.loc["Eigener Umriss"]
            if not row["too_few"]:
                seen.add(float(row["residents"]))
    told = sorted(seen)
    steps = [after - before for before in told for after in told if after > before]
    assert len(told) > 3
    assert min(steps) >= 10 or _sums_of_parts(city, told), told


def _sums_of_parts(city, told: list[float]) -> bool:
    """Return whether every number is a sum of parts of ten people or more, tried one by one."""
    raw = next(iter(city.residents.values()))
    parts = people_by_unit(city.areas, raw, list(city.units.values()), min_base=10,
                           outlines=list(city.programmes["programme"].frame.sort_index().geometry))  # fmt: skip
    own = parts.frame["residents"][parts.frame.intersects(city.areas.frame.geometry.iloc[:2].union_all())]
    sums = {0.0}
    for people in own:
        assert people >= 10
        sums |= {one + people for one in sums}
    return set(told) <= sums


class TestFiles:
    def _get(self, city, kind, query):
        client = create_app(city).server.test_client()
        return client.get(f"/download/delimitation/{kind}?units=blocks&{query}", base_url="http://127.0.0.1")

    def test_every_file_says_what_outlines_are_made_of(self, city):
        plan = _plan(city, "lang=de", with_programme=True)
        table = option_frame(plan).set_index("name")
        assert table.loc["A1", "made_of"] == "Baublöcke"
        assert table.loc["A1", "areas"].split() == list(plan.items[0].members)
        assert "geschätzt" in table.loc["A1", "note"]
        row = next(
            one for one in self._get(city, "csv", "").data.decode("utf-8-sig").splitlines() if one.startswith("A1;")
        )
        assert "Baublöcke" in row
        files = zipfile.ZipFile(BytesIO(self._get(city, "shp", "").data))
        about = files.read("LIESMICH.txt").decode("utf-8-sig")
        assert "Besteht aus: Baublöcke (blocks, blocks)" in about
        assert "weniger als 10 Einwohnern" in about

    def test_the_map_for_a_council_is_of_blocks_without_a_number_of_people(self, city):
        text = self._get(city, "map", "").data.decode()
        plan = _plan(city)
        assert "01010203-2" in text
        assert all(one.sentence.de in text for one in plan.items)
        assert all(text_.de in text for text_ in plan.items[0].sentences.values())
        people = people_by_unit(city.areas, toy_residents(), [city.units["blocks"]], min_base=10).frame["residents"]
        data = text.partition("<tbody")[2].partition("</tbody")[0]
        cells = set(re.findall(r"<td[^>]*>([^<]*)</td>", data))
        assert not cells & {f"{int(one)}" for one in people if one > 40}
