"""Musterstadt, ready to run: the committed one, or built from its seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qmgis.io.city.workspace import open_city
from qmgis.model import City, Text, words

__all__ = ["demo_city", "demo_folder"]


def demo_folder() -> Path:
    """Return where Musterstadt lives: beside the package in a checkout, else ``qmgis-demo`` in the current folder."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "layers").is_dir() else Path.cwd() / "qmgis-demo"


def demo_city(*, tell: Callable[[Text], None] = lambda _text: None) -> City:
    """Return Musterstadt; built first where its files are not there.

    Raises
    ------
    OutputError
        If it has to be built and the folder cannot be written.
    """
    folder = demo_folder()
    layers, data = folder / "layers" / "musterstadt", folder / "data"
    if not (layers / "city.toml").is_file() or not (data / "musterstadt").is_dir():
        tell(words("cli.building"))
        from qmgis.io.city.citywriter import write_city
        from qmgis.musterstadt import make_city

        write_city(make_city(), layers, data / "musterstadt")
    return open_city(layers, data=data)
