"""What an index method is, and the profile that sets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from qmgis.model.result import AreaResult
from qmgis.model.text import Text

__all__ = ["Method", "Profile"]


@dataclass(frozen=True)
class Profile:
    """The settings of one edition of a method, read from a TOML file.

    ``status`` and ``dynamics`` name indicators: of the first the values of the year enter, of the second their
    changes. ``status_limits`` and ``dynamics_limits`` belong to the middle class. ``residents`` names the count
    indicator for the rule of ``min_residents``.
    """

    key: str
    method: str
    title: Text
    source: str
    verified: bool
    status: tuple[str, ...]
    dynamics: tuple[str, ...]
    residents: str = "population"
    min_residents: int = 300
    ddof: int = 0
    status_limits: tuple[float, float, float] = (-1.0, 1.0, 1.5)
    dynamics_limits: tuple[float, float] = (-1.0, 1.0)
    attention: tuple[str, ...] = ("4+", "4+/-", "4-", "3-")
    constant: Literal["stop", "drop"] = "stop"

    @property
    def needs(self) -> tuple[str, ...]:
        """The indicators that a table must hold, residents first."""
        return tuple(dict.fromkeys((self.residents, *self.status, *self.dynamics)))


@dataclass(frozen=True)
class Method:
    """An index method: a name, a reference and one function.

    ``score(table, *, profile, year, declared)`` takes an `IndicatorTable`, a `Profile`, the year of measurement and
    declared exclusions (area to reason), and gives an `AreaResult` with the areas of the table's rows of that year.
    """

    key: str
    title: Text
    reference: str
    score: Callable[..., AreaResult]
