"""Scenarios over layers: new housing, paths and capacities by hand, and against computing everything again."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from qmgis import coverage
from qmgis.errors import DataError, UnknownKeyError
from qmgis.io.layers.lines import network_of_lines
from qmgis.model import Housing, Network, PlaceChanges, PlaceLayer, ResidentLayer, Scenario, Text
from qmgis.siting import what_if
from tests import toy
from tests.test_coverage import PEOPLE, TITLE, X, Y, areas, ask, places, residents, street
from tests.test_siting import OPEN, safe

NAME = Text("Test", "Test")


def scenario(**changes: object) -> Scenario:
    return Scenario("test", NAME, **changes)  # type: ignore[arg-type]


def test_new_residents_are_told_apart_from_those_who_gain():
    """A new place at 1,500 reaches the 40 there; of 70 new people 50 are in reach of a place, 20 are not."""
    homes = (
        Housing("near", (X + 1400, Y + 500), {"residents": 50, "age_0_5": 8}),
        Housing("far", (X + 100, Y + 900), {"residents": 20}),
    )
    change = scenario(places={"kita": PlaceChanges(add={"new": (X + 1500, Y + 500)})}, housing=homes)
    found = what_if(residents(PEOPLE), places([(500, 500)]), areas(), within_m=500, scenario=change, network=street(),
                    secrecy=OPEN)  # fmt: skip
    assert found.parts["residents_residents"].tolist() == [60, 40]
    assert found.parts["gain_residents"].tolist() == [0, 40]
    assert found.new is not None
    assert found.new["residents_residents"].tolist() == [20, 50]
    assert found.new["reached_residents"].tolist() == [0, 50]
    assert found.new["not_reached_residents"].tolist() == [20, 0]
    assert found.new["reached_age_0_5"].tolist() == [0, 8]
    assert found.sentence.en.endswith("Of 70 new residents of the group 50 would be reached.")
    assert any("count as not reached: far" in warning.en for warning in found.warnings)
    assert found.parameters["scenario"] == "test"


def test_few_new_people_are_not_shown_and_homes_outside_are_said():
    homes = (
        Housing("few", (X + 1400, Y + 500), {"residents": 2}),
        Housing("out", (X - 900, Y + 500), {"residents": 99}),
    )
    found = what_if(residents(PEOPLE), places([(1400, 500)]), areas(), within_m=500, scenario=scenario(housing=homes))
    assert found.new is not None
    assert found.new["residents_residents"].tolist() == [0, 2]
    assert found.new["reached_residents"].isna().tolist() == [False, True]
    assert "new residents" not in found.sentence.en
    assert any("outside all areas, which do not count: out" in warning.en for warning in found.warnings)


def test_a_closed_street_cuts_and_a_path_beside_it_joins_again():
    """The street east of x = 1,000 closed: 40 at 1,500 are off. A path 30 m beside it brings them back."""
    there, people = places([(1000, 500)]), residents(PEOPLE)
    shut = scenario(closed={"east": ((X + 1000, Y + 501), (X + 2000, Y + 501))})
    found = what_if(people, there, areas(), within_m=600, scenario=shut, network=street(), secrecy=OPEN)
    assert found.parts["lose_residents"].tolist() == [0, 40]
    beside = scenario(
        closed=shut.closed,
        paths={"path": ((X + 1000, Y + 500), (X + 1000, Y + 530), (X + 2000, Y + 530))},
    )
    found = what_if(people, there, areas(), within_m=600, scenario=beside, network=street(), secrecy=OPEN)
    assert found.parts["lose_residents"].tolist() == [0, 0]
    assert found.metres["after"].tolist() == [900, 530, 0, 560]


def test_a_bridge_over_the_river_of_the_toy_city():
    """From beyond the river in the south the only bridge is 1,000 m up; a new one in the south saves the way there."""
    bridge = scenario(paths={"bridge": ((toy.WEST + 1600, toy.SOUTH), (toy.WEST + 1700, toy.SOUTH))})
    people, layer = toy.toy_residents(), toy.toy_areas()
    far = replace(toy.toy_places(), frame=toy.toy_places().frame.iloc[:1])
    found = what_if(people, far, layer, within_m=2000, scenario=bridge, network=toy.toy_network())
    # 50 m to the street and 50 m along it to (1,700, 0); up 1,000, west 1,400, down 700, or west 1,400 and up 300
    there = (people.frame.geometry.x == toy.WEST + 1750) & (people.frame.geometry.y == toy.SOUTH + 50)
    assert found.metres[there].iloc[0].tolist() == [100 + 1000 + 1400 + 700, 100 + 1400 + 300]
    assert found.total["gain_residents"] > 0
    assert found.total["lose_residents"] == 0


point = st.tuples(st.integers(0, 48), st.integers(0, 40)).map(
    lambda xy: (toy.WEST + 50.0 * xy[0], toy.SOUTH + 50.0 * xy[1])
)


def drawn_together(line: tuple[tuple[float, float], ...]) -> Network:
    """Return the toy streets and a line, noded together and read as if they were a file."""
    plain = toy.toy_network()
    lines = shapely.linestrings(plain.nodes[plain.edges])
    whole = shapely.get_parts(shapely.union_all([*lines, shapely.LineString(line)]))
    streets = network_of_lines(np.asarray(whole, dtype=object))
    return replace(plain, nodes=streets.nodes, edges=streets.edges, length_m=streets.length_m, bends=None)


def aside(people: ResidentLayer) -> ResidentLayer:
    """Return the addresses off the middles of blocks, where the nearest of four streets is left to chance."""
    moved = people.frame.geometry.translate(7.3, 3.1)
    return replace(people, frame=people.frame.set_geometry(moved))


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(point, point, st.booleans(), st.integers(0, 60))
def test_a_scenario_is_what_computing_everything_again_gives(one, other, closes, people):
    if one == other:
        return
    kept = toy.toy_places().frame.drop(index="k2") if closes else toy.toy_places().frame
    change = scenario(
        places={"kita": PlaceChanges(close=("k2",))} if closes else {},
        paths={"new": (one, other)},
        housing=(Housing("home", one, {"residents": float(people), "age_0_5": float(people // 3)}),),
    )
    layer, homes = toy.toy_areas(), aside(toy.toy_residents())
    found = what_if(homes, toy.toy_places(), layer, within_m=403.7, scenario=change, network=toy.toy_network())
    later = replace(toy.toy_places(), frame=kept)
    whole = ask(layer, later, homes, network=drawn_together((one, other)), within_m=403.7).parts
    np.testing.assert_allclose(found.parts["reached_after_residents"], whole["reached"])
    np.testing.assert_allclose(found.parts["median_after_m"], whole["median_m"], atol=0.02)
    assert found.new is not None
    assert found.new["residents_residents"].sum() in (0, people)  # on the rim of the town it may lie outside
    shown = found.shown
    for group in homes.groups:
        before, after = shown[f"reached_before_{group}"], shown[f"reached_after_{group}"]
        assert safe([before, after, before - shown[f"lose_{group}"], after - shown[f"gain_{group}"]])
        assert safe(found.new[f"reached_{group}"])


# --- capacities ----------------------------------------------------------------------------------------------------


def offered(*capacity: float) -> PlaceLayer:
    there = places([(500, 500), (1500, 500)][: len(capacity)])
    return replace(there, frame=there.frame.assign(capacity=list(capacity)))


def test_more_places_by_hand():
    """One place of 30 for 60 people in reach: 50 for each 100; with 60 as many as people; the 40 others have none."""
    change = scenario(places={"kita": PlaceChanges(capacity={"k0": 60})})
    asked = {"within_m": 500.0, "network": street(), "measure": "two_step", "secrecy": OPEN}
    people = residents([(400, 500, 60, 0), (1900, 500, 40, 0)])
    found = what_if(people, offered(30), areas(), scenario=change, **asked)  # type: ignore[arg-type]
    assert found.supply is not None
    assert found.supply["access_before"].tolist() == pytest.approx([50, 0])
    assert found.supply["access_after"].tolist() == pytest.approx([100, 0])
    assert found.supply["without_before"].tolist() == [0, 40]
    assert found.supply["without_after"].tolist() == [0, 40]
    assert found.total["gain_residents"] == 0


def test_new_people_take_their_share():
    """Twenty more at the same spot: 30 places for 80 instead of 60."""
    change = scenario(housing=(Housing("new", (X + 400, Y + 500), {"residents": 20}),))
    people = residents([(400, 500, 60, 0)])
    found = what_if(people, offered(30), areas(), within_m=500, scenario=change, network=street(),
                    measure="three_step", secrecy=OPEN)  # fmt: skip
    assert found.supply is not None
    assert found.supply["access_after"].tolist()[0] == pytest.approx(37.5)


@pytest.mark.parametrize("measure", ["two_step", "three_step"])
def test_supply_after_is_what_asking_again_gives(measure):
    change = scenario(
        places={"kita": PlaceChanges(add={"new": (toy.WEST + 1900, toy.SOUTH + 900)}, capacity={"new": 70, "k1": 5})}
    )
    there = replace(toy.toy_places(), frame=toy.toy_places().frame.fillna({"capacity": 40.0}))
    people, layer, streets = toy.toy_residents(), toy.toy_areas(), toy.toy_network()
    asked = {"within_m": 800.0, "group": "age_0_5", "network": streets}
    found = what_if(people, there, layer, scenario=change, measure=measure, secrecy=OPEN, **asked)  # type: ignore[arg-type]
    frame = there.frame.copy()
    frame.loc["k1", "capacity"] = 5
    new = gpd.GeoDataFrame(
        {"name": ["new"], "capacity": [70.0]}, geometry=[shapely.Point(toy.WEST + 1900, toy.SOUTH + 900)],
        index=pd.Index(["new"], name="place", dtype="str"), crs=frame.crs,
    )  # fmt: skip
    for when, layer_ in (("before", there), ("after", replace(there, frame=pd.concat([frame, new])))):
        whole = coverage.supply(layer, layer_, residents=people, measure=measure, year=2024, key="kita", title=TITLE,
                                **asked).parts  # type: ignore[arg-type]  # fmt: skip
        assert found.supply is not None
        np.testing.assert_allclose(found.supply[f"access_{when}"], whole["access"])
        np.testing.assert_allclose(found.supply[f"without_{when}"], whole["without"])


def test_few_people_without_are_hidden():
    """Two people have no place before nor after: no number of their area is shown, and the 40 beside them are."""
    change = scenario(places={"kita": PlaceChanges(close=("k1",))})
    people = residents([(400, 500, 60, 0), (980, 500, 2, 0), (1060, 500, 40, 0)])
    found = what_if(people, offered(30, 30), areas(), within_m=450, scenario=change, network=street(),
                    measure="two_step")  # fmt: skip
    assert found.parts["lose_residents"].tolist() == [0, 40]
    assert found.supply is not None
    assert found.supply.loc["00", ["access_after", "without_before", "without_after"]].isna().all()
    assert found.supply.loc["01", ["without_before", "without_after"]].tolist() == [0, 40]


def test_supply_is_hidden_where_the_change_is():
    """Four of five who lose their place are children: nor does supply say so, or the fifth would be told apart."""
    change = scenario(places={"kita": PlaceChanges(close=("k0",))})
    there = places([(900, 500), (1500, 500)])
    there = replace(there, frame=there.frame.assign(capacity=30.0))
    people = residents([(100, 500, 70, 20), (700, 500, 5, 4), (1500, 500, 70, 20)])
    found = what_if(people, there, areas(), within_m=300, group="age_0_5", scenario=change, network=street(),
                    measure="two_step")  # fmt: skip
    assert found.parts["lose_age_0_5"].tolist() == [4, 0]
    assert found.shown["reached_after_age_0_5"].isna().tolist() == [True, False]
    assert found.supply is not None
    assert found.supply.loc["00", ["access_after", "without_after"]].isna().all()
    assert found.supply.loc["01", ["without_before", "without_after"]].tolist() == [0, 0]


# --- what cannot be asked, and what stays --------------------------------------------------------------------------


def test_layers_stay_as_they_are():
    people, there, streets = residents(PEOPLE), offered(30), street()
    copies = people.frame.copy(), there.frame.copy(), streets.nodes.copy(), streets.edges.copy()
    change = scenario(
        places={"kita": PlaceChanges({"n": (X, Y + 500)}, {"k0": (X + 9, Y + 500)}, (), {"n": 1, "k0": 2})},
        housing=(Housing("h", (X, Y + 500), {"residents": 5}),), paths={"p": ((X + 1, Y + 500), (X + 1, Y + 900))},
        closed={"c": ((X + 1000, Y + 500), (X + 2000, Y + 500))},
    )  # fmt: skip
    what_if(people, there, areas(), within_m=500, scenario=change, network=streets, measure="two_step")
    pd.testing.assert_frame_equal(people.frame, copies[0])
    pd.testing.assert_frame_equal(there.frame, copies[1])
    assert np.array_equal(streets.nodes, copies[2])
    assert np.array_equal(streets.edges, copies[3])


def test_what_cannot_be_asked_is_said():
    people, there, layer = residents(PEOPLE), places([(500, 500)]), areas()
    with pytest.raises(DataError, match="Nothing is to be changed"):
        what_if(people, there, layer, within_m=500, scenario=scenario(places={"school": PlaceChanges(close=("s",))}))
    with pytest.raises(DataError, match="Both a scenario and single changes"):
        what_if(people, there, layer, within_m=500, scenario=scenario(), close=["k0"])
    with pytest.raises(UnknownKeyError, match='has no place "k7"'):
        what_if(people, there, layer, within_m=500,
                scenario=scenario(places={"kita": PlaceChanges(capacity={"k7": 3})}))  # fmt: skip
    home = Housing("h", (X, Y), {"residents": 5, "age_0_3": 1})
    with pytest.raises(UnknownKeyError, match='names the group "age_0_3"'):
        what_if(people, there, layer, within_m=500, scenario=scenario(housing=(home,)))
    path = scenario(paths={"p": ((X, Y), (X, Y + 900))})
    with pytest.raises(DataError, match="there is no network"):
        what_if(people, there, layer, within_m=500, scenario=path)
    with pytest.raises(DataError, match="closes no street"):
        what_if(people, there, layer, within_m=500, network=street(),
                scenario=scenario(closed={"c": ((X, Y), (X, Y + 100))}))  # fmt: skip
    with pytest.raises(DataError, match='"p" of the scenario "test" needs at least two points'):
        scenario(paths={"p": ((X, Y), (X, Y))})
    with pytest.raises(DataError, match="people of 0 or more"):
        scenario(housing=(Housing("h", (X, Y), {"residents": -1}),))


def test_residents_without_the_total_may_have_new_homes():
    people = residents(PEOPLE)
    known = ResidentLayer("grid", NAME, people.frame.assign(residents=np.nan), "grid")
    home = Housing("h", (X + 500, Y + 500), {"age_0_5": 9})
    found = what_if(known, places([(500, 500)]), areas(), within_m=500, scenario=scenario(housing=(home,)),
                    group="age_0_5")  # fmt: skip
    assert found.new is not None
    assert found.new["reached_age_0_5"].tolist() == [9, 0]
