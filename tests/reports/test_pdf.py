"""The PDF: tagged, titled, in its language, with alt texts; names are never markup; the same bytes twice."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from qmgis.reports import Profile, Section, Table, _pdf, profile_pdf, profile_pictures
from qmgis.runs.report import profile
from tests.reports.conftest import MARKUP
from tests.toy import HOSTILE, area_ids


def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in reader(content).pages).replace("\u200b", "")


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("-", "").replace("’", "'").replace("“", '"').replace("”", '"')


def structure(node, found):
    """Collect the kinds of tags, and the alt texts of figures."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            structure(child, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.append((node["/S"], str(node.get("/Alt", ""))))
        if "/K" in node and not isinstance(node["/K"], int):
            structure(node["/K"], found)
    return found


@pytest.fixture(scope="module")
def content(made):
    return profile_pdf(made)


def test_it_is_tagged_with_title_language_and_standard(made, content):
    pdf = reader(content)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == f"Gebietsprofil {made.name} – Spielstadt"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert 2 <= len(pdf.pages) <= 4


def test_every_picture_has_its_alt_text_and_tables_have_heads(made, content):
    found = structure(reader(content).trailer["/Root"]["/StructTreeRoot"], [])
    kinds = [kind for kind, _ in found]
    alts = {alt for kind, alt in found if kind == "/Figure"}
    assert {picture.alt for one in made.sections for picture in one.pictures} <= alts
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == len(made.sections)
    assert kinds.count("/Table") == sum(len(one.tables) for one in made.sections)
    assert kinds.count("/TH") >= kinds.count("/Table")


def test_sections_and_numbers_are_text(made, content):
    said = squeezed(text_of(content))
    for one in made.sections:
        assert squeezed(one.title) in said
    assert squeezed(made.foot) in said


@pytest.mark.parametrize(("area", "name"), [(area_ids()[2], MARKUP), (area_ids()[3], HOSTILE)])
def test_names_are_text_and_never_markup(shared, area, name):
    content = profile_pdf(profile(shared, area))
    plain = name.replace('"', '"')
    assert squeezed(plain) in squeezed(text_of(content))
    assert reader(content).metadata.title.replace("�", "") == f"Gebietsprofil {name} – Spielstadt"


def test_the_same_bytes_twice_and_from_another_compiler(made, content):
    _pdf._compiler.cache_clear()
    assert profile_pdf(made) == content


def test_pages_are_pictures_too(made, content):
    pages = profile_pictures(made, ppi=30)
    assert len(pages) == len(reader(content).pages)
    assert all(page.startswith(b"\x89PNG") for page in pages)


@pytest.mark.parametrize(("lines", "close"), [(40, 0), (270, 1), (295, 2)])
def test_what_would_be_longer_than_four_pages_is_set_closer(lines, close):
    said = tuple(f"Satz {place}." for place in range(lines))
    paper = Profile(
        "1", "Ort", "Gebietsprofil", "Stadt", "2024", "", (), (Section("a", "A", points=said),), "", "Seite", "de"
    )
    made, found = _pdf._set(paper)
    assert found == close
    assert len(reader(made).pages) <= 4


def test_remarks_stay_with_what_they_are_about():
    rows = tuple((f"Zeile {place}", "1") for place in range(12))
    for lines in range(30, 46):
        said = tuple(f"Satz {place}." for place in range(lines))
        section = Section("a", "A", said, tables=(Table("T", ("x", "y"), rows, numbers=1),), remarks=("Bemerkung.",))
        paper = Profile("1", "Ort", "Gebietsprofil", "Stadt", "2024", "", (), (section,), "", "Seite", "de")
        last = [page.extract_text() for page in reader(profile_pdf(paper)).pages if "Bemerkung." in page.extract_text()]
        assert "Zeile 11" in last[0], lines
