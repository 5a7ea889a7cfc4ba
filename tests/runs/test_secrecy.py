"""What one run's own files give away: hidden cells are computed back from ``areas.csv`` and ``run.json``, or not."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import null_space
from scipy.optimize import linprog

from qmgis.core.interval import wilson
from qmgis.core.shrink import empirical_bayes
from qmgis.errors import NotEnoughDataError
from qmgis.explanation import explain
from qmgis.io.exports.delimited import EXPORT
from qmgis.pattern import pattern
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city
from qmgis.runs.secrecy.guard import DIGITS, MIN_HIDDEN, REFERENCE_DIGITS
from qmgis.runs.secrecy.smallnumbers import ROLES
from qmgis.runs.steps import reach, score
from qmgis.runs.trial import ground_of, tried_on
from qmgis.runs.write import run_json
from qmgis.segregation import DRAWS, SEED, segregation
from qmgis.views.cells import why_empty
from qmgis.views.charts import contributions, scatter, timeline
from qmgis.views.dossier import dossier
from qmgis.views.maps import _outcome_of
from qmgis.whatif import knobs
from tests.toy import toy_composite, toy_rules

RUNS = ("mss-2018", "mss-2020", "mss-2022", "mss-2024")
BLOCKS = {
    "value_": ("status_index", "status_distance", ""),
    "change_": ("dynamics_index", "dynamics_distance", "_change"),
}


@pytest.fixture(scope="module")
def city():
    return demo_city()


@pytest.fixture(scope="module", params=RUNS)
def run(request, city):
    """An outcome (the truth), and what its files say."""
    outcome = compute(city, request.param)
    table = pd.read_csv(io.BytesIO(EXPORT.render(outcome, "de")), dtype={"area": str}).set_index("area")
    return outcome, table, json.loads(run_json(outcome))


class Attack:
    """Everything that the files say of one block, as equations of its hidden cells."""

    def __init__(self, table: pd.DataFrame, said: dict, truth: pd.DataFrame, block: str) -> None:
        self.index, self.distance, self.suffix = BLOCKS[block]
        self.keys = [name.removeprefix(block) for name in table if name.startswith(block)]
        areas = said["reference_set"]["areas"]
        self.rows, columns = table.loc[areas], [f"{block}{key}" for key in self.keys]
        self.known = self.rows[columns].to_numpy(float)
        self.truth = truth.loc[areas, columns].to_numpy(float)
        self.cells = np.argwhere(np.isnan(self.known))
        reference = [said["reference_set"]["indicators"][f"{key}{self.suffix}"] for key in self.keys]
        self.mean, self.sd = (np.array([row[name] for row in reference]) for name in ("mean", "sd"))
        whole = ((self.truth - self.mean) / self.sd).sum(axis=1)
        self.scale = whole.std()  # an attacker has it from z and contribution of any area that is shown

    def filled(self, guess: np.ndarray) -> np.ndarray:
        x = self.known.copy()
        x[tuple(self.cells.T)] = guess
        return x

    def equations(self, guess: np.ndarray) -> np.ndarray:
        """Means, standard deviations, spread of the index, and every number of an area with a hidden cell."""
        x = self.filled(guess)
        z = (x - self.mean) / self.sd
        index = z.sum(axis=1) / self.scale
        open_cell = np.isnan(self.known)
        rows = open_cell.any(axis=1)
        said = [x.mean(axis=0) / self.sd - self.mean / self.sd, x.std(axis=0) / self.sd - 1, [index.std() - 1]]
        for name in (self.index, self.distance):
            given = self.rows[name].notna().to_numpy() & rows
            said.append(index[given])
        for k, key in enumerate(self.keys):
            for name in (f"z_{key}{self.suffix}", f"contribution_{key}{self.suffix}"):
                given = self.rows[name].notna().to_numpy() & open_cell[:, k]
                said.append(z[given, k])
        return np.concatenate([np.atleast_1d(part) for part in said])

    def solution(self) -> np.ndarray:
        return self.truth[tuple(self.cells.T)]

    def slopes(self, at: np.ndarray) -> np.ndarray:
        steps = 1e-6 * np.eye(len(at))
        return np.array([(self.equations(at + step) - self.equations(at - step)) / 2e-6 for step in steps]).T

    def determined(self) -> list[tuple[str, str]]:
        """The hidden cells that have one value only: those that no direction of the solutions moves."""
        free = null_space(self.slopes(self.solution()), rcond=1e-7)
        moved = np.abs(free).max(axis=1) if free.size else np.zeros(len(self.cells))
        return [self.name(cell) for cell in self.cells[moved < 1e-3]]

    def name(self, cell: np.ndarray) -> tuple[str, str]:
        return str(self.rows.index[cell[0]]), self.keys[cell[1]]

    def farthest(self, number: int, sign: int, *, lowest: float, enough: float) -> float:
        """How far a hidden cell can be moved from its value, up to ``enough``, while all that is said stays true."""
        at, wanted = self.solution(), self.equations(self.solution())
        for _ in range(12):
            if abs(at[number] - self.solution()[number]) > enough:
                break
            free = null_space(self.slopes(at), rcond=1e-7)
            way = free @ free[number]
            if np.linalg.norm(way) < 0.02:
                break
            guess = at + 0.002 * sign * way / np.linalg.norm(way)
            for _ in range(3):
                guess = guess - np.linalg.pinv(self.slopes(guess), rcond=1e-7) @ (self.equations(guess) - wanted)
            if np.abs(self.equations(guess) - wanted).max() > 1e-8 or guess.min() < lowest:
                break
            at = guess
        return float(abs(at[number] - self.solution()[number]))


@pytest.mark.parametrize("block", BLOCKS)
def test_no_hidden_cell_can_be_solved_for(run, block):
    outcome, table, said = run
    attack = Attack(table, said, outcome.index.parts, block)
    assert len(attack.cells) >= MIN_HIDDEN
    assert attack.determined() == []


def test_the_attack_finds_what_is_only_left_empty(run):
    """With only the cell itself left empty, as a first attempt did, the files give it away."""
    outcome, _, said = run
    column = "value_child_poverty"
    area = said["reference_set"]["areas"][0]
    whole = pd.concat([outcome.index.parts, outcome.table[["left_out"]]], axis=1)
    whole.loc[area, [name for name in whole if name != "left_out" and not name.endswith("_index")]] = np.nan
    assert (area, "child_poverty") in Attack(whole, said, outcome.index.parts, "value_").determined()
    others = outcome.index.parts.loc[said["reference_set"]["areas"][1:], column]
    row = said["reference_set"]["indicators"]["child_poverty"]
    rounded = 0.5 * 10**-REFERENCE_DIGITS * row["n"]
    assert row["mean"] * row["n"] - others.sum() == pytest.approx(outcome.index.parts[column][area], abs=rounded)


def whole_numbers(people: np.ndarray, sums: tuple[float, float], squares: tuple[float, float]) -> np.ndarray:
    """Every set of six counts whose shares have such a sum and such a sum of squares (from, to)."""
    halves = []
    for some in (people[:3], people[3:]):
        counts = np.stack(np.meshgrid(*(np.arange(0.6 * n + 1) for n in some), indexing="ij"), -1).reshape(-1, 3)
        halves.append((counts, (counts / some).sum(axis=1), ((counts / some) ** 2).sum(axis=1)))
    (left, sum_left, square_left), (right, sum_right, square_right) = halves
    order = np.argsort(sum_right)
    low = np.searchsorted(sum_right[order], sums[0] - sum_left, "left")
    n = np.searchsorted(sum_right[order], sums[1] - sum_left, "right") - low
    one = np.repeat(np.arange(len(left)), n)
    other = order[np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + np.repeat(low, n)]
    square = square_left[one] + square_right[other]
    fits = (square >= squares[0]) & (square <= squares[1])
    return np.hstack([left[one[fits]], right[other[fits]]])


def test_whoever_knows_all_bases_finds_many_counts_that_fit(city):
    """Bases are published elsewhere: sixteen digits of a mean leave one set of six counts, rounded ones thousands."""
    outcome = compute(city, "mss-2024")
    said = json.loads(run_json(outcome))["reference_set"]
    rows, row = outcome.table.loc[said["areas"]], said["indicators"]["child_poverty"]
    value, z = rows["value_child_poverty"], rows["z_child_poverty"]
    hidden = value.index[value.isna()]
    counts = city.tables["ms-2022"].of_year(2024).loc[hidden]
    people, truth = counts["children_under_15"].to_numpy(float), counts["children_in_transfer"].to_numpy(float)
    known, whole = value.dropna(), outcome.index.reference.loc["child_poverty"]

    def fitting(mean: tuple[float, float], sd: tuple[float, float]) -> np.ndarray:
        sums = [row["n"] * one - known.sum() for one in mean]
        squares = [row["n"] * (one**2 + other**2) - (known**2).sum() for one, other in zip(mean, sd, strict=True)]
        return whole_numbers(people, (sums[0], sums[1]), (squares[0], squares[1]))

    exact = fitting(*((whole[name] - 1e-13, whole[name] + 1e-13) for name in ("mean", "sd")))
    assert exact.tolist() == [truth.tolist()]
    # what the file says: rounded mean and deviation, and 106 rounded standard scores, each a strip of both
    shown, half = z.notna() & value.notna(), 0.5 * 10.0**-DIGITS
    strips = [np.column_stack([np.full(shown.sum(), sign), sign * (z[shown] - sign * half)]) for sign in (1.0, -1.0)]
    limits = np.concatenate([value[shown], -value[shown]])
    least = 0.5 * 10.0**-REFERENCE_DIGITS
    room = [(row[name] - least, row[name] + least) for name in ("mean", "sd")]
    aims = ((1, 0), (-1, 0), (0, 1), (0, -1))
    ends = [linprog(aim, A_ub=np.vstack(strips), b_ub=limits, bounds=room).x for aim in aims]
    found = fitting((ends[0][0], ends[1][0]), (ends[2][1], ends[3][1]))
    assert truth.tolist() in found.tolist()
    assert len(found) > 1000
    assert all(len(np.unique(column)) >= 20 for column in found.T)


@pytest.mark.parametrize("block", BLOCKS)
def test_what_fits_the_files_leaves_room_for_other_counts(run, city, block):
    """A hidden share can be off by half a person or more, and all that is said stays true."""
    outcome, table, said = run
    attack = Attack(table, said, outcome.index.parts, block)
    source = city.tables[outcome.run.vintage]
    counts = source.of_year(outcome.run.year)
    for number, cell in enumerate(attack.cells):
        area, key = attack.name(cell)
        indicator = source.indicators[key]
        if counts.loc[area, indicator.numerator] < city.secrecy.min_count:
            half = 0.5 / counts.loc[area, indicator.denominator]
            bounds = {"lowest": 0.0 if block == "value_" else -1.0, "enough": half}
            assert any(attack.farthest(number, sign, **bounds) > half for sign in (1, -1)), (area, key)


def test_hidden_indices_are_told_and_classes_stay(run):
    outcome, table, _ = run
    closed = outcome.index.value.notna() & table["status_index"].isna()
    assert closed.sum() >= MIN_HIDDEN
    assert table.loc[closed, ["status_class", "dynamics_class", "group", "attention"]].notna().all(axis=None)
    assert table.loc[closed, ["status_distance", "dynamics_index", "dynamics_distance"]].isna().all(axis=None)
    assert table.loc[closed, "states"].str.contains("status_index=secret").all()


def test_probabilities_do_not_say_where_a_hidden_index_lies(run):
    """Near a limit one case more moves a probability far: 0.137 or 0.880 for one or two unemployed (04010201, 2022)."""
    outcome, table, said = run
    closed = table.loc[said["reference_set"]["areas"], ["status_index", "dynamics_index"]].isna()
    status, either = closed.index[closed["status_index"]], closed.index[closed.any(axis=1)]
    assert len(status)
    alone = ["probability", "probability_noise", "probability_choices", "rank_median", "rank_low", "rank_high"]
    assert table.loc[status, alone].isna().all(axis=None)
    assert table.loc[either, ["probability_attention", "probability_group"]].isna().all(axis=None)
    assert table.loc[either, ["certainty", "certainty_attention"]].notna().all(axis=None)
    shown = closed.index.difference(either)
    assert table.loc[shown, [*alone, "probability_attention", "probability_group"]].notna().all(axis=None)
    assert why_empty(outcome, "probability")[status[0]] == "secret"
    assert why_empty(outcome, "probability_group")[either[-1]] == "secret"
    assert all(explain(outcome, area).certainty.probability is None for area in status)


def test_the_pattern_does_not_know_a_hidden_index(run):
    """Pseudo p-values of neighbours move with an index by a hundredth for a twentieth of it; so it takes no part."""
    outcome, table, _ = run
    index = outcome.index
    closed = table["status_index"].isna() & index.value.notna()
    other = replace(index, value=index.value + 0.3 * closed)
    found = pattern(outcome.areas, other)
    pd.testing.assert_frame_equal(found.parts, outcome.pattern.parts)
    assert found.parameters == outcome.pattern.parameters
    assert f"{int(closed.sum())}." in found.warnings[-1].en
    known = replace(index, shown=None)
    moved = (pattern(outcome.areas, known).parts["pattern_p"] - found.parts["pattern_p"]).abs()
    assert 0 < moved.max() < 0.5
    assert (found.parts["pattern"].notna() == index.value.notna()).all()


def test_a_change_does_not_give_the_count_of_two_years_before_away(run, city):
    outcome, table, _ = run
    source = city.tables[outcome.run.vintage]
    now, moved = source.of_year(outcome.run.year), source.of_year(outcome.run.year, what="change")
    for key in ("unemployment", "transfer", "child_poverty"):
        part = source.indicators[key].numerator
        before = (now[part] - moved[part]).round(6)
        small = (before > 0) & (before < city.secrecy.min_count)
        assert table.loc[small[small].index, f"change_{key}"].isna().all(), key


def test_a_map_of_the_index_shows_no_hidden_number(run, city):
    outcome, table, _ = run
    index = score(city, method=outcome.run.method, year=outcome.run.year, areas=outcome.run.vintage)
    seen = _outcome_of(city.area_layers[index.vintage], index, note=None)
    hidden = table["value_child_poverty"].isna()
    columns = [name for name in seen.table if name in table and name != "states"]
    assert seen.table.loc[hidden, "value_child_poverty"].isna().all()
    pd.testing.assert_frame_equal(
        seen.table[columns].isna(), table[columns].isna(), check_names=False, check_index_type=False
    )
    assert seen.table["value"].isna().equals(table["status_index"].isna().rename("value"))
    closed = outcome.index.value.notna() & table["status_index"].isna()
    for column in ("status_index", "status_distance", "z_transfer", "dynamics_index", "value"):
        assert (why_empty(seen, column)[closed] == "secret").all(), column
    order = _outcome_of(city.area_layers[index.vintage], next(iter(outcome.priority.values()), index), note=None)
    shown = order.table.filter(like="_need").loc[closed]
    assert shown.isna().all(axis=None)


def test_a_map_of_reach_uses_the_limits_of_the_city(city):
    strict = replace(city, secrecy=replace(city.secrecy, min_base=60))
    maps = [
        _outcome_of(one.areas, reach(one, places="kita", within_m=500, group="age_0_5"), note=None).table["kita_share"]
        for one in (city, strict)
    ]
    assert maps[1].isna().sum() > maps[0].isna().sum()


def test_pages_and_charts_say_that_it_is_secret(run):
    outcome, table, _ = run
    area = table.index[outcome.index.value.notna() & table["status_index"].isna()][0]
    for lang, word in (("de", "geheim"), ("en", "confidential")):
        said = dossier(outcome, area, lang=lang)
        assert said.summary
        assert any(word in fact.text for fact in said.classes)
        assert all(word in line for line in said.limits)
        assert len(said.limits) == 2
        assert any(word in note.text for note in scatter(outcome, area=area, lang=lang).layout.annotations)
    assert not said.contributions
    assert timeline([outcome], area).data
    with pytest.raises(NotEnoughDataError, match="confidential"):
        contributions(outcome, area)


def test_small_numbers_are_made_of_what_is_shown(run):
    """Every column beside a share can be computed from shown shares and bases alone: so nothing hidden is in it."""
    _, table, _ = run
    for key in ("unemployment", "transfer", "child_poverty"):
        value, base = table[f"value_{key}"], table[f"base_{key}"]
        own = [f"{role}_{key}" for role in ROLES]
        assert table.loc[value.isna(), own].isna().all(axis=None), key
        open_ = base.notna()
        count = (value * base).round().where(open_)
        pd.testing.assert_series_equal(table[f"count_{key}"], count, check_names=False)
        limits = wilson(count, base)
        np.testing.assert_allclose(table[f"low_{key}"], limits["low"], equal_nan=True)
        np.testing.assert_allclose(table[f"high_{key}"], limits["high"], equal_nan=True)
        np.testing.assert_allclose(table[f"smoothed_{key}"], empirical_bayes(count, base), equal_nan=True)


def test_segregation_is_made_of_what_is_shown(run):
    """It can be computed from ``areas.csv`` alone: so no difference of the two tells anything of a hidden count."""
    outcome, table, said = run
    keys = ["unemployment", "transfer", "child_poverty"]
    keys += ["long_term_unemployment"] if outcome.run.method == "mss-2017" else []
    assert set(said["segregation"]) == set(keys)
    again = segregation(table, keys)
    for key in keys:
        row = said["segregation"][key]
        assert {name: row[name] for name in again} == again.loc[key].to_dict()
        open_ = table[[f"count_{key}", f"base_{key}"]].notna().all(axis=1)
        assert row["areas"] == open_.sum() < len(table)
        assert (row["year"], row["draws"], row["seed"]) == (outcome.run.year, DRAWS, SEED)


def test_no_column_holds_the_counts_of_a_hidden_share(run, city):
    """Neither numerator nor denominator of a hidden share stand beside another share of its area.

    The residents are in every file; where they are the denominator, they are known in any case.
    """
    outcome, table, _ = run
    source = city.tables[outcome.run.vintage]
    values = source.of_year(outcome.run.year)
    keys = ("unemployment", "transfer", "child_poverty")
    for key in keys:
        hidden = table.index[table[f"value_{key}"].isna() & outcome.index.parts[f"value_{key}"].notna()]
        parts = {source.indicators[key].numerator, source.indicators[key].denominator}
        for other in keys:
            if parts & {source.indicators[other].numerator, source.indicators[other].denominator}:
                assert table.loc[hidden, [f"count_{other}", f"base_{other}", f"low_{other}"]].isna().all(axis=None)
    small = values["children_in_transfer"].between(1, city.secrecy.min_count - 1)
    assert table.loc[small[small].index, [f"{role}_child_poverty" for role in ROLES]].isna().all(axis=None)


def test_areas_with_a_hidden_number_take_no_part_in_trials(city, run):
    index = run[0].index
    ground = ground_of(city, method=run[0].run.method, year=index.year, areas=index.vintage)
    closed = index.parts.index[(index.seen.isna() & index.parts.notna()).any(axis=1)]
    assert len(closed)
    assert set(ground.hidden) == set(closed)
    for instead in ({}, {"status.weights.transfer": 2.5}, {"status.limits.3": 1.1}):
        tried = tried_on(ground, instead)
        assert not set(tried.value.index) & set(closed)
        for part in (tried.label, tried.parts, tried.shown, tried.states, tried.left_out):
            assert not set(part.index) & set(closed)
    kept = ground.official.value.index
    pd.testing.assert_series_equal(ground.official.value, index.value[kept])  # the official one, exactly
    assert not ground.apart


def test_more_cells_are_hidden_than_trials_of_weights_have_equations(run):
    """Trials tell mean, spread and the covariance with each other indicator: k + 1 equations of an indicator."""
    index = run[0].index
    for role, block in (("value_", "status"), ("change_", "dynamics")):
        keys = [f"{role}{key}" for key in index.parameters["blocks"][block]["directions"]]
        closed = (index.seen[keys].isna() & index.parts[keys].notna())[index.value.notna()].sum()
        assert (closed[closed > 0] >= len(keys) + 3).all()


@pytest.mark.parametrize("profile", [toy_composite(), replace(toy_rules(), min_residents=300)], ids=lambda one: one.key)
def test_trials_of_ranks_and_rules_do_not_know_the_hidden_numbers(city, run, profile):
    """Other numbers in the hidden areas give the same trials, so nothing of them can be searched for."""
    year, areas = run[0].run.year, run[0].run.vintage
    ground = ground_of(city, method=profile, year=year, areas=areas)
    assert ground.apart
    table = city.tables[areas]
    frame = table.frame.copy()
    rows = frame.index.get_level_values("area").isin(ground.hidden) & (frame.index.get_level_values("year") == year)
    shares = ["transfer", "unemployment", "child_poverty"]
    frame.loc[rows, shares] = frame.loc[rows, shares] * 0.5 + 0.3
    spoilt = replace(ground.city, tables={**city.tables, areas: replace(table, frame=frame)})
    for instead in ({}, {knobs(profile)[0].key: knobs(profile)[0].high}):
        one, other = tried_on(ground, instead), tried_on(replace(ground, city=spoilt), instead)
        pd.testing.assert_series_equal(one.value, other.value)
        pd.testing.assert_series_equal(one.label, other.label)
