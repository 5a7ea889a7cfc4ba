"""Ways to move: on foot, by bicycle, barrier-free; who is how fast, and what the distance is called."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qmgis.model.text import Text, words

__all__ = ["Mode", "Speed", "walking"]


@dataclass(frozen=True)
class Speed:
    """How fast people are whose ages lie from ``from_age`` to ``to_age`` (both in it)."""

    kmh: float
    from_age: float = 0.0
    to_age: float = math.inf


@dataclass(frozen=True)
class Mode:
    """A way to move: ``title`` (on foot) and ``way``, the name of its distance (walking distance).

    ``speeds``: the first is that of everybody, the others are of ages. ``content``: the sha256 of the file.
    """

    key: str
    title: Text
    way: Text
    speeds: tuple[Speed, ...] = (Speed(4.8),)
    source: str = ""
    content: str = ""

    def kmh(self, ages: tuple[float, float] | None = None) -> float:
        """Return how fast a group is whose ages lie in ``ages``, or everybody.

        Examples
        --------
        >>> mode = Mode("walk", Text("", ""), Text("", ""), (Speed(4.8), Speed(3.6, from_age=65)))
        >>> mode.kmh(), mode.kmh((80, float("inf"))), mode.kmh((50, 70))
        (4.8, 3.6, 4.8)
        """
        fitting = [one for one in self.speeds[1:] if ages and one.from_age <= ages[0] and ages[1] <= one.to_age]
        return (fitting or list(self.speeds))[0].kmh


def walking() -> Mode:
    """Return walking where no file of modes says more: straight lines, and streets made by hand; assumed speeds.

    Examples
    --------
    >>> walking().way.de, walking().kmh((0, 5))
    ('Fußweg', 3.6)
    """
    speeds = Speed(4.8), Speed(3.6, to_age=6), Speed(3.6, from_age=65)
    return Mode("walk", words("words.on_foot"), words("words.network"), speeds)
