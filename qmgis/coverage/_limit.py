"""Up to where a place counts as reached: metres, or minutes at the speed of a group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmgis.coverage._ages import ages_of
from qmgis.coverage._distances import Distances
from qmgis.errors import DataError
from qmgis.i18n import number
from qmgis.model import Network, Text, walking, words
from qmgis.model.text import limit_text

__all__ = ["Limit", "limit_of", "way_of"]


@dataclass(frozen=True)
class Limit:
    """Metres, or minutes and the speed that they are walked or cycled at; exactly at the limit is reached."""

    within_m: float | None
    within_min: float | None = None
    kmh: float | None = None

    def near(self, distances: Distances) -> np.ndarray:
        """Return which origins reach a place, bool (n,)."""
        if self.within_m is not None or distances.minutes is None:
            return np.asarray(distances.metres.to_numpy() <= self.within_m)
        return np.asarray(distances.minutes.to_numpy() <= self.within_min)

    def scaled(self, share: float) -> Limit:
        """Return the limit at a share of it."""
        metres, minutes = (None if one is None else one * share for one in (self.within_m, self.within_min))
        return Limit(metres, minutes, self.kmh)

    @property
    def text(self) -> Text:
        """The limit in words."""
        return limit_text(self.within_m, self.within_min)

    def way(self, network: Network | None) -> Text:
        """Return what is measured, with the speed where it counts."""
        if self.kmh is None:
            return way_of(network)
        digits = 0 if self.kmh == round(self.kmh) else 1
        kmh = Text(number(self.kmh, "de", digits=digits), number(self.kmh, "en", digits=digits))
        return words("coverage.way_at", way=way_of(network), kmh=kmh)


def way_of(network: Network | None) -> Text:
    """Return what is measured: the way of a mode, or a straight line.

    Examples
    --------
    >>> way_of(None).en, way_of(toy_network()).en
    ('straight line', 'walking distance')
    """
    return network.mode.way if network is not None else words("words.straight_line")


def limit_of(
    within_m: float | None, within_min: float | None, *, kmh: float | None, group: str, network: Network | None
) -> Limit:
    """Return the limit that is asked for; the speed is that of the mode for the group where none is given.

    Raises
    ------
    DataError
        Not exactly one of metres and minutes is given, or a number is not above 0.

    Examples
    --------
    >>> limit_of(None, 10, kmh=None, group="residents", network=None)
    Limit(within_m=None, within_min=10.0, kmh=4.8)
    """
    if (within_m is None) == (within_min is None):
        raise DataError(
            "Give either within_m (metres) or within_min (minutes).",
            de="Entweder within_m (Meter) oder within_min (Minuten) angeben.",
        )
    for name, value in (("within_m", within_m), ("within_min", within_min), ("kmh", kmh)):
        if value is not None and not (np.isfinite(value) and value > 0):
            what = {"within_m": "a distance in metres", "within_min": "a time in minutes", "kmh": "km/h"}[name]
            was = {"within_m": "eine Entfernung in Metern", "within_min": "eine Zeit in Minuten", "kmh": "km/h"}[name]
            raise DataError(f"{name} is {value}; give {what} above 0.", de=f"{name} ist {value}; {was} über 0 angeben.")
    if within_min is None:
        return Limit(None if within_m is None else float(within_m))
    mode = network.mode if network is not None else walking()
    return Limit(None, float(within_min), float(kmh or mode.kmh(ages_of(group))))
