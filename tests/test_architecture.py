"""The arrows between the rooms hold, and the light parts stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"pandas", "geopandas", "dash", "folium", "plotly", "numpy", "pyogrio", "rasterio", "scipy"}


def test_import_contracts_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "code",
    ["import qmgis", "import qmgis.cli.main", "import qmgis.errors, qmgis.i18n", "import qmgis.io.declared.language"],
)
def test_light_imports_load_nothing_heavy(code):
    script = f"import sys; {code}; print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def modules() -> list[Path]:
    return sorted(path for path in (ROOT / "qmgis").rglob("*.py"))


def body_lines(function: ast.FunctionDef) -> int:
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(getattr(first, "value", None), ast.Constant)
    rest = function.body[1:] if documented else function.body
    return (rest[-1].end_lineno or 0) - rest[0].lineno + 1 if rest else 0


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < 400, "split this module"
    long = [
        (node.name, body_lines(node))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and body_lines(node) > 60
    ]
    assert not long


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_source_has_no_assert_and_no_print(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]
