"""Field names of ten characters: ASCII, unique without case, readable, the year kept."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.io.written.names import short_names, unique_names

keys = st.lists(
    st.one_of(st.text(max_size=30), st.text(alphabet=string.ascii_lowercase[:3] + "_2", max_size=20)),
    unique=True,
    max_size=60,
)


@given(keys)
def test_names_fit_every_reader(given_keys):
    names = short_names(given_keys)
    assert list(names) == given_keys
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,9}", name) for name in names.values())
    assert len(set(names.values())) == len(given_keys)
    assert names == short_names(given_keys)


@given(keys)
def test_unique_names_are_unique_without_case(given_keys):
    names = unique_names(given_keys, reserved=("fid", "geom"))
    lowered = {name.lower() for name in names.values()}
    assert len(lowered) == len(given_keys)
    assert not lowered & {"fid", "geom"}


@pytest.mark.parametrize(
    ("key", "short"),
    [
        ("area", "area"),
        ("status_index", "stat_idx"),
        ("z_unemployment", "z_unempl"),
        ("contribution_unemployment", "c_unempl"),
        ("kita_not_reached", "kita_n_rch"),
        ("kita_reached_age_6_11", "kita_r6t11"),
        ("playground_not_reached_age_18_64", "pla_n18t64"),
        ("doctor_not_reached_age_65_plus", "doctor_n65"),
        ("children_age_18_64", "ch_a18t64"),
        ("sgb2_quote_2023", "sgb2_quo23"),
    ],
)
def test_known_words_stay_readable(key, short):
    assert short_names([key]) == {key: short}


def test_years_survive_where_gdal_loses_them():
    names = short_names(["sgb2_quote_2023", "sgb2_quote_2024", "Straßenname_lang", "STRASSENNAME_LANG"])
    assert names["sgb2_quote_2023"].endswith("23")
    assert names["sgb2_quote_2024"].endswith("24")
    assert len(set(names.values())) == 4


def test_thousands_of_alike_keys_stay_apart_and_keep_the_year():
    names = short_names([f"very_long_indicator_name_{'x' * number}_2024" for number in range(1500)])
    assert len(set(names.values())) == 1500
    assert all(name.endswith("24") for name in names.values())
