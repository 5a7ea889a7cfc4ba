"""The HTML: stands alone, without script and network, headings in order, alt texts, hostile names as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from qmgis.reports import profile_html
from qmgis.runs.report import profile
from tests.reports.conftest import MARKUP
from tests.toy import HOSTILE, area_ids

VOID = {"meta", "img", "br", "path", "rect", "circle", "link"}


class Page(HTMLParser):
    """Tags with their attributes, open ones, headings, ids and all text."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("area", [area_ids()[2], area_ids()[3], "01010405", "QM-01"])
def test_it_stands_alone_and_names_are_text(shared, area):
    content = profile_html(profile(shared, area))
    page = Page(content)
    names = [tag for tag, _ in page.tags]
    assert page.open == []
    assert not {"script", "img", "iframe", "link", "object", "form", "a href"} & set(names)
    assert all(not key.startswith("on") for _, attrs in page.tags for key in attrs)
    addresses = [value for _, attrs in page.tags for key, value in attrs.items() if key in ("href", "src")]
    assert all(value.startswith("#") for value in addresses)
    assert b"url(http" not in content
    assert b"@import" not in content
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {area_ids()[2]: MARKUP, area_ids()[3]: HOSTILE}.get(area)
    assert named is None or "".join(page.text).count(named) >= 2


def test_headings_tables_and_pictures_say_what_they_are(made):
    page = Page(profile_html(made))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels == [1] + [2] * len(made.sections)
    drawings = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert [one["aria-label"] for one in drawings] == [p.alt for s in made.sections for p in s.pictures]
    assert all(one["role"] == "img" for one in drawings)
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in page.tags if tag == "th")
    assert [tag for tag, _ in page.tags].count("caption") == sum(len(s.tables) for s in made.sections)
    assert ("html", {"lang": "de"}) in page.tags


def test_pdf_and_html_say_the_same(made):
    said = "".join(Page(profile_html(made)).text)
    for one in made.sections:
        for words in (one.title, *one.sentences, *one.points, *one.remarks):
            assert words in said
        for table in one.tables:
            assert all(cell in said for row in table.rows for cell in row)


def test_equal_bytes(made):
    assert profile_html(made) == profile_html(made)


@pytest.mark.browser
@pytest.mark.parametrize(("area", "lang"), [("01010405", "de"), ("QM-01", "en")])
def test_axe_finds_nothing_and_no_phone_scrolls_sideways(chromium, shared, tmp_path, area, lang):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    file = tmp_path / "profile.html"
    file.write_bytes(profile_html(profile(shared, area, lang=lang)))
    context = chromium.new_context(viewport={"width": 1100, "height": 900}, bypass_csp=True)
    page = context.new_page()
    foreign, errors = [], []
    page.on("request", lambda asked: foreign.append(asked.url) if asked.url != file.as_uri() else None)
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(file.as_uri())
    assert (foreign, errors) == ([], [])
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
