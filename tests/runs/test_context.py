"""Other indicators: right year, guarded, never averaged."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qmgis.model import Indicator, Text
from qmgis.runs.compute import compute
from qmgis.runs.context import context_of
from tests.toy import VINTAGE, area_ids, toy_city

AREA, OTHER, SMALL = area_ids()[20], area_ids()[21], area_ids()[22]
MORE = {
    "pupils": ("count", "persons", None, None),
    "playgrounds": ("count", "count", None, None),
    "commuters": ("count", "persons", None, None),
    "adults": ("count", "persons", None, None),
    "commuting": ("share", "percent", "commuters", "adults"),
    "owners": ("share", "percent", None, None),
    "rent": ("mean", "euro_per_m2", None, None),
}


@pytest.fixture(scope="module")
def city():
    """The toy city with more indicators: playgrounds of 2023 only, two confidential numbers, one missing."""
    base = toy_city()
    table = base.tables[VINTAGE]
    frame, states = table.frame.copy(), table.states.copy()
    year = frame.index.get_level_values("year")
    for key, value in {
        "pupils": 50,
        "playgrounds": 2,
        "commuters": 30,
        "adults": 100,
        "owners": 0.4,
        "rent": 8,
    }.items():
        frame[key] = float(value)
    frame.loc[year != 2023, "playgrounds"] = np.nan
    frame.loc[(AREA, 2023), "playgrounds"] = 1.0
    frame.loc[(SMALL, 2024), ["pupils", "commuters"]] = 2.0
    frame.loc[(OTHER, 2024), "rent"] = np.nan
    frame.loc[(AREA, 2024), ["commuters", "adults"]] = [90.0, 1000.0]
    frame["commuting"] = frame["commuters"] / frame["adults"]
    for key in MORE:
        states[key] = np.where(frame[key].notna(), "ok", "missing")
    change = pd.DataFrame(np.nan, index=frame.index, columns=frame.columns)
    change[table.change.columns] = table.change
    known = {
        key: Indicator(key, Text(key, key), kind, unit, 0, top, base_) for key, (kind, unit, top, base_) in MORE.items()
    }
    wider = replace(
        table, frame=frame, states=states[frame.columns], change=change, indicators={**table.indicators, **known}
    )
    return replace(base, tables={VINTAGE: wider})


@pytest.fixture(scope="module")
def outcome(city):
    return compute(city, "mss-2024")


def rows(city, outcome, area):
    return {row.column.key: row for row in context_of(city, outcome, area)}


def test_what_enters_the_index_and_mere_parts_are_left_out(city, outcome):
    assert set(rows(city, outcome, AREA)) == {"pupils", "playgrounds", "commuting", "owners", "rent"}


def test_another_year_is_named(city, outcome):
    found = rows(city, outcome, AREA)
    assert (found["playgrounds"].year, found["playgrounds"].value) == (2023, 1.0)
    assert found["pupils"].year == 2024


def test_the_city_is_rebuilt_and_never_averaged(city, outcome):
    found = rows(city, outcome, AREA)
    assert found["commuting"].city == pytest.approx((28 * 30 + 90) / (28 * 100 + 1000))
    assert found["commuting"].areas == 29
    assert found["playgrounds"].city == 29 * 2 + 1
    assert found["owners"].city is None
    assert found["rent"].city is None


def test_few_people_are_confidential_and_not_given_away_by_the_city(city, outcome):
    found = rows(city, outcome, SMALL)
    assert [(found[key].value, found[key].state) for key in ("pupils", "commuting")] == [(None, "secret")] * 2
    assert (found["pupils"].city, found["pupils"].areas) == (29 * 50, 29)


def test_one_playground_is_not_a_person(city, outcome):
    assert rows(city, outcome, AREA)["playgrounds"].state == ""


def test_missing_is_missing(city, outcome):
    row = rows(city, outcome, OTHER)["rent"]
    assert (row.value, row.state) == (None, "missing")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_area_page_shows_them_in_words(city, lang):
    from qmgis.app.main import show
    from tests.app.test_area import _text

    text = _text(show("/area", f"?area={SMALL}&lang={lang}", None, city=city)[0])
    assert {"de": "Weitere Kennzahlen", "en": "Other indicators"}[lang] in text
    assert {"de": "– (geheim)", "en": "– (confidential)"}[lang] in text
    assert {"de": "8,0 €/m²", "en": "8.0 €/m²"}[lang] in text
    assert {"de": "(29 von 30 Gebieten)", "en": "(29 of 30 areas)"}[lang] in text


@pytest.mark.realdata
def test_berlins_official_playgrounds_are_shown(realdata):
    from qmgis.io.city.workspace import open_city

    berlin = open_city("layers/berlin", data=realdata)
    found = rows(berlin, compute(berlin, "mss-2021"), "02100104")
    assert found["playgrounds"].year == 2025
    assert found["playgrounds"].value is not None
    assert found["playgrounds"].city == 1877
    assert found["playground_area"].areas == 520
