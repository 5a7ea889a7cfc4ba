"""What could be otherwise: places, housing and paths that a scenario lays over a city, which stays as it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from qmgis.errors import DataError
from qmgis.model.text import Text

__all__ = ["Housing", "PlaceChanges", "Point", "Scenario"]

Point = tuple[float, float]


@dataclass(frozen=True)
class PlaceChanges:
    """What changes in one layer of places; points in metres of the city's reference system.

    ``add``: new places; ``move``: ids and where they go; ``close``: ids; ``capacity``: of new places and of others;
    ``names``: of new places, where they have one beside their id.
    """

    add: Mapping[str, Point] = field(default_factory=dict)
    move: Mapping[str, Point] = field(default_factory=dict)
    close: tuple[str, ...] = ()
    capacity: Mapping[str, float] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Housing:
    """New homes at a point: ``people`` by group, ``residents`` and age groups; a group that is not named is unknown."""

    key: str
    point: Point
    people: Mapping[str, float]


@dataclass(frozen=True)
class Scenario:
    """An overlay over a city: never part of it.

    ``places``: changes by layer of places; ``paths``: new paths, and ``closed``: lines along which streets are closed,
    both as points by name; ``themes``: those that it is asked for, all that it touches where there are none.
    ``content``: the sha256 of what its file says.

    Examples
    --------
    >>> new = Scenario("new", Text("Neu", "New"), {"kita": PlaceChanges(close=("k2",))})
    >>> new.touches("kita"), new.touches("school")
    (True, False)
    """

    key: str
    title: Text
    places: Mapping[str, PlaceChanges] = field(default_factory=dict)
    housing: tuple[Housing, ...] = ()
    paths: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    closed: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    note: Text | None = None
    content: str = ""

    def __post_init__(self) -> None:
        for home in self.housing:
            numbers = [*home.point, *home.people.values()]
            if not all(map(math.isfinite, numbers)) or any(value < 0 for value in home.people.values()):
                raise _wrong(self.key, home.key, Text("Punkt und Personen ab 0", "a point and people of 0 or more"))
        for name, line in {**self.paths, **self.closed}.items():
            if len(set(line)) < 2 or not all(math.isfinite(value) for point in line for value in point):
                raise _wrong(self.key, name, Text("mindestens zwei Punkte", "at least two points"))

    def of(self, places: str) -> PlaceChanges:
        """Return what changes in a layer of places."""
        return self.places.get(places, PlaceChanges())

    def touches(self, places: str) -> bool:
        """Tell whether anything changes for those who go to a layer of places."""
        return places in self.places or bool(self.housing or self.paths or self.closed)


def _wrong(scenario: str, name: str, wanted: Text) -> DataError:
    return DataError(
        f'"{name}" of the scenario "{scenario}" needs {wanted.en}; correct it.',
        de=f'"{name}" im Szenario "{scenario}" braucht {wanted.de}; berichtigen.',
    )
