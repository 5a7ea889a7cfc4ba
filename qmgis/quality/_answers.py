"""One answer of an automatic check: a level with its evidence in words."""

from __future__ import annotations

from dataclasses import dataclass

from qmgis.model import Text, words

__all__ = ["Answer", "answer", "lower"]


@dataclass(frozen=True)
class Answer:
    """A level (``0`` to ``3``, ``na``, ``unknown``) and what it rests on."""

    level: str
    evidence: Text


def answer(level: int | str, key: str, **values: object) -> Answer:
    """Return an answer, its evidence from the texts of the room.

    Examples
    --------
    >>> answer(0, "no_concept").evidence.en
    'No adopted concept is recorded.'
    """
    return Answer(str(level), words(f"quality.{key}", **values))


def lower(one: str, other: str) -> str:
    """Return the lower of two levels that both have to be known: nothing done is nothing done, else unknown wins.

    Examples
    --------
    >>> lower("3", "1"), lower("0", "unknown"), lower("3", "unknown"), lower("na", "2")
    ('1', '0', 'unknown', '2')
    """
    known = [level for level in (one, other) if level not in ("na", "unknown")]
    if "unknown" in (one, other):
        return "0" if "0" in known else "unknown"
    return min(known) if known else "na"
