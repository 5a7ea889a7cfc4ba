"""The page Wirkung: choices in the address, checks in words, map and table of the same areas, files, progress."""

from __future__ import annotations

import csv
import io
import json
import threading
from dataclasses import replace

import pandas as pd
import pytest

from qmgis.app.address import ViewState, settle
from qmgis.app.jobs import Job, jobs
from qmgis.app.main import create_app, show
from qmgis.app.pages import effect as page
from qmgis.app.programme import effect as parts
from qmgis.app.programme import effectmap
from qmgis.effect import CHECKS, PARTS
from qmgis.runs.programme.effect import answers_of
from tests.app.test_effect_browser import begun
from tests.effect.test_effect import panel
from tests.toy import HOSTILE, toy_city


@pytest.fixture(scope="module")
def city():
    return begun()


def _state(city, **fields) -> ViewState:
    return settle(ViewState(page="effect", **fields), city, pages=("effect", "overview"))


def _text(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def _asked(city, **fields):
    return parts.asked_of(city, _state(city, **fields), wait=60)


@pytest.fixture(scope="module", autouse=True)
def _computed(city):
    parts.asked_of(city, _state(city), wait=60)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_check_sentence_and_outcome_is_on_the_page(city, lang):
    text = _text(page.layout(city, _state(city, pick="QM-01", mode="transfer", lang=lang)))
    answer = next(one for one in answers_of(city) if (one.scope, one.key) == ("QM-01", "transfer"))
    assert answer.kind == "descriptive"
    assert [one.key for one in answer.checks] == list(CHECKS)
    own = [one for one in answers_of(city) if one.scope == "QM-01"]
    assert not any(one.placebo for one in own)
    for said in [*(one.text for one in answer.checks), *answer.sentences, *(one.title for one in own)]:
        assert json.dumps(said.to(lang), ensure_ascii=False)[1:-1] in text
    assert text.count("nicht erfüllt" if lang == "de" else '"failed"') >= len(answer.failed)
    assert "{" not in answer.name.to(lang)


def test_area_and_indicator_come_from_the_address(city):
    assert _asked(city, pick="QM-02", mode="unemployment").answer.key == "unemployment"
    assert (_asked(city, pick="nobody", mode="nothing").scope, _asked(city).answer.scope) == ("all", "all")
    changes = page.refresh(city, _state(city, pick="QM-01", lang="en"))
    assert changes["effect-tick"] == {"disabled": True}
    assert changes["live"]["children"]


def test_map_and_table_hold_the_same_areas(city):
    asked = _asked(city, pick="QM-01")
    laid, members = effectmap.hideout(asked), asked.answer.members
    parts_ = {area: laid["classes"][code] for area, code in laid["codes"].items()}
    for role in ("area", "comparison"):
        drawn = {area for area, one in parts_.items() if one["code"] == role}
        assert drawn == set(members.index[members["of"] == role])
        assert drawn
    rows, legend = _text(effectmap.members_panel(asked)), _text(effectmap.key_of_map(asked))
    assert set(laid["codes"]) == set(effectmap.area_layer(city).frame.index)
    for area, one in parts_.items():
        assert f"({area})" in rows
        assert one["label"] in rows
        assert one["label"] in legend
    assert {"near", "elsewhere"} <= {one["code"] for one in parts_.values()}


def test_every_part_has_a_look_and_a_name():
    assert list(effectmap.LOOKS) == list(PARTS)
    looks = [look if look[1] == "none" else look[1] for look in effectmap.LOOKS.values()]
    assert len(set(looks)) == len(looks)
    assert all(parts.say(f"effect.page_role_{part}", lang) for part in PARTS for lang in ("de", "en"))


def test_members_weigh_one_in_each_group_and_give_the_change(city):
    for answer in answers_of(city):
        if answer.members.empty:
            continue
        members = answer.members
        assert members.groupby("of")["weight"].sum().tolist() == pytest.approx([1, 1])
        assert (members["after"] - members["before"]).tolist() == pytest.approx(members["change"].tolist())


def test_members_give_the_estimate_where_starts_differ():
    from qmgis.effect import effect

    one = panel(treated=24, others=300, effect_=0.0, seed=3)
    late = one.units["programme"].isin([f"QM-{place:02d}" for place in range(6)])
    own = replace(one, units=one.units.assign(start=one.units["start"].mask(late, pd.Timestamp("2022-03-01"))))
    answer = effect(own, "work")
    assert answer.kind == "design"
    assert set(answer.groups["start"]) == {2018, 2022}
    parts_ = answer.members["weight"] * answer.members["change"]
    sums = parts_.groupby(answer.members["of"]).sum()
    assert sums["area"] - sums["comparison"] == pytest.approx(answer.estimate.value)


def test_tests_of_a_design_stand_with_what_is_expected():
    from qmgis.effect import effect

    answer = effect(panel(), "work")
    placebo = effect(panel(), "placebo")
    text = _text(parts.tests_of(answer, "de", placebos=[placebo]))
    assert "Placebo-Indikator placebo" in text
    for name in ("pretrend", "date", "exchanged"):
        assert parts.say(f"effect.page_test_{name}", "de") in text
    assert text.count("Umgebung, ") == 3
    assert "Unterschied je Ausgabe" in text
    own = answer.members[answer.members["of"] == "area"]["change"].mean()
    others = answer.members[answer.members["of"] == "comparison"]
    gap = own - (others["weight"] * others["change"]).sum()
    assert gap == pytest.approx(answer.estimate.value)


def test_long_work_shows_how_far_it_is():
    asked = parts.Asked(toy_city(), ViewState(lang="de"), Job("running", share=0.4))
    assert "40 %" in _text(parts.working(asked)).replace("\u00a0", " ")
    assert parts.parts_of(asked)["said"] == parts.outcomes_panel(asked) == []


def test_progress_is_told_before_each_answer(city):
    told: list[float] = []
    found = answers_of(city, told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] < 1
    assert len(told) > len(found)


def test_work_that_was_stopped_says_so_and_begins_anew(monkeypatch):
    own, held = begun(), threading.Event()

    def slow(_, tell):
        while True:
            held.wait(0.01)
            tell(0.3)

    monkeypatch.setattr(parts, "answers_of", slow)
    state = _state(own)
    assert page.changes_of(parts.step(own, state, None))["effect-stop"] == {"hidden": False}
    stopped = page.changes_of(parts.step(own, state, "effect-stop"))
    assert "abgebrochen" in _text(stopped["effect-work"])
    assert "abgebrochen" in _text(stopped["effect-legend"])
    assert (stopped["effect-stop"], stopped["effect-again"]) == ({"hidden": True}, {"hidden": False})
    assert stopped["effect-tick"] == {"disabled": True}
    again = page.changes_of(parts.step(own, state, "effect-again"))
    assert (again["effect-stop"], again["effect-again"]) == ({"hidden": False}, {"hidden": True})
    parts.step(own, state, "effect-stop")


def test_a_city_without_a_start_says_so_and_has_no_link():
    screen, _, _ = show("/effect", "", None, city=toy_city())
    assert "keine Fördergebiete mit Startdatum" in _text(screen)
    assert not page.PAGE.of_city(toy_city())


def test_files_hold_every_answer(city):
    client = create_app(city).server.test_client()
    for kind, delimiter in (("csv", ","), ("people", ";")):
        answer = client.get(f"/download/effect/{kind}?lang=de", base_url="http://127.0.0.1")
        assert answer.status_code == 200
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=delimiter))
        assert len(rows) == 1 + len(answers_of(city))
    held = client.get("/download/effect/json", base_url="http://127.0.0.1").get_json()["answers"]
    assert [one["key"] for one in held] == [one.key for one in answers_of(city)]
    assert len(held[0]["members"]) == len(answers_of(city)[0].members)
    english = client.get("/download/effect/people?lang=en", base_url="http://127.0.0.1")
    text = english.data.decode("utf-8-sig")
    assert "All programme areas" in text
    assert "Alle Fördergebiete" not in text
    assert "effect_en.csv" in english.headers["Content-Disposition"]
    assert held[0]["name"] == {"de": "Alle Fördergebiete", "en": "All programme areas"}
    assert client.get("/download/effect/exe", base_url="http://127.0.0.1").status_code == 404


def test_a_hostile_name_is_text(city):
    layer = city.programmes["programme"]
    odd = replace(layer, frame=layer.frame.assign(name=HOSTILE))
    own = replace(city, programmes={"programme": odd})
    drawn = _text(parts.choices(parts.asked_of(own, _state(own), wait=60)))
    assert json.dumps(HOSTILE, ensure_ascii=False)[1:-1] in drawn  # a string of a component, never markup
    assert "dangerously" not in drawn
    jobs.forget(parts.effect_key(own))


def test_a_chart_has_a_line_each_and_the_start():
    lines = pd.DataFrame({"area": [0.2, None], "comparison": [0.2, 0.2], "city": [0.1, 0.1]}, index=[2020, 2022])
    figure = parts.effect_lines(lines, 2022, lang="de")
    assert [trace.line.dash for trace in figure.data] == ["dot", "dash", "solid"]
    assert figure.layout.shapes[0].x0 == 2022
