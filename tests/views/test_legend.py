"""One legend: every area is in exactly one entry, and missing is never a class."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmgis.coverage._supply import _label
from qmgis.errors import DataError, MissingColumnError, NotEnoughDataError
from qmgis.io.written.sld import sld
from qmgis.io.written.styles import Style, renderer
from qmgis.model import Column, Text, words
from qmgis.runs.compute import compute
from qmgis.views import legend as legends
from qmgis.views import palette
from tests import toy
from tests.views.made import made_outcome

COLUMNS = [
    "group", "status_class", "dynamics_class", "attention", "left_out", "kita_share", "kita_not_reached",
    "kita_tier", "kita_order", "value_child_poverty", "change_transfer", "population", "status_index", "z_transfer",
]  # fmt: skip


@pytest.fixture(scope="module")
def outcome():
    return made_outcome()


@pytest.mark.parametrize("scheme", ["sd", "quantile", "equal"])
@pytest.mark.parametrize("column", COLUMNS)
def test_every_area_is_in_one_entry_and_is_counted(outcome, column, scheme):
    legend = legends.legend_for(outcome, column, scheme=scheme)
    entry = legends.entry_of(outcome.table, legend)
    assert (entry >= 0).all()
    assert [item.count for item in legend.entries] == [(entry == k).sum() for k in range(len(legend.entries))]


@pytest.mark.parametrize("column", COLUMNS)
def test_missing_and_left_out_are_hatched_and_never_a_class(outcome, column):
    legend = legends.legend_for(outcome, column)
    entry = legends.entry_of(outcome.table, legend)
    empty = outcome.table[column].isna()
    kinds = entry.map(lambda k: legend.entries[k].role)
    assert kinds[empty].isin(["no_data", "left_out"]).all()
    assert kinds[~empty].isin(["class", "zero"]).all()
    assert all((item.hatch != "none") == (item.role in ("no_data", "left_out")) for item in legend.entries)


def test_left_out_entry_names_reasons_with_their_number(outcome):
    left_out = legends.group_legend(outcome).entries[-1]
    assert left_out.role == "left_out"
    assert left_out.count == len(outcome.index.left_out) == 3
    assert "Ausreißer: 1" in left_out.label.de
    assert "too few residents: 1" in left_out.label.en


def test_secret_and_missing_are_two_entries(outcome):
    entries = {
        e.value: e for e in legends.indicator_legend(outcome, "value_child_poverty").entries if e.role == "no_data"
    }
    assert entries["secret"].areas == (outcome.table.index[9],)
    assert entries["missing"].hatch != entries["secret"].hatch


def test_legend_says_unit_date_source_and_limits(outcome):
    legend = legends.indicator_legend(outcome, "value_child_poverty")
    assert (legend.unit.de, legend.date, legend.source) == ("%", "2024", outcome.credits[0])
    reference = outcome.index.reference.loc["child_poverty"]
    limits = [entry.upper for entry in legend.classes[:-1]]
    expected = [reference["mean"] + step * reference["sd"] for step in (-1, 1, 1.5)]
    assert limits == pytest.approx(expected, abs=0.00006)
    assert f"{100 * limits[0]:.2f}".replace(".", ",") in legend.classes[0].label.de


def test_status_limits_are_in_the_words(outcome):
    labels = [entry.label.de for entry in legends.status_legend(outcome).classes]
    assert labels == [
        "hoch (unter -1,0)",  # codespell:ignore unter
        "mittel (-1,0 bis +1,0)",
        "niedrig (über +1,0 bis +1,5)",
        "sehr niedrig (über +1,5)",
    ]


def test_zero_is_a_class_of_its_own():
    outcome = made_outcome()
    table = outcome.table.copy()
    table.loc[table.index[:4], "kita_not_reached"] = 0.0
    legend = legends.indicator_legend(
        dataclasses.replace(outcome, table=table), "kita_not_reached", scheme="quantile", classes=4
    )
    assert legend.entries[0].role == "zero"
    assert legend.entries[0].count == (table["kita_not_reached"] == 0).sum()
    assert len({entry.colour for entry in legend.classes}) == len(legend.classes)


def test_straight_line_is_said(outcome):
    assert "Luftlinie" in legends.coverage_legend(outcome, "kita").notes[0].de


def test_colours_follow_any_selection_and_order(outcome):
    legend = legends.group_legend(outcome)
    whole = legends.colour_of(outcome.table, legend)
    some = outcome.table.iloc[[20, 3, 7, 0]]
    assert legends.colour_of(some, legend).equals(whole.loc[some.index])
    assert set(whole) <= {*palette.GROUP_COLOURS.values(), palette.NO_DATA, palette.LEFT_OUT}


def test_wrong_wishes_give_one_sentence(outcome):
    with pytest.raises(MissingColumnError, match="Did you mean"):
        legends.indicator_legend(outcome, "value_unemploymnt")
    with pytest.raises(DataError, match="words, not numbers"):
        legends.indicator_legend(outcome, "name")
    with pytest.raises(DataError, match="scheme is"):
        legends.indicator_legend(outcome, "population", scheme="jenks")
    with pytest.raises(MissingColumnError, match='no theme "schools"'):
        legends.coverage_legend(outcome, "schools")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.floats(-1e6, 1e6) | st.none(), min_size=30, max_size=30),
    scheme=st.sampled_from(["sd", "quantile", "equal"]),
    classes=st.integers(2, 9),
)
def test_any_numbers_fall_into_one_class_as_the_legend_says(outcome, values, scheme, classes):
    table = outcome.table.copy()
    table["status_index"] = np.array([np.nan if v is None else v for v in values])
    changed = dataclasses.replace(outcome, table=table)
    try:
        legend = legends.indicator_legend(changed, "status_index", scheme=scheme, classes=classes)
    except NotEnoughDataError:
        assert table["status_index"].nunique() < 2
        return
    entry = legends.entry_of(table, legend)
    assert (entry >= 0).all()
    for number, item in enumerate(legend.entries):
        inside = table["status_index"][entry == number]
        if item.role == "class":
            assert (inside <= (np.inf if item.upper is None else item.upper)).all()
            assert (inside > (-np.inf if item.lower is None else item.lower)).all()
        else:
            assert inside.isna().all()
    assert pd.Series([item.colour for item in legend.classes]).is_unique


@pytest.mark.realdata
@pytest.mark.parametrize("code", ["S1", "S3", "S4", "D1", "D3", "D4"])
def test_indicator_maps_of_2021_class_by_class(outcome, realdata, code):
    """The publisher's classes of the indicator maps (``*_SD_GR``) from the publisher's values, 536 of 536."""
    path = realdata / "berlin" / "mss" / "wfs_2021" / "mss_2021_index_indikatoren.csv"
    if not path.is_file():
        pytest.skip("the table of the indicator maps is absent: berlin/mss/wfs_2021/mss_2021_index_indikatoren.csv")
    source = pd.read_csv(path, dtype={"PLR_ID": str}).set_index("PLR_ID")
    source = source[source["KOM"] == "gültig"]
    kind = "value" if code.startswith("S") else "change"
    row = "transfer" if kind == "value" else "transfer_change"
    values = source[code] / 100
    table = pd.DataFrame({f"{kind}_transfer": values, "states": ""})
    reference = pd.DataFrame({"mean": [values.mean()], "sd": [values.std(ddof=0)], "n": [len(values)]}, index=[row])
    index = dataclasses.replace(outcome.index, reference=reference)
    legend = legends.indicator_legend(dataclasses.replace(outcome, table=table, index=index), f"{kind}_transfer")
    ours = legends.entry_of(table, legend) + 1
    assert len(ours) == 536
    assert (ours != source[f"{code}_SD_GR"]).sum() == 0


def test_certainty_goes_from_sure_to_borderline_and_says_what_it_means(toy_outcome):
    legend = legends.legend_for(toy_outcome, "certainty")
    assert [entry.value for entry in legend.classes] == ["sure", "likely", "borderline"]
    assert [entry.colour for entry in legend.classes] == [*palette.CERTAINTY_COLOURS.values()]
    left_out = int(toy_outcome.table["certainty"].isna().sum())
    assert sum(entry.count for entry in legend.entries if entry.hatch != "none") == left_out > 0
    assert "je dunkler, desto unsicherer" in legend.notes[0].de
    assert (
        legends.legend_for(toy_outcome, "certainty_attention").classes[-1].colour
        == palette.CERTAINTY_COLOURS["borderline"]
    )


def test_a_pattern_says_how_many_tests_are_corrected_for(toy_outcome):
    codes = ["high_high", "low_low", "low_high", "high_low", *["not_significant"] * 23]
    table = toy_outcome.table.assign(pattern=None)
    scored = table.index[table["left_out"].isna()]
    table.loc[scored, "pattern"] = codes[: len(scored)]
    column = Column("pattern", words("pattern.pattern"), "code", codes={c: words(f"pattern.{c}") for c in set(codes)})
    legend = legends.legend_for(
        dataclasses.replace(toy_outcome, table=table, columns=(*toy_outcome.columns, column)), "pattern"
    )
    assert [entry.value for entry in legend.classes] == [
        "not_significant", "low_low", "low_high", "high_low", "high_high"
    ]  # fmt: skip
    assert [entry.count for entry in legend.classes] == [len(scored) - 4, 1, 1, 1, 1]
    assert {entry.colour for entry in legend.classes} < set(palette.PATTERN_COLOURS.values())
    assert "FDR 5 %" in legend.notes[0].de


def test_exactly_the_limit_is_drawn_in_the_class_that_it_has():
    """6.0 places for each 100 are enough: in the legend, in QGIS and in other programs, as in the result."""
    city = toy.toy_city()
    theme = dataclasses.replace(city.themes["kita"], supply="two_step", guide=6.0)
    kitas = dataclasses.replace(toy.toy_places(), frame=toy.toy_places().frame.fillna({"capacity": 40.0}))
    city = dataclasses.replace(city, themes={"kita": theme}, places={"kita": kitas})
    outcome = compute(city, "mss-2024")
    shown = outcome.table["kita_access"].dropna().index
    outcome.table.loc[shown, "kita_access"] = np.resize([6.0, 5.9, 3.0, 2.9], len(shown))
    legend = legends.legend_for(outcome, "kita_access")
    drawn = legends.entry_of(outcome.table, legend)[shown]
    classes = _label(outcome.table.loc[shown, "kita_access"], outcome.supply["kita"].limits["access"])
    assert drawn.iloc[:4].tolist() == [0, 1, 1, 2]
    assert drawn.tolist() == classes.cat.codes.tolist()
    assert [entry.label.de for entry in legend.classes] == ["ab 6,0", "3,0 bis unter 6,0", "unter 3,0"]
    style = Style("kita_access", Text("A", "A"), "coverage", legend.entries, "kita_access")
    names = {name: name for name in [*outcome.table, "area"]}
    filters = [rule.get("filter") for rule in renderer(style, names, "de").iter("rule")]
    assert filters[:3] == [
        '"kita_access" >= 6.0',
        '"kita_access" >= 3.0 AND "kita_access" < 6.0',
        '"kita_access" < 3.0',
    ]
    other = sld(style, names, "de").decode()
    assert other.count("<ogc:PropertyIsGreaterThanOrEqualTo>") == other.count("<ogc:PropertyIsLessThan>") == 2
    assert "<ogc:PropertyIsGreaterThan>" not in other


def test_half_reached_is_not_below_half(outcome):
    """An area with exactly half is `partly` reached, so the legend does not draw it below 50 %."""
    table = outcome.table.assign(kita_share=0.5)
    reach = dataclasses.replace(outcome.coverage["kita"], left_out=pd.Series(dtype=object))
    changed = dataclasses.replace(outcome, table=table, coverage={"kita": reach})
    legend = legends.coverage_legend(changed, "kita")
    assert legend.classes[int(legends.entry_of(table, legend).iloc[0])].label.de == "50 bis unter 75 %"


@pytest.mark.parametrize(
    ("owns", "said"),
    [
        (("above", "below", "below"), ["unter -1,0", "-1,0 bis +1,0", "über +1,0 bis +1,5", "über +1,5"]),
        (("above", "above", "above"), ["unter -1,0", "-1,0 bis unter +1,0", "+1,0 bis unter +1,5", "ab +1,5"]),
        (("below", "above", "below"), ["bis -1,0", "über -1,0 bis unter +1,0", "+1,0 bis +1,5", "über +1,5"]),
    ],
)
def test_a_status_legend_says_of_which_class_a_limit_is(outcome, owns, said):
    blocks = {"status": {**outcome.index.parameters["blocks"]["status"], "owns": owns}}
    index = dataclasses.replace(outcome.index, parameters={**outcome.index.parameters, "blocks": blocks})
    labels = [entry.label.de for entry in legends.status_legend(dataclasses.replace(outcome, index=index)).classes]
    assert [label.partition("(")[2].rstrip(")").replace("\u2212", "-") for label in labels] == said
