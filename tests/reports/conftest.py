"""Profiles of the toy city: with programme areas, notes and names that want to be markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qmgis.model import Note
from qmgis.runs.report import profile
from qmgis.runs.shared import known
from tests.toy import area_ids, toy_areas, toy_backdrop, toy_city, toy_programme

MARKUP = '#panic("x") [*bold*] $x^2$ <script>alert(1)</script> \\ `raw` @ref //c =H _i_ ~'
NOTES = (
    Note("01010405", date(2024, 5, 2), "provider", f"Neubau bezogen {MARKUP}"),
    Note("01010405", date(2023, 1, 9), "residents", "Spielplatz offen", is_public=True),
    Note("QM-01", date(2024, 5, 2), "administration", "Büro zieht um"),
)


@pytest.fixture(scope="session")
def hostile():
    """The toy city with markup for names, programme areas and notes."""
    areas = toy_areas()
    frame = areas.frame.copy()
    frame.loc[area_ids()[2], "name"] = MARKUP
    frame.loc[area_ids()[2:5], "parent"] = MARKUP
    return replace(
        toy_city(), area_layers={areas.vintage: replace(areas, frame=frame)}, backdrop=toy_backdrop(),
        programmes={"programme": toy_programme()}, notes=NOTES,
    )  # fmt: skip


@pytest.fixture(scope="session")
def shared(hostile):
    return known(hostile)


@pytest.fixture(scope="session")
def for_public(hostile):
    return known(hostile, is_public=True)


@pytest.fixture(scope="session")
def made(shared):
    return profile(shared, "01010405")
