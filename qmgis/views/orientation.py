"""Orientation values and services as tables for people: on the page and on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from qmgis.coverage import group_title
from qmgis.i18n import say
from qmgis.model import Lang, OrientationValue, Service, words
from qmgis.model.text import limit_text

__all__ = ["service_table", "value_table"]

Table = tuple[list[str], list[list[str]]]


def value_table(values: Iterable[OrientationValue], lang: Lang) -> Table:
    """Return heads and rows of the orientation values: each with source, how well known, and what it obliges to.

    Examples
    --------
    >>> from qmgis.io.rules.orientation import orientation
    >>> heads, rows = value_table([orientation().values["playground-6-12"]], "en")
    >>> rows[0][2:4], rows[0][-3:-1]
    (['', '400 m / 10 min'], ['professional knowledge, not checked at the source', 'no legal claim'])
    """
    names = ("topic", "id", "value", "distance", "population", "source", "date", "mark", "standing", "note")
    rows = [
        [
            one.title.to(lang), one.key, one.amount.to(lang), one.distance.to(lang), one.population.to(lang),
            one.source, one.date, say(f"orientation.{one.mark}", lang), one.standing.to(lang),
            one.note.to(lang) if one.note is not None else "",
        ]
        for one in values
    ]  # fmt: skip
    return [say(f"orientation.column_{name}", lang) for name in names], rows


def service_table(services: Iterable[Service], lang: Lang) -> Table:
    """Return heads and rows of the services: which group each is for, how far is usual, which value belongs to it.

    Examples
    --------
    >>> from qmgis.io.rules.orientation import orientation
    >>> service_table([orientation().services["doctor"]], "en")[1]
    [['Doctor', 'doctor', 'residents aged 65 and over', '800 m', '']]
    """
    names = ("service", "id", "group", "distance", "orientation")
    rows = [
        [
            one.title.to(lang), one.key, group_title(one.group).to(lang), limit_text(one.within_m).to(lang),
            one.orientation or "",
        ]
        for one in services
    ]  # fmt: skip
    return [words(f"orientation.column_{name}").to(lang) for name in names], rows
