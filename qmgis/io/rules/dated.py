"""Dated rules about programme areas, those that ship and a city's own: deadlines and legal bases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qmgis.io.rules.deadlines import deadline_rules, own_deadlines
from qmgis.io.rules.legal import legal_rules, own_legal_rules
from qmgis.model import Deadline, LegalRule, Problem

__all__ = ["Dated", "dated_rules"]


@dataclass(frozen=True)
class Dated:
    """The rules of a city."""

    deadlines: tuple[Deadline, ...] = ()
    legal: tuple[LegalRule, ...] = ()


def dated_rules(folder: Path) -> tuple[Dated, list[Problem]]:
    """Return the rules that hold for a city, its own files before those that ship, and every fault.

    Examples
    --------
    >>> found, faults = dated_rules(Path("nowhere"))
    >>> len(found.deadlines), len(found.legal), faults
    (2, 3, [])
    """
    deadlines, late = own_deadlines(folder)
    legal, wrong = own_legal_rules(folder)
    return Dated(deadline_rules(deadlines), legal_rules(legal)), [*late, *wrong]
