"""Themes that ask for the same places, in whatever run: guarded together, since whoever reads two runs has both."""

from __future__ import annotations

from collections.abc import Callable, Collection

from qmgis import coverage
from qmgis.model import AreaLayer, AreaResult, City, Theme
from qmgis.runs.steps import reach_theme

__all__ = ["reached_together"]


def _silent(_: Theme) -> None:
    """Say nothing."""


def reached_together(
    city: City, areas: AreaLayer, places: Collection[str], *, year: int, tell: Callable[[Theme], None] = _silent
) -> dict[str, AreaResult]:
    """Return the coverage of all themes for some places that the runs on these areas show, in the order of the city.

    Parameters
    ----------
    city, areas
        A city and one version of its areas.
    places
        Keys of layers of places.
    year
        Of the results.
    tell
        Called with each theme before it is computed.

    Examples
    --------
    >>> list(reached_together(toy_city(), toy_areas(), ["kita"], year=2024))
    ['kita']
    """
    shown = {key for run in city.runs.values() if run.vintage == areas.vintage for key in run.themes}
    found: dict[str, AreaResult] = {}
    for key, theme in city.themes.items():
        if key in shown and theme.places in places:
            tell(theme)
            found[key] = reach_theme(city, areas, theme, year=year)
    return coverage.apart(found, city.secrecy)
