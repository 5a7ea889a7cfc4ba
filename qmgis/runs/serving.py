"""Which of a city's layers serve a theme: where people live, where they go, on which streets, how far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qmgis.errors import DataError, UnknownKeyError, did_you_mean
from qmgis.model import AreaResult, City, Network, OriginType, PlaceLayer, ResidentLayer, Theme

# Kind of origin, and whether the people of other outlines were laid on it: best first.
ORDER: Sequence[tuple[OriginType, bool]] = (
    ("address", False), ("building", False), ("address", True), ("grid", True), ("grid", False), ("building", True),
    ("area", False),
)  # fmt: skip

__all__ = ["limits_of", "metres_of", "network_of", "places_of", "residents_of"]


def metres_of(theme: Theme, reached: AreaResult) -> float:
    """Return how far people go for a theme in metres; minutes at the speed that its coverage was made with.

    Examples
    --------
    >>> metres_of(toy_city().themes["kita"], toy_outcome().coverage["kita"])
    500.0
    """
    if theme.within_m is not None:
        return theme.within_m
    return float(reached.parameters["within_min"] * reached.parameters["kmh"] / 0.06)


def places_of(city: City, theme: Theme) -> PlaceLayer:
    """Return the places of a theme, or say which layers there are."""
    if theme.places not in city.places:
        raise UnknownKeyError(
            f'Theme "{theme.key}" names the places "{theme.places}", which {city.key} does not have.'
            f"{did_you_mean(theme.places, city.places)}",
            de=f'Thema "{theme.key}" nennt die Orte "{theme.places}", die {city.key} nicht hat.'
            f"{did_you_mean(theme.places, city.places, lang='de')}",
        )
    return city.places[theme.places]


def residents_of(city: City, group: str) -> ResidentLayer | None:
    """Return the best layer of residents that has the group; None where there is none at all.

    Best first, as METHODS 10.1: people counted at addresses, in buildings; addresses that share the people of blocks;
    cells of a grid; buildings that share those of blocks; areas. What was laid on points of another layer is not asked
    again. Of two alike the newer one.
    """
    if not city.residents:
        if group != "residents":
            raise DataError(
                f'"{group}" needs a layer of residents by age (kind = "residents"), which {city.key} does not have.',
                de=f"Die Gruppe {group} braucht eine Ebene mit Einwohnern nach Alter, die {city.key} nicht hat.",
            )
        return None
    fitting = [layer for layer in city.residents.values() if group in layer.groups]
    if not fitting:
        known = sorted({name for layer in city.residents.values() for name in layer.groups})
        raise UnknownKeyError(
            f'No layer of residents has the group "{group}".{did_you_mean(group, known)}',
            de=f'Keine Ebene mit Einwohnern hat die Gruppe "{group}".{did_you_mean(group, known, lang="de")}',
        )
    laid = {layer.spread for layer in fitting}
    finest = [layer for layer in fitting if layer.key not in laid]
    return min(finest, key=lambda layer: (ORDER.index((layer.origin_type, bool(layer.spread))), -(layer.year or 0)))


def limits_of(city: City, theme: Theme) -> dict[str, Any]:
    """Return how far people go for a theme, on which streets, and how fast where minutes count."""
    return {
        "within_m": theme.within_m,
        "within_min": theme.within_min,
        "kmh": theme.speed_kmh,
        "network": network_of(city, theme.mode),
    }


def network_of(city: City, mode: str = "walk") -> Network | None:
    """Return the city's streets for a mode; None where it has none at all, which only walking may do without.

    Raises
    ------
    UnknownKeyError
        If the city has no streets for a mode other than walking.
    """
    known: dict[str, Network] = {}
    for network in city.networks.values():
        known.setdefault(network.mode.key, network)
    if mode in known:
        return known[mode]
    if mode == "walk":
        return None
    raise UnknownKeyError(
        f'{city.key} has no streets for the mode "{mode}"; name it as modes in a network layer.'
        f"{did_you_mean(mode, known)}",
        de=f'{city.key} hat kein Wegenetz für die Fortbewegung "{mode}"; sie in einer Netz-Ebene unter modes nennen.'
        f"{did_you_mean(mode, known, lang='de')}",
    )
