"""Rules that an area has to keep, as a planner says them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from qmgis.core.regions.grown import Limits
from qmgis.errors import DataError

__all__ = ["ROUGH", "RULES", "Rules"]

# The names of rules, in the order in which their price is told; each can be lifted alone.
RULES = (
    "min_residents", "max_residents", "min_hectares", "max_hectares", "budget", "min_compactness", "barriers",
    "existing", "include", "exclude",
)  # fmt: skip
ROUGH = 0.8  # a compactness that hardly any area of a city reaches


@dataclass(frozen=True)
class Rules:
    """What a proposal has to keep.

    Parameters
    ----------
    min_residents, max_residents
        Residents of a proposal.
    min_hectares, max_hectares
        Its land; None sets no upper limit.
    budget, cost_per_resident, cost_per_hectare
        What may be spent and what an area costs, in one currency; None sets no limit.
    min_compactness
        4 pi A / U², 0-1: a square has 0.785, most areas of cities 0.2 to 0.6.
    cross_barriers
        Whether a proposal may go on behind a railway, river or motorway where no street leads across.
    keep_existing
        Whether areas that lie in current programme areas by half or more stay out.
    include, exclude
        Ids of units (areas, or blocks) that have to be in, or stay out.
    """

    min_residents: float = 5_000
    max_residents: float = 20_000
    min_hectares: float = 0.0
    max_hectares: float | None = None
    budget: float | None = None
    cost_per_resident: float = 0.0
    cost_per_hectare: float = 0.0
    min_compactness: float = 0.0
    cross_barriers: bool = False
    keep_existing: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        both = sorted(set(self.include) & set(self.exclude))
        if both:
            raise DataError(
                f'"{both[0]}" is to be in and to stay out; take it off one of the two lists.',
                de=f'"{both[0]}" soll dabei sein und draußen bleiben; aus einer der beiden Listen nehmen.',
            )
        if not 0 <= self.min_compactness <= ROUGH:
            raise DataError(
                f"A compactness of at least {self.min_compactness} is out of reach; give 0 to {ROUGH} (a square has "
                "0.785).",
                de=f"Eine Kompaktheit von mindestens {self.min_compactness} ist nicht erreichbar; 0 bis {ROUGH} "
                "angeben (ein Quadrat hat 0,785).",
            )
        if self.budget is not None and not (self.cost_per_resident > 0 or self.cost_per_hectare > 0):
            raise DataError(
                "A budget needs what an area costs; give cost_per_resident or cost_per_hectare.",
                de="Ein Budget braucht die Kosten eines Gebiets; cost_per_resident oder cost_per_hectare angeben.",
            )
        self.limits()

    def limits(self) -> Limits:
        """Return the rules that are numbers."""
        return Limits(
            self.min_residents, self.max_residents, self.min_hectares,
            inf if self.max_hectares is None else self.max_hectares, inf if self.budget is None else self.budget,
            min_compactness=self.min_compactness,
        )  # fmt: skip
