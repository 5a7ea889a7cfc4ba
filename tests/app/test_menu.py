"""The menu: every page stands in one room, and a room shows its pages once one is inside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qmgis.app.address import ViewState
from qmgis.app.frame import frame, rooms
from qmgis.app.main import pages
from qmgis.app.page import ROOMS
from tests.toy import toy_city, toy_programme


def _names(component, label: str) -> list[str]:
    """Return the links of the list that carries a label."""
    found = [nav for nav in component.children[1].children if getattr(nav, "aria-label", "") == label]
    return [item.children.children for nav in found for item in nav.children.children]


def _marked(component, label: str, value: str) -> list[str]:
    found = [nav for nav in component.children[1].children if getattr(nav, "aria-label", "") == label]
    links = [item.children for nav in found for item in nav.children.children]
    return [link.children for link in links if getattr(link, "aria-current", "") == value]


@pytest.fixture
def funded():
    return replace(toy_city(), programmes={"programme": toy_programme()})


def test_every_page_stands_in_a_room():
    assert {page.room for page in pages().values()} == set(ROOMS)


def test_a_room_without_pages_is_not_offered():
    one = {key: page for key, page in pages().items() if page.room == "need"}
    assert list(rooms(toy_city(), one)) == ["need"]


def test_rooms_first_then_the_pages_of_the_current_one(funded):
    seen = frame(funded, ViewState(page="quality", run="mss-2024", lang="de"), pages())
    assert _names(seen, "Bereiche") == ["Soziale Lage", "Versorgung", "Programm", "Daten & Methode"]
    inside = _names(seen, "Seiten im Bereich Programm")
    assert inside[0] == "Fördergebiete"
    assert inside[-1] == "Gebietsabgrenzung"
    assert "Maßnahmen" not in inside  # this city has no register
    assert _marked(seen, "Bereiche", "true") == ["Programm"]
    assert _marked(seen, "Seiten im Bereich Programm", "page") == ["Qualität"]


def test_the_page_of_an_area_is_among_its_room_only_while_one_is_there(funded):
    label = "Pages in the room Social situation"
    at_home = frame(funded, ViewState(run="mss-2024", lang="en"), pages())
    there = frame(funded, ViewState(page="area", run="mss-2024", lang="en"), pages())
    assert "Area" not in _names(at_home, label)
    assert _marked(there, label, "page") == ["Area"]


def test_a_room_with_one_page_has_no_second_list(funded):
    seen = frame(funded, ViewState(page="coverage", run="mss-2024", lang="de"), pages())
    assert _names(seen, "Seiten im Bereich Versorgung") == []
