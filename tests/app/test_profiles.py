"""The area profile from the dashboard: links on the area's page, files, wrong questions."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from qmgis.app.profiles import profile_address, profile_panel


def test_an_area_page_links_to_four_files(city):
    panel = str(profile_panel("mss-2024", "a&b=c", "de"))
    assert panel.count("href=") == 4
    asked = parse_qs(urlsplit(profile_address("mss-2024", "a&b=c", "pdf", "de")).query)
    assert asked == {"run": ["mss-2024"], "area": ["a&b=c"], "kind": ["pdf"], "lang": ["de"]}


@pytest.mark.parametrize(("kind", "begin", "is_public"), [("pdf", b"%PDF-", False), ("html", b"<!DOCTYPE", True)])
def test_files_come_as_attachments(client, kind, begin, is_public):
    found = client.get(profile_address("mss-2024", "01010405", kind, "en", is_public=is_public))
    assert found.status_code == 200
    assert found.data.startswith(begin)
    assert found.headers["Content-Disposition"] == f"attachment; filename=toy-01010405.{kind}"
    if kind == "html":
        assert b"version for the public" in found.data


def test_a_hostile_name_is_text(client):
    found = client.get(profile_address("mss-2024", "01010003", "html", "de")).data
    assert b"<img" not in found
    assert b"<script" not in found


@pytest.mark.parametrize(
    ("area", "run", "kind", "said"),
    [("0101040S", "mss-2024", "pdf", "Meinten Sie"), ("01010405", "mss", "pdf", "keinen Lauf"),
     ("01010405", "mss-2024", "exe", "nichts"), ("../../etc/passwd", "mss-2024", "pdf", "kein Gebiet")],
)  # fmt: skip
def test_wrong_questions_are_one_sentence(client, area, run, kind, said):
    found = client.get(profile_address(run, area, kind, "de"))
    assert found.status_code == 404
    assert said in found.text
    assert found.content_type.startswith("text/plain")
