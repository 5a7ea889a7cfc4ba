import ast
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.effect import BY_NUMBER, BY_STATUS, Setting, histories, measures
from qmgis.effect import CHECKS, PARTS, Measured, Panel, effect, matching, parts_of, status, units_of
from qmgis.errors import DataError, UnknownKeyError
from qmgis.i18n import _room
from qmgis.model import ProgrammeLayer, Text, words
from qmgis.musterstadt.histories import Stage
from qmgis.targeting import within
from tests.toy import CRS, SIDE, SOUTH, WEST, toy_areas, toy_programme

YEARS = tuple(range(2010, 2026, 2))


def panel(
    *, treated: int = 12, others: int = 200, years=YEARS, start: str = "2018-05-01", effect_=-0.03, gaps=(), seed=1
) -> Panel:
    """Areas of two kinds alike before; each two treated areas are one programme area."""
    rng = np.random.default_rng(seed)
    count = treated + others
    ids = pd.Index([f"a{number:03d}" for number in range(count)], name="area")
    inside = np.arange(count) < treated
    level = rng.uniform(0.1, 0.3, count)
    since = np.array([pd.Timestamp(year, 12, 31) >= pd.Timestamp(start) for year in years])
    measured = {}
    for key, share in (("work", 1.0), ("benefit", 1.3), ("placebo", 0.4)):
        value = level[:, None] * share + rng.normal(0, 0.006, (count, len(years)))
        value += (effect_ if key != "placebo" else 0.0) * inside[:, None] * since
        total = pd.DataFrame(1000.0, index=ids, columns=list(years))
        values = pd.DataFrame(value, index=ids, columns=list(years))
        for row, column in gaps:
            values.iloc[row, column] = np.nan
        measured[key] = Measured(key, Text(key, key), values, values * 1000, total, pd.Series(True, index=ids),
                                 direction=int(key != "placebo"))  # fmt: skip
    programme = [f"QM-{number // 2:02d}" if number < treated else None for number in range(count)]
    units = pd.DataFrame({
        "name": ids, "programme": programme,
        "start": pd.to_datetime([start if one else None for one in programme]),
        "role": np.where(inside, "treated", "possible"), "metres": np.where(inside, 0.0, 3000.0), "nearest": "QM-00",
    }, index=ids)  # fmt: skip
    known = sorted({one for one in programme if one})
    programmes = pd.DataFrame({"name": known, "start": pd.Timestamp(start)}, index=pd.Index(known, dtype=object))
    people = pd.DataFrame(2000.0, index=ids, columns=list(years))
    return Panel(tuple(years), measured, people, units, programmes)


def said(answer, lang="de") -> str:
    return "\n".join(one.to(lang) for one in answer.sentences)


def test_a_planted_effect_is_found_and_nothing_else():
    answer = effect(panel(), "work")
    assert answer.kind == "design"
    assert answer.failed == ()
    assert answer.estimate.low <= -0.03 <= answer.estimate.high < 0
    assert answer.stands
    assert answer.differs
    assert effect(panel(), "placebo").estimate.low <= 0 <= effect(panel(), "placebo").estimate.high
    assert [one.key for one in answer.checks] == list(CHECKS)
    assert answer.start == 2018
    assert answer.people == 2000 * answer.treated


def test_a_change_of_different_starts_is_that_of_each_area_since_its_own_start():
    late = panel(treated=24, effect_=0.0, seed=3)
    first = np.where(np.arange(224) < 12, 4, np.where(np.arange(224) < 24, 6, len(YEARS)))
    day = {4: "2018-05-01", 6: "2022-05-01"}
    units = late.units.assign(start=pd.to_datetime([day.get(one) for one in first]))
    measured = {}
    for key, one in late.measured.items():
        values = one.values + (-0.05 if key == "work" else 0.0) * (np.arange(len(YEARS)) >= first[:, None])
        measured[key] = replace(one, values=values, count=values * 1000)
    staggered = replace(late, units=units, measured=measured)
    answer = effect(staggered, "work")
    rows = answer.changes["change"]
    assert rows["area"] - rows["comparison"] == pytest.approx(answer.estimate.value, abs=1e-9)
    kept = matching(staggered, "work", treated=units.index[:24], pool=units.index[24:], first=staggered.first)
    own = [kept.values[at, kept.first[at] :].mean() - kept.values[at, kept.first[at] - 1]
           for at in kept.stack.unit[kept.stack.treated > 0]]  # fmt: skip
    assert rows["area"] == pytest.approx(np.mean(own), abs=1e-9)


