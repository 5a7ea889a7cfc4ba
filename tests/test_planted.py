"""Musterstadt knows its truth: the gaps that were planted are found, and the river's gap only by walking."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from qmgis import coverage
from qmgis.delimitation import Rules
from qmgis.io.city.workspace import open_city
from qmgis.model import AreaResult, City, Outcome
from qmgis.priority import reason
from qmgis.runs.compute import compute
from qmgis.runs.programme.proposed import compared_areas, located, proposed_areas
from qmgis.runs.sites import proposed
from qmgis.siting import at_crossings, best_sites, what_if

ROOT = Path(__file__).resolve().parents[1]
TRUTH = ROOT / "data" / "musterstadt" / "truth.json"

pytestmark = pytest.mark.skipif(not TRUTH.is_file(), reason="data/musterstadt is not built: run make demo once")


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads(TRUTH.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def city() -> City:
    return open_city(ROOT / "layers" / "musterstadt", data=ROOT / "data")


@pytest.fixture(scope="module")
def outcome(city: City) -> Outcome:
    return compute(city, "mss-2024")


@pytest.mark.parametrize("theme", ["kita", "playground"])
def test_planted_gaps_are_found(theme: str, truth: dict, outcome: Outcome):
    reached = outcome.coverage[theme]
    planted = truth["gaps"][theme]
    assert planted
    assert set(reached.label[planted]) == {"not_reached"}
    assert (reached.value[planted] < 0.1).all()
    # they stand out among all areas, not because nobody is reached anywhere
    assert reached.value.median() > 0.8
    # each has squares on the map
    squares = outcome.gaps[outcome.gaps["theme"] == theme]
    for area in planted:
        assert squares.intersects(outcome.areas.frame.geometry[area]).any()


def test_the_gap_behind_the_river_shows_by_walking_and_not_by_straight_line(truth: dict, city: City, outcome: Outcome):
    area, theme = truth["barrier_gap"]["area"], city.themes[truth["barrier_gap"]["theme"]]
    straight: AreaResult = coverage.reach(
        outcome.areas,
        city.places[theme.places],
        residents=next(iter(city.residents.values())),
        within_m=theme.within_m,
        group=theme.group,
        year=2024,
        key=theme.key,
        title=theme.title,
    )
    assert outcome.coverage[theme.key].value[area] < 0.1
    assert straight.value[area] > 0.5
    assert straight.parts["reached"].sum() > outcome.coverage[theme.key].parts["reached"].sum()


def test_planted_gaps_that_require_attention_come_first(truth: dict, outcome: Outcome):
    order = outcome.priority["kita"]
    expected = set(truth["gaps"]["kita"]) & set(truth["attention"])
    assert expected
    assert (order.parts.loc[sorted(expected), "tier"] == 1).all()
    first = order.value[order.parts["tier"] == 1]
    assert first.max() == len(first)
    assert "is underserved" in reason(order, sorted(expected)[0]).en


@pytest.mark.parametrize("theme", ["kita", "primary_school", "playground", "doctor", "stop"])
def test_everybody_inside_the_areas_is_counted_once(theme: str, city: City, outcome: Outcome):
    parts, people = outcome.coverage[theme].parts, next(iter(city.residents.values())).frame
    group = city.themes[theme].group
    assert parts["residents"].sum() == people[group].sum()
    assert (parts["reached"] + parts["not_reached"] == parts["residents"]).all()


@pytest.mark.parametrize(("theme", "sites"), [("kita", 3), ("playground", 2)])
def test_proposals_lie_in_the_planted_gaps_and_close_them(
    theme: str, sites: int, truth: dict, city: City, outcome: Outcome
):
    """Two planted gaps of Kitas are neighbours, and one site serves both."""
    asked, people = city.themes[theme], next(iter(city.residents.values()))
    network, planted = next(iter(city.networks.values())), truth["gaps"][theme]
    question = {"within_m": asked.within_m, "group": asked.group, "network": network}
    squares = outcome.gaps[outcome.gaps["theme"] == theme]
    found = best_sites(
        people, city.places[asked.places], at_crossings(network, squares), k=sites, areas=outcome.areas,
        attention=outcome.index.parts["attention"], **question,
    )  # fmt: skip
    assert found.siting.is_best
    assert set(found.frame["area"]) <= set(planted)
    assert (found.frame["newly"] > 50).all()
    add = {str(name): (point.x, point.y) for name, point in found.frame.geometry.items()}
    change = what_if(people, city.places[asked.places], outcome.areas, add=add, **question)
    parts = change.parts.loc[planted]
    share = {
        when: parts[f"reached_{when}_{asked.group}"] / parts[f"residents_{asked.group}"] for when in ("before", "after")
    }
    assert (share["before"] < 0.1).all()
    # The site between two neighbouring gaps takes more of one of them; together nearly everybody is reached.
    assert (share["after"] > 0.4).all()
    assert share["after"].median() > 0.85
    assert parts[f"reached_after_{asked.group}"].sum() > 0.8 * parts[f"residents_{asked.group}"].sum()
    assert change.total[f"gain_{asked.group}"] == found.frame["newly"].sum()
    assert change.total[f"lose_{asked.group}"] == 0


def test_the_planted_best_site_is_proposed_first_and_no_other_plot_comes_near(
    truth: dict, city: City, outcome: Outcome
):
    """Every plot alone, by computing coverage again with one Kita more: no siting is in it."""
    planted, theme = truth["best_site"], city.themes["kita"]
    people, kitas, plots = next(iter(city.residents.values())), city.places["kita"], city.places["plots"].frame
    newly = {}
    for plot in plots.index:
        more = pd.concat([kitas.frame, plots.loc[[plot]]])
        with_one = replace(kitas, frame=gpd.GeoDataFrame(more.rename_axis("place"), crs=kitas.frame.crs))
        reached = coverage.reach(
            outcome.areas, with_one, residents=people, within_m=500, group=theme.group, year=2024, key="kita",
            title=theme.title, network=next(iter(city.networks.values())),
        ).parts  # fmt: skip
        newly[plot] = reached["reached"].sum() - outcome.coverage["kita"].parts["reached"].sum()
        if plot == planted["plot"]:
            gap = reached.loc[planted["gap"]]
    best = newly.pop(planted["plot"])
    assert best >= planted["reaches_at_least"] > 100
    assert max(newly.values()) <= planted["others_at_most"] < 0.6 * best
    assert gap["reached"] > 0.9 * gap["residents"]  # nearly all children of the planted gap live within reach of it
    found = proposed(city, outcome, "kita", k=1)
    assert found.frame.index.tolist() == [planted["plot"]]
    assert found.frame["newly"].tolist() == [best]
    assert found.siting.is_best
    assert found.siting.is_unique
    assert found.frame["holds_nearer"].all()
    assert proposed(city, outcome, "kita", k=3).frame.index[0] == planted["plot"]


def test_barriers_of_the_city_are_kept(city: City):
    assert {key: len(shapes) for key, shapes in city.barriers.items()} == {"railway": 1, "river": 1}


@pytest.mark.parametrize(("least", "recall", "precision"), [(1_500, 1.0, 0.8), (2_500, 1.0, 0.6)])
def test_planted_clusters_are_proposed(
    least: float, recall: float, precision: float, truth: dict, city: City, outcome: Outcome
):
    """Clusters were planted as areas of the programme; with these kept out of the question they are found again."""
    rules = Rules(least, 4_000, keep_existing=False)
    found = proposed_areas(city, outcome, rules=rules)
    planted = {area for kind in ("running", "running_new", "waiting") for area in truth["programme"][kind]}
    assert planted == set(truth["attention"])
    first = [set(one.members) for one in found.items if one.key.endswith("1")]
    there = [members for members in first if members & planted]
    together = set().union(*there)
    assert len(together & planted) / len(planted) >= recall
    assert len(together & planted) / len(together) >= precision
    # no cluster is torn apart: the areas that hang together are in one proposal
    for cluster in (
        truth["programme"]["running"],
        truth["programme"]["running_new"],
        truth["programme"]["waiting"][:3],
    ):
        assert any(set(cluster) <= members for members in first)


@pytest.mark.parametrize(("least", "most", "precision"), [(1_500, 4_000, 0.99), (2_500, 4_000, 0.85)])
def test_planted_clusters_are_proposed_of_blocks_too(
    least: float, most: float, precision: float, truth: dict, city: City, outcome: Outcome
):
    """By residents: the clusters are found whole, each in one proposal, and with blocks hardly anything else."""
    blocks, people = city.units["blocks"], located(city)
    assert people is not None
    area = blocks.frame["parent"].astype(str).to_dict()
    met = people.frame.sjoin(blocks.frame[["geometry"]], predicate="within")
    lived = met.groupby("area")["residents"].sum().to_dict()
    found = proposed_areas(city, outcome, rules=Rules(least, most, keep_existing=False), blocks=blocks)
    planted = set(truth["attention"])
    first = [set(one.members) for one in found.items if one.key.endswith("1")]
    together = set().union(*(members for members in first if planted & {area[one] for one in members}))

    def living(units: set[str]) -> float:
        return sum(lived.get(one, 0.0) for one in units)

    inside = living({one for one in together if area[one] in planted})
    assert inside == living({one for one in area if area[one] in planted})
    assert inside / living(together) >= precision
    clusters = truth["programme"]
    for cluster in (clusters["running"], clusters["running_new"], clusters["waiting"][:3]):
        homes = {one for one in area if area[one] in cluster and lived.get(one)}
        assert any(homes <= members for members in first)


def test_the_cluster_that_waits_is_proposed_beside_the_areas_that_run(truth: dict, city: City, outcome: Outcome):
    found = proposed_areas(city, outcome, rules=Rules(1_500, 4_000))
    kept = {*truth["programme"]["running"], *truth["programme"]["running_new"]}
    assert not any(kept & set(one.members) for one in found.items)
    exact = [one for one in found.items if set(one.members) == set(truth["programme"]["waiting"][:3])]
    assert len(exact) == 1
    share = found.programme[found.programme["proposal"] == exact[0].key]
    assert (share["name"].tolist(), share["state"].tolist()) == (["Quartier Sonnenwarte"], ["planned"])


def test_outlines_of_the_programme_and_the_rest_are_the_city(city: City, outcome: Outcome):
    found = compared_areas(city, outcome, outcome.programme.frame)
    people = next(iter(city.residents.values())).frame["residents"].sum()
    assert found.total["residents"] == people
    assert (found.frame["residents"] + found.frame["residents_outside"] == people).all()
    assert (found.frame["split_areas"] == 0).all()
    whole = outcome.table["population"][["01010103", "01010202"]].sum()
    assert found.frame.loc["QM-02", "residents"] == whole
