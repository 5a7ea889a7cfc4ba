"""What an index method is, and the profile that sets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from qmgis.core.composite import Steps
from qmgis.model.result import AreaResult
from qmgis.model.text import Text

Side = Literal["below", "above"]

__all__ = ["Block", "Method", "Profile", "Side"]


@dataclass(frozen=True)
class Block:
    """One index of a profile: of which indicators, by which steps, and into which classes it is cut.

    ``of`` says whether the values of the year enter or their changes. Where ``steps`` gives an indicator the direction
    0, that of its layer file counts. ``classes`` go from the least to the most pressing, with their names. They are cut
    by ``limits`` (ascending; ``owns`` says which side a value exactly on a limit belongs to), or into ``quantiles``
    parts of equal size by rank. ``flagged_from`` counts the indicators whose normalised value is at least so high.
    """

    steps: Steps
    of: Literal["value", "change"] = "value"
    classes: tuple[str, ...] = ()
    names: Mapping[str, Text] = field(default_factory=dict)
    limits: tuple[float, ...] = ()
    owns: tuple[Side, ...] = ()
    quantiles: int = 0
    flagged_from: float | None = None

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that enter, in order."""
        return self.steps.indicators


@dataclass(frozen=True)
class Profile:
    """The settings of one edition of a method, read from a TOML file.

    ``blocks``: ``status`` and ``dynamics`` for the method ``mss``, ``index`` for ``composite``. ``attention`` names the
    groups (or classes) that require attention, ``low`` the classes of low status. ``residents`` names the count
    indicator for the rule of ``min_residents``. ``verified``: reproduces the numbers of its publisher.
    """

    key: str
    method: str
    title: Text
    source: str
    verified: bool
    blocks: Mapping[str, Block]
    residents: str = "population"
    min_residents: int = 300
    attention: tuple[str, ...] = ()
    low: tuple[str, ...] = ()
    note: Text | None = None

    @property
    def status(self) -> tuple[str, ...]:
        """The indicators whose values of the year enter."""
        return self._of("value")

    @property
    def dynamics(self) -> tuple[str, ...]:
        """The indicators whose changes enter."""
        return self._of("change")

    def _of(self, what: str) -> tuple[str, ...]:
        return tuple(key for block in self.blocks.values() if block.of == what for key in block.indicators)

    @property
    def needs(self) -> tuple[str, ...]:
        """The indicators that a table must hold, residents first."""
        return tuple(dict.fromkeys((self.residents, *self.status, *self.dynamics)))


@dataclass(frozen=True)
class Method:
    """An index method: a name, a reference and one function.

    ``score(table, *, profile, year, declared)`` takes an `IndicatorTable`, a `Profile`, the year of measurement and
    declared exclusions (area to reason), and gives an `AreaResult` with the areas of the table's rows of that year.
    ``blocks`` names those that a profile must have.
    """

    key: str
    title: Text
    reference: str
    score: Callable[..., AreaResult]
    blocks: tuple[str, ...]
