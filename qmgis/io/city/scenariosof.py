"""The scenarios of a city's folder, seen from its other layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmgis.io.city.scenariofaults import scenario_faults
from qmgis.io.city.scenarios import CityParts, read_scenarios
from qmgis.model import Problem, Scenario

if TYPE_CHECKING:
    from qmgis.io.city.workspace import Loaded
    from qmgis.io.declared.layerfile import CityFile

__all__ = ["scenarios_of"]


def scenarios_of(loaded: Loaded, city: CityFile) -> tuple[dict[str, Scenario], list[Problem]]:
    """Return the scenarios of the folder, checked against the layers; of broken layers nothing is asked."""
    layers = {layer.key for layer in loaded.layers if layer.kind == "places"}
    groups = {name for layer in loaded.residents.values() for name in layer.groups}
    newest = next(reversed(loaded.areas.values()), None)
    known = CityParts(
        city.crs, {key: loaded.places.get(key) for key in layers}, sorted(groups),
        {theme["id"]: theme["places"] for theme in city.themes},
        None if newest is None else tuple(newest.frame.total_bounds),
        {theme["places"] for theme in city.themes if "supply" in theme},
        any(layer.kind == "network" for layer in loaded.layers),
    )  # fmt: skip
    found, faults = read_scenarios(loaded.folder, known)
    return found, [*faults, *scenario_faults(city, found, loaded.folder)]
