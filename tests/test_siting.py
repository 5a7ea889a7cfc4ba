"""What one more, one moved or one fewer place changes, and proposals with reasons: by hand, and against reach."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from qmgis import coverage
from qmgis.errors import CrsError, DataError, NotEnoughDataError, UnknownKeyError
from qmgis.model import PlaceLayer, ResidentLayer, Secrecy
from qmgis.siting import at_crossings, best_sites, from_places, on_grid, what_if
from qmgis.siting._guard import CELLS, shown_change
from tests import toy
from tests.test_coverage import CRS, PEOPLE, TITLE, X, Y, areas, ask, places, residents, street

OPEN = Secrecy(min_count=1, min_base=1)


def candidates(xy: list[tuple[float, float]]) -> PlaceLayer:
    layer = places(xy)
    names = pd.Index([f"c{number}" for number in range(len(xy))], name="place", dtype="str")
    return replace(layer, key="plots", frame=layer.frame.set_axis(names).assign(name=names.astype(object)))


# --- what if -------------------------------------------------------------------------------------------------------


def test_a_new_place_by_hand():
    """The place at 500 reaches 60 in the first area; one at 1,500 the 40 of the second and the border."""
    found = what_if(
        residents(PEOPLE), places([(500, 500)]), areas(), within_m=500, add={"new": (X + 1500, Y + 500)},
        network=street(), secrecy=OPEN,
    )  # fmt: skip
    assert found.parts["reached_before_residents"].tolist() == [60, 0]
    assert found.parts["reached_after_residents"].tolist() == [60, 40]
    assert found.parts["gain_residents"].tolist() == [0, 40]
    assert found.parts["lose_residents"].tolist() == [0, 0]
    assert found.parts["gain_age_0_5"].tolist() == [0, 4]
    assert found.parts["median_before_m"].tolist() == [400, 1000]
    assert found.parts["median_after_m"].tolist() == [400, 0]
    assert found.metres["after"].tolist() == [400, 30, 500, 0]
    assert found.sentence.en == (
        "40 persons of the group (residents) gain a place within 500 m, 0 lose theirs; 100 of 100 are reached instead "
        "of 60."
    )
    assert found.sentence.de.startswith("40 Personen der Gruppe (Einwohner) gewinnen einen Ort in höchstens 500 m, 0 ")


def test_a_move_says_who_gains_and_who_loses_and_not_only_the_difference():
    people = residents([(100, 500, 30, 3), (1500, 500, 30, 3)])
    there = places([(100, 500)])
    found = what_if(people, there, areas(), within_m=500, move={"k0": (X + 1500, Y + 500)}, network=street())
    assert found.total[["gain_residents", "lose_residents"]].tolist() == [30, 30]
    assert found.parts["lose_residents"].tolist() == [30, 0]
    assert "30 persons" in found.sentence.en
    assert "30 lose theirs; 30 of 60 are reached instead of 30" in found.sentence.en


def test_closing_the_last_place_leaves_nobody_reached():
    found = what_if(residents(PEOPLE), places([(500, 500)]), areas(), within_m=500, close=["k0"], secrecy=OPEN)
    assert found.parts["reached_after_residents"].tolist() == [0, 0]
    assert found.total["lose_residents"] == 60
    assert found.parts["median_after_m"].isna().all()
    assert np.isinf(found.metres["after"]).all()


steps = st.tuples(st.integers(0, 10_000), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.booleans())


def drawn_change(case: tuple[int, int, int, int, bool]) -> tuple[dict[str, object], PlaceLayer]:
    """A change, and the places after it."""
    seed, new, moved, closed, _ = case
    rng = np.random.default_rng(seed)
    layer = toy.toy_places()

    def point() -> tuple[float, float]:
        return (toy.WEST + rng.uniform(0, 2400), toy.SOUTH + rng.uniform(0, 2000))

    ids = rng.permutation(layer.frame.index.to_numpy(dtype=object)).tolist()
    move = {name: point() for name in ids[: min(moved, 2)]}
    close = ids[len(move) : len(move) + closed]
    add = {f"new{number}": point() for number in range(new)}
    after = layer.frame.drop(index=close)
    for name, (x, y) in move.items():
        after.loc[name, "geometry"] = Point(x, y)
    more = gpd.GeoDataFrame(
        {"name": list(add), "capacity": np.nan}, geometry=[Point(*one) for one in add.values()],
        index=pd.Index(list(add), name="place", dtype="str"), crs=after.crs,
    )  # fmt: skip
    return {"add": add, "move": move, "close": close}, replace(layer, frame=pd.concat([after, more]))


@settings(max_examples=40, deadline=None)
@given(steps)
def test_a_change_is_what_computing_everything_again_gives(case):
    change, later = drawn_change(case)
    if not any(change.values()):
        return
    network = toy.toy_network() if case[4] else None
    people, layer = toy.toy_residents(), toy.toy_areas()
    found = what_if(people, toy.toy_places(), layer, within_m=400, network=network, group="age_0_5", **change)  # type: ignore[arg-type]
    for when, there in (("before", toy.toy_places()), ("after", later)):
        whole = ask(layer, there, people, network=network, group="age_0_5", within_m=400.0).parts
        np.testing.assert_allclose(found.parts[f"reached_{when}_age_0_5"], whole["reached"])
        np.testing.assert_allclose(found.parts[f"median_{when}_m"], whole["median_m"])
        np.testing.assert_allclose(found.parts[f"reached_{when}_age_65_plus"], whole["reached_age_65_plus"])
    parts = found.parts
    for group in people.groups:
        net = parts[f"reached_after_{group}"] - parts[f"reached_before_{group}"]
        np.testing.assert_allclose(parts[f"gain_{group}"] - parts[f"lose_{group}"], net)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_no_small_number_can_be_computed_from_what_is_shown(case):
    change, _ = drawn_change(case)
    if not any(change.values()):
        return
    people, layer = toy.toy_residents(), toy.toy_areas()
    found = what_if(people, toy.toy_places(), layer, within_m=400, network=toy.toy_network(), **change)  # type: ignore[arg-type]
    shown, parts, total = found.shown, found.parts, found.total
    ages = [name for name in people.groups if name != "residents"]

    for group in people.groups:
        before, after = shown[f"reached_before_{group}"], shown[f"reached_after_{group}"]
        gain, lose, all_ = shown[f"gain_{group}"], shown[f"lose_{group}"], shown[f"residents_{group}"]
        for cell in (before, after, gain, lose, before - lose, after - gain, all_ - before, all_ - before - gain):
            assert safe(cell)
        for name in ("reached_after", "gain", "lose"):
            column, hidden = f"{name}_{group}", shown[f"{name}_{group}"].isna()
            assert safe(total[column] - parts.loc[~hidden, column].sum())
    for name in ("reached_after", "gain", "lose"):
        # the age groups make up all residents: what the shown ones leave of them
        rest = shown[f"{name}_residents"] - shown[[f"{name}_{age}" for age in ages]].fillna(0).sum(axis=1)
        assert safe(rest)
        one = total[f"{name}_residents"] - total[[f"{name}_{age}" for age in ages]].fillna(0).sum()
        assert safe([one])


def test_few_people_are_hidden_and_the_sentence_says_so():
    people = residents([(100, 500, 50, 5), (1500, 500, 48, 4), (1900, 500, 2, 2)])
    there = places([(100, 500), (1900, 500)])
    found = what_if(people, there, areas(), within_m=100, close=["k1"])
    assert found.parts["lose_residents"].tolist() == [0, 2]
    assert found.shown["lose_residents"].isna().tolist() == [False, True]
    assert np.isnan(found.total["lose_residents"])
    assert found.sentence.en.startswith("The sums are not shown")


def test_what_cannot_be_changed_is_said():
    people, there, layer = residents(PEOPLE), places([(500, 500)]), areas()
    with pytest.raises(DataError, match="Nothing is to be changed"):
        what_if(people, there, layer, within_m=500)
    with pytest.raises(UnknownKeyError, match='no place "k7"'):
        what_if(people, there, layer, within_m=500, close=["k7"])
    with pytest.raises(DataError, match='"k0" is named twice'):
        what_if(people, there, layer, within_m=500, close=["k0"], move={"k0": (X, Y)})
    with pytest.raises(DataError, match='"k0" is named twice, or exists already'):
        what_if(people, there, layer, within_m=500, add={"k0": (X, Y)})
    with pytest.raises(DataError, match='"new" has no point'):
        what_if(people, there, layer, within_m=500, add={"new": (X, np.nan)})
    with pytest.raises(DataError, match="within_m is 0"):
        what_if(people, there, layer, within_m=0, close=["k0"])
    found = what_if(people, there, layer, within_m=500, add={"sea": (X + 9e5, Y)}, network=street())
    assert found.total["gain_residents"] == 0
    assert "nobody reaches them: sea" in found.warnings[0].en


# --- proposals -----------------------------------------------------------------------------------------------------

QUARTERS = [(100, 500, 50, 20), (900, 500, 40, 10), (1500, 500, 60, 12), (1900, 500, 30, 8)]


def test_proposals_by_hand():
    """Reached by the place at 100: the first 50. A site at 1,200 reaches 40 + 60, one at 1,700 reaches 60 + 30."""
    plots = candidates([(1200, 500), (1700, 500), (1201, 500)])
    attention = pd.Series([False, True], index=["00", "01"])
    found = best_sites(
        residents(QUARTERS), places([(100, 500)]), plots, within_m=300, areas=areas(), attention=attention,
        network=street(),
    )  # fmt: skip
    row = found.frame.iloc[0]
    assert found.frame.index.tolist() == ["c0"]
    assert (row["newly"], row["newly_attention"], row["overlap"], row["area"]) == (100, 60, 0, "01")
    assert (row["median_before_m"], row["median_after_m"]) == (1400, 300)
    assert row["alternatives"] == ()  # c2 is 301 m from the second quarter
    assert (found.reached_before, found.residents, found.siting.reached) == (50, 180, 150)
    assert not row["holds_nearer"]  # 240 m: nothing but the second site, by 200 m
    assert not row["holds_slower"]
    assert row["holds_farther"]
    assert found.sentences[0].en == (
        "c0 (area A): 100 persons of the group (residents) would newly have a place within 300 m, 60 of them in areas "
        "that require attention; half of them would go at most 300 m instead of 1,400 m; no other candidate comes "
        "within 1%; the proposal changes with: reach 20% shorter, walking at 3.6 instead of 4.8 km/h."
    )
    assert found.summary.de == (
        "Mit dem vorgeschlagenen Standort wären 150 von 180 Personen der Gruppe erreicht (83,3 %) statt 50. "
        "Rechnerisch erreicht keine andere Auswahl so vieler Standorte mehr Personen oder gleich viele."
    )
    fair = best_sites(
        residents(QUARTERS), places([(100, 500)]), plots, within_m=300, areas=areas(), attention=attention,
        network=street(), equity=1.0,
    )  # fmt: skip
    assert fair.frame.index.tolist() == ["c1"]  # (60 + 30) x 2 = 180, more than 40 + 60 x 2 = 160
    assert "count 2 times" in fair.summary.en
    assert best_sites(
        residents(QUARTERS), places([(100, 500)]), plots, within_m=300, network=street(), barred=("c0",)
    ).frame.index.tolist() == ["c1"]  # fmt: skip


def test_several_proposals_share_nobody_and_say_what_is_nearly_as_good():
    plots = candidates([(1200, 500), (1900, 500), (1199, 500), (100, 500)])
    found = best_sites(residents(QUARTERS), None, plots, within_m=301, k=3, network=street(), group="age_0_5")
    assert found.frame["newly"].tolist() == [22, 20, 8]
    assert found.frame["newly"].sum() + found.reached_before == found.siting.reached
    assert found.frame["alternatives"].tolist() == [("c2",), (), ()] or found.frame.index[0] == "c2"
    assert not found.siting.is_unique
    assert "nearly as good (at most 1% less): c" in found.sentences[0].en
    assert "another one reaches as many" in found.summary.en
    # a fourth would reach nobody else
    assert len(best_sites(residents(QUARTERS), None, plots, within_m=301, k=4, network=street()).frame) == 3


def test_a_proposal_is_what_the_same_change_gives():
    people, there, layer, network = toy.toy_residents(), toy.toy_places(), toy.toy_areas(), toy.toy_network()
    plots = at_crossings(network, coverage.gaps(people, there, within_m=300, theme="kita", network=network))
    found = best_sites(people, there, plots, within_m=300, k=3, areas=layer, network=network, group="age_0_5")
    add = {str(name): (point.x, point.y) for name, point in found.frame.geometry.items()}
    change = what_if(people, there, layer, within_m=300, add=add, network=network, group="age_0_5")
    assert change.parts["gain_age_0_5"].sum() == found.frame["newly"].sum()
    assert change.parts["reached_after_age_0_5"].sum() == found.siting.reached


def test_few_people_are_not_in_proposals():
    people = residents([(100, 500, 50, 5), (1000, 500, 2, 1), (1900, 500, 40, 4)])
    plots = candidates([(1000, 500), (1900, 500)])
    found = best_sites(people, places([(100, 500)]), plots, within_m=200, k=2, network=street())
    assert found.frame["newly"].tolist() == [40, 2]
    assert found.shown["newly"].isna().tolist() == [False, True]
    assert found.sentences[1].en == "c0: the numbers are too small to be shown."
    assert "92" not in found.summary.en
    assert found.summary.en.startswith("Proposed sites: 2; the sums are not shown")
    # two of the group would be left: the last number goes with the sum
    left = best_sites(people, places([(100, 500)]), candidates([(1900, 500)]), within_m=200, network=street())
    assert left.frame["newly"].tolist() == [40]
    assert left.shown["newly"].isna().all()
    assert "are not shown" in left.summary.en


def test_nobody_to_reach_is_an_answer():
    there = places([(500, 500), (1500, 500)], complete=False)
    found = best_sites(residents(PEOPLE), there, candidates([(600, 500)]), within_m=500)
    assert found.frame.empty
    assert found.sentences == ()
    assert found.summary.en == "No candidate would newly reach anybody."
    assert ["straight lines" in found.warnings[0].en, "is incomplete" in found.warnings[1].en] == [True, True]
    assert found.credits == ("people", "places")


def test_what_was_left_out_is_told():
    people = residents(PEOPLE)
    unknown = replace(people, frame=people.frame.assign(residents=people.frame["residents"].mask([True] + [False] * 3)))
    plots = candidates([(1500, 500), (1500, 9000)])
    found = best_sites(unknown, places([(500, 500)]), plots, within_m=500, network=street(), areas=areas())
    assert found.warnings[0].en == "Origins with an unknown number (residents) that do not count: 1."
    assert "left out: 1 (c1)" in found.warnings[1].en
    assert found.residents == 90


def test_what_cannot_be_proposed_is_said():
    people, there, plots = residents(PEOPLE), places([(500, 500)]), candidates([(1500, 500)])
    with pytest.raises(DataError, match="2 sites are asked for, but there are 1 candidates"):
        best_sites(people, there, plots, within_m=500, k=2)
    with pytest.raises(NotEnoughDataError, match="There is no candidate"):
        best_sites(people, there, plots, within_m=500, barred=("c0",))
    with pytest.raises(UnknownKeyError, match='no candidate "c9"'):
        best_sites(people, there, plots, within_m=500, barred=("c9",))
    with pytest.raises(UnknownKeyError, match='no area "77"'):
        best_sites(people, there, plots, within_m=500, areas=areas(), attention=pd.Series([True], index=["77"]))
    with pytest.raises(DataError, match="no areas are given"):
        best_sites(people, there, plots, within_m=500, attention=pd.Series([True], index=["00"]))
    with pytest.raises(DataError, match='Trial "none" is 0'):
        best_sites(people, there, plots, within_m=500, trials={"none": 0})
    own = best_sites(people, there, plots, within_m=500, trials={"uphill": 0.9})
    assert own.sentences[0].en.endswith("; the proposal stays the same with: uphill.")
    with pytest.raises(DataError, match="within_m is nan"):
        best_sites(people, there, plots, within_m=float("nan"))
    other = replace(plots, frame=plots.frame.to_crs("EPSG:25833"))
    with pytest.raises(CrsError):
        best_sites(people, there, other, within_m=500)


# --- candidates ----------------------------------------------------------------------------------------------------


def test_places_as_candidates_once_each_and_only_with_a_point():
    layer = places([(100, 500), (200, 500), (100, 500)])
    lost = replace(
        layer, frame=layer.frame.assign(geometry=[*layer.frame.geometry[:1], None, layer.frame.geometry.iloc[2]])
    )
    assert from_places(lost).frame.index.tolist() == ["k0"]


def test_crossings_in_polygons():
    land = gpd.GeoDataFrame(geometry=[box(X + 900, Y, X + 2100, Y + 1000), box(X + 900, Y, X + 1100, Y + 900)], crs=CRS)
    assert at_crossings(street(), land).frame.index.tolist() == ["node-1", "node-2"]
    with pytest.raises(NotEnoughDataError, match="No crossing"):
        at_crossings(street(), land.translate(5000).to_frame("geometry"))
    with pytest.raises(CrsError, match="different reference systems"):
        at_crossings(street(), land.to_crs("EPSG:25833"))


def test_cells_where_people_live():
    people = residents([(10, 10, 5, 0), (90, 90, 5, 2), (150, 50, 2, 2), (950, 950, 9, 0)])
    found = on_grid(people, cell_m=100)
    west, north = (found.frame.geometry.x - X).tolist(), (found.frame.geometry.y - Y).tolist()
    assert (west, north) == ([950, 50], [950, 50])  # the cell with two people is none
    assert len(on_grid(people, cell_m=100, min_count=1).frame) == 3
    assert len(on_grid(people, cell_m=100, group="age_0_5", min_count=1).frame) == 2
    with pytest.raises(NotEnoughDataError, match="No cell of 100 m holds 50 people"):
        on_grid(people, min_count=50)
    with pytest.raises(DataError, match="cell_m is -5"):
        on_grid(people, cell_m=-5)


def test_layers_are_not_changed():
    people, there = residents(PEOPLE), places([(500, 500)])
    copies = people.frame.copy(), there.frame.copy()
    what_if(people, there, areas(), within_m=500, move={"k0": (X + 900, Y + 500)})
    best_sites(people, there, from_places(there), within_m=500)
    assert isinstance(people, ResidentLayer)
    pd.testing.assert_frame_equal(people.frame, copies[0])
    pd.testing.assert_frame_equal(there.frame, copies[1])
    assert there.title == TITLE


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.integers(2, 6))
def test_no_hidden_cell_is_what_is_left_of_the_sums(seed: int, count: int):
    """Many small numbers: areas that are hidden alone, in all groups, in sums."""
    rng = np.random.default_rng(seed)
    ages, index = ["age_0_5", "age_6_64", "age_65_plus"], pd.Index([f"0{number}" for number in range(count)])
    cells = {}
    for name in CELLS:
        numbers = rng.choice([0, 0, 1, 2, 5, 9, 20], (count, 3), p=[0.2, 0.2, 0.03, 0.03, 0.14, 0.2, 0.2])
        cells[name] = pd.DataFrame(numbers * 1.0, index=index, columns=ages)
        cells[name].insert(0, "residents", cells[name].sum(axis=1))
    parts = pd.DataFrame({"median_before_m": 1.0, "median_after_m": 1.0}, index=index)
    for group in cells["gain"]:
        parts[f"residents_{group}"] = sum(frame[group] for frame in cells.values())
        parts[f"reached_before_{group}"] = cells["stay"][group] + cells["lose"][group]
        parts[f"reached_after_{group}"] = cells["stay"][group] + cells["gain"][group]
        parts[f"gain_{group}"], parts[f"lose_{group}"] = cells["gain"][group], cells["lose"][group]
    shown, total = shown_change(cells, parts, Secrecy(), "residents")
    for group in cells["gain"]:
        open_ = shown[f"gain_{group}"].notna()
        for frame in cells.values():
            assert safe(frame.loc[open_, group])
            if pd.notna(total[f"gain_{group}"]):
                assert safe([frame.loc[~open_, group].sum()])
        assert (shown[f"lose_{group}"].notna() == open_).all()
        assert (shown[f"reached_after_{group}"].notna() == open_).all()
    hidden = shown[[f"gain_{age}" for age in ages]].isna().set_axis(ages, axis=1)
    for frame in cells.values():
        assert safe(frame[ages].where(hidden, 0.0).sum(axis=1)[shown["gain_residents"].notna()])


def safe(numbers: object) -> bool:
    """Tell whether no number is 1 or 2."""
    values = np.asarray(numbers, dtype=float)
    values = values[~np.isnan(values)]
    return bool((np.isclose(values, 0) | (values >= 3)).all())
