"""Orientation values: how much, how near and for whom is aimed at, and which group a service is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from qmgis.i18n import number
from qmgis.model.text import LANGS, Text, limit_text, words

Mark = Literal["checked", "secondary", "unchecked"]
ValueUnit = Literal["m2_per_person", "m2_per_dwelling", "m2", "places_per_100", "percent", "count"]
MARKS: tuple[Mark, ...] = get_args(Mark)
VALUE_UNITS: tuple[ValueUnit, ...] = get_args(ValueUnit)

__all__ = ["MARKS", "VALUE_UNITS", "Mark", "OrientationValue", "Service", "ValueUnit"]


@dataclass(frozen=True)
class OrientationValue:
    """One orientation value: a number with its unit, a distance or time, or both; for whom, and where it comes from.

    ``mark`` says how well it is known: ``checked`` at its source, ``secondary`` (a text that quotes the source), or
    ``unchecked``. ``law`` names the law where one states it; without it nobody can claim anything by it. ``classes``
    are the lower limits of classes of supply, from the best down, in ``unit``. ``date``: the state of the source.
    """

    key: str
    title: Text
    population: Text
    source: str
    date: str
    mark: Mark
    value: float | None = None
    unit: ValueUnit | None = None
    within_m: float | None = None
    within_min: float | None = None
    straight: bool = False
    classes: tuple[float, ...] = ()
    law: Text | None = None
    note: Text | None = None

    @property
    def amount(self) -> Text:
        """The number with its unit, such as ``6 m² per person``; empty without one.

        Examples
        --------
        >>> nobody = Text("", "")
        >>> OrientationValue("a", nobody, nobody, "", "", "checked", value=0.5, unit="m2_per_person").amount.de
        '0,5 m² je Person'
        """
        if self.value is None:
            return Text("", "")
        digits = 0 if self.value == round(self.value) else 1
        said = Text(*(number(self.value, lang, digits=digits) for lang in LANGS))
        return words(f"orientation.unit_{self.unit}", value=said)

    @property
    def distance(self) -> Text:
        """The distance or time, such as ``500 m`` and whether it is a straight line; empty without one."""
        limits = [limit_text(self.within_m)] if self.within_m is not None else []
        limits += [limit_text(None, self.within_min)] if self.within_min is not None else []
        said = Text(" / ".join(one.de for one in limits), " / ".join(one.en for one in limits))
        return words("orientation.straight", distance=said) if self.straight and limits else said

    @property
    def standing(self) -> Text:
        """What it obliges to: the law that states it, or that there is no claim by it."""
        return words("orientation.law", law=self.law) if self.law is not None else words("orientation.no_claim")

    @property
    def sentence(self) -> Text:
        """All of it in one line: value, distance, source, how well known, and that nobody can claim it."""
        parts = (self.title, self.amount, self.distance)
        what = Text(*(", ".join(part for part in (one.to(lang) for one in parts) if part) for lang in LANGS))
        said = {"what": what, "mark": words(f"orientation.{self.mark}"), "standing": self.standing}
        return words("orientation.sentence", source=self.source, **said)


@dataclass(frozen=True)
class Service:
    """What a kind of place is for: its group, the distance that is usual, the indicator of need, an orientation value.

    ``layers`` are names of layers of places that it is known by, beside its key.
    """

    key: str
    title: Text
    group: str
    within_m: float
    orientation: str | None = None
    need: str | None = None
    layers: tuple[str, ...] = ()

    def serves(self, places: str) -> bool:
        """Return whether a layer of places is of this kind, by its name."""
        return places in (self.key, *self.layers)
