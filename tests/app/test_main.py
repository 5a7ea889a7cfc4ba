import logging
from dataclasses import replace

import pytest

from qmgis.app import main
from qmgis.app.main import create_app, serve, show
from qmgis.errors import DataError, OutputError
from tests.toy import VINTAGE, toy_city


def _post(client, path: str, search: str = "", drawn=None):
    body = {
        "output": "..screen.children...drawn.data..",
        "outputs": [{"id": "screen", "property": "children"}, {"id": "drawn", "property": "data"}],
        "inputs": [
            {"id": "url", "property": "pathname", "value": path},
            {"id": "url", "property": "search", "value": search},
        ],
        "changedPropIds": ["url.pathname"],
        "state": [{"id": "drawn", "property": "data", "value": drawn}],
    }
    return client.post("/_dash-update-component", json=body)


def test_a_page_comes_whole_and_then_in_parts(client):
    first = _post(client, "/").get_json()
    drawn = first["response"]["drawn"]["data"]
    assert drawn["key"] == ["overview", "mss-2024", "de"]
    again = _post(client, "/", "?mode=status_class&only=4", drawn).get_json()
    assert "screen" not in again["response"]
    changed = again["sideUpdate"]
    assert changed["overview-map-areas"]["hideout"]["only"] == ["4"]
    assert len(changed["overview-table"]["rowData"]) < 30


@pytest.mark.parametrize("search", ["?run=mss-2022", "?lang=en"])
def test_another_run_or_language_is_another_screen(client, search):
    drawn = _post(client, "/").get_json()["response"]["drawn"]["data"]
    assert "screen" in _post(client, "/", search, drawn).get_json()["response"]


def test_an_error_of_the_data_is_a_notice_on_the_page(monkeypatch):
    def fail(city, state):
        raise DataError("No numbers at all.", de="Gar keine Zahlen.")

    broken = {key: replace(page, layout=fail, refresh=None) for key, page in main.pages().items()}
    monkeypatch.setattr(main, "pages", lambda: broken)
    screen, drawn, _ = show("/", "", None, city=toy_city())
    assert "Gar keine Zahlen." in str(screen)
    assert drawn["key"] is None
    assert "No numbers at all." in str(show("/", "?lang=en", None, city=toy_city())[0])


def test_a_run_that_cannot_be_computed_is_a_notice():
    city = toy_city()
    gone = replace(city.runs["mss-2024"], year=1999)
    broken = replace(city, runs={"mss-1999": gone})
    assert "1999" in str(show("/", "", None, city=broken)[0])


def test_a_fault_of_the_program_says_so_without_its_reason(client, monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(main, "show", fail)
    with caplog.at_level(logging.CRITICAL):
        answer = _post(client, "/")
    assert "secret detail" not in answer.get_data(as_text=True)
    assert "nicht geklappt" in answer.get_data(as_text=True)


def test_health_tells_whether_pages_come_at_once():
    city = toy_city()
    client = create_app(city).server.test_client()
    before = client.get("/health")
    assert (before.status_code, before.get_json()["status"]) == (503, "starting")
    main.preload(city).join()
    after = client.get("/health")
    assert (after.status_code, after.get_json()["status"]) == (200, "ready")


def test_a_taken_port_is_one_sentence(address):
    port = int(address.rsplit(":", 1)[1])
    with pytest.raises(OutputError, match="choose another with --port"):
        serve(toy_city(), port=port)


def test_assets_are_served_from_here(client):
    for name in ("10_qmgis.js", "20_qmgis.css"):
        assert client.get(f"/assets/{name}", buffered=True).status_code == 200


def test_the_scripts_evaluate_nothing_and_write_no_html(client):
    script = client.get("/assets/10_qmgis.js", buffered=True).get_data(as_text=True)
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in script


def test_an_area_layer_keeps_one_address(city):
    from qmgis.app.geometry import outline_sheet

    assert outline_sheet(city.area_layers[VINTAGE]) is outline_sheet(city.area_layers[VINTAGE])
