"""The words of the area page are true: recomputed here from the table."""

import dataclasses
import re

import pytest

from qmgis.errors import UnknownKeyError
from qmgis.i18n import number
from qmgis.model import Base
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city
from qmgis.views.cells import why_empty, why_empty_at
from qmgis.views.dossier import dossier
from tests import toy

AREA = "01010405"


@pytest.fixture(scope="module")
def outcome(toy_outcome):
    return toy_outcome


@pytest.fixture(scope="module")
def demo():
    return compute(demo_city(), "mss-2024")


def scored(outcome):
    return outcome.table.index[outcome.table["left_out"].isna()]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_area_has_a_page(outcome, lang):
    for area in outcome.table.index:
        page = dossier(outcome, area, lang=lang)
        said = [page.summary, *page.limits, *page.caveats, *(f.text for f in page.classes)]
        assert not any(re.search(r"\bnan\b|None|<NA>|\{", text) for text in said)
        assert page.caveats


def test_contributions_add_up(outcome):
    for area in scored(outcome):
        page = dossier(outcome, area)
        for block in ("status", "dynamics"):
            total = sum(c.value for c in page.contributions if c.block == block)
            assert total == pytest.approx(outcome.table.loc[area, f"{block}_index"], abs=1e-9)


def test_the_named_distance_is_the_true_one(outcome):
    for area in scored(outcome):
        line = dossier(outcome, area, lang="en").limits[0]
        gap = float(re.search(r": (\d+\.\d\d) ", line)[1])
        assert gap == pytest.approx(abs(outcome.table.loc[area, "status_distance"]), abs=0.0051)


def test_the_class_beyond_the_limit_is_the_next_one(outcome):
    words = ["high", "medium", "low", "very low"]
    for area in scored(outcome):
        line = dossier(outcome, area, lang="en").limits[0]
        own = int(outcome.table.loc[area, "status_class"]) - 1
        other = words.index(re.search(r"“(.*)”", line)[1])
        assert abs(other - own) == 1
        assert ("above" in line) == (other < own)


def test_what_would_change_it_is_said_as_a_table(outcome):
    page = dossier(outcome, AREA)
    flag = "Der Hinweis auf besonderen Aufmerksamkeitsbedarf"
    assert [reach.title for reach in page.reaches] == [
        f"Status-Index: Klasse „niedrig“, unter der Grenze +1,5. {flag} bliebe bestehen.",
        f"Status-Index: Klasse „mittel“, unter der Grenze +1,0. {flag} entfiele.",
        f"Dynamik-Index: Klasse „stabil“, unter der Grenze +1,0. {flag} bliebe bestehen.",
    ]
    first, *_ = page.reaches[0].rows
    assert (first.title, first.now, first.change, first.then) == (
        "Arbeitslosigkeit", "13,2 %", "um mehr als 8,7 Prozentpunkte niedriger", "4,5 %",
    )  # fmt: skip
    assert page.reaches[1].rows[2].change == "nicht allein dadurch zu erreichen"
    assert page.reaches[2].rows[0].now == "+0,6 Prozentpunkte"


def test_the_mean_is_that_of_the_scored_areas(outcome):
    row = next(r for r in dossier(outcome, AREA).indicators if r.key == "transfer")
    mean = outcome.table.loc[scored(outcome), "value_transfer"].mean()
    assert row.mean == f"{100 * mean:.1f} %".replace(".", ",")
    assert (row.people, row.interval, row.reliability, row.is_weak, row.city) == ("", "", "", False, "")


def rows_of(outcome, area, lang="de"):
    return {row.key: row for row in dossier(outcome, area, lang=lang).indicators}


def test_counts_intervals_and_the_citys_own_value_stand_beside_each_share(demo):
    table = demo.table
    shown = table.dropna(subset=["count_transfer", "base_transfer"])
    area = shown.index[shown["status_index"].notna()][0]
    for lang, said in (("de", "{count} von {base}"), ("en", "{count} of {base}")):
        row = rows_of(demo, area, lang)["transfer"]
        numbers = {role: number(table.loc[area, f"{role}_transfer"], lang) for role in ("count", "base")}
        assert row.people == said.format(**numbers)
    low, high = (f"{100 * table.loc[area, f'{end}_transfer']:.1f}".replace(".", ",") for end in ("low", "high"))
    row = rows_of(demo, area)["transfer"]
    assert row.interval == f"{low}–{high} %"
    assert row.reliability in ("belastbar", "eingeschränkt", "unsicher")
    own = 100 * shown["count_transfer"].sum() / shown["base_transfer"].sum()
    assert row.city == f"{own:.1f} %".replace(".", ",")
    assert row.city != row.mean


