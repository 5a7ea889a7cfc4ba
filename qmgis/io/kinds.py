"""What a source is, and what an export is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from qmgis.model import Lang, Outcome, Text

__all__ = ["Export", "Source"]


@dataclass(frozen=True)
class Source:
    """A way to read a file, one a module in ``io/sources``.

    ``gives`` a ``table`` (every cell as the file has it: text, float, bool or None; the index, named ``row``, is the
    row of the file as people count it), a ``vector`` (GeoDataFrame, ids as text), a ``raster``, a ``network`` (streets
    of OpenStreetMap) or a ``register`` (tables by name; its path may be a folder). ``options`` are the keys that a
    layer file may set for it; ``read(path, options)`` never changes the file.
    """

    key: str
    title: Text
    suffixes: tuple[str, ...]
    gives: Literal["table", "vector", "raster", "network", "register"]
    options: frozenset[str]
    read: Callable[[Path, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Export:
    """A way to write, one a module in ``io/exports``: an `Outcome` into the bytes of one file.

    ``filename`` is its name in a run's folder; equal outcomes give equal bytes (or equal content, for containers that
    stamp themselves).
    """

    key: str
    title: Text
    filename: str
    media_type: str
    render: Callable[[Outcome, Lang], bytes]
