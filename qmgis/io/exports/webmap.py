"""``map.html``: the map of the run as one file that opens without a network."""

from __future__ import annotations

from qmgis.io.kinds import Export
from qmgis.model import Lang, Outcome, Text
from qmgis.views.maps import outcome_map, page

__all__ = ["EXPORT", "render"]


def render(outcome: Outcome, lang: Lang) -> bytes:
    """Return the map with its views, legend, credits and recipe."""
    return page(outcome_map(outcome, lang=lang))


EXPORT = Export("map", Text("Karte als Webseite", "Map as a web page"), "map.html", "text/html; charset=utf-8", render)