def test_the_same_data_give_the_same_answer():
    first, again = effect(panel(), "work"), effect(panel(), "work")
    assert first.estimate == again.estimate
    assert first.unusual == again.unusual
    assert first.sentences == again.sentences


def test_groups_events_and_lines_fit():
    answer = effect(panel(), "work")
    assert answer.lines.index.tolist() == list(YEARS)
    assert answer.events.loc[-1, "value"] == 0
    after = answer.events.loc[0:, "value"].mean()
    assert after == pytest.approx(answer.estimate.value, abs=1e-9)
    since = answer.groups[answer.groups["year"] >= answer.groups["start"]]["value"]
    assert since.mean() == pytest.approx(answer.estimate.value, abs=1e-9)
    assert answer.changes.loc["area", "change"] == pytest.approx(
        answer.lines["area"].loc[2018:].mean() - answer.lines["area"].loc[2016]
    )


@pytest.mark.parametrize(
    ("changes", "failed", "sentence"),
    [
        ({"treated": 4}, "treated", "können verglichen|lassen sich vergleichen"),
        ({"start": "2011-05-01"}, "before", "Vor dem Start liegt nur eine Ausgabe"),
        ({"others": 2, "seed": 4}, "others", "Weniger als drei Vergleichsgebiete"),
        ({"gaps": [(0, 1), (1, 2), (2, 3)]}, "balanced", "haben 9 Werte in allen Ausgaben"),
    ],
)
def test_a_failed_check_gives_a_description_that_names_it(changes, failed, sentence):
    answer = effect(panel(**changes), "work")
    assert answer.kind == "descriptive"
    assert failed in answer.failed
    assert not answer.differs
    assert "Keine Schätzung, nur eine Beschreibung" in said(answer)
    assert re.search(sentence, said(answer))
    assert answer.events.empty
    assert answer.groups.empty


def test_divided_areas_fail_the_check_of_boundaries():
    one = panel()
    split = {key: replace(found, exact=pd.Series(np.arange(212) > 2, index=found.exact.index))
             for key, found in one.measured.items()}  # fmt: skip
    answer = effect(replace(one, measured=split), "work")
    assert answer.failed == ("boundary",) or "boundary" in answer.failed


def test_areas_unlike_all_others_fail_the_overlap():
    one = panel()
    far = {key: replace(found, values=found.values + 0.5 * (np.arange(212) < 12)[:, None])
           for key, found in one.measured.items()}  # fmt: skip
    answer = effect(replace(one, measured=far), "work")
    assert "overlap" in answer.failed
    assert answer.kind == "descriptive"
    assert "Regression zur Mitte" in said(answer)


def test_short_and_missing_times_have_a_sentence_each():
    assert "weniger als vier Jahre" in said(effect(panel(start="2023-05-01"), "work"))
    assert "begann vor der ersten Ausgabe" in said(_with_role("always"))
    assert "hat hier kein Programm begonnen" in said(effect(panel(start="2031-01-01"), "work"))
    everywhere = panel()
    units = everywhere.units.assign(role=np.where(everywhere.units["role"] == "possible", "near", "treated"))
    assert "Es gibt kein Gebiet zum Vergleichen" in said(effect(replace(everywhere, units=units), "work"))


def test_what_stands_in_the_way_is_said_once_with_a_way_out():
    everywhere = panel()
    units = everywhere.units.assign(role=np.where(everywhere.units["role"] == "possible", "near", "treated"))
    gaps = panel()
    beyond = gaps.units["role"] == "possible"
    bare = {key: replace(one, values=one.values.mask(beyond)) for key, one in gaps.measured.items()}
    answers = {
        "nowhere_else": effect(replace(everywhere, units=units), "work"),
        "gaps_others": effect(replace(gaps, measured=bare), "work"),
        "gaps_only": effect(panel(gaps=[(row, 0) for row in range(12)]), "work"),
        "always": _with_role("always"),
        "not_started": effect(panel(start="2031-01-01"), "work"),
    }
    for key, answer in answers.items():
        assert answer.kind == "none"
        assert [one.to("de") for one in answer.sentences] == [words(f"effect.{key}").de]
    answers |= {"few_others": effect(panel(others=2, seed=4), "work"),
                "one_before": effect(panel(start="2011-05-01"), "work")}  # fmt: skip
    for key, answer in answers.items():
        for lang, way in (("de", "Ausweg: "), ("en", "Way out: ")):
            assert said(answer, lang).count(words(f"effect.{key}").to(lang)) == 1
            assert words(f"effect.{key}").to(lang).count(way) == 1


