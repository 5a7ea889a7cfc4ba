"""Every text exists in both languages with the same places to fill in; numbers read as people write them."""

import string
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.errors import UnknownKeyError
from qmgis.i18n import keys, number, percent, say


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", keys())
def test_text_is_complete(key):
    german, english = say(key, "de"), say(key, "en")
    assert german.strip()
    assert english.strip()
    assert places(german) == places(english)
    for word in ("verursacht", "bewirkt", "caused by"):
        assert word not in f"{german} {english}".lower()


def test_unknown_text_is_named():
    with pytest.raises(UnknownKeyError, match=r"words\.are"):
        say("words.are", "de")


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 4))
def test_german_and_english_differ_only_in_marks(value, digits):
    german, english = number(value, "de", digits=digits), number(value, "en", digits=digits)
    assert german.translate(str.maketrans(",.", ".,")) == english
    assert float(english.replace(",", "")) == pytest.approx(value, abs=0.5 * 10**-digits * 1.0001)


@given(st.one_of(st.floats(-1e9, 1e9), st.integers(-(10**7), 10**7).map(lambda n: n / 10**5)), st.integers(0, 4))
def test_a_five_is_rounded_away_from_zero_as_printed(value, digits):
    """Another way to the same text: decimal arithmetic on the number as Python prints it."""
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    assert number(value, "en", digits=digits) == f"{exact + 0 if exact else abs(exact):,.{digits}f}"


def test_missing_is_not_zero():
    assert number(None, "de") == number(float("nan"), "de") == percent(float("nan"), "de") == "–"
    assert number(0, "de") == "0"
    assert percent(0.0, "de") == "0,0 %"
