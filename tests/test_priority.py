"""Where need meets gap: the order by hand, its laws, and results that do not belong together."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis import priority
from qmgis.errors import DataError, MissingColumnError, VintageError
from qmgis.model import AreaResult, Column, Secrecy, Text

TEXT = Text("Titel", "Title")
Row = tuple[str, float, int, bool, float, float]


def result(kind: str, parts: pd.DataFrame, value: pd.Series, left_out: dict[str, str], **changes: object) -> AreaResult:
    label = pd.Series(pd.Categorical(["x"] * len(parts), categories=["x"], ordered=True), index=parts.index)
    settings = {
        "kind": kind,
        "key": kind,
        "title": TEXT,
        "value": value,
        "label": label,
        "parts": parts,
        "columns": tuple(Column(str(name), TEXT, "number") for name in parts),
        "left_out": pd.Series(left_out, dtype=object),
        "vintage": "v1",
        "year": 2024,
        **changes,
    }
    return AreaResult(**settings)  # type: ignore[arg-type]


def need_of(rows: list[Row], left_out: dict[str, str] | None = None, **changes: object) -> AreaResult:
    index = pd.Index([row[0] for row in rows], name="area")
    parts = pd.DataFrame(
        {
            "status_index": [row[1] for row in rows],
            "status_class": pd.array([row[2] for row in rows], dtype="Int64"),
            "attention": pd.array([row[3] for row in rows], dtype="boolean"),
        },
        index=index,
    )
    gone = list(left_out or {})
    parts.loc[gone] = pd.NA
    return result("index", parts, parts["status_index"], left_out or {}, **changes)


def gap_of(rows: list[Row], left_out: dict[str, str] | None = None, **changes: object) -> AreaResult:
    index = pd.Index([row[0] for row in rows], name="area")
    share = pd.Series([row[4] for row in rows], index=index)
    not_reached = pd.Series([row[5] for row in rows], index=index)
    residents = (not_reached / (1 - share)).fillna(0.0)
    parts = pd.DataFrame({"residents": residents, "not_reached": not_reached, "share": share})
    return result("coverage", parts, share, left_out or {}, **{"parameters": {"complete": True}, **changes})


ROWS: list[Row] = [
    # area, status index, status class, attention, share reached, people not reached
    ("06", -1.2, 1, False, 0.95, 5.0),
    ("05", 0.4, 2, False, 0.20, 900.0),
    ("04", 1.2, 3, False, 0.50, 80.0),
    ("03", 2.5, 4, True, 0.95, 40.0),
    ("02", 1.6, 4, True, 0.80, 30.0),
    ("01", 1.9, 4, True, 0.10, 120.0),
]


def test_the_tiers_come_before_everything_else():
    order = priority.rank_need(need_of(ROWS), gap_of(ROWS))
    assert order.kind == "priority"
    assert order.value.index.tolist() == [row[0] for row in ROWS]
    assert order.value.tolist() == [6, 5, 4, 3, 2, 1]
    assert order.parts["tier"].tolist() == [5, 4, 3, 2, 1, 1]
    assert order.label.tolist() == [
        "neither", "underserved", "low_status_underserved", "attention", "attention_underserved",
        "attention_underserved",
    ]  # fmt: skip
    assert order.label.cat.categories[-1] == "attention_underserved"


def test_inside_a_tier_people_count_first_then_status_then_the_id():
    rows: list[Row] = [
        ("d", 1.6, 4, True, 0.5, 10.0),
        ("c", 1.6, 4, True, 0.5, 10.0),
        ("b", 1.9, 4, True, 0.5, 10.0),
        ("a", 1.6, 4, True, 0.8, 11.0),
    ]
    assert priority.rank_need(need_of(rows), gap_of(rows)).value.to_dict() == {"a": 1, "b": 2, "c": 3, "d": 4}


def test_the_limit_of_underserved_is_below_and_can_be_set():
    rows: list[Row] = [("a", 1.6, 4, True, 0.9, 10.0)]
    assert priority.rank_need(need_of(rows), gap_of(rows)).parts["tier"].tolist() == [2]
    assert priority.rank_need(need_of(rows), gap_of(rows), underserved_below=0.95).parts["tier"].tolist() == [1]


def test_left_out_areas_stay_with_their_reason():
    gap = gap_of(ROWS[:-1], {"05": "no_residents"})
    gap.value["05"] = gap.parts.loc["05", "share"] = np.nan
    order = priority.rank_need(need_of(ROWS, {"06": "outlier", "05": "too_few_residents"}), gap)
    assert order.left_out.to_dict() == {"06": "outlier", "05": "too_few_residents", "01": "missing_indicator"}
    assert order.value.dropna().to_dict() == {"02": 1, "03": 2, "04": 3}
    assert order.label[order.value.isna()].isna().all()
    assert order.parts.loc["06", "tier"] is pd.NA
    only_gap = priority.rank_need(need_of(ROWS[:-1]), gap)
    assert only_gap.left_out.to_dict() == {"05": "no_residents"}


rows = st.lists(
    st.tuples(
        st.floats(-3, 3), st.integers(1, 4), st.booleans(), st.sampled_from([0.0, 0.5, 0.9, 1.0]), st.integers(0, 3)
    ),
    min_size=1,
    max_size=12,
)


@given(rows, st.randoms())
def test_places_are_one_to_n_and_the_order_of_rows_does_not_matter(drawn, random):
    table = [(f"a{number:02d}", *map(float, row)) for number, row in enumerate(drawn)]
    table = [(a, status, int(level), bool(att), share, out) for a, status, level, att, share, out in table]
    order = priority.rank_need(need_of(table), gap_of(table))
    assert sorted(order.value) == list(range(1, len(table) + 1))
    assert order.parts.loc[order.value.sort_values().index, "tier"].is_monotonic_increasing
    shuffled = random.sample(table, len(table))
    again = priority.rank_need(need_of(shuffled), gap_of(table))
    assert again.value.to_dict() == order.value.to_dict()


def test_results_that_do_not_belong_together_are_refused():
    need, gap = need_of(ROWS), gap_of(ROWS)
    with pytest.raises(VintageError, match=r'"v1".*"v2"'):
        priority.rank_need(need, dataclasses.replace(gap, vintage="v2"))
    with pytest.raises(DataError, match="an index and a coverage"):
        priority.rank_need(gap, need)
    with pytest.raises(MissingColumnError, match="attention"):
        priority.rank_need(dataclasses.replace(need, parts=need.parts[["status_index"]], columns=need.columns[:1]), gap)
    with pytest.raises(DataError, match="share above 0"):
        priority.rank_need(need, gap, underserved_below=90)
    later = priority.rank_need(need, dataclasses.replace(gap, year=2022))
    assert "The index is of 2024, the coverage of 2022." in [warning.en for warning in later.warnings]


def test_incomplete_places_are_refused_unless_told_otherwise():
    gap = gap_of(ROWS, parameters={"complete": False})
    with pytest.raises(DataError, match="incomplete"):
        priority.rank_need(need_of(ROWS), gap)
    assert priority.rank_need(need_of(ROWS), gap, allow_incomplete=True).value["01"] == 1


def test_each_area_has_its_sentence_in_both_languages():
    order = priority.rank_need(need_of(ROWS, {"06": "outlier"}), gap_of(ROWS))
    assert priority.reason(order, "01").de == (
        "Platz 1 von 5 der Lesereihenfolge: besonderer Aufmerksamkeitsbedarf und unterversorgt; 120 Personen der "
        "Gruppe sind nicht erreicht (erreichter Anteil 10,0 %)."
    )
    assert priority.reason(order, "06").en == "Not ranked: outlier."
    with pytest.raises(DataError, match="no area"):
        priority.reason(order, "99")


def test_a_sentence_gives_no_small_number_away():
    few: list[Row] = [("a", 1.6, 4, True, 0.5, 2.0), ("b", 1.6, 4, True, 0.99, 4.0), ("c", 1.6, 4, True, 0.02, 98.0)]
    order = priority.rank_need(need_of(few), gap_of(few))
    assert "too small" in priority.reason(order, "a").en
    assert "too small" in priority.reason(order, "c").en  # two are reached
    assert "4 persons" in priority.reason(order, "b").en
    assert "too small" in priority.reason(order, "b", secrecy=Secrecy(min_count=5)).en


def test_columns_are_described_and_codes_cover_the_tiers():
    order = priority.rank_need(need_of(ROWS), gap_of(ROWS))
    tiers = next(column for column in order.columns if column.key == "tier")
    assert set(tiers.codes) == {"1", "2", "3", "4", "5"}
    assert tiers.codes["1"].en == "requires attention and underserved"
