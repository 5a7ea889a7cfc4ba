"""Extracts of OpenStreetMap: its streets, for networks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qmgis.io.kinds import Source
from qmgis.io.osm import Streets, read_streets
from qmgis.io.rules.modes import modes
from qmgis.model import Text

__all__ = ["SOURCE"]


def read(path: Path, _options: Mapping[str, Any]) -> Streets:
    """Return the streets of an extract, with the tags that the shipped modes ask for.

    Raises
    ------
    SourceError
        If the file is not there, is no extract of OpenStreetMap, or is cut off.
    """
    return read_streets(path, frozenset().union(*(mode.keys for mode in modes().values())))


SOURCE = Source(
    key="osm",
    title=Text(de="Auszug aus OpenStreetMap", en="Extract of OpenStreetMap"),
    suffixes=(".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2"),
    gives="network",
    options=frozenset(),
    read=read,
)
