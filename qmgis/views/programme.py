"""How programme areas are drawn, on every map alike: one colour, told apart by their dashes."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from qmgis.model import PROGRAMME_STATES, Lang, Outcome, ProgrammeState, words
from qmgis.model.text import day_text
from qmgis.targeting import states_on
from qmgis.views.backdrop import Stroke, drawn

__all__ = ["LINES", "programme_sample", "programme_shapes", "programme_title"]

COLOUR = "#4b1fa8"
_DASHES: Mapping[ProgrammeState, str] = {"current": "11 6", "former": "2 6", "planned": "11 5 2 5"}
# White beside every dash, and between the dashes what lies below: the outline of an area that requires attention.
LINES: Mapping[ProgrammeState, tuple[Stroke, ...]] = {
    state: (Stroke("#ffffff", 6.0, dash=dash), Stroke(COLOUR, 3.6, dash=dash)) for state, dash in _DASHES.items()
}


def programme_shapes(outcome: Outcome) -> dict[ProgrammeState, gpd.GeoSeries]:
    """Return the outlines of the programme areas by what they are on the run's day; the weightiest last, on top.

    Examples
    --------
    >>> programme_shapes(toy_outcome())
    {}
    """
    if outcome.programme is None:
        return {}
    state, shapes = states_on(outcome.programme, outcome.run.on), outcome.programme.frame.geometry
    return {name: shapes[state == name] for name in reversed(PROGRAMME_STATES) if (state == name).any()}


def programme_title(outcome: Outcome, lang: Lang) -> str:
    """Return how the programme areas are called, with the day.

    Examples
    --------
    >>> programme_title(toy_outcome(), "de")
    'Fördergebiete am 31.12.2024'
    """
    return words("views.programmes_on", day=day_text(outcome.run.on)).to(lang)


def programme_sample(state: ProgrammeState) -> str:
    """Return a small drawing of a state for a legend.

    Examples
    --------
    >>> programme_sample("former").count("<path")
    2
    """
    return drawn(LINES[state])