def test_a_placebo_outcome_is_named():
    one = panel()
    marked = replace(one, measured={key: replace(held, placebo=key == "placebo") for key, held in one.measured.items()})
    assert "Placebo-Indikator" in said(effect(marked, "placebo"))
    assert effect(marked, "placebo").placebo
    assert "placebo outcome" not in said(effect(marked, "work"), "en").lower()


def test_every_area_has_a_part_and_each_reason_is_its_own():
    one = panel(gaps=[(2, 0)])
    ids = one.units.index
    role = one.units["role"].copy()
    role.iloc[[20, 21, 22]] = ["near", "part", "left_out"]
    role.iloc[3] = "always"
    start = one.units["start"].copy()
    start.iloc[4], start.iloc[5] = pd.Timestamp("2031-01-01"), pd.Timestamp("2011-01-01")
    far = {key: replace(held, values=held.values + 0.5 * (ids == ids[7])[:, None],
                        exact=pd.Series(ids != ids[6], index=ids)) for key, held in one.measured.items()}  # fmt: skip
    own = replace(one, units=one.units.assign(role=role, start=start), measured=far)
    answer = effect(own, "work")
    assert answer.kind == "descriptive"
    found = parts_of(own, answer)
    assert set(found) <= set(PARTS)
    assert found.iloc[[2, 3, 4, 6, 20, 21, 22]].tolist() == [
        "gaps", "always", "late", "divided", "near", "part", "left_out",
    ]  # fmt: skip
    assert set(found[found == "area"].index) == set(answer.members.index[answer.members["of"] == "area"])
    assert found.iloc[5] == "area"  # a description takes areas with fewer editions before
    designed = replace(answer, kind="design", members=answer.members.iloc[:0])
    assert parts_of(own, designed).iloc[[5, 7]].tolist() == ["short", "unlike"]
    single = effect(own, "work", scope="QM-00")
    assert set(parts_of(own, single).iloc[[4, 6, 8]]) == {"elsewhere"}


def _with_role(role: str):
    one = panel()
    units = one.units.assign(role=one.units["role"].replace("treated", role))
    return effect(replace(one, units=units), "work")


def test_a_single_programme_area_is_described_beside_a_synthetic_mean():
    answer = effect(panel(), "work", scope="QM-00")
    assert answer.kind == "descriptive"
    assert answer.failed == ("treated",)
    assert answer.estimate.inference == "few"
    assert answer.synthetic["p"] <= 0.25
    assert answer.synthetic["gap"] == pytest.approx(-0.03, abs=0.015)
    assert "gewichteten Mittel" in said(answer)
    assert effect(panel(effect_=0.0), "work", scope="QM-00").synthetic["p"] > 0.25


def test_few_programme_areas_never_get_an_interval_of_clusters():
    one = panel(treated=12)
    units = one.units.assign(programme=one.units["programme"].where(one.units["programme"].isna(), "QM-00"))
    answer = effect(replace(one, units=units), "work")
    assert answer.kind == "design"
    assert answer.estimate.inference == "few"


def test_unknown_names_are_told():
    with pytest.raises(UnknownKeyError, match=r'indicator "wrok".*work'):
        effect(panel(), "wrok")
    with pytest.raises(UnknownKeyError, match='programme area "QM-99"'):
        effect(panel(), "work", scope="QM-99")


def test_a_panel_that_does_not_fit_is_refused():
    with pytest.raises(DataError, match="panel"):
        replace(panel(), years=YEARS[:-1])


def test_matches_are_alike_within_the_caliper_and_never_treated():
    one = panel()
    units = one.units
    treated, pool = units.index[:12], units.index[12:]
    found = matching(one, "work", treated=treated, pool=pool, first=one.first)
    level = status(one)[list(YEARS[:4])].mean(axis=1).loc[found.ids]
    spread = level.std(ddof=1)
    for row, weights in enumerate(found.weights):
        for other in np.flatnonzero(weights):
            assert other >= len(found.treated)
            assert abs(level.iloc[row] - level.iloc[other]) <= 0.25 * spread + 1e-12


