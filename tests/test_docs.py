"""Every entry of a registry, every error, command and profile is named in the docs; links lead somewhere."""

import re
from pathlib import Path

import pytest

from qmgis import errors
from qmgis.io.declared.layerfile import read_layer_file
from qmgis.io.profiles.files import profiles
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


RECIPES = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"), re.DOTALL)
HEAD = 'kind = "indicator"\ntitle = "x"\nmeasure = "count"\nunit = "persons"\nlicence = "x"\ncredit = "x"\n'


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_are_layer_files(recipe, tmp_path):
    file = tmp_path / "layer.toml"
    file.write_text(recipe if recipe.startswith("kind") else HEAD + recipe, encoding="utf-8")
    layer, problems = read_layer_file(file)
    assert [one.say("en") for one in problems] == []
    assert layer is not None


def test_recipes_name_what_profiles_need():
    rows = re.findall(
        r"^\| (`mss.*?) \| `(\w+)` \| (.*) \|$", (ROOT / "docs/recipes.md").read_text("utf-8"), re.MULTILINE
    )
    listed = {
        key: {count, *re.findall(r"`(\w+)`", rest)}
        for keys, count, rest in rows
        for key in re.findall(r"`([\w-]+)`", keys)
    }
    assert listed == {key: set(one.needs) for key, one in profiles().items() if key.startswith("mss")}
