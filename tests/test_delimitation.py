"""Proposals for an area and outlines side by side: what must always hold, plain loops, secrecy, and bad input."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import networkx
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from qmgis.delimitation import Rules, compare_options, proposals, whole_areas
from qmgis.delimitation._parts import parts_of
from qmgis.errors import CrsError, DataError, NotEnoughDataError, UnknownKeyError, VintageError
from qmgis.model import Outcome, Secrecy
from qmgis.runs.programme.proposed import compared_areas, proposed_areas
from tests import toy
from tests.toy import CRS, HOSTILE, SIDE, SOUTH, WEST

OPEN = Secrecy(min_count=1, min_base=1)
RIVER = LineString([(WEST + 1600, SOUTH - 50), (WEST + 1600, SOUTH + 2050)])
RULES = Rules(4_000, 12_000)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return toy.toy_outcome()


def ask(outcome: Outcome, **more: object):
    return proposals(outcome.areas, outcome.index, outcome.table["population"], **{"rules": RULES, **more})  # type: ignore[arg-type]


def flagged(outcome: Outcome) -> list[str]:
    return outcome.index.parts.index[outcome.index.parts["attention"].fillna(False).astype(bool)].tolist()


def neighbours(outcome: Outcome) -> networkx.Graph:
    shapes = outcome.areas.frame.geometry
    graph = networkx.Graph()
    graph.add_nodes_from(shapes.index)
    graph.add_edges_from(
        (one, other) for one in shapes.index for other in shapes.index
        if one < other and shapes[one].intersection(shapes[other]).length > 1
    )  # fmt: skip
    return graph


# --- proposals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", [
    RULES, Rules(3_000, 6_000), Rules(0, 30_000), Rules(4_000, 9_000, max_hectares=64),
    Rules(4_000, 12_000, min_compactness=0.5), Rules(0, 9_000, budget=6_000, cost_per_resident=1.0),
    Rules(4_000, 12_000, include=("01010402",)), Rules(4_000, 12_000, exclude=("01010304",)),
])  # fmt: skip
def test_proposals_keep_their_rules(rules: Rules, outcome: Outcome):
    found, people = ask(outcome, rules=rules), outcome.table["population"]
    graph = neighbours(outcome)
    for one in found.items:
        members = [*one.members]
        assert networkx.is_connected(graph.subgraph(members))
        assert one.figures["residents"] == people[members].sum()
        assert rules.min_residents <= one.figures["residents"] <= rules.max_residents
        assert one.figures["hectares"] == pytest.approx(16 * len(members))
        assert one.figures["hectares"] <= (rules.max_hectares or np.inf)
        assert one.figures["cost"] <= (rules.budget or np.inf)
        assert set(rules.include) <= set(members)
        assert not set(rules.exclude) & set(members)
        shape = outcome.areas.frame.geometry[members].union_all()
        assert one.geometry.equals(shape)
        assert one.figures["compactness"] == pytest.approx(4 * np.pi * shape.area / shape.length**2)
        assert one.figures["compactness"] >= rules.min_compactness - 1e-9
        inside = [area for area in flagged(outcome) if area in members]
        assert one.figures["flagged_residents"] == people[inside].sum()
        assert one.figures["captured"] == pytest.approx(people[inside].sum() / people[flagged(outcome)].sum())


def test_a_place_has_proposals_that_differ(outcome: Outcome):
    found, people = ask(outcome, count=5), outcome.table["population"]
    assert len(found.items) >= 2
    for one in found.items:
        for other in found.items:
            both, either = set(one.members) & set(other.members), set(one.members) | set(other.members)
            share = people[[*both]].sum() / people[[*either]].sum()
            assert found.alike.loc[one.key, other.key] == pytest.approx(share)
            assert one is other or share <= 0.8
    assert {one.place for one in found.items} == {"A"}
    assert "keine Reihenfolge" in found.sentence.de
    assert found["A2"].variant in ("compact", "wide", "narrow", "without", "with")


def test_every_member_has_reasons_in_both_languages(outcome: Outcome):
    for one in ask(outcome, count=5).items:
        assert [*one.reasons] == [*one.sentences] == [*one.members]
        assert all(one.reasons.values())
        for area in flagged(outcome):
            if area in one.members:
                assert "flagged" in one.reasons[area]
                assert "requires attention" in one.sentences[area].en
        assert "zur Prüfung" in one.sentence.de
    assert ask(outcome, rules=replace(RULES, include=("01010402",))).items[0].reasons["01010402"][0] == "asked"


def test_the_order_of_rows_changes_nothing(outcome: Outcome):
    once, order = ask(outcome), np.random.default_rng(3).permutation(len(outcome.areas.frame))
    areas = replace(outcome.areas, frame=outcome.areas.frame.iloc[order])
    again = proposals(areas, outcome.index, outcome.table["population"].iloc[order[::-1]], rules=RULES)
    assert [one.members for one in again.items] == [one.members for one in once.items]
    assert [one.sentence for one in again.items] == [one.sentence for one in once.items]
    assert [[price.sentence for price in one.prices] for one in again.items] == [
        [price.sentence for price in one.prices] for one in once.items
    ]


def test_barriers_are_not_crossed_except_where_a_street_leads_across(outcome: Outcome):
    east = {area for area in outcome.areas.frame.index if area[6:] >= "04"}
    shut = ask(outcome, barriers=[RIVER], rules=Rules(17_000, 40_000))
    for one in shut.items:
        assert set(one.members) <= east or not set(one.members) & east
    price = next(price for price in shut.items[0].prices if price.rule == "barriers")
    assert price.comes
    assert "Without the rule “not across barriers”" in price.sentence.en
    free = ask(outcome, barriers=[RIVER], rules=Rules(17_000, 40_000, cross_barriers=True))
    assert not any(price.rule == "barriers" for one in free.items for price in one.prices)
    assert set(free.items[0].members) == set(shut.items[0].members) - set(price.goes) | set(price.comes)
    # the toy city's bridge leads from the fourth column into the fifth in the middle row only
    bridged = ask(outcome, barriers=[RIVER], network=toy.toy_network(), rules=Rules(17_000, 40_000))
    west = {area for one in bridged.items for area in one.members} - east
    assert not west or "01010203" in west


def test_current_programme_areas_stay_as_they_are(outcome: Outcome):
    east = box(WEST + 4 * SIDE, SOUTH + 4 * SIDE, WEST + 5 * SIDE, SOUTH + 5 * SIDE)
    programme = toy.toy_programme()
    frame = programme.frame.copy()
    frame.loc["QM-01", "geometry"] = east
    layer = replace(programme, frame=frame)
    kept = ask(outcome, programme=layer, on=date(2024, 12, 31))
    assert not any("01010404" in one.members for one in kept.items)
    price = next(price for price in kept.items[0].prices if price.rule == "existing")
    assert "01010404" in price.comes
    ignored = ask(outcome, programme=layer, on=date(2024, 12, 31), rules=replace(RULES, keep_existing=False))
    assert any("01010404" in one.members for one in ignored.items)
    assert "QM-01" in ignored.programme["programme_area"].tolist()
    # what stays out by name stays out, whatever the other rule costs
    both = ask(outcome, programme=layer, on=date(2024, 12, 31), rules=replace(RULES, exclude=("01010404",)))
    assert not any("01010404" in price.comes for one in both.items for price in one.prices)
    # before it began it bars nothing
    early = ask(outcome, programme=layer, on=date(2017, 12, 31))
    assert any("01010404" in one.members for one in early.items)


def test_the_price_of_a_rule_is_what_the_search_gives_without_it(outcome: Outcome):
    tight = Rules(4_000, 6_000, max_hectares=64)
    found = ask(outcome, rules=tight)
    prices = {price.rule: price for price in found.items[0].prices}
    assert [*prices] == ["min_residents", "max_residents", "max_hectares"]
    for rule, price in prices.items():
        assert not set(price.comes) & set(found.items[0].members), rule
        assert set(price.goes) <= set(found.items[0].members), rule
        people = outcome.table["population"]
        change = people[[*price.comes]].sum() - people[[*price.goes]].sum()
        assert price.gained["residents"] == pytest.approx(change)
    excluded = ask(outcome, rules=replace(RULES, exclude=("01010405",)))
    price = next(one for one in excluded.items[0].prices if one.rule == "exclude")
    assert "01010405" in price.comes
    assert price.gained["flagged_residents"] > 0


def test_facilities_inside_and_just_outside(outcome: Outcome):
    found = ask(outcome, places={"kita": toy.toy_places()}, near_m=300)
    for _, row in found.facilities.iterrows():
        shape = found[row["proposal"]].geometry
        inside = sum(shape.covers(point) for point in toy.toy_places().frame.geometry)
        near = sum(0 < shape.distance(point) <= 300 for point in toy.toy_places().frame.geometry)
        assert (row["inside"], row["near"]) == (inside, near)


def test_blocks_are_smaller_units_that_carry_the_signals_of_their_area(outcome: Outcome):
    """Quarters of the areas, 20 m apart from each other by streets."""
    blocks = toy.toy_blocks(street_m=20.0)
    residents = toy.toy_residents()
    found = ask(outcome, blocks=blocks, gap_m=25.0, residents=residents, rules=Rules(400, 900))
    assert found.items
    points = residents.frame
    for one in found.items:
        shape = one.geometry.buffer(10.5, cap_style="square", join_style="mitre")
        lived = points.loc[points.within(shape), "residents"].sum()
        assert one.figures["residents"] == pytest.approx(lived, rel=0.05)  # blocks of few count with a neighbour
        assert 400 <= one.figures["residents"] <= 900
        assert all("-" in member for member in one.members)
    assert any("carry the index" in text.en for text in found.warnings)
    with pytest.raises(NotEnoughDataError, match="need to know where people live"):
        ask(outcome, blocks=blocks)


def test_proposals_never_differ_by_a_few_people(outcome: Outcome):
    population = outcome.table["population"].copy()
    population["01010403"] = 4.0
    found = proposals(outcome.areas, outcome.index, population, rules=RULES, count=5)
    counted = found.frame["residents"]
    for one in found.items:
        own = population[[*one.members]].sum()
        if "01010403" in one.members:
            assert counted[one.key] == own or counted[one.key] == own - 4
    # the four are counted with the neighbour that has most, wherever that is
    near = ["01010303", "01010402", "01010404"]
    largest = population[near].idxmax()
    for one in found.items:
        others = population[[member for member in one.members if member != "01010403"]].sum()
        assert counted[one.key] == others + 4 * (largest in one.members)


def test_areas_without_known_residents_stay_out(outcome: Outcome):
    population = outcome.table["population"].copy()
    population["01010404"] = np.nan
    found = proposals(outcome.areas, outcome.index, population, rules=RULES)
    assert not any("01010404" in one.members for one in found.items)
    assert any("without known residents" in text.en for text in found.warnings)


def test_names_are_text_and_never_read_as_more(outcome: Outcome):
    found = ask(outcome, rules=Rules(4_000, 60_000, include=("01010003",)))
    assert HOSTILE in found.items[0].sentences["01010003"].de


def test_a_place_without_an_area_says_why(outcome: Outcome):
    population = outcome.table["population"].copy()
    alone = flagged(outcome)[0]
    population[alone] = 50_000.0
    cut = [LineString(shapely.get_coordinates(outcome.areas.frame.geometry[alone]))]
    found = proposals(outcome.areas, outcome.index, population, rules=RULES, barriers=cut)
    assert "a single unit has more residents than the upper limit" in found.small[0].en
    population[alone] = 400.0
    found = proposals(outcome.areas, outcome.index, population, rules=RULES, barriers=cut)
    assert "stays a point of attention" in found.small[0].en


BAD = [
    (Rules(200_000, 300_000), DataError, r"200,000 residents cannot be reached: at most [\d,]+ hang together"),
    (Rules(20_000, 20_001, max_hectares=32), DataError, "keeps all limits together; raise the upper limits"),
    (Rules(100, 500, include=("01010405",)), DataError, r"more than the upper limit of 500; raise max_residents"),
    (Rules(include=("nowhere",)), UnknownKeyError, 'no unit "nowhere"'),
]


@pytest.mark.parametrize(("rules", "error", "sentence"), BAD)
def test_rules_that_nothing_keeps_say_the_way_out(rules: Rules, error: type, sentence: str, outcome: Outcome):
    with pytest.raises(error, match=sentence) as caught:
        ask(outcome, rules=rules)
    assert caught.value.say("de") != str(caught.value)


def test_crossing_barriers_is_named_as_a_way_out_only_where_it_is_one(outcome: Outcome):
    everybody = float(outcome.table["population"].sum())
    with pytest.raises(DataError, match="lower min_residents, or set cross_barriers=True"):
        ask(outcome, barriers=[RIVER], rules=Rules(0.9 * everybody, everybody))
    with pytest.raises(DataError, match=r"lower min_residents\.$"):
        ask(outcome, barriers=[RIVER], rules=Rules(2 * everybody, 3 * everybody))


def test_bad_questions(outcome: Outcome):
    with pytest.raises(DataError, match="is to be in and to stay out"):
        Rules(include=("a",), exclude=("a",))
    with pytest.raises(DataError, match="lower one that is at least 0"):
        Rules(9_000, 5_000)
    with pytest.raises(DataError, match="A budget needs"):
        Rules(budget=1e6)
    with pytest.raises(DataError, match="out of reach"):
        Rules(min_compactness=0.95)
    with pytest.raises(DataError, match="give 2 to 5"):
        ask(outcome, count=9)
    with pytest.raises(NotEnoughDataError, match="No area that requires attention is left"):
        ask(outcome, rules=replace(RULES, exclude=tuple(flagged(outcome))))
    with pytest.raises(DataError, match="no way leads from one to the other"):
        ask(outcome, barriers=[RIVER], rules=Rules(include=("01010000", "01010005")))
    with pytest.raises(NotEnoughDataError, match="need the residents of each area"):
        proposals(outcome.areas, outcome.index, None)
    with pytest.raises(VintageError, match="take the areas of its version"):
        ask(replace(outcome, areas=replace(outcome.areas, vintage="other")))


# --- outlines side by side -----------------------------------------------------------------------------------------


def drawn(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=CRS)


def square(x: float, y: float, width: float, height: float) -> Polygon:
    return box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def test_figures_are_those_of_a_plain_loop_over_points(outcome: Outcome):
    outlines = drawn(one=square(1300, 1100, 900, 700), two=Polygon(Point(WEST + 1800, SOUTH + 1500).buffer(430)))
    found = compare_options(outlines, outcome.areas, outcome.index, residents=toy.toy_residents(), secrecy=OPEN)
    points, areas = toy.toy_residents().frame, outcome.areas.frame.geometry
    attention = set(flagged(outcome))
    for name, shape in outlines.geometry.items():
        people = attended = 0.0
        for point, count in zip(points.geometry, points["residents"], strict=True):
            if shape.intersects(point):
                people += count
                attended += (
                    count if next(area for area in areas.index if areas[area].intersects(point)) in attention else 0
                )
        row = found.frame.loc[name]
        assert (row["residents"], row["flagged_residents"]) == (people, attended)
        assert row["residents"] + row["residents_outside"] == found.total["residents"] == points["residents"].sum()
        assert row["density"] == pytest.approx(people / (shape.area / 1e4))
        cut = sum(0.01 < areas[area].intersection(shape).area / areas[area].area < 0.99 for area in areas.index)
        assert row["split_areas"] == cut
    assert not found.frame["is_estimate"].any()
    within = [points["residents"][points.intersects(shape)] for shape in outlines.geometry]
    both = points["residents"][
        points.intersects(outlines.geometry.iloc[0].intersection(outlines.geometry.iloc[1]))
    ].sum()
    assert found.alike.loc["one", "two"] == pytest.approx(both / (within[0].sum() + within[1].sum() - both))


def test_without_points_people_are_estimated_by_land_and_said_to_be(outcome: Outcome):
    half = drawn(half=square(0, 400, 200, 400), whole=square(400, 400, 400, 400))
    found = compare_options(half, outcome.areas, outcome.index, population=outcome.table["population"])
    people = outcome.table["population"]
    assert found.frame["residents"].tolist() == pytest.approx([people["01010100"] / 2, people["01010101"]])
    assert found.frame["is_estimate"].tolist() == [True, False]
    assert "geschätzt" in found.sentences["half"].de
    assert "estimates" in found.warnings[0].en
    inside = found.frame["residents"] + found.frame["residents_outside"]
    assert inside.tolist() == pytest.approx([people.sum()] * 2)


def test_outlines_around_few_people_show_none_and_never_differ_by_a_few(outcome: Outcome):
    spot = toy.toy_residents().frame.iloc[44]
    house = shapely.Point(spot.geometry).buffer(20)
    large = square(0, 0, 1200, 1200)
    outlines = drawn(house=house, large=large, less=large.difference(house))
    strict = Secrecy(min_count=3, min_base=int(spot["residents"]) + 1)
    found = compare_options(outlines, outcome.areas, outcome.index, residents=toy.toy_residents(), secrecy=strict)
    assert found.frame["too_few"].tolist() == [True, False, False]
    assert found.frame.loc["house", ["residents", "residents_outside", "flagged_residents", "captured"]].isna().all()
    assert "too few people" in found.sentences["house"].en
    assert found.frame.loc["large", "residents"] == found.frame.loc["less", "residents"]
    together = found.frame["residents"] + found.frame["residents_outside"]
    assert together.iloc[1:].tolist() == [found.total["residents"]] * 2


def test_nobody_learns_of_few_people_by_asking_again_and_again(outcome: Outcome):
    strict, rng = Secrecy(min_count=3, min_base=40), np.random.default_rng(7)
    points = toy.toy_residents().frame
    asked: list[shapely.Geometry] = []
    told: list[float] = []
    for number in range(14):
        shape = square(*rng.uniform(0, 1200, 2), *rng.uniform(500, 1100, 2))
        if number % 2:  # a house less than before
            spot = points.geometry[points.intersects(asked[-1])].iloc[int(rng.integers(9))]
            shape = asked[-1].difference(spot.buffer(15))
        found = compare_options(drawn(a=shape), outcome.areas, outcome.index, residents=toy.toy_residents(),
                                secrecy=strict, earlier=asked)  # fmt: skip
        asked.append(shape)
        told.append(float(found.frame.loc["a", "residents"]))
    exact = [float(points["residents"][points.intersects(shape)].sum()) for shape in asked]

    def pairs(numbers: list[float]) -> list[tuple[float, float]]:
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    assert any(0 < abs(one - two) < 40 for one, two in pairs(exact)), "or nothing is tested"
    again = compare_options(
        drawn(**{f"o{place}": shape for place, shape in enumerate(asked)}), outcome.areas, outcome.index,
        residents=toy.toy_residents(), secrecy=strict, earlier=asked,
    )  # fmt: skip
    assert again.frame["residents"].tolist() == told, "what was told stays"
    assert all(one == two or abs(one - two) >= 40 for one, two in pairs(told)), "a house less changes nothing"
    parts = parts_of(outcome.areas, np.array(asked), pd.Series(dtype=float), residents=toy.toy_residents(), min_base=40)
    assert parts.cells["people"].min() >= 40, "all that is told, and all differences, are sums of these"
    assert told == [float(parts.cells["people"][inside].sum()) for inside in parts.inside.T]


def test_an_area_of_few_people_is_never_told_exactly(outcome: Outcome):
    population = outcome.table["population"].copy()
    population["01010403"] = 4.0
    shapes = outcome.areas.frame.geometry
    both = shapely.union_all(shapes[["01010402", "01010403"]].to_numpy())
    outlines = drawn(few=shapes["01010403"], one=shapes["01010402"], both=both)
    found = compare_options(outlines, outcome.areas, outcome.index, population=population)
    assert found.frame["too_few"].tolist() == [True, False, False]
    assert found.frame.loc["one", "residents"] == found.frame.loc["both", "residents"] == population["01010402"]
    assert pd.isna(found.frame.loc["few", "residents"])
    assert (found.frame["residents"] + found.frame["residents_outside"]).dropna().tolist() == [population.sum()] * 2


def test_an_outline_is_taken_to_the_areas_of_which_more_than_half_lies_inside(outcome: Outcome):
    outlines = drawn(wide=square(390, 390, 630, 420), narrow=square(0, 0, 150, 150))
    found = whole_areas(outlines, outcome.areas)
    areas = outcome.areas.frame.geometry
    by_hand = sorted(area for area in areas.index if areas[area].intersection(outlines.geometry["wide"]).area > 8e4)
    assert found == {"wide": tuple(by_hand), "narrow": ()}
    assert len(by_hand) == 2


def test_outlines_in_degrees_are_brought_into_the_citys_system(outcome: Outcome):
    here = drawn(a=square(400, 400, 800, 800))
    one = compare_options(here, outcome.areas, outcome.index, residents=toy.toy_residents())
    other = compare_options(here.to_crs(4326), outcome.areas, outcome.index, residents=toy.toy_residents())
    assert other.frame["residents"].tolist() == one.frame["residents"].tolist()
    assert other.frame["hectares"].tolist() == pytest.approx([64.0])


def test_what_reaches_beyond_the_city_is_said(outcome: Outcome):
    found = compare_options(drawn(edge=square(-400, 0, 800, 400)), outcome.areas, outcome.index,
                            residents=toy.toy_residents())  # fmt: skip
    assert "reaches beyond the city's areas (50% of its land)" in found.warnings[0].en


OUTLINES = [
    (drawn(a=square(-9000, 0, 100, 100)), DataError, "“a” lies outside the city's areas; move the outline"),
    (drawn(a=Polygon([(WEST, SOUTH), (WEST + 90, SOUTH + 90), (WEST + 90, SOUTH), (WEST, SOUTH + 90)])), DataError,
     r"touches or crosses itself at \(560,045.0; 5,700,045.0\); draw the outline anew there"),
    (drawn(a=Point(WEST, SOUTH)), DataError, "“a” is no polygon"),
    (drawn().set_crs(CRS), DataError, "no outline to look at"),
    (drawn(a=square(0, 0, 99, 99)).set_crs(4326, allow_override=True), DataError,
     r"^“a” has coordinates that its reference system does not have; GeoJSON needs degrees \(EPSG:4326\)"),
    (drawn(a=square(0, 0, 9, 9)).set_crs(None, allow_override=True), CrsError, "reference system the outlines are"),
    (drawn(a=square(0, 0, 99, 99), b=square(0, 0, 9, 9)).rename(index={"b": "a"}), DataError, "“a” is there twice"),
]  # fmt: skip


@pytest.mark.parametrize(("outlines", "error", "sentence"), OUTLINES)
def test_bad_outlines_say_the_way_out(outlines: gpd.GeoDataFrame, error: type, sentence: str, outcome: Outcome):
    with pytest.raises(error, match=sentence):
        compare_options(outlines, outcome.areas, outcome.index, residents=toy.toy_residents())


def test_all_faults_of_outlines_come_together(outcome: Outcome):
    outlines = drawn(dot=Point(WEST, SOUTH), far=square(-9000, 0, 9, 9))
    with pytest.raises(DataError, match=r"“dot” is no polygon.*“far” lies outside") as caught:
        compare_options(outlines, outcome.areas, outcome.index, residents=toy.toy_residents())
    assert "„far“ liegt außerhalb" in caught.value.say("de")


# --- a run ---------------------------------------------------------------------------------------------------------


def test_a_run_gives_its_barriers_streets_places_and_limits(outcome: Outcome):
    city = toy.toy_city()
    walled = replace(city, barriers={"river": gpd.GeoSeries([RIVER], crs=CRS)})
    found = proposed_areas(walled, outcome, rules=RULES)
    assert set(found.facilities["places"]) == {"kita"}
    assert not any("No barriers" in text.en for text in found.warnings)
    assert any("No barriers" in text.en for text in proposed_areas(city, outcome, rules=RULES).warnings)
    options = compared_areas(city, outcome, found.frame)
    assert options.frame.index.tolist() == found.frame.index.tolist()
    assert (options.frame["split_areas"] == 0).all()
    assert options.frame["hectares"].tolist() == pytest.approx(found.frame["hectares"].tolist())
