"""``areas.geojson``: the areas for the web, as RFC 7946 wants them."""

from __future__ import annotations

from qmgis.io.kinds import Export
from qmgis.io.written.codebook import credit_line
from qmgis.io.written.vector import areas_layer, vector_bytes
from qmgis.model import Lang, Outcome, Text

__all__ = ["EXPORT", "render"]


def render(outcome: Outcome, lang: Lang) -> bytes:
    """Return longitude and latitude (WGS 84) with seven decimals, outer rings counter-clockwise, no ``crs`` member.

    ``description`` names title, sources and recipe. Missing values are ``null``.
    """
    description = credit_line(outcome, lang)
    return vector_bytes(areas_layer(outcome), driver="GeoJSON", RFC7946="YES", DESCRIPTION=description)


EXPORT = Export("geojson", Text("GeoJSON", "GeoJSON"), "areas.geojson", "application/geo+json", render)