def test_a_share_that_few_cases_stand_behind_is_told(demo):
    weak = demo.table["reliability_child_poverty"].eq("weak") & demo.table["left_out"].isna()
    page = dossier(demo, weak.idxmax())
    row = next(row for row in page.indicators if row.key == "child_poverty")
    assert (row.reliability, row.is_weak) == ("unsicher", True)
    assert any(line.startswith("Unsicher, weil nur wenige Fälle dahinterstehen: ") for line in page.caveats)
    solid = demo.table.filter(like="reliability_").eq("solid").all(axis=1)
    assert not any("wenige Fälle dahinterstehen" in line for line in dossier(demo, solid.idxmax()).caveats)


def test_nothing_stands_beside_a_share_that_is_not_shown(demo):
    """The row of a secret share has neither people nor interval; where only the base is, the page says so."""
    hidden = demo.table["value_child_poverty"].isna() & demo.index.parts["value_child_poverty"].notna()
    row = rows_of(demo, hidden.idxmax())["child_poverty"]
    assert (row.people, row.interval, row.reliability) == ("", "", "")
    apart = demo.table["value_transfer"].notna() & demo.table["base_transfer"].isna()
    for area in demo.table.index[apart]:
        assert rows_of(demo, area)["transfer"].people == "– (geheim)"


def test_an_estimated_base_is_called_so(toy_city):
    table = toy_city.tables["toy-2022"]
    bases = {("transfer", 2024): Base("population"), ("child_poverty", 2024): Base(share=0.143)}
    city = dataclasses.replace(toy_city, tables={"toy-2022": dataclasses.replace(table, bases=bases)})
    outcome = compute(city, "mss-2024")
    assert outcome.estimated == {"child_poverty"}
    rows = rows_of(outcome, AREA)
    base = number(outcome.table.loc[AREA, "base_child_poverty"], "de")
    assert rows["child_poverty"].people == f"von rund {base} (geschätzt)"
    assert rows["child_poverty"].interval
    assert rows["transfer"].people == f"von {number(outcome.table.loc[AREA, 'base_transfer'], 'de')}"
    assert rows["transfer"].city == ""
    assert rows["unemployment"].people == ""


def test_a_left_out_area_says_why(outcome):
    page = dossier(outcome, "01010000")
    assert (page.left_out, page.facts.attention) == ("zu wenige Einwohner", None)
    assert page.summary == "Nicht bewertet: zu wenige Einwohner."
    assert page.limits == ()
    assert page.contributions == ()


def test_words_are_neutral(outcome):
    forbidden = re.compile(r"problem|brennpunkt|ghetto|versag|caused|verursacht|schlecht|sozial schwach", re.IGNORECASE)
    for area in outcome.table.index:
        page = dossier(outcome, area)
        assert not forbidden.search(" ".join([page.summary, *page.limits, *page.caveats]))
        assert any("keine Urteile" in text for text in page.caveats)


def test_falling_values_with_negative_dynamics_are_explained(outcome):
    fallen = outcome.table.copy()
    for key in toy.SHARES:
        fallen[f"change_{key}"] = fallen[f"change_{key}"] - 0.5
    reference = outcome.index.reference.copy()
    for key in toy.SHARES:
        reference.loc[f"{key}_change", "mean"] -= 0.5
    changed = dataclasses.replace(outcome, table=fallen, index=dataclasses.replace(outcome.index, reference=reference))
    assert any("sanken sie stärker" in text for text in dossier(changed, AREA).caveats)
    assert not any("sanken sie stärker" in text for text in dossier(outcome, AREA).caveats)


def test_coverage_says_how_it_was_measured(outcome):
    (row,) = dossier(outcome, AREA).coverage
    assert row.note == "höchstens 500 m (Fußweg)"
    assert "Luftlinie" not in " ".join(dossier(outcome, AREA).caveats)


def test_an_unknown_area_is_named(outcome):
    with pytest.raises(UnknownKeyError, match="Did you mean"):
        dossier(outcome, "0101040")


def test_one_area_is_empty_for_the_same_reason_as_in_the_table(outcome):
    for column in outcome.table.columns:
        whole = why_empty(outcome, column)
        assert {area: why_empty_at(outcome, area, column) for area in outcome.table.index} == whole.to_dict()


def test_what_changes_the_flag_stands_first():
    outcome = toy.toy_outcome()
    needs = outcome.table["attention"].dropna().astype(bool)
    flagged, quiet = needs.index[needs], needs.index[~needs]
    for area in [*flagged[:2], *quiet[:3]]:
        said = dossier(outcome, area, lang="en")
        first = [reach for reach in said.reaches if reach.is_first]
        assert first
        turned = ("would cease", "There would be a signal")
        assert [any(word in reach.title for word in turned) for reach in first] in ([True] * len(first), [False])
