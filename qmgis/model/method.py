"""What an index method is, and the profile that sets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from qmgis.core.composite import Steps
from qmgis.core.rules import Condition, Group
from qmgis.model.result import AreaResult
from qmgis.model.text import Text

Side = Literal["below", "above"]

__all__ = ["Block", "Category", "Cluster", "Method", "Profile", "Rules", "Side"]


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
class Category:
    """One rule with a name, such as all conditions on housing."""

    key: str
    name: Text
    rule: Group


@dataclass(frozen=True)
class Cluster:
    """What flagged areas that hang together need to stay: residents, and a condition on their pooled value."""

    min_residents: int
    beyond: Condition | None = None


@dataclass(frozen=True)
class Rules:
    """Rules in place of an index: an area is flagged where at least ``least`` categories are met.

    ``infill`` is the softer condition for an area whose neighbours are all flagged.
    """

    categories: tuple[Category, ...]
    least: int = 1
    infill: Group | None = None
    cluster: Cluster | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, the last the most pressing."""
        return ("not_flagged", "flagged") if self.infill is None else ("not_flagged", "infill", "flagged")

    @property
    def needs_neighbours(self) -> bool:
        """Whether it matters who is whose neighbour."""
        return self.infill is not None or self.cluster is not None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of categories, infill and cluster, each once."""
        groups: list[Group | Condition] = [one.rule for one in self.categories]
        groups += [self.infill] if self.infill else []
        groups += [self.cluster.beyond] if self.cluster and self.cluster.beyond else []
        return Group("any", tuple(groups)).conditions

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that enter, each once."""
        return tuple(dict.fromkeys(condition.indicator for condition in self.conditions))


@dataclass(frozen=True)
class Profile:
    """The settings of one edition of a method, read from a TOML file.

    ``blocks``: ``status`` and ``dynamics`` for the method ``mss``, ``index`` for ``composite``, none for ``rules``,
    which has ``rules``. ``attention`` names the groups (or classes) that require attention, ``low`` the classes of low
    status. ``residents`` names the count indicator for the rule of ``min_residents``. ``verified``: reproduces the
    numbers of its publisher.
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
    rules: Rules | None = None

    @property
    def status(self) -> tuple[str, ...]:
        """The indicators whose values of the year enter."""
        return tuple(dict.fromkeys((*self._of("value"), *(self.rules.indicators if self.rules else ()))))

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
    Where the rules of the profile ask for them it takes ``neighbours`` as well, the `Neighbours` of the areas.
    ``blocks`` names the tables that a profile must have.
    """

    key: str
    title: Text
    reference: str
    score: Callable[..., AreaResult]
    blocks: tuple[str, ...]
