"""Funds: published figures, limits by fund, by rule and by residents, and sentences for what is not kept."""

from __future__ import annotations

import pandas as pd
import pytest

from qmgis.balance import breaches, ledger
from qmgis.io.rules.fundrules import fund_rules, own_fund_rules

LIMITS = ("max_grant_ct", "min_grant_ct", "per_resident_ct", "own_share", "max_years")


def funds(*rows: dict[str, object]) -> pd.DataFrame:
    usual = {"fund": "F", "area": "QM-01", "type": "verfuegungsfonds", "year": 2024, "budget_ct": None}
    return pd.DataFrame([{**usual, **dict.fromkeys(LIMITS), **row} for row in rows])


def grants(*amounts: int | None, fund: str = "F", year: int = 2024) -> pd.DataFrame:
    rows = [(f"{fund}-{n}", fund, year, amount) for n, amount in enumerate(amounts, start=1)]
    return pd.DataFrame(rows, columns=["grant", "fund", "year", "amount_ct"]).astype({"amount_ct": "Int64"})


def test_uptake_of_steilshoop():
    """2 x 15,000 euros, of which 18,987.17 were spent: 63.3 % (DOMAIN N31)."""
    table = ledger(
        funds({"year": 2020, "budget_ct": 1_500_000}, {"year": 2021, "budget_ct": 1_500_000}),
        pd.concat([grants(898_717, year=2020), grants(1_000_000, year=2021)]),
    )
    assert (table["budget_ct"].sum(), table["granted_ct"].sum()) == (3_000_000, 1_898_717)
    assert round(100 * table["granted_ct"].sum() / table["budget_ct"].sum(), 1) == 63.3
    assert table["remaining_ct"].sum() == 1_101_283
    assert table["uptake"].tolist() == pytest.approx([0.59914467, 2 / 3])


def test_aftercare_of_hohenhorst():
    """2,500 + 5,000 = 7,500 euros a year, two years 15,000; the programme pays one third (DOMAIN N32)."""
    rows = [{"year": year, "budget_ct": 750_000, "own_share": 2 / 3} for year in (2016, 2017)]
    table = ledger(funds(*rows), grants().iloc[:0])
    assert (table["budget_ct"].sum(), table["public_ct"].sum(), table["own_ct"].sum()) == (
        1_500_000,
        500_000,
        1_000_000,
    )
    odd = ledger(funds({"budget_ct": 1001, "own_share": 0.5}), grants().iloc[:0]).iloc[0]
    assert odd["own_ct"] + odd["public_ct"] == 1001


def test_action_and_project_fund_of_berlin():
    """10,000 euros an area and year, at most 1,500 an action; project fund from 5,000 (DOMAIN N33)."""
    rules = fund_rules(("BE", ()))
    both = funds(
        {"fund": "A", "type": "aktionsfonds", "budget_ct": 1_000_001},
        {"fund": "P", "type": "projektfonds", "budget_ct": 9_000_000},
    )
    paid = pd.concat([grants(150_000, 150_001, fund="A"), grants(500_000, 499_999, fund="P")])
    found = breaches(ledger(both, paid, rules=rules), paid)
    assert [(one.code, one.fund, one.grant) for one in found] == [
        ("over_rule", "A", ""), ("above_max", "A", "A-2"), ("below_min", "P", "P-2"),
    ]  # fmt: skip
    assert found[1].sentence.de == (
        "Fonds A (QM-01), 2024: Die Bewilligung A-2 über 1.500,01 € liegt über der Höchstgrenze von 1.500,00 €."
    )
    assert "€1,500.01" in found[1].sentence.en
    assert not breaches(ledger(both, paid), paid)  # no rule, no breach


def test_the_funds_own_row_goes_before_the_rule():
    own = funds({"type": "aktionsfonds", "budget_ct": 500_000, "max_grant_ct": 200_000})
    paid = grants(180_000)
    table = ledger(own, paid, rules=fund_rules(("BE", ())))
    assert table["max_grant_ct"].tolist() == [200_000]
    assert table["rule"].tolist() == ["berlin-action"]
    assert not breaches(table, paid)


def test_a_budget_by_residents():
    one = funds({"budget_ct": 1_500_500, "per_resident_ct": 500})
    assert [b.code for b in breaches(ledger(one, grants().iloc[:0], {"QM-01": 3001.0}), grants().iloc[:0])] == []
    assert [b.code for b in breaches(ledger(one, grants().iloc[:0], {"QM-01": 3000.0}), grants().iloc[:0])] == [
        "over_rule"
    ]
    untold = ledger(one, grants().iloc[:0], {"QM-01": float("nan")})
    assert untold["max_budget_ct"].isna().all()


