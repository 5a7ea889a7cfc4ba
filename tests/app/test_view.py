import pandas as pd
import pytest

from qmgis.app.results import is_ready, outcome_of
from qmgis.app.view import code_of, key_numbers, modes, reasons, rows_of, shown, table_columns, values


@pytest.fixture(scope="module")
def outcome(city):
    return outcome_of(city, "mss-2024")


def test_a_run_is_computed_once(city, outcome):
    assert outcome_of(city, "mss-2024") is outcome
    assert is_ready(city)


def test_modes_are_columns_of_the_table(outcome):
    keys = [mode.key for mode in modes(outcome)]
    assert keys[0] == "group"
    assert {"status_class", "dynamics_class", "attention", "kita_share", "kita_tier"} <= set(keys)
    assert set(keys) <= set(outcome.table.columns)


@pytest.mark.parametrize("mode", ["group", "status_class", "dynamics_class", "attention", "kita_share", "kita_tier"])
def test_every_area_has_one_entry_and_counts_agree(outcome, mode):
    laid = shown(outcome, mode)
    assert set(laid.positions) == set(outcome.table.index)
    assert min(laid.positions.values()) >= 0
    counted = pd.Series(laid.positions).value_counts().to_dict()
    assert {place: entry.count for place, entry in enumerate(laid.legend.entries) if entry.count} == counted


def test_codes_of_a_legend_are_different(outcome):
    for mode in modes(outcome):
        legend = shown(outcome, mode.key).legend
        codes = [code_of(legend, place) for place in range(len(legend.entries))]
        assert len(set(codes)) == len(codes)


def test_an_unknown_mode_is_the_default(outcome):
    assert shown(outcome, "<script>").mode.key == "group"


def test_key_numbers_count_the_table(outcome):
    figures, table = key_numbers(outcome), outcome.table
    flagged = table[table["attention"].eq(True)]
    assert (figures.areas, figures.attention, figures.left_out) == (30, len(flagged), 3)
    assert figures.residents == table["population"].sum()
    assert figures.residents_in_attention == flagged["population"].sum()


def test_rows_are_the_areas_and_the_filter_is_that_of_the_map(outcome):
    whole = rows_of(outcome, "group", only=(), lang="de")
    assert [row["area"] for row in whole] == list(outcome.table.index)
    some = rows_of(outcome, "group", only=("2+/-", "left_out"), lang="de")
    wanted = outcome.table.index[outcome.table["group"].eq("2+/-") | outcome.table["left_out"].notna()]
    assert [row["area"] for row in some] == list(wanted)
    assert rows_of(outcome, "group", only=("<script>",), lang="de") == []


def test_empty_cells_say_why(outcome):
    rows = {row["area"]: row for row in rows_of(outcome, "group", only=(), lang="de")}
    left_out = outcome.table.index[outcome.table["left_out"].notna()][0]
    assert rows[left_out]["status_index"] is None
    assert rows[left_out]["status_index_why"] == "nicht bewertet"
    assert reasons(outcome, "group", "en")[left_out] == "left out: too few residents"


def test_words_follow_the_language(outcome):
    german = rows_of(outcome, "group", only=(), lang="de")
    english = rows_of(outcome, "group", only=(), lang="en")
    assert {row["dynamics_class"] for row in german} >= {"+/- (stabil)"}
    assert {row["dynamics_class"] for row in english} >= {"+/- (stable)"}


def test_hidden_columns_stay_out_of_the_table(outcome):
    keys = {column.key for column in table_columns(outcome)}
    assert "population" in keys
    assert not {key for key in keys if key.startswith(("z_", "contribution_", "states"))}


def test_numbers_are_said_in_the_language_and_codes_are_not_repeated(outcome):
    assert values(outcome, "group", "de") == {}
    said = values(outcome, "kita_share", "de")
    assert set(said) == set(outcome.table.index[outcome.table["kita_share"].notna()])
    assert all(text.endswith(" %") for text in said.values())
