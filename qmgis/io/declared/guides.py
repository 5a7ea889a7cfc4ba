"""What themes are guided by: the orientation value that one names, and what is usual for its kind of place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qmgis.io.declared.layerfile import CityFile, LayerFile
from qmgis.io.declared.schema import Place
from qmgis.io.rules.orientation import Orientation, unknown_value
from qmgis.model import OrientationValue, Problem, words
from qmgis.model.text import limit_text

__all__ = ["UNIT_OF", "guide_faults", "guide_of", "suggestions"]

UNIT_OF = {"places": "places_per_100", "m2": "m2_per_person"}  # of supply, by the unit of the places' capacity


def guide_faults(city: CityFile, layers: Sequence[LayerFile], known: Orientation) -> Iterator[Problem]:
    """Return themes that name an orientation value which there is not, or which does not fit the unit of supply."""
    units = {layer.key: layer.keys.get("capacity_unit", "places") for layer in layers if layer.kind == "places"}
    for place, theme in _themes(city):
        guide = theme.get("guide")
        if not isinstance(guide, str):
            continue
        if guide not in known.values:
            yield unknown_value(guide, known.values, place=place, key="guide")
        elif "supply" in theme and theme["places"] in units:
            value, unit = known.values[guide], units[theme["places"]]
            if value.unit != UNIT_OF[unit]:
                amount = value.amount if value.value is not None else words("check.guide_without_value")
                said = {"id": theme["id"], "guide": guide, "places": theme["places"], "amount": amount}
                what = words("check.guide_unit", offered=words(f"check.offered_{unit}"), **said)
                yield Problem("error", what, file=place.file, row=place.row("guide"))


def guide_of(theme: Mapping[str, Any], known: Mapping[str, OrientationValue]) -> OrientationValue | None:
    """Return the orientation value that a theme names; None where it names none, or a number.

    Examples
    --------
    >>> guide_of({"guide": 40}, {}) is None
    True
    """
    guide = theme.get("guide")
    return known[guide] if isinstance(guide, str) else None


def suggestions(city: CityFile, layers: Sequence[LayerFile], known: Orientation) -> Iterator[Problem]:
    """Return notes on themes that differ from what is usual: no group where one is, another distance than their value.

    Only groups that the city's residents are counted by are suggested.
    """
    groups = {group for layer in layers if layer.kind == "residents" for group in layer.keys.get("groups", {})}
    for place, theme in _themes(city):
        service = next((one for one in known.services.values() if one.serves(theme["places"])), None)
        if service is not None and "group" not in theme and service.group in groups:
            said = {"id": theme["id"], "service": service.title, "group": service.group}
            yield Problem("note", words("check.suggested_group", **said), file=place.file, row=place.row("id"))
        value, within = guide_of(theme, known.values), theme.get("within_m")
        if value is not None and within is not None and value.within_m not in (None, within):
            said = {"id": theme["id"], "limit": limit_text(within), "guide": value.key, "distance": value.distance}
            yield Problem("note", words("check.guide_distance", **said), file=place.file, row=place.row("guide"))


def _themes(city: CityFile) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for number, theme in enumerate(city.themes):
        yield Place(city.place.file, city.place.text, "theme", number), theme
