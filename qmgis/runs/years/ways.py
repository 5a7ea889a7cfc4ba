"""How counts come from one version of a city's areas to another, by the best that the city has."""

from __future__ import annotations

from qmgis.boundaries import Way, way_between
from qmgis.model import City, CrosswalkLayer, IndicatorTable, ResidentLayer
from qmgis.runs.serving import residents_of

__all__ = ["RESIDENTS_BASIS", "way_of", "ways_of"]

RESIDENTS_BASIS = "residents"


def way_of(city: City, old: str, new: str, *, group: str = RESIDENTS_BASIS) -> Way:
    """Return how counts of all residents, or of a group, come from one version of a city's areas to another.

    Examples
    --------
    >>> way_of(toy_city(), "toy-2022", "toy-2022").basis
    'residents'
    """
    given = [one for one in city.crosswalks.values() if {one.old_vintage, one.new_vintage} == {old, new}]
    layers = city.area_layers
    known = _residents(city, group)
    return way_between(layers[old], layers[new], given=_first(given, old), residents=known, group=group)


def ways_of(city: City, table: IndicatorTable, new: str) -> dict[str, Way]:
    """Return the ways of the counts whose group is known where people live, by key; all others go by all residents.

    Examples
    --------
    >>> ways_of(toy_city(), toy_table(), "toy-2022")
    {}
    """
    groups = {key: one.group for key, one in table.indicators.items() if one.group and one.measure == "count"}
    found = {group: way_of(city, table.vintage, new, group=group) for group in dict.fromkeys(groups.values())}
    return {key: found[group] for key, group in groups.items() if found[group].basis in (group, "grid")}


def _first(given: list[CrosswalkLayer], old: str) -> CrosswalkLayer | None:
    """Return the crosswalk in the right direction, else one in the other."""
    return min(given, key=lambda one: one.old_vintage != old, default=None)


def _residents(city: City, group: str) -> ResidentLayer | None:
    """Return the best layer of where the group lives, else of where all do."""
    known = {name for layer in city.residents.values() for name in layer.groups}
    found = next((name for name in (group, RESIDENTS_BASIS) if name in known), None)
    return None if found is None else residents_of(city, found)
