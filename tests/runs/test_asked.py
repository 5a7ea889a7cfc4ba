"""Questions that no run declares: answered as a run would, and no two of them give few people away."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from qmgis.errors import DataError
from qmgis.model import Secrecy, Text
from qmgis.runs.asked import (
    KEY,
    METRES,
    MINUTES,
    answer,
    ask,
    groups_of,
    guarded_together,
    limits_of_places,
    outlines,
    word_of,
)
from qmgis.runs.compute import compute
from qmgis.runs.sites import changed
from qmgis.siting import what_if
from tests.toy import HOSTILE, toy_city, toy_network, toy_outcome, toy_places, toy_residents

FEW = (1, 2)


@pytest.fixture(scope="module")
def city():
    return toy_city()


@pytest.fixture(scope="module")
def outcome():
    return toy_outcome()


@pytest.fixture(scope="module")
def ladder(city, outcome):
    return guarded_together(city, outcome, "kita")


@pytest.fixture(scope="module")
def answers(city, outcome, ladder):
    """Every answer that there is: by group and limit."""
    words = [word_of(one) for one in limits_of_places(city, "kita")][:11]  # all distances, two times
    found = {}
    for group in groups_of(city):
        for word in words:
            theme = ask(city, outcome, group=group, within=word)
            found[group, word] = answer(city, outcome, theme, ladder=ladder).coverage[theme.key].seen
    return found


def _shown(answers, outcome):
    """What a patient reader has: people reached by group, limit and area, the run's theme among them."""
    found = {}
    for (group, word), seen in answers.items():
        found.setdefault(group, {})[word] = seen["reached"]
    for name, column in outcome.coverage["kita"].seen.items():
        if str(name).startswith("reached_age_"):
            found[str(name).removeprefix("reached_")]["run"] = column
    return found


class TestQuestion:
    def test_the_theme_of_the_run_is_what_is_asked_without_words(self, city, outcome):
        assert ask(city, outcome) is outcome.themes["kita"]
        assert ask(city, outcome, places="kita", group="age_0_5", within="500m", mode="walk") is outcome.themes["kita"]

    @pytest.mark.parametrize("within", ["501m", "-5m", "500", "0min", "nan", "1e3m", HOSTILE])
    def test_only_distances_of_the_list_are_known(self, city, outcome, within):
        assert ask(city, outcome, within=within).within_m == 500

    def test_all_of_the_list_can_be_asked(self, city, outcome):
        found = [ask(city, outcome, group="residents", within=f"{one:g}m") for one in METRES]
        assert [one.within_m for one in found] == list(METRES)
        found = [ask(city, outcome, within=f"{one:g}min") for one in MINUTES]
        assert [(one.within_m, one.within_min) for one in found] == [(None, one) for one in MINUTES]
        assert {one.key for one in found} == {KEY}

    def test_unknown_words_fall_back(self, city, outcome):
        theme = ask(city, outcome, places="none", group="age_1_2", mode="balloon")
        assert theme is outcome.themes["kita"]

    def test_places_without_a_theme_can_be_asked(self, city, outcome):
        more = replace(
            city, places={**city.places, "clinic": replace(toy_places(), key="clinic", title=Text("K", "C"))}
        )
        theme = ask(more, outcome, places="clinic")
        assert (theme.key, theme.group, theme.within_m) == (KEY, "residents", 500.0)

    def test_supply_is_asked_where_every_place_has_a_capacity(self, city, outcome, ladder):
        assert ask(city, outcome, within="600m").supply is None
        frame = toy_places().frame.fillna({"capacity": 40.0})
        full = replace(city, places={"kita": replace(toy_places(), frame=frame)})
        theme = ask(full, outcome, within="600m")
        assert theme.supply == "two_step"
        found = answer(full, outcome, theme, ladder=ladder)
        assert "asked_access" in found.table
        assert found.supply[KEY].value.notna().any()

    def test_a_city_without_places_says_so(self, city, outcome):
        with pytest.raises(DataError, match="no places"):
            ask(replace(city, places={}), replace(outcome, themes={}))


