"""What the explanation of an area says is true: changes are applied, neighbours and distances computed another way."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

import qmgis
from qmgis.errors import UnknownKeyError
from qmgis.explanation import breaks_of, explain, explain_each, nearly_flagged, note_of
from qmgis.methods import composite, mss
from qmgis.model import Column, Text
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city
from qmgis.scoring import class_of
from tests import toy
from tests.views.made import composite_city

AREA = "01010405"
A_BIT = 1e-6


def scored(outcome):
    return list(outcome.table.index[outcome.table["left_out"].isna()])


def moved_index(outcome, change, area, size):
    """The index of an area when one number is moved and mean and spread are held: the arithmetic of METHODS 1."""
    block = change.step.block
    suffix = "_change" if block == "dynamics" else ""
    row = outcome.index.reference.loc[f"{change.indicator}{suffix}"]
    names = [name for name in outcome.index.reference.index if name.endswith("_change") == bool(suffix)]
    source = "change_" if block == "dynamics" else "value_"
    values = pd.DataFrame(
        {name: outcome.index.parts[f"{source}{name.removesuffix(suffix)}"] for name in names}
    ).dropna()  # fmt: skip
    values = values.loc[outcome.index.value.dropna().index]
    scores = (values - outcome.index.reference.loc[names, "mean"]) / outcome.index.reference.loc[names, "sd"]
    whole = scores.sum(axis=1)
    return (whole[area] + size / row["sd"] - whole.mean()) / whole.std(ddof=0)


def assert_changes_are_true(outcome, profile, areas):
    """Each change moves the class as soon as it is exceeded, and just less does not."""
    said, checked = explain_each(outcome, areas), 0
    for area in areas:
        for one in said[area].changes:
            if one.size is None:
                assert one.then is None
                assert one.hindrance
                continue
            block = profile.blocks[one.step.block]
            before, after = (
                class_of(pd.Series([moved_index(outcome, one, area, one.size * factor)]), block)[0]
                for factor in (1 - A_BIT, 1 + A_BIT)
            )
            assert after == one.step.to.code, (area, one)
            assert before != after
            if one.step.is_next:
                own = {index.block: index.label.code for index in said[area].indices}
                assert before == own[one.step.block]
            assert one.then == pytest.approx(one.now + one.size)
            checked += 1
    return checked


def test_the_front_door_has_it(toy_outcome):
    assert qmgis.explain is qmgis.explain is explain
    assert qmgis.explain(toy_outcome, AREA).group.code == "4-"


def test_the_smallest_change_moves_the_class_and_just_less_does_not(toy_outcome):
    assert assert_changes_are_true(toy_outcome, toy.toy_profile(), scored(toy_outcome)) > 200


def test_what_would_happen_to_the_flag_is_true(toy_outcome):
    for area in scored(toy_outcome):
        said = explain(toy_outcome, area)
        for index in said.indices:
            steps = index.steps
            assert all(step.attention == (step.group.code in toy.toy_profile().attention) for step in steps)
            assert all(step.is_next or step.attention != said.attention for step in steps)
        if said.attention:
            assert any(step.attention is False for index in said.indices for step in index.steps)


def test_scoring_again_gives_the_class_too(toy_outcome, toy_city):
    """With means that move along, somewhat more than the smallest change of a small size is enough."""
    table, moved = toy_city.tables[toy.VINTAGE], 0
    for area in scored(toy_outcome):
        for one in explain(toy_outcome, area).changes:
            if one.size is None or one.step.block != "status" or abs(one.size) > 0.03 or not one.step.is_next:
                continue
            frame = table.frame.copy()
            frame.loc[(area, 2024), one.indicator] += 1.15 * one.size + math.copysign(0.002, one.size)
            after = mss.score(
                dataclasses.replace(table, frame=frame), profile=toy.toy_profile(), year=2024,
                declared={"01010005": "outlier"},
            )  # fmt: skip
            assert str(after.parts["status_class"][area]) == one.step.to.code
            moved += 1
    assert moved >= 10


@pytest.fixture(scope="module")
def own_city():
    return composite_city()


def test_an_even_index_of_its_own_is_true_too(own_city):
    outcome, table, moved = compute(own_city, "even-2024"), own_city.tables[toy.VINTAGE], 0
    profile = own_city.profiles["even"]
    for area in scored(outcome):
        for one in explain(outcome, area).changes:
            if one.size is None or abs(one.size) > 0.02 or not one.step.is_next:
                continue
            frame = table.frame.copy()
            frame.loc[(area, 2024), one.indicator] += 1.15 * one.size + math.copysign(0.002, one.size)
            after = composite.score(
                dataclasses.replace(table, frame=frame), profile=profile, year=2024, declared={"01010005": "outlier"}
            )
            assert after.parts["class"][area] == one.step.to.code
            moved += 1
    assert moved >= 5


def test_ranks_and_products_give_no_change_and_say_why(own_city):
    for key in ("own", "tenths"):
        said = explain(compute(own_city, f"{key}-2024"), AREA)
        assert {one.hindrance for one in said.changes} == {"uneven"}
        assert {(one.size, one.then) for one in said.changes} == {(None, None)}
    (index,) = said.indices
    assert index.limits == ()
    assert all(step.limit is step.gap is None and step.ranks > 0 for step in index.steps)


def test_a_share_stays_a_share_now_and_before(toy_outcome):
    seen = set()
    for area in scored(toy_outcome):
        for one in explain(toy_outcome, area).changes:
            seen.add(one.hindrance)
            if one.then is not None and one.of == "value":
                assert 0 <= one.then <= 1
            elif one.then is not None:
                now = toy_outcome.table.loc[area, f"value_{one.indicator}"]
                assert 0 <= now - one.then <= 1
    assert seen == {"", "out_of_range"}


def test_nearly_flagged_is_what_it_says(toy_outcome):
    table, profile = toy_outcome.table, toy.toy_profile()
    limits, found = profile.blocks["status"].limits, set()
    for area in scored(toy_outcome):
        row = table.loc[area]
        if row["attention"]:
            continue
        status, sign = int(row["status_class"]), row["dynamics_class"]
        near = [
            (status < 4 and abs(row["status_index"] - limits[status - 1]) < 0.1, f"{status + 1}{sign}"),
            (sign == "+/-" and abs(row["dynamics_index"] - 1) < 0.1, f"{status}-"),
            (sign == "+" and abs(row["dynamics_index"] + 1) < 0.1, f"{status}+/-"),
            (sign == "-" and abs(row["dynamics_index"] - 1) < 0.1, f"{status}+/-"),
        ]
        close = any(is_near and group in profile.attention for is_near, group in near)
        if close or row["probability_attention"] >= 0.1:
            found.add(area)
    assert set(nearly_flagged(toy_outcome)) == found
    assert {area for area in table.index if explain(toy_outcome, area).nearly} == found
    assert found


def test_neighbours_touch(toy_outcome):
    said = explain_each(toy_outcome, list(toy_outcome.table.index))
    for area, one in said.items():
        row, column = int(area[4:6]), int(area[6:])
        around = {
            other for other in said
            if max(abs(int(other[4:6]) - row), abs(int(other[6:]) - column)) == 1
        }  # fmt: skip
        assert {near.area for near in one.neighbours} == around
        assert explain(toy_outcome, area).neighbours == one.neighbours
        groups = [near.group.code for near in one.neighbours if near.group]
        assert {group.code: count for group, count in one.around} == {g: groups.count(g) for g in groups}
    left_out = [near for near in said[AREA[:6] + "04"].neighbours if near.left_out]
    assert all(near.group is None and near.attention is None for near in left_out)


def test_similar_areas_are_the_nearest_in_standard_scores(toy_outcome):
    z = toy_outcome.table[[key for key in toy_outcome.table if key.startswith("z_")]].astype(float)
    assert z.shape[1] == 6
    some = 0
    for area in scored(toy_outcome):
        distance = np.sqrt(((z - z.loc[area]) ** 2).mean(axis=1, skipna=False)).drop(area).dropna().sort_values()
        wanted = distance[distance <= 1.0].head(5)
        found = explain(toy_outcome, area, tolerance=1.0).similar
        assert [one.distance for one in found] == pytest.approx(wanted.tolist(), abs=1e-8)
        assert {one.area for one in found} == set(wanted.index)
        assert {one.indicators for one in found} <= {6}
        some += len(found)
    assert some > 20
    left_out = explain(toy_outcome, "01010000", tolerance=9)
    assert (left_out.similar, left_out.compared) == ((), 0)


def test_editions_stand_beside_each_other(toy_outcome, toy_city):
    past = compute(toy_city, "mss-2022")
    said = explain(toy_outcome, AREA, editions=[past, toy_outcome])
    assert [one.run for one in said.editions] == ["mss-2022", "mss-2024"]
    assert said.editions[0].group.code == past.table.loc[AREA, "group"]
    assert said.editions[0].note == ""
    assert said.breaks == ()
    assert "series_break" not in said.caveats
    left_out = explain(toy_outcome, "01010000", editions=[past]).editions[0]
    assert (left_out.group, left_out.left_out) == (None, "too_few_residents")


def other_edition(toy_city, **changes):
    past = compute(toy_city, "mss-2022")
    names = past.table["name"].where(past.table.index != AREA, "Anderswo")
    areas = dataclasses.replace(past.areas, vintage="toy-2016")
    return dataclasses.replace(past, areas=areas, table=past.table.assign(name=names), **changes)


def test_an_id_of_another_area_gets_no_class(toy_outcome, toy_city):
    past = other_edition(toy_city)
    first, _ = explain(toy_outcome, AREA, editions=[past]).editions
    assert (first.note, first.name, first.group, first.attention) == ("other_name", "Anderswo", None, None)
    same, _ = explain(toy_outcome, "01010404", editions=[past]).editions
    assert (same.note, same.group is None) == ("other_vintage", False)
    gone = dataclasses.replace(past, table=past.table.drop(AREA))
    assert note_of(toy_outcome, gone, AREA) == "absent"


def test_breaks_are_found(toy_outcome, toy_city):
    past = other_edition(toy_city, definitions={"transfer": Text("früher anders", "before otherwise")}, change_years=1)
    (one,) = breaks_of([past, toy_outcome])
    assert one.kinds == ("areas", "definition", "change_years")
    assert [indicator.code for indicator in one.indicators] == ["transfer"]
    assert (one.before, one.after, one.years) == ("mss-2022", "mss-2024", (2022, 2024))
    other = dataclasses.replace(toy_outcome, run=dataclasses.replace(toy_outcome.run, method="mss-2017"))
    assert breaks_of([toy_outcome, other])[0].kinds == ("method",)
    assert "series_break" in explain(toy_outcome, AREA, editions=[past]).caveats


def with_counts(outcome):
    """The outcome with counts, intervals and reliability of one indicator, as a run may have them; one count hidden."""
    base = pd.Series(1000.0, index=outcome.table.index)
    count = (outcome.table["value_transfer"] * base).round()
    value = count / base
    count[AREA], value[AREA] = np.nan, np.nan
    codes = {"good": Text("gut", "good"), "weak": Text("schwach", "weak")}
    added = {
        "value_transfer": value, "count_transfer": count, "base_transfer": base,
        "low_transfer": value - 0.01, "high_transfer": value + 0.02,
        "reliability_transfer": pd.Series("weak", index=base.index, dtype=object),
    }  # fmt: skip
    columns = [Column(key, Text(key, key), "number") for key in list(added)[1:-1]]
    columns.append(Column("reliability_transfer", Text("Güte", "Reliability"), "code", codes=codes))
    return dataclasses.replace(
        outcome, table=outcome.table.assign(**added), columns=(*outcome.columns, *columns)
    )  # fmt: skip


def test_counts_and_intervals_are_read_where_they_are(toy_outcome):
    bare = next(one for one in explain(toy_outcome, AREA).indicators if one.key == "transfer")
    assert (bare.count, bare.base, bare.low, bare.high, bare.reliability, bare.city) == (None,) * 6
    outcome = with_counts(toy_outcome)
    one = next(one for one in explain(outcome, "01010404").indicators if one.key == "transfer")
    row = outcome.table.loc["01010404"]
    assert (one.count, one.base, one.low) == (row["count_transfer"], 1000.0, row["low_transfer"])
    assert (one.high, one.reliability.title.en) == (row["high_transfer"], "weak")
    shown = outcome.table.drop(AREA)
    assert one.city == pytest.approx(shown["count_transfer"].sum() / shown["base_transfer"].sum())
    assert one.city_areas == len(outcome.table) - 1
    other = next(one for one in explain(outcome, AREA).indicators if one.key == "transfer")
    assert (other.count, other.value) == (None, None)


def test_weak_shares_and_estimated_bases_are_told(toy_outcome):
    outcome = with_counts(toy_outcome)
    said = explain(outcome, "01010404")
    assert [one.en for one in said.weak] == ["Transfer benefits"]
    assert "weak_shares" in said.caveats
    assert not any(one.is_estimated for one in said.indicators)
    assert explain(toy_outcome, "01010404").weak == ()
    guessed = explain(dataclasses.replace(outcome, estimated=frozenset({"transfer"})), "01010404")
    assert [one.key for one in guessed.indicators if one.is_estimated] == ["transfer"]


def test_programme_areas_are_read_where_they_are(toy_outcome):
    assert explain(toy_outcome, AREA).programme is None
    codes = {"current": Text("laufend", "current")}
    columns = (
        Column("programme", Text("Programm", "Programme"), "code", codes=codes),
        Column("programme_share", Text("Anteil", "Share"), "share"),
        Column("programme_basis", Text("an", "of"), "code", codes={"land": Text("Fläche", "land")}),
        Column("programme_names", Text("Namen", "Names"), "text"),
    )
    index = toy_outcome.table.index
    added = {"programme_share": 0.25, "programme_basis": "land", "programme_names": "Nordstadt"}
    table = toy_outcome.table.assign(programme="current", **added)
    outcome = dataclasses.replace(toy_outcome, table=table.reindex(index), columns=(*toy_outcome.columns, *columns))
    said = explain(outcome, AREA).programme
    assert (said.status.title.de, said.share, said.names) == ("laufend", 0.25, "Nordstadt")
    assert (said.basis.code, said.basis.title.en) == ("land", "land")


def test_an_unknown_area_is_named(toy_outcome):
    with pytest.raises(UnknownKeyError, match="Did you mean"):
        explain(toy_outcome, "0101040")


def test_rules_have_classes_and_neighbours_but_no_limits(toy_city):
    profile = toy.toy_rules()
    run = dataclasses.replace(toy_city.runs["mss-2024"], key="rules", method=profile.key, themes=())
    city = dataclasses.replace(toy_city, profiles={profile.key: profile}, runs={"rules": run})
    outcome = compute(city, "rules")
    said = explain_each(outcome, scored(outcome))
    assert all(one.group is not None and one.changes == () for one in said.values())
    assert any(one.similar for one in said.values())
    assert nearly_flagged(outcome) == ()


@pytest.fixture(scope="module")
def demo():
    return compute(demo_city(), "mss-2024")


def test_hidden_numbers_are_nowhere(demo):
    """Whatever the hidden cells are, the explanation is the same: it is made of what may be shown."""
    closed = demo.table.index[demo.table["status_index"].isna() & demo.table["left_out"].isna()]
    assert len(closed) >= 6
    rng = np.random.default_rng(5)
    parts = demo.index.parts.copy()
    for name in parts.select_dtypes("number").columns:
        if str(name).startswith(("value_", "change_", "z_", "contribution_", "status_", "dynamics_")):
            hidden = demo.index.seen[name].isna() & parts[name].notna()
            parts[name] = parts[name].astype(float).mask(hidden, rng.random(len(parts)))
    value = demo.index.value.where(~demo.index.value.index.isin(closed), rng.random(len(parts)))
    other = dataclasses.replace(demo, index=dataclasses.replace(demo.index, parts=parts, value=value))
    near = [*closed, *dict.fromkeys(n.area for a in closed for n in explain(demo, a).neighbours)]
    assert explain_each(other, near) == explain_each(demo, near)
    assert nearly_flagged(other) == nearly_flagged(demo)


def test_a_hidden_cell_has_no_change_and_no_twin(demo):
    closed = demo.table.index[demo.table["status_index"].isna() & demo.table["left_out"].isna()]
    said = explain_each(demo, list(demo.table.index), tolerance=9, most=999)
    for area in closed:
        one = said[area]
        assert one.group is not None
        assert "not_shown" in one.caveats
        assert {change.hindrance for change in one.changes if change.step.block == "status"} == {"not_shown"}
        assert all(index.value is index.distance is None for index in one.indices if index.block == "status")
        assert not any(step.gap for index in one.indices for step in index.steps if index.block == "status")
    hidden = set(closed)
    shown = [one for area, one in said.items() if area not in hidden]
    assert not hidden & {other.area for one in shown for other in one.similar}


@pytest.mark.realdata
def test_every_flagged_area_of_berlin_is_explained(realdata):
    from qmgis.io.profiles.files import profiles

    city = qmgis.open_city("layers/berlin", data=realdata)
    run = dataclasses.replace(city.runs["mss-2021"], themes=())
    outcome = compute(dataclasses.replace(city, runs={"mss-2021": run}), "mss-2021")
    flagged = list(outcome.table.index[outcome.table["attention"].fillna(False).astype(bool)])
    near = nearly_flagged(outcome)
    assert len(flagged) == 56
    assert 0 < len(near) < 60
    said = explain_each(outcome, [*flagged, *near])
    assert set(said) == {*flagged, *near}
    checked = assert_changes_are_true(outcome, profiles()["mss-2021"], [*flagged, *near])
    assert checked > 300
    for one in said.values():
        assert one.neighbours
        assert any(step.attention != one.attention for index in one.indices for step in index.steps)
