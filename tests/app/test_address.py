from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.app.address import (
    LONGEST,
    MOST_CODES,
    ViewState,
    format_address,
    parse_address,
    settle,
    split_address,
)
from qmgis.runs.years.editions import default_run

words = st.text(max_size=LONGEST).filter(str.isprintable)
pages = st.text(min_size=1, max_size=LONGEST).filter(lambda word: word.isprintable() and word == word.strip("/"))
codes = st.lists(words.filter(bool), max_size=6, unique=True).map(lambda found: tuple(sorted(found)))
states = st.builds(
    ViewState,
    page=pages,
    run=words,
    mode=words,
    area=words,
    only=codes,
    lang=words,
    second=words,
    tried=codes,
    pick=words,
    rules=codes,
    include=codes,
    exclude=codes,
    own=codes,
)


@given(states)
def test_parse_after_format_is_identity(state):
    assert parse_address(*split_address(format_address(state))) == state


@given(states)
def test_an_address_is_plain_ascii_without_room_for_markup(state):
    address = format_address(state)
    assert address.isascii()
    assert not set(address) & set("<>\"'` \\")


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_address_gives_a_view_of_the_known_pages(path, search):
    state = parse_address(path, search)
    assert parse_address(*split_address(format_address(state))) == state


def test_groups_survive_with_their_signs():
    state = ViewState(only=("3-", "4+", "4+/-", "4-"))
    assert parse_address(*split_address(format_address(state))).only == state.only


@pytest.mark.parametrize(
    ("search", "field"),
    [
        ("?run=" + "x" * (LONGEST + 1), "run"),
        ("?area=%00%01", "area"),
        ("?mode=a%0Ab", "mode"),
        ("?" + "&".join(f"a{n}=1" for n in range(600)) + "&run=x", "run"),
    ],
)
def test_hostile_values_fall_back(search, field):
    assert getattr(parse_address("/", search), field) == ""


def test_many_codes_are_cut():
    assert len(parse_address("/", "?" + "&".join(f"only={n}" for n in range(90))).only) <= MOST_CODES


def test_settle_falls_back_to_what_exists(city):
    asked = ViewState(page="nowhere", run="mss-1999", lang="fr")
    settled = settle(asked, city, pages=("overview", "area"))
    assert (settled.page, settled.run, settled.lang) == ("overview", "mss-2024", "de")


def test_settle_keeps_what_exists_and_settles_once(city):
    asked = ViewState(page="area", run="mss-2022", area="x", lang="en", only=("4-",))
    settled = settle(asked, city, pages=("overview", "area"))
    assert settled == asked
    assert settle(settled, city, pages=("overview", "area")) == settled


def test_the_default_run_is_the_newest(city):
    assert default_run(city) == "mss-2024"
    assert default_run(replace(city, runs={"mss-2022": city.runs["mss-2022"]})) == "mss-2022"
    same = {key: replace(city.runs["mss-2024"], key=key) for key in ("zz", "aa")}
    assert default_run(replace(city, runs=same)) == "aa"  # the last declared, everywhere
