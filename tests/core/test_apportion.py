"""Whole numbers divided by weights: nothing is lost, and no part is further from its quota than one."""

from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.apportion import apportion

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any)


@given(st.integers(-(10**12), 10**12), WEIGHTS)
def test_parts_make_the_whole_and_stay_within_one_of_their_quota(whole, weights):
    parts = apportion(whole, weights)
    assert sum(parts) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(whole) * weight / sum(weights)) < 1
        assert part == 0 or weight > 0


def test_a_division_by_hand():
    """By hand: quotas 43.38, 21.59, 17.11, 9.07, 8.85; the two seats that are left go to .85 and .59."""
    assert apportion(100, [4338, 2159, 1711, 907, 885]) == (43, 22, 17, 9, 9)


@given(st.integers(0, 60), st.lists(st.integers(1, 9), min_size=2, max_size=3))
def test_no_other_whole_parts_lie_nearer(whole, weights):
    """Largest remainders make the sum of squared distances to the quotas as small as it can be: tried one by one."""
    quotas = [Fraction(whole * weight, sum(weights)) for weight in weights]

    def far(parts):
        return sum((part - quota) ** 2 for part, quota in zip(parts, quotas, strict=True))

    near = [[int(quota) + step for step in (-1, 0, 1, 2)] for quota in quotas]
    tried = [[]]
    for choices in near:
        tried = [[*one, choice] for one in tried for choice in choices]
    assert len(tried) == prod(len(choices) for choices in near)
    assert far(apportion(whole, weights)) == min(far(parts) for parts in tried if sum(parts) == whole)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_divide_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        apportion(1, weights)