def test_what_is_not_known_is_not_zero():
    paid = grants(100, None)
    row = ledger(funds({"budget_ct": 1000}), paid).iloc[0]
    assert (row["granted_ct"], row["unknown"], row["grants"]) == (100, 1, 2)
    assert [one.code for one in breaches(ledger(funds({"budget_ct": 1000}), paid), paid)] == ["no_amount"]
    nothing = ledger(funds({"budget_ct": 1000}), grants(None)).iloc[0]
    assert pd.isna(nothing["granted_ct"])
    assert pd.isna(nothing["remaining_ct"])
    other = grants(100, year=2025)
    table = ledger(funds({"budget_ct": 1000}), other)
    assert table[["year", "grants"]].to_numpy().tolist() == [["2024", 0], ["2025", 1]]
    assert [one.code for one in breaches(table, other)] == ["no_budget"]


def test_over_budget_is_told_with_what_is_over():
    paid = grants(70_000, 40_000)
    found = breaches(ledger(funds({"budget_ct": 100_000}), paid), paid)
    assert found[0].sentence.de.endswith(
        "bewilligt sind 1.100,00 €, das Budget ist 1.000,00 €; das sind 100,00 € mehr."
    )


def test_a_citys_own_rules_go_first_and_every_fault_is_told(tmp_path):
    folder = tmp_path / "catalogues"
    folder.mkdir()
    file = folder / "funds.toml"
    entry = '[[rule]]\nid = "berlin-action"\ntitle = "T"\ntype = "aktionsfonds"\nsource = "S"\ndate = "2026"\n'
    file.write_text(f'land = "BE"\n{entry}max_grant_ct = 90000\n')
    own, problems = own_fund_rules(tmp_path)
    assert not problems
    assert [(rule.key, rule.max_grant_ct) for rule in fund_rules(own)] == [
        ("berlin-action", 90_000),
        ("berlin-project", None),
    ]
    file.write_text(f"{entry}max_grant_ct = 15.5\nown_share = 2\nmax_grand_ct = 1\n{entry}")
    _, problems = own_fund_rules(tmp_path)
    assert [problem.row for problem in problems] == [7, 8, 9, 10]
    file.write_text(f"{entry}max_grant_ct = 1\nmin_grant_ct = 2\n")
    assert len(own_fund_rules(tmp_path)[1]) == 1


def test_rules_whose_source_says_no_day_give_none():
    states = {rule.key: rule.as_of for land in ("BE", "HH", "NW") for rule in fund_rules((land, ()))}
    assert states.pop("hamburg-disposition") == "2021"
    assert set(states.values()) == {""}


def test_a_grant_without_a_year_is_of_the_year_of_its_day():
    funds = pd.DataFrame({"fund": ["F"], "area": ["A"], "type": ["V"], "year": [2024], "budget_ct": [100]})
    days = pd.to_datetime(["2024-03-01", None, "2024-12-31"])
    grants = pd.DataFrame({"grant": ["G1", "G2", "G3"], "fund": "F", "year": pd.array([None, None, 2025], "Int64"),
                           "date": days, "amount_ct": [150, 20, 3]})  # fmt: skip
    found = ledger(funds, grants).set_index("year")
    assert found["granted_ct"].to_dict() == {"2024": 150, "2025": 3, "unknown": 20}
    assert "over_budget" in [one.code for one in breaches(ledger(funds, grants), grants)]


@pytest.mark.parametrize(
    ("since", "until", "is_long"),
    [("2022-01-01", "2025-12-31", False), ("2022-01-01", "2026-01-01", True), ("2024-02-29", "2028-02-28", False),
     ("2022-06-15", "2026-06-14", False), ("2022-06-15", "2026-06-15", True), (None, "2026-11-30", True),
     (None, "2025-11-29", False), ("2022-01-01", None, False)],
)  # fmt: skip
def test_a_project_of_berlin_lasts_four_years_at_most(since, until, is_long):
    """DOMAIN N33, counted on the calendar; without a first day from the day of the grant, unknown is no breach."""
    paid = grants(600_000).assign(
        date=pd.to_datetime(["2021-11-30"]), since=pd.to_datetime([since]), until=pd.to_datetime([until])
    )
    table = ledger(funds({"type": "projektfonds", "budget_ct": 9_000_000}), paid, rules=fund_rules(("BE", ())))
    assert table["max_years"].tolist() == [4]
    found = breaches(table, paid)
    assert [one.code for one in found] == (["too_long"] if is_long else [])
    if is_long:
        assert found[0].sentence.de.endswith("; erlaubt sind 4 Jahre.")


def test_the_own_row_of_a_fund_says_how_long():
    paid = grants(1).assign(since=pd.to_datetime(["2024-01-01"]), until=pd.to_datetime(["2025-01-01"]))
    table = ledger(funds({"type": "projektfonds", "budget_ct": 1, "max_years": 1}), paid)
    sentence = breaches(table, paid)[0].sentence
    assert sentence.de == (
        "Fonds F (QM-01), 2024: Was die Bewilligung F-1 zahlt, läuft vom 01.01.2024 bis 01.01.2025; erlaubt ist 1 Jahr."
    )