def test_roles_follow_place_and_time():
    areas = toy_areas()
    frame = gpd.GeoDataFrame({
        "name": ["A", "B"], "programme": "X", "status": None, "phase": None,
        "valid_from": pd.to_datetime(["2023-06-01", "2005-01-01"]), "valid_to": pd.to_datetime([None, "2010-01-01"]),
    }, geometry=[shapely.box(WEST, SOUTH, WEST + 1.3 * SIDE, SOUTH + SIDE),
                 shapely.box(WEST + 5 * SIDE, SOUTH + 4 * SIDE, WEST + 6 * SIDE, SOUTH + 5 * SIDE)],
        index=pd.Index(["QM-1", "QM-2"], name="programme_area", dtype="str"), crs=CRS)  # fmt: skip
    layer = ProgrammeLayer("quarters", Text("Q", "Q"), frame)
    found = units_of(areas, layer, within(areas, layer), begins=2022, left_out=["01010203"])
    assert found.loc["01010000", ["role", "programme"]].tolist() == ["treated", "QM-1"]
    assert found.loc["01010001", "role"] == "part"
    assert found.loc["01010405", "role"] == "always"
    assert found.loc["01010002", "role"] == "near"
    assert found.loc["01010203", "role"] == "left_out"
    assert found.loc["01010300", "role"] == "possible"
    assert found.loc["01010300", "metres"] == pytest.approx(2 * SIDE)
    assert found.loc["01010000", "start"].date() == date(2023, 6, 1)


def test_a_planned_programme_area_may_be_compared():
    areas, layer = toy_areas(), toy_programme()
    frame = layer.frame.assign(valid_from=pd.NaT, valid_to=pd.NaT, status="waiting")
    waiting = ProgrammeLayer("quarters", layer.title, frame)
    found = units_of(areas, waiting, within(areas, waiting), begins=2022)
    assert set(found["role"]) == {"possible"}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_text_says_what_brought_a_change_about(lang):
    forbidden = re.compile(
        r"verursach|bewirk|\bcaus(e|ed|es|ing)\b|reduced|gesenkt|dank des programms|due to", re.IGNORECASE
    )
    texts = [entry[lang] for entry in _room("effect").values()]
    kinds = [panel(), panel(treated=4), panel(start="2011-05-01"), panel(effect_=0.0)]
    texts += [said(effect(one, "work", scope=scope), lang) for one in kinds for scope in ("all", "QM-00")]
    assert not [text for text in texts if forbidden.search(text)]
    assert all("{" not in text for text in texts[len(_room("effect")) :])


def test_no_word_of_the_room_is_in_its_source():
    words = re.compile(r"verursach|bewirk|\bcaused\b", re.IGNORECASE)
    for file in (Path(__file__).resolve().parents[2] / "qmgis" / "effect").glob("*.py"):
        strings = [node.value for node in ast.walk(ast.parse(file.read_text("utf-8")))
                   if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
        assert not [text for text in strings if words.search(text)]


@pytest.fixture(scope="module")
def ground() -> Stage:
    """A grid of 30 x 24 areas of 400 m whose need is spread at random."""
    rng = np.random.default_rng(3)
    column, row = np.divmod(np.arange(720), 24)
    apart = [400.0 * np.maximum(np.abs(one[:, None] - one[None, :]) - 1, 0) for one in (column, row)]
    people = {"residents": 700, "residents_15_64": 450, "age_0_14": 110}
    outlines = shapely.box(400.0 * column, 400.0 * row, 400.0 * column + 400, 400.0 * row + 400)
    burden, each = (
        np.clip(rng.normal(0.2, 0.7, 720), -1.15, 1.6),
        {key: np.full(720, one) for key, one in people.items()},
    )
    ids = np.array([f"g{number:03d}" for number in range(720)], object)
    return Stage(ids, outlines, burden, each, np.hypot(*apart))


@pytest.mark.parametrize(
    ("chosen", "planted", "starts"),
    [(BY_STATUS, True, (4, 5, 6)), (BY_NUMBER, False, (4,))],
)
def test_intervals_hold_what_they_say(ground, chosen, planted, starts):
    setting = Setting(720, 8, 16, 2, starts)
    found = list(histories(ground, setting, chosen=chosen, planted=planted, count=60, seed=11))
    worth = measures(found, kind="design")
    assert worth["kind"] > 0.5
    assert worth["covered"] >= 0.85
    if planted:
        assert worth["alarm"] > 0.9
    else:
        assert worth["alarm"] <= 0.13
        assert worth["differs"] <= 0.13
        assert worth["plain"] > 0.4  # a plain comparison of before and after would see an effect
