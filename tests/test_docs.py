"""Every entry of a registry, every error, command and profile is named in the docs; links lead somewhere."""

import re
from pathlib import Path

import pytest

from qmgis import errors
from qmgis.registry import collect

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
REGISTRIES = [
    ("qmgis.methods", "METHOD"),
    ("qmgis.io.sources", "SOURCE"),
    ("qmgis.io.exports", "EXPORT"),
    ("qmgis.app.pages", "PAGE"),
]


@pytest.mark.parametrize(("package", "name"), REGISTRIES)
def test_every_entry_is_documented(package, name):
    for key in collect(package, name):
        assert re.search(rf"(`|\b){re.escape(key)}(`|\b)", TEXT), f"{package}: {key}"


def test_every_error_is_documented():
    for name in errors.__all__:
        if name.endswith("Error"):
            assert f"`{name}`" in TEXT, name


def test_every_profile_is_documented():
    for profile in (ROOT / "qmgis" / "profiles").glob("*.toml"):
        assert f"`{profile.stem}`" in TEXT


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target
