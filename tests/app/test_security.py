import re

import pytest

from qmgis.app.main import create_app

PATHS = [
    "/",
    "/area?area=01010001",
    "/health",
    "/_dash-layout",
    "/assets/10_qmgis.js",
    "/download/none/none",
    "/none/x",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(client, path):
    headers = client.get(path, buffered=True).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert "unsafe-inline" not in policy["script-src"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == "'self'"


def test_the_page_names_no_other_host(client):
    text = client.get("/").get_data(as_text=True)
    assert set(re.findall(r'(?:src|href)="([^"]+)"', text)) == {
        match for match in re.findall(r'(?:src|href)="([^"]+)"', text) if match.startswith("/")
    }


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost:1", "[::1]:8050", "LOCALHOST"])
def test_loopback_names_are_answered(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", "[::1"])
def test_other_names_are_refused(client, host):
    assert client.get("/", headers={"Host": host}).status_code in (400, 421)
    answer = client.post("/_dash-update-component", json={}, headers={"Host": host})
    assert answer.status_code in (400, 421)


def test_any_name_is_answered_where_the_caller_says_so(city):
    client = create_app(city, hosts=()).server.test_client()
    assert client.get("/", headers={"Host": "qm.stadt.example"}).status_code == 200


def test_no_debugger_and_no_tools_for_machines(app, client):
    assert app.server.debug is False
    assert client.get("/_mcp").headers["Content-Type"].startswith("text/html")


def test_a_flood_in_one_request_is_refused(client):
    assert client.post(
        "/_dash-update-component", data=b"x" * 3_000_000, content_type="application/json"
    ).status_code in (400, 413)


@pytest.mark.parametrize(("path", "lang"), [("/", "de"), ("/?lang=en", "en"), ("/?lang=%3Cscript%3E", "de")])
def test_the_first_line_says_the_language(client, path, lang):
    assert f'<html lang="{lang}">' in client.get(path).get_data(as_text=True)