class TestAnswer:
    def test_it_is_what_a_slow_search_counts(self, city, outcome, ladder):
        """Origins at a street corner's half: the way is counted on the grid of streets, with its one bridge."""
        theme = ask(city, outcome, group="age_65_plus", within="800m")
        found = answer(city, outcome, theme, ladder=ladder).coverage[KEY]
        people, network = toy_residents().frame, toy_network()
        metres = _walked(network, np.column_stack([toy_places().frame.geometry.x, toy_places().frame.geometry.y]))
        first = found.parts.index[0]
        square = city.area_layers[outcome.areas.vintage].frame.geometry[first]
        inside = people[people.within(square)]
        near = [metres(point.x, point.y) <= 800 for point in inside.geometry]
        assert found.parts.loc[first, "reached"] == inside["age_65_plus"][near].sum()

    def test_it_has_this_theme_alone(self, city, outcome, ladder):
        theme = ask(city, outcome, within="800m")
        found = answer(city, outcome, theme, ladder=ladder)
        assert list(found.themes) == list(found.coverage) == [KEY]
        assert not [name for name in found.table if str(name).startswith("kita_")]
        assert [one["within_m"] for one in found.recipe.parameters["coverage"]] == [800.0]
        assert found.recipe.id != outcome.recipe.id
        assert city.themes.keys() == {"kita"}

    def test_a_theme_of_the_run_is_shown_as_the_run_shows_it(self, city, outcome):
        found = answer(city, outcome, outcome.themes["kita"])
        pd.testing.assert_series_equal(found.table["kita_reached"], outcome.table["kita_reached"])
        assert found.gaps["not_reached"].sum() == outcome.gaps["not_reached"].sum()

    def test_squares_of_own_questions_have_no_numbers(self, city, outcome, ladder):
        found = answer(city, outcome, ask(city, outcome, within="400m"), ladder=ladder)
        assert len(found.gaps)
        assert found.gaps["not_reached"].isna().all()

    def test_incomplete_places_have_no_squares(self, city, outcome, ladder):
        some = replace(city, places={"kita": replace(toy_places(), complete=False)})
        assert answer(some, outcome, ask(some, outcome, within="400m"), ladder=ladder).gaps is None


