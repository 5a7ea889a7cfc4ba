"""What a page of the dashboard is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qmgis.app.address import ViewState
from qmgis.model import City, Text

if TYPE_CHECKING:
    from dash import Dash

__all__ = ["ROOMS", "Page"]

ROOMS = ("need", "supply", "programme", "data")

Drawing = Callable[[City, ViewState], Any]
Wiring = Callable[["Dash", City], None]
Changes = Callable[[City, ViewState], Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Page:
    """A screen, one a module in ``app/pages``.

    ``key`` is its path (``"overview"`` is ``/``). ``layout(city, state)`` draws it from a settled address.
    ``refresh(city, state)``, where there is one, gives the properties that change (by component id) when only the
    view of the same run and language changed, so that the map is not built anew. ``connect(app, city)``, where there
    is one, registers what the page fills in after it is on the screen (charts take longer than words). ``room``, one of
    `ROOMS`, is where the menu has it, if ``in_menu``; pages are sorted by ``order``. ``of_city(city)``, where there is
    one, says whether the city has what the page is about; without it the menu does not link to it.
    """

    key: str
    title: Text
    order: int
    layout: Drawing
    refresh: Changes | None = None
    connect: Wiring | None = None
    room: str = "need"
    in_menu: bool = True
    of_city: Callable[[City], bool] | None = None
