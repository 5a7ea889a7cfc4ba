"""The nouns: a profile is a title and sections; a section is words, pictures and tables, whatever prints it."""

from __future__ import annotations

from dataclasses import dataclass

from qmgis.model import Lang

__all__ = ["Picture", "Profile", "Section", "Table"]


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row names it, the last ``numbers`` columns hold numbers."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 0


@dataclass(frozen=True)
class Picture:
    """A drawing: an SVG document, what it shows in words, and its share of the page's width (0-1)."""

    svg: str
    alt: str
    caption: str
    width: float = 1.0


@dataclass(frozen=True)
class Section:
    """A part of a profile: a heading, sentences, pictures beside each other, tables, a list, remarks in small print."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """The profile of one area, ready to be printed: nothing but words and drawings.

    Parameters
    ----------
    area, name
        Its id, and what it is called.
    kicker, city, day
        What kind of paper it is, of which city and when its numbers were counted.
    lead
        The first sentences.
    facts
        Pairs of a label and a word, for the head of the page.
    foot
        What stands at the bottom of each page: what the paper is not, and its recipe.
    is_public
        Whether it was made for the public: with its limit of secrecy and without orders of areas.
    """

    area: str
    name: str
    kicker: str
    city: str
    day: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    foot: str
    page: str
    lang: Lang
    is_public: bool = False
