"""The noun: what can be said about one indicator in one or all programme areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from qmgis.core.effect.did import Estimate
from qmgis.core.effect.pretrend import Pretrend
from qmgis.effect._checks import Check
from qmgis.model import Text

__all__ = ["Answer", "Kind"]

Kind = Literal["design", "descriptive", "none"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What can be said.

    Parameters
    ----------
    scope, name
        Programme area, or ``all``.
    key, title
        Of the indicator.
    placebo
        Whether it is a placebo outcome: a share that says neither burden nor relief; that no programme aims at
        it is assumed.
    kind
        ``design``: every check is passed, ``estimate`` is the difference to the comparison areas; ``descriptive``: a
        check failed, changes are set side by side; ``none``: there is nothing to compare.
    checks
        Every check with what it found.
    start
        The first edition with treatment, of the earliest start.
    treated, programmes, people, others
        Treated areas that enter, their programme areas, residents before, and comparison areas.
    changes
        Index ``of`` (``area``, ``comparison``, ``extreme``, ``city``): ``before`` (last edition before the start),
        ``after`` (mean since), ``change``, ``areas``.
    lines
        Index year; ``area``, ``comparison``, ``city``: shares rebuilt from counts (of the comparison weighted as
        matched).
    members
        Index area, those that enter: ``of`` (``area``, ``comparison``), ``weight`` (part of its mean, 0-1), and its own
        ``before``, ``after`` and ``change``, as in ``changes``.
    estimate
        With its interval; of a descriptive answer how far the change lies from that of comparison areas, measured by
        their own spread (``inference`` is ``few``), or None.
    unusual
        Share of the area itself and the comparison areas with a change at least as far from theirs, 0-1; of a design
        how often exchanged areas give a difference at least as large.
    events, groups
        Differences by edition since the start; ATT(g, t) by year against areas not yet treated. Empty unless design.
    pretrend, placebo_date
        Tests of the design.
    rings
        Index ``ring``: ``low_m``, ``high_m``, ``areas``, ``value``, ``low``, ``high``.
    moved
        The same estimate of the logarithm of residents: did people move?
    synthetic
        ``ratio``, ``p``, ``donors``, ``gap`` of a single programme area beside a weighted mean of others.
    sentences
        What a reader has to know, in order.
    """

    scope: str
    name: Text
    key: str
    title: Text
    kind: Kind
    checks: tuple[Check, ...]
    placebo: bool = False
    start: int | None = None
    treated: int = 0
    programmes: int = 0
    people: int | None = None
    others: int = 0
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    members: pd.DataFrame = field(default_factory=pd.DataFrame)
    estimate: Estimate | None = None
    unusual: float | None = None
    events: pd.DataFrame = field(default_factory=pd.DataFrame)
    groups: pd.DataFrame = field(default_factory=pd.DataFrame)
    pretrend: Pretrend | None = None
    placebo_date: Estimate | None = None
    rings: pd.DataFrame = field(default_factory=pd.DataFrame)
    moved: Estimate | None = None
    synthetic: dict[str, float] = field(default_factory=dict)
    sentences: tuple[Text, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """Keys of the checks that are not passed."""
        return tuple(one.key for one in self.checks if not one.passed)

    @property
    def stands(self) -> bool:
        """Whether the tests of the design speak against it nowhere."""
        calm = self.pretrend is None or not self.pretrend.p < 0.05
        quiet = self.placebo_date is None or self.placebo_date.low <= 0 <= self.placebo_date.high
        return self.kind == "design" and calm and quiet

    @property
    def differs(self) -> bool:
        """Whether a design stands and its interval leaves out 0."""
        found = self.estimate
        return self.stands and found is not None and (found.low > 0 or found.high < 0)
