"""What a profile says: sections, numbers, what the public does not read, what is not shown."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qmgis.errors import UnknownKeyError
from qmgis.i18n import number, percent
from qmgis.model import Indicator, IndicatorTable
from qmgis.reports._sections import makers
from qmgis.runs.report import profile
from qmgis.runs.shared import check_area, known, public
from tests.toy import area_ids, toy_city


def section(made, key):
    return next(one for one in made.sections if one.key == key)


def rows(made, key, place=0):
    return {row[0]: row[1:] for row in section(made, key).tables[place].rows}


def everything(made) -> str:
    """Every word of a profile: tables, alt texts, and what is written in drawings."""
    found = [made.name, made.lead, made.foot, *(word for pair in made.facts for word in pair)]
    for one in made.sections:
        found += [one.title, *one.sentences, *one.points, *one.remarks]
        found += [cell for table in one.tables for row in (table.heads, *table.rows) for cell in row]
        found += [table.caption for table in one.tables]
        for picture in one.pictures:
            found += [picture.alt, picture.caption, *re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg)]
    return "\n".join(found)


def test_sections_stand_in_their_order(made):
    assert [one.key for one in made.sections] == [
        "figures", "situation", "development", "reasons", "coverage", "knowledge", "method",
    ]  # fmt: skip
    orders = [maker.order for maker in makers()]
    assert orders == sorted(set(orders))


def test_key_figures_are_those_of_the_table(shared, made):
    table = shared.outcome.table
    found = rows(made, "figures")
    assert found["Transferbezug"][0] == percent(float(table["value_transfer"]["01010405"]), "de")
    assert dict(made.facts)["Bevölkerung"] == number(float(table["population"]["01010405"]), "de")


def test_every_picture_has_words_and_a_table_beside_it(shared):
    for area in ("01010405", "QM-01"):
        for one in profile(shared, area).sections:
            for picture in one.pictures:
                assert len(picture.alt) > 20
                assert picture.caption
                assert picture.svg.startswith("<svg ")
            needs = bool(one.pictures) and not (area == "QM-01" and one.key == "coverage")
            assert bool(one.tables) or not needs, one.key


def test_a_programme_area_has_people_life_and_its_areas(shared):
    made = profile(shared, "QM-01", lang="en")
    assert made.kicker == "Profile of a programme area"
    assert rows(made, "lifecycle")["Quartier Ost (QM-01)"][1] == "P7 operation"
    assert [row[0] for row in section(made, "situation").tables[0].rows] == [
        f"{shared.outcome.table['name'][area]} ({area})" for area in area_ids()[2:4]
    ]
    assert "Residents" in rows(made, "people")
    assert section(made, "knowledge").tables[0].rows == (("2 May 2024", "administration", "Büro zieht um"),)


def test_the_public_reads_classes_and_no_index_and_only_public_notes(shared, for_public):
    inside, outside = profile(shared, "01010405"), profile(for_public, "01010405")
    assert inside.is_public is False
    assert outside.is_public is True
    assert "Status-Index" in rows(inside, "reasons")
    assert not {"Status-Index", "Dynamik-Index"} & set(rows(outside, "reasons"))
    assert len(section(outside, "reasons").tables) == 1
    assert section(outside, "reasons").sentences == ()
    assert [row[2] for row in section(outside, "knowledge").tables[0].rows] == ["Spielplatz offen"]
    assert len(section(inside, "knowledge").tables[0].rows) == 2
    assert shared.outcome.recipe.id != for_public.outcome.recipe.id
    assert for_public.outcome.recipe.id in outside.foot


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_words_of_verdict_or_league(shared, for_public, lang):
    for one in (shared, for_public):
        said = everything(profile(one, "01010405", lang=lang)).lower()
        assert not re.search(r"problem|brennpunkt|schlecht|worst|verursacht|bewirkt|caused|rangliste|league", said)


def test_an_area_left_out_says_why(shared):
    made = profile(shared, "01010005")
    assert "ußergewöhnlich" in everything(made) or "Ausreißer" in everything(made) or "nicht bewertet" in made.lead
    assert "reasons" in [one.key for one in made.sections]


def test_wrong_ids_are_told_with_what_is_meant(hostile, shared):
    for ask in (lambda area: profile(shared, area), lambda area: check_area(hostile, area)):
        with pytest.raises(UnknownKeyError, match=r'Did you mean "01010405"'):
            ask("0101040S")
        with pytest.raises(UnknownKeyError, match="does not hold on 31 December 2024"):
            ask("QM-02")


def counted(small: int) -> IndicatorTable:
    """The toy city with one share of counts: of the first area so few, elsewhere many."""
    city = toy_city()
    table = city.tables["toy-2022"]
    frame = table.frame.copy()
    frame["people"] = 1000.0
    of_area = frame.index.get_level_values("area")
    frame["poor"] = np.where(of_area == area_ids()[8], float(small), 100.0 + 7 * np.arange(len(frame)))
    frame["transfer"] = frame["poor"] / frame["people"]
    known_of = dict(table.indicators)
    for key in ("people", "poor"):
        known_of[key] = Indicator(key, known_of["population"].title, "count", "persons", 0, licence="x", credit="x")
    known_of["transfer"] = replace(known_of["transfer"], numerator="poor", denominator="people")
    states = table.states.assign(people="ok", poor="ok")
    change = table.change.assign(people=0.0, poor=0.0, transfer=0.0).where(table.change.notna().any(axis=1), np.nan)
    change["transfer"] = pd.Series(np.linspace(-0.01, 0.01, len(change)), index=change.index)
    return IndicatorTable(frame, states, change, known_of, table.vintage)


@pytest.mark.parametrize(("small", "is_public", "hidden"), [(2, False, True), (7, False, False), (7, True, True)])
def test_small_counts_are_in_no_table_chart_or_alt_text(small, is_public, hidden):
    city = replace(toy_city(), tables={"toy-2022": counted(small)})
    made = profile(known(city, is_public=is_public), area_ids()[8])
    secret = percent(small / 1000, "de")
    assert (not re.search(rf"(?<![0-9]){secret}", everything(made))) == hidden
    assert rows(made, "figures")["Transferbezug"][0].startswith("–" if hidden else secret)
    years = rows(made, "development", 0).get("Transferbezug, Gebiet 9") if hidden else None
    assert years is None or set(years) == {"–"}


def test_the_public_limits_are_the_larger_ones():
    city = toy_city()
    strict = replace(city, secrecy=replace(city.secrecy, min_count=20))
    assert (public(city).secrecy.min_count, public(strict).secrecy.min_count) == (10, 20)
