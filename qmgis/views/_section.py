"""A part of a method sheet: a heading and rows of words."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Section"]


@dataclass(frozen=True)
class Section:
    """A heading and its rows; the first cell of a row names it.

    ``heads`` are over the columns where a row says more than one thing of what it names; the last ``numbers`` of them
    hold numbers.
    """

    key: str
    title: str
    rows: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...] = ()
    numbers: int = 0
