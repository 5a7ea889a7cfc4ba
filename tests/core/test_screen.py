"""Screening says which, how much and why."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qmgis.core.screen import keep_areas, keep_indicators
from qmgis.errors import DataError, NotEnoughDataError

cells = arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 5)), elements=st.sampled_from([1.0, 2.0, np.nan]))


@given(cells, st.sampled_from([0.2, 0.5, 0.66, 1.0]))
def test_areas_and_indicators_are_one_rule_on_either_side(array, least):
    table = pd.DataFrame(array).rename(columns=str)
    areas, turned = keep_areas(table, least=least), keep_indicators(table.T, least=least)
    assert areas["kept"].tolist() == turned["kept"].tolist()
    assert areas["share"].tolist() == turned["share"].tolist()
    assert areas.index.equals(table.index)
    assert [len([n for n in names.split(", ") if n]) for names in areas["missing"]] == turned["missing"].tolist()
    assert (areas["kept"] == (table.notna().mean(axis=1) >= least - 1e-9)).all()


def test_exactly_the_limit_is_kept_and_two_thirds_pass_the_default():
    table = pd.DataFrame(np.ones((50, 50)))
    table.iloc[0, 33:] = np.nan
    assert keep_areas(table, least=0.66)["kept"][0]
    assert keep_areas(pd.DataFrame([[1.0, 1.0, None]]))["kept"][0]
    assert not keep_areas(pd.DataFrame([[1.0, 1.0, None]]), least=1.0)["kept"][0]


@pytest.mark.parametrize("least", [0, -1, 1.2, float("nan")])
def test_a_limit_that_cannot_be(least):
    with pytest.raises(DataError):
        keep_areas(pd.DataFrame({"p": [1.0]}), least=least)


def test_nothing_to_screen():
    with pytest.raises(NotEnoughDataError):
        keep_indicators(pd.DataFrame({"p": []}))