class TestSecrecy:
    def test_no_two_answers_differ_by_few_people(self, answers, outcome):
        for group, by_limit in _shown(answers, outcome).items():
            for one, other in combinations(by_limit, 2):
                between = (by_limit[one] - by_limit[other]).abs().round(6)
                assert not between.isin(FEW).any(), (group, one, other)

    def test_without_the_guard_some_would(self, city, outcome):
        from qmgis.runs.steps import reach_theme

        plain = [
            reach_theme(city, outcome.areas, ask(city, outcome, group="age_0_5", within=f"{one:g}m"), year=2024).seen
            for one in METRES
        ]
        pairs = combinations(plain, 2)
        assert any((one["reached"] - other["reached"]).abs().isin(FEW).any() for one, other in pairs)

    def test_scenarios_of_two_questions_do_not_either(self, city, outcome, ladder):
        """People before and after closing a place, at each distance."""
        found, plain = {}, {}
        for metres in METRES:
            theme = ask(city, outcome, group="age_0_5", within=f"{metres:g}m")
            answered = answer(city, outcome, theme, ladder=ladder)
            change = changed(city, answered, theme.key, close=["k2"])
            assert (
                change.shown["reached_after_age_0_5"][answered.coverage[theme.key].seen["reached"].isna()].isna().all()
            )
            assert theme.key in answered.totals or "in all areas is not shown" in change.sentence.en
            found[metres] = change.shown["reached_before_age_0_5"]
            plain[metres] = what_if(
                toy_residents(), toy_places(), outcome.areas, within_m=metres, close=["k2"], group="age_0_5",
                network=toy_network(),
            ).shown["reached_before_age_0_5"]  # fmt: skip
        few = [(plain[one] - plain[other]).abs().isin(FEW).any() for one, other in combinations(METRES, 2)]
        assert any(few), "the case must be one in which scenarios would tell"
        for one, other in combinations(METRES, 2):
            assert not (found[one] - found[other]).abs().round(6).isin(FEW).any(), (one, other)

    def test_everybody_less_the_ages_that_are_shown_is_nobody_or_enough(self, city):
        """The run's theme shows ages, an own question everybody: what is left must not be a few."""
        strict = replace(city, secrecy=Secrecy(min_count=8, min_base=10))
        outcome = compute(strict, "mss-2024")
        rung = guarded_together(strict, outcome, "kita")["addresses walk 500m"]
        shown, parts, ages = outcome.coverage["kita"].seen, rung.parts, ["age_0_5", "age_6_64", "age_65_plus"]
        looked = 0
        for area in rung.seen["reached"].dropna().index:
            for name in ("reached", "not_reached"):
                known = [one[f"{name}_{age}"][area] for age in ages for one in (rung.seen, shown)]
                hidden = [age for place, age in enumerate(ages) if np.isnan(known[2 * place : 2 * place + 2]).all()]
                left = sum(parts[f"{name}_{age}"][area] for age in hidden)
                looked += bool(hidden)
                assert not 0 < left < 8, (area, name, hidden)
        assert looked

    def test_what_is_hidden_does_not_hang_on_the_order_of_questions(self, city, outcome, ladder):
        again = guarded_together(city, outcome, "kita")
        for key, one in ladder.items():
            pd.testing.assert_frame_equal(one.seen, again[key].seen)

    def test_other_groups_are_not_in_an_answer(self, city, outcome, ladder):
        found = answer(city, outcome, ask(city, outcome, group="age_65_plus", within="800m"), ladder=ladder)
        assert not [name for name in found.table if "asked_reached_age" in str(name)]


class TestProgress:
    def test_it_tells_how_far_it_is_and_ends_where_told_to(self, city, outcome):
        told = []

        def tell(share):
            told.append(share)
            if len(told) == 4:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            guarded_together(city, outcome, "kita", tell=tell)
        assert told == sorted(told)
        assert all(0 <= share <= 1 for share in told)
        assert len(told) == 4

    def test_outlines_too(self, city, outcome):
        told = []
        assert len(outlines(city, outcome, "kita", tell=told.append)) == 3
        assert told == [0.0]


def _walked(network, places):
    """Metres to the nearest place by Floyd's rule over the crossings near it; points lie 50 m off the crossings."""
    size = len(network.nodes)
    ways = np.full((size, size), np.inf)
    np.fill_diagonal(ways, 0.0)
    for (a, b), metres in zip(network.edges, network.length_m, strict=True):
        ways[a, b] = ways[b, a] = metres
    for k in range(size):
        ways = np.minimum(ways, ways[:, [k]] + ways[[k], :])

    def doors(x, y):
        """The crossings at both ends of the nearest street, with the way to each."""
        best = min(range(len(network.edges)), key=lambda e: _off(network, e, x, y)[0])
        off, along = _off(network, best, x, y)
        a, b = network.edges[best]
        length = network.length_m[best]
        return [(a, off + along * length), (b, off + (1 - along) * length)] if off <= 50 else []

    ends = [door for x, y in places for door in doors(x, y)]
    return lambda x, y: min((one + ways[a, b] + other for a, one in doors(x, y) for b, other in ends), default=np.inf)


def _off(network, edge, x, y):
    first, last = network.nodes[network.edges[edge]]
    way = last - first
    along = float(np.clip(np.dot((x, y) - first, way) / np.dot(way, way), 0, 1))
    return float(np.hypot(*((x, y) - first - along * way))), along
