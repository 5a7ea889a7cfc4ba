"""What every page promises: it draws, in both languages, whatever the address says, and wires only what exists."""

from __future__ import annotations

import dataclasses
import json

import pytest

from qmgis.app.address import ViewState, settle
from qmgis.app.main import create_app, pages, show
from qmgis.app.page import Page
from tests.toy import HOSTILE, area_ids, toy_backdrop, toy_city

PAGES = sorted(pages())


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "with backdrop"])
def city(request):
    return dataclasses.replace(toy_city(), backdrop=toy_backdrop() if request.param else None)


def _ids(component) -> set[str]:
    plain = json.loads(json.dumps(component, default=lambda part: part.to_plotly_json()))
    found: set[str] = set()

    def walk(part) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("id"), str):
                found.add(part["id"])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(plain)
    return found


@pytest.mark.parametrize("key", PAGES)
class TestPage:
    def test_is_declared(self, key):
        page = pages()[key]
        assert isinstance(page, Page)
        assert page.key == key
        assert page.title.de
        assert page.title.en

    @pytest.mark.parametrize("lang", ["de", "en"])
    def test_draws_in_both_languages(self, key, city, lang):
        state = settle(ViewState(page=key, area=area_ids()[10], lang=lang), city, pages=pages())
        drawn = pages()[key].layout(city, state)
        assert HOSTILE not in str(type(drawn))
        assert _ids(drawn) or drawn is not None

    @pytest.mark.parametrize(
        "search",
        ["?nonsense=1", "?run=none&mode=none&area=none", "?only=%3Cscript%3E", "?area=%3Cimg%20src%3Dx%3E&lang=xx"],
    )
    def test_draws_whatever_the_address_says(self, key, city, search):
        screen, drawn, changes = show(f"/{key}", search, None, city=city)
        assert screen is not None
        assert drawn["title"]
        assert changes == {}

    def test_refreshes_only_what_it_draws(self, key, city):
        page = pages()[key]
        state = settle(ViewState(page=key), city, pages=pages())
        around = {"live"}
        if page.refresh is not None:
            assert set(page.refresh(city, state)) <= _ids(page.layout(city, state)) | around

    def test_component_ids_are_page_and_thing(self, key, city):
        state = settle(ViewState(page=key, area=area_ids()[10]), city, pages=pages())
        assert all(name.startswith(f"{key}-") for name in _ids(pages()[key].layout(city, state)))


def test_every_callback_output_exists(city):
    app = create_app(city)
    known = _ids(app.layout)
    for key in PAGES:
        known |= _ids(show(f"/{key}", f"?area={area_ids()[10]}", None, city=city)[0])
    for outputs, callback in app.callback_map.items():
        assert {entry["id"] for entry in [*callback["inputs"], *callback["state"]]} <= known
        assert {part.split(".")[0] for part in outputs.strip(".").split("...") if "." in part} <= known
