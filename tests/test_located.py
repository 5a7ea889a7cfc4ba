"""People by whole units: sums are kept, no part is small, no question about units tells of a few people."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.delimitation import Rules, compare_options, people_by_unit, proposals
from qmgis.errors import UnknownKeyError
from qmgis.model import AreaLayer, Outcome, ResidentLayer, Secrecy, Text
from qmgis.runs.programme.proposed import compared_areas, located, proposed_areas, units_of
from tests import toy
from tests.toy import CRS, SIDE, SOUTH, VINTAGE, WEST

LEAST = 10
SPOT = st.tuples(st.integers(0, 39), st.integers(0, 29), st.integers(0, 25))  # every 40 m, on no border of an area


def homes(spots: list[tuple[int, int, int]]) -> ResidentLayer:
    points = [shapely.Point(WEST + 17 + 40 * x, SOUTH + 23 + 40 * y) for x, y, _ in spots]
    index = pd.Index([f"o{number}" for number in range(len(spots))], name="origin", dtype="str")
    people = [float(people) for _, _, people in spots]
    frame = gpd.GeoDataFrame({"residents": people}, geometry=points, index=index, crs=CRS)
    return ResidentLayer("homes", Text("Orte", "Homes"), frame, "address")


def per(layer: AreaLayer, residents: ResidentLayer) -> dict[str, float]:
    """Return the people of each polygon, by a plain loop."""
    frame = residents.frame
    return {
        str(key): float(frame["residents"][frame.intersects(shape)].sum())
        for key, shape in layer.frame.geometry.items()
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(SPOT, min_size=1, max_size=60, unique_by=lambda one: one[:2]))
def test_no_part_is_small_and_areas_keep_their_people(spots):
    areas, raw = toy.toy_areas(), homes(spots)
    layers = [toy.toy_blocks(), toy.toy_blocks(street_m=30, key="inner", side=5)]
    found = people_by_unit(areas, raw, layers, min_base=LEAST)
    before, after = per(areas, raw), per(areas, found)
    assert before == after
    frame = found.frame
    for area, shape in areas.frame.geometry.items():
        inside = frame["residents"][frame.intersects(shape)]
        assert (inside >= LEAST).all() or len(inside) == 1, area
        assert len(inside) == 1 or before[area] >= LEAST or inside.empty
    for layer in layers:  # every point lies in a unit of each layer, so that outlines of units count everybody
        assert sum(per(layer, found).values()) == sum(before.values())
    again = people_by_unit(areas, found, layers, min_base=LEAST).frame
    assert again["residents"].tolist() == frame["residents"].tolist()
    assert shapely.equals(again.geometry.to_numpy(), frame.geometry.to_numpy()).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(SPOT, min_size=3, max_size=50, unique_by=lambda one: one[:2]), st.integers(0, 2**32 - 1))
def test_units_taken_in_one_by_one_never_tell_of_few_people(spots, seed):
    """Whoever asks for outlines that grow by one block of either layer subtracts each from the next."""
    areas, raw, rng = toy.toy_areas(), homes(spots), np.random.default_rng(seed)
    layers = [toy.toy_blocks(), toy.toy_blocks(street_m=30, key="inner", side=5)]
    found = people_by_unit(areas, raw, layers, min_base=LEAST)
    total = per(areas, raw)
    few = {area for area, people in total.items() if 0 < people < LEAST}
    for layer in layers:
        order = rng.permutation(len(layer.frame))[:40]
        outlines = [shapely.union_all(layer.frame.geometry.to_numpy()[order[: n + 1]]) for n in range(len(order))]
        told = [found.frame["residents"][found.frame.intersects(one)].sum() for one in outlines]
        steps = [after - before for before, after in pairwise([0.0, *told])]
        small = [step for step in steps if 0 < step < LEAST]
        assert len(small) <= len(few), "only an area that has few people altogether may be as small"


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return toy.toy_outcome()


def test_areas_of_few_people_and_small_blocks_are_told_by_no_outline(outcome: Outcome):
    """In one area three people live; in one block of another two people do, the rest of it has 60."""
    spots = [(2, 2, 3), (12, 2, 2), (17, 2, 60), *((x, y, 40) for x in range(20, 40, 5) for y in range(2, 30, 5))]
    raw, blocks = homes(spots), toy.toy_blocks()
    areas = outcome.areas
    whole = people_by_unit(areas, raw, [blocks], min_base=LEAST)
    names = ["01010000-0", "01010001-0", "01010001-1"]
    drawn = gpd.GeoDataFrame(geometry=blocks.frame.geometry[names].to_numpy(), index=names, crs=CRS)
    found = compare_options(
        drawn, areas, outcome.index, residents=whole, lived=raw, secrecy=Secrecy(min_count=3, min_base=LEAST)
    )
    assert found.frame["too_few"].tolist() == [True, True, False]
    assert found.frame["residents"].isna().tolist() == [True, True, False]
    assert found.frame["residents"].iloc[2] == 62, "the two of the block beside count here"
    assert found.total["residents"] == raw.frame["residents"].sum()
    without = compare_options(drawn, areas, outcome.index, residents=whole, secrecy=Secrecy(3, LEAST)).frame
    assert without["residents"].iloc[1] == 0, "so it has to be known who lives where"


def test_proposals_of_blocks_and_their_outlines_tell_the_same(outcome: Outcome):
    city = replace(toy.toy_city(), units={"blocks": toy.toy_blocks()}, programmes={"programme": toy.toy_programme()})
    found = proposed_areas(city, outcome, blocks=city.units["blocks"], rules=Rules(1_000, 4_000))
    assert len(found.items) > 2
    beside = compared_areas(city, outcome, found.frame)
    for name in ("residents", "flagged_residents", "captured", "flagged_share", "score", "score_sd"):
        assert beside.frame[name].to_numpy() == pytest.approx(found.frame[name].to_numpy()), name
    assert found.parameters["units"] == "blocks"
    assert (beside.frame["residents"] + beside.frame["residents_outside"] == beside.total["residents"]).all()


def test_a_city_with_units_counts_whole_areas_as_before(outcome: Outcome):
    plain = toy.toy_city()
    city = replace(plain, units={"blocks": toy.toy_blocks()})
    found = proposed_areas(plain, outcome)
    one, other = (compared_areas(each, outcome, found.frame).frame for each in (plain, city))
    assert one["residents"].tolist() == other["residents"].tolist()
    assert located(plain) is not located(city)
    assert located(city).frame["residents"].min() >= city.secrecy.min_base


def test_blocks_of_few_are_in_no_price_either(outcome: Outcome):
    """Every figure and every gain of a rule is a sum of parts of ten people or more."""
    rng = np.random.default_rng(3)
    spots = [(x, y, int(rng.integers(0, 12))) for x in range(40) for y in range(30)]
    raw, blocks = homes(spots), toy.toy_blocks(side=4)
    found = proposals(
        outcome.areas, outcome.index, outcome.table["population"], blocks=blocks, residents=raw, rules=Rules(300, 900)
    )
    parts = people_by_unit(outcome.areas, raw, [blocks], min_base=LEAST).frame
    by_block = {
        key: float(parts["residents"][parts.intersects(shape)].sum()) for key, shape in blocks.frame.geometry.items()
    }
    assert min(people for people in by_block.values() if people) >= LEAST
    for one in found.items:
        assert one.figures["residents"] == sum(by_block[member] for member in one.members)
        for price in one.prices:
            gained = sum(by_block[unit] for unit in price.comes) - sum(by_block[unit] for unit in price.goes)
            assert price.gained["residents"] == pytest.approx(gained)


def test_units_are_offered_for_the_newest_areas_only():
    old = replace(toy.toy_areas(), key="old", vintage="toy-2000")
    city = replace(toy.toy_city(), units={"blocks": toy.toy_blocks()})
    run = next(key for key, one in city.runs.items() if one.vintage == VINTAGE)
    assert units_of(city, run, "blocks") is city.units["blocks"]
    assert units_of(city, run, "") is None
    with pytest.raises(UnknownKeyError, match=r'no units "block".*"blocks"'):
        units_of(city, run, "block")
    new = replace(toy.toy_areas(), key="new", vintage="zz-2030")
    later = {**city.tables, new.vintage: toy.toy_table(vintage=new.vintage)}
    both = replace(city, area_layers={**city.area_layers, old.vintage: old, new.vintage: new}, tables=later)
    assert units_of(both, run, "blocks") is None


def test_an_address_in_the_street_counts_with_the_nearest_block(outcome: Outcome):
    street = homes([(4, 4, 30), (9, 9, 50)])  # 177, 183 and 377, 383 m: the second in the street by a block's corner
    blocks = toy.toy_blocks(street_m=60)
    found = people_by_unit(outcome.areas, street, [blocks], min_base=LEAST)
    told = {key: people for key, people in per(blocks, found).items() if people}
    assert told == {"01010000-0": 30.0, "01010000-3": 50.0}
    assert SIDE == 400
